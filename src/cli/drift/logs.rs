//! What the audit logs say, read while the site is open, and held against what differs.

use crate::config::SurfaceMode;
use crate::desired::Desired;
use crate::drift::blame::{Blame, Item, Logs, Names, Record, blame};
use crate::jsm::{ApiError, AuditRecord, Reader};
use crate::model::AccountId;
use crate::neutral::phrase::{ours, prose};
use crate::observed::Observed;
use crate::report::document::ResourceChange;
use crate::report::drift::BlameRow;
use std::collections::{BTreeMap, BTreeSet};

/// How many people's names are looked up, of those whom records name by id.
const NAMED: usize = 500;

/// Reads both logs, as far as the workspace allows and the credentials reach.
pub(super) async fn read(reader: &Reader, desired: &Desired<'_>) -> Logs {
    if desired.site.surfaces.audit == SurfaceMode::Deny {
        let denied = || Err("`surfaces: { audit: deny }`".to_owned());
        return Logs {
            site: denied(),
            organization: denied(),
        };
    }
    let site = match reader.audit_records().await {
        Ok(records) => Ok(signed(reader, records).await),
        Err(error) => Err(reason(&error)),
    };
    let organization = match &desired.atlassian_id {
        None => Err("the `id` of the Atlassian organization is not known".to_owned()),
        Some(id) => match reader.organization_events(id).await {
            Ok(events) => Ok(events
                .into_iter()
                .map(|event| plain(event, &BTreeMap::new()))
                .collect()),
            Err(error) => Err(reason(&error)),
        },
    };
    Logs { site, organization }
}

fn reason(error: &ApiError) -> String {
    match error.hint() {
        Some(hint) => format!("{error} ({hint})"),
        None => error.to_string(),
    }
}

/// Puts names to the accounts that records name by id; an id stays where nobody has a name for it.
async fn signed(reader: &Reader, records: Vec<AuditRecord>) -> Vec<Record> {
    let authors = records.iter().filter_map(|record| record.account_id);
    let authors: BTreeSet<AccountId> = authors.take(NAMED).collect();
    let authors: Vec<AccountId> = authors.into_iter().collect();
    let mut names: BTreeMap<AccountId, String> = BTreeMap::new();
    // Without their names the records still say when.
    for account in reader.users(&authors).await.unwrap_or_default() {
        let shown = account.email.unwrap_or(account.display_name);
        names.insert(account.account_id, shown);
    }
    records
        .into_iter()
        .map(|record| plain(record, &names))
        .collect()
}

fn plain(record: AuditRecord, names: &BTreeMap<AccountId, String>) -> Record {
    let by_id = record.account_id.map(|id| {
        names
            .get(&id)
            .cloned()
            .unwrap_or_else(|| format!("id:{id}"))
    });
    let items = record.items.into_iter().map(|item| Item {
        kind: item.kind,
        id: item.id,
        name: item.name,
    });
    Record {
        at: record.at,
        by: by_id.or(record.name),
        summary: record.summary,
        items: items.collect(),
        changes: record.changes,
    }
}

/// What each person is called in a log: account ids, and display names that one account alone has.
fn names(observed: &Observed) -> Names {
    let mut of_name: BTreeMap<&str, usize> = BTreeMap::new();
    for account in observed.accounts.values() {
        *of_name.entry(account.name.as_str()).or_default() += 1;
    }
    let mut names = Names::new();
    for (id, account) in observed.accounts.iter() {
        let who = match &account.email {
            Some(email) => email.key().to_owned(),
            None => format!("id:{id}"),
        };
        let called = names.entry(who).or_default();
        called.push(id.to_string());
        if !account.name.is_empty() && of_name.get(account.name.as_str()) == Some(&1) {
            called.push(account.name.to_string());
        }
    }
    names
}

/// Says of each row who did it, or that the log says nothing: of what differs, and of what waits for a person where the live value
/// is known, since somebody may have brought it about.
pub(super) fn rows(
    logs: &Logs,
    observed: &Observed,
    (differ, wait): (&[ResourceChange], &[ResourceChange]),
) -> Vec<BlameRow> {
    let names = names(observed);
    let project_name = |key: &str| {
        let projects = observed.whole_projects()?;
        let found = projects.iter().find(|(known, _)| known.as_str() == key)?;
        Some(found.1.name.clone())
    };
    let differ = differ.iter().map(|row| {
        let action = row.change.actions.first().map_or("", String::as_str);
        (row, action, &row.change.after)
    });
    // What waits is told as a plan tells it: towards the files. On the site it went the other way.
    let wait = wait.iter().filter_map(|row| {
        let action = match row.change.actions.first().map(String::as_str) {
            Some("update") => "update",
            Some("delete") => "create",
            _ => return None,
        };
        let live = &row.change.before;
        (!live.is_null()).then_some((row, action, live))
    });
    let found = differ.chain(wait).map(|(row, action, live)| {
        let said = blame(logs, &names, (&row.address, action, live), project_name);
        let (by, at, says) = match said {
            Blame::By(record) => {
                let at = record.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
                (record.by, Some(at), prose(record.summary))
            }
            Blame::Silent => (None, None, ours("the log says nothing")),
            Blame::Unread(why) => (None, None, format!("the log was not read: {why}").into()),
        };
        BlameRow {
            address: row.address.clone(),
            by,
            at,
            says,
        }
    });
    found.collect()
}
