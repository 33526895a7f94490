//! The settings of a site that no public API reaches, with the defaults of a seed that leaves them out.

use super::accounts::Role;
use crate::model::{Domain, EmailAccountCreation, OrganizationManagement};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A toggle with a name of its own, so that a list of toggles cannot be mixed up.
pub type Toggle = bool;

/// The site's settings, in the words of section 2 of the access model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteSettings {
    /// I: Atlassian accounts for internal customers.
    pub atlassian_accounts: Toggle,
    /// E: portal-only accounts for external customers.
    pub portal_only_accounts: Toggle,
    /// R: portal-only accounts only for the allowed domains.
    pub restrict_domains: Toggle,
    /// L: the allowed domains, which the page keeps while R is off.
    pub allowed_domains: BTreeSet<Domain>,
    /// C: customers can create their own accounts.
    pub customers_can_create_accounts: Toggle,
    /// N: help centers can be viewed without login.
    pub view_without_login: Toggle,
    /// Whose To and Cc addresses become accounts.
    pub email_account_creation: EmailAccountCreation,
    /// Who manages customer organizations.
    pub organization_management: OrganizationManagement,
    /// Portal-only customers can log in by password.
    pub portal_only_password: Toggle,
    /// Portal-only customers can log in by SSO.
    pub portal_only_sso: Toggle,
    /// K5: knowledge bases for all logged-in users are allowed.
    pub kb_allow_all_logged_in: Toggle,
    /// K1: knowledge bases for anyone are allowed.
    pub kb_allow_anyone: Toggle,
}

impl Default for SiteSettings {
    /// Knowledge-base toggles and password login as documented, portal-only accounts for any domain, since lists of people are
    /// no use without, and the rest off.
    fn default() -> Self {
        Self {
            atlassian_accounts: false,
            portal_only_accounts: true,
            restrict_domains: false,
            allowed_domains: BTreeSet::new(),
            customers_can_create_accounts: false,
            view_without_login: false,
            email_account_creation: EmailAccountCreation::AgentsAlways,
            organization_management: OrganizationManagement::Agents,
            portal_only_password: true,
            portal_only_sso: false,
            kb_allow_all_logged_in: true,
            kb_allow_anyone: false,
        }
    }
}

/// The Confluence plan of the site; `anyone` as a knowledge-base audience needs a paid one (K2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfluencePlan {
    /// Free.
    Free,
    /// Standard.
    Standard,
    /// Premium.
    Premium,
    /// Enterprise.
    Enterprise,
}

/// What the Atlassian organization grants to a domain.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DomainAccess {
    /// Whether organization administrators are told.
    pub admin_notifications: bool,
    /// The grants, by product ARI.
    pub products: BTreeMap<String, ProductAccess>,
}

/// What a domain grants for one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductAccess {
    /// The ARI of the role.
    pub role: String,
    /// Whether an administrator has to approve each person.
    pub admin_approval_required: bool,
}

/// Returns what a domain grants by a JSM role; nothing by none.
pub(super) fn granted(role: Role, admin_approval_required: Toggle) -> Option<ProductAccess> {
    let role = match role {
        Role::None => return None,
        Role::Customer => CUSTOMER_ROLE,
        Role::User | Role::Admin => MEMBER_ROLE,
    };
    Some(ProductAccess {
        role: role.to_owned(),
        admin_approval_required,
    })
}

/// The role ARI that stands for a JSM customer in this sandbox. Atlassian documents none.
pub const CUSTOMER_ROLE: &str = "ari:cloud:jira-servicedesk::role/product/customer";

/// The role ARI that stands for a JSM agent in this sandbox.
pub const MEMBER_ROLE: &str = "ari:cloud:jira-servicedesk::role/product/member";

/// The pseudo-domain of everybody.
pub const ANYONE: &str = "ANYONE";
