//! What the whole plan comes to, in one sentence: the first thing that a reviewer reads.

use super::document::PlanDocument;
use super::headcount::{Count, Headcount};
use super::impact::AccessImpact;
use super::sentences::people;
use super::text::rows::Section;
use super::text::values::counted;
use crate::neutral::phrase::Phrase;

/// How the sentence is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// Something stands in the way.
    Stop,
    /// Somebody should look.
    Look,
    /// Nobody loses anything, and no class gains.
    Calm,
}

impl Tone {
    /// Returns it as a word.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Look => "look",
            Self::Calm => "calm",
        }
    }
}

/// Says what the plan comes to.
pub(super) fn verdict(document: &PlanDocument) -> (Tone, Phrase) {
    let count = |fate: Section| {
        let rows = document.resource_changes.iter();
        let rows = rows.filter(|row| Section::of(row) == fate);
        rows.map(|row| row.portcullis.count.unwrap_or(1))
            .sum::<usize>()
    };
    if document.errored || !document.complete {
        let what = counted(document.errors.len(), "thing", "things");
        let text = format!("Not whole: {what} could not be read, and nothing is changed there.");
        return (Tone::Stop, Phrase::of(&text));
    }
    let failing = document.checks.iter().filter(|check| {
        check.address.kind == "expectation" && check.status == "fail" && check.overridden.is_none()
    });
    let failing = failing.count();
    let blocked = count(Section::Blocked);
    let mut stops = Vec::new();
    if failing > 0 {
        stops.push(counted(failing, "expectation fails", "expectations fail"));
    }
    if blocked > 0 {
        stops.push(counted(blocked, "change is blocked", "changes are blocked"));
    }
    if !stops.is_empty() {
        return (
            Tone::Stop,
            Phrase::of(&format!("Blocked: {}.", stops.join(" and "))),
        );
    }
    if document.resource_changes.is_empty() && document.manual_steps.is_empty() {
        return (Tone::Calm, Phrase::of("Nothing to change."));
    }
    let impact = document.access_impact.impact();
    let impact = impact.unwrap_or_default();
    let count = Headcount::whole(&impact);
    let hands = match document.manual_steps.len() {
        0 => String::new(),
        n => format!(" {} by hand.", counted(n, "step is", "steps are")),
    };
    let (tone, text) = if count.without.sure > 0 {
        (Tone::Look, every(count.without))
    } else if let Some(loses) = count.loses() {
        let rest = match count.without.all {
            0 => ", and nobody everything.",
            _ => ".",
        };
        (Tone::Look, loses + rest)
    } else if !impact.complete {
        (
            Tone::Look,
            "Nobody is known to lose access; not everything was read.".to_owned(),
        )
    } else {
        (Tone::Calm, "Nobody loses access.".to_owned())
    };
    let (tone, classes) = match gaining(&impact) {
        None => (tone, String::new()),
        // Nobody losing anything is no calm matter where a door opens.
        Some((classes, verb)) => (Tone::Look, format!(" {classes} {verb} something.")),
    };
    (tone, Phrase::of(&format!("{text}{classes}{hands}")))
}

/// Says how many lose every portal, where somebody surely does.
fn every(without: Count) -> String {
    let verb = if without.sure == 1 { "loses" } else { "lose" };
    let perhaps = match without.perhaps() {
        0 => String::new(),
        _ => format!(", perhaps {}", without.all),
    };
    format!("{} {verb} every portal{perhaps}.", people(without.sure))
}

/// Names the widest class that gains something, by apply or by the steps by hand, and says how sure that is.
fn gaining(impact: &AccessImpact) -> Option<(&'static str, &'static str)> {
    let rank = |answer: &str| {
        ["no", "uncertain", "yes"]
            .iter()
            .position(|word| *word == answer)
    };
    let rows = || {
        impact
            .classes
            .iter()
            .chain(&impact.with_manual_steps.classes)
    };
    [
        ("anonymous", "Visitors without a login"),
        ("anyone", "People with any e-mail address"),
        ("any_customer", "All customers of the site"),
        (
            "anyone_of_public_mail",
            "People with any public mail address",
        ),
        ("anyone_of_companies", "People with any company's address"),
    ]
    .into_iter()
    .find_map(|(class, words)| {
        let gained = rows().filter(|row| row.class == class);
        let gained = gained.filter(|row| rank(&row.after) > rank(&row.before));
        let sure = gained.map(|row| row.after == "yes").max()?;
        Some((words, if sure { "gain" } else { "may gain" }))
    })
}
