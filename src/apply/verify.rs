//! Reading back what was written over the documented API, where that is asked for: an answer that says "done" is a promise.
//!
//! What is written over other surfaces is read back in any case. Here every list that was touched is read once, or a few times
//! where it lags behind, and a change that it does not show has failed.

use super::{Apply, ApplyReport, Made, Outcome, WORK_AT_ONCE, explain, is_forbidden, people};
use crate::jsm::ApiError;
use crate::model::{AccountId, OrganizationId, ProjectKey};
use crate::neutral::phrase::{Phrase, say};
use crate::plan::{Change, Effect, Plan};
use futures_util::stream::{self, StreamExt};
use std::collections::{BTreeMap, HashSet};

/// What is read back as one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Members(OrganizationId),
    Customers(ProjectKey),
    Links(ProjectKey),
    Groups(ProjectKey),
    Organizations,
    Accounts,
}

/// What must be there, or must not, for a change to count as done.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    index: usize,
    id: String,
    there: bool,
}

impl Apply<'_> {
    /// Reads every touched list back; what a list does not show becomes a failure.
    pub(super) async fn verify(&self, plan: &Plan, made: &Made, report: &mut ApplyReport) {
        let mut places: BTreeMap<Place, Vec<Wanted>> = BTreeMap::new();
        for (index, (change, outcome)) in plan.changes.iter().zip(&report.outcomes).enumerate() {
            if matches!(outcome, Outcome::Done | Outcome::AlreadyTrue)
                && let Some((place, id, there)) = self.place_of(change, made)
            {
                let wanted = Wanted { index, id, there };
                places.entry(place).or_default().push(wanted);
            }
        }
        let mut running = stream::iter(places)
            .map(|(place, wanted)| async move {
                let seen = self.read_back(&place, &wanted).await;
                (wanted, seen)
            })
            .buffer_unordered(WORK_AT_ONCE);
        while let Some((wanted, seen)) = running.next().await {
            report.forbidden |= seen.as_ref().is_err_and(is_forbidden);
            for wanted in wanted {
                let why = match &seen {
                    Ok(seen) if wanted.holds(seen) => continue,
                    Ok(_) => Phrase::of("carried out, but reading it back does not show it"),
                    Err(error) => say(
                        "carried out, but it could not be read back: {}",
                        [explain(error)],
                    ),
                };
                let outcome = Outcome::Failed(why);
                self.journal
                    .record(plan, &plan.changes[wanted.index], &outcome);
                report.outcomes[wanted.index] = outcome;
            }
        }
    }

    /// Returns where a change shows itself; `None` for what is read back as it is written.
    fn place_of(&self, change: &Change, made: &Made) -> Option<(Place, String, bool)> {
        if let Some(listed) = self.list_of(change, made) {
            let (list, account) = listed.ok()?;
            let (place, there) = match list {
                people::List::AddMembers(id) => (Place::Members(id), true),
                people::List::RemoveMembers(id) => (Place::Members(id), false),
                people::List::AddCustomers(key) => (Place::Customers(key), true),
                people::List::RemoveCustomers(key) => (Place::Customers(key), false),
            };
            return Some((place, account.to_string(), there));
        }
        let text = |id: OrganizationId| id.as_str().to_owned();
        match &change.effect {
            Effect::CreateAccount { email, .. } => {
                let id = made.accounts.get(email)?.as_ref().ok()?;
                Some((Place::Accounts, id.to_string(), true))
            }
            Effect::CreateOrganization(name) => {
                let id = made.organizations.get(name)?.as_ref().ok()?;
                Some((Place::Organizations, text(id.clone()), true))
            }
            Effect::DeleteOrganization(id) => Some((Place::Organizations, text(id.clone()), false)),
            Effect::Link(key, organization) => {
                let id = self.organization(organization, made).ok()?;
                Some((Place::Links(key.clone()), text(id), true))
            }
            Effect::AddCustomerGroup(key, group) => {
                Some((Place::Groups(key.clone()), group.key().to_owned(), true))
            }
            Effect::RemoveCustomerGroup(key, group) => {
                Some((Place::Groups(key.clone()), group.key().to_owned(), false))
            }
            Effect::Unlink(key, id) => Some((Place::Links(key.clone()), text(id.clone()), false)),
            _ => None,
        }
    }

    /// Reads a list until it shows what it must, a few times at most.
    async fn read_back(
        &self,
        place: &Place,
        wanted: &[Wanted],
    ) -> Result<HashSet<String>, ApiError> {
        let look = async || self.ids(place, wanted).await;
        let enough = |seen: &HashSet<String>| wanted.iter().all(|wanted| wanted.holds(seen));
        self.reader.settled(look, enough).await
    }

    async fn ids(&self, place: &Place, wanted: &[Wanted]) -> Result<HashSet<String>, ApiError> {
        let desk = |key: &ProjectKey| self.desk_or_key(key);
        if let Place::Groups(key) = place {
            return self.groups_of_customers(key).await;
        }
        let organizations = match place {
            Place::Organizations => self.reader.organizations().await?,
            Place::Links(key) => self.reader.desk_organizations(&desk(key)).await?,
            Place::Members(_) | Place::Customers(_) | Place::Groups(_) | Place::Accounts => {
                let people = match place {
                    Place::Members(id) => self.reader.organization_members(id, 0).await?,
                    Place::Customers(key) => self.reader.desk_customers(&desk(key), 0).await?,
                    _ => {
                        let ids: Vec<AccountId> = wanted
                            .iter()
                            .map(|wanted| AccountId::new(wanted.id.as_str()))
                            .collect();
                        self.reader.users(&ids).await?
                    }
                };
                let ids = people.into_iter().map(|person| person.account_id);
                return Ok(ids.map(|id| id.to_string()).collect());
            }
        };
        let ids = organizations
            .into_iter()
            .map(|organization| organization.id);
        Ok(ids.map(|id| id.as_str().to_owned()).collect())
    }
}

impl Wanted {
    fn holds(&self, seen: &HashSet<String>) -> bool {
        seen.contains(&self.id) == self.there
    }
}
