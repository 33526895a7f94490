//! The files that were read, by [`FileId`].

use crate::diagnostic::{FileId, Span};
use camino::Utf8PathBuf;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One file that was read.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Its path relative to the workspace, with `/`.
    pub path: Utf8PathBuf,
    /// Its text; roster files keep theirs too, for excerpts.
    pub text: Arc<str>,
}

/// How the bytes of a file differ from its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// Not at all: UTF-8.
    #[default]
    Plain,
    /// A byte order mark stands before it.
    Marked,
    /// It has this other encoding.
    Encoded(&'static str),
}

/// The files that were read, in a stable order.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
    /// What few files have.
    forms: BTreeMap<FileId, Form>,
}

impl Sources {
    /// Adds a file. `None` when more than 65,536 files are named.
    pub fn add(&mut self, file: SourceFile) -> Option<FileId> {
        let id = u16::try_from(self.files.len()).ok()?;
        self.files.push(file);
        Some(FileId(id))
    }

    /// Adds a file whose bytes are not its text. `None` when more than 65,536 files are named.
    pub(crate) fn add_in_form(&mut self, file: SourceFile, form: Form) -> Option<FileId> {
        let id = self.add(file)?;
        if form != Form::Plain {
            self.forms.insert(id, form);
        }
        Some(id)
    }

    /// Returns how the bytes of a file differ from its text.
    pub fn form(&self, id: FileId) -> Form {
        self.forms.get(&id).copied().unwrap_or_default()
    }

    /// Returns the files with their ids, in order.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0..=u16::MAX).map(FileId).zip(&self.files)
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
