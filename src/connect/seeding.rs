//! What a sandbox began with, and whether that was edited since: after the first run its state is its own, and a seed that is
//! edited then changes nothing.

use crate::config::{LoadOptions, Loaded};
use crate::files::{Access, Place};
use sha2::{Digest, Sha256};

/// Most bytes of the file that says what a sandbox began with.
const LIMIT: u64 = 1 << 10;

/// How seeds are read.
pub(super) fn options(today: jiff::civil::Date) -> LoadOptions {
    LoadOptions {
        seed: true,
        ..LoadOptions::new(today)
    }
}

/// Writes beside the state of a sandbox what it began with; without a seed, that it began empty.
pub(super) fn begun(state: &Place, seed: Option<&Loaded>) {
    let text = format!("{}\n", seed.map_or_else(String::new, digest));
    // Where there is no room for it, nothing is said of later edits; whether the state itself can be kept is told when it is saved.
    let _ = beside(state).replace(text.as_bytes(), Access::Private);
}

/// Says whether a seed is another than the one that the sandbox with this state began with. Where nothing says what that was, it
/// is not.
pub(super) fn is_edited(state: &Place, seed: &Loaded) -> bool {
    let before = beside(state).read(LIMIT);
    before.is_ok_and(|before| before.trim_ascii() != digest(seed).as_bytes())
}

fn beside(state: &Place) -> Place {
    state.with_ending("seed")
}

/// Returns what tells one seed from another: the files that were read, whatever order they were read in.
fn digest(seed: &Loaded) -> String {
    let sources = seed.sources.iter();
    let mut files: Vec<(&str, &str)> = sources
        .map(|(_, file)| (file.path.as_str(), &*file.text))
        .collect();
    files.sort_unstable();
    let mut hash = Sha256::new();
    for (path, text) in files {
        for part in [path, text] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
