//! The report of `doctor` as text.

use super::{Check, DeclaredField, SiteReport, State, Way};
use crate::neutral::neutral;
use crate::neutral::phrase::Phrase;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr as _;

/// The most columns that the name of a check takes.
const NAME: usize = 26;
/// From how many fields on what they have in common is said once.
const SHARED: usize = 3;
/// How many objects of a field are named.
const NAMED: usize = 6;

/// Writes the report, as wide as `width`.
///
/// # Errors
/// When writing fails.
pub fn write(
    machine: &[Check],
    reports: &[SiteReport],
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page::begun(machine, width, out)?;
    for report in reports {
        let (site, url) = (neutral(&report.site), neutral(&report.url));
        writeln!(page.out, "\nsite {site}: {url}")?;
        for (section, checks) in &report.sections {
            if !checks.is_empty() {
                writeln!(page.out, "\n{section}")?;
                page.checks(checks)?;
            }
        }
        page.fields(report)?;
        page.advice(report)?;
    }
    page.closing(reports)
}

/// Writes what can be said before there is a workspace.
///
/// # Errors
/// When writing fails.
pub fn write_before(
    machine: &[Check],
    report: &SiteReport,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page::begun(machine, width, out)?;
    page.advice(report)?;
    writeln!(page.out)
}

/// Names the objects of a field, the first few of them.
fn objects(all: &[String]) -> Phrase {
    if all.is_empty() {
        return Phrase::default();
    }
    let shown = match all.len() <= NAMED {
        true => all.len(),
        false => NAMED - 1,
    };
    let names: Vec<Phrase> = all[..shown]
        .iter()
        .map(|name| Phrase::default().key(name))
        .collect();
    let text = Phrase::of(" of ").joined(&names, ", ");
    match all.len() - shown {
        0 => text,
        more => text.word(&format!(" and {more} more")),
    }
}

/// Puts together the fields that are carried out in one way for one reason, in the order of the first of each.
fn alike<'f>(fields: &[&'f DeclaredField]) -> Vec<(String, Vec<&'f DeclaredField>)> {
    let mut groups: Vec<(String, Vec<&'f DeclaredField>)> = Vec::new();
    for field in fields {
        let how = match field.way {
            Way::Automatic(surface) => format!("over {surface}, {}", field.why),
            _ => field.why.clone(),
        };
        match groups.iter_mut().find(|(known, _)| *known == how) {
            Some((_, group)) => group.push(field),
            None => groups.push((how, vec![field])),
        }
    }
    groups
}

struct Page<'o> {
    width: usize,
    out: &'o mut dyn Write,
}

impl<'o> Page<'o> {
    /// Begins with what is true of the machine.
    fn begun(machine: &[Check], width: usize, out: &'o mut dyn Write) -> io::Result<Self> {
        let width = width.max(40);
        let mut page = Self { width, out };
        writeln!(page.out, "this machine")?;
        page.checks(machine)?;
        Ok(page)
    }

    fn checks(&mut self, checks: &[Check]) -> io::Result<()> {
        let longest = checks.iter().map(|check| check.what.width()).max();
        let column = longest.unwrap_or(0).min(NAME);
        for check in checks {
            let label = format!(
                "  {:<7}  {:<column$}  ",
                check.state.word(),
                neutral(&check.what)
            );
            self.hanging(&label, &check.says)?;
            if let Some(hint) = &check.hint {
                let indent = if check.state == State::Good { 11 } else { 4 };
                self.hanging(&format!("{:indent$}> ", ""), hint)?;
            }
        }
        Ok(())
    }

    fn advice(&mut self, report: &SiteReport) -> io::Result<()> {
        for (about, sentences) in &report.advice {
            writeln!(self.out, "\n{about}")?;
            for sentence in sentences {
                self.hanging("  - ", sentence)?;
            }
        }
        Ok(())
    }

    fn fields(&mut self, report: &SiteReport) -> io::Result<()> {
        if report.fields.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "\nwhat is declared")?;
        let headings = [
            "done by apply",
            "by hand: the plan has a step for it",
            "refused as things are",
        ];
        let kind = |way: Way| match way {
            Way::Automatic(_) => 0,
            Way::ByHand => 1,
            Way::Refused => 2,
        };
        for (at, heading) in headings.into_iter().enumerate() {
            let meant: Vec<_> = report
                .fields
                .iter()
                .filter(|field| kind(field.way) == at)
                .collect();
            if meant.is_empty() {
                continue;
            }
            writeln!(self.out, "  {heading}")?;
            for (how, fields) in alike(&meant) {
                let names = fields.iter().map(|field| {
                    let of = objects(&field.objects);
                    format!("{}{of}", field.field)
                });
                let names: Vec<String> = names.collect();
                // What many have in common is said once, before them.
                if names.len() >= SHARED {
                    self.hanging("    - ", &format!("{how}: {}", names.join("; ")))?;
                } else {
                    for name in names {
                        self.hanging("    - ", &format!("{name}: {how}"))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Says what is in the way, or that nothing is.
    fn closing(&mut self, reports: &[SiteReport]) -> io::Result<()> {
        let checks = reports.iter().flat_map(|report| &report.sections);
        let checks = checks.flat_map(|(_, checks)| checks);
        let missing = checks.filter(|check| check.state == State::Missing);
        let fields = reports.iter().flat_map(|report| &report.fields);
        let refused = fields.filter(|field| field.way == Way::Refused);
        let mut all: Vec<&str> = missing.map(|check| check.what.as_str()).collect();
        all.extend(refused.map(|field| field.field));
        let text = match all.is_empty() {
            true => "Nothing is in the way.".to_owned(),
            false => format!("In the way: {}.", all.join(", ")),
        };
        writeln!(self.out)?;
        self.hanging("", &text)
    }

    /// Writes text behind a label, each line after the first as far in as the label is wide.
    fn hanging(&mut self, label: &str, text: &str) -> io::Result<()> {
        let hanging = label.width().min(self.width / 2);
        let mut line = label.to_owned();
        let mut fresh = true;
        for word in neutral(text).split(' ') {
            let room = usize::from(!fresh) + word.width();
            if !line.trim().is_empty() && line.width() + room > self.width {
                writeln!(self.out, "{}", line.trim_end())?;
                // A path that is longer than what is left beside the label stands further out, and not beyond the page.
                let room = self.width.saturating_sub(word.width()).max(4);
                line = " ".repeat(hanging.min(room));
                fresh = true;
            }
            if !fresh {
                line.push(' ');
            }
            line.push_str(word);
            fresh = false;
        }
        writeln!(self.out, "{}", line.trim_end())
    }
}
