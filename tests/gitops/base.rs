//! The honest base: which repository is asked, what is read out of it, and the four answers to whose doing a change is.

use crate::stage::{Ran, Stage, add_member, remove_member, row};
use serde_json::Value;

const MEMBERS: &str = "acme/organization/Globex/member";

fn origin(plan: &Value, address: &str) -> String {
    let row = row(&plan["resource_changes"], address);
    let origin = &row["portcullis"]["origin"];
    origin.as_str().unwrap_or_default().to_owned()
}

fn finding(plan: &Value, code: &str) -> Option<String> {
    let findings = plan["findings"].as_array().unwrap().iter();
    let mut found = findings.filter(|finding| finding["code"] == code);
    found
        .next()
        .map(|finding| finding["message"].as_str().unwrap().to_owned())
}

/// A workspace with a commit, somebody added on the site, and somebody added in the files since.
fn stage() -> Stage {
    let stage = Stage::new();
    stage.commit("as applied");
    stage.git(&["branch", "-M", "main"]);
    stage.edit(|site| add_member(site, "Globex", "eve@globex.example"));
    stage
}

fn add(stage: &Stage, who: &str) {
    let text = stage.read("organizations/globex.yaml");
    stage.write(
        "organizations/globex.yaml",
        &format!("{text}            - {who}\n"),
    );
}

fn hint(ran: &Ran) -> String {
    assert_eq!(
        ran.notes.matches("hint:").count(),
        1,
        "one hint for one cause:\n{}",
        ran.notes
    );
    ran.notes.split("hint: ").nth(1).unwrap().to_owned()
}

#[test]
fn the_variables_that_git_sets_for_hooks_change_nothing() {
    let stage = Stage::new();
    stage.git(&["init", "-q", ".."]);
    stage.write(".gitignore", ".portcullis/\n");
    stage.git(&["add", "-A", "."]);
    stage.git(&["commit", "-q", "-m", "one"]);
    stage.git(&["branch", "-M", "main"]);
    stage.git(&["worktree", "add", "-q", "../linked", "-b", "linked"]);
    let linked = stage.root.join("../linked/work");
    stage.edit(|site| add_member(site, "Globex", "eve@globex.example"));
    let state = ".portcullis/sandbox/acme.json";
    std::fs::create_dir_all(linked.join(".portcullis/sandbox")).unwrap();
    std::fs::copy(stage.root.join(state), linked.join(state)).unwrap();
    let directory = stage.git_in(&linked, &["rev-parse", "--absolute-git-dir"]);
    let directory = directory.trim();
    let index = format!("{directory}/index");
    let hooks = [
        ("GIT_DIR", directory),
        ("GIT_INDEX_FILE", index.as_str()),
        ("GIT_WORK_TREE", "/nowhere"),
        ("GIT_OBJECT_DIRECTORY", "/nowhere"),
        ("GIT_PREFIX", "elsewhere/"),
    ];
    let arguments = ["plan", "--base", "main", "--format", "json"];
    let plan = stage.run_in(&linked, &hooks, &arguments).ended(0).json();
    let eve = format!("{MEMBERS}/eve@globex.example");
    assert_eq!(origin(&plan, &eve), "there_before");
    let arguments = ["drift", "--base", "main", "--format", "json"];
    let drift = stage.run_in(&linked, &hooks, &arguments).ended(0).json();
    row(&drift["resource_drift"], &eve);
    assert_eq!(drift["resource_changes"], Value::Array(Vec::new()));
    // The patch is for the root of the repository there too.
    let arguments = ["drift", "--base", "main", "--write-patch", "accept.patch"];
    stage.run_in(&linked, &hooks, &arguments).ended(0);
    let patch = std::fs::read_to_string(linked.join("accept.patch")).unwrap();
    assert!(
        patch.contains("+++ b/work/organizations/globex.yaml"),
        "{patch}"
    );
}

#[cfg(unix)]
#[test]
fn links_are_followed_in_the_revision() {
    use std::os::unix::fs::symlink;
    let stage = stage();
    std::fs::create_dir(stage.root.join("rosters/2026")).unwrap();
    std::fs::rename(
        stage.root.join("rosters/initech.csv"),
        stage.root.join("rosters/2026/initech.csv"),
    )
    .unwrap();
    symlink("2026", stage.root.join("rosters/current")).unwrap();
    symlink(
        "current/initech.csv",
        stage.root.join("rosters/initech.csv"),
    )
    .unwrap();
    // A directory behind a link holds configuration once, as in the work tree.
    std::fs::rename(stage.root.join("projects"), stage.root.join("portals")).unwrap();
    symlink("portals", stage.root.join("projects")).unwrap();
    stage.run(&["validate"]).ended(0);
    stage.commit("linked");
    stage.edit(|site| remove_member(site, "Initech", "peter@initech.example"));
    let drift = stage.run(&["drift", "--base", "HEAD", "--format", "json"]);
    let drift = drift.ended(0).json();
    row(
        &drift["resource_drift"],
        "acme/organization/Initech/member/peter@initech.example",
    );
    // What the link led to counts as it was, not as it is.
    let roster = stage.read("rosters/2026/initech.csv");
    stage.write(
        "rosters/2026/initech.csv",
        &roster.replace("Samir,samir@initech.example\n", ""),
    );
    let plan = stage.plan(&["--base", "HEAD"]);
    let initech = "acme/organization/Initech/member";
    let samir = origin(&plan, &format!("{initech}/samir@initech.example"));
    assert_eq!(samir, "this_branch");
    let peter = origin(&plan, &format!("{initech}/peter@initech.example"));
    assert_eq!(peter, "there_before");
    // A link that leads out is refused at the revision as in the work tree, and named.
    let outside = stage.root.join("../outside.csv");
    std::fs::write(&outside, "email\npeter@initech.example\n").unwrap();
    for target in [outside.as_str(), "../../outside.csv"] {
        stage.write("rosters/2026/initech.csv", &roster);
        std::fs::remove_file(stage.root.join("rosters/initech.csv")).unwrap();
        symlink(target, stage.root.join("rosters/initech.csv")).unwrap();
        stage.run(&["validate"]).ended(3);
        stage.commit("leads out");
        std::fs::remove_file(stage.root.join("rosters/initech.csv")).unwrap();
        stage.write("rosters/initech.csv", &roster);
        let ran = stage.run(&["drift", "--base", "HEAD"]).ended(3);
        for part in ["rosters/initech.csv", "leads out of the workspace"] {
            assert!(ran.notes.contains(part), "{part}: {}", ran.notes);
        }
    }
}

#[test]
fn what_the_base_has_gained_meanwhile_is_not_this_branchs_doing() {
    let stage = stage();
    stage.git(&["checkout", "-q", "-b", "feature"]);
    stage.replace(
        "organizations/globex.yaml",
        "            - ana@globex.example\n",
        "",
    );
    stage.commit("ana leaves");
    stage.git(&["checkout", "-q", "main"]);
    add(&stage, "cy@globex.example");
    stage.commit("cy comes");
    stage.run(&["apply", "--auto-approve"]).ended(0);
    stage.git(&["checkout", "-q", "feature"]);
    let plan = stage.plan(&["--base", "main"]);
    let of = |who: &str| origin(&plan, &format!("{MEMBERS}/{who}@globex.example"));
    assert_eq!(of("cy"), "behind");
    assert_eq!(of("ana"), "this_branch");
    let said = finding(&plan, "branch-behind-base").unwrap();
    assert!(said.contains("1 commit behind `main`"), "{said}");
    assert!(said.contains("merge or rebase first"), "{said}");
    let text = stage.run(&["plan", "--base", "main"]).ended(0).out;
    assert!(text.contains("merge or rebase first"), "{text}");
    let notes = stage.run(&["drift", "--base", "main"]).ended(0).notes;
    assert!(notes.contains("merge or rebase first"), "{notes}");
    // In the middle of the merge, and after it.
    stage.git(&["merge", "-q", "--no-commit", "--no-ff", "main"]);
    for _ in 0..2 {
        let plan = stage.plan(&["--base", "main"]);
        assert_eq!(finding(&plan, "branch-behind-base"), None);
        assert_eq!(plan["resource_changes"].as_array().unwrap().len(), 1);
        stage.git(&["commit", "-q", "--allow-empty", "-m", "merged"]);
    }
    // A base that has moved on elsewhere is nobody's concern.
    stage.git(&["checkout", "-q", "main"]);
    stage.git(&["checkout", "-q", "-b", "other"]);
    add(&stage, "di@globex.example");
    stage.commit("di comes");
    stage.git(&["checkout", "-q", "main"]);
    stage.git(&["commit", "-q", "--allow-empty", "-m", "nothing"]);
    stage.git(&["checkout", "-q", "other"]);
    let plan = stage.plan(&["--base", "main"]);
    assert_eq!(finding(&plan, "branch-behind-base"), None);
    let di = origin(&plan, &format!("{MEMBERS}/di@globex.example"));
    assert_eq!(di, "this_branch");
}

#[test]
fn what_cannot_be_told_is_unknown_with_the_reason() {
    let stage = stage();
    add(&stage, "cy@globex.example");
    stage.commit("cy comes");
    stage.git(&["checkout", "-q", "--orphan", "unrelated"]);
    add(&stage, "di@globex.example");
    stage.commit("from nothing");
    let plan = stage.plan(&["--base", "main"]);
    let of = |who: &str| origin(&plan, &format!("{MEMBERS}/{who}@globex.example"));
    assert_eq!(
        (of("di").as_str(), of("cy").as_str()),
        ("unknown", "there_before")
    );
    let said = finding(&plan, "base-history-unknown").unwrap();
    assert!(said.contains("no commit in common"), "{said}");
    // A base with errors: no origin is told, and nothing is done that its rules might forbid.
    stage.git(&["checkout", "-q", "main"]);
    stage.replace("portcullis.yaml", "version: 1", "version: 9");
    stage.commit("broken");
    stage.replace("portcullis.yaml", "version: 9", "version: 1");
    let plan = stage.plan_blocked(&["--base", "HEAD"]);
    let eve = origin(&plan, &format!("{MEMBERS}/eve@globex.example"));
    assert_eq!(eve, "unknown");
    let said = finding(&plan, "base-not-read").unwrap();
    assert!(said.contains("portcullis.yaml:1"), "{said}");
}

#[test]
fn a_name_that_could_be_two_things_is_refused() {
    let stage = stage();
    std::fs::create_dir(stage.root.join("main")).unwrap();
    let ran = stage.run(&["plan", "--base", "main"]).ended(64);
    let said = hint(&ran);
    assert!(
        said.contains("`./main`") && said.contains("`refs/heads/main`"),
        "{said}"
    );
    let eve = format!("{MEMBERS}/eve@globex.example");
    for (name, expected) in [
        ("refs/heads/main", "there_before"),
        ("./main", "this_branch"),
    ] {
        let plan = stage.plan(&["--base", name]);
        assert_eq!(origin(&plan, &eve), expected, "{name}");
    }
    std::fs::remove_dir(stage.root.join("main")).unwrap();
    // A tag beside the branch: anybody who may push a tag would choose the base.
    stage.git(&["checkout", "-q", "--orphan", "elsewhere"]);
    stage.git(&["commit", "-q", "--allow-empty", "-m", "nothing"]);
    stage.git(&["tag", "main"]);
    let ran = stage.run(&["plan", "--base", "main"]).ended(64);
    assert!(hint(&ran).contains("refs/heads/main"), "{}", ran.notes);
    stage.run(&["plan", "--base", "./no-such"]).ended(64);
}

#[test]
fn a_workspace_that_has_moved_is_named_with_its_old_place() {
    let stage = stage();
    stage.git(&["checkout", "-q", "-b", "moved"]);
    let access = stage.root.join("access");
    std::fs::create_dir(&access).unwrap();
    for name in [
        "portcullis.yaml",
        "organizations",
        "projects",
        "rosters",
        "seed",
        "drivers",
    ] {
        stage.git(&["mv", name, "access/"]);
    }
    stage.git(&["commit", "-q", "-m", "moved"]);
    std::fs::rename(stage.root.join(".portcullis"), access.join(".portcullis")).unwrap();
    let plan = |base: &str| {
        let ran = stage.run(&["plan", "access", "--format", "json", "--base", base]);
        ran.ended(0).json()
    };
    let eve = format!("{MEMBERS}/eve@globex.example");
    let found = plan("main");
    assert_eq!(origin(&found, &eve), "this_branch");
    let said = finding(&found, "no-workspace-at-base").unwrap();
    assert!(said.contains("REV:PATH"), "{said}");
    for base in ["main:", "main:.", "HEAD:access", "HEAD:access/"] {
        assert_eq!(origin(&plan(base), &eve), "there_before", "{base}");
    }
    for wrong in ["main:access", "main:../x", ":access", "main:/etc"] {
        let ran = stage.run(&["plan", "access", "--base", wrong]).ended(64);
        hint(&ran);
    }
}

#[test]
fn a_submodule_is_read_at_the_commit_that_the_base_names() {
    let stage = stage();
    let beside = stage.root.join("../rosters");
    std::fs::create_dir(&beside).unwrap();
    stage.git_in(&beside, &["init", "-q"]);
    std::fs::rename(
        stage.root.join("rosters/initech.csv"),
        beside.join("initech.csv"),
    )
    .unwrap();
    stage.git_in(&beside, &["add", "-A"]);
    stage.git_in(&beside, &["commit", "-q", "-m", "one"]);
    stage.git(&["rm", "-rq", "--cached", "rosters"]);
    std::fs::remove_dir(stage.root.join("rosters")).unwrap();
    stage.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        "../rosters",
        "rosters",
    ]);
    stage.commit("as a submodule");
    stage.edit(|site| remove_member(site, "Initech", "peter@initech.example"));
    let roster = stage.read("rosters/initech.csv");
    let without = roster.replace("Samir,samir@initech.example\n", "");
    stage.write("rosters/initech.csv", &without);
    let initech = "acme/organization/Initech/member";
    let of = |plan: &Value, who: &str| origin(plan, &format!("{initech}/{who}@initech.example"));
    let plan = stage.plan(&["--base", "HEAD"]);
    assert_eq!(of(&plan, "samir"), "this_branch");
    assert_eq!(of(&plan, "peter"), "there_before");
    assert_eq!(finding(&plan, "base-not-read"), None);
    // Plain files instead of the submodule, whose commit is then nowhere here.
    std::fs::remove_file(stage.root.join("rosters/.git")).unwrap();
    let ran = stage.run(&["drift", "--base", "HEAD"]).ended(3);
    let said = hint(&ran);
    assert!(
        said.contains("git submodule update --init rosters"),
        "{said}"
    );
}

#[test]
fn every_cause_has_its_own_hint() {
    let stage = stage();
    add(&stage, "cy@globex.example");
    stage.commit("two");
    let ran = stage.run(&["plan", "--base", "main~1..main"]).ended(64);
    assert!(
        hint(&ran).contains("one revision, such as `main~1`"),
        "{}",
        ran.notes
    );
    let owner = [("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")];
    let ran = stage
        .run_in(&stage.root, &owner, &["plan", "--base", "main"])
        .ended(8);
    assert!(hint(&ran).contains("--add safe.directory"), "{}", ran.notes);
    let temporary = [("TMPDIR", "/no/such/directory")];
    let ran = stage
        .run_in(&stage.root, &temporary, &["plan", "--base", "main"])
        .ended(8);
    assert!(hint(&ran).contains("TMPDIR"), "{}", ran.notes);
    let empty = stage.root.join("../empty");
    std::fs::create_dir(&empty).unwrap();
    let no_git = [("PATH", empty.as_str())];
    let ran = stage
        .run_in(&stage.root, &no_git, &["plan", "--base", "main"])
        .ended(8);
    assert!(hint(&ran).contains("install git"), "{}", ran.notes);

    // Clones that do not have everything.
    let source = format!("file://{}", stage.root);
    stage.git(&["config", "uploadpack.allowFilter", "true"]);
    let (shallow, partial) = (stage.root.join("../shallow"), stage.root.join("../partial"));
    stage.git(&["clone", "-q", "--depth", "1", &source, shallow.as_str()]);
    let ran = stage
        .run_in(&shallow, &[], &["plan", "--base", "HEAD~1"])
        .ended(64);
    assert!(hint(&ran).contains("shallow"), "{}", ran.notes);
    stage.git(&[
        "clone",
        "-q",
        "--filter=blob:none",
        &source,
        partial.as_str(),
    ]);
    let ran = stage
        .run_in(&partial, &[], &["plan", "--base", "HEAD~1"])
        .ended(8);
    assert!(hint(&ran).contains("partial clone"), "{}", ran.notes);
    let plan = stage.run_in(&partial, &[], &["plan", "--base", "HEAD"]);
    plan.ended(0);
    // A branch that was fetched and never checked out.
    stage.git(&["branch", "release"]);
    let whole = stage.root.join("../whole");
    stage.git(&["clone", "-q", &source, whole.as_str()]);
    let ran = stage
        .run_in(&whole, &[], &["plan", "--base", "release"])
        .ended(64);
    assert!(hint(&ran).contains("`origin/release`"), "{}", ran.notes);
}

#[test]
fn files_that_look_like_a_repository_are_none() {
    let stage = stage();
    // What a pull request can commit: a bare repository of its own making, in the workspace's directory.
    let evil = stage.root.join("../evil");
    stage.git(&["clone", "-q", "--bare", ".", evil.as_str()]);
    std::fs::create_dir(stage.root.join("access")).unwrap();
    for name in ["HEAD", "config", "objects", "refs", "packed-refs"] {
        std::fs::rename(evil.join(name), stage.root.join("access").join(name)).unwrap();
    }
    std::fs::create_dir_all(stage.root.join("access/refs")).unwrap();
    stage.write(
        "access/portcullis.yaml",
        "version: 1\nsites: { acme: { url: \"sandbox:\" } }\n",
    );
    let ran = stage.run(&["plan", "access", "--base", "main"]).ended(8);
    assert!(hint(&ran).contains("bare repository"), "{}", ran.notes);
}

#[test]
fn what_a_branch_does_to_its_rules_is_told() {
    let stage = stage();
    let policy = "version: 1\npolicy:\n  max_people_losing_access: { count: 0 }\n  protect: [\"acme/organization/Globex/**\"]\n";
    stage.write("policy/limits.yaml", policy);
    let expectation = "version: 1\nexpectations:\n  - { name: Ana reaches ITSM, site: acme, who: ana@globex.example, can: view_portal, projects: [ITSM] }\n";
    stage.write("expectations/ana.yaml", expectation);
    stage.commit("rules");
    let plan = stage.plan_blocked(&["--base", "HEAD"]);
    for code in [
        "rules-changed",
        "no-longer-managed",
        "site-changed",
        "acceptance-pending",
    ] {
        assert_eq!(finding(&plan, code), None, "nothing was done to them");
    }
    stage.git(&[
        "rm",
        "-q",
        "policy/limits.yaml",
        "expectations/ana.yaml",
        "organizations/initech.yaml",
    ]);
    stage.replace("projects/itsm.yaml", "[Globex, Initech]", "[Globex]");
    // The old limit still counts: people of Initech would lose ITSM.
    let plan = stage.plan_blocked(&["--base", "HEAD"]);
    let findings = plan["findings"].to_string();
    for part in [
        "policy.max_people_losing_access",
        "acme/organization/Globex/**",
        "Ana reaches ITSM",
    ] {
        assert!(findings.contains(part), "{part}: {findings}");
    }
    assert!(finding(&plan, "no-longer-managed").is_some(), "{findings}");
    assert!(findings.contains("acme/organization/Initech"), "{findings}");
    let comment = stage
        .run(&["plan", "--base", "HEAD", "--format", "markdown"])
        .ended(5)
        .out;
    assert!(comment.contains("Ana reaches ITSM"), "{comment}");
}

#[test]
fn an_acceptance_of_the_branch_s_own_lifts_nothing() {
    let stage = Stage::new();
    stage.write(
        "policy/limits.yaml",
        "version: 1\npolicy:\n  protect: [\"acme/organization/Globex/**\"]\n",
    );
    stage.commit("as applied");
    stage.replace(
        "organizations/globex.yaml",
        "            - ana@globex.example\n",
        "",
    );
    stage.commit("ana leaves");
    let plan = ["plan", "--base", "HEAD~1", "--detailed-exitcode"];
    stage.run(&plan).ended(5);
    let digest = stage.plan_blocked(&[])["acceptance_digest"]
        .as_str()
        .unwrap()
        .to_owned();
    stage.write(
        &format!("acceptances/{digest}.yaml"),
        "owner: ciso@acme.example\ndate: 2026-11-01\n",
    );
    stage.commit("accepted by itself");
    let ran = stage
        .run(&["plan", "--base", "HEAD~2", "--detailed-exitcode"])
        .ended(5);
    assert!(ran.out.contains("acceptances/"), "{}", ran.out);
    // Once the base has it, it counts.
    stage
        .run(&["plan", "--base", "HEAD", "--detailed-exitcode"])
        .ended(2);
}
