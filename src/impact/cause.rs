//! Which changes cause a gain or a loss: those whose effects are conditions of the ways that come or go.

use super::Target;
use super::routes::{Way, minus, ways};
use crate::access::{Answer, Coverage, ListId, Lookup, Part, PersonId, Role, State, Visitor};
use crate::judge::Sheet;
use crate::model::{
    ChannelAccess, Domain, Email, OrganizationId, SiteField, SiteValue, SpaceKey, WhoCanView,
};
use crate::plan::{Change, Effect, OrganizationRef, PersonRef};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Which way people go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// They gain something.
    Gain,
    /// They lose something.
    Loss,
}

impl Turn {
    /// The turn from one answer to another.
    pub(crate) fn from(before: Answer, after: Answer) -> Self {
        match after > before {
            true => Self::Gain,
            false => Self::Loss,
        }
    }

    /// Says whether a change can bring it about: what only lets fewer people in is no cause of a gain, nor the reverse.
    fn is_of(self, change: &Change) -> bool {
        let only = match &change.effect {
            // Which kind of account people get opens one thing and closes another, either way; so does having one.
            Effect::SetSite(SiteField::Internal, _)
            | Effect::DisapproveDomain(_)
            | Effect::CreateAccount { .. } => None,
            // Of several organizations that have a domain nobody knows which one its people join (Q20).
            Effect::DeleteOrganization(_) => None,
            Effect::CreateOrganization(_)
            | Effect::AddMember(..)
            | Effect::AddCustomer(..)
            | Effect::Link(..)
            | Effect::AddCustomerGroup(..)
            | Effect::SetChannelAccess(_, ChannelAccess::Open)
            | Effect::SetSite(_, SiteValue::Toggle(true)) => Some(Self::Gain),
            Effect::EndAccess(_)
            | Effect::RemoveMember(..)
            | Effect::RemoveCustomer(..)
            | Effect::Unlink(..)
            | Effect::RemoveCustomerGroup(..)
            | Effect::SetChannelAccess(_, ChannelAccess::Restricted)
            | Effect::SetSite(_, SiteValue::Toggle(false)) => Some(Self::Loss),
            _ => None,
        };
        only.is_none_or(|only| only == self)
    }
}

/// Changes by the condition that each of them is about. Numbers are positions in the list of changes.
#[derive(Debug, Default)]
pub(super) struct Causes {
    /// The changes that can bring about a gain, and those that can bring about a loss.
    gain: BTreeSet<usize>,
    loss: BTreeSet<usize>,
    /// Somebody's own memberships and account.
    own: HashMap<PersonId, Vec<(Option<ListId>, usize)>>,
    access: BTreeMap<u32, Vec<usize>>,
    links: BTreeMap<(u32, u32), Vec<usize>>,
    deleted: BTreeMap<u32, Vec<usize>>,
    /// Groups among a project's customers, by the positions of the project and the circle.
    groups: BTreeMap<(u32, u32), Vec<usize>>,
    /// E-mail domains of organizations that come or go (A2); `None` where nobody read them, so that any may be among them.
    claims: Vec<(Option<BTreeSet<Domain>>, usize)>,
    viewers: BTreeMap<SpaceKey, Vec<usize>>,
    /// Spaces that anyone may view before or after, which is as far as the portal is open to them (K3).
    for_anyone: BTreeSet<SpaceKey>,
    linked_spaces: BTreeMap<(u32, SpaceKey), Vec<usize>>,
    fields: BTreeMap<SiteField, Vec<usize>>,
    /// What approved domains grant, and the any-domain rule, which is about every domain.
    approvals: Vec<(Option<String>, usize)>,
}

/// Who gains or loses.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whose<'d> {
    /// A known person.
    Person {
        /// Whose number is that of the state after.
        id: PersonId,
        /// The domain of whoever had no account before, and could come to one by themselves.
        new_of: Option<&'d str>,
        /// Whether it is an Atlassian account that may lack the role Customer, so that open portals depend on who may come to an
        /// account by themselves (Q4).
        roleless: bool,
    },
    /// Whole classes of people; new people of a domain, where it is one.
    Class(Option<&'d str>),
}

impl<'d> Whose<'d> {
    /// A person by the number in the state after.
    pub(crate) fn person(before: &State<'_>, after: &'d State<'_>, id: PersonId) -> Self {
        let person = after.people.get(id);
        let known = (id.0 as usize) < before.people.len();
        let lacks = |role| matches!(role, Role::None | Role::Unknown);
        Self::Person {
            id,
            new_of: (person.email.filter(|_| !known)).map(|email| email.domain()),
            roleless: lacks(person.account.role)
                || known && lacks(before.people.get(id).account.role),
        }
    }

    /// Whether it is an Atlassian account that may lack the role Customer.
    pub(super) const fn lacks_the_role(self) -> bool {
        matches!(self, Self::Person { roleless: true, .. })
    }
}

/// Finds what a change is about in the two states.
struct Places<'s, 'b, 'a> {
    before: &'s State<'b>,
    after: &'s State<'a>,
}

impl Places<'_, '_, '_> {
    fn organization(&self, reference: &OrganizationRef) -> Option<u32> {
        self.after.organizations.meant(reference)
    }

    fn organization_of(&self, id: &OrganizationId) -> Option<u32> {
        self.after.organizations.of_id(id)
    }

    fn account(&self, email: &Email) -> Option<PersonId> {
        match self.after.people.lookup(email) {
            Lookup::Accounts(ids) => ids.last().copied(),
            Lookup::Nobody | Lookup::Unknown(_) => None,
        }
    }

    fn person(&self, reference: &PersonRef) -> Option<PersonId> {
        match reference {
            PersonRef::Existing(id) => self.after.people.by_account(id),
            PersonRef::Planned(email) => self.account(email),
        }
    }

    /// The e-mail domains of an organization, before and after; `None` where nobody read them.
    fn domains(&self, organization: u32) -> Option<BTreeSet<Domain>> {
        let states: [&State<'_>; 2] = [self.before, self.after];
        let mut all = BTreeSet::new();
        for state in states {
            // One that does not exist yet has none.
            let Some(organization) = state.organizations.get(organization as usize) else {
                continue;
            };
            if matches!(organization.domains, Coverage::Unread(_)) {
                return None;
            }
            let own = organization.email_domains.iter();
            all.extend(own.map(|(domain, _)| domain.clone()));
        }
        Some(all)
    }

    fn project(&self, key: &crate::model::ProjectKey) -> Option<u32> {
        u32::try_from(self.after.project(key.as_str())?).ok()
    }
}

/// The spaces that anyone may view, as far as is known.
fn for_anyone<'s>(state: &'s State<'_>) -> impl Iterator<Item = &'s SpaceKey> {
    let spaces = state.projects.iter().flat_map(|project| &project.spaces);
    let shown = spaces.filter(|(_, who)| who.is(|who| *who == WhoCanView::Anyone).exposes());
    shown.map(|(space, _)| space)
}

impl Causes {
    /// Sorts the changes that count by what they are about; they lead from one state to the other.
    pub(super) fn new<'c>(
        before: &State<'_>,
        after: &State<'_>,
        changes: impl IntoIterator<Item = (usize, &'c Change)>,
    ) -> Self {
        let places = Places { before, after };
        let mut causes = Self {
            for_anyone: for_anyone(before)
                .chain(for_anyone(after))
                .cloned()
                .collect(),
            ..Self::default()
        };
        for (at, change) in changes {
            if Turn::Gain.is_of(change) {
                causes.gain.insert(at);
            }
            if Turn::Loss.is_of(change) {
                causes.loss.insert(at);
            }
            let _ = causes.add(&places, at, change);
        }
        causes
    }

    fn own(&mut self, person: Option<PersonId>, list: Option<ListId>, at: usize) -> Option<()> {
        self.own.entry(person?).or_default().push((list, at));
        Some(())
    }

    /// `None` where the change is about something that the state does not have.
    fn add(&mut self, places: &Places<'_, '_, '_>, at: usize, change: &Change) -> Option<()> {
        match &change.effect {
            Effect::CreateAccount { email, .. } => self.own(places.account(email), None, at)?,
            Effect::EndAccess(account) | Effect::BecomeCustomer { account, .. } => {
                self.own(places.after.people.by_account(account), None, at)?;
            }
            Effect::AddMember(organization, person) => {
                let list = ListId::Organization(places.organization(organization)?);
                self.own(places.person(person), Some(list), at)?;
            }
            Effect::RemoveMember(organization, account) => {
                let list = ListId::Organization(places.organization_of(organization)?);
                self.own(places.after.people.by_account(account), Some(list), at)?;
            }
            Effect::AddCustomer(key, person) => {
                let list = ListId::Roster(places.project(key)?);
                self.own(places.person(person), Some(list), at)?;
            }
            Effect::RemoveCustomer(key, account) => {
                let list = ListId::Roster(places.project(key)?);
                self.own(places.after.people.by_account(account), Some(list), at)?;
            }
            Effect::Link(key, organization) => {
                let link = (places.project(key)?, places.organization(organization)?);
                self.links.entry(link).or_default().push(at);
            }
            Effect::Unlink(key, id) => {
                let link = (places.project(key)?, places.organization_of(id)?);
                self.links.entry(link).or_default().push(at);
            }
            Effect::AddCustomerGroup(key, group) | Effect::RemoveCustomerGroup(key, group) => {
                let project = places.project(key)?;
                let circles = &places.after.projects[project as usize].scheme.circles;
                for (circle, known) in (0_u32..).zip(circles) {
                    if known.part == Part::Customers && known.group.as_ref() == Some(&group.name) {
                        self.groups.entry((project, circle)).or_default().push(at);
                    }
                }
            }
            Effect::DeleteOrganization(id) => {
                let organization = places.organization_of(id)?;
                self.deleted.entry(organization).or_default().push(at);
                self.claims.push((places.domains(organization), at));
            }
            Effect::SetEmailDomains(organization, _) => {
                let organization = places.organization(organization)?;
                self.claims.push((places.domains(organization), at));
            }
            Effect::SetChannelAccess(key, _) => {
                self.access
                    .entry(places.project(key)?)
                    .or_default()
                    .push(at);
            }
            Effect::LinkSpace(key, space, viewers) => {
                let linked = (places.project(key)?, space.clone());
                self.linked_spaces.entry(linked).or_default().push(at);
                if viewers.is_some() {
                    self.viewers.entry(space.clone()).or_default().push(at);
                }
            }
            Effect::SetViewers(_, space, _) => {
                self.viewers.entry(space.clone()).or_default().push(at);
            }
            Effect::SetSite(field, _) => self.fields.entry(*field).or_default().push(at),
            Effect::ApproveDomain { domain, .. } | Effect::DisapproveDomain(domain) => {
                self.approvals.push((Some(domain.as_str().to_owned()), at));
            }
            Effect::SetAnyDomain(_) => self.approvals.push((None, at)),
            Effect::CreateOrganization(_)
            | Effect::RenameOrganization(..)
            | Effect::SetCustomerSharing(..) => {}
        }
        Some(())
    }

    /// Returns the changes behind a gain or a loss: `ways` are those that come or go.
    pub(super) fn of(
        &self,
        whose: Whose<'_>,
        (turn, target): (Turn, &Target),
        at: usize,
        ways: &[Way],
    ) -> BTreeSet<usize> {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        let mut found = BTreeSet::new();
        for way in ways {
            self.of_way(whose, at, *way, &mut found);
        }
        if let Some(space) = &target.space {
            // Articles are read with an account, whatever portal it sees (K11).
            self.of_own(whose, None, &mut found);
            found.extend(self.viewers.get(space).into_iter().flatten());
            let linked = self.linked_spaces.get(&(at, space.clone()));
            found.extend(linked.into_iter().flatten());
            for field in [
                SiteField::KnowledgeBaseAllLoggedIn,
                SiteField::KnowledgeBaseAnyone,
            ] {
                found.extend(self.field(field));
            }
            if self.for_anyone.contains(space) {
                self.of_way(whose, at, Way::WithoutLogin, &mut found);
            }
        }
        let can = match turn {
            Turn::Gain => &self.gain,
            Turn::Loss => &self.loss,
        };
        let of_turn: BTreeSet<usize> = found.intersection(can).copied().collect();
        match of_turn.is_empty() {
            true => found,
            false => of_turn,
        }
    }

    fn field(&self, field: SiteField) -> impl Iterator<Item = usize> {
        self.fields.get(&field).into_iter().flatten().copied()
    }

    fn of_own(&self, whose: Whose<'_>, list: Option<ListId>, found: &mut BTreeSet<usize>) {
        if let Whose::Person { id, .. } = whose {
            let own = self.own.get(&id).into_iter().flatten();
            let own = own.filter(|(of, _)| of.is_none() || *of == list);
            found.extend(own.map(|(_, at)| *at));
        }
    }

    fn of_way(&self, whose: Whose<'_>, at: u32, way: Way, found: &mut BTreeSet<usize>) {
        let access = self.access.get(&at).into_iter().flatten().copied();
        match way {
            Way::Roster => self.of_own(whose, Some(ListId::Roster(at)), found),
            Way::Organization(organization) => {
                self.of_own(whose, Some(ListId::Organization(organization)), found);
                found.extend(self.links.get(&(at, organization)).into_iter().flatten());
                found.extend(self.deleted.get(&organization).into_iter().flatten());
            }
            Way::Open => {
                self.of_own(whose, None, found);
                found.extend(access);
                if whose.lacks_the_role() {
                    found.extend(self.field(SiteField::CustomersCanCreateAccounts));
                }
            }
            Way::Circle(circle) => {
                self.of_own(whose, None, found);
                found.extend(self.groups.get(&(at, circle)).into_iter().flatten());
            }
            Way::Staff | Way::Leak => self.of_own(whose, None, found),
            Way::SelfService => {
                self.of_own(whose, None, found);
                found.extend(access);
                for field in [
                    SiteField::Internal,
                    SiteField::External,
                    SiteField::AllowedDomains,
                    SiteField::CustomersCanCreateAccounts,
                ] {
                    found.extend(self.field(field));
                }
                let domain = match whose {
                    Whose::Class(domain) => domain,
                    Whose::Person { new_of, .. } => new_of,
                };
                let meant = |of: &Option<String>| match (domain, of) {
                    (Some(domain), Some(of)) => domain == of,
                    _ => true,
                };
                let approvals = self.approvals.iter().filter(|(of, _)| meant(of));
                found.extend(approvals.map(|(_, at)| *at));
                let joins = |claimed: &Option<BTreeSet<Domain>>| match (claimed, domain) {
                    (None, _) => true,
                    (Some(claimed), Some(domain)) => claimed.contains(domain),
                    (Some(_), None) => false,
                };
                let claims = self.claims.iter().filter(|(of, _)| joins(of));
                found.extend(claims.map(|(_, at)| *at));
                let links = self.links.iter().filter(|((project, _), _)| *project == at);
                found.extend(links.flat_map(|(_, rows)| rows));
                let groups = self
                    .groups
                    .iter()
                    .filter(|((project, _), _)| *project == at);
                found.extend(groups.flat_map(|(_, rows)| rows));
            }
            Way::WithoutLogin => {
                found.extend(access);
                for field in [
                    SiteField::ViewWithoutLogin,
                    SiteField::CustomersCanCreateAccounts,
                ] {
                    found.extend(self.field(field));
                }
            }
        }
    }
}

/// Finds the rows behind what one visitor gains or loses between two states.
pub(crate) struct Tracer<'s, 'b, 'a> {
    before: &'s State<'b>,
    after: &'s State<'a>,
    causes: Causes,
}

impl<'s, 'b, 'a> Tracer<'s, 'b, 'a> {
    /// Looks at the free rows of a sheet, which lead from one state to the other.
    pub(crate) fn new(before: &'s State<'b>, after: &'s State<'a>, sheet: &Sheet<'_>) -> Self {
        Self {
            before,
            after,
            causes: Causes::new(before, after, sheet.free()),
        }
    }

    /// Returns the rows that opened the ways in, or that broke them (`broken`), at the project of this position.
    pub(crate) fn rows(
        &self,
        whose: Whose<'_>,
        target: &Target,
        at: usize,
        (was, is): (&Option<Visitor<'_>>, &Option<Visitor<'_>>),
        broken: bool,
    ) -> BTreeSet<usize> {
        let had = ways(self.before, at, was);
        let has = ways(self.after, at, is);
        let (mut moved, all) = match broken {
            true => (minus(&had, &has), had),
            false => (minus(&has, &had), has),
        };
        if moved.is_empty() && target.space.is_none() {
            moved = all;
        }
        for visitor in [was, is].into_iter().flatten() {
            match visitor {
                Visitor::AnyCustomer => moved.extend([Way::Open, Way::WithoutLogin]),
                Visitor::Anonymous => moved.push(Way::WithoutLogin),
                Visitor::New(_) | Visitor::Anyone(_) => {
                    moved.extend([Way::SelfService, Way::WithoutLogin]);
                }
                Visitor::Existing(_) | Visitor::Unclear(..) => {}
            }
        }
        let turn = if broken { Turn::Loss } else { Turn::Gain };
        self.causes.of(whose, (turn, target), at, &moved)
    }

    /// Returns the rows that bear on who may sign up.
    pub(crate) fn signing_up(&self) -> BTreeSet<usize> {
        let fields = [
            SiteField::Internal,
            SiteField::External,
            SiteField::AllowedDomains,
            SiteField::CustomersCanCreateAccounts,
        ];
        let fields = fields
            .into_iter()
            .flat_map(|field| self.causes.field(field));
        fields
            .chain(self.causes.approvals.iter().map(|(_, at)| *at))
            .collect()
    }
}
