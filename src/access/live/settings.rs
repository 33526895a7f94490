//! Site-wide settings and approved domains.

use super::{NOT_ASKED, settled};
use crate::access::answer::Source;
use crate::access::desired;
use crate::access::state::{Approved, Coverage, Fact, Grant, SiteFacts};
use crate::config::ApprovedRole;
use crate::desired::Desired;
use crate::model::{Domain, Read, SiteField, SiteValue, Surface};
use crate::observed::{Observed, ObservedGrant};
use crate::plan::domains::role_of;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn live_toggle(desired: &Desired<'_>, observed: &Observed, field: SiteField) -> Fact<bool> {
    let fact = settled(
        desired,
        observed.settings.get(&field),
        &field.address_parts(),
        |value| value.as_bool().map(SiteValue::Toggle),
    );
    // A project's settings echo two site-wide ones: better than nothing, and than a contradicted statement.
    let echo = |read: fn(&crate::observed::ObservedProject) -> Option<bool>| {
        observed
            .whole_projects()
            .into_iter()
            .flat_map(|projects| projects.values())
            .find_map(read)
    };
    let echoed = match field {
        SiteField::CustomersCanCreateAccounts => echo(|project| project.echoed_signup),
        SiteField::ViewWithoutLogin => echo(|project| project.echoed_anonymous),
        _ => None,
    };
    match (fact, echoed) {
        (Fact::Known(SiteValue::Toggle(on), source @ Source::Read(_)), _) => {
            Fact::Known(on, source)
        }
        (_, Some(on)) => Fact::Known(on, Source::Read(Surface::Private)),
        (Fact::Known(SiteValue::Toggle(on), source), None) => Fact::Known(on, source),
        (Fact::Known(..), None) => Fact::Unknown("it is not a toggle".to_owned()),
        (Fact::Unknown(why), None) => Fact::Unknown(why),
    }
}

pub(super) fn live_settings(desired: &Desired<'_>, observed: &Observed) -> SiteFacts {
    let toggle = |field| live_toggle(desired, observed, field);
    let mut allowed = match settled(
        desired,
        observed.settings.get(&SiteField::AllowedDomains),
        &["allowed-domain"],
        |value| {
            let list = value.as_array()?.iter();
            let list: Option<BTreeSet<Domain>> = list
                .map(|domain| Domain::new(domain.as_str()?).ok())
                .collect();
            Some(SiteValue::Domains(Some(list?)))
        },
    ) {
        Fact::Known(SiteValue::Domains(list), source) => Fact::Known(list, source),
        Fact::Known(..) => Fact::Unknown("it is not a list of domains".to_owned()),
        Fact::Unknown(why) => Fact::Unknown(why),
    };
    if allowed.value().is_none() {
        let any = desired.address(["allowed-domain", "any"]);
        if let Some(attestation) = desired.attestations.get(any.as_str())
            && attestation.value == Value::Bool(true)
        {
            allowed = Fact::Known(None, Source::Attested(attestation.span));
        }
    }
    SiteFacts {
        internal: toggle(SiteField::Internal),
        external: toggle(SiteField::External),
        allowed,
        create: toggle(SiteField::CustomersCanCreateAccounts),
        no_login: toggle(SiteField::ViewWithoutLogin),
        kb_all_logged_in: toggle(SiteField::KnowledgeBaseAllLoggedIn),
        kb_anyone: toggle(SiteField::KnowledgeBaseAnyone),
        confluence_plan: desired::written(desired.site.confluence_plan.as_ref()),
    }
}

pub(super) fn settings_after(site: &mut SiteFacts, desired: &Desired<'_>) {
    let set = |fact: &mut Fact<bool>, field| {
        if let written @ Fact::Known(..) = desired::toggle(desired, field) {
            *fact = written;
        }
    };
    set(&mut site.internal, SiteField::Internal);
    set(&mut site.external, SiteField::External);
    set(&mut site.create, SiteField::CustomersCanCreateAccounts);
    set(&mut site.no_login, SiteField::ViewWithoutLogin);
    set(
        &mut site.kb_all_logged_in,
        SiteField::KnowledgeBaseAllLoggedIn,
    );
    set(&mut site.kb_anyone, SiteField::KnowledgeBaseAnyone);
    if let Some(written) = desired.site.settings.get(&SiteField::AllowedDomains)
        && let SiteValue::Domains(list) = &written.value
    {
        site.allowed = Fact::Known(list.clone(), Source::Written(written.span));
    }
}

pub(super) fn live_grant(grant: &ObservedGrant, source: Source) -> Grant {
    Grant {
        role: role_of(grant),
        // Not said counts as required for nobody: the API's default is no approval.
        admin_approval: grant.admin_approval.unwrap_or(false),
        source,
    }
}

pub(super) fn live_approved(observed: &Observed) -> Approved {
    let source = Source::Read(Surface::Documented);
    match &observed.approved_domains {
        Some(Read::Complete(seen)) => Approved {
            domains: seen
                .iter()
                .map(|(domain, approval)| {
                    let grant = match &approval.jsm {
                        Some(grant) => live_grant(grant, source),
                        None => Grant {
                            role: ApprovedRole::None,
                            admin_approval: false,
                            source,
                        },
                    };
                    (domain.clone(), grant)
                })
                .collect(),
            coverage: Coverage::Whole,
        },
        Some(Read::Incomplete(why)) => Approved {
            domains: BTreeMap::new(),
            coverage: Coverage::Unread(why.why.clone()),
        },
        None => Approved {
            domains: BTreeMap::new(),
            coverage: Coverage::Unread(NOT_ASKED.to_owned()),
        },
    }
}

pub(super) fn approved_after(approved: &mut Approved, desired: &Desired<'_>) {
    let written = desired::approved(desired);
    if written.coverage == Coverage::Whole {
        *approved = written;
    } else {
        approved.domains.extend(written.domains);
    }
}
