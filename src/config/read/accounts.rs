//! The accounts that a seed declares, and account ids.

use super::optional_sentence;
use crate::config::context::Context;
use crate::config::seeded::{SeedAccount, SeedAccountState, SeedApp, SeedRole};
use crate::config::yaml::{Entry, Node};
use crate::config::{codes, keys};
use crate::diagnostic::{Diagnostic, short};
use crate::model::{AccountId, AccountKind};
use crate::neutral::phrase::{ours, personal, say};
use std::collections::BTreeSet;

const ACCOUNT_STATE: &[(&str, SeedAccountState)] = &[
    ("active", SeedAccountState::Active),
    ("unverified", SeedAccountState::Unverified),
    ("revoked", SeedAccountState::Revoked),
    ("deactivated", SeedAccountState::Deactivated),
];

const ROLE: &[(&str, SeedRole)] = &[
    ("none", SeedRole::None),
    ("customer", SeedRole::Customer),
    ("user", SeedRole::User),
    ("admin", SeedRole::Admin),
];
const APP: &[(&str, SeedApp)] = &[("jira", SeedApp::Jira), ("confluence", SeedApp::Confluence)];

/// Reads a role in Jira Service Management.
pub(super) fn seed_role(cx: &mut Context, node: &Node<'_>) -> Option<SeedRole> {
    cx.word(node, ROLE).map(|role| role.value)
}

/// Reads apps besides Jira Service Management.
pub(super) fn apps(cx: &mut Context, entry: Option<&Entry<'_>>) -> BTreeSet<SeedApp> {
    let items = entry.and_then(|e| cx.items(&e.node)).unwrap_or_default();
    let apps = items.iter().filter_map(|item| cx.word(item, APP));
    apps.map(|app| app.value).collect()
}

/// Reads the accounts of a seed.
pub(super) fn accounts(cx: &mut Context, entry: &Entry<'_>) -> Vec<SeedAccount> {
    if !cx.options.seed {
        cx.report(
            Diagnostic::error(codes::SEED_MISPLACED, "only a seed declares accounts")
                .at(entry.mark)
                .hint("list people in `members` or `customers`; what exists is read from the site"),
        );
    }
    let Some(fields) = cx.fields(&entry.node, entry.mark, keys::ACCOUNTS) else {
        return Vec::new();
    };
    let Some(list) = cx.required(&fields, "list", "`accounts: { list: […] }`") else {
        return Vec::new();
    };
    let items = cx.items(&list.node).unwrap_or_default();
    let accounts = items.iter().filter_map(|item| account(cx, item));
    accounts.collect()
}

fn account(cx: &mut Context, node: &Node<'_>) -> Option<SeedAccount> {
    let fields = cx.fields(node, node.mark, keys::ACCOUNT)?;
    let email = cx
        .required(&fields, "email", "the address of the account")
        .and_then(|e| cx.email(&e.node));
    let kind = fields
        .get("account")
        .and_then(|e| cx.word(&e.node, AccountKind::WORDS));
    let kind = kind.map_or(AccountKind::PortalOnly, |kind| kind.value);
    for key in ["role", "apps", "service_account"] {
        if kind == AccountKind::PortalOnly
            && let Some(entry) = fields.get(key)
        {
            let what = match key {
                "role" => "a portal-only account has no role",
                "apps" => "a portal-only account uses no app",
                _ => "a portal-only account is no service account",
            };
            cx.report(
                Diagnostic::error(codes::CONFLICTING_KEYS, what)
                    .at(entry.mark)
                    .hint(format!("leave `{key}` out, or write `account: atlassian`")),
            );
        }
    }
    let role = fields.get("role").and_then(|e| seed_role(cx, &e.node));
    let service = fields
        .get("service_account")
        .and_then(|e| cx.boolean(&e.node));
    let state = fields
        .get("state")
        .and_then(|e| cx.word(&e.node, ACCOUNT_STATE));
    let hidden = fields.get("email_hidden").and_then(|e| cx.boolean(&e.node));
    Some(SeedAccount {
        span: node.mark.span,
        name: optional_sentence(cx, fields.get("name")),
        account: kind,
        account_id: fields
            .get("account_id")
            .and_then(|e| account_id(cx, &e.node)),
        role: role.unwrap_or_default(),
        apps: apps(cx, fields.get("apps")),
        service: service.is_some_and(|service| service.value),
        state: state.map(|state| state.value).unwrap_or_default(),
        email_hidden: hidden.is_some_and(|hidden| hidden.value),
        email: email?.value,
    })
}

/// Takes an account id: at most 128 characters without spaces or control characters.
pub(in crate::config) fn account_id(cx: &mut Context, node: &Node<'_>) -> Option<AccountId> {
    let text = cx.text(node)?;
    if let Some(problem) = account_id_problem(text) {
        cx.report(
            Diagnostic::error(
                codes::INVALID_ID,
                say(
                    "invalid account id {}: {}",
                    [personal(short(text)), ours(problem)],
                ),
            )
            .at(node.mark),
        );
        return None;
    }
    Some(AccountId::new(text))
}

/// Says why a text is no account id, when it is none.
pub(crate) fn account_id_problem(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        Some("it is empty")
    } else if text.chars().count() > 128 {
        Some("it has more than 128 characters")
    } else if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        Some("it holds a space or a control character")
    } else if text.contains('@') {
        Some("it is an e-mail address; write it as `email`")
    } else {
        None
    }
}
