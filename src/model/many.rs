//! Maps and sets over a million people: hashed fast, and seeded at random, since customers choose their own addresses.

use foldhash::fast::RandomState;

/// A hash map for very many keys.
pub type ManyMap<K, V> = std::collections::HashMap<K, V, RandomState>;

/// A hash set for very many values.
pub type ManySet<T> = std::collections::HashSet<T, RandomState>;
