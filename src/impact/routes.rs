//! The ways into a portal, as keys that can be compared between two states, and in the words of a report.

use super::view;
use crate::access::portal::{self, Route};
use crate::access::{Actor, State, Status, Visitor};
use crate::neutral::named;

/// A way into a portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Way {
    /// On the project's list of customers (V1).
    Roster,
    /// A member of this organization, which is linked (V1).
    Organization(u32),
    /// The project is open (V2).
    Open,
    /// Among the people of this number whom the permission scheme or a role lets in.
    Circle(u32),
    /// An agent or administrator.
    Staff,
    /// The permission scheme leaks (V7).
    Leak,
    /// By signing up.
    SelfService,
    /// Without login (V2).
    WithoutLogin,
}

/// The ways in, the firmest first.
pub(super) fn ways(state: &State<'_>, at: usize, visitor: &Option<Visitor<'_>>) -> Vec<Way> {
    let Some(visitor) = visitor else {
        return Vec::new();
    };
    let project = &state.projects[at];
    let actors: &[Actor<'_>] = match visitor {
        Visitor::Existing(actors) => actors,
        Visitor::Anonymous => return vec![Way::WithoutLogin],
        Visitor::New(_) if view(state, at, visitor).exposes() => return vec![Way::SelfService],
        _ => return Vec::new(),
    };
    let mut ways = Vec::new();
    for actor in actors {
        if actor.account.status == Status::Disabled {
            if view(state, at, &Visitor::Anonymous).exposes() {
                ways.push(Way::WithoutLogin);
            }
            continue;
        }
        for route in portal::routes(at, project, actor) {
            ways.push(match route {
                Route::Roster { .. } => Way::Roster,
                Route::Organization { organization, .. } => Way::Organization(organization),
                Route::Open => Way::Open,
                Route::Circle(found) => Way::Circle(found.circle),
                Route::Staff => Way::Staff,
                Route::Leak => Way::Leak,
            });
        }
    }
    ways
}

/// The ways of one list that are not in the other.
pub(super) fn minus(these: &[Way], those: &[Way]) -> Vec<Way> {
    let kept = these.iter().filter(|way| !those.contains(way));
    kept.copied().collect()
}

/// Ways as one phrase.
pub(super) fn words(state: &State<'_>, at: usize, ways: &[Way]) -> String {
    let words: Vec<String> = ways.iter().map(|way| word(state, at, *way)).collect();
    words.join(" and ")
}

/// The list or class that a way is about; `None` where it is about neither.
pub(super) fn list(state: &State<'_>, at: usize, way: Way) -> Option<String> {
    match way {
        Way::Roster => Some(format!("customers:{}", state.projects[at].key)),
        Way::Organization(organization) => {
            let found = state.organizations.get(organization as usize)?;
            Some(format!("organization:{}", found.name))
        }
        Way::Open => Some("any_customer".to_owned()),
        Way::Circle(_) | Way::Staff | Way::Leak | Way::SelfService | Way::WithoutLogin => None,
    }
}

fn word(state: &State<'_>, at: usize, way: Way) -> String {
    match way {
        Way::Roster => "the list of customers".to_owned(),
        Way::Organization(organization) => {
            let found = state.organizations.get(organization as usize);
            let name = found.map_or("?", |organization| organization.name.as_str());
            format!("organization {}", named(name))
        }
        Way::Open => "open access".to_owned(),
        Way::Circle(circle) => {
            let circles = &state.projects[at].scheme.circles;
            let found = circles.get(circle as usize);
            found.map_or_else(|| "?".to_owned(), |circle| circle.route())
        }
        Way::Staff => "being an agent".to_owned(),
        Way::Leak => "the permission scheme".to_owned(),
        Way::SelfService => "self-service".to_owned(),
        Way::WithoutLogin => "the portal without login".to_owned(),
    }
}
