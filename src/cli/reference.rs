//! The reference as Markdown: commands and their options, exit codes, the environment, the keys of files and of JSON documents.
//!
//! docs/commands.md, docs/configuration.md and docs/json.md are made from it; a test holds the pages to what is returned here.

use super::args::Arguments;
use super::environment;
use super::failure::FailureDocument;
use super::rule::RuleDocument;
use super::sandbox::Started;
use super::sites::SiteDocument;
use crate::access::explain::json::ExplainDocument;
use crate::access::who::json::WhoDocument;
use crate::diagnostic::json::DiagnosticsDocument;
use crate::doctor::DoctorDocument;
use crate::exit::Exit;
use crate::meaning::keys;
use crate::meaning::markdown::{header, row};
use crate::report::access_review::ReviewDocument;
use crate::report::applied::AppliedDocument;
use crate::report::document::PlanDocument;
use crate::report::drift::DriftDocument;
use crate::report::impact::AccessImpact;
use crate::report::record::Record;
use clap::CommandFactory as _;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use std::fmt::Write as _;

/// Returns every command with its help page.
pub fn commands() -> String {
    let mut root = Arguments::command().term_width(100);
    root.build();
    let mut page = String::new();
    for command in root.get_subcommands_mut() {
        if command.get_name() == "help" {
            continue;
        }
        let name = command.get_name().to_owned();
        let help = command.render_long_help().to_string();
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        // Writing to a string cannot fail.
        let _ = write!(
            page,
            "### {name}\n\n```text\n{}\n```\n\n",
            help.join("\n").trim_end()
        );
    }
    page.trim_end().to_owned() + "\n"
}

/// Blocks of the configuration that have a table of their own, by its name.
const BLOCKS: &[(&str, Option<&str>)] = &[
    ("file", None),
    ("atlassian", Some("AtlassianOrganizationBlock")),
    ("site", Some("SiteBlock")),
    ("organization", Some("OrganizationBlock")),
    ("project", Some("ProjectBlock")),
    ("policy", Some("PolicyBlock")),
    ("expectations", Some("ExpectationBlock")),
    ("attestations", Some("AttestationBlock")),
    ("accounts", Some("AccountsBlock")),
    ("sandbox", Some("SandboxBlock")),
];

/// Returns the keys of a block of the configuration, `None` where no table is called so.
pub fn configuration(name: &str) -> Option<String> {
    let (_, block) = BLOCKS.iter().find(|(known, _)| *known == name)?;
    let own: Vec<&str> = BLOCKS.iter().filter_map(|(_, block)| *block).collect();
    Some(keys::table(&crate::config::schema(), *block, &own))
}

/// Returns the keys of a JSON document, `None` where none is called so.
pub fn document(name: &str) -> Option<String> {
    let schema = match name {
        "plan" => of::<PlanDocument>(),
        "impact" => of::<AccessImpact>(),
        "drift" => of::<DriftDocument>(),
        "apply" => of::<AppliedDocument>(),
        "record" => of::<Record>(),
        "explain" => of::<ExplainDocument<'_>>(),
        "who" => of::<WhoDocument<'_>>(),
        "review" => of::<ReviewDocument<'_>>(),
        "doctor" => of::<DoctorDocument<'_>>(),
        "validate" => of::<DiagnosticsDocument<'_>>(),
        "rule" => of::<RuleDocument<'_>>(),
        "sites" => of::<SiteDocument>(),
        "sandbox" => of::<Started<'_>>(),
        "failure" => of::<FailureDocument<'_>>(),
        _ => return None,
    };
    Some(keys::table(&schema, None, &[]))
}

fn of<T: JsonSchema>() -> Value {
    let generator = SchemaSettings::draft07().for_serialize().into_generator();
    generator.into_root_schema_for::<T>().to_value()
}

/// Returns the table of exit codes, by number.
pub fn exit_codes() -> String {
    let mut all = Exit::ALL;
    all.sort_by_key(|exit| exit.code());
    let mut table = header(&["code", "meaning"]);
    for exit in all {
        row(&mut table, &[&exit.code().to_string(), exit.meaning()]);
    }
    row(
        &mut table,
        &[
            "130, 143",
            "interrupted (SIGINT, SIGTERM); an `apply` says how far it came, and running it again does the rest",
        ],
    );
    table
}

/// Returns the exit codes in the order of their precedence.
pub fn precedence() -> String {
    let codes: Vec<String> = Exit::ALL
        .iter()
        .map(|exit| exit.code().to_string())
        .collect();
    format!("{}\n", codes.join(", "))
}

/// Returns the table of variables of the environment.
pub fn variables() -> String {
    let mut table = header(&["variable", "meaning"]);
    for variable in environment::TABLE {
        row(
            &mut table,
            &[&format!("`{}`", variable.name), variable.text],
        );
    }
    table
}
