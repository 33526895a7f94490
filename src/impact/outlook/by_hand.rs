//! What a person's step changes on the site: the value that the workspace writes.

use super::{organization_mut, project, set_viewers};
use crate::config::ApprovedRole;
use crate::desired::Desired;
use crate::model::{Read, SiteField, Surface};
use crate::observed::{Observation, Observed, ObservedGrant};
use crate::plan::{Action, Change, ResourceType};

/// Carries a manual change out as the workspace writes it.
pub(super) fn by_hand(observed: &mut Observed, desired: &Desired<'_>, change: &Change) {
    let address = change.address.as_str();
    match change.kind {
        ResourceType::CustomerAccess | ResourceType::SiteSetting | ResourceType::AllowedDomain => {
            for field in SiteField::ALL {
                let [group, _] = field.address_parts();
                let named = desired.address(field.address_parts()).as_str() == address
                    || (field == SiteField::AllowedDomains
                        && change.kind == ResourceType::AllowedDomain
                        && group == "allowed-domain");
                if let (true, Some(written)) = (named, desired.site.settings.get(&field)) {
                    let value = Observation::read(written.value.clone(), Surface::Manual);
                    observed.settings.insert(field, value);
                }
            }
        }
        ResourceType::ProjectAccess => {
            for (key, written) in &desired.site.projects {
                let named =
                    |part| desired.address(["project", key.as_str(), part]).as_str() == address;
                let (access, sharing) = (named("access"), named("sharing"));
                let Some(project) = project(observed, key).filter(|_| access || sharing) else {
                    continue;
                };
                if let (true, Some(value)) = (access, &written.channel_access) {
                    project.channel_access = Some(Observation::read(value.value, Surface::Manual));
                }
                if let (true, Some(value)) = (sharing, &written.customer_sharing) {
                    project.customer_sharing =
                        Some(Observation::read(value.value, Surface::Manual));
                }
            }
        }
        ResourceType::KnowledgeBaseSpace => {
            for (key, written) in &desired.site.projects {
                for (space, linked) in &written.knowledge_base {
                    let here = ["project", key.as_str(), "knowledge-base", space.as_str()];
                    if desired.address(here).as_str() == address {
                        let who = linked.who_can_view.as_ref().map(|who| who.value);
                        set_viewers(observed, key, space, who, Surface::Manual);
                    }
                }
            }
        }
        ResourceType::OrganizationEmailDomain => {
            let Some(live) = observed.whole_organizations() else {
                return;
            };
            let identities = crate::plan::identity::identify(desired.site, live);
            let found = desired
                .site
                .organizations
                .iter()
                .find_map(|(name, written)| {
                    let below = desired.address(["organization", name.as_str(), "email-domain"]);
                    let crate::plan::identity::Identity::Live(id) = identities.get(name)? else {
                        return None;
                    };
                    let mine = address.strip_prefix(below.as_str())?.starts_with('/');
                    mine.then(|| Some((id.clone(), written.email_domains.as_ref()?)))?
                });
            if let Some((id, written)) = found {
                let domains = written.value.iter().map(|d| d.value.clone()).collect();
                if let Some(organization) = organization_mut(observed, &id) {
                    organization.email_domains = Some(Observation::read(domains, Surface::Manual));
                }
            }
        }
        ResourceType::ApprovedDomain => approved_by_hand(observed, desired, change),
        // Renames and accounts of another kind change nobody's access by themselves.
        _ => {}
    }
}

fn approved_by_hand(observed: &mut Observed, desired: &Desired<'_>, change: &Change) {
    let Some((key, organization)) = desired.atlassian else {
        return;
    };
    let site = &desired.site.key;
    let grant = |entry: &crate::config::ApprovedSite| {
        let role = match entry.role {
            ApprovedRole::None => return None,
            ApprovedRole::Customer => "customer",
            ApprovedRole::User => "member",
        };
        Some(ObservedGrant {
            role: Some(format!("ari:cloud:jira-servicedesk::role/product/{role}")),
            admin_approval: Some(entry.admin_approval),
        })
    };
    let address = |domain: &str| crate::model::Address::new([key, "approved-domain", domain]);
    if change.address == address(crate::plan::domains::ANYONE) {
        if let Some(entry) = organization.any_domain.get(site) {
            observed.any_domain = Some(Read::Complete(grant(entry)));
        }
        return;
    }
    let Some(Read::Complete(approved)) = &mut observed.approved_domains else {
        return;
    };
    for (domain, written) in organization
        .approved_domains
        .iter()
        .flat_map(|list| &list.domains)
    {
        if change.address != address(domain.as_str()) {
            continue;
        }
        match (change.action, written.sites.get(site)) {
            (Action::Delete, _) | (_, None) => {
                approved.remove(domain);
            }
            (_, Some(entry)) => {
                let seen = approved.entry(domain.clone()).or_insert_with(|| {
                    crate::observed::ObservedApproval {
                        jsm: None,
                        others: 0,
                    }
                });
                seen.jsm = grant(entry);
            }
        }
    }
}
