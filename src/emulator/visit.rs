//! What a person at the door finds: the ways to an account (R2), and whether a portal shows itself (4.2).
//!
//! Written from the tables alone, as `gatekeeping` is. Where they leave a cell open, this sandbox chooses, and says so at the
//! function.

use super::accounts::{Account, Role};
use super::gatekeeping::Admission;
use super::settings::{ANYONE, CUSTOMER_ROLE, MEMBER_ROLE};
use super::site::Site;
use crate::model::{AccountId, AccountKind, Email, ProjectKey};

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
    ///
    /// A permission scheme can show a restricted portal to customers (V7), and make an open project act restricted (V8b).
    /// Agents see every portal, as the two built-in ones do. Atlassian accounts without a role see what people without login see
    /// (Q4).
    pub fn shows_portal(&self, key: &ProjectKey, caller: Caller<'_>) -> bool {
        let Some(project) = self.projects.get(key) else {
            return false;
        };
        let open = self.acts_open(project);
        let to_anybody =
            open && self.settings.customers_can_create_accounts && self.settings.view_without_login;
        let Caller::Account(id) = caller else {
            return to_anybody;
        };
        let (Some(account), Some(handle)) = (self.account(id), self.accounts.handle(id.as_str()))
        else {
            return to_anybody;
        };
        if account.state.is_active() && self.scheme_makes_customer(project, account) {
            return true;
        }
        if !is_customer(account) {
            return to_anybody;
        }
        let of_an_organization = || {
            project.organizations.iter().any(|number| {
                self.organizations
                    .get(number)
                    .is_some_and(|organization| organization.members.as_slice().contains(&handle))
            })
        };
        open || account.is_agent()
            || project.roster.as_slice().contains(&handle)
            || of_an_organization()
            || self.scheme_lets_in(project, account)
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

/// Says whether an account is one that customers use: in use, and if it is an Atlassian one, with a role.
fn is_customer(account: &Account) -> bool {
    account.state.is_active()
        && (account.kind == AccountKind::PortalOnly || account.role != Role::None)
}
