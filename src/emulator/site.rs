//! The state of one emulated site: a plain value that can be filled, compared and stored.

use super::accounts::{Account, AccountState, Accounts, Handle, NewAccount, Role};
use super::audit::{Audit, Event, Item};
use super::groups::Group;
use super::help_centers::HelpCenter;
use super::ids::{mix, uuid_of, uuid_text};
use super::members::Members;
use super::objects::{Organization, Project, SiteError, Space};
use super::roles::{ProjectRole, RoleActor};
use super::settings::{ConfluencePlan, DomainAccess, SiteSettings, granted};
use crate::model::{
    AccountId, AccountKind, CloudId, Email, OrganizationId, OrganizationName, ProjectKey, SpaceKey,
    WhoCanView,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The built-in callers: address, password and display name.
pub(super) const ADMIN: (&str, &str) = ("admin@sandbox.example", "sandbox-admin");
pub(super) const AGENT: (&str, &str) = ("agent@sandbox.example", "sandbox-agent");

/// The categories of audit records about organizations and projects.
const ORGANIZATIONS: &str = "customer organizations";
pub(super) const PROJECTS: &str = "projects";

/// One emulated site with everything that customers' access depends on.
///
/// Two sites are equal when nobody could tell them apart over the wire; the order in which things were made counts only
/// where an id shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Site {
    name: String,
    cloud_id: CloudId,
    atlassian_organization: String,
    next_id: u64,
    /// The highest id of a deleted organization: no id is given twice.
    #[serde(default)]
    highest_deleted: u32,
    pub(super) settings_version: u64,
    /// The settings that only people can change on a real site.
    pub settings: SiteSettings,
    /// The Confluence plan.
    pub confluence_plan: ConfluencePlan,
    /// Whether people have to go through the door `verify` before their account is verified (R6); otherwise they are at once.
    #[serde(default)]
    pub verification_by_hand: bool,
    /// Approved domains of the Atlassian organization, `ANYONE` included, by lower-case domain.
    pub approved_domains: BTreeMap<String, DomainAccess>,
    pub(super) accounts: Accounts,
    pub(super) organizations: BTreeMap<u32, Organization>,
    pub(super) projects: BTreeMap<ProjectKey, Project>,
    pub(super) spaces: BTreeMap<SpaceKey, Space>,
    /// The groups that somebody made, by name.
    #[serde(default)]
    pub(super) groups: BTreeMap<String, Group>,
    /// Who is in a role of every project that is made from now on.
    #[serde(default)]
    pub(super) default_actors: BTreeSet<(ProjectRole, RoleActor)>,
    /// Help centers by name, that of the site only where it is not public.
    #[serde(default)]
    pub(super) help_centers: BTreeMap<String, HelpCenter>,
    /// Who changed what; no part of what makes two sites equal.
    #[serde(default)]
    pub(super) audit: Audit,
    #[serde(skip)]
    names: HashMap<String, u32>,
}

impl Site {
    /// Makes a site with nothing on it but the two built-in callers, all settings at their defaults.
    ///
    /// Every id follows from the name and the order of creation, so that the same steps give the same site.
    pub fn empty(name: &str) -> Self {
        let mut site = Self {
            name: name.to_owned(),
            cloud_id: CloudId::new(uuid_of(&format!("cloud {name}"))),
            atlassian_organization: uuid_of(&format!("organization {name}")),
            next_id: 0,
            highest_deleted: 0,
            settings_version: 1,
            settings: SiteSettings::default(),
            confluence_plan: ConfluencePlan::Standard,
            verification_by_hand: false,
            approved_domains: BTreeMap::new(),
            accounts: Accounts::default(),
            organizations: BTreeMap::new(),
            projects: BTreeMap::new(),
            spaces: BTreeMap::new(),
            groups: BTreeMap::new(),
            default_actors: BTreeSet::new(),
            help_centers: BTreeMap::new(),
            audit: Audit::default(),
            names: HashMap::new(),
        };
        for ((address, _), name, role) in [
            (ADMIN, "Sandbox Admin", Role::Admin),
            (AGENT, "Sandbox Agent", Role::User),
        ] {
            if let Ok(email) = Email::new(address) {
                site.add_account(NewAccount {
                    name: Some(name.to_owned()),
                    ..NewAccount::atlassian(email, role)
                });
            }
        }
        site
    }

    /// Returns the name that the site was made with.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the cloud id.
    pub fn cloud_id(&self) -> &CloudId {
        &self.cloud_id
    }

    /// Returns the id of the Atlassian organization that owns the site.
    pub fn atlassian_organization(&self) -> &str {
        &self.atlassian_organization
    }

    /// Returns the ARI by which approved domains name this site's Jira Service Management.
    pub fn jsm_product(&self) -> String {
        format!("ari:cloud:jira-servicedesk::site/{}", self.cloud_id)
    }

    /// Returns every account in the order of creation, the built-in callers first.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.iter()
    }

    /// Returns the account with this id.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.accounts.by_id(&id.text())
    }

    /// Returns the accounts on this address, compared as addresses are: none, one, or one of each kind.
    pub fn accounts_with_email(&self, email: &str) -> Vec<&Account> {
        self.accounts
            .with_email(email)
            .filter_map(|handle| self.accounts.get(handle))
            .collect()
    }

    /// Adds an account and returns its id, without asking whether the site's rules would let it in.
    ///
    /// Where the given id exists already, or an account of the same kind on the same address, that one is changed instead. The built-in
    /// callers keep their roles, so that a seed that lists them cannot lock everybody out.
    pub fn add_account(&mut self, new: NewAccount) -> AccountId {
        let known = match &new.id {
            Some(id) => self.accounts.handle(&id.text()),
            None => self
                .accounts
                .with_email(new.email.key())
                .find(|h| self.accounts.get(*h).is_some_and(|a| a.kind == new.kind)),
        };
        let id = match (&new.id, known) {
            (_, Some(handle)) => self.accounts.id_of(handle).to_owned(),
            (Some(id), None) => id.to_string(),
            (None, None) => self.new_account_id(new.kind),
        };
        let email: std::sync::Arc<str> = new.email.written().into();
        let name = match new.name {
            Some(name) if !name.is_empty() => name.as_str().into(),
            _ => std::sync::Arc::clone(&email),
        };
        let built_in = [(ADMIN.0, Role::Admin), (AGENT.0, Role::User)]
            .into_iter()
            .find(|(address, _)| new.kind == AccountKind::Atlassian && new.email.key() == *address);
        self.accounts.put(Account {
            id: id.as_str().into(),
            email,
            name,
            kind: new.kind,
            role: match (new.kind, built_in) {
                (AccountKind::PortalOnly, _) => Role::None,
                (AccountKind::Atlassian, Some((_, role))) => role,
                (AccountKind::Atlassian, None) => new.role,
            },
            also_customer: false,
            apps: match new.kind {
                AccountKind::PortalOnly => BTreeSet::new(),
                AccountKind::Atlassian => new.apps,
            },
            service: new.service && new.kind == AccountKind::Atlassian,
            state: if built_in.is_some() {
                AccountState::Active
            } else {
                new.state
            },
            email_hidden: new.email_hidden,
        });
        AccountId::new(id)
    }

    /// Changes whether an account can be used.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn set_account_state(
        &mut self,
        id: &AccountId,
        state: AccountState,
    ) -> Result<(), SiteError> {
        let handle = self.handle(id)?;
        self.accounts.set_state(handle, state);
        Ok(())
    }

    /// Returns every organization by ascending id.
    pub fn organizations(&self) -> impl Iterator<Item = &Organization> {
        self.organizations.values()
    }

    /// Returns the organization with this id.
    pub fn organization(&self, id: &OrganizationId) -> Option<&Organization> {
        self.organizations.get(&id.as_str().parse().ok()?)
    }

    /// Returns the organization of this name.
    pub fn organization_named(&self, name: &str) -> Option<&Organization> {
        self.organizations.get(self.names.get(name)?)
    }

    /// Returns an organization for changing what is public in it.
    pub fn organization_mut(&mut self, id: &OrganizationId) -> Option<&mut Organization> {
        self.organizations.get_mut(&id.as_str().parse().ok()?)
    }

    /// Adds an organization, or finds the one of that name, and returns its id.
    pub fn add_organization(&mut self, name: &OrganizationName) -> OrganizationId {
        let id = self.next_organization();
        OrganizationId::new(self.put_organization(name.as_str(), id).to_string())
    }

    /// Adds an organization under a given numeric id, or finds the one of that name, and returns its id.
    ///
    /// An id that is not a number or is taken is replaced by the next free one.
    pub fn add_organization_with_id(
        &mut self,
        name: &OrganizationName,
        id: &OrganizationId,
    ) -> OrganizationId {
        match id.as_str().parse() {
            Ok(id) if !self.organizations.contains_key(&id) => {
                OrganizationId::new(self.put_organization(name.as_str(), id).to_string())
            }
            _ => self.add_organization(name),
        }
    }

    /// Gives an organization another name, as people can do on its page.
    ///
    /// # Errors
    /// When there is no such organization, or the name is taken.
    pub fn rename_organization(
        &mut self,
        id: &OrganizationId,
        name: &OrganizationName,
    ) -> Result<(), SiteError> {
        let number = self.organization_number(id)?;
        if self.names.get(name.as_str()).is_some_and(|n| *n != number) {
            return Err(SiteError::NameTaken(name.clone()));
        }
        if let Some(organization) = self.organizations.get_mut(&number) {
            self.names.remove(&organization.name);
            let before = std::mem::replace(&mut organization.name, name.as_str().to_owned());
            self.names.insert(name.as_str().to_owned(), number);
            let item = Item::new("ORGANIZATION", number, name);
            let entry = Event::site(ORGANIZATIONS, "Customer organization renamed", item);
            self.note(entry.changed("Name", before, name));
        }
        Ok(())
    }

    /// Deletes an organization with its links; its members' accounts stay.
    ///
    /// # Errors
    /// When there is no such organization.
    pub fn delete_organization(&mut self, id: &OrganizationId) -> Result<(), SiteError> {
        let number = self.organization_number(id)?;
        self.drop_organization(number);
        Ok(())
    }

    /// Returns the members of an organization, sorted by account id.
    pub fn organization_members(&self, id: &OrganizationId) -> Vec<&Account> {
        self.organization(id)
            .map(|organization| self.rows(organization.members.as_slice()))
            .unwrap_or_default()
    }

    /// Adds people to an organization; one call for many is far cheaper than many calls.
    ///
    /// # Errors
    /// When the organization or an account does not exist; nobody is added then.
    pub fn add_members(
        &mut self,
        id: &OrganizationId,
        accounts: &[AccountId],
    ) -> Result<(), SiteError> {
        let number = self.organization_number(id)?;
        let batch = self.handles(accounts)?;
        if let Some(organization) = self.organizations.get_mut(&number) {
            organization.members.insert(batch, &self.accounts);
        }
        Ok(())
    }

    /// Removes people from an organization.
    ///
    /// # Errors
    /// When the organization or an account does not exist; nobody is removed then.
    pub fn remove_members(
        &mut self,
        id: &OrganizationId,
        accounts: &[AccountId],
    ) -> Result<(), SiteError> {
        let number = self.organization_number(id)?;
        let batch = self.handles(accounts)?;
        if let Some(organization) = self.organizations.get_mut(&number) {
            organization.members.remove(&batch, &self.accounts);
        }
        Ok(())
    }

    /// Returns every Confluence space by key.
    pub fn spaces(&self) -> impl Iterator<Item = (&SpaceKey, &Space)> {
        self.spaces.iter()
    }

    /// Returns the space with this key.
    pub fn space(&self, key: &SpaceKey) -> Option<&Space> {
        self.spaces.get(key)
    }

    /// Returns a space for changing what is public in it.
    pub fn space_mut(&mut self, key: &SpaceKey) -> Option<&mut Space> {
        self.spaces.get_mut(key)
    }

    /// Adds a Confluence space that only people with Confluence access can view. An existing one is left alone.
    pub fn add_space(&mut self, key: &SpaceKey, name: &str) -> &mut Space {
        let id = self.spaces.values().map(|s| s.id).max().unwrap_or(65_000) + 1;
        self.spaces.entry(key.clone()).or_insert_with(|| Space {
            id,
            name: name.to_owned(),
            anonymous_access: false,
            unlicensed_access: false,
            who_can_view: WhoCanView::OnlyConfluenceUsers,
        })
    }

    /// Links a space to a project's knowledge base and sets who can view it, without asking the site's rules.
    ///
    /// # Errors
    /// When one of them does not exist.
    pub fn link_space(
        &mut self,
        key: &ProjectKey,
        space: &SpaceKey,
        who_can_view: WhoCanView,
    ) -> Result<(), SiteError> {
        let project = self
            .projects
            .get_mut(key)
            .ok_or_else(|| SiteError::Project(key.clone()))?;
        let state = self
            .spaces
            .get_mut(space)
            .ok_or_else(|| SiteError::Space(space.clone()))?;
        project.knowledge_base.insert(space.clone());
        state.view_by(who_can_view);
        Ok(())
    }

    /// Grants a JSM role of this site to a domain, or to `ANYONE`, keeping what other products it has.
    pub fn approve_domain(&mut self, domain: &str, role: Role, admin_approval_required: bool) {
        let product = self.jsm_product();
        if let Some(grant) = granted(role, admin_approval_required) {
            let access = self.approved_domains.entry(domain.to_owned()).or_default();
            access.products.insert(product, grant);
        }
    }

    /// Returns the id of the next organization: higher than that of every one before, deleted ones included.
    pub(super) fn next_organization(&self) -> u32 {
        let highest = self.organizations.keys().next_back().copied();
        highest.unwrap_or(0).max(self.highest_deleted) + 1
    }

    pub(super) fn put_organization(&mut self, name: &str, id: u32) -> u32 {
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        let uuid = self.new_uuid();
        self.names.insert(name.to_owned(), id);
        self.organizations.insert(
            id,
            Organization {
                id,
                uuid,
                name: name.to_owned(),
                members: Members::default(),
                email_domains: BTreeSet::new(),
                properties: BTreeMap::new(),
                scim_managed: false,
            },
        );
        let item = Item::new("ORGANIZATION", id, name);
        self.note(Event::site(
            ORGANIZATIONS,
            "Customer organization created",
            item,
        ));
        id
    }

    pub(super) fn drop_organization(&mut self, number: u32) {
        if let Some(organization) = self.organizations.remove(&number) {
            self.names.remove(&organization.name);
            self.highest_deleted = self.highest_deleted.max(number);
            let item = Item::new("ORGANIZATION", number, &organization.name);
            self.note(Event::site(
                ORGANIZATIONS,
                "Customer organization deleted",
                item,
            ));
        }
        for project in self.projects.values_mut() {
            project.organizations.remove(&number);
        }
        for center in self.help_centers.values_mut() {
            center.organizations.remove(&number);
        }
    }

    pub(super) fn rows(&self, handles: &[Handle]) -> Vec<&Account> {
        handles
            .iter()
            .filter_map(|handle| self.accounts.get(*handle))
            .collect()
    }

    /// Builds the name index, which is not stored, and refuses a state whose members are not its accounts.
    fn restore(&mut self) -> Result<(), String> {
        let accounts = self.accounts.len();
        let lists = self
            .organizations
            .values()
            .map(|o| &o.members)
            .chain(self.projects.values().flat_map(|p| [&p.roster, &p.record]))
            .chain(self.groups.values().map(|group| &group.members));
        for list in lists {
            if list.as_slice().iter().any(|h| *h as usize >= accounts) {
                return Err("a list names an account that is not there".into());
            }
        }
        self.names = self
            .organizations
            .values()
            .map(|o| (o.name.clone(), o.id))
            .collect();
        Ok(())
    }

    fn handle(&self, id: &AccountId) -> Result<Handle, SiteError> {
        self.accounts
            .handle(&id.text())
            .ok_or(SiteError::Account(*id))
    }

    pub(super) fn handles(&self, ids: &[AccountId]) -> Result<Vec<Handle>, SiteError> {
        ids.iter().map(|id| self.handle(id)).collect()
    }

    pub(super) fn organization_number(&self, id: &OrganizationId) -> Result<u32, SiteError> {
        id.as_str()
            .parse()
            .ok()
            .filter(|number| self.organizations.contains_key(number))
            .ok_or_else(|| SiteError::Organization(id.clone()))
    }

    fn new_account_id(&mut self, kind: AccountKind) -> String {
        let uuid = self.new_uuid();
        match kind {
            AccountKind::PortalOnly => format!("qm:{}:{uuid}", self.cloud_id),
            AccountKind::Atlassian => format!("712020:{uuid}"),
        }
    }

    /// Makes the next id: a bijective mix of a counter, so that ids differ, repeat from run to run, and do not sort by age.
    fn new_uuid(&mut self) -> String {
        self.next_id += 1;
        let low = mix(self.next_id);
        let high = mix(low ^ 0x5bd1_e995_0000_0000);
        uuid_text(high, low)
    }
}

// The derived functions do the work; these only add what is not stored.
impl Serialize for Site {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Site {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut site = Self::deserialize(deserializer)?;
        site.restore().map_err(serde::de::Error::custom)?;
        Ok(site)
    }
}

impl PartialEq for Site {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.cloud_id == other.cloud_id
            && self.settings == other.settings
            && self.confluence_plan == other.confluence_plan
            && self.verification_by_hand == other.verification_by_hand
            && self.approved_domains == other.approved_domains
            && self.spaces == other.spaces
            && self.accounts == other.accounts
            && self.default_actors == other.default_actors
            && self.help_centers == other.help_centers
            && self.organizations.len() == other.organizations.len()
            && self.projects.len() == other.projects.len()
            && self.groups.len() == other.groups.len()
            && self.groups.iter().zip(&other.groups).all(|(a, b)| {
                (a.0, &a.1.id, a.1.role, &a.1.apps) == (b.0, &b.1.id, b.1.role, &b.1.apps)
                    && self.rows(a.1.members.as_slice()) == other.rows(b.1.members.as_slice())
            })
            && self
                .organizations
                .values()
                .zip(other.organizations.values())
                .all(|(a, b)| {
                    (
                        a.id,
                        &a.name,
                        &a.email_domains,
                        &a.properties,
                        a.scim_managed,
                    ) == (
                        b.id,
                        &b.name,
                        &b.email_domains,
                        &b.properties,
                        b.scim_managed,
                    ) && self.rows(a.members.as_slice()) == other.rows(b.members.as_slice())
                })
            && self
                .projects
                .values()
                .zip(other.projects.values())
                .all(|(a, b)| {
                    (&a.key, a.id, a.desk, &a.name) == (&b.key, b.id, b.desk, &b.name)
                        && (a.channel_access, a.customer_sharing)
                            == (b.channel_access, b.customer_sharing)
                        && a.organizations == b.organizations
                        && a.knowledge_base == b.knowledge_base
                        && a.permissions == b.permissions
                        && (a.team_managed, &a.request_types) == (b.team_managed, &b.request_types)
                        && self.rows(a.record.as_slice()) == other.rows(b.record.as_slice())
                        && self.rows(a.roster.as_slice()) == other.rows(b.roster.as_slice())
                })
    }
}
