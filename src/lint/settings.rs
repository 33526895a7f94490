//! Lints about a site's settings and approved domains: L01 to L18, L58, L62, L64.

use super::{Scene, names};
use crate::access::{Approved, Coverage, Fact, is_public_mail};
use crate::config::ApprovedRole;
use crate::model::{ChannelAccess, EmailAccountCreation, SiteField};

const INTERNAL: &[&str] = &["customer-access", "internal"];
const EXTERNAL: &[&str] = &["customer-access", "external"];
const CREATE: &[&str] = &["customer-access", "customers-can-create-accounts"];
const NO_LOGIN: &[&str] = &["customer-access", "view-without-login"];

pub(super) fn judge(scene: &mut Scene<'_, '_>) {
    nobody_new(scene);
    allowed_domains(scene);
    internal_path(scene);
    approved_domains(scene);
    any_domain(scene);
    anyone_on_the_web(scene);
    without_login(scene);
    portal_only_login(scene);
}

fn known(fact: &Fact<bool>) -> Option<bool> {
    fact.value().copied()
}

/// The keys of projects that are known to be open.
pub(super) fn open_projects<'s>(scene: &Scene<'s, '_>) -> Vec<&'s str> {
    let state = scene.state;
    state
        .projects
        .iter()
        .filter(|project| project.channel_access.value() == Some(&ChannelAccess::Open))
        .map(|project| project.key.as_str())
        .collect()
}

/// The condition of L13: E on, any domain, C allowed, some project open.
pub(super) fn is_public(scene: &Scene<'_, '_>) -> bool {
    let site = &scene.state.site;
    known(&site.external) == Some(true)
        && site.allowed.value() == Some(&None)
        && known(&site.create) == Some(true)
        && !open_projects(scene).is_empty()
}

/// L01 and L02: neither kind of account can come into being.
fn nobody_new(scene: &mut Scene<'_, '_>) {
    let site = &scene.state.site;
    if (known(&site.internal), known(&site.external)) != (Some(false), Some(false)) {
        return;
    }
    match known(&site.create) {
        Some(true) => scene.report(
            "L01",
            CREATE,
            site.create.source(),
            "customers can create accounts, but Atlassian and portal-only accounts are both off: every sign-up is rejected",
            "turn one kind of account on, or set `customers_can_create_accounts: false`",
        ),
        Some(false) => scene.report(
            "L02",
            EXTERNAL,
            site.external.source(),
            "Atlassian and portal-only accounts are both off, and nobody can sign up: agents cannot add newcomers either",
            "this is a closed site; turn one kind of account on where newcomers are meant to be added",
        ),
        None => {}
    }
}

/// L03, L05, L06 and L12: the list of allowed domains.
fn allowed_domains(scene: &mut Scene<'_, '_>) {
    let state = scene.state;
    let (Some(Some(list)), source) = (state.site.allowed.value(), state.site.allowed.source())
    else {
        return;
    };
    let external = known(&state.site.external);
    if list.is_empty() && external == Some(true) {
        scene.report(
            "L03",
            EXTERNAL,
            source,
            "`allowed_domains` is an empty list: no portal-only account can be made",
            "list the domains, or write `allowed_domains: any`, or turn portal-only accounts off",
        );
    }
    if external == Some(false) {
        let domains = names(list.iter().map(|domain| domain.as_str()));
        scene.report(
            "L05",
            EXTERNAL,
            source,
            format!(
                "`allowed_domains` ({domains}) has no effect, since portal-only accounts are off"
            ),
            "leave `allowed_domains` out, or turn portal-only accounts on",
        );
        return;
    }
    for domain in list {
        let name = domain.as_str();
        if let Some(grant) = state.approved.domains.get(domain)
            && grant.role != ApprovedRole::None
            && known(&state.site.internal) == Some(true)
        {
            scene.report(
                "L06",
                &["allowed-domain", name],
                source,
                format!("`{name}` is approved with role `{}` too: its people get Atlassian accounts, and the entry among the allowed domains is dead", grant.role.word()),
                "keep the domain in one of the two lists",
            );
        }
        if is_public_mail(name) {
            scene.report(
                "L12",
                &["allowed-domain", name],
                source,
                format!("`{name}` is a public mail provider: anybody can get an address there, so the list restricts nothing"),
                "take it off, and add single people by staff; or acknowledge L12 with a reason",
            );
        }
    }
}

/// L07: Atlassian accounts are on, and nothing leads to one.
fn internal_path(scene: &mut Scene<'_, '_>) {
    let state = scene.state;
    let Approved {
        domains, coverage, ..
    } = &state.approved;
    if known(&state.site.internal) != Some(true)
        || *coverage != Coverage::Whole
        || domains
            .values()
            .any(|grant| grant.role != ApprovedRole::None)
    {
        return;
    }
    let Some(rule) = state.any_domain.value() else {
        return;
    };
    let inert = rule.is_none_or(|grant| match grant.role {
        ApprovedRole::Customer => false,
        ApprovedRole::User => grant.admin_approval,
        ApprovedRole::None => true,
    });
    if inert {
        scene.report(
            "L07",
            INTERNAL,
            state.site.internal.source(),
            "Atlassian accounts are on for internal customers, but no approved domain grants Jira Service Management and the any-domain rule does not either",
            "approve the company's domains with role `customer`, or turn `internal.atlassian_accounts` off",
        );
    }
}

/// L09, L10 and L11: what approved domains grant.
fn approved_domains(scene: &mut Scene<'_, '_>) {
    let state = scene.state;
    if known(&state.site.internal) == Some(false) {
        // R3.2: with I off the list has no bearing on customers.
        return;
    }
    let mut free: Vec<&str> = Vec::new();
    for (domain, grant) in &state.approved.domains {
        let name = domain.as_str();
        if grant.role == ApprovedRole::None {
            continue;
        }
        if !grant.admin_approval {
            free.push(name);
        }
        if grant.role == ApprovedRole::User {
            let approval = if grant.admin_approval {
                "with"
            } else {
                "without"
            };
            scene.report_at(
                "L09",
                scene.approved(name),
                Some(grant.source),
                format!("`{name}` is approved with role `user` {approval} approval: newcomers may take agent licences"),
                "approve it with `role: customer`, which is free; or acknowledge L09 with a reason",
            );
        }
        if is_public_mail(name) {
            scene.report_at(
                "L11",
                scene.approved(name),
                Some(grant.source),
                format!("`{name}` is a public mail provider, and approved with role `{}`: strangers become internal", grant.role.word()),
                "take the approval away",
            );
        }
    }
    let apps = scene
        .desired
        .atlassian
        .map(|(_, organization)| organization.default_app_access.as_slice())
        .unwrap_or_default();
    if let (Some(first), false) = (apps.first(), free.is_empty()) {
        let (apps, domains) = (
            names(apps.iter().map(|app| app.value.as_str())),
            names(free.iter().copied()),
        );
        let source = Some(crate::access::Source::Written(first.span));
        scene.report_at(
            "L10",
            scene.approved(free[0]),
            source,
            format!("every new user gets {apps}, and newcomers of {domains} need no approval: a licence for each"),
            "take the default access away, or require approval; or acknowledge L10 with a reason",
        );
    }
}

/// L17 and L18: the any-domain rule.
fn any_domain(scene: &mut Scene<'_, '_>) {
    let state = scene.state;
    let Some(Some(grant)) = state.any_domain.value() else {
        return;
    };
    if known(&state.site.internal) == Some(false) || grant.admin_approval {
        return;
    }
    match grant.role {
        ApprovedRole::User => scene.report_at(
            "L17",
            scene.approved("ANYONE"),
            Some(grant.source),
            "the any-domain rule grants role `user` without approval: anybody of any company domain may take an agent licence",
            "require approval, or grant `customer`; or acknowledge L17 with a reason",
        ),
        ApprovedRole::Customer => {
            let limit = match (known(&state.site.external), state.site.allowed.value()) {
                (Some(false), _) => "portal-only accounts are off",
                (_, Some(Some(_))) => "`allowed_domains` limits outsiders",
                _ => return,
            };
            scene.report_at(
                "L18",
                scene.approved("ANYONE"),
                Some(grant.source),
                format!("the any-domain rule grants role `customer` without approval, although {limit}: people of every company domain get in"),
                "require approval, or set the role to `none`",
            );
        }
        ApprovedRole::None => {}
    }
}

/// L13, L14 and L58: anybody on the web.
fn anyone_on_the_web(scene: &mut Scene<'_, '_>) {
    if !is_public(scene) {
        return;
    }
    let site = &scene.state.site;
    let open = names(open_projects(scene));
    scene.report(
        "L13",
        CREATE,
        site.create.source(),
        format!("anyone on the web can sign up (portal-only accounts for any domain) and use the open projects: {open}"),
        "restrict the projects, list `allowed_domains`, or set `customers_can_create_accounts: false`; or acknowledge L13 with a reason",
    );
    if known(&site.no_login) == Some(true) {
        scene.report(
            "L14",
            NO_LOGIN,
            site.no_login.source(),
            format!("anyone can view and use the open projects without even logging in: {open}"),
            "set `view_without_login: false`, or restrict the projects; or acknowledge L14 with a reason",
        );
    }
    if site.email_cc.value() == Some(&EmailAccountCreation::AnyoneBySettings) {
        scene.report(
            "L58",
            &SiteField::EmailCcCreatesAccounts.address_parts(),
            site.email_cc.source(),
            format!("whoever is in To or Cc of a customer's e-mail gets an account, on a site where anyone can sign up (open projects: {open})"),
            "set `email.cc_creates_accounts: agents_always`",
        );
    }
}

/// L15 and L16: viewing without login that cannot work or changes nothing.
fn without_login(scene: &mut Scene<'_, '_>) {
    let state = scene.state;
    let site = &state.site;
    if known(&site.no_login) != Some(true) {
        return;
    }
    if known(&site.create) == Some(false) {
        scene.report(
            "L15",
            NO_LOGIN,
            site.no_login.source(),
            "`view_without_login: true` needs `customers_can_create_accounts: true`, which is off",
            "turn both on or both off",
        );
    }
    let restricted = |fact: &Fact<ChannelAccess>| fact.value() == Some(&ChannelAccess::Restricted);
    if !state.projects.is_empty()
        && state
            .projects
            .iter()
            .all(|project| restricted(&project.channel_access))
    {
        let count = state.projects.len();
        scene.report(
            "L16",
            NO_LOGIN,
            site.no_login.source(),
            format!("`view_without_login: true` has no effect: none of the {count} projects in sight is open"),
            "open a project, or turn it off",
        );
    }
}

/// L62 and L64: how portal-only customers log in.
fn portal_only_login(scene: &mut Scene<'_, '_>) {
    let site = &scene.state.site;
    let (password, sso) = (&site.login_password, &site.login_sso);
    if known(password) == Some(false) && known(sso) == Some(false) {
        scene.report(
            "L62",
            &SiteField::PortalOnlyPassword.address_parts(),
            password.source(),
            "portal-only customers can log in neither by password nor by SSO; the site refuses it",
            "leave one of the two on",
        );
    }
    if known(sso) == Some(true)
        && known(&scene.state.site.external) == Some(false)
        && known(&scene.state.site.internal) == Some(true)
    {
        scene.report(
            "L64",
            &SiteField::PortalOnlySso.address_parts(),
            sso.source(),
            "SSO for portal-only customers is on, but only internal customers are let in: they use the SSO of the Atlassian organization",
            "turn `portal_only_login.sso` off",
        );
    }
}
