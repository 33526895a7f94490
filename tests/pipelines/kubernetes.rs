//! The CronJob: its security fields, and its two commands run for real.

use super::action::yaml;
use super::stage::Stage;
use serde_json::Value;

fn pod() -> Value {
    yaml("examples/gitops/kubernetes/cronjob.yaml")["spec"]["jobTemplate"]["spec"]["template"]["spec"].clone()
}

fn containers(pod: &Value) -> Vec<&Value> {
    let lists = ["initContainers", "containers"];
    lists
        .iter()
        .flat_map(|list| pod[list].as_array().unwrap())
        .collect()
}

#[test]
fn the_pod_is_locked_down() {
    let pod = pod();
    assert_eq!(pod["automountServiceAccountToken"], false);
    assert_eq!(pod["restartPolicy"], "Never");
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    assert_eq!(
        pod["securityContext"]["seccompProfile"]["type"],
        "RuntimeDefault"
    );
    for container in containers(&pod) {
        let security = &container["securityContext"];
        assert_eq!(security["readOnlyRootFilesystem"], true);
        assert_eq!(security["allowPrivilegeEscalation"], false);
        assert_eq!(security["capabilities"]["drop"], serde_json::json!(["ALL"]));
        assert!(container["resources"]["limits"]["memory"].is_string());
        for variable in container["env"].as_array().unwrap() {
            let name = variable["name"].as_str().unwrap();
            let secret = name.starts_with("PORTCULLIS_") || name == "GIT_URL";
            let from_secret = variable["valueFrom"]["secretKeyRef"]["key"].is_string();
            assert_eq!(from_secret, secret, "{name}");
        }
    }
    let job = yaml("examples/gitops/kubernetes/cronjob.yaml");
    assert_eq!(job["spec"]["concurrencyPolicy"], "Forbid");
    assert_eq!(job["spec"]["jobTemplate"]["spec"]["backoffLimit"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_commands_find_drift() {
    let stage = Stage::new().await;
    let ran = stage
        .command("portcullis")
        .args(["apply", "--auto-approve"])
        .envs(Stage::credentials())
        .output()
        .unwrap();
    assert!(ran.status.success());
    stage.git(&["tag", "portcullis/applied"]);
    let (pod, workspace) = (pod(), stage.beside("workspace"));
    std::fs::create_dir(&workspace).unwrap();
    let place = |text: &str| text.replace("/workspace", workspace.as_str());

    let command: Vec<String> = pod["initContainers"][0]["command"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| place(word.as_str().unwrap()))
        .collect();
    let url = format!("file://{}", stage.repository());
    let ran = stage
        .command(&command[0])
        .args(&command[1..])
        .env("GIT_URL", &url)
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let config = std::fs::read_to_string(workspace.join("repository/.git/config")).unwrap();
    assert!(
        !config.contains("file://"),
        "the address holds a token, so it is not kept: {config}"
    );

    let arguments: Vec<String> = pod["containers"][0]["args"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| place(word.as_str().unwrap()))
        .collect();
    let drift = || {
        let program = pod["containers"][0]["command"][0].as_str().unwrap();
        stage
            .command(program)
            .args(&arguments)
            .envs(Stage::credentials())
            .output()
            .unwrap()
    };
    assert_eq!(drift().status.code(), Some(0));
    let was = stage.sandbox.site().settings.customers_can_create_accounts;
    stage
        .sandbox
        .edit(|site| site.settings.customers_can_create_accounts = !was);
    assert_eq!(drift().status.code(), Some(2));
}
