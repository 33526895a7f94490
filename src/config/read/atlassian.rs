//! Atlassian organizations and their approved domains.

use super::site::{ROLE, empty_list};
use super::{allow_empty, block, insert, mode};
use crate::config::context::{Context, null};
use crate::config::workspace::{
    ApprovedDomain, ApprovedDomains, ApprovedSite, AtlassianOrganization, Mode,
};
use crate::config::yaml::{Entry, Value};
use crate::config::{codes, keys};
use crate::diagnostic::{Diagnostic, Located};
use crate::model::SiteKey;
use std::collections::BTreeMap;

/// Reads an Atlassian organization.
pub(super) fn organization(cx: &mut Context, entry: &Entry<'_>) -> Option<AtlassianOrganization> {
    cx.name(&entry.key, entry.mark, SiteKey::new)?;
    if matches!(entry.node.value, Value::Null) {
        cx.report(null(entry.mark));
        return None;
    }
    let fields = cx.fields(&entry.node, entry.mark, keys::ATLASSIAN)?;
    let text = |cx: &mut Context, key: &str| {
        fields
            .get(key)
            .and_then(|e| Some(Located::new(cx.sentence(&e.node)?, e.node.mark.span)))
    };
    let any_domain = fields.get("any_domain").and_then(|e| {
        let fields = cx.fields(&e.node, e.mark, keys::APPROVED_DOMAIN)?;
        Some(sites(cx, fields.get("sites")))
    });
    let apps = fields
        .get("default_app_access")
        .and_then(|e| cx.items(&e.node));
    let mut default_app_access = Vec::new();
    for item in apps.unwrap_or_default() {
        if let Some(app) = cx.sentence(item) {
            default_app_access.push(Located::new(app, item.mark.span));
        }
    }
    Some(AtlassianOrganization {
        span: entry.mark.span,
        id: text(cx, "id"),
        customer_role: text(cx, "customer_role"),
        approved_domains: fields.get("approved_domains").and_then(|e| approved(cx, e)),
        any_domain: any_domain.unwrap_or_default(),
        default_app_access,
    })
}

fn approved(cx: &mut Context, entry: &Entry<'_>) -> Option<ApprovedDomains> {
    let fields = cx.fields(&entry.node, entry.mark, keys::APPROVED_DOMAINS)?;
    let mode = mode(cx, fields.get("mode"));
    let may_be_empty = allow_empty(cx, fields.get("allow_empty"));
    let written = block(cx, fields.get("domains"));
    if mode == Mode::Exact && written.is_empty() && !may_be_empty && !cx.partial {
        let mark = fields.get("domains").map_or(entry.mark, |e| e.mark);
        cx.report(empty_list(
            mark,
            "an empty list under `exact` removes every approved domain",
        ));
    }
    let mut domains = BTreeMap::new();
    for entry in written {
        let domain = cx.domain(&entry.key, entry.mark);
        if matches!(entry.node.value, Value::Null) {
            cx.report(null(entry.mark));
            continue;
        }
        let Some(fields) = cx.fields(&entry.node, entry.mark, keys::APPROVED_DOMAIN) else {
            continue;
        };
        let approved = ApprovedDomain {
            span: entry.mark.span,
            sites: sites(cx, fields.get("sites")),
        };
        if let Some(domain) = domain {
            insert(cx, &mut domains, domain.value, approved, entry, |d| d.span);
        }
    }
    Some(ApprovedDomains {
        span: entry.mark.span,
        mode,
        domains,
    })
}

fn sites(cx: &mut Context, entry: Option<&Entry<'_>>) -> BTreeMap<SiteKey, ApprovedSite> {
    let mut sites = BTreeMap::new();
    for entry in block(cx, entry) {
        let key = cx.name(&entry.key, entry.mark, SiteKey::new);
        if matches!(entry.node.value, Value::Null) {
            cx.report(null(entry.mark).hint("write `{ role: customer }`"));
            continue;
        }
        let Some(fields) = cx.fields(&entry.node, entry.mark, keys::APPROVED_SITE) else {
            continue;
        };
        let role = cx
            .required(&fields, "role", "`customer`, `user` or `none`")
            .and_then(|e| cx.word(&e.node, ROLE));
        let approval = fields
            .get("admin_approval")
            .and_then(|e| cx.boolean(&e.node));
        if let (Some(key), Some(role)) = (key, role) {
            sites.insert(
                key,
                ApprovedSite {
                    span: entry.mark.span,
                    role: role.value,
                    admin_approval: approval.is_some_and(|approval| approval.value),
                },
            );
        }
    }
    if let (Some(entry), true) = (entry, sites.is_empty())
        && matches!(&entry.node.value, Value::Map(entries) if entries.is_empty())
    {
        cx.report(
            Diagnostic::error(codes::MISSING_KEY, "no site is named")
                .at(entry.mark)
                .hint("`sites: { acme: { role: customer } }`"),
        );
    }
    sites
}
