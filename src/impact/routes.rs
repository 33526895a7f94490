//! The ways into a portal, in the words of a report.

use super::view;
use crate::access::portal::{self, Route};
use crate::access::{Actor, State, Status, Visitor};

/// The ways in, in words, the firmest first.
pub(super) fn routes(
    state: &State<'_>,
    at: Option<usize>,
    visitor: &Option<Visitor<'_>>,
) -> Vec<String> {
    let (Some(at), Some(visitor)) = (at, visitor) else {
        return Vec::new();
    };
    let project = &state.projects[at];
    let actors: &[Actor<'_>] = match visitor {
        Visitor::Existing(actors) => actors,
        Visitor::New(_) if view(state, at, visitor).exposes() => {
            return vec!["self-service".to_owned()];
        }
        _ => return Vec::new(),
    };
    let mut words = Vec::new();
    for actor in actors {
        if actor.account.status == Status::Disabled {
            if view(state, at, &Visitor::Anonymous).exposes() {
                words.push("the portal without login".to_owned());
            }
            continue;
        }
        for route in portal::routes(at, project, actor) {
            words.push(match route {
                Route::Roster { .. } => "the roster".to_owned(),
                Route::Organization { organization, .. } => format!(
                    "organization {}",
                    state
                        .organizations
                        .get(organization as usize)
                        .map_or("?", |organization| organization.name.as_str())
                ),
                Route::Open => "open access".to_owned(),
                Route::Circle(found) => project
                    .scheme
                    .circles
                    .get(found.circle as usize)
                    .map_or_else(|| "?".to_owned(), |circle| circle.route()),
                Route::Staff => "being an agent".to_owned(),
                Route::Leak => "the permission scheme".to_owned(),
            });
        }
    }
    words
}

/// The routes of one list that are not in the other.
pub(super) fn minus(these: &[String], those: &[String]) -> Vec<String> {
    these
        .iter()
        .filter(|route| !those.contains(route))
        .cloned()
        .collect()
}

/// Routes as one phrase.
pub(super) fn words(routes: &[String]) -> String {
    routes.join(" and ")
}
