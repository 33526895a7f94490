//! Making accounts: never repeated blindly, by a mail only where a list says so, and read back where the kind is not plain.

use super::{Apply, Findings, Outcome, explain};
use crate::jsm::{Account, ApiError, ErrorKind};
use crate::model::{AccountId, AccountKind, Email, ProjectKey};
use crate::neutral::phrase::{Phrase, by_id, marked, say};

/// What looking somebody up gave.
enum Found {
    One(AccountId),
    Nobody,
    Failed(ApiError),
}

impl Apply<'_> {
    pub(super) async fn create_account(
        &self,
        index: usize,
        email: Email,
        name: &str,
        invited_to: Option<&ProjectKey>,
    ) -> Findings {
        let desk = match invited_to {
            None => None,
            Some(key) => match self.desk(key) {
                Some(desk) => Some(desk),
                None => return self.no_desk(index, key),
            },
        };
        let mut once_more = true;
        let (outcome, account, forbidden) = loop {
            let created = match desk {
                None => self.writer.create_customer(email.written(), name).await,
                Some(desk) => {
                    self.writer
                        .invite_customer(desk, email.written(), name)
                        .await
                }
            };
            let error = match created {
                // An id that was there before is not that of an account which has just been made.
                Ok(account) if self.observed.accounts.contains_key(&account.account_id) => {
                    let why = say(
                        "making the account of {} was answered with one that is known already ({}): nothing is done with it",
                        [marked(email), by_id(account.account_id)],
                    );
                    break (Outcome::Failed(why.clone()), Err(why), false);
                }
                Ok(account) => break (self.made(&account).await, Ok(account.account_id), false),
                Err(error) => error,
            };
            // The answer to a known address does not hold the account, and a lost answer holds nothing.
            let exists = match error.kind() {
                ErrorKind::Conflict => true,
                ErrorKind::Uncertain => false,
                _ => break failed(&email, &error),
            };
            match self.find(&email, exists).await {
                Found::One(id) => break (Outcome::AlreadyTrue, Ok(id), false),
                Found::Nobody if exists => {
                    let why = Phrase::of(
                        "an account with this address exists, and no search shows it: it is deactivated, revoked or hidden",
                    );
                    break (Outcome::InactiveOrHidden(why.clone()), Err(why), false);
                }
                // A second invitation would be a second mail.
                Found::Nobody if once_more && desk.is_none() => once_more = false,
                Found::Nobody => break failed(&email, &error),
                Found::Failed(lookup) => break failed(&email, &lookup),
            }
        };
        let mut findings = Findings::one(index, outcome);
        findings.account = Some((email, account));
        findings.forbidden = forbidden;
        findings
    }

    /// Compares the kind of a new account with what was asked for (Q7).
    async fn made(&self, account: &Account) -> Outcome {
        if account.account_id.looks_portal_only() {
            return Outcome::Done;
        }
        match self.reader.users(std::slice::from_ref(&account.account_id)).await {
            Ok(accounts) if accounts.iter().any(|seen| seen.kind == Some(AccountKind::Atlassian)) => Outcome::Failed(
                "the site made an Atlassian account instead of a portal-only one: check its approved domains".into(),
            ),
            _ => Outcome::Done,
        }
    }

    /// Searches for an address; where an account with it is known to exist, a search that lags behind gets more time.
    async fn find(&self, email: &Email, exists: bool) -> Found {
        let look = async || self.reader.search_users(email.key()).await;
        let enough = |hits: &Vec<Account>| !exists || matches!(pick(hits, email), Found::One(_));
        match self.reader.settled(look, enough).await {
            Err(error) => Found::Failed(error),
            Ok(hits) => pick(&hits, email),
        }
    }
}

fn pick(hits: &[Account], email: &Email) -> Found {
    let exact = hits.iter().find(|hit| {
        let shown = hit.email.as_deref();
        shown.and_then(|text| Email::new(text).ok()).as_ref() == Some(email)
    });
    match (exact, hits) {
        (Some(hit), _) => Found::One(hit.account_id),
        // A lone hit whose address is hidden may add, never remove.
        (None, [only]) if only.email.is_none() => Found::One(only.account_id),
        _ => Found::Nobody,
    }
}

fn failed(email: &Email, error: &ApiError) -> (Outcome, Result<AccountId, Phrase>, bool) {
    let why = say("the account of {} could not be made", [marked(email)]);
    (
        Outcome::Failed(explain(error)),
        Err(why),
        super::is_forbidden(error),
    )
}
