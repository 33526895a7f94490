//! People whose access itself ends (`state: revoked`): one row an account, over the surface `accounts` where it may be written,
//! else by hand. No program can undo it.

use crate::config::{Person, SurfaceMode};
use crate::model::{AccountId, AccountKind, Email, Surface};
use crate::plan::change::{Action, Change, Effect, Phase, Reason, ResourceType};
use crate::plan::diff::Draft;
use crate::plan::manual::ManualSubject;
use crate::plan::roster::{Match, Stays};
use serde_json::json;

impl<'a> Draft<'a> {
    /// Plans the end of access of everybody whom `people` says it of.
    pub(super) fn ended_access(&mut self) {
        let people = self.desired.site.people.iter();
        let revoked: Vec<(&'a Email, &'a Person)> =
            people.filter(|(_, person)| person.revoked).collect();
        for (email, person) in revoked {
            let address = self.address(["account", email.key()]);
            match self.index.find(email, None) {
                Match::One(id) => self.ends(email, email.key(), person, &id),
                Match::Several(ids) => {
                    // Both accounts of one address are meant; the second is named by its id.
                    for (at, id) in ids.into_iter().enumerate() {
                        let name = match at {
                            0 => email.key().to_owned(),
                            _ => format!("id:{id}"),
                        };
                        self.ends(email, &name, person, &id);
                    }
                }
                Match::Hidden(id) => {
                    self.left_in_place(&["account"], &id, Stays::HiddenMatch, person.span);
                }
                Match::Unresolved(why) => self.error(address, why.clone(), Some(person.span)),
                Match::NotAsked => self.finding(
                    address,
                    "not-searched",
                    "whether there is an account whose access would have to end was not asked",
                    Some(person.span),
                ),
                // Somebody without an account, or whose access has ended already.
                Match::Nobody | Match::Inactive(_) => {}
            }
        }
    }

    fn ends(&mut self, email: &Email, name: &str, person: &Person, id: &AccountId) {
        let account = self.index.account(id);
        if account.is_some_and(|account| !account.active) {
            return;
        }
        if let Some(why) = self.index.untouchable(id) {
            return self.left_in_place(&["account"], id, why, person.span);
        }
        let portal_only = match account.and_then(|account| account.kind) {
            Some(kind) => kind == AccountKind::PortalOnly,
            None => id.looks_portal_only(),
        };
        let address = self.address(["account", name]);
        let state = |word: &str| json!({ "email": email.key(), "state": word });
        let (before, after) = (state("active"), state("revoked"));
        let surface = match portal_only && self.desired.site.surfaces.accounts == SurfaceMode::Write
        {
            true => Surface::Accounts,
            false => Surface::Manual,
        };
        self.changes.push(Change {
            address: address.clone(),
            kind: ResourceType::CustomerAccount,
            name: name.to_owned(),
            action: Action::Update,
            before: before.clone(),
            after: after.clone(),
            reason: Reason::PersonRevoked,
            source: Some(person.span),
            surface,
            effect: Effect::EndAccess(*id),
            phase: Phase::Revocations,
            blocked_by: Vec::new(),
            waiting_for: Vec::new(),
            needs_right: None,
        });
        if surface == Surface::Manual {
            let subject = match portal_only {
                true => ManualSubject::RevokePortalAccess(*email),
                false => ManualSubject::SuspendAccount(*email),
            };
            self.by_hand(&subject, vec![address], before, after);
        }
    }
}
