//! The rules of a workspace as data: limits, gates, protections, acknowledgements, accepted drift, expectations and scopes.
//!
//! Three readers need the same answer to "which rules are these, and which of them bear on this plan": the digests of a plan,
//! `apply --plan`, which refuses a plan whose rules have been loosened since, and `--base`, which tells what a branch does to
//! the rules that judge it. Attestations and acceptances are no rules.

mod compare;

pub use compare::{Edit, Edited, compare};

use crate::config::{
    Ability, AcceptedDrift, Acknowledgement, Expectation, ExpectedWho, Limit, Policy, Scope,
    Workspace,
};
use crate::diagnostic::Span;
use crate::model::Address;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rule {
    /// What it is called, such as `policy.max_removals`, `policy.protect acme/**` or `expectation HR is never public`; unique.
    pub name: String,
    /// The addresses that it is about, as patterns; none where it bears on every plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reach: Vec<String>,
    /// What it says, without reasons and owners, which judge nothing.
    pub says: Value,
    /// Where it is written.
    #[serde(skip)]
    pub span: Option<Span>,
}

impl Rule {
    fn new(name: String, reach: Vec<String>, says: Value, span: Span) -> Self {
        Self {
            name,
            reach,
            says,
            span: Some(span),
        }
    }

    /// Says whether the rule bears on one of some addresses: it may mean one of them, or something above or below.
    pub fn reaches(&self, touched: &[Address]) -> bool {
        if self.reach.is_empty() {
            return !touched.is_empty();
        }
        let meets = |pattern: &String| {
            touched.iter().any(|address| {
                address.may_match(pattern) || address.within(pattern) || address.above(pattern)
            })
        };
        self.reach.iter().any(meets)
    }
}

/// Returns the rules of a workspace, by name.
pub fn of(workspace: &Workspace) -> Vec<Rule> {
    let mut rules = Vec::new();
    policy(&workspace.policy, &mut rules);
    rules.extend(workspace.expectations.iter().map(expectation));
    rules.extend(workspace.scopes.iter().map(scope));
    rules.sort_by(|a, b| (&a.name, a.says.to_string()).cmp(&(&b.name, b.says.to_string())));
    // Two of one name, such as two acknowledgements with different dates, stay two.
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for rule in &mut rules {
        let times = seen.entry(rule.name.clone()).or_insert(0);
        *times += 1;
        if *times > 1 {
            rule.name = format!("{} ({times})", rule.name);
        }
    }
    rules
}

fn policy(policy: &Policy, rules: &mut Vec<Rule>) {
    // Named one by one, so that a key that comes has to be thought of here.
    let Policy {
        class_gains,
        max_people_losing_access,
        max_people_gaining_access,
        max_removals,
        max_new_accounts,
        max_licences_removed,
        protect,
        freeze,
        acknowledge,
        accept_drift,
        unmanaged: _,
        undecided,
        attestation_days,
    } = policy;
    for (class, gate) in class_gains {
        let name = format!("policy.class_gains.{class}");
        let word = match gate.value {
            crate::config::Gate::Block => "block",
            crate::config::Gate::Warn => "warn",
            crate::config::Gate::Allow => "allow",
        };
        rules.push(Rule::new(name, Vec::new(), word.into(), gate.span));
    }
    let limits = [
        ("max_people_losing_access", max_people_losing_access),
        ("max_people_gaining_access", max_people_gaining_access),
        ("max_removals", max_removals),
    ];
    for (name, limit) in limits {
        rules.extend(limit.as_ref().map(|limit| size(name, limit)));
    }
    if let Some(undecided) = undecided {
        let word = undecided_word(undecided.value);
        let name = "policy.undecided".to_owned();
        rules.push(Rule::new(name, Vec::new(), word.into(), undecided.span));
    }
    let counts = [
        ("policy.max_new_accounts", max_new_accounts),
        ("policy.max_licences_removed", max_licences_removed),
        ("policy.attestation_days", attestation_days),
    ];
    for (name, most) in counts {
        rules.extend(most.map(|most| {
            let says = json!({ "count": most.value });
            Rule::new(name.to_owned(), Vec::new(), says, most.span)
        }));
    }
    for (key, patterns) in [("protect", protect), ("freeze", freeze)] {
        rules.extend(patterns.iter().map(|pattern| {
            let name = format!("policy.{key} {}", pattern.value);
            Rule::new(name, vec![pattern.value.clone()], true.into(), pattern.span)
        }));
    }
    rules.extend(acknowledge.iter().map(acknowledgement));
    rules.extend(accept_drift.iter().map(accepted));
}

fn size(name: &str, limit: &Limit) -> Rule {
    let says = json!({ "count": limit.count, "percent": limit.percent, "floor": limit.floor });
    Rule::new(format!("policy.{name}"), Vec::new(), says, limit.span)
}

fn acknowledgement(entry: &Acknowledgement) -> Rule {
    let address = &entry.address.value;
    let name = format!("policy.acknowledge {} {address}", entry.lint.value);
    let says = json!({ "until": entry.until.map(|date| date.to_string()) });
    Rule::new(name, vec![address.clone()], says, entry.span)
}

fn accepted(entry: &AcceptedDrift) -> Rule {
    let address = &entry.address.value;
    let name = format!("policy.accept_drift {address}");
    let says = json!({ "until": entry.until.map(|date| date.to_string()) });
    Rule::new(name, vec![address.clone()], says, entry.span)
}

fn scope(scope: &Scope) -> Rule {
    let may: Vec<&String> = scope.may.iter().map(|may| &may.value).collect();
    let reach = scope.may.iter().map(|may| may.value.clone()).collect();
    let name = format!("scopes {}", scope.files.value);
    Rule::new(name, reach, json!(may), scope.files.span)
}

fn expectation(expectation: &Expectation) -> Rule {
    // Named one by one, as above.
    let Expectation {
        span,
        name,
        who,
        can,
        ability,
        site,
        projects,
        except,
        space,
        undecided,
    } = expectation;
    let site = site.value.as_str();
    let reach = match ability.value {
        Ability::SignUp => vec![format!("{site}/**")],
        _ => projects
            .iter()
            .map(|project| format!("{site}/project/{}", project.value))
            .collect(),
    };
    let values = |patterns: &[crate::diagnostic::Located<String>]| -> Vec<String> {
        patterns.iter().map(|one| one.value.clone()).collect()
    };
    let says = json!({
        "who": who_word(&who.value),
        "can": can,
        "ability": ability_word(ability.value),
        "site": site,
        "projects": values(projects),
        "except": values(except),
        "space": space.as_ref().map(|space| space.value.as_str()),
        "undecided": undecided_word(*undecided),
    });
    Rule::new(format!("expectation {name}"), reach, says, *span)
}

const fn undecided_word(undecided: crate::config::Undecided) -> &'static str {
    match undecided {
        crate::config::Undecided::Warn => "warn",
        crate::config::Undecided::Block => "block",
    }
}

fn who_word(who: &ExpectedWho) -> String {
    match who {
        ExpectedWho::Anonymous => "anonymous".to_owned(),
        ExpectedWho::Anyone => "anyone".to_owned(),
        ExpectedWho::AnyCustomer => "any_customer".to_owned(),
        ExpectedWho::Domain(domain) => format!("*@{domain}"),
        ExpectedWho::Organization(name) => format!("organization:{name}"),
        ExpectedWho::Group(name) => format!("group:{name}"),
        ExpectedWho::Person(email) => email.key().to_owned(),
        ExpectedWho::Others(allowed) => {
            let allowed: Vec<String> = allowed.iter().map(|who| who_word(&who.value)).collect();
            format!("nobody but {}", allowed.join(", "))
        }
    }
}

const fn ability_word(ability: Ability) -> &'static str {
    match ability {
        Ability::SignUp => "sign_up",
        Ability::ViewPortal => "view_portal",
        Ability::SendRequest => "send_request",
        Ability::ReadArticle => "read_article",
    }
}

/// Returns what a plan touches: its rows, the projects in which somebody gains or loses something, and the whole site where a row
/// is about the site.
pub fn touched<'r>(
    rows: impl IntoIterator<Item = &'r str>,
    projects: impl IntoIterator<Item = (&'r str, &'r str)>,
) -> Vec<Address> {
    let mut touched = Vec::new();
    for row in rows {
        let mut parts = row.split('/');
        let (root, kind) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        // What is about the site bears on every project of it.
        if !matches!(kind, "organization" | "project" | "account") || row.contains("/email-domain/")
        {
            touched.push(Address::from_encoded(root));
        }
        touched.push(Address::from_encoded(row));
    }
    let projects = projects.into_iter();
    touched.extend(projects.map(|(site, project)| Address::new([site, "project", project])));
    touched.sort();
    touched.dedup();
    touched
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(name: &str, reach: &[&str]) -> Rule {
        Rule {
            name: name.to_owned(),
            reach: reach.iter().map(|&one| one.to_owned()).collect(),
            says: true.into(),
            span: None,
        }
    }

    #[test]
    fn a_rule_reaches_what_it_means_and_what_lies_above_or_below() {
        let touched = touched(["acme/organization/Globex/member/ana@x.example"], []);
        for (reach, reached) in [
            (&[][..], true),
            (&["acme/organization/Globex/**"], true),
            (&["acme/organization/*"], true),
            (&["acme/organization/Initech/**"], false),
            (&["acme/project/HR/**"], false),
            (&["acme/**"], true),
            (&["other/**"], false),
        ] {
            assert_eq!(rule("x", reach).reaches(&touched), reached, "{reach:?}");
        }
        assert!(!rule("x", &[]).reaches(&[]));
        let doors = super::touched(["acme/allowed-domain/any"], []);
        assert!(rule("x", &["acme/project/HR"]).reaches(&doors));
        let people = super::touched([], [("acme", "HR")]);
        assert!(rule("x", &["acme/project/HR"]).reaches(&people));
        assert!(!rule("x", &["acme/project/ITSM"]).reaches(&people));
    }
}
