//! No form of a redacted plan shows who somebody is.

use crate::document::{change, member, step, with};
use crate::hostile::names;
use crate::plans::{assert_html, assert_markdown, hostile};
use camino::Utf8Path;
use portcullis::config::{SourceFile, Sources};
use portcullis::diagnostic::{self, Diagnostic, FileId, Span};
use portcullis::neutral::phrase::{Phrase, foreign, key, marked, person, personal, prose, say};
use portcullis::report::document::{
    Check, CheckAddress, CheckProblem, FindingDocument, ForecastDocument, PlanDocument, ScopeError,
    Source,
};
use portcullis::report::privacy::{Privacy, redact, redact_diagnostics, redact_phrase};
use portcullis::report::{gitlab, html, json, markdown, text};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Everything that tells of the three people in [`plan`].
const SECRETS: [&str; 8] = [
    "ana@",
    "Lima",
    "bo.berg",
    "Berg",
    "qm:1a2b",
    "cy@",
    "5b10ac8d82e05b22cc7d4ef5",
    "Jo Smith",
];

fn plan() -> PlanDocument {
    let ana = "acme/organization/Globex/member/Ana@globex.example";
    let mut known = member("delete", "Globex", "Ana@globex.example");
    known.change.before =
        json!({ "email": "ana@globex.example", "account_id": "qm:1a2b", "name": "Ana Lima" });
    known.name = "Ana Lima".into();
    let mut by_id = change(
        "delete",
        "jsm_project_customer",
        "acme/project/ITSM/customer/id:qm:1a2b",
        json!({ "account_id": "qm:1a2b" }),
        Value::Null,
    );
    by_id.portcullis.blocked_by =
        vec!["policy.protect `acme/project/ITSM/customer/id:qm:1a2b`".into()];
    let mut account = change(
        "create",
        "jsm_customer_account",
        "acme/account/bo.berg@globex.example",
        Value::Null,
        json!({ "email": "bo.berg@globex.example", "name": "Bo Berg", "account": "portal_only" }),
    );
    account.name = "bo.berg@globex.example".into();
    let mut added = member("create", "Globex", "bo.berg@globex.example");
    added.portcullis.waiting_for = vec![account.address.clone()];
    let organization = change(
        "create",
        "jsm_organization",
        "acme/organization/Initech",
        Value::Null,
        json!({ "name": "Initech" }),
    );
    let source = Some(Source {
        file: "rosters/globex.csv".into(),
        line: 2,
    });
    let mut manual = step(
        &[ana, "acme/account/bo.berg@globex.example"],
        "invite `Bo.Berg@globex.example` (Bo Berg)",
        json!(["ana@globex.example"]),
        json!({ "ana@globex.example": true }),
    );
    manual.title = say(
        "invite {} ({})",
        [marked("Bo.Berg@globex.example"), personal("Bo Berg")],
    );
    manual
        .click_path
        .push("search for ana@globex.example".into());
    manual.attest =
        Some("portcullis attest acme/account/bo.berg@globex.example --value true".into());
    PlanDocument {
        manual_steps: vec![manual],
        checks: vec![Check {
            address: CheckAddress {
                kind: "protect".into(),
                to_display: "policy.protect `acme/account/cy@x.example`".into(),
            },
            status: "fail".into(),
            overridden: None,
            problems: vec![CheckProblem {
                message: format!("`{ana}` would take access away").into(),
            }],
        }],
        errors: vec![ScopeError {
            address: "acme/organization/Globex".into(),
            message: prose("refused for ana@globex.example, Ana Lima (qm:1a2b)"),
            forbidden: false,
            source: source.clone(),
        }],
        findings: vec![
            FindingDocument {
                address: "acme/organization/Globex/member/id:5b10ac8d82e05b22cc7d4ef5".into(),
                code: "inactive-or-hidden".into(),
                message: say(
                    "account {} is deactivated",
                    [personal("5b10ac8d82e05b22cc7d4ef5")],
                ),
                source: source.clone(),
            },
            FindingDocument {
                address: "acme/customer-access/internal".into(),
                code: "attestation-expired".into(),
                message: say(
                    "the statement of 2026-01-01 by {} no longer counts",
                    [person("Jo Smith")],
                ),
                source,
            },
        ],
        forecast: vec![ForecastDocument {
            address: ana.into(),
            until: "2026-12-01".into(),
            source: Source {
                file: "rosters/globex.csv".into(),
                line: 2,
            },
            count: None,
        }],
        access_impact: json!({ "people": [{ "email": "ana@globex.example", "name": "Ana Lima", "loses": ["acme/project/ITSM"] }], "classes": { "anonymous": [] } }).into(),
        ..with(vec![known, by_id, account, added, organization])
    }
}

fn every_form(document: &PlanDocument) -> Vec<(&'static str, String)> {
    let mut plain = Vec::new();
    text::plan(document, text::Style::default(), &mut plain).unwrap();
    let mut page = Vec::new();
    html::plan(document, &mut page).unwrap();
    let utf8 = |bytes| String::from_utf8(bytes).unwrap();
    vec![
        ("text", utf8(plain)),
        ("json", json::plan_json(document)),
        ("markdown", markdown::plan(document, 60_000)),
        ("html", utf8(page)),
        ("gitlab", gitlab::plan(document)),
    ]
}

#[test]
fn nobody_is_named_in_any_form() {
    let full = every_form(&plan());
    for secret in SECRETS {
        assert!(
            full[1].1.contains(secret),
            "the test looks for what is there: {secret}"
        );
    }
    for privacy in [Privacy::Pseudonymous, Privacy::Counts] {
        let redacted = redact(plan(), privacy, None);
        assert!(!redacted.applyable);
        assert_eq!(
            redacted.portcullis.as_ref().unwrap().privacy,
            privacy.word()
        );
        assert_eq!(
            redacted.digest,
            plan().digest,
            "the plan can still be accepted"
        );
        for (form, shown) in every_form(&redacted) {
            for secret in SECRETS {
                let lower = shown.to_lowercase();
                assert!(
                    !lower.contains(&secret.to_lowercase()),
                    "{secret} in {form}:\n{shown}"
                );
            }
            assert!(
                form == "gitlab" || shown.contains("Globex"),
                "organizations stay"
            );
            assert_eq!(form == "gitlab", shown == full[4].1, "numbers stay");
        }
    }
}

#[test]
fn one_person_has_one_pseudonym_and_keeps_the_domain() {
    let redacted = redact(plan(), Privacy::Pseudonymous, None);
    let of = |i: usize| {
        redacted.resource_changes[i]
            .address
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned()
    };
    assert!(
        of(0).starts_with("person-") && of(0).ends_with("@globex.example"),
        "{}",
        of(0)
    );
    assert_eq!(of(0), of(1), "by address and by account id");
    assert_eq!(of(2), of(3));
    assert_ne!(of(0), of(2));
    assert_eq!(redacted.resource_changes[0].name, of(0));
    assert!(
        redacted.errors[0]
            .message
            .to_string()
            .matches(&of(0))
            .count()
            == 3,
        "{}",
        redacted.errors[0].message
    );
    assert_eq!(
        redact_phrase(&person("ana@globex.example"), Privacy::Pseudonymous, None).to_string(),
        of(0),
        "in every run"
    );
    let keyed = redact(plan(), Privacy::Pseudonymous, Some("secret"));
    assert_ne!(
        keyed.resource_changes[0].address,
        redacted.resource_changes[0].address
    );
    assert_eq!(
        redact(redacted.clone(), Privacy::Pseudonymous, None),
        redacted,
        "once is enough"
    );
}

#[test]
fn counts_are_kept_where_rows_are_not() {
    let rows = (0..12).map(|i| member("delete", "Globex", &format!("p{i}@globex.example")));
    let rows =
        rows.chain((0..3).map(|i| member("create", "Globex", &format!("n{i}@globex.example"))));
    let full = with(rows.collect());
    let counts = redact(full.clone(), Privacy::Counts, None);
    assert_eq!(counts.resource_changes.len(), 2);
    assert_eq!(
        counts.resource_changes[0].address,
        "acme/organization/Globex/member/*"
    );
    assert_eq!(counts.resource_changes[0].portcullis.count, Some(12));
    assert_eq!(gitlab::plan(&counts), gitlab::plan(&full));
    let headline = "3 to add, 0 to change, 12 to remove";
    for (form, shown) in every_form(&counts) {
        let counted = matches!(form, "json" | "gitlab") || shown.contains(headline);
        assert!(counted, "{form}:\n{shown}");
    }
    assert_eq!(
        redact(counts.clone(), Privacy::Pseudonymous, None),
        counts,
        "never in more detail"
    );
    assert_eq!(redact(full.clone(), Privacy::Full, None), full);
}

#[test]
fn hostile_names_stay_harmless() {
    for name in names() {
        for privacy in [Privacy::Pseudonymous, Privacy::Counts] {
            let redacted = redact(hostile(&name), privacy, None);
            assert_markdown(&markdown::plan(&redacted, 60_000));
            let mut page = Vec::new();
            html::plan(&redacted, &mut page).unwrap();
            assert_html(&String::from_utf8(page).unwrap());
            assert_eq!(
                json::read_plan(&json::plan_json(&redacted)).unwrap(),
                redacted
            );
        }
    }
}

#[test]
fn messages_lose_people_and_keep_the_rest() {
    let shown = |said: Phrase| redact_phrase(&said, Privacy::Counts, None).to_string();
    assert_eq!(
        shown("`ana@globex.example` is listed twice".into()),
        "`somebody` is listed twice"
    );
    assert_eq!(
        shown(prose(
            "see <mailto:ana@globex.example>, id:712020:1f2e3d4c-0000-4000-8000-000000000000."
        )),
        "see <mailto:somebody>, somebody."
    );
    assert_eq!(shown(prose("a%2Fb@globex.example")), "somebody");
    assert_eq!(
        shown(prose("at 12:30 @ the office, v1.2")),
        "at 12:30 @ the office, v1.2"
    );
}

#[test]
fn excerpts_of_rosters_are_masked() {
    let mut sources = Sources::default();
    let text = "email,name\nana@globex.example,Ana Lima\nemail: bo.berg@globex.example # Bo Berg\n";
    sources
        .add(SourceFile {
            path: "rosters/globex.csv".into(),
            text: text.into(),
        })
        .unwrap();
    let span = |line| Span {
        file: FileId(0),
        line,
        column: 1,
    };
    let mut found = vec![
        Diagnostic::error("invalid-email", "`ana@globex.example` is listed twice")
            .at(span(2))
            .label(span(3), "first `bo.berg@globex.example`")
            .hint("remove ana@globex.example"),
    ];
    let sources = redact_diagnostics(&mut found, &sources, Privacy::Pseudonymous, None);
    let mut text = Vec::new();
    diagnostic::text::write(
        &mut text,
        &found,
        &sources,
        diagnostic::text::TextStyle::default(),
    )
    .unwrap();
    let base = Utf8Path::new(".");
    let mut junit = Vec::new();
    diagnostic::junit::write(&mut junit, &found, &sources, base).unwrap();
    let mut github = Vec::new();
    diagnostic::github::write(&mut github, &found, &sources, base, "token").unwrap();
    for shown in [
        String::from_utf8(text).unwrap(),
        String::from_utf8(junit).unwrap(),
        String::from_utf8(github).unwrap(),
        diagnostic::json::to_text(&diagnostic::json::document(&found, &sources)),
        diagnostic::sarif::document(&found, &sources, base).to_string(),
        diagnostic::codequality::document(&found, &sources, base).to_string(),
    ] {
        for secret in SECRETS {
            assert!(
                !shown.to_lowercase().contains(&secret.to_lowercase()),
                "{secret}: {shown}"
            );
        }
        assert!(shown.contains("rosters/globex.csv"), "{shown}");
    }
}

/// Pieces of a sentence: words of ours, people however they are written, and names.
fn sentences() -> impl Strategy<Value = Phrase> {
    let people = "[a-zA-Z0-9]{1,3}([._+-][a-z0-9]{1,3})?@[a-z]{1,5}[.]example|\"[a-z]{1,3} [a-z]{1,3}\"@[a-z]{1,5}[.]example|[a-z]/[a-z]@[a-z]{1,3}[.]example|id:[a-z0-9-]{1,12}|[A-Z][a-z]{1,4} [A-Z][a-z]{1,4}";
    let piece = prop_oneof![
        people.prop_map(person),
        people.prop_map(marked),
        "[A-Za-z .,'-][A-Za-z @.,'-]{0,12}".prop_map(foreign),
        "[a-z]{1,3}@[a-z]{1,3}[.]example"
            .prop_map(|who| { key(format!("acme/organization/Globex/member/{who}")) }),
    ];
    let said = prop::collection::vec(("[a-z ,.;()]{1,6}", piece), 0..5);
    said.prop_map(|said| {
        let mut phrase = Phrase::default();
        for (words, piece) in said {
            phrase = phrase.word(&words).word(" ").then(&piece).word(" ");
        }
        phrase
    })
}

proptest! {
    /// A saved plan holds sentences as text: whoever was to be taken out of the pieces is taken out of what is read back.
    #[test]
    fn what_is_read_back_loses_the_same_people(said in sentences()) {
        for privacy in [Privacy::Pseudonymous, Privacy::Counts] {
            let read = Phrase::read(&said.to_string());
            prop_assert_eq!(
                redact_phrase(&read, privacy, None).to_string(),
                redact_phrase(&said, privacy, None).to_string()
            );
        }
    }
}
