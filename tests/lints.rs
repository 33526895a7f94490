//! Lints: every judged one with a failing and a passing example, what blocks, acknowledgements, and the documentation.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

#[path = "lints/cases.rs"]
mod cases;
#[path = "lints/live.rs"]
mod live;
#[path = "lints/workspace.rs"]
mod workspace;

use cases::CASES;
use portcullis::diagnostic::Severity;
use portcullis::lint::{Basis, table::TABLE};
use std::collections::BTreeSet;
use workspace::lints;

#[test]
fn every_lint_judged_on_a_state_has_both_examples_and_they_differ_in_it() {
    let mut wrong = Vec::new();
    for case in CASES {
        let fails = lints(case.fails);
        if !fails.iter().any(|found| found.code == case.code) {
            wrong.push(format!(
                "{} is not found in its failing example: {fails:?}",
                case.code
            ));
        }
        let passes = lints(case.passes);
        if passes.iter().any(|found| found.code == case.code) {
            wrong.push(format!(
                "{} is found in its passing example: {passes:?}",
                case.code
            ));
        }
    }
    let covered: BTreeSet<&str> = CASES.iter().map(|case| case.code).collect();
    for lint in TABLE.iter().filter(|lint| lint.basis == Basis::State) {
        if !covered.contains(lint.code) {
            wrong.push(format!("{} has no examples", lint.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_certain_error_is_an_error_with_a_place_and_a_hint() {
    for case in CASES {
        for found in lints(case.fails)
            .iter()
            .filter(|found| found.code == case.code)
        {
            let row = TABLE.iter().find(|lint| lint.code == case.code).unwrap();
            let expected = match (row.severity, case.code) {
                // Offline it is not known who has an account already.
                (Severity::Error, "L46") => Severity::Warning,
                (severity, _) => severity,
            };
            assert_eq!(found.severity, expected, "{found:?}");
            assert!(found.span().is_some(), "{found:?}");
            assert!(found.hint.is_some(), "{found:?}");
        }
    }
}

#[test]
fn an_acknowledged_finding_is_a_note_and_useless_acknowledgements_are_reported() {
    let public = |policy: &str| format!("{}{policy}\n", workspace::PUBLIC);
    let acknowledge = |lint: &str, until: &str| {
        public(&format!(
            "policy: {{ acknowledge: [{{ lint: {lint}, address: \"acme/**\", reason: public, owner: it@acme.com, until: {until} }}] }}"
        ))
    };
    let severity = |yaml: &str| {
        lints(yaml)
            .into_iter()
            .find(|found| found.code == "L13")
            .map(|found| found.severity)
    };
    assert_eq!(severity(&public("")), Some(Severity::Error));
    assert_eq!(
        severity(&acknowledge("L13", "2026-11-22")),
        Some(Severity::Note)
    );
    assert_eq!(
        severity(&acknowledge("L13", "2026-11-21")),
        Some(Severity::Error)
    );
    assert_eq!(
        severity(&acknowledge("L14", "2027-01-01")),
        Some(Severity::Error)
    );
    let codes = |yaml: &str| -> Vec<&str> { lints(yaml).iter().map(|found| found.code).collect() };
    assert!(codes(&acknowledge("L13", "2026-11-21")).contains(&"expired-acknowledgement"));
    for useless in ["L14", "L26", "L99"] {
        let found = codes(&acknowledge(useless, "2027-01-01"));
        assert!(
            found.contains(&"unused-acknowledgement"),
            "{useless}: {found:?}"
        );
    }
}

#[test]
fn entries_of_the_policy_that_do_nothing_are_warnings() {
    let found = |policy: &str| -> Vec<(&str, Severity)> {
        let keys =
            "organizations: { Globex: {} }\nprojects: { ITSM: { channel_access: restricted } }";
        let yaml = format!("{}policy: {{ {policy} }}\n", workspace::site(keys));
        lints(&yaml)
            .iter()
            .filter(|found| matches!(found.code, "expired-acceptance" | "protects-nothing"))
            .map(|found| (found.code, found.severity))
            .collect()
    };
    let accept = |until: &str| {
        format!(
            "accept_drift: [{{ address: \"acme/project/ITSM/**\", reason: r, owner: o@acme.com, until: {until} }}]"
        )
    };
    assert_eq!(
        found(&accept("2026-11-21")),
        [("expired-acceptance", Severity::Warning)]
    );
    assert!(found(&accept("2026-11-22")).is_empty());
    for nothing in [
        "acme/project/HR/**",
        "other/**",
        "acme/organization/Globx",
        "acme/project/HR/customer/*",
    ] {
        assert_eq!(
            found(&format!("protect: [\"{nothing}\"]")),
            [("protects-nothing", Severity::Warning)],
            "{nothing}"
        );
    }
    for something in [
        "**",
        "acme/**",
        "*/project/*",
        "acme/project/ITSM/**",
        "acme/project/ITSM/customer/vip@x.example",
        "acme/organization/Glob*/member/*",
        "acme/customer-access/**",
    ] {
        let said = found(&format!("protect: [\"{something}\"]"));
        assert!(said.is_empty(), "{something}: {said:?}");
    }
}

#[test]
fn an_error_that_the_table_does_not_let_pass_cannot_be_acknowledged() {
    let yaml = format!(
        "{}policy: {{ acknowledge: [{{ lint: L01, address: \"**\", reason: r, owner: o@acme.com, until: 2027-01-01 }}] }}\n",
        workspace::site(
            "customer_access: { internal: { atlassian_accounts: false }, external: { portal_only_accounts: false }, customers_can_create_accounts: true }"
        ),
    );
    let found = lints(&yaml);
    assert!(
        found
            .iter()
            .any(|found| found.code == "L01" && found.severity == Severity::Error)
    );
    assert!(
        found
            .iter()
            .any(|found| found.code == "unused-acknowledgement")
    );
}

#[test]
fn the_documentation_lists_exactly_the_lints_of_the_table_as_they_are() {
    let text = include_str!("../docs/lints.md");
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.starts_with("| L"))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    assert_eq!(rows.len(), TABLE.len());
    for (number, (row, lint)) in rows.iter().zip(&TABLE).enumerate() {
        assert_eq!(lint.code, format!("L{:02}", number + 1));
        let severity = match lint.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let may = lint.acknowledgeable || lint.severity != Severity::Error;
        let by = match lint.basis {
            Basis::State => "`validate` and `plan`".to_owned(),
            Basis::Plan => "`plan`".to_owned(),
            Basis::Check(codes) => codes
                .split(", ")
                .map(|code| format!("`{code}`"))
                .collect::<Vec<_>>()
                .join(" and "),
            Basis::Not(why) => format!("not judged: {why}"),
        };
        let by = match lint.basis {
            Basis::Check(_) => format!("the check {by}"),
            _ => by,
        };
        let expected = [
            lint.code,
            severity,
            if may { "yes" } else { "no" },
            lint.condition,
            &by,
        ];
        assert_eq!(row.as_slice(), expected, "{}", lint.code);
    }
}

#[test]
fn the_checks_that_stand_for_lints_exist() {
    let known: BTreeSet<&str> = portcullis::config::codes::ALL
        .iter()
        .map(|(code, _)| *code)
        .collect();
    for lint in &TABLE {
        if let Basis::Check(codes) = lint.basis {
            for code in codes.split(", ") {
                assert!(known.contains(code), "{}: {code}", lint.code);
            }
        }
    }
}

/// L43 is about exposure: who needs an administrator's approval first may be in at once (Q3).
#[test]
fn a_domain_that_joins_after_an_approval_is_warned_of_too() {
    let with = |create: bool| {
        lints(&format!("customer_access: {{ internal: {{ atlassian_accounts: true }}, external: {{ portal_only_accounts: false }}, customers_can_create_accounts: {create} }}
organizations: {{ Globex: {{ email_domains: [globex.example] }} }}
projects: {{ ITSM: {{ channel_access: restricted, organizations: {{ list: [Globex] }} }} }}
---
atlassian_organizations: {{ acme-corp: {{ approved_domains: {{ mode: exact, domains: {{ globex.example: {{ sites: {{ acme: {{ role: customer, admin_approval: true }} }} }} }} }} }} }}"))
        .into_iter()
        .find(|found| found.code == "L43")
    };
    let found = with(true).unwrap();
    assert_eq!(found.severity, Severity::Warning);
    assert!(
        found.message.to_string().contains("may join `Globex`"),
        "{found:?}"
    );
    assert!(with(false).is_none());
}
