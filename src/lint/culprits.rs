//! Which changes of a plan make the condition of a lint newly true: what it rests on, and nothing beside.

use super::Found;
use crate::access::State;
use crate::judge::Sheet;
use crate::model::{Address, ChannelAccess, OrganizationId, SiteField};
use crate::plan::{Action, Change, Effect, Reason, ResourceType};

/// The states on both sides of a plan, as far as they decide which change is to blame.
#[derive(Clone, Copy)]
pub(super) struct Sides<'s, 'w> {
    /// What was read; what was not known counts as it will be.
    pub(super) before: &'s State<'w>,
    /// What the plan leads to.
    pub(super) after: &'s State<'w>,
    /// The key of the site.
    pub(super) site: &'s str,
}

/// Returns the free rows without which, or without which and their like, the finding would not be newly true.
///
/// Where none can be named, all are meant.
pub(super) fn culprits(sheet: &Sheet<'_>, found: &Found, sides: Sides<'_, '_>) -> Vec<usize> {
    let blamed = |(_, change): &(usize, &Change)| is_to_blame(change, found, sides);
    let free: Vec<usize> = sheet.free().filter(blamed).map(|(at, _)| at).collect();
    if !free.is_empty() {
        return free;
    }
    // What a rule blocks already is to blame all the same.
    let rows = sheet.changes().iter().enumerate();
    let rows = rows.filter(|(_, change)| !change.is_question());
    let all: Vec<usize> = rows.filter(blamed).map(|(at, _)| at).collect();
    match all.is_empty() {
        true => sheet.free().map(|(at, _)| at).collect(),
        false => all,
    }
}

/// Says whether the finding would not be newly true without a change, or without it and its like.
pub(super) fn is_to_blame(change: &Change, found: &Found, sides: Sides<'_, '_>) -> bool {
    let rests = Rests {
        change,
        found,
        sides,
    };
    let own = rests.is_at(found.address.as_str());
    let setting = |field| rests.is_setting(field);
    // The condition holds after the plan, so a change of a setting that it names brought about the value that it names.
    match found.lint.code {
        "L01" => {
            setting(SiteField::Internal)
                || setting(SiteField::External)
                || setting(SiteField::CustomersCanCreateAccounts)
        }
        "L03" => setting(SiteField::External) || setting(SiteField::AllowedDomains),
        "L07" => setting(SiteField::Internal) || change.kind == ResourceType::ApprovedDomain,
        "L08" => {
            own || setting(SiteField::Internal)
                || rests.is_a_person_of(found.address.as_str().rsplit('/').next())
        }
        "L09" | "L11" | "L17" => own || setting(SiteField::Internal),
        "L10" => setting(SiteField::Internal) || change.kind == ResourceType::ApprovedDomain,
        "L12" => {
            own || setting(SiteField::External)
                || rests.is_at(&rests.at(&SiteField::AllowedDomains.address_parts()))
        }
        "L13" => rests.is_public(),
        "L14" => rests.is_public() || setting(SiteField::ViewWithoutLogin),
        "L15" => {
            setting(SiteField::ViewWithoutLogin) || setting(SiteField::CustomersCanCreateAccounts)
        }
        "L19" => own || setting(SiteField::ViewWithoutLogin),
        "L20" => own || rests.is_access_of_its_project(),
        "L21" => own || setting(SiteField::KnowledgeBaseAnyone),
        "L25" => own || setting(SiteField::KnowledgeBaseAllLoggedIn),
        "L31" => own || rests.takes_away_customers(),
        "L46" => rests.closes_a_domain() || rests.is_account_of(rests.domain()),
        "L50" | "L51" => {
            rests.is_a_person() && last(change.address.as_str()) == last(found.address.as_str())
        }
        "L52" => {
            matches!(change.effect, Effect::RemoveCustomer(..))
                && rests.is_below(found.address.as_str())
        }
        "L69" => {
            change.kind == ResourceType::OrganizationMember
                && rests.is_below(found.address.as_str())
        }
        // What is said of one setting, list entry, space or person is said at its own address.
        _ => own,
    }
}

/// A change beside a finding.
struct Rests<'a, 's, 'w> {
    change: &'a Change,
    found: &'a Found,
    sides: Sides<'s, 'w>,
}

impl Rests<'_, '_, '_> {
    fn at(&self, parts: &[&str]) -> String {
        let parts = [self.sides.site].into_iter().chain(parts.iter().copied());
        Address::new(parts).as_str().to_owned()
    }

    fn is_at(&self, address: &str) -> bool {
        self.change.address.as_str() == address
    }

    fn is_below(&self, address: &str) -> bool {
        let rest = self.change.address.as_str().strip_prefix(address);
        rest.is_some_and(|rest| rest.starts_with('/'))
    }

    /// Says whether it changes a setting whose value was known: what was not may have been the same before.
    fn is_setting(&self, field: SiteField) -> bool {
        if self.change.reason == Reason::Unknown {
            return false;
        }
        match field {
            SiteField::AllowedDomains => self.change.kind == ResourceType::AllowedDomain,
            _ => self.is_at(&self.at(&field.address_parts())),
        }
    }

    /// The project that the finding is about or below.
    fn project(&self) -> Option<&str> {
        let mut parts = self.found.address.as_str().split('/');
        let [_, kind, key] = [parts.next()?, parts.next()?, parts.next()?];
        (kind == "project").then_some(key)
    }

    /// The domain of a finding about people of one.
    fn domain(&self) -> Option<&str> {
        let address = self.found.address.as_str();
        Some(address.split_once("/account/%2A@")?.1)
    }

    fn is_access_of_its_project(&self) -> bool {
        self.project()
            .is_some_and(|key| self.is_at(&self.at(&["project", key, "access"])))
    }

    /// The settings of L13; that a project opens only where none was open before.
    fn is_public(&self) -> bool {
        let open = ChannelAccess::Open;
        let opens = self.change.kind == ResourceType::ProjectAccess
            && last(self.change.address.as_str()) == "access"
            && self.change.after.as_str() == Some(open.word());
        let mut projects = self.sides.before.projects.iter();
        self.is_setting(SiteField::External)
            || self.is_setting(SiteField::CustomersCanCreateAccounts)
            || self.is_setting(SiteField::AllowedDomains)
            || opens && !projects.any(|project| project.channel_access.value() == Some(&open))
    }

    /// Says whether customers leave the project of the finding, by its own lists or by an organization that is linked.
    fn takes_away_customers(&self) -> bool {
        if self.change.action != Action::Delete {
            return false;
        }
        let Some(key) = self.project() else {
            return false;
        };
        let deleted = |id: &OrganizationId| {
            let before = self.sides.before;
            let project = before.project(key).and_then(|at| before.projects.get(at));
            let links = project.map_or(&[][..], |project| &project.organizations);
            let at = before.organizations.of_id(id);
            links.iter().any(|link| Some(link.organization) == at)
        };
        if let Effect::DeleteOrganization(id) = &self.change.effect {
            return deleted(id);
        }
        let listed = ["customer", "customer-group", "organization"]
            .iter()
            .any(|list| self.is_below(&self.at(&["project", key, list])));
        let linked = || {
            [self.sides.before, self.sides.after]
                .into_iter()
                .flat_map(|state| {
                    let project = state.project(key).and_then(|at| state.projects.get(at));
                    let links = project.map_or(&[][..], |project| &project.organizations);
                    links
                        .iter()
                        .filter_map(|link| state.organizations.get(link.organization as usize))
                })
                .any(|organization| self.is_below(&self.at(&["organization", &organization.name])))
        };
        listed || linked()
    }

    /// Says whether the site lets in people of the finding's domain no longer by this change.
    fn closes_a_domain(&self) -> bool {
        let Some(domain) = self.domain() else {
            return false;
        };
        if super::change::rejects(self.sides.before, domain) {
            return false;
        }
        let its_own = [domain, "any", "ANYONE"].contains(&last(self.change.address.as_str()));
        match self.change.kind {
            ResourceType::AllowedDomain | ResourceType::ApprovedDomain => its_own,
            _ => self.is_setting(SiteField::Internal) || self.is_setting(SiteField::External),
        }
    }

    fn is_account_of(&self, domain: Option<&str>) -> bool {
        self.change.kind == ResourceType::CustomerAccount && self.is_of(domain)
    }

    fn is_a_person_of(&self, domain: Option<&str>) -> bool {
        self.is_a_person() && self.change.action == Action::Create && self.is_of(domain)
    }

    fn is_of(&self, domain: Option<&str>) -> bool {
        domain.is_some_and(|domain| self.change.name.ends_with(&format!("@{domain}")))
    }

    fn is_a_person(&self) -> bool {
        matches!(
            self.change.kind,
            ResourceType::CustomerAccount
                | ResourceType::OrganizationMember
                | ResourceType::ProjectCustomer
        )
    }
}

fn last(address: &str) -> &str {
    address.rsplit('/').next().unwrap_or(address)
}
