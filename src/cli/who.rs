//! `portcullis who`: everybody and every class that reaches a project or reads a space, and by which route.

use super::args::{Global, WhoArguments, WhoFormat};
use super::{Lookup, Output, explain, observe, plan};
use crate::access::State;
use crate::access::who::{Listing, audience, json, write};
use crate::desired::ends::Ends;
use crate::diagnostic::json::to_text;
use crate::exit::Exit;
use crate::model::{ProjectKey, SpaceKey};
use crate::report::privacy;

/// Runs the command.
pub(super) async fn run(
    arguments: &WhoArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Exit {
    match listed(arguments, global, output, lookup).await {
        Ok(exit) | Err(exit) => exit,
    }
}

async fn listed(
    arguments: &WhoArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Result<Exit, Exit> {
    if arguments.dir.is_none() && explain::is_directory(&arguments.target) {
        let message = format!("PROJECT is missing: `{}` is a directory", arguments.target);
        let hint = format!("`portcullis who {} PROJECT`", arguments.target);
        return Err(output.fail(Exit::Usage, &message, Some(&hint)));
    }
    let (project, space) = match arguments.target.split_once('/') {
        None => (arguments.target.as_str(), None),
        Some((project, space)) => {
            let space = SpaceKey::new(space).map_err(|error| {
                let message = format!("invalid space key `{space}`: {error}");
                output.fail(Exit::Usage, &message, None)
            })?;
            (project, Some(space))
        }
    };
    let snapshot = match &arguments.observed {
        Some(file) => Some(plan::snapshot(file, output)?),
        None => None,
    };
    let mut reach = explain::reach(arguments.dir.as_ref(), arguments.site.as_ref());
    let workspace = observe::load(&reach.dir, global, output)?;
    if reach.site.is_empty() && snapshot.is_none() {
        // A project that only one site declares says which site is meant.
        let with_it: Vec<_> = workspace
            .sites
            .values()
            .filter(|site| site.projects.contains_key(project))
            .collect();
        if let [one] = with_it.as_slice() {
            reach.site.push(one.key.to_string());
        }
    }
    let key = explain::one_site(&workspace, &mut reach, snapshot.as_ref(), output)?;
    let Some(desired) = observe::desired(&workspace, &key, &reach, None, global.today()) else {
        return Ok(Exit::Done);
    };
    let wanted = explain::Wanted {
        // A key that no project can have is told below, with the keys that there are.
        only: ProjectKey::new(project).ok(),
        roles: true,
        ..explain::Wanted::default()
    };
    let from = (&workspace, &key, &reach, global);
    let observed = explain::seen(from, (snapshot, arguments.live), wanted, output, lookup).await?;
    let state = match &observed {
        Some(observed) => State::live(&desired, observed),
        None => State::desired(&desired),
    };
    let Some(at) = state.project(project) else {
        return Err(explain::no_project(
            &state,
            project,
            observed.is_some(),
            output,
        ));
    };
    if let Some(space) = &space
        && !state.projects[at].spaces.contains_key(space)
    {
        let known: Vec<&str> = state.projects[at]
            .spaces
            .keys()
            .map(SpaceKey::as_str)
            .collect();
        let hint = match known.is_empty() {
            true => "no space is linked to it".to_owned(),
            false => format!("its spaces are: {}", known.join(", ")),
        };
        let message = format!("project {project} has no space `{space}`");
        return Err(output.fail(Exit::Usage, &message, Some(&hint)));
    }
    let audience = audience(&state, at, space.as_ref());
    let mut listing = Listing::new(&state, audience, &Ends::of(&desired));
    let secret = output.pseudonym_key.clone();
    privacy::redact_listing(&mut listing, output.privacy, secret.as_deref());
    let exit = Exit::Done;
    let sources = &workspace.sources;
    let site = key.as_str();
    let written = match arguments.format {
        WhoFormat::Text => write::text(
            &mut output.data,
            site,
            &listing,
            sources,
            output.style.width,
        ),
        WhoFormat::Csv => write::csv(&mut output.data, &listing, sources),
        WhoFormat::Json => {
            let document = json::document(site, &listing, sources, exit);
            output.data.write_all(to_text(&document).as_bytes())
        }
    };
    Ok(output.finish(written, exit))
}
