//! Who is on a list, as read.

use super::NOT_ASKED;
use crate::access::answer::Source;
use crate::access::people::{ListId, PeopleBuilder};
use crate::access::state::Coverage;
use crate::desired::Desired;
use crate::model::{AccountSet, OrganizationId, OrganizationName, Read, Surface};
use crate::observed::{Observed, ObservedProject};
use crate::plan::identity::{self, Identity};
use std::collections::BTreeMap;

/// Lists as read, and the names under which the workspace declares live organizations.
pub(super) struct Lists<'a> {
    pub(super) desired: &'a Desired<'a>,
    pub(super) observed: &'a Observed,
    pub(super) identities: BTreeMap<OrganizationId, &'a OrganizationName>,
}

impl<'a> Lists<'a> {
    pub(super) fn new(desired: &'a Desired<'a>, observed: &'a Observed) -> Self {
        let identities = observed
            .whole_organizations()
            .map(|live| identity::identify(desired.site, live))
            .unwrap_or_default()
            .into_iter()
            .filter_map(|(name, identity)| match identity {
                Identity::Live(id) => Some((id, name)),
                _ => None,
            })
            .collect();
        Self {
            desired,
            observed,
            identities,
        }
    }

    /// Puts everybody on one list, and returns how far it can be believed.
    pub(super) fn fill(
        &self,
        people: &mut PeopleBuilder<'a>,
        list: ListId,
        live: Option<&'a Read<AccountSet>>,
    ) -> Coverage {
        let live = match live {
            Some(Read::Complete(live)) => live,
            Some(Read::Incomplete(why)) => return Coverage::Unread(why.why.to_string()),
            None => return Coverage::Unread(NOT_ASKED.to_owned()),
        };
        for account in live {
            if let Some(id) = people.find_account(account) {
                people.join(id, list, Source::Read(Surface::Documented));
            }
        }
        Coverage::Whole
    }

    /// Puts the customers of a project on its roster, and returns how far that can be believed.
    ///
    /// The actors of the project's role are the grant. Atlassian's list of customers is a view of it and may hold people who
    /// are there by a permission or for the record, so where the actors could not be read nobody on it is sure to be one.
    pub(super) fn customers(
        &self,
        people: &mut PeopleBuilder<'a>,
        roster: ListId,
        seen: &'a ObservedProject,
    ) -> Coverage {
        let actors = seen.permissions.as_ref();
        match actors.and_then(|seen| seen.customers.as_ref()) {
            Some(Read::Incomplete(_)) => {
                self.fill(people, roster.perhaps(), seen.customers.as_ref())
            }
            // Whoever does not hold the role was left out when the list was read.
            Some(Read::Complete(_)) | None => self.fill(people, roster, seen.customers.as_ref()),
        }
    }
}
