//! What surrounds the changes: what could not be read, findings, dates ahead, totals, and what to do next.

use super::layout::{Page, Paint};
use super::rows::{more, place, shown_of};
use super::values::counted;
use crate::exit::Exit;
use crate::policy::acceptance;
use crate::report::document::{PlanDocument, ResourceChange, Source};
use crate::report::doubts::Doubts;
use crate::report::law::{other_findings, told};
use crate::report::sentences::is_about_people;
use crate::report::subject::{root, spoken};
use std::io;

/// Writes errors, findings and dates ahead of one site.
pub(super) fn of_root(document: &PlanDocument, site: &str, page: &mut Page<'_>) -> io::Result<()> {
    let here = |address: &str| root(address) == site;
    let errors: Vec<_> = document
        .errors
        .iter()
        .filter(|error| here(&error.address))
        .collect();
    if !errors.is_empty() {
        page.blank();
        for error in errors {
            let right = if error.forbidden {
                " (a right or a credential is missing)"
            } else {
                ""
            };
            let text = format!(
                "could not read {}: {}{right}; nothing there is changed{}",
                spoken(&error.address, false),
                error.message,
                at(error.source.as_ref())
            );
            page.prose(2, (Paint::Alarm, "! "), &text)?;
        }
    }
    let findings: Vec<_> = other_findings(document)
        .filter(|finding| here(&finding.address))
        .collect();
    if !findings.is_empty() {
        page.blank();
        page.line(
            2,
            &[
                (Paint::Heading, "worth knowing"),
                (Paint::Plain, &format!(" ({})", findings.len())),
            ],
        )?;
        let shown = shown_of(findings.len(), page.limit(0));
        for finding in findings.iter().take(shown) {
            let text = format!(
                "{}: {} [{}]{}",
                spoken(&finding.address, false),
                finding.message,
                finding.code,
                at(finding.source.as_ref())
            );
            page.prose(4, (Paint::Plain, "* "), &text)?;
        }
        more(findings.len() - shown, 4, page)?;
    }
    let ahead: Vec<_> = document
        .forecast
        .iter()
        .filter(|entry| here(&entry.address))
        .collect();
    if !ahead.is_empty() {
        page.blank();
        page.line(
            2,
            &[
                (Paint::Heading, "ends soon"),
                (Paint::Plain, &format!(" ({})", ahead.len())),
            ],
        )?;
        let shown = shown_of(ahead.len(), page.limit(0));
        for entry in ahead.iter().take(shown) {
            let text = format!(
                "{}: last day {}{}{}",
                spoken(&entry.address, false),
                entry.until,
                entry
                    .count
                    .map(|count| format!(" ({count})"))
                    .unwrap_or_default(),
                at(Some(&entry.source))
            );
            page.prose(4, (Paint::Plain, "* "), &text)?;
        }
        more(ahead.len() - shown, 4, page)?;
    }
    Ok(())
}

/// Writes what the branch does to the rules that judge it.
pub(super) fn law(document: &PlanDocument, page: &mut Page<'_>) -> io::Result<()> {
    let changes = told(document);
    if changes.is_empty() {
        return Ok(());
    }
    page.blank();
    let count = format!(" ({})", changes.len());
    page.line(
        0,
        &[
            (Paint::Heading, "this branch changes the rules"),
            (Paint::Plain, &count),
        ],
    )?;
    for told in changes {
        let label = match (told.change.decisive, told.change.loosens) {
            (true, _) => (Paint::Alarm, "! "),
            (false, true) => (Paint::Change, "~ "),
            (false, false) => (Paint::Plain, "* "),
        };
        let text = format!(
            "{}: {}{}",
            told.about,
            told.says,
            at(told.change.source.as_ref())
        );
        page.prose(2, label, &text)?;
    }
    Ok(())
}

/// Writes what is about the whole plan; the last line says what to do next.
pub(super) fn closing(document: &PlanDocument, page: &mut Page<'_>) -> io::Result<()> {
    failed_checks(document, page)?;
    if !document.resource_drift.is_empty() {
        let changed = counted(document.resource_drift.len(), "thing was", "things were");
        page.prose(
            0,
            (Paint::Faint, "outside:  "),
            &format!("{changed} changed by somebody else"),
        )?;
    }
    if is_empty(document) {
        return unknown(document, page);
    }
    unmanaged(document, page)?;
    coverage(document, page)?;
    page.prose(0, (Paint::Faint, "requests: "), &requests(document))?;
    mails(document, page)?;
    let digest = document
        .digest
        .strip_prefix("sha256:")
        .unwrap_or(&document.digest);
    if acceptance::is_digest(digest) {
        page.unbroken(0, "digest:   ", digest)?;
    } else if !digest.is_empty() {
        page.prose(0, (Paint::Faint, "digest:   "), digest)?;
    }
    if document.is_overridable() {
        page.unbroken(0, "accept:   ", &document.acceptance_digest)?;
    }
    next(document, page)
}

/// Says how many requests apply sends, and how many planning took.
pub(in crate::report) fn requests(document: &PlanDocument) -> String {
    let budget = &document.api_budget;
    let writes = counted_u64(budget.apply_writes, "write", "writes");
    let lacking: Vec<&str> = document.lacking().into_iter().collect();
    let writes = match (budget.apply_writes, lacking.as_slice()) {
        (0, _) => "apply would send nothing".to_owned(),
        (_, []) => format!("apply will send at least {writes}"),
        (_, lacking) => format!(
            "apply sends nothing with these credentials, which lack the right {}; with it at least {writes}",
            lacking.join(" and ")
        ),
    };
    format!(
        "{writes}; planning took {}",
        counted_u64(budget.plan_requests, "request", "requests"),
    )
}

/// How much is described, where that is not everything.
fn coverage(document: &PlanDocument, page: &mut Page<'_>) -> io::Result<()> {
    let coverage = &document.coverage;
    let whole = coverage.organizations_managed >= coverage.organizations_live
        && coverage.projects_managed >= coverage.projects_live
        && coverage.fields_unknown == 0;
    if whole {
        return Ok(());
    }
    let text = format!(
        "{} of {} and {} of {} are described; {}, {} not known",
        coverage.organizations_managed,
        counted(coverage.organizations_live, "organization", "organizations"),
        coverage.projects_managed,
        counted(coverage.projects_live, "project", "projects"),
        counted(coverage.fields_known, "field known", "fields known"),
        coverage.fields_unknown,
    );
    page.prose(0, (Paint::Faint, "coverage: "), &text)
}

/// Who gets mail, where somebody might: by an invitation, or by the site's own notifications to whoever comes.
fn mails(document: &PlanDocument, page: &mut Page<'_>) -> io::Result<()> {
    let comes = |row: &ResourceChange| {
        let person = matches!(
            row.kind.as_str(),
            "jsm_customer_account" | "jsm_organization_member" | "jsm_project_customer"
        );
        person && row.change.actions.iter().any(|action| action == "create")
    };
    let mails = match document.notifications.mails {
        0 if !document.resource_changes.iter().any(comes) => return Ok(()),
        0 => "none by these requests".to_owned(),
        n => {
            let untold = match document.notifications.untold {
                0 => String::new(),
                untold => format!(
                    ", and nobody is told of {}",
                    counted_u64(untold, "other account", "other accounts")
                ),
            };
            let mails = counted_u64(n, "mail", "mails");
            let lacking: Vec<&str> = document.lacking().into_iter().collect();
            match lacking.is_empty() {
                true => format!("{mails} by these requests{untold}"),
                // Nothing is sent before a right is there that the requests take.
                false => format!(
                    "none with these credentials, which lack the right {}; with it {mails}{untold}",
                    lacking.join(" and ")
                ),
            }
        }
    };
    let note = document.notifications.note.as_str();
    let text = if note.is_empty() {
        mails
    } else {
        format!("{mails}; {note}")
    };
    page.prose(0, (Paint::Faint, "mails:    "), &text)
}

/// Says whether there is nothing to do for anybody.
fn is_empty(document: &PlanDocument) -> bool {
    document.resource_changes.is_empty() && document.manual_steps.is_empty()
}

/// Without changes all that matters is whether that can be believed.
fn unknown(document: &PlanDocument, page: &mut Page<'_>) -> io::Result<()> {
    if document.coverage.fields_unknown > 0 {
        let fields = counted(
            document.coverage.fields_unknown,
            "described field has",
            "described fields have",
        );
        page.prose(
            0,
            (Paint::Faint, "unknown:  "),
            &format!("{fields} no known live value"),
        )?;
    }
    if !document.complete && document.errors.is_empty() {
        page.prose(
            0,
            (Paint::Faint, "unknown:  "),
            "not everything asked for was considered",
        )?;
    }
    Ok(())
}

fn failed_checks(document: &PlanDocument, page: &mut Page<'_>) -> io::Result<()> {
    let doubts = Doubts::of_findings(&document.findings);
    let failed: Vec<_> = document
        .checks
        .iter()
        .filter(|check| check.status != "pass" && !is_about_people(check))
        // A finding tells it, with its place.
        .filter(|check| !doubts.tell_all(check))
        .collect();
    for check in &failed {
        let shown = shown_of(check.problems.len(), page.limit(0));
        let problems = check.problems.iter().take(shown);
        let mut problems: Vec<String> = problems
            .map(|problem| problem.message.to_string())
            .collect();
        if check.problems.len() > shown {
            let more = check.problems.len() - shown;
            problems.push(format!(
                "and {more} more (portcullis show PLAN --format json lists them)"
            ));
        }
        let problems = if problems.is_empty() {
            String::new()
        } else {
            format!(": {}", problems.join("; "))
        };
        let text = format!("{} ({}){problems}", check.title(), check.status);
        let (paint, text) = match check.overridden {
            Some(_) => (Paint::Plain, format!("{}: {text}", check.effect())),
            None => (Paint::Alarm, text),
        };
        page.prose(0, (paint, "! "), &text)?;
    }
    if !failed.is_empty() {
        page.blank();
    }
    Ok(())
}

fn unmanaged(document: &PlanDocument, page: &mut Page<'_>) -> io::Result<()> {
    let unmanaged = &document.unmanaged;
    let counts = [
        (unmanaged.organizations, "organization", "organizations"),
        (unmanaged.projects, "project", "projects"),
        (
            unmanaged.people,
            "person on managed lists",
            "people on managed lists",
        ),
    ];
    let parts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _, _)| *count > 0)
        .map(|(count, one, many)| counted(count, one, many))
        .collect();
    if !parts.is_empty() {
        let counted = unmanaged.organizations + unmanaged.projects;
        // Projects are named where the site asks for that, organizations where the policy does.
        let rest = match unmanaged.addresses.len() {
            0 => "",
            named if named < counted => "; `policy.unmanaged: list` names all",
            _ => "",
        };
        let text = format!("{} not in the YAML, left alone{rest}", parts.join(", "));
        page.prose(0, (Paint::Faint, "others:   "), &text)?;
    }
    let shown = shown_of(unmanaged.addresses.len(), page.limit(0));
    for address in unmanaged.addresses.iter().take(shown) {
        page.prose(
            10,
            (Paint::Plain, "* "),
            &spoken(address, false).to_string(),
        )?;
    }
    more(unmanaged.addresses.len() - shown, 10, page)
}

/// The one command that comes next.
fn next(document: &PlanDocument, page: &mut Page<'_>) -> io::Result<()> {
    let blocks = || {
        let rows = document.resource_changes.iter();
        rows.filter(|row| !row.portcullis.blocked_by.is_empty())
    };
    let blocked = blocks().next().is_some();
    let failing = document
        .checks
        .iter()
        .any(|check| check.address.kind == "expectation" && check.status == "fail");
    let (text, command) = if document.errored || !document.complete {
        (
            "this plan is not whole: mend what could not be read and plan again, or go on without it:",
            format!("{} --partial", document.command("plan")),
        )
    } else if failing {
        (
            "an expectation fails, and what makes it fail is held back: change the files or the expectation, then:",
            document.command("plan"),
        )
    } else if document.applyable && !document.lacking().is_empty() {
        (
            "to carry it out, with credentials that have the right that is lacking:",
            document.command("apply"),
        )
    } else if document.applyable {
        (
            "to carry out what is not by hand:",
            document.command("apply"),
        )
    } else if document.portcullis.is_some() {
        (
            "people were taken out of this plan, so it is none to carry out: plan again without `--privacy`:",
            document.command("plan"),
        )
    } else if blocked && !blocks().all(|row| row.portcullis.overridable) {
        (
            "blocked by what no policy can override: change the files or the site as the rows say, then:",
            document.command("plan"),
        )
    } else if blocked {
        (
            "blocked: change the files or the policy, or accept exactly this plan:",
            format!(
                "{} --accept {}",
                document.command("apply"),
                document.acceptance_digest
            ),
        )
    } else if document.manual_steps.is_empty() {
        (
            "nothing here can be carried out, as from a snapshot: plan on the site itself:",
            document.command("plan"),
        )
    } else {
        (
            by_hand_next(
                document
                    .manual_steps
                    .iter()
                    .any(|step| step.attest.is_some()),
            ),
            document.command("plan"),
        )
    };
    page.blank();
    let accept = format!(
        "{} --accept {}",
        document.command("apply"),
        document.acceptance_digest
    );
    if document.is_overridable() && command != accept {
        page.next(
            "to override what the policy blocks, for exactly this plan:",
            &accept,
        )?;
    }
    let text = match (document.applyable, document.manual_steps.is_empty()) {
        (true, _) if blocked && !failing && document.complete && !document.errored => {
            let code = Exit::Blocked.code();
            &format!("to carry out the rest, without what is blocked (ends with {code}):")
        }
        (true, true) if !failing => "to carry it out:",
        _ => text,
    };
    page.next(text, &command)
}

fn at(source: Option<&Source>) -> String {
    source.map_or_else(String::new, |source| format!(" ({})", place(Some(source))))
}

fn counted_u64(count: u64, one: &str, many: &str) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), one, many)
}

/// Says what comes after a plan or a run that leaves steps to a person, by whether one of them has a statement to record.
pub(in crate::report) const fn by_hand_next(recorded: bool) -> &'static str {
    match recorded {
        true => "do the steps by hand, record them with the commands above, then:",
        false => "do the steps by hand, then:",
    }
}
