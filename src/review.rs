//! Reviewed plans: is everything that would be done now in the plan that somebody reviewed?
//!
//! Nothing is carried out from a file. `apply --plan FILE` plans afresh and holds the fresh plan against the file. A row that the
//! file has is taken; one that it lacks is left alone and told; a row of the file that is no longer needed is already true. The
//! taken rows are judged by themselves, and what they do to people must be what the file says ([`withheld`]): a row that would do
//! more is withheld. So applying twice is harmless, and what happens elsewhere meanwhile does not void a review.

mod live;
mod people;
mod whole;

pub use live::Live;
pub use people::withheld;
pub use whole::{NotApplicable, applicable, same_rules, same_sites};

use crate::model::Surface;
use crate::report::document::{PlanDocument, ResourceChange};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What holding a fresh plan against a reviewed one shows.
#[derive(Debug, Default, PartialEq)]
pub struct Review<'a> {
    /// Changes that would be done and that nobody reviewed.
    pub extra: Vec<Extra<'a>>,
    /// Rows that only the reviewed plan has: they are true already, or nobody asks for them any more.
    pub gone: Vec<&'a ResourceChange>,
    /// How many changes are covered.
    pub covered: usize,
}

/// A change that nobody reviewed.
#[derive(Debug, PartialEq)]
pub struct Extra<'a> {
    /// What would be done.
    pub change: &'a ResourceChange,
    /// Why the file does not cover it.
    pub why: &'static str,
}

/// Holds a fresh plan against a reviewed one.
///
/// A change of the fresh plan that a rule blocks is not done, so it needs no review. What the reviewed plan shows as blocked,
/// waiting or by hand and would be carried out now is not covered: the reviewer was told that it would not be.
pub fn compare<'a>(reviewed: &'a PlanDocument, fresh: &'a PlanDocument) -> Review<'a> {
    let mut by_address: BTreeMap<&str, Vec<&ResourceChange>> = BTreeMap::new();
    let mut by_account: BTreeMap<(&str, &str), Vec<&ResourceChange>> = BTreeMap::new();
    for row in &reviewed.resource_changes {
        by_address.entry(&row.address).or_default().push(row);
        if let Some(key) = account(row) {
            by_account.entry(key).or_default().push(row);
        }
    }
    let mut matched: BTreeSet<&str> = BTreeSet::new();
    let mut review = Review::default();
    for change in &fresh.resource_changes {
        if !change.portcullis.blocked_by.is_empty() && !change.portcullis.overridable {
            continue;
        }
        // Somebody is the same by account id, whatever their address was when the plan was made.
        let same = account(change).and_then(|key| by_account.get(&key));
        let rows = same.or_else(|| by_address.get(change.address.as_str()));
        let rows = rows.map(Vec::as_slice).unwrap_or_default();
        matched.extend(rows.iter().map(|row| row.address.as_str()));
        match covered(rows, change) {
            Ok(()) => review.covered += 1,
            Err(why) => review.extra.push(Extra { change, why }),
        }
    }
    let planned = fresh.resource_changes.iter();
    matched.extend(planned.map(|row| row.address.as_str()));
    let rows = reviewed.resource_changes.iter();
    review.gone = rows
        .filter(|row| !matched.contains(row.address.as_str()))
        .collect();
    review
}

/// Returns the list and the account that a row about somebody on a list is about, where the account is known.
fn account(row: &ResourceChange) -> Option<(&str, &str)> {
    if !is_of_a_list(&row.kind) {
        return None;
    }
    let (list, _) = row.address.rsplit_once('/')?;
    let sides = [&row.change.before, &row.change.after].into_iter();
    let id = sides.filter_map(|side| side.get("account_id")).next()?;
    Some((list, id.as_str()?))
}

fn is_of_a_list(kind: &str) -> bool {
    matches!(kind, "jsm_organization_member" | "jsm_project_customer")
}

fn covered(rows: &[&ResourceChange], fresh: &ResourceChange) -> Result<(), &'static str> {
    let Some(row) = rows
        .iter()
        .find(|row| row.change.actions == fresh.change.actions)
    else {
        return Err(if rows.is_empty() {
            "it is not in the reviewed plan"
        } else {
            "the reviewed plan does something else there"
        });
    };
    if row.kind != fresh.kind {
        return Err("the reviewed plan does something else there");
    }
    let (then, now) = (&row.portcullis, &fresh.portcullis);
    if !then.blocked_by.is_empty() && (now.blocked_by.is_empty() || !then.overridable) {
        return Err("the reviewed plan said that it is blocked");
    }
    if !then.waiting_for.is_empty() && now.waiting_for.is_empty() {
        return Err("the reviewed plan said that it waits for a person");
    }
    if then.surface == Surface::Manual.word() && now.surface != then.surface {
        return Err("the reviewed plan said that a person does it");
    }
    // What it replaces may differ: what it does to people is compared by itself. Somebody who goes is the same somebody.
    if account(row).is_some() && account(row) == account(fresh) {
        return Ok(());
    }
    if fresh.change.actions == ["delete"]
        && !same(&fresh.kind, &row.change.before, &fresh.change.before)
    {
        return Err("it is about somebody or something else than the reviewed plan found");
    }
    if !same(&fresh.kind, &row.change.after, &fresh.change.after) {
        return Err("the result would be another one than was reviewed");
    }
    Ok(())
}

/// Says whether two values mean the same for a review.
///
/// A display name is typed by its owner and may change any time; an account id may have come into being since, by an apply that
/// was interrupted after it made the account. Two different ids on one address are two different people.
fn same(kind: &str, reviewed: &Value, fresh: &Value) -> bool {
    if !is_of_a_list(kind) {
        return reviewed == fresh;
    }
    let (Some(reviewed), Some(fresh)) = (reviewed.as_object(), fresh.as_object()) else {
        return reviewed == fresh;
    };
    let keys = reviewed.keys().chain(fresh.keys());
    keys.filter(|key| *key != "name").all(|key| {
        let (old, new) = (reviewed.get(key), fresh.get(key));
        old == new || key == "account_id" && old.is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::document::{ChangeBody, Extra as Marks};
    use serde_json::json;

    fn row(address: &str, action: &str, before: Value, after: Value) -> ResourceChange {
        ResourceChange {
            address: address.into(),
            previous_address: None,
            mode: "managed".into(),
            kind: if address.contains("/member/") {
                "jsm_organization_member"
            } else {
                "jsm_project_access"
            }
            .into(),
            name: String::new(),
            change: ChangeBody {
                actions: vec![action.into()],
                before,
                after,
            },
            action_reason: String::new(),
            portcullis: Marks::default(),
        }
    }

    fn why(reviewed: &ResourceChange, fresh: &ResourceChange) -> Option<&'static str> {
        covered(&[reviewed], fresh).err()
    }

    #[test]
    fn a_change_is_covered_by_the_same_address_action_before_and_after() {
        let access = |before: &str, after: &str| {
            row(
                "acme/project/ITSM/access",
                "update",
                json!(before),
                json!(after),
            )
        };
        let reviewed = access("open", "restricted");
        assert_eq!(why(&reviewed, &access("open", "restricted")), None);
        assert!(why(&reviewed, &access("restricted", "open")).is_some());
        assert_eq!(why(&access("other", "restricted"), &reviewed), None);
        let unknown = row(
            "acme/project/ITSM/access",
            "update",
            Value::Null,
            json!("restricted"),
        );
        assert_eq!(why(&unknown, &reviewed), None);
        let mut blocked = reviewed.clone();
        blocked.portcullis.blocked_by = vec!["L52: open".into()];
        assert!(why(&blocked, &reviewed).is_some());
        blocked.portcullis.blocked_by = vec!["policy.max_removals".into()];
        blocked.portcullis.overridable = true;
        assert!(why(&blocked, &reviewed).is_some());
        assert_eq!(why(&blocked, &blocked), None);
        let mut waiting = reviewed.clone();
        waiting.portcullis.waiting_for = vec!["acme/customer-access/external".into()];
        assert!(why(&waiting, &reviewed).is_some());
        assert_eq!(why(&waiting, &waiting), None);
    }

    #[test]
    fn a_member_may_get_an_account_or_another_name_but_not_be_somebody_else() {
        let address = "acme/organization/Globex/member/ana@x.example";
        let add = |after: Value| row(address, "create", Value::Null, after);
        let planned = add(json!({ "email": "ana@x.example" }));
        let made = add(json!({ "email": "ana@x.example", "account_id": "qm:1", "name": "Ana" }));
        let renamed =
            add(json!({ "email": "ana@x.example", "account_id": "qm:1", "name": "@all" }));
        let other = add(json!({ "email": "ana@x.example", "account_id": "qm:2", "name": "Ana" }));
        assert_eq!(why(&planned, &made), None);
        assert_eq!(why(&made, &renamed), None);
        assert!(why(&made, &other).is_some());
        assert!(why(&made, &planned).is_some());
    }
}
