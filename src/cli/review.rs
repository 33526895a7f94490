//! `portcullis review`: the access review of a whole site, of a workspace or of an address with nothing written yet.

use super::args::{Global, Reach, ReviewArguments, ReviewFormat};
use super::{Lookup, Output, explain, observe, plan};
use crate::access::State;
use crate::access::review::{Left, Review, Scope};
use crate::base::{Base, BaseError};
use crate::config::{self, Workspace};
use crate::connect;
use crate::desired::Desired;
use crate::exit::Exit;
use crate::files::{self, Given, Scratch};
use crate::model::SiteKey;
use crate::report::access_review::{self, Changes, Earlier, Report};
use crate::report::privacy::{Mask, Privacy};
use camino::Utf8Path;
use jiff::civil::Date;

/// The name of the list of people who left, beside the workspace that only names it.
const LEAVERS: &str = "leavers";

/// Runs the command.
pub(super) async fn run(
    arguments: &ReviewArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Exit {
    match reviewed(arguments, global, output, lookup).await {
        Ok(exit) | Err(exit) => exit,
    }
}

async fn reviewed(
    arguments: &ReviewArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Result<Exit, Exit> {
    let today = global.today();
    if arguments.since.is_some() && output.privacy == Privacy::Counts {
        let message = "`--since` compares people, and `--privacy counts` shows none";
        return Err(output.fail(Exit::Usage, message, None));
    }
    let left = match &arguments.against {
        Some(file) => Some(against(file, today, output)?),
        None => None,
    };
    let snapshot = match &arguments.observed {
        Some(file) => Some(plan::snapshot(file, output)?),
        None => None,
    };
    let mut reach = Reach {
        limits: arguments.limits.clone(),
        ..explain::reach(Some(&arguments.dir), arguments.site.as_ref())
    };
    // Keeps the files of a workspace that names nothing but the address.
    let mut bare = None;
    let workspace = match &arguments.url {
        None => observe::load(&reach.dir, global, output)?,
        Some(url) => {
            let of = (url.as_str(), arguments.site.as_deref());
            let (workspace, files) = of_address(of, today, output, lookup)?;
            bare = Some(files);
            workspace
        }
    };
    if let Some(files) = &bare {
        reach.dir = files.path().to_path_buf();
        reach.site.clear();
    }
    let key = explain::one_site(&workspace, &mut reach, snapshot.as_ref(), output)?;
    let Some(desired) = observe::desired(&workspace, &key, &reach, None, today) else {
        return Ok(Exit::Done);
    };
    let live = arguments.live || arguments.url.is_some();
    let wanted = explain::Wanted {
        roles: true,
        ..explain::Wanted::default()
    };
    let from = (&workspace, &key, &reach, global);
    let observed = explain::seen(from, (snapshot, live), wanted, output, lookup).await?;
    let state = match &observed {
        Some(observed) => State::live(&desired, observed),
        None => State::desired(&desired),
    };
    let scope = Scope {
        owner: arguments.owner.as_deref(),
        left: left.as_ref(),
    };
    let review = Review::new(&state, &desired, &scope);
    if let Some(owner) = &arguments.owner
        && review.people.is_empty()
        && review.portals.is_empty()
    {
        output.note(&format!(
            "warning: `{owner}` answers for no list and no project of `{key}`"
        ));
    }
    let secret = output.pseudonym_key.clone();
    let mask = Mask::new(output.privacy, secret.as_deref());
    let next = next(arguments, observed.is_some());
    let mut report = Report {
        review: &review,
        site: key.as_str(),
        today,
        sources: &workspace.sources,
        mask: &mask,
        owner: arguments.owner.as_deref(),
        since: None,
        next: &next,
        width: output.style.width,
    };
    let changes = match &arguments.since {
        None => None,
        Some(name) => {
            let earlier = earlier(name, &reach, &key, &scope, (&mask, today), output)?;
            Some(earlier.changes(&Earlier::of(&report)))
        }
    };
    let name = arguments.since.as_deref().unwrap_or_default();
    report.since = changes.as_ref().map(|changes: &Changes| (name, changes));
    let exit = Exit::Done;
    let out = &mut output.data;
    let written = match arguments.format {
        ReviewFormat::Text => access_review::text(out, &report),
        ReviewFormat::Csv => access_review::csv(out, &report),
        ReviewFormat::Json => access_review::json(out, &report, exit),
        ReviewFormat::Html => access_review::html(out, &report),
    };
    Ok(output.finish(written, exit))
}

/// What somebody who has read the review does next.
fn next(arguments: &ReviewArguments, read: bool) -> Vec<String> {
    let mut next = Vec::new();
    match &arguments.url {
        Some(url) => {
            next.push(format!(
                "begin a workspace with the site: portcullis init access --from {url}"
            ));
            next.push(format!(
                "share this as a page: portcullis review --url {url} --format html > review.html"
            ));
        }
        None if !read => next.push(format!(
            "the same of the site as it is: portcullis review {} --live",
            arguments.dir
        )),
        None => next.push(format!(
            "why somebody reaches something: portcullis explain {} ADDRESS",
            arguments.dir
        )),
    }
    if arguments.against.is_none() {
        next.push("hold it against a list of people who left: --against leavers.csv".to_owned());
    }
    if arguments.since.is_none() {
        next.push(
            "keep it for the next time: --format json > review.json, then --since review.json"
                .to_owned(),
        );
    }
    next
}

/// Makes a workspace that knows a site's address and nothing else.
fn of_address(
    (url, key): (&str, Option<&str>),
    today: Date,
    output: &mut Output,
    lookup: Lookup,
) -> Result<(Workspace, Scratch), Exit> {
    let url = observe::address(url, output)?;
    let key = match key {
        None => connect::key_of(url),
        Some(text) => SiteKey::new(text).map_err(|error| {
            let message = format!("`{text}` cannot be the key of a site: {error}");
            output.fail(Exit::Usage, &message, None)
        })?,
    };
    let text = format!(
        "version: 1\nsites:\n  {key}:\n    auth: {}\n    url: {}\n",
        connect::auth_of(&key, lookup).word(),
        serde_json::Value::from(url)
    );
    bare(&[(config::ROOT_FILE, text.as_bytes())], today, output)
}

/// Loads a workspace of files that are written for it.
fn bare(
    files: &[(&str, &[u8])],
    today: Date,
    output: &mut Output,
) -> Result<(Workspace, Scratch), Exit> {
    let written = Scratch::new().and_then(|scratch| {
        for (path, text) in files {
            scratch.write(Utf8Path::new(path), text)?;
        }
        Ok(scratch)
    });
    let scratch = written.map_err(|error| {
        let hint = "set `TMPDIR` to a directory that is there, has room and can be written to";
        output.fail(Exit::Unexpected, &error.to_string(), Some(hint))
    })?;
    let loaded = config::load(scratch.path(), config::LoadOptions::new(today));
    observe::report(&loaded.diagnostics, &loaded.sources, output);
    match loaded.workspace {
        Some(workspace) => Ok((workspace, scratch)),
        None => Err(output.fail(Exit::Invalid, "that cannot be read as it is", None)),
    }
}

/// Reads a list of people who left: by the reader of the workspace's own `leavers`.
fn against(file: &Utf8Path, today: Date, output: &mut Output) -> Result<Left, Exit> {
    let read = Given::new(file).read(files::LARGE);
    let bytes = read.map_err(|error| output.fail(Exit::Usage, &error.to_string(), None))?;
    let ending = match file.extension() {
        Some(ending @ ("csv" | "txt" | "yaml" | "yml")) => ending,
        _ => {
            let message = format!("`{file}` is no list of people who left");
            let hint =
                "it is a `.csv` with a header, a `.txt` with one address a line, or a `.yaml` list";
            return Err(output.fail(Exit::Usage, &message, Some(hint)));
        }
    };
    let name = format!("{LEAVERS}.{ending}");
    let root = format!(
        "version: 1\nleavers: [{{ file: {name} }}]\nsites:\n  site:\n    url: \"sandbox:\"\n"
    );
    let files = [
        (config::ROOT_FILE, root.as_bytes()),
        (name.as_str(), bytes.as_slice()),
    ];
    let (workspace, _) = bare(&files, today, output)?;
    let mut left = Left::default();
    for site in workspace.sites.values() {
        let ids = site.people_by_id.keys().map(|who| who.text().into_owned());
        left.accounts.extend(ids);
        let emails = site.people.keys().map(|email| email.key().to_owned());
        left.emails.extend(emails);
    }
    Ok(left)
}

/// Opens what the review is compared with: a review as JSON, or the workspace at a revision.
fn earlier(
    name: &str,
    reach: &Reach,
    key: &SiteKey,
    scope: &Scope<'_>,
    (mask, today): (&Mask, Date),
    output: &mut Output,
) -> Result<Earlier, Exit> {
    let file = Given::new(name);
    if file.is_a_file() {
        let text = file
            .read_text(files::LARGE)
            .map_err(|error| output.fail(Exit::Usage, &error.to_string(), None))?;
        return Earlier::read(&text, mask.word())
            .map_err(|error| output.fail(Exit::Usage, &format!("`{name}` {error}"), None));
    }
    let base = Base::open(&reach.dir, name, today).map_err(|error| {
        let exit = match error {
            BaseError::Invalid { .. } => Exit::Invalid,
            _ if error.is_usage() => Exit::Usage,
            _ => Exit::Unreadable,
        };
        output.fail(exit, &error.to_string(), error.hint().as_deref())
    })?;
    let Some(workspace) = &base.workspace else {
        return Ok(Earlier::default());
    };
    let Some(desired) = Desired::new(workspace, key, today) else {
        return Ok(Earlier::default());
    };
    let state = State::desired(&desired);
    let review = Review::new(&state, &desired, scope);
    Ok(Earlier::of(&Report {
        review: &review,
        site: key.as_str(),
        today,
        sources: &workspace.sources,
        mask,
        owner: scope.owner,
        since: None,
        next: &[],
        width: output.style.width,
    }))
}
