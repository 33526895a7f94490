//! The roles of people who should be customers: a request each, one for each app that is taken from them, and one for each group
//! that may give it.

use super::{Extent, Observer};
use crate::desired::Desired;
use crate::jsm::{ApiError, Reader};
use crate::model::{AccountId, Email, Incomplete, Read};
use crate::observed::{GroupRef, ObservedAppRoles, ObservedRoles};
use crate::plan::roster::Index;
use std::collections::BTreeSet;

impl Observer<'_, '_> {
    /// Reads what the accounts may do of whom the files say `role: customer`, or who are asked about.
    pub(super) async fn roles_of_people(&mut self) {
        let people = match &self.extent {
            Extent::Desired(desired) => self.declared_roles(desired),
            // Without the directory nothing is told of those who are asked about: they may hold any licence.
            Extent::Whole(_) if self.directory().is_err() => return,
            Extent::Whole(whole) => self.of_asked(&whole.people),
        };
        for (id, apps) in people {
            let read = match self.directory() {
                Err(why) => Read::Incomplete(why),
                Ok(organization) => match roles(self.reader, organization, &id, &apps).await {
                    Ok(roles) => Read::Complete(roles),
                    Err(error) => Read::Incomplete(error.incomplete()),
                },
            };
            self.observed.roles.insert(id, read);
        }
    }

    /// Returns the accounts of people whose role the files declare, with the apps that are to be taken from each.
    fn declared_roles(&self, desired: &Desired<'_>) -> Vec<(AccountId, BTreeSet<String>)> {
        let index = Index::new(&self.observed);
        let people = desired.site.roles.iter().flat_map(|(email, role)| {
            let apps: BTreeSet<String> = (role.take_away.iter())
                .flat_map(|app| ObservedRoles::owners(&app.value))
                .map(str::to_owned)
                .collect();
            let ids = index.find(email, None).accounts();
            ids.into_iter().map(move |id| (id, apps.clone()))
        });
        people.filter(|(id, _)| !id.looks_portal_only()).collect()
    }

    /// Returns the accounts of people who are asked about: what they read depends on the licences they hold.
    fn of_asked(&self, people: &BTreeSet<Email>) -> Vec<(AccountId, BTreeSet<String>)> {
        let index = Index::new(&self.observed);
        let ids = people
            .iter()
            .flat_map(|email| index.find(email, None).accounts());
        let atlassian = ids.filter(|id| !id.looks_portal_only());
        atlassian.map(|id| (id, BTreeSet::new())).collect()
    }

    /// Returns the Atlassian organization whose directory can be asked, or says what is missing.
    fn directory(&self) -> Result<&str, Incomplete> {
        let missing = |why: &str, forbidden: bool| Incomplete {
            why: why.into(),
            forbidden,
        };
        let organization = match &self.extent {
            Extent::Desired(desired) => desired.atlassian_id.as_deref(),
            Extent::Whole(whole) => whole.atlassian_organization,
        };
        let organization = organization.ok_or_else(|| {
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
