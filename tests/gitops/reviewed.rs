//! `apply --plan`: what was reviewed, and nothing that nobody reviewed; neither a row nor what it does to people.

use crate::stage::{Stage, add_member, key, organization, remove_member, rows};

const ADD: &str = "            - cy@globex.example\n";

fn with_reviewed_plan() -> Stage {
    let stage = Stage::new();
    assert_eq!(
        rows(&stage.plan(&[])["resource_changes"]),
        Vec::<String>::new()
    );
    let text = stage.read("organizations/globex.yaml") + ADD;
    stage.write("organizations/globex.yaml", &text);
    stage.run(&["plan", "--out", "plan.json"]).ended(0);
    stage
}

#[test]
fn a_reviewed_plan_is_applied_without_asking_and_a_second_time_harmlessly() {
    let stage = with_reviewed_plan();
    stage.run(&["apply"]).ended(64);
    stage.run(&["apply", "--plan", "plan.json"]).ended(0);
    assert_eq!(
        rows(&stage.plan(&[])["resource_changes"]),
        Vec::<String>::new()
    );
    let site = stage.site_bytes();
    let again = stage.run(&["apply", "--plan", "plan.json"]).ended(0);
    assert!(
        again
            .notes
            .contains("already true: create acme/organization/Globex/member/cy@globex.example"),
        "{}",
        again.notes
    );
    assert_eq!(stage.site_bytes(), site);
}

/// What happens elsewhere between review and merge neither stops what was reviewed nor is done with it.
#[test]
fn a_change_that_nobody_reviewed_is_left_alone_and_named() {
    let stage = with_reviewed_plan();
    stage.edit(|site| add_member(site, "Globex", "eve@globex.example"));
    let ran = stage.run(&["apply", "--plan", "plan.json"]).ended(0);
    assert!(
        ran.notes
            .contains("not reviewed: delete acme/organization/Globex/member/eve@globex.example"),
        "{}",
        ran.notes
    );
    assert!(!ran.notes.contains("not reviewed: create"), "{}", ran.notes);
    // Only what nobody reviewed is left to do.
    assert_eq!(
        rows(&stage.plan(&[])["resource_changes"]),
        ["delete acme/organization/Globex/member/eve@globex.example"]
    );
}

/// The same row would do more to people than the reviewers were told: it is withheld, with who gains what.
#[test]
fn a_reviewed_row_that_would_give_somebody_more_is_withheld() {
    let stage = with_reviewed_plan();
    stage.replace(
        "projects/itsm.yaml",
        "      ITSM:\n",
        "      HR: { channel_access: restricted }\n      ITSM:\n",
    );
    stage.replace(
        "seed/portcullis.yaml",
        "    projects:\n",
        "    projects:\n      HR: { channel_access: restricted }\n",
    );
    std::fs::remove_dir_all(stage.root.join(".portcullis")).unwrap();
    stage.run(&["plan", "--out", "plan.json"]).ended(0);
    let link = |linked: bool| {
        stage.edit(|site| {
            let globex = organization(site, "Globex");
            site.set_organization_link(&key("HR"), &globex, linked)
                .unwrap();
        });
    };
    link(true);
    let before = stage.site_bytes();
    let ran = stage.run(&["apply", "--plan", "plan.json"]).ended(6);
    assert!(
        ran.notes
            .contains("nobody reviewed that cy@globex.example would gain HR"),
        "{}",
        ran.notes
    );
    assert_eq!(stage.site_bytes(), before);
    link(false);
    stage.run(&["apply", "--plan", "plan.json"]).ended(0);
    assert_eq!(
        rows(&stage.plan(&[])["resource_changes"]),
        Vec::<String>::new()
    );
}

#[test]
fn a_reviewed_plan_and_targets_exclude_each_other() {
    let stage = with_reviewed_plan();
    let ran = stage.run(&[
        "apply",
        "--plan",
        "plan.json",
        "--target",
        "acme/organization/**",
    ]);
    assert!(ran.ended(64).notes.contains("exclude each other"));
}

#[test]
fn an_interrupted_apply_goes_on_with_the_same_file() {
    let stage = with_reviewed_plan();
    // The account came into being, the membership did not.
    stage.edit(|site| {
        add_member(site, "Globex", "cy@globex.example");
        remove_member(site, "Globex", "cy@globex.example");
    });
    let ran = stage.run(&["apply", "--plan", "plan.json"]).ended(0);
    assert!(
        ran.notes
            .contains("already true: create acme/account/cy@globex.example"),
        "{}",
        ran.notes
    );
    assert_eq!(
        rows(&stage.plan(&[])["resource_changes"]),
        Vec::<String>::new()
    );
}

type Spoil = fn(&mut serde_json::Value);

#[test]
fn what_is_no_whole_live_plan_of_this_site_is_refused() {
    let stage = with_reviewed_plan();
    let site = stage.site_bytes();
    let whole: serde_json::Value = serde_json::from_str(&stage.read("plan.json")).unwrap();
    let cases: [(&str, Spoil, i32); 18] = [
        ("incomplete", |plan| plan["complete"] = false.into(), 6),
        ("incomplete", |plan| plan["errored"] = true.into(), 6),
        (
            "not to be applied",
            |plan| plan["applyable"] = false.into(),
            6,
        ),
        (
            "snapshot",
            |plan| plan["made"]["from"] = "snapshot".into(),
            6,
        ),
        (
            "`--partial`",
            |plan| plan["made"]["partial"] = true.into(),
            6,
        ),
        (
            "`--today`",
            |plan| plan["made"]["today"] = "2027-02-01".into(),
            6,
        ),
        (
            "names were taken out",
            |plan| drop(plan.as_object_mut().unwrap().remove("made")),
            6,
        ),
        (
            "digests do not follow",
            |plan| plan["made"]["sites"]["acme"]["origin"] = "https://acme.atlassian.net".into(),
            6,
        ),
        (
            "is of none of its sites",
            |plan| {
                let site = plan["made"]["sites"]["acme"].take();
                plan["made"]["sites"] = serde_json::json!({ "other": site });
            },
            6,
        ),
        (
            "digests do not follow",
            |plan| plan["digest"] = "0".repeat(64).into(),
            6,
        ),
        (
            "digests do not follow",
            |plan| plan["acceptance_digest"] = "0".repeat(64).into(),
            6,
        ),
        (
            "digests do not follow",
            |plan| {
                let rows = plan["resource_changes"].as_array_mut().unwrap();
                rows[0]["change"]["after"]["email"] = "mal@globex.example".into();
            },
            6,
        ),
        (
            "digests do not follow",
            |plan| drop(plan["resource_changes"].as_array_mut().unwrap().pop()),
            6,
        ),
        (
            "digests do not follow",
            |plan| plan["access_impact"]["gains"] = serde_json::json!([]),
            6,
        ),
        (
            "has two rows",
            |plan| {
                let rows = plan["resource_changes"].as_array_mut().unwrap();
                rows.push(rows[0].clone());
            },
            6,
        ),
        (
            "is of none of its sites",
            |plan| plan["resource_changes"][0]["address"] = "beta/project/HR/access".into(),
            6,
        ),
        (
            "plan format `2.0`",
            |plan| plan["format_version"] = "2.0".into(),
            6,
        ),
        (
            "is not a plan",
            |plan| *plan = serde_json::json!({ "a": 1 }),
            64,
        ),
    ];
    for (why, spoil, code) in cases {
        let mut plan = whole.clone();
        spoil(&mut plan);
        stage.write("spoilt.json", &plan.to_string());
        let ran = stage.run(&["apply", "--plan", "spoilt.json"]).ended(code);
        assert!(ran.notes.contains(why), "{why}: {}", ran.notes);
        if code == 6 && !why.contains("format") {
            stage.run(&["show", "spoilt.json"]).ended(0);
        }
    }
    stage.run(&["apply", "--plan", "nowhere.json"]).ended(64);
    assert_eq!(stage.site_bytes(), site);
}

#[test]
fn a_plan_of_another_day_or_of_another_place_is_refused() {
    let stage = with_reviewed_plan();
    let site = stage.site_bytes();
    stage
        .run(&["--today", "2027-02-01", "plan", "--out", "later.json"])
        .ended(0);
    let ran = stage.run(&["apply", "--plan", "later.json"]).ended(6);
    assert!(ran.notes.contains("judges 2027-02-01"), "{}", ran.notes);
    // The same files under another key are another site, whose rows mean other things.
    stage
        .run(&["plan", "--partial", "--out", "part.json"])
        .ended(0);
    let ran = stage.run(&["apply", "--plan", "part.json"]).ended(6);
    assert!(ran.notes.contains("`--partial`"), "{}", ran.notes);
    assert_eq!(stage.site_bytes(), site);
}

/// What was reviewed under a protection is not done once the protection is gone, and a protection elsewhere does not matter.
#[test]
fn a_plan_whose_rules_were_loosened_since_is_refused() {
    let stage = with_reviewed_plan();
    let rules = |text: &str| {
        stage.write(
            "policy/policy.yaml",
            &format!("version: 1\npolicy:\n{text}"),
        )
    };
    let both = "  protect: [\"acme/organization/Globex\", \"acme/project/OTHER/**\"]\n";
    rules(both);
    stage.run(&["plan", "--out", "plan.json"]).ended(0);
    rules("  protect: [\"acme/project/OTHER/**\"]\n");
    let ran = stage.run(&["apply", "--plan", "plan.json"]).ended(6);
    assert!(
        ran.notes
            .contains("loosened: `policy.protect acme/organization/Globex`"),
        "{}",
        ran.notes
    );
    rules("  max_removals: { percent: 90 }\n  protect: [\"acme/organization/Globex\"]\n");
    let ran = stage.run(&["apply", "--plan", "plan.json"]).ended(6);
    assert!(ran.notes.contains("`policy.max_removals`"), "{}", ran.notes);
    // Another protection that goes, and a limit that becomes stricter, are none of this plan's business.
    rules("  max_removals: { percent: 10 }\n  protect: [\"acme/organization/Globex\"]\n");
    stage.run(&["apply", "--plan", "plan.json"]).ended(0);
}

/// A list that was reviewed as gaining something gains it for whoever is on it by then.
#[test]
fn who_joins_a_list_that_was_reviewed_as_gaining_is_reviewed() {
    let stage = Stage::new();
    for (file, from) in [
        ("projects/itsm.yaml", "      ITSM:\n"),
        ("seed/portcullis.yaml", "      ITSM:\n"),
    ] {
        stage.replace(
            file,
            from,
            "      HR: { channel_access: restricted }\n      ITSM:\n",
        );
    }
    let add_only = stage
        .read("organizations/globex.yaml")
        .replace("mode: exact", "mode: add_only");
    stage.write("organizations/globex.yaml", &add_only);
    assert_eq!(
        rows(&stage.plan(&[])["resource_changes"]),
        Vec::<String>::new()
    );
    stage.replace(
        "projects/itsm.yaml",
        "HR: { channel_access: restricted }",
        "HR: { channel_access: restricted, organizations: { list: [Globex] } }",
    );
    stage.run(&["plan", "--out", "plan.json"]).ended(0);
    let digest = stage.plan(&[])["digest"].clone();
    stage.edit(|site| add_member(site, "Globex", "eve@globex.example"));
    let fresh = stage.plan(&[]);
    assert_eq!(fresh["access_impact"]["people_gaining"], 3);
    assert_eq!(fresh["digest"], digest, "the list gains, whoever is on it");
    stage.run(&["apply", "--plan", "plan.json"]).ended(0);
    assert_eq!(
        rows(&stage.plan(&[])["resource_changes"]),
        Vec::<String>::new()
    );
}

#[test]
fn what_the_files_no_longer_ask_for_is_said_so() {
    let stage = with_reviewed_plan();
    stage.replace("organizations/globex.yaml", ADD, "");
    let ran = stage.run(&["apply", "--plan", "plan.json"]).ended(0);
    assert!(
        ran.notes.contains(
            "no longer planned: create acme/organization/Globex/member/cy@globex.example"
        ),
        "{}",
        ran.notes
    );
}

#[test]
fn a_redacted_plan_can_be_shown_and_never_applied() {
    let stage = with_reviewed_plan();
    for privacy in ["pseudonymous", "counts"] {
        stage
            .run(&["plan", "--privacy", privacy, "--out", "redacted.json"])
            .ended(0);
        stage.run(&["show", "redacted.json"]).ended(0);
        let ran = stage.run(&["apply", "--plan", "redacted.json"]).ended(6);
        assert!(ran.notes.contains("names were taken out"), "{}", ran.notes);
        // The reviewed plan holds names; what is shown of the apply does not.
        stage.edit(|site| add_member(site, "Globex", "eve@globex.example"));
        let ran = stage
            .run(&[
                "apply",
                "--plan",
                "plan.json",
                "--privacy",
                privacy,
                "--detailed-exitcode",
            ])
            .ended(2);
        assert!(!ran.notes.contains("eve@"), "{}", ran.notes);
        assert!(!ran.out.contains("eve@"), "{}", ran.out);
        stage.edit(|site| remove_member(site, "Globex", "eve@globex.example"));
    }
    stage
        .run(&["apply", "--plan", "plan.json", "--privacy", "counts"])
        .ended(0);
}

#[test]
fn nobody_is_named_where_that_was_asked_for() {
    let stage = with_reviewed_plan();
    stage.edit(|site| add_member(site, "Globex", "eve@globex.example"));
    let drift = ["drift"].as_slice();
    let who = ["who", "ITSM"].as_slice();
    let live = ["who", "ITSM", "--live"].as_slice();
    let explain = ["explain", "cy@globex.example", "--live"].as_slice();
    for (command, formats) in [
        (drift, ["text", "json"].as_slice()),
        (who, &["text", "json", "csv"]),
        (live, &["text", "json", "csv"]),
        (explain, &["text", "json"]),
    ] {
        for format in formats {
            let run = |privacy: &str| {
                let more = ["--format", format, "--privacy", privacy];
                stage.run(&[command, &more].concat()).ended(0)
            };
            let named = |text: &str| text.matches("@globex.example").count();
            assert!(named(&run("full").out) > 0, "{command:?} {format}");
            let ran = run("pseudonymous");
            assert!(ran.out.contains("person-"), "{command:?}: {}", ran.out);
            let pseudonyms = ran.out.matches("person-").count();
            let classes = ran.out.matches("*@globex.example").count();
            assert!(named(&ran.out) <= pseudonyms + classes, "{}", ran.out);
            for ran in [ran, run("counts")] {
                for name in ["eve@", "cy@", "ana@", "Ana "] {
                    assert!(!ran.out.contains(name), "{command:?} {format}: {}", ran.out);
                }
            }
        }
    }
    let counted = stage.run(&["who", "ITSM", "--privacy", "counts"]).ended(0);
    assert!(counted.out.contains(" people "), "{}", counted.out);
}
