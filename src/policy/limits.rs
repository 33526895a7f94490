//! Limits in numbers.

use super::{Verdict, Weight, bounds, makes_account};
use crate::desired::Desired;
use crate::diagnostic::FileId;
use crate::judge::{Ledger, Sheet};
use crate::model::{Address, Read};
use crate::neutral::named;
use crate::observed::Observed;
use crate::plan::{Action, Block, Change, Effect, ResourceType};
use std::collections::{BTreeMap, BTreeSet};

/// Blocks every new account when there are more than allowed.
pub(super) fn max_new_accounts(
    sheet: &Sheet<'_>,
    desired: &Desired<'_>,
    blocks: &mut Vec<(usize, Block)>,
    ledger: &mut Ledger,
) {
    let Some(limit) = &desired.law.policy.max_new_accounts else {
        return;
    };
    let name = "policy.max_new_accounts";
    let new: Vec<usize> = sheet
        .free()
        .filter(|(_, change)| makes_account(change) && !change.is_by_hand())
        .map(|(at, _)| at)
        .collect();
    let mut problems = Vec::new();
    if u64::try_from(new.len()).is_ok_and(|count| count > limit.value) {
        problems.push(
            format!(
                "{} accounts would be made, at most {} are allowed",
                new.len(),
                limit.value
            )
            .into(),
        );
        blocks.extend(new.into_iter().map(|at| (at, Block::Policy(name.into()))));
    }
    ledger.put(Verdict {
        kind: "limit",
        name: name.to_owned(),
        problems,
        source: Some(limit.span),
        weight: Weight::Fails,
    });
}

/// Blocks every row that takes a licence when more are taken than allowed.
pub(super) fn max_licences_removed(
    sheet: &Sheet<'_>,
    desired: &Desired<'_>,
    blocks: &mut Vec<(usize, Block)>,
    ledger: &mut Ledger,
) {
    let Some(limit) = &desired.law.policy.max_licences_removed else {
        return;
    };
    let name = "policy.max_licences_removed";
    let mut rows = Vec::new();
    let mut count = 0;
    for (at, change) in sheet.free() {
        if let Effect::BecomeCustomer { takes, .. } = &change.effect {
            let apps: BTreeSet<&str> = takes.iter().map(|one| one.app.as_str()).collect();
            if !apps.is_empty() {
                rows.push(at);
                count += apps.len() as u64;
            }
        }
    }
    let mut problems = Vec::new();
    if count > limit.value {
        problems.push(
            format!(
                "{count} licences would be taken away, at most {} are allowed",
                limit.value
            )
            .into(),
        );
        let why = || Block::Policy(name.into());
        blocks.extend(rows.into_iter().map(|at| (at, why())));
    }
    ledger.put(Verdict {
        kind: "limit",
        name: name.to_owned(),
        problems,
        source: Some(limit.span),
        weight: Weight::Fails,
    });
}

/// Blocks the removals of every list, roster file and site that would lose more than allowed.
pub(super) fn max_removals(
    sheet: &Sheet<'_>,
    desired: &Desired<'_>,
    observed: &Observed,
    blocks: &mut Vec<(usize, Block)>,
    ledger: &mut Ledger,
) {
    let Some(limit) = bounds::removals(desired.law.policy) else {
        return;
    };
    let mut removals: BTreeMap<Address, Vec<usize>> = BTreeMap::new();
    for (at, change) in sheet.free() {
        if let Some(list) = list_of(change) {
            removals.entry(list).or_default().push(at);
        }
    }
    if removals.is_empty() {
        ledger.put(Verdict {
            kind: "limit",
            name: "policy.max_removals".to_owned(),
            problems: Vec::new(),
            source: limit.span,
            weight: Weight::Fails,
        });
        return;
    }
    let sizes = sizes(desired, observed);
    for group in groups(sheet, desired, removals, &sizes) {
        let (removed, size) = (group.rows.len(), group.size);
        let by_count = limit.count.is_some_and(|count| removed as u64 > count);
        let large = size as u64 >= limit.floor.unwrap_or(0);
        let by_percent = limit
            .percent
            .is_some_and(|percent| large && removed as u64 * 100 > percent * size as u64);
        if !large && !by_count {
            continue;
        }
        let mut problems = Vec::new();
        if by_count || by_percent {
            let allowed = match (by_percent, limit.percent, limit.count) {
                (true, Some(percent), _) => format!("{percent} %"),
                (_, _, count) => count.unwrap_or(0).to_string(),
            };
            problems.push(
                format!(
                    "{} {removed} of {size} entries, at most {allowed} are allowed",
                    group.said
                )
                .into(),
            );
            let why = || Block::Policy("policy.max_removals".into());
            blocks.extend(group.rows.into_iter().map(|at| (at, why())));
        }
        ledger.put(Verdict {
            kind: "limit",
            name: format!("policy.max_removals on {}", group.name),
            problems,
            source: limit.span,
            weight: Weight::Fails,
        });
    }
}

/// Removals that are limited together.
struct Group {
    /// What they are told apart by: a path, the address of a list, or the key of the site.
    name: String,
    /// Who takes entries away or loses them: the head of a sentence.
    said: String,
    rows: Vec<usize>,
    /// How many entries there are before.
    size: usize,
}

/// Groups removals by what a slip in one place could cause: by roster file, by list, by file of leavers, and by site.
fn groups(
    sheet: &Sheet<'_>,
    desired: &Desired<'_>,
    removals: BTreeMap<Address, Vec<usize>>,
    sizes: &BTreeMap<Address, usize>,
) -> Vec<Group> {
    let size_of = |list: &Address, removed: usize| sizes.get(list).copied().unwrap_or(removed);
    let mut groups = Vec::new();
    for (path, filled) in files(desired) {
        let lists = filled.lists.iter();
        let rows: Vec<usize> = lists
            .filter_map(|list| removals.get(list))
            .flatten()
            .copied()
            .filter(|at| filled.may_cause(&sheet.changes()[*at]))
            .collect();
        if !rows.is_empty() {
            groups.push(Group {
                said: format!("{} would lose", named(&path)),
                size: filled.lists.iter().map(|list| size_of(list, 0)).sum(),
                name: path,
                rows,
            });
        }
    }
    // A share of a site is one of the people on its lists, those that lose nobody included; links are no people.
    let people = removals.iter().filter(|(list, _)| holds_people(list));
    let (mut all, mut several, mut unread) = (Vec::new(), 0, 0);
    for (list, rows) in people {
        several += 1;
        unread += if sizes.contains_key(list) {
            0
        } else {
            rows.len()
        };
        all.extend(rows.iter().copied());
    }
    let read = sizes.iter().filter(|(list, _)| holds_people(list));
    let whole = read.map(|(_, size)| size).sum::<usize>() + unread;
    for (list, rows) in removals {
        groups.push(Group {
            said: format!("{} would lose", named(&list)),
            size: size_of(&list, rows.len()),
            name: list.to_string(),
            rows,
        });
    }
    for leavers in &desired.workspace.leavers {
        let Some(source) = desired.workspace.sources.get(leavers.file) else {
            continue;
        };
        let asks = |at: &usize| {
            let source = sheet.changes()[*at].source;
            source.is_some_and(|span| span.file == leavers.file)
        };
        let rows: Vec<usize> = all.iter().copied().filter(asks).collect();
        if !rows.is_empty() {
            groups.push(Group {
                name: source.path.to_string(),
                said: format!("{} would take away", named(&source.path)),
                rows,
                size: whole,
            });
        }
    }
    // What one list loses alone is judged with it.
    if several > 1 {
        let site = &desired.site.key;
        groups.push(Group {
            name: site.to_string(),
            said: format!("the lists of {} would lose", named(site)),
            rows: all,
            size: whole,
        });
    }
    groups
}

/// The lists that one roster file fills.
struct Filled {
    file: FileId,
    lists: BTreeSet<Address>,
    /// Every roster file of the site.
    all: BTreeSet<FileId>,
}

impl Filled {
    /// Says whether a removal may be the file's doing: a row of it asks for it, or no row of any roster file does.
    fn may_cause(&self, change: &Change) -> bool {
        let file = change.source.map(|span| span.file);
        file == Some(self.file) || !file.is_some_and(|file| self.all.contains(&file))
    }
}

/// Returns the roster files that fill more than one list, by path: a broken export takes a few people off each of many lists,
/// none of which loses much. What fills one list is judged with it.
fn files(desired: &Desired<'_>) -> BTreeMap<String, Filled> {
    let members = desired.members.iter().map(|(name, roster)| {
        let list = desired.address(["organization", name.as_str(), "member"]);
        (list, roster.roster)
    });
    let customers = desired.customers.iter().map(|(key, roster)| {
        let list = desired.address(["project", key.as_str(), "customer"]);
        (list, roster.roster)
    });
    let shared: BTreeSet<FileId> = desired
        .site
        .rosters
        .iter()
        .map(|named| named.file)
        .collect();
    let mut all = shared.clone();
    let mut lists: BTreeMap<FileId, BTreeSet<Address>> = BTreeMap::new();
    for (list, roster) in members.chain(customers) {
        let named = roster.files.iter().map(|named| named.file);
        all.extend(named.clone());
        let spans = roster.entries.iter().map(|entry| entry.span);
        let spans = spans.chain(roster.absent.iter().map(|who| who.span));
        let rows = spans.map(|span| span.file);
        let files: BTreeSet<FileId> = match shared.is_empty() {
            true => named.collect(),
            false => named
                .chain(rows.filter(|file| shared.contains(file)))
                .collect(),
        };
        for file in files {
            lists.entry(file).or_default().insert(list.clone());
        }
    }
    let many = lists.into_iter().filter(|(_, lists)| lists.len() > 1);
    many.filter_map(|(file, lists)| {
        let path = desired.workspace.sources.get(file)?.path.to_string();
        let all = all.clone();
        Some((path, Filled { file, lists, all }))
    })
    .collect()
}

/// Says whether the entries of a list are people.
fn holds_people(list: &Address) -> bool {
    let list = list.as_str();
    list.ends_with("/member") || list.ends_with("/customer")
}

/// Returns the list that a removal shortens.
fn list_of(change: &Change) -> Option<Address> {
    if change.action != Action::Delete {
        return None;
    }
    match change.kind {
        ResourceType::OrganizationMember
        | ResourceType::ProjectCustomer
        | ResourceType::ProjectCustomerGroup
        | ResourceType::ProjectOrganization => {
            let (list, _) = change.address.as_str().rsplit_once('/')?;
            Some(Address::from_encoded(list))
        }
        _ => None,
    }
}

fn sizes(desired: &Desired<'_>, observed: &Observed) -> BTreeMap<Address, usize> {
    let mut sizes = BTreeMap::new();
    if let Some(live) = observed.whole_organizations() {
        let names: BTreeMap<_, _> = crate::plan::identity::identify(desired.site, live)
            .into_iter()
            .filter_map(|(name, identity)| match identity {
                crate::plan::identity::Identity::Live(id) => Some((id, name.as_str())),
                _ => None,
            })
            .collect();
        for (id, organization) in live {
            if let Some(Read::Complete(members)) = &organization.members {
                let name = names.get(id).copied().unwrap_or(&organization.name);
                sizes.insert(
                    desired.address(["organization", name, "member"]),
                    members.len(),
                );
            }
        }
    }
    for (key, project) in observed.whole_projects().into_iter().flatten() {
        if let Some(Read::Complete(customers)) = &project.customers {
            sizes.insert(
                desired.address(["project", key.as_str(), "customer"]),
                customers.len(),
            );
        }
        if let Some(Read::Complete(linked)) = &project.organizations {
            sizes.insert(
                desired.address(["project", key.as_str(), "organization"]),
                linked.len(),
            );
        }
        let permissions = project.permissions.as_ref();
        if let Some(Read::Complete(customers)) =
            permissions.and_then(|seen| seen.customers.as_ref())
        {
            sizes.insert(
                desired.address(["project", key.as_str(), "customer-group"]),
                customers.groups.len(),
            );
        }
    }
    sizes
}
