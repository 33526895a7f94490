//! Which account a new address gets: the decision tables R3 to R5 and the auto-join A2 of the access model.
//!
//! Written from those tables alone, so that the engine that explains access is tested against a second reading of them. Where
//! they say "uncertain", this sandbox has to choose: an any-domain rule that grants the customer role with approval lets
//! nobody in by itself (Q5), one that grants the user role without approval does, and the new account is an agent.

use super::accounts::{AccountState, Handle, NewAccount, Role};
use super::audit::Event;
use super::doors::USERS;
use super::settings::{ANYONE, CUSTOMER_ROLE, MEMBER_ROLE, ProductAccess};
use super::site::Site;
use crate::access::is_public_mail;
use crate::model::{AccountId, Domain, Email};

/// What a new address gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// An Atlassian account with this JSM role.
    Atlassian(Role),
    /// A portal-only account.
    PortalOnly,
    /// No account.
    Rejected,
}

impl Site {
    /// Decides what a new address gets when staff bring it in.
    pub(super) fn admission(&self, email: &Email) -> Admission {
        let settings = &self.settings;
        if settings.atlassian_accounts {
            // Staff bring people in as customers, whatever role the domain would give to those who come by themselves.
            if self.jsm_grant(email.domain()).is_some() {
                return Admission::Atlassian(Role::Customer);
            }
            if let Some(role) = self.any_domain_role(email.domain()) {
                return Admission::Atlassian(role);
            }
        }
        let listed = !settings.restrict_domains
            || Domain::new(email.domain()).is_ok_and(|d| settings.allowed_domains.contains(&d));
        if settings.portal_only_accounts && listed {
            Admission::PortalOnly
        } else {
            Admission::Rejected
        }
    }

    /// Makes the account that a new address gets, and lets it join the organizations that claim its domain.
    pub(super) fn admit(
        &mut self,
        email: Email,
        name: &str,
        admission: Admission,
    ) -> Option<Handle> {
        let base = match admission {
            Admission::Rejected => return None,
            Admission::PortalOnly => NewAccount::portal_only(email),
            Admission::Atlassian(role) => NewAccount::atlassian(email, role),
        };
        let state = match self.verification_by_hand {
            true => AccountState::Unverified,
            false => AccountState::Active,
        };
        let id: AccountId = self.add_account(NewAccount {
            name: Some(name.to_owned()),
            state,
            ..base
        });
        let handle = self.accounts.handle(&id.text())?;
        let item = self.account_item(&id.text());
        self.note(Event::site(USERS, "User created", item));
        self.join_by_domain(handle);
        Some(handle)
    }

    /// A2: an account that becomes a customer joins the organizations that claim its domain.
    pub(super) fn join_by_domain(&mut self, handle: Handle) {
        let Some(domain) = self
            .accounts
            .get(handle)
            .and_then(|account| Email::new(&account.email).ok())
            .and_then(|email| Domain::new(email.domain()).ok())
        else {
            return;
        };
        for organization in self.organizations.values_mut() {
            if organization.email_domains.contains(&domain) && !organization.scim_managed {
                organization.members.insert(vec![handle], &self.accounts);
            }
        }
    }

    /// Returns what the approved domain, or `ANYONE`, grants for JSM on this site.
    fn jsm_grant(&self, domain: &str) -> Option<&ProductAccess> {
        self.approved_domains
            .get(domain)?
            .products
            .get(&self.jsm_product())
            .filter(|grant| grant.role == CUSTOMER_ROLE || grant.role == MEMBER_ROLE)
    }

    fn any_domain_role(&self, domain: &str) -> Option<Role> {
        // The list of providers is data, and shared with the engine; the rule that uses it is not.
        if is_public_mail(domain) {
            return None;
        }
        let grant = self.jsm_grant(ANYONE)?;
        match (grant.role == CUSTOMER_ROLE, grant.admin_approval_required) {
            (true, false) => Some(Role::Customer),
            (false, false) => Some(Role::User),
            (_, true) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::AccountKind;

    fn kind_of(admission: Admission) -> Option<AccountKind> {
        match admission {
            Admission::Atlassian(_) => Some(AccountKind::Atlassian),
            Admission::PortalOnly => Some(AccountKind::PortalOnly),
            Admission::Rejected => None,
        }
    }

    /// The domains of the four columns of R3: approved, both, listed, neither.
    const COLUMNS: [&str; 4] = ["p.example", "b.example", "x.example", "o.example"];

    /// Gives a row for the switches I, E, R and the any-domain rule.
    fn row([internal, external, restricted, any_domain]: [bool; 4]) -> [Option<AccountKind>; 4] {
        let mut site = Site::empty("acme");
        site.settings.atlassian_accounts = internal;
        site.settings.portal_only_accounts = external;
        site.settings.restrict_domains = restricted;
        site.settings.allowed_domains = ["b.example", "x.example"]
            .map(|d| Domain::new(d).unwrap())
            .into();
        site.approve_domain("p.example", Role::Customer, true);
        site.approve_domain("b.example", Role::User, false);
        if any_domain {
            site.approve_domain(ANYONE, Role::Customer, false);
        }
        COLUMNS.map(|d| kind_of(site.admission(&Email::new(&format!("a@{d}")).unwrap())))
    }

    #[test]
    fn r3_every_row() {
        let (a, p, no) = (
            Some(AccountKind::Atlassian),
            Some(AccountKind::PortalOnly),
            None,
        );
        assert_eq!(row([false, false, false, false]), [no, no, no, no]);
        assert_eq!(row([false, true, false, false]), [p, p, p, p]);
        assert_eq!(row([false, true, true, false]), [no, p, p, no]);
        assert_eq!(row([true, false, false, false]), [a, a, no, no]);
        assert_eq!(row([true, false, false, true]), [a, a, a, a]);
        assert_eq!(row([true, true, false, false]), [a, a, p, p]);
        assert_eq!(row([true, true, true, false]), [a, a, p, no]);
        assert_eq!(row([true, true, true, true]), [a, a, a, a]);
        assert_eq!(row([false, true, false, true]), [p, p, p, p]);
    }

    #[test]
    fn r5_passes_public_mail_by_and_does_not_fire_behind_an_approval() {
        let mut site = Site::empty("acme");
        site.settings.atlassian_accounts = true;
        site.settings.portal_only_accounts = true;
        site.approve_domain(ANYONE, Role::Customer, false);
        let at = |site: &Site, text: &str| site.admission(&Email::new(text).unwrap());
        assert_eq!(at(&site, "a@gmail.com"), Admission::PortalOnly);
        assert_eq!(
            at(&site, "a@x.example"),
            Admission::Atlassian(Role::Customer)
        );
        site.approve_domain(ANYONE, Role::User, true);
        assert_eq!(at(&site, "a@x.example"), Admission::PortalOnly);
        site.approve_domain(ANYONE, Role::User, false);
        assert_eq!(at(&site, "a@x.example"), Admission::Atlassian(Role::User));
    }

    #[test]
    fn r3_4_a_domain_approved_for_other_products_only_is_not_approved_here() {
        let mut site = Site::empty("acme");
        site.settings.atlassian_accounts = true;
        site.settings.portal_only_accounts = false;
        site.approved_domains
            .entry("p.example".into())
            .or_default()
            .products
            .insert(
                "ari:cloud:confluence::site/x".into(),
                ProductAccess {
                    role: MEMBER_ROLE.into(),
                    admin_approval_required: false,
                },
            );
        let email = Email::new("a@p.example").unwrap();
        assert_eq!(site.admission(&email), Admission::Rejected);
    }
}
