//! An explanation for people: the answer first, then the rules behind it; two states side by side where they differ.

use super::{ChannelAnswer, Explanation};
use crate::access::accounts::{Channel, Outcome};
use crate::access::answer::{Because, Source};
use crate::access::portal::Reach;
use crate::access::state::StateKind;
use crate::config::Sources;
use crate::neutral::neutral;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Columns before the reasons.
const INDENT: &str = "      ";

/// Writes an explanation; `other` is the same question in another state.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(
    out: &mut dyn Write,
    site: &str,
    who: &str,
    explanation: &Explanation,
    other: Option<&Explanation>,
    sources: &Sources,
) -> io::Result<()> {
    let differ = other.is_some_and(|other| !explanation.agrees(other));
    let other = other.filter(|_| differ);
    writeln!(
        out,
        "{} on {}, {}",
        neutral(who),
        neutral(site),
        match (explanation.state, other) {
            (_, Some(other)) => format!("{} and {}", state(other.state), state(explanation.state)),
            (one, None) => state(one).to_owned(),
        }
    )?;
    let mut page = Page {
        out,
        sources,
        shown: BTreeSet::new(),
    };
    page.heading("Account, by channel")?;
    let with_project = explanation
        .channels
        .iter()
        .any(|c| c.channel.needs_project());
    for answer in &explanation.channels {
        let beside = other.and_then(|other| find(&other.channels, answer.channel));
        page.channel("", answer, beside, explanation, other)?;
    }
    if !explanation.projects.is_empty() || other.is_some_and(|other| !other.projects.is_empty()) {
        page.heading("Portals")?;
    }
    let keys: BTreeSet<_> = explanation
        .projects
        .iter()
        .chain(other.into_iter().flat_map(|other| &other.projects))
        .map(|project| &project.key)
        .collect();
    for key in keys {
        let here = explanation.projects.iter().find(|p| p.key == *key);
        let there = other.and_then(|other| other.projects.iter().find(|p| p.key == *key));
        page.answer(
            key.as_str(),
            here.map(|p| (reach(p.reach), p.because.as_slice())),
            other.map(|_| there.map(|p| (reach(p.reach), p.because.as_slice()))),
            explanation,
            other,
        )?;
        if with_project {
            continue;
        }
        for answer in here.iter().flat_map(|p| &p.channels) {
            let beside = there.and_then(|p| find(&p.channels, answer.channel));
            // With an account that is there these channels say nothing that the line above does not.
            let there_already = |answer: &ChannelAnswer| {
                matches!(answer.outcome, Outcome::Existing | Outcome::Denied)
            };
            if there_already(answer) && beside.is_none_or(there_already) {
                continue;
            }
            page.channel(INDENT, answer, beside, explanation, other)?;
        }
    }
    let spaces: BTreeSet<_> = explanation
        .articles
        .iter()
        .chain(other.into_iter().flat_map(|other| &other.articles))
        .map(|article| (&article.project, &article.space))
        .collect();
    if !spaces.is_empty() {
        page.heading("Articles")?;
    }
    for (project, space) in spaces {
        let find = |e: &'_ Explanation| {
            e.articles
                .iter()
                .position(|a| (&a.project, &a.space) == (project, space))
        };
        let here = find(explanation).map(|at| &explanation.articles[at]);
        let there = other.and_then(|other| find(other).map(|at| &other.articles[at]));
        page.answer(
            &format!("{project}/{space}"),
            here.map(|a| (format!("read {}", a.read.word()), a.because.as_slice())),
            other.map(|_| there.map(|a| (format!("read {}", a.read.word()), a.because.as_slice()))),
            explanation,
            other,
        )?;
    }
    let mut notes: Vec<&Because> = explanation.notes.iter().collect();
    for note in other.into_iter().flat_map(|other| &other.notes) {
        if !notes.iter().any(|known| known.text == note.text) {
            notes.push(note);
        }
    }
    if !notes.is_empty() {
        page.heading("To know")?;
        for note in notes {
            page.step("  ", note)?;
        }
    }
    Ok(())
}

fn state(kind: StateKind) -> &'static str {
    match kind {
        StateKind::Desired => "as the workspace describes it",
        StateKind::Live => "as the site is now",
        StateKind::After => "as the site will be after the plan",
    }
}

fn find(answers: &[ChannelAnswer], channel: Channel) -> Option<&ChannelAnswer> {
    answers.iter().find(|answer| answer.channel == channel)
}

const fn label(channel: Channel) -> &'static str {
    match channel {
        Channel::SignUp => "sign-up link",
        Channel::PortalForm => "portal form",
        Channel::Email => "e-mail",
        Channel::AgentInvite => "added by an agent",
        Channel::OrganizationAdd => "added to an organization",
        Channel::RestCreate => "created through REST",
    }
}

const fn phrase(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Atlassian => "a new Atlassian account",
        Outcome::PortalOnly => "a new portal-only account",
        Outcome::Rejected => "no account",
        Outcome::PendingApproval => "an account once an administrator approves",
        Outcome::Existing => "no new account: there is one already",
        Outcome::Denied => "nothing: the account is suspended or revoked",
        Outcome::Uncertain => "uncertain",
    }
}

fn reach(reach: Reach) -> String {
    format!("view {}, send {}", reach.view.word(), reach.send.word())
}

/// Writes `path:line` or the surface of a source.
pub(crate) fn place(source: Source, sources: &Sources) -> String {
    match source {
        Source::Written(span) | Source::Attested(span) => {
            let path = sources
                .get(span.file)
                .map_or("?", |file| file.path.as_str());
            format!("{}:{}", neutral(path), span.line)
        }
        Source::Read(surface) => format!("read, {surface}"),
        Source::Default => "Atlassian's default".to_owned(),
    }
}

struct Page<'a> {
    out: &'a mut dyn Write,
    sources: &'a Sources,
    /// Steps that this section showed already; repeating them under every row would bury the answer.
    shown: BTreeSet<String>,
}

type Row<'b> = (String, &'b [Because]);

impl Page<'_> {
    fn heading(&mut self, text: &str) -> io::Result<()> {
        self.shown.clear();
        writeln!(self.out, "\n{text}")
    }

    fn channel(
        &mut self,
        indent: &str,
        answer: &ChannelAnswer,
        beside: Option<&ChannelAnswer>,
        explanation: &Explanation,
        other: Option<&Explanation>,
    ) -> io::Result<()> {
        let row = |answer: &'_ ChannelAnswer| phrase(answer.outcome).to_owned();
        let name = format!("{indent}{}", label(answer.channel));
        self.answer(
            &name,
            Some((row(answer), answer.because.as_slice())),
            other.map(|_| beside.map(|b| (row(b), b.because.as_slice()))),
            explanation,
            other,
        )
    }

    /// Writes one row and its reasons; two rows where two states differ.
    fn answer(
        &mut self,
        name: &str,
        here: Option<Row<'_>>,
        there: Option<Option<Row<'_>>>,
        explanation: &Explanation,
        other: Option<&Explanation>,
    ) -> io::Result<()> {
        let none = || ("not there".to_owned(), &[] as &[Because]);
        let (words, because) = here.unwrap_or_else(none);
        let (Some(there), Some(other)) = (there, other) else {
            writeln!(self.out, "  {name:<26} {words}")?;
            return self.steps(because);
        };
        let (their_words, theirs) = there.unwrap_or_else(none);
        if their_words == words {
            writeln!(self.out, "  {name:<26} {words}")?;
            return self.steps(because);
        }
        writeln!(
            self.out,
            "  {name:<26} {}: {their_words}   {}: {words}",
            other.state.word(),
            explanation.state.word()
        )?;
        for (state, because) in [(other.state, theirs), (explanation.state, because)] {
            if !because.is_empty() {
                writeln!(self.out, "    {}:", state.word())?;
                self.shown.clear();
                self.steps(because)?;
            }
        }
        Ok(())
    }

    fn steps(&mut self, because: &[Because]) -> io::Result<()> {
        for step in because {
            if self.shown.insert(format!("{} {}", step.rule, step.text)) {
                self.step(INDENT, step)?;
            }
        }
        Ok(())
    }

    fn step(&mut self, indent: &str, step: &Because) -> io::Result<()> {
        write!(
            self.out,
            "{indent}{:<4} {}",
            step.rule.0,
            neutral(&step.text)
        )?;
        match step.source {
            Some(source) => writeln!(self.out, "  ({})", place(source, self.sources)),
            None => writeln!(self.out),
        }
    }
}
