//! The committed JSON Schemas: current, accepting what the reader accepts, refusing what it refuses for structure.

use super::good::EVERYTHING;
use super::support::{Files, brief};
use portcullis::config::{mapped_schema, roster_schema, schema};
use serde_json::Value;

fn committed(path: &str, value: &Value) {
    let path = format!("{}/schemas/{path}", env!("CARGO_MANIFEST_DIR"));
    let text = format!("{value:#}\n");
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        fs_err::create_dir_all(format!("{}/schemas", env!("CARGO_MANIFEST_DIR"))).unwrap();
        fs_err::write(&path, &text).unwrap();
    }
    let found = fs_err::read_to_string(&path).unwrap();
    assert!(
        found == text,
        "{path} is not current; run the tests with UPDATE_SCHEMAS=1"
    );
}

#[test]
fn the_committed_schemas_are_current() {
    committed("portcullis.schema.json", &schema());
    committed("mapped.schema.json", &mapped_schema());
    committed("roster.schema.json", &roster_schema());
}

fn validator(schema: &Value) -> jsonschema::Validator {
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    jsonschema::validator_for(schema).unwrap()
}

#[test]
fn good_files_fit_the_schemas() {
    let (ordinary, mapped) = (validator(&schema()), validator(&mapped_schema()));
    let mut seen = 0;
    for part in EVERYTHING.split("=== ").skip(1) {
        let (path, text) = part.split_once('\n').unwrap();
        if path.contains("rosters/") {
            continue;
        }
        let value: Value = serde_yaml::from_str(text).unwrap();
        let schema = if path.starts_with("drivers/") {
            &mapped
        } else {
            &ordinary
        };
        let errors: Vec<String> = schema
            .iter_errors(&value)
            .map(|e| format!("{e} at {}", e.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{path}: {errors:#?}");
        seen += 1;
    }
    assert_eq!(seen, 6);
}

#[test]
fn rosters_are_read_and_refused_as_their_schema_says() {
    let roster = validator(&roster_schema());
    let cases = [
        (
            "- ana@x.example\n- { email: bo@x.example, name: Bo, until: 2027-01-31 }\n",
            true,
        ),
        (
            "- { account_id: \"712020:0a-1\", account: atlassian }\n",
            true,
        ),
        ("[]\n", true),
        ("- nobody\n", false),
        ("- { mail: ana@x.example }\n", false),
        ("- { email: ana@x.example, until: soon }\n", false),
        ("list: [ana@x.example]\n", false),
    ];
    for (text, good) in cases {
        let value: Value = serde_yaml::from_str(text).unwrap();
        assert_eq!(roster.is_valid(&value), good, "the schema: {text}");
        let files = Files::new("");
        files.write(
            "portcullis.yaml",
            "version: 1\nsites: { acme: { url: \"sandbox:\", organizations: { Globex: { members: { from: [list.yaml] } } } } }\n",
        );
        files.write("list.yaml", text);
        assert_eq!(files.load().workspace.is_some(), good, "the reader: {text}");
    }
}

#[test]
fn structural_errors_are_refused_by_reader_and_schema() {
    let site =
        |text: &str| format!("version: 1\nsites: {{ acme: {{ url: \"sandbox:\", {text} }} }}\n");
    let ordinary = validator(&schema());
    let bad = [
        "version: 2\n".to_string(),
        "sites: {}\n".to_string(),
        "version: 1\nsite: {}\n".to_string(),
        "version: 1\nsites: []\n".to_string(),
        "version: 1\nsites: null\n".to_string(),
        "version: 1\nsites: { acme: null }\n".to_string(),
        "version: 1\npolicy: { max_new_accounts: -1 }\n".to_string(),
        "version: 1\npolicy: { max_removals: { percent: 101 } }\n".to_string(),
        "version: 1\npolicy: { class_gains: { anonymous: maybe } }\n".to_string(),
        "version: 1\nexpectations: [{ name: x }]\n".to_string(),
        "version: 1\nattestations: [{ address: acme/customer-access/internal, value: true, by: jo, on: yesterday }]\n".to_string(),
        site("auth: basic"),
        site("customer_access: { view_without_login: yes }"),
        site("customer_access: { view_without_login: \"true\" }"),
        site("customer_access: { external: { allowed_domains: all } }"),
        site("customer_access: { external: { allowed_domains: [\"@x.example\"] } }"),
        site("organizations: { Globex: { id: 12 } }"),
        site("organizations: { Globex: { members: [a@b.example] } }"),
        site("organizations: { Globex: { members: { list: [nobody] } } }"),
        site("organizations: { Globex: { members: { list: [{ email: a@b.example, kind: x }] } } }"),
        site("people: { a@b.example: { state: present } }"),
        site("people: { a@b.example: {} }"),
        site("projects: { IT: { knowledge_base: { KB: { who_can_view: all } } } }"),
        site("surfaces: { gateway: true }"),
    ];
    for text in bad {
        let value: Value = serde_yaml::from_str(&text).unwrap();
        assert!(!ordinary.is_valid(&value), "the schema accepts {text}");
        let files = Files::new("");
        files.write("portcullis.yaml", &text);
        let loaded = files.load();
        assert!(loaded.workspace.is_none(), "the reader accepts {text}");
        assert!(!brief(&loaded).is_empty());
    }
}
