//! A review for programs, written person by person.

use super::{Report, Row, rows};
use crate::access::explain::json::because;
use crate::access::review::{Count, Finding, ListRow, kind};
use crate::access::who::write::route;
use crate::exit::Exit;
use crate::neutral::json::escaped;
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// The version of the document.
pub(super) const FORMAT_VERSION: &str = "1.0";

/// Writes a review as JSON: findings first, people last but for what is not known; each person on a line.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(out: &mut dyn Write, report: &Report<'_, '_, '_>, exit: Exit) -> io::Result<()> {
    let review = report.review;
    let mut head = Map::new();
    head.insert("format_version".into(), FORMAT_VERSION.into());
    head.insert("tool_version".into(), env!("CARGO_PKG_VERSION").into());
    head.insert("site".into(), report.site.into());
    head.insert("state".into(), review.state.kind.word().into());
    head.insert("on".into(), report.today.to_string().into());
    head.insert("privacy".into(), report.mask.word().into());
    if let Some(owner) = report.owner {
        head.insert("owner".into(), owner.into());
    }
    let numbers = json!({
        "people": review.people.len(),
        "portals": review.portals.len(),
        "organizations": review.lists.rows().filter(|row| row.organization).count(),
    });
    head.insert("numbers".into(), numbers);
    head.insert("findings".into(), findings(report));
    if let Some((name, changes)) = report.since {
        head.insert("since".into(), changes.json(name));
    }
    head.insert("portals".into(), portals(report));
    head.insert("classes".into(), classes(report));
    head.insert("lists".into(), review.lists.rows().map(list).collect());
    writeln!(out, "{{")?;
    for (key, value) in &head {
        field(out, key, value)?;
        writeln!(out, ",")?;
    }
    write!(out, "  \"people\": [")?;
    let mut between = "\n    ";
    for row in report.rows() {
        let text = person(report, &row).to_string();
        write!(out, "{between}{}", escaped(&text))?;
        between = ",\n    ";
    }
    writeln!(out, "\n  ],")?;
    let tail = [
        ("not_read", json!(report.gaps())),
        ("not_judged", json!(report.never_judged())),
        ("next", json!(report.next)),
        ("exit_code", exit.code().into()),
        ("exit_reason", exit.reason().into()),
    ];
    for (at, (key, value)) in tail.iter().enumerate() {
        field(out, key, value)?;
        writeln!(out, "{}", if at + 1 < tail.len() { "," } else { "" })?;
    }
    writeln!(out, "}}")
}

fn field(out: &mut dyn Write, key: &str, value: &Value) -> io::Result<()> {
    // Strings, numbers, booleans and lists of them, which always become JSON.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    write!(out, "  \"{key}\": {}", escaped(&text).replace('\n', "\n  "))
}

fn findings(report: &Report<'_, '_, '_>) -> Value {
    let mut number = 0;
    let all = report.review.findings.iter().map(|finding| {
        let mut value = json!({
            "code": finding.code.word(),
            "title": finding.code.title(finding.sure()),
        });
        if finding.sure() > 0 {
            number += 1;
            value["number"] = number.into();
            value["hint"] = finding.code.hint().into();
        }
        count(finding, &mut value);
        if !finding.things.is_empty() {
            value["what"] = json!(finding.things);
        }
        if !finding.people.is_empty() && !report.mask.counts() {
            value["people"] = json!(report.names(finding));
        }
        value
    });
    all.collect()
}

fn count(finding: &Finding, value: &mut Value) {
    match &finding.count {
        Count::Sure(count) => value["count"] = (*count).into(),
        Count::AtLeast(count, why) => {
            value["count"] = Value::Null;
            value["at_least"] = (*count).into();
            value["not_known"] = why.as_str().into();
        }
        Count::Unknown(why) => {
            value["count"] = Value::Null;
            value["at_least"] = 0.into();
            value["not_known"] = why.as_str().into();
        }
    }
}

fn portals(report: &Report<'_, '_, '_>) -> Value {
    let review = report.review;
    let all = review.portals.iter().map(|portal| {
        let mut value = json!({
            "project": review.target(portal.project, None),
            "open": portal.open.word(),
            "anonymous": portal.anonymous.word(),
            "anyone": portal.anyone.word(),
            "any_customer": portal.any_customer.word(),
            "people": portal.people,
            "people_perhaps": portal.perhaps,
        });
        if let Some(owner) = &portal.owner {
            value["owner"] = owner.as_str().into();
        }
        value
    });
    all.collect()
}

fn classes(report: &Report<'_, '_, '_>) -> Value {
    let all = report.review.classes.iter().map(|reach| {
        json!({
            "who": reach.class.who,
            "target": report.review.target(reach.project, reach.space.as_ref()),
            "answer": reach.class.answer.word(),
            "route": reach.class.route,
            "because": because(&reach.class.because, report.sources),
        })
    });
    all.collect()
}

fn list(row: &ListRow<'_>) -> Value {
    let kind = if row.organization {
        "organization"
    } else {
        "project"
    };
    let mut value = json!({ kind: row.name, "people": row.people, "declared": row.declared });
    if let Some(owner) = row.owner {
        value["owner"] = owner.into();
    }
    if let Some(until) = row.until {
        value["until"] = until.to_string().into();
    }
    if let Some(managed) = row.managed_by {
        value["managed_by"] = managed.word().into();
    }
    if let Some(gap) = &row.gap {
        value["not_known"] = gap.as_str().into();
    }
    value
}

fn person(report: &Report<'_, '_, '_>, row: &Row) -> Value {
    let review = report.review;
    let known = review.state.people.get(row.id);
    let lists: Vec<Value> = row
        .lists(review)
        .iter()
        .map(|on| {
            let kind = if on.row.organization {
                "organization"
            } else {
                "project"
            };
            let mut value = json!({ kind: on.row.name });
            if let Some(owner) = on.row.owner {
                value["owner"] = owner.into();
            }
            if let Some(until) = on.until {
                value["until"] = until.to_string().into();
            }
            if !on.sure {
                value["perhaps"] = true.into();
            }
            value
        })
        .collect();
    let reaches: Vec<Value> = review
        .reached(row.id)
        .iter()
        .map(|reached| {
            let via = row.via(review, reached);
            let routes: Vec<Value> = via.iter().map(|via| route(via, report.sources)).collect();
            let kind = if reached.space.is_some() {
                "articles"
            } else {
                "portal"
            };
            json!({
                kind: review.target(reached.project, reached.space.as_ref()),
                "answer": reached.answer.word(),
                "routes": routes,
            })
        })
        .collect();
    let mut value = json!({
        "who": row.who,
        "role": rows::role(known.account.role),
        "status": rows::status(known.account.status),
        "licence": rows::licence(known.account),
        "lists": lists,
        "reaches": reaches,
    });
    if let Some(kind) = kind(known) {
        value["account"] = kind.word().into();
    }
    if report.mask.is_full() {
        if let Some(id) = known.account_id {
            value["account_id"] = id.text().into();
        }
        if !known.name.is_empty() {
            value["name"] = known.name.into();
        }
    }
    if let Some(count) = row.count {
        value["count"] = count.into();
    }
    value
}
