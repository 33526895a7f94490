//! The rows of one list of people, from its comparison with what is there: who comes, who goes, who stays, and what is not clear.

use crate::config::{Create, Who};
use crate::desired::{Desired, DesiredRoster};
use crate::diagnostic::Span;
use crate::model::{AccountId, AccountKind, AccountSet, Address, ProjectKey, Surface};
use crate::neutral::phrase::{Phrase, by_id, marked, ours, say};
use crate::plan::change::{
    Action, Change, Effect, OrganizationRef, PersonRef, Phase, Reason, ResourceType,
};
use crate::plan::diff::Draft;
use crate::plan::manual::ManualSubject;
use crate::plan::roster::{Comparison, Missing, Removal, Stays};
use crate::plan::{Block, Forecast};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A list of people on the site: whose it is, and how its rows are made.
pub(super) struct PeopleList<'l> {
    /// The address of the list's owner below the site, such as `organization/Globex`.
    pub(super) parts: &'l [&'l str],
    /// Whose it is on the site.
    pub(super) owner: ListOwner<'l>,
    /// Why no row of the list may be carried out.
    pub(super) blocked: Vec<Block>,
    /// Why nobody can be added to the list.
    pub(super) additions_blocked: Vec<Block>,
    /// Why no removal of the list may be carried out, and what it waits for.
    pub(super) removals_blocked: Vec<Block>,
    /// What removals wait for.
    pub(super) removals_wait_for: Vec<Address>,
}

/// Whose a list of people is.
#[derive(Clone, Copy)]
pub(super) enum ListOwner<'l> {
    /// Members of an organization.
    Organization(&'l OrganizationRef),
    /// Customers of a project.
    Project(&'l ProjectKey),
}

impl PeopleList<'_> {
    /// The part of a row's address between the owner and the person.
    pub(super) const fn child(&self) -> &'static str {
        match self.owner {
            ListOwner::Organization(_) => "member",
            ListOwner::Project(_) => "customer",
        }
    }

    /// The type of its rows.
    const fn kind(&self) -> ResourceType {
        match self.owner {
            ListOwner::Organization(_) => ResourceType::OrganizationMember,
            ListOwner::Project(_) => ResourceType::ProjectCustomer,
        }
    }

    /// What adding a person does.
    fn add(&self, person: PersonRef) -> Effect {
        match self.owner {
            ListOwner::Organization(reference) => Effect::AddMember(reference.clone(), person),
            ListOwner::Project(key) => Effect::AddCustomer(key.clone(), person),
        }
    }

    /// What removing a person does; an organization that is not there yet has nobody to remove.
    fn remove(&self, account: AccountId) -> Option<Effect> {
        match self.owner {
            ListOwner::Organization(OrganizationRef::Existing(id)) => {
                Some(Effect::RemoveMember(id.clone(), account))
            }
            ListOwner::Organization(OrganizationRef::Planned(_)) => None,
            ListOwner::Project(key) => Some(Effect::RemoveCustomer(key.clone(), account)),
        }
    }
}

impl<'a> Draft<'a> {
    /// Makes the rows of one list of people from its comparison.
    pub(super) fn people(
        &mut self,
        list: &PeopleList<'_>,
        roster: &'a DesiredRoster<'a>,
        mut comparison: Comparison<'a>,
    ) {
        let base = self.address(list.parts.iter().copied());
        self.ended(base.clone(), roster, &comparison);
        let held = self.stories(list, roster, &comparison);
        for missing in std::mem::take(&mut comparison.missing) {
            self.comes(list, roster, missing);
        }
        let removals = std::mem::take(&mut comparison.removals);
        for (at, removal) in removals.into_iter().enumerate() {
            self.goes(list, removal, held.get(&at).cloned());
        }
        let unlisted = comparison.unlisted;
        self.stay(list, roster, std::mem::take(&mut comparison.stays));
        self.unclear(list, roster, comparison);
        for (entry, until) in roster.ending(self.desired.today) {
            let address = self.row(list, &Desired::person_of(entry));
            self.forecast.push(Forecast {
                address,
                until,
                source: entry.span,
            });
        }
        if unlisted > 0 {
            self.unmanaged.people.push((base, unlisted));
        }
    }

    /// Makes the row of somebody who comes, and asks for the account where there is none.
    fn comes(
        &mut self,
        list: &PeopleList<'_>,
        roster: &'a DesiredRoster<'a>,
        missing: Missing<'a>,
    ) {
        let Missing { entry, account } = missing;
        let person = Desired::person_of(entry);
        let (reference, waits) = match (&account, &entry.who) {
            (Some(id), _) => (PersonRef::Existing(*id), None),
            (None, Who::Email(email)) => (PersonRef::Planned(*email), Some(email)),
            (None, Who::Account(id)) => (PersonRef::Existing(*id), None),
        };
        let change = Change {
            address: self.row(list, &person),
            kind: list.kind(),
            name: person.clone(),
            action: Action::Create,
            before: Value::Null,
            after: self.membership(&entry.who, account.as_ref()),
            reason: Reason::Listed,
            source: Some(entry.span),
            surface: Surface::Documented,
            effect: list.add(reference),
            phase: Phase::Grants,
            blocked_by: [&list.blocked[..], &list.additions_blocked].concat(),
            waiting_for: Vec::new(),
            needs_right: None,
        };
        let position = self.changes.len();
        self.changes.push(change);
        if let Some(email) = waits {
            let create = roster.roster.create;
            let create = match create {
                Create::Silent | Create::Invite
                    if !list.blocked.is_empty() || !list.additions_blocked.is_empty() =>
                {
                    None
                }
                create => Some(create),
            };
            let project = match list.owner {
                ListOwner::Project(key) => Some(key),
                ListOwner::Organization(_) => None,
            };
            self.wants_account(email, entry, create, project, position);
        }
    }

    /// Makes the row of somebody who goes; `held` is what a story says against it.
    fn goes(&mut self, list: &PeopleList<'_>, removal: Removal, held: Option<Block>) {
        let Some(effect) = list.remove(removal.account) else {
            return;
        };
        let who = self.who(&removal.account);
        let person = Desired::person(&who);
        let mut blocked_by = list.blocked.clone();
        blocked_by.extend(list.removals_blocked.iter().cloned());
        blocked_by.extend(held);
        self.changes.push(Change {
            address: self.row(list, &person),
            kind: list.kind(),
            name: person,
            action: Action::Delete,
            before: self.membership(&who, Some(&removal.account)),
            after: Value::Null,
            reason: removal.reason,
            source: Some(removal.span),
            surface: Surface::Documented,
            effect,
            phase: Phase::Revocations,
            blocked_by,
            waiting_for: list.removals_wait_for.clone(),
            needs_right: None,
        });
    }

    /// Says of which entries it is not clear whom they mean, or what becomes of them.
    fn unclear(
        &mut self,
        list: &PeopleList<'_>,
        roster: &'a DesiredRoster<'a>,
        comparison: Comparison<'a>,
    ) {
        let base = self.address(list.parts.iter().copied());
        for (entry, why) in comparison.unresolved {
            let address = self.row(list, &Desired::person_of(entry));
            self.error(address, why.clone(), Some(entry.span));
        }
        if comparison.not_asked > 0 {
            let message = format!(
                "{} listed addresses are on no list of the snapshot; whether they have accounts was not asked",
                comparison.not_asked
            );
            self.finding(
                base.clone(),
                "not-searched",
                message,
                Some(roster.roster.span),
            );
        }
        for (entry, ids) in comparison.ambiguous {
            let ids = ids.iter().map(by_id).collect::<Vec<_>>();
            let why = say(
                "the accounts {} share this address: write `account:` or `account_id:` to choose one",
                [Phrase::default().joined(&ids, " and ")],
            );
            self.invalid(
                self.row(list, &Desired::person_of(entry)),
                why,
                Some(entry.span),
            );
        }
        for (entry, id, got) in comparison.other_kind {
            let address = self.row(list, &Desired::person_of(entry));
            self.finding(
                address.clone(),
                "account-kind-differs",
                say(
                    "account {} is {}, and a program cannot change the kind of an account",
                    [by_id(id), ours(got)],
                ),
                Some(entry.span),
            );
            if let (Who::Email(email), AccountKind::PortalOnly) = (&entry.who, got) {
                self.by_hand(
                    &ManualSubject::MigrateAccounts(vec![*email]),
                    vec![address],
                    json!(AccountKind::PortalOnly.word()),
                    json!(AccountKind::Atlassian.word()),
                );
            }
        }
        for (entry, id) in comparison.inactive {
            let address = self.row(list, &Desired::person_of(entry));
            self.left_out.push(address.clone());
            self.finding(
                address,
                "inactive-or-hidden",
                say(
                    "account {} is deactivated or revoked: grant it access again by hand, and it is added",
                    [by_id(id)],
                ),
                Some(entry.span),
            );
        }
        if comparison.shut_out > 0 {
            self.left_out.push(base.clone());
            let whose = match comparison.shut_out {
                1 => "1 listed person has an account that is".to_owned(),
                count => format!("{count} listed people have accounts that are"),
            };
            self.finding(
                base.clone(),
                "inactive-or-hidden",
                format!("{whose} suspended or revoked: a plan never brings them back, an administrator grants access again by hand"),
                Some(roster.roster.span),
            );
        }
        for (entry, email) in comparison.other_email {
            self.finding(
                self.row(list, &Desired::person_of(entry)),
                "account-address-differs",
                say(
                    "the account's address is {}, which is neither `email` nor `previous_email`",
                    [marked(email)],
                ),
                Some(entry.span),
            );
        }
    }

    /// Says who is unlisted and left, and why.
    fn stay(
        &mut self,
        list: &PeopleList<'_>,
        roster: &DesiredRoster<'_>,
        stays: Vec<(AccountId, Stays)>,
    ) {
        let base = self.address(list.parts.iter().copied());
        let mut of_own_domain = 0_usize;
        for (id, why) in stays {
            match why {
                Stays::Keep => {}
                // A domain may have thousands of people: one line tells of all.
                Stays::OwnDomain => of_own_domain += 1,
                _ => {
                    let parts: Vec<&str> =
                        list.parts.iter().copied().chain([list.child()]).collect();
                    self.left_in_place(&parts, &id, why, roster.roster.span);
                }
            }
        }
        if of_own_domain > 0 {
            let people = match of_own_domain {
                1 => "1 unlisted member stays".to_owned(),
                count => format!("{count} unlisted members stay"),
            };
            self.finding(
                base,
                "left-in-place",
                format!("{people}: {}", Stays::OwnDomain.phrase()),
                Some(roster.roster.span),
            );
        }
    }

    /// The address of a person's row.
    fn row(&self, list: &PeopleList<'_>, person: &str) -> Address {
        self.address(list.parts.iter().copied().chain([list.child(), person]))
    }

    /// Says in one line which entries of a list have ended without anybody to remove for it, so that a slip in a date
    /// is noticed.
    fn ended(&mut self, list: Address, roster: &DesiredRoster<'_>, comparison: &Comparison<'_>) {
        let removed: BTreeSet<Span> = comparison.removals.iter().map(|gone| gone.span).collect();
        let ended = roster.roster.entries.iter().filter_map(|entry| {
            let until = entry.extra.as_ref()?.until?;
            let ended = until < self.desired.today && !removed.contains(&entry.span);
            ended.then_some((entry.span, until))
        });
        let (mut count, mut first) = (0_usize, None);
        for entry in ended {
            count += 1;
            first = Some(first.map_or(entry, |first: (Span, Date)| first.min(entry)));
        }
        let Some((span, until)) = first else {
            return;
        };
        let message = match count {
            1 => format!(
                "1 entry has ended on {until} and removes nobody: take it out, or mend the date"
            ),
            _ => format!(
                "{count} entries have ended and remove nobody, the first in the files on {until}: take them out, or mend the dates"
            ),
        };
        self.finding(list, "entries-ended", message, Some(span));
    }

    /// Removes from a live list whom `people` declares absent.
    pub(super) fn absent_people(&mut self, list: &PeopleList<'_>, live: &'a AccountSet) {
        let child = list.child();
        for account in live {
            let parts: Vec<&str> = list.parts.iter().copied().chain([child]).collect();
            let Some(source) = self.index.must_leave(account) else {
                if let Some(source) = self.index.may_have_to_leave(account) {
                    self.left_in_place(&parts, account, Stays::HiddenMatch, source);
                }
                continue;
            };
            if let Some(why) = self.index.untouchable(account) {
                self.left_in_place(&parts, account, why, source);
                continue;
            }
            let Some(effect) = list.remove(*account) else {
                continue;
            };
            let mut blocked_by = list.blocked.clone();
            blocked_by.extend(list.removals_blocked.iter().cloned());
            let who = self.who(account);
            let person = Desired::person(&who);
            self.changes.push(Change {
                address: self.row(list, &person),
                kind: list.kind(),
                name: person,
                action: Action::Delete,
                before: self.membership(&who, Some(account)),
                after: Value::Null,
                reason: Reason::PersonAbsent,
                source: Some(source),
                surface: Surface::Documented,
                effect,
                phase: Phase::Revocations,
                blocked_by,
                waiting_for: list.removals_wait_for.clone(),
                needs_right: None,
            });
        }
    }

    /// How an account is named: by its address where that is visible.
    fn who(&self, account: &AccountId) -> Who {
        let email = self.index.email_of(account);
        email.map_or_else(|| Who::Account(*account), |email| Who::Email(*email))
    }

    /// Says that somebody who would have to go is not removed, and why.
    pub(super) fn left_in_place(
        &mut self,
        list: &[&str],
        id: &AccountId,
        why: Stays,
        source: Span,
    ) {
        let email = self
            .index
            .account(id)
            .and_then(|account| account.email.as_ref());
        let person = email.map_or_else(|| format!("id:{id}"), |email| email.key().to_owned());
        let address = self.address(list.iter().copied().chain([person.as_str()]));
        self.finding(
            address,
            "left-in-place",
            format!("not removed: {}", why.phrase()),
            Some(source),
        );
    }

    fn membership(&self, who: &Who, account: Option<&AccountId>) -> Value {
        let mut object = serde_json::Map::new();
        if let Who::Email(email) = who {
            object.insert("email".into(), json!(email.key()));
        }
        if let Some(id) = account {
            object.insert("account_id".into(), json!(id));
            if let Some(seen) = self.index.account(id)
                && !seen.name.is_empty()
            {
                object.insert("name".into(), json!(seen.name));
            }
        }
        Value::Object(object)
    }
}
