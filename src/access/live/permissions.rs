//! What the permission scheme and the roles of a project say, as far as they were read: leaks, breaks, agents.

use super::NOT_ASKED;
use crate::access::answer::Source;
use crate::access::people::{ListId, PeopleBuilder, Role};
use crate::access::scheme::{Circle, Part, Reading, Scheme};
use crate::access::state::Coverage;
use crate::model::{AccountId, AccountSet, Read, Surface};
use crate::neutral::named;
use crate::observed::{Observed, ObservedPermissions, SchemeGrant, SchemeHolder, Standing};
use std::collections::BTreeSet;

/// The role that holds apps.
const APPS: &str = "atlassian-addons-project-access";
const READ: Source = Source::Read(Surface::Documented);

/// Judges the scheme of a project, and puts people into the circles that it and the roles make.
///
/// `next` is the number of the next circle.
pub(super) fn scheme(
    seen: Option<&ObservedPermissions>,
    observed: &Observed,
    people: &mut PeopleBuilder<'_>,
    next: &mut u32,
) -> Scheme {
    let mut scheme = Scheme::default();
    let Some(seen) = seen else {
        return scheme;
    };
    let customers_role = seen.customers_role();
    match &seen.scheme {
        Read::Incomplete(why) => scheme.reading = Reading::Refused(why.why.to_string()),
        Read::Complete(read) => {
            scheme.reading = match (&seen.roles, uses_roles(&read.grants)) {
                (Read::Incomplete(why), true) => {
                    Reading::Refused(format!("the names of its roles were not read: {}", why.why))
                }
                _ => Reading::Done,
            };
            judge(&mut scheme, &read.grants, customers_role);
            scheme.unjudged.extend(browsing_roles(seen, &read.grants));
        }
    }
    let mut circles = Circles {
        next,
        seen,
        observed,
        circles: Vec::new(),
        people,
    };
    if let Read::Complete(read) = &seen.scheme {
        circles.of_grants(&read.grants);
    }
    let staff = circles.of_roles();
    circles.of_customers();
    scheme.circles = circles.circles;
    scheme.customers_unread = match &seen.customers {
        Some(Read::Incomplete(why)) => Some(why.why.to_string()),
        Some(Read::Complete(_)) | None => None,
    };
    scheme.staff = match (&seen.scheme, staff) {
        (Read::Incomplete(why), Coverage::Whole) => Coverage::Unread(why.why.to_string()),
        (_, staff) => staff,
    };
    scheme
}

const fn part_of(serves: bool) -> Part {
    if serves { Part::Serves } else { Part::Browses }
}

fn uses_roles(grants: &[SchemeGrant]) -> bool {
    grants
        .iter()
        .any(|grant| grant.holder.kind == SchemeHolder::ROLE)
}

/// V7, V8a, V8b.
fn judge(scheme: &mut Scheme, grants: &[SchemeGrant], customers_role: Option<&str>) {
    let customers_may = |permission: &str| {
        grants.iter().any(|grant| {
            grant.permission == permission && grant.holder.kind == SchemeHolder::PORTAL_ONLY
        })
    };
    scheme.lacks_portal_access =
        !customers_may(SchemeGrant::BROWSE) || !customers_may(SchemeGrant::CREATE);
    scheme.granted_to_customers_role = customers_role.is_some()
        && grants.iter().any(|grant| {
            grant.holder.kind == SchemeHolder::ROLE && grant.holder.id.as_deref() == customers_role
        });
    for grant in grants {
        if grant.permission != SchemeGrant::BROWSE {
            continue;
        }
        let id = grant.holder.id.as_deref().unwrap_or("?");
        let leak = match grant.holder.kind.as_str() {
            "userCustomField" => format!("to the value of the user custom field {id}"),
            "groupCustomField" => format!("to the value of the group custom field {id}"),
            "reporter" => "to the reporter".to_owned(),
            "applicationRole" => {
                scheme
                    .unjudged
                    .push("to users of an application".to_owned());
                continue;
            }
            "anyone" => {
                scheme.unjudged.push("to anyone".to_owned());
                continue;
            }
            _ => continue,
        };
        scheme.leaks_by.push(leak);
    }
    scheme.leaks_by.sort();
    scheme.leaks_by.dedup();
    scheme.leaks = !scheme.leaks_by.is_empty();
}

/// Roles that Browse Projects is granted to and that make neither agents nor administrators nor customers. The role in which
/// Atlassian puts apps is left out: every project has it, and no person is in it.
fn browsing_roles(seen: &ObservedPermissions, grants: &[SchemeGrant]) -> BTreeSet<String> {
    let staff = seen.staff_roles();
    let Read::Complete(roles) = &seen.roles else {
        return BTreeSet::new();
    };
    grants
        .iter()
        .filter(|grant| {
            grant.permission == SchemeGrant::BROWSE && grant.holder.kind == SchemeHolder::ROLE
        })
        .filter_map(|grant| grant.holder.id.as_deref())
        .filter(|id| !staff.contains(id))
        .filter_map(|id| roles.get(id))
        .filter(|name| !ObservedPermissions::is_customers(name) && *name != APPS)
        .map(|name| format!("to the role {name}"))
        .collect()
}

/// The circles of a project, while they are gathered.
struct Circles<'p, 'a> {
    next: &'p mut u32,
    seen: &'p ObservedPermissions,
    observed: &'p Observed,
    circles: Vec<Circle>,
    people: &'p mut PeopleBuilder<'a>,
}

impl Circles<'_, '_> {
    /// Groups and people whom the scheme names.
    fn of_grants(&mut self, grants: &[SchemeGrant]) {
        let mut groups: BTreeSet<(Part, String)> = BTreeSet::new();
        let mut people_named: [AccountSet; 2] = Default::default();
        for grant in grants {
            let serves = grant.makes_staff();
            if !serves && grant.permission != SchemeGrant::BROWSE {
                continue;
            }
            match (grant.holder.kind.as_str(), &grant.holder.id) {
                (SchemeHolder::GROUP, _) => {
                    groups.insert((part_of(serves), grant.holder.group()));
                }
                (SchemeHolder::USER, Some(id)) => {
                    people_named[usize::from(serves)].insert(AccountId::new(id.clone()));
                }
                _ => {}
            }
        }
        for (part, name) in groups {
            self.group(format!("group {}", named(&name)), name, part);
        }
        for (serves, people) in [false, true].into_iter().zip(people_named) {
            if !people.is_empty() {
                let name = "named in the permission scheme".to_owned();
                self.circle(name, None, part_of(serves), Ok(&people));
            }
        }
    }

    /// People and groups in roles that make agents and administrators; returns whether all of that was read.
    fn of_roles(&mut self) -> Coverage {
        let roles = match &self.seen.roles {
            Read::Complete(roles) => roles,
            Read::Incomplete(why) => return Coverage::Unread(why.why.to_string()),
        };
        let Some(actors) = &self.seen.actors else {
            return Coverage::Unread(NOT_ASKED.to_owned());
        };
        let mut coverage = Coverage::Whole;
        for (id, read) in actors {
            let role = roles.get(id).map_or(id.as_str(), String::as_str);
            match read {
                Read::Incomplete(why) => {
                    coverage = Coverage::Unread(format!("role {}: {}", named(role), why.why));
                }
                Read::Complete(actors) => {
                    self.circle(
                        format!("role {}", named(role)),
                        None,
                        Part::Serves,
                        Ok(&actors.people),
                    );
                    for name in &actors.groups {
                        let both = format!("group {} in role {}", named(name), named(role));
                        self.group(both, name.clone(), Part::Serves);
                    }
                }
            }
        }
        coverage
    }

    /// Groups in the role of the project's customers. People in it are the project's list of customers already.
    fn of_customers(&mut self) {
        let Some(Read::Complete(customers)) = &self.seen.customers else {
            return;
        };
        for group in &customers.groups {
            let members = match self
                .observed
                .groups
                .get(group.key())
                .map(|seen| &seen.members)
            {
                Some(Read::Complete(members)) => Ok(members),
                Some(Read::Incomplete(why)) => Err(why.why.to_string()),
                None => Err(NOT_ASKED.to_owned()),
            };
            let name = Circle::of_customers(&group.name);
            self.circle(name, Some(group.name.clone()), Part::Customers, members);
        }
    }

    fn group(&mut self, name: String, group: String, part: Part) {
        let members = match self.seen.groups.get(&group) {
            Some(Read::Complete(members)) => Ok(members),
            Some(Read::Incomplete(why)) => Err(why.why.to_string()),
            None => Err(NOT_ASKED.to_owned()),
        };
        self.circle(name, Some(group), part, members);
    }

    fn circle(
        &mut self,
        name: String,
        group: Option<String>,
        part: Part,
        members: Result<&AccountSet, String>,
    ) {
        let id = *self.next;
        *self.next += 1;
        for member in members.iter().copied().flatten() {
            let Some(person) = self.people.find_account(member) else {
                continue;
            };
            let account = self.people.account_mut(person);
            // Somebody without a licence is no agent by being in a role; what else the account may do is not known (Q4).
            let unlicensed = self
                .observed
                .accounts
                .get(member)
                .is_some_and(|seen| seen.standing == Standing::Customer);
            // A group in a role licenses nobody, and of its members it is not known who has a licence.
            let perhaps_licensed = match account.role {
                Role::Staff => true,
                Role::Customer | Role::Unknown => group.is_none(),
                Role::None => false,
            };
            if part == Part::Serves && !unlicensed && perhaps_licensed {
                account.role = Role::Staff;
            }
            // The directory was asked for customers; whether somebody else is an agent is another question.
            if part == Part::Serves && !unlicensed && account.role == Role::None {
                account.role = Role::Unknown;
            }
            self.people.join(person, ListId::Circle(id), READ);
        }
        self.circles.push(Circle {
            id,
            name,
            group,
            part,
            size: members.as_ref().ok().map(|members| members.len()),
            members: match members {
                Ok(_) => Coverage::Whole,
                Err(why) => Coverage::Unread(why),
            },
        });
    }
}
