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
mod impact;
mod known;
mod people;
mod workspace;

pub use access::{Mask, redact_explanation, redact_listing};
pub use applied::redact as redact_applied;
pub use drift::redact as redact_drift;
pub use workspace::redact as redact_diagnostics;

use super::document::{
    Check, ManualStepDocument, PlanDocument, Redaction, ResourceChange, RuleChange,
};
use crate::neutral::phrase::Phrase;
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
    learn(&mut people, &document);
    redact_parts(&mut document, &people);
    if privacy == Privacy::Counts {
        fold::plan(&mut document);
    }
    document.applyable = false;
    document.portcullis = Some(Redaction {
        privacy: privacy.word().to_owned(),
    });
    document
}

/// Learns whom a plan names, in rows and by the addresses of whatever else it tells.
fn learn(people: &mut People, document: &PlanDocument) {
    let rows = document.resource_changes.iter();
    for row in rows.chain(&document.resource_drift) {
        people.learn(row);
    }
    let steps = document.manual_steps.iter();
    let told = document.findings.iter().map(|finding| &finding.address);
    let told = told.chain(document.errors.iter().map(|error| &error.address));
    let told = told.chain(document.forecast.iter().map(|entry| &entry.address));
    for address in told.chain(steps.flat_map(|step| &step.addresses)) {
        people.learn_address(address);
    }
}

fn redact_parts(document: &mut PlanDocument, people: &People) {
    let rows = document.resource_changes.iter_mut();
    for row in rows.chain(&mut document.resource_drift) {
        redact_row(row, people);
    }
    // Rules name people too, and hold a reviewed plan against a fresh one, which this one never is.
    let made = document.made.iter_mut();
    for site in made.flat_map(|made| made.sites.values_mut()) {
        site.rules.clear();
    }
    document
        .checks
        .iter_mut()
        .for_each(|check| redact_check(check, people));
    for error in &mut document.errors {
        people.rewrite_address(&mut error.address);
        people.phrase(&mut error.message);
    }
    for step in &mut document.manual_steps {
        redact_step(step, people);
    }
    // A command that looks elsewhere would show something else.
    let mut arguments = document.arguments.iter();
    if arguments.any(|argument| people.foreign(argument) != *argument) {
        document.arguments.clear();
    }
    for finding in &mut document.findings {
        people.rewrite_address(&mut finding.address);
        people.phrase(&mut finding.message);
    }
    for change in &mut document.rule_changes {
        redact_rule(change, people);
    }
    for entry in &mut document.forecast {
        people.rewrite_address(&mut entry.address);
    }
    let unmanaged = &mut document.unmanaged;
    unmanaged
        .addresses
        .iter_mut()
        .for_each(|address| people.rewrite_address(address));
    impact::redact(&mut document.access_impact, people);
}

fn redact_check(check: &mut Check, people: &People) {
    // What an expectation is called, its author chose; a limit or a protection is said by the grammar of messages.
    let name = &mut check.address.to_display;
    match check.address.kind.as_str() {
        "expectation" => people.rewrite(name),
        _ => {
            let mut said = Phrase::read(name);
            people.phrase(&mut said);
            *name = said.to_string();
        }
    }
    for problem in &mut check.problems {
        people.phrase(&mut problem.message);
    }
    // Anything that a person typed, so no form gives it away.
    let by = check.overridden.as_mut();
    if let Some(owner) = by.and_then(|by| by.owner.as_mut()) {
        *owner = people.pseudonym(owner);
    }
}

fn redact_step(step: &mut ManualStepDocument, people: &People) {
    // A command with a pseudonym in it would attest something else.
    if step
        .states
        .as_ref()
        .is_none_or(|states| people.is_in(states))
    {
        step.attest = None;
        step.states = None;
    }
    step.addresses
        .iter_mut()
        .for_each(|address| people.rewrite_address(address));
    people.phrase(&mut step.title);
    step.click_path
        .iter_mut()
        .for_each(|click| people.phrase(click));
    step.link.iter_mut().for_each(|link| people.rewrite(link));
    people.rewrite_value(&mut step.present);
    people.rewrite_value(&mut step.expected);
}

fn redact_rule(change: &mut RuleChange, people: &People) {
    people.rewrite_address(&mut change.address);
    let mut name = Phrase::read(&change.name);
    people.phrase(&mut name);
    change.name = name.to_string();
    people.phrase(&mut change.message);
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

/// Takes personal data out of a single message.
pub fn redact_phrase(phrase: &Phrase, privacy: Privacy, key: Option<&str>) -> Phrase {
    let mut shown = phrase.clone();
    if privacy != Privacy::Full {
        People::new(privacy, key).phrase(&mut shown);
    }
    shown
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
    let said = extra.blocked_by.iter_mut().chain(&mut extra.lifted_by);
    said.chain(&mut extra.overridden)
        .for_each(|why| people.phrase(why));
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
