//! Reading lists of people: members of organizations, and whom a list shows. A list that contradicts itself or another is
//! no list.

use super::{Extent, LISTS_AT_ONCE, Observer};
use crate::config::Mode;
use crate::desired::Desired;
use crate::jsm::{Account, ApiError, Organization};
use crate::model::{AccountId, AccountSet, Email, Incomplete, OrganizationId, Read};
use crate::observed::{Observed, ObservedAccount, Standing};
use crate::plan::identity::{self, Identity};
use futures_util::stream::{self, StreamExt};
use std::collections::{BTreeMap, HashSet};
use tokio::sync::mpsc;

/// What came while the organizations were listed.
pub(super) struct Early {
    /// The organizations.
    pub(super) listed: Result<Vec<Organization>, ApiError>,
    /// Members of those that were sure to be wanted.
    pub(super) members: Vec<(OrganizationId, Result<Vec<Account>, ApiError>)>,
}

impl Early {
    pub(super) const fn of(listed: Result<Vec<Organization>, ApiError>) -> Self {
        Self {
            listed,
            members: Vec::new(),
        }
    }
}

impl Observer<'_, '_> {
    /// Lists the organizations where they are needed whatever the projects say. The members of those that are sure to be wanted
    /// are asked for while the list still arrives.
    pub(super) async fn organizations_at_once(&self) -> Option<Early> {
        if !self.needs_organizations() {
            return None;
        }
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let listing = async {
            // Whoever listens is gone only when the whole reading is.
            let page = |page: &[Organization]| {
                for organization in page.iter().filter(|row| self.surely_wanted(row)) {
                    let expected = self.expected_members(&organization.name);
                    let _ = sender.send((organization.id.clone(), expected));
                }
            };
            let listed = self.reader.organizations_by_page(page).await;
            drop(sender);
            listed
        };
        let reader = self.reader;
        let members = stream::poll_fn(move |context| receiver.poll_recv(context))
            .map(|(id, expected)| async move {
                let members = reader.organization_members(&id, expected).await;
                (id, members)
            })
            .buffer_unordered(LISTS_AT_ONCE)
            .collect();
        let (listed, members) = tokio::join!(listing, members);
        Some(Early { listed, members })
    }

    /// Returns how many members the files would have an organization hold.
    fn expected_members(&self, name: &str) -> usize {
        match &self.extent {
            Extent::Whole(_) => 0,
            Extent::Desired(desired) => desired
                .site
                .organizations
                .get_key_value(name)
                .and_then(|(name, _)| desired.members.get(name))
                .map_or(0, |roster| roster.present.len()),
        }
    }

    /// Reads members of the organizations that are ours to change, of those that a person must leave, and, for judging
    /// impact, of those that are linked to projects that are judged.
    pub(super) async fn members(&mut self) {
        let Some(live) = self.observed.whole_organizations() else {
            return;
        };
        let wanted: BTreeMap<OrganizationId, usize> = match &self.extent {
            Extent::Whole(_) => live.keys().map(|id| (id.clone(), 0)).collect(),
            Extent::Desired(desired) => self.wanted_members(desired),
        };
        let missing = wanted
            .into_iter()
            .filter(|(id, _)| live.get(id).is_some_and(|seen| seen.members.is_none()));
        let reader = self.reader;
        let lists: Vec<_> = stream::iter(missing)
            .map(|(id, expected)| async move {
                let members = reader.organization_members(&id, expected).await;
                (id, members)
            })
            .buffer_unordered(LISTS_AT_ONCE)
            .collect()
            .await;
        self.keep_members(lists);
    }

    /// Returns the organizations whose members are wanted, with how many they should hold.
    fn wanted_members(&self, desired: &Desired<'_>) -> BTreeMap<OrganizationId, usize> {
        let Some(live) = self.observed.whole_organizations() else {
            return BTreeMap::new();
        };
        let mut wanted: BTreeMap<OrganizationId, usize> = self
            .linked_to_judged()
            .into_iter()
            .map(|id| (id, 0))
            .collect();
        // Whoever is in an organization that goes loses what it opens.
        if desired.site.organizations_mode == Mode::Exact {
            let touched = self.touched_organizations(desired).into_iter();
            wanted.extend(touched.map(|id| (id, 0)));
        }
        if !desired.site.nobody_leaves() {
            wanted.extend(live.keys().map(|id| (id.clone(), 0)));
        }
        for (name, identity) in identity::identify(desired.site, live) {
            if let Identity::Live(id) = identity
                && self.is_managed(desired, name)
            {
                let roster = desired.members.get(name);
                wanted.insert(id, roster.map_or(0, |roster| roster.present.len()));
            }
        }
        wanted
    }

    /// Takes over lists of members. They are taken in the order of their ids, so that it does not depend on which came first
    /// which of two that contradict each other is believed.
    pub(super) fn keep_members(
        &mut self,
        mut lists: Vec<(OrganizationId, Result<Vec<Account>, ApiError>)>,
    ) {
        lists.sort_by(|one, other| one.0.cmp(&other.0));
        let mut reads = Vec::with_capacity(lists.len());
        for (id, list) in lists {
            reads.push((id, self.keep_accounts(list)));
        }
        self.each_organization(reads, |organization, members| {
            organization.members = Some(members)
        });
    }

    /// Holds the links of projects against the list of organizations: one id under two names means that something is being
    /// changed, and neither can be believed.
    pub(super) fn links_agree(&mut self) {
        let Some(live) = self.observed.whole_organizations() else {
            return;
        };
        let mut doubted = Vec::new();
        for (key, links) in &self.links {
            let other = links.iter().find(|link| {
                live.get(&link.id)
                    .is_some_and(|listed| listed.name != link.name)
            });
            if let Some(link) = other {
                doubted.push((key.clone(), link.id.clone()));
            }
        }
        if let Some(Read::Complete(projects)) = &mut self.observed.projects {
            for (key, id) in doubted {
                if let Some(project) = projects.get_mut(&key) {
                    project.organizations = Some(Read::Incomplete(contradiction(&format!(
                        "the organization {id} has one name in the list of organizations and another one in the project"
                    ))));
                }
            }
        }
    }

    /// Remembers the accounts of a list and returns their ids.
    pub(super) fn keep_accounts(
        &mut self,
        list: Result<Vec<Account>, ApiError>,
    ) -> Read<AccountSet> {
        let accounts = match list {
            Err(error) => return Read::Incomplete(error.incomplete()),
            Ok(accounts) => accounts,
        };
        if let Some(account) = accounts
            .iter()
            .find(|account| contradicts(&self.observed, account))
        {
            return Read::Incomplete(contradiction(&format!(
                "two lists show different addresses of the account {}",
                account.account_id
            )));
        }
        let mut ids = Vec::with_capacity(accounts.len());
        for account in accounts {
            ids.push(account.account_id);
            keep_account(&mut self.observed, account);
        }
        Read::Complete(ids.into())
    }

    pub(super) fn keep_account(&mut self, account: Account) {
        keep_account(&mut self.observed, account);
    }
}

/// Why something that contradicts itself cannot be believed.
pub(super) fn contradiction(what: &str) -> Incomplete {
    Incomplete {
        why: format!("{what}: the site is being changed; run again").into(),
        forbidden: false,
    }
}

/// Says whether an account was seen with another visible address before.
fn contradicts(observed: &Observed, account: &Account) -> bool {
    let seen = observed
        .accounts
        .get(&account.account_id)
        .and_then(|seen| seen.email.as_ref());
    match (seen, address(account)) {
        (Some(seen), Some(email)) => *seen != email,
        _ => false,
    }
}

/// An address that does not parse cannot be compared with anything, so it counts as hidden.
fn address(account: &Account) -> Option<Email> {
    account
        .email
        .as_deref()
        .and_then(|text| Email::new(text).ok())
}

/// Remembers an account that a list showed, beside what is known of it already.
pub(super) fn keep_account(observed: &mut Observed, account: Account) {
    let email = address(&account);
    let standing = if account.app {
        Standing::App
    } else {
        Standing::NotAsked
    };
    match observed.accounts.get_mut(&account.account_id) {
        None => {
            let seen = ObservedAccount {
                email,
                name: account.display_name.into(),
                kind: account.kind,
                active: account.active,
                standing,
            };
            observed.accounts.insert(account.account_id, seen);
        }
        Some(seen) => {
            seen.email = seen.email.take().or(email);
            seen.kind = seen.kind.or(account.kind);
            if account.app {
                seen.standing = Standing::App;
            }
        }
    }
}

/// Says which of these ids are of accounts that nothing showed yet.
pub(super) fn unseen<'a>(
    observed: &Observed,
    ids: impl IntoIterator<Item = &'a AccountId>,
) -> Vec<AccountId> {
    let unseen: HashSet<AccountId> = ids
        .into_iter()
        .copied()
        .filter(|id| !observed.accounts.contains_key(id))
        .collect();
    let mut unseen: Vec<AccountId> = unseen.into_iter().collect();
    unseen.sort();
    unseen
}
