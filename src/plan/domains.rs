//! Approved domains of the Atlassian organization: only this site's JSM entry is ever touched.

use crate::config::{ApprovedRole, ApprovedSite, Mode};
use crate::model::{Address, Domain, Surface};
use crate::observed::{ObservedApproval, ObservedGrant};
use crate::plan::Block;
use crate::plan::change::{Action, Change, Effect, Phase, Reason, ResourceType};
use crate::plan::diff::{Draft, whole};
use crate::plan::manual::ManualSubject;
use serde_json::{Value, json};

/// The pseudo-domain of the any-domain rule.
pub const ANYONE: &str = "ANYONE";

impl Draft<'_> {
    pub(super) fn approved_domains(&mut self) {
        let Some((key, organization)) = self.desired.atlassian else {
            return;
        };
        let site = &self.desired.site.key;
        if let Some(rule) = organization.any_domain.get(site) {
            self.any_domain(key, rule);
        }
        let Some(approved) = &organization.approved_domains else {
            return;
        };
        let ours = approved
            .domains
            .values()
            .any(|domain| domain.sites.contains_key(site));
        if !ours && approved.mode == Mode::AddOnly {
            return;
        }
        let live = match whole(self.observed.approved_domains.as_ref()) {
            Ok(live) => live,
            Err(why) => {
                return self.error(
                    Address::new([key, "approved-domain"]),
                    why,
                    Some(approved.span),
                );
            }
        };
        for (domain, entry) in &approved.domains {
            let Some(wanted) = entry.sites.get(site) else {
                continue;
            };
            let seen = live.get(domain);
            self.count_field(true);
            self.approved_domain(key, domain, wanted, seen);
        }
        if approved.mode == Mode::Exact {
            for (domain, seen) in live {
                let declared = approved
                    .domains
                    .get(domain)
                    .is_some_and(|entry| entry.sites.contains_key(site));
                if declared || seen.jsm.is_none() || domain.as_str().eq_ignore_ascii_case(ANYONE) {
                    continue;
                }
                let none = ApprovedSite {
                    span: approved.span,
                    role: ApprovedRole::None,
                    admin_approval: false,
                };
                self.approved_domain(key, domain, &none, Some(seen));
            }
        }
    }

    fn approved_domain(
        &mut self,
        key: &str,
        domain: &Domain,
        wanted: &ApprovedSite,
        seen: Option<&ObservedApproval>,
    ) {
        let site = self.desired.site.key.as_str();
        let live = seen.and_then(|seen| seen.jsm.as_ref());
        let now = live.map(|grant| (role_of(grant), grant.admin_approval.unwrap_or(false)));
        let then =
            (wanted.role != ApprovedRole::None).then_some((wanted.role, wanted.admin_approval));
        if now == then {
            return;
        }
        let show = |grant: Option<(ApprovedRole, bool)>| {
            grant.map_or(Value::Null, |(role, approval)| {
                json!({ "sites": { site: { "role": role.word(), "admin_approval": approval } } })
            })
        };
        let address = Address::new([key, "approved-domain", domain.as_str()]);
        let (before, after) = (show(now), show(then));
        let action = match (&now, &then) {
            (None, _) => Action::Create,
            (_, None) => Action::Delete,
            _ => Action::Update,
        };
        let organization = self.desired.atlassian.map(|(_, organization)| organization);
        let customer_role = organization
            .and_then(|organization| organization.customer_role.as_ref())
            .map(|role| role.value.clone())
            .or_else(|| self.observed.customer_role.clone());
        let mut blocked_by = Vec::new();
        let (effect, surface) = match wanted.role {
            ApprovedRole::None => (
                Effect::DisapproveDomain(domain.clone()),
                Surface::Documented,
            ),
            // The role that licenses agents is never written by a program.
            ApprovedRole::User => {
                let effect = Effect::ApproveDomain {
                    domain: domain.clone(),
                    grants: ApprovedRole::User,
                    role: String::new(),
                    admin_approval: wanted.admin_approval,
                };
                (effect, Surface::Manual)
            }
            ApprovedRole::Customer => {
                if customer_role.is_none() {
                    blocked_by.push(Block::Rule(
                        "the ARI of the Customer role is not known and never guessed: write `customer_role`, or approve one domain by hand so that it can be learned".into(),
                    ));
                }
                let effect = Effect::ApproveDomain {
                    domain: domain.clone(),
                    grants: ApprovedRole::Customer,
                    role: customer_role.unwrap_or_default(),
                    admin_approval: wanted.admin_approval,
                };
                (effect, Surface::Documented)
            }
        };
        self.changes.push(Change {
            address: address.clone(),
            kind: ResourceType::ApprovedDomain,
            name: domain.as_str().to_owned(),
            action,
            before: before.clone(),
            after: after.clone(),
            reason: match action {
                Action::Create => Reason::Listed,
                Action::Update => Reason::Differs,
                Action::Delete => Reason::NotListed,
            },
            source: Some(wanted.span),
            surface,
            effect,
            phase: if action == Action::Delete {
                Phase::Narrow
            } else {
                Phase::Widen
            },
            blocked_by,
            waiting_for: Vec::new(),
            needs_right: None,
        });
        if surface == Surface::Manual {
            self.by_hand(
                &ManualSubject::ApprovedDomain(domain.clone()),
                vec![address],
                before,
                after,
            );
        }
    }

    fn any_domain(&mut self, key: &str, wanted: &ApprovedSite) {
        let site = self.desired.site.key.as_str();
        let address = Address::new([key, "approved-domain", ANYONE]);
        let live = match whole(self.observed.any_domain.as_ref()) {
            Ok(live) => live,
            Err(why) => return self.error(address, why, Some(wanted.span)),
        };
        self.count_field(true);
        let now = live
            .as_ref()
            .map(|grant| (role_of(grant), grant.admin_approval.unwrap_or(false)));
        let then =
            (wanted.role != ApprovedRole::None).then_some((wanted.role, wanted.admin_approval));
        if now == then {
            return;
        }
        let show = |grant: Option<(ApprovedRole, bool)>| {
            let (role, approval) = grant.unwrap_or((ApprovedRole::None, false));
            json!({ "sites": { site: { "role": role.word(), "admin_approval": approval } } })
        };
        let (before, after) = (show(now), show(then));
        self.changes.push(Change {
            address: address.clone(),
            kind: ResourceType::ApprovedDomain,
            name: "any domain".to_owned(),
            action: Action::Update,
            before: before.clone(),
            after: after.clone(),
            reason: Reason::Differs,
            source: Some(wanted.span),
            surface: Surface::Manual,
            effect: Effect::SetAnyDomain(then),
            phase: Phase::Widen,
            blocked_by: Vec::new(),
            waiting_for: Vec::new(),
            needs_right: None,
        });
        self.by_hand(&ManualSubject::AnyDomain, vec![address], before, after);
    }
}

/// Tells the JSM role of an entry from the last part of its ARI; an entry without a role grants the app's member role.
pub(crate) fn role_of(grant: &ObservedGrant) -> ApprovedRole {
    match &grant.role {
        Some(role) if is_customer_role(role) => ApprovedRole::Customer,
        _ => ApprovedRole::User,
    }
}

/// Says whether a role ARI is that of JSM customers.
pub fn is_customer_role(ari: &str) -> bool {
    ari.rsplit('/').next() == Some("customer")
}
