//! From plans to the plan document: merging rows that share an address, counting, digesting.

use super::said::SaidImpact;
use super::{digest, made};
use crate::config::{Sources, UnlistedProjects, Unmanaged, Workspace};
use crate::diagnostic::Span;
use crate::exit::Exit;
use crate::impact::Assessment;
use crate::model::Address;
use crate::neutral::phrase::Phrase;
use crate::plan::surfaces::described_request;
use crate::plan::{Block, Change, Effect, ManualStep, Plan, Statement};
use crate::policy::Verdict;
use crate::report::document::{
    ApiBudget, ChangeBody, Check, CheckAddress, CheckProblem, CoverageDocument, Extra,
    FindingDocument, ForecastDocument, ManualStepDocument, Notifications, Override, PlanDocument,
    ResourceChange, ScopeError, Source, StatementDocument, UnmanagedDocument,
};
use camino::Utf8Path;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How many people one request adds or removes.
const BATCH: usize = 50;

/// One site's plan with what was judged about it.
#[derive(Debug)]
pub struct Planned {
    /// The plan, after the policy.
    pub plan: Plan,
    /// What the policy says.
    pub verdicts: Vec<Verdict>,
    /// What it does to people.
    pub impact: Assessment,
    /// The same with the policy overridden; `None` where the policy blocks nothing.
    pub overridden: Option<Overridden>,
    /// What also decides and was not judged, as sentences.
    pub also_decides: Vec<Phrase>,
    /// Requests that reading took.
    pub requests: u64,
    /// What the policy blocked before it was overridden, row by row; empty where it was not.
    pub lifted: Lifted,
}

/// What the policy blocked before it was overridden: the names of its keys, by the address and the action of a row.
pub type Lifted = BTreeMap<(String, &'static str), Vec<Phrase>>;

/// What a plan becomes when the policy is overridden for exactly this plan.
#[derive(Debug)]
pub struct Overridden {
    /// The plan with what the policy blocks lifted.
    pub plan: Plan,
    /// What that does to people.
    pub impact: Assessment,
}

impl Planned {
    /// Overrides the policy; what a rule blocks stays blocked. The digests stay the same.
    pub fn lift(&mut self) {
        if let Some(overridden) = self.overridden.take() {
            let blocked = self
                .plan
                .changes
                .iter()
                .filter(|change| is_overridable(change));
            self.lifted = blocked
                .map(|change| {
                    let blocks = change.blocked_by.iter().map(Block::words);
                    let row = (change.address.to_string(), change.action.word());
                    (row, blocks.collect())
                })
                .collect();
            self.plan = overridden.plan;
            self.impact = overridden.impact;
        }
    }
}

/// Says whether something stands against a change and an acceptance of exactly this plan lifts all of it.
fn is_overridable(change: &Change) -> bool {
    !change.blocked_by.is_empty() && change.blocked_by.iter().all(Block::is_overridable)
}

/// Builds the document of one command.
pub fn document(workspace: &Workspace, planned: &[Planned]) -> PlanDocument {
    let sources = &workspace.sources;
    let mut document = empty();
    let sites = planned.iter().map(|planned| planned.plan.site.as_str());
    document.sites = sites.map(str::to_owned).collect();
    for planned in planned {
        add(&mut document, workspace, sources, planned);
    }
    merge_shared_addresses(&mut document.resource_changes);
    document.errored = !document.errors.is_empty();
    document.complete = !document.errored;
    let impact = super::impact::document(sources, planned, document.complete);
    document.applyable = !document.errored
        && planned
            .iter()
            .any(|planned| planned.plan.changes.iter().any(Change::is_automatic));
    let sites = planned.iter().map(|planned| &planned.plan.site);
    document.made = Some(made::of(workspace, sites, &document, &impact));
    digest::seal(&mut document, &impact);
    document.access_impact = impact.into();
    document
}

/// Builds the document of a command that ended before anything was planned: no rows, nothing to apply.
pub fn nothing() -> PlanDocument {
    let mut document = empty();
    let impact = super::impact::document(&Sources::default(), &[], false);
    digest::seal(&mut document, &impact);
    document.access_impact = impact.into();
    document.errored = true;
    document.complete = false;
    document
}

/// What is said of mails where a list says that people be invited.
const INVITED: &str = "Atlassian invites whom a list with `create: invite` brings, nobody who has an account; the site's own notification settings may still write to people who are added";

fn empty() -> PlanDocument {
    PlanDocument {
        format_version: "1.2".to_owned(),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        sites: Vec::new(),
        resource_changes: Vec::new(),
        resource_drift: Vec::new(),
        checks: Vec::new(),
        applyable: false,
        complete: true,
        errored: false,
        errors: Vec::new(),
        access_impact: SaidImpact::NOTHING,
        manual_steps: Vec::new(),
        api_budget: ApiBudget::default(),
        notifications: Notifications {
            mails: 0,
            untold: 0,
            note: "Portcullis makes accounts without mail and invites nobody in this plan; the site's own notification settings may still write to people who are added".to_owned(),
        },
        forecast: Vec::new(),
        findings: Vec::new(),
        unmanaged: UnmanagedDocument::default(),
        coverage: CoverageDocument::default(),
        digest: String::new(),
        acceptance_digest: String::new(),
        rule_changes: Vec::new(),
        arguments: Vec::new(),
        made: None,
        exit_code: Exit::Done.code(),
        exit_reason: Exit::Done.reason().to_owned(),
        portcullis: None,
    }
}

/// Sets where commands look that a person is told to run: the workspace, and what narrows it.
pub fn set_arguments(document: &mut PlanDocument, workspace: &Utf8Path, narrowed: Vec<String>) {
    document.arguments = narrowed;
    if workspace == "." || workspace == "./" {
        return;
    }
    document.arguments.insert(0, workspace.to_string());
    for step in &mut document.manual_steps {
        if let Some(states) = &step.states {
            let statement = Statement {
                address: Address::from_encoded(&states.address),
                value: states.value.clone(),
            };
            step.attest = Some(statement.command(Some(workspace.as_str())));
        }
    }
}

/// Says beside the failed checks of the policy that somebody overrode them; those of a rule stand.
pub fn set_overridden(document: &mut PlanDocument, by: &Override) {
    let checks = document.checks.iter_mut();
    for check in checks.filter(|check| check.status == "fail") {
        // An expectation or a lint may be called anything.
        if matches!(
            check.address.kind.as_str(),
            "limit" | "protect" | "built_in"
        ) {
            check.overridden = Some(by.clone());
        }
    }
}

/// Sets the exit code that the document carries.
pub fn set_exit(document: &mut PlanDocument, exit: Exit) {
    document.exit_code = exit.code();
    exit.reason().clone_into(&mut document.exit_reason);
}

fn step(step: &ManualStep) -> ManualStepDocument {
    let statement = step.attest.as_ref();
    ManualStepDocument {
        addresses: step.addresses.iter().map(ToString::to_string).collect(),
        title: step.title.clone(),
        click_path: step.click_path.clone(),
        on_page: step.on_page,
        link: step.link.clone(),
        role: step.role.clone(),
        present: step.present.clone(),
        expected: step.expected.clone(),
        attest: statement.map(|statement| statement.command(None)),
        states: statement.map(|statement| StatementDocument {
            address: statement.address.to_string(),
            value: statement.value.clone(),
        }),
    }
}

fn add(document: &mut PlanDocument, workspace: &Workspace, sources: &Sources, planned: &Planned) {
    let Planned {
        plan,
        verdicts,
        requests,
        impact: _,
        also_decides: _,
        overridden: _,
        lifted,
    } = planned;
    document
        .resource_changes
        .extend(plan.changes.iter().map(|change| {
            let mut row = row(workspace, change);
            if let Some(lifted) = lifted.get(&(row.address.clone(), change.action.word())) {
                row.portcullis.overridden.clone_from(lifted);
            }
            row
        }));
    document.checks.extend(verdicts.iter().map(|verdict| {
        Check {
            address: CheckAddress {
                kind: verdict.kind.to_owned(),
                to_display: verdict.name.clone(),
            },
            status: verdict.status().to_owned(),
            problems: verdict
                .problems
                .iter()
                .map(|message| CheckProblem {
                    message: message.clone(),
                })
                .collect(),
            overridden: None,
        }
    }));
    document
        .errors
        .extend(plan.errors.iter().map(|error| ScopeError {
            address: error.address.to_string(),
            message: error.cause.why.clone(),
            forbidden: error.cause.forbidden,
            source: source(sources, error.source),
        }));
    let steps = plan.manual_steps.iter().map(step);
    document.manual_steps.extend(steps);
    document.api_budget.plan_requests += requests;
    document.api_budget.apply_writes += writes(plan);
    let made = plan.changes.iter().filter(|change| change.is_automatic());
    for change in made {
        match &change.effect {
            Effect::CreateAccount {
                invited_to: Some(_),
                ..
            } => document.notifications.mails += 1,
            Effect::CreateAccount { .. } => document.notifications.untold += 1,
            _ => {}
        }
    }
    if document.notifications.mails > 0 {
        document.notifications.note = INVITED.to_owned();
    }
    document
        .forecast
        .extend(plan.forecast.iter().filter_map(|forecast| {
            Some(ForecastDocument {
                address: forecast.address.to_string(),
                until: forecast.until.to_string(),
                source: source(sources, Some(forecast.source))?,
                count: None,
            })
        }));
    document
        .findings
        .extend(plan.findings.iter().map(|finding| FindingDocument {
            address: finding.address.to_string(),
            code: finding.code.to_owned(),
            message: finding.message.clone(),
            source: source(sources, finding.source),
        }));
    unmanaged(&mut document.unmanaged, workspace, plan);
    let coverage = &mut document.coverage;
    coverage.organizations_managed += plan.coverage.organizations_managed;
    coverage.organizations_live += plan.coverage.organizations_live;
    coverage.projects_managed += plan.coverage.projects_managed;
    coverage.projects_live += plan.coverage.projects_live;
    coverage.fields_known += plan.coverage.fields_known;
    coverage.fields_unknown += plan.coverage.fields_unknown;
}

/// Makes the row of one change.
pub(crate) fn row(workspace: &Workspace, change: &Change) -> ResourceChange {
    let sources = &workspace.sources;
    let site = workspace.sites.get(change.address.root());
    ResourceChange {
        address: change.address.to_string(),
        previous_address: None,
        mode: "managed".to_owned(),
        kind: change.kind.word().to_owned(),
        name: change.name.clone(),
        change: ChangeBody {
            actions: vec![change.action.word().to_owned()],
            before: change.before.clone(),
            after: change.after.clone(),
        },
        action_reason: change.reason.word().to_owned(),
        portcullis: Extra {
            surface: change.surface.word().to_owned(),
            request: site.and_then(|site| described_request(&site.surfaces, change)),
            source: source(sources, change.source),
            blocked_by: change.blocked_by.iter().map(Block::words).collect(),
            lifted_by: lifted_by(change),
            overridable: is_overridable(change),
            overridden: Vec::new(),
            origin: None,
            waiting_for: change.waiting_for.iter().map(ToString::to_string).collect(),
            needs_right: change.needs_right.map(|right| right.name().to_owned()),
            count: None,
        },
    }
}

/// Says what would lift everything that stands against a change.
fn lifted_by(change: &Change) -> Vec<Phrase> {
    let mut lifted: Vec<String> = Vec::new();
    add_new(
        &mut lifted,
        change.blocked_by.iter().map(Block::lifted_by).collect(),
    );
    // What lifts the stricter of two lifts the other as well.
    let all = lifted.clone();
    lifted.retain(|longer| {
        let covers =
            |shorter: &String| longer.len() > shorter.len() && longer.starts_with(shorter.as_str());
        !all.iter().any(covers)
    });
    lifted.into_iter().map(Phrase::from).collect()
}

/// Returns a place as documents show it; `None` where there is none.
pub(crate) fn source(sources: &Sources, span: Option<Span>) -> Option<Source> {
    let span = span?;
    Some(Source {
        file: sources.get(span.file)?.path.to_string(),
        line: span.line,
    })
}

fn unmanaged(document: &mut UnmanagedDocument, workspace: &Workspace, plan: &Plan) {
    let how = workspace
        .policy
        .unmanaged
        .map_or(Unmanaged::Count, |how| how.value);
    if how == Unmanaged::Ignore {
        return;
    }
    document.organizations += plan.unmanaged.organizations.len();
    document.projects += plan.unmanaged.projects.len();
    document.people += plan
        .unmanaged
        .people
        .iter()
        .map(|(_, count)| count)
        .sum::<usize>();
    let reports = workspace
        .sites
        .get(&plan.site)
        .is_some_and(|site| site.unlisted_projects.value == UnlistedProjects::Report);
    let site = plan.site.as_str();
    if reports || how == Unmanaged::List {
        let projects = plan.unmanaged.projects.iter();
        document
            .addresses
            .extend(projects.map(|key| Address::new([site, "project", key]).to_string()));
    }
    if how == Unmanaged::List {
        let organizations = plan.unmanaged.organizations.iter();
        document.addresses.extend(
            organizations.map(|name| Address::new([site, "organization", name]).to_string()),
        );
    }
}

/// Two fields can be one thing, and two sites can share an approved domain: such rows become one.
pub(crate) fn merge_shared_addresses(rows: &mut Vec<ResourceChange>) {
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    let mut merged: Vec<ResourceChange> = Vec::with_capacity(rows.len());
    for row in rows.drain(..) {
        match first.get(&row.address) {
            Some(&at) if merged[at].change.actions == row.change.actions => {
                unite(&mut merged[at].change.before, row.change.before);
                unite(&mut merged[at].change.after, row.change.after);
                let whole = &mut merged[at].portcullis;
                let blocked = |extra: &Extra| !extra.blocked_by.is_empty();
                whole.overridable = (whole.overridable || !blocked(whole))
                    && (row.portcullis.overridable || !blocked(&row.portcullis))
                    && (blocked(whole) || blocked(&row.portcullis));
                add_new(&mut whole.blocked_by, row.portcullis.blocked_by);
                add_new(&mut whole.lifted_by, row.portcullis.lifted_by);
                add_new(&mut whole.overridden, row.portcullis.overridden);
                add_new(&mut whole.waiting_for, row.portcullis.waiting_for);
            }
            _ => {
                first.insert(row.address.clone(), merged.len());
                merged.push(row);
            }
        }
    }
    *rows = merged;
}

/// What stands against both of two rows that become one is said once.
fn add_new<T: PartialEq>(into: &mut Vec<T>, from: Vec<T>) {
    for text in from {
        if !into.contains(&text) {
            into.push(text);
        }
    }
}

fn unite(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                match into.get_mut(&key) {
                    Some(slot) => unite(slot, value),
                    None => {
                        into.insert(key, value);
                    }
                }
            }
        }
        (slot @ Value::Null, value) => *slot = value,
        _ => {}
    }
}

/// Counts the least number of writes that carrying the plan out takes.
fn writes(plan: &Plan) -> u64 {
    let mut lists: BTreeMap<String, usize> = BTreeMap::new();
    let mut documents: BTreeSet<String> = BTreeSet::new();
    let mut others = 0;
    for (at, change) in plan.changes.iter().enumerate() {
        if !change.is_automatic() {
            continue;
        }
        let stage = plan.order.stages.get(at).copied().unwrap_or(0);
        match &change.effect {
            Effect::AddMember(organization, _) => {
                *lists.entry(format!("+{organization:?}")).or_default() += 1
            }
            Effect::RemoveMember(id, _) => *lists.entry(format!("-{id}")).or_default() += 1,
            Effect::AddCustomer(key, _) => *lists.entry(format!("+{key}")).or_default() += 1,
            Effect::RemoveCustomer(key, _) => *lists.entry(format!("-p{key}")).or_default() += 1,
            Effect::SetSite(..) => {
                documents.insert(format!("site {stage}"));
            }
            Effect::SetEmailDomains(organization, _) => {
                documents.insert(format!("{organization:?}"));
            }
            Effect::SetChannelAccess(key, _) | Effect::SetCustomerSharing(key, _) => {
                documents.insert(format!("{key} {stage}"));
            }
            Effect::BecomeCustomer { grant, takes, .. } => {
                others += usize::from(grant.is_some()) + takes.len();
            }
            // The ownership mark is part of making an organization, and linking a space may set who can view it.
            Effect::CreateOrganization(_) | Effect::LinkSpace(_, _, Some(_)) => others += 2,
            _ => others += 1,
        }
    }
    let batches: usize = lists.values().map(|count| count.div_ceil(BATCH)).sum();
    (batches + documents.len() + others) as u64
}
