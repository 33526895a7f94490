//! The plan as text that a person reviews on one screen: what goes first, then the rest, each row one line.
//!
//! Everything is taken from the plan document, so `portcullis show` prints the same bytes as `portcullis plan`.

pub(super) mod layout;
pub(super) mod notes;
pub(super) mod rows;
mod steps;
pub(super) mod values;

pub(in crate::report) use notes::by_hand_next;
pub(crate) use values::counted;

use super::document::{ManualStepDocument, PlanDocument, ResourceChange};
use super::sentences::{Line, Mark, lines};
use super::subject;
use crate::neutral::phrase::Phrase;
use layout::{Page, Paint};
use rows::Section;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// How the text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether terminal colours are used; nothing is said by colour alone.
    pub color: bool,
    /// Columns of the terminal; less than 40 counts as 40. Commands and links are never broken, so that they can be copied.
    pub width: usize,
    /// Whether the command that comes next is named; not on the way to carrying the plan out.
    pub next: bool,
    /// After how many rows a group of memberships is folded; `None` shows every row. Removals never fold below 50.
    pub list_limit: Option<usize>,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            color: false,
            width: 100,
            next: true,
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
    people(document, &mut page)?;
    notes::law(document, &mut page)?;
    let blocks = blocks(document);
    page.blank();
    if blocks.len() > 1 {
        let all = Counts::sum(blocks.iter().map(|block| &block.counts));
        page.prose(0, (Paint::Heading, "in all: "), &all.words())?;
    }
    let settled = Settled::of(document);
    let mut number = 0;
    for block in &blocks {
        page.blank();
        page.prose(
            0,
            (Paint::Heading, &format!("{}: ", block.name)),
            &block.counts.words(),
        )?;
        for section in Section::ALL {
            rows::section(
                &block.sections[section as usize],
                section,
                &settled,
                &mut page,
            )?;
        }
        steps::checklist(document, &block.steps, &settled, &mut number, &mut page)?;
        notes::of_root(document, block.root, &mut page)?;
    }
    page.blank();
    notes::closing(document, &mut page)
}

/// Writes what the plan does to people.
fn people(document: &PlanDocument, page: &mut Page<'_>) -> io::Result<()> {
    let lines = lines(document);
    if lines.is_empty() {
        return Ok(());
    }
    page.blank();
    page.line(0, &[(Paint::Heading, "who gains or loses access")])?;
    told(&lines, page)
}

/// Writes sentences about people, each behind the sign of what it says.
pub(super) fn told(lines: &[Line], page: &mut Page<'_>) -> io::Result<()> {
    for line in lines {
        let label = match line.mark {
            Mark::Note => (Paint::Plain, ""),
            Mark::Gain => (Paint::Add, "+ "),
            Mark::Loss => (Paint::Remove, "- "),
            Mark::Keep => (Paint::Faint, "= "),
            Mark::Warning => (Paint::Change, "! "),
            Mark::Alarm => (Paint::Alarm, "! "),
        };
        page.prose(2 + 2 * line.depth, label, &line.text.to_string())?;
    }
    Ok(())
}

/// Returns the counts of the whole plan in one line, such as `17 to add, 4 to change, 6 to remove`.
pub(super) fn headline(document: &PlanDocument) -> String {
    Counts::sum(blocks(document).iter().map(|block| &block.counts)).words()
}

/// Everything about one site, or about one Atlassian organization.
struct Block<'a> {
    root: &'a str,
    name: String,
    sections: [Vec<&'a ResourceChange>; Section::ALL.len()],
    steps: Vec<&'a ManualStepDocument>,
    counts: Counts,
}

/// Returns the sites in the order of the document, then whatever else addresses begin with: Atlassian organizations.
fn blocks(document: &PlanDocument) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let errors = document.errors.iter().map(|error| error.address.as_str());
    let findings = document
        .findings
        .iter()
        .map(|finding| finding.address.as_str());
    let changes = document
        .resource_changes
        .iter()
        .map(|change| change.address.as_str());
    let steps = document
        .manual_steps
        .iter()
        .filter_map(|step| step.addresses.first());
    let addresses = changes
        .chain(steps.map(String::as_str))
        .chain(errors)
        .chain(findings);
    let others: BTreeSet<&str> = addresses.map(subject::root).collect();
    let sites = document.sites.iter().map(|site| (site.as_str(), true));
    for (root, is_site) in sites.chain(others.into_iter().map(|root| (root, false))) {
        if known.contains_key(root) {
            continue;
        }
        known.insert(root, blocks.len());
        blocks.push(Block {
            root,
            name: if is_site {
                Phrase::default().key(root).to_string()
            } else {
                Phrase::of("Atlassian organization ").key(root).to_string()
            },
            sections: Default::default(),
            steps: Vec::new(),
            counts: Counts::default(),
        });
    }
    for change in &document.resource_changes {
        if let Some(&at) = known.get(subject::root(&change.address)) {
            blocks[at].sections[Section::of(change) as usize].push(change);
        }
    }
    for step in &document.manual_steps {
        // A step that settles nothing still has to be done by somebody, so it goes to the first block.
        let root = step.addresses.first().map(|first| subject::root(first));
        let at = root.and_then(|root| known.get(root).copied()).unwrap_or(0);
        if let Some(block) = blocks.get_mut(at) {
            block.steps.push(step);
        }
    }
    for error in &document.errors {
        if let Some(&at) = known.get(subject::root(&error.address)) {
            blocks[at].counts.unread += 1;
        }
    }
    for block in &mut blocks {
        block.counts.steps = block.steps.len();
        block.counts.sections = std::array::from_fn(|i| weight(&block.sections[i]));
    }
    blocks
}

/// The changes that the steps settle, by address; `None` where a step is about something that does not change.
struct Settled<'a>(BTreeMap<&'a str, Option<&'a ResourceChange>>);

impl<'a> Settled<'a> {
    fn of(document: &'a PlanDocument) -> Self {
        let addresses = document
            .manual_steps
            .iter()
            .flat_map(|step| &step.addresses);
        let mut settled: BTreeMap<&str, _> =
            addresses.map(|address| (address.as_str(), None)).collect();
        for change in &document.resource_changes {
            if let Some(found) = settled.get_mut(change.address.as_str()) {
                *found = Some(change);
            }
        }
        Self(settled)
    }

    /// Says whether some step settles this address.
    fn has(&self, address: &str) -> bool {
        self.0.contains_key(address)
    }

    /// Returns the change at this address, if a step settles it.
    fn change(&self, address: &str) -> Option<&'a ResourceChange> {
        self.0.get(address).copied().flatten()
    }
}

/// How many changes of each kind there are; every change counts once.
#[derive(Debug, Default)]
struct Counts {
    sections: [usize; Section::ALL.len()],
    steps: usize,
    unread: usize,
}

impl Counts {
    fn sum<'a>(all: impl Iterator<Item = &'a Self>) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            sections: std::array::from_fn(|i| sum.sections[i] + one.sections[i]),
            steps: sum.steps + one.steps,
            unread: sum.unread + one.unread,
        })
    }

    fn words(&self) -> String {
        let of = |section: Section| self.sections[section as usize];
        // A manual change always belongs to a step; one without a step is counted as if it were one.
        let by_hand = if self.steps == 0 {
            of(Section::ByHand)
        } else {
            self.steps
        };
        let mut words = Vec::new();
        if self.sections.iter().all(|&n| n == 0) && self.steps == 0 {
            words.push("nothing to change".to_owned());
        } else {
            words.push(format!("{} to add", of(Section::Add)));
            words.push(format!("{} to change", of(Section::Change)));
            words.push(format!("{} to remove", of(Section::Remove)));
        }
        let rest = [
            (by_hand, "by hand"),
            (of(Section::Blocked), "blocked"),
            (of(Section::Waiting), "waiting"),
            (self.unread, "could not be read"),
        ];
        words.extend(
            rest.iter()
                .filter(|(n, _)| *n > 0)
                .map(|(n, what)| format!("{n} {what}")),
        );
        words.join(", ")
    }
}

/// Counts changes; a row that stands for several people counts as that many.
fn weight(changes: &[&ResourceChange]) -> usize {
    let counts = changes.iter().map(|change| change.portcullis.count);
    counts.map(|count| count.unwrap_or(1)).sum()
}
