//! What every code means that the program gives as a reason or reports: rules, lints, problems of files and findings.
//!
//! `portcullis rule CODE` answers from here, and the tables of docs/rules.md, docs/lints.md and docs/diagnostics.md are
//! written by [`markdown`] (a test holds them to it), so nothing is said twice.

pub mod findings;
pub mod keys;
pub mod lints;
pub mod markdown;
pub mod rules;
pub mod sources;

use crate::config::codes;
use crate::diagnostic::Severity;
use crate::lint::{Basis, Lint, table};
use findings::{Finding, Stage};
use rules::{Evidence, Rule};
use sources::Source;

/// What a code means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// The code as it is spelled.
    pub code: &'static str,
    /// What kind of thing it is, in words.
    pub kind: &'static str,
    /// What it says.
    pub text: &'static str,
    /// More about it: a label and a sentence each.
    pub more: Vec<(&'static str, String)>,
    /// How it is known, for a rule.
    pub evidence: Option<Evidence>,
    /// The pages that say so.
    pub sources: &'static [Source],
    /// The page of the documentation that has it, with its anchor.
    pub page: &'static str,
}

/// Returns every code, in the order of the documentation; a code that two steps report stands there twice.
pub fn all() -> Vec<Meaning> {
    let rules = rules::TABLE.iter().map(of_rule);
    let lints = table::TABLE.iter().map(of_lint);
    let files = codes::ALL.iter().map(|(code, text)| Meaning {
        code,
        kind: "problem of a file",
        text: text.trim(),
        more: vec![(
            "Reported by",
            "`validate`, and every command before it does anything; it ends with exit code 3"
                .to_owned(),
        )],
        evidence: None,
        sources: &[],
        page: "diagnostics.md",
    });
    let found = findings::TABLE.iter().map(of_finding);
    rules.chain(lints).chain(files).chain(found).collect()
}

/// Returns what a code means, whatever its letter case; more than one answer where two steps report it.
pub fn find(code: &str) -> Vec<Meaning> {
    let same = |meaning: &Meaning| meaning.code.eq_ignore_ascii_case(code);
    all().into_iter().filter(same).collect()
}

/// Returns where a page of the documentation can be read.
pub fn address(page: &str) -> String {
    format!("{}/blob/main/docs/{page}", env!("CARGO_PKG_REPOSITORY"))
}

/// Returns the code that is spelled most like a word that is none.
pub fn nearest(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    let likeness = |code: &str| strsim::jaro_winkler(&code.to_ascii_lowercase(), &word);
    all()
        .into_iter()
        .map(|meaning| (likeness(meaning.code), meaning.code))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, code)| code)
}

fn of_rule(rule: &Rule) -> Meaning {
    let (kind, page) = match rule.code.as_bytes().first() {
        Some(b'R') => ("rule about accounts", "rules.md#accounts-r"),
        Some(b'G') => ("way to an account", "rules.md#ways-in-g"),
        Some(b'A') => ("rule about what follows", "rules.md#afterwards-a"),
        Some(b'V') => ("rule about portals", "rules.md#portals-v"),
        Some(b'K') => ("rule about articles", "rules.md#articles-k"),
        _ => ("open question", "rules.md#assumptions-q"),
    };
    let assumed = rule.assumed.map(|assumed| ("Assumed", assumed.to_owned()));
    let uncited = rules::NOT_CITED.iter().find(|(code, _)| *code == rule.code);
    let uncited = uncited.map(|(_, why)| ("Never a reason", (*why).to_owned()));
    let assumed = assumed.into_iter().chain(uncited).collect();
    Meaning {
        code: rule.code,
        kind,
        text: rule.text,
        more: assumed,
        evidence: Some(rule.evidence),
        sources: rule.sources,
        page,
    }
}

fn of_lint(lint: &'static Lint) -> Meaning {
    let kind = match lint.severity {
        Severity::Error => "lint, an error",
        Severity::Warning => "lint, a warning",
        Severity::Note => "lint, a note",
    };
    let why = lints::TABLE.iter().find(|why| why.code == lint.code);
    let mut more = Vec::new();
    if let Some(why) = why {
        more.push(("Why it matters", why.text.to_owned()));
    }
    let letters: Vec<String> = lints::LETTERS
        .iter()
        .filter(|(letter, _)| names(lint.condition, letter))
        .map(|(letter, text)| format!("{letter}: {text}"))
        .collect();
    if !letters.is_empty() {
        more.push(("Letters", letters.join("; ")));
    }
    more.push(("Judged by", judged_by(lint)));
    let may = if may_be_acknowledged(lint) {
        format!(
            "yes: policy: {{ acknowledge: [{{ lint: {}, address: …, reason: …, owner: …, until: … }}] }}",
            lint.code
        )
    } else {
        "no: the setting has to change".to_owned()
    };
    more.push(("Can be acknowledged", may));
    Meaning {
        code: lint.code,
        kind,
        text: lint.condition,
        more,
        evidence: None,
        sources: why.map_or(&[], |why| why.sources),
        page: "lints.md#table",
    }
}

fn of_finding(finding: &Finding) -> Meaning {
    let (kind, by, page) = match finding.stage {
        Stage::Files => ("warning about a file", "`validate`", "diagnostics.md"),
        Stage::Judged => (
            "finding about what is written",
            "`validate` and `plan`",
            "diagnostics.md#what-is-judged",
        ),
        Stage::Plan => (
            "finding of a plan",
            "`plan` and `apply`",
            "diagnostics.md#findings-of-a-plan",
        ),
        Stage::Drift => (
            "notice of `drift`",
            "`drift`",
            "diagnostics.md#notices-of-drift",
        ),
    };
    Meaning {
        code: finding.code,
        kind,
        text: finding.text,
        more: vec![("Reported by", by.to_owned())],
        evidence: None,
        sources: &[],
        page,
    }
}

/// Says whether an entry of `policy.acknowledge` may name a lint.
fn may_be_acknowledged(lint: &Lint) -> bool {
    lint.acknowledgeable || lint.severity != Severity::Error
}

/// Returns in words where a lint is judged.
fn judged_by(lint: &Lint) -> String {
    match lint.basis {
        Basis::State => "`validate` and `plan`".to_owned(),
        Basis::Plan => "`plan`".to_owned(),
        Basis::Check(codes) => {
            let codes: Vec<String> = codes.split(", ").map(|code| format!("`{code}`")).collect();
            format!("the check {}", codes.join(" and "))
        }
        Basis::Not(why) => format!("not judged: {why}"),
    }
}

/// Says whether a condition names a setting by its letter.
fn names(condition: &str, letter: &str) -> bool {
    condition
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word == letter)
}

#[cfg(test)]
mod tests {
    use super::{all, find, lints, nearest, sources, table};
    use std::collections::BTreeSet;

    #[test]
    fn every_lint_says_why_it_matters() {
        let numbers: Vec<&str> = table::TABLE.iter().map(|lint| lint.code).collect();
        let reasons: Vec<&str> = lints::TABLE.iter().map(|why| why.code).collect();
        assert_eq!(numbers, reasons);
        for why in lints::TABLE {
            assert!(why.text.ends_with('.'), "{}", why.code);
            assert!(!why.sources.is_empty(), "{}", why.code);
        }
    }

    #[test]
    fn a_code_is_found_whatever_its_case_and_what_is_none_is_answered_with_its_likeness() {
        let found = find("l13");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].code, "L13");
        let letters = found[0].more.iter().find(|(label, _)| *label == "Letters");
        let letters = &letters.expect("letters").1;
        for letter in ["E: ", "R: ", "C: "] {
            assert!(letters.contains(letter), "{letters}");
        }
        assert!(!letters.contains("N: "), "{letters}");
        assert_eq!(find("attestation-expired").len(), 2);
        assert!(find("X1").is_empty());
        assert_eq!(nearest("unkown-key"), Some("unknown-key"));
        assert_eq!(nearest("zzz"), None);
    }

    #[test]
    fn every_source_is_used_and_is_a_page() {
        let used: BTreeSet<&str> = all()
            .iter()
            .flat_map(|meaning| meaning.sources)
            .map(|source| source.url)
            .collect();
        let listed: BTreeSet<&str> = sources::ALL.iter().map(|source| source.url).collect();
        assert_eq!(used, listed);
        assert_eq!(listed.len(), sources::ALL.len(), "a page stands twice");
        assert!(listed.iter().all(|url| url.starts_with("https://")));
    }
}
