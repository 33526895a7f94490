//! Who reads the articles of a linked space: section 5 of the access model, K1 to K11.
//!
//! Written from that table alone. Where it leaves a cell open, this sandbox chooses: `anyone` without its prerequisites counts
//! as all logged-in people (Q17); those read an article in the portal of its project, so they have to see that (Q19); and
//! agents hold a Confluence licence, customers only where they were given one.

use super::accounts::App;
use super::objects::Space;
use super::settings::ConfluencePlan;
use super::site::Site;
use super::visit::Caller;
use crate::model::{ProjectKey, SpaceKey, WhoCanView};

impl Site {
    /// Says whether a caller reads the articles of a space in the portal of a project that links it.
    ///
    /// An article is a page without restrictions of its own (K8).
    pub fn shows_articles(&self, key: &ProjectKey, space: &SpaceKey, caller: Caller<'_>) -> bool {
        let linked = self
            .projects
            .get(key)
            .is_some_and(|project| project.knowledge_base.contains(space));
        let Some(state) = self.spaces.get(space).filter(|_| linked) else {
            return false;
        };
        if state.who_can_view == WhoCanView::Anyone && self.is_public(key, state) {
            return true;
        }
        let Caller::Account(id) = caller else {
            return false;
        };
        let Some(account) = self.account(id).filter(|account| account.state.is_active()) else {
            return false;
        };
        let for_all = state.who_can_view != WhoCanView::OnlyConfluenceUsers
            && self.settings.kb_allow_all_logged_in
            && state.unlicensed_access;
        (for_all && self.shows_portal(key, caller))
            || self.is_agent(account)
            || self.uses(account, App::Confluence)
    }

    /// K1 to K4.
    fn is_public(&self, key: &ProjectKey, space: &Space) -> bool {
        self.settings.kb_allow_anyone
            && self.confluence_plan != ConfluencePlan::Free
            && self.shows_portal(key, Caller::Anonymous)
            && space.anonymous_access
    }
}
