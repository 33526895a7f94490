//! Reading who holds what in projects: permission schemes, roles, and the people and groups in them.
//!
//! Nothing reads this by itself. `who` and `explain` ask for the projects that they are about; a plan asks for the schemes of
//! projects whose channel access it would change, since there a leak decides what the change is worth.

use super::{LISTS_AT_ONCE, keep_account};
use crate::desired::Desired;
use crate::jsm::{Account, ApiError, Group, PermissionScheme, Reader};
use crate::model::{AccountId, Field, Incomplete, ProjectKey, Read};
use crate::observed::{
    Observed, ObservedActors, ObservedPermissions, ObservedScheme, SchemeGrant, SchemeHolder,
    Standing,
};
use futures_util::stream::{self, StreamExt};
use std::collections::{BTreeMap, BTreeSet};

/// The largest group whose members are read; that takes 20 requests.
const LARGEST_GROUP: u64 = 1000;

/// How much of a project's permissions to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The scheme and the names of the roles: what leaks and what is broken.
    Scheme,
    /// Also who is in the roles and groups.
    People,
}

/// What reading one project gave.
struct Answers {
    key: ProjectKey,
    permissions: ObservedPermissions,
    /// People of roles, with the names that the roles show.
    staff: Vec<(AccountId, String)>,
    /// People whom the scheme names.
    named: BTreeSet<AccountId>,
    /// Members of groups.
    members: Vec<Account>,
}

/// Returns the projects whose channel access a plan would change: what is written differs from what was read.
pub fn changing_access(desired: &Desired<'_>, observed: &Observed) -> BTreeSet<ProjectKey> {
    let live = observed.whole_projects();
    desired
        .site
        .projects
        .iter()
        .filter(|(key, declared)| {
            let seen = live
                .and_then(|live| live.get(*key))
                .and_then(|project| project.channel_access.as_ref());
            match (&declared.channel_access, seen.map(|seen| &seen.value)) {
                (Some(wanted), Some(Field::Known(seen))) => wanted.value != *seen,
                _ => false,
            }
        })
        .map(|(key, _)| key.clone())
        .collect()
}

/// Reads the permissions of projects into what was observed; projects that were not seen are left out.
///
/// Whatever cannot be read stays unread, with the reason. Takes two requests per project for [`Depth::Scheme`].
pub async fn observe_permissions(
    reader: &Reader,
    observed: &mut Observed,
    projects: &BTreeSet<ProjectKey>,
    depth: Depth,
) {
    let known = observed.whole_projects().into_iter().flatten();
    let wanted: Vec<ProjectKey> = known
        .map(|(key, _)| key)
        .filter(|key| projects.contains(*key))
        .cloned()
        .collect();
    let answers: Vec<Answers> = stream::iter(wanted)
        .map(|key| project(reader, key, depth))
        .buffer_unordered(LISTS_AT_ONCE)
        .collect()
        .await;
    let (mut staff, mut named) = (BTreeMap::new(), BTreeSet::new());
    for answer in answers {
        for account in answer.members {
            keep_account(observed, account);
        }
        staff.extend(answer.staff);
        named.extend(answer.named);
        if let Some(Read::Complete(projects)) = &mut observed.projects
            && let Some(seen) = projects.get_mut(&answer.key)
        {
            seen.permissions = Some(answer.permissions);
        }
    }
    know(reader, observed, staff, named).await;
}

/// Learns addresses and kinds of people in roles and in grants: a role tells ids and display names only, a grant the id.
async fn know(
    reader: &Reader,
    observed: &mut Observed,
    staff: BTreeMap<AccountId, String>,
    named: BTreeSet<AccountId>,
) {
    let unknown: Vec<AccountId> = staff
        .keys()
        .chain(named.iter().filter(|id| !staff.contains_key(*id)))
        .filter(|id| !observed.accounts.contains_key(*id))
        .cloned()
        .collect();
    let looked_up = match unknown.is_empty() {
        true => Ok(Vec::new()),
        false => reader.users(&unknown).await,
    };
    // Whom a grant names and the site no longer knows is nobody; where nobody could ask, the id is all there is.
    let gone = looked_up.is_ok();
    for account in looked_up.into_iter().flatten() {
        keep_account(observed, account);
    }
    let unseen = |account_id: AccountId, display_name: String| Account {
        account_id,
        email: None,
        display_name,
        active: true,
        kind: None,
        app: false,
    };
    for id in named {
        if !gone && !observed.accounts.contains_key(&id) {
            keep_account(observed, unseen(id, String::new()));
        }
    }
    for (id, display_name) in staff {
        if !observed.accounts.contains_key(&id) {
            keep_account(observed, unseen(id.clone(), display_name));
        }
        if let Some(account) = observed.accounts.get_mut(&id)
            // Whoever was found to have no licence is none by being in a role.
            && matches!(account.standing, Standing::NotAsked | Standing::Unknown)
        {
            account.standing = Standing::Agent;
        }
    }
}

async fn project(reader: &Reader, key: ProjectKey, depth: Depth) -> Answers {
    let (scheme, roles) = tokio::join!(
        reader.permission_scheme(key.as_str()),
        reader.project_roles(key.as_str())
    );
    let permissions = ObservedPermissions {
        scheme: scheme_of(scheme),
        roles: match roles {
            Ok(roles) => {
                Read::Complete(roles.into_iter().map(|role| (role.id, role.name)).collect())
            }
            Err(error) => Read::Incomplete(error.incomplete()),
        },
        actors: None,
        groups: BTreeMap::new(),
    };
    let mut answers = Answers {
        key,
        permissions,
        staff: Vec::new(),
        named: BTreeSet::new(),
        members: Vec::new(),
    };
    if depth == Depth::People {
        people(reader, &mut answers).await;
    }
    answers
}

/// Reads who is in the roles that make agents and administrators, and in the groups that hold something.
async fn people(reader: &Reader, answers: &mut Answers) {
    let permissions = &mut answers.permissions;
    let mut groups: BTreeMap<String, Option<String>> = BTreeMap::new();
    for holder in holders(&permissions.scheme) {
        match (holder.kind.as_str(), &holder.id) {
            (SchemeHolder::GROUP, id) => {
                groups.insert(holder.group(), id.clone());
            }
            (SchemeHolder::USER, Some(id)) => {
                answers.named.insert(AccountId::new(id.clone()));
            }
            _ => {}
        }
    }
    let mut all = BTreeMap::new();
    let staff = permissions.staff_roles();
    for id in staff.into_iter().map(str::to_owned).collect::<Vec<_>>() {
        let read = match reader.role_actors(answers.key.as_str(), &id).await {
            Err(error) => Read::Incomplete(error.incomplete()),
            Ok(actors) => {
                let seen = ObservedActors {
                    people: actors.people.iter().map(|(id, _)| id.clone()).collect(),
                    groups: actors.groups.iter().map(|g| g.name.clone()).collect(),
                };
                answers.staff.extend(actors.people);
                groups.extend(actors.groups.into_iter().map(|g| (g.name, g.id)));
                Read::Complete(seen)
            }
        };
        all.insert(id, read);
    }
    permissions.actors = Some(all);
    for (name, id) in groups {
        let group = Group { id, name };
        let read = members(reader, &group, &mut answers.members).await;
        permissions.groups.insert(group.name, read);
    }
}

fn scheme_of(scheme: Result<PermissionScheme, ApiError>) -> Read<ObservedScheme> {
    match scheme {
        Err(error) => Read::Incomplete(error.incomplete()),
        Ok(scheme) if scheme.project_only => Read::Incomplete(Incomplete {
            why: "the scheme of a team-managed project has other holders than the rules know"
                .into(),
            forbidden: false,
        }),
        Ok(scheme) => Read::Complete(ObservedScheme {
            name: scheme.name,
            grants: scheme
                .grants
                .into_iter()
                .map(|grant| {
                    let holder = grant.holder;
                    let is_group = holder.kind == SchemeHolder::GROUP;
                    SchemeGrant {
                        permission: grant.permission,
                        holder: SchemeHolder {
                            // Only for a group are the two different: its name and its id.
                            name: holder.parameter.clone().filter(|_| is_group),
                            id: holder.value.or(holder.parameter.filter(|_| !is_group)),
                            kind: holder.kind,
                        },
                    }
                })
                .collect(),
        }),
    }
}

/// Returns whom a scheme lets see a project or makes its staff.
fn holders(scheme: &Read<ObservedScheme>) -> impl Iterator<Item = &SchemeHolder> {
    scheme
        .complete()
        .into_iter()
        .flat_map(|scheme| &scheme.grants)
        .filter(|grant| grant.makes_staff() || grant.permission == SchemeGrant::BROWSE)
        .map(|grant| &grant.holder)
}

async fn members(
    reader: &Reader,
    group: &Group,
    accounts: &mut Vec<Account>,
) -> Read<BTreeSet<AccountId>> {
    match reader.group_members(group, LARGEST_GROUP).await {
        Err(error) => Read::Incomplete(error.incomplete()),
        Ok(None) => Read::Incomplete(Incomplete {
            why: format!("it has more than {LARGEST_GROUP} members, which are not read one by one"),
            forbidden: false,
        }),
        Ok(Some(members)) => {
            let ids = members.iter().map(|member| member.account_id.clone());
            let ids = ids.collect();
            accounts.extend(members);
            Read::Complete(ids)
        }
    }
}
