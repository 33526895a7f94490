//! Groups in a project's role of customers: which role that is was read with the plan, for each project.

use super::{Apply, Findings, Outcome};
use crate::jsm::{ApiError, ErrorKind, Group};
use crate::model::ProjectKey;
use crate::observed::GroupRef;
use std::collections::HashSet;

impl Apply<'_> {
    /// Puts a group into the role; one that is in it is fine.
    pub(super) async fn add_customer_group(
        &self,
        index: usize,
        key: &ProjectKey,
        group: &GroupRef,
    ) -> Findings {
        let Some(role) = self.customers_role(key) else {
            return no_role(index, key);
        };
        let wire = wire(group);
        match self.writer.add_role_group(key.as_str(), role, &wire).await {
            Ok(()) => Findings::one(index, Outcome::Done),
            Err(error) => Findings::failed(&[index], &error),
        }
    }

    /// Takes a group out of the role; one that the role, read again, does not show is out already.
    pub(super) async fn remove_customer_group(
        &self,
        index: usize,
        key: &ProjectKey,
        group: &GroupRef,
    ) -> Findings {
        let Some(role) = self.customers_role(key) else {
            return no_role(index, key);
        };
        let wire = wire(group);
        match self
            .writer
            .remove_role_group(key.as_str(), role, &wire)
            .await
        {
            Ok(()) => Findings::one(index, Outcome::Done),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                match self.groups_of_customers(key).await {
                    Ok(groups) if !groups.contains(group.key()) => {
                        Findings::one(index, Outcome::AlreadyTrue)
                    }
                    _ => Findings::failed(&[index], &error),
                }
            }
            Err(error) => Findings::failed(&[index], &error),
        }
    }

    /// Reads the groups in the role, by id and by name.
    pub(super) async fn groups_of_customers(
        &self,
        key: &ProjectKey,
    ) -> Result<HashSet<String>, ApiError> {
        let role = self.customers_role(key).unwrap_or_default();
        let actors = self.reader.role_actors(key.as_str(), role).await?;
        let groups = actors.groups.into_iter();
        Ok(groups
            .flat_map(|group| group.id.into_iter().chain([group.name]))
            .collect())
    }

    fn customers_role(&self, key: &ProjectKey) -> Option<&str> {
        let seen = self.observed.whole_projects()?.get(key)?;
        let customers = seen.permissions.as_ref()?.customers.as_ref()?;
        Some(customers.complete()?.role.as_str())
    }
}

fn wire(group: &GroupRef) -> Group {
    Group {
        id: group.id.clone(),
        name: group.name.clone(),
    }
}

fn no_role(index: usize, key: &ProjectKey) -> Findings {
    let why = format!("the role Service Desk Customers of project {key} was not read");
    Findings::one(index, Outcome::NotTried(why.into()))
}
