//! Lists of people: batches, and splitting a failing batch until the culprit is alone.

use super::{Apply, Findings, Outcome, explain, is_forbidden};
use crate::jsm::{ApiError, ErrorKind};
use crate::model::{AccountId, OrganizationId, ProjectKey};

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
    /// as done.
    pub(super) async fn people(&self, list: &List, people: Vec<(usize, AccountId)>) -> Findings {
        let mut findings = Findings::default();
        let mut pending = vec![people];
        while let Some(batch) = pending.pop() {
            let ids: Vec<AccountId> = batch.iter().map(|(_, id)| id.clone()).collect();
            match self.send(list, &ids).await {
                Ok(()) => findings
                    .outcomes
                    .extend(batch.into_iter().map(|(index, _)| (index, Outcome::Done))),
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

    /// Says whether the list itself is gone, so that no smaller batch can work.
    async fn lost(&self, list: &List, error: &ApiError) -> bool {
        match list {
            List::AddMembers(id) => error.kind() == ErrorKind::NotFound && self.is_gone(id).await,
            _ => false,
        }
    }

    /// Returns the desk of a project; the service takes the project's key in its place.
    fn desk_or_key(&self, key: &ProjectKey) -> crate::model::DeskId {
        self.desk(key)
            .cloned()
            .unwrap_or_else(|| crate::model::DeskId::new(key.as_str()))
    }

    async fn is_gone(&self, id: &OrganizationId) -> bool {
        self.reader
            .organizations()
            .await
            .is_ok_and(|list| list.iter().all(|organization| organization.id != *id))
    }
}

fn splits(error: &ApiError) -> bool {
    matches!(error.kind(), ErrorKind::Rejected | ErrorKind::NotFound)
}
