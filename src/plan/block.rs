//! Why a change must not be carried out. Whether that may be overridden is a matter of its type, never of its words.

use crate::neutral::named;
use crate::neutral::phrase::{Phrase, foreign, ours, say};
use std::fmt;

/// One reason why a change must not be carried out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Block {
    /// A limit, a protection or a gate of the policy stands against it: the key, with what it found.
    Policy(Phrase),
    /// A limit or a protection that bears on it cannot be judged, for what was not read.
    Unjudged(Phrase),
    /// Atlassian's rules or identity stand against it, such as `L52: …`.
    Rule(Phrase),
    /// It makes the condition of a lint newly true: the lint's number.
    Lint(&'static str),
    /// An expectation would fail by it: the expectation's name.
    Expectation(String),
    /// The reviewed plan does not have it.
    Unreviewed(Phrase),
    /// It would do something to people that the reviewed plan does not say: who would gain or lose what.
    Withheld(Phrase),
    /// It rests on something that is not done.
    DependsOn {
        /// What is not done, such as `the account is not made`.
        what: Phrase,
        /// Whether only what may be overridden stands against that.
        overridable: bool,
    },
}

impl Block {
    /// Says whether it stands for what a reviewed plan does not hold.
    pub const fn is_of_a_review(&self) -> bool {
        matches!(self, Self::Unreviewed(_) | Self::Withheld(_))
    }

    /// Says whose rule it is, where that is not the workspace's own.
    pub fn is_of(&mut self, name: &str) {
        match self {
            Self::Policy(what) | Self::Unjudged(what) => *what = as_it_has(what, name),
            Self::Expectation(what) => *what = format!("{what} (as {} has it)", named(name)),
            // What Atlassian's rules and the order of things say is nobody's.
            Self::Rule(_)
            | Self::Lint(_)
            | Self::Unreviewed(_)
            | Self::Withheld(_)
            | Self::DependsOn { .. } => {}
        }
    }

    /// Says whether an acceptance of exactly this plan lifts it.
    pub const fn is_overridable(&self) -> bool {
        match self {
            Self::Policy(_) | Self::Unjudged(_) => true,
            Self::DependsOn { overridable, .. } => *overridable,
            Self::Rule(_)
            | Self::Lint(_)
            | Self::Expectation(_)
            | Self::Unreviewed(_)
            | Self::Withheld(_) => false,
        }
    }

    /// Says what would lift it: what somebody has to do, without names.
    pub fn lifted_by(&self) -> String {
        match self {
            Self::Policy(what) => {
                let key = what.first_word();
                let policy = match key.starts_with("policy.") {
                    true => format!("another `{key}`"),
                    false => "another policy".to_owned(),
                };
                format!(
                    "another edit of the files, {policy}, or an acceptance of exactly this plan"
                )
            }
            Self::Unjudged(_) => {
                "reading what is missing, or an acceptance of exactly this plan".to_owned()
            }
            Self::Rule(_) => "another edit of the files, or a change on the site".to_owned(),
            Self::Lint(code) => format!(
                "another edit of the files, or a change on the site (`portcullis rule {code}`), or an entry under `policy.acknowledge`"
            ),
            Self::Expectation(_) => {
                "an edit of the files that keeps the expectation, or a change of the expectation"
                    .to_owned()
            }
            Self::Unreviewed(_) | Self::Withheld(_) => "a review of a plan that says so".to_owned(),
            Self::DependsOn { .. } => "what unblocks the row that it rests on".to_owned(),
        }
    }
}

/// Says of something that it is as another workspace has it.
pub fn as_it_has(what: &Phrase, name: &str) -> Phrase {
    say("{} (as {} has it)", [what.clone(), foreign(name)])
}

impl Block {
    /// Says it.
    pub fn words(&self) -> Phrase {
        match self {
            Self::Policy(what) | Self::Rule(what) => what.clone(),
            Self::Unjudged(what) => Phrase::of("cannot be judged: ").then(what),
            Self::Unreviewed(why) => Phrase::of("not reviewed: ").then(why),
            Self::Withheld(who) => Phrase::of("withheld, since nobody reviewed that ").then(who),
            Self::Lint(code) => ours(format!("lint {code}")),
            Self::Expectation(name) => Phrase::of("expectation ").name(name),
            Self::DependsOn { what, .. } => what.clone(),
        }
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words().fmt(f)
    }
}
