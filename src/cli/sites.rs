//! `portcullis sites`: the sites of a workspace, for people and for a pipeline's matrix.

use super::args::{Global, ReportFormat, SitesArguments};
use super::{Output, observe};
use crate::config::SiteUrl;
use crate::exit::Exit;
use crate::neutral::neutral;
use serde_json::{Value, json};

/// Runs the command.
///
/// As JSON it prints one line, an array of objects: `matrix: { include: ${{ fromJSON(...) }} }` takes it as it is.
pub(super) fn run(arguments: &SitesArguments, global: &Global, output: &mut Output) -> Exit {
    let workspace = match observe::load(&arguments.dir, global, output) {
        Ok(workspace) => workspace,
        Err(exit) => return exit,
    };
    let rows: Vec<(String, Option<String>, Option<String>)> = workspace
        .sites
        .iter()
        .map(|(key, site)| {
            let url = site.url.as_ref().map(|url| match &url.value {
                SiteUrl::Sandbox => "sandbox:".to_owned(),
                SiteUrl::Remote(url) => url.as_str().trim_end_matches('/').to_owned(),
            });
            let organization = site.atlassian_organization.as_ref();
            (key.to_string(), url, organization.map(|o| o.value.clone()))
        })
        .collect();
    let written = match arguments.format {
        ReportFormat::Json => {
            let rows: Vec<Value> = rows
                .iter()
                .map(|(site, url, organization)| {
                    json!({ "site": site, "url": url, "atlassian_organization": organization })
                })
                .collect();
            writeln!(output.data, "{}", Value::Array(rows))
        }
        ReportFormat::Text => rows.iter().try_for_each(|(site, url, _)| {
            let url = url.as_deref().unwrap_or("-");
            writeln!(output.data, "{}  {}", neutral(site), neutral(url))
        }),
    };
    output.finish(written, Exit::Done)
}
