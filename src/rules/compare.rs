//! What became of the rules of a workspace: which came, went or changed, and whether that lets more happen.

use super::Rule;
use crate::policy::{Bound, built_in};
use serde_json::Value;
use std::collections::BTreeMap;

/// What became of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited {
    /// It was not there before.
    Added,
    /// It says something else.
    Changed,
    /// It is gone.
    Deleted,
}

impl Edited {
    /// Returns the word that documents use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Deleted => "deleted",
        }
    }
}

/// A rule that is not what it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// What became of it.
    pub edited: Edited,
    /// Whether more may happen now: a protection that goes, a limit that grows, a lint that is acknowledged.
    pub loosens: bool,
    /// As it was.
    pub before: Option<Rule>,
    /// As it is.
    pub after: Option<Rule>,
}

impl Edit {
    /// Returns what the rule is called.
    pub fn name(&self) -> &str {
        let rule = self.after.as_ref().or(self.before.as_ref());
        rule.map_or("", |rule| rule.name.as_str())
    }
}

/// Compares two sets of rules, as [`super::of`] gives them.
pub fn compare(before: &[Rule], after: &[Rule]) -> Vec<Edit> {
    let by_name = |rules: &[Rule]| -> BTreeMap<String, Rule> {
        let named = rules.iter().map(|rule| (rule.name.clone(), rule.clone()));
        named.collect()
    };
    let (mut old, new) = (by_name(before), by_name(after));
    let scoped = |rules: &[Rule]| rules.iter().any(|rule| rule.name.starts_with("scopes "));
    let scopes = (scoped(before), scoped(after));
    let mut edits = Vec::new();
    for (name, rule) in new {
        let was = old.remove(&name);
        if was.as_ref().is_some_and(|was| was.says == rule.says) {
            continue;
        }
        edits.push(Edit {
            edited: match was {
                Some(_) => Edited::Changed,
                None => Edited::Added,
            },
            loosens: loosens(&name, was.as_ref(), Some(&rule), scopes),
            before: was,
            after: Some(rule),
        });
    }
    edits.extend(old.into_iter().map(|(name, rule)| Edit {
        edited: Edited::Deleted,
        loosens: loosens(&name, Some(&rule), None, scopes),
        before: Some(rule),
        after: None,
    }));
    edits.sort_by(|a, b| a.name().cmp(b.name()));
    edits
}

/// Says whether more may happen; what cannot be told does.
fn loosens(
    name: &str,
    before: Option<&Rule>,
    after: Option<&Rule>,
    (had_scopes, has_scopes): (bool, bool),
) -> bool {
    let says = |rule: Option<&Rule>| rule.map(|rule| rule.says.clone());
    let (old, new) = (says(before), says(after));
    let (kind, _) = name.split_once(' ').unwrap_or((name, ""));
    match kind {
        "policy.protect" | "policy.freeze" => after.is_none(),
        "policy.acknowledge" | "policy.accept_drift" => match (&old, &new) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(old), Some(new)) => later(old, new),
        },
        // A new expectation holds back more. One that changed may hold back less.
        "expectation" => before.is_some(),
        "scopes" => match (&old, &new) {
            (None, Some(_)) => had_scopes,
            (Some(_), None) => !has_scopes,
            (Some(old), Some(new)) => grants_more(old, new),
            (None, None) => false,
        },
        _ if kind.starts_with("policy.class_gains.") => {
            let class = kind.rsplit('.').next().unwrap_or("");
            let rank = |says: &Option<Value>| {
                let word = says.as_ref().and_then(Value::as_str);
                let word = word.unwrap_or_else(|| built_in::class_gain(class));
                ["block", "warn", "allow"].iter().position(|w| *w == word)
            };
            rank(&new) > rank(&old)
        }
        _ => {
            let bound = |says: &Option<Value>| match says {
                Some(says) => Bound::read(says),
                None => built_in::limit(kind),
            };
            bound(&new).allows_more_than(&bound(&old))
        }
    }
}

/// Says whether a date that something ends on is later; none is the latest.
fn later(old: &Value, new: &Value) -> bool {
    let date = |value: &Value| {
        value
            .get("until")
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    match (date(old), date(new)) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(old), Some(new)) => new > old,
    }
}

fn grants_more(old: &Value, new: &Value) -> bool {
    let (Some(old), Some(new)) = (old.as_array(), new.as_array()) else {
        return true;
    };
    new.iter().any(|may| !old.contains(may))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rule(name: &str, says: Value) -> Rule {
        Rule {
            name: name.to_owned(),
            reach: Vec::new(),
            says,
            span: None,
        }
    }

    fn looser(name: &str, before: Option<Value>, after: Option<Value>) -> bool {
        let list = |says: Option<Value>| -> Vec<Rule> {
            says.map(|says| rule(name, says)).into_iter().collect()
        };
        let edits = compare(&list(before), &list(after));
        assert_eq!(edits.len(), 1, "{name}");
        edits[0].loosens
    }

    #[test]
    fn more_may_happen_where_a_rule_goes_or_grows() {
        let limit = |count: u64| json!({ "count": count, "percent": null, "floor": null });
        let off = json!({ "count": null, "percent": null, "floor": null });
        let removals = "policy.max_removals";
        assert!(looser(removals, Some(limit(1)), Some(limit(2))));
        assert!(!looser(removals, Some(limit(2)), Some(limit(1))));
        assert!(looser(removals, None, Some(off.clone())));
        assert!(!looser(removals, Some(off), None));
        let accounts = "policy.max_new_accounts";
        assert!(looser(accounts, Some(json!({ "count": 1 })), None));
        assert!(!looser(accounts, None, Some(json!({ "count": 1 }))));
        let days = "policy.attestation_days";
        assert!(looser(days, None, Some(json!({ "count": 180 }))));
        assert!(!looser(days, None, Some(json!({ "count": 30 }))));
        assert!(looser("policy.protect a/**", Some(json!(true)), None));
        assert!(!looser("policy.freeze a/**", None, Some(json!(true))));
        let gate = "policy.class_gains.anyone";
        assert!(looser(gate, None, Some(json!("warn"))));
        assert!(!looser(gate, Some(json!("warn")), None));
        assert!(looser(
            "policy.class_gains.any_customer",
            None,
            Some(json!("allow"))
        ));
        let until = |date: &str| json!({ "until": date });
        let known = "policy.acknowledge L13 a/**";
        assert!(looser(known, None, Some(until("2027-01-01"))));
        assert!(looser(
            known,
            Some(until("2027-01-01")),
            Some(json!({ "until": null }))
        ));
        assert!(!looser(
            known,
            Some(until("2027-01-02")),
            Some(until("2027-01-01"))
        ));
        assert!(!looser(known, Some(until("2027-01-01")), None));
        assert!(looser("expectation x", Some(json!(1)), Some(json!(2))));
        assert!(!looser("expectation x", None, Some(json!(2))));
        assert!(looser("scopes x", Some(json!(["a"])), None));
        assert!(!looser("scopes x", None, Some(json!(["a"]))));
        assert!(looser(
            "scopes x",
            Some(json!(["a"])),
            Some(json!(["a", "b"]))
        ));
        assert!(!looser(
            "scopes x",
            Some(json!(["a", "b"])),
            Some(json!(["a"]))
        ));
    }
}
