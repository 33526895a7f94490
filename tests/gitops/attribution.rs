//! `plan --base`: whose doing each change is.

use crate::stage::{Stage, add_member, row, rows};

#[test]
fn changes_of_the_branch_are_told_from_what_was_there_before() {
    let stage = Stage::new();
    stage.commit("as applied");
    stage.edit(|site| add_member(site, "Globex", "eve@globex.example"));
    let text = stage.read("organizations/globex.yaml") + "            - cy@globex.example\n";
    stage.write("organizations/globex.yaml", &text);
    let plan = stage.plan(&["--base", "HEAD"]);
    let changes = &plan["resource_changes"];
    assert_eq!(rows(changes).len(), 3);
    let origin = |address: &str| row(changes, address)["portcullis"]["origin"].clone();
    let member = "acme/organization/Globex/member";
    assert_eq!(
        origin(&format!("{member}/cy@globex.example")),
        "this_branch"
    );
    assert_eq!(
        origin(&format!("{member}/eve@globex.example")),
        "there_before"
    );
    let source = &row(changes, &format!("{member}/cy@globex.example"))["portcullis"]["source"];
    assert_eq!(source["file"], "organizations/globex.yaml");
    assert_eq!(source["line"], 12);
    let text = stage.run(&["plan", "--base", "HEAD"]).ended(0).out;
    assert_eq!(text.matches("there before").count(), 1, "{text}");
    // A directory does as well, and the origin does not change the digest.
    std::fs::create_dir(stage.root.join("../base")).unwrap();
    stage.git(&["--work-tree=../base", "checkout", "-q", "HEAD", "--", "."]);
    let by_directory = stage.plan(&["--base", "../base"]);
    assert_eq!(by_directory["resource_changes"], *changes);
    assert_eq!(stage.plan(&[])["digest"], plan["digest"]);
}

#[test]
fn a_base_is_read_without_checking_out_or_running_anything() {
    let stage = Stage::new();
    // The workspace is not the top of the repository, and the repository would run things if it could.
    stage.git(&["init", "-q", ".."]);
    stage.write("../.gitattributes", "*.yaml filter=evil export-ignore\n");
    stage.write("../.git/hooks/post-checkout", "#!/bin/sh\ntouch ran\n");
    stage.git(&["config", "filter.evil.smudge", "touch smudged; cat"]);
    stage.git(&["config", "core.fsmonitor", "touch monitored"]);
    stage.write(".gitignore", ".portcullis/\n");
    stage.git(&["-c", "core.fsmonitor=false", "add", "-A", "."]);
    stage.git(&["-c", "core.fsmonitor=false", "commit", "-q", "-m", "one"]);
    stage.replace(
        "portcullis.yaml",
        "customers_can_create_accounts: false",
        "customers_can_create_accounts: true",
    );
    let plan = stage.plan(&["--base", "HEAD"]);
    let address = "acme/customer-access/customers-can-create-accounts";
    assert_eq!(
        row(&plan["resource_changes"], address)["portcullis"]["origin"],
        "this_branch"
    );
    assert!(
        stage
            .read("portcullis.yaml")
            .contains("customers_can_create_accounts: true")
    );
    for trace in [
        "ran",
        "smudged",
        "monitored",
        "../ran",
        "../smudged",
        "../monitored",
    ] {
        assert!(!stage.root.join(trace).exists(), "{trace}");
    }
}

#[test]
fn a_base_that_is_not_there_or_not_valid() {
    let stage = Stage::new();
    stage.run(&["plan", "--base", "main"]).ended(64);
    stage.commit("one");
    for unknown in [
        "no-such-branch",
        "--upload-pack=touch pwned",
        "-x",
        "HEAD~99",
    ] {
        let flag = format!("--base={unknown}");
        let ran = stage.run(&["plan", &flag]).ended(64);
        assert!(
            ran.notes.contains("neither a directory nor a revision"),
            "{}",
            ran.notes
        );
    }
    stage.replace("portcullis.yaml", "version: 1", "version: 9");
    stage.commit("broken");
    stage.replace("portcullis.yaml", "version: 9", "version: 1");
    let ran = stage.run(&["plan", "--base", "HEAD"]).ended(0);
    assert!(ran.notes.contains("no origins are told"), "{}", ran.notes);
}

#[test]
fn where_there_was_no_workspace_everything_is_this_branchs() {
    let stage = Stage::new();
    stage.git(&["init", "-q"]);
    stage.git(&["commit", "-q", "--allow-empty", "-m", "nothing"]);
    stage.edit(|site| add_member(site, "Globex", "eve@globex.example"));
    let plan = stage.plan(&["--base", "HEAD"]);
    let change = &plan["resource_changes"][0];
    assert_eq!(change["portcullis"]["origin"], "this_branch");
}
