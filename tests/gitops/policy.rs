//! Limits, protections, and overriding them for exactly one plan.

use crate::stage::{Stage, account, add_member, key, organization, remove_member, row, rows};
use portcullis::model::OrganizationName;
use serde_json::Value;

fn policy(stage: &Stage, text: &str) {
    stage.write(
        "policy/limits.yaml",
        &format!("version: 1\npolicy:\n{text}"),
    );
}

fn check<'v>(plan: &'v Value, name: &str) -> &'v Value {
    plan["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|check| {
            check["address"]["to_display"]
                .as_str()
                .unwrap()
                .starts_with(name)
        })
        .unwrap_or_else(|| panic!("no check `{name}` in {:#}", plan["checks"]))
}

fn blocked(plan: &Value) -> Vec<String> {
    let rows_of = plan["resource_changes"].as_array().unwrap();
    let blocked: Vec<Value> = rows_of
        .iter()
        .filter(|row| row["portcullis"]["blocked_by"].is_array())
        .cloned()
        .collect();
    rows(&Value::Array(blocked))
}

/// Two of three members of Initech are no longer listed; one removal is allowed.
fn over_the_limit() -> Stage {
    let stage = Stage::new();
    policy(&stage, "  max_removals: { count: 1 }\n");
    let plan = stage.plan(&[]);
    assert_eq!(check(&plan, "policy.max_removals")["status"], "pass");
    stage.write("rosters/initech.csv", "email\npeter@initech.example\n");
    stage
}

#[test]
fn a_limit_blocks_says_where_it_stands_and_how_to_override_it() {
    let stage = over_the_limit();
    let plan = stage.plan_blocked(&[]);
    assert_eq!(check(&plan, "policy.max_removals")["status"], "fail");
    assert_eq!(blocked(&plan).len(), 2);
    stage.run(&["plan", "--detailed-exitcode"]).ended(5);
    let ran = stage.run(&["apply", "--auto-approve"]).ended(5);
    let digest = plan["acceptance_digest"].as_str().unwrap();
    for part in [
        "policy.max_removals",
        "policy/limits.yaml:3:",
        "2 of 3",
        &format!("portcullis apply --accept {digest}"),
    ] {
        assert!(ran.notes.contains(part), "{part}: {}", ran.notes);
    }
    assert_eq!(
        stage.plan_blocked(&[])["acceptance_digest"],
        digest,
        "nothing was done"
    );
}

#[test]
fn accept_takes_the_digest_that_plan_prints_and_only_that() {
    let stage = over_the_limit();
    let digest = stage.plan_blocked(&[])["acceptance_digest"]
        .as_str()
        .unwrap()
        .to_owned();
    stage
        .run(&["apply", "--auto-approve", "--accept", &digest[..12]])
        .ended(64);
    stage
        .run(&["apply", "--auto-approve", "--accept", &"0".repeat(64)])
        .ended(6);
    // The site moves on: other people would go.
    stage.edit(|site| remove_member(site, "Initech", "samir@initech.example"));
    stage
        .run(&["apply", "--auto-approve", "--accept", &digest])
        .ended(6);
    stage.edit(|site| add_member(site, "Initech", "samir@initech.example"));
    stage
        .run(&["apply", "--auto-approve", "--accept", &digest])
        .ended(0);
    assert_eq!(
        rows(&stage.plan(&[])["resource_changes"]),
        Vec::<String>::new()
    );
}

#[test]
fn an_acceptance_file_lifts_the_limit_until_its_date_for_a_reviewed_plan_too() {
    let stage = over_the_limit();
    stage.run(&["plan", "--out", "plan.json"]).ended(5);
    let digest = stage.plan_blocked(&[])["acceptance_digest"]
        .as_str()
        .unwrap()
        .to_owned();
    let file = format!("acceptances/{digest}.yaml");
    stage.write(
        &file,
        "owner: it@acme.example\ndate: 2026-11-01\nuntil: 2026-11-21\n",
    );
    let ran = stage.run(&["plan", "--detailed-exitcode"]).ended(5);
    assert!(ran.notes.contains("does not count today"), "{}", ran.notes);
    stage.write(
        &file,
        "owner: it@acme.example\ndate: 2026-11-01\nuntil: 2026-11-22\n",
    );
    stage.run(&["plan", "--detailed-exitcode"]).ended(2);
    assert_eq!(
        stage.plan(&[])["acceptance_digest"],
        digest,
        "accepting does not change the digest"
    );
    let ran = stage.run(&["apply", "--plan", "plan.json"]).ended(0);
    assert!(
        ran.notes
            .contains("overridden for exactly this plan, by it@acme.example"),
        "{}",
        ran.notes
    );
}

/// A plan has two digests, and its own is the first that somebody sees.
#[test]
fn an_acceptance_named_after_the_plan_is_told_the_name_that_it_needs() {
    let stage = over_the_limit();
    policy(&stage, "  max_people_losing_access: { count: 1 }\n");
    let plan = stage.plan_blocked(&[]);
    let digest = |of: &str| plan[of].as_str().unwrap().to_owned();
    let (own, accepts) = (digest("digest"), digest("acceptance_digest"));
    let line = |label: &str, digest: &str| format!("\n{label} {digest}\n");
    let text = stage.run(&["plan"]).ended(5).out;
    assert!(text.contains(&line("digest:  ", &own)), "{text}");
    assert!(text.contains(&line("accept:  ", &accepts)), "{text}");
    stage.write(
        &format!("acceptances/{own}.yaml"),
        "owner: it@acme.example\ndate: 2026-11-01\n",
    );
    let notes = stage.run(&["plan"]).ended(5).notes;
    assert!(
        notes.contains("this is the digest of the plan")
            && notes.contains(&format!("`acceptances/{accepts}.yaml`")),
        "{notes}"
    );
}

#[test]
fn an_overridden_check_says_so_and_not_that_it_blocks_in_every_form() {
    let stage = over_the_limit();
    policy(&stage, "  max_people_losing_access: { count: 1 }\n");
    let digest = stage.plan_blocked(&[])["acceptance_digest"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(stage.run(&["plan"]).ended(5).out.contains("Blocked by"));
    stage.write(
        &format!("acceptances/{digest}.yaml"),
        "owner: it@acme.example\ndate: 2026-11-01\n",
    );
    let plan = stage.plan(&[]);
    let check = check(&plan, "policy.max_people_losing_access");
    assert_eq!(check["status"], "fail");
    assert_eq!(check["overridden"]["owner"], "it@acme.example");
    let says = "Overridden (accepted by it@acme.example on 2026-11-01): policy.max_people_losing_access: 2 people";
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    stage.run(&["plan", "--out", "plan.json"]).ended(0);
    for command in [&["plan"][..], &["show", "plan.json"]] {
        let text = one_line(&stage.run(command).ended(0).out);
        assert!(text.contains(says), "{text}");
        assert!(!text.contains("Blocked by"), "{text}");
        for form in ["markdown", "html"] {
            let shown = [command, &["--format", form]].concat();
            let text = one_line(&stage.run(&shown).ended(0).out);
            assert!(text.contains("Overridden"), "{text}");
            assert!(!text.contains("Blocked by"), "{text}");
        }
    }
    stage.write("acceptances/0f0f.yaml", "owner: it@acme.example\n");
    stage.write("acceptances/README.md", "Who may accept.\n");
    let notes = stage.run(&["plan"]).ended(0).notes;
    assert_eq!(notes.matches("accepts nothing").count(), 1, "{notes}");
    assert!(notes.contains("`acceptances/0f0f.yaml`"), "{notes}");
    // Without names it is the same, with numbers.
    let secret = one_line(&stage.run(&["plan", "--privacy", "counts"]).ended(0).out);
    for part in [
        "Overridden (accepted by somebody on 2026-11-01): policy.max_people_losing_access: 2 people",
        "! 2 people lose every portal. ",
    ] {
        assert!(secret.contains(part), "{part}: {secret}");
    }
    let ran = stage.run(&["apply", "--auto-approve", "--accept", &digest]);
    assert!(ran.out.contains("Overridden (--accept): "), "{}", ran.out);
    assert!(!ran.out.contains("Blocked by"), "{}", ran.out);
}

#[test]
fn an_accepted_plan_shows_and_digests_what_it_does_to_people() {
    let stage = over_the_limit();
    let plan = stage.plan_blocked(&[]);
    let impact = &plan["access_impact"];
    assert_eq!(impact["people_losing"], 0, "what is blocked takes nothing");
    assert_eq!(impact["if_accepted"]["people_losing"], 2);
    let text = stage.run(&["plan"]).ended(5).out;
    assert!(
        text.contains("If the policy is overridden, the plan does this:\n    ! 2 people lose every portal: michael@initech.example, samir@initech.example."),
        "{text}"
    );
    // Somebody puts Samir on the roster: the same rows take less from people, which is another plan to agree to.
    stage.edit(|site| {
        let account = account(site, "samir@initech.example");
        site.add_customers(&key("ITSM"), &[account]).unwrap();
    });
    let kept = stage.plan_blocked(&[]);
    assert_eq!(
        rows(&kept["resource_changes"]),
        rows(&plan["resource_changes"])
    );
    assert_eq!(kept["access_impact"]["if_accepted"]["people_losing"], 1);
    assert_ne!(kept["acceptance_digest"], plan["acceptance_digest"]);
    let digest = kept["acceptance_digest"].as_str().unwrap();
    stage.write(
        &format!("acceptances/{digest}.yaml"),
        "owner: it@acme.example\ndate: 2026-11-01\n",
    );
    let accepted = stage.plan(&[]);
    assert_eq!(accepted["acceptance_digest"], digest);
    assert_eq!(
        accepted["access_impact"],
        kept["access_impact"]["if_accepted"]
    );
    let text = stage.run(&["plan"]).ended(0).out;
    assert!(
        text.starts_with(
            "who gains or loses access\n  ! 1 person loses every portal: michael@initech.example."
        ),
        "{text}"
    );
}

#[test]
fn what_a_rule_blocks_cannot_be_accepted() {
    let stage = Stage::new();
    // R3: the site lets nobody of this domain have an account.
    let text = stage.read("organizations/globex.yaml") + "            - zoe@nowhere.example\n";
    stage.write("organizations/globex.yaml", &text);
    let plan = stage.plan_blocked(&[]);
    assert_eq!(blocked(&plan).len(), 2);
    let digest = plan["acceptance_digest"].as_str().unwrap();
    let ran = stage
        .run(&["apply", "--auto-approve", "--accept", digest])
        .ended(5);
    assert!(!ran.notes.contains("to override"), "{}", ran.notes);
    assert!(
        stage
            .site()
            .accounts_with_email("zoe@nowhere.example")
            .is_empty()
    );
}

#[test]
fn too_many_new_accounts_block_them_and_what_rests_on_them() {
    let stage = Stage::new();
    policy(&stage, "  max_new_accounts: 1\n");
    let text = stage.read("organizations/globex.yaml")
        + "            - cy@globex.example\n            - di@globex.example\n";
    stage.write("organizations/globex.yaml", &text);
    let plan = stage.plan_blocked(&[]);
    assert_eq!(blocked(&plan).len(), 4);
    assert_eq!(check(&plan, "policy.max_new_accounts")["status"], "fail");
    stage.run(&["apply", "--auto-approve"]).ended(5);
}

#[test]
fn an_organization_is_not_emptied_unless_that_is_written() {
    let stage = Stage::new();
    // Nobody listed can be added, so the exact list would only take people away.
    stage.write("rosters/initech.csv", "email\nzoe@nowhere.example\n");
    let plan = stage.plan_blocked(&[]);
    let check = check(&plan, "policy: no organization is emptied");
    assert_eq!(check["status"], "fail");
    assert!(
        check["problems"][0]["message"]
            .as_str()
            .unwrap()
            .contains("all of its 3 members")
    );
    stage.write(
        "organizations/initech.yaml",
        "version: 1\nsites:\n  acme:\n    organizations:\n      Initech:\n        members: { mode: exact, list: [], allow_empty: true }\n",
    );
    assert_eq!(blocked(&stage.plan(&[])), Vec::<String>::new());
}

#[test]
fn a_restricted_project_is_not_left_without_anyone_unless_that_is_written() {
    let stage = Stage::new();
    stage.edit(|site| {
        let cy = account(site, "cy@globex.example");
        site.add_customers(&key("ITSM"), &[cy]).unwrap();
        for name in ["Globex", "Initech"] {
            let id = organization(site, name);
            site.set_organization_link(&key("ITSM"), &id, false)
                .unwrap();
        }
    });
    let before = "organizations: { mode: exact, list: [Globex, Initech] }";
    let path = "projects/itsm.yaml";
    let list = "organizations: { mode: exact, list: [], allow_empty: true }\n        customers: { mode: exact, list: [zoe@nowhere.example] }";
    stage.replace(path, before, list);
    let plan = stage.plan_blocked(&[]);
    assert_eq!(
        check(&plan, "policy: no project is left without anyone")["status"],
        "fail"
    );
    stage.replace(
        path,
        "list: [zoe@nowhere.example]",
        "list: [], allow_empty: true",
    );
    // The policy lets it pass; that a restricted project without anyone is useless is the lint's to say (L31).
    let plan = stage.plan_blocked(&[]);
    let emptied = |check: &&serde_json::Value| {
        check["address"]["to_display"] == "policy: no project is left without anyone"
    };
    assert!(
        plan["checks"]
            .as_array()
            .unwrap()
            .iter()
            .find(emptied)
            .is_none_or(|check| check["status"] == "pass")
    );
    for row in plan["resource_changes"].as_array().unwrap() {
        let blocked_by = row["portcullis"]["blocked_by"].as_array();
        for why in blocked_by.into_iter().flatten() {
            assert!(why.as_str().unwrap().contains("L31"), "{why}");
        }
    }
}

fn protect(stage: &Stage, pattern: &str) {
    policy(stage, &format!("  protect: [\"{pattern}\"]\n"));
}

#[test]
fn a_protected_organization_survives_the_deletion_of_its_block() {
    let stage = Stage::new();
    // Made by Portcullis, so that `organizations_mode: exact` may delete it.
    stage.write(
        "organizations/hooli.yaml",
        "version: 1\nsites:\n  acme:\n    organizations_mode: exact\n    organizations:\n      Hooli:\n        members: { list: [gavin@globex.example] }\n",
    );
    stage.run(&["apply", "--auto-approve"]).ended(0);
    stage.write(
        "organizations/hooli.yaml",
        "version: 1\nsites:\n  acme:\n    organizations_mode: exact\n",
    );
    let plan = stage.plan(&[]);
    assert_eq!(
        rows(&plan["resource_changes"]),
        ["delete acme/organization/Hooli"]
    );
    assert_eq!(blocked(&plan), Vec::<String>::new());
    for pattern in [
        "acme/organization/Hooli",
        "acme/organization/Hooli/**",
        "acme/organization/Hooli/member/gavin@globex.example",
        "acme/**",
    ] {
        protect(&stage, pattern);
        assert_eq!(blocked(&stage.plan_blocked(&[])).len(), 1, "{pattern}");
    }
    stage.run(&["apply", "--auto-approve"]).ended(5);
    assert!(stage.site().organization_named("Hooli").is_some());
    protect(&stage, "acme/organization/Globex/**");
    assert_eq!(blocked(&stage.plan(&[])), Vec::<String>::new());
}

#[test]
fn protection_covers_unlinking_members_articles_access_and_approved_domains() {
    let stage = Stage::new();
    stage.edit(|site| {
        let project = site.project_mut(&key("ITSM")).unwrap();
        project.channel_access = portcullis::model::ChannelAccess::Open;
    });
    stage.replace(
        "projects/itsm.yaml",
        "list: [Globex, Initech]",
        "list: [Initech]",
    );
    stage.replace(
        "projects/itsm.yaml",
        "all_logged_in",
        "only_confluence_users",
    );
    stage.replace(
        "organizations/globex.yaml",
        "            - ana@globex.example\n",
        "",
    );
    stage.replace("portcullis.yaml", "mode: add_only", "mode: exact");
    stage.replace(
        "portcullis.yaml",
        "role: customer, admin_approval: false",
        "role: none, admin_approval: false",
    );
    stage.replace(
        "portcullis.yaml",
        "allowed_domains: [globex.example, initech.example]",
        "allowed_domains: [globex.example]",
    );
    let cases = [
        (
            "acme/project/ITSM/organization/*",
            "delete acme/project/ITSM/organization/Globex",
        ),
        (
            "acme/organization/Globex",
            "delete acme/project/ITSM/organization/Globex",
        ),
        (
            "acme/organization/Globex/member/*",
            "delete acme/organization/Globex/member/ana@globex.example",
        ),
        (
            "acme/project/ITSM/knowledge-base/ITKB",
            "update acme/project/ITSM/knowledge-base/ITKB",
        ),
        (
            "acme/project/ITSM/access",
            "update acme/project/ITSM/access",
        ),
        (
            "acme-corp/approved-domain/**",
            "delete acme-corp/approved-domain/acme-group.example",
        ),
        (
            "acme/allowed-domain/*",
            "delete acme/allowed-domain/initech.example",
        ),
    ];
    for (pattern, row) in cases {
        protect(&stage, pattern);
        assert_eq!(blocked(&stage.plan_blocked(&[])), [row], "{pattern}");
    }
    protect(&stage, "acme/**");
    assert_eq!(blocked(&stage.plan_blocked(&[])).len(), 5);
}

#[test]
fn protection_follows_the_live_name() {
    let stage = Stage::new();
    stage.edit(|site| {
        let id = organization(site, "Globex");
        site.rename_organization(&id, &OrganizationName::new("Globex Old").unwrap())
            .unwrap();
    });
    let path = "organizations/globex.yaml";
    stage.replace(
        path,
        "      Globex:\n",
        "      Globex:\n        previous_name: Globex Old\n",
    );
    stage.replace(path, "            - ana@globex.example\n", "");
    stage.replace(
        "projects/itsm.yaml",
        "list: [Globex, Initech]",
        "list: [Initech]",
    );
    protect(&stage, "acme/organization/Globex Old/**");
    assert_eq!(blocked(&stage.plan_blocked(&[])).len(), 2);
    let plan = stage.plan_blocked(&[]);
    let removal = row(
        &plan["resource_changes"],
        "acme/organization/Globex/member/ana@globex.example",
    );
    assert_eq!(
        removal["portcullis"]["blocked_by"][0],
        "policy.protect `acme/organization/Globex Old/**`"
    );
}

#[test]
fn what_is_frozen_changes_in_no_direction() {
    let stage = Stage::new();
    stage.replace(
        "projects/itsm.yaml",
        "list: [Globex, Initech]",
        "list: [Globex]",
    );
    stage.write(
        "rosters/initech.csv",
        "email\npeter@initech.example\nnew@initech.example\n",
    );
    let free = stage.plan(&[]);
    assert_eq!(blocked(&free), Vec::<String>::new());
    let all = rows(&free["resource_changes"]);
    let in_project = all.iter().filter(|row| row.contains("acme/project/ITSM/"));
    assert_ne!(in_project.clone().count(), 0);
    policy(
        &stage,
        "  max_removals: off\n  freeze: [\"acme/project/ITSM/**\"]\n",
    );
    let plan = stage.plan_blocked(&[]);
    assert_eq!(blocked(&plan).len(), in_project.count());
    assert_eq!(check(&plan, "policy.freeze")["status"], "fail");
    // Gains as well: whoever is new cannot join a frozen organization.
    policy(
        &stage,
        "  max_removals: off\n  freeze: [\"acme/organization/Initech/**\"]\n",
    );
    let frozen = blocked(&stage.plan_blocked(&[]));
    let gain = "create acme/organization/Initech/member/new@initech.example".to_owned();
    assert!(frozen.contains(&gain), "{frozen:?}");
    stage.run(&["apply", "--auto-approve"]).ended(5);
    policy(
        &stage,
        "  max_removals: off\n  freeze: [\"acme/project/HR/**\"]\n",
    );
    assert_eq!(blocked(&stage.plan(&[])), Vec::<String>::new());
}
