//! Keeping a site in a file: whole, as JSON, replaced in one step.

use super::site::Site;
use crate::files::{self, Access, Place};
use std::io;

impl Site {
    /// Reads a site from a file that [`Site::save`] wrote.
    ///
    /// # Errors
    /// When the file cannot be read, or does not hold a site.
    pub fn load(path: impl Into<Place>) -> io::Result<Self> {
        let path = path.into();
        let bytes = path.read(files::LARGE)?;
        serde_json::from_slice(&bytes).map_err(|error| {
            // What the parser says may quote the file.
            let (line, column) = (error.line(), error.column());
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!(
                    "`{path}` does not hold the state of a sandbox (line {line}, column {column})"
                ),
            )
        })
    }

    /// Writes the site to a file in one step: whoever reads it sees the old state or the new one.
    ///
    /// # Errors
    /// When the directory or the file cannot be written.
    pub fn save(&self, path: impl Into<Place>) -> io::Result<()> {
        write_whole(&path.into(), &self.to_bytes()?)
    }

    pub(super) fn to_bytes(&self) -> io::Result<Vec<u8>> {
        Ok(serde_json::to_vec(self)?)
    }
}

pub(super) fn write_whole(path: &Place, bytes: &[u8]) -> io::Result<()> {
    Ok(path.replace(bytes, Access::Private)?)
}
