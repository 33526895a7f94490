//! Reading a workspace: files to one checked, typed whole, or to diagnostics.

pub mod driver;
mod sources;
mod workspace;

pub use sources::{SourceFile, Sources};
pub use workspace::*;
