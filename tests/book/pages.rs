//! The pages of the book as text.

use camino::{Utf8Path, Utf8PathBuf};

pub(crate) fn root() -> &'static Utf8Path {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page below `docs`, in order.
pub(crate) fn pages() -> Vec<Utf8PathBuf> {
    let mut found = Vec::new();
    collect(&root().join("docs"), &mut found);
    found.sort();
    found
}

/// The README and every page below `docs`.
pub(crate) fn every_page() -> Vec<Utf8PathBuf> {
    let mut found = vec![root().join("README.md")];
    found.extend(pages());
    found
}

fn collect(directory: &Utf8Path, found: &mut Vec<Utf8PathBuf>) {
    for entry in directory.read_dir_utf8().unwrap() {
        let path = entry.unwrap().into_path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension() == Some("md") {
            found.push(path);
        }
    }
}
