//! The smallest edit of the YAML that accepts what somebody changed on the site, as a unified diff that `git apply` takes.
//!
//! Values are found by their place in the file and replaced there; comments, order and everything else stay byte for byte. A
//! patch is only proposed when planning the patched workspace against the same live state shows the change no more, and
//! nothing new.

mod edits;
mod table;
mod tree;

use crate::base;
use crate::config::{
    self, Column, Form, LoadOptions, Purpose, Reading, Roster, RosterFile, Site, Workspace,
};
use crate::diagnostic::{FileId, Span};
use crate::files::Root;
use crate::model::{SiteKey, SiteValue};
use crate::neutral::phrase::{Phrase, key, say};
use crate::observed::Observed;
use crate::plan::{Action, Change, Reason, ResourceType};
use camino::Utf8PathBuf;
use edits::{File, Wish};
use jiff::civil::Date;
use serde_json::Value;
use similar::TextDiff;
use std::borrow::Cow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use table::{ListName, TableEdits};

/// What can be accepted by an edit, and what cannot.
#[derive(Debug, Default)]
pub struct Patch {
    /// The unified diff; empty when nothing can be accepted.
    pub diff: String,
    /// The addresses that the diff accepts.
    pub accepted: Vec<String>,
    /// What has to be decided by hand, with the reason.
    pub left: Vec<(String, Phrase)>,
}

/// What differs on one site.
#[derive(Debug)]
pub struct Difference<'a> {
    /// The site.
    pub site: &'a SiteKey,
    /// What is live.
    pub observed: &'a Observed,
    /// The changes that would revert what somebody did.
    pub changes: Vec<&'a Change>,
}

/// Proposes a patch.
///
/// `prefix` is put before every path of the diff: where the workspace lies in its repository. `replan` returns the addresses that
/// a workspace would change on a site.
pub fn propose(
    workspace: &Workspace,
    differences: &[Difference<'_>],
    prefix: &str,
    today: Date,
    replan: &dyn Fn(&Workspace, &SiteKey) -> BTreeSet<String>,
) -> Patch {
    let mut patch = Patch::default();
    let mut files: BTreeMap<FileId, File> = BTreeMap::new();
    let mut hopeful: Vec<(&SiteKey, String, BTreeSet<FileId>)> = Vec::new();
    for difference in differences {
        let gone = gone_organizations(difference);
        for change in &difference.changes {
            let address = change.address.to_string();
            if change.kind == ResourceType::CustomerAccount || rests_on(&address, &gone) {
                // Goes away with what asks for it; told apart below.
                hopeful.push((difference.site, address, BTreeSet::new()));
                continue;
            }
            match wish(workspace, difference, change)
                .and_then(|wish| place(workspace, difference.site, change.source, wish, &mut files))
            {
                Ok(file) => hopeful.push((difference.site, address, BTreeSet::from([file]))),
                Err(why) => patch.left.push((address, why.into())),
            }
        }
    }
    let mut texts: BTreeMap<FileId, String> = BTreeMap::new();
    for (id, file) in &files {
        match file.edited() {
            Ok(text) => {
                texts.insert(*id, text);
            }
            Err(why) => fail(&mut hopeful, &mut patch, *id, &why.into()),
        }
    }
    let before: BTreeMap<&SiteKey, BTreeSet<String>> = differences
        .iter()
        .map(|difference| (difference.site, replan(workspace, difference.site)))
        .collect();
    let after = settle(
        workspace,
        &mut texts,
        &mut hopeful,
        &mut patch,
        today,
        &before,
        replan,
    );
    for (site, address, _) in hopeful {
        if after.get(site).is_some_and(|left| left.contains(&address)) {
            let why = "no edit of the files would settle it".to_owned();
            patch.left.push((address, why.into()));
        } else {
            patch.accepted.push(address);
        }
    }
    patch.accepted.sort();
    patch.left.sort();
    for (id, text) in &texts {
        let Some(source) = workspace.sources.get(*id) else {
            continue;
        };
        let path = format!("{prefix}{}", behind_links(workspace, &source.path));
        // The text of a file with a byte order mark does not have it, and its first line in a diff must.
        let mark = match workspace.sources.form(*id) {
            Form::Marked => "\u{feff}",
            Form::Plain | Form::Encoded(_) => "",
        };
        let (old, new) = (format!("{mark}{}", source.text), format!("{mark}{text}"));
        patch.diff.push_str(&unified(&path, &old, &new));
    }
    patch
}

/// Returns the difference between two texts in the form that `git apply` takes.
fn unified(path: &str, old: &str, new: &str) -> String {
    let (old, new) = (lines(old), lines(new));
    let (old, new): (Vec<&str>, Vec<&str>) = (
        old.iter().map(AsRef::as_ref).collect(),
        new.iter().map(AsRef::as_ref).collect(),
    );
    let diff = TextDiff::configure()
        .newline_terminated(true)
        .diff_slices(&old, &new);
    let mut unified = diff.unified_diff();
    unified.missing_newline_hint(false);
    unified.header(&format!("a/{path}"), &format!("b/{path}"));
    unified.to_string()
}

/// Splits a text into the lines of a diff. They end where git ends them: a cell may hold a carriage return, which begins none.
fn lines(text: &str) -> Vec<Cow<'_, str>> {
    let lines = text.split_inclusive('\n');
    lines
        .map(|line| match line.ends_with('\n') {
            true => Cow::Borrowed(line),
            false => Cow::Owned(format!("{line}\n\\ No newline at end of file\n")),
        })
        .collect()
}

/// Takes back the edits of files that make the workspace invalid or the plan larger, and returns what is still to be changed.
fn settle<'s>(
    workspace: &Workspace,
    texts: &mut BTreeMap<FileId, String>,
    hopeful: &mut Vec<(&'s SiteKey, String, BTreeSet<FileId>)>,
    patch: &mut Patch,
    today: Date,
    before: &BTreeMap<&'s SiteKey, BTreeSet<String>>,
    replan: &dyn Fn(&Workspace, &SiteKey) -> BTreeSet<String>,
) -> BTreeMap<&'s SiteKey, BTreeSet<String>> {
    let judge = |texts: &BTreeMap<FileId, String>| -> Result<BTreeMap<&'s SiteKey, BTreeSet<String>>, Phrase> {
        let patched = patched(workspace, texts, today)?;
        let mut after = BTreeMap::new();
        for (site, old) in before {
            let now = replan(&patched, site);
            if let Some(new) = now.difference(old).next() {
                return Err(say("the edit would also change {}", [key(new)]));
            }
            after.insert(*site, now);
        }
        Ok(after)
    };
    if let Ok(after) = judge(texts) {
        return after;
    }
    // Something stands against the whole: find out which files, one after the other.
    let mut kept: BTreeMap<FileId, String> = BTreeMap::new();
    for (id, text) in std::mem::take(texts) {
        kept.insert(id, text);
        if let Err(why) = judge(&kept) {
            kept.remove(&id);
            fail(hopeful, patch, id, &why);
        }
    }
    *texts = kept;
    let unpatched = || {
        before
            .iter()
            .map(|(site, old)| (*site, old.clone()))
            .collect()
    };
    judge(texts).unwrap_or_else(|_| unpatched())
}

fn fail(
    hopeful: &mut Vec<(&SiteKey, String, BTreeSet<FileId>)>,
    patch: &mut Patch,
    id: FileId,
    why: &Phrase,
) {
    hopeful.retain(|(_, address, files)| {
        let here = files.contains(&id);
        if here {
            patch.left.push((address.clone(), why.clone()));
        }
        !here
    });
}

/// Loads the workspace as it would be, with the patched texts in the place of its own.
fn patched(
    workspace: &Workspace,
    texts: &BTreeMap<FileId, String>,
    today: Date,
) -> Result<Workspace, Phrase> {
    let replaced = workspace
        .sources
        .iter()
        .map(|(id, source)| {
            let text = texts.get(&id).map(|text| text.as_str().into());
            let text: Arc<str> = text.unwrap_or_else(|| Arc::clone(&source.text));
            (source.path.clone(), text)
        })
        .collect();
    let loaded = config::load_replacing(&workspace.root, LoadOptions::new(today), replaced);
    loaded.workspace.ok_or_else(|| {
        let first = loaded
            .diagnostics
            .into_iter()
            .find(|diagnostic| diagnostic.severity == crate::diagnostic::Severity::Error);
        let why = first.map_or_else(Phrase::default, |diagnostic| diagnostic.message);
        say("the edited files would not be valid: {}", [why])
    })
}

/// Returns the file that a path leads to, relative to the workspace: a patch cannot follow links.
fn behind_links(workspace: &Workspace, path: &camino::Utf8Path) -> Utf8PathBuf {
    let real = Root::open(&workspace.root).and_then(|root| root.real(path));
    real.unwrap_or_else(|_| path.to_owned())
}

/// Returns the list that a change is about, as the rows of a roster file name it.
fn list_of(change: &Change) -> Option<ListName> {
    let mut parts = change.address.as_str().split('/').skip(1);
    let column = match parts.next()? {
        "organization" => Column::Organization,
        "project" => Column::Project,
        _ => return None,
    };
    let name = percent_encoding::percent_decode_str(parts.next()?);
    let name = name.decode_utf8().ok()?.into_owned();
    Some(ListName { column, name })
}

/// Returns the organizations that are in the YAML and no longer on the site.
fn gone_organizations(difference: &Difference<'_>) -> BTreeSet<String> {
    difference
        .changes
        .iter()
        .filter(|change| {
            change.kind == ResourceType::Organization && change.action == Action::Create
        })
        .map(|change| change.address.to_string())
        .collect()
}

/// Says whether an address is below an organization that is gone as a whole; links are taken out of their lists themselves.
fn rests_on(address: &str, gone: &BTreeSet<String>) -> bool {
    gone.iter().any(|organization| {
        address
            .strip_prefix(organization.as_str())
            .is_some_and(|rest| rest.starts_with('/'))
    })
}

/// Says which edit accepts what somebody did, or why none does.
fn wish(
    workspace: &Workspace,
    difference: &Difference<'_>,
    change: &Change,
) -> Result<Wish, String> {
    use ResourceType as T;
    let by_hand = |why: &str| Err(why.to_owned());
    match (change.kind, change.action, change.reason) {
        (_, _, Reason::Unknown) => by_hand("its live value is not known"),
        (
            T::OrganizationMember
            | T::ProjectCustomer
            | T::ProjectOrganization
            | T::OrganizationEmailDomain,
            Action::Create,
            Reason::Listed,
        ) => Ok(Wish::RemoveItem(list_of(change))),
        (T::OrganizationMember | T::ProjectCustomer, Action::Delete, Reason::NotListed) => {
            let text = |key: &str| change.before[key].as_str().map(str::to_owned);
            let (email, account_id) = (text("email"), text("account_id"));
            Ok(Wish::AddPerson {
                email,
                account_id,
                list: list_of(change),
            })
        }
        (T::ProjectOrganization, Action::Delete, Reason::NotListed) => {
            let declared = workspace
                .sites
                .get(difference.site)
                .is_some_and(|site| site.organizations.contains_key(change.name.as_str()));
            if declared {
                Ok(Wish::AddItem(change.name.clone()))
            } else {
                by_hand(
                    "the organization is not declared: export it, or declare it, and list it then",
                )
            }
        }
        (T::OrganizationEmailDomain, Action::Delete, Reason::NotListed) => {
            Ok(Wish::AddItem(change.name.clone()))
        }
        (
            T::OrganizationMember | T::ProjectCustomer | T::ProjectOrganization,
            Action::Delete,
            _,
        ) => by_hand(
            "the YAML says that they must be absent or that their access has ended: decide whether that still holds",
        ),
        (T::AllowedDomain, ..) => wish_of_domains(difference, change),
        (
            T::CustomerAccess | T::SiteSetting | T::ProjectAccess,
            Action::Update,
            Reason::Differs,
        ) => {
            let only = change
                .before
                .as_object()
                .and_then(|map| map.values().next());
            match only.unwrap_or(&change.before) {
                Value::Bool(on) => Ok(Wish::Replace(on.to_string())),
                Value::String(word) => Ok(Wish::Replace(word.clone())),
                _ => by_hand("its live value has no word in the YAML"),
            }
        }
        (T::KnowledgeBaseSpace, Action::Update, Reason::Differs) => {
            match change.before["who_can_view"].as_str() {
                Some(word) => Ok(Wish::Replace(word.to_owned())),
                None => by_hand("its live value is not known"),
            }
        }
        (T::KnowledgeBaseSpace, Action::Create, _) => Ok(Wish::RemoveEntry),
        (T::Organization, Action::Create, Reason::Listed) => Ok(Wish::RemoveEntry),
        (T::Organization, Action::Update, Reason::Renamed) => by_hand(
            "it was renamed on the site: rename it in the YAML wherever it is named, and write the old name as `previous_name`",
        ),
        (T::ApprovedDomain, Action::Create | Action::Update, Reason::Listed | Reason::Differs) => {
            let role = change.before["sites"][difference.site.as_str()]["role"].as_str();
            Ok(Wish::SetKey(
                "role".to_owned(),
                role.unwrap_or("none").to_owned(),
            ))
        }
        _ => by_hand("no small edit of the files says this"),
    }
}

/// Says which edit accepts a change of the allowed domains, which are one value in the YAML.
fn wish_of_domains(difference: &Difference<'_>, change: &Change) -> Result<Wish, String> {
    let whole = |change: &Change| {
        change.kind == ResourceType::AllowedDomain && change.action == Action::Update
    };
    if !whole(change) {
        let replaced = difference.changes.iter().any(|other| whole(other));
        return Ok(match change.action {
            // The whole value is replaced by the row of `any`.
            _ if replaced => Wish::Nothing,
            Action::Create => Wish::RemoveValue(change.name.clone()),
            _ => Wish::AddItem(change.name.clone()),
        });
    }
    let live = &difference.observed.settings;
    let live = live.get(&crate::model::SiteField::AllowedDomains);
    match live.and_then(|live| live.value.known()) {
        Some(SiteValue::Domains(None)) => Ok(Wish::Replace("any".to_owned())),
        Some(SiteValue::Domains(Some(list))) => {
            let list: Vec<&str> = list.iter().map(|domain| domain.as_str()).collect();
            Ok(Wish::Replace(format!("[{}]", list.join(", "))))
        }
        _ => Err("its live value is not known".to_owned()),
    }
}

/// Notes an edit in the file it belongs to.
fn place(
    workspace: &Workspace,
    site: &SiteKey,
    span: Option<Span>,
    wish: Wish,
    files: &mut BTreeMap<FileId, File>,
) -> Result<FileId, String> {
    let span = span.ok_or("nothing in the files asks for it")?;
    let mut id = span.file;
    if matches!(wish, Wish::AddPerson { .. }) && !open(workspace, id, files)?.has_list(span) {
        let site = workspace.sites.get(site);
        // The mapping itself takes the person where no file does.
        id = site
            .and_then(|site| taker(workspace, site, span))
            .unwrap_or(id);
    }
    open(workspace, id, files)?.note(span, wish)?;
    Ok(id)
}

/// Returns the roster file that takes a new person of the list at a place.
fn taker(workspace: &Workspace, site: &Site, span: Span) -> Option<FileId> {
    let editable = |file: &&RosterFile| {
        let path = workspace.sources.get(file.file).map(|source| &source.path);
        path.is_some_and(|path| edits::is(path, "csv") || edits::is(path, "txt"))
    };
    let roster = lists(site).find(|roster| roster.span == span)?;
    let own = roster.files.iter().find(editable);
    let filled = || {
        let fills = |file: &&RosterFile| roster.entries.iter().any(|e| e.span.file == file.file);
        site.rosters.iter().find(fills)
    };
    own.or_else(filled).map(|file| file.file)
}

fn lists(site: &Site) -> impl Iterator<Item = &Roster> {
    let members = site
        .organizations
        .values()
        .filter_map(|o| o.members.as_ref());
    members.chain(site.projects.values().filter_map(|p| p.customers.as_ref()))
}

fn open<'f>(
    workspace: &Workspace,
    id: FileId,
    files: &'f mut BTreeMap<FileId, File>,
) -> Result<&'f mut File, String> {
    match files.entry(id) {
        Entry::Occupied(entry) => Ok(entry.into_mut()),
        Entry::Vacant(entry) => {
            let source = workspace.sources.get(id).ok_or("the file is not known")?;
            if let Form::Encoded(name) = workspace.sources.form(id) {
                return Err(format!(
                    "`{}` is {name} text, which no patch can edit: edit it by hand, or save it as UTF-8",
                    source.path
                ));
            }
            let file = behind_links(workspace, &source.path);
            if let Some(inner) = base::inner(&workspace.root, &file) {
                return Err(format!(
                    "`{file}` belongs to the repository in `{inner}`, which no patch of this one can edit: edit it there"
                ));
            }
            let table =
                reading(workspace, id).map(|(reading, purpose)| TableEdits::new(reading, purpose));
            let table = table.filter(|_| edits::is(&source.path, "csv"));
            Ok(entry.insert(File::open(&source.path, &source.text, table)?))
        }
    }
}

/// Returns how a roster file is read.
fn reading(workspace: &Workspace, id: FileId) -> Option<(Arc<Reading>, Purpose)> {
    let sites = || workspace.sites.values();
    let of_lists = sites().flat_map(lists).flat_map(|roster| &roster.files);
    let of_many = sites().flat_map(|site| &site.rosters);
    let all = of_lists
        .map(|file| (file, Purpose::List))
        .chain(of_many.map(|file| (file, Purpose::Lists)))
        .chain(
            workspace
                .leavers
                .iter()
                .map(|file| (file, Purpose::Leavers)),
        );
    let mut named = all.filter(|(file, _)| file.file == id);
    named
        .next()
        .map(|(file, purpose)| (Arc::clone(&file.reading), purpose))
}
