//! The story of a change once more where the repository is no plain one, and where somebody means harm or comes late.

use crate::stage::{Stage, add_member, remove_member, row, rows};
use serde_json::Value;

const CY: &str = "create acme/organization/Globex/member/cy@globex.example";
const DORA: &str = "create acme/organization/Initech/member/dora@initech.example";

/// A repository, and what differs in it from a plain one.
struct Repository {
    stage: Stage,
    /// The branch that is applied.
    trunk: &'static str,
    /// Whether the rosters are a repository of their own.
    submodule: bool,
}

impl Repository {
    fn plain() -> Self {
        Self {
            stage: Stage::new(),
            trunk: "main",
            submodule: false,
        }
    }

    fn commit(&self, message: &str) {
        if self.submodule {
            let rosters = self.stage.root.join("rosters");
            let changed = self.stage.git_in(&rosters, &["status", "--porcelain"]);
            if !changed.is_empty() {
                self.stage
                    .git_in(&rosters, &["checkout", "-q", "-B", "next"]);
                self.stage.git_in(&rosters, &["commit", "-aqm", message]);
            }
        }
        self.stage.commit(message);
    }

    fn checkout(&self, arguments: &[&str]) {
        let mut command = vec!["checkout", "-q"];
        command.extend(arguments);
        self.stage.git(&command);
        self.update();
    }

    fn update(&self) {
        if self.submodule {
            self.stage.git(&["submodule", "--quiet", "update"]);
        }
    }

    fn merge(&self, branch: &str) {
        self.checkout(&[self.trunk]);
        self.stage
            .git(&["merge", "-q", "--no-ff", "-m", "merge", branch]);
        self.update();
    }

    /// Two people join: one in a file of YAML, one in a roster.
    fn add_people(&self) {
        let stage = &self.stage;
        self.add_to_globex("cy");
        let roster = stage.read("rosters/initech.csv");
        stage.write(
            "rosters/initech.csv",
            &format!("{roster}Dora,dora@initech.example\n"),
        );
    }

    fn add_to_globex(&self, name: &str) {
        let globex = self.stage.read("organizations/globex.yaml");
        let more = format!("{globex}            - {name}@globex.example\n");
        self.stage.write("organizations/globex.yaml", &more);
    }

    /// From the branch to the night after, when somebody has clicked on the site.
    fn told(&self) {
        let stage = &self.stage;
        self.commit("as applied");
        stage.git(&["tag", "applied"]);
        self.checkout(&["-b", "add-people"]);
        self.add_people();
        self.commit("Cy and Dora join");
        let out = ".portcullis/plan.json";
        let plan = [
            "plan",
            "--base",
            self.trunk,
            "--out",
            out,
            "--detailed-exitcode",
        ];
        stage.run(&plan).ended(2);
        let plan: Value = serde_json::from_str(&stage.read(out)).unwrap();
        for people in [CY, DORA] {
            assert!(rows(&plan["resource_changes"]).contains(&people.to_owned()));
        }
        for change in plan["resource_changes"].as_array().unwrap() {
            assert_eq!(change["portcullis"]["origin"], "this_branch", "{change}");
        }
        self.merge("add-people");
        stage.run(&["apply", "--plan", out]).ended(0);
        stage.git(&["tag", "-f", "applied"]);
        self.stage.no_drift();
        stage.edit(|site| {
            add_member(site, "Globex", "eve@globex.example");
            remove_member(site, "Initech", "peter@initech.example");
        });
        let found = stage.drifted();
        assert_eq!(
            rows(&found["resource_drift"]),
            [
                "create acme/organization/Globex/member/eve@globex.example",
                "delete acme/organization/Initech/member/peter@initech.example",
            ]
        );
        assert_eq!(rows(&found["resource_changes"]), [""; 0]);
        let eve = "acme/organization/Globex/member/eve@globex.example";
        let eve = row(&found["resource_drift"], eve);
        assert_eq!(eve["action_reason"], "foreign_change");
    }

    /// Accepts what somebody clicked, by the patch that `drift` writes.
    fn patched(&self) {
        let stage = &self.stage;
        let patch = ["--write-patch", ".portcullis/accept.patch"];
        stage.drift(&patch).ended(0);
        self.checkout(&["-b", "accept"]);
        stage.git(&["apply", "--index", ".portcullis/accept.patch"]);
        self.commit("accept what happened on the site");
        stage.run(&["plan", "--detailed-exitcode"]).ended(0);
        self.stage.no_drift();
    }

    fn members(&self, name: &str) -> Vec<String> {
        let site = self.stage.site();
        let id = crate::stage::organization(&site, name);
        let members = site.organization_members(&id);
        let mut members: Vec<String> = members.iter().map(|one| one.email().to_owned()).collect();
        members.sort();
        members
    }
}

#[cfg(unix)]
#[test]
fn with_a_roster_behind_a_link() {
    let repository = Repository::plain();
    let root = &repository.stage.root;
    std::fs::create_dir(root.join("rosters/2026")).unwrap();
    let [link, file] =
        ["rosters/initech.csv", "rosters/2026/initech.csv"].map(|path| root.join(path));
    std::fs::rename(&link, file).unwrap();
    std::os::unix::fs::symlink("2026/initech.csv", link).unwrap();
    repository.told();
    repository.patched();
    // The file behind the link was edited, and the link is one still.
    assert!(root.join("rosters/initech.csv").is_symlink());
    let roster = repository.stage.read("rosters/2026/initech.csv");
    assert!(!roster.contains("peter@"), "{roster}");
}

#[test]
fn in_a_linked_worktree() {
    let mut repository = Repository::plain();
    repository.commit("in the first worktree");
    repository
        .stage
        .git(&["worktree", "add", "-q", "../linked", "-b", "trunk"]);
    repository.stage.root = repository
        .stage
        .root
        .join("../linked")
        .canonicalize_utf8()
        .unwrap();
    repository.trunk = "trunk";
    // Nothing is new, and a commit needs something.
    repository.stage.write("notes.md", "how we work\n");
    repository.told();
    repository.patched();
}

#[test]
fn with_rosters_in_a_submodule() {
    let mut repository = Repository::plain();
    let stage = &repository.stage;
    stage.commit("before");
    let beside = stage.root.join("../rosters");
    std::fs::create_dir(&beside).unwrap();
    stage.git_in(&beside, &["init", "-q"]);
    let roster = stage.root.join("rosters/initech.csv");
    std::fs::rename(&roster, beside.join("initech.csv")).unwrap();
    stage.git_in(&beside, &["add", "-A"]);
    stage.git_in(&beside, &["commit", "-q", "-m", "one"]);
    stage.git(&["rm", "-rq", "--cached", "rosters"]);
    std::fs::remove_dir(stage.root.join("rosters")).unwrap();
    let local = ["-c", "protocol.file.allow=always"];
    let add = ["submodule", "--quiet", "add", "../rosters", "rosters"];
    stage.git(&[&local[..], &add[..]].concat());
    repository.submodule = true;
    repository.told();
    // The patch of the outer repository cannot hold a file of the inner one, and says so; the rest of it applies.
    let stage = &repository.stage;
    let patch = ["--write-patch", ".portcullis/accept.patch"];
    let ran = stage.drift(&patch).ended(0);
    let said = format!("{}{}", ran.out, ran.notes);
    let why = "`rosters/initech.csv` belongs to the repository in `rosters`";
    assert!(
        said.contains("peter@initech.example") && said.contains(why),
        "{said}"
    );
    stage.git(&["apply", "--index", ".portcullis/accept.patch"]);
    assert!(
        stage
            .read("organizations/globex.yaml")
            .contains("eve@globex.example")
    );
    let plan = stage.plan(&[]);
    let left = "create acme/organization/Initech/member/peter@initech.example";
    assert_eq!(rows(&plan["resource_changes"]), [left]);
}

#[test]
fn a_branch_behind_its_base_comes_up_to_it_first() {
    let repository = Repository::plain();
    let stage = &repository.stage;
    repository.commit("as applied");
    stage.git(&["tag", "applied"]);
    stage.git(&["branch", "late"]);
    repository.add_people();
    repository.commit("Cy and Dora join");
    stage.run(&["apply", "--auto-approve"]).ended(0);
    stage.git(&["tag", "-f", "applied"]);
    repository.checkout(&["late"]);
    repository.add_to_globex("fay");
    repository.commit("Fay joins");
    // The branch would take away what the base has given since: that is not its doing, and it is told what to do.
    let text = stage.run(&["plan", "--base", "main"]).ended(0);
    assert!(text.out.contains("behind"), "{}", text.out);
    let plan = stage.plan(&["--base", "main"]);
    let origin =
        |address: &str| row(&plan["resource_changes"], address)["portcullis"]["origin"].clone();
    let globex = "acme/organization/Globex/member";
    assert_eq!(
        origin(&format!("{globex}/fay@globex.example")),
        "this_branch"
    );
    assert_eq!(origin(&format!("{globex}/cy@globex.example")), "behind");
    stage.git(&["checkout", "-q", "-B", "rebased", "main"]);
    repository.add_to_globex("fay");
    repository.commit("Fay joins");
    let out = ".portcullis/plan.json";
    stage
        .run(&["plan", "--base", "main", "--out", out])
        .ended(0);
    repository.merge("rebased");
    stage.run(&["apply", "--plan", out]).ended(0);
    stage.git(&["tag", "-f", "applied"]);
    repository.stage.no_drift();
    let people = ["ana", "bo", "cy", "fay"].map(|name| format!("{name}@globex.example"));
    assert_eq!(repository.members("Globex"), people);
}

/// A branch that takes its judge away, accepts itself, points at a file of the machine, and sends the token elsewhere.
#[cfg(unix)]
#[test]
fn a_hostile_branch_reaches_nothing_and_the_story_goes_on() {
    let repository = Repository::plain();
    let stage = &repository.stage;
    stage.write(
        "policy/limits.yaml",
        "version: 1\npolicy: { protect: [\"acme/organization/Initech/**\"] }\n",
    );
    repository.commit("protected");
    stage.plan(&[]);
    let site = stage.site_bytes();
    let secret = stage.root.join("../secret");
    std::fs::write(&secret, "-----BEGIN PRIVATE KEY-----\nhunter2\n").unwrap();
    repository.checkout(&["-b", "hostile"]);
    std::fs::remove_file(stage.root.join("policy/limits.yaml")).unwrap();
    let roster = stage.read("rosters/initech.csv");
    let without = roster.replace("Samir,samir@initech.example\n", "");
    stage.write("rosters/initech.csv", &without);
    repository.commit("less");
    let plan = stage.plan_blocked(&["--base", "main"]);
    let digest = plan["acceptance_digest"].as_str().unwrap().to_owned();
    let accepted = format!("acceptances/{digest}.yaml");
    stage.write(&accepted, "owner: it@acme.example\ndate: 2026-11-01\n");
    repository.commit("accepted by itself");
    let own = stage.plan_blocked(&["--base", "main"]);
    assert_eq!(own["acceptance_digest"], digest.as_str());
    stage
        .run(&["apply", "--auto-approve", "--base", "main"])
        .ended(5);
    std::fs::remove_file(stage.root.join(&accepted)).unwrap();
    for link in [accepted.as_str(), "rosters/initech.csv"] {
        let path = stage.root.join(link);
        let _ = std::fs::remove_file(&path);
        std::os::unix::fs::symlink(&secret, &path).unwrap();
        for command in ["plan", "validate", "apply"] {
            let more: &[&str] = match command {
                "validate" => &["validate"],
                "plan" => &["plan", "--base", "main"],
                _ => &["apply", "--auto-approve", "--base", "main"],
            };
            let ran = stage.run(more);
            let said = format!("{}{}", ran.out, ran.notes);
            assert!(
                !said.contains("hunter2") && !said.contains("PRIVATE KEY"),
                "{said}"
            );
            assert!(
                command == "validate" || ran.code != 0,
                "{link} {command}: {said}"
            );
        }
        std::fs::remove_file(&path).unwrap();
    }
    stage.write("rosters/initech.csv", &without);
    stage.replace("portcullis.yaml", "\"sandbox:\"", "https://evil.example");
    let environment = [
        ("PORTCULLIS_EMAIL", "a@acme.example"),
        ("PORTCULLIS_API_TOKEN", "s3cret"),
    ];
    let ran = stage.run_in(&stage.root, &environment, &["plan", "--base", "main"]);
    assert!([3, 7].contains(&ran.code), "{} {}", ran.out, ran.notes);
    assert!(!format!("{}{}", ran.out, ran.notes).contains("s3cret"));
    assert_eq!(stage.site_bytes(), site, "the site is as it was");
    // Whoever comes next finds everything in its place.
    stage.git(&["checkout", "-qf", "main"]);
    stage.write("notes.md", "what happened\n");
    repository.told();
}

/// A reviewed plan whose time has gone by: what it says is done as far as it still holds, and nothing comes back.
#[test]
fn a_stale_plan_does_what_still_holds_and_brings_nothing_back() {
    let repository = Repository::plain();
    let stage = &repository.stage;
    repository.commit("as applied");
    repository.checkout(&["-b", "add-people"]);
    repository.add_people();
    repository.commit("Cy and Dora join");
    let stale = ".portcullis/stale.json";
    stage
        .run(&["plan", "--base", "main", "--out", stale])
        .ended(0);
    repository.merge("add-people");
    stage.run(&["apply", "--plan", stale]).ended(0);
    // Cy leaves again, as a later pull request has it.
    stage.replace(
        "organizations/globex.yaml",
        "            - cy@globex.example\n",
        "",
    );
    repository.commit("Cy leaves");
    let next = ".portcullis/next.json";
    stage.run(&["plan", "--out", next]).ended(0);
    stage.run(&["apply", "--plan", next]).ended(0);
    let ran = stage.run(&["apply", "--plan", stale]).ended(0);
    assert!(ran.notes.contains("no longer planned"), "{}", ran.notes);
    let people = ["ana", "bo"].map(|name| format!("{name}@globex.example"));
    assert_eq!(repository.members("Globex"), people);
}

/// A plan of another site, of another workspace, and one that somebody edited.
#[test]
fn a_foreign_plan_is_refused_and_changes_nothing() {
    let repository = Repository::plain();
    let stage = &repository.stage;
    repository.commit("as applied");
    repository.add_people();
    repository.commit("Cy and Dora join");
    let other = Stage::new();
    other.replace("portcullis.yaml", "  acme:\n    url", "  beta:\n    url");
    for file in [
        "portcullis.yaml",
        "organizations/globex.yaml",
        "organizations/initech.yaml",
        "projects/itsm.yaml",
        "seed/portcullis.yaml",
    ] {
        let text = other.read(file);
        other.write(
            file,
            &text
                .replace("  acme:\n", "  beta:\n")
                .replace("acme: {", "beta: {"),
        );
    }
    let foreign = stage.root.join(".portcullis/foreign.json");
    other
        .run(&["plan", "--out", ".portcullis/plan.json"])
        .ended(0);
    let own = stage.plan(&["--out", ".portcullis/own.json"]);
    assert_eq!(
        rows(&own["resource_changes"])
            .iter()
            .filter(|row| **row == CY)
            .count(),
        1
    );
    let site = stage.site_bytes();
    let text = other.read(".portcullis/plan.json");
    let own = stage.read(".portcullis/own.json");
    let edited = own.replace("dora@initech.example", "eve@initech.example");
    for text in [text, edited] {
        std::fs::write(&foreign, text).unwrap();
        stage
            .run(&["apply", "--plan", ".portcullis/foreign.json"])
            .ended(6);
        assert_eq!(stage.site_bytes(), site);
    }
    stage
        .run(&["apply", "--plan", ".portcullis/own.json"])
        .ended(0);
}
