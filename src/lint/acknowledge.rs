//! `policy.acknowledge`: findings that somebody answers for, and acknowledgements that no longer do anything.

use super::{Found, judge, table};
use crate::access::State;
use crate::config::{Acknowledgement, Policy, Workspace};
use crate::desired::Desired;
use crate::diagnostic::{Diagnostic, Severity, sort};
use crate::model::Address;
use crate::neutral::phrase::{Phrase, person, quoted, say};
use jiff::civil::Date;

/// A finding with what the policy says of it.
#[derive(Debug)]
pub struct Judged<'w> {
    /// The finding.
    pub found: Found,
    /// Who answers for it, when somebody does and may.
    pub acknowledged: Option<&'w Acknowledgement>,
}

impl Judged<'_> {
    /// Returns how much the finding matters now: an acknowledged one is a note, an uncertain error a warning.
    pub fn severity(&self) -> Severity {
        match self.found.lint.severity {
            _ if self.acknowledged.is_some() => Severity::Note,
            Severity::Error if !self.found.certain => Severity::Warning,
            severity => severity,
        }
    }

    /// Returns the message, with who answers for it where somebody does.
    pub fn message(&self) -> Phrase {
        let message = &self.found.message;
        match self.acknowledged {
            Some(by) => say(
                "{} (acknowledged by {}: {})",
                [message.clone(), person(&by.owner), quoted(&by.reason)],
            ),
            None => message.clone(),
        }
    }
}

/// Says whether a lint may be acknowledged: errors only where the table allows it, the rest always.
fn may_be(found: &Found) -> bool {
    found.lint.acknowledgeable || found.lint.severity != Severity::Error
}

fn holds(acknowledgement: &Acknowledgement, today: Date) -> bool {
    acknowledgement.until.is_none_or(|until| until >= today)
}

fn about(acknowledgement: &Acknowledgement, found: &Found) -> bool {
    acknowledgement.lint.value == found.lint.code
        && found.address.matches(&acknowledgement.address.value)
}

/// Puts findings beside the acknowledgements of a policy that hold on a day.
pub fn judged<'w>(policy: &'w Policy, found: Vec<Found>, today: Date) -> Vec<Judged<'w>> {
    found
        .into_iter()
        .map(|found| {
            let acknowledged = policy.acknowledge.iter().find(|candidate| {
                may_be(&found) && holds(candidate, today) && about(candidate, &found)
            });
            Judged {
                found,
                acknowledged,
            }
        })
        .collect()
}

/// Judges the desired state of every site, as `validate` shows it.
///
/// Expired and unused acknowledgements are warnings of their own, and so is one that names a lint that cannot be
/// acknowledged. Lints that only `plan` judges are left out of that, since nothing offline says whether they are used.
pub fn diagnostics(workspace: &Workspace, today: Date) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for key in workspace.sites.keys() {
        if let Some(desired) = Desired::new(workspace, key, today) {
            found.extend(judge(&State::desired(&desired), &desired, None));
        }
    }
    let mut diagnostics: Vec<Diagnostic> = workspace
        .policy
        .acknowledge
        .iter()
        .filter_map(|acknowledgement| useless(acknowledgement, &found, today))
        .collect();
    diagnostics.extend(stale(workspace, today));
    diagnostics.extend(
        judged(&workspace.policy, found, today)
            .iter()
            .map(|judged| diagnostic(judged)),
    );
    sort(&mut diagnostics);
    diagnostics
}

/// Says which acceptances of drift have ended, and which protections are of nothing that the files name.
fn stale(workspace: &Workspace, today: Date) -> Vec<Diagnostic> {
    let policy = &workspace.policy;
    let ended = policy.accept_drift.iter().filter_map(|accepted| {
        let until = accepted.until.filter(|until| *until < today)?;
        let message = format!(
            "{} accepted drift at `{}` until {until}: it counts again",
            accepted.owner, accepted.address.value
        );
        Some(
            Diagnostic::warning("expired-acceptance", message)
                .at(accepted.span)
                .hint("decide again: give it a later `until`, or remove it"),
        )
    });
    let objects = objects(workspace);
    let of_nothing = policy
        .protect
        .iter()
        .filter(|pattern| {
            !objects
                .iter()
                .any(|object| bears_on(&pattern.value, object))
        })
        .map(|pattern| {
            let message = format!(
                "`{}` protects nothing that the files declare",
                pattern.value
            );
            Diagnostic::warning("protects-nothing", message)
                .at(pattern.span)
                .hint("mend the address, or remove it")
        });
    ended.chain(of_nothing).collect()
}

/// Returns the addresses of the sites, Atlassian organizations, projects and customer organizations of a workspace.
fn objects(workspace: &Workspace) -> Vec<Address> {
    let mut objects: Vec<Address> = workspace
        .atlassian_organizations
        .keys()
        .map(|key| Address::new([key.as_str()]))
        .collect();
    for (key, site) in &workspace.sites {
        let site_key = key.as_str();
        objects.push(Address::new([site_key]));
        let projects = site.projects.keys().map(|key| ["project", key.as_str()]);
        let organizations = site
            .organizations
            .keys()
            .map(|name| ["organization", name.as_str()]);
        objects.extend(
            projects
                .chain(organizations)
                .map(|[kind, name]| Address::new([site_key, kind, name])),
        );
    }
    objects
}

/// Says whether a pattern may be about an object or something of it.
///
/// What is below a project or an organization may be on the site alone, and worth protecting for that; a project or an
/// organization that no file names is not touched by any plan.
fn bears_on(pattern: &str, object: &Address) -> bool {
    if object.matches(pattern) || object.within(pattern) {
        return true;
    }
    let depth = object.as_str().split('/').count();
    let parts: Vec<&str> = pattern.split('/').collect();
    // Below a site itself: its settings, but not what has a name of its own.
    let named = matches!(parts.get(1), Some(&("project" | "organization")));
    parts.len() > depth && (depth == 3 || !named) && object.matches(&parts[..depth].join("/"))
}

fn diagnostic(judged: &Judged<'_>) -> Diagnostic {
    let found = &judged.found;
    let start = match judged.severity() {
        Severity::Error => Diagnostic::error(found.lint.code, judged.message()),
        Severity::Warning => Diagnostic::warning(found.lint.code, judged.message()),
        Severity::Note => Diagnostic::note(found.lint.code, judged.message()),
    };
    let placed = match found.span {
        Some(span) => start.at(span),
        None => start,
    };
    match judged.acknowledged {
        Some(by) => placed.label(by.span, "acknowledged here"),
        None => placed.hint(found.hint.clone()),
    }
}

fn useless(acknowledgement: &Acknowledgement, found: &[Found], today: Date) -> Option<Diagnostic> {
    let code = &acknowledgement.lint.value;
    let span = acknowledgement.lint.span;
    let Some(lint) = table::find(code) else {
        return Some(
            Diagnostic::warning(
                "unused-acknowledgement",
                format!("there is no lint `{code}`"),
            )
            .at(span)
            .hint("lints are numbered `L01` to `L70`; `portcullis rule` lists them"),
        );
    };
    if let (false, Some(until)) = (holds(acknowledgement, today), acknowledgement.until) {
        return Some(
            Diagnostic::warning(
                "expired-acknowledgement",
                format!(
                    "the acknowledgement of {code} by {} ended on {until}",
                    acknowledgement.owner
                ),
            )
            .at(acknowledgement.span)
            .hint("decide again: give it a later `until`, or remove it"),
        );
    }
    match lint.basis {
        super::Basis::Plan => return None,
        super::Basis::Not(why) => {
            return Some(
                Diagnostic::warning(
                    "unused-acknowledgement",
                    format!("{code} is not judged: {why}"),
                )
                .at(span)
                .hint("remove the acknowledgement"),
            );
        }
        super::Basis::State | super::Basis::Check(_) => {}
    }
    let matching: Vec<&Found> = found
        .iter()
        .filter(|found| about(acknowledgement, found))
        .collect();
    if matching.is_empty() {
        return Some(
            Diagnostic::warning(
                "unused-acknowledgement",
                format!(
                    "nothing at `{}` is found by {code}",
                    acknowledgement.address.value
                ),
            )
            .at(acknowledgement.span)
            .hint("remove the acknowledgement, or mend its address"),
        );
    }
    (!matching.iter().any(|found| may_be(found))).then(|| {
        Diagnostic::warning(
            "unused-acknowledgement",
            format!("{code} cannot be acknowledged: {}", lint.condition),
        )
        .at(span)
        .hint("mend what the lint names")
    })
}
