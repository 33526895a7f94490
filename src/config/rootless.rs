//! A directory without a root file: what was probably meant by it.

use super::codes;
use super::context::closest;
use super::files::ROOT_FILE;
use crate::diagnostic::Diagnostic;
use crate::files::{Given, Kind, Root};
use camino::{Utf8Path, Utf8PathBuf};

/// How many directories above are looked at.
const ABOVE: usize = 4;
/// How many names beside a directory that is not there are looked at.
const BESIDE: usize = 1_000;

/// Says whether a directory without a root file shows that another was meant, or something else than a directory.
pub(crate) fn means_another(directory: &Utf8Path) -> bool {
    is_address(directory)
        || !Given::new(directory).is_a_directory()
        || Given::new(directory.join("portcullis.yml")).is_there()
        || above(directory).is_some()
}

/// Says that there is no workspace, and what to do.
pub(super) fn told(directory: &Utf8Path) -> Diagnostic {
    let there = Given::new(directory);
    if is_address(directory) {
        return said(format!(
            "`{directory}` is an address, and DIR is the directory of a workspace"
        ))
        .hint(format!(
            "`portcullis review --url {directory}` looks at a site, `portcullis init access --from {directory}` begins a workspace with one"
        ));
    }
    let no_root = || said(format!("there is no `{ROOT_FILE}` in `{directory}`"));
    if there.is_a_file() {
        let parent = directory.parent().filter(|parent| *parent != "");
        let parent = parent.map_or(".", Utf8Path::as_str);
        return no_root().hint(format!(
            "that is a file; name the directory that holds it: `{parent}`"
        ));
    }
    if Given::new(directory.join("portcullis.yml")).is_there() {
        return no_root().hint("rename `portcullis.yml` to `portcullis.yaml`");
    }
    if let Some(above) = above(directory) {
        return no_root().hint(format!("there is one in `{above}`: name that directory"));
    }
    let argument = match directory.as_str() {
        "." => String::new(),
        directory => format!(" {directory}"),
    };
    let init = format!(
        "`portcullis init{argument}` writes a starter workspace, `portcullis init{argument} --from https://YOURS.atlassian.net` one that \
         begins with a live site"
    );
    if there.is_a_directory() {
        return no_root().hint(init);
    }
    let missing = said(format!("there is no directory `{directory}`"));
    match beside(directory) {
        Some(meant) => missing.hint(format!("did you mean `{meant}`?")),
        None => missing.hint(init),
    }
}

fn said(what: String) -> Diagnostic {
    Diagnostic::error(codes::NO_WORKSPACE, what)
}

fn is_address(directory: &Utf8Path) -> bool {
    directory.as_str().contains("://")
}

/// The nearest directory above that holds a root file, as it is written from where the program was started.
fn above(directory: &Utf8Path) -> Option<Utf8PathBuf> {
    if !Given::new(directory).is_a_directory() {
        return None;
    }
    let holds = |directory: &Utf8PathBuf| Given::new(directory.join(ROOT_FILE)).is_a_file();
    if directory.as_str() == "." {
        let mut up = (1..=ABOVE).map(|count| Utf8PathBuf::from(vec![".."; count].join("/")));
        return up.find(holds);
    }
    let named = directory.ancestors().skip(1).take(ABOVE);
    let mut named = named.map(|directory| match directory.as_str() {
        "" => Utf8PathBuf::from("."),
        _ => directory.to_path_buf(),
    });
    named.find(holds)
}

/// The workspace beside a directory that is not there, with nearly its name.
fn beside(directory: &Utf8Path) -> Option<Utf8PathBuf> {
    let parent = directory.parent()?;
    let listed = match parent.as_str() {
        "" => Utf8Path::new("."),
        _ => parent,
    };
    let items = Root::open(listed)
        .ok()?
        .list(Utf8Path::new(""), BESIDE)
        .ok()?;
    let workspaces = items.iter().filter(|item| {
        let root = listed.join(&item.name).join(ROOT_FILE);
        item.kind == Kind::Directory && Given::new(root).is_a_file()
    });
    let names: Vec<&str> = workspaces.map(|item| item.name.as_str()).collect();
    closest(directory.file_name()?, names).map(|name| parent.join(name))
}
