//! Lints about people: L08, L46, L48, L49. Where many share a domain, one finding speaks for all of them.

use super::Scene;
use crate::access::accounts::account_type;
use crate::access::{DomainClass, Outcome, PersonId, Source, StateKind, Trail, Way};
use crate::config::{ApprovedRole, RosterEntry, Who};
use crate::desired::Desired;
use crate::model::{AccountKind, Email};
use crate::neutral::phrase::{marked, say};
use crate::observed::Resolution;
use std::collections::{BTreeMap, HashMap, HashSet};

pub(super) fn judge(scene: &mut Scene<'_, '_>) {
    declared_kinds(scene);
    rejected(scene);
    if scene.state.kind != StateKind::Desired {
        live_accounts(scene);
    }
}

/// People of one domain: the first with the place, and how many.
struct Group<'a> {
    first: &'a str,
    source: Option<Source>,
    count: usize,
}

impl Group<'_> {
    fn people(&self) -> String {
        match self.count {
            1 => format!("`{}`", self.first),
            more => format!("`{}` and {} more", self.first, more - 1),
        }
    }
}

type Groups<'a> = BTreeMap<&'a str, Group<'a>>;

fn put<'a>(groups: &mut Groups<'a>, email: &'a Email, source: Option<Source>) {
    groups
        .entry(email.domain())
        .and_modify(|group| group.count += 1)
        .or_insert(Group {
            first: email.key(),
            source,
            count: 1,
        });
}

/// Every entry that holds today, with its address where one is known.
pub(super) fn entries<'d, 'w>(
    desired: &'d Desired<'w>,
) -> impl Iterator<Item = (&'w Email, &'w RosterEntry)> + use<'d, 'w> {
    desired
        .members
        .values()
        .chain(desired.customers.values())
        .flat_map(|roster| roster.present.iter().copied())
        .filter_map(|entry| {
            let email = match &entry.who {
                Who::Email(email) => Some(email),
                Who::Account(_) => entry.extra.as_ref()?.email.as_ref(),
            };
            Some((email?, entry))
        })
}

/// A question about domains, each asked once. Mostly many people of one domain follow each other.
pub(super) struct ByDomain<'d, F> {
    ask: F,
    last: Option<(&'d str, bool)>,
    known: HashMap<&'d str, bool>,
}

impl<'d, F: Fn(&str) -> bool> ByDomain<'d, F> {
    pub(super) fn new(ask: F) -> Self {
        Self {
            ask,
            last: None,
            known: HashMap::new(),
        }
    }

    pub(super) fn is(&mut self, domain: &'d str) -> bool {
        if let Some((last, answer)) = self.last
            && last == domain
        {
            return answer;
        }
        let answer = *(self.known.entry(domain)).or_insert_with(|| (self.ask)(domain));
        self.last = Some((domain, answer));
        answer
    }
}

fn kind_of(entry: &RosterEntry) -> Option<AccountKind> {
    entry.extra.as_ref()?.account
}

/// L08 and L48: people whose declared kind of account does not go with what is approved.
fn declared_kinds(scene: &mut Scene<'_, '_>) {
    let state = scene.state;
    if state.site.internal.value() != Some(&true) || state.approved.domains.is_empty() {
        return;
    }
    let grant_of = |email: &Email| {
        let grant = state.approved.domains.get(email.domain());
        grant.map(|grant| grant.role)
    };
    let (mut internal, mut twins) = (Groups::new(), Groups::new());
    let mut sort = |email, kind, source| match (grant_of(email), kind) {
        (Some(ApprovedRole::None), Some(AccountKind::Atlassian)) => {
            put(&mut internal, email, source);
        }
        (Some(ApprovedRole::Customer | ApprovedRole::User), Some(AccountKind::PortalOnly)) => {
            put(&mut twins, email, source);
        }
        _ => {}
    };
    match state.kind {
        // A person listed twice would count twice, so only those who say which account they have are looked at.
        StateKind::Desired => {
            let mut seen = std::collections::BTreeSet::new();
            for (email, entry) in entries(scene.desired) {
                if kind_of(entry).is_some() && seen.insert(email.key()) {
                    sort(email, kind_of(entry), Some(Source::Written(entry.span)));
                }
            }
        }
        StateKind::Live | StateKind::After => {
            for id in state.people.ids() {
                let person = state.people.get(id);
                if let (Some(email), Some(source)) = (person.email, on_a_list(scene, id)) {
                    sort(email, person.account.kind, Some(source));
                }
            }
        }
    }
    for (domain, group) in internal {
        scene.report_at(
            "L08",
            scene.approved(domain),
            group.source,
            format!("`{domain}` is approved without a role in Jira Service Management, but {} should have Atlassian accounts", group.people()),
            "approve the domain with `role: customer`",
        );
    }
    for (domain, group) in twins {
        let pattern = format!("*@{domain}");
        scene.report(
            "L48",
            &["account", &pattern],
            group.source,
            format!("{} of the approved domain `{domain}` have portal-only accounts: each is a duplicate as soon as an Atlassian account appears", group.people()),
            "have an organization admin migrate them to Atlassian accounts",
        );
    }
}

fn on_a_list(scene: &Scene<'_, '_>, id: PersonId) -> Option<Source> {
    let people = &scene.state.people;
    (!people.lists(id).is_empty()).then(|| {
        people
            .sources(id)
            .first()
            .copied()
            .unwrap_or(Source::Default)
    })
}

/// L46: listed people whose address gets no account. Offline it is not known who has one already.
fn rejected(scene: &mut Scene<'_, '_>) {
    let state = scene.state;
    let site = &state.site;
    let closed = (site.internal.value(), site.external.value()) == (Some(&false), Some(&false));
    // Offline, a site that is closed on purpose is what L02 says already.
    if state.kind == StateKind::Live || (closed && scene.observed.is_none()) {
        return;
    }
    let mut groups = Groups::new();
    let mut rejected = ByDomain::new(|domain: &str| {
        let class = DomainClass::of(state, domain);
        account_type(state, &class, Way::Staff, &mut Trail::silent()) == Outcome::Rejected
    });
    let new = |email: &Email| {
        scene.observed.is_none_or(|observed| {
            matches!(
                observed.resolutions.get(email),
                Some(Resolution::NotFound | Resolution::NoneActive)
            )
        })
    };
    let mut seen = HashSet::new();
    for (email, entry) in entries(scene.desired) {
        if rejected.is(email.domain()) && new(email) && seen.insert(email.key()) {
            put(&mut groups, email, Some(Source::Written(entry.span)));
        }
    }
    for (domain, group) in groups {
        let pattern = format!("*@{domain}");
        let (message, certain) = match scene.observed {
            Some(_) => (
                format!(
                    "{} of `{domain}` cannot get an account: the site's customer access rejects the domain, for staff too",
                    group.people()
                ),
                true,
            ),
            None => (
                format!(
                    "{} of `{domain}` must have an account already: the site's customer access rejects new ones of the domain, for staff too",
                    group.people()
                ),
                false,
            ),
        };
        scene.report(
            "L46",
            &["account", &pattern],
            group.source,
            message,
            "allow or approve the domain, or take the people off the lists",
        );
        if !certain {
            scene.uncertain();
        }
    }
}

/// L49: two accounts on one address, of people who are on lists or should be.
fn live_accounts(scene: &mut Scene<'_, '_>) {
    let state = scene.state;
    let shared: HashSet<&str> = state.people.shared_addresses().collect();
    if shared.is_empty() {
        return;
    }
    let mut listed: BTreeMap<&str, Source> = BTreeMap::new();
    for (email, entry) in entries(scene.desired).filter(|(email, _)| shared.contains(email.key())) {
        let source = Source::Written(entry.span);
        listed.entry(email.key()).or_insert(source);
    }
    for (key, source) in listed {
        scene.report(
            "L49",
            &["account", key],
            Some(source),
            say(
                "{} has an Atlassian account and a portal-only one: login, requests and mail cannot be relied on",
                [marked(key)],
            ),
            "have an organization admin migrate the portal-only account",
        );
    }
}
