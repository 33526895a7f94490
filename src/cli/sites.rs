//! `portcullis sites`: the sites of a workspace, for people and for a pipeline's matrix.

use super::args::{Global, ReportFormat, SitesArguments};
use super::{Output, observe};
use crate::config::SiteUrl;
use crate::exit::Exit;
use crate::neutral::neutral;
use schemars::JsonSchema;
use serde::Serialize;

/// One element of what `sites --format json` writes.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SiteDocument {
    /// The site's key.
    site: String,
    /// Its address; `sandbox:` for the embedded sandbox, `null` where the files have none.
    url: Option<String>,
    /// The key of the Atlassian organization that it belongs to.
    atlassian_organization: Option<String>,
}

/// Runs the command.
///
/// As JSON it prints one line, an array of objects: `matrix: { include: ${{ fromJSON(...) }} }` takes it as it is.
pub(super) fn run(arguments: &SitesArguments, global: &Global, output: &mut Output) -> Exit {
    let workspace = match observe::load(&arguments.dir, global, output) {
        Ok(workspace) => workspace,
        Err(exit) => return exit,
    };
    let rows: Vec<SiteDocument> = workspace
        .sites
        .iter()
        .map(|(key, site)| {
            let url = site.url.as_ref().map(|url| match &url.value {
                SiteUrl::Sandbox => "sandbox:".to_owned(),
                SiteUrl::Remote(url) => url.as_str().trim_end_matches('/').to_owned(),
            });
            let organization = site.atlassian_organization.as_ref();
            SiteDocument {
                site: key.to_string(),
                url,
                atlassian_organization: organization.map(|o| o.value.clone()),
            }
        })
        .collect();
    let written = match arguments.format {
        ReportFormat::Json => {
            let line = serde_json::json!(rows);
            writeln!(output.data, "{line}")
        }
        ReportFormat::Text => rows.iter().try_for_each(|row| {
            let url = row.url.as_deref().unwrap_or("-");
            writeln!(output.data, "{}  {}", neutral(&row.site), neutral(url))
        }),
    };
    output.finish(written, Exit::Done)
}
