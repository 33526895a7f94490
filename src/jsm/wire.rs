//! The bodies of Atlassian's APIs as far as the client needs them: lenient on what is not needed, strict on what is.

use super::paging::Row;
use super::types::{Account, Organization, RestrictedType, ServiceDesk};
use crate::model::{AccountId, AccountKind, DeskId, OrganizationId};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Encodes text as one segment of a path. A segment of dots only is encoded too, since clients resolve it away.
pub(super) fn segment(text: &str) -> String {
    if !text.is_empty() && text.bytes().all(|b| b == b'.') {
        // Encoded dots are resolved like plain ones; a character that no id holds makes the name harmless.
        return format!("{}%00", "%2E".repeat(text.len()));
    }
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// Reads a text that must hold something: no id is empty.
///
/// # Errors
/// When it is empty.
pub(super) fn filled<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    match text.is_empty() {
        false => Ok(text),
        true => Err(serde::de::Error::custom("an id is empty")),
    }
}

/// A token that a service account was given.
#[derive(Deserialize)]
pub(super) struct Token {
    pub(super) access_token: String,
    /// In seconds.
    pub(super) expires_in: u64,
}

#[derive(Deserialize)]
pub(super) struct TenantInfo {
    #[serde(rename = "cloudId", deserialize_with = "filled")]
    pub(super) cloud_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Server {
    pub(super) version: Option<String>,
    pub(super) server_time: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JsmPage<T> {
    pub(super) size: Option<u64>,
    pub(super) is_last_page: bool,
    pub(super) values: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JiraPage<T> {
    pub(super) is_last: Option<bool>,
    pub(super) total: Option<u64>,
    pub(super) values: Vec<T>,
}

#[derive(Deserialize)]
pub(super) struct NextLinks {
    pub(super) next: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct CursorPage<T> {
    pub(super) data: Vec<T>,
    pub(super) links: Option<NextLinks>,
}

#[derive(Deserialize)]
pub(super) struct ResultsPage<T> {
    pub(super) results: Vec<T>,
    #[serde(rename = "_links")]
    pub(super) links: Option<NextLinks>,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(super) struct Desk {
    #[serde(deserialize_with = "filled")]
    id: String,
    project_id: String,
    #[serde(deserialize_with = "filled")]
    project_key: String,
    #[serde(default)]
    project_name: String,
}

impl Row for Desk {
    fn id(&self) -> &str {
        &self.id
    }

    fn agrees(&self, other: &Self) -> bool {
        self == other
    }
}

impl From<Desk> for ServiceDesk {
    fn from(desk: Desk) -> Self {
        Self {
            id: DeskId::new(desk.id),
            project_id: desk.project_id,
            key: desk.project_key,
            name: desk.project_name,
        }
    }
}

#[derive(Deserialize, Clone, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(super) struct Org {
    #[serde(deserialize_with = "filled")]
    id: String,
    name: String,
    scim_managed: Option<bool>,
}

impl Row for Org {
    fn id(&self) -> &str {
        &self.id
    }

    fn agrees(&self, other: &Self) -> bool {
        self == other
    }
}

impl From<Org> for Organization {
    fn from(org: Org) -> Self {
        Self {
            id: OrganizationId::new(org.id),
            name: org.name,
            scim_managed: org.scim_managed.unwrap_or(false),
        }
    }
}

/// A user of Jira Service Management or of Jira; only the latter has `accountType`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    #[serde(deserialize_with = "filled")]
    account_id: String,
    email_address: Option<String>,
    display_name: Option<String>,
    active: Option<bool>,
    account_type: Option<String>,
}

impl Row for User {
    fn id(&self) -> &str {
        &self.account_id
    }

    /// One account has one address; its name and state may change while a list is read.
    fn agrees(&self, other: &Self) -> bool {
        self.email_address == other.email_address
    }
}

impl From<User> for Account {
    fn from(user: User) -> Self {
        let kind = match user.account_type.as_deref() {
            Some("atlassian") => Some(AccountKind::Atlassian),
            Some("customer") => Some(AccountKind::PortalOnly),
            _ => None,
        };
        Self {
            account_id: AccountId::new(user.account_id),
            email: user.email_address.filter(|email| !email.is_empty()),
            display_name: user.display_name.unwrap_or_default(),
            active: user.active.unwrap_or(true),
            kind,
            app: user.account_type.as_deref() == Some("app"),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Permissions {
    pub(super) permissions: std::collections::BTreeMap<String, Permission>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Permission {
    pub(super) have_permission: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserRoles {
    pub(super) application_roles: Option<RoleItems>,
}

#[derive(Deserialize)]
pub(super) struct RoleItems {
    pub(super) items: Option<Vec<Role>>,
}

#[derive(Deserialize)]
pub(super) struct Role {
    pub(super) key: String,
}

#[derive(Deserialize)]
pub(super) struct Space {
    #[serde(deserialize_with = "filled")]
    pub(super) id: String,
    pub(super) key: String,
}

impl Row for Space {
    fn id(&self) -> &str {
        &self.id
    }

    fn agrees(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestType {
    #[serde(deserialize_with = "filled")]
    id: String,
    name: Option<String>,
    #[serde(deserialize_with = "filled")]
    service_desk_id: String,
    restriction_status: Option<String>,
}

impl RequestType {
    pub(super) fn is_restricted(&self) -> bool {
        self.restriction_status.as_deref() == Some("RESTRICTED")
    }
}

impl Row for RequestType {
    fn id(&self) -> &str {
        &self.id
    }

    fn agrees(&self, other: &Self) -> bool {
        self == other
    }
}

impl From<RequestType> for RestrictedType {
    fn from(kind: RequestType) -> Self {
        Self {
            desk: DeskId::new(kind.service_desk_id),
            name: kind.name.unwrap_or(kind.id),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct PropertyValue {
    pub(super) value: Value,
}

#[derive(Deserialize)]
pub(super) struct DomainRow {
    pub(super) domain: String,
}

impl Row for DomainRow {
    fn id(&self) -> &str {
        &self.domain
    }

    fn agrees(&self, _: &Self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::segment;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_is_one_segment_and_comes_back(text in "\\PC{1,20}") {
            let base = url::Url::parse("http://h/a/").unwrap();
            let whole = base.join(&format!("/a/{}/b", segment(&text))).unwrap();
            let segments: Vec<_> = whole.path_segments().unwrap().collect();
            prop_assert_eq!(segments.len(), 3);
            let back = percent_encoding::percent_decode_str(segments[1]).decode_utf8().unwrap();
            prop_assert_eq!(back.trim_end_matches('\0'), text.as_str());
        }
    }

    #[test]
    fn segments_cannot_leave_their_place() {
        assert_eq!(segment("qm:a-1:b/c?d#e%"), "qm%3Aa-1%3Ab%2Fc%3Fd%23e%25");
        assert_eq!(segment(".."), "%2E%2E%00");
        assert_eq!(segment("acme.com"), "acme.com");
    }
}
