//! Service projects.

use super::site::empty_list;
use super::{allow_empty, block, mode};
use crate::config::context::{Context, null};
use crate::config::workspace::{LinkedOrganizations, LinkedSpace, ManagedBy, Mode, Project};
use crate::config::yaml::{Entry, Value};
use crate::config::{keys, roster};
use crate::diagnostic::Located;
use crate::model::{
    ChannelAccess, CustomerSharing, OrganizationName, ProjectKey, SpaceKey, WhoCanView,
};
use std::collections::{BTreeMap, BTreeSet};

/// Reads the projects of a site.
pub(super) fn projects(
    cx: &mut Context,
    entry: Option<&Entry<'_>>,
) -> BTreeMap<ProjectKey, Project> {
    let mut projects = BTreeMap::new();
    for entry in block(cx, entry) {
        let key = cx.name(&entry.key, entry.mark, ProjectKey::new);
        let project = project(cx, entry);
        projects.extend(key.zip(project));
    }
    projects
}

fn project(cx: &mut Context, entry: &Entry<'_>) -> Option<Project> {
    if matches!(entry.node.value, Value::Null) {
        cx.report(null(entry.mark));
        return None;
    }
    let fields = cx.fields(&entry.node, entry.mark, keys::PROJECT)?;
    let (customers, customers_managed_by) = match fields.get("customers") {
        Some(entry) => roster::customers(cx, entry),
        None => (None, ManagedBy::default()),
    };
    Some(Project {
        span: entry.mark.span,
        channel_access: fields
            .get("channel_access")
            .and_then(|e| cx.word(&e.node, ChannelAccess::WORDS)),
        customer_sharing: fields
            .get("customer_sharing")
            .and_then(|e| cx.word(&e.node, CustomerSharing::WORDS)),
        organizations: fields.get("organizations").and_then(|e| linked(cx, e)),
        customers,
        customers_managed_by,
        knowledge_base: knowledge_base(cx, fields.get("knowledge_base")),
    })
}

fn linked(cx: &mut Context, entry: &Entry<'_>) -> Option<LinkedOrganizations> {
    let fields = cx.fields(&entry.node, entry.mark, keys::LINKED_ORGANIZATIONS)?;
    let mode = mode(cx, fields.get("mode"));
    let may_be_empty = allow_empty(cx, fields.get("allow_empty"));
    let written = fields.get("list").map(|e| cx.items(&e.node));
    // What is written wrongly is not empty: following the hint would unlink every organization.
    let unreadable = matches!(written, Some(None)) || (written.is_none() && fields.has("list"));
    let items = written.flatten().unwrap_or_default();
    if mode == Mode::Exact && items.is_empty() && !may_be_empty && !unreadable {
        let mark = fields.get("list").map_or(entry.mark, |e| e.mark);
        cx.report(empty_list(
            mark,
            "an empty list under `exact` unlinks every organization",
        ));
    }
    let mut seen = BTreeSet::new();
    let mut list = Vec::new();
    for item in items {
        if let Some(text) = cx.text(item)
            && let Some(name) = cx.name(text, item.mark, OrganizationName::new)
            && seen.insert(name.clone())
        {
            list.push(Located::new(name, item.mark.span));
        }
    }
    Some(LinkedOrganizations {
        span: entry.mark.span,
        mode,
        list,
    })
}

fn knowledge_base(cx: &mut Context, entry: Option<&Entry<'_>>) -> BTreeMap<SpaceKey, LinkedSpace> {
    let mut spaces = BTreeMap::new();
    for entry in block(cx, entry) {
        let key = cx.name(&entry.key, entry.mark, SpaceKey::new);
        if matches!(entry.node.value, Value::Null) {
            cx.report(null(entry.mark));
            continue;
        }
        let Some(fields) = cx.fields(&entry.node, entry.mark, keys::LINKED_SPACE) else {
            continue;
        };
        let space = LinkedSpace {
            span: entry.mark.span,
            who_can_view: fields
                .get("who_can_view")
                .and_then(|e| cx.word(&e.node, WhoCanView::WORDS)),
        };
        spaces.extend(key.map(|key| (key, space)));
    }
    spaces
}
