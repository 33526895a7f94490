//! Lints about what a plan changes, from the states before and after it: L45, L47, L50 to L55, L69.

use super::people::{self, ByDomain};
use super::{Found, Scene, names};
use crate::access::accounts::account_type;
use crate::access::portal;
use crate::access::{
    Actor, DomainClass, Lookup, Outcome, Role, Source, State, Trail, Visitor, Way,
};
use crate::config::ManagedBy;
use crate::desired::Desired;
use crate::judge::Sheet;
use crate::model::{AccountKind, Address, ChannelAccess, ProjectKey};
use crate::neutral::named;
use crate::neutral::phrase::{marked, ours, say};
use crate::observed::Observed;
use crate::plan::{Action, Block, Effect, PersonRef, ResourceType};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Judges what a plan changes: `before` is what was read, `after` the state that the plan leads to.
pub fn changes(
    desired: &Desired<'_>,
    observed: &Observed,
    sheet: &Sheet<'_>,
    before: &State<'_>,
    after: &State<'_>,
) -> Vec<Found> {
    let mut scene = Scene {
        state: after,
        desired,
        observed: Some(observed),
        found: Vec::new(),
    };
    channel_access(&mut scene, before);
    new_email_domains(&mut scene, sheet, before);
    existing_people(&mut scene, before);
    without_role(&mut scene, sheet);
    roster_removals(&mut scene, sheet, before);
    member_removals(&mut scene, sheet);
    identity_provider(&mut scene);
    let mut found = scene.found;
    super::sort(&mut found);
    found
}

/// L54 and L55: a project that closes or opens.
fn channel_access(scene: &mut Scene<'_, '_>, before: &State<'_>) {
    let after = scene.state;
    for project in &after.projects {
        let key = project.key.as_str();
        let was = before
            .project(key)
            .and_then(|at| before.projects.get(at)?.channel_access.value());
        let parts = ["project", key, "access"];
        let source = project.channel_access.source();
        match (was, project.channel_access.value()) {
            (Some(ChannelAccess::Open), Some(ChannelAccess::Restricted)) => scene.report(
                "L54",
                &parts,
                source,
                format!("`{key}` becomes restricted: customers who are neither on its list nor in a linked organization lose it, also those who came by themselves"),
                "see the impact; list whom it would hit, or acknowledge L54 with a reason",
            ),
            (Some(ChannelAccess::Restricted), Some(ChannelAccess::Open)) => scene.report(
                "L55",
                &parts,
                source,
                format!("`{key}` becomes open: every account of the site gains it"),
                "see the impact; acknowledge L55 with a reason",
            ),
            _ => {}
        }
    }
}

/// L45: a domain that the plan, or a step by hand that it lists, puts on an organization.
fn new_email_domains(scene: &mut Scene<'_, '_>, sheet: &Sheet<'_>, before: &State<'_>) {
    let after = scene.state;
    let mut had: BTreeSet<(&str, &str)> = BTreeSet::new();
    for organization in &before.organizations {
        let domains = organization.email_domains.iter();
        had.extend(domains.map(|(domain, _)| (organization.name.as_str(), domain.as_str())));
    }
    let added: HashSet<&Address> = sheet
        .free()
        .filter(|(_, change)| {
            change.kind == ResourceType::OrganizationEmailDomain && change.action != Action::Delete
        })
        .map(|(_, change)| &change.address)
        .collect();
    for organization in &after.organizations {
        for (domain, source) in &organization.email_domains {
            let domain = domain.as_str();
            let name = organization.name.as_str();
            let parts = ["organization", name, "email-domain", domain];
            // What was not read may be on the site already, and is where somebody attested it.
            if !had.contains(&(name, domain)) && added.contains(&scene.desired.address(parts)) {
                scene.report(
                    "L45",
                    &parts,
                    Some(*source),
                    format!("`{domain}` is new on organization {name}: customers who exist already are not moved into it", name = named(name)),
                    "list those who should be members",
                );
            }
        }
    }
}

/// L47 and L51: people who have an account already.
fn existing_people(scene: &mut Scene<'_, '_>, before: &State<'_>) {
    let after = scene.state;
    // What was rejected before is nothing that the plan changes.
    let mut rejected =
        ByDomain::new(|domain: &str| rejects(after, domain) && !rejects(before, domain));
    let mut kept: BTreeMap<&str, (usize, Source)> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (email, entry) in people::entries(scene.desired) {
        let asked = entry.extra.as_ref().and_then(|extra| extra.account);
        let out = rejected.is(email.domain());
        if !out && asked != Some(AccountKind::PortalOnly) {
            continue;
        }
        let Lookup::Accounts(ids) = before.people.lookup(email) else {
            continue;
        };
        let source = Source::Written(entry.span);
        let kind = |wanted| {
            ids.iter()
                .any(|id| before.people.get(*id).account.kind == Some(wanted))
        };
        if asked == Some(AccountKind::PortalOnly)
            && kind(AccountKind::Atlassian)
            && !kind(AccountKind::PortalOnly)
        {
            scene.report(
                "L51",
                &["account", email.key()],
                Some(source),
                format!(
                    "`{}` has an Atlassian account, which cannot be turned into a portal-only one",
                    email.key()
                ),
                "write `account: atlassian`: with the role Customer it is free",
            );
        }
        if out && seen.insert(email.key()) {
            kept.entry(email.domain()).or_insert((0, source)).0 += 1;
        }
    }
    for (domain, (count, source)) in kept {
        let pattern = format!("*@{domain}");
        scene.report(
            "L47",
            &["account", &pattern],
            Some(source),
            match count {
                1 => format!("1 person of `{domain}` keeps the account, although the site lets in nobody new of it"),
                _ => format!("{count} people of `{domain}` keep their accounts, although the site lets in nobody new of it"),
            },
            "take them off the lists if they should lose access",
        );
    }
}

/// L50: Atlassian accounts that a plan puts on lists, and that gain nothing there without the role Customer.
fn without_role(scene: &mut Scene<'_, '_>, sheet: &Sheet<'_>) {
    let people = &scene.state.people;
    let mut unknown: BTreeSet<String> = BTreeSet::new();
    let mut without: BTreeMap<String, Option<Source>> = BTreeMap::new();
    for (_, change) in sheet.free() {
        let (Effect::AddMember(_, who) | Effect::AddCustomer(_, who)) = &change.effect else {
            continue;
        };
        let PersonRef::Existing(id) = who else {
            continue;
        };
        let role = people
            .by_account(id)
            .map(|person| people.get(person).account.role);
        let name = change.name.clone();
        match role {
            Some(Role::None) => {
                without.insert(name, change.source.map(Source::Written));
            }
            Some(Role::Unknown) => {
                unknown.insert(name);
            }
            _ => {}
        }
    }
    for (name, source) in without {
        scene.report(
            "L50",
            &["account", &name],
            source,
            say(
                "{} has an Atlassian account without the role Customer of Jira Service Management: no list gives it anything, and agents cannot add it",
                [marked(&name)],
            ),
            "have an organization administrator grant the role Customer, which is free",
        );
    }
    if !unknown.is_empty() {
        let (count, who) = (
            unknown.len(),
            super::people(unknown.iter().map(String::as_str)),
        );
        let (have, they) = match count {
            1 => ("has an Atlassian account", "it gains"),
            _ => ("have Atlassian accounts", "they gain"),
        };
        scene.report(
            "L50",
            &["account"],
            None,
            say(
                "{} {}, and whether with the role Customer was not read: {} what the lists give only with it",
                [who, ours(have), ours(they)],
            ),
            "declare the Atlassian organization with its `id`, and set `PORTCULLIS_ORG_API_KEY`",
        );
        scene.uncertain();
    }
}

/// Says whether a site gives new addresses of a domain no account, whoever brings them in.
pub(super) fn rejects(state: &State<'_>, domain: &str) -> bool {
    let class = DomainClass::of(state, domain);
    account_type(state, &class, Way::Staff, &mut Trail::silent()) == Outcome::Rejected
}

/// L52: removals from the list of an open project, which the API refuses and which would change nothing.
///
/// A project that is restricted until the plan opens it is none: customers leave it first, see [`crate::plan::order`].
fn roster_removals(scene: &mut Scene<'_, '_>, sheet: &Sheet<'_>, before: &State<'_>) {
    let mut removed: BTreeMap<&ProjectKey, usize> = BTreeMap::new();
    for (at, change) in sheet.changes().iter().enumerate() {
        // What a rule blocks already is asked for all the same; what waits for a blocked row is not.
        let ruled = |block: &Block| matches!(block, Block::Rule(text) if text.begins_with("L52"));
        if !sheet.blocks(at).iter().all(ruled) {
            continue;
        }
        if let Effect::RemoveCustomer(key, _) = &change.effect {
            *removed.entry(key).or_default() += 1;
        }
    }
    let after = scene.state;
    for (key, count) in removed {
        let access = after
            .project(key.as_str())
            .and_then(|at| after.projects.get(at))
            .map(|project| &project.channel_access);
        let was = before
            .project(key.as_str())
            .and_then(|at| before.projects.get(at)?.channel_access.value());
        if let Some(access) = access
            && was != Some(&ChannelAccess::Restricted)
            && access.value() == Some(&ChannelAccess::Open)
        {
            let key = key.as_str();
            scene.report(
                "L52",
                &["project", key],
                access.source(),
                format!("{} would be removed from the list of the open project `{key}`: the API refuses it, and they would keep the portal", if count == 1 { "1 person".to_owned() } else { format!("{count} people") }),
                "restrict the project first, or keep them listed",
            );
        }
    }
}

/// L53: people who leave an organization and keep a project by another route.
fn member_removals(scene: &mut Scene<'_, '_>, sheet: &Sheet<'_>) {
    let after = scene.state;
    let mut kept: BTreeMap<(String, &str), usize> = BTreeMap::new();
    let mut linked: HashMap<&str, BTreeSet<usize>> = HashMap::new();
    for (at, project) in after.projects.iter().enumerate() {
        for link in &project.organizations {
            if let Some(organization) = after.organizations.get(link.organization as usize) {
                linked.entry(&organization.name).or_default().insert(at);
            }
        }
    }
    for (_, change) in sheet.free() {
        let Effect::RemoveMember(organization, account) = &change.effect else {
            continue;
        };
        let name = scene
            .observed
            .and_then(|observed| observed.whole_organizations()?.get(organization))
            .map(|organization| organization.name.clone());
        let (Some(name), Some(person)) = (name, after.people.by_account(account)) else {
            continue;
        };
        let visitor = Visitor::Existing(vec![Actor::person(after, person)]);
        for at in linked.get(name.as_str()).into_iter().flatten().copied() {
            let reach = portal::reach(after, at, &visitor, &mut Trail::silent());
            if reach.view.promises() {
                let key = after.projects[at].key.as_str();
                *kept.entry((name.clone(), key)).or_default() += 1;
            }
        }
    }
    for ((name, key), count) in kept {
        scene.report(
            "L53",
            &["organization", &name],
            None,
            match count {
                1 => format!("1 person leaves organization {name} and still reaches `{key}` by another route", name = named(&name)),
                _ => format!("{count} people leave organization {name} and still reach `{key}` by another route", name = named(&name)),
            },
            "`portcullis explain` names the route; close it too if they should lose access",
        );
    }
}

/// L69: members of an organization that an identity provider manages.
fn identity_provider(scene: &mut Scene<'_, '_>) {
    let Some(organizations) = scene
        .observed
        .and_then(|observed| observed.whole_organizations())
    else {
        return;
    };
    for organization in organizations.values().filter(|o| o.scim_managed) {
        let declared = scene
            .desired
            .site
            .organizations
            .iter()
            .find(|(name, _)| name.as_str() == organization.name);
        if let Some((name, declared)) = declared
            && declared.managed_by == ManagedBy::Portcullis
            && declared.members.is_some()
        {
            scene.report(
                "L69",
                &["organization", name.as_str()],
                Some(Source::Written(declared.span)),
                format!("an identity provider manages organization {}, so its members are changed there", names([name.as_str()])),
                "write `managed_by: scim` and drop `members`",
            );
        }
    }
}
