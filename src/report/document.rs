//! The plan as JSON: Terraform's plan representation 1.2 where meaning is equal, with Portcullis's own keys beside.
//!
//! `plan --out` writes it and `show` reads it back, so every renderer works from this document and from nothing else.

pub use super::made::{Made, MadeSite};
use super::said::SaidImpact;
use crate::neutral::phrase::Phrase;
use crate::neutral::shell;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// A plan over all sites of a workspace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanDocument {
    /// `1.2`; a reader refuses another major version and ignores unknown names.
    pub format_version: String,
    /// The version of Portcullis that made it.
    pub tool_version: String,
    /// The sites that were planned.
    pub sites: Vec<String>,
    /// One element per change; no-ops are left out.
    pub resource_changes: Vec<ResourceChange>,
    /// Changes made outside, in the same shape.
    pub resource_drift: Vec<ResourceChange>,
    /// Results of limits, protections and near-duplicate checks.
    pub checks: Vec<Check>,
    /// Whether `apply` makes sense.
    pub applyable: bool,
    /// Whether everything asked for was considered.
    pub complete: bool,
    /// Whether something went wrong; such a plan can be read, never applied.
    pub errored: bool,
    /// What went wrong, scope by scope.
    pub errors: Vec<ScopeError>,
    /// Who gains, loses and keeps what.
    #[schemars(with = "serde_json::Value")]
    pub access_impact: SaidImpact,
    /// Steps that only a person can do.
    pub manual_steps: Vec<ManualStepDocument>,
    /// Requests.
    pub api_budget: ApiBudget,
    /// Mails that people would get.
    pub notifications: Notifications,
    /// Entries that end within thirty days.
    pub forecast: Vec<ForecastDocument>,
    /// Things worth knowing that change nothing.
    pub findings: Vec<FindingDocument>,
    /// What is on the sites and not in the YAML.
    pub unmanaged: UnmanagedDocument,
    /// How much of what was read is described.
    pub coverage: CoverageDocument,
    /// SHA-256 over what was planned ([`crate::report::digest`]): the same plan has the same, however it came about.
    pub digest: String,
    /// The same over what the policy blocks alone: what `--accept` and `acceptances/` name.
    #[serde(default)]
    pub acceptance_digest: String,
    /// With `--base`: every rule, address, surface, description, `keep`, attestation and acceptance that the branch adds, changes or
    /// deletes, and what it stops managing.
    #[serde(default)]
    pub rule_changes: Vec<RuleChange>,
    /// What the command was told of where to look: the workspace unless it is the present directory, `--site`, `--target`. Commands
    /// that a person is told to run next repeat it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
    /// What it was made of; a plan without this can be shown, never applied. Whatever takes names out of a plan takes the rules out of this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Made>,
    /// The exit code of the command that printed it.
    pub exit_code: u8,
    /// The reason of that exit code, in words.
    pub exit_reason: String,
    /// Says that personal data was taken out; such a plan can be read, never applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portcullis: Option<Redaction>,
}

impl PlanDocument {
    /// Says whether the policy blocks something that could be overridden for exactly this plan.
    pub fn is_overridable(&self) -> bool {
        let mut rows = self.resource_changes.iter();
        rows.any(|row| row.portcullis.overridable)
    }

    /// Returns the rights that carrying this out takes and that the caller lacks: without them `apply` sends nothing.
    pub fn lacking(&self) -> BTreeSet<&str> {
        let rows = self.resource_changes.iter();
        let rows = rows.filter(|row| row.portcullis.blocked_by.is_empty());
        rows.filter_map(|row| row.portcullis.needs_right.as_deref())
            .collect()
    }

    /// Returns a command on the same part of the same workspace, ready for a shell.
    pub fn command(&self, name: &str) -> String {
        let words = ["portcullis", name].map(str::to_owned).into_iter();
        let arguments = self.arguments.iter().map(|word| shell::quoted(word));
        words.chain(arguments).collect::<Vec<_>>().join(" ")
    }

    /// Returns a command on the same workspace, whatever narrows the plan, ready for a shell.
    pub(super) fn in_workspace(&self, name: &str, arguments: &str) -> String {
        let first = self.arguments.first();
        match first.filter(|first| !first.starts_with('-')) {
            Some(workspace) => {
                format!("portcullis {name} {} {arguments}", shell::quoted(workspace))
            }
            None => format!("portcullis {name} {arguments}"),
        }
    }
}

/// What was done to a document before it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Redaction {
    /// `pseudonymous` or `counts`.
    pub privacy: String,
}

/// Something that a branch does to what judges it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleChange {
    /// `rule`, `url`, `surface`, `description`, `unmanaged`, `keep`, `attestation`, `acceptance` or
    /// `given_up`.
    pub kind: String,
    /// What it is called, such as `policy.max_removals` or `expectation HR is never public`.
    pub name: String,
    /// What it is about: a site, a list, an attested field.
    pub address: String,
    /// `added`, `changed` or `deleted`.
    pub edit: String,
    /// Whether more may happen now.
    pub loosens: bool,
    /// What it said.
    pub before: Value,
    /// What it says.
    pub after: Value,
    /// What this plan comes to under the old one: `passed`, `warned`, `blocked` or `failed`.
    pub outcome: String,
    /// Whether that makes a difference here, so that its owners have to approve.
    pub decisive: bool,
    /// In words.
    pub message: Phrase,
    /// Where it is written now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ResourceChange {
    /// What changes.
    pub address: String,
    /// The address it had, after a rename.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_address: Option<String>,
    /// `managed`.
    pub mode: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What happens.
    pub change: ChangeBody,
    /// Why, as an open set of words.
    pub action_reason: String,
    /// What Terraform has no words for.
    pub portcullis: Extra,
}

impl ResourceChange {
    /// Says whether it is a question, not a change: what is there is not known.
    pub fn asks(&self) -> bool {
        self.action_reason == "update_because_unknown"
    }
}

/// What happens to one thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeBody {
    /// `["create"]`, `["update"]` or `["delete"]`.
    pub actions: Vec<String>,
    /// The live value; `null` when it is not there or not known.
    pub before: Value,
    /// The desired value; `null` when it goes.
    pub after: Value,
}

/// What Terraform has no words for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Extra {
    /// The route.
    pub surface: String,
    /// Over `mapped`, the method and the path of the request that the description makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Who asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Why it must not be done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked_by: Vec<Phrase>,
    /// What would lift that, in the order of `blocked_by`, each said once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifted_by: Vec<Phrase>,
    /// Whether an acceptance of exactly this plan lifts all of that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overridable: bool,
    /// What the policy had against it and somebody overrode for exactly this plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overridden: Vec<Phrase>,
    /// `this_branch`, `there_before`, `behind` (the base has moved on) or `unknown`, with `--base`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// What a person must do first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting_for: Vec<String>,
    /// A right that carrying it out takes and that the caller lacks, by Atlassian's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs_right: Option<String>,
    /// How many people the row stands for, where `--privacy counts` made one row of a list's people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
}

/// A place in the user's files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// The path relative to the workspace.
    pub file: String,
    /// From 1.
    pub line: u32,
}

/// The result of a check, shaped as Terraform's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// What was checked.
    pub address: CheckAddress,
    /// `pass`, `warn`, `fail`, `error` or `unknown`.
    pub status: String,
    /// What is wrong.
    pub problems: Vec<CheckProblem>,
    /// Who overrode it for exactly this plan: it still fails, and blocks nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Override>,
}

impl Check {
    /// Says what was checked; the name of an expectation is its author's.
    pub fn title(&self) -> Phrase {
        let kind = Phrase::read(&self.address.kind).word(" ");
        match self.address.kind.as_str() {
            "expectation" => kind.name(&self.address.to_display),
            _ => kind.then(&Phrase::read(&self.address.to_display)),
        }
    }

    /// Says before its problems what the check does to the plan: a failed one blocks unless somebody overrode it.
    pub fn effect(&self) -> Phrase {
        match (&self.overridden, self.status.as_str()) {
            (Some(by), _) => Phrase::of("Overridden (").then(&by.words()).word(")"),
            (None, "fail") => Phrase::of("Blocked"),
            (None, _) => Phrase::of("Warning"),
        }
    }
}

/// Who overrode the policy for exactly one plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Override {
    /// [`Override::FLAG`] or [`Override::FILE`].
    pub by: String,
    /// Who answers for it, where a file says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Since when, where a file says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

impl Override {
    /// On the command line.
    pub const FLAG: &'static str = "--accept";
    /// By a file in the workspace.
    pub const FILE: &'static str = "acceptances";

    /// Returns it in words, such as `accepted by it@acme.example on 2026-11-01`.
    pub fn words(&self) -> Phrase {
        if self.by == Self::FLAG {
            return Phrase::of(Self::FLAG);
        }
        let mut words = Phrase::of("accepted");
        if let Some(owner) = &self.owner {
            words = words.word(" by ").key(owner);
        }
        if let Some(date) = &self.date {
            words = words.word(" on ").key(date);
        }
        words
    }
}

/// The address of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckAddress {
    /// `limit`, `protect` or `expectation`.
    pub kind: String,
    /// For people.
    pub to_display: String,
}

/// One problem of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckProblem {
    /// What is wrong.
    pub message: Phrase,
}

/// A scope that could not be planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScopeError {
    /// The scope.
    pub address: String,
    /// Why.
    pub message: Phrase,
    /// Whether a right or a credential is missing.
    pub forbidden: bool,
    /// Where the scope is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// A step that only a person can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ManualStepDocument {
    /// The addresses that it settles.
    pub addresses: Vec<String>,
    /// What to do, in one line.
    pub title: Phrase,
    /// Where to click, outermost first.
    pub click_path: Vec<Phrase>,
    /// How many of these, the last ones, are on the page to which the others lead; steps of one page are one visit.
    #[serde(default)]
    pub on_page: usize,
    /// A link to the page, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Who can do it.
    pub role: String,
    /// The present value, as far as known.
    pub present: Value,
    /// The value it should have.
    pub expected: Value,
    /// The command that records that a person checked it, where attesting helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attest: Option<String>,
    /// What that command states, for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub states: Option<StatementDocument>,
}

/// What a person states who looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatementDocument {
    /// What it is about.
    pub address: String,
    /// The value that it is to have.
    pub value: Value,
}

impl ManualStepDocument {
    /// Returns the way to the page.
    pub fn page(&self) -> &[Phrase] {
        self.click_path.split_at(self.split()).0
    }

    /// Returns what to click on the page.
    pub fn controls(&self) -> &[Phrase] {
        self.click_path.split_at(self.split()).1
    }

    fn split(&self) -> usize {
        self.click_path.len().saturating_sub(self.on_page)
    }
}

/// Requests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApiBudget {
    /// Requests that planning took.
    pub plan_requests: u64,
    /// Writes that applying would send, at least.
    pub apply_writes: u64,
}

/// Mails that people would get.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Notifications {
    /// How many mails the planned requests send by themselves: one to each person whom a list says to invite. Where rows need a
    /// right (`needs_right`) nothing is sent before somebody applies who has it.
    pub mails: u64,
    /// How many accounts are made of which nobody is told.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub untold: u64,
    /// What may still be sent by the site's own notification settings.
    pub note: String,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// An entry that ends soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ForecastDocument {
    /// The membership.
    pub address: String,
    /// The last day on which it holds.
    pub until: String,
    /// Where the entry stands.
    pub source: Source,
    /// How many people the row stands for, with `--privacy counts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
}

/// Something worth knowing that changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindingDocument {
    /// What it is about.
    pub address: String,
    /// Stable code.
    pub code: String,
    /// What it is.
    pub message: Phrase,
    /// Where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// What is on the sites and not in the YAML.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnmanagedDocument {
    /// How many organizations.
    pub organizations: usize,
    /// How many service projects.
    pub projects: usize,
    /// How many people on managed lists.
    pub people: usize,
    /// The addresses, with `policy.unmanaged: list`; projects also with `unlisted_projects: report`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
}

/// How much of what was read is described.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CoverageDocument {
    /// Organizations in the YAML that the sites have.
    pub organizations_managed: usize,
    /// Organizations of the sites.
    pub organizations_live: usize,
    /// Projects in the YAML that the sites have.
    pub projects_managed: usize,
    /// Service projects of the sites.
    pub projects_live: usize,
    /// Fields that are written and whose live value is known.
    pub fields_known: usize,
    /// Fields that are written and whose live value is not known.
    pub fields_unknown: usize,
}
