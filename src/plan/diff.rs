//! The difference between desired and observed: pure, synchronous, total, deterministic.

use crate::access::accounts::account_type;
use crate::access::{DomainClass, Outcome, State, Trail, Way};
use crate::config::Space;
use crate::config::{Create, RosterEntry, Who};
use crate::desired::{Desired, DesiredRoster};
use crate::diagnostic::Span;
use crate::model::{
    AccountId, AccountKind, Address, Email, Incomplete, OrganizationId, OrganizationName,
    ProjectKey, Read, SiteField, Surface,
};
use crate::observed::{Observed, Resolution};
use crate::plan::change::{
    Action, Change, Effect, OrganizationRef, PersonRef, Phase, Reason, ResourceType,
};
use crate::plan::identity::{self, Identity};
use crate::plan::manual::{self, ManualStep, ManualSubject};
use crate::plan::roster::{Comparison, Index, Match, Missing, Stays};
use crate::plan::{Block, Coverage, Finding, Forecast, Order, Plan, PlanError, UnmanagedCounts};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Plans one site.
///
/// `diff(x, x)` is empty, and folding the changes over the observed state and planning again is empty.
pub fn diff(desired: &Desired<'_>, observed: &Observed) -> Plan {
    let mut draft = Draft::new(desired, observed);
    draft.settings();
    draft.approved_domains();
    draft.organizations();
    draft.projects();
    draft.accounts();
    draft.stories_of_the_site();
    draft.finish()
}

/// A plan in the making.
pub(super) struct Draft<'a> {
    pub(super) desired: &'a Desired<'a>,
    pub(super) observed: &'a Observed,
    pub(super) index: Index<'a>,
    pub(super) identities: BTreeMap<&'a OrganizationName, Identity>,
    /// The declared names of live organizations.
    pub(super) names: HashMap<OrganizationId, Vec<&'a OrganizationName>>,
    pub(super) changes: Vec<Change>,
    /// The rows about settings by address, and whether only a person can carry each out; up to how many rows that is.
    settings_at: (HashMap<Address, bool>, usize),
    pub(super) manual: Vec<ManualStep>,
    pub(super) errors: Vec<PlanError>,
    pub(super) findings: Vec<Finding>,
    pub(super) left_out: Vec<Address>,
    pub(super) forecast: Vec<Forecast>,
    pub(super) unmanaged: UnmanagedCounts,
    pub(super) coverage: Coverage,
    /// Who comes in the place of whom, by row.
    pub(super) replacements: BTreeMap<Address, Address>,
    wanted_accounts: BTreeMap<&'a Email, WantedAccount<'a>>,
}

/// A listed person without an account, and who asks for one.
struct WantedAccount<'a> {
    entry: &'a RosterEntry,
    create: bool,
    /// Whether a list says that no account be made.
    never: bool,
    kind: Option<AccountKind>,
    /// Indices of changes that rest on the account.
    dependents: Vec<usize>,
}

/// A list of people on the site: whose it is, and how its rows are made.
pub(super) struct PeopleList<'l> {
    /// The address of the list's owner below the site, such as `organization/Globex`.
    pub(super) parts: &'l [&'l str],
    /// Whose it is on the site.
    pub(super) owner: ListOwner<'l>,
    /// Why no row of the list may be carried out.
    pub(super) blocked: Vec<Block>,
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
    fn new(desired: &'a Desired<'a>, observed: &'a Observed) -> Self {
        let identities = observed
            .whole_organizations()
            .map(|live| identity::identify(desired.site, live))
            .unwrap_or_default();
        let mut names: HashMap<OrganizationId, Vec<&OrganizationName>> = HashMap::new();
        for (name, identity) in &identities {
            if let Identity::Live(id) = identity {
                names.entry(id.clone()).or_default().push(name);
            }
        }
        Self {
            desired,
            observed,
            index: Index::new(observed),
            identities,
            names,
            changes: Vec::new(),
            settings_at: (HashMap::new(), 0),
            manual: Vec::new(),
            errors: Vec::new(),
            findings: Vec::new(),
            left_out: Vec::new(),
            forecast: Vec::new(),
            unmanaged: UnmanagedCounts::default(),
            coverage: Coverage::default(),
            replacements: BTreeMap::new(),
            wanted_accounts: BTreeMap::new(),
        }
    }

    pub(super) fn address<'s>(&'s self, parts: impl IntoIterator<Item = &'s str>) -> Address {
        self.desired.address(parts)
    }

    pub(super) fn error(&mut self, address: Address, cause: Incomplete, source: Option<Span>) {
        self.errors.push(PlanError {
            address,
            cause,
            source,
            invalid: false,
        });
    }

    /// Adds an error that only a change of the YAML mends.
    pub(super) fn invalid(&mut self, address: Address, why: String, source: Option<Span>) {
        let cause = Incomplete {
            why,
            forbidden: false,
        };
        self.errors.push(PlanError {
            address,
            cause,
            source,
            invalid: true,
        });
    }

    pub(super) fn finding(
        &mut self,
        address: Address,
        code: &'static str,
        message: String,
        source: Option<Span>,
    ) {
        self.findings.push(Finding {
            address,
            code,
            message,
            source,
        });
    }

    /// Adds the step that a person must take for some rows of surface `manual`.
    pub(super) fn by_hand(
        &mut self,
        subject: &ManualSubject,
        addresses: Vec<Address>,
        present: Value,
        expected: Value,
    ) {
        self.manual.push(manual::step(
            self.desired.site,
            subject,
            addresses,
            present,
            expected,
        ));
    }

    /// Returns the changes of these addresses that only a person can make.
    pub(super) fn manual_changes_at(&mut self, addresses: &[Address]) -> Vec<Address> {
        let rows = self.settings_at();
        let by_hand = addresses.iter().filter(|at| rows.get(*at) == Some(&true));
        let mut found: Vec<Address> = by_hand.cloned().collect();
        found.sort();
        found.dedup();
        found
    }

    /// Says whether the plan changes something at this address.
    pub(super) fn changes_at(&mut self, address: &Address) -> bool {
        self.settings_at().contains_key(address)
    }

    /// Returns the rows about the site's and the projects' settings, those that came since the last time included.
    fn settings_at(&mut self) -> &HashMap<Address, bool> {
        let (rows, known) = &mut self.settings_at;
        for change in &self.changes[*known..] {
            if change.kind.is_of_the_site() || change.kind == ResourceType::ProjectAccess {
                *rows.entry(change.address.clone()).or_default() |= change.is_by_hand();
            }
        }
        *known = self.changes.len();
        rows
    }

    /// Makes the rows of one list of people from its comparison.
    pub(super) fn people(
        &mut self,
        list: &PeopleList<'_>,
        roster: &'a DesiredRoster<'a>,
        comparison: Comparison<'a>,
    ) {
        let child = list.child();
        let base = self.address(list.parts.iter().copied());
        let row = |draft: &Self, person: &str| {
            draft.address(list.parts.iter().copied().chain([child, person]))
        };
        self.ended(base.clone(), roster, &comparison);
        let mut held = self.stories(list, roster, &comparison);
        for Missing { entry, account } in comparison.missing {
            let person = Desired::person_of(entry);
            let (reference, waits) = match (&account, &entry.who) {
                (Some(id), _) => (PersonRef::Existing(id.clone()), None),
                (None, Who::Email(email)) => (PersonRef::Planned(email.clone()), Some(email)),
                (None, Who::Account(id)) => (PersonRef::Existing(id.clone()), None),
            };
            let change = Change {
                address: row(self, &person),
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
                blocked_by: list.blocked.clone(),
                waiting_for: Vec::new(),
                needs_right: None,
            };
            let position = self.changes.len();
            self.changes.push(change);
            if let Some(email) = waits {
                let kind = entry.extra.as_ref().and_then(|extra| extra.account);
                let wanted = self.wanted_accounts.entry(email).or_insert(WantedAccount {
                    entry,
                    create: false,
                    never: false,
                    kind: None,
                    dependents: Vec::new(),
                });
                wanted.create |= roster.roster.create == Create::Silent && list.blocked.is_empty();
                wanted.never |= roster.roster.create == Create::Never;
                wanted.kind = wanted.kind.or(kind);
                if wanted
                    .entry
                    .extra
                    .as_ref()
                    .is_none_or(|extra| extra.name.is_none())
                    && entry
                        .extra
                        .as_ref()
                        .is_some_and(|extra| extra.name.is_some())
                {
                    wanted.entry = entry;
                }
                wanted.dependents.push(position);
            }
        }
        for (at, removal) in comparison.removals.into_iter().enumerate() {
            let Some(effect) = list.remove(removal.account.clone()) else {
                continue;
            };
            let email = self
                .index
                .account(&removal.account)
                .and_then(|account| account.email.as_ref());
            let who = email.map_or_else(
                || Who::Account(removal.account.clone()),
                |email| Who::Email(email.clone()),
            );
            let person = Desired::person(&who);
            let mut blocked_by = list.blocked.clone();
            blocked_by.extend(list.removals_blocked.iter().cloned());
            blocked_by.extend(held.remove(&at));
            self.changes.push(Change {
                address: row(self, &person),
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
        for (entry, why) in comparison.unresolved {
            let address = row(self, &Desired::person_of(entry));
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
            let ids = ids
                .iter()
                .map(|id| format!("`{id}`"))
                .collect::<Vec<_>>()
                .join(" and ");
            let why = format!(
                "the accounts {ids} share this address: write `account:` or `account_id:` to choose one"
            );
            self.invalid(row(self, &Desired::person_of(entry)), why, Some(entry.span));
        }
        for (entry, id, got) in comparison.other_kind {
            let address = row(self, &Desired::person_of(entry));
            self.finding(
                address.clone(),
                "account-kind-differs",
                format!(
                    "account `{id}` is {got}, and a program cannot change the kind of an account"
                ),
                Some(entry.span),
            );
            if let (Who::Email(email), AccountKind::PortalOnly) = (&entry.who, got) {
                self.by_hand(
                    &ManualSubject::MigrateAccounts(vec![email.clone()]),
                    vec![address],
                    json!(AccountKind::PortalOnly.word()),
                    json!(AccountKind::Atlassian.word()),
                );
            }
        }
        for (entry, id) in comparison.inactive {
            let address = row(self, &Desired::person_of(entry));
            self.left_out.push(address.clone());
            self.finding(
                address,
                "inactive-or-hidden",
                format!("account `{id}` is deactivated or revoked: grant it access again by hand, and it is added"),
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
                row(self, &Desired::person_of(entry)),
                "account-address-differs",
                format!("the account's address is `{email}`, which is neither `email` nor `previous_email`"),
                Some(entry.span),
            );
        }
        let mut of_own_domain = 0_usize;
        for (id, why) in comparison.stays {
            match why {
                Stays::Keep => {}
                // A domain may have thousands of people: one line tells of all.
                Stays::OwnDomain => of_own_domain += 1,
                _ => {
                    let parts: Vec<&str> = list.parts.iter().copied().chain([child]).collect();
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
                base.clone(),
                "left-in-place",
                format!("{people}: {}", Stays::OwnDomain.phrase()),
                Some(roster.roster.span),
            );
        }
        for (entry, until) in roster.ending(self.desired.today) {
            let address = row(self, &Desired::person_of(entry));
            self.forecast.push(Forecast {
                address,
                until,
                source: entry.span,
            });
        }
        if comparison.unlisted > 0 {
            self.unmanaged.people.push((base, comparison.unlisted));
        }
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
    pub(super) fn absent_people(&mut self, list: &PeopleList<'_>, live: &'a BTreeSet<AccountId>) {
        let child = list.child();
        for account in live {
            let Some(email) = self.index.email_of(account) else {
                continue;
            };
            let Some(person) = self.desired.site.people.get(email) else {
                continue;
            };
            if let Some(why) = self.index.untouchable(account) {
                let parts: Vec<&str> = list.parts.iter().copied().chain([child]).collect();
                self.left_in_place(&parts, account, why, person.span);
                continue;
            }
            let Some(effect) = list.remove(account.clone()) else {
                continue;
            };
            let mut blocked_by = list.blocked.clone();
            blocked_by.extend(list.removals_blocked.iter().cloned());
            let parts = list.parts.iter().copied().chain([child, email.key()]);
            self.changes.push(Change {
                address: self.address(parts),
                kind: list.kind(),
                name: email.key().to_owned(),
                action: Action::Delete,
                before: self.membership(&Who::Email(email.clone()), Some(account)),
                after: Value::Null,
                reason: Reason::PersonAbsent,
                source: Some(person.span),
                surface: Surface::Documented,
                effect,
                phase: Phase::Revocations,
                blocked_by,
                waiting_for: list.removals_wait_for.clone(),
                needs_right: None,
            });
        }
        for (email, person) in &self.desired.site.people {
            if let Match::Hidden(id) = self.index.find(email, None)
                && live.contains(id)
            {
                let parts: Vec<&str> = list.parts.iter().copied().chain([child]).collect();
                self.left_in_place(&parts, id, Stays::HiddenMatch, person.span);
            }
        }
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
            object.insert("account_id".into(), json!(id.as_str()));
            if let Some(seen) = self.index.account(id)
                && !seen.name.is_empty()
            {
                object.insert("name".into(), json!(seen.name));
            }
        }
        Value::Object(object)
    }

    /// Makes one row per account that listed people need, and judges whether the site would make it.
    fn accounts(&mut self) {
        let domain_fields = [
            SiteField::Internal,
            SiteField::External,
            SiteField::AllowedDomains,
        ];
        // R3 depends on the domain alone, and a roster of a million people has few.
        let of_the_site: Vec<Change> = self
            .changes
            .iter()
            .filter(|change| change.kind.is_of_the_site())
            .cloned()
            .collect();
        let rules = State::account_rules(self.desired, self.observed);
        let rules = rules.after(&of_the_site);
        let mut by_domain: HashMap<String, Outcome> = HashMap::new();
        let waits: BTreeSet<Address> = self
            .changes
            .iter()
            .filter(|change| {
                change.is_by_hand()
                    && (change.kind == ResourceType::AllowedDomain
                        || domain_fields
                            .iter()
                            .any(|field| change.address == self.address(field.address_parts())))
            })
            .map(|change| change.address.clone())
            .collect();
        let mut invite: Vec<(Email, Address)> = Vec::new();
        for (email, wanted) in std::mem::take(&mut self.wanted_accounts) {
            let address = self.address(["account", email.key()]);
            let extra = wanted.entry.extra.as_deref();
            let name = extra
                .and_then(|extra| extra.name.clone())
                .unwrap_or_else(|| email.written().split('@').next().unwrap_or("").to_owned());
            let outcome = match by_domain.get(email.domain()) {
                Some(known) => *known,
                None => {
                    let class = DomainClass::of(&rules, email.domain());
                    let outcome = account_type(&rules, &class, Way::Staff, &mut Trail::silent());
                    by_domain.insert(email.domain().to_owned(), outcome);
                    outcome
                }
            };
            let internal =
                wanted.kind == Some(AccountKind::Atlassian) || outcome == Outcome::Atlassian;
            let mut blocked_by = Vec::new();
            let mut waiting_for = Vec::new();
            let kind = if internal {
                AccountKind::Atlassian
            } else {
                AccountKind::PortalOnly
            };
            let nobody = matches!(
                self.observed.resolutions.get(email),
                Some(Resolution::NotFound)
            );
            let effect = Effect::CreateAccount {
                certain: nobody && matches!(outcome, Outcome::PortalOnly | Outcome::Atlassian),
                email: email.clone(),
                name: name.clone(),
                kind,
            };
            let mut surface = Surface::Documented;
            if !wanted.create {
                // No row: the person stays listed, and whoever answers for the list is told.
                let why = if wanted.never {
                    "listed, has no account, and `create: never` forbids making one"
                } else {
                    "listed, has no account, and is on no list that may be changed"
                };
                self.finding(
                    address.clone(),
                    "no-account",
                    why.into(),
                    Some(wanted.entry.span),
                );
                for &position in &wanted.dependents {
                    self.changes[position]
                        .blocked_by
                        .push(no_account("the person has no account"));
                }
                continue;
            }
            if internal {
                surface = Surface::Manual;
                invite.push((email.clone(), address.clone()));
            } else if outcome == Outcome::Rejected {
                blocked_by.push(Block::Rule(format!(
                    "R3: the site's customer access lets nobody of `{}` have an account",
                    email.domain()
                )));
            } else if outcome == Outcome::Uncertain && rules.site.external.value() == Some(&false) {
                // Only an approved domain would bring the account, and nobody knows of one.
                blocked_by.push(Block::Unjudged(format!(
                    "portal-only accounts are off, and whether `{}` is an approved domain was not read: declare the Atlassian organization with its `id` and `approved_domains`",
                    email.domain()
                )));
            } else {
                // Where the rules leave it open, the site decides (Q7), once the settings are what they should be.
                waiting_for = waits
                    .iter()
                    .filter(|address| self.gates_creation(address, email.domain()))
                    .cloned()
                    .collect();
            }
            for &position in &wanted.dependents {
                let dependent = &mut self.changes[position];
                if internal {
                    dependent.waiting_for.push(address.clone());
                } else if let Some(block) = blocked_by.first() {
                    dependent.blocked_by.push(Block::DependsOn {
                        what: "the account cannot be made".to_owned(),
                        overridable: block.is_overridable(),
                    });
                } else {
                    dependent.waiting_for.extend(waiting_for.iter().cloned());
                }
            }
            self.changes.push(Change {
                address,
                kind: ResourceType::CustomerAccount,
                name: email.key().to_owned(),
                action: Action::Create,
                before: Value::Null,
                after: json!({
                    "email": email.written(),
                    "name": name,
                    "account": kind.word(),
                }),
                reason: Reason::NoAccount,
                source: Some(wanted.entry.span),
                surface,
                effect,
                phase: Phase::Accounts,
                blocked_by,
                waiting_for,
                needs_right: None,
            });
        }
        if !invite.is_empty() {
            let (people, addresses): (Vec<_>, Vec<_>) = invite.into_iter().unzip();
            let expected = json!(AccountKind::Atlassian.word());
            self.by_hand(
                &ManualSubject::InviteInternal(people),
                addresses,
                Value::Null,
                expected,
            );
        }
    }

    /// Says whether a manual change decides if this domain may have accounts.
    fn gates_creation(&self, change: &Address, domain: &str) -> bool {
        let listed = self.address(["allowed-domain", domain]);
        let fields = [SiteField::External, SiteField::AllowedDomains];
        // A field whose live value is known to be fine already gates nothing.
        *change == listed
            || fields
                .iter()
                .any(|field| *change == self.address(field.address_parts()))
    }

    /// Returns what the workspace says of Confluence's side of a space.
    pub(super) fn declared_space(&self, key: &crate::model::SpaceKey) -> Option<&'a Space> {
        self.desired.site.spaces.get(key)
    }

    fn finish(mut self) -> Plan {
        for attestation in &self.desired.expired_attestations {
            self.findings.push(Finding {
                address: attestation.address.value.clone(),
                code: "attestation-expired",
                message: format!(
                    "the statement of {} by {} no longer counts",
                    attestation.on, attestation.by
                ),
                source: Some(attestation.span),
            });
        }
        for change in &mut self.changes {
            change.waiting_for.sort();
            change.waiting_for.dedup();
            change.blocked_by.sort();
            change.blocked_by.dedup();
        }
        self.changes
            .sort_by(|a, b| (a.phase, &a.address, a.action).cmp(&(b.phase, &b.address, b.action)));
        self.errors
            .sort_by(|a, b| (&a.address, &a.cause.why).cmp(&(&b.address, &b.cause.why)));
        self.errors.dedup();
        self.findings.sort_by(|a, b| {
            (&a.address, a.code, &a.message).cmp(&(&b.address, b.code, &b.message))
        });
        // Two lines may ask for the same thing that cannot be done.
        self.findings
            .dedup_by(|a, b| (&a.address, a.code, &a.message) == (&b.address, b.code, &b.message));
        self.forecast
            .sort_by(|a, b| (a.until, &a.address).cmp(&(b.until, &b.address)));
        manual::sequence::sort(&mut self.manual);
        Plan {
            site: self.desired.site.key.clone(),
            changes: self.changes,
            manual_steps: self.manual,
            errors: self.errors,
            findings: self.findings,
            left_out: self.left_out,
            forecast: self.forecast,
            unmanaged: self.unmanaged,
            coverage: self.coverage,
            replacements: self.replacements,
            order: Order::default(),
        }
    }
}

/// Why a row cannot be carried out whose person has no account.
fn no_account(what: &str) -> Block {
    Block::DependsOn {
        what: what.to_owned(),
        overridable: false,
    }
}

/// Reads a whole list out of an optional read, or says why it is not there.
pub(super) fn whole<T>(read: Option<&Read<T>>) -> Result<&T, Incomplete> {
    match read {
        Some(Read::Complete(value)) => Ok(value),
        Some(Read::Incomplete(why)) => Err(why.clone()),
        None => Err(Incomplete {
            why: "it is not in the snapshot".into(),
            forbidden: false,
        }),
    }
}
