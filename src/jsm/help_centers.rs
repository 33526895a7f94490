//! Help centers with who may enter each, over the GraphQL gateway (surface `gateway`). Reading only.
//!
//! Support sites of Customer Service Management are help centers too. Their documented REST calls want an id that only this
//! list tells, and tell no more than it does.

use super::call::Call;
use super::error::{ApiError, shortened};
use super::gateway::{Extensions, failure, operation, run};
use super::http::Http;
use crate::model::{Audience, Field, HelpCenter};
use serde::Deserialize;
use serde_json::json;

/// How many pages are read; no site is known to have as many help centers.
const PAGES: usize = 20;
/// Rows per page, and how many organizations of a help center are told by name.
const ROWS: usize = 50;

pub(super) const HELP_CENTERS: &str = "\
query helpCenter_helpCenters($cloudId: ID!, $workspace: ID!, $sort: HelpCenterSortOrder!, $first: Int, $after: String) {
  helpCenter(cloudId: $cloudId) {
    helpCenters(workspaceAri: $workspace, sortOrder: $sort, first: $first, after: $after) {
      nodes {
        __typename
        ... on HelpCenter {
          name { default }
          type @optIn(to: \"HelpCenterTypeTest\")
          permissionSettings {
            __typename
            ... on HelpCenterPermissionSettings {
              accessControlType
              hydratedAllowedAccessGroups(first: $first) { totalCount edges { node { organizationName } } }
            }
            ... on QueryError { message extensions { errorType statusCode } }
          }
        }
        ... on QueryError { message extensions { errorType statusCode } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}";

/// Lists the help centers of the site.
pub(super) async fn list(http: &Http) -> Result<Vec<HelpCenter>, ApiError> {
    let cloud_id = http.target().cloud_id(http).await?;
    let workspace = format!("ari:cloud:jira::site/{cloud_id}");
    let (mut centers, mut after) = (Vec::new(), None::<String>);
    for _ in 0..PAGES {
        let variables = json!({"cloudId": cloud_id.as_str(), "workspace": workspace, "sort": "CREATED_DATE_ASCENDING", "first": ROWS, "after": after});
        let call = Call {
            writes: false,
            ..operation("helpCenter_helpCenters", HELP_CENTERS, &variables)
        };
        let (answer, data) = run::<Data>(http, call).await?;
        let page = data
            .api
            .and_then(|api| api.centers)
            .ok_or_else(|| answer.unreadable("the answer holds no help centers"))?;
        for node in page.nodes.unwrap_or_default() {
            match node {
                Node {
                    typename,
                    name: Some(name),
                    kind,
                    settings,
                    ..
                } if typename == "HelpCenter" => centers.push(HelpCenter {
                    name: name.default,
                    customer_service: kind.as_deref() == Some("CUSTOMER_SERVICE"),
                    audience: audience(settings),
                }),
                node => {
                    let extensions = node.extensions.unwrap_or_default();
                    return Err(failure(&answer, node.message, extensions.first()));
                }
            }
        }
        match (page.page_info.has_next_page, page.page_info.end_cursor) {
            (true, Some(cursor)) if after.as_ref() != Some(&cursor) => after = Some(cursor),
            (true, _) => {
                return Err(answer.unreadable("the list says that it goes on, and not where"));
            }
            (false, _) => return Ok(centers),
        }
    }
    Err(ApiError::new(
        super::ErrorKind::Unreadable,
        format!("the site has more than {} help centers", PAGES * ROWS),
    ))
}

/// What cannot be told of one help center says nothing of the others.
fn audience(settings: Option<Settings>) -> Field<Audience> {
    let unknown = |why: &str| Field::Unknown(format!("the gateway says: {}", shortened(why)));
    let Some(settings) = settings else {
        return Field::Unknown("the gateway does not tell it".to_owned());
    };
    Field::Known(match settings.access.as_deref() {
        Some("PUBLIC") => Audience::Public,
        Some("EXTERNAL") => Audience::External,
        Some("INTERNAL") => Audience::Internal,
        Some("GROUP_BASED") => {
            let groups = settings.groups.unwrap_or_default();
            let edges = groups.edges.unwrap_or_default().into_iter();
            let names: Vec<String> = edges.filter_map(|edge| edge?.node?.name).collect();
            let more = groups.total.unwrap_or(0).saturating_sub(names.len() as u64);
            Audience::Organizations(names, more)
        }
        Some(word) => return unknown(word),
        None => return unknown(settings.message.as_deref().unwrap_or("nothing")),
    })
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "helpCenter")]
    api: Option<Api>,
}

#[derive(Deserialize)]
struct Api {
    #[serde(rename = "helpCenters")]
    centers: Option<Page>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    nodes: Option<Vec<Node>>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Deserialize)]
struct Node {
    #[serde(rename = "__typename")]
    typename: String,
    name: Option<Name>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(rename = "permissionSettings")]
    settings: Option<Settings>,
    message: Option<String>,
    extensions: Option<Vec<Extensions>>,
}

#[derive(Deserialize)]
struct Name {
    default: String,
}

#[derive(Deserialize)]
struct Settings {
    #[serde(rename = "accessControlType")]
    access: Option<String>,
    #[serde(rename = "hydratedAllowedAccessGroups")]
    groups: Option<Groups>,
    message: Option<String>,
}

#[derive(Deserialize, Default)]
struct Groups {
    #[serde(rename = "totalCount")]
    total: Option<u64>,
    edges: Option<Vec<Option<Edge>>>,
}

#[derive(Deserialize)]
struct Edge {
    node: Option<Organization>,
}

#[derive(Deserialize)]
struct Organization {
    #[serde(rename = "organizationName")]
    name: Option<String>,
}
