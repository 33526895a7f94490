//! The keys of snapshots: what `export --snapshot` writes of the examples is in the book's table, and every field that is kept is.

use super::blocks::copy;
use super::pages::root;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::process::Command;

/// The line that a key stands on, and the way to it.
type Key = (String, Vec<String>);

/// The rows of the table. `*` stands for a name of the site's.
fn table() -> Vec<Key> {
    let page = fs_err::read_to_string(root().join("docs/json.md")).unwrap();
    let (_, table) = page.split_once("| line | key |").unwrap();
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let word = |cell: &str| cell.trim().trim_matches('`').to_owned();
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let way = word(cells[1]).split('.').map(str::to_owned).collect();
        (word(cells[0]), way)
    })
    .collect()
}

fn matches(pattern: &[String], way: &[String]) -> bool {
    pattern.len() == way.len()
        && pattern
            .iter()
            .zip(way)
            .all(|(pattern, name)| pattern == "*" || pattern == name)
}

/// Collects the keys of a value. What was read whole or not, and a field that is known or not, are told once above the table.
fn walk(value: &Value, way: &[String], found: &mut BTreeSet<Vec<String>>) {
    match value {
        Value::Object(map) => object(map, way, found),
        Value::Array(all) => all.iter().for_each(|one| walk(one, way, found)),
        _ => {}
    }
}

fn object(map: &Map<String, Value>, way: &[String], found: &mut BTreeSet<Vec<String>>) {
    let keys: Vec<&str> = map.keys().map(String::as_str).collect();
    match keys[..] {
        ["complete" | "known"] => {
            return map.values().for_each(|inner| walk(inner, way, found));
        }
        ["unknown"] => return,
        ["incomplete"] => {
            let why: Vec<&String> = map["incomplete"].as_object().unwrap().keys().collect();
            assert_eq!(why, ["forbidden", "why"], "{way:?}");
            return;
        }
        ["attested_until", "forbidden", "surface", "value"] => {
            return walk(&map["value"], way, found);
        }
        _ => {}
    }
    for (key, inner) in map {
        let way = [way, std::slice::from_ref(key)].concat();
        found.insert(way.clone());
        walk(inner, &way, found);
    }
}

/// The keys of the snapshots that are made of an example.
fn keys_of(example: &str) -> BTreeSet<Key> {
    let directory = tempfile::tempdir().unwrap();
    let stage = camino::Utf8Path::from_path(directory.path()).unwrap();
    copy(
        &root().join("examples").join(example),
        &stage.join("access"),
    );
    let done = Command::new(env!("CARGO_BIN_EXE_portcullis"))
        .current_dir(stage)
        .args(["export", "access", "--to", "out", "--snapshot", "site.json"])
        .env("PORTCULLIS_TODAY", "2026-11-22")
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    let text = fs_err::read_to_string(stage.join("site.json")).unwrap();
    let mut all = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with('{')) {
        let value: Value = serde_json::from_str(line).unwrap();
        let kinds = ["facts", "organization", "project", "end"];
        let kind = kinds.into_iter().find(|kind| value.get(kind).is_some());
        let mut found = BTreeSet::new();
        walk(&value, &[], &mut found);
        all.extend(
            found
                .into_iter()
                .map(|way| (kind.unwrap_or("first").to_owned(), way)),
        );
    }
    all
}

#[test]
fn every_key_of_a_snapshot_is_in_the_book() {
    let table = table();
    assert!(table.len() > 60, "{}", table.len());
    let mut missing = BTreeSet::new();
    for example in ["quickstart", "by-hand", "external-only"] {
        let keys = keys_of(example);
        assert!(keys.len() > 40, "{example}: {keys:?}");
        let known = |key: &Key| {
            table
                .iter()
                .any(|row| row.0 == key.0 && matches(&row.1, &key.1))
        };
        missing.extend(keys.into_iter().filter(|key| !known(key)));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_field_that_a_snapshot_keeps_is_in_the_book() {
    let named: BTreeSet<String> = table().into_iter().flat_map(|(_, way)| way).collect();
    // The places of an account's line, which has no keys.
    let placed = ["email", "kind", "active", "standing"];
    // What is told once above the table.
    let told = ["value", "surface", "attested_until", "forbidden"];
    let mut missing = Vec::new();
    let parts = ["doors", "permissions", "rights", "roles"];
    let parts = parts.map(|part| format!("src/observed/{part}.rs"));
    for file in parts.into_iter().chain([
        "src/observed.rs".to_owned(),
        "src/model/help_centers.rs".to_owned(),
    ]) {
        let text = fs_err::read_to_string(root().join(&file)).unwrap();
        for line in text.lines() {
            let field = line
                .strip_prefix("    pub ")
                .and_then(|rest| rest.split_once(':'));
            let Some((field, _)) = field else { continue };
            let word = field.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            if word && !named.contains(field) && !placed.contains(&field) && !told.contains(&field)
            {
                missing.push(format!("{file}: {field}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
