//! Who has an address, and who an account id: the accounts that were read, and whoever the files or answers add to them.

use super::PersonId;
use crate::model::{AccountId, Email, ManyMap, ManySet};
use crate::observed::Accounts;

/// The positions of people by address and by id.
#[derive(Debug, Default)]
pub(super) struct Register<'a> {
    /// Accounts that were read, each at its place in their order.
    read: Option<&'a Accounts>,
    by_email: ManyMap<Email, u32>,
    /// The second account of an address, which seldom has one and never more.
    seconds: ManyMap<Email, u32>,
    by_account: ManyMap<AccountId, u32>,
    /// Addresses that two accounts have (R1a).
    shared: ManySet<Email>,
}

impl<'a> Register<'a> {
    /// Begins with accounts that were read: the person at each position is the account at that place.
    pub(super) fn of(read: &'a Accounts) -> Self {
        Self {
            read: Some(read),
            shared: read.shared_addresses().collect(),
            ..Self::default()
        }
    }

    /// Begins with nobody, and room for this many.
    pub(super) fn with_capacity(people: usize) -> Self {
        Self {
            by_email: ManyMap::with_capacity_and_hasher(people, Default::default()),
            ..Self::default()
        }
    }

    /// Returns who has an account id.
    pub(super) fn account(&self, id: &AccountId) -> Option<PersonId> {
        let read = self.read.and_then(|read| read.place(id));
        let at = read.or_else(|| self.by_account.get(id).copied());
        at.map(PersonId)
    }

    /// Returns the first who has an address.
    pub(super) fn first(&self, email: &Email) -> Option<PersonId> {
        let read = self.read.and_then(|read| read.place_of_address(email));
        let at = read.or_else(|| self.by_email.get(email).copied());
        at.map(PersonId)
    }

    /// Returns the second who has an address.
    pub(super) fn second(&self, email: &Email) -> Option<PersonId> {
        let read = self.read.and_then(|read| read.sharing(email)?.get(1));
        let read = read.and_then(|id| self.account(id));
        read.or_else(|| self.seconds.get(email).copied().map(PersonId))
    }

    /// Returns the addresses that two accounts have.
    pub(super) fn shared(&self) -> &ManySet<Email> {
        &self.shared
    }

    /// Notes that two accounts have an address, one of which may be nobody in sight.
    pub(super) fn share(&mut self, email: Email) {
        self.shared.insert(email);
    }

    /// Notes whose an account id is.
    pub(super) fn is_of(&mut self, id: AccountId, person: PersonId) {
        self.by_account.insert(id, person.0);
    }

    /// Notes that somebody has an address; of a third on it nothing is noted. Returns who is the first of two.
    pub(super) fn has(&mut self, email: Email, person: PersonId) -> Option<PersonId> {
        let Some(first) = self.first(&email) else {
            self.by_email.insert(email, person.0);
            return None;
        };
        if first == person {
            return None;
        }
        if self.second(&email).is_none() {
            self.seconds.insert(email, person.0);
        }
        self.share(email);
        Some(first)
    }
}
