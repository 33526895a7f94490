//! The merged tree to the typed workspace. One file per part of the format.

mod accounts;
mod atlassian;
mod expectations;
mod organization;
mod policy;
mod project;
mod sandbox;
mod settings;
mod site;

/// Rules about values that lists of people share with sites.
pub(super) mod site_rules {
    pub(in crate::config) use super::accounts::account_id;
    pub(crate) use super::accounts::account_id_problem;
    pub(in crate::config) use super::site::empty_list;
}

use super::context::Context;
use super::merge::twice;
use super::workspace::{Mode, Undecided, Workspace};
use super::yaml::{Entry, Node};
use super::{keys, roster, sources::Sources};
use crate::diagnostic::{Located, Span};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;

pub(super) const MODE: &[(&str, Mode)] = &[("add_only", Mode::AddOnly), ("exact", Mode::Exact)];

/// Reads the merged tree. `None` when it is not a mapping.
pub(super) fn workspace(cx: &mut Context, tree: &Node<'_>) -> Option<Workspace> {
    let fields = cx.fields(tree, tree.mark, keys::TOP)?;
    let mut sites = BTreeMap::new();
    let entries = block(cx, fields.get("sites"));
    let with_url = entries
        .iter()
        .filter(|entry| entry.node.get("url").is_some());
    let with_url: Vec<&str> = with_url.map(|entry| entry.key.as_ref()).collect();
    for entry in entries {
        if let Some(site) = site::site(cx, entry, &with_url) {
            sites.insert(site.key.clone(), site);
        }
    }
    let mut atlassian_organizations = BTreeMap::new();
    for entry in block(cx, fields.get("atlassian_organizations")) {
        if let Some(organization) = atlassian::organization(cx, entry) {
            atlassian_organizations.insert(entry.key.to_string(), organization);
        }
    }
    let leavers = roster::leavers(cx, fields.get("leavers"), &mut sites);
    let policy = fields.get("policy").map(|e| policy::policy(cx, e));
    let policy = policy.unwrap_or_default();
    let undecided = policy
        .undecided
        .map_or(Undecided::Warn, |written| written.value);
    let attestations = fields.get("attestations");
    let attestations = expectations::attestations(cx, attestations, policy.attestation_days());
    Some(Workspace {
        root: cx.root.clone(),
        sources: Sources::default(),
        sites,
        atlassian_organizations,
        policy,
        expectations: expectations::expectations(cx, fields.get("expectations"), undecided),
        attestations,
        scopes: std::mem::take(&mut cx.scopes),
        leavers,
    })
}

/// Returns the entries of a block that is a mapping with free keys.
fn block<'n, 't>(cx: &mut Context, entry: Option<&'n Entry<'t>>) -> &'n [Entry<'t>] {
    entry
        .and_then(|entry| cx.entries(&entry.node))
        .unwrap_or_default()
}

/// Puts a value into a map by a key that the reader normalised, so that two spellings can meet.
fn insert<K: Ord, V>(
    cx: &mut Context,
    map: &mut BTreeMap<K, V>,
    key: K,
    value: V,
    entry: &Entry<'_>,
    span: impl Fn(&V) -> Span,
) {
    match map.entry(key) {
        Slot::Vacant(slot) => {
            slot.insert(value);
        }
        Slot::Occupied(slot) => twice(cx, &entry.key, entry.mark, span(slot.get())),
    }
}

/// Reads `mode`; `add_only` when it is not written.
pub(super) fn mode(cx: &mut Context, entry: Option<&Entry<'_>>) -> Mode {
    entry
        .and_then(|e| cx.word(&e.node, MODE))
        .map_or(Mode::default(), |mode| mode.value)
}

/// Reads `allow_empty`.
pub(super) fn allow_empty(cx: &mut Context, entry: Option<&Entry<'_>>) -> bool {
    entry
        .and_then(|e| cx.boolean(&e.node))
        .is_some_and(|allowed| allowed.value)
}

/// Reads an optional text that says something.
pub(super) fn optional_sentence(cx: &mut Context, entry: Option<&Entry<'_>>) -> Option<String> {
    entry.and_then(|e| cx.sentence(&e.node))
}

/// Reads a list of address patterns.
fn patterns(cx: &mut Context, entry: Option<&Entry<'_>>) -> Vec<Located<String>> {
    let items = entry.and_then(|e| cx.items(&e.node)).unwrap_or_default();
    items.iter().filter_map(|item| cx.pattern(item)).collect()
}
