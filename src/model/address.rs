//! Addresses of what Portcullis manages, such as `acme/organization/Globex/member/ana@globex.example`.

use serde::{Deserialize, Serialize};

/// The stable, unique address of one managed thing; the contract's section 7 lists the shapes.
///
/// In names `/`, `%` and `*` are percent-encoded, so that splitting at `/` is always right and a name never acts as a
/// wildcard in a pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(Box<str>);

impl Address {
    /// Builds an address from its parts; names are encoded.
    pub fn new<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut text = String::new();
        for (i, part) in parts.into_iter().enumerate() {
            if i > 0 {
                text.push('/');
            }
            for c in part.chars() {
                match c {
                    '/' => text.push_str("%2F"),
                    '%' => text.push_str("%25"),
                    '*' => text.push_str("%2A"),
                    other => text.push(other),
                }
            }
        }
        Self(text.into())
    }

    /// Takes an address that a person or a file spells in encoded form.
    pub fn from_encoded(text: &str) -> Self {
        Self(text.into())
    }

    /// Returns the encoded text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the first part: a site, or an Atlassian organization.
    pub fn root(&self) -> &str {
        self.0.split('/').next().unwrap_or("")
    }

    /// Says whether the address matches a pattern.
    ///
    /// `*` stands for any text within one part, a trailing `/**` for the address itself and everything below it.
    pub fn matches(&self, pattern: &str) -> bool {
        self.agrees(pattern, part_matches)
    }

    /// Says whether the address may match a pattern: where a part has no name that could be read (`id:…`), any name may be its.
    ///
    /// For whoever must be on the cautious side; an id in the pattern is compared with the id.
    pub fn may_match(&self, pattern: &str) -> bool {
        let nameless = |pattern: &str, part: &str| {
            part.starts_with("id:") && !pattern.starts_with("id:") || part_matches(pattern, part)
        };
        self.agrees(pattern, nameless)
    }

    fn agrees(&self, pattern: &str, part_matches: impl Fn(&str, &str) -> bool) -> bool {
        let (pattern, below) = match pattern.strip_suffix("/**") {
            Some(base) => (base, true),
            None if pattern == "**" => return true,
            None => (pattern, false),
        };
        let mut wanted = pattern.split('/');
        let mut got = self.0.split('/');
        loop {
            match (wanted.next(), got.next()) {
                (Some(w), Some(g)) if part_matches(w, g) => {}
                (None, None) => return true,
                (None, Some(_)) => return below,
                _ => return false,
            }
        }
    }

    /// Says whether the address matches a pattern or lies below something that does.
    pub fn within(&self, pattern: &str) -> bool {
        let pattern = pattern.strip_suffix("/**").unwrap_or(pattern);
        pattern == "**"
            || (self.0.split('/').count() >= pattern.split('/').count() && self.along(pattern))
    }

    /// Says whether something below the address may match a pattern.
    pub fn above(&self, pattern: &str) -> bool {
        let pattern = pattern.strip_suffix("/**").unwrap_or(pattern);
        self.0.split('/').count() < pattern.split('/').count() && self.along(pattern)
    }

    fn along(&self, pattern: &str) -> bool {
        pattern
            .split('/')
            .zip(self.0.split('/'))
            .all(|(wanted, got)| part_matches(wanted, got))
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn part_matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(first) = pieces.next() else {
        return text.is_empty();
    };
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for piece in pieces {
        if let Some(previous) = last.replace(piece) {
            match rest.find(previous) {
                Some(at) => rest = &rest[at + previous.len()..],
                None => return false,
            }
        }
    }
    last.map_or(rest.is_empty(), |end: &str| rest.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded_so_that_parts_stay_parts() {
        let address = Address::new(["acme", "organization", "A/B * 100%"]);
        assert_eq!(address.as_str(), "acme/organization/A%2FB %2A 100%25");
    }

    #[test]
    fn who_has_no_name_may_be_anybody() {
        let hidden = Address::new(["acme", "organization", "Globex", "member", "id:qm:1"]);
        let pattern = "acme/organization/Globex/member/ana@globex.example";
        assert!(hidden.may_match(pattern) && !hidden.matches(pattern));
        assert!(hidden.may_match("acme/organization/Globex/member/id:qm:1"));
        assert!(hidden.may_match("acme/organization/Globex/**"));
        for other in [
            "acme/organization/Initech/member/ana@globex.example",
            "acme/organization/Globex/member/id:qm:2",
            "acme/organization/Globex",
        ] {
            assert!(!hidden.may_match(other), "{other}");
        }
        let named = Address::new([
            "acme",
            "organization",
            "Globex",
            "member",
            "bo@globex.example",
        ]);
        assert!(!named.may_match(pattern));
    }

    #[test]
    fn patterns_reach_up_and_down() {
        let organization = Address::new(["acme", "organization", "Globex"]);
        for pattern in [
            "acme",
            "acme/**",
            "**",
            "acme/organization/Glo*",
            "acme/organization/Globex/**",
        ] {
            assert!(organization.within(pattern), "{pattern}");
            assert!(!organization.above(pattern), "{pattern}");
        }
        for pattern in [
            "acme/organization/Globex/member",
            "acme/organization/*/member/a@b.de",
            "*/*/*/*/**",
        ] {
            assert!(organization.above(pattern), "{pattern}");
            assert!(!organization.within(pattern), "{pattern}");
        }
        for pattern in [
            "acme/organization/Initech",
            "acme/project",
            "umbrella/**",
            "acme/project/Globex/member",
        ] {
            assert!(
                !organization.within(pattern) && !organization.above(pattern),
                "{pattern}"
            );
        }
    }

    #[test]
    fn patterns_match_within_a_part_and_below() {
        let address = Address::new(["acme", "project", "HR", "customer", "a@b.de"]);
        for pattern in [
            "acme/**",
            "acme/project/HR/**",
            "acme/project/*/customer/*",
            "acme/project/HR/customer/a@*.de",
            "**",
        ] {
            assert!(address.matches(pattern), "{pattern}");
        }
        for pattern in [
            "acme",
            "acme/project/HR",
            "acme/project/H/**",
            "acme/*",
            "acme/project/HR/customer/b*",
        ] {
            assert!(!address.matches(pattern), "{pattern}");
        }
        assert!(Address::new(["acme", "project", "HR"]).matches("acme/project/HR/**"));
    }
}
