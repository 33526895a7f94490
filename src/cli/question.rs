//! The question before `apply`: how many people gain and lose, and the word that is taken as yes.

use crate::report::document::PlanDocument;
use crate::report::impact::AccessImpact;

/// What is asked, and what must be answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Question {
    /// The text, up to where the answer is typed.
    pub(super) text: String,
    /// The answer that goes on; anything else is a no.
    pub(super) word: String,
}

impl Question {
    /// Asks about so many changes of a plan. Where somebody loses every portal of a site, its name must be typed.
    pub(super) fn of(document: &PlanDocument, automatic: usize) -> Self {
        let impact = document.access_impact.impact();
        let impact = impact.unwrap_or_default();
        let s = if automatic == 1 { "" } else { "s" };
        let people = people(&impact) + &ends(document);
        let every = &impact.without_any_access;
        if every.people == 0 {
            return Self {
                text: format!(
                    "\n{people}Carry out {automatic} change{s}? Only `yes` is taken as yes: "
                ),
                word: "yes".to_owned(),
            };
        }
        let word = match every.sites.is_empty() {
            true => document.sites.join(" "),
            false => every.sites.keys().cloned().collect::<Vec<_>>().join(" "),
        };
        Self {
            text: format!(
                "\n{people}Carry out {automatic} change{s}? Somebody loses every portal, so only the name `{word}` is taken as yes: "
            ),
            word,
        }
    }
}

/// Says what the changes do to people; nothing where they do nothing.
fn people(impact: &AccessImpact) -> String {
    let known = impact.at_least.clone().unwrap_or_default();
    let least = match impact.at_least {
        Some(_) => "at least ",
        None => "",
    };
    let losing = impact.people_losing.unwrap_or(known.people_losing);
    let gaining = impact.people_gaining.unwrap_or(known.people_gaining);
    let counted = |n: usize| match n {
        1 => format!("{least}1 person"),
        n => format!("{least}{n} people"),
    };
    let verb = |n: usize, one: &'static str, many: &'static str| if n == 1 { one } else { many };
    let mut parts = Vec::new();
    if losing > 0 {
        let every = match impact.without_any_access.people {
            0 => String::new(),
            n => format!(", {n} of them every portal"),
        };
        let lose = verb(losing, "loses", "lose");
        parts.push(format!("{} {lose} something{every}", counted(losing)));
    }
    if gaining > 0 {
        let gain = verb(gaining, "gains", "gain");
        parts.push(format!("{} {gain} something", counted(gaining)));
    }
    match parts.is_empty() {
        true => String::new(),
        false => format!("{}.\n", parts.join("; ")),
    }
}

/// Names how many accounts lose their access for good; nothing where none does.
fn ends(document: &PlanDocument) -> String {
    let rows = document.resource_changes.iter();
    let ends = rows.filter(|row| {
        row.action_reason == "update_because_person_revoked"
            && row.portcullis.surface != "manual"
            && row.portcullis.blocked_by.is_empty()
    });
    match ends.count() {
        0 => String::new(),
        1 => "The access of 1 account ends: only a person can give it back.\n".to_owned(),
        n => format!("The access of {n} accounts ends: only a person can give it back.\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::build::nothing;

    fn asked(losing: usize, gaining: usize, every: usize) -> Question {
        let mut document = nothing();
        document.sites = vec!["acme".to_owned()];
        let mut impact = document.access_impact.impact().unwrap().into_owned();
        (impact.people_losing, impact.people_gaining) = (Some(losing), Some(gaining));
        impact.without_any_access.people = every;
        impact.at_least = None;
        document.access_impact = impact.into();
        Question::of(&document, 3)
    }

    #[test]
    fn the_question_repeats_who_gains_and_loses() {
        let question = asked(2, 1, 0);
        assert_eq!(
            question.text,
            "\n2 people lose something; 1 person gains something.\nCarry out 3 changes? Only `yes` is taken as yes: "
        );
        assert_eq!(question.word, "yes");
        assert_eq!(
            asked(0, 0, 0).text,
            "\nCarry out 3 changes? Only `yes` is taken as yes: "
        );
    }

    #[test]
    fn who_takes_every_portal_from_somebody_types_the_sites_name() {
        let question = asked(2, 0, 1);
        assert!(
            question
                .text
                .contains("2 people lose something, 1 of them every portal.")
        );
        assert_eq!(question.word, "acme");
    }
}
