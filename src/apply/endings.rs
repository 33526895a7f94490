//! What no list holds: another name for an organization, and the end of an account's access. Both are read back.

use super::{Apply, Findings, Outcome, explain, is_forbidden};
use crate::jsm::{ApiError, ErrorKind};
use crate::model::{AccountId, OrganizationId, OrganizationName};
use crate::neutral::phrase::{Phrase, Piece, say};
use crate::plan::Change;
use crate::plan::manual::{self, ManualSubject};

impl Apply<'_> {
    /// Gives an organization another name. A site that does not take that from a program leaves it to a person.
    pub(super) async fn rename(
        &self,
        index: usize,
        change: &Change,
        id: &OrganizationId,
        name: &OrganizationName,
    ) -> Findings {
        match self.writer.rename_organization(id, name.as_str()).await {
            Ok(_) => Findings::one(index, Outcome::Done),
            Err(error) if is_left_to_people(&error) => {
                let subject = ManualSubject::Rename {
                    from: change.before["name"]
                        .as_str()
                        .unwrap_or_default()
                        .to_owned(),
                    to: name.clone(),
                };
                let addresses = vec![change.address.clone()];
                let (before, after) = (change.before.clone(), change.after.clone());
                let step = manual::step(self.desired.site, &subject, addresses, before, after);
                let link = step.link.map_or_else(Phrase::default, |link| {
                    Phrase::of(", ").piece(Piece::Link(link))
                });
                let why = say(
                    "the site leaves this to a person: {}: {}{} ({})",
                    [
                        step.title,
                        Phrase::default().joined(&step.click_path, " > "),
                        link,
                        explain(&error),
                    ],
                );
                let mut findings = Findings::one(index, Outcome::LeftToAPerson(why));
                findings.forbidden = is_forbidden(&error) && error.kind() != ErrorKind::Forbidden;
                findings
            }
            Err(error) => Findings::failed(&[index], &error),
        }
    }

    /// Ends the access of one account, and reads back that it has ended.
    pub(super) async fn end_access(&self, index: usize, account: &AccountId) -> Findings {
        let done = match self.writer.end_portal_access(account).await {
            Ok(()) => Outcome::Done,
            // A mistaken proxy says so too: the account itself is what counts.
            Err(error) if error.kind() == ErrorKind::NotFound => Outcome::AlreadyTrue,
            Err(error) => return Findings::failed(&[index], &error),
        };
        let ids = [*account];
        let look = async || self.reader.users(&ids).await;
        let ended = |seen: &Vec<crate::jsm::Account>| seen.iter().all(|one| !one.active);
        match self.reader.settled(look, ended).await {
            Ok(seen) if ended(&seen) => Findings::one(index, done),
            Ok(_) => {
                let why = "carried out, but reading it back shows the account still in use";
                Findings::one(index, Outcome::Failed(why.into()))
            }
            Err(error) => Findings::failed(&[index], &error),
        }
    }
}

/// Says whether the site, or its plan, does not take a rename from a program.
fn is_left_to_people(error: &ApiError) -> bool {
    matches!(error.kind(), ErrorKind::Forbidden | ErrorKind::NotFound)
        || error.status() == Some(412)
}
