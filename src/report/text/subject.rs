//! What an address stands for, in people's words.

use crate::neutral::neutral;
use percent_encoding::percent_decode_str;

/// What an address stands for, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subject {
    /// The thing, such as `member ana@globex.example`.
    pub(super) label: String,
    /// What it belongs to, such as `organization Globex`.
    pub(super) parent: String,
    /// Sorts parents: the site first, then accounts, organizations, projects.
    pub(super) rank: u8,
}

impl Subject {
    /// Reads an address (contract, section 7); an unknown shape is shown as it is.
    pub(super) fn of(address: &str) -> Self {
        let parts: Vec<String> = address
            .split('/')
            .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
            .collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let root = parts.first().copied().unwrap_or("");
        let (rank, parent, label) = match parts.get(1..).unwrap_or(&[]) {
            ["customer-access", name] => (0, "site settings".into(), toggle(name).to_owned()),
            ["setting", name] => (0, "site settings".into(), setting(name)),
            ["allowed-domain", "any"] => (0, "site settings".into(), "any external domain".into()),
            ["allowed-domain", domain] => (
                0,
                "site settings".into(),
                format!("allowed domain {domain}"),
            ),
            ["approved-domain", "ANYONE"] => {
                (1, "approved domains".into(), "any-domain rule".into())
            }
            ["approved-domain", domain] => (
                1,
                "approved domains".into(),
                format!("approved domain {domain}"),
            ),
            ["account", who] => (2, "accounts".into(), format!("account {who}")),
            ["organization", name] => {
                (3, format!("organization {name}"), "the organization".into())
            }
            ["organization", name, kind, what] => {
                let kind = if *kind == "email-domain" {
                    "e-mail domain"
                } else {
                    kind
                };
                (3, format!("organization {name}"), format!("{kind} {what}"))
            }
            ["project", key, "access"] => (4, format!("project {key}"), "channel access".into()),
            ["project", key, "sharing"] => (4, format!("project {key}"), "customer sharing".into()),
            ["project", key] => (4, format!("project {key}"), "the project".into()),
            ["project", key, kind, what] => {
                let kind = if *kind == "knowledge-base" {
                    "space"
                } else {
                    kind
                };
                (4, format!("project {key}"), format!("{kind} {what}"))
            }
            _ => (5, root.to_owned(), address.to_owned()),
        };
        Self {
            label: neutral(&label).into_owned(),
            parent: neutral(&parent).into_owned(),
            rank,
        }
    }
}

impl Subject {
    /// Says whether it is the site's own, so that naming what it belongs to adds nothing.
    pub(super) const fn is_of_the_site(&self) -> bool {
        self.rank < 3
    }
}

fn toggle(name: &str) -> &str {
    match name {
        "internal" => "internal Atlassian accounts",
        "external" => "external: portal-only accounts",
        "customers-can-create-accounts" => "customers can create accounts",
        "view-without-login" => "view without login",
        other => other,
    }
}

fn setting(name: &str) -> String {
    match name {
        "email-cc-creates-accounts" => "e-mail: To and Cc create accounts".into(),
        "portal-only-login" => "portal-only login".into(),
        "knowledge-base-all-logged-in" => "articles for all logged-in users".into(),
        "knowledge-base-anyone" => "articles for anyone".into(),
        other => other.replace('-', " "),
    }
}

/// Returns the first part of an address: a site or an Atlassian organization.
pub(super) fn root(address: &str) -> &str {
    address.split('/').next().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_address_has_words() {
        for (address, label, parent) in [
            (
                "acme/customer-access/view-without-login",
                "view without login",
                "site settings",
            ),
            (
                "acme/allowed-domain/any",
                "any external domain",
                "site settings",
            ),
            (
                "acme/setting/organization-management",
                "organization management",
                "site settings",
            ),
            (
                "acme-corp/approved-domain/ANYONE",
                "any-domain rule",
                "approved domains",
            ),
            ("acme/account/a@b.de", "account a@b.de", "accounts"),
            (
                "acme/organization/A%2FB",
                "the organization",
                "organization A/B",
            ),
            (
                "acme/organization/G/member/id:qm:1",
                "member id:qm:1",
                "organization G",
            ),
            (
                "acme/organization/G/email-domain/g.de",
                "e-mail domain g.de",
                "organization G",
            ),
            ("acme/project/HR/access", "channel access", "project HR"),
            (
                "acme/project/HR/knowledge-base/KB",
                "space KB",
                "project HR",
            ),
            (
                "acme/project/HR/customer/a@b.de",
                "customer a@b.de",
                "project HR",
            ),
            ("acme/tomorrow/x/y/z", "acme/tomorrow/x/y/z", "acme"),
            ("", "", ""),
        ] {
            let subject = Subject::of(address);
            assert_eq!(
                (subject.label.as_str(), subject.parent.as_str()),
                (label, parent),
                "{address}"
            );
        }
    }
}
