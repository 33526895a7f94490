//! Site-wide settings.

use super::allow_empty;
use super::site::empty_list;
use crate::config::context::{Context, Fields, closest};
use crate::config::yaml::{Entry, Value};
use crate::config::{codes, keys};
use crate::diagnostic::{Diagnostic, Located, short};
use crate::model::{EmailAccountCreation, OrganizationManagement, SiteField, SiteValue};
use crate::neutral::phrase::say;
use std::collections::{BTreeMap, BTreeSet};

type Settings = BTreeMap<SiteField, Located<SiteValue>>;

/// Reads the settings of a site that are written; what is absent is unmanaged.
pub(super) fn settings(cx: &mut Context, site: &Fields<'_, '_>) -> Settings {
    let mut settings = BTreeMap::new();
    customer_access(cx, site, &mut settings);
    site_settings(cx, site, &mut settings);
    settings
}

fn customer_access(cx: &mut Context, site: &Fields<'_, '_>, settings: &mut Settings) {
    let Some(entry) = site.get("customer_access") else {
        return;
    };
    let Some(access) = cx.fields(&entry.node, entry.mark, keys::CUSTOMER_ACCESS) else {
        return;
    };
    if let Some(e) = access.get("internal")
        && let Some(internal) = cx.fields(&e.node, e.mark, keys::INTERNAL)
    {
        toggle(
            cx,
            &internal,
            "atlassian_accounts",
            SiteField::Internal,
            settings,
        );
    }
    if let Some(e) = access.get("external")
        && let Some(external) = cx.fields(&e.node, e.mark, keys::EXTERNAL)
    {
        toggle(
            cx,
            &external,
            "portal_only_accounts",
            SiteField::External,
            settings,
        );
        let may_be_empty = allow_empty(cx, external.get("allow_empty"));
        if let Some(e) = external.get("allowed_domains")
            && let Some(domains) = allowed_domains(cx, e, may_be_empty)
        {
            settings.insert(
                SiteField::AllowedDomains,
                Located::new(SiteValue::Domains(domains), e.node.mark.span),
            );
        }
    }
    let create = SiteField::CustomersCanCreateAccounts;
    toggle(
        cx,
        &access,
        "customers_can_create_accounts",
        create,
        settings,
    );
    toggle(
        cx,
        &access,
        "view_without_login",
        SiteField::ViewWithoutLogin,
        settings,
    );
}

fn allowed_domains(
    cx: &mut Context,
    entry: &Entry<'_>,
    may_be_empty: bool,
) -> Option<Option<BTreeSet<crate::model::Domain>>> {
    if let Value::Plain(text) | Value::Quoted(text) = &entry.node.value {
        if text == "any" {
            return Some(None);
        }
        let hint = match closest(text, ["any"]) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("write `any`, or a list: `[{}]`", short(text)),
        };
        cx.report(
            Diagnostic::error(
                codes::WRONG_TYPE,
                say(
                    "expected `any` or a list of domains, found {}",
                    [entry.node.kind()],
                ),
            )
            .at(entry.node.mark)
            .hint(hint),
        );
        return None;
    }
    let items = cx.items(&entry.node)?;
    if items.is_empty() && !may_be_empty {
        cx.report(empty_list(
            entry.mark,
            "an empty `allowed_domains` lets no domain in",
        ));
    }
    let mut domains = BTreeSet::new();
    for item in items {
        if let Some(text) = cx.text(item)
            && let Some(domain) = cx.domain(text, item.mark)
        {
            domains.insert(domain.value);
        }
    }
    Some(Some(domains))
}

fn toggle(
    cx: &mut Context,
    fields: &Fields<'_, '_>,
    key: &str,
    field: SiteField,
    settings: &mut Settings,
) {
    if let Some(value) = fields.get(key).and_then(|e| cx.boolean(&e.node)) {
        let setting = Located::new(SiteValue::Toggle(value.value), value.span);
        settings.insert(field, setting);
    }
}

fn site_settings(cx: &mut Context, site: &Fields<'_, '_>, settings: &mut Settings) {
    if let Some(e) = site.get("email")
        && let Some(email) = cx.fields(&e.node, e.mark, keys::EMAIL)
        && let Some(e) = email.get("cc_creates_accounts")
        && let Some(value) = cx.word(&e.node, EmailAccountCreation::WORDS)
    {
        let setting = Located::new(SiteValue::EmailAccountCreation(value.value), value.span);
        settings.insert(SiteField::EmailCcCreatesAccounts, setting);
    }
    if let Some(e) = site.get("organization_management")
        && let Some(value) = cx.word(&e.node, OrganizationManagement::WORDS)
    {
        let setting = Located::new(SiteValue::OrganizationManagement(value.value), value.span);
        settings.insert(SiteField::OrganizationManagement, setting);
    }
    if let Some(e) = site.get("portal_only_login")
        && let Some(login) = cx.fields(&e.node, e.mark, keys::PORTAL_ONLY_LOGIN)
    {
        toggle(
            cx,
            &login,
            "password",
            SiteField::PortalOnlyPassword,
            settings,
        );
        toggle(cx, &login, "sso", SiteField::PortalOnlySso, settings);
    }
    if let Some(e) = site.get("knowledge_base")
        && let Some(base) = cx.fields(&e.node, e.mark, keys::KNOWLEDGE_BASE)
    {
        let all = SiteField::KnowledgeBaseAllLoggedIn;
        toggle(cx, &base, "allow_all_logged_in", all, settings);
        toggle(
            cx,
            &base,
            "allow_anyone",
            SiteField::KnowledgeBaseAnyone,
            settings,
        );
    }
}
