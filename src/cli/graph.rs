//! `portcullis graph`: who reaches what, as a picture or as the text of one.

use super::args::{Global, GraphArguments, GraphFormat};
use super::{Lookup, Output, explain, observe, plan};
use crate::access::State;
use crate::access::graph::Graph;
use crate::exit::Exit;
use crate::neutral::phrase::say;
use crate::report::graph;

/// Runs the command.
pub(super) async fn run(
    arguments: &GraphArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Exit {
    match drawn(arguments, global, output, lookup).await {
        Ok(exit) | Err(exit) => exit,
    }
}

async fn drawn(
    arguments: &GraphArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Result<Exit, Exit> {
    let snapshot = match &arguments.observed {
        Some(file) => Some(plan::snapshot(file, output)?),
        None => None,
    };
    let mut reach = explain::reach(Some(&arguments.dir), arguments.site.as_ref());
    let workspace = observe::load(&reach.dir, global, output)?;
    let key = explain::one_site(&workspace, &mut reach, snapshot.as_ref(), output)?;
    let Some(desired) = observe::desired(&workspace, &key, &reach, None, global.today()) else {
        return Ok(Exit::Done);
    };
    let wanted = explain::Wanted {
        roles: true,
        ..explain::Wanted::default()
    };
    let from = (&workspace, &key, &reach, global);
    let observed = explain::seen(from, (snapshot, arguments.live), wanted, output, lookup).await?;
    let state = match &observed {
        Some(observed) => State::live(&desired, observed),
        None => State::desired(&desired),
    };
    // A picture has no room for what is not in it.
    for gap in state.unread() {
        output.say(&say("not in the picture, or only dashed: {}", [gap]));
    }
    let drawn = Graph::of(&state);
    let out = &mut output.data;
    let written = match arguments.format {
        GraphFormat::Svg => graph::svg(out, &drawn, key.as_str()),
        GraphFormat::Dot => graph::dot(out, &drawn, key.as_str()),
        GraphFormat::Mermaid => graph::mermaid(out, &drawn),
    };
    Ok(output.finish(written, Exit::Done))
}
