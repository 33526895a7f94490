//! What only a person can do: where to click, with which role, and the value to reach.

use crate::model::Address;
use serde_json::Value;

/// A step that only a person can do.
#[derive(Debug, Clone, PartialEq)]
pub struct ManualStep {
    /// The addresses that it settles.
    pub addresses: Vec<Address>,
    /// What to do, in one line.
    pub title: String,
    /// Where to click, outermost first.
    pub click_path: Vec<String>,
    /// A link to the page, where one is known.
    pub link: Option<String>,
    /// Who can do it.
    pub role: String,
    /// The present value, as far as known.
    pub present: Value,
    /// The value it should have.
    pub expected: Value,
    /// The command that records that a person checked it, where attesting helps.
    pub attest: Option<String>,
}
/// TEMP
#[derive(Debug, Clone, PartialEq)]
pub enum ManualSubject {
    SiteField(crate::model::SiteField),
    AllowedDomains,
    ApprovedDomain(crate::model::Domain),
    AnyDomain,
    EmailDomains(crate::model::OrganizationName),
    Rename {
        from: String,
        to: crate::model::OrganizationName,
    },
    ChannelAccess(crate::model::ProjectKey),
    CustomerSharing(crate::model::ProjectKey),
    KnowledgeBase(crate::model::ProjectKey, crate::model::SpaceKey),
    InviteInternal(Vec<crate::model::Email>),
    MigrateAccounts(Vec<crate::model::Email>),
}
pub fn step(
    site: &crate::config::Site,
    subject: &ManualSubject,
    addresses: Vec<Address>,
    present: Value,
    expected: Value,
) -> ManualStep {
    ManualStep {
        addresses,
        title: format!("{subject:?} {}", site.key),
        click_path: vec![],
        link: None,
        role: String::new(),
        present,
        expected,
        attest: None,
    }
}
