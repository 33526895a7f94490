//! `drift --write-patch`: the smallest edit that accepts what somebody changed.

use crate::stage::{Stage, account, add_member, key, organization, remove_member, rows};
use portcullis::model::{ChannelAccess, Domain, WhoCanView};
use proptest::prelude::*;
use serde_json::Value;

/// Writes the patch, applies it with git, and checks that what it accepts is a difference no more.
fn patched(stage: &Stage) -> (String, Value) {
    if !stage.root.join(".git").exists() {
        stage.commit("as applied");
    }
    let before = rows(&stage.plan(&[])["resource_changes"]);
    let ran = stage
        .run(&[
            "drift",
            "--write-patch",
            ".portcullis/accept.patch",
            "--format",
            "json",
        ])
        .ended(0);
    let patch = ran.json()["patch"].clone();
    if patch["file"].is_null() {
        return (String::new(), patch);
    }
    let diff = stage.read(".portcullis/accept.patch");
    stage.git(&[
        "apply",
        "--whitespace=error-all",
        ".portcullis/accept.patch",
    ]);
    let after = rows(&stage.plan(&[])["resource_changes"]);
    for accepted in patch["accepted"].as_array().unwrap() {
        let address = accepted.as_str().unwrap();
        assert!(
            !after.iter().any(|row| row.ends_with(address)),
            "{address}\n{diff}"
        );
    }
    assert!(
        after.iter().all(|row| before.contains(row)),
        "{after:?}\n{diff}"
    );
    (diff, patch)
}

/// Returns the lines that a diff takes out and puts in.
fn edits(diff: &str) -> Vec<&str> {
    diff.lines()
        .filter(|line| {
            line.starts_with(['+', '-']) && !line.starts_with("+++") && !line.starts_with("---")
        })
        .collect()
}

#[test]
fn members_come_and_go_line_by_line_and_comments_stay() {
    let stage = Stage::new();
    stage.edit(|site| {
        remove_member(site, "Globex", "ana@globex.example");
        add_member(site, "Globex", "eve@globex.example");
        remove_member(site, "Initech", "samir@initech.example");
        add_member(site, "Initech", "milton@initech.example");
    });
    let (diff, patch) = patched(&stage);
    assert_eq!(
        edits(&diff),
        [
            "-            - ana@globex.example",
            "+            - eve@globex.example",
            "-Samir,samir@initech.example",
            "+,milton@initech.example",
        ]
    );
    assert_eq!(patch["left"], Value::Array(Vec::new()));
    assert_eq!(patch["accepted"].as_array().unwrap().len(), 4);
    let text = stage.read("organizations/globex.yaml");
    assert!(
        text.contains("# the two founders\n            - bo@globex.example   # until the merger\n"),
        "{text}"
    );
    assert_eq!(stage.run(&["drift"]).ended(0).out, "no drift\n");
}

#[test]
fn settings_links_spaces_and_domains() {
    let stage = Stage::new();
    stage.edit(|site| {
        site.settings.customers_can_create_accounts = true;
        site.settings
            .allowed_domains
            .remove(&Domain::new("initech.example").unwrap());
        site.settings
            .allowed_domains
            .insert(Domain::new("hooli.example").unwrap());
        let globex = organization(site, "Globex");
        site.set_organization_link(&key("ITSM"), &globex, false)
            .unwrap();
        let project = site.project_mut(&key("ITSM")).unwrap();
        project.channel_access = ChannelAccess::Open;
        let space = portcullis::model::SpaceKey::new("ITKB").unwrap();
        site.space_mut(&space).unwrap().who_can_view = WhoCanView::OnlyConfluenceUsers;
    });
    let (diff, patch) = patched(&stage);
    assert_eq!(patch["left"], Value::Array(Vec::new()), "{diff}");
    let lines = edits(&diff);
    for line in [
        "+      external: { portal_only_accounts: true, allowed_domains: [globex.example, hooli.example] }",
        "+      customers_can_create_accounts: true   # asked by security",
        "+        channel_access: open",
        "+        organizations: { mode: exact, list: [Initech] }",
        "+          ITKB: { who_can_view: only_confluence_users }",
    ] {
        assert!(lines.contains(&line), "{line}\n{diff}");
    }
    assert_eq!(lines.len(), 10, "{diff}");
    assert_eq!(stage.run(&["drift"]).ended(0).out, "no drift\n");
}

#[test]
fn any_domain_replaces_the_list_and_the_list_any_domain() {
    let stage = Stage::new();
    stage.edit(|site| site.settings.restrict_domains = false);
    let (diff, _) = patched(&stage);
    assert!(
        diff.contains("+      external: { portal_only_accounts: true, allowed_domains: any }"),
        "{diff}"
    );
    stage.edit(|site| site.settings.restrict_domains = true);
    let (diff, _) = patched(&stage);
    assert!(
        diff.contains("allowed_domains: [globex.example, initech.example] }"),
        "{diff}"
    );
}

#[test]
fn an_organization_that_is_gone_goes_from_the_files_with_its_links() {
    let stage = Stage::new();
    let text = stage.read("organizations/globex.yaml")
        + "      # kept apart\n      Hooli: { members: { list: [gavin@globex.example] } }\n";
    stage.write("organizations/globex.yaml", &text);
    stage.run(&["apply", "--auto-approve"]).ended(0);
    stage.commit("as applied");
    stage.edit(|site| {
        for name in ["Globex", "Initech"] {
            let id = organization(site, name);
            site.delete_organization(&id).unwrap();
        }
        let hooli = organization(site, "Hooli");
        site.set_organization_link(&key("ITSM"), &hooli, true)
            .unwrap();
    });
    let (diff, patch) = patched(&stage);
    assert_eq!(patch["left"], Value::Array(Vec::new()), "{diff}");
    assert_eq!(
        stage.read("organizations/globex.yaml"),
        "version: 1\nsites:\n  acme:\n    organizations:\n      # kept apart\n      Hooli: { members: { list: [gavin@globex.example] } }\n"
    );
    // Nothing else stood in this file.
    assert_eq!(stage.read("organizations/initech.yaml"), "version: 1\n");
    assert!(
        stage
            .read("projects/itsm.yaml")
            .contains("organizations: { mode: exact, list: [Hooli] }")
    );
}

#[test]
fn what_no_small_edit_says_is_listed_with_its_reason() {
    let stage = Stage::new();
    stage.write(
        "sites/people.yaml",
        "version: 1\nsites:\n  acme:\n    people:\n      eve@globex.example: { state: absent, reason: left, owner: it@acme.example }\n",
    );
    stage.edit(|site| {
        add_member(site, "Globex", "eve@globex.example");
        // The organization of this link is not declared.
        let hooli =
            site.add_organization(&portcullis::model::OrganizationName::new("Hooli").unwrap());
        site.set_organization_link(&key("ITSM"), &hooli, true)
            .unwrap();
        // Both members of an exact list are gone: an empty list has to be meant.
        remove_member(site, "Globex", "ana@globex.example");
        remove_member(site, "Globex", "bo@globex.example");
    });
    let (diff, patch) = patched(&stage);
    assert_eq!(diff, "");
    let left: Vec<&str> = patch["left"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["address"].as_str().unwrap())
        .collect();
    assert_eq!(
        left,
        [
            "acme/organization/Globex/member/ana@globex.example",
            "acme/organization/Globex/member/bo@globex.example",
            "acme/organization/Globex/member/eve@globex.example",
            "acme/project/ITSM/organization/Hooli",
        ]
    );
    assert!(!stage.root.join(".portcullis/accept.patch").exists());
}

#[test]
fn text_rosters_windows_line_ends_and_files_without_a_last_newline() {
    let stage = Stage::new();
    stage.write("rosters/initech.txt", "# engineers\r\npeter@initech.example # lead\r\nsamir@initech.example\r\nmichael@initech.example");
    stage.replace("organizations/initech.yaml", "initech.csv", "initech.txt");
    std::fs::remove_file(stage.root.join("rosters/initech.csv")).unwrap();
    stage.edit(|site| {
        remove_member(site, "Initech", "samir@initech.example");
        add_member(site, "Initech", "milton@initech.example");
    });
    stage.commit("as applied");
    stage
        .run(&["drift", "--write-patch", "accept.patch"])
        .ended(0);
    stage.git(&["apply", "accept.patch"]);
    assert_eq!(
        stage.read("rosters/initech.txt"),
        "# engineers\r\npeter@initech.example # lead\r\nmichael@initech.example\r\nmilton@initech.example\r\n"
    );
}

/// A patch is text; a file in another encoding is named with what it is, and the rest is accepted all the same.
#[test]
fn rosters_in_another_encoding_are_named_and_left_as_they_are() {
    let roster = "name,email\nPéter,peter@initech.example\nSamir,samir@initech.example\nMichael,michael@initech.example\n";
    let latin =
        |text: &str| -> Vec<u8> { text.chars().map(|c| u8::try_from(c).unwrap()).collect() };
    let wide = |text: &str| -> Vec<u8> {
        let marked = format!("\u{feff}{text}");
        marked.encode_utf16().flat_map(u16::to_le_bytes).collect()
    };
    for (encoding, entry, bytes) in [
        (
            "windows-1252",
            "{ file: ../rosters/initech.csv, encoding: windows-1252 }",
            latin(roster),
        ),
        ("UTF-16LE", "../rosters/initech.csv", wide(roster)),
    ] {
        let stage = Stage::new();
        stage.replace(
            "organizations/initech.yaml",
            "[../rosters/initech.csv]",
            &format!("[{entry}]"),
        );
        std::fs::write(stage.root.join("rosters/initech.csv"), &bytes).unwrap();
        stage.edit(|site| {
            remove_member(site, "Initech", "samir@initech.example");
            add_member(site, "Initech", "milton@initech.example");
            remove_member(site, "Globex", "ana@globex.example");
        });
        let (diff, patch) = patched(&stage);
        assert_eq!(edits(&diff), ["-            - ana@globex.example"]);
        let left = patch["left"].as_array().unwrap();
        assert_eq!(left.len(), 2, "{left:?}");
        for one in left {
            assert_eq!(
                one["why"],
                format!(
                    "`rosters/initech.csv` is {encoding} text, which no patch can edit: edit it by hand, or save it as UTF-8"
                )
            );
        }
        let kept = std::fs::read(stage.root.join("rosters/initech.csv")).unwrap();
        assert_eq!(kept, bytes);
    }
}

#[test]
fn several_people_for_a_list_without_list_and_a_cell_with_half_a_line_break() {
    let stage = Stage::new();
    stage.replace(
        "organizations/globex.yaml",
        "          list:\n            # the two founders\n            - ana@globex.example\n            - bo@globex.example   # until the merger\n",
        "          allow_empty: true\n",
    );
    stage.write(
        "rosters/initech.csv",
        "name,email\n\"Pe\rter\",peter@initech.example\nSamir,samir@initech.example\nMichael,michael@initech.example",
    );
    stage.edit(|site| remove_member(site, "Initech", "samir@initech.example"));
    let (diff, patch) = patched(&stage);
    assert_eq!(patch["left"], Value::Array(Vec::new()), "{diff}");
    assert!(
        diff.contains("+          list: [ana@globex.example, bo@globex.example]"),
        "{diff}"
    );
    assert_eq!(
        stage.read("rosters/initech.csv"),
        "name,email\n\"Pe\rter\",peter@initech.example\nMichael,michael@initech.example"
    );
    assert_eq!(stage.run(&["drift"]).ended(0).out, "no drift\n");
}

#[test]
fn a_workspace_below_the_top_of_its_repository() {
    let stage = Stage::new();
    stage.git(&["init", "-q", ".."]);
    stage.write(".gitignore", ".portcullis/\n");
    stage.git(&["add", "-A"]);
    stage.git(&["commit", "-q", "-m", "one"]);
    stage.edit(|site| add_member(site, "Globex", "eve@globex.example"));
    stage
        .run(&["drift", "--base", "HEAD", "--write-patch", "accept.patch"])
        .ended(0);
    assert!(
        stage
            .read("accept.patch")
            .contains("+++ b/work/organizations/globex.yaml")
    );
    stage.git(&["apply", "accept.patch"]);
    assert!(
        stage
            .read("organizations/globex.yaml")
            .contains("- eve@globex.example")
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever agents do to members and links, the patch accepts it all, and planning again shows none of it.
    #[test]
    fn any_edit_of_lists_is_accepted(
        gone in proptest::collection::btree_set(0usize..6, 0..5),
        come in proptest::collection::btree_set(0usize..4, 0..4),
        flow in any::<bool>(),
    ) {
        let stage = Stage::new();
        let people: Vec<String> = (0..6).map(|n| format!("p{n}@globex.example")).collect();
        let list = if flow {
            format!(" [{}]\n", people.join(", "))
        } else {
            format!("\n            # people\n            - {}\n", people.join("\n            - "))
        };
        stage.write(
            "organizations/globex.yaml",
            &format!("version: 1\nsites:\n  acme:\n    organizations:\n      Globex:\n        members:\n          mode: exact\n          list:{list}"),
        );
        stage.edit(|site| {
            for name in ["ana", "bo"] {
                remove_member(site, "Globex", &format!("{name}@globex.example"));
            }
            for (index, person) in people.iter().enumerate() {
                account(site, person);
                if !gone.contains(&index) {
                    add_member(site, "Globex", person);
                }
            }
            for index in &come {
                add_member(site, "Globex", &format!("new{index}@globex.example"));
            }
        });
        let (_, patch) = patched(&stage);
        prop_assert_eq!(&patch["left"], &Value::Array(Vec::new()));
        prop_assert_eq!(stage.run(&["drift"]).out, "no drift\n");
    }
}
