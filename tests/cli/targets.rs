//! Plans narrowed with `--target`.

use super::harness::{Place, site};
use portcullis::emulator::Options;

/// The addresses of a plan's rows.
fn rows(place: &Place, targets: &[&str]) -> Vec<String> {
    let mut arguments = vec!["plan", "--format", "json"];
    for target in targets {
        arguments.extend(["--target", target]);
    }
    let ran = place.run(&arguments);
    assert_eq!(ran.code, 0, "{}", ran.text());
    let plan = ran.json();
    let rows = plan["resource_changes"].as_array().unwrap();
    rows.iter()
        .map(|row| row["address"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_narrows_what_is_planned_and_read() {
    let sandbox = site(Options::default()).await;
    let place = Place::remote(&sandbox);
    let all = rows(&place, &[]);
    assert_eq!(rows(&place, &["acme/**", "acme-corp"]), all);
    let mut text = String::new();
    for targets in [
        &["acme/organization/Globex"][..],
        &["acme/organization/Globex/member/old@globex-partners.example"],
        &["acme/organization/*/member/peter@initech.example"],
        &["acme/account/bo@globex.example"],
        &["acme/project/HR/**", "acme/project/*/access"],
        &["acme/project/ITSM/organization/Initech"],
        &["acme/allowed-domain/globex.example"],
        &["acme-corp/approved-domain/*"],
    ] {
        let some = rows(&place, targets);
        assert!(
            some.iter().all(|row| all.contains(row)),
            "{targets:?}: {some:?}"
        );
        assert!(some.len() < all.len());
        text.push_str(&format!("{targets:?}\n  {}\n", some.join("\n  ")));
    }
    insta::assert_snapshot!(text);

    place.replace(
        "sites/acme.yaml",
        "    people:\n      mal@globex.example:",
        "    spaces: {}\n    #",
    );
    let ran = place.run(&["plan", "--target", "acme/customer-access/*"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    let before = sandbox.stats().by_operation;
    assert_eq!(
        place
            .run(&["plan", "--target", "acme/customer-access/*"])
            .code,
        0
    );
    let after = sandbox.stats().by_operation;
    let members = "GET /rest/servicedeskapi/organization/{organizationId}/user";
    assert!(before.contains_key(members), "{before:?}");
    assert_eq!(before.get(members), after.get(members), "no roster is read");
}

#[test]
fn a_target_is_applied_and_the_rest_is_left() {
    let place = Place::quickstart();
    let target = [
        "--target",
        "acme/organization/Globex/member/bo@globex.example",
    ];
    let ran = place.run(&[&["apply", "--auto-approve"], &target[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert_eq!(rows(&place, &target[1..]), Vec::<String>::new());
    let left = rows(&place, &[]);
    assert!(
        left.iter()
            .any(|row| row.ends_with("/old@globex-partners.example")),
        "{left:?}"
    );
    assert!(
        left.iter().any(|row| row == "acme/organization/Initech"),
        "{left:?}"
    );
}

#[test]
fn what_is_outside_the_target_is_not_judged_by_what_was_left_out() {
    let place = Place::quickstart();
    let ran = place.run(&[
        "plan",
        "--format",
        "json",
        "--target",
        "acme/organization/Globex/**",
    ]);
    for finding in ran.json()["findings"].as_array().unwrap() {
        let address = finding["address"].as_str().unwrap();
        assert!(address.starts_with("acme/organization/Globex"), "{finding}");
    }
}

#[test]
fn two_gains_of_one_change_are_two_reasons_and_one_advice_says_how_to_override_them() {
    let place = Place::quickstart();
    // Then whoever has an address may sign up.
    let some = "allowed_domains: [globex.example, initech.example]";
    place.replace("sites/acme.yaml", some, "allowed_domains: any");
    assert_eq!(place.run(&["apply", "--auto-approve"]).code, 0);
    let (off, on) = (
        "customers_can_create_accounts: false",
        "customers_can_create_accounts: true",
    );
    place.replace("sites/acme.yaml", off, on);
    let target = ["--target", "acme/customer-access/**"];
    let ran = place.run(&[&["plan"], &target[..]].concat());
    assert_eq!(ran.out.matches("--accept").count(), 1, "{}", ran.text());
    assert!(!ran.err.contains("--accept"), "{}", ran.text());
    let ran = place.run(&[&["plan", "--format", "json"], &target[..]].concat());
    let plan = ran.json();
    let row = &plan["resource_changes"][0]["portcullis"];
    let checks = plan["checks"].as_array().unwrap();
    let failed = checks.iter().find(|check| check["status"] == "fail");
    let problems = failed.unwrap()["problems"].as_array().unwrap().len();
    assert!(problems > 1, "{plan:#}");
    let reasons = row["blocked_by"].as_array().unwrap();
    assert_eq!(reasons.len(), problems, "{row:#}");
    let digest = plan["acceptance_digest"].as_str().unwrap();
    let command = format!("portcullis apply --target 'acme/customer-access/**' --accept {digest}");
    assert!(ran.err.contains(&command), "{}", ran.text());
    let ran = place.run(&[&["plan", "--format", "gitlab"], &target[..]].concat());
    assert_eq!(ran.out, "{\"create\":0,\"update\":0,\"delete\":0}\n");
    let ran = place.run(&[&["apply", "--accept", digest], &target[..]].concat());
    let command = "portcullis apply --target 'acme/customer-access/**' --auto-approve --accept";
    assert!(
        ran.err.contains(&format!("{command} {digest}")),
        "{}",
        ran.text()
    );
    let ran = place.run(&["apply", "--accept", &digest[..12]]);
    assert!(ran.err.contains("has 12 of 64 digits"), "{}", ran.text());
    let short = place.run(&["plan"]).out;
    let line = short
        .lines()
        .find_map(|line| line.strip_prefix("digest:   "));
    assert_eq!(line.unwrap().len(), 64);
}

#[test]
fn a_target_that_matches_nothing_is_64() {
    let place = Place::quickstart();
    for target in [
        "acme/organization/Globx",
        "acme/project/ITSM/customer/nobody@globex.example",
        "acme/setting/nonsense",
        "umbrella/**",
        "",
    ] {
        for command in [&["plan"][..], &["apply", "--auto-approve"]] {
            let ran = place.run(&[command, &["--target", target]].concat());
            assert_eq!(
                (ran.code, ran.out.as_str()),
                (64, ""),
                "{target}: {}",
                ran.err
            );
        }
    }
    insta::assert_snapshot!(
        place
            .run(&["plan", "--target", "acme/organization/Globx"])
            .text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_command_says_where_and_what_again() {
    let sandbox = site(Options::default()).await;
    let place = Place::remote(&sandbox);
    let next = |arguments: &[&str]| {
        let ran = place.run(arguments);
        assert_eq!(ran.code, 0, "{}", ran.text());
        let next = ran.out.lines().rev().find_map(|line| {
            let at = line.find("portcullis apply")?;
            Some(line[at..].to_owned())
        });
        next.unwrap_or_else(|| panic!("{}", ran.text()))
    };
    assert_eq!(next(&["plan"]), "portcullis apply");
    let parent = place.path().parent().unwrap();
    let elsewhere = format!("{parent}/./{}", place.path().file_name().unwrap());
    assert_eq!(
        next(&[
            "plan",
            &elsewhere,
            "--target",
            "acme/project/ITSM/**",
            "--site",
            "acme"
        ]),
        format!("portcullis apply {elsewhere} --site acme --target 'acme/project/ITSM/**'")
    );
    place.run(&["plan", "--target", "acme/project/*", "--out", "plan.json"]);
    assert_eq!(
        next(&["show", "plan.json"]),
        "portcullis apply --target 'acme/project/*'"
    );
}

#[test]
fn names_that_are_nearly_declared_are_answered_with_what_was_meant() {
    let place = Place::new();
    assert_eq!(place.run(&["init", "demo"]).code, 0);
    // An exact list may hold anybody on the site; this one holds whom it names.
    place.replace(
        "demo/organizations/globex.yaml",
        "mode: exact",
        "mode: add_only",
    );
    for (arguments, meant) in [
        (
            &["plan", "demo", "--target", "acme/organization/Globx"][..],
            "acme/organization/Globex",
        ),
        (
            &["plan", "demo", "--target", "acme/organisation/Globex"],
            "acme/organization/Globex",
        ),
        (
            &["plan", "demo", "--target", "acm/project/ITSN/acces"],
            "acme/project/ITSM/access",
        ),
        (
            &[
                "plan",
                "demo",
                "--target",
                "acme/organization/Globex/member/ana@globx.example",
            ],
            "acme/organization/Globex/member/ana@globex.example",
        ),
        (&["plan", "demo", "--site", "acne"], "acme"),
        (&["who", "demo", "ITSMM"], "ITSM"),
    ] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, 64, "{arguments:?}");
        let hint = format!("hint: did you mean `{meant}`?");
        assert!(ran.err.contains(&hint), "{arguments:?}: {}", ran.err);
    }
    // An exact list may hold on the site what nobody declares: what was meant is asked, and the plan is made.
    let ran = place.run(&[
        "plan",
        "demo",
        "--target",
        "acme/project/ITSM/organization/Globx",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert!(
        ran.err
            .contains("did you mean `acme/project/ITSM/organization/Globex`?"),
        "{}",
        ran.err
    );
    // Nothing near is nothing to guess at.
    let far = place.run(&["plan", "demo", "--target", "umbrella/organization/Globex"]);
    assert!(
        far.err.contains("hint: targets are addresses"),
        "{}",
        far.err
    );
}
