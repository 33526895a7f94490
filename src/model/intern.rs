//! Texts of a million people, each kept once for the whole run and named by a number: what is compared, hashed and copied are
//! numbers.
//!
//! What was kept once stays until the program ends: a run meets as many different texts as its files and its site hold.

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use std::borrow::Borrow;
use std::hash::{BuildHasher, Hash};
use std::sync::{Mutex, PoisonError};

/// A number, with the hash of its value: the table grows without looking at values.
struct Number {
    hash: u32,
    number: u32,
}

impl Number {
    /// The hash as the table wants it, of which it takes the upper bits as well.
    const fn spread(hash: u32) -> u64 {
        (hash as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

/// What is known by the number of a text.
pub(crate) trait Numbered: Copy + Eq + Hash {
    /// Returns the number, which equal values have in common.
    fn number(self) -> u32;
}

/// Values by number, each once.
pub(super) struct Interner<T> {
    kept: boxcar::Vec<T>,
    numbers: Mutex<HashTable<Number>>,
    hasher: RandomState,
}

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Self {
            kept: boxcar::Vec::new(),
            numbers: Mutex::default(),
            hasher: RandomState::default(),
        }
    }
}

impl<T: Eq + Hash> Interner<T> {
    /// Returns the numbers of those of many values that are known, or of most of them: what is not told here may be known still.
    ///
    /// Each step is taken for all of them before the next, so that what is far away in memory is fetched for many at a time.
    pub(super) fn known<Q>(&self, wanted: &[&Q]) -> Vec<Option<u32>>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let hashes: Vec<u32> = wanted.iter().map(|wanted| self.hash(*wanted)).collect();
        let numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let first = |hash: &u32| numbers.find(Number::spread(*hash), |known| known.hash == *hash);
        let found: Vec<Option<u32>> = hashes
            .iter()
            .map(|hash| first(hash).map(|known| known.number))
            .collect();
        let told = found.into_iter().zip(wanted);
        told.map(|(number, wanted)| number.filter(|known| self.get(*known).borrow() == *wanted))
            .collect()
    }

    /// Returns the number of a value, which is made and kept where it is new.
    pub(super) fn number<Q>(&self, wanted: &Q, make: impl FnOnce() -> T) -> u32
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let hash = self.hash(wanted);
        let is_wanted =
            |known: &Number| known.hash == hash && self.get(known.number).borrow() == wanted;
        // A thread that panicked while it held the numbers left them as they were, or with one more.
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let spread = |known: &Number| Number::spread(known.hash);
        match numbers.entry(Number::spread(hash), is_wanted, spread) {
            Entry::Occupied(known) => known.get().number,
            Entry::Vacant(room) => {
                // Four billion texts do not fit into a machine that runs this.
                let number = u32::try_from(self.kept.push(make())).unwrap_or(u32::MAX);
                room.insert(Number { hash, number });
                number
            }
        }
    }

    fn hash<Q: Hash + ?Sized>(&self, wanted: &Q) -> u32 {
        (self.hasher.hash_one(wanted) >> 32) as u32
    }

    /// Returns the value that has a number, which [`number`](Self::number) gave.
    pub(super) fn get(&self, number: u32) -> &T {
        &self.kept[number as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_one_number_whichever_thread_asks() {
        let kept: Interner<String> = Interner::default();
        let text = |at: usize| format!("text {}", at % 100);
        let numbers = |from: usize| -> Vec<u32> {
            let asked = (from..from + 1_000).map(text);
            asked
                .map(|text| kept.number(text.as_str(), || text.clone()))
                .collect()
        };
        let all: Vec<Vec<u32>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| numbers(0))).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        for numbers in &all {
            assert_eq!(numbers, &all[0]);
            for (at, number) in numbers.iter().enumerate() {
                assert_eq!(kept.get(*number), &text(at));
            }
        }
        assert_eq!(kept.kept.count(), 100);
    }
}
