//! What worlds want and what their plans do, by kind, so that no kind of wish goes untried.

use portcullis::config::{AutoJoined, Create, Mode, OrganizationState, Roster};
use portcullis::desired::Desired;
use portcullis::plan::{Change, Effect, Reason};
use std::collections::BTreeSet;

/// The kinds, each with the number of worlds among those that every build tries in which it must be found: wished for, or carried out.
pub(crate) const KINDS: [(&str, u64); 32] = [
    (
        "wished: a group that stays beside those that are listed",
        51,
    ),
    ("wished: a group list that is the whole list", 52),
    ("wished: a group with its id", 39),
    ("wished: a person revoked", 36),
    ("wished: a person made a customer", 27),
    ("wished: roles taken", 25),
    ("wished: a person absent", 46),
    ("wished: a person listed who leaves", 25),
    ("wished: an organization under its previous name", 52),
    ("wished: an organization renamed by its id", 57),
    ("wished: an organization that is over", 22),
    ("wished: an organization until today or later", 43),
    ("wished: a link that is over", 21),
    ("wished: a link until today or later", 36),
    ("wished: an entry that is over", 114),
    ("wished: an entry until today or later", 118),
    ("wished: an invitation", 33),
    ("wished: auto-joined people removed", 81),
    ("wished: previous domains", 60),
    ("wished: a new person", 118),
    ("wished: a previous address", 120),
    ("done: a group comes", 45),
    ("done: a group goes", 3),
    ("done: access ends", 12),
    ("done: the role Customer is given", 6),
    ("done: roles are taken", 2),
    ("done: a rename", 38),
    ("done: a link ends", 9),
    ("done: an organization retires", 15),
    ("done: an entry ends", 15),
    ("done: a person leaves every list", 29),
    ("done: an invitation", 6),
];

/// What a world's workspace wants.
pub(crate) fn wished(desired: &Desired<'_>) -> BTreeSet<&'static str> {
    let mut kinds = BTreeSet::new();
    let mut put = |is: bool, kind: &'static str| {
        if is {
            kinds.insert(kind);
        }
    };
    let site = desired.site;
    for person in site.people.values() {
        put(person.revoked, "wished: a person revoked");
        put(!person.revoked, "wished: a person absent");
    }
    for role in site.roles.values() {
        put(true, "wished: a person made a customer");
        put(!role.take_away.is_empty(), "wished: roles taken");
    }
    for organization in site.organizations.values() {
        let until = organization.until.is_some();
        let retired = organization.state.value == OrganizationState::Retired;
        put(until && retired, "wished: an organization that is over");
        put(
            until && !retired,
            "wished: an organization until today or later",
        );
        put(
            organization.previous_name.is_some(),
            "wished: an organization under its previous name",
        );
        put(
            organization.id.is_some(),
            "wished: an organization renamed by its id",
        );
    }
    for project in site.projects.values() {
        for link in project.organizations.iter().flat_map(|links| &links.dated) {
            let over = link.until < desired.today;
            put(over, "wished: a link that is over");
            put(!over, "wished: a link until today or later");
        }
        if let Some(groups) = &project.customer_groups {
            let exact = groups.mode == Mode::Exact;
            put(exact, "wished: a group list that is the whole list");
            put(
                !exact,
                "wished: a group that stays beside those that are listed",
            );
            let with_id = groups.list.iter().any(|group| group.id.is_some());
            put(with_id, "wished: a group with its id");
        }
    }
    let members = site.organizations.values().map(|one| one.members.as_ref());
    let customers = site.projects.values().map(|one| one.customers.as_ref());
    for roster in members.chain(customers).flatten() {
        kinds.extend(of_list(desired, roster));
    }
    kinds
}

fn of_list(desired: &Desired<'_>, roster: &Roster) -> BTreeSet<&'static str> {
    let mut kinds = BTreeSet::new();
    let mut put = |is: bool, kind: &'static str| {
        if is {
            kinds.insert(kind);
        }
    };
    put(roster.create == Create::Invite, "wished: an invitation");
    put(
        roster.auto_joined == AutoJoined::Remove,
        "wished: auto-joined people removed",
    );
    put(
        !roster.previous_domains.is_empty(),
        "wished: previous domains",
    );
    let left = |email: &portcullis::model::Email| desired.site.people.contains_key(email);
    for entry in &roster.entries {
        if let portcullis::config::Who::Email(email) = &entry.who {
            put(left(email), "wished: a person listed who leaves");
        }
        let Some(extra) = &entry.extra else { continue };
        put(extra.new_person, "wished: a new person");
        put(extra.previous_email.is_some(), "wished: a previous address");
        if let Some(until) = extra.until {
            let over = until < desired.today;
            put(over, "wished: an entry that is over");
            put(!over, "wished: an entry until today or later");
        }
    }
    kinds
}

/// What a row does, where it is one of the kinds.
pub(crate) fn done(row: &Change) -> BTreeSet<&'static str> {
    let mut kinds = BTreeSet::new();
    kinds.extend(match (&row.effect, row.reason) {
        (Effect::AddCustomerGroup(..), _) => Some("done: a group comes"),
        (Effect::RemoveCustomerGroup(..), _) => Some("done: a group goes"),
        (Effect::EndAccess(_), _) => Some("done: access ends"),
        (Effect::RenameOrganization(..), _) => Some("done: a rename"),
        (Effect::Unlink(..), Reason::Expired) => Some("done: a link ends"),
        (Effect::Unlink(..), Reason::Retired) => Some("done: an organization retires"),
        (Effect::RemoveMember(..) | Effect::RemoveCustomer(..), reason) => match reason {
            Reason::Expired => Some("done: an entry ends"),
            Reason::PersonAbsent => Some("done: a person leaves every list"),
            _ => None,
        },
        (
            Effect::CreateAccount {
                invited_to: Some(_),
                ..
            },
            _,
        ) => Some("done: an invitation"),
        _ => None,
    });
    if let Effect::BecomeCustomer { grant, takes, .. } = &row.effect {
        kinds.extend(grant.as_ref().map(|_| "done: the role Customer is given"));
        kinds.extend((!takes.is_empty()).then_some("done: roles are taken"));
    }
    kinds
}
