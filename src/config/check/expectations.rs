//! Expectations speak of sites, projects, organizations and spaces that are declared.

use super::{mark, not_declared, undeclared_site};
use crate::config::codes;
use crate::config::context::Context;
use crate::config::workspace::{Expectation, ExpectedWho, Site, Workspace};
use crate::diagnostic::{Diagnostic, Located};
use crate::model::{Address, OrganizationName, ProjectKey};

/// Checks what expectations refer to; a typing error would otherwise make one that always holds.
pub(super) fn check(cx: &mut Context, workspace: &Workspace) {
    for key in std::mem::take(&mut cx.sites_of_wrong) {
        if !workspace.sites.contains_key(&key.value) {
            cx.report(undeclared_site(workspace, &key.value, key.span));
        }
    }
    for expectation in &workspace.expectations {
        let key = &expectation.site;
        let Some(site) = workspace.sites.get(&key.value) else {
            cx.report(undeclared_site(workspace, &key.value, key.span));
            continue;
        };
        for pattern in expectation.projects.iter().chain(&expectation.except) {
            project(cx, site, pattern);
        }
        let named = match &expectation.who.value {
            ExpectedWho::Others(allowed) => allowed.iter().collect(),
            _ => vec![&expectation.who],
        };
        for who in named {
            if let ExpectedWho::Organization(name) = &who.value
                && !site.organizations.contains_key(name)
            {
                cx.report(not_declared(
                    "the organization",
                    name.as_str(),
                    who.span,
                    site.organizations.keys().map(OrganizationName::as_str),
                    "declare it under `organizations` of the site",
                ));
            }
        }
        space(cx, site, expectation);
    }
}

fn matches(pattern: &str, key: &ProjectKey) -> bool {
    Address::new([key.as_str()]).matches(pattern)
}

fn project(cx: &mut Context, site: &Site, pattern: &Located<String>) {
    let text = &pattern.value;
    if text == "*" || site.projects.keys().any(|key| matches(text, key)) {
        return;
    }
    let place = mark(pattern.span, text);
    if text.contains('*') {
        cx.report(
            Diagnostic::error(
                codes::NOT_DECLARED,
                format!("`{text}` matches no declared project"),
            )
            .at(place)
            .hint("declare the project under `projects`; `{}` is enough"),
        );
    } else {
        cx.report(not_declared(
            "the project",
            text,
            place,
            site.projects.keys().map(ProjectKey::as_str),
            "declare it under `projects`; `{}` is enough",
        ));
    }
}

fn space(cx: &mut Context, site: &Site, expectation: &Expectation) {
    let Some(space) = &expectation.space else {
        return;
    };
    let known = site.spaces.keys();
    let linked = site.projects.values().flat_map(|p| p.knowledge_base.keys());
    let known = known.chain(linked);
    if !known.clone().any(|key| *key == space.value) {
        cx.report(not_declared(
            "the space",
            space.value.as_str(),
            mark(space.span, space.value.as_str()),
            known.map(crate::model::SpaceKey::as_str),
            "link it under `knowledge_base` of a project",
        ));
    }
}
