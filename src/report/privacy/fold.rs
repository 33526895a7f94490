//! People as numbers: rows that are the same once nobody is named become one row with a count.

use super::names_a_person;
use super::people::SOMEBODY;
use crate::neutral::phrase::Phrase;
use crate::report::document::{PlanDocument, ResourceChange};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Folds every list of a redacted plan.
pub(super) fn plan(document: &mut PlanDocument) {
    for rows in [&mut document.resource_changes, &mut document.resource_drift] {
        *rows = folded(std::mem::take(rows));
    }
    for check in &mut document.checks {
        let problems = std::mem::take(&mut check.problems);
        check.problems = counted(problems, |problem| problem.message.to_string())
            .into_iter()
            .map(|(mut problem, count)| {
                times(&mut problem.message, count);
                problem
            })
            .collect();
    }
    for step in &mut document.manual_steps {
        step.addresses.sort();
        step.addresses.dedup();
        for value in [&mut step.present, &mut step.expected] {
            numbers(value);
        }
    }
    let steps = std::mem::take(&mut document.manual_steps);
    document.manual_steps = counted(steps, |step| {
        json!([step.addresses, step.title, step.click_path, step.expected]).to_string()
    })
    .into_iter()
    .map(|(mut step, count)| {
        times(&mut step.title, count);
        step
    })
    .collect();
    let findings = std::mem::take(&mut document.findings);
    document.findings = counted(findings, |finding| {
        let place = if finding.address.ends_with("/*") {
            None
        } else {
            finding.source.as_ref()
        };
        format!(
            "{} {} {} {place:?}",
            finding.address, finding.code, finding.message
        )
    })
    .into_iter()
    .map(|(mut finding, count)| {
        times(&mut finding.message, count);
        if finding.address.ends_with("/*") {
            finding.source = None;
        }
        finding
    })
    .collect();
    let forecast = std::mem::take(&mut document.forecast);
    document.forecast = counted(forecast, |entry| {
        format!("{} {}", entry.address, entry.until)
    })
    .into_iter()
    .map(|(mut entry, count)| {
        entry.count = Some(count);
        entry
    })
    .collect();
    document.access_impact.rewrite(numbers);
}

/// Folds rows of a plan's shape: one row per list of people.
pub(super) fn folded(rows: Vec<ResourceChange>) -> Vec<ResourceChange> {
    let (people, mut kept): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| row.address.ends_with("/*"));
    let people = people.into_iter().map(|mut row| {
        row.portcullis.source = None;
        row.portcullis.waiting_for.sort();
        row.portcullis.waiting_for.dedup();
        row.change.before = Value::Null;
        row.change.after = Value::Null;
        row
    });
    let people = counted(people.collect(), |row| {
        json!([
            row.address,
            row.change.actions,
            row.action_reason,
            row.portcullis
        ])
        .to_string()
    });
    kept.extend(people.into_iter().map(|(mut row, count)| {
        row.name = if count == 1 {
            "1 person".to_owned()
        } else {
            format!("{count} people")
        };
        row.portcullis.count = Some(count);
        row
    }));
    kept
}

/// Returns the first of each kind with how many there are, in order of appearance.
pub(super) fn counted<T>(all: Vec<T>, kind: impl Fn(&T) -> String) -> Vec<(T, usize)> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut folded: Vec<(T, usize)> = Vec::new();
    for one in all {
        let next = folded.len();
        let at = *places.entry(kind(&one)).or_insert(next);
        match folded.get_mut(at) {
            Some((_, count)) => *count += 1,
            None => folded.push((one, 1)),
        }
    }
    folded
}

/// Says in a message how often it stood there.
pub(super) fn times(text: &mut Phrase, count: usize) {
    if count > 1 {
        *text = std::mem::take(text).word(&format!(" ({count} times)"));
    }
}

/// Replaces lists and maps of people by how many there are.
fn numbers(value: &mut Value) {
    let here = match value {
        Value::Array(list) => list.iter().any(|item| match item {
            Value::Object(map) => map.values().any(|value| value == SOMEBODY),
            other => names_a_person(other, SOMEBODY),
        }),
        Value::Object(map) => map.keys().any(|key| key.contains(SOMEBODY)),
        _ => false,
    };
    match value {
        Value::Array(list) if here => *value = json!(list.len()),
        // Keys that became the same were counted once; how many there were is not known any more.
        Value::Object(_) if here => *value = json!(SOMEBODY),
        Value::Array(list) => list.iter_mut().for_each(numbers),
        Value::Object(map) => map.values_mut().for_each(numbers),
        _ => {}
    }
}
