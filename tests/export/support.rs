//! A site that is served, exported, loaded and planned again.

use camino::{Utf8Path, Utf8PathBuf};
use jiff::civil::{Date, date};
use portcullis::config::{self, LoadOptions, Mode, SurfaceMode, Surfaces, Workspace};
use portcullis::desired::Desired;
use portcullis::emulator::{Options, Sandbox, Site};
use portcullis::export::{self, AtlassianTarget, CopiedFile, Export, Members, Shape, Target};
use portcullis::jsm::{self, Auth, Connection, Credentials, Endpoint, OrgKey};
use portcullis::model::SiteKey;
use portcullis::observe::{Whole, observe, observe_site};
use portcullis::observed::Observed;
use portcullis::plan::Plan;
use portcullis::plan::diff::diff;
use std::collections::BTreeMap;

pub(crate) const TODAY: Date = date(2026, 11, 22);

pub(crate) const DRIVER: &str =
    include_str!("../../examples/quickstart/drivers/sandbox-settings.yaml");

/// A site on loopback, and a connection to it.
pub(crate) struct Live {
    pub(crate) sandbox: Sandbox,
    connection: Connection,
}

impl Live {
    pub(crate) async fn start(site: Site) -> Self {
        let sandbox = Sandbox::start(site, Options::default()).await.unwrap();
        let connection = Connection::open(Endpoint {
            site_url: sandbox.url(),
            api_url: None,
            auth: Auth::Classic,
            credentials: Some(Credentials::new("admin@sandbox.example", "sandbox-admin")),
            client: None,
            org_key: Some(OrgKey::new("sandbox-org-key")),
            options: jsm::Options::default(),
        })
        .unwrap();
        Self {
            sandbox,
            connection,
        }
    }

    /// Reads everything; `surfaces` say by which ways.
    pub(crate) async fn everything(&self, surfaces: &Surfaces) -> Observed {
        let organization = self.sandbox.site().atlassian_organization().to_owned();
        let whole = Whole::new(surfaces, Some(&organization));
        observe_site(&self.connection.reader(), key(), whole)
            .await
            .unwrap()
    }

    /// Plans a workspace against the site as `plan` does.
    pub(crate) async fn plan(&self, workspace: &Workspace) -> Plan {
        let desired = Desired::new(workspace, &key(), TODAY).unwrap();
        let observed = observe(&self.connection.reader(), &desired).await.unwrap();
        diff(&desired, &observed)
    }
}

pub(crate) fn key() -> SiteKey {
    SiteKey::new("acme").unwrap()
}

/// The surfaces of the quickstart: everything can be read.
pub(crate) fn surfaces() -> Surfaces {
    let scratch = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(scratch.path()).unwrap();
    let text =
        "version: 1\nsites:\n  acme: { url: \"sandbox:\", surfaces: { mapped: driver.yaml } }\n";
    fs_err::write(root.join("portcullis.yaml"), text).unwrap();
    fs_err::write(root.join("driver.yaml"), DRIVER).unwrap();
    let loaded = config::load(root, LoadOptions::new(TODAY));
    let workspace = loaded.workspace.expect("the driver is valid");
    workspace.sites[&key()].surfaces.clone()
}

/// How exports of these tests reach the site.
pub(crate) fn target(site: &Site, url: &str, mapped: bool) -> Target {
    Target {
        key: key(),
        url: url.to_owned(),
        api_url: None,
        auth: config::Auth::Classic,
        user_management: Default::default(),
        confluence_plan: None,
        gateway: SurfaceMode::Read,
        private: SurfaceMode::Read,
        mapped: mapped.then(|| CopiedFile {
            path: "drivers/settings.yaml".into(),
            text: DRIVER.to_owned(),
        }),
        atlassian: Some(AtlassianTarget {
            key: SiteKey::new("acme-corp").unwrap(),
            id: Some(site.atlassian_organization().to_owned()),
        }),
    }
}

/// Writes the files of an export somewhere and loads them; warnings are returned, errors fail.
pub(crate) fn load(files: &BTreeMap<Utf8PathBuf, String>) -> (Workspace, Vec<String>) {
    let scratch = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(scratch.path()).unwrap();
    for (path, text) in files {
        let path = root.join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
    let loaded = config::load(root, LoadOptions::new(TODAY));
    let said: Vec<String> = loaded
        .diagnostics
        .iter()
        .map(|diagnostic| format!("{} {}", diagnostic.code, diagnostic.message))
        .collect();
    match loaded.workspace {
        Some(workspace) => (workspace, said),
        None => panic!("the export does not load: {said:#?}\n{}", shown(files)),
    }
}

/// Lists as the whole truth, people by address.
pub(crate) const EXACT: Shape = Shape {
    members: Members::Csv,
    mode: Mode::Exact,
    ids: false,
};

/// Exports with lists of this form.
pub(crate) fn shaped(observed: &Observed, target: &Target, shape: Shape) -> Export {
    export::workspace(observed, target, shape).unwrap()
}

/// Exports with everybody and everything.
pub(crate) fn export(observed: &Observed, target: &Target) -> Export {
    shaped(observed, target, EXACT)
}

/// Fails unless a plan has nothing to do and nothing to say but who is suspended or revoked.
pub(crate) fn assert_empty(plan: &Plan, files: &BTreeMap<Utf8PathBuf, String>) {
    let empty = plan.changes.is_empty()
        && plan.errors.is_empty()
        && plan.manual_steps.is_empty()
        && plan
            .findings
            .iter()
            // That people cannot use their accounts is so, whoever wrote the workspace.
            .all(|finding| finding.code == "inactive-or-hidden");
    assert!(
        empty,
        "not empty: {:#?}\n{:#?}\n{:#?}\n{}",
        plan.changes,
        plan.errors,
        plan.findings,
        shown(files)
    );
}

/// Shows what differs between exports: everything but the schema and the driver.
fn shown(files: &BTreeMap<Utf8PathBuf, String>) -> String {
    files
        .iter()
        .filter(|(path, _)| !path.starts_with("schemas") && !path.starts_with("drivers"))
        .map(|(path, text)| format!("--- {path}\n{text}"))
        .collect()
}
