//! What reading gave: a value that is whole, or the reason why it is not.

use crate::neutral::phrase::Phrase;
use serde::{Deserialize, Serialize};

/// Why a list or a field could not be read whole; reads after "could not read it: ".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incomplete {
    /// One sentence for people, without credentials and without foreign text that is not neutralised by the renderer.
    pub why: Phrase,
    /// Whether the cause is a missing right or credential (exit code 7) rather than an unreadable answer (8).
    pub forbidden: bool,
}

/// A list or an object as far as it was read. Only a `Complete` one may justify a removal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Read<T> {
    /// Everything, to the last page.
    Complete(T),
    /// Not everything; nothing may be concluded from what is missing.
    Incomplete(Incomplete),
}

impl<T> Read<T> {
    /// Returns the value when it is whole.
    pub fn complete(&self) -> Option<&T> {
        match self {
            Self::Complete(value) => Some(value),
            Self::Incomplete(_) => None,
        }
    }

    /// Changes the value inside.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Read<U> {
        match self {
            Self::Complete(value) => Read::Complete(f(value)),
            Self::Incomplete(why) => Read::Incomplete(why),
        }
    }
}

/// A single field of a site or a project: known, or unknown with the reason. Unknown is never "in sync".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field<T> {
    /// Read by a program, or stated by a valid attestation.
    Known(T),
    /// Not known, and why.
    Unknown(String),
}

impl<T> Field<T> {
    /// Returns the value when it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
}
