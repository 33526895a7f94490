//! The live site as a workspace: what was read, written down so that planning it against the same site changes nothing.
//!
//! Pure: it takes an [`Observed`] and gives files as text. What could not be read is left out, with a comment that says
//! why; an unknown value is never written as if it were known.

mod objects;
mod people;
mod site;
mod slug;
mod yaml;

use crate::config::{Auth, ConfluencePlan, Mode, SurfaceMode, UserManagement};
use crate::model::{AccountId, Incomplete, OrganizationId, OrganizationName, Read, SiteKey};
use crate::observed::Observed;
use camino::Utf8PathBuf;
use std::collections::{BTreeMap, BTreeSet};

/// Where the JSON Schema stands in an exported workspace, which its first line names.
const SCHEMA: &str = "schemas/portcullis.schema.json";

/// How the exported workspace reaches the site: what an observation does not say.
#[derive(Debug, Clone)]
pub struct Target {
    /// The site's key.
    pub key: SiteKey,
    /// The site's `url`, as it is written.
    pub url: String,
    /// The `api_url`, when it is written.
    pub api_url: Option<String>,
    /// How requests authenticate.
    pub auth: Auth,
    /// Which click paths manual steps show.
    pub user_management: UserManagement,
    /// The Confluence plan, when it is written.
    pub confluence_plan: Option<ConfluencePlan>,
    /// Whether the gateway may be used.
    pub gateway: SurfaceMode,
    /// Whether the private endpoint may be used.
    pub private: SurfaceMode,
    /// The mapped description, copied as it is.
    pub mapped: Option<CopiedFile>,
    /// The Atlassian organization of the site, when it is known.
    pub atlassian: Option<AtlassianTarget>,
}

/// How the exported workspace reaches the Atlassian organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtlassianTarget {
    /// Its key.
    pub key: SiteKey,
    /// Its id, when it is written; the sandbox knows its own.
    pub id: Option<String>,
}

/// A file that goes into the export unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedFile {
    /// Its path, relative to the workspace.
    pub path: Utf8PathBuf,
    /// What it holds.
    pub text: String,
}

/// How lists are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// What becomes of people.
    pub members: Members,
    /// Whether lists are the whole truth from now on.
    pub mode: Mode,
    /// Whether people are named by account id as well: an id survives a change of address.
    pub ids: bool,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            members: Members::Csv,
            mode: Mode::AddOnly,
            ids: true,
        }
    }
}

/// What becomes of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Members {
    /// Roster files, one per list.
    Csv,
    /// Left out: no list of people is managed.
    None,
}

/// A workspace as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The files, by path relative to the workspace.
    pub files: BTreeMap<Utf8PathBuf, String>,
    /// Lists that could not be read whole and are left out.
    pub gaps: Vec<Gap>,
    /// What was written, for a summary.
    pub counts: Counts,
}

/// A list that could not be read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What, such as ``members of organization `Globex` ``; holds foreign text.
    pub what: String,
    /// Why.
    pub cause: Incomplete,
}

/// How much an export holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Customer organizations.
    pub organizations: usize,
    /// Service projects.
    pub projects: usize,
    /// Entries of rosters.
    pub people: usize,
    /// Things of the site that the format cannot name, each with a comment.
    pub left_out: usize,
    /// Organizations whose members are written as the whole truth although their e-mail domains, by which Atlassian adds
    /// members itself, are not known.
    pub unknown_domains: usize,
}

/// Writes what was read as a workspace. The same observation gives the same bytes.
///
/// # Errors
/// When a value cannot be written as YAML, which no value of an observation should cause.
pub fn workspace(
    observed: &Observed,
    target: &Target,
    shape: Shape,
) -> Result<Export, serde_yaml::Error> {
    let mut draft = Draft::new(observed, target, shape);
    let organizations = draft.organizations()?;
    let projects = draft.projects()?;
    draft.site(organizations.into_iter().chain(projects).collect())?;
    let schema = crate::config::schema();
    draft.file(SCHEMA, format!("{schema:#}\n"));
    if let Some(driver) = &target.mapped {
        draft.file(driver.path.clone(), driver.text.clone());
    }
    Ok(Export {
        files: draft.files,
        gaps: draft.gaps,
        counts: draft.counts,
    })
}

/// An export in the making.
struct Draft<'a> {
    observed: &'a Observed,
    target: &'a Target,
    shape: Shape,
    /// Addresses that more than one account has, which therefore name nobody.
    shared: BTreeSet<&'a str>,
    /// The organizations that are written, with the name that each is written under.
    named: BTreeMap<&'a OrganizationId, OrganizationName>,
    files: BTreeMap<Utf8PathBuf, String>,
    gaps: Vec<Gap>,
    counts: Counts,
}

impl<'a> Draft<'a> {
    fn new(observed: &'a Observed, target: &'a Target, shape: Shape) -> Self {
        let mut seen: BTreeMap<&str, &AccountId> = BTreeMap::new();
        let mut shared = BTreeSet::new();
        for (id, account) in observed.accounts.iter() {
            if let Some(email) = &account.email
                && seen.insert(email.key(), id).is_some()
            {
                shared.insert(email.key());
            }
        }
        Self {
            observed,
            target,
            shape,
            shared,
            named: BTreeMap::new(),
            files: BTreeMap::new(),
            gaps: Vec::new(),
            counts: Counts::default(),
        }
    }

    /// Returns the word for the mode of lists.
    const fn mode(&self) -> &'static str {
        match self.shape.mode {
            Mode::AddOnly => "add_only",
            Mode::Exact => "exact",
        }
    }

    fn file(&mut self, path: impl Into<Utf8PathBuf>, text: String) {
        self.files.insert(path.into(), text);
    }

    /// Returns a list that was read whole; else notes the gap and gives the comment that stands in its place.
    fn whole<T>(
        &mut self,
        read: Option<&'a Read<T>>,
        what: impl FnOnce() -> String,
    ) -> Result<&'a T, String> {
        let cause = match read {
            Some(Read::Complete(value)) => return Ok(value),
            Some(Read::Incomplete(cause)) => cause.clone(),
            None => Incomplete {
                why: "it was not read".into(),
                forbidden: false,
            },
        };
        let what = what();
        let comment = format!(
            "Left out: {what}. It could not be read whole: {}",
            cause.why
        );
        self.gaps.push(Gap { what, cause });
        Err(comment)
    }
}
