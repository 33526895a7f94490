//! Limits and acknowledgements.

use super::{block, patterns};
use crate::config::context::{Context, Fields};
use crate::config::workspace::{
    AcceptedDrift, Acknowledgement, Gate, Limit, Policy, Undecided, Unmanaged,
};
use crate::config::yaml::{Entry, Node, Value};
use crate::config::{codes, keys};
use crate::diagnostic::{Diagnostic, Located, Span};
use jiff::civil::Date;

const GATE: &[(&str, Gate)] = &[
    ("block", Gate::Block),
    ("warn", Gate::Warn),
    ("allow", Gate::Allow),
];
const UNMANAGED: &[(&str, Unmanaged)] = &[
    ("count", Unmanaged::Count),
    ("list", Unmanaged::List),
    ("ignore", Unmanaged::Ignore),
];

/// The words for what becomes of an expectation that cannot be decided.
pub(super) const UNDECIDED: &[(&str, Undecided)] =
    &[("warn", Undecided::Warn), ("block", Undecided::Block)];

/// The longest that an attestation without `until` may count: ten years.
const MOST_DAYS: u64 = 3650;

/// Reads the policy.
pub(super) fn policy(cx: &mut Context, entry: &Entry<'_>) -> Policy {
    let mut policy = Policy::default();
    let Some(fields) = cx.fields(&entry.node, entry.mark, keys::POLICY) else {
        return policy;
    };
    if let Some(e) = fields.get("class_gains")
        && cx.fields(&e.node, e.mark, keys::CLASS_GAINS).is_some()
    {
        for entry in block(cx, Some(e)) {
            if keys::CLASS_GAINS.contains(&entry.key.as_ref())
                && let Some(gate) = cx.word(&entry.node, GATE)
            {
                policy.class_gains.insert(entry.key.to_string(), gate);
            }
        }
    }
    let limit = |cx: &mut Context, key: &str| fields.get(key).and_then(|e| limit(cx, e));
    policy.max_people_losing_access = limit(cx, "max_people_losing_access");
    policy.max_people_gaining_access = limit(cx, "max_people_gaining_access");
    policy.max_removals = limit(cx, "max_removals");
    policy.max_new_accounts = fields
        .get("max_new_accounts")
        .and_then(|e| cx.number(&e.node));
    policy.max_licences_removed = fields
        .get("max_licences_removed")
        .and_then(|e| cx.number(&e.node));
    policy.protect = patterns(cx, fields.get("protect"));
    policy.freeze = patterns(cx, fields.get("freeze"));
    for item in list(cx, fields.get("acknowledge")) {
        policy.acknowledge.extend(acknowledgement(cx, item));
    }
    for item in list(cx, fields.get("accept_drift")) {
        policy.accept_drift.extend(accepted(cx, item));
    }
    policy.unmanaged = fields
        .get("unmanaged")
        .and_then(|e| cx.word(&e.node, UNMANAGED));
    policy.undecided = fields
        .get("undecided")
        .and_then(|e| cx.word(&e.node, UNDECIDED));
    policy.attestation_days = fields.get("attestation_days").and_then(|e| days(cx, e));
    policy
}

fn days(cx: &mut Context, entry: &Entry<'_>) -> Option<Located<u64>> {
    let days = cx.number(&entry.node)?;
    if !(1..=MOST_DAYS).contains(&days.value) {
        let message = format!("a statement counts for 1 to {MOST_DAYS} days");
        cx.report(Diagnostic::error(codes::INVALID_NUMBER, message).at(entry.node.mark));
        return None;
    }
    Some(days)
}

fn list<'n, 't>(cx: &mut Context, entry: Option<&'n Entry<'t>>) -> &'n [Node<'t>] {
    entry.and_then(|e| cx.items(&e.node)).unwrap_or_default()
}

fn limit(cx: &mut Context, entry: &Entry<'_>) -> Option<Limit> {
    if matches!(&entry.node.value, Value::Plain(text) | Value::Quoted(text) if text == "off") {
        return Some(Limit {
            span: entry.mark.span,
            count: None,
            percent: None,
            floor: None,
        });
    }
    let fields = cx.fields(&entry.node, entry.mark, keys::LIMIT)?;
    let number = |cx: &mut Context, key: &str| {
        fields
            .get(key)
            .and_then(|e| cx.number(&e.node))
            .map(|n| n.value)
    };
    let percent = number(cx, "percent");
    if let Some(e) = fields.get("percent")
        && percent.is_some_and(|p| p > 100)
    {
        cx.report(
            Diagnostic::error(codes::INVALID_NUMBER, "a share has at most 100 percent")
                .at(e.node.mark),
        );
    }
    if !fields.has("count") && !fields.has("percent") {
        cx.report(
            Diagnostic::error(codes::MISSING_KEY, "a limit needs `count` or `percent`")
                .at(entry.mark)
                .hint("write `off` if no limit should apply, not even one that is built in"),
        );
    }
    Some(Limit {
        span: entry.mark.span,
        count: number(cx, "count"),
        percent,
        floor: number(cx, "floor"),
    })
}

/// The parts that an acknowledgement and accepted drift share.
struct Answered {
    span: Span,
    address: Located<String>,
    reason: String,
    owner: String,
    until: Option<Date>,
}

fn answered(cx: &mut Context, node: &Node<'_>, fields: &Fields<'_, '_>) -> Option<Answered> {
    let address = cx
        .required(fields, "address", "an address pattern such as `acme/**`")
        .and_then(|e| cx.pattern(&e.node));
    let reason = cx
        .required(fields, "reason", "say why, for whoever reads it in a year")
        .and_then(|e| cx.sentence(&e.node));
    let owner = cx
        .required(fields, "owner", "say who answers for it")
        .and_then(|e| cx.sentence(&e.node));
    let until = fields.get("until").and_then(|e| cx.date(&e.node));
    Some(Answered {
        span: node.mark.span,
        address: address?,
        reason: reason?,
        owner: owner?,
        until,
    })
}

fn acknowledgement(cx: &mut Context, node: &Node<'_>) -> Option<Acknowledgement> {
    let fields = cx.fields(node, node.mark, keys::ACKNOWLEDGE)?;
    let lint = cx
        .required(&fields, "lint", "the number of a lint, such as `L13`")
        .and_then(|e| {
            let text = cx.text(&e.node)?;
            let number = text.strip_prefix('L').and_then(|n| n.parse::<u16>().ok());
            if number.is_none_or(|n| n == 0 || text != format!("L{n:02}")) {
                cx.report(
                    Diagnostic::error(
                        codes::UNKNOWN_WORD,
                        format!(
                            "`{}` is not the number of a lint",
                            crate::diagnostic::short(text)
                        ),
                    )
                    .at(e.node.mark)
                    .hint("such as `L13`"),
                );
                return None;
            }
            Some(Located::new(text.to_string(), e.node.mark.span))
        });
    let rest = answered(cx, node, &fields);
    let (lint, rest) = (lint?, rest?);
    Some(Acknowledgement {
        span: rest.span,
        lint,
        address: rest.address,
        reason: rest.reason,
        owner: rest.owner,
        until: rest.until,
    })
}

fn accepted(cx: &mut Context, node: &Node<'_>) -> Option<AcceptedDrift> {
    let fields = cx.fields(node, node.mark, keys::ACCEPT_DRIFT)?;
    let rest = answered(cx, node, &fields)?;
    Some(AcceptedDrift {
        span: rest.span,
        address: rest.address,
        reason: rest.reason,
        owner: rest.owner,
        until: rest.until,
    })
}
