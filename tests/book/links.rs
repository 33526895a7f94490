//! Every page stands in the summary of the book, once, and every link of a page leads to a page, a heading or a file that is there.

use super::pages::{pages, root};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::{BTreeMap, BTreeSet};

/// The targets of the links of a page, outside of code.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
            continue;
        }
        if in_block {
            continue;
        }
        // What stands between backquotes is code.
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        let mut rest = prose.as_str();
        while let Some(at) = rest.find("](") {
            let (target, after) = rest[at + 2..]
                .split_once(')')
                .unwrap_or_else(|| panic!("a link without end: {line}"));
            found.push(target.to_owned());
            rest = after;
        }
    }
    found
}

/// The anchors of the headings of a page, as code hosts and mdBook make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut in_block = false;
    let mut found = BTreeSet::new();
    for line in text.lines() {
        if line.starts_with("```") {
            in_block = !in_block;
        }
        let Some(title) = line.strip_prefix('#').filter(|_| !in_block) else {
            continue;
        };
        let title = title.trim_start_matches('#').trim().to_lowercase();
        let kept = title
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        found.insert(kept.collect::<String>().replace(' ', "-"));
    }
    found
}

/// A path with `..` taken out.
fn plain(path: &Utf8Path) -> Utf8PathBuf {
    let mut plain = Utf8PathBuf::new();
    for part in path.components() {
        match part.as_str() {
            ".." => {
                plain.pop();
            }
            "." => {}
            part => plain.push(part),
        }
    }
    plain
}

#[test]
fn every_link_leads_somewhere() {
    let mut texts: BTreeMap<Utf8PathBuf, String> = BTreeMap::new();
    let more = ["README.md", "CONTRIBUTING.md", "examples/README.md"].map(|name| root().join(name));
    for path in pages().into_iter().chain(more) {
        let text = fs_err::read_to_string(&path).unwrap();
        texts.insert(path, text);
    }
    let mut checked = 0;
    let mut dead = Vec::new();
    for (page, text) in &texts {
        for link in links(text) {
            // What is not a page of the book has an address, so that it is found from the built book as well.
            let ours = link
                .strip_prefix(concat!(env!("CARGO_PKG_REPOSITORY"), "/"))
                .and_then(|path| path.split_once("/main/"))
                .map(|(_, path)| root().join(path));
            if let Some(target) = ours {
                checked += 1;
                if !target.exists() {
                    dead.push(format!("{}: {link}", page.strip_prefix(root()).unwrap()));
                }
                continue;
            }
            if link.starts_with("https://") {
                continue;
            }
            checked += 1;
            let (path, anchor) = match link.split_once('#') {
                Some((path, anchor)) => (path, Some(anchor)),
                None => (link.as_str(), None),
            };
            let target = match path {
                "" => page.clone(),
                path => plain(&page.parent().unwrap().join(path)),
            };
            let there = match (anchor, texts.get(&target)) {
                (Some(anchor), Some(text)) => anchors(text).contains(anchor),
                (Some(_), None) => false,
                (None, _) => target.exists(),
            };
            let book = root().join("docs");
            let leaves = page.starts_with(&book) && !target.starts_with(&book);
            if !there || leaves {
                dead.push(format!("{}: {link}", page.strip_prefix(root()).unwrap()));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
    assert!(checked > 120, "only {checked} links were found");
}

#[test]
fn every_page_stands_in_the_summary_once() {
    let docs = root().join("docs");
    let summary = fs_err::read_to_string(docs.join("SUMMARY.md")).unwrap();
    let listed = links(&summary);
    let once: BTreeSet<&String> = listed.iter().collect();
    assert_eq!(once.len(), listed.len(), "{listed:?}");
    let listed: BTreeSet<Utf8PathBuf> = listed.iter().map(|link| docs.join(link)).collect();
    let pages: BTreeSet<Utf8PathBuf> = pages()
        .into_iter()
        .filter(|page| !page.ends_with("SUMMARY.md"))
        .collect();
    let missing: Vec<&Utf8PathBuf> = pages.symmetric_difference(&listed).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn links_and_headings_are_found_as_a_reader_finds_them() {
    let page = "# How `x` works: a\n[a](b.md#c) and `[no](link)`\n```text\n[no](link)\n# no\n```\n";
    assert_eq!(links(page), ["b.md#c"]);
    assert_eq!(anchors(page), BTreeSet::from(["how-x-works-a".to_owned()]));
    assert_eq!(plain(Utf8Path::new("/a/b/../c/./d.md")), "/a/c/d.md");
}
