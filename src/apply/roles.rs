//! Making a customer of an Atlassian account: the role first, then what is taken, each once, and read back.

use super::{Apply, Findings, Outcome};
use crate::jsm::{ApiError, CUSTOMER_ROLE, RoleAssignment};
use crate::model::AccountId;
use crate::plan::TakenRole;

impl Apply<'_> {
    /// Grants the role Customer where it is not held, and takes the named roles. What could not be granted takes nothing.
    pub(super) async fn become_customer(
        &self,
        index: usize,
        account: &AccountId,
        grant: Option<&str>,
        takes: &[TakenRole],
    ) -> Findings {
        let Some(organization) = self.desired.atlassian_id.as_deref() else {
            let why = "the `id` of the Atlassian organization is not written";
            return Findings::one(index, Outcome::NotTried(why.into()));
        };
        match self.change_roles(organization, account, grant, takes).await {
            Err(error) => Findings::failed(&[index], &error),
            Ok(None) => Findings::one(index, Outcome::Done),
            Ok(Some(why)) => Findings::one(index, Outcome::Failed(why.into())),
        }
    }

    /// Returns what reading back does not show.
    async fn change_roles(
        &self,
        organization: &str,
        account: &AccountId,
        grant: Option<&str>,
        takes: &[TakenRole],
    ) -> Result<Option<String>, ApiError> {
        if let Some(resource) = grant {
            self.writer
                .assign_role(organization, account, CUSTOMER_ROLE, resource)
                .await?;
        }
        for taken in takes {
            self.writer
                .revoke_role(organization, account, &taken.role, &taken.resource)
                .await?;
        }
        let wrong = |seen: &Vec<RoleAssignment>| {
            let has = |resource: &str, role: &str| {
                let mut of_app = seen.iter().filter(|one| one.resource == resource);
                of_app.any(|one| one.roles.contains(role))
            };
            if grant.is_some_and(|resource| !has(resource, CUSTOMER_ROLE)) {
                return Some("reading back does not show the role Customer".to_owned());
            }
            let kept = takes.iter().find(|taken| has(&taken.resource, &taken.role));
            kept.map(|taken| {
                format!(
                    "reading back still shows a role on {}: a group may give it",
                    taken.app
                )
            })
        };
        let look = async || self.reader.role_assignments(organization, account).await;
        let seen = self
            .reader
            .settled(look, |seen| wrong(seen).is_none())
            .await?;
        Ok(wrong(&seen))
    }
}
