//! The state that was read, completed by declared facts and valid attestations; and the state after a plan.

use super::answer::Source;
use super::desired;
use super::people::{Account, ListId, PeopleBuilder, Person, PersonId, Role, Status};
use super::state::{
    Approved, Coverage, Fact, Grant, Link, Organization, Project, Scheme, SiteFacts, State,
    StateKind,
};
use crate::config::{ApprovedRole, Mode, OrganizationState};
use crate::desired::{Desired, DesiredRoster};
use crate::model::{
    AccountId, AccountKind, ChannelAccess, CustomerSharing, Domain, Field, OrganizationId,
    OrganizationName, ProjectKey, Read, SiteField, SiteValue, Surface, WhoCanView,
};
use crate::observed::{
    Observation, Observed, ObservedAccount, ObservedGrant, Resolution, Standing,
};
use crate::plan::domains::role_of;
use crate::plan::identity::{self, Identity};
use crate::plan::roster::{self, Index};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Why something is not known of the live site.
const NOT_ASKED: &str = "it was not read";

/// Which of the two states is built.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    Before,
    After,
}

impl<'a> State<'a> {
    /// Builds the state that was read. Attestations and declared facts of the workspace fill what no program reads.
    pub fn live(desired: &'a Desired<'a>, observed: &'a Observed) -> Self {
        build(desired, observed, Moment::Before)
    }

    /// Builds the state that a complete run of the plan leads to: what is managed from the workspace, the rest as read.
    ///
    /// Manual steps count as done. People who have no account yet count as in the desired state.
    pub fn after(desired: &'a Desired<'a>, observed: &'a Observed) -> Self {
        build(desired, observed, Moment::After)
    }
}

fn build<'a>(desired: &'a Desired<'a>, observed: &'a Observed, moment: Moment) -> State<'a> {
    let mut people = PeopleBuilder::with_capacity(observed.accounts.len());
    for (id, account) in &observed.accounts {
        people.add(person(id, account));
    }
    resolutions(&mut people, observed);
    let lists = Lists::new(desired, observed, moment);
    let (organizations, positions) = organizations(&lists, &mut people);
    let projects = projects(&lists, &positions, &mut people);
    let mut site = live_settings(desired, observed);
    let mut approved = live_approved(observed);
    let mut any_domain = match &observed.any_domain {
        Some(Read::Complete(grant)) => {
            let source = Source::Read(Surface::Documented);
            Fact::Known(
                grant.as_ref().map(|grant| live_grant(grant, source)),
                source,
            )
        }
        Some(Read::Incomplete(why)) => Fact::Unknown(why.why.clone()),
        None if desired.atlassian.is_none() => Fact::Known(None, Source::Default),
        None => Fact::Unknown(NOT_ASKED.to_owned()),
    };
    if moment == Moment::After {
        settings_after(&mut site, desired);
        approved_after(&mut approved, desired);
        if let written @ Fact::Known(Some(_), _) = desired::any_domain(desired) {
            any_domain = written;
        }
    }
    State {
        kind: match moment {
            Moment::Before => StateKind::Live,
            Moment::After => StateKind::After,
        },
        site,
        approved,
        any_domain,
        organizations,
        projects,
        spaces: desired::spaces(&desired.site.spaces),
        people: people.build().into(),
    }
}

/// What is known of an account that a list showed.
///
/// Somebody on a customer list counts as a customer: an Atlassian account without the role cannot be added (R1e).
fn person<'a>(id: &'a AccountId, seen: &'a ObservedAccount) -> Person<'a> {
    let role = match seen.standing {
        Standing::Agent | Standing::App => Role::Staff,
        // That somebody is no agent does not say that an Atlassian account holds the role Customer.
        Standing::Customer | Standing::NotAsked | Standing::Unknown => match seen.kind {
            Some(AccountKind::Atlassian) => Role::Unknown,
            _ => Role::Customer,
        },
    };
    Person {
        email: seen.email.as_ref(),
        account_id: Some(id),
        name: &seen.name,
        account: Account {
            kind: seen.kind,
            status: if seen.active {
                Status::Active
            } else {
                Status::Disabled
            },
            role,
            twin: false,
        },
    }
}

fn resolutions<'a>(people: &mut PeopleBuilder<'a>, observed: &'a Observed) {
    people.others_may_exist("only people on lists were read, and the address was not looked up");
    for (email, resolution) in &observed.resolutions {
        match resolution {
            Resolution::NotFound => people.unresolved(email, None),
            Resolution::Unresolved(why) => people.unresolved(email, Some(why.why.clone())),
            Resolution::FoundHidden(id) | Resolution::Inactive(id) => {
                if let Some(known) = people.find_account(id) {
                    people.also_known_as(email, known);
                }
            }
            Resolution::Found(ids) => {
                for id in ids {
                    if let Some(known) = people.find_account(id) {
                        people.also_known_as(email, known);
                    }
                }
            }
        }
    }
}

/// Puts somebody on a list; whoever is on one is a customer at least.
fn join(people: &mut PeopleBuilder<'_>, id: PersonId, list: ListId, source: Source) {
    let account = &mut people.get_mut(id).account;
    if account.role == Role::Unknown {
        account.role = Role::Customer;
    }
    people.join(id, list, source);
}

/// Rosters as read, or as they are after the plan.
struct Lists<'a> {
    desired: &'a Desired<'a>,
    observed: &'a Observed,
    /// Only the state after needs to find people by what is written.
    index: Option<Index<'a>>,
    identities: BTreeMap<OrganizationId, &'a OrganizationName>,
    moment: Moment,
}

impl<'a> Lists<'a> {
    fn new(desired: &'a Desired<'a>, observed: &'a Observed, moment: Moment) -> Self {
        let identities = observed
            .whole_organizations()
            .map(|live| identity::identify(desired.site, live))
            .unwrap_or_default()
            .into_iter()
            .filter_map(|(name, identity)| match identity {
                Identity::Live(id) => Some((id, name)),
                _ => None,
            })
            .collect();
        Self {
            desired,
            observed,
            index: (moment == Moment::After).then(|| Index::new(observed)),
            identities,
            moment,
        }
    }

    /// Puts everybody on one list, and returns how far it can be believed.
    fn fill(
        &self,
        people: &mut PeopleBuilder<'a>,
        list: ListId,
        live: Option<&'a Read<BTreeSet<AccountId>>>,
        wanted: Option<&'a DesiredRoster<'a>>,
        keep: &BTreeSet<&Domain>,
    ) -> Coverage {
        let read = Source::Read(Surface::Documented);
        let wanted = wanted.filter(|_| self.moment == Moment::After);
        let (coverage, live) = match live {
            Some(Read::Complete(live)) => (Coverage::Whole, Some(live)),
            Some(Read::Incomplete(why)) => (Coverage::Unread(why.why.clone()), None),
            None => (Coverage::Unread(NOT_ASKED.to_owned()), None),
        };
        let Some(live) = live else {
            if let Some(wanted) = wanted {
                for entry in &wanted.present {
                    let id = desired::intern(people, entry);
                    join(people, id, list, Source::Written(entry.span));
                }
            }
            return coverage;
        };
        let mut removed: BTreeSet<AccountId> = BTreeSet::new();
        if let (Some(wanted), Some(index)) = (wanted, &self.index) {
            let compared = roster::compare(wanted, live, index, keep);
            removed.extend(compared.removals.into_iter().map(|removal| removal.account));
            for missing in compared.missing {
                let known = missing
                    .account
                    .as_ref()
                    .and_then(|account| people.find_account(account));
                let id = match known {
                    Some(known) => known,
                    None => desired::intern(people, missing.entry),
                };
                join(people, id, list, Source::Written(missing.entry.span));
            }
        }
        for account in live.difference(&removed) {
            if let Some(id) = people.find_account(account) {
                join(people, id, list, read);
            }
        }
        coverage
    }
}

/// Organizations by position, and the positions of live ids and of written names.
struct Positions<'a> {
    by_id: BTreeMap<OrganizationId, u32>,
    by_name: BTreeMap<&'a OrganizationName, u32>,
}

fn organizations<'a>(
    lists: &Lists<'a>,
    people: &mut PeopleBuilder<'a>,
) -> (Vec<Organization>, Positions<'a>) {
    let site = lists.desired.site;
    let after = lists.moment == Moment::After;
    let mut organizations = Vec::new();
    let mut positions = Positions {
        by_id: BTreeMap::new(),
        by_name: BTreeMap::new(),
    };
    for (id, seen) in lists.observed.whole_organizations().into_iter().flatten() {
        let name = lists.identities.get(id).copied();
        let declared = name.and_then(|name| site.organizations.get(name));
        let state = declared.map(|declared| declared.state.value);
        if after && state == Some(OrganizationState::Absent) {
            continue;
        }
        let retired = after && state == Some(OrganizationState::Retired);
        let at = u32::try_from(organizations.len()).unwrap_or(u32::MAX);
        positions.by_id.insert(id.clone(), at);
        if let Some(name) = name {
            positions.by_name.insert(name, at);
        }
        let written_domains = declared
            .filter(|_| after)
            .and_then(|declared| declared.email_domains.as_ref());
        let email_domains: Vec<(Domain, Source)> = match (written_domains, &seen.email_domains) {
            _ if retired => Vec::new(),
            (Some(written), _) => written
                .value
                .iter()
                .map(|domain| (domain.value.clone(), Source::Written(domain.span)))
                .collect(),
            (None, Some(seen)) => match &seen.value {
                Field::Known(domains) => domains
                    .iter()
                    .map(|domain| (domain.clone(), Source::Read(seen.surface)))
                    .collect(),
                Field::Unknown(_) => attested_domains(lists.desired, name),
            },
            (None, None) => attested_domains(lists.desired, name),
        };
        let members = if retired {
            Coverage::Whole
        } else {
            let keep = email_domains.iter().map(|(domain, _)| domain).collect();
            let wanted = name.and_then(|name| lists.desired.members.get(name));
            lists.fill(
                people,
                ListId::Organization(at),
                seen.members.as_ref(),
                wanted,
                &keep,
            )
        };
        organizations.push(Organization {
            name: seen.name.clone(),
            email_domains,
            members,
        });
    }
    if after {
        for (name, declared) in &site.organizations {
            if positions.by_name.contains_key(name)
                || declared.state.value != OrganizationState::Present
            {
                continue;
            }
            let at = u32::try_from(organizations.len()).unwrap_or(u32::MAX);
            positions.by_name.insert(name, at);
            if let Some(roster) = lists.desired.members.get(name) {
                for entry in &roster.present {
                    let known = match &entry.who {
                        crate::config::Who::Email(email) => people.find(email),
                        crate::config::Who::Account(id) => people.find_account(id),
                    };
                    let id = known.unwrap_or_else(|| desired::intern(people, entry));
                    join(
                        people,
                        id,
                        ListId::Organization(at),
                        Source::Written(entry.span),
                    );
                }
            }
            organizations.push(Organization {
                name: name.as_str().to_owned(),
                email_domains: declared
                    .email_domains
                    .iter()
                    .flat_map(|domains| &domains.value)
                    .map(|domain| (domain.value.clone(), Source::Written(domain.span)))
                    .collect(),
                members: Coverage::Whole,
            });
        }
    }
    (organizations, positions)
}

fn attested_domains(
    desired: &Desired<'_>,
    name: Option<&OrganizationName>,
) -> Vec<(Domain, Source)> {
    let Some(name) = name else {
        return Vec::new();
    };
    let below = desired.address(["organization", name.as_str(), "email-domain"]);
    let prefix = format!("{below}/");
    desired
        .attestations
        .iter()
        .filter(|(address, attestation)| {
            address.starts_with(&prefix) && attestation.value == Value::Bool(true)
        })
        .filter_map(|(address, attestation)| {
            let domain = Domain::new(&address[prefix.len()..]).ok()?;
            Some((domain, Source::Attested(attestation.span)))
        })
        .collect()
}

fn projects<'a>(
    lists: &Lists<'a>,
    positions: &Positions<'a>,
    people: &mut PeopleBuilder<'a>,
) -> Vec<Project> {
    let desired = lists.desired;
    let after = lists.moment == Moment::After;
    let unlisted = match &lists.observed.organizations {
        Some(Read::Complete(_)) => None,
        Some(Read::Incomplete(why)) => Some(why.why.clone()),
        None => Some(NOT_ASKED.to_owned()),
    };
    let mut projects = Vec::new();
    for (key, seen) in lists.observed.whole_projects().into_iter().flatten() {
        let at = u32::try_from(projects.len()).unwrap_or(u32::MAX);
        let declared = desired.site.projects.get(key).filter(|_| after);
        let roster = lists.fill(
            people,
            ListId::Roster(at),
            seen.customers.as_ref(),
            desired.customers.get(key),
            &BTreeSet::new(),
        );
        let read = Source::Read(Surface::Documented);
        let (mut links, coverage) = match &seen.organizations {
            // Which organizations these are, and who is in them, is not known.
            Some(Read::Complete(ids)) if unlisted.is_some() && !ids.is_empty() => {
                let why = unlisted.as_deref().unwrap_or(NOT_ASKED);
                (Vec::new(), Coverage::Unread(why.to_owned()))
            }
            Some(Read::Complete(ids)) => {
                let links = ids
                    .iter()
                    .filter_map(|id| {
                        Some(Link {
                            organization: *positions.by_id.get(id)?,
                            source: read,
                        })
                    })
                    .collect();
                (links, Coverage::Whole)
            }
            Some(Read::Incomplete(why)) => (Vec::new(), Coverage::Unread(why.why.clone())),
            None => (Vec::new(), Coverage::Unread(NOT_ASKED.to_owned())),
        };
        if after {
            links_after(desired, key, positions, &mut links);
        }
        links.sort_by_key(|link| link.organization);
        let mut access = channel_access(desired, key, seen.channel_access.as_ref());
        let mut sharing = customer_sharing(desired, key, seen.customer_sharing.as_ref());
        let mut spaces: BTreeMap<_, Fact<WhoCanView>> = BTreeMap::new();
        let mut spaces_coverage = Coverage::Unread(NOT_ASKED.to_owned());
        if let Some(observation) = &seen.knowledge_base {
            match &observation.value {
                Field::Known(linked) => {
                    spaces_coverage = Coverage::Whole;
                    for (space, linked) in linked {
                        let fact = match &linked.who_can_view {
                            Field::Known(who) => {
                                Fact::Known(*who, Source::Read(observation.surface))
                            }
                            Field::Unknown(why) => Fact::Unknown(why.clone()),
                        };
                        spaces.insert(space.clone(), fact);
                    }
                }
                Field::Unknown(why) => spaces_coverage = Coverage::Unread(why.clone()),
            }
        }
        attested_spaces(desired, key, &mut spaces);
        if let Some(declared) = declared {
            if declared.channel_access.is_some() {
                access = desired::written(declared.channel_access.as_ref());
            }
            if declared.customer_sharing.is_some() {
                sharing = desired::written(declared.customer_sharing.as_ref());
            }
            for (space, linked) in &declared.knowledge_base {
                if linked.who_can_view.is_some() {
                    spaces.insert(
                        space.clone(),
                        desired::written(linked.who_can_view.as_ref()),
                    );
                }
            }
        }
        projects.push(Project {
            key: key.clone(),
            channel_access: access,
            customer_sharing: sharing,
            organizations: links,
            links: coverage,
            roster,
            spaces,
            spaces_coverage,
            scheme: Scheme::default(),
        });
    }
    projects
}

/// Links after the plan: retired and deleted organizations go, written ones come, `exact` removes the rest.
fn links_after(
    desired: &Desired<'_>,
    key: &ProjectKey,
    positions: &Positions<'_>,
    links: &mut Vec<Link>,
) {
    for (name, organization) in &desired.site.organizations {
        if organization.state.value != OrganizationState::Present
            && let Some(at) = positions.by_name.get(name)
        {
            links.retain(|link| link.organization != *at);
        }
    }
    let written = desired
        .site
        .projects
        .get(key)
        .and_then(|project| project.organizations.as_ref());
    let Some(written) = written else {
        return;
    };
    let wanted: BTreeMap<u32, Source> = written
        .list
        .iter()
        .filter(|name| {
            desired
                .site
                .organizations
                .get(&name.value)
                .is_none_or(|o| o.state.value == OrganizationState::Present)
        })
        .filter_map(|name| {
            let at = *positions.by_name.get(&name.value)?;
            Some((at, Source::Written(name.span)))
        })
        .collect();
    if written.mode == Mode::Exact {
        links.retain(|link| wanted.contains_key(&link.organization));
    }
    for (organization, source) in wanted {
        if !links.iter().any(|link| link.organization == organization) {
            links.push(Link {
                organization,
                source,
            });
        }
    }
}

/// A value as read, else as attested, else unknown.
fn settled<T: Clone>(
    desired: &Desired<'_>,
    seen: Option<&Observation<T>>,
    address: &[&str],
    parse: impl FnOnce(&Value) -> Option<T>,
) -> Fact<T> {
    if let Some(Observation {
        value: Field::Known(value),
        surface,
        ..
    }) = seen
    {
        return Fact::Known(value.clone(), Source::Read(*surface));
    }
    let address = desired.address(address.iter().copied());
    let attested = desired
        .attestations
        .get(address.as_str())
        .and_then(|attestation| {
            Some(Fact::Known(
                parse(&attestation.value)?,
                Source::Attested(attestation.span),
            ))
        });
    attested.unwrap_or_else(|| {
        Fact::Unknown(match seen.map(|seen| &seen.value) {
            Some(Field::Unknown(why)) => why.clone(),
            _ => NOT_ASKED.to_owned(),
        })
    })
}

fn channel_access(
    desired: &Desired<'_>,
    key: &ProjectKey,
    seen: Option<&Observation<ChannelAccess>>,
) -> Fact<ChannelAccess> {
    settled(
        desired,
        seen,
        &["project", key.as_str(), "access"],
        |value| ChannelAccess::from_word(value.as_str()?),
    )
}

fn customer_sharing(
    desired: &Desired<'_>,
    key: &ProjectKey,
    seen: Option<&Observation<CustomerSharing>>,
) -> Fact<CustomerSharing> {
    settled(
        desired,
        seen,
        &["project", key.as_str(), "sharing"],
        |value| CustomerSharing::from_word(value.as_str()?),
    )
}

fn attested_spaces(
    desired: &Desired<'_>,
    key: &ProjectKey,
    spaces: &mut BTreeMap<crate::model::SpaceKey, Fact<WhoCanView>>,
) {
    let prefix = format!(
        "{}/",
        desired.address(["project", key.as_str(), "knowledge-base"])
    );
    for (address, attestation) in &desired.attestations {
        let Some(name) = address.strip_prefix(&prefix) else {
            continue;
        };
        let value = attestation.value.as_str().and_then(WhoCanView::from_word);
        if let (Ok(space), Some(who)) = (crate::model::SpaceKey::new(name), value) {
            let entry = spaces
                .entry(space)
                .or_insert_with(|| Fact::Unknown(NOT_ASKED.to_owned()));
            if entry.value().is_none() {
                *entry = Fact::Known(who, Source::Attested(attestation.span));
            }
        }
    }
}

fn live_toggle(desired: &Desired<'_>, observed: &Observed, field: SiteField) -> Fact<bool> {
    let fact = settled(
        desired,
        observed.settings.get(&field),
        &field.address_parts(),
        |value| value.as_bool().map(SiteValue::Toggle),
    );
    // A project's settings echo two site-wide ones: better than nothing, and than a contradicted statement.
    let echo = |read: fn(&crate::observed::ObservedProject) -> Option<bool>| {
        observed
            .whole_projects()
            .into_iter()
            .flat_map(|projects| projects.values())
            .find_map(read)
    };
    let echoed = match field {
        SiteField::CustomersCanCreateAccounts => echo(|project| project.echoed_signup),
        SiteField::ViewWithoutLogin => echo(|project| project.echoed_anonymous),
        _ => None,
    };
    match (fact, echoed) {
        (Fact::Known(SiteValue::Toggle(on), source @ Source::Read(_)), _) => {
            Fact::Known(on, source)
        }
        (_, Some(on)) => Fact::Known(on, Source::Read(Surface::Private)),
        (Fact::Known(SiteValue::Toggle(on), source), None) => Fact::Known(on, source),
        (Fact::Known(..), None) => Fact::Unknown("it is not a toggle".to_owned()),
        (Fact::Unknown(why), None) => Fact::Unknown(why),
    }
}

fn live_settings(desired: &Desired<'_>, observed: &Observed) -> SiteFacts {
    let toggle = |field| live_toggle(desired, observed, field);
    let mut allowed = match settled(
        desired,
        observed.settings.get(&SiteField::AllowedDomains),
        &["allowed-domain"],
        |value| {
            let list = value.as_array()?.iter();
            let list: Option<BTreeSet<Domain>> = list
                .map(|domain| Domain::new(domain.as_str()?).ok())
                .collect();
            Some(SiteValue::Domains(Some(list?)))
        },
    ) {
        Fact::Known(SiteValue::Domains(list), source) => Fact::Known(list, source),
        Fact::Known(..) => Fact::Unknown("it is not a list of domains".to_owned()),
        Fact::Unknown(why) => Fact::Unknown(why),
    };
    if allowed.value().is_none() {
        let any = desired.address(["allowed-domain", "any"]);
        if let Some(attestation) = desired.attestations.get(any.as_str())
            && attestation.value == Value::Bool(true)
        {
            allowed = Fact::Known(None, Source::Attested(attestation.span));
        }
    }
    SiteFacts {
        internal: toggle(SiteField::Internal),
        external: toggle(SiteField::External),
        allowed,
        create: toggle(SiteField::CustomersCanCreateAccounts),
        no_login: toggle(SiteField::ViewWithoutLogin),
        kb_all_logged_in: toggle(SiteField::KnowledgeBaseAllLoggedIn),
        kb_anyone: toggle(SiteField::KnowledgeBaseAnyone),
        confluence_plan: desired::written(desired.site.confluence_plan.as_ref()),
    }
}

fn settings_after(site: &mut SiteFacts, desired: &Desired<'_>) {
    let set = |fact: &mut Fact<bool>, field| {
        if let written @ Fact::Known(..) = desired::toggle(desired, field) {
            *fact = written;
        }
    };
    set(&mut site.internal, SiteField::Internal);
    set(&mut site.external, SiteField::External);
    set(&mut site.create, SiteField::CustomersCanCreateAccounts);
    set(&mut site.no_login, SiteField::ViewWithoutLogin);
    set(
        &mut site.kb_all_logged_in,
        SiteField::KnowledgeBaseAllLoggedIn,
    );
    set(&mut site.kb_anyone, SiteField::KnowledgeBaseAnyone);
    if let Some(written) = desired.site.settings.get(&SiteField::AllowedDomains)
        && let SiteValue::Domains(list) = &written.value
    {
        site.allowed = Fact::Known(list.clone(), Source::Written(written.span));
    }
}

fn live_grant(grant: &ObservedGrant, source: Source) -> Grant {
    Grant {
        role: role_of(grant),
        // Not said counts as required for nobody: the API's default is no approval.
        admin_approval: grant.admin_approval.unwrap_or(false),
        source,
    }
}

fn live_approved(observed: &Observed) -> Approved {
    let source = Source::Read(Surface::Documented);
    match &observed.approved_domains {
        Some(Read::Complete(seen)) => Approved {
            domains: seen
                .iter()
                .map(|(domain, approval)| {
                    let grant = match &approval.jsm {
                        Some(grant) => live_grant(grant, source),
                        None => Grant {
                            role: ApprovedRole::None,
                            admin_approval: false,
                            source,
                        },
                    };
                    (domain.clone(), grant)
                })
                .collect(),
            coverage: Coverage::Whole,
        },
        Some(Read::Incomplete(why)) => Approved {
            domains: BTreeMap::new(),
            coverage: Coverage::Unread(why.why.clone()),
        },
        None => Approved {
            domains: BTreeMap::new(),
            coverage: Coverage::Unread(NOT_ASKED.to_owned()),
        },
    }
}

fn approved_after(approved: &mut Approved, desired: &Desired<'_>) {
    let written = desired::approved(desired);
    if written.coverage == Coverage::Whole {
        *approved = written;
    } else {
        approved.domains.extend(written.domains);
    }
}
