//! `portcullis sandbox`: the embedded sandbox as a server, for several programs or for trying things by hand.

use super::args::{Global, SandboxArguments};
use super::{Output, interrupted, observe};
use crate::connect::{self, ConnectError, StateLock};
use crate::emulator::{Conditions, Options, Sandbox, Site};
use crate::exit::Exit;
use crate::files::Place;
use crate::model::SiteKey;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// The first line on standard output.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Started<'a> {
    /// Where it answers.
    url: &'a str,
    /// The key of the site that it plays.
    site: &'a str,
}

/// Serves until a signal comes, saves, and returns the exit code that names the signal.
pub(super) async fn run(
    arguments: &SandboxArguments,
    global: &Global,
    output: &mut Output,
) -> Result<i32, Exit> {
    if !arguments.listen.ip().is_loopback() {
        let message = format!("`{}` is not a loopback address", arguments.listen);
        let hint = "everybody knows the sandbox's credentials: listen on 127.0.0.1 or [::1]";
        return Err(output.fail(Exit::Usage, &message, Some(hint)));
    }
    let key = SiteKey::new(&arguments.site)
        .map_err(|error| output.fail(Exit::Usage, &format!("`--site`: {error}"), None))?;
    let failed = |cause| ConnectError::Sandbox {
        site: key.clone(),
        cause,
    };
    // Before the state is read, and until it was saved for the last time.
    let _lock = match &arguments.state {
        Some(file) => Some(
            StateLock::take(&file.into(), &key)
                .map_err(|error| observe::not_open(error, output))?,
        ),
        None => None,
    };
    let site =
        state(arguments, &key, global, output).map_err(|error| observe::not_open(error, output))?;
    let options = Options {
        page_cap: usize::from(arguments.page_cap),
        state_file: arguments.state.clone().map(Place::from),
        policy: Arc::new(conditions(arguments)),
        ..Options::default()
    };
    let organization = site.atlassian_organization().to_owned();
    let started = async {
        let listener = TcpListener::bind(arguments.listen).await?;
        Sandbox::start_on(listener, site, options).await
    };
    let sandbox = started
        .await
        .map_err(|cause| observe::not_open(failed(cause), output))?;
    let url = sandbox.url();
    let line = Started {
        url: &url,
        site: key.as_str(),
    };
    let written = serde_json::to_writer(&mut output.data, &line)
        .map_err(std::io::Error::from)
        .and_then(|()| writeln!(output.data));
    // Whoever started this reads the line; without a reader the server is of use all the same.
    output.finish(written, Exit::Done);
    output.note(&format!(
        "The sandbox answers until it is interrupted (Ctrl-C). In a browser, without a login:\n\
         \x20 {url}/__sandbox/console   for what only a person can do\n\
         \x20 {url}/__sandbox/visit     the help center as somebody sees it\n\
         A workspace reaches it with `url: {url}`, and for approved domains with the `id` of the Atlassian organization:\n\
         \x20 {organization}\n\
         Where the environment has no credentials, its own are used; other programs need one of its callers:\n\
         \x20 export PORTCULLIS_EMAIL=admin@sandbox.example\n\
         \x20 export PORTCULLIS_API_TOKEN=sandbox-admin\n\
         \x20 export PORTCULLIS_ORG_API_KEY=sandbox-org-key\n\
         What was asked of it: {url}/__sandbox/stats"
    ));
    let code = interrupted().await;
    tokio::select! {
        stopped = sandbox.stop() => match stopped {
            Ok(_) => Ok(code),
            Err(cause) => Err(output.fail(
                Exit::Unexpected,
                &format!("the sandbox's state could not be saved: {cause}"),
                None,
            )),
        },
        // A second signal does not wait for requests under way.
        code = interrupted() => Ok(code),
    }
}

/// Returns the conditions that the arguments ask for.
fn conditions(arguments: &SandboxArguments) -> Conditions {
    let conditions = Conditions::default()
        .latency(Duration::from_millis(arguments.latency_ms.into()))
        .limits(
            arguments.read_rps.map(f64::from),
            arguments.write_rps.map(f64::from),
        );
    match &arguments.faults {
        Some(spec) => conditions.faults(spec.clone()),
        None => conditions,
    }
}

/// Returns the state to begin with: that of the file, else that of the seed, else an empty site.
fn state(
    arguments: &SandboxArguments,
    key: &SiteKey,
    global: &Global,
    output: &mut Output,
) -> Result<Site, ConnectError> {
    let today = global.today();
    match (&arguments.state, &arguments.seed) {
        (Some(file), seed) => {
            let file = Place::from(file.clone());
            let seed = seed.as_deref();
            let (site, edited) = connect::begin_or_go_on(&file, seed, key, today)?;
            if let Some(seed) = seed.filter(|_| edited) {
                output.note(&format!("note: {}", connect::stale(seed, &file)));
            }
            Ok(site)
        }
        (None, Some(seed)) => connect::seed_directory(seed, key, today),
        (None, None) => Ok(Site::empty(key.as_str())),
    }
}
