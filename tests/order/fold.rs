//! A little interpreter: what one change makes of an observed site, sharing no code with apply or the sandbox.

use portcullis::config::ApprovedRole;
use portcullis::emulator::CUSTOMER_ROLE;
use portcullis::model::{
    AccountId, AccountKind, Domain, Field, OrganizationId, ProjectKey, Read, SiteField, SiteValue,
    SpaceKey, Surface, WhoCanView,
};
use portcullis::observed::{
    Observation, Observed, ObservedAccount, ObservedApproval, ObservedCustomers, ObservedGrant,
    ObservedOrganization, ObservedSpace, Resolution, Standing,
};
use portcullis::plan::{Change, Effect, OrganizationRef, PersonRef};
use std::collections::BTreeSet;

fn read<T>(read: Option<&mut Read<T>>) -> &mut T {
    match read {
        Some(Read::Complete(value)) => value,
        _ => panic!("everything is read"),
    }
}

fn organization<'o>(site: &'o mut Observed, id: &OrganizationId) -> &'o mut ObservedOrganization {
    read(site.organizations.as_mut()).get_mut(id).unwrap()
}

fn id_of(reference: &OrganizationRef) -> OrganizationId {
    match reference {
        OrganizationRef::Existing(id) => id.clone(),
        OrganizationRef::Planned(name) => OrganizationId::new(format!("new {name}")),
    }
}

fn account_of(person: &PersonRef) -> AccountId {
    match person {
        PersonRef::Existing(id) => *id,
        PersonRef::Planned(email) => AccountId::new(format!("qm:new:{}", email.key())),
    }
}

fn customers<'o>(site: &'o mut Observed, key: &ProjectKey) -> &'o mut ObservedCustomers {
    let project = read(site.projects.as_mut()).get_mut(key).unwrap();
    read(project.permissions.as_mut().unwrap().customers.as_mut())
}

fn view(site: &mut Observed, space: &SpaceKey, who: WhoCanView) {
    for project in read(site.projects.as_mut()).values_mut() {
        if let Some(Observation {
            value: Field::Known(spaces),
            ..
        }) = &mut project.knowledge_base
            && let Some(seen) = spaces.get_mut(space)
        {
            seen.who_can_view = Field::Known(who);
        }
    }
}

/// Links a space, which shows it to everybody who is logged in where the site allows that (K6).
pub(crate) fn link(site: &mut Observed, key: &ProjectKey, space: &SpaceKey) {
    let allowed = site
        .settings
        .get(&SiteField::KnowledgeBaseAllLoggedIn)
        .is_some_and(|seen| seen.value == Field::Known(SiteValue::Toggle(true)));
    let who = match allowed {
        true => WhoCanView::AllLoggedIn,
        false => WhoCanView::OnlyConfluenceUsers,
    };
    let project = read(site.projects.as_mut()).get_mut(key).unwrap();
    let Some(Observation {
        value: Field::Known(spaces),
        ..
    }) = &mut project.knowledge_base
    else {
        panic!("everything is read")
    };
    let seen = ObservedSpace {
        ari: None,
        who_can_view: Field::Known(who),
        possible: None,
    };
    spaces.insert(space.clone(), seen);
    view(site, space, who);
}

/// Carries one change out; panics where the site would refuse it.
pub(crate) fn fold(site: &mut Observed, change: &Change) {
    match &change.effect {
        Effect::CreateAccount { email, name, .. } => {
            let id = account_of(&PersonRef::Planned(*email));
            let account = ObservedAccount {
                email: Some(*email),
                name: name.clone().into(),
                kind: Some(AccountKind::PortalOnly),
                active: true,
                standing: Standing::Customer,
            };
            site.accounts.insert(id, account);
            site.resolutions.insert(*email, Resolution::Found(vec![id]));
            // A2: the new account joins the organizations of its domain.
            let domain = Domain::new(email.domain()).unwrap();
            for organization in read(site.organizations.as_mut()).values_mut() {
                let claims = organization.email_domains.as_ref().is_some_and(|domains| {
                    domains
                        .value
                        .known()
                        .is_some_and(|list| list.contains(&domain))
                });
                if claims {
                    read(organization.members.as_mut()).insert(id);
                }
            }
        }
        Effect::CreateOrganization(name) => {
            let id = id_of(&OrganizationRef::Planned(name.clone()));
            let made = ObservedOrganization {
                name: name.as_str().to_owned(),
                scim_managed: false,
                members: Some(Read::Complete(portcullis::model::AccountSet::default())),
                ownership: None,
                email_domains: Some(Observation::read(BTreeSet::new(), Surface::Mapped)),
            };
            read(site.organizations.as_mut()).insert(id, made);
        }
        Effect::DeleteOrganization(id) => {
            read(site.organizations.as_mut()).remove(id).unwrap();
            for project in read(site.projects.as_mut()).values_mut() {
                read(project.organizations.as_mut()).remove(id);
            }
        }
        Effect::AddMember(reference, person) => {
            let account = account_of(person);
            assert!(
                site.accounts.contains_key(&account),
                "{}: no account yet",
                change.address
            );
            read(organization(site, &id_of(reference)).members.as_mut()).insert(account);
        }
        Effect::RemoveMember(id, account) => {
            read(organization(site, id).members.as_mut()).remove(account);
        }
        Effect::AddCustomer(key, person) => {
            let account = account_of(person);
            assert!(
                site.accounts.contains_key(&account),
                "{}: no account yet",
                change.address
            );
            let project = read(site.projects.as_mut()).get_mut(key).unwrap();
            read(project.customers.as_mut()).insert(account);
        }
        Effect::RemoveCustomer(key, account) => {
            let project = read(site.projects.as_mut()).get_mut(key).unwrap();
            let access = project
                .channel_access
                .as_ref()
                .unwrap()
                .value
                .known()
                .unwrap();
            assert_eq!(access.word(), "restricted", "L52: {}", change.address);
            read(project.customers.as_mut()).remove(account);
        }
        Effect::Link(key, reference) => {
            let id = id_of(reference);
            assert!(read(site.organizations.as_mut()).contains_key(&id));
            let project = read(site.projects.as_mut()).get_mut(key).unwrap();
            read(project.organizations.as_mut()).insert(id);
        }
        Effect::Unlink(key, id) => {
            let project = read(site.projects.as_mut()).get_mut(key).unwrap();
            read(project.organizations.as_mut()).remove(id);
        }
        Effect::AddCustomerGroup(key, group) => {
            customers(site, key).groups.insert(group.clone());
        }
        Effect::RemoveCustomerGroup(key, group) => {
            customers(site, key).groups.remove(group);
        }
        Effect::SetChannelAccess(key, access) => {
            let project = read(site.projects.as_mut()).get_mut(key).unwrap();
            project.channel_access = Some(Observation::read(*access, Surface::Private));
        }
        Effect::SetCustomerSharing(key, sharing) => {
            let project = read(site.projects.as_mut()).get_mut(key).unwrap();
            project.customer_sharing = Some(Observation::read(*sharing, Surface::Private));
        }
        Effect::LinkSpace(key, space, who) => {
            link(site, key, space);
            if let Some(who) = who {
                view(site, space, *who);
            }
        }
        Effect::SetViewers(_, space, who) => view(site, space, *who),
        Effect::SetSite(field, value) => {
            site.settings
                .insert(*field, Observation::read(value.clone(), Surface::Mapped));
            let SiteValue::Toggle(on) = value else { return };
            for project in read(site.projects.as_mut()).values_mut() {
                match field {
                    SiteField::CustomersCanCreateAccounts => project.echoed_signup = Some(*on),
                    SiteField::ViewWithoutLogin => project.echoed_anonymous = Some(*on),
                    _ => {}
                }
            }
        }
        Effect::SetEmailDomains(reference, list) => {
            organization(site, &id_of(reference)).email_domains =
                Some(Observation::read(list.clone(), Surface::Mapped));
        }
        Effect::ApproveDomain {
            domain,
            admin_approval,
            ..
        } => {
            let grant = ObservedGrant {
                role: Some(CUSTOMER_ROLE.to_owned()),
                admin_approval: Some(*admin_approval),
            };
            assert_ne!(ApprovedRole::Customer, ApprovedRole::None);
            let seen = ObservedApproval {
                jsm: Some(grant),
                others: 0,
            };
            read(site.approved_domains.as_mut()).insert(domain.clone(), seen);
        }
        Effect::DisapproveDomain(domain) => {
            read(site.approved_domains.as_mut()).remove(domain);
        }
        Effect::RenameOrganization(id, name) => {
            organization(site, id).name = name.as_str().to_owned();
        }
        Effect::BecomeCustomer { account, .. } => {
            site.accounts.get_mut(account).unwrap().standing = Standing::Customer;
        }
        Effect::EndAccess(account) => site.accounts.get_mut(account).unwrap().active = false,
        Effect::SetAnyDomain(_) => {
            panic!("{} is by hand", change.address)
        }
    }
}

/// Returns the request that settles a change, where one request settles several at once.
pub(crate) fn unit(at: usize, change: &Change) -> String {
    match &change.effect {
        Effect::SetSite(..) => "site".to_owned(),
        Effect::SetChannelAccess(key, _) | Effect::SetCustomerSharing(key, _) => {
            format!("desk {key}")
        }
        Effect::SetEmailDomains(reference, _) => format!("domains {reference:?}"),
        _ => format!("{at}"),
    }
}

/// Returns the part of a request that cannot be divided.
pub(crate) fn field(change: &Change) -> String {
    match &change.effect {
        Effect::SetSite(field, _) => format!("{field:?}"),
        Effect::SetChannelAccess(..) => "access".to_owned(),
        Effect::SetCustomerSharing(..) => "sharing".to_owned(),
        _ => String::new(),
    }
}
