//! `init --ci`: the pipeline that is written is the shipped one, filled in for this repository, and nothing is overwritten.

use super::schema::check;
use super::stage::{Ran, Stage, source};
use serde_json::Value;
use std::collections::BTreeMap;

fn init(stage: &Stage, arguments: &str) -> Ran {
    stage.bash(&format!("portcullis init {arguments}"), &BTreeMap::new())
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn github_s_pipeline_is_filled_in_for_a_workspace_that_is_there() {
    let stage = Stage::new().await;
    std::fs::create_dir(stage.repository().join("access")).unwrap();
    let text = "version: 1\nsites:\n  acme: { url: https://acme.atlassian.net }\n  eu: { url: https://acme-eu.atlassian.net }\n";
    stage.write("access/portcullis.yaml", text);
    let ran = init(&stage, "access --ci github").ended(0);
    let names = ["portcullis.yml", "portcullis-pr.yml", "customer-access.yml"];
    for name in names {
        let path = format!(".github/workflows/{name}");
        assert!(ran.log.contains(&path), "{}", ran.log);
        check("github-workflows.json", &path, &yaml(&stage.read(&path)));
    }
    assert!(ran.log.contains("pipeline-setup.md"), "{}", ran.log);
    assert!(
        !stage.repository().join("access/rosters").exists(),
        "the workspace is there already"
    );
    let caller = yaml(&stage.read(".github/workflows/portcullis.yml"));
    let with = &caller["jobs"]["customer-access"]["with"];
    assert_eq!(with["directory"], "access");
    assert_eq!(
        with["allowed_sites"],
        "acme-eu.atlassian.net acme.atlassian.net"
    );
    let untrusted = yaml(&stage.read(".github/workflows/portcullis-pr.yml"));
    let steps = untrusted["jobs"]["validate"]["steps"].as_array().unwrap();
    let mut directories = steps
        .iter()
        .filter_map(|step| step["env"]["DIRECTORY"].as_str());
    assert_eq!(directories.next(), Some("access"));
    // What is there stays as it is.
    stage.write(".github/workflows/portcullis.yml", "mine\n");
    let ran = init(&stage, "access --ci github").ended(64);
    assert!(ran.log.contains("portcullis.yml"), "{}", ran.log);
    assert_eq!(stage.read(".github/workflows/portcullis.yml"), "mine\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_workspace_gets_its_pipeline_at_the_root_of_the_repository() {
    let stage = Stage::new().await;
    init(&stage, "deep/new --ci gitlab").ended(0);
    let pipeline = yaml(&stage.read(".gitlab-ci.yml"));
    assert_eq!(pipeline["variables"]["PORTCULLIS_DIRECTORY"], "deep/new");
    check("gitlab-ci.json", ".gitlab-ci.yml", &pipeline);
    let plan = "portcullis plan deep/new --detailed-exitcode";
    stage.bash(plan, &BTreeMap::new()).ended(0);
    // At the root it is the shipped file, but for the version of the image.
    std::fs::remove_file(stage.repository().join(".gitlab-ci.yml")).unwrap();
    init(&stage, ". --ci gitlab").ended(0);
    let shipped =
        std::fs::read_to_string(source().join("examples/gitops/gitlab/.gitlab-ci.yml")).unwrap();
    let version = format!("portcullis:{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        stage.read(".gitlab-ci.yml"),
        shipped.replace("portcullis:0.1.0", &version)
    );
    // Outside of a repository the workspace is the root.
    let outside = stage.beside("outside");
    init(&stage, &format!("'{outside}' --ci github")).ended(0);
    let text = std::fs::read_to_string(outside.join(".github/workflows/portcullis.yml")).unwrap();
    assert_eq!(
        yaml(&text)["jobs"]["customer-access"]["with"]["directory"],
        "."
    );
}
