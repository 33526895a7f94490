//! Scopes: which file may declare what.
//!
//! Once the root file has a scope, every other file may declare only what a scope grants it. What a file declares is named by
//! the addresses of plans (`acme/organization/Globex`) and, for what has no such address, by the site and the key (`acme/url`,
//! `acme/people/ana@globex.example`, `acme/space/ITKB`) or the key alone (`policy`, `expectations`, `attestations`).

use super::codes;
use super::context::{Context, closest};
use super::files::{ROOT_FILE, matches, path_problem};
use super::keys;
use super::workspace::Scope;
use super::yaml::{Entry, Node, Value};
use crate::diagnostic::{Diagnostic, Located, Mark};
use crate::model::Address;
use camino::Utf8Path;

/// Reads the scopes of the root file.
pub(super) fn scopes(cx: &mut Context, root: &Node<'_>) -> Vec<Scope> {
    let Some(entry) = root.get("scopes") else {
        return Vec::new();
    };
    if matches!(entry.node.value, Value::Null) {
        return Vec::new();
    }
    let mut scopes = Vec::new();
    for item in cx.items(&entry.node).unwrap_or_default() {
        let Some(fields) = cx.fields(item, item.mark, keys::SCOPE) else {
            continue;
        };
        let files = cx
            .required(
                &fields,
                "files",
                "a pattern such as `organizations/globex/**`",
            )
            .and_then(|e| {
                let text = cx.text(&e.node)?.to_string();
                if let Some(problem) = path_problem(&text) {
                    cx.report(
                        Diagnostic::error(codes::INVALID_PATTERN, format!("`{text}`: {problem}"))
                            .at(e.node.mark),
                    );
                    return None;
                }
                Some(Located::new(text, e.node.mark.span))
            });
        let may = cx
            .required(
                &fields,
                "may",
                "a list of address patterns such as `acme/organization/Globex/**`",
            )
            .map(|e| {
                let items = cx.items(&e.node).unwrap_or_default();
                items.iter().filter_map(|item| cx.pattern(item)).collect()
            });
        if let (Some(files), Some(may)) = (files, may) {
            scopes.push(Scope { files, may });
        }
    }
    scopes
}

/// Reports what a file declares without a scope that grants it.
pub(super) fn check(cx: &mut Context, scopes: &[Scope], path: &Utf8Path, tree: &Node<'_>) {
    if scopes.is_empty() || path == Utf8Path::new(ROOT_FILE) {
        return;
    }
    let granted: Vec<&str> = scopes
        .iter()
        .filter(|scope| matches(&scope.files.value, path.as_str()))
        .flat_map(|scope| scope.may.iter().map(|may| may.value.as_str()))
        .collect();
    for (address, mark) in declared(tree) {
        if granted.iter().any(|may| address.matches(may)) {
            continue;
        }
        let diagnostic = Diagnostic::error(
            codes::OUTSIDE_SCOPE,
            format!("`{path}` may not declare `{address}`"),
        )
        .at(mark);
        let diagnostic = if granted.is_empty() {
            diagnostic.hint(format!("no scope in `{ROOT_FILE}` names this file"))
        } else {
            let near = closest(address.as_str(), granted.iter().copied());
            let near = near.or(granted.first().copied()).unwrap_or_default();
            diagnostic.hint(format!(
                "the scopes in `{ROOT_FILE}` grant this file `{near}`"
            ))
        };
        cx.report(diagnostic);
    }
}

/// Says whether a scope grants a file an address.
pub(crate) fn granted(scopes: &[Scope], path: &Utf8Path, address: &Address) -> bool {
    scopes
        .iter()
        .filter(|scope| matches(&scope.files.value, path.as_str()))
        .any(|scope| scope.may.iter().any(|may| address.matches(&may.value)))
}

fn declared(tree: &Node<'_>) -> Vec<(Address, Mark)> {
    let mut found = Vec::new();
    for entry in tree.entries().unwrap_or_default() {
        match entry.key.as_ref() {
            "version" | "include" | "scopes" => {}
            "sites" => {
                for site in entry.node.entries().unwrap_or_default() {
                    for part in site.node.entries().unwrap_or_default() {
                        site_part(&site.key, part, &mut found);
                    }
                }
            }
            "atlassian_organizations" => {
                for organization in entry.node.entries().unwrap_or_default() {
                    for part in organization.node.entries().unwrap_or_default() {
                        let domains = part.node.get("domains").map(|e| &e.node);
                        match (part.key.as_ref(), domains) {
                            ("approved_domains", Some(_)) => {
                                for entry in part.node.entries().unwrap_or_default() {
                                    if entry.key == "domains" {
                                        below(
                                            &organization.key,
                                            "approved-domain",
                                            entry,
                                            &mut found,
                                        );
                                    } else {
                                        let parts = [organization.key.as_ref(), "approved-domain"];
                                        found.push((Address::new(parts), entry.mark));
                                    }
                                }
                            }
                            ("any_domain", _) => {
                                let parts =
                                    [organization.key.as_ref(), "approved-domain", "ANYONE"];
                                found.push((Address::new(parts), part.mark));
                            }
                            (key, _) => {
                                found.push((Address::new([&organization.key, key]), part.mark));
                            }
                        }
                    }
                }
            }
            key => found.push((Address::new([key]), entry.mark)),
        }
    }
    found
}

fn site_part(site: &str, part: &Entry<'_>, found: &mut Vec<(Address, Mark)>) {
    match part.key.as_ref() {
        "organizations" => below(site, "organization", part, found),
        "projects" => below(site, "project", part, found),
        "people" => below(site, "people", part, found),
        "spaces" => below(site, "space", part, found),
        "customer_access" => {
            for entry in part.node.entries().unwrap_or_default() {
                let name = entry.key.replace('_', "-");
                found.push((Address::new([site, "customer-access", &name]), entry.mark));
            }
        }
        "email" | "organization_management" | "portal_only_login" | "knowledge_base" => {
            let name = part.key.replace('_', "-");
            found.push((Address::new([site, "setting", &name]), part.mark));
        }
        key => found.push((Address::new([site, key]), part.mark)),
    }
}

fn below(root: &str, kind: &str, part: &Entry<'_>, found: &mut Vec<(Address, Mark)>) {
    for entry in part.node.entries().unwrap_or_default() {
        found.push((Address::new([root, kind, &entry.key]), entry.mark));
    }
}
