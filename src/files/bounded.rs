//! Reading no more than was agreed.

use super::Why;
use std::fs::File;
use std::io::Read as _;

/// Reads what is left of a file of about this size, unless it is more than the limit.
pub(super) fn read(file: File, size: u64, limit: u64) -> Result<Vec<u8>, Why> {
    if size > limit {
        return Err(Why::TooLarge(limit));
    }
    let mut bytes = Vec::new();
    bytes.reserve_exact(usize::try_from(size).unwrap_or(0) + 1);
    // A file may grow while it is read, and a pipe has no size at all.
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(Why::TooLarge(limit));
    }
    Ok(bytes)
}

/// A file that is read piece by piece, and no further than was agreed.
pub(super) struct Reader(std::io::Take<File>);

impl Reader {
    pub(super) fn new(file: File, size: u64, limit: u64) -> Result<Self, Why> {
        match size > limit {
            true => Err(Why::TooLarge(limit)),
            // A file may grow while it is read, and a pipe has no size at all.
            false => Ok(Self(file.take(limit + 1))),
        }
    }
}

impl std::io::Read for Reader {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let read = self.0.read(bytes)?;
        match self.0.limit() {
            0 => Err(std::io::Error::other("it is larger than agreed")),
            _ => Ok(read),
        }
    }
}

/// Reads the beginning of a file.
pub(super) fn start(file: File, most: u64) -> Result<Vec<u8>, Why> {
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Takes bytes as text; a byte order mark is left in.
pub(super) fn text(bytes: Vec<u8>) -> Result<String, Why> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let breaks = bytes[..valid].iter().filter(|&&b| b == b'\n').count();
        Why::NotUtf8 {
            line: 1 + breaks,
            utf16: matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]),
        }
    })
}
