//! Each surface, tried with one request that reads; what only writes is told by what it takes.

use crate::config::driver::Endpoint;
use crate::config::{SurfaceMode, Surfaces};
use crate::desired::Desired;
use crate::doctor::{Check, Rights, State};
use crate::jsm::{ApiError, ErrorKind, Reader};
use crate::model::Surface;

/// Why nothing of the organization can be asked for.
const NO_ID: &str = "the `id` of the Atlassian organization is not declared";

/// Tries each surface with one request that reads.
pub(super) async fn tried(
    reader: &Reader,
    desired: &Desired<'_>,
    rights: &mut Rights,
) -> Vec<Check> {
    let surfaces = &desired.site.surfaces;
    let mut checks = vec![Check::new(
        State::Good,
        "documented",
        "published REST: read and written",
    )];
    // A declared project that the site shows stands for all.
    let project = rights.projects.keys().next().cloned();
    for (surface, allowed) in [
        (Surface::Gateway, surfaces.gateway),
        (Surface::Private, surfaces.private),
    ] {
        let tried = match (&project, allowed) {
            (_, SurfaceMode::Deny) | (None, _) => None,
            (Some(key), _) if surface == Surface::Gateway => {
                Some(reader.linked_spaces(key.as_str()).await.map(drop))
            }
            (Some(key), _) => Some(reader.request_security(key.as_str()).await.map(drop)),
        };
        // A right that this project wants is told of the project, and says nothing of the others.
        let refused = tried.as_ref().and_then(|tried| tried.as_ref().err());
        if refused.is_some_and(|error| surface == Surface::Gateway || !lacks_right(error)) {
            rights.refused.insert(surface);
        }
        checks.push(outcome(surface.word(), mode(allowed), tried));
    }
    if let Some(driver) = &surfaces.mapped {
        for (name, endpoint) in &driver.endpoints {
            let (check, refused) = mapped(reader, name, endpoint).await;
            checks.push(check);
            if refused {
                rights.refused_endpoints.insert(name.clone());
            }
        }
    }
    if let Some(file) = &surfaces.out_of_reach {
        let says = format!("{file} cannot be used: the site's own origin takes no OAuth token");
        checks.push(Check::new(State::Note, "mapped", says));
    }
    checks.push(accounts(surfaces, rights));
    checks.push(audit(reader, surfaces).await);
    checks.extend(organization(reader, desired, rights).await);
    checks
}

const fn mode(mode: SurfaceMode) -> &'static str {
    match mode {
        SurfaceMode::Deny => "not used (`deny`)",
        SurfaceMode::Read => "read only (`read`)",
        SurfaceMode::Write => "read and written (`write`)",
    }
}

/// Ending somebody's access cannot be tried: what it takes is said instead.
fn accounts(surfaces: &Surfaces, rights: &Rights) -> Check {
    let what = Surface::Accounts.word();
    match (surfaces.accounts, rights.administer) {
        (SurfaceMode::Write, Some(false)) => Check::new(
            State::Note,
            what,
            "written (`write`); this account is no site admin, since it does not administer Jira",
        ),
        (SurfaceMode::Write, _) => Check::new(
            State::Unknown,
            what,
            "written (`write`); whether this account is a site admin no API tells",
        ),
        (SurfaceMode::Read | SurfaceMode::Deny, _) => Check::new(
            State::Note,
            what,
            "not written: ending portal-only access is a step by hand",
        ),
    }
}

async fn audit(reader: &Reader, surfaces: &Surfaces) -> Check {
    let tried = match surfaces.audit {
        SurfaceMode::Deny => None,
        SurfaceMode::Read | SurfaceMode::Write => Some(reader.audit_answers().await),
    };
    let mode = match surfaces.audit {
        SurfaceMode::Deny => "not used (`deny`)",
        _ => "the site's audit records, for `drift --blame`",
    };
    outcome("audit", mode, tried)
}

/// What the organization's key reaches: roles, and approved domains.
async fn organization(reader: &Reader, desired: &Desired<'_>, rights: &mut Rights) -> Vec<Check> {
    let roles = desired.site.surfaces.roles;
    let declared = desired.atlassian.map(|(_, organization)| organization);
    let domains = declared.is_some_and(|organization| organization.approved_domains.is_some());
    let what = Surface::Roles.word();
    let Some(id) = &desired.atlassian_id else {
        return vec![Check::new(
            State::Note,
            what,
            format!("{}; not tried: {NO_ID}", mode(roles)),
        )];
    };
    let mut checks = Vec::new();
    let mut known = |tried: &Result<(), ApiError>| {
        rights.organization_key = match tried {
            Ok(()) => Some(true),
            Err(error) if lacks_right(error) => Some(false),
            Err(_) => None,
        };
    };
    let tried = match roles {
        SurfaceMode::Deny => None,
        SurfaceMode::Read | SurfaceMode::Write => Some(reader.directory_answers(id).await),
    };
    tried.iter().for_each(&mut known);
    checks.push(outcome(what, mode(roles), tried));
    if domains {
        let tried = reader.approved_domains(id).await.map(drop);
        known(&tried);
        let says = "approved domains: read and written";
        checks.push(outcome("Admin API", says, Some(tried)));
    }
    checks
}

fn lacks_right(error: &ApiError) -> bool {
    matches!(error.kind(), ErrorKind::Unauthorized | ErrorKind::Forbidden)
}

fn outcome(name: &str, mode: &str, tried: Option<Result<(), ApiError>>) -> Check {
    match tried {
        None => Check::new(State::Note, name, format!("{mode}; not tried")),
        Some(Ok(())) => Check::new(State::Good, name, format!("{mode}; it answers")),
        Some(Err(error)) => {
            let check = Check::new(State::Note, name, format!("{mode}; refused: {error}"));
            match error.hint() {
                Some(hint) => check.hint(hint),
                None => check,
            }
        }
    }
}

/// Tries a described endpoint; says whether it refused the caller.
async fn mapped(reader: &Reader, name: &str, endpoint: &Endpoint) -> (Check, bool) {
    let how = match endpoint.write {
        Some(_) => "read and written",
        None => "read only",
    };
    let mode = format!("{} of your description, {how}", endpoint.path);
    let what = format!("mapped {name}");
    if endpoint.path.contains('{') {
        return (outcome(&what, &mode, None), false);
    }
    let tried = reader.mapped(&endpoint.path).await.map(drop);
    let refused = tried.as_ref().is_err_and(lacks_right);
    (outcome(&what, &mode, Some(tried)), refused)
}
