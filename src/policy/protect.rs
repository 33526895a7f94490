//! `policy.protect`: what nothing may take away, judged on live names, so that it outlives the block in the YAML.

use super::{Verdict, Weight};
use crate::desired::Desired;
use crate::judge::{Ledger, Sheet};
use crate::model::{AccountId, AccountSet, Address, OrganizationId, ProjectKey, Read, WhoCanView};
use crate::neutral::named;
use crate::observed::Observed;
use crate::plan::{Action, Block, Change, Effect, OrganizationRef, Phase, ResourceType};
use serde_json::Value;

/// Blocks deletions and whatever takes access away at protected addresses, and says which rows that were.
pub(super) fn protect(
    sheet: &mut Sheet<'_>,
    desired: &Desired<'_>,
    observed: &Observed,
    ledger: &mut Ledger,
) {
    for pattern in &desired.law.policy.protect {
        let name = format!("policy.protect {}", named(&pattern.value));
        let mut problems = Vec::new();
        let mut weight = Weight::Undecided;
        for (at, change) in sheet.changes().iter().enumerate() {
            if !takes_away(change) {
                continue;
            }
            let row = named(&change.address);
            if is_protected(change, desired, observed, &pattern.value) {
                weight = Weight::Fails;
                problems.push(format!("{row} would take access away").into());
                sheet.block(at, Block::Policy(name.clone().into()));
            } else if may_be_protected(change, desired, observed, &pattern.value) {
                problems.push(format!(
                    "{row} would take access away, and its name could not be read: it may be what is protected"
                ).into());
                let why = format!("{name}, which may mean this: its name is not known");
                sheet.block(at, Block::Policy(why.into()));
            }
        }
        ledger.put(Verdict {
            kind: "protect",
            name,
            problems,
            source: Some(pattern.span),
            weight,
        });
    }
}

/// Blocks every change at frozen addresses, gains included.
pub(super) fn freeze(
    sheet: &mut Sheet<'_>,
    desired: &Desired<'_>,
    observed: &Observed,
    ledger: &mut Ledger,
) {
    for pattern in &desired.law.policy.freeze {
        let name = format!("policy.freeze {}", named(&pattern.value));
        let mut problems = Vec::new();
        for (at, change) in sheet.changes().iter().enumerate() {
            if !change.is_question() && is_protected(change, desired, observed, &pattern.value) {
                problems.push(format!("{} would change", named(&change.address)).into());
                sheet.block(at, Block::Policy(name.clone().into()));
            }
        }
        ledger.put(Verdict {
            kind: "protect",
            name,
            problems,
            source: Some(pattern.span),
            weight: Weight::Fails,
        });
    }
}

/// Says whether a change deletes something or lets fewer people in.
///
/// A step by hand from an unknown value is no program's doing, and nobody can say whether it narrows anything.
pub(super) fn takes_away(change: &Change) -> bool {
    if matches!(change.effect, Effect::EndAccess(_)) {
        return true;
    }
    if change.action == Action::Delete {
        return change.kind != ResourceType::CustomerAccount;
    }
    if change.action == Action::Create || change.before.is_null() {
        return false;
    }
    match change.kind {
        ResourceType::ProjectAccess => change.phase == Phase::Narrow,
        ResourceType::KnowledgeBaseSpace => {
            let viewers = |value: &Value| WhoCanView::from_word(value["who_can_view"].as_str()?);
            matches!((viewers(&change.before), viewers(&change.after)), (Some(now), Some(then)) if then > now)
        }
        ResourceType::CustomerAccess | ResourceType::SiteSetting | ResourceType::AllowedDomain => {
            switched_off(&change.before, &change.after)
        }
        ResourceType::ApprovedDomain => narrows_approval(&change.before, &change.after),
        _ => false,
    }
}

/// Says whether some switch goes from on to off.
fn switched_off(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::Bool(now), Value::Bool(then)) => *now && !*then,
        (Value::Object(now), Value::Object(then)) => then
            .iter()
            .any(|(key, then)| now.get(key).is_some_and(|now| switched_off(now, then))),
        _ => false,
    }
}

/// Says whether an approved domain grants less: a lesser role, or only after an administrator agrees.
fn narrows_approval(before: &Value, after: &Value) -> bool {
    let rank = |word: &Value| match word.as_str() {
        Some("user") => 2,
        Some("customer") => 1,
        _ => 0,
    };
    let (Some(now), Some(then)) = (before["sites"].as_object(), after["sites"].as_object()) else {
        return false;
    };
    now.iter().any(|(site, now)| {
        let then = then.get(site).unwrap_or(&Value::Null);
        let asks = |grant: &Value| grant["admin_approval"] == Value::Bool(true);
        rank(&then["role"]) < rank(&now["role"]) || asks(then) && !asks(now)
    })
}

fn is_protected(
    change: &Change,
    desired: &Desired<'_>,
    observed: &Observed,
    pattern: &str,
) -> bool {
    if change.address.matches(pattern) {
        return true;
    }
    let site = desired.site.key.as_str();
    match &change.effect {
        Effect::RemoveMember(id, _) | Effect::AddMember(OrganizationRef::Existing(id), _) => {
            under_live_name(observed, id, &change.address).is_some_and(|a| a.matches(pattern))
        }
        // A link is protected with its project as well as with its organization, under its declared and its live name.
        Effect::Unlink(key, id) | Effect::Link(key, OrganizationRef::Existing(id)) => {
            let organization = |name: &str| Address::new([site, "organization", name]);
            let link =
                |name: &str| Address::new([site, "project", key.as_str(), "organization", name]);
            organization(&change.name).matches(pattern)
                || live_name(observed, id).is_some_and(|name| {
                    organization(name).matches(pattern) || link(name).matches(pattern)
                })
        }
        Effect::DeleteOrganization(id) => deletes_protected(change, id, site, observed, pattern),
        Effect::EndAccess(account) => ends_protected(account, site, observed, pattern),
        _ => false,
    }
}

/// Whose access ends loses what every list gives that they are on.
fn ends_protected(account: &AccountId, site: &str, observed: &Observed, pattern: &str) -> bool {
    let seen = observed.accounts.get(account);
    let email = seen.and_then(|seen| seen.email.as_ref());
    let person = email.map_or_else(|| format!("id:{account}"), |email| email.key().to_owned());
    let on = |list: Option<&Read<AccountSet>>, owner: [&str; 4]| {
        let [_, kind, name, child] = owner;
        list.and_then(Read::complete)
            .is_some_and(|list| list.contains(account))
            && Address::new([site, kind, name, child, &person]).matches(pattern)
    };
    let organizations = observed.whole_organizations().into_iter().flatten();
    let projects = observed.whole_projects().into_iter().flatten();
    organizations
        .map(|(_, seen)| {
            on(
                seen.members.as_ref(),
                [site, "organization", &seen.name, "member"],
            )
        })
        .chain(projects.map(|(key, seen)| {
            on(
                seen.customers.as_ref(),
                [site, "project", key.as_str(), "customer"],
            )
        }))
        .any(|protected| protected)
}

/// Says whether a change may be about what a pattern protects, where a name was not read: what cannot be named cannot be shown
/// to be unprotected.
fn may_be_protected(
    change: &Change,
    desired: &Desired<'_>,
    observed: &Observed,
    pattern: &str,
) -> bool {
    if change.address.may_match(pattern) {
        return true;
    }
    let (Effect::Unlink(_, id) | Effect::RemoveMember(id, _) | Effect::DeleteOrganization(id)) =
        &change.effect
    else {
        return false;
    };
    let site = desired.site.key.as_str();
    let under = |name: &str| under_name(name, &change.address);
    let Some(name) = live_name(observed, id) else {
        let nameless = format!("id:{id}");
        let organization = Address::new([site, "organization", &nameless]);
        return organization.may_match(pattern)
            || match &change.effect {
                Effect::Unlink(key, _) => {
                    Address::new([site, "project", key.as_str(), "organization", &nameless])
                        .may_match(pattern)
                }
                Effect::DeleteOrganization(_) => could_be_below(pattern, &organization),
                _ => under(&nameless).is_some_and(|address| address.may_match(pattern)),
            };
    };
    // Somebody hidden, in an organization that the site knows by another name than the files.
    matches!(change.effect, Effect::RemoveMember(..))
        && under(name).is_some_and(|address| address.may_match(pattern))
}

/// Deleting an organization also takes its members out of it and unlinks it everywhere.
fn deletes_protected(
    change: &Change,
    id: &OrganizationId,
    site: &str,
    observed: &Observed,
    pattern: &str,
) -> bool {
    let names = [Some(change.name.as_str()), live_name(observed, id)];
    for name in names.into_iter().flatten() {
        let address = Address::new([site, "organization", name]);
        // Whether a protected member is in it may not have been read: then it counts as being there.
        if address.matches(pattern) || could_be_below(pattern, &address) {
            return true;
        }
        for (key, project) in observed.whole_projects().into_iter().flatten() {
            let linked = match &project.organizations {
                Some(Read::Complete(linked)) => linked.contains(id),
                _ => true,
            };
            if linked && link_matches(site, key, name, pattern) {
                return true;
            }
        }
    }
    false
}

fn link_matches(site: &str, key: &ProjectKey, name: &str, pattern: &str) -> bool {
    Address::new([site, "project", key.as_str(), "organization", name]).matches(pattern)
}

/// Says whether a pattern names something below an address, such as one member of an organization.
fn could_be_below(pattern: &str, address: &Address) -> bool {
    let depth = address.as_str().split('/').count();
    let parts: Vec<&str> = pattern.split('/').collect();
    parts.len() > depth && address.may_match(&parts[..depth].join("/"))
}

fn live_name<'o>(observed: &'o Observed, id: &OrganizationId) -> Option<&'o str> {
    Some(observed.whole_organizations()?.get(id)?.name.as_str())
}

/// Returns the address of something in an organization under the organization's live name.
fn under_live_name(observed: &Observed, id: &OrganizationId, address: &Address) -> Option<Address> {
    under_name(live_name(observed, id)?, address)
}

/// The same under any name.
fn under_name(name: &str, address: &Address) -> Option<Address> {
    let mut parts = address.as_str().splitn(4, '/');
    let (site, kind, _, rest) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let base = Address::new([site, kind, name]);
    Some(Address::from_encoded(&format!("{base}/{rest}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_switching_off_takes_away() {
        assert!(switched_off(&json!(true), &json!(false)));
        assert!(!switched_off(&json!(false), &json!(true)));
        assert!(switched_off(
            &json!({ "password": true, "sso": false }),
            &json!({ "password": false, "sso": true })
        ));
        assert!(!switched_off(&json!("agents"), &json!("jira_admins_only")));
    }

    #[test]
    fn an_approval_narrows_by_role_and_by_asking_first() {
        let grant = |role: &str, ask: bool| json!({ "sites": { "acme": { "role": role, "admin_approval": ask } } });
        assert!(narrows_approval(
            &grant("user", false),
            &grant("customer", false)
        ));
        assert!(narrows_approval(
            &grant("customer", false),
            &grant("customer", true)
        ));
        assert!(!narrows_approval(
            &grant("customer", true),
            &grant("customer", false)
        ));
        assert!(!narrows_approval(
            &grant("none", false),
            &grant("customer", false)
        ));
    }

    #[test]
    fn a_pattern_below_an_organization_protects_it_from_deletion() {
        let globex = Address::new(["acme", "organization", "Globex"]);
        assert!(could_be_below(
            "acme/organization/Globex/member/ana@x.example",
            &globex
        ));
        assert!(could_be_below("*/organization/*/member/*", &globex));
        assert!(!could_be_below("acme/organization/Globex", &globex));
        assert!(!could_be_below("acme/project/HR/**", &globex));
    }
}
