//! What the plan changes, as facts: which step turns what on or off, and what stays.

use super::ability::{Fact, Value};
use super::graph::Graph;
use super::rule::Step;
use super::settings::{self, Settings};
use crate::config::driver::MappedField;
use crate::desired::Desired;
use crate::model::{
    AccountId, AccountSet, ChannelAccess, Domain, Email, Field, ManyMap, OrganizationId,
    ProjectKey, SiteField, SpaceKey, Surface, WhoCanView,
};
use crate::observed::{GroupRef, Observed, ObservedPermissions, ObservedProject};
use crate::plan::{Change, Effect, OrganizationRef, PersonRef, Plan, TakenRole};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A list of people, by the position of its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum List {
    Members(u32),
    Roster(u32),
}

/// A person, wherever they are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Who {
    Account(AccountId),
    Email(Email),
}

/// An own membership that the plan changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Move {
    pub(super) list: List,
    pub(super) joins: bool,
    /// Whether it waits for a person, so that it happens in a later run.
    pub(super) later: bool,
    pub(super) change: usize,
}

/// A service project.
#[derive(Debug)]
pub(super) struct Desk<'a> {
    pub(super) key: &'a ProjectKey,
    /// Whether its channel access is open.
    pub(super) open: Fact,
    /// Linked organizations, before or after.
    pub(super) links: BTreeMap<u32, Fact>,
    /// Linked spaces, before or after.
    pub(super) spaces: BTreeMap<&'a SpaceKey, Fact>,
    pub(super) seen: Option<&'a ObservedProject>,
}

impl Desk<'_> {
    /// Whether every customer of the site reaches it: it is open, and its permission scheme does not make it act restricted
    /// all the same (V8b).
    pub(super) fn reached(&self) -> Fact {
        let permissions = self.seen.and_then(|seen| seen.permissions.as_ref());
        match permissions.is_some_and(ObservedPermissions::acts_restricted) {
            true => Fact::NO,
            false => self.open,
        }
    }
}

/// A customer organization.
#[derive(Debug, Default)]
pub(super) struct Company<'a> {
    pub(super) id: Option<&'a OrganizationId>,
    /// Its e-mail domains, before or after (A2).
    pub(super) domains: BTreeMap<&'a Domain, Fact>,
    /// Whether nobody read its e-mail domains, so that it may have any.
    pub(super) any_domain: bool,
    /// The step that deletes it.
    pub(super) deleted: Option<Step>,
    /// The projects that it is linked to, before or after.
    pub(super) desks: BTreeSet<u32>,
    /// For a group in the role of a project's customers, which lets its members in as a linked organization does: its members.
    pub(super) group: Option<&'a AccountSet>,
}

/// A space: who can view it, as two facts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Audience {
    pub(super) logged_in: Fact,
    pub(super) anyone: Fact,
}

/// A link shows a space as it was shown before, or to everybody who is logged in where nothing linked it and the site
/// allows that, until the same step says who can view it (K6): a moment between two steps of which the first is not one of
/// the plan's own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passing {
    /// The link itself.
    pub(super) linked: Step,
    /// The step of the plan, which ends the moment.
    pub(super) shown: Step,
}

/// Everything that ordering looks at.
pub(super) struct Facts<'a> {
    pub(super) desired: &'a Desired<'a>,
    pub(super) observed: &'a Observed,
    pub(super) desks: Vec<Desk<'a>>,
    pub(super) desk_of: HashMap<&'a ProjectKey, u32>,
    pub(super) companies: Vec<Company<'a>>,
    pub(super) company_of: HashMap<OrganizationRef, u32>,
    group_of: HashMap<&'a str, u32>,
    pub(super) audiences: BTreeMap<&'a SpaceKey, Audience>,
    /// Organizations that new people of any domain may join by themselves (A2), and that lose a project.
    pub(super) unread_joins: Vec<(u32, Fact)>,
    /// Spaces that are linked by a step that also says who can view them.
    pub(super) passing: BTreeMap<&'a SpaceKey, Passing>,
    pub(super) settings: Settings<'a>,
    pub(super) moves: ManyMap<Who, Vec<Move>>,
    /// Accounts that the plan makes: the change and whether it happens in a later run.
    pub(super) accounts: ManyMap<Email, (usize, bool)>,
    /// Accounts whose access to the site ends, with the fact that they have it.
    pub(super) active: ManyMap<AccountId, Fact>,
    /// Agents who become customers, with the fact that they see what agents see.
    pub(super) serving: ManyMap<AccountId, Fact>,
    /// Atlassian accounts that get the role Customer, without which no list gives anything, with the fact that they hold it.
    pub(super) holding: ManyMap<AccountId, Fact>,
    /// The step of every change that is not somebody's own membership or account.
    pub(super) step_of: Vec<Option<Step>>,
}

/// Says whether a change never happens as things are: something stands against it, or it is a question that changes nothing.
pub(super) fn never(change: &Change) -> bool {
    !change.blocked_by.is_empty() || change.is_question()
}

/// Says whether a change is left for a later run.
pub(super) fn later(change: &Change) -> bool {
    !change.waiting_for.is_empty() || change.is_by_hand()
}

impl<'a> Facts<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        desired: &'a Desired<'a>,
        observed: &'a Observed,
        graph: &mut Graph,
    ) -> Self {
        let mut step_of = vec![None; plan.changes.len()];
        let mut named: HashMap<(String, bool), Step> = HashMap::new();
        for (at, change) in plan.changes.iter().enumerate() {
            if never(change) {
                continue;
            }
            let Some((batch, piece)) = batch(desired, change) else {
                continue;
            };
            let later = later(change);
            let step = named
                .entry((piece, later))
                .or_insert_with(|| graph.step(&batch, later));
            if is_document(&change.effect) && !change.is_by_hand() {
                graph.at_once(*step);
            }
            step_of[at] = Some(*step);
        }
        let mut facts = Self {
            desired,
            observed,
            desks: Vec::new(),
            desk_of: HashMap::new(),
            companies: Vec::new(),
            company_of: HashMap::new(),
            group_of: HashMap::new(),
            audiences: BTreeMap::new(),
            unread_joins: Vec::new(),
            passing: BTreeMap::new(),
            settings: settings::settings(plan, desired, observed, &step_of),
            moves: ManyMap::default(),
            accounts: ManyMap::default(),
            active: ManyMap::default(),
            serving: ManyMap::default(),
            holding: ManyMap::default(),
            step_of,
        };
        facts.live();
        for (at, change) in plan.changes.iter().enumerate() {
            if !never(change) {
                facts.change(at, change);
            }
            if let (Effect::LinkSpace(_, space, Some(_)), Some(shown)) =
                (&change.effect, facts.step_of[at])
                && !facts.passing.contains_key(space)
            {
                let linked = graph.within(shown, &format!("link of {space}"));
                facts.passing.insert(space, Passing { linked, shown });
            }
        }
        let ends: Vec<(u32, u32)> = (0..)
            .zip(&facts.desks)
            .flat_map(|(at, desk)| desk.links.keys().map(move |company| (*company, at)))
            .collect();
        for (company, desk) in ends {
            facts.companies[company as usize].desks.insert(desk);
        }
        let leaves = |at: u32, company: &Company<'_>| {
            let mut links = company
                .desks
                .iter()
                .filter_map(|desk| facts.desks[*desk as usize].links.get(&at));
            links.any(|link| link.moves() && link.before != Value::No)
        };
        facts.unread_joins = (0..)
            .zip(&facts.companies)
            .filter(|(at, company)| company.any_domain && leaves(*at, company))
            .map(|(at, _)| (at, Fact::always(Value::Maybe)))
            .collect();
        facts
    }

    /// Takes over what was read.
    fn live(&mut self) {
        let observed = self.observed;
        for (id, seen) in observed.whole_organizations().into_iter().flatten() {
            let at = self.company(&OrganizationRef::Existing(id.clone()));
            let company = &mut self.companies[at as usize];
            company.id = Some(id);
            match seen.email_domains.as_ref().map(|domains| &domains.value) {
                Some(Field::Known(domains)) => company
                    .domains
                    .extend(domains.iter().map(|domain| (domain, Fact::YES))),
                _ => company.any_domain = true,
            }
        }
        for (key, seen) in observed.whole_projects().into_iter().flatten() {
            let open = match seen.channel_access.as_ref().map(|access| &access.value) {
                Some(Field::Known(access)) => Value::from(*access == ChannelAccess::Open),
                _ => Value::Maybe,
            };
            let links = seen.organizations.as_ref().and_then(|read| read.complete());
            let mut links: BTreeMap<u32, Fact> = links
                .into_iter()
                .flatten()
                .filter_map(|id| self.company_of.get(&OrganizationRef::Existing(id.clone())))
                .map(|at| (*at, Fact::YES))
                .collect();
            let permissions = seen.permissions.as_ref();
            let customers = permissions.and_then(|seen| seen.customers.as_ref()?.complete());
            for group in customers
                .into_iter()
                .flat_map(|customers| &customers.groups)
            {
                links.insert(self.group(group), Fact::YES);
            }
            let mut desk = Desk {
                key,
                open: Fact::always(open),
                links,
                spaces: BTreeMap::new(),
                seen: Some(seen),
            };
            let spaces = seen
                .knowledge_base
                .as_ref()
                .and_then(|seen| seen.value.known());
            for (space, linked) in spaces.into_iter().flatten() {
                desk.spaces.insert(space, Fact::YES);
                let who = linked.who_can_view.known().copied();
                let is = |what| Fact::always(who.map(|who| who == what).into());
                self.audiences.insert(
                    space,
                    Audience {
                        logged_in: is(WhoCanView::AllLoggedIn),
                        anyone: is(WhoCanView::Anyone),
                    },
                );
            }
            self.add_desk(desk);
        }
    }

    fn add_desk(&mut self, desk: Desk<'a>) -> u32 {
        let at = u32::try_from(self.desks.len()).unwrap_or(u32::MAX);
        self.desk_of.insert(desk.key, at);
        self.desks.push(desk);
        at
    }

    fn desk(&mut self, key: &'a ProjectKey) -> u32 {
        match self.desk_of.get(key) {
            Some(at) => *at,
            None => self.add_desk(Desk {
                key,
                open: Fact::always(Value::Maybe),
                links: BTreeMap::new(),
                spaces: BTreeMap::new(),
                seen: None,
            }),
        }
    }

    fn company(&mut self, reference: &OrganizationRef) -> u32 {
        if let Some(at) = self.company_of.get(reference) {
            return *at;
        }
        let at = u32::try_from(self.companies.len()).unwrap_or(u32::MAX);
        self.company_of.insert(reference.clone(), at);
        self.companies.push(Company::default());
        at
    }

    fn group(&mut self, group: &'a GroupRef) -> u32 {
        let next = u32::try_from(self.companies.len()).unwrap_or(u32::MAX);
        let at = *self.group_of.entry(group.key()).or_insert(next);
        if at == next {
            self.companies.push(Company {
                group: self.observed.whole_group(group),
                ..Company::default()
            });
        }
        at
    }

    fn change(&mut self, at: usize, change: &'a Change) {
        let step = self.step_of[at];
        match &change.effect {
            Effect::Link(key, organization) => {
                let (company, desk) = (self.company(organization), self.desk(key));
                if let Some(step) = step {
                    let link = Fact::changes(Value::No, Value::Yes, step);
                    self.desks[desk as usize].links.insert(company, link);
                }
            }
            Effect::Unlink(key, id) => {
                let company = self.company(&OrganizationRef::Existing(id.clone()));
                let desk = self.desk(key);
                if let Some(step) = step {
                    let link = Fact::changes(Value::Yes, Value::No, step);
                    self.desks[desk as usize].links.insert(company, link);
                }
            }
            Effect::AddCustomerGroup(key, group) | Effect::RemoveCustomerGroup(key, group) => {
                let (company, desk) = (self.group(group), self.desk(key));
                let comes = matches!(change.effect, Effect::AddCustomerGroup(..));
                if let Some(step) = step {
                    let link = Fact::changes((!comes).into(), comes.into(), step);
                    self.desks[desk as usize].links.insert(company, link);
                }
            }
            Effect::DeleteOrganization(id) => {
                let company = self.company(&OrganizationRef::Existing(id.clone()));
                if let Some(step) = step {
                    let gone = Fact::changes(Value::Yes, Value::No, step);
                    self.companies[company as usize].deleted = Some(step);
                    for domain in self.companies[company as usize].domains.values_mut() {
                        *domain = gone;
                    }
                    for desk in &mut self.desks {
                        if let Some(link) = desk.links.get_mut(&company) {
                            *link = gone;
                        }
                    }
                }
            }
            Effect::SetEmailDomains(organization, list) => {
                let company = self.company(organization);
                if let Some(step) = step {
                    let domains = &mut self.companies[company as usize].domains;
                    for (domain, fact) in domains.iter_mut() {
                        if !list.contains(*domain) {
                            *fact = Fact::changes(Value::Yes, Value::No, step);
                        }
                    }
                    for domain in list {
                        domains
                            .entry(domain)
                            .or_insert(Fact::changes(Value::No, Value::Yes, step));
                    }
                }
            }
            Effect::LinkSpace(key, space, viewers) => {
                let desk = self.desk(key);
                if let Some(step) = step {
                    let link = Fact::changes(Value::No, Value::Yes, step);
                    self.desks[desk as usize].spaces.insert(space, link);
                    // Where nothing links the space yet, linking it shows it to everybody who is logged in (K6).
                    self.audiences.entry(space).or_insert(Audience {
                        logged_in: Fact::always(Value::Maybe),
                        anyone: Fact::NO,
                    });
                    if let Some(viewers) = viewers {
                        self.audience(space, *viewers, step);
                    }
                }
            }
            Effect::SetViewers(_, space, viewers) => {
                if let Some(step) = step {
                    self.audience(space, *viewers, step);
                }
            }
            Effect::SetChannelAccess(key, _) => self.access(key, change, step),
            _ => self.person(at, change),
        }
    }

    /// What changes for one person: the account, what it may do, and the lists it is on.
    fn person(&mut self, at: usize, change: &'a Change) {
        let later = later(change);
        let step = self.step_of[at];
        match &change.effect {
            Effect::CreateAccount { email, .. } => {
                self.accounts.insert(*email, (at, later));
            }
            Effect::EndAccess(account) => {
                if let Some(step) = step {
                    let active = Fact::changes(Value::Yes, Value::No, step);
                    self.active.insert(*account, active);
                }
            }
            Effect::BecomeCustomer {
                account,
                grant,
                takes,
                serves: false,
            } => {
                let Some(step) = step else {
                    return;
                };
                if takes.iter().any(TakenRole::is_of_jsm) {
                    // What is taken first ends it.
                    let serving = Fact::changes(Value::Yes, Value::No, step);
                    self.serving.entry(*account).or_insert(serving);
                } else if grant.is_some() {
                    let before = Value::from(self.observed.holds_customer_role(account));
                    let holding = Fact::changes(before, Value::Yes, step);
                    self.holding.insert(*account, holding);
                }
            }
            Effect::AddMember(organization, who) => {
                let list = List::Members(self.company(organization));
                self.moves(who, list, true, later, at);
            }
            Effect::RemoveMember(id, account) => {
                let list = List::Members(self.company(&OrganizationRef::Existing(id.clone())));
                self.leaves(account, list, later, at);
            }
            Effect::AddCustomer(key, who) => {
                let list = List::Roster(self.desk(key));
                self.moves(who, list, true, later, at);
            }
            Effect::RemoveCustomer(key, account) => {
                let list = List::Roster(self.desk(key));
                self.leaves(account, list, later, at);
            }
            _ => {}
        }
    }

    fn access(&mut self, key: &'a ProjectKey, change: &Change, step: Option<Step>) {
        let desk = self.desk(key);
        let value = |json: &Json| {
            let word = json.as_str().and_then(ChannelAccess::from_word);
            Value::from(word.map(|access| access == ChannelAccess::Open))
        };
        if let Some(step) = step {
            self.desks[desk as usize].open =
                Fact::changes(value(&change.before), value(&change.after), step);
        }
    }

    fn audience(&mut self, space: &'a SpaceKey, viewers: WhoCanView, step: Step) {
        let entry = self.audiences.entry(space).or_insert(Audience {
            logged_in: Fact::always(Value::Maybe),
            anyone: Fact::always(Value::Maybe),
        });
        let change = |fact: &mut Fact, after: bool| {
            *fact = Fact::changes(fact.before, after.into(), step);
        };
        change(&mut entry.logged_in, viewers == WhoCanView::AllLoggedIn);
        change(&mut entry.anyone, viewers == WhoCanView::Anyone);
    }

    fn moves(&mut self, who: &'a PersonRef, list: List, joins: bool, later: bool, change: usize) {
        let who = match who {
            PersonRef::Existing(id) => Who::Account(*id),
            PersonRef::Planned(email) => Who::Email(*email),
        };
        self.moves.entry(who).or_default().push(Move {
            list,
            joins,
            later,
            change,
        });
    }

    fn leaves(&mut self, account: &'a AccountId, list: List, later: bool, change: usize) {
        self.moves
            .entry(Who::Account(*account))
            .or_default()
            .push(Move {
                list,
                joins: false,
                later,
                change,
            });
    }
}

/// Says whether a change is a field of a document that is written as a whole.
const fn is_document(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::SetSite(..) | Effect::SetChannelAccess(..) | Effect::SetCustomerSharing(..)
    )
}

/// Names the batch of a change and its piece of the batch; people's own memberships and accounts are named elsewhere.
fn batch(desired: &Desired<'_>, change: &Change) -> Option<(String, String)> {
    let endpoint = |field: MappedField| {
        let driver = desired.site.surfaces.mapped.as_ref();
        let mapping = driver.and_then(|driver| driver.fields.get(&field));
        match (change.surface, mapping) {
            (Surface::Mapped, Some(mapping)) => format!("mapped {}", mapping.endpoint),
            (surface, _) => surface.word().to_owned(),
        }
    };
    let alone = || {
        let name = format!("{} {}", change.action.word(), change.address);
        Some((name.clone(), name))
    };
    match &change.effect {
        Effect::CreateAccount { .. }
        | Effect::AddMember(..)
        | Effect::RemoveMember(..)
        | Effect::AddCustomer(..)
        | Effect::RemoveCustomer(..) => None,
        // A person changes one setting at a time.
        Effect::SetSite(SiteField::AllowedDomains, _) if change.is_by_hand() => {
            let name = "allowed domains".to_owned();
            Some((name.clone(), name))
        }
        Effect::SetSite(..) | Effect::SetChannelAccess(..) | Effect::SetCustomerSharing(..)
            if change.is_by_hand() =>
        {
            alone()
        }
        Effect::SetSite(field, _) => Some((
            endpoint(MappedField::Site(*field)),
            format!("site {field:?}"),
        )),
        Effect::SetEmailDomains(organization, _) => {
            let name = format!("domains {organization:?}");
            Some((name.clone(), name))
        }
        Effect::SetChannelAccess(key, _) => Some((
            format!("{} of {key}", endpoint(MappedField::ChannelAccess)),
            format!("access {key}"),
        )),
        Effect::SetCustomerSharing(key, _) => Some((
            format!("{} of {key}", endpoint(MappedField::CustomerSharing)),
            format!("sharing {key}"),
        )),
        // Who can view a space belongs to the space, whichever project it is set through.
        Effect::LinkSpace(_, space, Some(_)) | Effect::SetViewers(_, space, _) => {
            let name = format!("space {space}");
            Some((name.clone(), name))
        }
        _ => alone(),
    }
}
