//! The files that were read, by [`FileId`].

use crate::diagnostic::{FileId, Span};
use camino::Utf8PathBuf;
use std::sync::Arc;

/// One file that was read.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Its path relative to the workspace, with `/`.
    pub path: Utf8PathBuf,
    /// Its text; roster files keep theirs too, for excerpts.
    pub text: Arc<str>,
}

/// The files that were read, in a stable order.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file. `None` when more than 65,536 files are named.
    pub fn add(&mut self, file: SourceFile) -> Option<FileId> {
        let id = u16::try_from(self.files.len()).ok()?;
        self.files.push(file);
        Some(FileId(id))
    }

    /// Returns a file.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(usize::from(id.0))
    }

    /// Returns `path:line:column` of a span.
    pub fn place(&self, span: Span) -> String {
        let path = self.get(span.file).map_or("?", |file| file.path.as_str());
        format!("{path}:{}:{}", span.line, span.column)
    }
}
