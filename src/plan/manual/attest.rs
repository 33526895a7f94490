//! The statement that records that a person saw a value, and the command that makes it.

use super::ManualSubject;
use crate::config::Site;
use crate::config::driver::MappedField;
use crate::model::{Address, SiteField, Surface};
use crate::neutral::shell::quoted;
use crate::plan::surfaces::route;
use serde_json::Value;

/// What a person states who looked.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// What it is about.
    pub address: Address,
    /// The value that it is to have.
    pub value: Value,
}

impl Statement {
    /// Returns the command that records it, in a workspace elsewhere where one is given.
    pub fn command(&self, workspace: Option<&str>) -> String {
        let elsewhere = workspace.map_or_else(String::new, |path| format!("{} ", quoted(path)));
        format!(
            "portcullis attest {elsewhere}{} --value {} --by YOU",
            quoted(self.address.as_str()),
            quoted(&value_text(&self.value))
        )
    }
}

/// Returns the statement for a subject, where no program would read the value back.
///
/// Renames, invitations and migrations show in the next plan by themselves, and an approved domain is read by the Admin
/// API. So is the any-domain rule where an organization key is at hand; a statement helps while its value is not known.
pub(super) fn statement(
    site: &Site,
    subject: &ManualSubject,
    addresses: &[Address],
    present: &Value,
    expected: &Value,
) -> Option<Statement> {
    let unread = |field| route(&site.surfaces, field).read == Surface::Manual;
    let unknown = present.is_null();
    let key = site.key.as_str();
    let address = match subject {
        ManualSubject::SiteField(field) => site_address(site, *field, unknown)?,
        ManualSubject::AllowedDomains => site_address(site, SiteField::AllowedDomains, unknown)?,
        ManualSubject::AnyDomain => match &site.atlassian_organization {
            Some(organization) if unknown => {
                Address::new([organization.value.as_str(), "approved-domain", "ANYONE"])
            }
            None if unknown => addresses.first()?.clone(),
            _ => return None,
        },
        // One address per domain, one list on the page: the statement is about the organization's whole list.
        ManualSubject::EmailDomains(name) => {
            if !unread(MappedField::OrganizationEmailDomains) && !unknown {
                return None;
            }
            Address::new([key, "organization", name.as_str(), "email-domain"])
        }
        ManualSubject::ChannelAccess(project) => {
            if !unread(MappedField::ChannelAccess) && !unknown {
                return None;
            }
            Address::new([key, "project", project.as_str(), "access"])
        }
        ManualSubject::CustomerSharing(project) => {
            if !unread(MappedField::CustomerSharing) && !unknown {
                return None;
            }
            Address::new([key, "project", project.as_str(), "sharing"])
        }
        // Here `null` may also mean that the space is not linked, so only the route decides.
        ManualSubject::KnowledgeBase(project, space) => {
            if !unread(MappedField::WhoCanView) {
                return None;
            }
            Address::new([
                key,
                "project",
                project.as_str(),
                "knowledge-base",
                space.as_str(),
            ])
        }
        ManualSubject::ApprovedDomain(_)
        | ManualSubject::Rename { .. }
        | ManualSubject::InviteInternal(_)
        | ManualSubject::MigrateAccounts(_)
        | ManualSubject::GrantPortalAccess(_)
        | ManualSubject::RevokePortalAccess(_)
        | ManualSubject::SuspendAccount(_)
        | ManualSubject::CustomerRole(..)
        | ManualSubject::LeaveGroups(..) => return None,
    };
    Some(Statement {
        address,
        value: stated(subject, expected).clone(),
    })
}

fn site_address(site: &Site, field: SiteField, unknown: bool) -> Option<Address> {
    let read = route(&site.surfaces, MappedField::Site(field)).read;
    let key = site.key.as_str();
    let address = match (field, field.address_parts()) {
        // The statement is about the whole list, each domain of which has an address of its own in plans.
        (SiteField::AllowedDomains, [group, _]) => Address::new([key, group]),
        (_, [group, name]) => Address::new([key, group, name]),
    };
    (unknown || read == Surface::Manual).then_some(address)
}

/// The part of an expected value that is stated: of the any-domain rule the role, of a space who can view it.
fn stated<'v>(subject: &ManualSubject, expected: &'v Value) -> &'v Value {
    let key = match subject {
        ManualSubject::AnyDomain => "role",
        ManualSubject::KnowledgeBase(..) => "who_can_view",
        _ => return expected,
    };
    expected.get(key).unwrap_or(expected)
}

/// The value as the command takes it: JSON, or a bare word for text that is no JSON by itself.
fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) if serde_json::from_str::<Value>(text).is_err() => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::value_text;
    use serde_json::json;

    #[test]
    fn values_are_json_or_a_bare_word() {
        assert_eq!(value_text(&json!("restricted")), "restricted");
        assert_eq!(value_text(&json!("true")), r#""true""#);
        assert_eq!(value_text(&json!(false)), "false");
        assert_eq!(value_text(&json!(["a.example"])), r#"["a.example"]"#);
    }
}
