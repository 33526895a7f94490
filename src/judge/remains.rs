//! What somebody keeps who is taken off every list: the account with its login, and whatever needs no list.

use crate::access::{
    Actor, Lookup, PersonId, SituationId, State, Status, Trail, Visitor, articles, portal,
};
use crate::desired::Desired;
use crate::model::{AccountKind, Email};
use crate::neutral::phrase::{Phrase, marked, ours, say};
use crate::plan::Finding;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How many people of one sentence are named.
const NAMED: usize = 20;

/// Says of the people whom the files declare absent what they keep in the last world of a plan, and how that is ended. It is
/// never a step: a run in which nothing else is left ends with 0.
pub(super) fn remains(desired: &Desired<'_>, done: &State<'_>) -> Vec<Finding> {
    // People in one situation reach the same, and of many who left most are in few.
    let mut judged: HashMap<SituationId, Vec<String>> = HashMap::new();
    let mut kept: BTreeMap<(Vec<String>, bool), Vec<&Email>> = BTreeMap::new();
    for email in desired.site.people.keys() {
        let Lookup::Accounts(ids) = done.people.lookup(email) else {
            continue;
        };
        let active = |id: &&PersonId| done.people.get(**id).account.status != Status::Disabled;
        let Some(id) = ids.iter().find(active) else {
            continue;
        };
        let atlassian = done.people.get(*id).account.kind == Some(AccountKind::Atlassian);
        let situation = done.people.situation_of(*id);
        let reached = judged
            .entry(situation)
            .or_insert_with(|| reached(done, *id));
        let reached = reached.clone();
        kept.entry((reached, atlassian)).or_default().push(email);
    }
    kept.into_iter()
        .map(|((reached, atlassian), people)| {
            let first = people[0];
            let mut named: Vec<Phrase> = people.iter().take(NAMED).map(marked).collect();
            if people.len() > NAMED {
                named.push(ours(format!("{} more", people.len() - NAMED)));
            }
            let (keep, account) = match people.len() {
                1 => ("is absent and keeps", "the account"),
                _ => ("are absent and keep", "the accounts"),
            };
            let what = match reached.is_empty() {
                true => "nothing but the login".to_owned(),
                false => format!("the login and {}", reached.join(", ")),
            };
            let end = match atlassian {
                true => format!(
                    "suspend {account} in Atlassian Administration > Directory > Users, or take the role Customer away there"
                ),
                false => format!(
                    "revoke {account} in Atlassian Administration > Apps > Jira Service Management > Portal-only customers > Revoke access"
                ),
            };
            let parts = ["account", first.key()];
            Finding {
                address: desired.address(parts),
                code: "absent-keeps",
                message: say(
                    "{} {} {}; to end that, {}",
                    [
                        Phrase::default().joined(&named, ", "),
                        ours(keep),
                        ours(what),
                        ours(end),
                    ],
                ),
                source: desired.site.people.get(first).map(|person| person.span),
            }
        })
        .collect()
}

/// Returns the portals and the articles that somebody reaches, or may reach, in the words of a sentence.
fn reached(state: &State<'_>, id: PersonId) -> Vec<String> {
    let visitor = Visitor::Existing(vec![Actor::person(state, id)]);
    let mut reached = BTreeSet::new();
    for (at, project) in state.projects.iter().enumerate() {
        let silent = &mut Trail::silent();
        if portal::reach(state, at, &visitor, silent).view.exposes() {
            reached.insert(format!("the portal of {}", project.key));
        }
        for space in project.spaces.keys() {
            if articles::read(state, at, space, &visitor, silent).promises() {
                reached.insert(format!("the articles of {space}"));
            }
        }
    }
    reached.into_iter().collect()
}
