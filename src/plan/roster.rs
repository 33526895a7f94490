//! Comparing a list of people with the live one: by account id, with every reason not to remove somebody.

use crate::config::{AddressPattern, AutoJoined, Mode, RosterEntry, Site, Who};
use crate::desired::DesiredRoster;
use crate::diagnostic::Span;
use crate::model::{
    AccountId, AccountKind, AccountSet, Domain, Email, Incomplete, ManyMap, ManySet,
};
use crate::observed::{Observed, ObservedAccount, Resolution, Standing};
use crate::plan::{Reason, stories};
use std::collections::BTreeSet;

/// What an address stands for on a site as it was read, and who must be on no list.
#[derive(Debug)]
pub struct Index<'o> {
    observed: &'o Observed,
    /// Accounts of people who must be on no list of the site, with where that is said.
    leaving: ManyMap<AccountId, Span>,
    /// Accounts that a search finds for such people, and whose own address is hidden.
    perhaps_leaving: ManyMap<AccountId, Span>,
    /// Accounts that are seen and cannot be used.
    inactive: ManySet<AccountId>,
}

/// What an address stands for on the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match<'o> {
    /// Exactly this account.
    One(AccountId),
    /// A lone hit whose address is hidden: may add or keep, never remove.
    Hidden(AccountId),
    /// Several accounts share the address, and nothing chooses between them.
    Several(Vec<AccountId>),
    /// An account that cannot be used: deactivated or revoked.
    Inactive(AccountId),
    /// Nobody.
    Nobody,
    /// Not known.
    Unresolved(&'o Incomplete),
    /// Not known, since nobody asked; only while observing.
    NotAsked,
}

impl<'o> Match<'o> {
    /// Returns the accounts in use that show the address: one, or several.
    pub fn accounts(self) -> Vec<AccountId> {
        match self {
            Self::One(id) => vec![id],
            Self::Several(ids) => ids,
            _ => Vec::new(),
        }
    }
}

impl<'o> Index<'o> {
    /// Indexes every account with a visible address; nobody must be on no list.
    pub fn new(observed: &'o Observed) -> Self {
        let inactive = observed.accounts.iter();
        Self {
            observed,
            leaving: ManyMap::default(),
            perhaps_leaving: ManyMap::default(),
            inactive: inactive
                .filter(|(_, account)| !account.active)
                .map(|(id, _)| *id)
                .collect(),
        }
    }

    /// The same with who must be on no list of a site: `people` and the leavers, each resolved once for all lists.
    pub fn with_leavers(observed: &'o Observed, site: &'o Site) -> Self {
        let mut index = Self::new(observed);
        let (mut leaving, mut perhaps) = (ManyMap::default(), ManyMap::default());
        let by_id = site.people_by_id.iter();
        let by_id = by_id.map(|(who, person)| match who {
            Who::Account(id) => (Match::One(*id), person.span),
            Who::Email(email) => (index.find(email, None), person.span),
        });
        let by_email = site.people.iter();
        let by_email = by_email.map(|(email, person)| (index.find(email, None), person.span));
        for (found, span) in by_id.chain(by_email) {
            match found {
                Match::One(id) => {
                    leaving.entry(id).or_insert(span);
                }
                // Whoever must be gone must be gone with every account on the address.
                Match::Several(ids) => {
                    for id in ids {
                        leaving.entry(id).or_insert(span);
                    }
                }
                // A lone hit with a hidden address may be somebody else, so it never removes.
                Match::Hidden(id) => {
                    perhaps.entry(id).or_insert(span);
                }
                _ => {}
            }
        }
        (index.leaving, index.perhaps_leaving) = (leaving, perhaps);
        index
    }

    /// Says where it is written that an account must be on no list, if it is.
    pub fn must_leave(&self, id: &AccountId) -> Option<Span> {
        self.leaving.get(id).copied()
    }

    /// The same of an account that may be somebody else, since its address is hidden.
    pub fn may_have_to_leave(&self, id: &AccountId) -> Option<Span> {
        self.perhaps_leaving.get(id).copied()
    }

    /// Returns what is known of an account.
    pub fn account(&self, id: &AccountId) -> Option<&'o ObservedAccount> {
        self.observed.accounts.get(id)
    }

    /// Says whether an account was seen that cannot be used.
    pub fn is_inactive(&self, id: &AccountId) -> bool {
        self.inactive.contains(id)
    }

    /// Returns the visible address of an account.
    pub fn email_of(&self, id: &AccountId) -> Option<&'o Email> {
        self.account(id).and_then(|account| account.email.as_ref())
    }

    /// Says why somebody is never removed from anything, whoever asks for it.
    pub fn untouchable(&self, id: &AccountId) -> Option<Stays> {
        if self.observed.caller.as_ref() == Some(id) {
            return Some(Stays::Caller);
        }
        match self.account(id).map(|account| account.standing) {
            Some(Standing::Agent) => Some(Stays::Agent),
            Some(Standing::App) => Some(Stays::App),
            Some(Standing::Unknown) => Some(Stays::StandingUnknown),
            Some(Standing::Customer | Standing::NotAsked) | None => None,
        }
    }

    /// Returns what an address stands for; `kind` chooses between two accounts on it.
    pub fn find(&self, email: &Email, kind: Option<AccountKind>) -> Match<'o> {
        let accounts = &self.observed.accounts;
        if let Some(one) = accounts.of_address(email) {
            return match accounts.sharing(email) {
                Some(several) => self.choose(several.to_vec(), kind),
                None => Match::One(one),
            };
        }
        match self.observed.resolutions.get(email) {
            Some(Resolution::Found(ids)) => match ids.as_slice() {
                [] => Match::Nobody,
                [one] => Match::One(*one),
                several => self.choose(several.to_vec(), kind),
            },
            Some(Resolution::FoundHidden(id)) => Match::Hidden(*id),
            Some(Resolution::Inactive(id)) => Match::Inactive(*id),
            Some(Resolution::NotFound | Resolution::NoneActive) => Match::Nobody,
            Some(Resolution::Unresolved(why)) => Match::Unresolved(why),
            None => Match::NotAsked,
        }
    }

    fn choose(&self, ids: Vec<AccountId>, kind: Option<AccountKind>) -> Match<'o> {
        let Some(kind) = kind else {
            return Match::Several(ids);
        };
        let mut fitting = ids
            .iter()
            .filter(|id| self.account(id).and_then(|account| account.kind) == Some(kind));
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => Match::One(*one),
            _ => Match::Several(ids),
        }
    }
}

/// A wanted entry that is not on the live list.
#[derive(Debug, Clone)]
pub struct Missing<'a> {
    /// The entry.
    pub entry: &'a RosterEntry,
    /// The account to add; `None` when there is none.
    pub account: Option<AccountId>,
}

/// Somebody on the live list who must go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Who.
    pub account: AccountId,
    /// Why.
    pub reason: Reason,
    /// Where that is written: the entry, or the list.
    pub span: Span,
}

/// Why somebody unlisted stays on an exact list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stays {
    /// Named under `keep`.
    Keep,
    /// Of one of the organization's own e-mail domains.
    OwnDomain,
    /// The caller.
    Caller,
    /// An agent or an administrator.
    Agent,
    /// An app or a service account.
    App,
    /// Their standing could not be read.
    StandingUnknown,
    /// Their address is hidden, so that it cannot be told whether an entry means them.
    Hidden,
    /// A search finds them for an address that must be gone, and their own address is hidden.
    HiddenMatch,
    /// They share an address with another account, and nothing chooses between the two.
    Ambiguous,
}

impl Stays {
    /// Returns the reason as a phrase.
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Keep => "named under `keep`",
            Self::OwnDomain => "of the organization's own e-mail domains",
            Self::Caller => "the account whose token is used",
            Self::Agent => "an agent or administrator",
            Self::App => "an app or service account",
            Self::StandingUnknown => "whether they are an agent could not be read",
            Self::Hidden => "their address is hidden, so no entry can be ruled out",
            Self::HiddenMatch => {
                "a search finds them for an address that must be gone, but their own address is hidden: name them by `account_id` or remove them by hand"
            }
            Self::Ambiguous => "two accounts share their address",
        }
    }
}

/// The difference between a roster and a live list.
#[derive(Debug, Default)]
pub struct Comparison<'a> {
    /// Wanted and not there.
    pub missing: Vec<Missing<'a>>,
    /// There and unwanted.
    pub removals: Vec<Removal>,
    /// There, unlisted, and left, with the reason.
    pub stays: Vec<(AccountId, Stays)>,
    /// Entries whose address is not resolved.
    pub unresolved: Vec<(&'a RosterEntry, &'a Incomplete)>,
    /// Entries whose address stands for several accounts.
    pub ambiguous: Vec<(&'a RosterEntry, Vec<AccountId>)>,
    /// Entries whose account is of another kind than written.
    pub other_kind: Vec<(&'a RosterEntry, AccountId, AccountKind)>,
    /// Entries by account id whose live address is neither of the written ones.
    pub other_email: Vec<(&'a RosterEntry, &'a Email)>,
    /// How many of the missing entries nobody looked up, since a snapshot cannot be searched.
    pub not_asked: usize,
    /// Entries whose account is deactivated or revoked.
    pub inactive: Vec<(&'a RosterEntry, AccountId)>,
    /// How many listed people have accounts that a list shows as deactivated or revoked.
    pub shut_out: usize,
    /// How many unlisted people an `add_only` list leaves alone.
    pub unlisted: usize,
}

/// Compares a roster with the live list it manages.
///
/// `own_domains` are the organization's e-mail domains, of which Atlassian adds people by itself (A2).
pub fn compare<'a>(
    desired: &'a DesiredRoster<'a>,
    live: &AccountSet,
    index: &Index<'a>,
    own_domains: &BTreeSet<&Domain>,
) -> Comparison<'a> {
    let mut comparing = Comparing {
        desired,
        live,
        there: live.iter().copied().collect(),
        index,
        result: Comparison::default(),
        accounted: ManySet::with_capacity_and_hasher(desired.present.len(), Default::default()),
        spared: ManySet::default(),
        removed: ManySet::default(),
    };
    for entry in &desired.present {
        comparing.present(entry);
    }
    let accounted = comparing.accounted.iter();
    comparing.result.shut_out = accounted
        .filter(|id| index.is_inactive(id) && comparing.there.contains(id))
        .count();
    comparing.gone();
    comparing.unlisted(own_domains);
    let mut result = comparing.result;
    result.removals.sort_by_key(|a| a.account);
    result.stays.sort_by_key(|a| a.0);
    result
}

/// A comparison in the making.
struct Comparing<'a, 'l, 'i> {
    desired: &'a DesiredRoster<'a>,
    /// Who is there, in order.
    live: &'l AccountSet,
    /// The same, to be asked.
    there: ManySet<AccountId>,
    index: &'i Index<'a>,
    result: Comparison<'a>,
    /// Accounts that an entry stands for.
    accounted: ManySet<AccountId>,
    /// Accounts of which it is not clear which one an entry means.
    spared: ManySet<AccountId>,
    removed: ManySet<AccountId>,
}

impl<'a> Comparing<'a, '_, '_> {
    /// Finds the account of an entry that holds today.
    fn present(&mut self, entry: &'a RosterEntry) {
        let extra = entry.extra.as_deref();
        match &entry.who {
            Who::Account(id) => {
                self.accounted(entry, *id);
                let live_email = self.index.account(id);
                let live_email = live_email.and_then(|account| account.email.as_ref());
                if let (Some(extra), Some(email)) = (extra, live_email) {
                    let written = [&extra.email, &extra.previous_email];
                    let any = written.iter().any(|w| w.is_some());
                    if any && !written.into_iter().flatten().any(|w| w == email) {
                        self.result.other_email.push((entry, email));
                    }
                }
            }
            Who::Email(email) => self.present_by_email(entry, email),
        }
    }

    fn present_by_email(&mut self, entry: &'a RosterEntry, email: &'a Email) {
        let kind = entry.extra.as_deref().and_then(|extra| extra.account);
        let found = match self.index.find(email, kind) {
            found @ (Match::Nobody | Match::NotAsked) => {
                let known = stories::same_account(entry, self.desired, self.index);
                known.map_or(found, Match::One)
            }
            found => found,
        };
        match found {
            Match::One(id) => {
                if let Some(wanted) = kind
                    && let Some(got) = self.index.account(&id).and_then(|account| account.kind)
                    && wanted != got
                {
                    self.result.other_kind.push((entry, id, got));
                }
                self.accounted(entry, id);
            }
            Match::Hidden(id) => self.accounted(entry, id),
            Match::Several(ids) => {
                self.spared.extend(&ids);
                self.result.ambiguous.push((entry, ids));
            }
            Match::Inactive(id) => {
                self.accounted.insert(id);
                if !self.there.contains(&id) {
                    self.result.inactive.push((entry, id));
                }
            }
            Match::Unresolved(why) => self.result.unresolved.push((entry, why)),
            Match::Nobody | Match::NotAsked => {
                // A snapshot cannot be searched, so the account counts as missing, and the plan says so.
                self.result.not_asked += usize::from(found == Match::NotAsked);
                self.result.missing.push(Missing {
                    entry,
                    account: None,
                });
            }
        }
    }

    /// Notes that an entry stands for an account: missing where the list lacks it, and out of reach where it is suspended or
    /// revoked, since no list brings such an account back (R1b, R1g).
    fn accounted(&mut self, entry: &'a RosterEntry, id: AccountId) {
        self.accounted.insert(id);
        if self.there.contains(&id) {
            return;
        }
        if self.index.is_inactive(&id) {
            self.result.inactive.push((entry, id));
            return;
        }
        self.result.missing.push(Missing {
            entry,
            account: Some(id),
        });
    }

    /// Takes out whoever must be gone, whatever the list says.
    fn gone(&mut self) {
        let (live, index) = (self.live, self.index);
        let mut gone_ids: ManySet<AccountId> = ManySet::default();
        for gone in &self.desired.gone {
            let found = match gone.who {
                Who::Account(id) => Match::One(*id),
                Who::Email(email) => index.find(email, None),
            };
            let ids = match found {
                Match::One(id) => vec![id],
                // Whoever must be gone must be gone with every account on the address.
                Match::Several(ids) => ids,
                // A lone hit with a hidden address may be somebody else, so it never removes.
                Match::Hidden(id) => {
                    self.perhaps_gone(&id);
                    continue;
                }
                _ => continue,
            };
            for id in ids {
                gone_ids.insert(id);
                if self.there.contains(&id) {
                    self.goes(&id, gone.reason, gone.span);
                }
            }
        }
        // `people` and leavers are asked of each live person, however many they are.
        for id in live {
            if let Some(span) = index.must_leave(id) {
                self.goes(id, Reason::PersonAbsent, span);
            } else if index.may_have_to_leave(id).is_some() {
                self.perhaps_gone(id);
            }
        }
        // Somebody listed by account id may be the very person who must be gone.
        let is_gone = |missing: &Missing<'_>| {
            let account = missing.account.as_ref();
            account.is_some_and(|id| gone_ids.contains(id) || index.must_leave(id).is_some())
        };
        self.result.missing.retain(|missing| !is_gone(missing));
    }

    /// Takes somebody out who is there, unless they are never removed.
    fn goes(&mut self, id: &AccountId, reason: Reason, span: Span) {
        if self.removed.contains(id) {
            return;
        }
        match self.index.untouchable(id) {
            Some(why) => self.result.stays.push((*id, why)),
            None => {
                self.removed.insert(*id);
                self.result.removals.push(Removal {
                    account: *id,
                    reason,
                    span,
                });
            }
        }
    }

    /// Leaves somebody in place who may have to go, and may be somebody else.
    fn perhaps_gone(&mut self, id: &AccountId) {
        if self.there.contains(id) && !self.accounted.contains(id) {
            self.result.stays.push((*id, Stays::HiddenMatch));
        }
    }

    /// Decides on whoever is there and stands for no entry.
    fn unlisted(&mut self, own_domains: &BTreeSet<&Domain>) {
        let stays = self.result.stays.iter();
        let stays_already: ManySet<AccountId> = stays.map(|(id, _)| *id).collect();
        for id in self.live {
            if self.accounted.contains(id)
                || self.removed.contains(id)
                || stays_already.contains(id)
            {
                continue;
            }
            if self.desired.roster.mode == Mode::AddOnly {
                self.result.unlisted += 1;
                continue;
            }
            match self.stays(id, own_domains) {
                Some(why) => self.result.stays.push((*id, why)),
                None => self.result.removals.push(Removal {
                    account: *id,
                    reason: Reason::NotListed,
                    span: self.desired.roster.span,
                }),
            }
        }
    }

    /// Says why somebody unlisted stays, if they do.
    fn stays(&self, id: &AccountId, own_domains: &BTreeSet<&Domain>) -> Option<Stays> {
        let roster = self.desired.roster;
        if self.spared.contains(id) {
            return Some(Stays::Ambiguous);
        }
        let account = self.index.account(id);
        let Some(email) = account.and_then(|account| account.email.as_ref()) else {
            let patterns_need_addresses = !own_domains.is_empty() || !roster.keep.is_empty();
            let somebody_may_be_meant = !self.result.unresolved.is_empty()
                || self.result.not_asked > 0
                || patterns_need_addresses;
            return match somebody_may_be_meant {
                true => Some(Stays::Hidden),
                false => self.index.untouchable(id),
            };
        };
        let mut keep = roster.keep.iter();
        if keep.any(|keep| AddressPattern::matches(&keep.value, email)) {
            return Some(Stays::Keep);
        }
        let mut own = own_domains.iter();
        if roster.auto_joined == AutoJoined::Keep
            && own.any(|domain| domain.as_str() == email.domain())
        {
            return Some(Stays::OwnDomain);
        }
        self.index.untouchable(id)
    }
}
