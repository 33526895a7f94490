//! Who is on a list, as read or as it is after the plan.

use super::{Moment, NOT_ASKED};
use crate::access::answer::Source;
use crate::access::desired;
use crate::access::people::{ListId, PeopleBuilder, PersonId, Role};
use crate::access::state::Coverage;
use crate::desired::{Desired, DesiredRoster};
use crate::model::{AccountId, Domain, OrganizationId, OrganizationName, Read, Surface};
use crate::observed::Observed;
use crate::plan::identity::{self, Identity};
use crate::plan::roster::{self, Index};
use std::collections::{BTreeMap, BTreeSet};

/// Puts somebody on a list; whoever is on one is a customer at least.
pub(super) fn join(people: &mut PeopleBuilder<'_>, id: PersonId, list: ListId, source: Source) {
    proves_role(people, id);
    people.join(id, list, source);
}

/// Takes somebody for a customer at least, whose role was not read and who is, was or will be on a list: being taken off one
/// takes no role away (R1d), and nobody without a role can be put on one (R1e).
pub(super) fn proves_role(people: &mut PeopleBuilder<'_>, id: PersonId) {
    let account = &mut people.get_mut(id).account;
    if account.role == Role::Unknown {
        account.role = Role::Customer;
    }
}

/// Rosters as read, or as they are after the plan.
pub(super) struct Lists<'a> {
    pub(super) desired: &'a Desired<'a>,
    pub(super) observed: &'a Observed,
    /// Only the state after needs to find people by what is written.
    index: Option<Index<'a>>,
    pub(super) identities: BTreeMap<OrganizationId, &'a OrganizationName>,
    pub(super) moment: Moment,
}

impl<'a> Lists<'a> {
    pub(super) fn new(desired: &'a Desired<'a>, observed: &'a Observed, moment: Moment) -> Self {
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
            index: (moment == Moment::After).then(|| Index::new(observed)),
            identities,
            moment,
        }
    }

    /// Puts everybody on one list, and returns how far it can be believed.
    pub(super) fn fill(
        &self,
        people: &mut PeopleBuilder<'a>,
        list: ListId,
        live: Option<&'a Read<BTreeSet<AccountId>>>,
        wanted: Option<&'a DesiredRoster<'a>>,
        keep: &BTreeSet<&Domain>,
    ) -> Coverage {
        let read = Source::Read(Surface::Documented);
        let wanted = wanted.filter(|_| self.moment == Moment::After);
        let (coverage, live) = match live {
            Some(Read::Complete(live)) => (Coverage::Whole, Some(live)),
            Some(Read::Incomplete(why)) => (Coverage::Unread(why.why.clone()), None),
            None => (Coverage::Unread(NOT_ASKED.to_owned()), None),
        };
        let Some(live) = live else {
            if let Some(wanted) = wanted {
                for entry in &wanted.present {
                    let id = desired::intern(people, entry);
                    join(people, id, list, Source::Written(entry.span));
                }
            }
            return coverage;
        };
        let mut removed: BTreeSet<AccountId> = BTreeSet::new();
        if let (Some(wanted), Some(index)) = (wanted, &self.index) {
            let compared = roster::compare(wanted, live, index, keep);
            removed.extend(compared.removals.into_iter().map(|removal| removal.account));
            for missing in compared.missing {
                let known = missing
                    .account
                    .as_ref()
                    .and_then(|account| people.find_account(account));
                let id = match known {
                    Some(known) => known,
                    None => desired::intern(people, missing.entry),
                };
                join(people, id, list, Source::Written(missing.entry.span));
            }
        }
        for account in live {
            match people.find_account(account) {
                Some(id) if removed.contains(account) => proves_role(people, id),
                Some(id) => join(people, id, list, read),
                None => {}
            }
        }
        coverage
    }
}
