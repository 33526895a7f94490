//! The same for the report of an apply.

use super::Privacy;
use super::fold::counted;
use super::people::People;
use crate::apply::Outcome;
use crate::report::applied::AppliedDocument;
use crate::report::document::{Redaction, ResourceChange};

/// Takes personal data out of a report; `rows` are those of the plan, before it was redacted. See [`super::redact`].
pub fn redact(
    document: &mut AppliedDocument,
    rows: &[ResourceChange],
    privacy: Privacy,
    key: Option<&str>,
) {
    if privacy == Privacy::Full {
        return;
    }
    let mut people = People::new(privacy, key);
    rows.iter().for_each(|row| people.learn(row));
    for row in &mut document.results {
        people.rewrite_address(&mut row.address);
        match &mut row.result {
            Outcome::Failed(why)
            | Outcome::InactiveOrHidden(why)
            | Outcome::LeftToAPerson(why)
            | Outcome::NotTried(why) => people.phrase(why),
            Outcome::Done
            | Outcome::AlreadyTrue
            | Outcome::Manual
            | Outcome::Waiting
            | Outcome::Blocked => {}
        }
    }
    for address in &mut document.left_out {
        people.rewrite_address(address);
    }
    if privacy == Privacy::Counts {
        document.left_out.dedup();
        let rows = std::mem::take(&mut document.results);
        let folded = counted(rows, |row| {
            format!("{} {} {:?}", row.address, row.action, row.result)
        });
        document.results = folded
            .into_iter()
            .map(|(mut row, count)| {
                if row.address.ends_with("/*") {
                    row.count = Some(count);
                    row.source = None;
                }
                row
            })
            .collect();
    }
    document.portcullis = Some(Redaction {
        privacy: privacy.word().to_owned(),
    });
}
