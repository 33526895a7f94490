//! What `plan` and `apply` have in common: load, connect, observe, diff, review.

use super::args::{Global, Reach};
use super::output::Failure;
use super::progress::{self, Phases};
use super::{Lookup, Output};
use crate::config::{self, LoadOptions, Site, SurfaceMode, Surfaces, Workspace};
use crate::connect::{ConnectError, Session};
use crate::desired::Desired;
use crate::diagnostic;
use crate::exit::Exit;
use crate::jsm::{ApiError, ErrorKind};
use crate::model::{Origin, Right, SiteKey};
use crate::neutral::neutral;
use crate::observe;
use crate::observed::Observed;
use crate::report::build::{self, Planned};
use crate::report::privacy::{self, Privacy};
use crate::target;
use camino::Utf8Path;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Loads a workspace; its problems go to standard error.
pub(super) fn load(
    directory: &Utf8Path,
    global: &Global,
    output: &mut Output,
) -> Result<Workspace, Exit> {
    let loaded = config::load(directory, LoadOptions::new(global.today()));
    report(&loaded.diagnostics, &loaded.sources, output);
    loaded.workspace.ok_or_else(|| {
        let errors = loaded
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == diagnostic::Severity::Error)
            .count();
        let s = if errors == 1 { "" } else { "s" };
        output.fail(
            Exit::Invalid,
            &format!("the workspace has {errors} error{s}"),
            None,
        )
    })
}

/// Loads a workspace and takes out what no `--target` matches.
pub(super) fn load_targets(
    reach: &Reach,
    global: &Global,
    output: &mut Output,
) -> Result<Workspace, Exit> {
    let mut workspace = load(&reach.dir, global, output)?;
    let near: Vec<(&String, String)> = reach
        .target
        .iter()
        .filter_map(|target| Some((target, target::near(&workspace, target)?)))
        .collect();
    match target::narrow(&mut workspace, &reach.target) {
        Ok(()) => {
            for (target, near) in near {
                // A list may hold on the site what nobody declares, such as somebody who is to leave it.
                output.note(&format!(
                    "note: the workspace does not declare `{target}`, which stands for what the site has; did you mean `{near}`?"
                ));
            }
            Ok(workspace)
        }
        Err(unmatched) => {
            let near = near.into_iter().find(|(target, _)| **target == unmatched.0);
            let hint = match near {
                Some((_, near)) => format!("did you mean `{near}`?"),
                None => "targets are addresses as plans show them, such as `acme/organization/Globex` or `acme/project/*/access`".to_owned(),
            };
            Err(output.fail(Exit::Usage, &unmatched.to_string(), Some(&hint)))
        }
    }
}

/// Writes diagnostics to standard error.
pub(super) fn report(
    diagnostics: &[diagnostic::Diagnostic],
    sources: &config::Sources,
    output: &mut Output,
) {
    // Standard error is not worth failing over.
    let style = diagnostic::text::TextStyle {
        color: output.style.color,
        width: output.style.width,
        folded: output.terminal.is_some(),
    };
    let mut diagnostics = diagnostics.to_vec();
    let key = output.pseudonym_key.clone();
    let masked;
    let sources = if output.privacy == Privacy::Full {
        sources
    } else {
        masked =
            privacy::redact_diagnostics(&mut diagnostics, sources, output.privacy, key.as_deref());
        &masked
    };
    if output.json_notes {
        for diagnostic in &diagnostics {
            output.diagnostic(diagnostic, sources);
        }
    } else {
        let _ = diagnostic::text::write(&mut output.notes, &diagnostics, sources, style);
    }
    let errors = diagnostics
        .into_iter()
        .filter(|diagnostic| diagnostic.severity == diagnostic::Severity::Error);
    for error in errors {
        let span = error.labels.first().map(|label| label.span);
        output.failures.push(Failure {
            message: error.message.to_string(),
            code: Some(error.code),
            hint: error.hint.map(|hint| hint.to_string()),
            source: build::source(sources, span),
            forbidden: false,
        });
    }
}

/// Chooses the sites that are meant.
pub(super) fn sites(
    workspace: &Workspace,
    reach: &Reach,
    output: &mut Output,
) -> Result<Vec<SiteKey>, Exit> {
    if workspace.sites.is_empty() {
        let hint = "declare one under `sites`";
        return Err(output.fail(Exit::Invalid, "the workspace declares no site", Some(hint)));
    }
    for wanted in &reach.site {
        if !workspace.sites.contains_key(wanted.as_str()) {
            let known: Vec<&str> = workspace.sites.keys().map(SiteKey::as_str).collect();
            let near = config::closest(wanted, known.iter().copied());
            let near = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
            let hint = format!("{near}the sites are: {}", known.join(", "));
            let message = format!("the workspace declares no site `{wanted}`");
            return Err(output.fail(Exit::Usage, &message, Some(&hint)));
        }
    }
    let meant = |key: &&SiteKey| {
        reach.site.is_empty() || reach.site.iter().any(|wanted| wanted == key.as_str())
    };
    Ok(workspace.sites.keys().filter(meant).cloned().collect())
}

/// Opens a site.
pub(super) async fn open(
    workspace: &Workspace,
    key: &SiteKey,
    reach: &Reach,
    today: Date,
    output: &mut Output,
    lookup: Lookup,
) -> Result<Session, Exit> {
    let options = reach.limits.options();
    let session = Session::open(workspace, key, options, today, lookup)
        .await
        .map_err(|error| not_open(error, output))?;
    if let Some(site) = workspace.sites.get(key) {
        tell_limits(site, output);
    }
    if let Some(stale) = &session.stale_seed {
        output.note(&format!("note: {stale}"));
    }
    if let Some(keeper) = session.keeper() {
        output.interruption.keep(keeper);
    }
    Ok(session)
}

/// Says before anything is read what the credential of a site cannot reach, of what is declared there.
fn tell_limits(site: &Site, output: &mut Output) {
    let mut projects = site.projects.values();
    // Where no file describes the site, all of it is asked for.
    let spaces =
        site.projects.is_empty() || projects.any(|project| !project.knowledge_base.is_empty());
    tell_out_of_reach(&site.key, &site.surfaces, spaces, output);
}

/// As [`tell_limits`], for a site that need not be declared; `spaces` says whether linked spaces are asked for.
pub(super) fn tell_out_of_reach(
    key: &SiteKey,
    surfaces: &Surfaces,
    spaces: bool,
    output: &mut Output,
) {
    if !surfaces.oauth {
        return;
    }
    let mut unread = Vec::new();
    if spaces && surfaces.gateway != SurfaceMode::Deny {
        unread.push("linked spaces and who can view them, and help centers with an audience (the GraphQL gateway)".to_owned());
    }
    if let Some(file) = &surfaces.out_of_reach {
        unread.push(format!("what `{file}` describes"));
    }
    let mut says = Vec::new();
    if !unread.is_empty() {
        let unread = unread.join(", nor ");
        says.push(format!(
            "which does not reach {unread}: unread, and changed by hand"
        ));
    }
    if surfaces.private != SurfaceMode::Deny {
        says.push("and it is not known to reach channel access and customer sharing of projects (the private endpoint)".to_owned());
    }
    if !says.is_empty() {
        let says = says.join("; ");
        output.note(&format!(
            "warning: site `{key}` is reached by OAuth, {says}"
        ));
    }
}

/// Checks an address that the command line names, without the slash at its end. One that is not written as the address of a site
/// is wrong usage; one of a host that may not receive a token is refused like a credential.
pub(super) fn address<'u>(url: &'u str, output: &mut Output) -> Result<&'u str, Exit> {
    let url = url.trim_end_matches('/');
    match Origin::site(url) {
        Ok(_) => Ok(url),
        Err(error) if error.is_miswritten() => {
            let meant = match url.contains('.') {
                true => format!("https://{url}"),
                false => format!("https://{url}.atlassian.net"),
            };
            let hint = match Origin::site(&meant) {
                Ok(_) => format!("did you mean `{meant}`?"),
                Err(_) => "the address of a site is `https://YOURS.atlassian.net`".to_owned(),
            };
            let message = format!("that is not the address of a site: {error}");
            Err(output.fail(Exit::Usage, &message, Some(&hint)))
        }
        Err(error) => {
            let refused = ApiError::refused_address("url", &error);
            Err(not_open(ConnectError::Client(refused), output))
        }
    }
}

/// Says why a site cannot be talked to, and returns the exit code.
pub(super) fn not_open(error: ConnectError, output: &mut Output) -> Exit {
    let exit = match &error {
        ConnectError::NoUrl(_) | ConnectError::Seed(_) | ConnectError::InvalidSeed { .. } => {
            Exit::Invalid
        }
        ConnectError::Token(_) => Exit::Forbidden,
        ConnectError::Client(api) => exit_of(api),
        ConnectError::Sandbox { .. } | ConnectError::Busy(..) => Exit::Unreadable,
    };
    if let ConnectError::InvalidSeed {
        diagnostics,
        sources,
        ..
    } = &error
    {
        report(diagnostics, sources, output);
    }
    let hint = match &error {
        ConnectError::Client(api) => api.hint(),
        ConnectError::Token(refused) => refused.hint().map(Into::into),
        ConnectError::Busy(..) => {
            Some("end the other run or the server, then run this again".into())
        }
        ConnectError::Sandbox { cause, .. } if cause.kind() == std::io::ErrorKind::AddrInUse => Some(
            "another program listens there: end it, or take a free port with `--listen 127.0.0.1:0`"
                .into(),
        ),
        _ => None,
    };
    output.fail(exit, &error.to_string(), hint.as_deref())
}

/// Returns the exit code of a failed request.
pub(super) fn exit_of(error: &ApiError) -> Exit {
    match error.kind() {
        ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::Host => Exit::Forbidden,
        _ => Exit::Unreadable,
    }
}

/// Resolves what is desired on one site.
pub(super) fn desired<'w>(
    workspace: &'w Workspace,
    key: &SiteKey,
    reach: &Reach,
    atlassian_id: Option<&str>,
    today: Date,
) -> Option<Desired<'w>> {
    let mut desired = Desired::new(workspace, key, today)?;
    if let Some(id) = atlassian_id {
        desired.atlassian_id = Some(id.to_owned());
    }
    desired.targets.clone_from(&reach.target);
    Some(desired)
}

/// Reads one site: what is managed, and whatever judging it needs.
pub(super) async fn read(
    session: &Session,
    desired: &Desired<'_>,
    output: &mut Output,
) -> Result<Observed, Exit> {
    let before = session.connection.requests();
    let key = &desired.site.key;
    let reader = session.connection.reader();
    let phases = Phases::default();
    let read = progress::during(
        output,
        Some(format!("reading {key}")),
        &phases,
        || session.connection.requests(),
        observe::observe(&reader, desired),
    );
    match read.await {
        Ok(mut observed) => {
            observed.requests = session.connection.requests() - before;
            tracing::info!(site = %key, requests = observed.requests, "read");
            tell_gaps(&observed, output);
            Ok(observed)
        }
        Err(error) => {
            let message = format!("site `{}` cannot be read: {error}", desired.site.key);
            Err(output.fail(exit_of(&error), &message, error.hint().as_deref()))
        }
    }
}

/// Says before anything else what a site was asked for and did not tell: whatever rests on it is not known.
pub(super) fn tell_gaps(observed: &Observed, output: &mut Output) {
    for unread in observed.unread() {
        let message = format!("warning: site `{}`: {unread}", observed.site);
        output.note(&neutral(&message));
    }
}

/// How many things that were not read are named.
const UNREAD: usize = 5;

/// Says before anything is shown what was not read for want of a right or a credential, so that nothing is planned there.
pub(super) fn tell_unread(planned: &[Planned], output: &mut Output) {
    let errors = planned.iter().flat_map(|planned| &planned.plan.errors);
    let unread: BTreeSet<&str> = errors
        .filter(|error| error.cause.forbidden && !error.invalid)
        .map(|error| error.address.as_str())
        .collect();
    if unread.is_empty() {
        return;
    }
    let mut named: Vec<&str> = unread.iter().copied().take(UNREAD).collect();
    let more = format!("{} more", unread.len().saturating_sub(UNREAD));
    if unread.len() > UNREAD {
        named.push(&more);
    }
    output.note(&format!(
        "warning: not read for want of a right or a credential, and so not planned: {}",
        named.join(", ")
    ));
}

/// Returns how urgently the plan's errors end the command.
pub(super) fn exit_of_plans(planned: &[Planned]) -> Exit {
    planned
        .iter()
        .flat_map(|planned| &planned.plan.errors)
        .map(|error| match (error.invalid, error.cause.forbidden) {
            (true, _) => Exit::Invalid,
            (false, true) => Exit::Forbidden,
            (false, false) => Exit::Unreadable,
        })
        .fold(Exit::Done, Exit::and)
}

/// Says before a plan is shown that apply will not carry it out for want of a right.
pub(super) fn tell_lacking(planned: &[Planned], output: &mut Output) {
    let rights = lacking(planned);
    if !rights.is_empty() {
        output.note(&format!(
            "warning: nothing will be written with these credentials, which lack the right {}",
            rights.join(" and ")
        ));
    }
}

/// The rights that the caller lacks for what some plans would do, now or once a step by hand is taken.
pub(super) fn lacking(planned: &[Planned]) -> Vec<&'static str> {
    let changes = planned.iter().flat_map(|planned| &planned.plan.changes);
    let free = changes.filter(|change| change.blocked_by.is_empty());
    let rights: BTreeSet<Right> = free.filter_map(|change| change.needs_right).collect();
    rights.into_iter().map(Right::name).collect()
}

/// Says which right the caller lacks for carrying out some plans, and returns the exit code.
pub(super) fn lacks_a_right(planned: &[Planned], output: &mut Output) -> Exit {
    let message = format!(
        "the credentials cannot carry this out: they lack the right {}",
        lacking(planned).join(" and ")
    );
    let hint = "apply with credentials that have it; a plan for other credentials takes `--ignore-write-rights`";
    output.fail(Exit::Forbidden, &message, Some(hint))
}

/// Returns how urgently the checks of some plans end the command.
pub(super) fn exit_of_checks(planned: &[Planned]) -> Exit {
    match expectation_fails(planned) {
        true => Exit::Expectation,
        false => Exit::Done,
    }
}

/// Says whether an expectation would fail after a plan.
fn expectation_fails(planned: &[Planned]) -> bool {
    planned
        .iter()
        .flat_map(|planned| &planned.verdicts)
        .any(|verdict| verdict.kind == "expectation" && verdict.fails())
}
