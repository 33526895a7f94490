//! Why a change must not be carried out. Whether that may be overridden is a matter of its type, never of its words.

use crate::neutral::named;
use std::fmt;

/// One reason why a change must not be carried out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Block {
    /// A limit, a protection or a gate of the policy stands against it: the key, with what it found.
    Policy(String),
    /// A limit or a protection that bears on it cannot be judged, for what was not read.
    Unjudged(String),
    /// Atlassian's rules or identity stand against it, such as `L52: …`.
    Rule(String),
    /// It makes the condition of a lint newly true: the lint's number.
    Lint(&'static str),
    /// An expectation would fail by it: the expectation's name.
    Expectation(String),
    /// The reviewed plan does not have it.
    Unreviewed(String),
    /// It would do something to people that the reviewed plan does not say: who would gain or lose what.
    Withheld(String),
    /// It rests on something that is not done.
    DependsOn {
        /// What is not done, such as `the account is not made`.
        what: String,
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
            Self::Policy(what) | Self::Unjudged(what) | Self::Expectation(what) => {
                *what = as_it_has(what, name);
            }
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
                let key = what.split([':', ' ']).next().unwrap_or_default();
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
pub fn as_it_has(what: &str, name: &str) -> String {
    format!("{what} (as {name} has it)", name = named(name))
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(what) | Self::Rule(what) => f.write_str(what),
            Self::Unjudged(what) => write!(f, "cannot be judged: {what}"),
            Self::Unreviewed(why) => write!(f, "not reviewed: {why}"),
            Self::Withheld(who) => write!(f, "withheld, since nobody reviewed that {who}"),
            Self::Lint(code) => write!(f, "lint {code}"),
            Self::Expectation(name) => write!(f, "expectation {name}", name = named(name)),
            Self::DependsOn { what, .. } => f.write_str(what),
        }
    }
}
