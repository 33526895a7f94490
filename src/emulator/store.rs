//! Keeping a site in a file: whole, as JSON, replaced in one step.

use super::site::Site;
use camino::Utf8Path;
use std::io::{self, Write};

impl Site {
    /// Reads a site from a file that [`Site::save`] wrote.
    ///
    /// # Errors
    /// When the file cannot be read, or does not hold a site.
    pub fn load(path: &Utf8Path) -> io::Result<Self> {
        let bytes = fs_err::read(path)?;
        serde_json::from_slice(&bytes).map_err(|error| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("`{path}` does not hold the state of a sandbox: {error}"),
            )
        })
    }

    /// Writes the site to a file in one step: whoever reads it sees the old state or the new one.
    ///
    /// # Errors
    /// When the directory or the file cannot be written.
    pub fn save(&self, path: &Utf8Path) -> io::Result<()> {
        write_whole(path, &self.to_bytes()?)
    }

    pub(super) fn to_bytes(&self) -> io::Result<Vec<u8>> {
        Ok(serde_json::to_vec(self)?)
    }
}

pub(super) fn write_whole(path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_str().is_empty() => parent,
        _ => Utf8Path::new("."),
    };
    fs_err::create_dir_all(directory)?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
