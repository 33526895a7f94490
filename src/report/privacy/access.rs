//! The same for answers about access: one person explained, or everybody who reaches something.

use super::Privacy;
use super::people::People;
use crate::access::Because;
use crate::access::explain::Explanation;
use crate::access::who::Listing;
use crate::neutral::phrase::Phrase;
use std::collections::BTreeMap;

/// What is shown of people, for a report that is written person by person.
#[derive(Debug)]
pub struct Mask {
    privacy: Privacy,
    people: People,
}

impl Mask {
    /// Shows as much of people as `privacy` says; `key` makes pseudonyms that nobody without it can check.
    pub fn new(privacy: Privacy, key: Option<&str>) -> Self {
        Self {
            privacy,
            people: People::new(privacy, key),
        }
    }

    /// Returns the word used on the command line and in JSON.
    pub const fn word(&self) -> &'static str {
        self.privacy.word()
    }

    /// Says whether people are shown as they are.
    pub fn is_full(&self) -> bool {
        self.privacy == Privacy::Full
    }

    /// Says whether people are only counted.
    pub fn counts(&self) -> bool {
        self.privacy == Privacy::Counts
    }

    /// Returns what is shown of an address, or of `id:` and an account id.
    pub fn who(&self, who: &str) -> String {
        match self.is_full() {
            true => who.to_owned(),
            false => self.people.pseudonym(who),
        }
    }

    /// Returns what is shown of a sentence.
    pub fn phrase(&self, phrase: &Phrase) -> Phrase {
        let mut shown = phrase.clone();
        if !self.is_full() {
            self.people.phrase(&mut shown);
        }
        shown
    }
}

/// Takes personal data out of an explanation; who was asked about goes through [`Mask::who`].
pub fn redact_explanation(explanation: &mut Explanation, privacy: Privacy, key: Option<&str>) {
    if privacy == Privacy::Full {
        return;
    }
    let people = People::new(privacy, key);
    for door in &mut explanation.not_judged {
        people.phrase(door);
    }
    let projects = explanation.projects.iter_mut();
    let (reasons, by_channel): (Vec<_>, Vec<_>) = projects
        .map(|project| (&mut project.because, &mut project.channels))
        .unzip();
    let channels = explanation
        .channels
        .iter_mut()
        .chain(by_channel.into_iter().flatten())
        .map(|channel| &mut channel.because);
    let articles = explanation
        .articles
        .iter_mut()
        .map(|article| &mut article.because);
    for because in reasons
        .into_iter()
        .chain(channels)
        .chain(articles)
        .chain([&mut explanation.notes])
    {
        steps(because, &people);
    }
}

fn steps(because: &mut [Because], people: &People) {
    for step in because {
        people.phrase(&mut step.text);
    }
}

/// Takes personal data out of a listing. With `counts` people who come by the same routes are one row.
pub fn redact_listing(listing: &mut Listing, privacy: Privacy, key: Option<&str>) {
    if privacy == Privacy::Full {
        return;
    }
    let people = People::new(privacy, key);
    for class in &mut listing.classes {
        steps(&mut class.because, &people);
    }
    for gap in listing.gaps.iter_mut().chain(&mut listing.not_judged) {
        people.phrase(gap);
    }
    let mut rows = std::mem::take(&mut listing.people);
    for row in &mut rows {
        // Whose address is hidden is known by the id alone, also where the name looks like an address.
        row.who = people.pseudonym(&row.who);
        row.account_id = None;
        row.name.clear();
    }
    if privacy == Privacy::Pseudonymous {
        // The order of addresses would tell about them.
        rows.sort_by(|a, b| a.who.cmp(&b.who));
        listing.people = rows;
        return;
    }
    let mut counts = BTreeMap::new();
    for mut row in rows {
        for via in &mut row.via {
            via.source = None;
        }
        let routes: Vec<_> = row
            .via
            .iter()
            .map(|via| (via.route.clone(), via.rule))
            .collect();
        let kind = (routes, row.answer, row.account.map(|kind| kind.word()));
        counts.entry(kind).or_insert((row, 0)).1 += 1;
    }
    listing.people = counts
        .into_values()
        .map(|(mut row, count)| {
            row.who = match count {
                1 => "1 person".to_owned(),
                _ => format!("{count} people"),
            };
            row.count = Some(count);
            row
        })
        .collect();
}
