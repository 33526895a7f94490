//! What the policy blocks, and whether somebody overrode it for exactly this plan.

use super::Output;
use crate::config::Workspace;
use crate::exit::Exit;
use crate::neutral::phrase::{Phrase, ours, person, prose, say};
use crate::observed::Observed;
use crate::plan::Block;
use crate::policy::acceptance;
use crate::report::build::{self, Planned};
use crate::report::document::{Override, PlanDocument};
use camino::Utf8Path;
use jiff::civil::Date;

/// Lifts what the policy blocks where `--accept` or a file names the acceptance digest of exactly this plan, and says so. `accepted` is the
/// workspace whose acceptances count, where there is one.
///
/// # Errors
/// When `--accept` names another plan, or is no digest.
///
/// Gives who overrode the policy; `None` where nothing was to override, or nobody did.
pub(super) fn accept(
    workspace: &Workspace,
    accepted: Option<&Utf8Path>,
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
    if asked.is_none() && !accepted.is_some_and(acceptance::may_be_any) {
        return Ok(None);
    }
    let document = build::document(workspace, planned);
    misnamed(&document, &workspace.root, output);
    let sites = document.made.map(|made| made.sites).unwrap_or_default();
    let whole = document.acceptance_digest;
    let flag = || Override {
        by: Override::FLAG.to_owned(),
        owner: None,
        date: None,
    };
    let fits = |asked: &str| asked == whole || sites.values().any(|s| s.acceptance_digest == asked);
    if asked.is_some_and(|asked| !fits(asked)) {
        let message = format!(
            "nothing was applied: the accepted plan is not this one, whose acceptance digest is {whole}"
        );
        let hint = "look at the plan again; something changed in the files or on the site";
        return Err(output.fail(Exit::Stale, &message, Some(hint)));
    }
    let mut overridden = None;
    for planned in planned {
        let mut changes = planned.plan.changes.iter();
        if !changes.any(|change| change.blocked_by.iter().any(Block::is_overridable)) {
            continue;
        }
        let own = sites.get(planned.plan.site.as_str());
        let own = own.map_or("", |site| site.acceptance_digest.as_str());
        let (by, told) = match asked {
            Some(asked) if asked == whole || asked == own => (flag(), ours("--accept")),
            // The acceptance of all sites together counts for each, and that of one site for it.
            _ => {
                let found = accepted.and_then(|root| found(root, &[&whole, own], today, output));
                match found {
                    Some(found) => found,
                    None => continue,
                }
            }
        };
        planned.lift();
        if overridden.replace(by).is_none() {
            output.say(&say(
                "the policy is overridden for exactly this plan, by {}",
                [told],
            ));
        }
    }
    Ok(overridden)
}

/// Warns of an acceptance that bears the digest of the plan itself, which stands for more than what is blocked.
fn misnamed(document: &PlanDocument, root: &Utf8Path, output: &mut Output) {
    let sites = document.made.iter().flat_map(|made| made.sites.values());
    let own = sites.map(|site| (&site.digest, &site.acceptance_digest));
    let all = std::iter::once((&document.digest, &document.acceptance_digest)).chain(own);
    let files = acceptance::digests(root);
    let mut told = std::collections::BTreeSet::new();
    for (digest, accepts) in all.filter(|(digest, _)| files.contains(digest)) {
        if digest != accepts && told.insert(digest) {
            output.tell(&format!(
                "warning: `{0}/{digest}.yaml` accepts nothing: this is the digest of the plan; name the file after the acceptance digest, `{0}/{accepts}.yaml`",
                acceptance::DIRECTORY
            ));
        }
    }
}

/// Looks for an acceptance of one of some digests, and says of one that does not count why.
fn found(
    root: &Utf8Path,
    digests: &[&str],
    today: Date,
    output: &mut Output,
) -> Option<(Override, Phrase)> {
    for digest in digests {
        match acceptance::find(root, digest, today) {
            Ok(None) => {}
            Ok(Some(found)) => {
                let until = found
                    .until
                    .map_or_else(String::new, |d| format!(" until {d}"));
                let reason = found.reason;
                let reason =
                    reason.map_or_else(Phrase::default, |why| ours(": ").then(&prose(why)));
                let told = say(
                    "{} since {}{}{}",
                    [person(&found.owner), ours(found.date), ours(until), reason],
                );
                let by = Override {
                    by: Override::FILE.to_owned(),
                    owner: Some(found.owner),
                    date: Some(found.date.to_string()),
                };
                return Some((by, told));
            }
            Err(error) => {
                output.tell(&format!("warning: {error}"));
                return None;
            }
        }
    }
    None
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
                let name = verdict.name.as_str().into();
                output.say(&say(
                    "blocked by {}{}: {}",
                    [name, ours(&place), problem.clone()],
                ));
            }
        }
    }
}

/// Says how what the policy blocks can be overridden, where something can be.
pub(super) fn advise(document: &PlanDocument, output: &mut Output) {
    if document.is_overridable() {
        let (apply, digest) = (document.command("apply"), &document.acceptance_digest);
        output.note(&format!(
            "to override the policy for exactly this plan: {apply} --accept {digest}"
        ));
        output.note(&format!(
            "or commit {}/{digest}.yaml with `owner` and `date`",
            acceptance::DIRECTORY
        ));
    }
}

/// Writes into a document what it was made from, and which sites answered.
pub(super) fn stamp<'o>(
    document: &mut PlanDocument,
    from: &str,
    observed: impl IntoIterator<Item = &'o Observed>,
) {
    let Some(made) = &mut document.made else {
        return;
    };
    from.clone_into(&mut made.from);
    for observed in observed {
        if let Some(site) = made.sites.get_mut(observed.site.as_str()) {
            site.cloud_id = observed.cloud_id.as_ref().map(ToString::to_string);
        }
    }
}
