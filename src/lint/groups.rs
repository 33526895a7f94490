//! Lints about projects and customer organizations: L31, L37, L38, L42 to L44, L56, L57, L68, L71.

use super::{Scene, names};
use crate::access::accounts::{account_type, newcomer};
use crate::access::{
    Answer, Coverage, DomainClass, ListId, Outcome, Source, State, StateKind, Trail, Visitor, Way,
    is_public_mail, portal,
};
use crate::config::{ApprovedRole, OrganizationState};
use crate::model::{
    ChannelAccess, CustomerSharing, Domain, OrganizationManagement, OrganizationName, SiteField,
};
use crate::neutral::named;
use std::collections::BTreeMap;

pub(super) fn judge(scene: &mut Scene<'_, '_>) {
    let counts = Counts::of(scene);
    projects(scene, &counts);
    organizations(scene, &counts);
    agents_as_gatekeepers(scene);
    sign_up_leads_nowhere(scene);
}

/// How many people stand on each list.
struct Counts {
    rosters: Vec<u32>,
    organizations: Vec<u32>,
    /// The projects that each organization is linked to, by position.
    links: Vec<Vec<usize>>,
}

impl Counts {
    fn of(scene: &Scene<'_, '_>) -> Self {
        let state = scene.state;
        let mut counts = Self {
            rosters: vec![0; state.projects.len()],
            organizations: vec![0; state.organizations.len()],
            links: vec![Vec::new(); state.organizations.len()],
        };
        for (at, project) in state.projects.iter().enumerate() {
            for link in &project.organizations {
                if let Some(links) = counts.links.get_mut(link.organization as usize) {
                    links.push(at);
                }
            }
        }
        for id in state.people.ids() {
            for list in state.people.lists(id) {
                let slot = match *list {
                    ListId::Roster(at) => counts.rosters.get_mut(at as usize),
                    ListId::Organization(at) => counts.organizations.get_mut(at as usize),
                    _ => None,
                };
                if let Some(count) = slot {
                    *count += 1;
                }
            }
        }
        counts
    }
}

/// L31, L56 and L57: who can use a project, and whom its customers see or bring in.
fn projects(scene: &mut Scene<'_, '_>, counts: &Counts) {
    let state = scene.state;
    for (at, project) in state.projects.iter().enumerate() {
        let key = project.key.as_str();
        let linked: Vec<_> = project
            .organizations
            .iter()
            .filter_map(|link| {
                let at = link.organization as usize;
                Some((state.organizations.get(at)?, counts.organizations.get(at)?))
            })
            .collect();
        let whole = project.roster == Coverage::Whole && project.links == Coverage::Whole;
        let nobody = counts.rosters.get(at) == Some(&0)
            && linked.iter().all(|(organization, count)| {
                **count == 0
                    && organization.members == Coverage::Whole
                    && organization.email_domains.is_empty()
            });
        let nobody = nobody && !project.scheme.may_let_customers_in();
        let access = &project.channel_access;
        if access.value() == Some(&ChannelAccess::Restricted) && whole && nobody {
            let linked = linked.iter().map(|(organization, _)| &*organization.name);
            let why = without_customers(&linked.collect::<Vec<_>>());
            scene.report(
                "L31",
                &["project", key, "access"],
                access.source(),
                format!("no customer can use the restricted project `{key}`: {why}"),
                "list customers, link an organization that has members, or name a group under `customer_groups`",
            );
        }
        let sharing = &project.customer_sharing;
        if sharing.value() == Some(&CustomerSharing::SearchProject) && linked.len() > 1 {
            let organizations = names(linked.iter().map(|(o, _)| o.name.as_str()));
            scene.report(
                "L56",
                &["project", key, "sharing"],
                sharing.source(),
                format!("customers of `{key}` can search each other across organizations: {organizations}"),
                "set `customer_sharing: own_organizations`, or acknowledge L56 with a reason",
            );
        }
        if sharing.value() == Some(&CustomerSharing::AnyCustomerByEmail)
            && access.value() == Some(&ChannelAccess::Open)
            && state.site.create.value() == Some(&true)
        {
            scene.report(
                "L57",
                &["project", key, "sharing"],
                sharing.source(),
                format!("customers of the open project `{key}` make new customers by sharing requests with any address"),
                "set `customer_sharing: own_organizations`",
            );
        }
    }
}

/// Says why nobody is a customer of a restricted project.
fn without_customers(linked: &[&str]) -> String {
    match linked {
        [] => "nobody is on its list of customers, and no organization is linked".to_owned(),
        linked => format!(
            "nobody is on its list of customers, and the linked organizations are empty: {}",
            names(linked.iter().copied())
        ),
    }
}

/// L37, L38 and L42 to L44: organizations without effect, and their e-mail domains.
fn organizations(scene: &mut Scene<'_, '_>, counts: &Counts) {
    let state = scene.state;
    let unread = state
        .projects
        .iter()
        .any(|project| matches!(project.links, Coverage::Unread(_)));
    for (at, organization) in state.organizations.iter().enumerate() {
        let name = organization.name.as_str();
        let declared = OrganizationName::new(name)
            .ok()
            .and_then(|name| scene.desired.site.organizations.get(&name));
        let present = declared.is_some_and(|o| o.state.value == OrganizationState::Present);
        if state.kind != StateKind::Live && !present {
            continue;
        }
        let span = declared.map(|declared| Source::Written(declared.span));
        let linked: Vec<_> = counts.links[at]
            .iter()
            .map(|at| &state.projects[*at])
            .collect();
        if counts.organizations.get(at) == Some(&0)
            && organization.members == Coverage::Whole
            && organization.email_domains.is_empty()
        {
            scene.report(
                "L37",
                &["organization", name],
                span,
                format!(
                    "organization {name} has no members: linking it grants nobody anything",
                    name = named(name)
                ),
                "list members, or write `state: retired`",
            );
        }
        if linked.is_empty() && !state.projects.is_empty() && !unread {
            let count = state.projects.len();
            scene.report(
                "L38",
                &["organization", name],
                span,
                format!("organization {name} is linked to none of the {count} projects in sight: membership gives no access", name = named(name)),
                "link it under a project's `organizations`, or write `state: retired`",
            );
        }
        let restricted: Vec<&str> = linked
            .iter()
            .filter(|project| project.channel_access.value() == Some(&ChannelAccess::Restricted))
            .map(|project| project.key.as_str())
            .collect();
        for (domain, source) in &organization.email_domains {
            email_domain(scene, name, (domain.as_str(), *source), &restricted);
        }
    }
}

/// L42 to L44: what an e-mail domain does to who is in an organization; `restricted` are the projects that it opens.
fn email_domain(
    scene: &mut Scene<'_, '_>,
    name: &str,
    (domain, source): (&str, Source),
    restricted: &[&str],
) {
    let state = scene.state;
    let parts = ["organization", name, "email-domain", domain];
    if is_public_mail(domain) {
        scene.report(
            "L42",
            &parts,
            Some(source),
            format!("`{domain}` is a public mail provider: strangers join organization {name} and see its shared requests", name = named(name)),
            "take the domain off, and list the members",
        );
    }
    let class = DomainClass::of(state, domain);
    let sign_up = newcomer(state, &class, &mut Trail::silent());
    let (who, does) = match (sign_up.certainty, sign_up.outcome) {
        (Answer::Yes, _) => ("whoever signs up", "joins"),
        // Q3: as exposure, whoever signs up is a customer at once.
        (Answer::Uncertain, Outcome::PendingApproval | Outcome::Atlassian) => (
            "whoever signs up and needs an administrator's approval",
            "may join",
        ),
        (Answer::Uncertain, _) if settings_of_sign_up_are_known(state, &class) => {
            ("whoever signs up", "may join")
        }
        _ => ("", ""),
    };
    if !restricted.is_empty() && !who.is_empty() {
        let (then, projects) = (
            if sign_up.certainty == Answer::Yes {
                "gets"
            } else {
                "get"
            },
            names(restricted.iter().copied()),
        );
        scene.report(
            "L43",
            &parts,
            Some(source),
            format!("{who} with an address of `{domain}` {does} {name} and {then} into restricted projects: {projects}", name = named(name)),
            "take the domain off, or limit who can sign up; or acknowledge L43 with a reason",
        );
        if sign_up.certainty != Answer::Yes {
            scene.uncertain();
        }
    }
    let rejected =
        |way| account_type(state, &class, way, &mut Trail::silent()) == Outcome::Rejected;
    if rejected(Way::SelfService) && rejected(Way::Staff) {
        scene.report(
            "L44",
            &parts,
            Some(source),
            format!(
                "no new account of `{domain}` is let in, so nobody ever joins {name} by the domain",
                name = named(name)
            ),
            "allow or approve the domain, or take it off the organization",
        );
    }
}

/// Says whether a doubt about sign-up is one of the rules, not one about settings that nobody has written or read.
fn settings_of_sign_up_are_known(state: &State<'_>, class: &DomainClass) -> bool {
    let site = &state.site;
    let toggles = [&site.internal, &site.external, &site.create];
    toggles.iter().all(|toggle| toggle.value().is_some())
        && site.allowed.value().is_some()
        && state.any_domain.value().is_some()
        && !class.maybe_approved
}

/// L68: agents decide who is in an organization, and organizations decide who gets into restricted projects.
fn agents_as_gatekeepers(scene: &mut Scene<'_, '_>) {
    let state = scene.state;
    let management = &state.site.organization_management;
    if management.value() != Some(&OrganizationManagement::Agents) {
        return;
    }
    let source = management.source();
    let gated: Vec<&str> = state
        .projects
        .iter()
        .filter(|project| {
            project.channel_access.value() == Some(&ChannelAccess::Restricted)
                && !project.organizations.is_empty()
        })
        .map(|project| project.key.as_str())
        .collect();
    if !gated.is_empty() {
        scene.report(
            "L68",
            &SiteField::OrganizationManagement.address_parts(),
            source,
            format!("agents manage organizations, and organizations open restricted projects: {}; any agent can grant that access", names(gated.iter().copied())),
            "set `organization_management: jira_admins_only`",
        );
    }
}

/// L71: people of a domain that the site names can sign up by themselves, and then reach no portal.
fn sign_up_leads_nowhere(scene: &mut Scene<'_, '_>) {
    let state = scene.state;
    if state.projects.is_empty() || state.site.create.value() != Some(&true) {
        return;
    }
    let approved = state.approved.domains.iter();
    let approved = approved
        .filter(|(_, grant)| grant.role != ApprovedRole::None)
        .map(|(domain, grant)| (domain, Some(grant.source)));
    let allowed = state.site.allowed.value().and_then(Option::as_ref);
    let allowed = allowed.into_iter().flatten();
    let source = state.site.allowed.source();
    let named: BTreeMap<&Domain, (bool, Option<Source>)> = allowed
        .map(|domain| (domain, (false, source)))
        .chain(approved.map(|(domain, source)| (domain, (true, source))))
        .collect();
    for (domain, (is_approved, source)) in named {
        let domain = domain.as_str();
        let class = DomainClass::of(state, domain);
        let silent = &mut Trail::silent();
        if newcomer(state, &class, silent).certainty != Answer::Yes {
            continue;
        }
        let visitor = Visitor::New(class);
        let nowhere = (0..state.projects.len())
            .all(|at| portal::reach(state, at, &visitor, silent).view == Answer::No);
        if !nowhere {
            continue;
        }
        let address = match is_approved {
            true => scene.approved(domain),
            false => scene.desired.address(["allowed-domain", domain]),
        };
        scene.report_at(
            "L71",
            address,
            source,
            format!(
                "people of `{domain}` may sign up by themselves and then reach no portal: every project in sight is restricted to people and organizations that they are not among"
            ),
            "open a project, give an organization that is linked the domain, or list the people; or acknowledge L71 with a reason",
        );
    }
}
