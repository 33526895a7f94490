//! Reading who holds what in projects that are judged: permission schemes, roles, and the people and groups in them.
//!
//! Two requests per project, for its scheme and for who is in the role *Service Desk Customers*; one for the ids of the roles,
//! which all projects of a site share; and the pages of each group that was found, once. Who is an agent or an administrator is
//! read where somebody asks for it.

use super::lists::{contradiction, unseen};
use super::{Extent, LISTS_AT_ONCE, Observer};
use crate::config::Mode;
use crate::jsm::{Account, ApiError, ErrorKind, Group, PermissionScheme, Reader};
use crate::model::{AccountId, Incomplete, ProjectKey, Read};
use crate::observed::{
    GroupRef, ObservedActors, ObservedCustomers, ObservedGroup, ObservedPermissions,
    ObservedProject, ObservedScheme, SchemeGrant, SchemeHolder, Standing,
};
use futures_util::stream::{self, StreamExt};
use std::collections::{BTreeMap, BTreeSet};

/// The largest group of agents or administrators whose members are read; that takes 20 requests. Groups that hold the role of
/// customers, or that a scheme lets see a project, are read whatever their size.
const LARGEST_STAFF: u64 = 1000;

/// The ids and names of roles.
type Names = BTreeMap<String, String>;

/// Who is in a project's role of customers.
struct InRole {
    seen: ObservedCustomers,
    people: Vec<(AccountId, String)>,
    /// Whether the role is the project's own.
    project_only: bool,
}

/// What reading one project gave.
struct Answers {
    key: ProjectKey,
    permissions: ObservedPermissions,
    /// People of roles that make agents and administrators, with the names that the roles show.
    staff: Vec<(AccountId, String)>,
    /// People whom the scheme or the role of customers names, with the names that are shown.
    named: Vec<(AccountId, String)>,
    /// Groups that let people in as customers.
    groups: BTreeSet<GroupRef>,
    /// Groups of agents and administrators.
    staff_groups: BTreeSet<GroupRef>,
}

impl Observer<'_, '_> {
    /// Reads the permissions of the projects that are judged. Whatever cannot be read stays unread, with the reason.
    pub(super) async fn permissions(&mut self) {
        let mut judged = self.judged();
        judged.extend(self.open_to_accounts());
        let Some(first) = judged.first() else {
            return;
        };
        let staff = matches!(&self.extent, Extent::Whole(whole) if whole.staff);
        let served = self.served();
        let names = names(self.reader, first).await;
        let (reader, names) = (self.reader, &names);
        let mut answers: Vec<Answers> = stream::iter(judged)
            .map(|key| {
                let staff = staff || served.contains(&key);
                project(reader, key, names, staff)
            })
            .buffer_unordered(LISTS_AT_ONCE)
            .collect()
            .await;
        answers.sort_by(|one, other| one.key.cmp(&other.key));
        self.groups_of(&answers).await;
        for answer in &mut answers {
            if let Some(Read::Complete(customers)) = &mut answer.permissions.customers
                && self.some_go(&answer.key, customers)
            {
                let defaults = reader.default_role_groups(&customers.role).await;
                customers.defaults = Some(match defaults {
                    Ok(groups) => Read::Complete(groups.into_iter().map(group_ref).collect()),
                    Err(error) => Read::Incomplete(error.incomplete()),
                });
            }
        }
        let (mut staff, mut named) = (BTreeMap::new(), BTreeMap::new());
        for mut answer in answers {
            let found = answer.groups.iter().chain(&answer.staff_groups);
            answer.permissions.groups = found
                .filter_map(|group| {
                    let members = self.observed.groups.get(group.key())?.members.clone();
                    Some((group.name.clone(), members))
                })
                .collect();
            staff.extend(answer.staff);
            named.extend(answer.named);
            if let Some(Read::Complete(projects)) = &mut self.observed.projects
                && let Some(seen) = projects.get_mut(&answer.key)
            {
                keep_granted(seen, answer.permissions.customers.as_ref());
                seen.permissions = Some(answer.permissions);
            }
        }
        self.know(staff, named).await;
        self.members_of_groups_that_go().await;
    }

    /// Returns the groups in the role of customers that an exact list of a project does not have.
    fn going<'o>(&self, key: &ProjectKey, customers: &'o ObservedCustomers) -> Vec<&'o GroupRef> {
        let Extent::Desired(desired) = &self.extent else {
            return Vec::new();
        };
        let declared = desired.site.projects.get(key);
        match declared.and_then(|project| project.customer_groups.as_ref()) {
            Some(wanted) if wanted.mode == Mode::Exact => {
                let groups = customers.groups.iter();
                groups
                    .filter(|group| !wanted.list.iter().any(|listed| listed.means(group)))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    fn some_go(&self, key: &ProjectKey, customers: &ObservedCustomers) -> bool {
        !self.going(key, customers).is_empty()
    }

    /// Learns who among the members of groups that are to go is an agent or an app: such a group stays.
    async fn members_of_groups_that_go(&mut self) {
        let mut members: BTreeSet<AccountId> = BTreeSet::new();
        for (key, seen) in self.observed.whole_projects().into_iter().flatten() {
            let permissions = seen.permissions.as_ref();
            let customers = permissions.and_then(|seen| seen.customers.as_ref()?.complete());
            let groups = customers.map(|customers| self.going(key, customers));
            for group in groups.into_iter().flatten() {
                let known = self.observed.whole_group(group);
                let known = known.filter(|known| known.len() as u64 <= LARGEST_STAFF);
                members.extend(known.into_iter().flatten().cloned());
            }
        }
        self.ask_standings(members).await;
    }

    /// Returns the groups that the files or an expectation name, as far as no role shows them.
    fn named_groups(&self, answers: &[Answers]) -> Vec<GroupRef> {
        let Extent::Desired(desired) = &self.extent else {
            return Vec::new();
        };
        let projects = desired.site.projects.iter();
        let declared = projects
            .filter(|(key, _)| answers.iter().any(|answer| answer.key == **key))
            .flat_map(|(_, project)| &project.customer_groups)
            .flat_map(|groups| &groups.list)
            .map(|group| GroupRef {
                id: group.id.clone(),
                name: group.name.clone(),
            });
        let mut named: Vec<GroupRef> = declared.collect();
        named.extend(super::needs::expected_groups(desired).map(|name| GroupRef {
            id: None,
            name: name.to_owned(),
        }));
        let shown = |group: &GroupRef| {
            let mut found = answers
                .iter()
                .flat_map(|answer| answer.groups.iter().chain(&answer.staff_groups));
            found.any(|known| match (&group.id, &known.id) {
                (Some(id), Some(known)) => id == known,
                _ => group.name == known.name,
            })
        };
        named.retain(|group| !shown(group));
        // With an id it is the same group as without.
        let with_id: BTreeSet<String> = named
            .iter()
            .filter(|group| group.id.is_some())
            .map(|group| group.name.clone())
            .collect();
        named.retain(|group| group.id.is_some() || !with_id.contains(&group.name));
        named
    }

    /// Reads the members of every group that was found, each once.
    async fn groups_of(&mut self, answers: &[Answers]) {
        let mut wanted: BTreeMap<&str, (&GroupRef, u64)> = BTreeMap::new();
        for answer in answers {
            for group in &answer.staff_groups {
                wanted.entry(group.key()).or_insert((group, LARGEST_STAFF));
            }
        }
        let named = self.named_groups(answers);
        for group in answers
            .iter()
            .flat_map(|answer| &answer.groups)
            .chain(&named)
        {
            wanted.insert(group.key(), (group, u64::MAX));
        }
        let reader = self.reader;
        let lists: Vec<_> = stream::iter(wanted.into_values())
            .map(|(group, most)| async move {
                let wire = Group {
                    id: group.id.clone(),
                    name: group.name.clone(),
                };
                (group.clone(), most, reader.group_members(&wire, most).await)
            })
            .buffered(LISTS_AT_ONCE)
            .collect()
            .await;
        for (group, most, list) in lists {
            let missing = matches!(&list, Err(error) if error.kind() == ErrorKind::NotFound);
            let members = match list {
                Err(error) => Read::Incomplete(error.incomplete()),
                Ok(None) => Read::Incomplete(Incomplete {
                    why: format!("it has more than {most} members, which are not read one by one")
                        .into(),
                    forbidden: false,
                }),
                Ok(Some(members)) => self.keep_accounts(Ok(members)),
            };
            let key = group.key().to_owned();
            let name = group.name;
            self.observed.groups.insert(
                key,
                ObservedGroup {
                    name,
                    members,
                    missing,
                },
            );
        }
    }

    /// Learns addresses and kinds of people in roles and in grants: a role tells ids and display names only, a grant the id.
    async fn know(
        &mut self,
        staff: BTreeMap<AccountId, String>,
        named: BTreeMap<AccountId, String>,
    ) {
        let unknown = unseen(&self.observed, staff.keys().chain(named.keys()));
        let looked_up = match unknown.is_empty() {
            true => Ok(Vec::new()),
            false => self.reader.users(&unknown).await,
        };
        // Whom a grant names and the site no longer knows is nobody; where nobody could ask, the id is all there is.
        let gone = looked_up.is_ok();
        for account in looked_up.into_iter().flatten() {
            self.keep_account(account);
        }
        let unseen = |account_id: AccountId, display_name: String| Account {
            account_id,
            email: None,
            display_name,
            active: true,
            kind: None,
            app: false,
        };
        for (id, name) in named {
            if !gone && !self.observed.accounts.contains_key(&id) {
                self.keep_account(unseen(id, name));
            }
        }
        for (id, display_name) in staff {
            if !self.observed.accounts.contains_key(&id) {
                self.keep_account(unseen(id, display_name));
            }
            if let Some(account) = self.observed.accounts.get_mut(&id)
                // Whoever was found to have no licence is none by being in a role.
                && matches!(account.standing, Standing::NotAsked | Standing::Unknown)
            {
                account.standing = Standing::Agent;
            }
        }
    }
}

/// Takes out of a project's list of customers whoever does not hold the role: the role is the grant, and the list a view of it
/// that also shows people who are there by a group, by a permission, or for the record.
fn keep_granted(seen: &mut ObservedProject, role: Option<&Read<ObservedCustomers>>) {
    if let (Some(Read::Complete(listed)), Some(Read::Complete(role))) = (&mut seen.customers, role)
    {
        let (granted, shown): (Vec<_>, Vec<_>) = std::mem::take(listed)
            .into_iter()
            .partition(|id| role.people.contains(id));
        *listed = granted.into();
        seen.only_shown = shown.into();
    }
}

async fn names(reader: &Reader, key: &ProjectKey) -> Result<Names, ApiError> {
    let roles = reader.project_roles(key.as_str()).await?;
    Ok(roles.into_iter().map(|role| (role.id, role.name)).collect())
}

fn customers_role(names: &Names) -> Option<&str> {
    names
        .iter()
        .find(|(_, name)| ObservedPermissions::is_customers(name))
        .map(|(id, _)| id.as_str())
}

async fn project(
    reader: &Reader,
    key: ProjectKey,
    shared: &Result<Names, ApiError>,
    staff: bool,
) -> Answers {
    let (scheme, (names, customers)) = tokio::join!(
        reader.permission_scheme(key.as_str()),
        customers(reader, &key, shared)
    );
    let team_managed = matches!(&scheme, Ok(scheme) if scheme.project_only)
        || matches!(&customers, Ok(found) if found.project_only);
    let mut answers = Answers {
        key,
        permissions: ObservedPermissions {
            scheme: match team_managed {
                true => Read::Incomplete(Incomplete {
                    why: "the project is team-managed, and what its own access settings say is not read".into(),
                    forbidden: false,
                }),
                false => scheme_of(scheme),
            },
            team_managed,
            roles: names,
            actors: None,
            groups: BTreeMap::new(),
            customers: None,
        },
        staff: Vec::new(),
        named: Vec::new(),
        groups: BTreeSet::new(),
        staff_groups: BTreeSet::new(),
    };
    if let Ok(found) = &customers {
        answers.named.clone_from(&found.people);
    }
    answers.permissions.customers = Some(match customers {
        Ok(found) => {
            answers.groups.extend(found.seen.groups.iter().cloned());
            Read::Complete(found.seen)
        }
        Err(why) => Read::Incomplete(why),
    });
    of_grants(&mut answers, staff);
    if staff {
        staff_roles(reader, &mut answers).await;
    }
    answers
}

/// Reads who is in the role of customers, by the id that projects share; a project that does not know that id has roles of its
/// own, which are asked for.
async fn customers(
    reader: &Reader,
    key: &ProjectKey,
    shared: &Result<Names, ApiError>,
) -> (Read<Names>, Result<InRole, Incomplete>) {
    let read = |names: &Names| Read::Complete(names.clone());
    let failed = |error: &ApiError| error.incomplete();
    let shared = match shared {
        Ok(names) => match customers_role(names) {
            Some(role) => match reader.role_actors(key.as_str(), role).await {
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                actors => return (read(names), in_role(role, actors)),
            },
            None => None,
        },
        // The first project cannot be looked into, which says nothing of this one.
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => Some(error),
    };
    if let Some(error) = shared {
        return (Read::Incomplete(failed(error)), Err(failed(error)));
    }
    let names = match names(reader, key).await {
        Ok(names) => names,
        Err(error) => return (Read::Incomplete(failed(&error)), Err(failed(&error))),
    };
    let customers = match customers_role(&names) {
        Some(role) => in_role(role, reader.role_actors(key.as_str(), role).await),
        None => Err(Incomplete {
            why: format!(
                "the project has no role `{}`",
                ObservedPermissions::CUSTOMERS
            )
            .into(),
            forbidden: false,
        }),
    };
    (read(&names), customers)
}

fn in_role(
    role: &str,
    actors: Result<crate::jsm::RoleActors, ApiError>,
) -> Result<InRole, Incomplete> {
    let actors = actors.map_err(|error| error.incomplete())?;
    let groups: BTreeSet<GroupRef> = actors.groups.into_iter().map(group_ref).collect();
    let keys: BTreeSet<&str> = groups.iter().map(GroupRef::key).collect();
    if keys.len() != groups.len() {
        return Err(contradiction("a role shows one group under two names"));
    }
    let seen = ObservedCustomers {
        role: role.to_owned(),
        people: actors.people.iter().map(|(id, _)| *id).collect(),
        groups,
        defaults: None,
    };
    Ok(InRole {
        seen,
        people: actors.people,
        project_only: actors.project_only,
    })
}

fn group_ref(group: Group) -> GroupRef {
    GroupRef {
        id: group.id,
        name: group.name,
    }
}

/// Notes the groups and people whom the scheme lets see the project, and with `staff` those whom it makes agents.
fn of_grants(answers: &mut Answers, staff: bool) {
    let grants = answers.permissions.scheme.complete();
    for grant in grants.into_iter().flat_map(|scheme| &scheme.grants) {
        let sees = grant.permission == SchemeGrant::BROWSE;
        if !(sees || staff && grant.makes_staff()) {
            continue;
        }
        let holder = &grant.holder;
        match (holder.kind.as_str(), &holder.id) {
            (SchemeHolder::GROUP, id) => {
                let group = GroupRef {
                    id: id.clone(),
                    name: holder.group(),
                };
                match sees {
                    true => answers.groups.insert(group),
                    false => answers.staff_groups.insert(group),
                };
            }
            (SchemeHolder::USER, Some(id)) => {
                let id = AccountId::new(id.clone());
                answers.named.push((id, String::new()));
            }
            _ => {}
        }
    }
}

/// Reads who is in the roles that make agents and administrators.
async fn staff_roles(reader: &Reader, answers: &mut Answers) {
    let roles: Vec<String> = answers
        .permissions
        .staff_roles()
        .into_iter()
        .map(str::to_owned)
        .collect();
    let key = answers.key.as_str();
    let read: Vec<_> = stream::iter(roles)
        .map(|id| async move {
            let actors = reader.role_actors(key, &id).await;
            (id, actors)
        })
        .buffered(LISTS_AT_ONCE)
        .collect()
        .await;
    let mut all = BTreeMap::new();
    for (id, actors) in read {
        let read = match actors {
            Err(error) => Read::Incomplete(error.incomplete()),
            Ok(actors) => {
                let seen = ObservedActors {
                    people: actors.people.iter().map(|(id, _)| *id).collect(),
                    groups: actors.groups.iter().map(|g| g.name.clone()).collect(),
                };
                answers.staff.extend(actors.people);
                let groups = actors.groups.into_iter().map(group_ref);
                answers.staff_groups.extend(groups);
                Read::Complete(seen)
            }
        };
        all.insert(id, read);
    }
    answers.permissions.actors = Some(all);
}

fn scheme_of(scheme: Result<PermissionScheme, ApiError>) -> Read<ObservedScheme> {
    match scheme {
        Err(error) => Read::Incomplete(error.incomplete()),
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
