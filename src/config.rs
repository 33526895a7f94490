//! Reading a workspace: files to one checked, typed whole, or to diagnostics.

pub(crate) mod amend;
mod check;
pub mod codes;
mod context;
pub mod document;
pub mod driver;
mod files;
mod keys;
mod load;
mod mapped;
mod merge;
mod read;
mod roster;
mod schema;
mod scope;
mod sources;
mod workspace;
mod yaml;

pub(crate) use read::site_rules::account_id_problem;

pub use load::{Limits, LoadOptions, Loaded, load, load_as_if};
pub use schema::{mapped_schema, schema};
pub use sources::{SourceFile, Sources};
pub use workspace::*;

/// Reads one YAML document as workspaces are read, for tests of what writes such documents.
#[cfg(test)]
pub(crate) fn read_yaml(text: &str) -> serde_json::Value {
    let limits = yaml::YamlLimits {
        depth: 32,
        nodes: 10_000,
        alias_nodes: 0,
    };
    let mut problems = Vec::new();
    let tree = yaml::parse(crate::diagnostic::FileId(0), text, limits, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    yaml::json(&tree.unwrap())
}
