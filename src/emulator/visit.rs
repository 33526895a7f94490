//! What a person at the door finds: the ways to an account (R2), and whether a portal shows itself (4.2).
//!
//! Written from the tables alone, as `gatekeeping` is. Where they leave a cell open, this sandbox chooses, and says so at the
//! function.

use super::gatekeeping::Admission;
use super::settings::{ANYONE, CUSTOMER_ROLE, MEMBER_ROLE};
use super::site::Site;
use crate::model::{AccountId, Email, ProjectKey};
use std::fmt;

/// A way to an account for a new address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door<'p> {
    /// G1: the sign-up link of a help center.
    SignUp,
    /// G2: the form of a portal, without login.
    PortalForm(&'p ProjectKey),
    /// G3: an e-mail to a project.
    Email(&'p ProjectKey),
    /// G6 to G9: an agent, an administrator, or `POST /customer`.
    Staff,
}

/// What becomes of a new address at a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// An Atlassian account.
    Atlassian,
    /// A portal-only account.
    PortalOnly,
    /// An administrator has to approve first.
    PendingApproval,
    /// No account.
    Rejected,
}

/// Who stands before a portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller<'a> {
    /// Somebody without login.
    Anonymous,
    /// Somebody with an account.
    Account(&'a AccountId),
}

/// What a visitor finds at a portal: shown by this, or not shown because of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight<'s> {
    /// Shown without login.
    Anybody,
    /// Shown to every customer of the site.
    Open,
    /// Shown to an agent.
    Agent,
    /// Shown to an actor of the project role of customers.
    Customer,
    /// Shown to a member of this organization.
    Organization(&'s str),
    /// Shown to a member of this group, which is in the project role of customers.
    Group(&'s str),
    /// Shown to whom Browse Projects names (V7).
    Permission,
    /// Shown by a leak of the scheme, or to somebody of the project's staff.
    Scheme,
    /// There is no such project.
    NoPortal,
    /// Not shown without login.
    NoLogin,
    /// Not shown: the account was revoked, suspended or deactivated.
    OutOfUse,
    /// Not shown: an Atlassian account without a role.
    NoRole,
    /// Not shown: on the list of customers for the record only.
    ForTheRecord,
    /// Not shown: on no list of the project.
    Restricted,
}

impl Sight<'_> {
    /// Says whether the portal shows itself.
    pub(super) const fn shown(self) -> bool {
        matches!(
            self,
            Self::Anybody
                | Self::Open
                | Self::Agent
                | Self::Customer
                | Self::Organization(_)
                | Self::Group(_)
                | Self::Permission
                | Self::Scheme
        )
    }
}

impl Sight<'_> {
    /// Returns the number of the rule that says so; `atlassian` where the visitor has an Atlassian account.
    pub(super) const fn rule(self, atlassian: bool) -> &'static str {
        match self {
            Self::Anybody | Self::Open | Self::NoLogin => "V2",
            Self::Organization(_) => "V10",
            Self::Permission | Self::Scheme => "V7",
            Self::OutOfUse if atlassian => "R1b",
            Self::OutOfUse => "R1g",
            Self::NoRole => "R1e",
            Self::Agent
            | Self::Customer
            | Self::Group(_)
            | Self::ForTheRecord
            | Self::Restricted
            | Self::NoPortal => "V1",
        }
    }
}

impl fmt::Display for Sight<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::Anybody => "open to everybody, without login",
            Self::Open => "open to every customer of the site",
            Self::Agent => "an agent of the site",
            Self::Customer => "in the project role Service Desk Customers",
            Self::Organization(name) => return write!(f, "a member of the organization `{name}`"),
            Self::Group(name) => {
                return write!(
                    f,
                    "in the group `{name}`, which has the project role Service Desk Customers"
                );
            }
            Self::Permission => "named by the permission Browse Projects",
            Self::Scheme => "by the permission scheme, or of the project's staff",
            Self::NoPortal => "there is no such project",
            Self::NoLogin => "nobody sees it without login",
            Self::OutOfUse => "the account is out of use",
            Self::NoRole => "the Atlassian account has no role in Jira Service Management",
            Self::ForTheRecord => "restricted, and in its list of customers for the record only",
            Self::Restricted => "restricted, and on no list of it",
        };
        f.write_str(words)
    }
}

impl Site {
    /// Says what becomes of an address that has no account here.
    ///
    /// An any-domain rule that grants the customer role behind an approval lets nobody in (Q5).
    pub fn knock(&self, email: &Email, door: Door<'_>) -> Entry {
        let settings = &self.settings;
        let creation = settings.customers_can_create_accounts;
        let passes = match door {
            Door::Staff => true,
            Door::SignUp => creation,
            Door::Email(key) => creation && self.is_open(key) && !self.is_shut_to_newcomers(key),
            Door::PortalForm(key) => creation && settings.view_without_login && self.is_open(key),
        };
        if !passes {
            return Entry::Rejected;
        }
        if door != Door::Staff
            && settings.atlassian_accounts
            && let Some((role, approval)) = self.grant_at(email.domain())
        {
            // Whoever comes alone waits where the customer role needs an approval; an agent's role makes a customer at least.
            return match role == CUSTOMER_ROLE && approval {
                true => Entry::PendingApproval,
                false => Entry::Atlassian,
            };
        }
        // Beyond the approved domains, staff and those who come alone fare the same.
        match self.admission(email) {
            Admission::Atlassian(_) => Entry::Atlassian,
            Admission::PortalOnly => Entry::PortalOnly,
            Admission::Rejected => Entry::Rejected,
        }
    }

    /// Says whether a caller sees the portal of a project.
    pub fn shows_portal(&self, key: &ProjectKey, caller: Caller<'_>) -> bool {
        self.sight(key, caller).shown()
    }

    /// Says what a caller finds at the portal of a project, and why.
    ///
    /// A permission scheme can show a restricted portal to customers (V7), and make an open project act restricted (V8b).
    /// Agents see every portal, as the two built-in ones do. Atlassian accounts without a role see what people without login see
    /// (Q4).
    pub(super) fn sight(&self, key: &ProjectKey, caller: Caller<'_>) -> Sight<'_> {
        let Some(project) = self.projects.get(key) else {
            return Sight::NoPortal;
        };
        let open = self.acts_open(project);
        let to_anybody =
            open && self.settings.customers_can_create_accounts && self.settings.view_without_login;
        let as_anybody = |otherwise| match to_anybody {
            true => Sight::Anybody,
            false => otherwise,
        };
        let Caller::Account(id) = caller else {
            return as_anybody(Sight::NoLogin);
        };
        let (Some(account), Some(handle)) = (self.account(id), self.accounts.handle(&id.text()))
        else {
            return as_anybody(Sight::NoLogin);
        };
        if !account.state.is_active() {
            return as_anybody(Sight::OutOfUse);
        }
        if self.scheme_makes_customer(project, account) {
            return Sight::Permission;
        }
        if !self.has_role(account) {
            return as_anybody(Sight::NoRole);
        }
        if self.is_agent(account) {
            return Sight::Agent;
        }
        if open {
            return Sight::Open;
        }
        if project.roster.contains(handle, &self.accounts) {
            return Sight::Customer;
        }
        let organization = project
            .organizations
            .iter()
            .filter_map(|number| self.organizations.get(number))
            .find(|organization| organization.members.contains(handle, &self.accounts));
        if let Some(organization) = organization {
            return Sight::Organization(organization.name());
        }
        if let Some(group) = self.customer_group(project, account) {
            return Sight::Group(group);
        }
        if self.scheme_lets_in(project, account) {
            return Sight::Scheme;
        }
        match project.record.contains(handle, &self.accounts) {
            true => Sight::ForTheRecord,
            false => Sight::Restricted,
        }
    }

    fn is_open(&self, key: &ProjectKey) -> bool {
        self.projects
            .get(key)
            .is_some_and(|project| self.acts_open(project))
    }

    /// V8a: the scheme lacks what portal access needs, so that mail of new senders fails.
    fn is_shut_to_newcomers(&self, key: &ProjectKey) -> bool {
        self.projects
            .get(key)
            .is_some_and(|project| project.permissions.lacks_portal_access())
    }

    /// Returns the JSM role of an approved domain, and whether it needs an approval. The any-domain rule is none.
    fn grant_at(&self, domain: &str) -> Option<(&str, bool)> {
        if domain == ANYONE {
            return None;
        }
        let access = self.approved_domains.get(domain)?;
        let grant = access.products.get(&self.jsm_product())?;
        let grants = [CUSTOMER_ROLE, MEMBER_ROLE].contains(&grant.role.as_str());
        grants.then_some((grant.role.as_str(), grant.admin_approval_required))
    }
}
