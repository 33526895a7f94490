//! What the policy blocks, and whether somebody overrode it for exactly this plan.

use super::Output;
use crate::config::Workspace;
use crate::exit::Exit;
use crate::observed::Observed;
use crate::plan::Block;
use crate::policy::acceptance;
use crate::report::build::{self, Planned};
use crate::report::document::{Made, Override, PlanDocument};
use camino::Utf8Path;
use jiff::civil::Date;

/// Lifts what the policy blocks where `--accept` or a file names the digest of exactly this plan, and says so. `accepted` is the
/// workspace whose acceptances count.
///
/// # Errors
/// When `--accept` names another plan, or is no digest.
///
/// Gives who overrode the policy; `None` where nothing was to override, or nobody did.
pub(super) fn accept(
    workspace: &Workspace,
    accepted: &Utf8Path,
    planned: &mut [Planned],
    asked: Option<&str>,
    today: Date,
    output: &mut Output,
) -> Result<Option<Override>, Exit> {
    if let Some(asked) = asked
        && !acceptance::is_digest(asked)
    {
        let hint = "take the whole digest that `portcullis plan` prints: 64 hexadecimal digits";
        let message = match asked.chars().all(|c| c.is_ascii_hexdigit()) {
            true => format!(
                "`--accept` takes a whole digest in lower case, this one has {} of 64 digits",
                asked.len()
            ),
            false => "`--accept` takes a digest, which is hexadecimal".to_owned(),
        };
        return Err(output.fail(Exit::Usage, &message, Some(hint)));
    }
    for file in acceptance::ignored(&workspace.root) {
        output.tell(&format!(
            "warning: `{file}` accepts nothing: its name must be the whole digest of a plan and `.yaml`"
        ));
    }
    let digest = build::document(workspace, planned).digest;
    let blocked = planned
        .iter()
        .flat_map(|planned| &planned.plan.changes)
        .any(|change| change.blocked_by.iter().any(Block::is_overridable));
    let flag = Override {
        by: Override::FLAG.to_owned(),
        owner: None,
        date: None,
    };
    let (by, told) = match asked {
        Some(asked) if asked == digest => (flag, "--accept".to_owned()),
        Some(_) => {
            let message = format!(
                "nothing was applied: the accepted plan is not this one, whose digest is {digest}"
            );
            let hint = "look at the plan again; something changed in the files or on the site";
            return Err(output.fail(Exit::Stale, &message, Some(hint)));
        }
        None if !blocked => return Ok(None),
        None => match acceptance::find(accepted, &digest, today) {
            Ok(None) => return Ok(None),
            Ok(Some(found)) => {
                let until = found
                    .until
                    .map_or_else(String::new, |d| format!(" until {d}"));
                let reason = found.reason.map_or_else(String::new, |r| format!(": {r}"));
                let told = format!("{} since {}{until}{reason}", found.owner, found.date);
                let by = Override {
                    by: Override::FILE.to_owned(),
                    owner: Some(found.owner),
                    date: Some(found.date.to_string()),
                };
                (by, told)
            }
            Err(error) => {
                output.tell(&format!("warning: {error}"));
                return Ok(None);
            }
        },
    };
    if !blocked {
        return Ok(None);
    }
    planned.iter_mut().for_each(Planned::lift);
    output.tell(&format!(
        "the policy is overridden for exactly this plan, by {told}"
    ));
    Ok(Some(by))
}

/// Says in full what the policy blocks: the numbers, and the key with its place.
pub(super) fn explain(workspace: &Workspace, planned: &[Planned], output: &mut Output) {
    for planned in planned {
        let blocks = |name: &str| {
            let names = |block: &Block| {
                let why = block.to_string();
                why == name || name.starts_with(&format!("{why} "))
            };
            planned
                .plan
                .changes
                .iter()
                .any(|change| change.blocked_by.iter().any(names))
        };
        for verdict in &planned.verdicts {
            if verdict.problems.is_empty() || !blocks(&verdict.name) {
                continue;
            }
            let place = verdict.source.map_or_else(String::new, |span| {
                format!(" ({})", workspace.sources.place(span))
            });
            for problem in &verdict.problems {
                let line = format!("blocked by {}{place}: {problem}", verdict.name);
                output.tell(&line);
            }
        }
    }
}

/// Says how what the policy blocks can be overridden, where something can be.
pub(super) fn advise(document: &PlanDocument, output: &mut Output) {
    if document.is_overridable() {
        let (apply, digest) = (document.command("apply"), &document.digest);
        output.note(&format!(
            "to override the policy for exactly this plan: {apply} --accept {digest}"
        ));
        output.note(&format!(
            "or commit {}/{digest}.yaml with `owner` and `date`",
            acceptance::DIRECTORY
        ));
    }
}

/// Says what a plan was made of.
pub(super) fn made<'o>(from: &str, observed: impl IntoIterator<Item = &'o Observed>) -> Made {
    let id = |observed: &Observed| {
        let id = observed.cloud_id.as_ref();
        id.map_or_else(|| "unknown".to_owned(), ToString::to_string)
    };
    Made {
        from: from.to_owned(),
        sites: observed
            .into_iter()
            .map(|observed| (observed.site.as_str().to_owned(), id(observed)))
            .collect(),
    }
}
