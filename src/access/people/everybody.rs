//! Everybody by position: of an account that was read only what matters of it is kept here, the rest stands with the account.

use super::{Account, Person};
use crate::model::{AccountId, Email};
use crate::observed::{Accounts, ObservedAccount};

/// People by position: first the accounts that were read, then whoever the files name.
#[derive(Debug, Default)]
pub(super) struct Everybody<'a> {
    read: Option<&'a Accounts>,
    accounts: Vec<Account>,
    named: Vec<Named<'a>>,
}

/// What a person is known by whom no list showed.
#[derive(Debug)]
struct Named<'a> {
    email: Option<&'a Email>,
    account_id: Option<&'a AccountId>,
    name: &'a str,
}

impl<'a> Everybody<'a> {
    /// Begins with everybody who was read, in the order of their ids.
    pub(super) fn of(
        read: &'a Accounts,
        account: impl Fn(&'a AccountId, &'a ObservedAccount) -> Account,
    ) -> Self {
        Self {
            read: Some(read),
            accounts: read.iter().map(|(id, seen)| account(id, seen)).collect(),
            named: Vec::new(),
        }
    }

    /// Begins with nobody, and room for this many whom the files name.
    pub(super) fn with_capacity(people: usize) -> Self {
        Self {
            accounts: Vec::with_capacity(people),
            named: Vec::with_capacity(people),
            ..Self::default()
        }
    }

    /// Returns how many there are.
    pub(super) fn len(&self) -> usize {
        self.accounts.len()
    }

    fn of_read(&self) -> usize {
        self.read.map_or(0, Accounts::len)
    }

    /// Adds somebody whom no list showed.
    pub(super) fn push(&mut self, person: Person<'a>) {
        self.accounts.push(person.account);
        self.named.push(Named {
            email: person.email,
            account_id: person.account_id,
            name: person.name,
        });
    }

    /// Returns a person.
    pub(super) fn get(&self, at: u32) -> Person<'a> {
        let account = self.account(at);
        let at = at as usize;
        if let Some((id, seen)) = self.read.and_then(|read| read.nth(at)) {
            return Person {
                email: seen.email.as_ref(),
                account_id: Some(id),
                name: &seen.name,
                account,
            };
        }
        let named = &self.named[at - self.of_read()];
        Person {
            email: named.email,
            account_id: named.account_id,
            name: named.name,
            account,
        }
    }

    /// Returns what matters of a person's account.
    pub(super) fn account(&self, at: u32) -> Account {
        self.accounts[at as usize]
    }

    /// Changes what matters of a person's account.
    pub(super) fn account_mut(&mut self, at: u32) -> &mut Account {
        &mut self.accounts[at as usize]
    }

    /// Names somebody who has no name yet, and whom no list showed.
    pub(super) fn name(&mut self, at: u32, name: &'a str) {
        let of_read = self.of_read();
        let named = (at as usize)
            .checked_sub(of_read)
            .and_then(|at| self.named.get_mut(at));
        if let Some(named) = named
            && named.name.is_empty()
        {
            named.name = name;
        }
    }

    /// Goes through everybody.
    pub(super) fn iter(&self) -> impl Iterator<Item = Person<'a>> {
        let positions = 0..u32::try_from(self.len()).unwrap_or(u32::MAX);
        positions.map(|at| self.get(at))
    }
}
