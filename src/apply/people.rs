//! Lists of people: batches, and splitting a failing batch until the culprit is alone.

use super::{Apply, Findings, Outcome, explain, is_forbidden};
use crate::jsm::{ApiError, ErrorKind};
use crate::model::{AccountId, OrganizationId, ProjectKey};
use std::collections::HashSet;

/// How often a list is tried again where a person on it was made by this run, with growing pauses: some seconds.
const PATIENCE: u32 = 4;

/// A list that people are added to or removed from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum List {
    AddMembers(OrganizationId),
    RemoveMembers(OrganizationId),
    AddCustomers(ProjectKey),
    RemoveCustomers(ProjectKey),
}

impl Apply<'_> {
    /// Sends a batch; when the service refuses its content, the batch is halved until single people fail by name.
    ///
    /// Repeating part of a batch does no harm: adding somebody who is there and removing somebody who is not both count
    /// as done. Who is `fresh` was made by this run, and may not be known everywhere yet: a refusal of them is not believed at
    /// once. A removal that is answered with 404 is believed where the list, read once, does not hold the person.
    pub(super) async fn people(
        &self,
        list: &List,
        people: Vec<(usize, AccountId)>,
        fresh: &HashSet<AccountId>,
    ) -> Findings {
        let mut findings = Findings::default();
        let mut pending = vec![people];
        let mut tried = 0;
        let mut present: Option<Option<HashSet<AccountId>>> = None;
        while let Some(batch) = pending.pop() {
            let ids: Vec<AccountId> = batch.iter().map(|(_, id)| *id).collect();
            match self.send(list, &ids).await {
                Ok(()) => findings
                    .outcomes
                    .extend(batch.into_iter().map(|(index, _)| (index, Outcome::Done))),
                Err(error)
                    if tried < PATIENCE
                        && splits(&error)
                        && ids.iter().any(|id| fresh.contains(id))
                        && !self.lost(list, &error).await =>
                {
                    self.reader.rest(tried).await;
                    tried += 1;
                    pending.push(batch);
                }
                Err(error)
                    if error.kind() == ErrorKind::NotFound
                        && present.is_none()
                        && matches!(list, List::RemoveMembers(_) | List::RemoveCustomers(_)) =>
                {
                    let live = present.insert(self.still_there(list).await);
                    let (gone, left): (Vec<_>, Vec<_>) = match live {
                        Some(live) => batch.into_iter().partition(|(_, id)| !live.contains(id)),
                        None => (Vec::new(), batch),
                    };
                    let gone = gone.into_iter();
                    let true_already = gone.map(|(index, _)| (index, Outcome::AlreadyTrue));
                    findings.outcomes.extend(true_already);
                    pending.extend(Some(left).filter(|left| !left.is_empty()));
                }
                Err(error)
                    if batch.len() > 1 && splits(&error) && !self.lost(list, &error).await =>
                {
                    let mut left = batch;
                    let right = left.split_off(left.len() / 2);
                    pending.push(right);
                    pending.push(left);
                }
                Err(error) => {
                    findings.forbidden |= is_forbidden(&error);
                    let why = explain(&error);
                    findings.outcomes.extend(
                        batch
                            .into_iter()
                            .map(|(index, _)| (index, Outcome::Failed(why.clone()))),
                    );
                }
            }
        }
        findings
    }

    async fn send(&self, list: &List, ids: &[AccountId]) -> Result<(), ApiError> {
        match list {
            List::AddMembers(id) => self.writer.add_members(id, ids).await,
            List::RemoveMembers(id) => match self.writer.remove_members(id, ids).await {
                Err(error) if error.kind() == ErrorKind::NotFound && self.is_gone(id).await => {
                    Ok(())
                }
                other => other,
            },
            List::AddCustomers(key) => self.writer.add_customers(&self.desk_or_key(key), ids).await,
            List::RemoveCustomers(key) => {
                self.writer
                    .remove_customers(&self.desk_or_key(key), ids)
                    .await
            }
        }
    }

    /// Reads who is on a list that people are removed from; `None` where that cannot be read, or nobody is removed.
    async fn still_there(&self, list: &List) -> Option<HashSet<AccountId>> {
        let people = match list {
            List::RemoveMembers(id) => self.reader.organization_members(id, 0).await,
            List::RemoveCustomers(key) => {
                self.reader.desk_customers(&self.desk_or_key(key), 0).await
            }
            List::AddMembers(_) | List::AddCustomers(_) => return None,
        };
        let people = people.ok()?.into_iter();
        Some(people.map(|account| account.account_id).collect())
    }

    /// Says whether the list itself is gone, so that no smaller batch can work.
    async fn lost(&self, list: &List, error: &ApiError) -> bool {
        match list {
            List::AddMembers(id) => error.kind() == ErrorKind::NotFound && self.is_gone(id).await,
            _ => false,
        }
    }

    /// Returns the desk of a project; the service takes the project's key in its place.
    pub(super) fn desk_or_key(&self, key: &ProjectKey) -> crate::model::DeskId {
        self.desk(key)
            .cloned()
            .unwrap_or_else(|| crate::model::DeskId::new(key.as_str()))
    }

    pub(super) async fn is_gone(&self, id: &OrganizationId) -> bool {
        self.reader
            .organizations()
            .await
            .is_ok_and(|list| list.iter().all(|organization| organization.id != *id))
    }
}

fn splits(error: &ApiError) -> bool {
    matches!(error.kind(), ErrorKind::Rejected | ErrorKind::NotFound)
}
