//! The question before `apply`: how many people gain and lose, and the word that is taken as yes.

use crate::report::document::PlanDocument;
use crate::report::headcount::Headcount;
use std::collections::BTreeSet;

/// What is asked, and what must be answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Question {
    /// The text, up to where the answer is typed.
    pub(super) text: String,
    /// The answer that goes on; anything else is a no.
    pub(super) word: String,
}

impl Question {
    /// Asks about so many changes of a plan. Where somebody loses every portal of a site, or may, its name must be typed.
    pub(super) fn of(document: &PlanDocument, automatic: usize) -> Self {
        let impact = document.access_impact.impact().unwrap_or_default();
        let count = Headcount::applied(&impact);
        let s = if automatic == 1 { "" } else { "s" };
        let people = people(count) + &ends(document);
        let whose = match (count.without.sure, count.without.all) {
            (0, 0) => {
                return Self {
                    text: format!(
                        "\n{people}Carry out {automatic} change{s}? Only `yes` is taken as yes: "
                    ),
                    word: "yes".to_owned(),
                };
            }
            (0, _) => "Somebody may lose every portal",
            _ => "Somebody loses every portal",
        };
        let rows = [&impact.without_any_access, &impact.without_sure_access];
        let sites: BTreeSet<&String> = rows.iter().flat_map(|row| row.sites.keys()).collect();
        let word = match sites.is_empty() {
            true => document.sites.join(" "),
            false => sites.into_iter().cloned().collect::<Vec<_>>().join(" "),
        };
        Self {
            text: format!(
                "\n{people}Carry out {automatic} change{s}? {whose}, so only the name `{word}` is taken as yes: "
            ),
            word,
        }
    }
}

/// Says what the changes do to people; nothing where they do nothing.
fn people(count: Headcount) -> String {
    let parts: Vec<String> = count.loses().into_iter().chain(count.gains()).collect();
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

    #[test]
    fn who_may_take_every_portal_from_somebody_types_it_too() {
        let mut document = nothing();
        document.sites = vec!["acme".to_owned()];
        let mut impact = document.access_impact.impact().unwrap().into_owned();
        (impact.people_losing, impact.at_least) = (Some(2), None);
        impact.losses = serde_json::from_value(serde_json::json!([{
            "site": "acme", "project": "HR", "before": "yes", "after": "uncertain", "people": 2,
            "via": "open project", "list": ["ana@globex.example", "bo@globex.example"],
        }]))
        .unwrap();
        impact.without_sure_access.people = 2;
        document.access_impact = impact.into();
        let question = Question::of(&document, 1);
        assert_eq!(
            question.text,
            "\n2 people may lose something, perhaps every portal.\nCarry out 1 change? Somebody may lose every portal, so only the name `acme` is taken as yes: "
        );
        assert_eq!(question.word, "acme");
    }
}
