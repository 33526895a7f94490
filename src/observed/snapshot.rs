//! Snapshots: a site as it was seen, in a file. The second form is one JSON value a line, read without holding the text.
//!
//! ```text
//! {"format_version":"2.0","site":"acme"}
//! ["qm:…","ana@globex.example","Ana","portal_only",true,"customer"]     every account once: line by line 0, 1, 2, …
//! {"facts":{…}}                                                         everything that is no long list
//! {"organization":"12","seen":{…,"members":{"complete":[0,1]}}}         lists name accounts by number
//! {"project":"ITSM","seen":{…}}
//! {"end":{"accounts":2,"organizations":1,"projects":1}}                 so that a file that was cut off is noticed
//! ```
//!
//! The first form, one value for everything, is read as well; what it lacks is not known.

use super::{Accounts, Observed, ObservedAccount, ObservedOrganization, ObservedProject, Standing};
use crate::model::{
    AccountId, AccountKind, Email, OrganizationId, ProjectKey, Read, SiteKey, by_number, numbered,
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, BufRead, Read as _, Write};

/// The longest line: an organization of a million members.
const LONGEST_LINE: u64 = 256 << 20;

/// Why a file is no snapshot.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// It could not be read.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    /// A line is not what it should be.
    #[error("line {line}: {problem}")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What is wrong with it; never a value of it.
        problem: Cow<'static, str>,
    },
}

#[derive(Serialize, Deserialize)]
struct Head {
    format_version: String,
    site: SiteKey,
}

/// One account in a line, with its id and its address.
#[derive(Serialize, Deserialize)]
struct AccountLine<'l, I, E>(
    I,
    Option<E>,
    #[serde(borrow)] Cow<'l, str>,
    Option<AccountKind>,
    bool,
    Standing,
);

/// An id or an address as it stands in a line.
#[derive(Deserialize)]
#[serde(transparent)]
struct Written<'l>(#[serde(borrow)] Cow<'l, str>);

/// How many accounts wait for their ids and addresses, which are looked up together.
const TOGETHER: usize = 256;

/// Accounts whose ids and addresses were not looked up yet.
#[derive(Default)]
struct Waiting {
    accounts: Vec<ObservedAccount>,
    ids: Texts,
    addresses: Texts,
    /// Which account has each of the addresses.
    having: Vec<usize>,
}

/// Texts, one behind the other.
#[derive(Default)]
struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    fn add(&mut self, Written(text): &Written<'_>) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        let ends = self.ends.iter();
        ends.map(move |end| &self.text[std::mem::replace(&mut start, *end)..*end])
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }
}

impl Waiting {
    fn add(&mut self, account: AccountLine<'_, Written<'_>, Written<'_>>) {
        let AccountLine(id, email, name, kind, active, standing) = account;
        self.ids.add(&id);
        if let Some(email) = email {
            self.addresses.add(&email);
            self.having.push(self.accounts.len());
        }
        self.accounts.push(ObservedAccount {
            email: None,
            name: name.into(),
            kind,
            active,
            standing,
        });
    }

    /// Looks ids and addresses up, and puts the accounts among those that were read, whose number is that of their lines.
    fn join(
        &mut self,
        accounts: &mut Accounts,
        numbers: &mut Vec<AccountId>,
    ) -> Result<(), SnapshotError> {
        // The head is the first line.
        let wrong = |at: usize, problem: &'static str| SnapshotError::Line {
            line: at + 2,
            problem: problem.into(),
        };
        let emails = Email::many(self.addresses.iter());
        for (at, email) in self.having.drain(..).zip(emails) {
            let no_address = |_| wrong(numbers.len() + at, "this is not an address");
            self.accounts[at].email = Some(email.map_err(no_address)?);
        }
        let ids = AccountId::many(self.ids.iter());
        for (id, account) in ids.into_iter().zip(self.accounts.drain(..)) {
            if accounts.insert(id, account).is_some() {
                return Err(wrong(numbers.len(), "an account stands in it twice"));
            }
            numbers.push(id);
        }
        self.ids.clear();
        self.addresses.clear();
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
struct FactsLine<'l> {
    facts: Cow<'l, Observed>,
}

#[derive(Serialize, Deserialize)]
struct OrganizationLine<'l> {
    organization: Cow<'l, OrganizationId>,
    seen: Cow<'l, ObservedOrganization>,
}

#[derive(Serialize, Deserialize)]
struct ProjectLine<'l> {
    project: Cow<'l, ProjectKey>,
    seen: Cow<'l, ObservedProject>,
}

#[derive(Serialize, Deserialize)]
struct EndLine {
    end: Counts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Counts {
    accounts: usize,
    organizations: usize,
    projects: usize,
}

impl Counts {
    fn of(observed: &Observed) -> Self {
        Self {
            accounts: observed.accounts.len(),
            organizations: observed.whole_organizations().map_or(0, BTreeMap::len),
            projects: observed.whole_projects().map_or(0, BTreeMap::len),
        }
    }
}

/// Writes a snapshot in the second form.
///
/// # Errors
/// When writing fails.
pub fn write(observed: &Observed, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
    let head = Head {
        format_version: Observed::FORMAT_VERSION.to_owned(),
        site: observed.site.clone(),
    };
    line(out, &head)?;
    for (id, account) in observed.accounts.iter() {
        let account = AccountLine(
            *id,
            account.email,
            account.name.as_str().into(),
            account.kind,
            account.active,
            account.standing,
        );
        line(out, &account)?;
    }
    numbered(observed.accounts.keys(), || {
        let facts = Cow::Owned(observed.without_lists());
        line(out, &FactsLine { facts })?;
        for (organization, seen) in observed.whole_organizations().into_iter().flatten() {
            let (organization, seen) = (Cow::Borrowed(organization), Cow::Borrowed(seen));
            line(out, &OrganizationLine { organization, seen })?;
        }
        for (project, seen) in observed.whole_projects().into_iter().flatten() {
            let (project, seen) = (Cow::Borrowed(project), Cow::Borrowed(seen));
            line(out, &ProjectLine { project, seen })?;
        }
        let end = Counts::of(observed);
        line(out, &EndLine { end })
    })
}

fn line(out: &mut (impl Write + ?Sized), value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// Reads a snapshot of either form.
///
/// # Errors
/// When it cannot be read, is neither form, is damaged, or ends early.
pub fn read(mut input: impl BufRead) -> Result<Observed, SnapshotError> {
    const VERSION: &[u8] = b"{\"format_version\":\"";
    let mut start = Vec::new();
    (&mut input)
        .take(VERSION.len() as u64 + 1)
        .read_to_end(&mut start)?;
    let version = start.strip_prefix(VERSION).map(<[u8]>::to_vec);
    let input = io::Cursor::new(start).chain(input);
    match version.as_deref() {
        Some(b"2") => second_form(input),
        // One long line, which nobody holds; written by hand, it may begin with anything.
        Some(b"1") | None => first_form(input),
        Some(_) => Err(SnapshotError::Line {
            line: 1,
            problem: "this program does not know its form".into(),
        }),
    }
}

fn second_form(input: impl BufRead) -> Result<Observed, SnapshotError> {
    let mut lines = Lines {
        input,
        number: 0,
        text: Vec::new(),
    };
    lines.next()?;
    let head: Head = lines.parsed()?;
    let (mut accounts, mut numbers) = (Accounts::default(), Vec::new());
    lines.next()?;
    let mut waiting = Waiting::default();
    while lines.text.starts_with(b"[") {
        while lines.text.starts_with(b"[") && waiting.accounts.len() < TOGETHER {
            waiting.add(lines.parsed()?);
            lines.next()?;
        }
        waiting.join(&mut accounts, &mut numbers)?;
    }
    let mut observed = by_number(numbers, || lists(&mut lines))?;
    observed.accounts = accounts;
    let EndLine { end } = lines.parsed()?;
    if observed.site != head.site || end != Counts::of(&observed) {
        return Err(lines.wrong("it does not hold what it says"));
    }
    lines.next()?;
    if !lines.text.is_empty() {
        return Err(lines.wrong("it goes on after its end"));
    }
    Ok(observed)
}

fn lists(lines: &mut Lines<impl BufRead>) -> Result<Observed, SnapshotError> {
    let FactsLine { facts } = lines.parsed()?;
    let mut observed = facts.into_owned();
    loop {
        lines.next()?;
        let known = if lines.text.starts_with(b"{\"organization\":") {
            let OrganizationLine { organization, seen } = lines.parsed()?;
            let Some(Read::Complete(all)) = &mut observed.organizations else {
                return Err(lines.wrong("this does not belong here"));
            };
            all.insert(organization.into_owned(), seen.into_owned())
                .is_some()
        } else if lines.text.starts_with(b"{\"project\":") {
            let ProjectLine { project, seen } = lines.parsed()?;
            let Some(Read::Complete(all)) = &mut observed.projects else {
                return Err(lines.wrong("this does not belong here"));
            };
            all.insert(project.into_owned(), seen.into_owned())
                .is_some()
        } else {
            return Ok(observed);
        };
        if known {
            return Err(lines.wrong("this stands in it twice"));
        }
    }
}

fn first_form(input: impl BufRead) -> Result<Observed, SnapshotError> {
    let wrong = |line, problem: String| SnapshotError::Line {
        line,
        problem: problem.into(),
    };
    let mut observed: Observed =
        serde_json::from_reader(input).map_err(|error| wrong(error.line(), problem(&error)))?;
    if !observed.format_version.starts_with("1.") {
        return Err(wrong(1, "this program does not know its form".to_owned()));
    }
    Observed::FORMAT_VERSION.clone_into(&mut observed.format_version);
    Ok(observed)
}

/// What is wrong, without a word of what stands there: names in a snapshot are typed by strangers.
fn problem(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "it ends early",
        serde_json::error::Category::Syntax => "this is not JSON",
        serde_json::error::Category::Data => "this is not what belongs here",
        serde_json::error::Category::Io => "it cannot be read",
    };
    format!("{what} (column {})", error.column())
}

/// The lines of a snapshot, one at a time.
struct Lines<I> {
    input: I,
    number: usize,
    text: Vec<u8>,
}

impl<I: BufRead> Lines<I> {
    /// Goes to the next line; an empty one after the last.
    fn next(&mut self) -> io::Result<()> {
        self.text.clear();
        self.number += 1;
        let mut bounded = (&mut self.input).take(LONGEST_LINE);
        bounded.read_until(b'\n', &mut self.text)?;
        Ok(())
    }

    fn parsed<'t, T: Deserialize<'t>>(&'t self) -> Result<T, SnapshotError> {
        let wrong = |error: serde_json::Error| SnapshotError::Line {
            line: self.number,
            problem: problem(&error).into(),
        };
        match std::str::from_utf8(&self.text) {
            Ok(text) => serde_json::from_str(text).map_err(wrong),
            // Says where.
            Err(_) => serde_json::from_slice(&self.text).map_err(wrong),
        }
    }

    fn wrong(&self, problem: &'static str) -> SnapshotError {
        SnapshotError::Line {
            line: self.number,
            problem: problem.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observed::ObservedRoles;

    fn observed() -> Observed {
        let mut observed = Observed::nothing(SiteKey::new("acme").unwrap());
        let [ana, bo] = ["qm:1", "712020:c3716a1b-87bd-e499-797d-c959e23528e7"].map(AccountId::new);
        for (id, email) in [(&ana, Some("ana@globex.example")), (&bo, None)] {
            let account = ObservedAccount {
                email: email.map(|email| Email::new(email).unwrap()),
                name: "\"\n\u{202e}".into(),
                kind: None,
                active: true,
                standing: Standing::Agent,
            };
            observed.accounts.insert(*id, account);
        }
        observed.caller = Some(bo);
        // Somebody whom no list showed.
        let stranger = AccountId::new("7");
        observed.customer_role_holders = Some(Read::Complete([bo, stranger].into()));
        observed
            .roles
            .insert(bo, Read::Complete(ObservedRoles::default()));
        let organization = ObservedOrganization {
            name: "Globex".to_owned(),
            scim_managed: false,
            members: Some(Read::Complete([ana, bo, stranger].into())),
            ownership: None,
            email_domains: None,
        };
        let organizations = [(OrganizationId::new("12"), organization)].into();
        observed.organizations = Some(Read::Complete(organizations));
        observed
    }

    fn written(observed: &Observed) -> String {
        let mut text = Vec::new();
        write(observed, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn what_is_written_is_read_and_lists_name_accounts_by_number() {
        let observed = observed();
        let text = written(&observed);
        assert_eq!(read(text.as_bytes()).unwrap(), observed);
        assert!(
            text.contains(r#""members":{"complete":["7",0,1]}"#),
            "{text}"
        );
        assert_eq!(text.matches("qm:1").count(), 1, "{text}");
        // One value for everything, as the first form was.
        let first = Observed {
            format_version: "1.0".to_owned(),
            ..observed.clone()
        };
        let first = serde_json::to_string_pretty(&first).unwrap();
        assert_eq!(read(first.as_bytes()).unwrap(), observed);
    }

    #[test]
    fn damage_is_noticed_in_its_line_and_nothing_of_it_is_told() {
        let text = written(&observed());
        let lines: Vec<&str> = text.lines().collect();
        for cut in 0..lines.len() {
            let short = lines[..cut].join("\n") + "\n";
            assert!(read(short.as_bytes()).is_err(), "{cut}");
            let mut without = lines.clone();
            without.remove(cut);
            assert!(
                read(without.join("\n").as_bytes()).is_err(),
                "without {cut}"
            );
            let mut twice = lines.clone();
            twice.insert(cut, lines[cut]);
            assert!(read(twice.join("\n").as_bytes()).is_err(), "twice {cut}");
        }
        for (damaged, problem) in [
            (
                text.replace("\"agent\"", "\"secret\""),
                "line 2: this is not what belongs here (column 80)",
            ),
            (
                text.replace("0,1]", "0,9]"),
                "line 5: this is not what belongs here (column 96)",
            ),
            (text.clone() + "{}", "line 7: it goes on after its end"),
            (
                text.replace("\"2.0\"", "\"3.0\""),
                "line 1: this program does not know its form",
            ),
            (
                "{}".to_owned(),
                "line 1: this is not what belongs here (column 2)",
            ),
        ] {
            assert_eq!(read(damaged.as_bytes()).unwrap_err().to_string(), problem);
        }
    }
}
