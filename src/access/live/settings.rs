//! Site-wide settings and approved domains.

use super::{NOT_ASKED, settled};
use crate::access::answer::Source;
use crate::access::desired;
use crate::access::state::{Approved, Coverage, Fact, Grant, SiteFacts};
use crate::config::{ApprovedRole, Mode};
use crate::desired::Desired;
use crate::model::{
    Domain, EmailAccountCreation, OrganizationManagement, Read, SiteField, SiteValue, Surface,
};
use crate::observed::{Observed, ObservedGrant};
use crate::plan::domains::role_of;
use crate::plan::settings::from_json;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Reads the settings and the domains.
pub(super) fn rules(
    desired: &Desired<'_>,
    observed: &Observed,
) -> (SiteFacts, Approved, Fact<Option<Grant>>) {
    let site = live_settings(desired, observed);
    let mut approved = live_approved(observed);
    approved.default_apps = desired::default_apps(desired);
    let exact = desired.atlassian.and_then(|(_, organization)| {
        let approved = organization.approved_domains.as_ref()?;
        Some(approved.mode == Mode::Exact)
    });
    let by_name = exact == Some(false) && observed.any_domain.is_none();
    if by_name && approved.coverage == Coverage::Whole {
        // Only the domains that the files name were asked for.
        approved.coverage = Coverage::Unread(NOT_ASKED.to_owned());
    }
    let any_domain = match &observed.any_domain {
        Some(Read::Complete(grant)) => {
            let source = Source::Read(Surface::Documented);
            Fact::Known(
                grant.as_ref().map(|grant| live_grant(grant, source)),
                source,
            )
        }
        Some(Read::Incomplete(why)) => Fact::Unknown(why.why.to_string()),
        None if desired.atlassian.is_none() => Fact::Known(None, Source::Default),
        None => Fact::Unknown(NOT_ASKED.to_owned()),
    };
    (site, approved, any_domain)
}

fn live_toggle(desired: &Desired<'_>, observed: &Observed, field: SiteField) -> Fact<bool> {
    let fact = settled(
        desired,
        observed.settings.get(&field),
        &field.address_parts(),
        |value| from_json(field, value),
    );
    // A project's settings echo two site-wide ones: better than nothing, and than a contradicted statement.
    let echoed = match observed.echo(field) {
        Ok(echoed) => echoed,
        Err(why) => {
            return match fact {
                Fact::Known(SiteValue::Toggle(on), source @ Source::Read(_)) => {
                    Fact::Known(on, source)
                }
                _ => Fact::Unknown(why.why.to_string()),
            };
        }
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

/// A setting that is one of a few words: as read, else as attested.
fn live_option<T>(
    desired: &Desired<'_>,
    observed: &Observed,
    field: SiteField,
    read: fn(&SiteValue) -> Option<T>,
    parse: fn(&str) -> Option<SiteValue>,
) -> Fact<T> {
    let fact = settled(
        desired,
        observed.settings.get(&field),
        &field.address_parts(),
        |value| parse(value.as_str()?),
    );
    match fact {
        Fact::Known(value, source) => read(&value).map_or_else(
            || Fact::Unknown("it is another sort of value".to_owned()),
            |value| Fact::Known(value, source),
        ),
        Fact::Unknown(why) => Fact::Unknown(why),
    }
}

fn live_settings(desired: &Desired<'_>, observed: &Observed) -> SiteFacts {
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
        email_cc: live_option(
            desired,
            observed,
            SiteField::EmailCcCreatesAccounts,
            desired::cc_option,
            |word| EmailAccountCreation::from_word(word).map(SiteValue::EmailAccountCreation),
        ),
        organization_management: live_option(
            desired,
            observed,
            SiteField::OrganizationManagement,
            desired::managers,
            |word| OrganizationManagement::from_word(word).map(SiteValue::OrganizationManagement),
        ),
        kb_all_logged_in: toggle(SiteField::KnowledgeBaseAllLoggedIn),
        kb_anyone: toggle(SiteField::KnowledgeBaseAnyone),
        confluence_plan: desired::written(desired.site.confluence_plan.as_ref()),
        login_password: toggle(SiteField::PortalOnlyPassword),
        login_sso: toggle(SiteField::PortalOnlySso),
    }
}

fn live_grant(grant: &ObservedGrant, source: Source) -> Grant {
    Grant {
        role: role_of(grant),
        // Not said counts as required for nobody: the API's default is no approval.
        admin_approval: grant.admin_approval.unwrap_or(false),
        source,
    }
}

fn live_approved(observed: &Observed) -> Approved {
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
            default_apps: Vec::new(),
        },
        Some(Read::Incomplete(why)) => Approved {
            domains: BTreeMap::new(),
            coverage: Coverage::Unread(why.why.to_string()),
            default_apps: Vec::new(),
        },
        None => Approved {
            domains: BTreeMap::new(),
            coverage: Coverage::Unread(NOT_ASKED.to_owned()),
            default_apps: Vec::new(),
        },
    }
}
