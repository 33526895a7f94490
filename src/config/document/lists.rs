//! Lists of people: rosters, the files they come from, and who stands in them.

use super::words::{
    AddressText, AutoJoinedWord, CreateWord, CustomersCreateWord, DateText, DomainText,
    ManagedByWord, ModeWord, PersonRoleWord, PersonStateWord, Sentence,
};
use crate::model::AccountKind;
use schemars::JsonSchema;
use std::collections::BTreeMap;

blocks! {
    /// A list of people.
    RosterBlock {
        /// Whether the list is added to or is the whole truth; `add_only` when absent.
        #[schemars(extend("default" = "add_only"))]
        mode: Option<ModeWord>,
        /// The people.
        list: Option<Vec<PersonEntry>>,
        /// Roster files (`.csv`, `.txt`, `.yaml`) relative to this file.
        from: Option<Vec<ListFile>>,
        /// Under `exact`: what becomes of unlisted people of the organization's own e-mail domains, whom Atlassian adds by itself; `keep` when absent.
        #[schemars(extend("default" = "keep"))]
        auto_joined: Option<AutoJoinedWord>,
        /// Domains that were renamed: the domain now, and those before. `ana@` the first is the person who was `ana@` one of the others.
        previous_domains: Option<BTreeMap<String, Vec<DomainText>>>,
        /// Allowed to be there, never added and never removed: addresses, or `*@domain`.
        keep: Option<Vec<String>>,
        /// People who must not be there, in both modes.
        absent: Option<Vec<AbsentEntry>>,
        /// Whether accounts are made for listed people who have none; `silent` when absent.
        #[schemars(extend("default" = "silent"))]
        create: Option<CreateWord>,
        /// Allows an empty list under `exact`, which removes everybody.
        allow_empty: Option<bool>,
    }
    /// A list of customers.
    CustomersBlock {
        /// Whether the list is added to or is the whole truth; `add_only` when absent.
        #[schemars(extend("default" = "add_only"))]
        mode: Option<ModeWord>,
        /// The people.
        list: Option<Vec<PersonEntry>>,
        /// Roster files (`.csv`, `.txt`, `.yaml`) relative to this file.
        from: Option<Vec<ListFile>>,
        /// Domains that were renamed: the domain now, and those before. `ana@` the first is the person who was `ana@` one of the others.
        previous_domains: Option<BTreeMap<String, Vec<DomainText>>>,
        /// Allowed to be there, never added and never removed: addresses, or `*@domain`.
        keep: Option<Vec<String>>,
        /// People who must not be there, in both modes.
        absent: Option<Vec<AbsentEntry>>,
        /// Whether accounts are made for listed people who have none, and how; `silent` when absent.
        #[schemars(extend("default" = "silent"))]
        create: Option<CustomersCreateWord>,
        /// Allows an empty list under `exact`, which removes everybody.
        allow_empty: Option<bool>,
        /// Who changes the customers; `portcullis` when absent.
        #[schemars(extend("default" = "portcullis"))]
        managed_by: Option<ManagedByWord>,
    }
    /// A roster file, and how it is read.
    RosterFileBlock {
        /// The file, relative to this one.
        file: Sentence,
        /// The header of each column that has another name than ours: `email`, `account_id`, `name`, `account`, `until`, `previous_email`, `new_person`.
        columns: Option<ColumnsBlock>,
        /// Which rows count, by the value of a column.
        #[schemars(rename = "where")]
        where_: Option<BTreeMap<String, WhereBlock>>,
        /// What stands between two cells: `,`, `;` or a tab; found from the header when absent.
        separator: Option<String>,
        /// The encoding, such as `windows-1252`; UTF-8 when absent, or UTF-16 where a byte order mark says so.
        encoding: Option<String>,
        /// How dates are written, as `strptime` has it, such as `%d.%m.%Y`; `2027-01-31` is always read.
        date_format: Option<String>,
        /// Fewer rows than this are an error: a broken export.
        min_rows: Option<u64>,
        /// Columns that may be left out of account.
        ignore_columns: Option<Vec<String>>,
    }
    /// A roster file of many lists, and how it is read.
    RostersFileBlock {
        /// The file, relative to this one.
        file: Sentence,
        /// The header of each column that has another name than ours; `organization` or `project` says whose list a row belongs to.
        columns: Option<ListsColumnsBlock>,
        /// Which rows count, by the value of a column.
        #[schemars(rename = "where")]
        where_: Option<BTreeMap<String, WhereBlock>>,
        /// What stands between several organizations or projects in one cell.
        split: Option<Sentence>,
        /// What stands between two cells: `,`, `;` or a tab; found from the header when absent.
        separator: Option<String>,
        /// The encoding, such as `windows-1252`; UTF-8 when absent, or UTF-16 where a byte order mark says so.
        encoding: Option<String>,
        /// How dates are written, as `strptime` has it, such as `%d.%m.%Y`; `2027-01-31` is always read.
        date_format: Option<String>,
        /// Fewer rows than this are an error: a broken export.
        min_rows: Option<u64>,
        /// Columns that may be left out of account.
        ignore_columns: Option<Vec<String>>,
    }
    /// The headers of columns.
    ColumnsBlock {
        /// The address.
        email: Option<String>,
        /// The account id.
        account_id: Option<String>,
        /// The display name, used only when an account is made.
        name: Option<String>,
        /// The kind of account: `portal_only` or `atlassian`.
        account: Option<String>,
        /// The last day.
        until: Option<String>,
        /// The address that the person had before.
        previous_email: Option<String>,
        /// Whether the person is nobody who leaves the list: `yes` or `no`.
        new_person: Option<String>,
    }
    /// The headers of columns, where rows name their list.
    ListsColumnsBlock {
        /// The address.
        email: Option<String>,
        /// The account id.
        account_id: Option<String>,
        /// The display name, used only when an account is made.
        name: Option<String>,
        /// The kind of account: `portal_only` or `atlassian`.
        account: Option<String>,
        /// The last day.
        until: Option<String>,
        /// The customer organization whose member the person is.
        organization: Option<String>,
        /// The key of the project whose customer the person is.
        project: Option<String>,
        /// The address that the person had before.
        previous_email: Option<String>,
        /// Whether the person is nobody who leaves the list: `yes` or `no`.
        new_person: Option<String>,
    }
    /// Which rows of a table count; any other value is an error.
    WhereBlock {
        /// Values with which a row counts.
        r#in: Vec<String>,
        /// Values with which a row means "must be absent".
        out: Option<Vec<String>>,
    }
    /// A person with details.
    PersonEntryBlock {
        /// The address.
        email: Option<AddressText>,
        /// The account id; then `email` is the address the account should have by now.
        account_id: Option<Sentence>,
        /// The display name, used only when an account is made.
        name: Option<Sentence>,
        /// Chooses between two accounts on one address.
        account: Option<AccountKind>,
        /// The last day (inclusive, UTC); afterwards the entry means "must be absent".
        until: Option<DateText>,
        /// The address that the person had before.
        previous_email: Option<AddressText>,
        /// Says that the person is nobody who leaves the list, however alike the addresses are.
        new_person: Option<bool>,
    }
    /// A person who must be absent.
    AbsentEntryBlock {
        /// The address.
        email: Option<AddressText>,
        /// The account id.
        account_id: Option<Sentence>,
    }
    /// A person, everywhere on the site.
    #[schemars(extend("anyOf" = [{ "required": ["state"] }, { "required": ["role"] }]))]
    PersonBlock {
        /// What should become of the person: `absent` leaves every list, `revoked` loses the account's access itself too. Either this or `role`.
        state: Option<PersonStateWord>,
        /// The role in Jira Service Management that an Atlassian account should have.
        role: Option<PersonRoleWord>,
        /// With `role`: apps whose roles on this site are taken from the account, such as `jira`; `jira-service-management` is the licence of an agent.
        take_away: Option<Vec<Sentence>>,
        /// Why.
        reason: Option<Sentence>,
        /// Who answers for it.
        owner: Option<Sentence>,
    }
}

/// A roster file of one list: a path, or a mapping with `file`.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum ListFile {
    /// A path.
    Path(Sentence),
    /// With details.
    Detailed(Box<RosterFileBlock>),
}

/// A roster file of many lists: a path, or a mapping with `file`.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum ListsFile {
    /// A path.
    Path(Sentence),
    /// With details.
    Detailed(Box<RostersFileBlock>),
}

/// A file of leavers: a path, or a mapping with `file`.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum LeaversFile {
    /// A path.
    Path(Sentence),
    /// With details.
    Detailed(Box<RosterFileBlock>),
}

/// A person: an address, or a mapping with `email` or `account_id`.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum PersonEntry {
    /// An address.
    Address(AddressText),
    /// A person with details.
    Detailed(PersonEntryBlock),
}

/// A person who must be absent: an address, or a mapping with `email` or `account_id`.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum AbsentEntry {
    /// An address.
    Address(AddressText),
    /// By key.
    Detailed(AbsentEntryBlock),
}
