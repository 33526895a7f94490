//! What changes make of a state: the one function that carries effects out, doing what the site does with them.
//!
//! The site does more than a row says. An account that is made joins the organizations that have its e-mail domain (A2);
//! who can view a space belongs to the space, so every project that links it shows the change; a deleted organization takes
//! away what its members had through it, whether they were read or not.

use super::answer::{Answer, Source};
use super::organizations::{Organization, Organizations};
use super::people::{Account, ListId, Mover, Person, PersonId, Role, Status};
use super::scheme::{Circle, Part};
use super::state::{Approved, Coverage, Fact, Grant, Link, Project, State, StateKind};
use crate::config::ApprovedRole;
use crate::model::{
    AccountId, EmailAccountCreation, OrganizationId, OrganizationManagement, OrganizationName,
    ProjectKey, SiteField, SiteValue, SpaceKey, WhoCanView,
};
use crate::observed::GroupRef;
use crate::plan::{Change, Effect, OrganizationRef, PersonRef};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

impl<'a> State<'a> {
    /// Returns the state after some changes, whoever carries them out.
    ///
    /// Positions stay: an organization that goes is unlinked and kept, marked as gone, and one that comes is put last, so that
    /// lists of both states are compared by position. People are an overlay. What was not known and is not changed stays
    /// unknown.
    pub fn after<'x>(&self, changes: impl IntoIterator<Item = &'x Change>) -> State<'x>
    where
        'a: 'x,
    {
        let mut fold = Fold::new(self);
        let changes: Vec<&'x Change> = changes.into_iter().collect();
        // An account joins by its domain (A2) what has the domain before and after: the order of a plan makes accounts
        // when a domain that goes has gone, and before one that comes has come.
        let organizations = fold.state.organizations.clone();
        for change in &changes {
            fold.change(change);
        }
        fold.join_by_domain(&organizations);
        fold.show_to_logged_in(self);
        fold.done()
    }
}

/// A state in the making.
struct Fold<'x> {
    state: State<'x>,
    people: Mover<'x>,
    made: Vec<(PersonId, &'x str)>,
    /// Spaces that come to be linked where nothing links them, without a choice of viewers.
    linked: Vec<(&'x SpaceKey, Source)>,
    /// Links that come, with their source, and links that go, by the position of the project, then of the organization; and
    /// whether the caller has the right.
    links: HashMap<usize, HashMap<u32, (Option<Source>, bool)>>,
    /// The positions of organizations that are deleted.
    gone: HashSet<u32>,
    /// The projects that link each space, by position, and whom all of them show it to, once that was chosen.
    showing: HashMap<SpaceKey, (Vec<usize>, Option<WhoCanView>)>,
}

impl<'x> Fold<'x> {
    fn new<'a: 'x>(before: &State<'a>) -> Self {
        let mut state: State<'x> = before.clone();
        state.kind = StateKind::After;
        let mut showing: HashMap<SpaceKey, (Vec<usize>, _)> = HashMap::new();
        for (at, project) in state.projects.iter().enumerate() {
            for space in project.spaces.keys() {
                showing.entry(space.clone()).or_default().0.push(at);
            }
        }
        Self {
            people: Mover::new(&state.people),
            state,
            made: Vec::new(),
            linked: Vec::new(),
            links: HashMap::new(),
            gone: HashSet::new(),
            showing,
        }
    }

    fn organization(&self, reference: &OrganizationRef) -> Option<u32> {
        self.state.organizations.meant(reference)
    }

    fn person(&self, reference: &PersonRef) -> Option<PersonId> {
        match reference {
            PersonRef::Existing(id) => self.state.people.by_account(id),
            PersonRef::Planned(email) => {
                self.people
                    .made(email)
                    .or_else(|| match self.state.people.lookup(email) {
                        super::Lookup::Accounts(ids) => ids.last().copied(),
                        _ => None,
                    })
            }
        }
    }

    fn project(&self, key: &ProjectKey) -> Option<usize> {
        self.state.project(key.as_str())
    }

    fn change(&mut self, change: &'x Change) {
        let source = change.source.map_or(Source::Default, Source::Written);
        // On the cautious side, what may be refused lets people in perhaps, and takes from them what it says.
        let lets_in = matches!(change.effect, Effect::AddMember(..) | Effect::Link(..));
        let manages = self.state.manages_organizations || !lets_in;
        let sure = change.needs_right.is_none() && manages;
        match &change.effect {
            Effect::CreateAccount {
                email,
                name,
                kind,
                certain,
                ..
            } => {
                let id = self.people.make(Person {
                    email: Some(email),
                    account_id: None,
                    name,
                    account: Account {
                        kind: Some(*kind),
                        status: match *certain && sure {
                            true => Status::Active,
                            false => Status::Perhaps,
                        },
                        role: Role::Customer,
                        twin: false,
                        confluence: None,
                    },
                });
                self.made.push((id, email.domain()));
            }
            Effect::EndAccess(account) => {
                // Without the right nobody knows whether it ends.
                let status = if sure {
                    Status::Disabled
                } else {
                    Status::Perhaps
                };
                if let Some(id) = self.state.people.by_account(account) {
                    self.people.account(id).status = status;
                }
            }
            Effect::BecomeCustomer {
                account, serves, ..
            } if sure && !serves => self.becomes_customer(account),
            Effect::BecomeCustomer { .. } => {}
            Effect::CreateOrganization(name) => self.create(name),
            Effect::RenameOrganization(id, name) => {
                if let Some(at) = self.state.organizations.of_id(id) {
                    let named = |organization: &mut Organization| {
                        name.as_str().clone_into(&mut organization.name);
                    };
                    self.state.organizations.change(at, named);
                }
            }
            Effect::DeleteOrganization(id) if sure => self.delete(id),
            // Without the right the organization stays, as far as anybody can tell.
            Effect::DeleteOrganization(_) => {}
            Effect::AddMember(organization, person) => {
                if let Some(at) = self.organization(organization) {
                    self.joins(person, ListId::Organization(at), source, sure);
                }
            }
            Effect::RemoveMember(organization, account) => {
                if let Some(at) = self.state.organizations.of_id(organization) {
                    self.leaves(account, ListId::Organization(at), source, sure);
                }
            }
            Effect::AddCustomer(key, person) => {
                if let Some(at) = self.project(key) {
                    self.joins(person, roster(at), source, sure);
                }
            }
            Effect::RemoveCustomer(key, account) => {
                if let Some(at) = self.project(key) {
                    self.leaves(account, roster(at), source, sure);
                }
            }
            Effect::Link(key, organization) => {
                if let (Some(at), Some(organization)) =
                    (self.project(key), self.organization(organization))
                {
                    let links = self.links.entry(at).or_default();
                    links.insert(organization, (Some(source), sure));
                }
            }
            Effect::Unlink(key, id) => {
                if let (Some(at), Some(organization)) =
                    (self.project(key), self.state.organizations.of_id(id))
                {
                    self.links
                        .entry(at)
                        .or_default()
                        .insert(organization, (None, sure));
                }
            }
            Effect::AddCustomerGroup(key, group) => self.lets_in(key, group, source, sure),
            Effect::RemoveCustomerGroup(key, group) if sure => self.lets_out(key, group),
            // Without the right the group stays, as far as anybody can tell.
            Effect::RemoveCustomerGroup(..) => {}
            _ => self.setting(change, source),
        }
    }

    /// Somebody without a licence is no agent by being in a role.
    fn becomes_customer(&mut self, account: &AccountId) {
        let Some(id) = self.state.people.by_account(account) else {
            return;
        };
        self.people.account(id).role = Role::Customer;
        let circles = self.state.projects.iter();
        let circles = circles.flat_map(|project| &project.scheme.circles);
        for circle in circles.filter(|circle| circle.serves()) {
            self.people.leave(id, ListId::Circle(circle.id));
        }
    }

    /// A group comes to be among a project's customers, with everybody who is in it.
    fn lets_in(&mut self, key: &ProjectKey, group: &GroupRef, source: Source, sure: bool) {
        let Some(at) = self.project(key) else { return };
        let groups = Arc::clone(&self.state.groups);
        let known = groups.get(group.key());
        let circles = self.state.projects.iter();
        let ids = circles.flat_map(|project| &project.scheme.circles);
        let id = ids.map(|circle| circle.id + 1).max().unwrap_or(0);
        for person in known.into_iter().flat_map(|group| &group.people) {
            let list = ListId::Circle(id);
            let list = if sure { list } else { list.perhaps() };
            self.people.join(*person, list, source);
        }
        let members = known.map_or_else(
            || Coverage::Unread("its members were not read".to_owned()),
            |group| group.members.clone(),
        );
        self.state.projects[at].scheme.circles.push(Circle {
            id,
            name: Circle::of_customers(&group.name),
            group: Some(group.name.clone()),
            part: Part::Customers,
            size: known
                .filter(|_| members == Coverage::Whole)
                .map(|group| group.people.len()),
            members,
        });
    }

    /// A group is no longer among a project's customers; the circle keeps its position, and nobody is in it.
    fn lets_out(&mut self, key: &ProjectKey, group: &GroupRef) {
        let Some(at) = self.project(key) else { return };
        let groups = Arc::clone(&self.state.groups);
        let known = groups.get(group.key());
        let circles = self.state.projects[at].scheme.circles.iter_mut();
        for circle in circles {
            if circle.part != Part::Customers || circle.group.as_ref() != Some(&group.name) {
                continue;
            }
            circle.members = Coverage::Whole;
            circle.size = Some(0);
            for person in known.into_iter().flat_map(|group| &group.people) {
                self.people.leave(*person, ListId::Circle(circle.id));
            }
        }
    }

    /// The effects on settings: of projects, spaces, the site, organizations and domains.
    fn setting(&mut self, change: &'x Change, source: Source) {
        match &change.effect {
            Effect::SetChannelAccess(key, access) => {
                if let Some(at) = self.project(key) {
                    self.state.projects[at].channel_access = told(*access, source, change);
                }
            }
            Effect::SetCustomerSharing(key, sharing) => {
                if let Some(at) = self.project(key) {
                    self.state.projects[at].customer_sharing = told(*sharing, source, change);
                }
            }
            Effect::LinkSpace(key, space, viewers) => self.link_space(key, space, *viewers, source),
            Effect::SetViewers(_, space, viewers) => self.set_viewers(space, *viewers, source),
            Effect::SetSite(field, value) => self.set(*field, value, source),
            Effect::SetEmailDomains(organization, domains) => {
                if let Some(at) = self.organization(organization) {
                    let domains = domains.iter().map(|domain| (domain.clone(), source));
                    self.state.organizations.change(at, |organization| {
                        organization.set_domains(domains.collect(), Coverage::Whole);
                    });
                }
            }
            Effect::ApproveDomain {
                domain,
                grants,
                admin_approval,
                ..
            } => {
                let grant = Grant {
                    role: *grants,
                    admin_approval: *admin_approval,
                    source,
                };
                self.approved().domains.insert(domain.clone(), grant);
            }
            Effect::DisapproveDomain(domain) => {
                let grant = Grant {
                    role: ApprovedRole::None,
                    admin_approval: false,
                    source,
                };
                self.approved().domains.insert(domain.clone(), grant);
            }
            Effect::SetAnyDomain(rule) => {
                let grant = rule.map(|(role, admin_approval)| Grant {
                    role,
                    admin_approval,
                    source,
                });
                self.state.any_domain = Fact::Known(grant, source);
            }
            _ => {}
        }
    }

    fn approved(&mut self) -> &mut Approved {
        &mut self.state.approved
    }

    fn create(&mut self, name: &OrganizationName) {
        self.state.organizations.push(Organization {
            id: None,
            name: name.as_str().to_owned(),
            email_domains: Vec::new(),
            domains: Coverage::Whole,
            provisioned: false,
            members: Coverage::Whole,
            gone: false,
        });
    }

    fn delete(&mut self, id: &OrganizationId) {
        let Some(at) = self.state.organizations.of_id(id) else {
            return;
        };
        self.state.organizations.change(at, |organization| {
            organization.gone = true;
            organization.email_domains.clear();
            organization.domains = Coverage::Whole;
            organization.members = Coverage::Whole;
        });
        self.gone.insert(at);
    }

    /// Links and unlinks: each project's list is gone through once, however many links change.
    fn relink(&mut self) {
        for (at, project) in self.state.projects.iter_mut().enumerate() {
            let changed = self.links.remove(&at).unwrap_or_default();
            if changed.is_empty() && self.gone.is_empty() {
                continue;
            }
            let gone = &self.gone;
            let links = &mut project.organizations;
            links.retain_mut(|link| {
                let unlinked = match changed.get(&link.organization) {
                    Some((None, sure)) => {
                        link.sure &= *sure;
                        *sure
                    }
                    _ => false,
                };
                !unlinked && !gone.contains(&link.organization)
            });
            let kept: HashSet<u32> = links.iter().map(|link| link.organization).collect();
            let added = changed
                .into_iter()
                .filter_map(|(organization, (source, sure))| {
                    Some(Link {
                        organization,
                        source: source.filter(|_| !kept.contains(&organization))?,
                        sure,
                    })
                });
            links.extend(added);
            links.sort_unstable_by_key(|link| link.organization);
        }
    }

    fn joins(&mut self, person: &PersonRef, list: ListId, source: Source, sure: bool) {
        if let Some(id) = self.person(person) {
            let list = if sure { list } else { list.perhaps() };
            self.people.join(id, list, source);
        }
    }

    fn leaves(&mut self, account: &AccountId, list: ListId, source: Source, sure: bool) {
        if let Some(id) = self.state.people.by_account(account) {
            self.people.leave(id, list);
            self.people.leave(id, list.perhaps());
            if !sure {
                self.people.join(id, list.perhaps(), source);
            }
        }
    }

    /// A space that is linked without a choice shows what it showed elsewhere. Where it is linked nowhere, that is settled
    /// once everything else is ([`Fold::show_to_logged_in`]).
    fn link_space(
        &mut self,
        key: &ProjectKey,
        space: &'x SpaceKey,
        viewers: Option<WhoCanView>,
        source: Source,
    ) {
        let Some(at) = self.project(key) else { return };
        let (showing, _) = self.showing.entry(space.clone()).or_default();
        let projects = &self.state.projects;
        let first = showing.first();
        let shown = first.and_then(|at| projects[*at].spaces.get(space).cloned());
        if !projects[at].spaces.contains_key(space) {
            showing.push(at);
        }
        let shown = shown.unwrap_or_else(|| {
            self.linked.push((space, source));
            Fact::Unknown("the space is linked without a choice of viewers".to_owned())
        });
        let spaces = &mut self.state.projects[at].spaces;
        spaces.entry(space.clone()).or_insert(shown);
        if let Some(viewers) = viewers {
            self.set_viewers(space, viewers, source);
        }
    }

    /// Linking a space lets any active user view it (K6), where the site allows that all the time (K5). A space that may
    /// be linked where nobody looked keeps what it shows there.
    fn show_to_logged_in(&mut self, before: &State<'_>) {
        let allows = |state: &State<'_>| state.site.kb_all_logged_in.on() == Answer::Yes;
        let seen = |project: &Project| project.spaces_coverage == Coverage::Whole;
        if !allows(before) || !allows(&self.state) || !before.projects.iter().all(seen) {
            return;
        }
        for (space, source) in std::mem::take(&mut self.linked) {
            let showing = self.showing.get(space);
            let showing = showing.into_iter().flat_map(|(showing, _)| showing);
            let mut shown = showing.filter_map(|at| self.state.projects[*at].spaces.get(space));
            if shown.all(|who| who.value().is_none()) {
                self.set_viewers(space, WhoCanView::AllLoggedIn, source);
            }
        }
    }

    fn set_viewers(&mut self, space: &SpaceKey, viewers: WhoCanView, source: Source) {
        let Some((showing, chosen)) = self.showing.get_mut(space) else {
            return;
        };
        // Many projects may make the same choice; whichever comes to link the space later takes it over.
        if chosen.replace(viewers) == Some(viewers) {
            return;
        }
        for at in showing {
            if let Some(fact) = self.state.projects[*at].spaces.get_mut(space) {
                *fact = Fact::Known(viewers, source);
            }
        }
    }

    fn set(&mut self, field: SiteField, value: &SiteValue, source: Source) {
        let site = &mut self.state.site;
        match (field, value) {
            (SiteField::AllowedDomains, SiteValue::Domains(list)) => {
                site.allowed = Fact::Known(list.clone(), source);
            }
            (_, SiteValue::EmailAccountCreation(option)) => {
                let option: EmailAccountCreation = *option;
                site.email_cc = Fact::Known(option, source);
            }
            (_, SiteValue::OrganizationManagement(who)) => {
                let who: OrganizationManagement = *who;
                site.organization_management = Fact::Known(who, source);
            }
            (_, SiteValue::Toggle(on)) => {
                if let Some(fact) = site.toggle_mut(field) {
                    *fact = Fact::Known(*on, source);
                }
            }
            (_, SiteValue::Domains(_)) => {}
        }
    }

    fn join_by_domain(&mut self, before: &Organizations) {
        let after = &self.state.organizations;
        for (id, domain) in std::mem::take(&mut self.made) {
            let had: BTreeSet<u32> = before.claiming(domain).map(|(at, _)| at).collect();
            for (at, source) in after.claiming(domain).filter(|(at, _)| had.contains(at)) {
                self.people.join(id, ListId::Organization(at), source);
            }
            if before.hides_domains() {
                self.people
                    .join(id, ListId::PerhapsByDomain, Source::Default);
            }
        }
    }

    fn done(mut self) -> State<'x> {
        self.relink();
        self.state.people = self.people.done();
        self.state
    }
}

/// A value that a change sets, as far as the caller may set it.
fn told<T>(value: T, source: Source, change: &Change) -> Fact<T> {
    match change.needs_right {
        None => Fact::Known(value, source),
        Some(right) => Fact::Unknown(format!(
            "setting it takes the right {}, which the caller lacks",
            right.name()
        )),
    }
}

fn roster(project: usize) -> ListId {
    ListId::Roster(u32::try_from(project).unwrap_or(u32::MAX))
}
