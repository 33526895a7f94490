//! Lints about knowledge-base articles: L19 to L25, L27, L30.

use super::{Scene, settings};
use crate::access::{Fact, Project, Source};
use crate::config::{Ability, ConfluencePlan};
use crate::model::{ChannelAccess, SpaceKey, WhoCanView};
use crate::neutral::named;

pub(super) fn judge(scene: &mut Scene<'_, '_>) {
    let state = scene.state;
    for project in &state.projects {
        for (space, viewers) in &project.spaces {
            let Fact::Known(viewers, source) = viewers else {
                continue;
            };
            match viewers {
                WhoCanView::Anyone => anyone(scene, project, space, *source),
                WhoCanView::AllLoggedIn => all_logged_in(scene, project, space, *source),
                WhoCanView::OnlyConfluenceUsers => only_users(scene, project, space, *source),
            }
        }
    }
}

/// L19 to L24: `anyone` and the prerequisites K1 to K4.
fn anyone(scene: &mut Scene<'_, '_>, project: &Project, space: &SpaceKey, source: Source) {
    let state = scene.state;
    let site = &state.site;
    let (key, name) = (project.key.as_str(), space.as_str());
    let anonymous = state
        .spaces
        .get(space)
        .and_then(|space| space.anonymous_access.value().copied());
    let failing = [
        (
            "L19",
            site.no_login.value() == Some(&false),
            "portals cannot be viewed without login",
            "set `view_without_login: true`, or `who_can_view: all_logged_in`",
        ),
        (
            "L20",
            project.channel_access.value() == Some(&ChannelAccess::Restricted),
            "the project is restricted",
            "open the project, or set `who_can_view: all_logged_in`",
        ),
        (
            "L21",
            site.kb_anyone.value() == Some(&false),
            "the site's `knowledge_base.allow_anyone` is off",
            "turn it on, or set `who_can_view: all_logged_in`",
        ),
        (
            "L22",
            site.confluence_plan.value() == Some(&ConfluencePlan::Free),
            "Confluence is on the Free plan",
            "upgrade, or set `who_can_view: all_logged_in`",
        ),
        (
            "L23",
            anonymous == Some(false),
            "Confluence does not let anonymous people view the space",
            "grant anonymous access in Confluence, or set `who_can_view: all_logged_in`",
        ),
    ];
    let parts = ["project", key, "knowledge-base", name];
    for (code, fails, why, hint) in failing {
        if fails {
            let message = format!(
                "`who_can_view: anyone` of space {name} in `{key}` cannot work: {why}",
                name = named(name)
            );
            scene.report(code, &parts, Some(source), message, hint);
        }
    }
    scene.report(
        "L24",
        &parts,
        Some(source),
        format!("articles of space {name} in `{key}` can be viewed by anyone, and search engines index them", name = named(name)),
        "set `who_can_view: all_logged_in`, or acknowledge L24 with a reason",
    );
}

/// L25 and L27: `all_logged_in`, its prerequisites K5 and K6, and who that is.
fn all_logged_in(scene: &mut Scene<'_, '_>, project: &Project, space: &SpaceKey, source: Source) {
    let state = scene.state;
    let (key, name) = (project.key.as_str(), space.as_str());
    let parts = ["project", key, "knowledge-base", name];
    let unlicensed = state
        .spaces
        .get(space)
        .and_then(|space| space.unlicensed_access.value().copied());
    let mut why = Vec::new();
    if state.site.kb_all_logged_in.value() == Some(&false) {
        why.push("the site's `knowledge_base.allow_all_logged_in` is off");
    }
    if unlicensed == Some(false) {
        why.push("the space's `unlicensed_access` is off");
    }
    if !why.is_empty() {
        scene.report(
            "L25",
            &parts,
            Some(source),
            format!("`who_can_view: all_logged_in` of space {name} in `{key}` falls to licensed users only: {}", why.join(" and "), name = named(name)),
            "turn on what is named, or set `who_can_view: only_confluence_users`",
        );
    }
    if settings::is_public(scene) {
        scene.report(
            "L27",
            &parts,
            Some(source),
            format!("articles of space {name} in `{key}` are for everybody who is logged in, and anyone on the web can sign up", name = named(name)),
            "limit who can sign up, or acknowledge L27 with a reason",
        );
    }
}

/// L30: articles that are promised to customers, but only for people with Confluence access.
fn only_users(scene: &mut Scene<'_, '_>, project: &Project, space: &SpaceKey, source: Source) {
    let desired = scene.desired;
    let (key, name) = (project.key.as_str(), space.as_str());
    let promise = desired.law.expectations.iter().find(|expectation| {
        let named = |patterns: &[crate::diagnostic::Located<String>]| {
            patterns
                .iter()
                .any(|pattern| pattern.value == "*" || pattern.value == key)
        };
        expectation.can
            && expectation.ability.value == Ability::ReadArticle
            && expectation.site.value == desired.site.key
            && expectation
                .space
                .as_ref()
                .is_some_and(|wanted| wanted.value == *space)
            && named(&expectation.projects)
            && !named(&expectation.except)
    });
    if let Some(promise) = promise {
        scene.report(
            "L30",
            &["project", key, "knowledge-base", name],
            Some(source),
            format!("the expectation {} promises articles of space {name} in `{key}`, which only Confluence users can view", named(&promise.name), name = named(name)),
            "set `who_can_view: all_logged_in`, or drop the expectation",
        );
    }
}
