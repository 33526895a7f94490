//! An explanation for people: the answers first, with what decides them; every rule, and every way to an account, where asked
//! for. Two states stand side by side where they differ.

mod account;

use super::{ChannelAnswer, Explanation};
use crate::access::accounts::{Channel, Outcome};
use crate::access::answer::{Answer, Because, Source};
use crate::access::portal::Reach;
use crate::access::state::StateKind;
use crate::config::Sources;
use crate::desired::ends::End;
use crate::neutral::columns::{padded, wrapped};
use crate::neutral::neutral;
use crate::neutral::phrase::{Phrase, ours};
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
/// The least columns of a reason, however narrow the terminal is.
const NARROWEST: usize = 30;
/// How many portals that somebody does not reach are told one by one.
const FEW: usize = 5;

/// How much is written, and how wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// Every rule behind every answer, instead of what decides it.
    pub rules: bool,
    /// What each way to an account leads to, instead of one line.
    pub channels: bool,
    /// Columns of a line.
    pub width: usize,
}

impl Form {
    /// Everything that there is to say.
    pub const fn whole(width: usize) -> Self {
        Self {
            rules: true,
            channels: true,
            width,
        }
    }
}

/// Writes an explanation; `other` is the same question in another state, and `ends` what has a last day.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(
    out: &mut dyn Write,
    (site, who): (&str, &str),
    explanation: &Explanation,
    other: Option<&Explanation>,
    ends: &[End],
    sources: &Sources,
    form: Form,
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
        form,
        shown: BTreeSet::new(),
        told: BTreeSet::new(),
    };
    page.portals(explanation, other)?;
    page.articles(explanation, other)?;
    page.ends(ends)?;
    // What they reach is what was asked; how an account comes about is a matter of those who have none.
    if form.channels {
        page.heading("Account, by channel")?;
        for answer in main(&explanation.channels) {
            let beside = other.and_then(|other| find(&other.channels, answer.channel));
            page.channel(ROW, answer, beside, explanation, other)?;
        }
        page.other_ways(explanation, other)?;
    } else {
        page.heading_row("Account", &account::words(explanation, other))?;
        // What a new account costs stands among its reasons.
        for answer in main(&explanation.channels) {
            if explanation.accounts.is_empty() && answer.outcome.account() != Answer::No {
                // That a way passes is what the line says.
                let because = answer.because.iter().filter(|step| step.rule.0 != "R2");
                let because: Vec<&Because> = because.collect();
                page.steps(ROW + DEEPER, &because)?;
            }
        }
    }
    let notes = notes(explanation, other);
    if !notes.is_empty() {
        page.heading("To know")?;
        for note in &notes {
            page.step(ROW, note)?;
        }
    }
    let states = [Some(explanation), other];
    let mut not_judged: Vec<&Phrase> = Vec::new();
    for door in states.into_iter().flatten().flat_map(|one| &one.not_judged) {
        if !not_judged.contains(&door) {
            not_judged.push(door);
        }
    }
    if !not_judged.is_empty() {
        page.heading("Also decides, not judged")?;
        for door in not_judged {
            page.hanging(&" ".repeat(ROW), ROW, &door.to_string())?;
        }
    }
    let more = match (form.rules, form.channels) {
        (false, false) => "More: `--rules` for every rule, `--channels` for each way to an account",
        (false, true) => "More: `--rules` for every rule",
        (true, false) => "More: `--channels` for each way to an account",
        (true, true) => return Ok(()),
    };
    writeln!(page.out, "\n{more}")
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
        text: ours(format!("{}: ", explanation.state.word())).then(&note.text),
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
    form: Form,
    /// Steps that this section showed already; repeating them under every row would bury the answer.
    shown: BTreeSet<String>,
    /// Steps that some section showed.
    told: BTreeSet<String>,
}

/// What makes two steps the same to a reader.
fn told(step: &Because) -> String {
    format!("{} {}", step.rule, step.text)
}

/// An answer in words, and its reasons.
type Row<'b> = (String, Vec<&'b Because>);

impl Page<'_> {
    /// Writes what is reached of the portals: what is, what may be, and what is not.
    fn portals(
        &mut self,
        explanation: &Explanation,
        other: Option<&Explanation>,
    ) -> io::Result<()> {
        let states = || std::iter::once(explanation).chain(other);
        let keys: BTreeSet<_> = states().flat_map(|e| &e.projects).map(|p| &p.key).collect();
        if keys.is_empty() {
            return Ok(());
        }
        self.heading("Portals")?;
        let with_project = explanation
            .channels
            .iter()
            .any(|c| c.channel.needs_project());
        let mut rows: Vec<_> = keys
            .into_iter()
            .map(|key| {
                let find = |e: &'_ Explanation| e.projects.iter().position(|p| p.key == *key);
                let here = find(explanation).map(|at| &explanation.projects[at]);
                let there = other.and_then(|other| find(other).map(|at| &other.projects[at]));
                let most = here
                    .into_iter()
                    .chain(there)
                    .map(|p| p.reach.view.or(p.reach.send));
                (most.max().unwrap_or(Answer::No), key, here, there)
            })
            .collect();
        rows.sort_by_key(|(most, key, ..)| (std::cmp::Reverse(*most), *key));
        let whole = self.form.rules || self.form.channels;
        let closed = rows.iter().filter(|(most, ..)| *most == Answer::No).count();
        if closed > FEW && !whole {
            rows.retain(|(most, ..)| *most != Answer::No);
        }
        for (_, key, here, there) in &rows {
            self.answer(
                ROW,
                key.as_str(),
                here.map(|p| (reach(p.reach), self.deciding(&p.because, p.reach.view))),
                other.map(|_| {
                    there.map(|p| (reach(p.reach), self.deciding(&p.because, p.reach.view)))
                }),
                explanation,
                other,
            )?;
            if with_project || !self.form.channels {
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
                self.channel(WAY, answer, beside, explanation, other)?;
            }
        }
        if closed > FEW && !whole {
            let what = match rows.is_empty() {
                true => format!("none of {closed}"),
                false => format!("{closed} others"),
            };
            self.row(ROW, &what, "no; `--rules` says why of each")?;
        }
        Ok(())
    }

    fn articles(
        &mut self,
        explanation: &Explanation,
        other: Option<&Explanation>,
    ) -> io::Result<()> {
        let states = || std::iter::once(explanation).chain(other);
        let spaces: BTreeSet<_> = states()
            .flat_map(|e| &e.articles)
            .map(|article| (&article.project, &article.space))
            .collect();
        if spaces.is_empty() {
            return Ok(());
        }
        self.heading("Articles")?;
        for (project, space) in spaces {
            let find = |e: &'_ Explanation| {
                e.articles
                    .iter()
                    .position(|a| (&a.project, &a.space) == (project, space))
            };
            let here = find(explanation).map(|at| &explanation.articles[at]);
            let there = other.and_then(|other| find(other).map(|at| &other.articles[at]));
            self.answer(
                ROW,
                &format!("{project}/{space}"),
                here.map(|a| {
                    (
                        format!("read {}", a.read.word()),
                        self.deciding(&a.because, a.read),
                    )
                }),
                other.map(|_| {
                    there.map(|a| {
                        (
                            format!("read {}", a.read.word()),
                            self.deciding(&a.because, a.read),
                        )
                    })
                }),
                explanation,
                other,
            )?;
        }
        Ok(())
    }

    /// Writes what has a last day.
    fn ends(&mut self, ends: &[End]) -> io::Result<()> {
        if ends.is_empty() {
            return Ok(());
        }
        self.heading("Ends")?;
        for end in ends {
            let what = end.what.phrase();
            let until = Phrase::of("last day ").key(&end.until.to_string());
            let place = place(Source::Written(end.span), self.sources);
            self.row(ROW, &what.to_string(), &format!("{until}  ({place})"))?;
        }
        Ok(())
    }

    /// Of the reasons behind an answer those that decide it: of a no the first, of a yes what is written or read and what is
    /// assumed, of an uncertain one all, since any of them may be what a reader can settle.
    fn deciding<'b>(&self, because: &'b [Because], answer: Answer) -> Vec<&'b Because> {
        let all = because.iter();
        match answer {
            _ if self.form.rules => all.collect(),
            Answer::No => all.take(1).collect(),
            Answer::Yes => {
                let said = |step: &&Because| step.source.is_some() || step.rule.0.starts_with('Q');
                let decides: Vec<_> = because.iter().filter(said).collect();
                match decides.is_empty() {
                    true => all.collect(),
                    false => decides,
                }
            }
            Answer::Uncertain => all.collect(),
        }
    }

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
            Some((row(answer), answer.because.iter().collect())),
            other.map(|_| beside.map(|b| (row(b), b.because.iter().collect()))),
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
            self.steps(ROW + DEEPER, &[step])?;
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
            (words.to_owned(), Vec::new())
        };
        let (words, because) = here.unwrap_or_else(|| none(explanation.state));
        let above = self.above(&words, because.iter().copied());
        let (Some(there), Some(other)) = (there, other) else {
            self.row(indent, name, &format!("{words}{above}"))?;
            return self.steps(indent + DEEPER, &because);
        };
        let (their_words, theirs) = there.unwrap_or_else(|| none(other.state));
        if their_words == words {
            self.row(indent, name, &format!("{words}{above}"))?;
            return self.steps(indent + DEEPER, &because);
        }
        let (desired, live) = (other.state.word(), explanation.state.word());
        self.row(
            indent,
            name,
            &format!("{desired}: {their_words}   {live}: {words}"),
        )?;
        // Where only one of the two has reasons, the row says whose they are.
        if theirs.is_empty() || because.is_empty() {
            self.steps(indent + DEEPER, &theirs)?;
            return self.steps(indent + DEEPER, &because);
        }
        for (word, because) in [(desired, theirs), (live, because)] {
            writeln!(self.out, "{:1$}{word}:", "", indent + 2)?;
            self.shown.clear();
            self.steps(indent + DEEPER, &because)?;
        }
        Ok(())
    }

    /// Writes a name and its answer.
    fn row(&mut self, indent: usize, name: &str, words: &str) -> io::Result<()> {
        let width = ANSWERS - 1 - indent;
        let label = format!("{:indent$}{} ", "", padded(name, width));
        self.hanging(&label, ANSWERS, words)
    }

    /// Writes a heading with its answer beside it.
    fn heading_row(&mut self, name: &str, words: &str) -> io::Result<()> {
        self.shown.clear();
        writeln!(self.out)?;
        self.row(0, name, words)
    }

    fn steps(&mut self, indent: usize, because: &[&Because]) -> io::Result<()> {
        for step in because {
            self.told.insert(told(step));
            if self.shown.insert(told(step)) {
                self.step(indent, step)?;
            }
        }
        Ok(())
    }

    fn step(&mut self, indent: usize, step: &Because) -> io::Result<()> {
        let label = format!("{:indent$}{:<4} ", "", step.rule.0);
        let text = match step.source {
            Some(source) => format!("{}  ({})", step.text, place(source, self.sources)),
            None => step.text.to_string(),
        };
        self.hanging(&label, label.len(), &text)
    }

    /// Writes text behind a label, over as many lines as the width asks for.
    fn hanging(&mut self, label: &str, indent: usize, text: &str) -> io::Result<()> {
        let room = self.form.width.saturating_sub(indent).max(NARROWEST);
        for (at, line) in wrapped(&neutral(text), room).iter().enumerate() {
            match at {
                0 => writeln!(self.out, "{label}{}", line.trim_end())?,
                _ => writeln!(self.out, "{:indent$}{}", "", line.trim_end())?,
            }
        }
        Ok(())
    }
}
