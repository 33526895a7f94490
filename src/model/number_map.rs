//! What belongs to each account or address, by its number: texts that are met one after the other have numbers that follow each
//! other, so that a plain array holds what belongs to a million and is read without hashing.

use super::ManyMap;
use super::intern::Numbered;

/// How many times as long as there are keys the array may be before a map is taken instead.
const SPARSE: usize = 4;
/// What a short array may have on top of that.
const SMALL: usize = 1_024;
/// Nothing.
const NONE: u32 = u32::MAX;

/// Numbers by key.
#[derive(Clone)]
pub(crate) struct NumberMap<K> {
    /// The number of the key that is first in the array.
    first: u32,
    near: Vec<u32>,
    /// What belongs to keys whose numbers are far from the others.
    far: ManyMap<K, u32>,
    len: usize,
}

impl<K> Default for NumberMap<K> {
    fn default() -> Self {
        Self {
            first: 0,
            near: Vec::new(),
            far: ManyMap::default(),
            len: 0,
        }
    }
}

impl<K: Numbered> NumberMap<K> {
    /// Makes room for keys that are known before they are put.
    pub(crate) fn with_room(keys: impl Iterator<Item = K>) -> Self {
        let (mut first, mut last, mut count) = (u32::MAX, 0, 0);
        for key in keys {
            let number = key.number();
            (first, last, count) = (first.min(number), last.max(number), count + 1);
        }
        let length = last.checked_sub(first).map_or(0, |span| span as usize + 1);
        match length <= SPARSE * count + SMALL {
            true if length > 0 => Self {
                first,
                near: vec![NONE; length],
                ..Self::default()
            },
            _ => Self::default(),
        }
    }

    fn near(&self, key: K) -> Option<usize> {
        key.number().checked_sub(self.first).map(|at| at as usize)
    }

    /// Returns what belongs to a key.
    pub(crate) fn get(&self, key: K) -> Option<u32> {
        let near = self.near(key).and_then(|at| self.near.get(at).copied());
        match near {
            Some(value) if value != NONE => Some(value),
            _ if self.far.is_empty() => None,
            _ => self.far.get(&key).copied(),
        }
    }

    /// Notes what belongs to a key that has nothing yet.
    pub(crate) fn put(&mut self, key: K, value: u32) {
        if self.near.is_empty() {
            self.first = key.number();
        }
        let most = self.near.len().max(SPARSE * self.len + SMALL);
        self.len += 1;
        match self.near(key) {
            Some(at) if at < most => {
                if at >= self.near.len() {
                    self.near.resize(at + 1, NONE);
                }
                self.near[at] = value;
            }
            _ => {
                self.far.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::AccountId;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::collections::btree_map::Entry;

    proptest! {
        #[test]
        fn every_key_keeps_what_belongs_to_it_however_far_the_numbers_lie(
            order in prop::collection::vec(0..60_u32, 1..60),
            room in any::<bool>(),
        ) {
            let ids: Vec<AccountId> = (0..60).map(|at| AccountId::new(format!("place {at}"))).collect();
            // Numbers between them that stand for nobody here.
            for at in 0..3_000 {
                AccountId::new(format!("nobody {at}"));
            }
            let far = AccountId::new("place far away");
            let id_of = |at: u32| match at {
                0 => far,
                at => ids[at as usize],
            };
            let mut places = match room {
                true => NumberMap::with_room(order.iter().map(|at| id_of(*at))),
                false => NumberMap::default(),
            };
            let mut known = BTreeMap::new();
            for (place, at) in (0..).zip(&order) {
                let id = id_of(*at);
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
