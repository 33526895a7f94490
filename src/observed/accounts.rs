//! The accounts that were seen on a site: a million of them, found by their number, in the order of their ids.

use super::ObservedAccount;
use crate::model::{AccountId, Email, ManyMap, NumberMap};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

/// Accounts by id. Looking one up compares no text; going through them goes in the order of their ids, whatever order they came in.
#[derive(Clone, Default)]
pub struct Accounts {
    seen: Vec<(AccountId, ObservedAccount)>,
    at: NumberMap<AccountId>,
    /// The order, once somebody asked; nothing where they came in order.
    order: OnceLock<Option<Order>>,
    addresses: OnceLock<Addresses>,
}

/// An order other than that in which accounts came.
#[derive(Clone)]
struct Order {
    /// The position of the account at each place.
    positions: Vec<u32>,
    /// The place of the account at each position.
    places: Vec<u32>,
}

/// Accounts by visible address.
#[derive(Clone, Default)]
struct Addresses {
    /// Where the first account of each stands.
    first: NumberMap<Email>,
    /// The accounts of addresses that more than one has, in their order.
    sharing: ManyMap<Email, Vec<AccountId>>,
}

impl Accounts {
    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Says whether there is none.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    fn position(&self, id: &AccountId) -> Option<usize> {
        self.at.get(*id).map(|at| at as usize)
    }

    /// Says whether an account was seen.
    pub fn contains_key(&self, id: &AccountId) -> bool {
        self.at.get(*id).is_some()
    }

    /// Returns what was seen of an account.
    pub fn get(&self, id: &AccountId) -> Option<&ObservedAccount> {
        self.position(id).map(|at| &self.seen[at].1)
    }

    /// Returns the id as it is kept here, with what was seen.
    pub fn get_key_value(&self, id: &AccountId) -> Option<(&AccountId, &ObservedAccount)> {
        let (id, seen) = &self.seen[self.position(id)?];
        Some((id, seen))
    }

    /// Changes what was seen of an account.
    pub fn get_mut(&mut self, id: &AccountId) -> Option<&mut ObservedAccount> {
        self.addresses = OnceLock::new();
        self.position(id).map(|at| &mut self.seen[at].1)
    }

    /// Changes what was seen of every account, in no order.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut ObservedAccount> {
        self.addresses = OnceLock::new();
        self.seen.iter_mut().map(|(_, seen)| seen)
    }

    /// Adds an account, or replaces what was seen of it, and returns that.
    pub fn insert(&mut self, id: AccountId, account: ObservedAccount) -> Option<ObservedAccount> {
        (self.order, self.addresses) = (OnceLock::new(), OnceLock::new());
        if let Some(at) = self.position(&id) {
            return Some(std::mem::replace(&mut self.seen[at].1, account));
        }
        self.at
            .put(id, u32::try_from(self.seen.len()).unwrap_or(u32::MAX));
        self.seen.push((id, account));
        None
    }

    fn order(&self) -> Option<&Order> {
        let order = self.order.get_or_init(|| {
            if self.seen.is_sorted_by(|(one, _), (other, _)| one <= other) {
                return None;
            }
            let mut positions: Vec<u32> = (0..).take(self.seen.len()).collect();
            positions.sort_unstable_by_key(|at| self.seen[*at as usize].0);
            let mut places = vec![0; positions.len()];
            for (place, at) in (0..).zip(&positions) {
                places[*at as usize] = place;
            }
            Some(Order { positions, places })
        });
        order.as_ref()
    }

    /// Goes through where they stand, in the order of their ids.
    fn positions(&self) -> impl Iterator<Item = u32> {
        let order = self.order();
        let places = (0..).take(self.seen.len());
        places.map(move |place: u32| order.map_or(place, |order| order.positions[place as usize]))
    }

    /// Goes through them in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (&AccountId, &ObservedAccount)> {
        let all = self.positions().map(|at| &self.seen[at as usize]);
        all.map(|(id, seen)| (id, seen))
    }

    /// Returns the account at a place in the order of their ids.
    pub fn nth(&self, place: usize) -> Option<(&AccountId, &ObservedAccount)> {
        let at = match self.order() {
            Some(order) => *order.positions.get(place)? as usize,
            None => place,
        };
        self.seen.get(at).map(|(id, seen)| (id, seen))
    }

    /// Returns the place of an account in the order of their ids, from 0.
    pub fn place(&self, id: &AccountId) -> Option<u32> {
        self.at.get(*id).map(|at| self.placed(at))
    }

    /// Returns the place in the order of their ids of the account that stands at a position.
    fn placed(&self, at: u32) -> u32 {
        self.order().map_or(at, |order| order.places[at as usize])
    }

    fn addresses(&self) -> &Addresses {
        self.addresses.get_or_init(|| {
            let emails = self.seen.iter().filter_map(|(_, seen)| seen.email);
            let mut first = NumberMap::with_room(emails);
            let mut sharing: ManyMap<Email, Vec<AccountId>> = ManyMap::default();
            for at in self.positions() {
                let (id, seen) = &self.seen[at as usize];
                let Some(email) = seen.email else { continue };
                match first.get(email) {
                    Some(other) => {
                        let all = sharing.entry(email);
                        all.or_insert_with(|| vec![self.seen[other as usize].0])
                            .push(*id);
                    }
                    None => first.put(email, at),
                }
            }
            Addresses { first, sharing }
        })
    }

    /// Returns the account with this visible address; of several the first.
    pub fn of_address(&self, email: &Email) -> Option<AccountId> {
        let at = self.addresses().first.get(*email)?;
        Some(self.seen[at as usize].0)
    }

    /// Returns the place of that account in the order of ids, from 0.
    pub fn place_of_address(&self, email: &Email) -> Option<u32> {
        let at = self.addresses().first.get(*email)?;
        Some(self.placed(at))
    }

    /// Returns the accounts with this visible address where there are several.
    pub fn sharing(&self, email: &Email) -> Option<&[AccountId]> {
        self.addresses().sharing.get(email).map(Vec::as_slice)
    }

    /// Returns the addresses that more than one account has.
    pub fn shared_addresses(&self) -> impl Iterator<Item = Email> {
        self.addresses().sharing.keys().copied()
    }

    /// Goes through the ids in their order.
    pub fn keys(&self) -> impl Iterator<Item = &AccountId> {
        self.iter().map(|(id, _)| id)
    }

    /// Goes through what was seen, in the order of the ids.
    pub fn values(&self) -> impl Iterator<Item = &ObservedAccount> {
        self.iter().map(|(_, seen)| seen)
    }
}

impl FromIterator<(AccountId, ObservedAccount)> for Accounts {
    fn from_iter<I: IntoIterator<Item = (AccountId, ObservedAccount)>>(all: I) -> Self {
        let mut accounts = Self::default();
        for (id, seen) in all {
            accounts.insert(id, seen);
        }
        accounts
    }
}

impl PartialEq for Accounts {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && (self.seen.iter()).all(|(id, seen)| other.get(id) == Some(seen))
    }
}

impl Eq for Accounts {}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for Accounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Accounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(deserializer).map(|all| all.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observed::Standing;

    fn seen(name: &str) -> ObservedAccount {
        ObservedAccount {
            email: None,
            name: name.into(),
            kind: None,
            active: true,
            standing: Standing::NotAsked,
        }
    }

    #[test]
    fn they_go_in_the_order_of_their_ids_however_they_came() {
        let ids = ["c", "a", "b"].map(AccountId::new);
        let mut accounts: Accounts = ids.iter().map(|id| (*id, seen(&id.text()))).collect();
        let names = |accounts: &Accounts| {
            let names = accounts.values().map(|seen| seen.name.to_string());
            names.collect::<Vec<_>>().concat()
        };
        assert_eq!(names(&accounts), "abc");
        assert_eq!(accounts.insert(AccountId::new("A"), seen("A")), None);
        assert_eq!(names(&accounts), "Aabc");
        assert_eq!(accounts.insert(ids[0], seen("z")), Some(seen("c")));
        assert_eq!((names(&accounts), accounts.len()), ("Aabz".to_owned(), 4));
        let same: Accounts = (accounts.iter().map(|(id, seen)| (*id, seen.clone())))
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        assert_eq!(same, accounts);
        let text = serde_json::to_string(&accounts).unwrap();
        assert!(text.starts_with("{\"A\":"), "{text}");
        assert_eq!(serde_json::from_str::<Accounts>(&text).unwrap(), accounts);
    }
}
