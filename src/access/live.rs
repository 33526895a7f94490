//! The state that was read, completed by declared facts and valid attestations; and the state after a plan.

mod lists;
mod organizations;
mod permissions;
mod projects;
mod settings;

use super::answer::Source;
use super::desired;
use super::people::{Account, PeopleBuilder, Person, Role, Status};
use super::state::{Fact, State, StateKind};
use crate::desired::Desired;
use crate::model::{AccountId, AccountKind, Field};
use crate::observed::{Observation, Observed, ObservedAccount, Resolution, Standing};
use lists::Lists;
use organizations::organizations;
use projects::projects;
use serde_json::Value;
use settings::rules;
use std::collections::{BTreeMap, BTreeSet};

/// Why something is not known of the live site.
const NOT_ASKED: &str = "it was not read";

/// Which of the two states is built.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    Before,
    After,
}

impl<'a> State<'a> {
    /// Builds the state that was read. Attestations and declared facts of the workspace fill what no program reads.
    pub fn live(desired: &'a Desired<'a>, observed: &'a Observed) -> Self {
        build(desired, observed, Moment::Before, &BTreeSet::new())
    }

    /// Builds [`State::live`] where these accounts are known to be customers at least, be they on a list or not.
    ///
    /// Being taken off a list takes no role away, and nobody without one can be put on a list (R1d, R1e): what a list proves at
    /// one moment holds at the moments before and after.
    pub fn live_knowing(
        desired: &'a Desired<'a>,
        observed: &'a Observed,
        customers: &BTreeSet<AccountId>,
    ) -> Self {
        build(desired, observed, Moment::Before, customers)
    }

    /// Builds the state that a complete run of the plan leads to: what is managed from the workspace, the rest as read.
    ///
    /// Manual steps count as done. People who have no account yet count as in the desired state.
    pub fn after(desired: &'a Desired<'a>, observed: &'a Observed) -> Self {
        build(desired, observed, Moment::After, &BTreeSet::new())
    }

    /// Builds what decides on new accounts after a complete run of the plan (R2 to R5): the settings and the domains of
    /// [`State::after`], with no list and nobody on it. It costs as much as the settings do.
    ///
    /// An any-domain rule that nobody asked for counts as written, or as Atlassian's default (2.3): a plan must not leave
    /// open what only a rule that nobody manages could change.
    pub fn rules_after(desired: &Desired<'_>, observed: &Observed) -> Self {
        let (site, approved, mut any_domain) = rules(desired, observed, Moment::After);
        if observed.any_domain.is_none() {
            any_domain = desired::any_domain(desired);
        }
        Self {
            kind: StateKind::After,
            site,
            approved,
            any_domain,
            organizations: Vec::new(),
            projects: Vec::new(),
            spaces: BTreeMap::new(),
            people: PeopleBuilder::default().build().into(),
        }
    }
}

fn build<'a>(
    desired: &'a Desired<'a>,
    observed: &'a Observed,
    moment: Moment,
    customers: &BTreeSet<AccountId>,
) -> State<'a> {
    let mut people = PeopleBuilder::with_capacity(observed.accounts.len());
    for (id, account) in &observed.accounts {
        people.add(person(id, account));
    }
    for id in customers {
        if let Some(known) = people.find_account(id) {
            lists::proves_role(&mut people, known);
        }
    }
    resolutions(&mut people, observed);
    let lists = Lists::new(desired, observed, moment);
    let (organizations, positions) = organizations(&lists, &mut people);
    let projects = projects(&lists, &positions, &mut people);
    let (site, approved, any_domain) = rules(desired, observed, moment);
    State {
        kind: match moment {
            Moment::Before => StateKind::Live,
            Moment::After => StateKind::After,
        },
        site,
        approved,
        any_domain,
        organizations,
        projects,
        spaces: desired::spaces(&desired.site.spaces),
        people: people.build().into(),
    }
}

/// What is known of an account that a list showed.
///
/// Somebody on a customer list counts as a customer: an Atlassian account without the role cannot be added (R1e).
fn person<'a>(id: &'a AccountId, seen: &'a ObservedAccount) -> Person<'a> {
    let role = match seen.standing {
        Standing::Agent | Standing::App => Role::Staff,
        // That somebody is no agent does not say that an Atlassian account holds the role Customer.
        Standing::Customer | Standing::NotAsked | Standing::Unknown => match seen.kind {
            Some(AccountKind::Atlassian) => Role::Unknown,
            _ => Role::Customer,
        },
    };
    Person {
        email: seen.email.as_ref(),
        account_id: Some(id),
        name: &seen.name,
        account: Account {
            kind: seen.kind,
            status: if seen.active {
                Status::Active
            } else {
                Status::Disabled
            },
            role,
            twin: false,
        },
    }
}

fn resolutions<'a>(people: &mut PeopleBuilder<'a>, observed: &'a Observed) {
    people.others_may_exist("only people on lists were read, and the address was not looked up");
    for (email, resolution) in &observed.resolutions {
        match resolution {
            Resolution::NotFound => people.unresolved(email, None),
            Resolution::NoneActive => people.unresolved(
                email,
                Some("a search shows active accounts only, and one that is suspended or revoked may be there".into()),
            ),
            Resolution::Unresolved(why) => people.unresolved(email, Some(why.why.clone())),
            Resolution::FoundHidden(id) | Resolution::Inactive(id) => {
                if let Some(known) = people.find_account(id) {
                    people.also_known_as(email, known);
                }
            }
            Resolution::Found(ids) => {
                for id in ids {
                    if let Some(known) = people.find_account(id) {
                        people.also_known_as(email, known);
                    }
                }
            }
        }
    }
}

/// A value as read, else as attested, else unknown.
fn settled<T: Clone>(
    desired: &Desired<'_>,
    seen: Option<&Observation<T>>,
    address: &[&str],
    parse: impl FnOnce(&Value) -> Option<T>,
) -> Fact<T> {
    if let Some(Observation {
        value: Field::Known(value),
        surface,
        ..
    }) = seen
    {
        return Fact::Known(value.clone(), Source::Read(*surface));
    }
    let address = desired.address(address.iter().copied());
    let attested = desired
        .attestations
        .get(address.as_str())
        .and_then(|attestation| {
            Some(Fact::Known(
                parse(&attestation.value)?,
                Source::Attested(attestation.span),
            ))
        });
    attested.unwrap_or_else(|| {
        Fact::Unknown(match seen.map(|seen| &seen.value) {
            Some(Field::Unknown(why)) => why.clone(),
            _ => NOT_ASKED.to_owned(),
        })
    })
}
