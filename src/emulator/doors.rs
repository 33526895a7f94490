//! Going through a door: what an address gets there (R1 to R4), what it joins (A2), and what is made of it.
//!
//! Looking and going are one judgement: [`Site::look`] says what [`Site::enter`] then does. Written from the tables alone, as
//! `gatekeeping` and `visit` are. Addresses are verified at once (R6), the mail is counted and nobody has to open it, unless the
//! site has people verify by hand.

use super::accounts::{Account, AccountState, Handle, Role};
use super::audit::Event;
use super::gatekeeping::Admission;
use super::site::Site;
use super::visit::{Caller, Door, Entry};
use crate::model::{AccountId, AccountKind, Email, OrganizationId, ProjectKey};

/// A way in for somebody who has an address, with the place that it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way<'w> {
    /// G1.
    SignUp,
    /// G2.
    PortalForm(&'w ProjectKey),
    /// G3.
    Email(&'w ProjectKey),
    /// G6.
    AgentInvite(&'w ProjectKey),
    /// G7.
    OrganizationAdd(&'w OrganizationId),
    /// G8, whose answer is that of `POST /rest/servicedeskapi/customer`.
    RestCreate,
}

/// What becomes of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Atlassian,
    PortalOnly,
    PendingApproval,
    Rejected,
    /// There is an account, and it can be used.
    Existing,
    /// There is an account, and it was taken out of use (R1b, R1g).
    Denied,
}

impl Outcome {
    /// Returns the word of the JSON answers.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Atlassian => "atlassian",
            Self::PortalOnly => "portal_only",
            Self::PendingApproval => "pending_approval",
            Self::Rejected => "rejected",
            Self::Existing => "existing",
            Self::Denied => "denied",
        }
    }
}

/// What somebody finds at a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) outcome: Outcome,
    /// Whether what they came for is done: the account made, the request taken, the person put on the list.
    pub(super) accepted: bool,
    /// Whether it is held until the address is verified.
    pub(super) held: bool,
    /// The same for people.
    pub(super) says: &'static str,
}

/// What came of going through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entered {
    pub(super) look: Look,
    /// The account that there is now.
    pub(super) account: Option<AccountId>,
    /// The organizations that a new account joined by its domain.
    pub(super) joined: Vec<String>,
    /// How many e-mails the real site would have sent.
    pub(super) mails: u64,
}

impl Site {
    /// Says what an address finds at a door, without changing anything.
    pub(super) fn look(&self, email: &Email, way: Way<'_>) -> Look {
        let look = self.look_through(email, way);
        let mail = matches!(way, Way::Email(_)) && look.accepted;
        match mail && self.verification_by_hand && self.is_held(email, look.outcome) {
            true => Look {
                accepted: false,
                held: true,
                says: "The request is held until the address is verified.",
                ..look
            },
            false => look,
        }
    }

    /// V-int: mail from an internal customer who has not verified the address waits.
    fn is_held(&self, email: &Email, outcome: Outcome) -> bool {
        let accounts = self.accounts_with_email(email.key());
        let mut usable = accounts.iter().filter(|account| account.state.is_active());
        outcome == Outcome::Atlassian
            || (outcome == Outcome::Existing
                && usable.all(|account| {
                    account.kind == AccountKind::Atlassian
                        && account.state == AccountState::Unverified
                }))
    }

    /// Verifies an address: its accounts can be used from now on.
    pub(super) fn verify(&mut self, email: &Email) -> Entered {
        let handles: Vec<Handle> = self.accounts.with_email(email.key()).collect();
        let mut verified = None;
        for handle in handles {
            if self
                .accounts
                .get(handle)
                .is_some_and(|account| account.state == AccountState::Unverified)
            {
                self.accounts.set_state(handle, AccountState::Active);
                verified = self.accounts.get(handle).map(Account::id);
            }
        }
        let says = match verified {
            Some(_) => "The address is verified. What was held goes on.",
            None => "There is nothing to verify.",
        };
        let outcome = match self.accounts.with_email(email.key()).next() {
            Some(_) => Outcome::Existing,
            None => Outcome::Rejected,
        };
        Entered {
            look: Look {
                outcome,
                accepted: verified.is_some(),
                held: false,
                says,
            },
            account: verified,
            joined: Vec::new(),
            mails: 0,
        }
    }

    fn look_through(&self, email: &Email, way: Way<'_>) -> Look {
        if let Way::AgentInvite(key) = way
            && self.projects.get(key).is_some_and(|project| {
                let scheme = &project.permissions;
                scheme.lacks_portal_access() || scheme.granted_to_customers_role()
            })
        {
            return self.behind_a_broken_scheme(email);
        }
        let accounts = self.accounts_with_email(email.key());
        if accounts.is_empty() {
            return match way {
                // Its members are the identity provider's to choose, so nobody is made for its sake.
                Way::OrganizationAdd(id) if self.is_provisioned(id) => PROVISIONED,
                _ => newcomer(self.knock(email, door(way))),
            };
        }
        let usable: Vec<&Account> = accounts
            .into_iter()
            .filter(|account| account.state.is_active())
            .collect();
        if usable.is_empty() {
            return Look {
                outcome: Outcome::Denied,
                accepted: false,
                held: false,
                says: "There is an account, and it is suspended or its access was revoked.",
            };
        }
        self.regular(&usable, way)
    }

    /// Goes through a door. `name` is the display name of a new account; the address where it is empty.
    pub(super) fn enter(&mut self, email: &Email, name: &str, way: Way<'_>) -> Entered {
        let look = self.look(email, way);
        let mut entered = Entered {
            look,
            account: None,
            joined: Vec::new(),
            mails: 0,
        };
        let handle = match look.outcome {
            Outcome::Atlassian | Outcome::PortalOnly => {
                let admission = self.admission(email);
                entered.mails = 1;
                self.admit(*email, name, admission)
            }
            Outcome::Existing => self.listable(email),
            Outcome::PendingApproval | Outcome::Rejected | Outcome::Denied => None,
        };
        let Some(handle) = handle else {
            return entered;
        };
        if look.outcome != Outcome::Existing {
            entered.joined = self.memberships(handle);
        }
        if look.accepted {
            match way {
                Way::AgentInvite(key) => {
                    self.change_roster(key, vec![handle], true);
                }
                Way::OrganizationAdd(id) => {
                    if let Some(organization) = id
                        .as_str()
                        .parse()
                        .ok()
                        .and_then(|id: u32| self.organizations.get_mut(&id))
                    {
                        organization.members.insert(vec![handle], &self.accounts);
                    }
                }
                Way::SignUp | Way::PortalForm(_) | Way::Email(_) | Way::RestCreate => {}
            }
        }
        entered.account = self.accounts.get(handle).map(Account::id);
        entered
    }

    /// Invites somebody in the administration (G13): always an Atlassian account, whatever the site's settings say.
    ///
    /// Whoever has one already gets the role Customer if they had none (R1e). Returns whether anything changed.
    pub(super) fn invite_internal(&mut self, email: &Email) -> bool {
        let known = self.accounts.with_email(email.key()).find(|handle| {
            self.accounts
                .get(*handle)
                .is_some_and(|account| account.kind == AccountKind::Atlassian)
        });
        let invited = |site: &mut Self| {
            let accounts = site.accounts_with_email(email.key());
            let item = accounts
                .iter()
                .find(|account| account.kind == AccountKind::Atlassian)
                .map(|account| site.account_item(&account.id));
            if let Some(item) = item {
                site.note(Event::organization("user_invited", "Invited user", item));
            }
        };
        let Some(handle) = known else {
            self.admit(*email, "", Admission::Atlassian(Role::Customer));
            invited(self);
            return true;
        };
        match self.accounts.get(handle).cloned() {
            Some(account) if self.role_of(&account) == Role::None => {
                let handle = self.accounts.put(Account {
                    role: Role::Customer,
                    ..account
                });
                self.join_by_domain(handle);
                invited(self);
                true
            }
            _ => false,
        }
    }

    /// Migrates a portal-only account: an Atlassian account takes its places, and the old one is out of use.
    ///
    /// Returns false where there is no such account.
    pub(super) fn migrate(&mut self, id: &AccountId) -> bool {
        let Some(old) = self.accounts.handle(&id.text()) else {
            return false;
        };
        let Some(account) = self.accounts.get(old).cloned() else {
            return false;
        };
        let Ok(email) = Email::new(&account.email) else {
            return false;
        };
        if account.kind != AccountKind::PortalOnly {
            return false;
        }
        self.invite_internal(&email);
        let new = self.accounts.with_email(email.key()).find(|handle| {
            self.accounts
                .get(*handle)
                .is_some_and(|account| account.kind == AccountKind::Atlassian)
        });
        let Some(new) = new else {
            return false;
        };
        for members in self
            .organizations
            .values_mut()
            .map(|organization| &mut organization.members)
            .chain(
                self.projects
                    .values_mut()
                    .map(|project| &mut project.roster),
            )
        {
            if members.contains(old, &self.accounts) {
                members.remove(&[old], &self.accounts);
                members.insert(vec![new], &self.accounts);
            }
        }
        self.accounts.set_state(old, AccountState::Revoked);
        true
    }

    /// V8a, V8b: a permission scheme that stops staff from adding customers, whoever they are.
    fn behind_a_broken_scheme(&self, email: &Email) -> Look {
        let accounts = self.accounts_with_email(email.key());
        let outcome = match accounts.as_slice() {
            [] => Outcome::Rejected,
            all if all.iter().any(|account| account.state.is_active()) => Outcome::Existing,
            _ => Outcome::Denied,
        };
        Look {
            outcome,
            accepted: false,
            held: false,
            says: "The permission scheme of the service project does not let customers in.",
        }
    }

    /// R1 for the accounts of one address that can be used.
    fn regular(&self, usable: &[&Account], way: Way<'_>) -> Look {
        let existing = |accepted, says| Look {
            outcome: Outcome::Existing,
            accepted,
            held: false,
            says,
        };
        let roleless = !usable.iter().any(|account| self.has_role(account));
        match way {
            Way::SignUp => existing(false, "There is an account already: log in with it."),
            Way::PortalForm(_) => existing(
                false,
                "There is an account already: log in to send a request.",
            ),
            Way::Email(key) => {
                let sees =
                    |account: &&Account| self.shows_portal(key, Caller::Account(&account.id()));
                match usable.iter().any(sees) {
                    true => existing(true, "The request is taken."),
                    // V3.
                    false => existing(
                        false,
                        "The mail is refused: no permission to access this service project.",
                    ),
                }
            }
            Way::RestCreate => existing(false, "An account already exists for this email."),
            Way::OrganizationAdd(id) if self.is_provisioned(id) => Look {
                outcome: Outcome::Existing,
                ..PROVISIONED
            },
            // R1e.
            Way::AgentInvite(_) | Way::OrganizationAdd(_) if roleless => existing(
                false,
                "The Atlassian account has no role in Jira Service Management: an administrator has to grant it first.",
            ),
            Way::AgentInvite(_) => existing(true, "The person is among the project's customers."),
            Way::OrganizationAdd(_) => existing(true, "The person is a member."),
        }
    }

    /// The account of an address that staff put on a list: the first that can be used and has a role.
    fn listable(&self, email: &Email) -> Option<Handle> {
        let usable = |handle: &Handle, role: bool| {
            self.accounts.get(*handle).is_some_and(|account| {
                account.state.is_active() && (!role || self.has_role(account))
            })
        };
        let of_email = || self.accounts.with_email(email.key());
        of_email()
            .find(|handle| usable(handle, true))
            .or_else(|| of_email().find(|handle| usable(handle, false)))
    }

    /// The names of the organizations that an account is a member of.
    pub(super) fn memberships(&self, handle: Handle) -> Vec<String> {
        self.organizations
            .values()
            .filter(|organization| organization.members.contains(handle, &self.accounts))
            .map(|organization| organization.name.clone())
            .collect()
    }

    /// Says whether an account is one that customers use: a portal-only one, or one with a role.
    pub(super) fn has_role(&self, account: &Account) -> bool {
        account.kind == AccountKind::PortalOnly || self.role_of(account) != Role::None
    }

    /// Ends the portal-only access of an account: only a person can give it back.
    pub(super) fn end_access(&mut self, handle: Handle) {
        self.change_access(handle, AccountState::Revoked, "Portal-only access revoked");
    }

    /// Gives portal-only access back.
    pub(super) fn give_access_back(&mut self, handle: Handle) {
        self.change_access(handle, AccountState::Active, "Portal-only access granted");
    }

    fn change_access(&mut self, handle: Handle, state: AccountState, summary: &str) {
        let before = self.accounts.get(handle).map(|account| account.state);
        self.accounts.set_state(handle, state);
        if before != Some(state) {
            let item = self.account_item(self.accounts.id_of(handle));
            self.note(Event::site(USERS, summary, item));
        }
    }

    fn is_provisioned(&self, id: &OrganizationId) -> bool {
        self.organization(id)
            .is_some_and(|organization| organization.scim_managed)
    }
}

/// The category of audit records about accounts.
pub(super) const USERS: &str = "user management";

const PROVISIONED: Look = Look {
    outcome: Outcome::Rejected,
    accepted: false,
    held: false,
    says: "An identity provider decides who is a member.",
};

fn door(way: Way<'_>) -> Door<'_> {
    match way {
        Way::SignUp => Door::SignUp,
        Way::PortalForm(key) => Door::PortalForm(key),
        Way::Email(key) => Door::Email(key),
        Way::AgentInvite(_) | Way::OrganizationAdd(_) | Way::RestCreate => Door::Staff,
    }
}

fn newcomer(entry: Entry) -> Look {
    let (outcome, accepted, says) = match entry {
        Entry::Atlassian => (
            Outcome::Atlassian,
            true,
            "There is a new Atlassian account.",
        ),
        Entry::PortalOnly => (
            Outcome::PortalOnly,
            true,
            "There is a new portal-only account.",
        ),
        Entry::PendingApproval => (
            Outcome::PendingApproval,
            false,
            "An administrator has to approve the person first.",
        ),
        Entry::Rejected => (
            Outcome::Rejected,
            false,
            "No account: the customer access settings do not let this address in here.",
        ),
    };
    Look {
        outcome,
        accepted,
        held: false,
        says,
    }
}
