//! The steps of reading a workspace, one after the other.

use super::codes;
use super::context::Context;
use super::files::{DEFAULT_INCLUDE, ROOT_FILE, join};
use super::inventory::Inventory;
use super::sources::Sources;
use super::workspace::Workspace;
use super::yaml::{self, Entry, Node, Value, YamlLimits};
use super::{check, merge, nearby, read, rootless, roster, scope};
use crate::diagnostic::{Diagnostic, FileId, Mark, Severity};
use crate::files::Root;
use camino::{Utf8Path, Utf8PathBuf};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the caller wants of [`load`].
#[derive(Debug, Clone, Copy)]
pub struct LoadOptions {
    /// Whether the workspace is a seed: it may declare accounts and needs no `url`.
    pub seed: bool,
    /// The day on which the workspace is judged (UTC).
    pub today: Date,
    /// How much is read before giving up.
    pub limits: Limits,
}

impl LoadOptions {
    /// Reads an ordinary workspace, judged on this day.
    pub fn new(today: Date) -> Self {
        Self {
            seed: false,
            today,
            limits: Limits::default(),
        }
    }

    /// Reads a seed, judged on this day.
    pub fn seed(today: Date) -> Self {
        Self {
            seed: true,
            ..Self::new(today)
        }
    }
}

/// How much is read before giving up. The defaults leave room for a roster of several million lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many files a workspace may name: 65,536.
    pub files: usize,
    /// The largest file, in bytes: 256 MiB.
    pub file_bytes: u64,
    /// How many bytes all files may hold together: 2 GiB.
    pub total_bytes: u64,
    /// How many entries of directories are looked at for `include`: 1,048,576.
    pub entries: usize,
    /// How deep mappings and lists may nest: 32.
    pub depth: usize,
    /// How many values one YAML file may hold: 8,000,000.
    pub nodes: usize,
    /// How many of them anchors and aliases may hold together: 100,000.
    pub alias_nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            files: 1 << 16,
            file_bytes: 256 << 20,
            total_bytes: 2 << 30,
            entries: 1 << 20,
            depth: 32,
            nodes: 8_000_000,
            alias_nodes: 100_000,
        }
    }
}

/// What [`load`] gives.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The workspace; `None` when there is at least one error among the diagnostics.
    pub workspace: Option<Workspace>,
    /// Every problem of every file, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The files that were read, for rendering the diagnostics.
    pub sources: Sources,
    /// What a workspace with errors holds, as far as it could be read.
    partial: Option<Inventory>,
}

impl Loaded {
    /// Counts what was read. Only files where nothing could be made of them.
    pub fn inventory(&self) -> Inventory {
        match (&self.workspace, &self.partial) {
            (Some(workspace), _) => Inventory::of(workspace, &self.sources),
            (None, Some(partial)) => partial.clone(),
            (None, None) => Inventory::of_files(&self.sources),
        }
    }
}

/// Reads the workspace in a directory: every file, merged, checked and typed.
///
/// Never stops at the first problem: everything that can still be judged is judged. A file with a syntax error is left out, and
/// then checks that would need it are left out too, so that one mistake is reported once.
pub fn load(directory: &Utf8Path, options: LoadOptions) -> Loaded {
    load_replacing(directory, options, BTreeMap::new())
}

/// Loads a workspace as if one of its files, named relative to it, had this text. The file need not exist.
pub fn load_as_if(
    directory: &Utf8Path,
    options: LoadOptions,
    path: &Utf8Path,
    text: &str,
) -> Loaded {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    load_replacing(
        directory,
        options,
        BTreeMap::from([(path.to_path_buf(), text.into())]),
    )
}

/// Loads a workspace as if some of its files had these texts.
pub(crate) fn load_replacing(
    directory: &Utf8Path,
    options: LoadOptions,
    replaced: BTreeMap<Utf8PathBuf, Arc<str>>,
) -> Loaded {
    let mut cx = Context {
        replaced,
        root: directory.to_path_buf(),
        door: Root::open(directory).ok(),
        options,
        sources: Sources::default(),
        read: BTreeMap::new(),
        bytes: 0,
        listed: 0,
        problems: Vec::new(),
        scopes: Vec::new(),
        declared: BTreeSet::new(),
        unfilled: Vec::new(),
        partial: false,
        sites_of_wrong: Vec::new(),
    };
    let workspace = load_into(&mut cx);
    crate::diagnostic::sort(&mut cx.problems);
    let broken = cx.problems.iter().any(|p| p.severity == Severity::Error);
    let partial = workspace.as_ref().filter(|_| broken);
    let partial = partial.map(|workspace| Inventory::of(workspace, &cx.sources));
    let workspace = workspace.filter(|_| !broken).map(|workspace| Workspace {
        sources: cx.sources.clone(),
        ..workspace
    });
    Loaded {
        workspace,
        diagnostics: cx.problems,
        sources: cx.sources,
        partial,
    }
}

fn load_into(cx: &mut Context) -> Option<Workspace> {
    let there = |name: &str| {
        let door = cx.door.as_ref();
        door.is_some_and(|door| door.kind(Utf8Path::new(name)).is_some())
    };
    if !there(ROOT_FILE) {
        cx.report(rootless::told(&cx.root));
        return None;
    }
    let (root_id, root_text) = cx.read(Utf8Path::new(ROOT_FILE), None)?;
    let limits = cx.yaml_limits();
    let mut problems = Vec::new();
    let root = parse(root_id, &root_text, limits, &mut problems);
    cx.problems.extend(problems);
    cx.partial |= root.is_none();

    let patterns = include_patterns(cx, root.as_ref());
    let mut texts: Vec<(Utf8PathBuf, Arc<str>, crate::diagnostic::FileId)> = Vec::new();
    for path in cx.included(&patterns) {
        match cx.read(&path, None) {
            Some((id, text)) => texts.push((path, text, id)),
            None => cx.partial = true,
        }
    }
    let mut files: Vec<(Utf8PathBuf, Option<Node<'_>>, Vec<Diagnostic>)> = Vec::new();
    for (path, text, id) in &texts {
        let mut problems = Vec::new();
        let tree = parse(*id, text, limits, &mut problems);
        files.push((path.clone(), tree, problems));
    }
    let named = named_elsewhere(
        root.iter()
            .map(|node| (Utf8Path::new(ROOT_FILE), node))
            .chain(
                files
                    .iter()
                    .filter_map(|(path, node, _)| Some((path.as_path(), node.as_ref()?))),
            ),
    );
    let mut trees: Vec<Node<'_>> = root.into_iter().collect();
    let scopes = trees
        .first()
        .map(|root| scope::scopes(cx, root))
        .unwrap_or_default();
    for tree in &trees {
        version(cx, tree);
    }
    for (path, tree, problems) in files {
        if path.ancestors().any(|part| named.contains(part)) {
            continue;
        }
        cx.problems.extend(problems);
        let Some(tree) = tree else {
            cx.partial = true;
            continue;
        };
        version(cx, &tree);
        root_only(cx, &tree);
        scope::check(cx, &scopes, &path, &tree);
        trees.push(tree);
    }
    let merged = merge::merge(cx, trees)?;
    cx.scopes = scopes;
    let workspace = read::workspace(cx, &merged);
    nearby::unread(cx, &patterns, &named);
    let workspace = workspace?;
    if !cx.partial {
        check::check(cx, &workspace);
    }
    Some(workspace)
}

/// Parses a file. One that holds the markers of a merge has no other problem until they are gone.
fn parse<'t>(
    file: FileId,
    text: &'t str,
    limits: YamlLimits,
    problems: &mut Vec<Diagnostic>,
) -> Option<Node<'t>> {
    match roster::conflict(text) {
        Some(line) => {
            problems.push(roster::merge_markers(file, line));
            None
        }
        None => yaml::parse(file, text, limits, problems),
    }
}

fn include_patterns(cx: &mut Context, root: Option<&Node<'_>>) -> Vec<(String, Option<Mark>)> {
    let written = root.and_then(|root| root.get("include"));
    let Some(entry) = written else {
        return DEFAULT_INCLUDE.map(|p| (p.to_string(), None)).to_vec();
    };
    let mut patterns = Vec::new();
    for item in cx.items(&entry.node).unwrap_or_default() {
        if let Some(text) = cx.text(item) {
            patterns.push((text.to_string(), Some(item.mark)));
        }
    }
    patterns
}

/// Lists the files and directories that `from`, `rosters`, `leavers`, `mapped` and `seed` name: those are never configuration files.
fn named_elsewhere<'n, 't: 'n>(
    files: impl Iterator<Item = (&'n Utf8Path, &'n Node<'t>)>,
) -> BTreeSet<Utf8PathBuf> {
    let mut named = BTreeSet::new();
    for (path, tree) in files {
        let directory = path.parent().unwrap_or(Utf8Path::new(""));
        let mut add = |node: &Node<'_>| {
            let node = node.get("file").map_or(node, |entry| &entry.node);
            if let Value::Plain(text) | Value::Quoted(text) = &node.value {
                named.extend(join(directory, text).filter(|p| !p.as_str().is_empty()));
            }
        };
        items(tree.get("leavers")).iter().for_each(&mut add);
        for site in below(tree.get("sites").map(|e| &e.node)) {
            site.get("seed").into_iter().for_each(|e| add(&e.node));
            items(site.get("rosters")).iter().for_each(&mut add);
            let surfaces = site.get("surfaces").map(|e| &e.node);
            let mapped = surfaces.and_then(|node| node.get("mapped"));
            mapped.into_iter().for_each(|e| add(&e.node));
            let organizations = below(site.get("organizations").map(|e| &e.node));
            let members = organizations.filter_map(|o| o.get("members"));
            let projects = below(site.get("projects").map(|e| &e.node));
            for roster in members.chain(projects.filter_map(|p| p.get("customers"))) {
                items(roster.node.get("from")).iter().for_each(&mut add);
            }
        }
    }
    named
}

fn items<'n, 't>(entry: Option<&'n Entry<'t>>) -> &'n [Node<'t>] {
    match entry.map(|entry| &entry.node.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

fn below<'n, 't>(node: Option<&'n Node<'t>>) -> impl Iterator<Item = &'n Node<'t>> {
    node.and_then(Node::entries)
        .unwrap_or_default()
        .iter()
        .map(|entry| &entry.node)
}

/// Checks `version` of a file.
pub(super) fn version(cx: &mut Context, tree: &Node<'_>) {
    if !matches!(tree.value, Value::Map(_)) {
        return;
    }
    let Some(entry) = tree.get("version") else {
        let start = yaml::start_of(tree.mark.span.file);
        cx.report(
            Diagnostic::error(codes::MISSING_KEY, "`version` is missing")
                .at(start)
                .hint("every file begins with `version: 1`"),
        );
        return;
    };
    match &entry.node.value {
        Value::Plain(text) if text == "1" => {}
        Value::Plain(text) if text.parse::<f64>().is_ok() => cx.report(
            Diagnostic::error(
                codes::UNSUPPORTED_VERSION,
                format!("version {text} is not known"),
            )
            .at(entry.node.mark)
            .hint("this program reads `version: 1`"),
        ),
        Value::Null => {}
        _ => cx.wrong_type(&entry.node, "the number `1`"),
    }
}

fn root_only(cx: &mut Context, tree: &Node<'_>) {
    for key in ["include", "scopes", "leavers"] {
        if let Some(entry) = tree.get(key) {
            cx.report(
                Diagnostic::error(
                    codes::ROOT_ONLY,
                    format!("`{key}` stands in the root file only"),
                )
                .at(entry.mark)
                .hint(format!("move it to `{ROOT_FILE}`")),
            );
        }
    }
}
