//! Whether people reach a portal, situation by situation: those who are on no list of the project are judged once by their account.

use super::view;
use crate::access::{Account, Answer, ListId, Situation, State, Visitor};
use crate::model::ManyMap;

/// The views of one project.
pub(super) struct Views<'s, 'a> {
    state: &'s State<'a>,
    at: usize,
    plain: ManyMap<Account, Answer>,
}

impl<'s, 'a> Views<'s, 'a> {
    /// Begins with the project at a position.
    pub(super) fn of(state: &'s State<'a>, at: usize) -> Self {
        Self {
            state,
            at,
            plain: ManyMap::default(),
        }
    }

    /// Says whether people in a situation reach it. Where their lists are of other projects, their account alone decides.
    pub(super) fn view(&mut self, situation: Situation<'_>) -> Answer {
        let (state, at) = (self.state, self.at);
        let judged = |lists: &[ListId]| {
            let account = situation.account;
            view(state, at, &Visitor::situation(Situation { account, lists }))
        };
        match situation.lists.iter().all(|list| self.is_elsewhere(*list)) {
            true => {
                let plain = self.plain.entry(situation.account);
                *plain.or_insert_with(|| judged(&[]))
            }
            false => judged(situation.lists),
        }
    }

    /// Says whether a list opens other projects at most.
    fn is_elsewhere(&self, list: ListId) -> bool {
        match list {
            ListId::Organization(of) | ListId::PerhapsOrganization(of) => {
                let links = &self.state.projects[self.at].organizations;
                links
                    .binary_search_by_key(&of, |link| link.organization)
                    .is_err()
            }
            ListId::Roster(of) | ListId::PerhapsRoster(of) => of as usize != self.at,
            ListId::Circle(_) | ListId::PerhapsCircle(_) | ListId::PerhapsByDomain => false,
        }
    }
}
