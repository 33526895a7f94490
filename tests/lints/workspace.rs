//! Small workspaces in temporary directories.

use camino::Utf8Path;
use jiff::civil::{Date, date};
use portcullis::config::{LoadOptions, load};
use portcullis::diagnostic::{Diagnostic, Severity};
use portcullis::lint;

/// The day on which everything is judged.
pub(crate) const TODAY: Date = date(2026, 11, 22);

/// A site that anyone on the web can use.
pub(crate) const PUBLIC: &str = "version: 1
sites:
  acme:
    url: \"sandbox:\"
    customer_access:
      external: { portal_only_accounts: true, allowed_domains: any }
      customers_can_create_accounts: true
    projects: { ITSM: { channel_access: open } }
";

/// A workspace of one site with these keys.
pub(crate) fn site(keys: &str) -> String {
    let mut text = "version: 1\nsites:\n  acme:\n    url: \"sandbox:\"\n    atlassian_organization: acme-corp\n".to_owned();
    let (inside, outside) = keys.split_once("\n---\n").unwrap_or((keys, ""));
    for line in inside.lines() {
        text.push_str("    ");
        text.push_str(line);
        text.push('\n');
    }
    if !outside.contains("atlassian_organizations") {
        text.push_str("atlassian_organizations: { acme-corp: {} }\n");
    }
    text.push_str(outside);
    text.push('\n');
    text
}

/// Judges a workspace that must be sound otherwise: a whole file, or the keys of a site (then what follows `---` stands beside `sites`).
pub(crate) fn lints(text: &str) -> Vec<Diagnostic> {
    let text = if text.starts_with("version:") {
        text.to_owned()
    } else {
        site(text)
    };
    let directory = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(directory.path()).unwrap();
    fs_err::write(root.join("portcullis.yaml"), &text).unwrap();
    let loaded = load(root, LoadOptions::new(TODAY));
    let errors: Vec<_> = loaded
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:?}\n{text}");
    lint::diagnostics(&loaded.workspace.unwrap(), TODAY)
}
