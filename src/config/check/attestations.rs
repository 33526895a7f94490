//! Attestations speak of values that a person can look up, and state them in the words of the format.

use super::{mark, undeclared_site};
use crate::config::codes;
use crate::config::context::{Context, closest, listed};
use crate::config::workspace::Workspace;
use crate::diagnostic::Diagnostic;
use crate::model::{
    ChannelAccess, CustomerSharing, EmailAccountCreation, OrganizationManagement, SiteKey,
    WhoCanView,
};
use serde_json::Value;

/// What the value of an attested address may be.
enum Shape {
    Toggle,
    Words(Vec<&'static str>),
    /// `{ password: …, sso: … }`
    Login,
    /// `any` or a list of domains.
    AllowedDomains,
    /// A list of domains.
    Domains,
}

const SITE_WIDE: [&str; 11] = [
    "customer-access/internal",
    "customer-access/external",
    "customer-access/customers-can-create-accounts",
    "customer-access/view-without-login",
    "allowed-domain",
    "allowed-domain/any",
    "setting/email-cc-creates-accounts",
    "setting/organization-management",
    "setting/portal-only-login",
    "setting/knowledge-base-all-logged-in",
    "setting/knowledge-base-anyone",
];

fn words<T>(words: &[(&'static str, T)]) -> Shape {
    Shape::Words(words.iter().map(|(word, _)| *word).collect())
}

fn shape(rest: &[&str]) -> Option<Shape> {
    Some(match rest {
        ["customer-access", "internal" | "external"]
        | [
            "customer-access",
            "customers-can-create-accounts" | "view-without-login",
        ]
        | [
            "setting",
            "knowledge-base-all-logged-in" | "knowledge-base-anyone",
        ]
        | ["allowed-domain", _]
        | ["organization", _, "email-domain", _] => Shape::Toggle,
        ["allowed-domain"] => Shape::AllowedDomains,
        ["organization", _, "email-domain"] => Shape::Domains,
        ["setting", "email-cc-creates-accounts"] => words(EmailAccountCreation::WORDS),
        ["setting", "organization-management"] => words(OrganizationManagement::WORDS),
        ["setting", "portal-only-login"] => Shape::Login,
        ["project", _, "access"] => words(ChannelAccess::WORDS),
        ["project", _, "sharing"] => words(CustomerSharing::WORDS),
        ["project", _, "knowledge-base", _] => words(WhoCanView::WORDS),
        ["approved-domain", "ANYONE"] => Shape::Words(vec!["customer", "user", "none"]),
        _ => return None,
    })
}

/// Checks addresses and values of attestations.
pub(super) fn check(cx: &mut Context, workspace: &Workspace) {
    for attestation in &workspace.attestations {
        let address = &attestation.address;
        let text = address.value.as_str();
        let place = mark(address.span, text);
        let mut parts = text.split('/');
        let root = parts.next().unwrap_or_default();
        let rest: Vec<&str> = parts.collect();
        let atlassian = rest.first() == Some(&"approved-domain");
        let known = if atlassian {
            workspace.atlassian_organizations.contains_key(root)
        } else {
            workspace.sites.keys().any(|key| key.as_str() == root)
        };
        let Some(shape) = shape(&rest) else {
            let joined = rest.join("/");
            let near = closest(&joined, SITE_WIDE);
            let diagnostic = Diagnostic::error(
                codes::NOT_ATTESTABLE,
                format!(
                    "`{}` is not an address that a person attests",
                    crate::diagnostic::short(text)
                ),
            )
            .at(place);
            cx.report(match near {
                Some(near) => diagnostic.hint(format!("did you mean `{root}/{near}`?")),
                None => diagnostic.hint("plans show the address of each manual step"),
            });
            continue;
        };
        if !known
            && !atlassian
            && let Ok(key) = SiteKey::new(root)
        {
            cx.report(undeclared_site(workspace, &key, address.span));
            continue;
        }
        if !known {
            cx.report(
                Diagnostic::error(codes::NOT_DECLARED, format!("`{root}` is not declared"))
                    .at(place),
            );
            continue;
        }
        if let Some(expected) = mismatch(&shape, &attestation.value) {
            cx.report(
                Diagnostic::error(
                    codes::WRONG_TYPE,
                    format!("`{}` is not a value of `{text}`", attestation.value),
                )
                .at(attestation.span)
                .hint(format!("write {expected}")),
            );
        }
    }
}

/// Returns what is expected where the value is something else.
fn mismatch(shape: &Shape, value: &Value) -> Option<String> {
    let domains = |value: &Value| {
        let items = value.as_array()?;
        items
            .iter()
            .all(|item| {
                item.as_str()
                    .is_some_and(|d| crate::model::Domain::new(d).is_ok())
            })
            .then_some(())
    };
    match shape {
        Shape::Toggle => (!value.is_boolean()).then(|| "`true` or `false`".into()),
        Shape::Words(words) => {
            let fits = value.as_str().is_some_and(|word| words.contains(&word));
            (!fits).then(|| format!("one of {}", listed(words.iter().copied())))
        }
        Shape::Login => {
            let fits = value.as_object().is_some_and(|object| {
                !object.is_empty()
                    && object.iter().all(|(key, value)| {
                        matches!(key.as_str(), "password" | "sso") && value.is_boolean()
                    })
            });
            (!fits).then(|| "`{ password: true, sso: false }`".into())
        }
        Shape::AllowedDomains => {
            let fits = value.as_str() == Some("any") || domains(value).is_some();
            (!fits).then(|| "`any` or a list of domains".into())
        }
        Shape::Domains => domains(value).is_none().then(|| "a list of domains".into()),
    }
}
