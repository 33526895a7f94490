//! What a machine, credentials and a workspace can and cannot do, before anything is tried: the report of `portcullis doctor`.
//!
//! Pure: what was asked of the site arrives as [`Rights`] and [`Check`]s, and goes out as text or JSON.

mod advice;
mod fields;
mod json;
mod text;

pub use advice::{advice, tokens};
pub use fields::fields;
pub use json::{DoctorDocument, document};
pub use text::{write, write_before};

use crate::exit::Exit;
use crate::model::{ProjectKey, Surface};
use std::collections::{BTreeMap, BTreeSet};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It is as it should be.
    Good,
    /// Worth knowing, and no obstacle.
    Note,
    /// Not known, since nobody could or would say.
    Unknown,
    /// Something that is needed is missing.
    Missing,
}

impl State {
    /// Returns the word of the reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Note => "note",
            Self::Unknown => "unknown",
            Self::Missing => "missing",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// How it ended.
    pub state: State,
    /// What was looked at.
    pub what: String,
    /// What was found.
    pub says: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Check {
    /// Makes a check.
    pub fn new(state: State, what: impl Into<String>, says: impl Into<String>) -> Self {
        Self {
            state,
            what: what.into(),
            says: says.into(),
            hint: None,
        }
    }

    /// Adds what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// What the caller may do on a site; `None` where nobody said.
#[derive(Debug, Clone, Default)]
pub struct Rights {
    /// Jira administrator.
    pub administer: Option<bool>,
    /// May search for users.
    pub browse_users: Option<bool>,
    /// The declared projects that the site shows to the caller.
    pub projects: BTreeMap<ProjectKey, ProjectRights>,
    /// Whether the projects of the site could be listed, so that one that is missing is missing.
    pub projects_known: bool,
    /// Whether the Admin API answers with the organization's key; `None` where it was not asked.
    pub organization_key: Option<bool>,
    /// Surfaces without a promise that the site refused to these credentials.
    pub refused: BTreeSet<Surface>,
    /// The endpoints of the mapped description that refused the caller.
    pub refused_endpoints: BTreeSet<String>,
}

/// What the caller may do in one project.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProjectRights {
    /// Agent.
    pub agent: Option<bool>,
    /// Administrator of the project.
    pub administer: Option<bool>,
}

/// Who carries a declared field out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// `apply`, over a surface.
    Automatic(Surface),
    /// A person, with a step in the plan.
    ByHand,
    /// Nobody, as things are.
    Refused,
}

impl Way {
    /// Returns the word of the reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Automatic(_) => "automatic",
            Self::ByHand => "by hand",
            Self::Refused => "refused",
        }
    }
}

/// A declared field, for the objects for which it is carried out in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredField {
    /// The key in the YAML.
    pub field: &'static str,
    /// The organizations, projects, domains or spaces that it is declared for; empty for the site itself.
    pub objects: Vec<String>,
    /// Who carries it out.
    pub way: Way,
    /// Why it is so.
    pub why: String,
}

/// What was found about one site.
#[derive(Debug, Clone, Default)]
pub struct SiteReport {
    /// Its key in the YAML.
    pub site: String,
    /// Its address.
    pub url: String,
    /// Checks, by section.
    pub sections: Vec<(&'static str, Vec<Check>)>,
    /// What is declared.
    pub fields: Vec<DeclaredField>,
    /// What to do next: a heading and sentences each.
    pub advice: Vec<(&'static str, Vec<String>)>,
}

/// Says how `doctor` ends.
pub fn exit(reports: &[SiteReport], unreachable: bool) -> Exit {
    let missing = reports.iter().any(|report| {
        let checks = report.sections.iter().flat_map(|(_, checks)| checks);
        let refused = report.fields.iter().any(|field| field.way == Way::Refused);
        refused
            || checks
                .into_iter()
                .any(|check| check.state == State::Missing)
    });
    match (unreachable, missing) {
        (true, _) => Exit::Unreadable,
        (false, true) => Exit::Forbidden,
        (false, false) => Exit::Done,
    }
}
