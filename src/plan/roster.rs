//! Comparing a list of people with the live one: by account id, with every reason not to remove somebody.

use crate::config::{AddressPattern, AutoJoined, Mode, RosterEntry, Who};
use crate::desired::{DesiredRoster, GoneWho};
use crate::diagnostic::Span;
use crate::model::{AccountId, AccountKind, Domain, Email, Incomplete};
use crate::observed::{Observed, ObservedAccount, Resolution, Standing};
use crate::plan::{Reason, stories};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Accounts by visible address, over everything that was read.
#[derive(Debug)]
pub struct Index<'o> {
    observed: &'o Observed,
    by_email: HashMap<&'o str, Vec<&'o AccountId>>,
}

/// What an address stands for on the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match<'o> {
    /// Exactly this account.
    One(&'o AccountId),
    /// A lone hit whose address is hidden: may add or keep, never remove.
    Hidden(&'o AccountId),
    /// Several accounts share the address, and nothing chooses between them.
    Several(Vec<&'o AccountId>),
    /// An account that cannot be used: deactivated or revoked.
    Inactive(&'o AccountId),
    /// Nobody.
    Nobody,
    /// Not known.
    Unresolved(&'o Incomplete),
    /// Not known, since nobody asked; only while observing.
    NotAsked,
}

impl<'o> Index<'o> {
    /// Indexes every account with a visible address.
    pub fn new(observed: &'o Observed) -> Self {
        let mut by_email: HashMap<&str, Vec<&AccountId>> = HashMap::new();
        for (id, account) in &observed.accounts {
            if let Some(email) = &account.email {
                by_email.entry(email.key()).or_default().push(id);
            }
        }
        Self { observed, by_email }
    }

    /// Returns what is known of an account.
    pub fn account(&self, id: &AccountId) -> Option<&'o ObservedAccount> {
        self.observed.accounts.get(id)
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
        match self.by_email.get(email.key()).map(Vec::as_slice) {
            Some([one]) => return Match::One(one),
            Some(several) => return self.choose(several.to_vec(), kind),
            None => {}
        }
        match self.observed.resolutions.get(email) {
            Some(Resolution::Found(ids)) => match ids.as_slice() {
                [] => Match::Nobody,
                [one] => Match::One(one),
                several => self.choose(several.iter().collect(), kind),
            },
            Some(Resolution::FoundHidden(id)) => Match::Hidden(id),
            Some(Resolution::Inactive(id)) => Match::Inactive(id),
            Some(Resolution::NotFound | Resolution::NoneActive) => Match::Nobody,
            Some(Resolution::Unresolved(why)) => Match::Unresolved(why),
            None => Match::NotAsked,
        }
    }

    fn choose(&self, ids: Vec<&'o AccountId>, kind: Option<AccountKind>) -> Match<'o> {
        let Some(kind) = kind else {
            return Match::Several(ids);
        };
        let mut fitting = ids
            .iter()
            .filter(|id| self.account(id).and_then(|account| account.kind) == Some(kind));
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => Match::One(one),
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
    pub ambiguous: Vec<(&'a RosterEntry, Vec<&'a AccountId>)>,
    /// Entries whose account is of another kind than written.
    pub other_kind: Vec<(&'a RosterEntry, &'a AccountId, AccountKind)>,
    /// Entries by account id whose live address is neither of the written ones.
    pub other_email: Vec<(&'a RosterEntry, &'a Email)>,
    /// How many of the missing entries nobody looked up, since a snapshot cannot be searched.
    pub not_asked: usize,
    /// Entries whose account is deactivated or revoked.
    pub inactive: Vec<(&'a RosterEntry, &'a AccountId)>,
    /// How many listed people have accounts that a list shows as deactivated or revoked.
    pub shut_out: usize,
    /// How many unlisted people an `add_only` list leaves alone.
    pub unlisted: usize,
}

impl<'a> Comparison<'a> {
    /// Notes an entry whose account is known: missing where the list lacks it, and out of reach where it is suspended or
    /// revoked, since no list brings such an account back (R1b, R1g).
    fn listed(
        &mut self,
        entry: &'a RosterEntry,
        id: &'a AccountId,
        live: &BTreeSet<AccountId>,
        index: &Index<'a>,
    ) {
        if live.contains(id) {
            return;
        }
        if index.account(id).is_some_and(|account| !account.active) {
            self.inactive.push((entry, id));
            return;
        }
        self.missing.push(Missing {
            entry,
            account: Some(id.clone()),
        });
    }
}

/// Compares a roster with the live list it manages.
///
/// `own_domains` are the organization's e-mail domains, of which Atlassian adds people by itself (A2).
pub fn compare<'a>(
    desired: &'a DesiredRoster<'a>,
    live: &BTreeSet<AccountId>,
    index: &Index<'a>,
    own_domains: &BTreeSet<&Domain>,
) -> Comparison<'a> {
    let mut result = Comparison::default();
    let mut accounted: BTreeMap<&AccountId, ()> = BTreeMap::new();
    let mut spared: BTreeSet<&AccountId> = BTreeSet::new();

    for entry in &desired.present {
        let extra = entry.extra.as_deref();
        match &entry.who {
            Who::Account(id) => {
                accounted.insert(id, ());
                result.listed(entry, id, live, index);
                let live_email = index.account(id).and_then(|account| account.email.as_ref());
                if let (Some(extra), Some(email)) = (extra, live_email) {
                    let written = [&extra.email, &extra.previous_email];
                    let any = written.iter().any(|w| w.is_some());
                    if any && !written.into_iter().flatten().any(|w| w == email) {
                        result.other_email.push((entry, email));
                    }
                }
            }
            Who::Email(email) => {
                let kind = extra.and_then(|extra| extra.account);
                let found = match index.find(email, kind) {
                    Match::Nobody | Match::NotAsked => {
                        let known = stories::same_account(entry, desired, index);
                        known.map_or_else(|| index.find(email, kind), Match::One)
                    }
                    found => found,
                };
                match found {
                    Match::One(id) => {
                        accounted.insert(id, ());
                        let live_kind = index.account(id).and_then(|account| account.kind);
                        if let (Some(wanted), Some(got)) = (kind, live_kind)
                            && wanted != got
                        {
                            result.other_kind.push((entry, id, got));
                        }
                        result.listed(entry, id, live, index);
                    }
                    Match::Hidden(id) => {
                        accounted.insert(id, ());
                        result.listed(entry, id, live, index);
                    }
                    Match::Several(ids) => {
                        spared.extend(ids.iter().copied());
                        result.ambiguous.push((entry, ids));
                    }
                    Match::Inactive(id) => {
                        accounted.insert(id, ());
                        if !live.contains(id) {
                            result.inactive.push((entry, id));
                        }
                    }
                    Match::Nobody => result.missing.push(Missing {
                        entry,
                        account: None,
                    }),
                    Match::Unresolved(why) => result.unresolved.push((entry, why)),
                    // A snapshot cannot be searched, so the account counts as missing, and the plan says so.
                    Match::NotAsked => {
                        result.not_asked += 1;
                        result.missing.push(Missing {
                            entry,
                            account: None,
                        });
                    }
                }
            }
        }
    }

    result.shut_out = accounted
        .keys()
        .filter(|id| live.contains(**id))
        .filter(|id| index.account(id).is_some_and(|account| !account.active))
        .count();

    let untouchable = |id: &AccountId| index.untouchable(id);

    let mut removed: BTreeSet<AccountId> = BTreeSet::new();
    for gone in &desired.gone {
        let found = match gone.who {
            GoneWho::Who(Who::Account(id)) => Match::One(id),
            GoneWho::Who(Who::Email(email)) | GoneWho::Email(email) => index.find(email, None),
        };
        let ids = match found {
            Match::One(id) => vec![id],
            // Whoever must be gone must be gone with every account on the address.
            Match::Several(ids) => ids,
            // A lone hit with a hidden address may be somebody else, so it never removes.
            Match::Hidden(id) => {
                if live.contains(id) && !accounted.contains_key(id) {
                    result.stays.push((id.clone(), Stays::HiddenMatch));
                }
                continue;
            }
            _ => continue,
        };
        // Somebody listed by account id may be the very person who must be gone.
        result
            .missing
            .retain(|missing| !missing.account.as_ref().is_some_and(|id| ids.contains(&id)));
        for id in ids {
            if !live.contains(id) || removed.contains(id) {
                continue;
            }
            match untouchable(id) {
                Some(why) => result.stays.push((id.clone(), why)),
                None => {
                    removed.insert(id.clone());
                    result.removals.push(Removal {
                        account: id.clone(),
                        reason: gone.reason,
                        span: gone.span,
                    });
                }
            }
        }
    }

    let patterns_need_addresses = !own_domains.is_empty() || !desired.roster.keep.is_empty();
    let stays_already: BTreeSet<AccountId> =
        result.stays.iter().map(|(id, _)| id.clone()).collect();
    for id in live {
        if accounted.contains_key(id) || removed.contains(id) || stays_already.contains(id) {
            continue;
        }
        if desired.roster.mode == Mode::AddOnly {
            result.unlisted += 1;
            continue;
        }
        let email = index.account(id).and_then(|account| account.email.as_ref());
        let stays = if spared.contains(id) {
            Some(Stays::Ambiguous)
        } else if let Some(email) = email {
            if desired
                .roster
                .keep
                .iter()
                .any(|keep| AddressPattern::matches(&keep.value, email))
            {
                Some(Stays::Keep)
            } else if desired.roster.auto_joined == AutoJoined::Keep
                && own_domains
                    .iter()
                    .any(|domain| domain.as_str() == email.domain())
            {
                Some(Stays::OwnDomain)
            } else {
                untouchable(id)
            }
        } else if !result.unresolved.is_empty() || result.not_asked > 0 || patterns_need_addresses {
            Some(Stays::Hidden)
        } else {
            untouchable(id)
        };
        match stays {
            Some(why) => result.stays.push((id.clone(), why)),
            None => result.removals.push(Removal {
                account: id.clone(),
                reason: Reason::NotListed,
                span: desired.roster.span,
            }),
        }
    }
    result.removals.sort_by(|a, b| a.account.cmp(&b.account));
    result.stays.sort_by(|a, b| a.0.cmp(&b.0));
    result
}
