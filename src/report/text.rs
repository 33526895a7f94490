//! The plan as text that a person reviews on one screen: what goes first, then the rest, each row one line.
//!
//! Everything is taken from the plan document, so `portcullis show` prints the same bytes as `portcullis plan`.

mod layout;
mod notes;
mod rows;
mod steps;
mod values;

use super::document::PlanDocument;
use layout::{Page, Paint};
use rows::{Section, Subject};
use std::collections::BTreeSet;
use std::io;

/// How the text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether terminal colours are used; nothing is said by colour alone.
    pub color: bool,
    /// Columns of the terminal; less than 40 counts as 40. Commands and links are never broken, so that they can be copied.
    pub width: usize,
    /// After how many rows a group of memberships is folded; `None` shows every row. Removals never fold below 50.
    pub list_limit: Option<usize>,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            color: false,
            width: 100,
            list_limit: Some(12),
        }
    }
}

/// Writes a plan as text.
///
/// # Errors
/// When `out` cannot be written to.
pub fn plan(document: &PlanDocument, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = Page::new(style, out);
    let roots = roots(document);
    if roots.len() > 1 {
        let sites = values::counted(document.sites.len(), "site", "sites");
        let counts = Counts::of(document, None).words();
        page.line(0, &[(Paint::Heading, &format!("{sites}: {counts}"))])?;
    }
    let mut number = 0;
    for root in &roots {
        page.blank();
        block(document, root, &mut number, &mut page)?;
    }
    page.blank();
    notes::closing(document, &mut page)
}

/// The sites in the order of the document, then whatever else addresses begin with: Atlassian organizations.
fn roots(document: &PlanDocument) -> Vec<&str> {
    let changes = document
        .resource_changes
        .iter()
        .map(|change| change.address.as_str());
    let steps = document
        .manual_steps
        .iter()
        .filter_map(|step| step.addresses.first());
    let errors = document.errors.iter().map(|error| error.address.as_str());
    let findings = document
        .findings
        .iter()
        .map(|finding| finding.address.as_str());
    let addresses = changes
        .chain(steps.map(String::as_str))
        .chain(errors)
        .chain(findings);
    let sites: BTreeSet<&str> = document.sites.iter().map(String::as_str).collect();
    let others: BTreeSet<&str> = addresses
        .map(rows::root)
        .filter(|root| !sites.contains(root))
        .collect();
    document
        .sites
        .iter()
        .map(String::as_str)
        .chain(others)
        .collect()
}

/// Everything about one site or one Atlassian organization.
fn block(
    document: &PlanDocument,
    root: &str,
    number: &mut usize,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let is_site = document.sites.iter().any(|site| site == root);
    let counts = Counts::of(document, Some(root));
    let name = if is_site {
        root.to_owned()
    } else {
        format!("Atlassian organization {root}")
    };
    page.line(
        0,
        &[(Paint::Heading, &format!("{name}: {}", counts.words()))],
    )?;
    for section in Section::ALL {
        rows::section(document, root, section, page)?;
    }
    steps::checklist(document, root, number, page)?;
    notes::of_root(document, root, page)
}

/// How many changes of each kind there are; every change counts once.
#[derive(Debug, Default)]
struct Counts {
    sections: [usize; Section::ALL.len()],
    steps: usize,
    unread: usize,
}

impl Counts {
    fn of(document: &PlanDocument, root: Option<&str>) -> Self {
        let within = |address: &str| root.is_none_or(|root| rows::root(address) == root);
        let mut counts = Self::default();
        for change in document
            .resource_changes
            .iter()
            .filter(|change| within(&change.address))
        {
            counts.sections[Section::of(change) as usize] += 1;
        }
        let in_root = |addresses: &[String]| {
            addresses
                .first()
                .map_or(root.is_none(), |first| within(first))
        };
        counts.steps = document
            .manual_steps
            .iter()
            .filter(|step| in_root(&step.addresses))
            .count();
        counts.unread = document
            .errors
            .iter()
            .filter(|error| within(&error.address))
            .count();
        counts
    }

    fn words(&self) -> String {
        let of = |section: Section| self.sections[section as usize];
        // A manual change always belongs to a step; one without a step is counted as if it were one.
        let by_hand = if self.steps == 0 {
            of(Section::ByHand)
        } else {
            self.steps
        };
        let rest = [
            (by_hand, "by hand"),
            (of(Section::Blocked), "blocked"),
            (of(Section::Waiting), "waiting"),
        ];
        let unread = match self.unread {
            0 => None,
            n => Some(format!("{n} could not be read")),
        };
        if self.sections.iter().all(|&n| n == 0) && self.steps == 0 {
            return unread.map_or_else(
                || "nothing to change".into(),
                |unread| format!("nothing to change, {unread}"),
            );
        }
        let mut words = vec![
            format!("{} to add", of(Section::Add)),
            format!("{} to change", of(Section::Change)),
            format!("{} to remove", of(Section::Remove)),
        ];
        words.extend(
            rest.iter()
                .filter(|(n, _)| *n > 0)
                .map(|(n, what)| format!("{n} {what}")),
        );
        words.extend(unread);
        words.join(", ")
    }
}

/// Returns how people call what an address stands for, such as `member ana@globex.example of organization Globex`.
fn spoken(address: &str) -> String {
    let subject = Subject::of(address);
    format!("{} of {}", subject.label, subject.parent)
}
