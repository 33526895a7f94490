//! The forms of `validate`.

use crate::hostile::names;
use crate::plans::assert_harmless;
use camino::Utf8Path;
use portcullis::config::{SourceFile, Sources};
use portcullis::diagnostic::{
    Diagnostic, FileId, Span, codequality, github, json, junit, sarif, text,
};
use serde_json::Value;
use std::collections::BTreeSet;

const TOKEN: &str = "0123456789abcdef";

/// Problems in a file whose name, text and messages are hostile.
fn hostile(name: &str) -> (Vec<Diagnostic>, Sources) {
    let mut sources = Sources::default();
    let path = format!("sites/{name}.yaml");
    sources
        .add(SourceFile {
            path: path.into(),
            text: format!("a: 1\nname: {name}\n").into(),
        })
        .unwrap();
    let span = |line| Span {
        file: FileId(0),
        line,
        column: 7,
    };
    let about = |severity: fn(&'static str, String) -> Diagnostic| {
        severity("unknown-key", format!("`{name}` is not a key {name}"))
            .label(span(2), name)
            .label(span(1), name)
            .hint(format!("did you mean `{name}`?"))
    };
    let mut all = vec![
        Diagnostic::error("invalid-value", name),
        about(Diagnostic::warning),
        about(Diagnostic::note),
    ];
    all.extend((0..25).map(|_| about(Diagnostic::error)));
    (all, sources)
}

#[test]
fn github_sees_only_our_commands() {
    for name in names() {
        let (diagnostics, sources) = hostile(&name);
        let mut out = Vec::new();
        github::write(
            &mut out,
            &diagnostics,
            &sources,
            Utf8Path::new("conf"),
            TOKEN,
        )
        .unwrap();
        let out = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines[0], format!("::stop-commands::{TOKEN}"));
        let end = lines
            .iter()
            .position(|line| *line == format!("::{TOKEN}::"))
            .unwrap();
        assert_harmless(&lines[1..end].join("\n"));
        let commands = &lines[end + 1..];
        let of = |kind: &str| {
            commands
                .iter()
                .filter(|line| line.starts_with(kind))
                .count()
        };
        assert_eq!(
            (of("::error "), of("::warning "), of("::notice ")),
            (10, 1, 1)
        );
        assert_eq!(commands.len(), 12, "nothing else is printed");
        assert_eq!(
            commands[9],
            "::error title=portcullis::17 more of this kind are in the log"
        );
        for command in commands {
            assert!(
                !command.contains(portcullis::neutral::is_hidden),
                "{command}"
            );
            let (head, _) = command[2..].split_once("::").unwrap();
            for property in head.split_once(' ').unwrap().1.split(',') {
                let key = property.split('=').next().unwrap();
                assert!(
                    ["file", "line", "col", "endColumn", "title"].contains(&key),
                    "{command}"
                );
            }
        }
    }
}

#[test]
fn tokens_cannot_be_foreseen() {
    let (diagnostics, _) = hostile("x");
    let tokens: BTreeSet<String> = (0..20).map(|_| github::token(&diagnostics)).collect();
    assert_eq!(tokens.len(), 20);
}

#[test]
fn junit_is_xml_that_says_the_same() {
    for name in names() {
        let (diagnostics, sources) = hostile(&name);
        let mut out = Vec::new();
        junit::write(&mut out, &diagnostics, &sources, Utf8Path::new(".")).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert_harmless(&out);
        let xml = roxmltree::Document::parse(&out).unwrap();
        let root = xml.root_element();
        assert_eq!(
            (root.attribute("tests"), root.attribute("failures")),
            (Some("28"), Some("26"))
        );
        let known = [
            "testsuites",
            "testsuite",
            "testcase",
            "failure",
            "system-out",
        ];
        let elements = || xml.descendants().filter(roxmltree::Node::is_element);
        assert!(elements().all(|element| known.contains(&element.tag_name().name())));
        assert_eq!(
            elements()
                .filter(|element| element.has_tag_name("failure"))
                .count(),
            26
        );
        assert_eq!(
            elements()
                .filter(|element| element.has_tag_name("testcase"))
                .count(),
            28
        );
    }
    let mut out = Vec::new();
    junit::write(&mut out, &[], &Sources::default(), Utf8Path::new(".")).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(
        roxmltree::Document::parse(&text)
            .unwrap()
            .descendants()
            .any(|node| node.has_tag_name("testcase"))
    );
}

#[test]
fn sarif_has_stable_rules_relative_places_and_plain_messages() {
    for name in names() {
        let (diagnostics, sources) = hostile(&name);
        let log = sarif::document(&diagnostics, &sources, Utf8Path::new("./conf/"));
        let text = json::to_text(&log);
        assert_harmless(&text);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), log);
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let rules: Vec<&str> = run["tool"]["driver"]["rules"]
            .as_array()
            .unwrap()
            .iter()
            .map(|rule| rule["id"].as_str().unwrap())
            .collect();
        assert_eq!(rules, ["invalid-value", "unknown-key"]);
        // What the program knows is explained where the alert is read.
        let known = &run["tool"]["driver"]["rules"][1];
        assert_eq!(known["fullDescription"]["text"], "A key is not known here.");
        let help = known["help"]["text"].as_str().unwrap();
        assert!(
            help.starts_with("A key is not known here.\n\nReported by: `validate`"),
            "{help}"
        );
        let page = known["helpUri"].as_str().unwrap();
        assert!(page.ends_with("/docs/diagnostics.md"), "{page}");
        let mut prints = BTreeSet::new();
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index], result["ruleId"]);
            let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
                .as_str()
                .unwrap();
            assert!(uri.starts_with("conf/"), "{uri}");
            assert!(
                uri.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-._~/%".contains(&b)),
                "{uri}"
            );
            let message = result["message"]["text"].as_str().unwrap();
            assert!(!message.replace("\\]", "").contains("]("), "{message}");
            assert!(
                !message
                    .replace("{{", "")
                    .replace("}}", "")
                    .contains(['{', '}']),
                "{message}"
            );
            prints.insert(
                result["partialFingerprints"]["primaryLocationLineHash"]
                    .as_str()
                    .unwrap()
                    .to_owned(),
            );
        }
        assert_eq!(prints.len(), diagnostics.len(), "distinct");
    }
}

#[test]
fn fingerprints_outlive_a_line_that_moves() {
    let print = |text: &str, line| {
        let mut sources = Sources::default();
        sources
            .add(SourceFile {
                path: "portcullis.yaml".into(),
                text: text.into(),
            })
            .unwrap();
        let found = Diagnostic::error("unknown-key", "no").at(Span {
            file: FileId(0),
            line,
            column: 1,
        });
        codequality::document(&[found], &sources, Utf8Path::new("."))[0]["fingerprint"].clone()
    };
    assert_eq!(print("x: 1\n", 1), print("a: 1\nb: 2\nx: 1\n", 3));
    assert_ne!(print("x: 1\n", 1), print("x: 2\n", 1));
}

#[test]
fn codequality_has_what_gitlab_asks_for() {
    for name in names() {
        let (diagnostics, sources) = hostile(&name);
        let report = codequality::document(&diagnostics, &sources, Utf8Path::new("conf"));
        let text = json::to_text(&report);
        assert_harmless(&text);
        assert!(text.starts_with('['), "no byte order mark");
        let elements = report.as_array().unwrap();
        let prints: BTreeSet<&str> = elements
            .iter()
            .map(|element| element["fingerprint"].as_str().unwrap())
            .collect();
        assert_eq!(prints.len(), diagnostics.len());
        for element in elements {
            assert!(["info", "minor", "major"].contains(&element["severity"].as_str().unwrap()));
            assert!(
                element["location"]["path"]
                    .as_str()
                    .unwrap()
                    .starts_with("conf/")
            );
            assert!(element["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
            assert!(
                !element["description"]
                    .as_str()
                    .unwrap()
                    .contains(portcullis::neutral::is_hidden)
            );
        }
    }
}

#[test]
fn text_and_json_stay_harmless() {
    for name in names() {
        let (diagnostics, sources) = hostile(&name);
        let mut out = Vec::new();
        text::write(&mut out, &diagnostics, &sources, text::TextStyle::default()).unwrap();
        assert_harmless(&String::from_utf8(out).unwrap());
        let shown = json::to_text(&json::document(&diagnostics, &sources));
        assert_harmless(&shown);
        let read: Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(read["error_count"], 26);
    }
}
