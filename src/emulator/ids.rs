//! Ids that look random and follow from what was done before: the same steps give the same site.

use sha2::{Digest, Sha256};

/// Mixes a counter so that different values stay different.
pub(super) fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Makes an id from a text.
pub(super) fn uuid_of(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let half = |at: usize| {
        digest[at..at + 8]
            .iter()
            .fold(0u64, |n, b| (n << 8) | u64::from(*b))
    };
    uuid_text(half(0), half(8))
}

/// Spells 128 bits, without the version bits, which nothing here reads, so that different numbers stay different.
pub(super) fn uuid_text(high: u64, low: u64) -> String {
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}
