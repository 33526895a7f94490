//! What also decides who gets in and is not judged: said wherever somebody reads who gets in, so that nobody believes it judged.
//!
//! V6: request types that are for some people only. V9: help centers with an audience, support sites of Customer Service
//! Management among them. And team-managed projects, whose access no permission scheme tells.

use crate::model::{Audience, Field, HelpCenter, ProjectKey, Read};
use crate::neutral::named;
use crate::neutral::phrase::{Phrase, ours, say};
use crate::observed::{Observed, ObservedDoors};
use std::collections::BTreeSet;

/// How many names a sentence has.
const NAMES: usize = 5;

/// The other doors of a site, as far as they were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Doors {
    /// What was found.
    pub found: Vec<Door>,
    /// What was not read; empty where nobody asked.
    pub unread: Vec<UnreadDoor>,
    asked: bool,
}

/// Other doors that were not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadDoor {
    /// The rule of the model that says what they do.
    pub rule: &'static str,
    /// Which, and why, as a sentence.
    pub says: Phrase,
    /// Whether it was tried, or is known to be refused.
    pub refused: bool,
}

/// Something that also decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// The rule of the model that says what it does; none for what no rule tells.
    pub rule: &'static str,
    /// The project that it belongs to; `None` for a whole site.
    pub project: Option<ProjectKey>,
    /// What it decides, as a sentence.
    pub says: Phrase,
}

impl Doors {
    /// Says what was seen of the other doors of a site.
    pub fn of(observed: &Observed) -> Self {
        let mut doors = Self::default();
        for (key, seen) in observed.whole_projects().into_iter().flatten() {
            let permissions = seen.permissions.as_ref();
            if permissions.is_some_and(|permissions| permissions.team_managed) {
                doors.found.push(Door {
                    rule: "V1",
                    project: Some(key.clone()),
                    says: format!(
                        "{key} is team-managed: who is let in by its own access settings no permission scheme tells, and it is not read"
                    ).into(),
                });
            }
        }
        if let Some(seen) = &observed.doors {
            doors.asked = true;
            doors.help_centers(seen);
            doors.request_types(seen);
        }
        doors
    }

    fn help_centers(&mut self, seen: &ObservedDoors) {
        let what = "help centers with an audience of their own, and support sites of Customer Service Management, were not read";
        match &seen.help_centers {
            None => self.unread.push(UnreadDoor {
                rule: "V9",
                says: format!("{what}: the surface `gateway` is not used (`deny`)").into(),
                refused: false,
            }),
            Some(Read::Incomplete(why)) => self.unread.push(UnreadDoor {
                rule: "V9",
                says: say("{}: {}", [ours(what), why.why.clone()]),
                refused: true,
            }),
            Some(Read::Complete(centers)) => {
                let told = centers.iter().filter_map(help_center);
                self.found.extend(told.map(|says| Door {
                    rule: "V9",
                    project: None,
                    says,
                }));
            }
        }
    }

    fn request_types(&mut self, seen: &ObservedDoors) {
        let told = seen.request_types.iter().map(|(key, names)| Door {
            rule: "V6",
            project: Some(key.clone()),
            says: request_types(key, names).into(),
        });
        self.found.extend(told);
        if let Some(why) = &seen.request_types_unread {
            self.unread.push(UnreadDoor {
                rule: "V6",
                says: say(
                    "request types that are for some people only were not read: {}",
                    [why.why.clone()],
                ),
                refused: true,
            });
        }
    }

    /// What also decides in a project, and what of that was not read.
    pub fn of_project(&self, key: &ProjectKey) -> Vec<Phrase> {
        let found = self.found.iter();
        let meant = found.filter(|door| door.project.as_ref().is_none_or(|own| own == key));
        let said = meant.map(|door| door.says.clone());
        said.chain(self.unread.iter().map(|unread| unread.says.clone()))
            .collect()
    }

    /// Says whether the doors of a rule were read; `None` where nobody asked.
    pub fn coverage(&self, rule: &str) -> Option<bool> {
        let unread = |unread: &UnreadDoor| unread.rule == rule;
        self.asked.then(|| !self.unread.iter().any(unread))
    }

    /// What a plan says: what was found, and what a service refused to tell. A surface that the files deny is their choice.
    pub fn of_plan(&self) -> Vec<Phrase> {
        let found = self.found.iter().map(|door| door.says.clone());
        let refused = self.unread.iter().filter(|unread| unread.refused);
        found
            .chain(refused.map(|unread| unread.says.clone()))
            .collect()
    }

    /// What also decides on a whole site, and what of that was not read.
    pub fn of_site(&self) -> Vec<Phrase> {
        let found = self.found.iter().map(|door| door.says.clone());
        found
            .chain(self.unread.iter().map(|unread| unread.says.clone()))
            .collect()
    }
}

/// Names a help center, or a support site.
pub fn help_center_words(center: &HelpCenter) -> String {
    match center.customer_service {
        true => format!(
            "the support site {} of Customer Service Management",
            named(&center.name)
        ),
        false => format!("the help center {}", named(&center.name)),
    }
}

/// Nothing is said of a help center that lets everybody in.
fn help_center(center: &HelpCenter) -> Option<Phrase> {
    let what = help_center_words(center);
    Some(match &center.audience {
        Field::Unknown(why) => format!("who may enter {what} is not known: {why}").into(),
        Field::Known(Audience::Public) if center.customer_service => {
            format!("{what} is open to everybody").into()
        }
        Field::Known(Audience::Public) => return None,
        Field::Known(Audience::External) => format!("{what} is for external customers only").into(),
        Field::Known(Audience::Internal) => format!("{what} is for internal customers only").into(),
        Field::Known(Audience::Organizations(names, more)) => {
            let names: BTreeSet<&str> = names.iter().map(String::as_str).collect();
            match listed(
                names.into_iter(),
                usize::try_from(*more).unwrap_or(usize::MAX),
            ) {
                None => format!(
                    "{what} is for the members of organizations that it names, and it names none"
                )
                .into(),
                Some(names) => format!("{what} is for the members of {names} only").into(),
            }
        }
    })
}

fn request_types(key: &ProjectKey, names: &BTreeSet<String>) -> String {
    let list = listed(names.iter().map(String::as_str), 0).unwrap_or_default();
    match names.len() {
        1 => format!("the request type {list} of {key} is for some people or groups only"),
        count => {
            format!("{count} request types of {key} are for some people or groups only: {list}")
        }
    }
}

/// The first few names, and how many more there are; nothing where there is none.
fn listed<'n>(names: impl Iterator<Item = &'n str>, more: usize) -> Option<String> {
    let all: Vec<&str> = names.collect();
    let shown: Vec<String> = all.iter().take(NAMES).map(named).collect();
    let more = more.saturating_add(all.len() - shown.len());
    match (shown.is_empty(), more) {
        (true, 0) => None,
        (true, more) => Some(format!("{more} organizations")),
        (false, 0) => Some(shown.join(", ")),
        (false, more) => Some(format!("{} and {more} more", shown.join(", "))),
    }
}
