//! From addresses to accounts: out of the lists already read, the rest by whichever costs fewer requests.

use super::{Extent, LISTS_AT_ONCE, Observer};
use crate::config::{Mode, Who};
use crate::desired::{Desired, DesiredRoster};
use crate::jsm::Account;
use crate::model::{AccountId, AccountKind, AccountSet, Email, Incomplete, Read};
use crate::observed::{Resolution, Standing};
use crate::plan::identity::{self, Identity};
use crate::plan::roster::{self, Index, Match};
use futures_util::stream::{self, StreamExt};
use std::collections::{BTreeMap, BTreeSet};

/// How many accounts one page of all users holds.
const USERS_PER_PAGE: usize = 1000;

/// The application role that licenses agents of the service desk.
const AGENT_ROLE: &str = "jira-servicedesk";

impl Observer<'_, '_> {
    /// Finds the accounts of addresses that no list showed.
    pub(super) async fn resolve_addresses(&mut self) {
        let wanted = self.unresolved();
        if wanted.is_empty() {
            return;
        }
        // One search each, and one that proves the search, against every page of all users and the empty last one. At the same
        // price the list is better, since a search does not show who is suspended or revoked.
        let searches = wanted.len() + 1;
        let pages = self.observed.accounts.len() / USERS_PER_PAGE + 2;
        if searches < pages {
            self.search(wanted, true).await;
        } else {
            self.page_all_users(wanted).await;
        }
    }

    /// Returns the addresses that somebody asked about.
    fn asked_about(&self) -> &BTreeSet<Email> {
        const NOBODY: &BTreeSet<Email> = &BTreeSet::new();
        match &self.extent {
            Extent::Desired(_) => NOBODY,
            Extent::Whole(whole) => &whole.people,
        }
    }

    /// Returns the addresses that matter and that no list showed, and those that were asked about.
    fn unresolved(&self) -> BTreeSet<Email> {
        let index = Index::new(&self.observed);
        // Whoever is asked about may have a second account on no list (R1a), and a list does not tell the kind.
        let mut wanted = self.asked_about().clone();
        let mut note = |email: &Email| {
            if index.find(email, None) == Match::NotAsked {
                wanted.insert(*email);
            }
        };
        let Extent::Desired(desired) = &self.extent else {
            return wanted;
        };
        for roster in desired.members.values().chain(desired.customers.values()) {
            for entry in &roster.present {
                if let Who::Email(email) = &entry.who {
                    note(email);
                }
            }
        }
        for email in super::needs::expected_people(desired) {
            note(email);
        }
        for email in desired.site.roles.keys() {
            note(email);
        }
        // Whose access is to be ended must be found wherever they are, on a list or on none.
        for (email, person) in &desired.site.people {
            if person.revoked {
                note(email);
            }
        }
        // Somebody who must be gone is looked up only where a hidden address might be theirs.
        if self
            .observed
            .accounts
            .values()
            .any(|account| account.email.is_none())
        {
            for email in desired.site.people.keys() {
                note(email);
            }
            for roster in desired.members.values().chain(desired.customers.values()) {
                for gone in &roster.gone {
                    if let Who::Email(email) = gone.who {
                        note(email);
                    }
                }
            }
        }
        wanted.extend(
            self.of_another_kind(desired, &index)
                .into_iter()
                .map(|(email, _)| *email),
        );
        wanted
    }

    /// Returns entries that ask for one kind of account where the only account in sight looks like the other kind.
    ///
    /// The address may then have a second account on no list, and only a search shows it.
    fn of_another_kind<'a>(
        &self,
        desired: &'a Desired<'_>,
        index: &Index<'a>,
    ) -> Vec<(&'a Email, AccountId)> {
        let rosters = desired.members.values().chain(desired.customers.values());
        rosters
            .flat_map(|roster| &roster.present)
            .filter_map(|entry| {
                let kind = entry.extra.as_ref()?.account?;
                let Who::Email(email) = &entry.who else {
                    return None;
                };
                let Match::One(id) = index.find(email, None) else {
                    return None;
                };
                let seen = index.account(&id).and_then(|account| account.kind);
                let looks = if id.looks_portal_only() {
                    AccountKind::PortalOnly
                } else {
                    AccountKind::Atlassian
                };
                (seen.unwrap_or(looks) != kind).then_some((email, id))
            })
            .collect()
    }

    async fn page_all_users(&mut self, wanted: BTreeSet<Email>) {
        // How many accounts the site has is not known before; where there are more than it seemed, searching is cheaper.
        let searches = wanted.len() + 1;
        let users = match self.reader.all_users(searches).await {
            Ok(Some(users)) => users,
            Ok(None) => return self.search(wanted, true).await,
            Err(error) => {
                let why = error.incomplete();
                for email in wanted {
                    self.observed
                        .resolutions
                        .insert(email, Resolution::Unresolved(why.clone()));
                }
                return;
            }
        };
        // A list that does not even hold the caller is not the whole list.
        let holds_caller = users
            .iter()
            .any(|user| Some(&user.account_id) == self.observed.caller.as_ref());
        // A row that slipped between two pages of users may be somebody whose address another list hides.
        let hidden = users
            .iter()
            .map(|user| (&user.account_id, user.email.is_none(), user.app))
            .chain(self.observed.accounts.iter().map(|(id, account)| {
                let app = account.standing == Standing::App;
                (id, account.email.is_none(), app)
            }))
            .any(|(id, hidden, app)| hidden && !app && Some(id) != self.observed.caller.as_ref());
        // Somebody whom neither the list shows by address nor a search at all.
        let veiled = users
            .iter()
            .any(|user| user.email.is_none() && !user.active && !user.app);
        let mut found: BTreeMap<Email, Vec<Account>> = BTreeMap::new();
        for user in users {
            let email = user.email.as_deref().and_then(|text| Email::new(text).ok());
            if let Some(email) = email.filter(|email| wanted.contains(email)) {
                found.entry(email).or_default().push(user);
            }
        }
        let mut rest = BTreeSet::new();
        for email in wanted {
            match found.remove(&email) {
                // Whoever is asked about may have a second account (R1a), whose address is hidden and which a search shows.
                Some(accounts) if hidden && self.asked_about().contains(&email) => {
                    self.resolved(email, accounts);
                    let found = self.observed.resolutions.get(&email).cloned();
                    self.search(BTreeSet::from([email]), true).await;
                    let again = self.observed.resolutions.get(&email);
                    let more = match again {
                        Some(Resolution::FoundHidden(_)) => true,
                        Some(Resolution::Found(ids)) => ids.len() > 1,
                        _ => false,
                    };
                    if !more && let Some(found) = found {
                        self.observed.resolutions.insert(email, found);
                    }
                }
                Some(accounts) => self.resolved(email, accounts),
                // The list does not tell whose address is hidden; a search does.
                None if hidden || !holds_caller => {
                    rest.insert(email);
                }
                None => self.resolved(email, Vec::new()),
            }
        }
        if !rest.is_empty() {
            self.search(rest, !holds_caller || veiled).await;
        }
    }

    fn resolved(&mut self, email: Email, accounts: Vec<Account>) {
        let (active, inactive): (Vec<_>, Vec<_>) =
            accounts.into_iter().partition(|account| account.active);
        let resolution = if active.is_empty() {
            match inactive.into_iter().next() {
                Some(account) => {
                    let id = account.account_id;
                    self.keep_account(account);
                    Resolution::Inactive(id)
                }
                None => Resolution::NotFound,
            }
        } else {
            let mut ids: Vec<AccountId> = active.iter().map(|account| account.account_id).collect();
            ids.sort();
            ids.dedup();
            for account in active {
                self.keep_account(account);
            }
            Resolution::Found(ids)
        };
        self.observed.resolutions.insert(email, resolution);
    }

    /// Searches for each address. With `more`, there may be accounts that no search shows: suspended and revoked ones.
    async fn search(&mut self, wanted: BTreeSet<Email>, more: bool) {
        let trust = self.search_can_be_trusted().await;
        let reader = self.reader;
        let answers: Vec<_> = stream::iter(wanted)
            .map(|email| async move {
                let hits = reader.search_users(email.key()).await;
                (email, hits)
            })
            .buffer_unordered(LISTS_AT_ONCE)
            .collect()
            .await;
        for (email, hits) in answers {
            let hits = match hits {
                Ok(hits) => hits,
                Err(error) => {
                    self.observed
                        .resolutions
                        .insert(email, Resolution::Unresolved(error.incomplete()));
                    continue;
                }
            };
            // A hidden address beside a visible one may be the second account of whoever is asked about (R1a).
            let (visible, hidden): (Vec<_>, Vec<_>) =
                hits.into_iter().partition(|hit| hit.email.is_some());
            let exact: Vec<Account> = visible
                .into_iter()
                .filter(|hit| {
                    hit.email
                        .as_deref()
                        .and_then(|text| Email::new(text).ok())
                        .as_ref()
                        == Some(&email)
                })
                .collect();
            if !exact.is_empty() {
                let others = match self.asked_about().contains(&email) {
                    true => hidden,
                    false => Vec::new(),
                };
                self.resolved(email, exact.into_iter().chain(others).collect());
                continue;
            }
            let mut hidden = hidden.into_iter();
            let resolution = match (hidden.next(), hidden.next()) {
                (Some(only), None) => {
                    let id = only.account_id;
                    self.keep_account(only);
                    Resolution::FoundHidden(id)
                }
                (Some(_), Some(_)) => Resolution::Unresolved(Incomplete {
                    why: "several accounts with hidden addresses match: write `account_id`".into(),
                    forbidden: false,
                }),
                (None, _) => match &trust {
                    None if more => Resolution::NoneActive,
                    None => Resolution::NotFound,
                    Some(why) => Resolution::Unresolved(why.clone()),
                },
            };
            self.observed.resolutions.insert(email, resolution);
        }
    }

    /// Proves the search on the caller's own address; returns why it cannot be trusted.
    ///
    /// Without the right to browse users the site answers every search with an empty list.
    async fn search_can_be_trusted(&self) -> Option<Incomplete> {
        let doubt = |why: &str, forbidden: bool| {
            Some(Incomplete {
                why: why.into(),
                forbidden,
            })
        };
        let Some(own) = &self.caller_email else {
            return doubt(
                "the caller's own address is hidden, so the search for people cannot be proved",
                false,
            );
        };
        match self.reader.search_users(own).await {
            Err(error) => Some(error.incomplete()),
            Ok(hits)
                if hits
                    .iter()
                    .any(|hit| Some(&hit.account_id) == self.observed.caller.as_ref()) =>
            {
                None
            }
            Ok(_) => doubt(
                "the search for people does not even find the caller: the right `Browse users and groups` seems to be missing",
                true,
            ),
        }
    }

    /// Learns the kinds of accounts that share one address, so that `account:` can choose.
    pub(super) async fn kinds_of_shared_addresses(&mut self) {
        let Extent::Desired(desired) = &self.extent else {
            return;
        };
        let ids: BTreeSet<AccountId> = {
            let index = Index::new(&self.observed);
            let lone = self.of_another_kind(desired, &index);
            let rosters = desired.members.values().chain(desired.customers.values());
            rosters
                .flat_map(|roster| &roster.present)
                .filter_map(|entry| match &entry.who {
                    Who::Email(email) => Some(email),
                    Who::Account(_) => None,
                })
                .filter_map(|email| match index.find(email, None) {
                    Match::Several(ids) => Some(ids),
                    _ => None,
                })
                .flatten()
                .chain(lone.into_iter().map(|(_, id)| id))
                .filter(|id| {
                    index
                        .account(id)
                        .is_none_or(|account| account.kind.is_none())
                })
                .collect()
        };
        self.look_up(ids).await;
    }

    /// Learns the addresses of accounts that rosters name by id and no list showed, since `people` may declare them absent.
    pub(super) async fn addresses_of_listed_ids(&mut self) {
        let Extent::Desired(desired) = &self.extent else {
            return;
        };
        if desired.site.nobody_leaves() {
            return;
        }
        let rosters = desired.members.values().chain(desired.customers.values());
        let ids: BTreeSet<AccountId> = rosters
            .flat_map(|roster| &roster.present)
            .filter_map(|entry| match &entry.who {
                Who::Account(id) => Some(id),
                Who::Email(_) => None,
            })
            .filter(|id| !self.observed.accounts.contains_key(id))
            .cloned()
            .collect();
        self.look_up(ids).await;
    }

    async fn look_up(&mut self, ids: BTreeSet<AccountId>) {
        if ids.is_empty() {
            return;
        }
        let ids: Vec<AccountId> = ids.into_iter().collect();
        if let Ok(accounts) = self.reader.users(&ids).await {
            for account in accounts {
                self.keep_account(account);
            }
        }
    }

    /// Learns who among those who would be removed, or were asked about, is an agent, an app, or a customer.
    ///
    /// Accounts shaped like portal-only ones are not asked about: no agent can have one.
    pub(super) async fn standings(&mut self) {
        let candidates = self.removal_candidates();
        self.ask_standings(candidates).await;
    }

    /// Learns who among these accounts is an agent, an app, or a customer.
    pub(super) async fn ask_standings(&mut self, candidates: BTreeSet<AccountId>) {
        let candidates: BTreeSet<AccountId> = candidates
            .into_iter()
            .filter(|id| !id.looks_portal_only())
            .collect();
        self.look_up(candidates.clone()).await;
        let ask: Vec<AccountId> = candidates
            .into_iter()
            .filter(|id| {
                self.observed.accounts.get(id).is_none_or(|account| {
                    account.standing == Standing::NotAsked
                        && account.kind != Some(AccountKind::PortalOnly)
                })
            })
            .collect();
        let reader = self.reader;
        let answers: Vec<_> = stream::iter(ask)
            .map(|id| async move {
                let roles = reader.application_roles(&id).await;
                (id, roles)
            })
            .buffer_unordered(LISTS_AT_ONCE)
            .collect()
            .await;
        for (id, roles) in answers {
            let standing = match roles {
                Ok(Some(roles)) if roles.iter().any(|role| role == AGENT_ROLE) => Standing::Agent,
                Ok(Some(_)) => Standing::Customer,
                Ok(None) | Err(_) => Standing::Unknown,
            };
            if let Some(account) = self.observed.accounts.get_mut(&id) {
                account.standing = standing;
            }
        }
    }

    fn removal_candidates(&self) -> BTreeSet<AccountId> {
        let index = Index::new(&self.observed);
        let mut candidates = BTreeSet::new();
        for email in self.asked_about() {
            match index.find(email, None) {
                Match::One(id) | Match::Hidden(id) => {
                    candidates.insert(id);
                }
                Match::Several(ids) => candidates.extend(ids),
                _ => {}
            }
        }
        let Extent::Desired(desired) = &self.extent else {
            return candidates;
        };
        let mut compare = |roster: &DesiredRoster<'_>, live: Option<&Read<AccountSet>>| {
            if let Some(Read::Complete(live)) = live
                && (roster.roster.mode == Mode::Exact || !roster.gone.is_empty())
            {
                let comparison = roster::compare(roster, live, &index, &BTreeSet::new());
                candidates.extend(
                    comparison
                        .removals
                        .into_iter()
                        .map(|removal| removal.account),
                );
            }
        };
        if let Some(live) = self.observed.whole_organizations() {
            for (name, identity) in identity::identify(desired.site, live) {
                if let (Some(roster), Identity::Live(id)) = (desired.members.get(name), identity) {
                    compare(
                        roster,
                        live.get(&id)
                            .and_then(|organization| organization.members.as_ref()),
                    );
                }
            }
        }
        if let Some(live) = self.observed.whole_projects() {
            for (key, roster) in &desired.customers {
                compare(
                    roster,
                    live.get(*key)
                        .and_then(|project| project.customers.as_ref()),
                );
            }
        }
        // Retired organizations are emptied, and people declared absent leave every list.
        candidates.extend(self.people_leaving());
        candidates
    }

    fn people_leaving(&self) -> BTreeSet<AccountId> {
        let Extent::Desired(desired) = &self.extent else {
            return BTreeSet::new();
        };
        let index = Index::new(&self.observed);
        let mut leaving: BTreeSet<AccountId> = BTreeSet::new();
        for email in desired.site.people.keys() {
            match index.find(email, None) {
                Match::One(id) => {
                    leaving.insert(id);
                }
                Match::Several(ids) => leaving.extend(ids),
                _ => {}
            }
        }
        if let Some(live) = self.observed.whole_organizations() {
            for (name, identity) in identity::identify(desired.site, live) {
                let retired = desired
                    .site
                    .organizations
                    .get(name)
                    .is_some_and(|organization| {
                        organization.empty
                            && organization.state.value == crate::config::OrganizationState::Retired
                    });
                if let (true, Identity::Live(id)) = (retired, identity)
                    && let Some(Read::Complete(members)) = live
                        .get(&id)
                        .and_then(|organization| organization.members.as_ref())
                {
                    leaving.extend(members.iter().cloned());
                }
            }
        }
        leaving
    }
}
