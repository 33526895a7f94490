//! The same for what differs on a site.

use super::fold::{counted, folded};
use super::people::People;
use super::{Privacy, redact_row};
use crate::report::document::Redaction;
use crate::report::drift::{BlameRow, DriftDocument};

/// Takes personal data out of what differs. See [`super::redact`].
///
/// A patch is a file of its own: it changes files that name people, and stays as it is.
pub fn redact(document: &mut DriftDocument, privacy: Privacy, key: Option<&str>) {
    if privacy == Privacy::Full {
        return;
    }
    let mut people = People::new(privacy, key);
    for row in document
        .resource_drift
        .iter()
        .chain(&document.resource_changes)
    {
        people.learn(row);
    }
    for row in document
        .resource_drift
        .iter_mut()
        .chain(&mut document.resource_changes)
    {
        redact_row(row, &people);
    }
    for row in &mut document.accepted {
        people.rewrite_address(&mut row.address);
        // Anything that a person typed, so no form gives it away.
        row.owner = people.pseudonym(&row.owner);
        row.reason = people.prose(&row.reason);
    }
    for error in &mut document.unreadable {
        people.rewrite_address(&mut error.address);
        people.phrase(&mut error.message);
    }
    for notice in &mut document.notices {
        people.rewrite_address(&mut notice.address);
        people.phrase(&mut notice.message);
    }
    for row in document.blame.iter_mut().flatten() {
        people.rewrite_address(&mut row.address);
        // Anything that a log calls somebody, so no form gives it away.
        row.by = row.by.take().map(|by| people.pseudonym(&by));
        people.phrase(&mut row.says);
    }
    if let Some(patch) = &mut document.patch {
        for address in &mut patch.accepted {
            people.rewrite_address(address);
        }
        for row in &mut patch.left {
            people.rewrite_address(&mut row.address);
            people.phrase(&mut row.why);
        }
    }
    if privacy == Privacy::Counts {
        fold(document);
    }
    document.portcullis = Some(Redaction {
        privacy: privacy.word().to_owned(),
    });
}

fn fold(document: &mut DriftDocument) {
    for rows in [&mut document.resource_drift, &mut document.resource_changes] {
        *rows = folded(std::mem::take(rows));
    }
    // Rows of people are counted, and a count was done by nobody in particular.
    document.blame = document.blame.take().map(|rows| {
        let single = |row: &BlameRow| !row.address.ends_with("/*");
        rows.into_iter().filter(single).collect()
    });
    let accepted = std::mem::take(&mut document.accepted);
    document.accepted = counted(accepted, |row| {
        format!(
            "{} {} {} {:?}",
            row.address, row.owner, row.reason, row.until
        )
    })
    .into_iter()
    .map(|(mut row, count)| {
        if count > 1 {
            row.reason.push_str(&format!(" ({count} times)"));
        }
        row
    })
    .collect();
    let unreadable = std::mem::take(&mut document.unreadable);
    document.unreadable = counted(unreadable, |row| {
        format!("{} {} {}", row.address, row.message, row.forbidden)
    })
    .into_iter()
    .map(|(mut row, count)| {
        super::fold::times(&mut row.message, count);
        if row.address.ends_with("/*") {
            row.source = None;
        }
        row
    })
    .collect();
    if let Some(patch) = &mut document.patch {
        patch.accepted.dedup();
        let left = std::mem::take(&mut patch.left);
        patch.left = counted(left, |row| format!("{} {}", row.address, row.why))
            .into_iter()
            .map(|(mut row, count)| {
                super::fold::times(&mut row.why, count);
                row
            })
            .collect();
    }
}
