//! Organizations that would lose their last member, and projects that would be left without anyone, without anybody having said so.
//!
//! Both are built in: no limit in the YAML has to be written for them. The first blocks; the second is a failed check only.
//! What is written as empty (`allow_empty: true`), retired, absent or expired is meant; what an `exact` list takes away because
//! nobody on it can be added is not.

use super::{Verdict, Weight};
use crate::config::{Mode, Roster};
use crate::desired::Desired;
use crate::judge::{Ledger, Sheet};
use crate::model::{ChannelAccess, OrganizationId, ProjectKey, Read};
use crate::neutral::named;
use crate::observed::Observed;
use crate::plan::{Block, Change, Effect, OrganizationRef, Reason};
use std::collections::BTreeMap;

/// How many leave and arrive; a blocked change does neither, a waiting one will.
#[derive(Debug, Default, Clone, Copy)]
struct Traffic {
    leave: usize,
    arrive: usize,
    /// Whether somebody leaves only for not being listed.
    unlisted: bool,
}

impl Traffic {
    fn leaves(&mut self, change: &Change) {
        self.leave += 1;
        self.unlisted |= change.reason == Reason::NotListed;
    }
}

/// Judges organizations whose members are all read.
pub(super) fn organizations(
    sheet: &Sheet<'_>,
    desired: &Desired<'_>,
    observed: &Observed,
    blocks: &mut Vec<(usize, Block)>,
    ledger: &mut Ledger,
) {
    let mut traffic: BTreeMap<OrganizationId, Traffic> = BTreeMap::new();
    let mut names: BTreeMap<OrganizationId, String> = BTreeMap::new();
    for (_, change) in sheet.free() {
        match &change.effect {
            Effect::RemoveMember(id, _) => {
                traffic.entry(id.clone()).or_default().leaves(change);
                if let Some(name) = change.address.as_str().split("/member/").next() {
                    names.entry(id.clone()).or_insert_with(|| name.to_owned());
                }
            }
            Effect::AddMember(OrganizationRef::Existing(id), _) => {
                traffic.entry(id.clone()).or_default().arrive += 1;
            }
            _ => {}
        }
    }
    for (id, traffic) in traffic {
        let members = observed
            .whole_organizations()
            .and_then(|live| live.get(&id)?.members.as_ref()?.complete());
        let Some(members) = members else { continue };
        if !traffic.unlisted || traffic.arrive > 0 || traffic.leave < members.len() {
            continue;
        }
        let address = names.get(&id).cloned().unwrap_or_default();
        let meant = desired.members.iter().any(|(name, roster)| {
            desired.address(["organization", name.as_str()]).as_str() == address
                && is_empty_on_purpose(roster.roster)
        });
        if meant {
            continue;
        }
        let name = "policy: no organization is emptied (built in)".to_owned();
        let rows = sheet.free().filter(
            |(_, change)| matches!(&change.effect, Effect::RemoveMember(of, _) if *of == id),
        );
        blocks.extend(rows.map(|(at, _)| (at, Block::Policy(name.clone().into()))));
        ledger.put(Verdict {
            kind: "built_in",
            name,
            problems: vec![
                format!(
                    "{address} would lose all of its {} members, and nobody listed can be added",
                    members.len(),
                    address = named(address)
                )
                .into(),
            ],
            source: None,
            weight: Weight::Fails,
        });
    }
}

/// Judges restricted projects whose customers and links are all read.
pub(super) fn projects(
    sheet: &Sheet<'_>,
    desired: &Desired<'_>,
    observed: &Observed,
    ledger: &mut Ledger,
) {
    let mut traffic: BTreeMap<ProjectKey, Traffic> = BTreeMap::new();
    for (_, change) in sheet.free() {
        match &change.effect {
            Effect::RemoveCustomer(key, _)
            | Effect::Unlink(key, _)
            | Effect::RemoveCustomerGroup(key, _) => {
                traffic.entry(key.clone()).or_default().leaves(change);
            }
            Effect::AddCustomer(key, _)
            | Effect::Link(key, _)
            | Effect::AddCustomerGroup(key, _) => {
                traffic.entry(key.clone()).or_default().arrive += 1;
            }
            _ => {}
        }
    }
    for (key, traffic) in traffic {
        let Some(seen) = observed.whole_projects().and_then(|live| live.get(&key)) else {
            continue;
        };
        let declared = desired.site.projects.get(&key);
        let access = declared
            .and_then(|project| project.channel_access.as_ref())
            .map(|access| access.value)
            .or_else(|| seen.channel_access.as_ref()?.value.known().copied());
        let (Some(Read::Complete(customers)), Some(Read::Complete(linked))) =
            (&seen.customers, &seen.organizations)
        else {
            continue;
        };
        let groups = seen
            .permissions
            .as_ref()
            .and_then(|seen| seen.customers.as_ref()?.complete())
            .map_or(0, |customers| customers.groups.len());
        let before = customers.len() + linked.len() + groups;
        let emptied = access == Some(ChannelAccess::Restricted)
            && traffic.unlisted
            && traffic.arrive == 0
            && traffic.leave >= before;
        let meant = declared.is_some_and(|project| {
            let no_customers = project.customers.as_ref().is_some_and(is_empty_on_purpose);
            let no_links = project
                .organizations
                .as_ref()
                .is_some_and(|links| links.mode == Mode::Exact && links.list.is_empty());
            let no_groups = project
                .customer_groups
                .as_ref()
                .is_some_and(|groups| groups.mode == Mode::Exact && groups.list.is_empty());
            (no_customers || customers.is_empty())
                && (no_links || linked.is_empty())
                && (no_groups || groups == 0)
        });
        if !emptied || meant {
            continue;
        }
        // Told, not blocked: each list of the project says by itself that it is whole.
        let name = "policy: no project is left without anyone (built in)".to_owned();
        let address = desired.address(["project", key.as_str()]);
        ledger.put(Verdict {
            kind: "built_in",
            name,
            problems: vec![format!(
                "{address} is restricted and would lose all of its {before} customers, organizations and groups", address = named(address)).into()],
            source: None,
            weight: Weight::Fails,
        });
    }
}

/// An empty `exact` list needs `allow_empty: true`, so it is meant.
fn is_empty_on_purpose(roster: &Roster) -> bool {
    roster.mode == Mode::Exact && roster.entries.is_empty()
}
