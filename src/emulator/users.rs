//! The directory of the Atlassian organization over the Admin API: people with Atlassian accounts, groups, and who has which
//! role in which app of the site.
//!
//! Roles are told whole, those through groups included; assigning and revoking changes what an account has by itself.

use super::accounts::{Account, AccountState, App, Role};
use super::admin::check_organization;
use super::audit::{Event, Item};
use super::call::{Answer, Call, Reply};
use super::ids::uuid_of;
use super::site::{ADMIN, AGENT, Site};
use crate::model::{AccountKind, Domain};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// An app of the site, which roles are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource {
    /// Jira Service Management.
    Jsm,
    /// Another one.
    Other(App),
}

impl Resource {
    const ALL: [Self; 3] = [
        Self::Jsm,
        Self::Other(App::Jira),
        Self::Other(App::Confluence),
    ];

    const fn owner(self) -> &'static str {
        match self {
            Self::Jsm => "jira-servicedesk",
            Self::Other(App::Jira) => "jira-software",
            Self::Other(App::Confluence) => "confluence",
        }
    }

    fn ari(self, site: &Site) -> String {
        format!("ari:cloud:{}::site/{}", self.owner(), site.cloud_id())
    }

    /// Reads an ARI; Jira answers to three names.
    fn of(site: &Site, ari: &str) -> Option<Self> {
        let (owner, cloud) = ari.strip_prefix("ari:cloud:")?.split_once("::site/")?;
        if cloud != site.cloud_id().as_str() {
            return None;
        }
        match owner {
            "jira-servicedesk" => Some(Self::Jsm),
            "jira" | "jira-core" | "jira-software" => Some(Self::Other(App::Jira)),
            "confluence" => Some(Self::Other(App::Confluence)),
            _ => None,
        }
    }
}

/// The words of the roles that a JSM role stands for.
const fn words(role: Role) -> &'static [&'static str] {
    match role {
        Role::None => &[],
        Role::Customer => &["atlassian/customer"],
        Role::User => &["atlassian/user"],
        Role::Admin => &["atlassian/admin", "atlassian/user"],
    }
}

/// Lists the directories of the organization: one.
pub(super) fn directories(site: &Site, call: &Call<'_>) -> Reply {
    check_organization(site, call)?;
    let row = json!({"directoryId": directory(site), "name": site.name()});
    Ok(Answer::json(200, &json!({"data": [row], "links": {}})))
}

/// Lists the people with Atlassian accounts.
pub(super) fn users(site: &Site, call: &Call<'_>) -> Reply {
    check_directory(site, call)?;
    let page = Page::of(call)?;
    let filter = Filter::of(site, &page.query);
    let found = (0..)
        .zip(site.accounts.iter())
        .skip(page.from)
        .filter(|(_, account)| is_listed(account) && filter.takes(site, account));
    let rows = found.map(|(at, account)| (at, user_row(site, account)));
    Ok(page.answer(rows))
}

/// Reads one person.
pub(super) fn user(site: &Site, call: &Call<'_>) -> Reply {
    check_directory(site, call)?;
    let account = listed(site, call, "userId")?;
    Ok(Answer::json(200, &json!({"data": user_row(site, account)})))
}

/// Lists the roles of a person.
pub(super) fn role_assignments(site: &Site, call: &Call<'_>) -> Reply {
    check_directory(site, call)?;
    let account = listed(site, call, "accountId")?;
    let page = Page::of(call)?;
    let asked = Asked::of(site, &page.query);
    let mut rows: Vec<Value> = Resource::ALL
        .into_iter()
        .map(|resource| (resource, roles_in(site, account, resource)))
        .filter(|(resource, roles)| asked.takes(*resource, roles))
        .map(|(resource, roles)| {
            json!({
                "resourceId": resource.ari(site), "resourceOwner": resource.owner(), "roles": roles,
                "directoryId": directory(site), "userDirectoryStatus": MEMBERSHIP,
            })
        })
        .collect();
    if site.role_of(account) == Role::Admin && asked.is_open() {
        rows.push(json!({
            "resourceId": format!("ari:cloud:platform::site/{}", site.cloud_id()),
            "resourceOwner": "platform", "roles": ["atlassian/site-admin"], "directoryId": null,
        }));
        rows.push(json!({
            "resourceId": format!("ari:cloud:platform::org/{}", site.atlassian_organization()),
            "resourceOwner": "platform", "roles": ["atlassian/org-admin"], "directoryId": null,
        }));
    }
    let from = page.from;
    Ok(page.answer((0..).zip(rows).skip(from)))
}

/// Lists groups.
pub(super) fn groups(site: &Site, call: &Call<'_>) -> Reply {
    check_directory(site, call)?;
    let page = Page::of(call)?;
    let asked = Asked::of(site, &page.query);
    let (ids, people) = (page.all("groupIds"), page.all("accountIds"));
    let term = page.one("searchTerm").to_lowercase();
    let rows = (0..)
        .zip(site.group_names())
        .skip(page.from)
        .filter(|(_, name)| {
            let has_member = || {
                let members = site.group_members(name);
                let mut members = members.iter().map(|handle| site.accounts.id_of(*handle));
                members.any(|id| people.iter().any(|asked| asked == id))
            };
            (ids.is_empty() || ids.contains(&site.group_id(name)))
                && (people.is_empty() || has_member())
                && name.to_lowercase().contains(&term)
                && (asked.is_open() || asked.any(|resource| group_roles(site, name, resource)))
        })
        .map(|(at, name)| {
            let row = json!({
                "id": site.group_id(&name), "name": name, "description": "",
                "directoryId": directory(site), "externalSynced": false, "managedBy": "admins",
            });
            (at, row)
        });
    Ok(page.answer(rows))
}

/// Lists the roles that a group grants.
pub(super) fn group_role_assignments(site: &Site, call: &Call<'_>) -> Reply {
    check_directory(site, call)?;
    let Some(name) = site.group_named(call.param("groupId")) else {
        return Err(call.error(404, "The group does not exist."));
    };
    let page = Page::of(call)?;
    let asked = Asked::of(site, &page.query);
    let rows = Resource::ALL
        .into_iter()
        .map(|resource| (resource, group_roles(site, &name, resource)))
        .filter(|(resource, roles)| asked.takes(*resource, roles))
        .map(|(resource, roles)| {
            // The groups that follow from roles are those by which an app grants them.
            let default = roles.last().filter(|_| !site.groups.contains_key(&name));
            json!({
                "resourceId": resource.ari(site), "resourceOwner": resource.owner(),
                "defaultRole": default, "roles": roles,
            })
        });
    let from = page.from;
    Ok(page.answer((0..).zip(rows).skip(from)))
}

/// Grants a role to an account itself.
pub(super) fn assign(site: &mut Site, call: &Call<'_>) -> Reply {
    change(site, call, true)
}

/// Takes from an account a role that it has by itself; what a group grants stays.
pub(super) fn revoke(site: &mut Site, call: &Call<'_>) -> Reply {
    change(site, call, false)
}

fn change(site: &mut Site, call: &Call<'_>, grant: bool) -> Reply {
    check_organization(site, call)?;
    let body = call.json()?;
    let role = body["role"].as_str().unwrap_or("");
    let account = listed(site, call, "userId")?.clone();
    let Some(resource) = Resource::of(site, body["resource"].as_str().unwrap_or("")) else {
        return Err(call.error(400, "resource must be the ARI of an app of the site."));
    };
    // Nobody is locked out of the sandbox.
    if [ADMIN.0, AGENT.0].contains(&&*account.email) && !grant {
        return Err(call.error(403, "The roles of this account cannot be taken away."));
    }
    match site.change_role(&account, resource, role, grant) {
        true => Ok(Answer::empty(204)),
        false => Err(call.error(400, &format!("The app has no role `{role}`."))),
    }
}

impl Site {
    /// Grants a role to an account itself, or takes one that it has by itself; `false` for a role that the app does not have.
    pub(super) fn change_role(
        &mut self,
        account: &Account,
        resource: Resource,
        role: &str,
        grant: bool,
    ) -> bool {
        let Some(changed) = changed(account, resource, role, grant) else {
            return false;
        };
        if changed != *account {
            let (action, summary) = match grant {
                true => ("user_granted_role", "Granted role to user"),
                false => ("user_revoked_role", "Revoked role from user"),
            };
            let item = Item::new("ROLE", resource.ari(self), role);
            let entry = Event::organization(action, summary, self.account_item(&account.id));
            self.note(entry.with(item));
        }
        let becomes_customer = grant && resource == Resource::Jsm && role == "atlassian/customer";
        let handle = self.accounts.put(changed);
        if becomes_customer {
            self.join_by_domain(handle);
        }
        true
    }
}

/// Returns the account as it is after a role was granted or taken; `None` for a role that the app does not have.
fn changed(account: &Account, resource: Resource, role: &str, grant: bool) -> Option<Account> {
    let mut account = account.clone();
    match (resource, role) {
        (Resource::Other(app), "atlassian/user") => {
            match grant {
                true => account.apps.insert(app),
                false => account.apps.remove(&app),
            };
        }
        (Resource::Jsm, "atlassian/customer") => match (grant, account.role) {
            (true, Role::None) => account.role = Role::Customer,
            (false, Role::Customer) => account.role = Role::None,
            (_, Role::User | Role::Admin) => account.also_customer = grant,
            _ => {}
        },
        (Resource::Jsm, "atlassian/user") => match (grant, account.role) {
            (true, Role::None | Role::Customer) => {
                account.also_customer = account.role == Role::Customer;
                account.role = Role::User;
            }
            (false, Role::User | Role::Admin) => {
                account.role = match account.also_customer {
                    true => Role::Customer,
                    false => Role::None,
                };
                account.also_customer = false;
            }
            _ => {}
        },
        (Resource::Jsm, "atlassian/admin") => match (grant, account.role) {
            (true, role) => {
                account.also_customer |= role == Role::Customer;
                account.role = Role::Admin;
            }
            (false, Role::Admin) => account.role = Role::User,
            (false, _) => {}
        },
        _ => return None,
    }
    Some(account)
}

/// The roles that an account has in an app, by itself and through groups.
fn roles_in(site: &Site, account: &Account, resource: Resource) -> Vec<&'static str> {
    let mut roles = BTreeSet::new();
    match resource {
        Resource::Jsm => {
            roles.extend(words(account.role));
            if account.also_customer {
                roles.extend(words(Role::Customer));
            }
        }
        Resource::Other(app) if account.apps.contains(&app) => {
            roles.extend(words(Role::User));
        }
        Resource::Other(_) => {}
    }
    for group in site.groups_of(account) {
        if site.groups.contains_key(&group) {
            roles.extend(group_roles(site, &group, resource));
        }
    }
    roles.into_iter().collect()
}

fn group_roles(site: &Site, name: &str, resource: Resource) -> Vec<&'static str> {
    let (role, apps) = site.group_access(name);
    match resource {
        Resource::Jsm => words(role).to_vec(),
        Resource::Other(app) if apps.contains(&app) => words(Role::User).to_vec(),
        Resource::Other(_) => Vec::new(),
    }
}

fn user_row(site: &Site, account: &Account) -> Value {
    json!({
        "accountId": &*account.id,
        "accountType": "atlassian",
        "status": status(account),
        "accountStatus": account_status(account),
        "membershipStatus": MEMBERSHIP,
        "name": &*account.name,
        "nickname": &*account.name,
        "email": &*account.email,
        "emailVerified": account.state != AccountState::Unverified,
        "claimStatus": "unmanaged",
        "platformRoles": platform_roles(site, account),
    })
}

fn platform_roles(site: &Site, account: &Account) -> &'static [&'static str] {
    match site.role_of(account) {
        Role::Admin => &["atlassian/org-admin", "atlassian/site-admin"],
        _ => &[],
    }
}

/// Everybody is in the one directory.
const MEMBERSHIP: &str = "active";

const fn status(account: &Account) -> &'static str {
    match account.state {
        AccountState::Active | AccountState::Unverified => "active",
        AccountState::Revoked | AccountState::Deactivated => "deactivated",
    }
}

const fn account_status(account: &Account) -> &'static str {
    match account.state {
        AccountState::Active | AccountState::Unverified => "active",
        AccountState::Revoked | AccountState::Deactivated => "inactive",
    }
}

/// Portal-only and service accounts are managed elsewhere.
fn is_listed(account: &Account) -> bool {
    account.kind == AccountKind::Atlassian && !account.service
}

fn listed<'s>(site: &'s Site, call: &Call<'_>, parameter: &str) -> Result<&'s Account, Answer> {
    site.accounts
        .by_id(call.param(parameter))
        .filter(|account| is_listed(account))
        .ok_or_else(|| call.error(404, "The user does not exist."))
}

fn directory(site: &Site) -> String {
    uuid_of(&format!("directory {}", site.name()))
}

fn check_directory(site: &Site, call: &Call<'_>) -> Result<(), Answer> {
    check_organization(site, call)?;
    let wanted = call.param("directoryId");
    match wanted == "-" || wanted == directory(site) {
        true => Ok(()),
        false => Err(call.error(404, "The directory does not exist.")),
    }
}

/// Which roles in which apps a list is asked for.
struct Asked {
    resources: Vec<Resource>,
    unknown: bool,
    roles: Vec<String>,
}

impl Asked {
    fn of(site: &Site, query: &[(String, String)]) -> Self {
        let mut wanted: Vec<Option<Resource>> = all(query, "resourceIds")
            .iter()
            .map(|ari| Resource::of(site, ari))
            .collect();
        wanted.extend(all(query, "resourceOwners").iter().map(|owner| {
            let mut all = Resource::ALL.into_iter();
            all.find(|resource| resource.owner() == owner)
        }));
        Self {
            unknown: wanted.contains(&None),
            resources: wanted.into_iter().flatten().collect(),
            roles: all(query, "roleIds"),
        }
    }

    /// Says whether nothing is asked for, and so everything.
    fn is_open(&self) -> bool {
        self.resources.is_empty() && !self.unknown && self.roles.is_empty()
    }

    fn takes(&self, resource: Resource, roles: &[&str]) -> bool {
        let about =
            (self.resources.is_empty() && !self.unknown) || self.resources.contains(&resource);
        about
            && roles
                .iter()
                .any(|role| self.roles.is_empty() || self.roles.iter().any(|asked| asked == role))
    }

    fn any(&self, roles: impl Fn(Resource) -> Vec<&'static str>) -> bool {
        let mut all = Resource::ALL.into_iter();
        all.any(|resource| self.takes(resource, &roles(resource)))
    }
}

/// Which people a list is asked for.
struct Filter {
    /// The words of each parameter that is asked for.
    words: Vec<(&'static str, Vec<String>)>,
    asked: Asked,
}

impl Filter {
    fn of(site: &Site, query: &[(String, String)]) -> Self {
        let names = [
            "accountIds",
            "emailDomains",
            "groupIds",
            "status",
            "accountStatus",
            "membershipStatus",
            "claimStatus",
            "searchTerm",
        ];
        let words = names.map(|name| (name, all(query, name)));
        Self {
            words: words
                .into_iter()
                .filter(|(_, words)| !words.is_empty())
                .collect(),
            asked: Asked::of(site, query),
        }
    }

    fn takes(&self, site: &Site, account: &Account) -> bool {
        self.words.iter().all(|(name, words)| {
            words
                .iter()
                .any(|word| Self::fits(site, account, name, word))
        }) && self.has_role(site, account)
    }

    fn fits(site: &Site, account: &Account, name: &str, word: &str) -> bool {
        match name {
            "accountIds" => *account.id == *word,
            "emailDomains" => {
                let own = account.email.rsplit('@').next().unwrap_or("");
                let asked = Domain::new(word.trim_start_matches('@')).ok();
                asked.is_some() && asked == Domain::new(own).ok()
            }
            "groupIds" => {
                let groups = site.groups_of(account);
                groups.iter().any(|name| site.group_id(name) == word)
            }
            "status" => status(account) == word,
            "accountStatus" => account_status(account) == word,
            "membershipStatus" => MEMBERSHIP == word,
            "claimStatus" => word == "unmanaged",
            _ => {
                let term = word.to_lowercase();
                account.email.to_lowercase().contains(&term)
                    || account.name.to_lowercase().contains(&term)
            }
        }
    }

    fn has_role(&self, site: &Site, account: &Account) -> bool {
        let asked = &self.asked;
        let platform = asked.resources.is_empty() && !asked.unknown && {
            let held = platform_roles(site, account);
            held.iter()
                .any(|held| asked.roles.iter().any(|asked| asked == held))
        };
        asked.is_open() || platform || asked.any(|resource| roles_in(site, account, resource))
    }
}

fn all(query: &[(String, String)], name: &str) -> Vec<String> {
    query
        .iter()
        .filter(|(key, _)| key == name)
        .flat_map(|(_, value)| value.split(','))
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
        .collect()
}

/// One page of a list: where it begins, how long it is, and what was asked for. A cursor carries all of it.
struct Page {
    from: usize,
    limit: usize,
    query: Vec<(String, String)>,
}

impl Page {
    fn of(call: &Call<'_>) -> Result<Self, Answer> {
        let refused = |why: &str| call.error(400, why);
        let (from, query) = match call.query("cursor") {
            None => (0, call.query.to_vec()),
            Some(cursor) => URL_SAFE_NO_PAD
                .decode(cursor)
                .ok()
                .and_then(|bytes| serde_json::from_slice(&bytes).ok())
                .ok_or_else(|| refused("The cursor is not valid."))?,
        };
        let limit = query
            .iter()
            .find(|(key, _)| key == "limit")
            .map_or(Some(20), |(_, text)| text.parse().ok())
            .filter(|limit| (1..=100).contains(limit))
            .ok_or_else(|| refused("The limit must be between 1 and 100."))?;
        Ok(Self { from, limit, query })
    }

    fn all(&self, name: &str) -> Vec<String> {
        all(&self.query, name)
    }

    fn one(&self, name: &str) -> &str {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// Writes the first rows, each with its position, and the cursor behind them.
    fn answer(&self, rows: impl Iterator<Item = (usize, Value)>) -> Answer {
        let mut rows: Vec<(usize, Value)> = rows.take(self.limit + 1).collect();
        let mut links = json!({});
        if rows.len() > self.limit {
            let next = rows.pop().map_or(0, |(at, _)| at);
            let cursor = json!([next, self.query]).to_string();
            links["next"] = json!(URL_SAFE_NO_PAD.encode(cursor));
        }
        let data: Vec<Value> = rows.into_iter().map(|(_, row)| row).collect();
        Answer::json(200, &json!({"data": data, "links": links}))
    }
}
