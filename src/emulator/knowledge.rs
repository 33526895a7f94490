//! The knowledge-base operations of the GraphQL gateway, and the rules K1 to K6 of who may be given articles.

use super::call::{Answer, Call};
use super::graphql::{Asked, Field};
use super::help_center_gateway::help_center;
use super::objects::{Project, Space};
use super::settings::ConfluencePlan;
use super::site::Site;
use crate::model::{ChannelAccess, ProjectKey, SpaceKey, WhoCanView};
use serde_json::{Value, json};

const AUDIENCES: [WhoCanView; 3] = [
    WhoCanView::Anyone,
    WhoCanView::AllLoggedIn,
    WhoCanView::OnlyConfluenceUsers,
];

/// Carries out a query.
pub(super) fn look_up(site: &Site, call: &Call<'_>, asked: &Asked) -> Answer {
    let data = asked.carry_out(|field| match field.name.as_str() {
        "knowledgeBase_linkedSources" => linked_sources(site, call, field),
        "helpCenter" => help_center(site, asked, field),
        _ => bulk_query(site, field),
    });
    Answer::json(200, &data)
}

/// Carries out a mutation.
pub(super) fn mutate(site: &mut Site, asked: &Asked) -> Answer {
    let data = asked.carry_out(|field| match field.name.as_str() {
        "knowledgeBase_linkSources" => link_sources(site, field),
        "knowledgeBase_unlinkSources" => unlink_sources(site, field),
        "knowledgeBase_updateSourceViewPermission" => update_source(site, field),
        _ => update_space(site, field),
    });
    Answer::json(200, &data)
}

impl Site {
    /// Returns the ARI of a space.
    pub(super) fn space_ari(&self, space: &Space) -> String {
        format!(
            "ari:cloud:confluence:{}:space/{}",
            self.cloud_id(),
            space.id
        )
    }

    /// Says whether a space's articles may be given to an audience, as seen from one project or from all that link it.
    pub(super) fn may_view(
        &self,
        key: &SpaceKey,
        project: Option<&Project>,
        who: WhoCanView,
    ) -> bool {
        let open = |p: &Project| p.channel_access == ChannelAccess::Open;
        match who {
            WhoCanView::OnlyConfluenceUsers => true,
            WhoCanView::AllLoggedIn => self.settings.kb_allow_all_logged_in,
            WhoCanView::Anyone => {
                let portal_open = match project {
                    Some(project) => open(project),
                    None => self
                        .projects
                        .values()
                        .any(|p| p.knowledge_base.contains(key) && open(p)),
                };
                self.settings.kb_allow_anyone
                    && self.confluence_plan >= ConfluencePlan::Standard
                    && portal_open
                    && self.settings.view_without_login
                    && self.spaces.get(key).is_some_and(|s| s.anonymous_access)
            }
        }
    }

    /// Links a space as people do: where nothing linked it before, any active user can then view it, if the site allows that.
    pub(super) fn link_space_by_hand(&mut self, key: &ProjectKey, space: &SpaceKey) {
        let linked = self
            .projects
            .values()
            .any(|p| p.knowledge_base.contains(space));
        if let Some(project) = self.projects.get_mut(key) {
            project.knowledge_base.insert(space.clone());
        }
        if !linked
            && self.settings.kb_allow_all_logged_in
            && let Some(state) = self.spaces.get_mut(space)
            && state.who_can_view == WhoCanView::OnlyConfluenceUsers
        {
            state.view_by(WhoCanView::AllLoggedIn);
        }
    }

    fn space_by_ari(&self, ari: &str) -> Option<(&SpaceKey, &Space)> {
        let (site, id) = ari
            .strip_prefix("ari:cloud:confluence:")?
            .split_once(":space/")?;
        let id = id.parse().ok().filter(|_| site == self.cloud_id().as_str());
        self.spaces.iter().find(|(_, space)| Some(space.id) == id)
    }

    fn project_by(&self, field: &Field) -> Option<&Project> {
        if !self.cloud_fits(field) {
            return None;
        }
        let wanted = field.arguments.get("projectIdentifier")?.as_str()?;
        self.projects
            .values()
            .find(|p| p.key.as_str() == wanted || wanted.parse() == Ok(p.id))
    }

    fn cloud_fits(&self, field: &Field) -> bool {
        field.arguments.get("cloudId").and_then(Value::as_str) == Some(self.cloud_id().as_str())
    }
}

const fn word(who: WhoCanView) -> &'static str {
    match who {
        WhoCanView::Anyone => "ANONYMOUS_USERS",
        WhoCanView::AllLoggedIn => "CONFLUENCE_UNLICENSED_USERS",
        WhoCanView::OnlyConfluenceUsers => "CONFLUENCE_LICENSED_USERS",
    }
}

fn audience(value: &Value) -> Option<WhoCanView> {
    AUDIENCES
        .into_iter()
        .find(|who| Some(word(*who)) == value.as_str())
}

fn permissions(
    site: &Site,
    key: &SpaceKey,
    project: Option<&Project>,
    names: (&str, &str),
) -> Value {
    let space = &site.spaces[key];
    let (valid, invalid): (Vec<WhoCanView>, Vec<WhoCanView>) = AUDIENCES
        .into_iter()
        .partition(|who| site.may_view(key, project, *who));
    let words = |list: Vec<WhoCanView>| list.into_iter().map(word).collect::<Vec<_>>();
    json!({
        "__typename": names.0,
        "viewPermission": {
            "__typename": names.1, "currentPermission": word(space.who_can_view),
            "validPermissions": words(valid), "invalidPermissions": words(invalid),
        },
        "editPermission": {
            "__typename": names.1, "currentPermission": word(WhoCanView::OnlyConfluenceUsers),
            "validPermissions": [word(WhoCanView::OnlyConfluenceUsers)], "invalidPermissions": [],
        },
    })
}

fn source_permissions(site: &Site, key: &SpaceKey, project: &Project) -> Value {
    permissions(
        site,
        key,
        Some(project),
        (
            "KnowledgeBaseSourcePermissionsResponse",
            "KnowledgeBaseSourcePermissionDetailV2",
        ),
    )
}

fn space_permissions(site: &Site, key: &SpaceKey) -> Value {
    permissions(
        site,
        key,
        None,
        (
            "KnowledgeBaseSpacePermission",
            "KnowledgeBaseSpacePermissionDetail",
        ),
    )
}

fn query_error(message: &str) -> Value {
    json!({
        "__typename": "QueryError", "identifier": null, "message": message,
        "extensions": [{"__typename": "QueryErrorExtension", "errorType": "NOT_FOUND", "statusCode": 404}],
    })
}

fn mutation_error(kind: &str, status: u16, message: &str) -> Value {
    json!({
        "__typename": "MutationError", "message": message,
        "extensions": {"__typename": "MutationErrorExtension", "errorType": kind, "statusCode": status},
    })
}

fn linked_sources(site: &Site, call: &Call<'_>, field: &Field) -> Value {
    let Some(project) = site.project_by(field) else {
        return query_error("The project does not exist.");
    };
    let sources: Vec<Value> = project
        .knowledge_base
        .iter()
        .filter_map(|key| {
            let space = site.spaces.get(key)?;
            Some(json!({
                "__typename": "KnowledgeBaseLinkedSource",
                "name": space.name,
                "permissions": source_permissions(site, key, project),
                "sourceARI": site.space_ari(space),
                "sourceId": space.id.to_string(),
                "sourceType": "CONFLUENCE_SPACE",
                "sourceVisibility": "EXTERNAL",
                "url": format!("{}/wiki/spaces/{key}", call.base),
            }))
        })
        .collect();
    json!({
        "__typename": "KnowledgeBaseLinkedSources",
        "linkedSources": sources,
        "inaccessibleLinkedSources": [],
    })
}

fn bulk_query(site: &Site, field: &Field) -> Value {
    let aris = field.arguments.get("spaceAris").and_then(Value::as_array);
    aris.into_iter()
        .flatten()
        .map(|ari| {
            let found = ari
                .as_str()
                .filter(|_| site.cloud_fits(field))
                .and_then(|ari| site.space_by_ari(ari));
            match found {
                Some((key, _)) => json!({
                    "__typename": "KnowledgeBaseSpacePermissionResponse",
                    "spaceAri": ari,
                    "permission": space_permissions(site, key),
                }),
                None => json!({
                    "__typename": "KnowledgeBaseSpacePermissionQueryError",
                    "spaceAri": ari,
                    "message": "The space does not exist.",
                    "extensions": [{"__typename": "QueryErrorExtension", "errorType": "NOT_FOUND", "statusCode": 404}],
                }),
            }
        })
        .collect()
}

fn link_sources(site: &mut Site, field: &Field) -> Value {
    let project = site.project_by(field).map(|p| p.key.clone());
    let sources = field.arguments.get("sources").and_then(Value::as_array);
    let results: Vec<Value> = sources
        .into_iter()
        .flatten()
        .map(|source| {
            let ari = source["sourceARI"].as_str().unwrap_or("");
            let space = site.space_by_ari(ari).map(|(key, _)| key.clone());
            let error = match (&project, &space) {
                (Some(project), Some(space)) => {
                    site.link_space_by_hand(project, space);
                    Value::Null
                }
                (None, _) => mutation_error("NOT_FOUND", 404, "The project does not exist."),
                (_, None) => mutation_error("NOT_FOUND", 404, "The space does not exist."),
            };
            json!({
                "__typename": "KnowledgeBaseLinkSourceResult",
                "sourceARI": source["sourceARI"],
                "sourceContainerARI": source["sourceContainerARI"],
                "sourceVisibility": source["visibility"],
                "success": error.is_null(),
                "mutationError": error,
            })
        })
        .collect();
    json!({"__typename": "KnowledgeBaseLinkSourcesResponse", "linkSourceResults": results})
}

fn unlink_sources(site: &mut Site, field: &Field) -> Value {
    let project = site.project_by(field).map(|p| p.key.clone());
    let sources = field
        .arguments
        .get("linkedSources")
        .and_then(Value::as_array);
    let results: Vec<Value> = sources
        .into_iter()
        .flatten()
        .map(|source| {
            let by_id = |id: &str| site.spaces.iter().find(|(_, s)| id.parse() == Ok(s.id));
            let space = source["sourceARI"]
                .as_str()
                .and_then(|ari| site.space_by_ari(ari))
                .or_else(|| source["linkedSourceId"].as_str().and_then(by_id))
                .map(|(key, _)| key.clone());
            let removed = match (&project, &space) {
                (Some(project), Some(space)) => site
                    .projects
                    .get_mut(project)
                    .is_some_and(|project| project.knowledge_base.remove(space)),
                _ => false,
            };
            json!({
                "__typename": "KnowledgeBaseUnlinkSourceResult",
                "linkedSourceId": source["linkedSourceId"],
                "sourceARI": source["sourceARI"],
                "sourceVisibility": source["visibility"],
                "success": removed,
                "mutationError": if removed { Value::Null } else { mutation_error("NOT_FOUND", 404, "The source is not linked.") },
            })
        })
        .collect();
    json!({"__typename": "KnowledgeBaseUnlinkSourcesResponse", "unlinkSourceResults": results})
}

fn update_source(site: &mut Site, field: &Field) -> Value {
    let nothing = Value::Null;
    let request = field
        .arguments
        .get("permissionUpdateRequest")
        .unwrap_or(&nothing);
    let Some(project) = site.project_by(field).cloned() else {
        return mutation_error("NOT_FOUND", 404, "The project does not exist.");
    };
    let space = site
        .space_by_ari(request["sourceARI"].as_str().unwrap_or(""))
        .map(|(key, _)| key.clone())
        .filter(|key| project.knowledge_base.contains(key));
    let Some(space) = space else {
        return mutation_error("NOT_FOUND", 404, "The source is not linked.");
    };
    match set_audience(site, &space, Some(&project), &request["viewPermission"]) {
        Ok(()) => source_permissions(site, &space, &project),
        Err(error) => error,
    }
}

fn update_space(site: &mut Site, field: &Field) -> Value {
    let nothing = Value::Null;
    let input = field.arguments.get("input").unwrap_or(&nothing);
    let space = site
        .space_by_ari(input["spaceAri"].as_str().unwrap_or(""))
        .map(|(key, _)| key.clone())
        .filter(|_| {
            field.arguments.get("cloudId").is_none_or(Value::is_null) || site.cloud_fits(field)
        });
    let (error, permission) = match &space {
        Some(key) => (
            set_audience(site, key, None, &input["viewPermission"])
                .err()
                .unwrap_or_default(),
            space_permissions(site, key),
        ),
        None => (
            mutation_error("NOT_FOUND", 404, "The space does not exist."),
            Value::Null,
        ),
    };
    json!({
        "__typename": "KnowledgeBaseSpacePermissionMutationResponse",
        "success": error.is_null(),
        "error": error,
        "permission": permission,
    })
}

fn set_audience(
    site: &mut Site,
    key: &SpaceKey,
    project: Option<&Project>,
    wanted: &Value,
) -> Result<(), Value> {
    let Some(who) = audience(wanted) else {
        return Err(mutation_error(
            "BAD_REQUEST",
            400,
            "The permission does not exist.",
        ));
    };
    if !site.may_view(key, project, who) {
        return Err(mutation_error(
            "INVALID_PERMISSION",
            400,
            "The permission cannot be chosen with the present settings.",
        ));
    }
    if let Some(space) = site.spaces.get_mut(key) {
        space.view_by(who);
    }
    Ok(())
}
