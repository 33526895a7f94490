//! What an apply did: done, already true, failed, not tried, by hand, as text and as JSON.

use crate::apply::{ApplyReport, Counts, Outcome};
use crate::config::Workspace;
use crate::exit::Exit;
use crate::neutral::columns::folded;
use crate::neutral::neutral;
use crate::neutral::phrase::Phrase;
use crate::report::build::Planned;
use crate::report::document::{PlanDocument, Redaction, Source};
use crate::report::text::{Style, by_hand_next};
use schemars::JsonSchema;
use serde::Serialize;
use std::io::{self, Write};

/// What an apply did.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AppliedDocument {
    /// The version of this format.
    pub format_version: &'static str,
    /// The version of Portcullis.
    pub tool_version: &'static str,
    /// One element per change.
    pub results: Vec<AppliedRow>,
    /// How many of each.
    pub counts: Counts,
    /// How many steps by hand the plan lists; one step can settle several changes.
    pub manual_steps: usize,
    /// Whether one of them has a command that records what somebody saw.
    #[serde(skip)]
    #[schemars(skip)]
    pub recorded: bool,
    /// Listed people whom nothing brings in, since their accounts are suspended or revoked; the list where they are on it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// Requests, reading included.
    pub requests: u64,
    /// The exit code.
    pub exit_code: u8,
    /// The reason of the exit code, in words.
    pub exit_reason: &'static str,
    /// Says that personal data was taken out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portcullis: Option<Redaction>,
}

/// What became of one change.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AppliedRow {
    /// What.
    pub address: String,
    /// `create`, `update` or `delete`.
    pub action: &'static str,
    /// What became of it.
    pub result: Outcome,
    /// Who asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// How many people the row stands for, with `--privacy counts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
}

/// Builds the report of all sites.
pub fn document(
    workspace: &Workspace,
    planned: &[Planned],
    reports: &[ApplyReport],
    requests: u64,
    exit: Exit,
) -> AppliedDocument {
    let mut results = Vec::new();
    let mut counts = Counts::default();
    for (planned, report) in planned.iter().zip(reports) {
        let more = report.counts();
        counts.done += more.done;
        counts.already_true += more.already_true;
        counts.failed += more.failed;
        counts.inactive_or_hidden += more.inactive_or_hidden;
        counts.not_tried += more.not_tried;
        counts.manual += more.manual;
        counts.waiting += more.waiting;
        counts.blocked += more.blocked;
        for (change, outcome) in planned.plan.changes.iter().zip(&report.outcomes) {
            let source = change.source.and_then(|span| {
                let file = workspace.sources.get(span.file)?;
                Some(Source {
                    file: file.path.to_string(),
                    line: span.line,
                })
            });
            results.push(AppliedRow {
                address: change.address.to_string(),
                action: change.action.word(),
                result: outcome.clone(),
                source,
                count: None,
            });
        }
    }
    AppliedDocument {
        format_version: "1.0",
        tool_version: env!("CARGO_PKG_VERSION"),
        results,
        counts,
        manual_steps: planned
            .iter()
            .map(|planned| planned.plan.manual_steps.len())
            .sum(),
        recorded: planned
            .iter()
            .flat_map(|planned| &planned.plan.manual_steps)
            .any(|step| step.attest.is_some()),
        left_out: planned
            .iter()
            .flat_map(|planned| &planned.plan.left_out)
            .map(ToString::to_string)
            .collect(),
        requests,
        exit_code: exit.code(),
        exit_reason: exit.reason(),
        portcullis: None,
    }
}

/// Writes the report as JSON.
///
/// # Errors
/// When the sink fails.
pub fn json(document: &AppliedDocument, out: &mut dyn Write) -> io::Result<()> {
    let plain = serde_json::to_string_pretty(document)?;
    writeln!(out, "{}", crate::neutral::json::escaped(&plain))
}

/// Writes the report for people: what did not work first and in full, what worked as numbers, and what comes next. `plan` is what was
/// carried out.
///
/// # Errors
/// When the sink fails.
pub fn text(
    document: &AppliedDocument,
    plan: &PlanDocument,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    for title in ["failed", "not tried", "by hand", "warning"] {
        for row in &document.results {
            let why = match (&row.result, title) {
                (Outcome::Failed(why), "failed")
                | (Outcome::NotTried(why), "not tried")
                | (Outcome::LeftToAPerson(why), "by hand")
                | (Outcome::InactiveOrHidden(why), "warning") => why,
                _ => continue,
            };
            let place = row
                .source
                .as_ref()
                .map(|source| format!("  ({}:{})", source.file, source.line));
            writeln!(
                out,
                "{title}: {} {}{}{}\n    {}",
                row.action,
                Phrase::default().key(&row.address),
                row.count
                    .map(|count| format!(" ({count})"))
                    .unwrap_or_default(),
                neutral(&place.unwrap_or_default()),
                why,
            )?;
        }
    }
    let Counts {
        done,
        already_true,
        failed,
        inactive_or_hidden,
        not_tried,
        manual,
        waiting,
        blocked,
    } = document.counts;
    // As the plan counts them.
    let by_hand = match document.manual_steps {
        0 => manual,
        steps => steps,
    };
    let mut words = vec![format!("{done} done")];
    for (count, word) in [
        (already_true, "already true"),
        (failed, "failed"),
        (not_tried, "not tried"),
        (inactive_or_hidden, "inactive or hidden"),
        (by_hand, "by hand"),
        (waiting, "waiting"),
        (blocked, "blocked"),
    ] {
        if count > 0 {
            words.push(format!("{count} {word}"));
        }
    }
    writeln!(
        out,
        "\napplied: {} ({} requests)",
        words.join(", "),
        document.requests
    )?;
    let again = "what failed or was not tried is done by another run:";
    let by_hand = match document.manual_steps {
        // What the site left to a person shows by itself.
        0 => "do by hand what is left, then:",
        _ => by_hand_next(document.recorded),
    };
    for (is_so, what, command) in [
        (failed + not_tried > 0, again, "apply"),
        (manual + waiting > 0, by_hand, "plan"),
    ] {
        if is_so {
            let text = folded(&format!("next: {what}"), style.width);
            writeln!(out, "\n{text}\n      {}", plan.command(command))?;
        }
    }
    Ok(())
}
