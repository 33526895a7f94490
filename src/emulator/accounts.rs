//! The accounts of a site, with the two lookups that a directory needs: by id, and by the beginning of an address or a name.

use crate::model::{AccountId, AccountKind, Email};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// The position of an account in its site: four bytes for each membership instead of a whole id.
pub(super) type Handle = u32;

/// What an Atlassian account may do in Jira Service Management on the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// No app role (R1e); also the value of every portal-only account.
    None,
    /// The free role of internal customers.
    Customer,
    /// An agent.
    User,
    /// A site and Jira administrator.
    Admin,
}

/// An app of the site besides Jira Service Management, each with a licence of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum App {
    /// Jira.
    Jira,
    /// Confluence.
    Confluence,
}

/// Whether an account can be used (section 2.6 of the access model).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// In use.
    Active,
    /// Exists, but the address was never confirmed.
    Unverified,
    /// A portal-only account whose portal access was taken away.
    Revoked,
    /// An Atlassian account that was suspended or deactivated.
    Deactivated,
}

impl AccountState {
    /// Says whether Jira shows the account as active, which searches demand.
    pub fn is_active(self) -> bool {
        matches!(self, Self::Active | Self::Unverified)
    }
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    #[serde(with = "shared_text")]
    pub(super) id: Arc<str>,
    #[serde(with = "shared_text")]
    pub(super) email: Arc<str>,
    #[serde(with = "shared_text")]
    pub(super) name: Arc<str>,
    /// Portal-only or Atlassian.
    pub kind: AccountKind,
    /// What it may do by itself; groups can give it more.
    pub role: Role,
    /// Whether it has the role Customer beside that of an agent, so that it stays a customer without the licence.
    #[serde(default)]
    pub(super) also_customer: bool,
    /// The other apps that it may use by itself.
    #[serde(default)]
    pub apps: BTreeSet<App>,
    /// Whether it is a service account, which no person uses.
    #[serde(default)]
    pub service: bool,
    /// Whether it can be used.
    pub state: AccountState,
    /// Whether privacy settings keep the address out of every answer.
    pub email_hidden: bool,
}

impl Account {
    /// Returns the id.
    pub fn id(&self) -> AccountId {
        AccountId::new(&*self.id)
    }

    /// Returns the address as it was written, hidden or not.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// Returns the display name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// An account to be added to a site.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Its address; one account of each kind can have it.
    pub email: Email,
    /// Its display name; the address where there is none.
    pub name: Option<String>,
    /// Portal-only or Atlassian.
    pub kind: AccountKind,
    /// A given id; otherwise the site makes one.
    pub id: Option<AccountId>,
    /// What it may do; ignored for portal-only accounts.
    pub role: Role,
    /// The other apps that it may use; ignored for portal-only accounts.
    pub apps: BTreeSet<App>,
    /// Whether it is a service account; ignored for portal-only accounts.
    pub service: bool,
    /// Whether it can be used.
    pub state: AccountState,
    /// Whether privacy settings hide the address.
    pub email_hidden: bool,
}

impl NewAccount {
    /// Describes an active portal-only account with a visible address.
    pub fn portal_only(email: Email) -> Self {
        Self {
            email,
            name: None,
            kind: AccountKind::PortalOnly,
            id: None,
            role: Role::None,
            apps: BTreeSet::new(),
            service: false,
            state: AccountState::Active,
            email_hidden: false,
        }
    }

    /// Describes an active Atlassian account with a visible address.
    pub fn atlassian(email: Email, role: Role) -> Self {
        Self {
            kind: AccountKind::Atlassian,
            role,
            ..Self::portal_only(email)
        }
    }
}

/// All accounts, in the order in which they were made.
#[derive(Debug, Clone, Default)]
pub(super) struct Accounts {
    list: Vec<Account>,
    by_id: HashMap<Arc<str>, Handle>,
    by_email: BTreeSet<(Arc<str>, Handle)>,
    by_name: BTreeSet<(Arc<str>, Handle)>,
}

impl Accounts {
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, Account> {
        self.list.iter()
    }

    pub(super) fn get(&self, handle: Handle) -> Option<&Account> {
        self.list.get(handle as usize)
    }

    /// Returns the id of an account, or nothing at all for a handle of another site.
    pub(super) fn id_of(&self, handle: Handle) -> &str {
        self.get(handle).map_or("", |account| &account.id)
    }

    pub(super) fn handle(&self, id: &str) -> Option<Handle> {
        self.by_id.get(id).copied()
    }

    pub(super) fn by_id(&self, id: &str) -> Option<&Account> {
        self.get(self.handle(id)?)
    }

    /// Returns the accounts whose address is exactly this one, in the order in which they were made.
    pub(super) fn with_email(&self, key: &str) -> impl Iterator<Item = Handle> {
        let wanted = fold(key);
        self.by_email
            .range((wanted.clone(), 0)..=(wanted, Handle::MAX))
            .map(|(_, handle)| *handle)
    }

    /// Returns the accounts whose address begins with the query or, unless the query looks like an address, whose name does.
    ///
    /// The order is that of creation. An address-like query is compared with addresses only, hidden ones included.
    pub(super) fn search(&self, query: &str) -> Vec<Handle> {
        let wanted = fold(query);
        let in_index = |index: &BTreeSet<(Arc<str>, Handle)>| -> Vec<Handle> {
            index
                .range((wanted.clone(), 0)..)
                .take_while(|(text, _)| text.starts_with(&*wanted))
                .map(|(_, handle)| *handle)
                .collect()
        };
        let mut found = in_index(&self.by_email);
        if !query.contains('@') {
            found.extend(in_index(&self.by_name));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Adds an account, or replaces the one with this id.
    pub(super) fn put(&mut self, account: Account) -> Handle {
        let handle = match self.handle(&account.id) {
            Some(handle) => {
                self.unindex(handle);
                self.list[handle as usize] = account;
                handle
            }
            None => {
                let handle = Handle::try_from(self.list.len()).unwrap_or(Handle::MAX);
                self.by_id.insert(Arc::clone(&account.id), handle);
                self.list.push(account);
                handle
            }
        };
        self.index(handle);
        handle
    }

    pub(super) fn set_state(&mut self, handle: Handle, state: AccountState) {
        if let Some(account) = self.list.get_mut(handle as usize) {
            account.state = state;
        }
    }

    fn index(&mut self, handle: Handle) {
        let account = &self.list[handle as usize];
        self.by_email.insert((folded(&account.email), handle));
        self.by_name.insert((folded(&account.name), handle));
    }

    fn unindex(&mut self, handle: Handle) {
        let account = &self.list[handle as usize];
        self.by_email.remove(&(folded(&account.email), handle));
        self.by_name.remove(&(folded(&account.name), handle));
    }
}

fn fold(text: &str) -> Arc<str> {
    Email::new(text).map_or_else(|_| text.to_lowercase().into(), |email| email.key().into())
}

/// Folds a stored text, sharing the allocation where folding changes nothing, which is the usual case.
fn folded(text: &Arc<str>) -> Arc<str> {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii() && !b.is_ascii_uppercase());
    if plain { Arc::clone(text) } else { fold(text) }
}

impl PartialEq for Accounts {
    /// Compares the accounts themselves; the order in which they were made does not count.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|a| other.by_id(&a.id) == Some(a))
    }
}

impl Serialize for Accounts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.list.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Accounts {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Vec::<Account>::deserialize(deserializer)?;
        let mut accounts = Self::default();
        accounts.list.reserve(list.len());
        for account in list {
            if accounts.handle(&account.id).is_some() {
                return Err(serde::de::Error::custom(format!(
                    "the account `{}` is there twice",
                    account.id
                )));
            }
            accounts.put(account);
        }
        Ok(accounts)
    }
}

mod shared_text {
    use serde::{Deserialize, Deserializer, Serializer};
    use std::sync::Arc;

    pub(super) fn serialize<S: Serializer>(text: &Arc<str>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<str>, D::Error> {
        String::deserialize(from).map(Arc::from)
    }
}
