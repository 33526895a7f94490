//! Service projects.

use super::site::empty_list;
use super::{allow_empty, block, mode, optional_sentence};
use crate::config::context::{Context, Fields, null};
use crate::config::workspace::{
    CustomerGroup, CustomerGroups, LinkUntil, LinkedOrganizations, LinkedSpace, ManagedBy, Mode,
    Project,
};
use crate::config::yaml::{Entry, Node, Value};
use crate::config::{codes, keys, roster};
use crate::diagnostic::{Diagnostic, Located, Span, short};
use crate::model::{
    ChannelAccess, CustomerSharing, OrganizationName, ProjectKey, SpaceKey, WhoCanView,
};
use jiff::civil::Date;
use std::collections::BTreeMap;

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
        owner: optional_sentence(cx, fields.get("owner")),
        channel_access: fields
            .get("channel_access")
            .and_then(|e| cx.word(&e.node, ChannelAccess::WORDS)),
        customer_sharing: fields
            .get("customer_sharing")
            .and_then(|e| cx.word(&e.node, CustomerSharing::WORDS)),
        organizations: fields.get("organizations").and_then(|e| linked(cx, e)),
        customers,
        customers_managed_by,
        customer_groups: fields
            .get("customer_groups")
            .and_then(|e| customer_groups(cx, e)),
        knowledge_base: knowledge_base(cx, fields.get("knowledge_base")),
    })
}

/// Reads what declared projects are where they do not say otherwise, and lets them be that.
pub(super) fn defaults(
    cx: &mut Context,
    entry: Option<&Entry<'_>>,
    projects: &mut BTreeMap<ProjectKey, Project>,
) {
    let Some(entry) = entry else {
        return;
    };
    let Some(fields) = cx.fields(&entry.node, entry.mark, keys::PROJECT_DEFAULTS) else {
        return;
    };
    let access = fields
        .get("channel_access")
        .and_then(|e| cx.word(&e.node, ChannelAccess::WORDS));
    let sharing = fields
        .get("customer_sharing")
        .and_then(|e| cx.word(&e.node, CustomerSharing::WORDS));
    for project in projects.values_mut() {
        project.channel_access = project.channel_access.or(access);
        project.customer_sharing = project.customer_sharing.or(sharing);
    }
}

/// Reads the mode and the items of a list that is added to or is the whole truth; an empty one that would take everything away
/// is refused in these words.
fn exact_or_added<'n, 't>(
    cx: &mut Context,
    entry: &Entry<'_>,
    fields: &Fields<'n, 't>,
    empty: &str,
) -> (Mode, &'n [Node<'t>]) {
    let mode = mode(cx, fields.get("mode"));
    let may_be_empty = allow_empty(cx, fields.get("allow_empty"));
    let written = fields.get("list").map(|e| cx.items(&e.node));
    // What is written wrongly is not empty: following the hint would take everything away.
    let unreadable = matches!(written, Some(None)) || (written.is_none() && fields.has("list"));
    let items = written.flatten().unwrap_or_default();
    if mode == Mode::Exact && items.is_empty() && !may_be_empty && !unreadable {
        let mark = fields.get("list").map_or(entry.mark, |e| e.mark);
        cx.report(empty_list(mark, empty));
    }
    (mode, items)
}

fn linked(cx: &mut Context, entry: &Entry<'_>) -> Option<LinkedOrganizations> {
    let fields = cx.fields(&entry.node, entry.mark, keys::LINKED_ORGANIZATIONS)?;
    let (mode, items) = exact_or_added(
        cx,
        entry,
        &fields,
        "an empty list under `exact` unlinks every organization",
    );
    let mut seen: BTreeMap<OrganizationName, (Option<Date>, Span)> = BTreeMap::new();
    let (mut list, mut dated) = (Vec::new(), Vec::new());
    for item in items {
        let Some((name, until)) = link(cx, item) else {
            continue;
        };
        if let Some((first, place)) = seen.get(&name.value) {
            if *first != until {
                let place = cx.sources.place(*place);
                cx.report(
                    Diagnostic::error(
                        codes::CONFLICTING_ENTRIES,
                        format!(
                            "`{}` stands here with two last days",
                            short(name.value.as_str())
                        ),
                    )
                    .at(item.mark)
                    .hint(format!("keep one; the other is at {place}")),
                );
            }
            continue;
        }
        seen.insert(name.value.clone(), (until, name.span));
        if let Some(until) = until {
            let name = name.clone();
            dated.push(LinkUntil { name, until });
        }
        if until.is_none_or(|until| until >= cx.options.today) {
            list.push(name);
        }
    }
    Some(LinkedOrganizations {
        span: entry.mark.span,
        mode,
        list,
        dated,
    })
}

/// Reads a link: the name of an organization, or a mapping with its last day.
fn link(cx: &mut Context, item: &Node<'_>) -> Option<(Located<OrganizationName>, Option<Date>)> {
    let named = |cx: &mut Context, node: &Node<'_>| {
        let text = cx.text(node)?;
        let name = cx.name(text, node.mark, OrganizationName::new)?;
        Some(Located::new(name, node.mark.span))
    };
    if !matches!(item.value, Value::Map(_)) {
        return Some((named(cx, item)?, None));
    }
    let fields = cx.fields(item, item.mark, keys::LINKED_ORGANIZATION)?;
    let name = cx.required(
        &fields,
        "name",
        "the name of an organization that is declared",
    );
    let name = name.and_then(|e| named(cx, &e.node));
    let until = fields.get("until").and_then(|e| cx.date(&e.node));
    // With a date that cannot be read nobody knows whether the link holds.
    (fields.has("until") == until.is_some())
        .then_some(())
        .and(name.map(|name| (name, until)))
}

fn customer_groups(cx: &mut Context, entry: &Entry<'_>) -> Option<CustomerGroups> {
    let fields = cx.fields(&entry.node, entry.mark, keys::CUSTOMER_GROUPS)?;
    let (mode, items) = exact_or_added(
        cx,
        entry,
        &fields,
        "an empty list under `exact` takes every group out of the role of customers",
    );
    let mut list: Vec<CustomerGroup> = Vec::new();
    for item in items {
        let Some(group) = customer_group(cx, item) else {
            continue;
        };
        match list.iter_mut().find(|known| known.name == group.name) {
            None => list.push(group),
            // Without an id it is whichever group has the name, so the id says more.
            Some(known) if known.id.is_none() || group.id.is_none() => {
                known.id = known.id.take().or(group.id);
            }
            Some(known) if known.id == group.id => {}
            Some(known) => {
                let first = cx.sources.place(known.span);
                cx.report(
                    Diagnostic::error(
                        codes::CONFLICTING_ENTRIES,
                        format!(
                            "the group `{}` stands here with two ids",
                            short(&group.name)
                        ),
                    )
                    .at(item.mark)
                    .hint(format!("keep one; the other is at {first}")),
                );
            }
        }
    }
    Some(CustomerGroups {
        span: entry.mark.span,
        mode,
        list,
    })
}

/// Reads a group: its name, or a mapping with its id.
fn customer_group(cx: &mut Context, item: &Node<'_>) -> Option<CustomerGroup> {
    let span = item.mark.span;
    if !matches!(item.value, Value::Map(_)) {
        let name = cx.sentence(item)?;
        return Some(CustomerGroup {
            span,
            name,
            id: None,
        });
    }
    let fields = cx.fields(item, item.mark, keys::CUSTOMER_GROUP)?;
    let name = cx.required(
        &fields,
        "name",
        "the name of the group, as Atlassian shows it",
    );
    let id = optional_sentence(cx, fields.get("id"));
    Some(CustomerGroup {
        span,
        name: name.and_then(|e| cx.sentence(&e.node))?,
        id,
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
