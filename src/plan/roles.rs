//! People who become customers (`role: customer`): the role first, then the roles of the named apps on this site, and no others.
//!
//! What a group gives is not the account's own: leaving the group is a step by hand that names it. The caller, apps and whoever
//! administers the site or the organization are never touched, and deleting the line gives nothing back.

use crate::config::{PersonRole, SurfaceMode};
use crate::model::{AccountId, AccountKind, Address, Email, Read, Surface};
use crate::neutral::phrase::{Phrase, say};
use crate::observed::{ObservedRoles, Standing};
use crate::plan::change::{Action, Change, Effect, Phase, Reason, ResourceType, TakenRole};
use crate::plan::diff::Draft;
use crate::plan::manual::ManualSubject;
use crate::plan::roster::{Match, Stays};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What is to be taken: what the account has by itself, and what groups give, by app.
#[derive(Default)]
struct Taken {
    own: Vec<TakenRole>,
    by_groups: BTreeMap<String, (BTreeSet<String>, Vec<TakenRole>)>,
}

impl<'a> Draft<'a> {
    /// Plans the role of everybody whom `people` makes a customer.
    pub(super) fn customer_roles(&mut self) {
        let people = self.desired.site.roles.iter();
        let people: Vec<(&'a Email, &'a PersonRole)> = people.collect();
        for (email, role) in people {
            let address = self.address(["account", email.key(), "role"]);
            let ids: Vec<AccountId> = match self.index.find(email, None) {
                Match::One(id) => vec![id],
                Match::Several(ids) => ids,
                Match::Hidden(id) => {
                    self.left_in_place(&["account"], &id, Stays::HiddenMatch, role.span);
                    continue;
                }
                Match::Unresolved(why) => {
                    self.error(address, why.clone(), Some(role.span));
                    continue;
                }
                Match::Nobody | Match::NotAsked | Match::Inactive(_) => {
                    let why = "no account in use has this address, so no role can be given";
                    self.finding(address, "no-account", why.to_owned(), Some(role.span));
                    continue;
                }
            };
            let atlassian: Vec<AccountId> = ids
                .into_iter()
                .filter(|id| {
                    let kind = self.index.account(id).and_then(|seen| seen.kind);
                    kind.map_or(!id.looks_portal_only(), |kind| {
                        kind == AccountKind::Atlassian
                    })
                })
                .collect();
            match atlassian.first() {
                Some(id) => self.becomes_customer(email, role, id, address),
                None => {
                    let why = "a portal-only account is a customer already, and has no roles";
                    self.finding(address, "no-account", why.to_owned(), Some(role.span));
                }
            }
        }
    }

    fn becomes_customer(
        &mut self,
        email: &Email,
        role: &PersonRole,
        id: &AccountId,
        address: Address,
    ) {
        let standing = self.index.account(id).map(|seen| seen.standing);
        let stays = match (self.observed.caller.as_ref() == Some(id), standing) {
            (true, _) => Some(Stays::Caller),
            (_, Some(Standing::App)) => Some(Stays::App),
            _ => None,
        };
        if let Some(why) = stays {
            return self.left_in_place(&["account"], id, why, role.span);
        }
        let seen = match self.observed.roles.get(id) {
            Some(Read::Complete(seen)) => seen.clone(),
            Some(Read::Incomplete(why)) => {
                let why = why.why.clone();
                return self.role_unread(email, role, id, address, &why);
            }
            None => return self.role_unread(email, role, id, address, &"it was not asked".into()),
        };
        if seen.administers {
            let message =
                "not changed: the account administers the site or the Atlassian organization";
            return self.finding(
                address,
                "left-in-place",
                message.to_owned(),
                Some(role.span),
            );
        }
        let taken = taken(role, &seen);
        let serves = |takes: &[TakenRole]| {
            let jsm = seen.apps.get(ObservedRoles::JSM);
            jsm.is_some_and(|jsm| {
                let mut more = jsm.more();
                more.any(|held| {
                    !takes
                        .iter()
                        .any(|one| one.resource == jsm.resource && one.role == held)
                })
            })
        };
        let before = json!({ "email": email.key(), "role": held(&seen), "loses": [] });
        let jsm = self.observed.cloud_id.as_ref();
        let jsm = jsm.map(|cloud| format!("ari:cloud:jira-servicedesk::site/{}", cloud.as_str()));
        let grant = match (seen.apps.get(ObservedRoles::JSM), jsm) {
            _ if seen.is_customer() => None,
            (Some(app), _) => Some(app.resource.clone()),
            (None, jsm) => Some(jsm.unwrap_or_default()),
        };
        if grant.is_some() || !taken.own.is_empty() {
            let apps: BTreeSet<&str> = taken.own.iter().map(|one| one.app.as_str()).collect();
            let after = json!({ "email": email.key(), "role": "customer", "loses": apps });
            let effect = Effect::BecomeCustomer {
                account: *id,
                grant,
                serves: serves(&taken.own),
                takes: taken.own.clone(),
            };
            let surface = match self.desired.site.surfaces.roles == SurfaceMode::Write {
                true => Surface::Roles,
                false => Surface::Manual,
            };
            let row = (address.clone(), before.clone(), after.clone());
            self.role_row(email, role, row, effect, (surface, Reason::Differs));
            if surface == Surface::Manual {
                let apps = apps.into_iter().map(str::to_owned).collect();
                let subject = ManualSubject::CustomerRole(*email, apps);
                self.by_hand(&subject, vec![address], before.clone(), after);
            }
        }
        for (app, (groups, takes)) in taken.by_groups {
            let address = self.address(["account", email.key(), "role", &app]);
            let before = json!({ "email": email.key(), "loses": [], "leaves": [] });
            let after = json!({ "email": email.key(), "loses": [app], "leaves": groups });
            let mut all = taken.own.clone();
            all.extend(takes.iter().cloned());
            let effect = Effect::BecomeCustomer {
                account: *id,
                grant: None,
                serves: serves(&all),
                takes,
            };
            let row = (address.clone(), before.clone(), after.clone());
            self.role_row(email, role, row, effect, (Surface::Manual, Reason::Differs));
            let groups = groups.into_iter().collect();
            let subject = ManualSubject::LeaveGroups(*email, groups, app);
            self.by_hand(&subject, vec![address], before.clone(), after);
        }
    }

    /// Nobody could read the roles: a person looks, and does what is missing.
    fn role_unread(
        &mut self,
        email: &Email,
        role: &PersonRole,
        id: &AccountId,
        address: Address,
        why: &Phrase,
    ) {
        let apps: Vec<String> = role.take_away.iter().map(|app| app.value.clone()).collect();
        let after = json!({ "email": email.key(), "role": "customer", "loses": apps });
        let effect = Effect::BecomeCustomer {
            account: *id,
            grant: None,
            takes: Vec::new(),
            serves: true,
        };
        let row = (address.clone(), Value::Null, after.clone());
        self.role_row(email, role, row, effect, (Surface::Manual, Reason::Unknown));
        self.finding(
            address.clone(),
            "not-readable",
            say(
                "the roles of the account are in the directory of the Atlassian organization: {}",
                [why.clone()],
            ),
            Some(role.span),
        );
        let subject = ManualSubject::CustomerRole(*email, apps);
        self.by_hand(&subject, vec![address], Value::Null, after);
    }

    fn role_row(
        &mut self,
        email: &Email,
        role: &PersonRole,
        (address, before, after): (Address, Value, Value),
        effect: Effect,
        (surface, reason): (Surface, Reason),
    ) {
        self.changes.push(Change {
            address,
            kind: ResourceType::CustomerRole,
            name: email.key().to_owned(),
            action: Action::Update,
            before,
            after,
            reason,
            source: Some(role.span),
            surface,
            effect,
            phase: Phase::Revocations,
            blocked_by: Vec::new(),
            waiting_for: Vec::new(),
            needs_right: None,
        });
    }
}

fn taken(role: &PersonRole, seen: &ObservedRoles) -> Taken {
    let mut taken = Taken::default();
    for app in &role.take_away {
        for owner in ObservedRoles::owners(&app.value) {
            let Some(held) = seen.apps.get(owner) else {
                continue;
            };
            let takes = held.more().map(|role| TakenRole {
                app: app.value.clone(),
                role: role.to_owned(),
                resource: held.resource.clone(),
            });
            match held.groups.is_empty() {
                true => taken.own.extend(takes),
                false => {
                    let (groups, all) = taken.by_groups.entry(app.value.clone()).or_default();
                    groups.extend(held.groups.iter().map(|group| group.name.clone()));
                    all.extend(takes);
                }
            }
        }
    }
    taken
}

/// The role in Jira Service Management as it is.
fn held(seen: &ObservedRoles) -> &'static str {
    let jsm = seen.apps.get(ObservedRoles::JSM);
    match jsm {
        Some(jsm) if jsm.roles.contains("atlassian/admin") => "admin",
        Some(jsm) if jsm.more().next().is_some() => "user",
        Some(_) if seen.is_customer() => "customer",
        _ => "none",
    }
}
