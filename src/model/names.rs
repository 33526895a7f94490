//! Names that people type: checked on construction, compared the way Atlassian and people compare them.

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

/// Why a name was refused; reads after "invalid name: ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing, or only spaces.
    #[error("it is empty")]
    Empty,
    /// Longer than the API takes (200 characters for organizations, L39).
    #[error("it has {0} characters, at most {1} are allowed")]
    TooLong(usize, usize),
    /// A control character, which no name on a site holds.
    #[error("it holds a control character")]
    Control,
    /// Space at an end, which the site would strip and which would then never compare equal.
    #[error("it begins or ends with a space")]
    Padded,
    /// A character that this kind of key cannot hold.
    #[error("`{0}` cannot stand in it: {1}")]
    Shape(char, &'static str),
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $check:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// Checks and wraps the text.
            ///
            /// # Errors
            /// When the text cannot be such a name; the error says why.
            pub fn new(text: &str) -> Result<Self, NameError> {
                $check(text)?;
                Ok(Self(text.into()))
            }

            /// Returns the name as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::new(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

name! {
    /// The key of a site in the YAML (`acme`): letters, digits, `-` and `_`.
    SiteKey, site_key
}
name! {
    /// The name of a customer organization: 1 to 200 characters (L39).
    OrganizationName, organization_name
}
name! {
    /// The key of a service project (`ITSM`): an upper-case letter, then upper-case letters, digits or `_`.
    ProjectKey, project_key
}
name! {
    /// The key of a Confluence space (`ITKB`, `~jo`).
    SpaceKey, space_key
}

impl OrganizationName {
    /// Returns the form under which near-duplicates meet: NFKC, case-folded, runs of spaces collapsed.
    pub fn folded(&self) -> String {
        Self::fold(&self.0)
    }

    /// Folds any name, also one from a site that would not be accepted in the YAML.
    pub fn fold(name: &str) -> String {
        let lowered: String = name.nfkc().collect::<String>().to_lowercase();
        lowered.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn site_key(text: &str) -> Result<(), NameError> {
    shaped(text, 64, "use letters, digits, `-` and `_`", |_, c| {
        c.is_ascii_alphanumeric() || c == '-' || c == '_'
    })
}

fn project_key(text: &str) -> Result<(), NameError> {
    shaped(
        text,
        255,
        "a project key is upper-case letters, digits and `_`, and begins with a letter",
        |i, c| c.is_ascii_uppercase() || (i > 0 && (c.is_ascii_digit() || c == '_')),
    )
}

fn space_key(text: &str) -> Result<(), NameError> {
    shaped(
        text,
        255,
        "a space key is letters, digits, `~`, `.`, `_` and `-`",
        |_, c| c.is_ascii_alphanumeric() || matches!(c, '~' | '.' | '_' | '-'),
    )
}

fn organization_name(text: &str) -> Result<(), NameError> {
    let length = text.chars().count();
    if text.trim().is_empty() {
        Err(NameError::Empty)
    } else if length > 200 {
        Err(NameError::TooLong(length, 200))
    } else if text.chars().any(char::is_control) {
        Err(NameError::Control)
    } else if text.trim() != text {
        Err(NameError::Padded)
    } else {
        Ok(())
    }
}

fn shaped(
    text: &str,
    longest: usize,
    rule: &'static str,
    allowed: impl Fn(usize, char) -> bool,
) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    let length = text.chars().count();
    if length > longest {
        return Err(NameError::TooLong(length, longest));
    }
    match text.chars().enumerate().find(|&(i, c)| !allowed(i, c)) {
        Some((_, c)) => Err(NameError::Shape(c, rule)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_only_in_case_width_or_spaces_fold_to_the_same() {
        let a = OrganizationName::new("Ｇlobex  Corp").unwrap();
        let b = OrganizationName::new("globex corp").unwrap();
        assert_eq!(a.folded(), b.folded());
    }

    #[test]
    fn organization_names_of_201_characters_are_refused() {
        assert_eq!(
            OrganizationName::new(&"x".repeat(201)),
            Err(NameError::TooLong(201, 200))
        );
        assert!(OrganizationName::new(&"x".repeat(200)).is_ok());
    }

    #[test]
    fn project_keys_begin_with_an_upper_case_letter() {
        assert!(ProjectKey::new("ITSM").is_ok());
        assert!(ProjectKey::new("1T").is_err());
        assert!(ProjectKey::new("itsm").is_err());
    }
}
