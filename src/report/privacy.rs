//! Personal data taken out of what is printed or saved: one layer below every renderer.
//!
//! A person is known by an address, an account id or a display name. With `pseudonymous` each becomes
//! `person-3fa2c1d09b7e@globex.example`: a hash of the address, the domain kept, since reviews are about domains. The same
//! person has the same pseudonym in every run and on every site of a workspace. Whoever guesses an address can check the
//! guess, unless `PORTCULLIS_PSEUDONYM_KEY` is set, which then goes into the hash. With `counts` rows of people become
//! one row per list. Names of organizations, projects and files stay in both, as does the digest, by which a plan is accepted.

mod access;
mod applied;
mod drift;
mod fold;
mod people;
mod workspace;

pub use access::{Mask, redact_explanation, redact_listing};
pub use applied::redact as redact_applied;
pub use drift::redact as redact_drift;
pub use workspace::redact as redact_diagnostics;

use super::document::{PlanDocument, Redaction, ResourceChange, RuleChange};
use people::People;
use serde_json::Value;

/// How much of people is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Privacy {
    /// Addresses and names as they are.
    #[default]
    Full,
    /// One stable pseudonym a person; domains stay.
    Pseudonymous,
    /// Numbers per list only.
    Counts,
}

impl Privacy {
    /// Returns the word used on the command line and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Pseudonymous => "pseudonymous",
            Self::Counts => "counts",
        }
    }
}

/// Takes personal data out of a plan. `key` makes pseudonyms that nobody without it can check.
///
/// The result says so under `portcullis` and is not applyable. A plan that is redacted already is never shown in more detail.
pub fn redact(mut document: PlanDocument, privacy: Privacy, key: Option<&str>) -> PlanDocument {
    let before = document
        .portcullis
        .as_ref()
        .map(|redaction| redaction.privacy.as_str());
    if privacy == Privacy::Full
        || before == Some(privacy.word())
        || before == Some(Privacy::Counts.word())
    {
        return document;
    }
    let mut people = People::new(privacy, key);
    for row in document
        .resource_changes
        .iter()
        .chain(&document.resource_drift)
    {
        people.learn(row);
    }
    let rows = document
        .resource_changes
        .iter_mut()
        .chain(&mut document.resource_drift);
    rows.for_each(|row| redact_row(row, &people));
    for check in &mut document.checks {
        people.rewrite(&mut check.address.to_display);
        for problem in &mut check.problems {
            people.rewrite(&mut problem.message);
        }
        // Anything that a person typed, so no form gives it away.
        let by = check.overridden.as_mut();
        if let Some(owner) = by.and_then(|by| by.owner.as_mut()) {
            *owner = people.pseudonym(owner);
        }
    }
    for error in &mut document.errors {
        people.rewrite_address(&mut error.address);
        people.rewrite(&mut error.message);
    }
    for step in &mut document.manual_steps {
        step.addresses
            .iter_mut()
            .for_each(|address| people.rewrite_address(address));
        people.rewrite(&mut step.title);
        step.click_path
            .iter_mut()
            .for_each(|click| people.rewrite(click));
        step.link.iter_mut().for_each(|link| people.rewrite(link));
        people.rewrite_value(&mut step.present);
        people.rewrite_value(&mut step.expected);
        // A command with a pseudonym in it would attest something else.
        step.attest
            .take_if(|command| people.text(command) != *command);
        step.states.take_if(|_| step.attest.is_none());
    }
    // So would a command that looks elsewhere.
    if document
        .arguments
        .iter()
        .any(|argument| people.text(argument) != *argument)
    {
        document.arguments.clear();
    }
    for finding in &mut document.findings {
        people.rewrite_address(&mut finding.address);
        if finding.code == "attestation-expired" {
            statement(&mut finding.message, &people);
        }
        people.rewrite(&mut finding.message);
    }
    for change in &mut document.rule_changes {
        redact_rule(change, &people);
    }
    for entry in &mut document.forecast {
        people.rewrite_address(&mut entry.address);
    }
    let unmanaged = &mut document.unmanaged;
    unmanaged
        .addresses
        .iter_mut()
        .for_each(|address| people.rewrite_address(address));
    document
        .access_impact
        .rewrite(|value| people.rewrite_value(value));
    if privacy == Privacy::Counts {
        fold::plan(&mut document);
    }
    document.applyable = false;
    document.portcullis = Some(Redaction {
        privacy: privacy.word().to_owned(),
    });
    document
}

fn redact_rule(change: &mut RuleChange, people: &People) {
    people.rewrite_address(&mut change.address);
    people.rewrite(&mut change.name);
    people.rewrite(&mut change.message);
    for value in [&mut change.before, &mut change.after] {
        people.rewrite_value(value);
        // Anything that a person typed, so no form gives it away.
        for key in ["by", "owner"] {
            if let Some(Value::String(who)) = value.get_mut(key) {
                *who = people.pseudonym(who);
            }
        }
    }
}

/// Takes personal data out of a single message; display names, which nothing else tells of, stay.
pub fn redact_text(text: &str, privacy: Privacy, key: Option<&str>) -> String {
    match privacy {
        Privacy::Full => text.to_owned(),
        Privacy::Pseudonymous | Privacy::Counts => People::new(privacy, key).text(text),
    }
}

/// Takes out who made a statement: anything that a person typed, so no form gives it away.
fn statement(message: &mut String, people: &People) {
    if let Some((head, rest)) = message.split_once(" by ")
        && let Some(who) = rest.strip_suffix(" no longer counts")
        && !who.contains('@')
    {
        *message = format!("{head} by {} no longer counts", people.pseudonym(who));
    }
}

fn redact_row(row: &mut ResourceChange, people: &People) {
    if people::of_address(&row.address).is_some() {
        row.name =
            people::of_address(&row.address).map_or_else(String::new, |who| people.pseudonym(&who));
    } else {
        people.rewrite(&mut row.name);
    }
    people.rewrite_address(&mut row.address);
    row.previous_address
        .iter_mut()
        .for_each(|address| people.rewrite_address(address));
    for value in [&mut row.change.before, &mut row.change.after] {
        people.rewrite_value(value);
    }
    let extra = &mut row.portcullis;
    extra
        .blocked_by
        .iter_mut()
        .for_each(|why| people.rewrite(why));
    extra
        .waiting_for
        .iter_mut()
        .for_each(|address| people.rewrite_address(address));
}

/// Says whether some part of a value is a person, so that its neighbours may be counted instead of shown.
fn names_a_person(value: &Value, marker: &str) -> bool {
    match value {
        Value::String(text) => text.contains(marker),
        Value::Array(list) => list.iter().any(|item| names_a_person(item, marker)),
        Value::Object(map) => map
            .iter()
            .any(|(key, value)| key.contains(marker) || names_a_person(value, marker)),
        _ => false,
    }
}
