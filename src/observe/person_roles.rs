//! The roles of people who should be customers: a request each, one for each app that is taken from them, and one for each group
//! that may give it.

use super::{Extent, Observer};
use crate::desired::Desired;
use crate::jsm::{ApiError, Reader};
use crate::model::{AccountId, Incomplete, Read};
use crate::observed::{GroupRef, ObservedAppRoles, ObservedRoles};
use crate::plan::roster::{Index, Match};
use std::collections::BTreeSet;

impl Observer<'_, '_> {
    /// Reads what the accounts may do of whom the files say `role: customer`.
    pub(super) async fn roles_of_people(&mut self) {
        let Extent::Desired(desired) = &self.extent else {
            return;
        };
        let people: Vec<(AccountId, BTreeSet<String>)> = {
            let index = Index::new(&self.observed);
            let people = desired.site.roles.iter().flat_map(|(email, role)| {
                let ids = match index.find(email, None) {
                    Match::One(id) => vec![id],
                    Match::Several(ids) => ids,
                    _ => Vec::new(),
                };
                let apps: BTreeSet<String> = (role.take_away.iter())
                    .flat_map(|app| ObservedRoles::owners(&app.value))
                    .map(str::to_owned)
                    .collect();
                ids.into_iter().map(move |id| (id.clone(), apps.clone()))
            });
            people.filter(|(id, _)| !id.looks_portal_only()).collect()
        };
        for (id, apps) in people {
            let read = match self.directory(desired) {
                Err(why) => Read::Incomplete(why),
                Ok(organization) => match roles(self.reader, organization, &id, &apps).await {
                    Ok(roles) => Read::Complete(roles),
                    Err(error) => Read::Incomplete(error.incomplete()),
                },
            };
            self.observed.roles.insert(id, read);
        }
    }

    /// Returns the Atlassian organization whose directory can be asked, or says what is missing.
    fn directory<'d>(&self, desired: &'d Desired<'_>) -> Result<&'d str, Incomplete> {
        let missing = |why: &str, forbidden: bool| Incomplete {
            why: why.to_owned(),
            forbidden,
        };
        let organization = desired.atlassian_id.as_deref().ok_or_else(|| {
            missing(
                "the `id` of the Atlassian organization is not written",
                false,
            )
        })?;
        match self.reader.has_org_key() {
            true => Ok(organization),
            false => Err(missing("set `PORTCULLIS_ORG_API_KEY`", false)),
        }
    }
}

async fn roles(
    reader: &Reader,
    organization: &str,
    account: &AccountId,
    taken: &BTreeSet<String>,
) -> Result<ObservedRoles, ApiError> {
    let cloud_id = reader.cloud_id().await?;
    let here = format!("::site/{}", cloud_id.as_str());
    let mut seen = ObservedRoles::default();
    for assigned in reader.role_assignments(organization, account).await? {
        if assigned.owner == "platform" {
            // Whoever administers another site of the organization is not touched either.
            seen.administers |= !assigned.roles.is_empty();
            continue;
        }
        // The organization may have other sites, whose roles nobody asked about.
        if !assigned.resource.ends_with(&here) || assigned.roles.is_empty() {
            continue;
        }
        let mut app = ObservedAppRoles {
            resource: assigned.resource,
            roles: assigned.roles,
            groups: BTreeSet::new(),
        };
        if taken.contains(&assigned.owner) {
            let roles: Vec<String> = app.more().map(str::to_owned).collect();
            for role in roles {
                let groups = reader
                    .groups_granting(organization, account, &app.resource, &role)
                    .await?;
                for group in groups {
                    let group = GroupRef {
                        id: group.id,
                        name: group.name,
                    };
                    if !reader
                        .is_default_group(organization, group.key(), &app.resource)
                        .await?
                    {
                        app.groups.insert(group);
                    }
                }
            }
        }
        seen.apps.insert(assigned.owner, app);
    }
    Ok(seen)
}
