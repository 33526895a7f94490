//! Accounts that listed people need: who asks for each, whether the site would make it, and what rests on it.

use crate::access::accounts::account_type;
use crate::access::{DomainClass, Outcome, State, Trail, Way};
use crate::config::{Create, RosterEntry};
use crate::model::{AccountKind, Address, Email, ProjectKey, SiteField, Surface};
use crate::observed::Resolution;
use crate::plan::Block;
use crate::plan::change::{Action, Change, Effect, Phase, Reason, ResourceType};
use crate::plan::diff::Draft;
use crate::plan::manual::ManualSubject;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};

/// The settings that decide who may have an account.
const DECIDING: [SiteField; 3] = [
    SiteField::Internal,
    SiteField::External,
    SiteField::AllowedDomains,
];

/// A listed person without an account, and who asks for one.
pub(super) struct WantedAccount<'a> {
    entry: &'a RosterEntry,
    create: bool,
    /// The first project whose list says that people be invited.
    invited_to: Option<ProjectKey>,
    /// Whether a list says that no account be made.
    never: bool,
    kind: Option<AccountKind>,
    /// Indices of changes that rest on the account.
    dependents: Vec<usize>,
}

/// What becomes of an account that is asked for.
enum Fate {
    /// A person invites it.
    Invited,
    /// It is not made, for this reason.
    Refused(Block),
    /// It is made, once a person has made these changes.
    Made(Vec<Address>),
}

impl<'a> Draft<'a> {
    /// Notes that somebody who is to come on a list has no account. `create` is what the list says of making one; `None` where the
    /// list may not be changed.
    pub(super) fn wants_account(
        &mut self,
        email: &'a Email,
        entry: &'a RosterEntry,
        create: Option<Create>,
        project: Option<&ProjectKey>,
        dependent: usize,
    ) {
        let named = |entry: &RosterEntry| entry.name.is_some();
        let wanted = self.wanted_accounts.entry(email).or_insert(WantedAccount {
            entry,
            create: false,
            invited_to: None,
            never: false,
            kind: None,
            dependents: Vec::new(),
        });
        wanted.create |= matches!(create, Some(Create::Silent | Create::Invite));
        if let (Some(Create::Invite), Some(project)) = (create, project) {
            wanted.invited_to.get_or_insert_with(|| project.clone());
        }
        wanted.never |= create == Some(Create::Never);
        let kind = entry.extra.as_ref().and_then(|extra| extra.account);
        wanted.kind = wanted.kind.or(kind);
        if !named(wanted.entry) && named(entry) {
            wanted.entry = entry;
        }
        wanted.dependents.push(dependent);
    }

    /// Makes one row per account that listed people need, and judges whether the site would make it.
    pub(super) fn accounts(&mut self) {
        // R3 depends on the domain alone, and a roster of a million people has few.
        let of_the_site: Vec<Change> = self
            .changes
            .iter()
            .filter(|change| change.kind.is_of_the_site())
            .cloned()
            .collect();
        let as_read = State::account_rules(self.desired, self.observed);
        let rules = as_read.after(&of_the_site);
        // What a person has yet to do, or to look at, decides nothing while the program makes accounts.
        let own = of_the_site.iter().filter(|change| !change.is_by_hand());
        let now = as_read.after(own);
        let mut by_domain: HashMap<String, (Outcome, bool)> = HashMap::new();
        let waits = self.deciding_by_hand();
        let mut invite: Vec<(Email, Address)> = Vec::new();
        for (email, wanted) in std::mem::take(&mut self.wanted_accounts) {
            let (outcome, as_now) = match by_domain.get(email.domain()) {
                Some(known) => *known,
                None => {
                    let under = |rules: &State<'_>| {
                        let class = DomainClass::of(rules, email.domain());
                        account_type(rules, &class, Way::Staff, &mut Trail::silent())
                    };
                    let outcome = under(&rules);
                    let known = (outcome, outcome == under(&now));
                    by_domain.insert(email.domain().to_owned(), known);
                    known
                }
            };
            if !wanted.create {
                self.without_account(email, &wanted);
                continue;
            }
            let mut fate = self.fate(email, &wanted, outcome, &rules, &waits);
            if let (Fate::Made(waiting_for), false) = (&mut fate, as_now) {
                let more = of_the_site.iter().filter(|change| {
                    change.is_by_hand() && !change.is_question() && decides(change, email.domain())
                });
                waiting_for.extend(more.map(|change| change.address.clone()));
                waiting_for.sort_unstable();
                waiting_for.dedup();
            }
            if matches!(fate, Fate::Invited) {
                invite.push((*email, self.address(["account", email.key()])));
            }
            // Where nobody looked at a setting that decides, the site may make another account, or none.
            let waits = matches!(&fate, Fate::Made(waiting_for) if !waiting_for.is_empty());
            let outcome = match as_now || waits || outcome != Outcome::PortalOnly {
                true => outcome,
                false => Outcome::Uncertain,
            };
            self.account(email, &wanted, outcome, fate);
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

    /// The rows of settings that decide who may have an account and that only a person can change.
    fn deciding_by_hand(&self) -> BTreeSet<Address> {
        let deciding = DECIDING.map(|field| self.address(field.address_parts()));
        self.changes
            .iter()
            .filter(|change| {
                let decides = change.kind == ResourceType::AllowedDomain
                    || deciding.contains(&change.address);
                change.is_by_hand() && decides
            })
            .map(|change| change.address.clone())
            .collect()
    }

    /// Says of somebody whose account nobody wants made that there is none: no row, the person stays listed, and whoever answers
    /// for the list is told.
    fn without_account(&mut self, email: &Email, wanted: &WantedAccount<'a>) {
        let why = if wanted.never {
            "listed, has no account, and `create: never` forbids making one"
        } else {
            "listed, has no account, and is on no list that may be changed"
        };
        self.finding(
            self.address(["account", email.key()]),
            "no-account",
            why,
            Some(wanted.entry.span),
        );
        for &position in &wanted.dependents {
            let block = no_account("the person has no account", false);
            self.changes[position].blocked_by.push(block);
        }
    }

    /// Judges what becomes of an account by what the site's settings will be.
    fn fate(
        &self,
        email: &Email,
        wanted: &WantedAccount<'a>,
        outcome: Outcome,
        rules: &State<'_>,
        waits: &BTreeSet<Address>,
    ) -> Fate {
        let domain = email.domain();
        if wanted.kind == Some(AccountKind::Atlassian) || outcome == Outcome::Atlassian {
            return Fate::Invited;
        }
        if outcome == Outcome::Rejected {
            return Fate::Refused(Block::Rule(
                format!("R3: the site's customer access lets nobody of `{domain}` have an account")
                    .into(),
            ));
        }
        if outcome == Outcome::Uncertain && rules.site.external.value() == Some(&false) {
            // Only an approved domain would bring the account, and nobody knows of one.
            return Fate::Refused(Block::Unjudged(format!(
                "portal-only accounts are off, and whether `{domain}` is an approved domain was not read: declare the Atlassian organization with its `id` and `approved_domains`"
            ).into()));
        }
        // Where the rules leave it open, the site decides (Q7), once the settings are what they should be.
        let waits = waits.iter();
        Fate::Made(
            waits
                .filter(|address| self.gates_creation(address, domain))
                .cloned()
                .collect(),
        )
    }

    /// Makes the row of an account, and lets what rests on it share its fate.
    fn account(&mut self, email: &Email, wanted: &WantedAccount<'a>, outcome: Outcome, fate: Fate) {
        let address = self.address(["account", email.key()]);
        let local = || email.written().split('@').next().unwrap_or_default();
        let name = wanted.entry.name.as_deref();
        let name = name.unwrap_or_else(local).to_owned();
        let (kind, surface) = match fate {
            Fate::Invited => (AccountKind::Atlassian, Surface::Manual),
            Fate::Refused(_) | Fate::Made(_) => (AccountKind::PortalOnly, Surface::Documented),
        };
        let nobody = matches!(
            self.observed.resolutions.get(email),
            Some(Resolution::NotFound)
        );
        for &position in &wanted.dependents {
            let dependent = &mut self.changes[position];
            match &fate {
                Fate::Invited => dependent.waiting_for.push(address.clone()),
                Fate::Refused(block) => {
                    // In the words in which the judge says it of a row that the policy blocks, so that it is said once.
                    let (what, overridable) = match block.is_overridable() {
                        true => ("the account is not made, as the policy blocks that", true),
                        false => ("the account cannot be made", false),
                    };
                    dependent.blocked_by.push(no_account(what, overridable));
                }
                Fate::Made(waiting_for) => {
                    dependent.waiting_for.extend(waiting_for.iter().cloned());
                }
            }
        }
        let (blocked_by, waiting_for) = match fate {
            Fate::Invited => (Vec::new(), Vec::new()),
            Fate::Refused(block) => (vec![block], Vec::new()),
            Fate::Made(waiting_for) => (Vec::new(), waiting_for),
        };
        let mut after = json!({
            "email": email.written(),
            "name": name,
            "account": kind.word(),
        });
        if let Some(project) = &wanted.invited_to
            && kind == AccountKind::PortalOnly
        {
            after["invited_to"] = json!(project.as_str());
        }
        self.changes.push(Change {
            address,
            kind: ResourceType::CustomerAccount,
            name: email.key().to_owned(),
            action: Action::Create,
            before: Value::Null,
            after,
            reason: Reason::NoAccount,
            source: Some(wanted.entry.span),
            surface,
            effect: Effect::CreateAccount {
                certain: nobody && matches!(outcome, Outcome::PortalOnly | Outcome::Atlassian),
                email: *email,
                name,
                kind,
                invited_to: wanted
                    .invited_to
                    .clone()
                    .filter(|_| kind == AccountKind::PortalOnly),
            },
            phase: Phase::Accounts,
            blocked_by,
            waiting_for,
            needs_right: None,
        });
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
}

/// Says whether a row decides which account people of a domain get.
fn decides(change: &Change, domain: &str) -> bool {
    match &change.effect {
        Effect::SetSite(field, _) => matches!(
            field,
            SiteField::Internal | SiteField::External | SiteField::AllowedDomains
        ),
        Effect::ApproveDomain { domain: other, .. } | Effect::DisapproveDomain(other) => {
            other.as_str() == domain
        }
        Effect::SetAnyDomain(_) => true,
        _ => false,
    }
}

/// Why a row cannot be carried out whose person has no account.
fn no_account(what: &str, overridable: bool) -> Block {
    Block::DependsOn {
        what: what.into(),
        overridable,
    }
}
