//! Lists of people as roster files: addresses where they name exactly one account, account ids where they do not.

use super::Draft;
use super::yaml::Block;
use crate::model::{AccountId, AccountSet, Email};
use crate::neutral::is_hidden;
use crate::observed::ObservedAccount;
use camino::Utf8Path;
use serde_yaml::Value;
use std::collections::BTreeMap;

/// Characters with which a spreadsheet begins a formula.
const FORMULA: [char; 4] = ['=', '+', '-', '@'];

/// Why somebody is named by account id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ById {
    Hidden,
    Shared,
    Formula,
}

impl ById {
    const fn note(self) -> &'static str {
        match self {
            Self::Hidden => "hidden address",
            Self::Shared => "address shared with another account",
            Self::Formula => "address that a spreadsheet takes for a formula",
        }
    }
}

impl Draft<'_> {
    /// Writes a list of people to a roster file and returns the block that names it.
    ///
    /// `path` is the roster's path below the workspace, `to_root` leads there from the file that holds the block.
    pub(super) fn roster(
        &mut self,
        ids: &AccountSet,
        path: &Utf8Path,
        to_root: &str,
        comments: &mut Vec<String>,
    ) -> Block {
        let mut by_email: BTreeMap<&str, &AccountId> = BTreeMap::new();
        let mut by_id: BTreeMap<&AccountId, (ById, &str)> = BTreeMap::new();
        let mut inactive = 0_usize;
        let mut unspeakable = 0_usize;
        for id in ids {
            let account = self.observed.accounts.get(id);
            inactive += usize::from(account.is_some_and(|account| !account.active));
            match self.address(account) {
                Ok(address) => {
                    by_email.insert(address, id);
                }
                // The format cannot hold such an id, and Atlassian promises that none exists.
                Err(_) if crate::config::account_id_problem(&id.text()).is_some() => {
                    unspeakable += 1;
                }
                Err(why) => {
                    let name = account.map_or("", |account| account.name.as_str());
                    by_id.insert(id, (why, if harmless(name) { name } else { "" }));
                }
            }
        }
        let mode = if unspeakable == 0 {
            self.mode()
        } else {
            self.counts.left_out += unspeakable;
            comments.push(format!(
                "{unspeakable} people of `{path}` are left out: their account ids cannot be written; the list is therefore never `exact`"
            ));
            "add_only"
        };
        let block = Block::new().with("mode", mode);
        if by_email.is_empty() && by_id.is_empty() {
            return block.list("list", Vec::new());
        }
        for why in [ById::Hidden, ById::Shared, ById::Formula] {
            let count = by_id.values().filter(|(reason, _)| *reason == why).count();
            if count > 0 {
                comments.push(format!("{count} of `{path}` by account id: {}", why.note()));
            }
        }
        if inactive > 0 {
            comments.push(format!("{inactive} of `{path}` are deactivated"));
        }
        self.counts.people += by_email.len() + by_id.len();
        let text = table(&by_email, &by_id, self.shape.ids);
        self.file(path.to_owned(), text);
        let file = format!("{to_root}{path}");
        let from: Value = if by_id.is_empty() {
            Value::String(file)
        } else {
            // The notes are for people.
            let ignored = vec![Value::String("note".to_owned())];
            Block::new()
                .with("file", file)
                .with("ignore_columns", ignored)
                .into()
        };
        block.with("from", vec![from])
    }

    /// Returns the address that names this account and no other.
    fn address<'o>(&self, account: Option<&'o ObservedAccount>) -> Result<&'o str, ById> {
        let email = account
            .and_then(|account| account.email.as_ref())
            .ok_or(ById::Hidden)?;
        let key = email.key();
        if self.shared.contains(key) {
            Err(ById::Shared)
        } else if key.starts_with(FORMULA) {
            Err(ById::Formula)
        } else if key.trim() != key || Email::new(key).as_ref() != Ok(email) {
            Err(ById::Hidden)
        } else {
            Ok(key)
        }
    }
}

/// Says whether a display name can stand in a table: typed by a stranger, it may be a formula, or hide what it says.
fn harmless(name: &str) -> bool {
    !name.is_empty()
        && name.trim() == name
        && !name.starts_with(FORMULA)
        && !name.chars().any(is_hidden)
}

/// Writes the table: one column where addresses are enough.
fn table(
    by_email: &BTreeMap<&str, &AccountId>,
    by_id: &BTreeMap<&AccountId, (ById, &str)>,
    ids: bool,
) -> String {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let width = match (by_id.is_empty(), ids) {
        (false, _) => 4,
        (true, true) => 2,
        (true, false) => 1,
    };
    // Writing to memory cannot fail, and every row has the width of the header.
    let mut row = |cells: [&str; 4]| {
        let _ = writer.write_record(&cells[..width]);
    };
    row(["email", "account_id", "name", "note"]);
    for (address, id) in by_email {
        let id = &*id.text();
        let speakable = crate::config::account_id_problem(id).is_none();
        row([address, if ids && speakable { id } else { "" }, "", ""]);
    }
    for (id, (why, name)) in by_id {
        row(["", &id.text(), name, why.note()]);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}
