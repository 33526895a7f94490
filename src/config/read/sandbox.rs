//! The block `sandbox` of a seed: what the sandbox's site has that no workspace manages.

use super::accounts::{apps, seed_role};
use super::{block, optional_sentence};
use crate::config::context::Context;
use crate::config::seeded::{
    SeedAudience, SeedGroup, SeedHelpCenter, SeedProject, SeedRequestType, SeedRole, SeedSandbox,
};
use crate::config::yaml::Entry;
use crate::config::{codes, keys};
use crate::diagnostic::Diagnostic;
use crate::model::{Email, OrganizationName, ProjectKey};
use std::collections::BTreeMap;

const VERIFICATION: &[(&str, bool)] = &[("at_once", false), ("by_hand", true)];
const AUDIENCE: &[(&str, SeedAudience)] = &[
    ("public", SeedAudience::Public),
    ("external", SeedAudience::External),
    ("internal", SeedAudience::Internal),
    ("organizations", SeedAudience::Organizations),
];

/// Reads the block.
pub(super) fn sandbox(cx: &mut Context, entry: &Entry<'_>) -> SeedSandbox {
    if !cx.options.seed {
        cx.report(
            Diagnostic::error(
                codes::SEED_MISPLACED,
                "only a seed says what the sandbox has besides what is managed",
            )
            .at(entry.mark)
            .hint("write it in the workspace that `seed` names"),
        );
    }
    let Some(fields) = cx.fields(&entry.node, entry.mark, keys::SANDBOX) else {
        return SeedSandbox::default();
    };
    let mut sandbox = SeedSandbox {
        default_customer_groups: sentences(cx, fields.get("default_customer_groups")),
        verification_by_hand: fields
            .get("verification")
            .and_then(|e| cx.word(&e.node, VERIFICATION))
            .is_some_and(|by_hand| by_hand.value),
        ..SeedSandbox::default()
    };
    for entry in block(cx, fields.get("groups")) {
        if let Some(group) = group(cx, entry) {
            sandbox.groups.insert(entry.key.to_string(), group);
        }
    }
    for entry in block(cx, fields.get("projects")) {
        let key = cx.name(&entry.key, entry.mark, ProjectKey::new);
        let project = project(cx, entry);
        sandbox.projects.extend(key.zip(project));
    }
    for entry in block(cx, fields.get("help_centers")) {
        if let Some(center) = help_center(cx, entry) {
            sandbox.help_centers.insert(entry.key.to_string(), center);
        }
    }
    known_groups(cx, entry, &sandbox);
    sandbox
}

fn group(cx: &mut Context, entry: &Entry<'_>) -> Option<SeedGroup> {
    let fields = cx.fields(&entry.node, entry.mark, keys::SANDBOX_GROUP)?;
    Some(SeedGroup {
        id: optional_sentence(cx, fields.get("id")),
        members: emails(cx, fields.get("members")),
        role: fields
            .get("role")
            .and_then(|e| seed_role(cx, &e.node))
            .unwrap_or(SeedRole::None),
        apps: apps(cx, fields.get("apps")),
    })
}

fn project(cx: &mut Context, entry: &Entry<'_>) -> Option<SeedProject> {
    let fields = cx.fields(&entry.node, entry.mark, keys::SANDBOX_PROJECT)?;
    let mut request_types = BTreeMap::new();
    for entry in block(cx, fields.get("request_types")) {
        let Some(fields) = cx.fields(&entry.node, entry.mark, keys::SANDBOX_REQUEST_TYPE) else {
            continue;
        };
        let kind = SeedRequestType {
            groups: sentences(cx, fields.get("groups")),
            people: emails(cx, fields.get("people")),
        };
        request_types.insert(entry.key.to_string(), kind);
    }
    let mut toggle = |key: &str| {
        fields
            .get(key)
            .and_then(|e| cx.boolean(&e.node))
            .map(|on| on.value)
    };
    Some(SeedProject {
        team_managed: toggle("team_managed").unwrap_or(false),
        agent_administers: toggle("agent_administers").unwrap_or(true),
        customer_groups: sentences(cx, fields.get("customer_groups")),
        for_the_record: emails(cx, fields.get("for_the_record")),
        request_types,
    })
}

fn help_center(cx: &mut Context, entry: &Entry<'_>) -> Option<SeedHelpCenter> {
    let fields = cx.fields(&entry.node, entry.mark, keys::SANDBOX_HELP_CENTER)?;
    let audience = fields
        .get("audience")
        .and_then(|e| cx.word(&e.node, AUDIENCE));
    let items = fields
        .get("organizations")
        .and_then(|e| cx.items(&e.node))
        .unwrap_or_default();
    let mut organizations = Vec::new();
    for item in items {
        if let Some(text) = cx.text(item) {
            organizations.extend(cx.name(text, item.mark, OrganizationName::new));
        }
    }
    let customer_service = fields
        .get("customer_service")
        .and_then(|e| cx.boolean(&e.node));
    Some(SeedHelpCenter {
        audience: audience.map(|audience| audience.value).unwrap_or_default(),
        customer_service: customer_service.is_some_and(|on| on.value),
        organizations,
    })
}

/// Reports groups that are named and not there.
fn known_groups(cx: &mut Context, entry: &Entry<'_>, sandbox: &SeedSandbox) {
    let named = sandbox.projects.values().flat_map(|project| {
        let types = project.request_types.values();
        let of_types = types.flat_map(|kind| &kind.groups);
        project.customer_groups.iter().chain(of_types)
    });
    for name in named.chain(&sandbox.default_customer_groups) {
        if !sandbox.groups.contains_key(name) && !is_default(name) {
            cx.report(
                Diagnostic::error(
                    codes::NOT_DECLARED,
                    format!("the seed has no group `{}`", crate::diagnostic::short(name)),
                )
                .at(entry.mark)
                .hint("write it under `sandbox: { groups: … }`"),
            );
        }
    }
}

/// Says whether a group is one of those that follow from the roles of accounts.
fn is_default(name: &str) -> bool {
    ["jira-servicedesk-users", "site-admins"].contains(&name)
        || name.starts_with("jira-servicemanagement-customers-")
}

fn sentences(cx: &mut Context, entry: Option<&Entry<'_>>) -> Vec<String> {
    let items = entry.and_then(|e| cx.items(&e.node)).unwrap_or_default();
    items.iter().filter_map(|item| cx.sentence(item)).collect()
}

fn emails(cx: &mut Context, entry: Option<&Entry<'_>>) -> Vec<Email> {
    let items = entry.and_then(|e| cx.items(&e.node)).unwrap_or_default();
    let emails = items.iter().filter_map(|item| cx.email(item));
    emails.map(|email| email.value).collect()
}
