//! A set of account ids, kept sorted side by side: lists of people are read once, asked often and hardly ever changed.

use super::AccountId;
use super::account::are_in_order;
use serde::{Deserialize, Deserializer, Serialize};

/// Account ids, each once, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct AccountSet(Vec<AccountId>);

impl AccountSet {
    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Says whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Goes through them in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, AccountId> {
        self.0.iter()
    }

    /// Says whether one is among them.
    pub fn contains(&self, id: &AccountId) -> bool {
        self.0.binary_search(id).is_ok()
    }

    /// Adds one, and says whether it is new. Moves everything behind it: many at once are collected instead.
    pub fn insert(&mut self, id: AccountId) -> bool {
        let found = self.0.binary_search(&id);
        if let Err(at) = found {
            self.0.insert(at, id);
        }
        found.is_err()
    }

    /// Takes one out, and says whether it was there.
    pub fn remove(&mut self, id: &AccountId) -> bool {
        let found = self.0.binary_search(id);
        if let Ok(at) = found {
            self.0.remove(at);
        }
        found.is_ok()
    }
}

impl From<Vec<AccountId>> for AccountSet {
    fn from(mut ids: Vec<AccountId>) -> Self {
        // A snapshot has them in order.
        if !are_in_order(&ids) {
            ids.sort_unstable();
            ids.dedup();
        }
        ids.shrink_to_fit();
        Self(ids)
    }
}

impl<const N: usize> From<[AccountId; N]> for AccountSet {
    fn from(ids: [AccountId; N]) -> Self {
        Vec::from(ids).into()
    }
}

impl FromIterator<AccountId> for AccountSet {
    fn from_iter<I: IntoIterator<Item = AccountId>>(ids: I) -> Self {
        ids.into_iter().collect::<Vec<_>>().into()
    }
}

impl<'a> FromIterator<&'a AccountId> for AccountSet {
    fn from_iter<I: IntoIterator<Item = &'a AccountId>>(ids: I) -> Self {
        ids.into_iter().copied().collect()
    }
}

impl<'a> IntoIterator for &'a AccountSet {
    type Item = &'a AccountId;
    type IntoIter = std::slice::Iter<'a, AccountId>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for AccountSet {
    type Item = AccountId;
    type IntoIter = std::vec::IntoIter<AccountId>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'de> Deserialize<'de> for AccountSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn it_is_a_sorted_set(ids in prop::collection::vec("[a-c]{0,2}", 0..12), one in "[a-c]{0,2}") {
            let ids: Vec<AccountId> = ids.iter().map(|id| AccountId::new(id.as_str())).collect();
            let one = AccountId::new(one.as_str());
            let mut sorted: BTreeSet<AccountId> = ids.iter().copied().collect();
            let mut set = AccountSet::from(ids);
            let same = |set: &AccountSet, sorted: &BTreeSet<AccountId>| set.iter().eq(sorted);
            prop_assert!(same(&set, &sorted));
            prop_assert_eq!(set.contains(&one), sorted.contains(&one));
            prop_assert_eq!(set.insert(one), sorted.insert(one));
            prop_assert!(same(&set, &sorted));
            prop_assert_eq!(serde_json::to_string(&set).unwrap(), serde_json::to_string(&sorted).unwrap());
            prop_assert_eq!(set.remove(&one), sorted.remove(&one));
            prop_assert!(same(&set, &sorted) && !set.remove(&one));
        }
    }
}
