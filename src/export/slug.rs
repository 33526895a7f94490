//! File names out of names that people typed: short, plain, and different from each other on every file system.

use std::collections::BTreeSet;

/// The longest slug, in characters.
const LONGEST: usize = 60;

/// Names that Windows keeps for devices, whatever follows the dot.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Hands out slugs, each once.
#[derive(Debug, Default)]
pub(super) struct Slugs(BTreeSet<String>);

impl Slugs {
    /// Returns a file name without extension for `name`; `id` tells those apart that would get the same one.
    ///
    /// Case is not told apart, as on the file systems of macOS and Windows.
    pub(super) fn take(&mut self, name: &str, id: &str) -> String {
        let id = plain(id).to_ascii_lowercase();
        let mut slug = plain(name);
        if slug.is_empty() || DEVICES.contains(&slug.to_ascii_lowercase().as_str()) {
            slug = format!("{slug}-{id}").trim_start_matches('-').to_owned();
        }
        let mut candidate = slug.clone();
        let mut round = 1_u32;
        while !self.0.insert(candidate.to_ascii_lowercase()) {
            candidate = match round {
                1 => format!("{slug}-{id}"),
                n => format!("{slug}-{id}-{n}"),
            };
            round += 1;
        }
        candidate
    }
}

/// Keeps letters and digits of ASCII, and one `-` for whatever stands between them.
fn plain(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        if slug.len() >= LONGEST {
            break;
        }
        if c.is_ascii_alphanumeric() || c == '_' {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn slugs_are_plain_and_differ_without_regard_to_case() {
        let mut slugs = Slugs::default();
        let taken: Vec<String> = [
            ("globex corp.", "1"),
            ("Globex/Corp", "2"),
            ("globex corp 3", "3"),
            ("GLOBEX CORP", "3"),
            ("../../etc/passwd", "4"),
            ("日本", "5"),
            ("CON", "6"),
            ("", "7"),
        ]
        .into_iter()
        .map(|(name, id)| slugs.take(name, id))
        .collect();
        assert_eq!(
            taken,
            [
                "globex-corp",
                "Globex-Corp-2",
                "globex-corp-3",
                "GLOBEX-CORP-3-2",
                "etc-passwd",
                "5",
                "CON-6",
                "7"
            ]
        );
    }

    proptest! {
        #[test]
        fn every_slug_is_a_file_name_of_its_own(names in prop::collection::vec("[aA/. ñ\u{202e}0]{0,4}", 1..30)) {
            let mut slugs = Slugs::default();
            let mut seen = BTreeSet::new();
            for (id, name) in names.iter().enumerate() {
                let slug = slugs.take(name, &id.to_string());
                prop_assert!(!slug.is_empty() && slug.len() < 100);
                prop_assert!(slug.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{}", slug);
                prop_assert!(seen.insert(slug.to_ascii_lowercase()), "{}", slug);
            }
        }
    }
}
