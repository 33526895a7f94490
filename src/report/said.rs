//! `access_impact` in a document: as it was made, or as a file has it and `--privacy` leaves it, whose shape may be another.

use super::impact::AccessImpact;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::borrow::Cow;

/// What a document says of people.
#[derive(Debug, Clone)]
pub struct SaidImpact(Form);

#[derive(Debug, Clone)]
enum Form {
    Made(Box<AccessImpact>),
    Read(Value),
}

impl SaidImpact {
    /// Nothing is said.
    pub const NOTHING: Self = Self(Form::Read(Value::Null));

    /// Returns what is said.
    ///
    /// # Errors
    /// When a file or `--privacy` has it in another shape.
    pub fn impact(&self) -> Result<Cow<'_, AccessImpact>, serde_json::Error> {
        match &self.0 {
            Form::Made(impact) => Ok(Cow::Borrowed(impact)),
            Form::Read(value) => AccessImpact::deserialize(value).map(Cow::Owned),
        }
    }

    /// Changes it as JSON, in any way.
    pub fn rewrite(&mut self, change: impl FnOnce(&mut Value)) {
        let mut value = match &mut self.0 {
            Form::Made(impact) => serde_json::to_value(impact).unwrap_or(Value::Null),
            Form::Read(value) => std::mem::take(value),
        };
        change(&mut value);
        self.0 = Form::Read(value);
    }
}

impl From<AccessImpact> for SaidImpact {
    fn from(impact: AccessImpact) -> Self {
        Self(Form::Made(Box::new(impact)))
    }
}

impl From<Value> for SaidImpact {
    fn from(value: Value) -> Self {
        Self(Form::Read(value))
    }
}

impl PartialEq for SaidImpact {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Form::Made(one), Form::Made(two)) => one == two,
            _ => serde_json::to_value(self).ok() == serde_json::to_value(other).ok(),
        }
    }
}

impl Serialize for SaidImpact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Form::Made(impact) => impact.serialize(serializer),
            Form::Read(value) => value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for SaidImpact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from)
    }
}
