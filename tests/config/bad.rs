//! Mistakes that people make, as they are told about them.

#[path = "bad/files.rs"]
mod files;
#[path = "bad/keys.rs"]
mod keys;
#[path = "bad/lists.rs"]
mod lists;
