//! From a seed workspace to the sandbox's state: the live site, described in the same YAML.
//!
//! Seeds bypass the rules on who may be created: they say what is there.

use crate::config::{
    ApprovedRole, ConfluencePlan, Roster, SeedAccountState, SeedApp, SeedAudience, SeedRole,
    Site as Declared, Who, Workspace,
};
use crate::emulator::{
    self, AccountState, App, Audience, NewAccount, ProjectRole, RequestType, Role, RoleActor, Site,
};
use crate::model::{
    AccountId, AccountKind, Email, OrganizationId, OrganizationName, SiteField, SiteKey, SiteValue,
    WhoCanView,
};
use std::collections::{BTreeMap, BTreeSet};

/// Why a seed cannot become a site.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The seed has no such site.
    #[error("the seed does not describe site `{0}`")]
    NoSite(SiteKey),
    /// Something that the seed names does not fit together.
    #[error("the seed cannot be built: {0}")]
    Inconsistent(#[from] emulator::SiteError),
    /// An organization's id is not a number, or is taken.
    #[error("organization `{0}` of the seed has the id `{1}`, which is not free or not a number")]
    Id(String, String),
}

/// The fields of `customer_access`.
const OF_CUSTOMER_ACCESS: [SiteField; 5] = [
    SiteField::Internal,
    SiteField::External,
    SiteField::AllowedDomains,
    SiteField::CustomersCanCreateAccounts,
    SiteField::ViewWithoutLogin,
];

/// Builds the sandbox's site from what a seed workspace says of it.
///
/// # Errors
/// When the seed has no such site, or an organization's id cannot be had.
pub fn build(seed: &Workspace, key: &SiteKey) -> Result<Site, SeedError> {
    let declared = seed
        .sites
        .get(key)
        .ok_or_else(|| SeedError::NoSite(key.clone()))?;
    let mut site = Site::empty(key.as_str());
    settings(&mut site, declared);
    site.verification_by_hand = declared.sandbox.verification_by_hand;
    let mut people = accounts(&mut site, declared);
    groups(&mut site, declared, &mut people)?;
    let ids = organizations(&mut site, declared, &mut people)?;
    for (key, space) in &declared.spaces {
        let made = site.add_space(key, key.as_str());
        made.anonymous_access = space
            .anonymous_access
            .as_ref()
            .is_some_and(|access| access.value);
        made.unlicensed_access = space
            .unlicensed_access
            .as_ref()
            .is_some_and(|access| access.value);
    }
    for (key, project) in &declared.projects {
        let made = site.add_project(key, key.as_str());
        if let Some(access) = &project.channel_access {
            made.channel_access = access.value;
        }
        if let Some(sharing) = &project.customer_sharing {
            made.customer_sharing = sharing.value;
        }
        for linked in project.organizations.iter().flat_map(|linked| &linked.list) {
            if let Some(id) = ids.get(&linked.value) {
                site.set_organization_link(key, id, true)?;
            }
        }
        if let Some(roster) = &project.customers {
            let customers = people.of(&mut site, roster);
            site.add_customers(key, &customers)?;
        }
        for (space, linked) in &project.knowledge_base {
            site.add_space(space, space.as_str());
            let viewers = linked
                .who_can_view
                .as_ref()
                .map_or(WhoCanView::OnlyConfluenceUsers, |viewers| viewers.value);
            site.link_space(key, space, viewers)?;
        }
    }
    approved_domains(&mut site, seed, declared);
    doors(&mut site, declared, &mut people)?;
    Ok(site)
}

fn accounts(site: &mut Site, declared: &Declared) -> People {
    let mut people = People::default();
    for account in &declared.accounts {
        let id = site.add_account(NewAccount {
            email: account.email,
            name: account.name.clone(),
            kind: account.account,
            id: account.account_id,
            role: role_of(account.role),
            state: match account.state {
                SeedAccountState::Active => AccountState::Active,
                SeedAccountState::Unverified => AccountState::Unverified,
                SeedAccountState::Revoked => AccountState::Revoked,
                SeedAccountState::Deactivated => AccountState::Deactivated,
            },
            apps: apps(&account.apps),
            service: account.service,
            email_hidden: account.email_hidden,
        });
        people
            .by_email
            .entry(account.email)
            .or_default()
            .push((account.account, id));
    }
    people
}

/// Makes the organizations, those with an id of their own first, so that it is free.
fn organizations<'d>(
    site: &mut Site,
    declared: &'d Declared,
    people: &mut People,
) -> Result<BTreeMap<&'d OrganizationName, OrganizationId>, SeedError> {
    let mut ids = BTreeMap::new();
    for (name, organization) in &declared.organizations {
        if let Some(id) = &organization.id {
            let got = site.add_organization_with_id(name, &id.value);
            if got != id.value {
                return Err(SeedError::Id(
                    name.as_str().to_owned(),
                    id.value.as_str().to_owned(),
                ));
            }
            ids.insert(name, got);
        }
    }
    for (name, organization) in &declared.organizations {
        let id: OrganizationId = ids
            .get(name)
            .cloned()
            .unwrap_or_else(|| site.add_organization(name));
        if let Some(roster) = &organization.members {
            let members = people.of(site, roster);
            site.add_members(&id, &members)?;
        }
        if let Some(made) = site.organization_mut(&id) {
            made.scim_managed = organization.managed_by == crate::config::ManagedBy::Scim;
            if let Some(domains) = &organization.email_domains {
                made.email_domains = domains
                    .value
                    .iter()
                    .map(|domain| domain.value.clone())
                    .collect();
            }
        }
        ids.insert(name, id);
    }
    Ok(ids)
}

fn role_of(role: SeedRole) -> Role {
    match role {
        SeedRole::None => Role::None,
        SeedRole::Customer => Role::Customer,
        SeedRole::User => Role::User,
        SeedRole::Admin => Role::Admin,
    }
}

fn apps(apps: &BTreeSet<SeedApp>) -> BTreeSet<App> {
    apps.iter()
        .map(|app| match app {
            SeedApp::Jira => App::Jira,
            SeedApp::Confluence => App::Confluence,
        })
        .collect()
}

/// Makes the groups, and those among them that every project has as customers, before there is a project.
fn groups(site: &mut Site, declared: &Declared, people: &mut People) -> Result<(), SeedError> {
    let sandbox = &declared.sandbox;
    for (name, group) in &sandbox.groups {
        site.add_group(name, group.id.as_deref());
        site.set_group_access(name, role_of(group.role), apps(&group.apps))?;
        // Whom the group makes a customer needs no role besides.
        let own = match group.role {
            SeedRole::None => Role::Customer,
            _ => Role::None,
        };
        let members: Vec<AccountId> = group
            .members
            .iter()
            .map(|email| people.internal(site, email, own))
            .collect();
        site.add_to_group(name, &members)?;
    }
    for name in &sandbox.default_customer_groups {
        site.add_default_actor(ProjectRole::Customers, RoleActor::Group(name.clone()))?;
    }
    Ok(())
}

/// Adds groups as customers, and what no workspace manages, such as who is listed for the record.
fn doors(site: &mut Site, declared: &Declared, people: &mut People) -> Result<(), SeedError> {
    for (key, project) in &declared.projects {
        let groups = project.customer_groups.iter();
        for group in groups.flat_map(|groups| &groups.list) {
            if !declared.sandbox.groups.contains_key(&group.name) {
                site.add_group(&group.name, group.id.as_deref());
            }
            let group = RoleActor::Group(group.name.clone());
            site.add_role_actor(key, ProjectRole::Customers, group)?;
        }
    }
    for (key, project) in &declared.sandbox.projects {
        site.add_project(key, key.as_str()).team_managed = project.team_managed;
        for name in &project.customer_groups {
            let group = RoleActor::Group(name.clone());
            site.add_role_actor(key, ProjectRole::Customers, group)?;
        }
        let record: Vec<AccountId> = project
            .for_the_record
            .iter()
            .map(|email| people.account(site, email, None, None))
            .collect();
        site.list_for_the_record(key, &record)?;
        for (name, kind) in &project.request_types {
            let people = kind
                .people
                .iter()
                .map(|email| people.account(site, email, None, None))
                .collect();
            let kind = RequestType {
                name: name.clone(),
                groups: kind.groups.iter().cloned().collect(),
                people,
            };
            site.set_request_type(key, kind)?;
        }
        if !project.agent_administers {
            site.dismiss_agent(key)?;
        }
    }
    for (name, center) in &declared.sandbox.help_centers {
        let audience = match center.audience {
            SeedAudience::Public => Audience::Public,
            SeedAudience::External => Audience::External,
            SeedAudience::Internal => Audience::Internal,
            SeedAudience::Organizations => Audience::Organizations,
        };
        let organizations: Vec<OrganizationId> = center
            .organizations
            .iter()
            .map(|name| site.add_organization(name))
            .collect();
        site.set_help_center(name, audience, &organizations)?;
        if center.customer_service {
            site.set_support_site(name);
        }
    }
    Ok(())
}

fn settings(site: &mut Site, declared: &Declared) {
    let settings = &mut site.settings;
    // What a description of customer access leaves out is off; a seed that says nothing of it is as an empty site.
    if declared
        .settings
        .keys()
        .any(|field| OF_CUSTOMER_ACCESS.contains(field))
    {
        settings.portal_only_accounts = false;
    }
    for (field, value) in &declared.settings {
        match (field, &value.value) {
            (SiteField::Internal, SiteValue::Toggle(on)) => settings.atlassian_accounts = *on,
            (SiteField::External, SiteValue::Toggle(on)) => settings.portal_only_accounts = *on,
            (SiteField::AllowedDomains, SiteValue::Domains(list)) => {
                settings.restrict_domains = list.is_some();
                settings.allowed_domains = list.clone().unwrap_or_default();
            }
            (SiteField::CustomersCanCreateAccounts, SiteValue::Toggle(on)) => {
                settings.customers_can_create_accounts = *on
            }
            (SiteField::ViewWithoutLogin, SiteValue::Toggle(on)) => {
                settings.view_without_login = *on
            }
            (SiteField::EmailCcCreatesAccounts, SiteValue::EmailAccountCreation(value)) => {
                settings.email_account_creation = *value;
            }
            (SiteField::OrganizationManagement, SiteValue::OrganizationManagement(value)) => {
                settings.organization_management = *value;
            }
            (SiteField::PortalOnlyPassword, SiteValue::Toggle(on)) => {
                settings.portal_only_password = *on
            }
            (SiteField::PortalOnlySso, SiteValue::Toggle(on)) => settings.portal_only_sso = *on,
            (SiteField::KnowledgeBaseAllLoggedIn, SiteValue::Toggle(on)) => {
                settings.kb_allow_all_logged_in = *on
            }
            (SiteField::KnowledgeBaseAnyone, SiteValue::Toggle(on)) => {
                settings.kb_allow_anyone = *on
            }
            // The loader gives each field a value of its own kind.
            _ => {}
        }
    }
    if let Some(plan) = &declared.confluence_plan {
        site.confluence_plan = match plan.value {
            ConfluencePlan::Free => emulator::ConfluencePlan::Free,
            ConfluencePlan::Standard => emulator::ConfluencePlan::Standard,
            ConfluencePlan::Premium => emulator::ConfluencePlan::Premium,
            ConfluencePlan::Enterprise => emulator::ConfluencePlan::Enterprise,
        };
    }
}

fn approved_domains(site: &mut Site, seed: &Workspace, declared: &Declared) {
    let organization = declared
        .atlassian_organization
        .as_ref()
        .and_then(|key| seed.atlassian_organizations.get(&key.value));
    let Some(organization) = organization else {
        return;
    };
    let role = |role: ApprovedRole| match role {
        ApprovedRole::Customer => Role::Customer,
        ApprovedRole::User => Role::User,
        ApprovedRole::None => Role::None,
    };
    for (domain, entry) in organization
        .approved_domains
        .iter()
        .flat_map(|approved| &approved.domains)
    {
        if let Some(grant) = entry.sites.get(&declared.key) {
            site.approve_domain(domain.as_str(), role(grant.role), grant.admin_approval);
        }
    }
    if let Some(grant) = organization.any_domain.get(&declared.key) {
        site.approve_domain(emulator::ANYONE, role(grant.role), grant.admin_approval);
    }
}

/// Accounts that the seed named so far, by address.
#[derive(Default)]
struct People {
    by_email: BTreeMap<Email, Vec<(AccountKind, AccountId)>>,
}

impl People {
    /// Returns the accounts of a roster; people named here for the first time get active portal-only accounts.
    fn of(&mut self, site: &mut Site, roster: &Roster) -> Vec<AccountId> {
        roster
            .entries
            .iter()
            .map(|entry| {
                let email = match &entry.who {
                    Who::Account(id) => return *id,
                    Who::Email(email) => email,
                };
                let kind = entry.extra.as_ref().and_then(|extra| extra.account);
                let name = entry.name.as_deref().map(str::to_owned);
                self.account(site, email, kind, name)
            })
            .collect()
    }

    /// Returns the account of an address, of a kind where one is asked for.
    fn account(
        &mut self,
        site: &mut Site,
        email: &Email,
        kind: Option<AccountKind>,
        name: Option<String>,
    ) -> AccountId {
        let known = self.by_email.entry(*email).or_default();
        let chosen = known
            .iter()
            .find(|(known, _)| kind.is_none_or(|kind| kind == *known));
        if let Some((_, id)) = chosen {
            return *id;
        }
        let kind = kind.unwrap_or(AccountKind::PortalOnly);
        let new = match kind {
            AccountKind::PortalOnly => NewAccount::portal_only(*email),
            AccountKind::Atlassian => NewAccount::atlassian(*email, Role::Customer),
        };
        let id = site.add_account(NewAccount { name, ..new });
        known.push((kind, id));
        id
    }

    /// Returns the Atlassian account of an address; one with a role of its own where there is none.
    fn internal(&mut self, site: &mut Site, email: &Email, role: Role) -> AccountId {
        let known = self.by_email.entry(*email).or_default();
        let there = known
            .iter()
            .find(|(kind, _)| *kind == AccountKind::Atlassian)
            .map(|(_, id)| *id)
            // The built-in callers are there without being declared.
            .or_else(|| {
                let there = site.accounts_with_email(email.key());
                there
                    .into_iter()
                    .find(|account| account.kind == AccountKind::Atlassian)
                    .map(emulator::Account::id)
            });
        let id = there.unwrap_or_else(|| site.add_account(NewAccount::atlassian(*email, role)));
        known.push((AccountKind::Atlassian, id));
        id
    }
}
