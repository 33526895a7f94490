//! What the sandbox's visitor pages show: to everybody with an address, to somebody without login, to a customer on no list, and
//! to new people of a domain once they have gone through the door that lets them in.

use crate::http::Wire;
use portcullis::emulator::{Caller, NewAccount, Site};
use portcullis::model::{AccountId, Email};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Whether each portal (`HR`) and the articles of each linked space (`HR/KB`) are shown.
pub(crate) type Shown = BTreeMap<String, bool>;

/// A customer who is on no list and whose domain nobody claims.
const NOBODY: &str = "nobody.in.particular@unclaimed.example";

/// What is shown to whom.
pub(crate) struct Pages {
    /// The site that shows it.
    pub(crate) site: Site,
    /// The whole page of each address.
    pages: BTreeMap<String, Value>,
    pub(crate) anonymous: Shown,
    pub(crate) any_customer: Shown,
    /// Whether signing up makes an account, by domain.
    pub(crate) signs_up: BTreeMap<String, bool>,
    /// New people of a domain, by their best way in.
    new: BTreeMap<String, Shown>,
}

fn shown(page: &Value) -> Shown {
    let mut shown = Shown::new();
    for portal in page["portals"].as_array().unwrap() {
        let key = portal["project"].as_str().unwrap();
        shown.insert(key.to_owned(), portal["view"].as_bool().unwrap());
        for (space, reads) in portal["articles"].as_object().unwrap() {
            shown.insert(format!("{key}/{space}"), reads.as_bool().unwrap());
        }
    }
    shown
}

impl Pages {
    /// Opens the pages of a site, those of strangers and of domains included.
    pub(crate) fn open(wire: &mut Wire, site: Site, strangers: &[&str], domains: &[&str]) -> Self {
        wire.set(site.clone());
        let mut addresses: BTreeSet<String> =
            site.accounts().map(|a| a.email().to_owned()).collect();
        addresses.extend(strangers.iter().map(|who| (*who).to_owned()));
        let pages: BTreeMap<String, Value> = addresses
            .into_iter()
            .map(|who| {
                let page = wire.visit(&who);
                (who, page)
            })
            .collect();
        let anonymous = shown(&wire.visit(""));
        let mut with_nobody = site.clone();
        with_nobody.add_account(NewAccount::portal_only(Email::new(NOBODY).unwrap()));
        wire.set(with_nobody);
        let any_customer = shown(&wire.visit(NOBODY));
        let mut all: BTreeSet<String> = domains.iter().map(|domain| (*domain).to_owned()).collect();
        all.extend(strangers.iter().map(|who| domain_of(who).to_owned()));
        let (mut new, mut signs_up) = (BTreeMap::new(), BTreeMap::new());
        for domain in all {
            // Every door for those who come alone is shut where this one is, and each makes the same account.
            wire.set(site.clone());
            let who = format!("new.here@{domain}");
            let entered = wire.enter("sign-up", &format!("email={who}"));
            signs_up.insert(domain.clone(), entered["accountId"].is_string());
            new.insert(domain, shown(&wire.visit(&who)));
        }
        Self {
            site,
            pages,
            anonymous,
            any_customer,
            signs_up,
            new,
        }
    }

    /// The page of an address; of a new one, what it gets by coming alone.
    pub(crate) fn of_address(&self, email: &str) -> Shown {
        match self.site.accounts_with_email(email).is_empty() {
            true => self.of_domain(domain_of(email)),
            false => shown(&self.pages[email]),
        }
    }

    /// What a visit with this address shows, without going through a door.
    pub(crate) fn page(&self, email: &str) -> &Value {
        &self.pages[email]
    }

    /// What new people of a domain come to see.
    pub(crate) fn of_domain(&self, domain: &str) -> Shown {
        self.new[domain].clone()
    }

    /// What one account sees, of whatever the site has.
    pub(crate) fn of_account(&self, id: &AccountId) -> Shown {
        let caller = Caller::Account(id);
        let mut shown = self.anonymous.clone();
        for (target, sees) in &mut shown {
            let (project, space) = parts(target);
            let key = portcullis::model::ProjectKey::new(project).unwrap();
            *sees = match space {
                None => self.site.shows_portal(&key, caller),
                Some(space) => {
                    let space = portcullis::model::SpaceKey::new(space).unwrap();
                    self.site.shows_articles(&key, &space, caller)
                }
            };
        }
        shown
    }
}

/// A project, and the space where articles are meant.
pub(crate) fn parts(target: &str) -> (&str, Option<&str>) {
    match target.split_once('/') {
        Some((project, space)) => (project, Some(space)),
        None => (target, None),
    }
}

pub(crate) fn domain_of(email: &str) -> &str {
    email.rsplit('@').next().unwrap()
}

impl Pages {
    /// Says whether an address is an agent's: of which projects is not read of them.
    pub(crate) fn is_agent(&self, email: &str) -> bool {
        let accounts = self.pages[email]["accounts"].as_array().unwrap();
        accounts
            .iter()
            .any(|account| ["user", "admin"].contains(&account["role"].as_str().unwrap_or("")))
    }
}

impl Pages {
    /// Says whether an address has a licence of Confluence, which is not read.
    pub(crate) fn uses_confluence(&self, email: &str) -> bool {
        let accounts = self.pages[email]["accounts"].as_array().unwrap();
        let mut apps = accounts
            .iter()
            .flat_map(|account| account["apps"].as_array().unwrap());
        apps.any(|app| app == "confluence")
    }
}

impl Pages {
    /// Says whether an address has no account, or one that is active and no more than a customer's.
    pub(crate) fn is_plain(&self, email: &str) -> bool {
        let accounts = self.pages[email]["accounts"].as_array().unwrap();
        let plain = accounts.iter().all(|account| {
            let active = ["active", "unverified"].contains(&account["state"].as_str().unwrap());
            let licences = account["apps"].as_array().unwrap();
            let customer = account["kind"] == "portal_only" || account["role"] == "customer";
            active && customer && licences.is_empty()
        });
        plain && accounts.len() < 2
    }
}
