//! Help centers on the GraphQL gateway: their list, and who may enter each (`helpCenter` of the published types).

use super::graphql::{Asked, Field};
use super::help_centers::{Audience, HelpCenter};
use super::site::Site;
use serde_json::{Map, Value, json};

/// Answers `helpCenter`, whose fields take arguments of their own.
pub(super) fn help_center(site: &Site, asked: &Asked, field: &Field) -> Value {
    if field.arguments.get("cloudId").and_then(Value::as_str) != Some(site.cloud_id().as_str()) {
        return Value::Null;
    }
    let mut answer = Map::new();
    answer.insert("__typename".to_owned(), json!("HelpCenterQueryApi"));
    asked.each_of(field, &mut |inner| {
        let text = |name: &str| {
            inner
                .arguments
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or("")
        };
        let value = match inner.name.as_str() {
            "helpCenters" => connection(site, inner),
            "helpCenterById" => one(site, text("helpCenterAri"), center),
            "helpCenterPermissionSettings" => one(site, text("helpCenterAri"), settings),
            _ => return,
        };
        answer.insert(inner.own_key(), value);
    });
    Value::Object(answer)
}

fn ari(site: &Site, number: u32) -> String {
    format!("ari:cloud:help::help-center/{}/{number}", site.cloud_id())
}

fn connection(site: &Site, field: &Field) -> Value {
    let all = site.help_centers();
    let after: usize = field
        .arguments
        .get("after")
        .and_then(Value::as_str)
        .and_then(|cursor| cursor.parse().ok())
        .unwrap_or(0);
    let first = field.arguments.get("first").and_then(Value::as_u64);
    let first = first.and_then(|first| first.try_into().ok()).unwrap_or(50);
    let nodes: Vec<Value> = all
        .iter()
        .skip(after)
        .take(first)
        .map(|(number, name, state)| center(site, *number, name, state))
        .collect();
    let end = after + nodes.len();
    let edges: Vec<Value> = (after + 1..)
        .zip(&nodes)
        .map(|(cursor, node)| {
            json!({"__typename": "HelpCenterQueryResultEdge", "cursor": cursor.to_string(), "node": node})
        })
        .collect();
    json!({
        "__typename": "HelpCenterQueryResultConnection",
        "edges": edges, "nodes": nodes, "pageInfo": page_info(after, end, all.len()),
    })
}

fn page_info(from: usize, to: usize, all: usize) -> Value {
    json!({
        "__typename": "PageInfo", "hasNextPage": to < all, "hasPreviousPage": from > 0,
        "startCursor": from.to_string(), "endCursor": to.to_string(),
    })
}

/// Answers for one help center by its ARI.
fn one(
    site: &Site,
    wanted: &str,
    answer: impl FnOnce(&Site, u32, &str, &HelpCenter) -> Value,
) -> Value {
    let mut all = site.help_centers().into_iter();
    match all.find(|(number, ..)| ari(site, *number) == wanted) {
        Some((number, name, state)) => answer(site, number, name, &state),
        None => json!({
            "__typename": "QueryError", "identifier": wanted, "message": "There is no such help center.",
            "extensions": [{"__typename": "QueryErrorExtension", "errorType": "NOT_FOUND", "statusCode": 404}],
        }),
    }
}

fn center(site: &Site, number: u32, name: &str, state: &HelpCenter) -> Value {
    json!({
        "__typename": "HelpCenter", "id": ari(site, number), "slug": number.to_string(),
        "name": {"__typename": "HelpCenterName", "default": name},
        "type": match (number, state.customer_service) {
            (_, true) => "CUSTOMER_SERVICE",
            (1, false) => "BASIC",
            (_, false) => "ADVANCED",
        },
        "permissionSettings": settings(site, number, name, state),
    })
}

fn settings(site: &Site, _: u32, _: &str, state: &HelpCenter) -> Value {
    let named: Vec<_> = match state.audience {
        Audience::Organizations => state
            .organizations
            .iter()
            .filter_map(|number| site.organizations.get(number))
            .collect(),
        _ => Vec::new(),
    };
    let edges: Vec<Value> = (1..)
        .zip(&named)
        .map(|(cursor, organization): (usize, _)| {
            json!({
                "__typename": "JiraServiceManagementOrganizationEdge", "cursor": cursor.to_string(),
                "node": {
                    "__typename": "JiraServiceManagementOrganization",
                    "id": organization.uuid, "organizationId": organization.id.to_string(),
                    "organizationName": organization.name, "domain": null,
                },
            })
        })
        .collect();
    let ids: Vec<String> = named.iter().map(|o| o.id.to_string()).collect();
    json!({
        "__typename": "HelpCenterPermissionSettings",
        "accessControlType": state.audience.gateway_word(),
        "allowedAccessGroups": ids,
        "hydratedAllowedAccessGroups": {
            "__typename": "JiraServiceManagementOrganizationConnection",
            "totalCount": named.len(), "edges": edges, "pageInfo": page_info(0, named.len(), named.len()),
        },
    })
}
