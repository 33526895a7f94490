//! Customer organizations.

use super::site::empty_list;
use super::{allow_empty, block, optional_sentence};
use crate::config::context::{Context, null};
use crate::config::workspace::{ManagedBy, Organization, OrganizationState};
use crate::config::yaml::{Entry, Value};
use crate::config::{codes, keys, roster};
use crate::diagnostic::{Diagnostic, Located};
use crate::model::{Domain, OrganizationId, OrganizationName};
use std::collections::BTreeMap;

const STATE: &[(&str, OrganizationState)] = &[
    ("present", OrganizationState::Present),
    ("retired", OrganizationState::Retired),
    ("absent", OrganizationState::Absent),
];

/// Reads the organizations of a site.
pub(super) fn organizations(
    cx: &mut Context,
    entry: Option<&Entry<'_>>,
) -> BTreeMap<OrganizationName, Organization> {
    let mut organizations = BTreeMap::new();
    for entry in block(cx, entry) {
        let name = cx.name(&entry.key, entry.mark, OrganizationName::new);
        let organization = organization(cx, entry);
        organizations.extend(name.zip(organization));
    }
    organizations
}

fn organization(cx: &mut Context, entry: &Entry<'_>) -> Option<Organization> {
    if matches!(entry.node.value, Value::Null) {
        cx.report(null(entry.mark));
        return None;
    }
    let fields = cx.fields(&entry.node, entry.mark, keys::ORGANIZATION)?;
    let id = fields.get("id").and_then(|e| id(cx, e));
    let previous_name = fields.get("previous_name").and_then(|e| {
        let text = cx.text(&e.node)?;
        let name = cx.name(text, e.node.mark, OrganizationName::new)?;
        Some(Located::new(name, e.node.mark.span))
    });
    let state = fields.get("state").and_then(|e| cx.word(&e.node, STATE));
    let owner = optional_sentence(cx, fields.get("owner"));
    let managed = fields
        .get("managed_by")
        .and_then(|e| cx.word(&e.node, roster::MANAGED_BY));
    let until = fields.get("until").and_then(|e| {
        let date = cx.date(&e.node)?;
        Some(Located::new(date, e.node.mark.span))
    });
    let state = state.unwrap_or(Located::new(OrganizationState::Present, entry.mark.span));
    let ended = until.as_ref().filter(|until| {
        state.value == OrganizationState::Present && until.value < cx.options.today
    });
    let (state, ended) = match ended {
        Some(until) => (Located::new(OrganizationState::Retired, until.span), true),
        None => (state, false),
    };
    let empty = fields.get("empty").and_then(|e| cx.boolean(&e.node));
    if let (Some(empty), OrganizationState::Present, None) = (&empty, state.value, &until) {
        cx.report(
            Diagnostic::error(
                codes::CONFLICTING_KEYS,
                "`empty` is about an organization that is retired, or will be",
            )
            .at(empty.span)
            .hint("write `state: retired` or `until` beside it, or leave it out"),
        );
    }
    let may_be_empty = allow_empty(cx, fields.get("allow_empty"));
    let email_domains = fields
        .get("email_domains")
        .and_then(|e| email_domains(cx, e, may_be_empty));
    let managed_by = managed.as_ref().map(|m| m.value).unwrap_or_default();
    let members = fields.get("members").and_then(|e| {
        if let (Some(managed), false) = (&managed, managed_by == ManagedBy::Portcullis) {
            let word = managed_by.word();
            cx.report(
                Diagnostic::error(
                    codes::MANAGED_ELSEWHERE,
                    format!("`members` cannot stand beside `managed_by: {word}`"),
                )
                .at(e.mark)
                .label(managed.span, "members are changed there, never here")
                .hint("leave `members` out, or write `managed_by: portcullis`"),
            );
        }
        roster::roster(cx, e)
    });
    Some(Organization {
        span: entry.mark.span,
        id,
        previous_name,
        state,
        until,
        ended,
        empty: empty.is_some_and(|empty| empty.value),
        owner,
        managed_by,
        email_domains,
        members,
    })
}

fn id(cx: &mut Context, e: &Entry<'_>) -> Option<Located<OrganizationId>> {
    let text = cx.text(&e.node)?;
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        cx.report(
            Diagnostic::error(
                codes::INVALID_ID,
                "the id of an organization is a number in quotes",
            )
            .at(e.node.mark)
            .hint("such as `id: \"12\"`"),
        );
        return None;
    }
    Some(Located::new(OrganizationId::new(text), e.node.mark.span))
}

fn email_domains(
    cx: &mut Context,
    e: &Entry<'_>,
    may_be_empty: bool,
) -> Option<Located<Vec<Located<Domain>>>> {
    let items = cx.items(&e.node)?;
    if items.is_empty() && !may_be_empty {
        cx.report(empty_list(
            e.mark,
            "an empty `email_domains` removes every domain",
        ));
    }
    let mut domains: Vec<Located<Domain>> = Vec::new();
    for item in items {
        if let Some(text) = cx.text(item)
            && let Some(domain) = cx.domain(text, item.mark)
            && !domains.iter().any(|d| d.value == domain.value)
        {
            domains.push(domain);
        }
    }
    if domains.len() > 10 {
        let message = format!(
            "{} e-mail domains; an organization has at most 10 (L40)",
            domains.len()
        );
        cx.report(
            Diagnostic::error(codes::TOO_MANY_DOMAINS, message)
                .at(e.mark)
                .hint("split the organization, or list members by address"),
        );
    }
    Some(Located::new(domains, e.mark.span))
}
