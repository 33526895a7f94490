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

/// Columns between a row and its reasons.
const DEEPER: usize = 4;
/// Columns before a row of a section.
const ROW: usize = 2;
/// Columns before the way into one portal, under that portal.
const WAY: usize = ROW + DEEPER;
/// Where answers begin, so that they stand below each other.
const ANSWERS: usize = 29;

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
        told: BTreeSet::new(),
    };
    let with_project = explanation
        .channels
        .iter()
        .any(|c| c.channel.needs_project());
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
            ROW,
            key.as_str(),
            here.map(|p| (reach(p.reach), p.because.as_slice())),
            other.map(|_| there.map(|p| (reach(p.reach), p.because.as_slice()))),
            explanation,
            other,
        )?;
        if with_project {
            continue;
        }
        for answer in here.iter().flat_map(|p| main(&p.channels)) {
            let beside = there.and_then(|p| find(&p.channels, answer.channel));
            // With an account that is there these channels say nothing that the line above does not.
            let there_already = |answer: &ChannelAnswer| {
                matches!(answer.outcome, Outcome::Existing | Outcome::Denied)
            };
            if there_already(answer) && beside.is_none_or(there_already) {
                continue;
            }
            page.channel(WAY, answer, beside, explanation, other)?;
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
            ROW,
            &format!("{project}/{space}"),
            here.map(|a| (format!("read {}", a.read.word()), a.because.as_slice())),
            other.map(|_| there.map(|a| (format!("read {}", a.read.word()), a.because.as_slice()))),
            explanation,
            other,
        )?;
    }
    // What they reach is what was asked; how an account comes about is a matter of those who have none.
    page.heading("Account, by channel")?;
    for answer in main(&explanation.channels) {
        let beside = other.and_then(|other| find(&other.channels, answer.channel));
        page.channel(ROW, answer, beside, explanation, other)?;
    }
    page.other_ways(explanation, other)?;
    let notes = notes(explanation, other);
    if !notes.is_empty() {
        page.heading("To know")?;
        for note in &notes {
            page.step(ROW, note)?;
        }
    }
    Ok(())
}

/// What is to be known of either state; of two, what holds in one only says in which.
fn notes(explanation: &Explanation, other: Option<&Explanation>) -> Vec<Because> {
    let Some(other) = other else {
        return explanation.notes.clone();
    };
    let holds = |explanation: &Explanation, note: &Because| {
        explanation
            .notes
            .iter()
            .any(|known| known.text == note.text)
    };
    let only = |explanation: &Explanation, note: &Because| Because {
        text: format!("{}: {}", explanation.state.word(), note.text),
        ..note.clone()
    };
    let here = explanation
        .notes
        .iter()
        .map(|note| match holds(other, note) {
            true => note.clone(),
            false => only(explanation, note),
        });
    let there = other
        .notes
        .iter()
        .filter(|note| !holds(explanation, note))
        .map(|note| only(other, note));
    here.chain(there).collect()
}

fn state(kind: StateKind) -> &'static str {
    match kind {
        StateKind::Desired => "as the workspace describes it",
        StateKind::Live => "as the site was read",
        StateKind::After => "as the site will be after the plan",
    }
}

/// The channels by which people usually come.
fn main(answers: &[ChannelAnswer]) -> impl Iterator<Item = &ChannelAnswer> {
    answers.iter().filter(|answer| answer.channel.is_main())
}

/// What one of the other channels leads to: by itself, or by project.
fn everywhere(explanation: &Explanation, channel: Channel) -> Vec<(&str, &ChannelAnswer)> {
    if let Some(answer) = find(&explanation.channels, channel) {
        return vec![("", answer)];
    }
    let projects = explanation.projects.iter();
    projects
        .filter_map(|project| Some((project.key.as_str(), find(&project.channels, channel)?)))
        .collect()
}

/// One channel in a line: the outcome where all agree, else the projects by outcome.
fn in_a_line(answers: &[(&str, &ChannelAnswer)]) -> String {
    let mut by_outcome: Vec<(Outcome, Vec<&str>)> = Vec::new();
    for (project, answer) in answers {
        match by_outcome.iter_mut().find(|(o, _)| *o == answer.outcome) {
            Some((_, projects)) => projects.push(project),
            None => by_outcome.push((answer.outcome, vec![project])),
        }
    }
    if let [(outcome, _)] = by_outcome.as_slice() {
        return phrase(*outcome).to_owned();
    }
    let parts = by_outcome
        .iter()
        .map(|(outcome, projects)| format!("{}: {}", projects.join(", "), phrase(*outcome)));
    parts.collect::<Vec<_>>().join("; ")
}

/// The reasons of several answers.
fn steps_of<'b>(answers: &[(&str, &'b ChannelAnswer)]) -> impl Iterator<Item = &'b Because> {
    answers.iter().flat_map(|(_, answer)| &answer.because)
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
        Channel::CustomerCc => "copied in by a customer",
        Channel::AgentCc => "copied in by an agent",
        Channel::RestInvite => "invited through REST",
        Channel::CustomerShare => "shared with by a customer",
        Channel::Chat => "chat, where connected",
        Channel::ScimPortalOnly => "SCIM for portal-only",
        Channel::Directory => "added in the directory",
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
    /// Steps that some section showed.
    told: BTreeSet<String>,
}

/// What makes two steps the same to a reader.
fn told(step: &Because) -> String {
    format!("{} {}", step.rule, step.text)
}

type Row<'b> = (String, &'b [Because]);

impl Page<'_> {
    fn heading(&mut self, text: &str) -> io::Result<()> {
        self.shown.clear();
        writeln!(self.out, "\n{text}")
    }

    fn channel(
        &mut self,
        indent: usize,
        answer: &ChannelAnswer,
        beside: Option<&ChannelAnswer>,
        explanation: &Explanation,
        other: Option<&Explanation>,
    ) -> io::Result<()> {
        let row = |answer: &'_ ChannelAnswer| phrase(answer.outcome).to_owned();
        self.answer(
            indent,
            label(answer.channel),
            Some((row(answer), answer.because.as_slice())),
            other.map(|_| beside.map(|b| (row(b), b.because.as_slice()))),
            explanation,
            other,
        )
    }

    /// Writes the channels by which people seldom come: a line each, and only reasons that nothing above gave.
    fn other_ways(
        &mut self,
        explanation: &Explanation,
        other: Option<&Explanation>,
    ) -> io::Result<()> {
        // Where an account is there already, nearly every way says just that.
        let worth_a_line = |answers: &[(&str, &ChannelAnswer)]| {
            answers.iter().any(|(_, answer)| {
                !matches!(answer.outcome, Outcome::Existing | Outcome::Denied)
                    || answer.because.iter().any(|step| step.rule.0 == "V4")
            })
        };
        let mut begun = false;
        for channel in Channel::ALL.into_iter().filter(|c| !c.is_main()) {
            let here = everywhere(explanation, channel);
            let there = other.map(|other| everywhere(other, channel));
            let name = label(channel);
            let words = in_a_line(&here);
            let differs = there
                .as_deref()
                .zip(other)
                .filter(|(there, _)| in_a_line(there) != words);
            let other_is = differs.is_some_and(|(there, _)| worth_a_line(there));
            if !worth_a_line(&here) && !other_is {
                continue;
            }
            if !begun {
                self.heading("Other ways in")?;
                self.shown.clone_from(&self.told);
                begun = true;
            }
            let Some((there, other)) = differs else {
                let above = self.above(&words, steps_of(&here));
                self.row(ROW, name, &format!("{words}{above}"))?;
                self.telling(&here)?;
                continue;
            };
            let (desired, live) = (other.state.word(), explanation.state.word());
            let theirs = in_a_line(there);
            self.row(ROW, name, &format!("{desired}: {theirs}   {live}: {words}"))?;
            for (state, answers) in [(other.state, there), (explanation.state, here.as_slice())] {
                if steps_of(answers).any(|step| !self.shown.contains(&told(step))) {
                    writeln!(self.out, "    {}:", state.word())?;
                    self.telling(answers)?;
                }
            }
        }
        Ok(())
    }

    /// Writes the reasons of a compact row that nothing above gave: those of the workspace and assumptions. That a way
    /// passes is what the row says.
    fn telling(&mut self, answers: &[(&str, &ChannelAnswer)]) -> io::Result<()> {
        let fresh = |step: &&Because| !self.shown.contains(&told(step));
        let worth = |step: &&Because| step.source.is_some() || step.rule.0 != "R2";
        let mut telling: Vec<&Because> = steps_of(answers).filter(fresh).filter(worth).collect();
        if telling.is_empty() {
            telling.extend(steps_of(answers).find(fresh));
        }
        for step in telling {
            self.steps(ROW + DEEPER, std::slice::from_ref(step))?;
        }
        Ok(())
    }

    /// Names the rules that decide a row and were shown above it in the section.
    fn above<'b>(&self, words: &str, because: impl Iterator<Item = &'b Because>) -> String {
        let mut rules: Vec<&str> = Vec::new();
        for step in because {
            let rule = step.rule.0;
            // That an account is there is what the row itself says, unless it is uncertain; verification decides nothing.
            let said = rule == "R6" || (rule.starts_with("R1") && !words.contains("uncertain"));
            if !said && self.shown.contains(&told(step)) && !rules.contains(&rule) {
                rules.push(rule);
            }
        }
        match rules.is_empty() {
            true => String::new(),
            false => format!("; {} as above", rules.join(", ")),
        }
    }

    /// Writes one row and its reasons; two rows where two states differ.
    fn answer(
        &mut self,
        indent: usize,
        name: &str,
        here: Option<Row<'_>>,
        there: Option<Option<Row<'_>>>,
        explanation: &Explanation,
        other: Option<&Explanation>,
    ) -> io::Result<()> {
        // The workspace is silent about what it does not describe; that is no statement that it is not there.
        let none = |state: StateKind| {
            let words = match state {
                StateKind::Desired => "not described",
                StateKind::Live | StateKind::After => "not there",
            };
            (words.to_owned(), &[] as &[Because])
        };
        let (words, because) = here.unwrap_or_else(|| none(explanation.state));
        let above = self.above(&words, because.iter());
        let (Some(there), Some(other)) = (there, other) else {
            self.row(indent, name, &format!("{words}{above}"))?;
            return self.steps(indent + DEEPER, because);
        };
        let (their_words, theirs) = there.unwrap_or_else(|| none(other.state));
        if their_words == words {
            self.row(indent, name, &format!("{words}{above}"))?;
            return self.steps(indent + DEEPER, because);
        }
        let (desired, live) = (other.state.word(), explanation.state.word());
        self.row(
            indent,
            name,
            &format!("{desired}: {their_words}   {live}: {words}"),
        )?;
        // Where only one of the two has reasons, the row says whose they are.
        if theirs.is_empty() || because.is_empty() {
            self.steps(indent + DEEPER, theirs)?;
            return self.steps(indent + DEEPER, because);
        }
        for (word, because) in [(desired, theirs), (live, because)] {
            writeln!(self.out, "{:1$}{word}:", "", indent + 2)?;
            self.shown.clear();
            self.steps(indent + DEEPER, because)?;
        }
        Ok(())
    }

    /// Writes a name and its answer.
    fn row(&mut self, indent: usize, name: &str, words: &str) -> io::Result<()> {
        let width = ANSWERS - 1 - indent;
        writeln!(self.out, "{:indent$}{name:<width$} {words}", "")
    }

    fn steps(&mut self, indent: usize, because: &[Because]) -> io::Result<()> {
        for step in because {
            self.told.insert(told(step));
            if self.shown.insert(told(step)) {
                self.step(indent, step)?;
            }
        }
        Ok(())
    }

    fn step(&mut self, indent: usize, step: &Because) -> io::Result<()> {
        write!(
            self.out,
            "{:indent$}{:<4} {}",
            "",
            step.rule.0,
            neutral(&step.text)
        )?;
        match step.source {
            Some(source) => writeln!(self.out, "  ({})", place(source, self.sources)),
            None => writeln!(self.out),
        }
    }
}
