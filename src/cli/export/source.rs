//! The site to export: one of a workspace, or one named by its address alone.

use crate::cli::args::{ExportArguments, Global, Reach};
use crate::cli::{Lookup, Output, observe};
use crate::config::{self, Site, SiteUrl, SurfaceMode, Surfaces, Workspace};
use crate::connect::{self, Session, state_file};
use crate::exit::Exit;
use crate::export::{AtlassianTarget, CopiedFile, Target};
use crate::files::{Named, Refusal, Root};
use crate::jsm::Connection;
use crate::model::SiteKey;
use camino::Utf8PathBuf;

/// A site that can be read, and how its export reaches it.
pub(super) struct Source {
    /// What the export says of the way to the site.
    pub(super) target: Target,
    /// What may be read.
    pub(super) surfaces: Surfaces,
    /// The id of the Atlassian organization, where it is known.
    pub(super) atlassian_id: Option<String>,
    way: Way,
}

enum Way {
    Workspace(Box<Session>, Option<Named>),
    Address(Box<Connection>),
}

impl Source {
    pub(super) async fn open(
        arguments: &ExportArguments,
        global: &Global,
        output: &mut Output,
        lookup: Lookup,
    ) -> Result<Self, Exit> {
        match &arguments.url {
            Some(url) => by_address(url, arguments, output, lookup),
            None => of_workspace(arguments, global, output, lookup).await,
        }
    }

    pub(super) fn connection(&self) -> &Connection {
        match &self.way {
            Way::Workspace(session, _) => &session.connection,
            Way::Address(connection) => connection,
        }
    }

    /// Returns the file that holds the embedded sandbox's state, once the source is closed.
    pub(super) fn state_file(&self) -> Option<&Named> {
        match &self.way {
            Way::Workspace(_, state) => state.as_ref(),
            Way::Address(_) => None,
        }
    }

    pub(super) async fn close(self) -> std::io::Result<()> {
        match self.way {
            Way::Workspace(session, _) => session.close().await,
            Way::Address(_) => Ok(()),
        }
    }
}

fn by_address(
    url: &str,
    arguments: &ExportArguments,
    output: &mut Output,
    lookup: Lookup,
) -> Result<Source, Exit> {
    let url = observe::address(url, output)?;
    let key = match &arguments.site {
        None => connect::key_of(url),
        Some(text) => SiteKey::new(text).map_err(|error| {
            let message = format!("`{text}` cannot be the key of a site: {error}");
            output.fail(Exit::Usage, &message, None)
        })?,
    };
    let options = arguments.limits.options();
    let auth = connect::auth_of(&key, lookup);
    let sent = connect::sent_as(auth);
    let connection = connect::remote(&key, url, None, sent, options, lookup)
        .map_err(|error| observe::not_open(error, output))?;
    let surfaces = Surfaces::default().within_reach(auth);
    observe::tell_out_of_reach(&key, &surfaces, true, output);
    Ok(Source {
        target: Target {
            key,
            url: url.to_owned(),
            api_url: None,
            auth,
            user_management: Default::default(),
            confluence_plan: None,
            gateway: SurfaceMode::Read,
            private: SurfaceMode::Read,
            mapped: None,
            atlassian: None,
        },
        surfaces,
        atlassian_id: None,
        way: Way::Address(Box::new(connection)),
    })
}

async fn of_workspace(
    arguments: &ExportArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Result<Source, Exit> {
    let reach = Reach {
        dir: arguments.dir.clone(),
        site: arguments.site.iter().cloned().collect(),
        target: Vec::new(),
        partial: arguments.partial,
        limits: arguments.limits.clone(),
    };
    let workspace = observe::load(&reach.dir, global, output)?;
    let sites = observe::sites(&workspace, &reach, output)?;
    let [key] = sites.as_slice() else {
        let known: Vec<&str> = sites.iter().map(SiteKey::as_str).collect();
        let hint = format!("choose one with --site: {}", known.join(", "));
        return Err(output.fail(
            Exit::Usage,
            "the workspace declares several sites",
            Some(&hint),
        ));
    };
    let Some(site) = workspace.sites.get(key) else {
        return Err(output.fail(Exit::Unexpected, &format!("site `{key}` is gone"), None));
    };
    let mapped = driver(&workspace, site)
        .map_err(|error| output.fail(Exit::Unreadable, &error.to_string(), None))?;
    let session = observe::open(&workspace, key, &reach, global.today(), output, lookup).await?;
    let sandbox = matches!(&site.url, Some(url) if url.value == SiteUrl::Sandbox);
    let written_id = site
        .atlassian_organization
        .as_ref()
        .and_then(|organization| workspace.atlassian_organizations.get(&organization.value))
        .and_then(|organization| organization.id.as_ref())
        .map(|id| id.value.clone());
    let atlassian_id = session.atlassian_id.clone().or_else(|| written_id.clone());
    let atlassian = atlassian_id.as_ref().map(|_| AtlassianTarget {
        key: site
            .atlassian_organization
            .as_ref()
            .and_then(|organization| SiteKey::new(&organization.value).ok())
            .unwrap_or_else(|| key.clone()),
        id: written_id,
    });
    let target = Target {
        key: key.clone(),
        url: match site.url.as_ref().map(|url| &url.value) {
            Some(SiteUrl::Remote(url)) => url.as_str().trim_end_matches('/').to_owned(),
            Some(SiteUrl::Sandbox) | None => "sandbox:".to_owned(),
        },
        api_url: site
            .api_url
            .as_ref()
            .map(|url| url.value.as_str().trim_end_matches('/').to_owned()),
        auth: site.auth,
        user_management: site.user_management,
        confluence_plan: site.confluence_plan.as_ref().map(|plan| plan.value),
        gateway: site.surfaces.gateway,
        private: site.surfaces.private,
        mapped,
        atlassian,
    };
    let state = match sandbox {
        true => Some(
            state_file(&workspace, key)
                .map_err(|error| output.fail(Exit::Unexpected, &error.to_string(), None))?,
        ),
        false => None,
    };
    Ok(Source {
        target,
        surfaces: site.surfaces.clone(),
        atlassian_id,
        way: Way::Workspace(Box::new(session), state),
    })
}

fn driver(workspace: &Workspace, site: &Site) -> Result<Option<CopiedFile>, Refusal> {
    let Some(driver) = &site.surfaces.mapped else {
        return Ok(None);
    };
    let limit = config::Limits::default().file_bytes;
    let text = Root::open(&workspace.root)?
        .named(&*driver.file)
        .read_text(limit)?;
    Ok(Some(CopiedFile {
        path: Utf8PathBuf::from(&driver.file),
        text,
    }))
}
