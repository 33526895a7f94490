//! Where each account stands, by its number: ids that are met one after the other have numbers that follow each other, so that a
//! plain array holds the places of a million and is read without hashing.

use crate::model::{AccountId, ManyMap};

/// How many times as long as there are accounts the array may be before a map is taken instead.
const SPARSE: usize = 4;
/// What a short array may have on top of that.
const SMALL: usize = 1_024;
/// Nobody.
const NONE: u32 = u32::MAX;

/// Places by account.
#[derive(Clone, Default)]
pub(super) struct Places {
    /// The number of the first place in the array.
    first: u32,
    near: Vec<u32>,
    /// Accounts whose numbers are far from the others.
    far: ManyMap<AccountId, u32>,
}

impl Places {
    fn near(&self, id: AccountId) -> Option<usize> {
        id.number().checked_sub(self.first).map(|at| at as usize)
    }

    /// Returns the place of an account.
    pub(super) fn get(&self, id: AccountId) -> Option<u32> {
        let near = self.near(id).and_then(|at| self.near.get(at).copied());
        match near {
            Some(place) if place != NONE => Some(place),
            _ => self.far.get(&id).copied(),
        }
    }

    /// Notes the place of an account that has none yet.
    pub(super) fn put(&mut self, id: AccountId, place: u32) {
        if self.near.is_empty() {
            self.first = id.number();
        }
        let most = SPARSE * place as usize + SMALL;
        match self.near(id) {
            Some(at) if at < most => {
                if at >= self.near.len() {
                    self.near.resize(at + 1, NONE);
                }
                self.near[at] = place;
            }
            _ => {
                self.far.insert(id, place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::collections::btree_map::Entry;

    proptest! {
        #[test]
        fn every_account_keeps_its_place_however_far_the_numbers_lie(
            order in prop::collection::vec(0..60_u32, 1..60),
        ) {
            let ids: Vec<AccountId> = (0..60).map(|at| AccountId::new(format!("place {at}"))).collect();
            // Numbers between them that stand for nobody here.
            for at in 0..3_000 {
                AccountId::new(format!("nobody {at}"));
            }
            let far = AccountId::new("place far away");
            let (mut places, mut known) = (Places::default(), BTreeMap::new());
            for (place, at) in (0..).zip(&order) {
                let id = match at {
                    0 => far,
                    at => ids[*at as usize],
                };
                if let Entry::Vacant(room) = known.entry(id) {
                    room.insert(place);
                    places.put(id, place);
                }
            }
            for id in ids.iter().chain([&far]) {
                prop_assert_eq!(places.get(*id), known.get(id).copied());
            }
        }
    }
}
