//! Carrying a plan out: decides nothing, goes on past independent failures, and can say afterwards what became of every change.
//!
//! A plan must have been made right before, by the same run. Running again after an interruption converges, since every
//! effect is either idempotent or looked up before it is repeated.

mod accounts;
mod documents;
mod domains;
mod endings;
mod groups;
mod journal;
mod people;
mod prudence;
mod roles;
mod verify;

pub use journal::{Journal, JournalEntry, Told};

use crate::desired::Desired;
use crate::jsm::{ApiError, ErrorKind, Reader, Writer};
use crate::model::{AccountId, DeskId, Email, OrganizationId, OrganizationName, ProjectKey};
use crate::neutral::phrase::{Phrase, foreign, marked, say};
use crate::observed::{Observed, Ownership};
use crate::plan::{Change, Effect, OrganizationRef, PersonRef, Plan};
use futures_util::stream::{self, StreamExt};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// How many pieces of work are under way at once; the client's own limit is what counts towards the site.
const WORK_AT_ONCE: usize = 64;

/// What became of one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "outcome", content = "message")]
pub enum Outcome {
    /// Carried out.
    Done,
    /// It was true already when its turn came.
    AlreadyTrue,
    /// Refused or lost, with the reason.
    Failed(Phrase),
    /// An account exists that no search shows: deactivated, revoked or hidden. A warning, not a failure.
    InactiveOrHidden(Phrase),
    /// Not attempted, because of something else that did not work.
    NotTried(Phrase),
    /// A person has to do it.
    Manual,
    /// The site refuses it to programs, so that a person has to do it: how.
    LeftToAPerson(Phrase),
    /// Rests on what a person has to do; the next run carries it out.
    Waiting,
    /// A limit, a protection or a rule stands against it.
    Blocked,
}

/// What became of a plan, change by change, in the plan's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplyReport {
    /// One outcome per change of the plan.
    pub outcomes: Vec<Outcome>,
    /// Whether a refusal for want of a right or a credential was among the failures.
    pub forbidden: bool,
}

/// The number of changes per outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// Carried out.
    pub done: usize,
    /// True already.
    pub already_true: usize,
    /// Failed.
    pub failed: usize,
    /// Accounts that exist and that no search shows.
    pub inactive_or_hidden: usize,
    /// Not tried.
    pub not_tried: usize,
    /// By hand.
    pub manual: usize,
    /// Waiting for something by hand.
    pub waiting: usize,
    /// Blocked.
    pub blocked: usize,
}

impl ApplyReport {
    /// Counts the outcomes.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for outcome in &self.outcomes {
            *match outcome {
                Outcome::Done => &mut counts.done,
                Outcome::AlreadyTrue => &mut counts.already_true,
                Outcome::Failed(_) => &mut counts.failed,
                Outcome::InactiveOrHidden(_) => &mut counts.inactive_or_hidden,
                Outcome::NotTried(_) => &mut counts.not_tried,
                Outcome::Manual | Outcome::LeftToAPerson(_) => &mut counts.manual,
                Outcome::Waiting => &mut counts.waiting,
                Outcome::Blocked => &mut counts.blocked,
            } += 1;
        }
        counts
    }
}

/// Everything that carrying out needs.
pub struct Apply<'a> {
    /// For looking up and reading back.
    pub reader: &'a Reader,
    /// For writing.
    pub writer: &'a Writer,
    /// The desired state the plan was made from.
    pub desired: &'a Desired<'a>,
    /// The observed state the plan was made from.
    pub observed: &'a Observed,
    /// Told of every outcome as soon as it is known.
    pub journal: &'a Journal,
    /// Told when a stage begins.
    pub begins: &'a (dyn Fn(Stage) + Sync),
}

/// A part of a plan whose changes may be carried out at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// Its number, from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// How many changes it holds.
    pub changes: usize,
}

/// How much of one list of people fits into one request; Atlassian publishes no limit.
const BATCH: usize = 50;

/// Ids that came into being while the plan was carried out, and why others did not.
#[derive(Debug, Default)]
struct Made {
    accounts: HashMap<Email, Result<AccountId, Phrase>>,
    organizations: HashMap<OrganizationName, Result<OrganizationId, Phrase>>,
    /// The same, by id.
    names: HashMap<OrganizationId, OrganizationName>,
    /// Accounts that came into being a moment ago: the site's own parts may not all have heard of them.
    fresh: HashSet<AccountId>,
    /// Organizations that the site gave two names in this run, with what is said of whatever hangs on them.
    contested: HashMap<OrganizationId, Phrase>,
}

impl Made {
    /// Takes in what a piece of work found out. An id that two creations were answered with is believed of neither.
    fn learn(&mut self, findings: &mut Findings) {
        if let Some((_, Ok(id))) = &findings.account {
            self.fresh.insert(*id);
        }
        if let Some((name, made)) = &mut findings.organization
            && let Ok(id) = made
            && let Some(other) = self.names.insert(id.clone(), name.clone())
        {
            let id = id.clone();
            let why = contested(name, other.as_str());
            for (_, outcome) in &mut findings.outcomes {
                *outcome = Outcome::Failed(why.clone());
            }
            *made = Err(why.clone());
            self.organizations.insert(other, Err(why.clone()));
            self.contested.insert(id, why);
        }
        self.contested.extend(findings.contested.take());
        self.accounts.extend(findings.account.take());
        self.organizations.extend(findings.organization.take());
    }
}

/// What is said where one organization was given two names.
fn contested(asked: &OrganizationName, known: &str) -> Phrase {
    say(
        "making organization {} was answered with the one that is known as {}: the site is being changed, so nothing is done with either; run again",
        [foreign(asked), foreign(known)],
    )
}

/// What a piece of work found out.
#[derive(Debug, Default)]
struct Findings {
    outcomes: Vec<(usize, Outcome)>,
    account: Option<(Email, Result<AccountId, Phrase>)>,
    organization: Option<(OrganizationName, Result<OrganizationId, Phrase>)>,
    contested: Option<(OrganizationId, Phrase)>,
    forbidden: bool,
}

impl Findings {
    fn one(index: usize, outcome: Outcome) -> Self {
        Self {
            outcomes: vec![(index, outcome)],
            ..Self::default()
        }
    }

    fn of(indices: &[usize], outcome: &Outcome) -> Self {
        let outcomes = indices
            .iter()
            .map(|&index| (index, outcome.clone()))
            .collect();
        Self {
            outcomes,
            ..Self::default()
        }
    }

    fn failed(indices: &[usize], error: &ApiError) -> Self {
        let mut findings = Self::of(indices, &Outcome::Failed(explain(error)));
        findings.forbidden = is_forbidden(error);
        findings
    }
}

/// A piece of work: one request, or the few that belong together.
enum Work {
    Account(usize, Email, String, Option<ProjectKey>),
    Organization(usize, OrganizationName),
    /// People of one list, and those among them who were made by this run.
    People(people::List, Vec<(usize, AccountId)>, HashSet<AccountId>),
    Link(usize, ProjectKey, OrganizationId),
    Single(usize),
    /// Changes that one read-merge-write of one document settles.
    Document(documents::Target, Vec<usize>),
}

impl Apply<'_> {
    /// Carries the plan out, stage by stage.
    pub async fn run(&self, plan: &Plan) -> ApplyReport {
        self.stages(plan).await.0
    }

    /// The same, and then reads every touched list back: what it does not show has failed.
    pub async fn run_and_verify(&self, plan: &Plan) -> ApplyReport {
        let (mut report, made) = self.stages(plan).await;
        self.verify(plan, &made, &mut report).await;
        report
    }

    async fn stages(&self, plan: &Plan) -> (ApplyReport, Made) {
        let mut outcomes: Vec<Option<Outcome>> = vec![None; plan.changes.len()];
        let mut made = Made::default();
        let mut forbidden = false;
        let ordered = &plan.order;
        let mut stages: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (index, change) in plan.changes.iter().enumerate() {
            let outcome = if !change.blocked_by.is_empty() {
                Outcome::Blocked
            } else if change.is_by_hand() {
                Outcome::Manual
            } else if !change.waiting_for.is_empty() {
                Outcome::Waiting
            } else {
                stages.entry(ordered.stages[index]).or_default().push(index);
                continue;
            };
            self.journal.record(plan, change, &outcome);
            outcomes[index] = Some(outcome);
        }
        let of = stages.len();
        for (number, indices) in (1..).zip(stages.into_values()) {
            (self.begins)(Stage {
                number,
                of,
                changes: indices.len(),
            });
            let (indices, held) = prudence::hold_back(plan, ordered, indices, &outcomes);
            let mut tell = |index: usize, outcome: Outcome| {
                self.journal.record(plan, &plan.changes[index], &outcome);
                outcomes[index] = Some(outcome);
            };
            for (index, why) in held {
                tell(index, Outcome::NotTried(why));
            }
            // What a creation is answered with may be an organization that other changes of the stage are about.
            let (first, rest): (Vec<usize>, Vec<usize>) = indices
                .into_iter()
                .partition(|&at| matches!(plan.changes[at].effect, Effect::CreateOrganization(_)));
            for indices in [first, rest] {
                let (works, untried) = self.works(plan, &indices, &made);
                for (index, why) in untried {
                    tell(index, Outcome::NotTried(why));
                }
                let mut running = stream::iter(works)
                    .map(|work| self.carry_out(plan, work))
                    .buffer_unordered(WORK_AT_ONCE);
                while let Some(mut findings) = running.next().await {
                    forbidden |= findings.forbidden;
                    made.learn(&mut findings);
                    for (index, outcome) in findings.outcomes {
                        tell(index, outcome);
                    }
                }
            }
        }
        let outcomes = outcomes
            .into_iter()
            .map(|outcome| {
                outcome.unwrap_or_else(|| Outcome::NotTried("the run ended before".into()))
            })
            .collect();
        let report = ApplyReport {
            outcomes,
            forbidden,
        };
        (report, made)
    }

    /// Cuts the changes of one stage into pieces of work; what rests on something that failed is not tried.
    fn works(
        &self,
        plan: &Plan,
        indices: &[usize],
        made: &Made,
    ) -> (Vec<Work>, Vec<(usize, Phrase)>) {
        let mut works = Vec::new();
        let mut untried = Vec::new();
        let mut lists: BTreeMap<people::List, Vec<(usize, AccountId)>> = BTreeMap::new();
        let mut targets: BTreeMap<documents::Target, Vec<usize>> = BTreeMap::new();
        for &index in indices {
            let change = &plan.changes[index];
            let about = existing(&change.effect).and_then(|id| made.contested.get(id));
            if let Some(why) = about {
                untried.push((index, why.clone()));
                continue;
            }
            let listed = self.list_of(change, made);
            match listed {
                Some(Ok((list, account))) => {
                    lists.entry(list).or_default().push((index, account));
                    continue;
                }
                Some(Err(why)) => {
                    untried.push((index, why));
                    continue;
                }
                None => {}
            }
            match &change.effect {
                Effect::CreateAccount {
                    email,
                    name,
                    invited_to,
                    ..
                } => {
                    let (email, name) = (*email, name.clone());
                    works.push(Work::Account(index, email, name, invited_to.clone()));
                }
                Effect::CreateOrganization(name) => {
                    works.push(Work::Organization(index, name.clone()))
                }
                Effect::Link(key, organization) => match self.organization(organization, made) {
                    Ok(id) => works.push(Work::Link(index, key.clone(), id)),
                    Err(why) => untried.push((index, why)),
                },
                _ => match self.document_of(change, made) {
                    Some(Ok(target)) => targets.entry(target).or_default().push(index),
                    Some(Err(why)) => untried.push((index, why)),
                    None => works.push(Work::Single(index)),
                },
            }
        }
        for (list, people) in lists {
            for batch in people.chunks(BATCH) {
                let ids = batch.iter().map(|(_, id)| id);
                let fresh = ids.filter(|id| made.fresh.contains(*id)).cloned().collect();
                works.push(Work::People(list.clone(), batch.to_vec(), fresh));
            }
        }
        works.extend(
            targets
                .into_iter()
                .map(|(target, indices)| Work::Document(target, indices)),
        );
        (works, untried)
    }

    fn list_of(
        &self,
        change: &Change,
        made: &Made,
    ) -> Option<Result<(people::List, AccountId), Phrase>> {
        let person = |person: &PersonRef| match person {
            PersonRef::Existing(id) => Ok(*id),
            PersonRef::Planned(email) => match made.accounts.get(email) {
                Some(Ok(id)) => Ok(*id),
                Some(Err(why)) => Err(why.clone()),
                None => Err(say("the account of {} was not made", [marked(email)])),
            },
        };
        Some(match &change.effect {
            Effect::AddMember(organization, who) => self
                .organization(organization, made)
                .and_then(|id| Ok((people::List::AddMembers(id), person(who)?))),
            Effect::RemoveMember(id, account) => {
                Ok((people::List::RemoveMembers(id.clone()), *account))
            }
            Effect::AddCustomer(key, who) => {
                person(who).map(|id| (people::List::AddCustomers(key.clone()), id))
            }
            Effect::RemoveCustomer(key, account) => {
                Ok((people::List::RemoveCustomers(key.clone()), *account))
            }
            _ => return None,
        })
    }

    fn organization(
        &self,
        reference: &OrganizationRef,
        made: &Made,
    ) -> Result<OrganizationId, Phrase> {
        match reference {
            OrganizationRef::Existing(id) => Ok(id.clone()),
            OrganizationRef::Planned(name) => match made.organizations.get(name) {
                Some(Ok(id)) => Ok(id.clone()),
                Some(Err(why)) => Err(why.clone()),
                None => Err(say("organization {} was not made", [foreign(name)])),
            },
        }
    }

    async fn carry_out(&self, plan: &Plan, work: Work) -> Findings {
        match work {
            Work::Account(index, email, name, invited_to) => {
                self.create_account(index, email, &name, invited_to.as_ref())
                    .await
            }
            Work::Organization(index, name) => self.create_organization(index, name).await,
            Work::People(list, people, fresh) => self.people(&list, people, &fresh).await,
            Work::Link(index, key, id) => match self.desk(&key) {
                Some(desk) => match self.writer.link_organization(desk, &id).await {
                    Ok(()) => Findings::one(index, Outcome::Done),
                    Err(error) => Findings::failed(&[index], &error),
                },
                None => self.no_desk(index, &key),
            },
            Work::Document(target, indices) => self.document(plan, &target, &indices).await,
            Work::Single(index) => self.single(index, &plan.changes[index]).await,
        }
    }

    async fn single(&self, index: usize, change: &Change) -> Findings {
        let done = match &change.effect {
            Effect::Unlink(key, id) => match self.desk(key) {
                Some(desk) => match self.writer.unlink_organization(desk, id).await {
                    Err(error)
                        if error.kind() == ErrorKind::NotFound
                            && self.is_unlinked(desk, id).await =>
                    {
                        return Findings::one(index, Outcome::AlreadyTrue);
                    }
                    other => other,
                },
                None => return self.no_desk(index, key),
            },
            Effect::DeleteOrganization(id) => match self.writer.delete_organization(id).await {
                // A mistaken proxy says so too: the list is what counts.
                Err(error) if error.kind() == ErrorKind::NotFound && self.is_gone(id).await => {
                    return Findings::one(index, Outcome::AlreadyTrue);
                }
                other => other,
            },
            Effect::ApproveDomain {
                domain,
                role,
                admin_approval,
                ..
            } => {
                return self
                    .approve_domain(index, domain, role, *admin_approval)
                    .await;
            }
            Effect::DisapproveDomain(domain) => {
                return self.disapprove_domain(index, domain).await;
            }
            Effect::RenameOrganization(id, name) => {
                return self.rename(index, change, id, name).await;
            }
            Effect::EndAccess(account) => return self.end_access(index, account).await,
            Effect::BecomeCustomer {
                account,
                grant,
                takes,
                ..
            } => {
                return self
                    .become_customer(index, account, grant.as_deref(), takes)
                    .await;
            }
            Effect::AddCustomerGroup(key, group) => {
                return self.add_customer_group(index, key, group).await;
            }
            Effect::RemoveCustomerGroup(key, group) => {
                return self.remove_customer_group(index, key, group).await;
            }
            Effect::LinkSpace(key, space, viewers) => {
                return self.link_space(index, key, space, *viewers).await;
            }
            Effect::SetViewers(key, space, viewers) => {
                return self.set_viewers(index, key, space, *viewers).await;
            }
            other => {
                // Every other effect is carried out with others of its kind.
                return Findings::one(
                    index,
                    Outcome::NotTried(format!("no request is known for {other:?}").into()),
                );
            }
        };
        match done {
            Ok(()) => Findings::one(index, Outcome::Done),
            Err(error) => Findings::failed(&[index], &error),
        }
    }

    /// Says whether a project's list of organizations, read again, holds one no more.
    async fn is_unlinked(&self, desk: &DeskId, id: &OrganizationId) -> bool {
        let linked = self.reader.desk_organizations(desk).await;
        linked.is_ok_and(|linked| linked.iter().all(|organization| organization.id != *id))
    }

    fn desk(&self, key: &ProjectKey) -> Option<&DeskId> {
        Some(&self.observed.whole_projects()?.get(key)?.desk)
    }

    fn no_desk(&self, index: usize, key: &ProjectKey) -> Findings {
        Findings::one(
            index,
            Outcome::NotTried(format!("project {key} has no service desk").into()),
        )
    }

    async fn create_organization(&self, index: usize, name: OrganizationName) -> Findings {
        let created = match self.writer.create_organization(name.as_str()).await {
            Err(error) if error.kind() == ErrorKind::Uncertain => {
                self.look_for_organization(&name, error).await
            }
            other => other.map(|organization| organization.id),
        };
        let id = match created {
            Ok(id) => id,
            Err(error) => {
                let mut findings = Findings::failed(&[index], &error);
                findings.organization = Some((
                    name.clone(),
                    Err(say("organization {} could not be made", [foreign(&name)])),
                ));
                return findings;
            }
        };
        let known = self.observed.whole_organizations();
        if let Some(known) = known.and_then(|live| live.get(&id))
            && OrganizationName::fold(&known.name) != OrganizationName::fold(name.as_str())
        {
            let why = contested(&name, &known.name);
            let mut findings = Findings::one(index, Outcome::Failed(why.clone()));
            findings.organization = Some((name, Err(why.clone())));
            findings.contested = Some((id, why));
            return findings;
        }
        // The service answers 201 for an existing name as well, so only the earlier list tells the two apart; where a row
        // slipped between two pages of it, the id does, since new ones are the highest.
        let number = |id: &OrganizationId| id.as_str().parse::<u64>().ok();
        let existed = self.observed.whole_organizations().is_some_and(|live| {
            let newest = live.keys().filter_map(number).max();
            live.contains_key(&id) || number(&id).is_some_and(|made| newest >= Some(made))
        });
        let mut findings = Findings::one(
            index,
            if existed {
                Outcome::AlreadyTrue
            } else {
                Outcome::Done
            },
        );
        if !existed {
            let mark = Ownership {
                tool: "portcullis".to_owned(),
                workspace: self.desired.site.key.as_str().to_owned(),
                key: name.clone(),
            };
            let value = serde_json::json!(mark);
            if let Err(error) = self
                .writer
                .set_organization_property(&id, Ownership::PROPERTY, &value)
                .await
            {
                let why = say(
                    "made, but its ownership mark could not be written: {}",
                    [explain(&error)],
                );
                findings = Findings::one(index, Outcome::Failed(why));
                findings.forbidden = is_forbidden(&error);
            }
        }
        findings.organization = Some((name, Ok(id)));
        findings
    }

    /// After an answer that got lost: whether the organization came into being.
    async fn look_for_organization(
        &self,
        name: &OrganizationName,
        lost: ApiError,
    ) -> Result<OrganizationId, ApiError> {
        let list = self.reader.organizations().await?;
        match list
            .into_iter()
            .find(|organization| organization.name == name.as_str())
        {
            Some(organization) => Ok(organization.id),
            None => self
                .writer
                .create_organization(name.as_str())
                .await
                .map(|organization| organization.id)
                .map_err(|_| lost),
        }
    }
}

/// Returns the organization that is there already and that an effect is about.
fn existing(effect: &Effect) -> Option<&OrganizationId> {
    match effect {
        Effect::RenameOrganization(id, _)
        | Effect::DeleteOrganization(id)
        | Effect::RemoveMember(id, _)
        | Effect::Unlink(_, id)
        | Effect::AddMember(OrganizationRef::Existing(id), _)
        | Effect::Link(_, OrganizationRef::Existing(id))
        | Effect::SetEmailDomains(OrganizationRef::Existing(id), _) => Some(id),
        _ => None,
    }
}

/// Returns an error with its hint, for the report.
fn explain(error: &ApiError) -> Phrase {
    error.incomplete().why
}

fn is_forbidden(error: &ApiError) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::Host
    )
}
