//! What an address stands for, in people's words.

use crate::neutral::phrase::Phrase;
use percent_encoding::percent_decode_str;

/// What an address stands for, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subject {
    /// The thing, such as `member ana@globex.example`.
    pub(super) what: Phrase,
    /// What it belongs to, such as organization `Globex`.
    pub(super) of: Phrase,
    /// The plural of what it is; `itself` for what others belong to.
    pub(super) kind: &'static str,
    /// Sorts what things belong to: the site first, then accounts, organizations, projects.
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
        match parts.get(1..).unwrap_or(&[]) {
            ["customer-access" | "setting", name] => of_site(setting(name), "settings"),
            ["allowed-domain", "any"] => of_site(Phrase::of("any external domain"), "settings"),
            ["allowed-domain", domain] => {
                of_site(Phrase::of("allowed domain ").key(domain), "allowed domains")
            }
            ["approved-domain", domain] => Self {
                what: match *domain {
                    "ANYONE" => Phrase::of("any-domain rule"),
                    domain => Phrase::of("approved domain ").key(domain),
                },
                of: Phrase::of("approved domains"),
                kind: "rules",
                rank: 1,
            },
            ["approved-domain"] => Self {
                what: Phrase::of("approved domains of ").key(root(address)),
                of: Phrase::of("approved domains"),
                kind: "rules",
                rank: 1,
            },
            // A finding about the site as a whole.
            [] if !address.is_empty() => {
                of_site(Phrase::of("site ").key(root(address)), "settings")
            }
            ["account", who, rest @ ..] => Self {
                what: match rest {
                    [] => Phrase::of("account ").key(who),
                    _ => Phrase::of("role of account ").key(who),
                },
                of: Phrase::of("accounts"),
                kind: "accounts",
                rank: 2,
            },
            ["expectation", name] => of_site(Phrase::of("expectation ").name(name), "expectations"),
            ["organization", name, rest @ ..] => of_organization(name, rest),
            ["project", key, rest @ ..] => of_project(key, rest),
            _ => Self {
                what: Phrase::default().key(address),
                of: Phrase::default().key(root(address)),
                kind: "others",
                rank: 5,
            },
        }
    }

    /// Says whether it is the site's own, so that naming what it belongs to adds nothing.
    pub(super) const fn is_of_the_site(&self) -> bool {
        self.rank < 3
    }

    /// Returns how people call it, such as `member ana@globex.example of organization Globex`.
    pub(super) fn whole(self) -> Phrase {
        if self.kind == "itself" {
            self.of
        } else if self.is_of_the_site() {
            self.what
        } else {
            self.what.word(" of ").then(&self.of)
        }
    }
}

/// Returns how people call what an address stands for; with its site where a plan is about several.
pub(super) fn spoken(address: &str, many: bool) -> Phrase {
    let whole = Subject::of(address).whole();
    match many {
        true => whole.word(" on ").key(root(address)),
        false => whole,
    }
}

fn of_site(what: Phrase, kind: &'static str) -> Subject {
    Subject {
        what,
        of: Phrase::of("site settings"),
        kind,
        rank: 0,
    }
}

fn of_organization(name: &str, rest: &[&str]) -> Subject {
    let (what, kind) = match rest {
        [] => (Phrase::of("the organization"), "itself"),
        ["member", who] => (Phrase::of("member ").key(who), "members"),
        ["email-domain"] => (Phrase::of("e-mail domains"), "e-mail domains"),
        ["email-domain", domain] => (Phrase::of("e-mail domain ").key(domain), "e-mail domains"),
        other => (Phrase::default().name(&other.join("/")), "others"),
    };
    Subject {
        what,
        of: Phrase::of("organization ").name(name),
        kind,
        rank: 3,
    }
}

fn of_project(key: &str, rest: &[&str]) -> Subject {
    let (what, kind) = match rest {
        [] => (Phrase::of("the project"), "itself"),
        ["access"] => (Phrase::of("channel access"), "settings"),
        ["sharing"] => (Phrase::of("customer sharing"), "settings"),
        ["organization", name] => (Phrase::of("organization ").name(name), "organizations"),
        ["customer", who] => (Phrase::of("customer ").key(who), "customers"),
        ["customer-group", name] => (Phrase::of("customer group ").name(name), "customer groups"),
        ["knowledge-base", space] => (Phrase::of("space ").key(space), "spaces"),
        other => (Phrase::default().name(&other.join("/")), "others"),
    };
    Subject {
        what,
        of: Phrase::of("project ").key(key),
        kind,
        rank: 4,
    }
}

fn setting(name: &str) -> Phrase {
    Phrase::of(match name {
        "internal" => "internal Atlassian accounts",
        "external" => "external: portal-only accounts",
        "customers-can-create-accounts" => "customers can create accounts",
        "view-without-login" => "view without login",
        "email-cc-creates-accounts" => "e-mail: To and Cc create accounts",
        "organization-management" => "organization management",
        "portal-only-login" => "portal-only login",
        "knowledge-base-all-logged-in" => "articles for all logged-in users",
        "knowledge-base-anyone" => "articles for anyone",
        other => return Phrase::default().name(&other.replace('-', " ")),
    })
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
        for (address, what, of) in [
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
                "organization `A/B`",
            ),
            (
                "acme/organization/G/member/id:qm:1",
                "member id:qm:1",
                "organization `G`",
            ),
            (
                "acme/organization/G/email-domain/g.de",
                "e-mail domain g.de",
                "organization `G`",
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
            (
                "acme/expectation/HR is for staff",
                "expectation `HR is for staff`",
                "site settings",
            ),
            (
                "acme-corp/approved-domain",
                "approved domains of acme-corp",
                "approved domains",
            ),
            ("acme", "site acme", "site settings"),
            ("acme/tomorrow/x/y/z", "acme/tomorrow/x/y/z", "acme"),
            ("", "``", "``"),
            (
                "acme/project/HR/customer-group/hr-staff",
                "customer group `hr-staff`",
                "project HR",
            ),
        ] {
            let subject = Subject::of(address);
            assert_eq!(
                (subject.what.to_string(), subject.of.to_string()),
                (what.to_owned(), of.to_owned()),
                "{address}"
            );
        }
    }
}
