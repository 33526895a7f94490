//! `--target`: a plan of a part of the workspace.
//!
//! The part is settled before anything is read: what is not asked for loses its desired value, so it is neither read nor judged.
//! What identifies things stays whole, such as the names of organizations and projects, and so do exact lists, since a list
//! without some of its entries would remove people. Rows about those are taken out of the plan afterwards.

mod near;

pub use near::near;

use crate::config::{Mode, Organization, OrganizationState, Project, Roster, Site, Who, Workspace};
use crate::desired::Desired;
use crate::model::{Address, SiteField};
use crate::plan::{Change, Effect, OrganizationRef, PersonRef, Plan};
use std::collections::{BTreeSet, HashMap};

/// A target that matches nothing in the workspace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the target `{0}` matches nothing in the workspace")]
pub struct Unmatched(pub String);

/// Takes out of a workspace what no target matches. Without targets everything stays.
///
/// A target stands for everything that its pattern matches and for everything below that.
///
/// # Errors
/// When a target matches nothing that is declared, and no list that may hold more than is declared.
pub fn narrow(workspace: &mut Workspace, targets: &[String]) -> Result<(), Unmatched> {
    if targets.is_empty() {
        return Ok(());
    }
    let mut scope = Scope {
        targets,
        matched: vec![false; targets.len()],
    };
    let mut keys = BTreeSet::new();
    for (key, site) in &mut workspace.sites {
        let approvals = site.atlassian_organization.as_ref().is_some_and(|key| {
            let list = Address::new([key.value.as_str(), "approved-domain"]);
            targets.iter().any(|t| list.within(t) || list.above(t))
        });
        if scope.site(site) || approvals {
            keys.insert(key.clone());
        }
    }
    workspace.sites.retain(|key, _| keys.contains(key));
    let lists = workspace.sites.values().any(has_rosters);
    for (key, organization) in &mut workspace.atlassian_organizations {
        let domains = organization
            .approved_domains
            .iter()
            .flat_map(|approved| approved.domains.keys().map(|domain| domain.as_str()));
        let mut wanted = false;
        for domain in domains.chain(organization.any_domain.keys().map(|_| "ANYONE")) {
            wanted |= scope.leaf(&Address::new([key, "approved-domain", domain]));
        }
        let exact = organization
            .approved_domains
            .as_ref()
            .is_some_and(|approved| approved.mode == Mode::Exact);
        if exact {
            wanted |= scope.open_list(&Address::new([key, "approved-domain"]));
        }
        // Who gets which account depends on the approved domains.
        if !wanted && !lists {
            organization.approved_domains = None;
            organization.any_domain.clear();
        }
    }
    match scope.matched.iter().position(|matched| !matched) {
        Some(unmatched) => Err(Unmatched(targets[unmatched].clone())),
        None => Ok(()),
    }
}

fn has_rosters(site: &Site) -> bool {
    site.organizations.values().any(|o| o.members.is_some())
        || site.projects.values().any(|p| p.customers.is_some())
}

/// The targets, and which of them were of use.
struct Scope<'t> {
    targets: &'t [String],
    matched: Vec<bool>,
}

impl Scope<'_> {
    /// Says whether a declared thing is asked for.
    fn leaf(&mut self, address: &Address) -> bool {
        self.each(|target| address.within(target))
    }

    /// Says whether something may be asked for that a list holds on the site and not in the workspace.
    fn open_list(&mut self, list: &Address) -> bool {
        self.each(|target| list.within(target) || list.above(target))
    }

    fn each(&mut self, holds: impl Fn(&str) -> bool) -> bool {
        let mut any = false;
        for (target, matched) in self.targets.iter().zip(&mut self.matched) {
            if holds(target) {
                *matched = true;
                any = true;
            }
        }
        any
    }

    /// Narrows a site and says whether anything of it is asked for.
    fn site(&mut self, site: &mut Site) -> bool {
        let key = site.key.clone();
        let key = key.as_str();
        let mut any = self.leaf(&Address::new([key]));
        let mut wanted_fields = BTreeSet::new();
        for field in site.settings.keys() {
            let [group, name] = field.address_parts();
            let wanted = if *field == SiteField::AllowedDomains {
                self.open_list(&Address::new([key, group]))
            } else {
                self.leaf(&Address::new([key, group, name]))
            };
            if wanted {
                wanted_fields.insert(*field);
            }
        }
        any |= !wanted_fields.is_empty();
        let people: Vec<String> = site.people.keys().map(|e| e.key().to_owned()).collect();
        for (name, organization) in &mut site.organizations {
            any |= self.organization([key, "organization", name.as_str()], organization, &people);
        }
        if site.organizations_mode == Mode::Exact {
            any |= self.each(|target| {
                target.split('/').count() == 3 && Address::new([key, "organization"]).above(target)
            });
        }
        for (project, declared) in &mut site.projects {
            any |= self.project([key, "project", project.as_str()], declared, &people);
        }
        let rosters = has_rosters(site);
        site.settings.retain(|field, _| {
            // These decide which account a listed person would get.
            let decides = matches!(
                field,
                SiteField::Internal | SiteField::External | SiteField::AllowedDomains
            );
            wanted_fields.contains(field) || (decides && rosters)
        });
        any
    }

    /// Narrows an organization and says whether anything of it is asked for.
    fn organization(
        &mut self,
        parts: [&str; 3],
        organization: &mut Organization,
        people: &[String],
    ) -> bool {
        let whole = self.leaf(&Address::new(parts));
        let mut any = whole;
        let domains = Address::new(parts.into_iter().chain(["email-domain"]));
        if organization.email_domains.is_some() && self.open_list(&domains) {
            any = true;
        } else {
            organization.email_domains = None;
        }
        if self.roster(&parts, "member", &mut organization.members, people) {
            any = true;
        }
        if !whole && organization.state.value == OrganizationState::Retired {
            organization.state.value = OrganizationState::Present;
        }
        any
    }

    /// Narrows a project and says whether anything of it is asked for.
    fn project(&mut self, parts: [&str; 3], declared: &mut Project, people: &[String]) -> bool {
        let at = |rest: &[&str]| Address::new(parts.iter().chain(rest).copied());
        let mut any = self.leaf(&at(&[]));
        if declared.channel_access.is_some() && self.leaf(&at(&["access"])) {
            any = true;
        } else {
            declared.channel_access = None;
        }
        if declared.customer_sharing.is_some() && self.leaf(&at(&["sharing"])) {
            any = true;
        } else {
            declared.customer_sharing = None;
        }
        let mut linked = false;
        if let Some(links) = &declared.organizations {
            let ended = links.dated.iter().map(|link| &link.name);
            for name in links.list.iter().chain(ended) {
                linked |= self.leaf(&at(&["organization", name.value.as_str()]));
            }
            if links.mode == Mode::Exact {
                linked |= self.open_list(&at(&["organization"]));
            }
        }
        if linked {
            any = true;
        } else {
            declared.organizations = None;
        }
        let mut grouped = false;
        if let Some(groups) = &declared.customer_groups {
            for group in &groups.list {
                grouped |= self.leaf(&at(&["customer-group", &group.name]));
            }
            if groups.mode == Mode::Exact {
                grouped |= self.open_list(&at(&["customer-group"]));
            }
        }
        if grouped {
            any = true;
        } else {
            declared.customer_groups = None;
        }
        if self.roster(&parts, "customer", &mut declared.customers, people) {
            any = true;
        }
        declared
            .knowledge_base
            .retain(|space, _| self.leaf(&at(&["knowledge-base", space.as_str()])));
        any |= !declared.knowledge_base.is_empty();
        any
    }

    /// Narrows a roster and says whether anything of it is asked for.
    fn roster(
        &mut self,
        owner: &[&str; 3],
        kind: &str,
        roster: &mut Option<Roster>,
        people: &[String],
    ) -> bool {
        let Some(declared) = roster else {
            return false;
        };
        let [site, ..] = *owner;
        let base = owner.iter().copied().chain([kind]);
        let row = |person: &str| Address::new(base.clone().chain([person]));
        let mut any = self.leaf(&Address::new(base.clone()));
        let mut keep = Vec::with_capacity(declared.entries.len());
        for entry in &declared.entries {
            let person = Desired::person_of(entry);
            // An account is made because somebody is listed, so the list stays for it.
            let wanted = self.leaf(&row(&person))
                | self.leaf(&Address::new([site, "account", person.as_str()]));
            any |= wanted;
            keep.push(wanted);
        }
        for who in &declared.absent {
            any |= self.leaf(&row(&Desired::person(&who.value)));
        }
        for person in people {
            any |= self.leaf(&row(person));
        }
        if declared.mode == Mode::Exact {
            any |= self.open_list(&Address::new(base));
        }
        if !any {
            *roster = None;
        } else if declared.mode == Mode::AddOnly {
            let mut keep = keep.into_iter();
            declared.entries.retain(|entry| {
                // Entries by account id stay: they say which of two accounts is meant.
                keep.next().unwrap_or(true) || matches!(entry.who, Who::Account(_))
            });
        }
        any
    }
}

/// Takes out of a plan what no target matches and nothing that stays rests on. Without targets everything stays.
///
/// Rows that are one write, such as those of a list that is written whole, stay or go together.
pub fn keep(plan: &mut Plan, targets: &[String]) {
    if targets.is_empty() {
        return;
    }
    let within = |address: &Address| targets.iter().any(|target| address.within(target));
    let mut kept: Vec<bool> = plan
        .changes
        .iter()
        .map(|change| within(&change.address))
        .collect();
    // What a row rests on may rest on something itself; each round adds at least one row, so this ends.
    loop {
        let needed = Needed::of(
            plan.changes
                .iter()
                .zip(&kept)
                .filter(|(_, k)| **k)
                .map(|(c, _)| c),
        );
        let mut grown = false;
        for (change, kept) in plan.changes.iter().zip(&mut kept) {
            if !*kept && needed.includes(change) {
                *kept = true;
                grown = true;
            }
        }
        if !grown {
            break;
        }
    }
    let mut keeps = kept.into_iter();
    plan.changes.retain(|_| keeps.next().unwrap_or(false));
    let rows: BTreeSet<&Address> = plan.changes.iter().map(|change| &change.address).collect();
    for step in &mut plan.manual_steps {
        step.addresses
            .retain(|address| within(address) || rows.contains(address));
    }
    plan.manual_steps.retain(|step| !step.addresses.is_empty());
    plan.errors.retain(|error| {
        within(&error.address) || targets.iter().any(|target| error.address.above(target))
    });
    plan.findings.retain(|finding| within(&finding.address));
    plan.forecast.retain(|forecast| within(&forecast.address));
}

/// What rows rest on.
#[derive(Default)]
struct Needed<'p> {
    addresses: BTreeSet<&'p Address>,
    organizations: BTreeSet<&'p str>,
    accounts: BTreeSet<&'p str>,
    lists: HashMap<List<'p>, Vec<&'p Effect>>,
}

/// What is written whole, so that several rows carry the same list.
#[derive(PartialEq, Eq, Hash)]
enum List<'p> {
    /// A field of the site.
    Site(SiteField),
    /// The e-mail domains of an organization.
    Domains(&'p OrganizationRef),
}

impl<'p> List<'p> {
    const fn of(effect: &'p Effect) -> Option<Self> {
        match effect {
            Effect::SetSite(field, _) => Some(Self::Site(*field)),
            Effect::SetEmailDomains(organization, _) => Some(Self::Domains(organization)),
            _ => None,
        }
    }
}

impl<'p> Needed<'p> {
    fn of(changes: impl Iterator<Item = &'p Change>) -> Self {
        let mut needed = Self::default();
        for change in changes {
            needed.addresses.extend(&change.waiting_for);
            match &change.effect {
                Effect::AddMember(organization, person) => {
                    needed.organization(organization);
                    needed.person(person);
                }
                Effect::AddCustomer(_, person) => needed.person(person),
                Effect::Link(_, organization) => needed.organization(organization),
                Effect::SetEmailDomains(organization, _) => {
                    needed.organization(organization);
                    needed.list(&change.effect);
                }
                Effect::SetSite(..) => needed.list(&change.effect),
                _ => {}
            }
        }
        needed
    }

    fn organization(&mut self, organization: &'p OrganizationRef) {
        if let OrganizationRef::Planned(name) = organization {
            self.organizations.insert(name.as_str());
        }
    }

    fn person(&mut self, person: &'p PersonRef) {
        if let PersonRef::Planned(email) = person {
            self.accounts.insert(email.key());
        }
    }

    fn list(&mut self, effect: &'p Effect) {
        if let Some(list) = List::of(effect) {
            let known = self.lists.entry(list).or_default();
            if !known.contains(&effect) {
                known.push(effect);
            }
        }
    }

    fn includes(&self, change: &Change) -> bool {
        self.addresses.contains(&change.address)
            || match &change.effect {
                Effect::CreateOrganization(name) => self.organizations.contains(name.as_str()),
                Effect::CreateAccount { email, .. } => self.accounts.contains(email.key()),
                effect => List::of(effect)
                    .and_then(|list| self.lists.get(&list))
                    .is_some_and(|known| known.contains(&effect)),
            }
    }
}
