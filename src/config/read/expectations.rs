//! Expectations and attestations.

use super::optional_sentence;
use super::policy::UNDECIDED;
use crate::config::context::{Context, Fields, address as email_address};
use crate::config::workspace::{
    Ability, Attestation, Expectation, ExpectedWho, Undecided, last_day,
};
use crate::config::yaml::{Entry, Node};
use crate::config::{codes, keys, yaml};
use crate::diagnostic::{Diagnostic, Located, Mark, short};
use crate::model::{Address, Domain, OrganizationName, SiteKey, SpaceKey};
use crate::neutral::phrase::{personal, say};

const ABILITY: &[(&str, Ability)] = &[
    ("sign_up", Ability::SignUp),
    ("view_portal", Ability::ViewPortal),
    ("send_request", Ability::SendRequest),
    ("read_article", Ability::ReadArticle),
];

/// Reads the access tests.
pub(super) fn expectations(
    cx: &mut Context,
    entry: Option<&Entry<'_>>,
    undecided: Undecided,
) -> Vec<Expectation> {
    let items = entry.and_then(|e| cx.items(&e.node)).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| expectation(cx, item, undecided))
        .collect()
}

fn expectation(cx: &mut Context, node: &Node<'_>, otherwise: Undecided) -> Option<Expectation> {
    let fields = cx.fields(node, node.mark, keys::EXPECTATION)?;
    let name = cx
        .required(&fields, "name", "a sentence that reports can show")
        .and_then(|e| cx.sentence(&e.node));
    let only = fields.get("only").map(|e| others(cx, e));
    let who = match only {
        None => cx
            .required(&fields, "who", WHO_HINT)
            .and_then(|e| who(cx, &e.node)),
        Some(others) => {
            for key in ["who", "cannot"] {
                if let Some(beside) = fields.get(key) {
                    cx.report(
                        Diagnostic::error(
                            codes::CONFLICTING_KEYS,
                            format!("`only` and `{key}` exclude each other"),
                        )
                        .at(beside.mark)
                        .hint("`only` with `can` says that nobody else may"),
                    );
                }
            }
            others
        }
    };
    let site = cx
        .required(&fields, "site", "the key of a site")
        .and_then(|e| {
            let text = cx.text(&e.node)?;
            let key = cx.name(text, e.node.mark, SiteKey::new)?;
            Some(Located::new(key, e.node.mark.span))
        });
    let ability = ability(cx, node.mark, &fields);
    let projects = project_patterns(cx, fields.get("projects"));
    let space = fields.get("space").and_then(|e| {
        let text = cx.text(&e.node)?;
        let key = cx.name(text, e.node.mark, SpaceKey::new)?;
        Some(Located::new(key, e.node.mark.span))
    });
    if let Some(ability) = ability {
        judge_objects(cx, node.mark, &fields, ability.value);
    }
    let (Some(name), Some(who), Some(ability)) = (name, who, ability) else {
        cx.sites_of_wrong.extend(site);
        return None;
    };
    Some(Expectation {
        span: node.mark.span,
        name,
        who,
        // Of `only`, everybody else is who must not.
        can: fields.has("can") && !fields.has("only"),
        ability,
        site: site?,
        projects,
        except: project_patterns(cx, fields.get("except")),
        space,
        undecided: fields
            .get("undecided")
            .and_then(|e| cx.word(&e.node, UNDECIDED))
            .map_or(otherwise, |written| written.value),
    })
}

/// Reads what somebody can or cannot do.
fn ability(cx: &mut Context, mark: Mark, fields: &Fields<'_, '_>) -> Option<Located<Ability>> {
    match (fields.get("can"), fields.get("cannot")) {
        (Some(_), Some(cannot)) => {
            cx.report(
                Diagnostic::error(
                    codes::CONFLICTING_KEYS,
                    "`can` and `cannot` exclude each other",
                )
                .at(cannot.mark)
                .hint("write two expectations"),
            );
            None
        }
        (None, None) => {
            if !fields.has("can") && !fields.has("cannot") {
                cx.report(
                    Diagnostic::error(codes::MISSING_KEY, "`can` or `cannot` is missing")
                        .at(mark)
                        .hint("such as `cannot: view_portal`"),
                );
            }
            None
        }
        (can, cannot) => can.or(cannot).and_then(|e| cx.word(&e.node, ABILITY)),
    }
}

/// Reports what an ability needs beside it, and what does not go with it.
fn judge_objects(cx: &mut Context, mark: Mark, fields: &Fields<'_, '_>, ability: Ability) {
    let article = ability == Ability::ReadArticle;
    if article && !fields.has("space") {
        cx.report(
            Diagnostic::error(codes::MISSING_KEY, "`read_article` needs `space`")
                .at(mark)
                .hint("the key of a knowledge-base space"),
        );
    }
    if let (false, Some(e)) = (article, fields.get("space")) {
        cx.report(
            Diagnostic::error(
                codes::CONFLICTING_KEYS,
                "`space` goes with `read_article` only",
            )
            .at(e.mark),
        );
    }
    if ability != Ability::SignUp && !fields.has("projects") {
        cx.report(
            Diagnostic::error(codes::MISSING_KEY, "`projects` is missing")
                .at(mark)
                .hint("a list of project keys, or `[\"*\"]`"),
        );
    }
}

/// Reads who alone may do something.
fn others(cx: &mut Context, entry: &Entry<'_>) -> Option<Located<ExpectedWho>> {
    let items = cx.items(&entry.node)?;
    if items.is_empty() {
        cx.report(
            Diagnostic::error(codes::MISSING_KEY, "`only` names nobody")
                .at(entry.mark)
                .hint(WHO_HINT),
        );
        return None;
    }
    let read: Vec<Option<Located<ExpectedWho>>> = items.iter().map(|item| who(cx, item)).collect();
    let allowed = read.into_iter().collect::<Option<Vec<_>>>()?;
    Some(Located::new(ExpectedWho::Others(allowed), entry.mark.span))
}

const WHO_HINT: &str = "`anonymous`, `anyone`, `any_customer`, `\"*@domain\"`, `organization:NAME`, `group:NAME`, or an address";

fn who(cx: &mut Context, node: &Node<'_>) -> Option<Located<ExpectedWho>> {
    let text = cx.text(node)?;
    let who = match text {
        "anonymous" => ExpectedWho::Anonymous,
        "anyone" => ExpectedWho::Anyone,
        "any_customer" => ExpectedWho::AnyCustomer,
        _ => {
            if let Some(domain) = text.strip_prefix("*@") {
                let mark = node.mark;
                ExpectedWho::Domain(cx.domain(domain, mark).map(|d: Located<Domain>| d.value)?)
            } else if let Some(name) = text.strip_prefix("organization:") {
                let name = cx.name(name, node.mark, OrganizationName::new)?;
                ExpectedWho::Organization(name)
            } else if let Some(name) = text.strip_prefix("group:")
                && !name.trim().is_empty()
            {
                ExpectedWho::Group(name.trim().to_owned())
            } else if text.contains('@') {
                match email_address(text) {
                    Ok(email) => ExpectedWho::Person(email),
                    Err(diagnostic) => {
                        cx.report(diagnostic.at(node.mark));
                        return None;
                    }
                }
            } else {
                cx.report(
                    Diagnostic::error(
                        codes::UNKNOWN_WORD,
                        say("{} names nobody", [personal(short(text))]),
                    )
                    .at(node.mark)
                    .hint(WHO_HINT),
                );
                return None;
            }
        }
    };
    Some(Located::new(who, node.mark.span))
}

fn project_patterns(cx: &mut Context, entry: Option<&Entry<'_>>) -> Vec<Located<String>> {
    let mut patterns = Vec::new();
    for item in entry.and_then(|e| cx.items(&e.node)).unwrap_or_default() {
        let Some(text) = cx.text(item) else { continue };
        let shaped = !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'_' | b'*'));
        if shaped {
            patterns.push(Located::new(text.to_string(), item.mark.span));
        } else {
            cx.report(
                Diagnostic::error(
                    codes::INVALID_PATTERN,
                    format!("`{}` is not a project key or pattern", short(text)),
                )
                .at(item.mark)
                .hint("such as `ITSM`, `IT*` or `\"*\"`"),
            );
        }
    }
    patterns
}

/// Reads the attestations; those without `until` count for `days`.
pub(super) fn attestations(
    cx: &mut Context,
    entry: Option<&Entry<'_>>,
    days: u64,
) -> Vec<Attestation> {
    let items = entry.and_then(|e| cx.items(&e.node)).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| attestation(cx, item, days))
        .collect()
}

fn attestation(cx: &mut Context, node: &Node<'_>, days: u64) -> Option<Attestation> {
    let fields = cx.fields(node, node.mark, keys::ATTESTATION)?;
    let address = cx
        .required(
            &fields,
            "address",
            "such as `acme/customer-access/internal`",
        )
        .and_then(|e| {
            Some(Located::new(
                Address::from_encoded(cx.text(&e.node)?),
                e.node.mark.span,
            ))
        });
    let value = cx.required(&fields, "value", "what the person saw");
    let value = value.map(|e| yaml::json(&e.node));
    cx.required(&fields, "by", "who looked");
    let by = optional_sentence(cx, fields.get("by"));
    let on = cx
        .required(&fields, "on", "the day on which the person looked")
        .and_then(|e| {
            let on = cx.date(&e.node)?;
            if on > cx.options.today {
                cx.report(
                    Diagnostic::error(codes::INVALID_DATE, format!("{on} is in the future"))
                        .at(e.node.mark)
                        .hint("`on` is the day on which somebody looked"),
                );
            }
            Some(on)
        });
    let until = fields.get("until").map(|e| (e, cx.date(&e.node)));
    if let (Some(on), Some((e, Some(until)))) = (on, until)
        && until < on
    {
        cx.report(Diagnostic::error(codes::INVALID_DATE, "`until` is before `on`").at(e.node.mark));
    }
    let until = match until {
        Some((_, until)) => until,
        None => on.and_then(|on| last_day(on, days)),
    };
    Some(Attestation {
        span: node.mark.span,
        address: address?,
        value: value?,
        by: by?,
        on: on?,
        until: until?,
    })
}
