//! Reading a workspace: files to one checked, typed whole, or to diagnostics.

pub(crate) mod amend;
mod check;
pub mod codes;
mod context;
pub mod document;
pub mod driver;
mod files;
mod inventory;
mod keys;
mod load;
mod mapped;
mod merge;
mod nearby;
mod read;
mod rootless;
mod roster;
mod schema;
mod scope;
mod seeded;
mod sources;
mod workspace;
mod yaml;

pub(crate) use context::closest;
pub(crate) use files::{ROOT_FILE, matches as file_matches};
pub(crate) use read::site_rules::account_id_problem;
pub(crate) use rootless::means_another;
pub use roster::{Column, Condition, Reading, column_words};
pub(crate) use roster::{Purpose, Table};
pub(crate) use scope::granted;
pub(crate) use yaml::small_file;

pub use inventory::Inventory;
pub(crate) use load::load_replacing;
pub use load::{Limits, LoadOptions, Loaded, load, load_as_if};
pub use schema::{mapped_schema, roster_schema, schema};
pub use seeded::*;
pub use sources::{Form, SourceFile, Sources};
pub use workspace::*;
