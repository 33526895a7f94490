//! The part of the gateway's published schema that is imitated.

use serde_json::Value;

/// Keys with their types.
type Keys = &'static [(&'static str, &'static str)];

/// The types of the gateway that are imitated: name, then fields with their types. A type that is not listed is a leaf.
pub(super) const TYPES: &[(&str, Keys)] = &[
    (
        "Query",
        &[
            (
                "knowledgeBase_linkedSources",
                "KnowledgeBaseLinkedSourcesResponse",
            ),
            (
                "knowledgeBaseSpacePermission_bulkQuery",
                "KnowledgeBaseSpacePermissionQueryResponse",
            ),
            ("helpCenter", "HelpCenterQueryApi"),
        ],
    ),
    (
        "HelpCenterQueryApi",
        &[
            ("helpCenters", "HelpCenterQueryResultConnection"),
            ("helpCenterById", "HelpCenterQueryResult"),
            (
                "helpCenterPermissionSettings",
                "HelpCenterPermissionSettingsResult",
            ),
        ],
    ),
    (
        "HelpCenterQueryResultConnection",
        &[
            ("edges", "HelpCenterQueryResultEdge"),
            ("nodes", "HelpCenterQueryResult"),
            ("pageInfo", "PageInfo"),
        ],
    ),
    (
        "HelpCenterQueryResultEdge",
        &[("cursor", "String"), ("node", "HelpCenterQueryResult")],
    ),
    (
        "HelpCenter",
        &[
            ("id", "ID"),
            ("slug", "String"),
            ("name", "HelpCenterName"),
            ("type", "HelpCenterType"),
            ("permissionSettings", "HelpCenterPermissionSettingsResult"),
        ],
    ),
    ("HelpCenterName", &[("default", "String")]),
    (
        "HelpCenterPermissionSettings",
        &[
            ("accessControlType", "HelpCenterAccessControlType"),
            ("allowedAccessGroups", "String"),
            (
                "hydratedAllowedAccessGroups",
                "JiraServiceManagementOrganizationConnection",
            ),
        ],
    ),
    (
        "JiraServiceManagementOrganizationConnection",
        &[
            ("edges", "JiraServiceManagementOrganizationEdge"),
            ("pageInfo", "PageInfo"),
            ("totalCount", "Int"),
        ],
    ),
    (
        "JiraServiceManagementOrganizationEdge",
        &[
            ("cursor", "String"),
            ("node", "JiraServiceManagementOrganization"),
        ],
    ),
    (
        "JiraServiceManagementOrganization",
        &[
            ("id", "ID"),
            ("organizationId", "ID"),
            ("organizationName", "String"),
            ("domain", "String"),
        ],
    ),
    (
        "PageInfo",
        &[
            ("hasNextPage", "Boolean"),
            ("hasPreviousPage", "Boolean"),
            ("startCursor", "String"),
            ("endCursor", "String"),
        ],
    ),
    (
        "Mutation",
        &[
            (
                "knowledgeBase_linkSources",
                "KnowledgeBaseLinkSourcesResponse",
            ),
            (
                "knowledgeBase_unlinkSources",
                "KnowledgeBaseUnlinkSourcesResponse",
            ),
            (
                "knowledgeBase_updateSourceViewPermission",
                "KnowledgeBaseUpdateSourceViewPermissionResponse",
            ),
            (
                "knowledgeBaseSpacePermission_updateView",
                "KnowledgeBaseSpacePermissionMutationResponse",
            ),
        ],
    ),
    (
        "KnowledgeBaseLinkedSources",
        &[
            ("linkedSources", "KnowledgeBaseLinkedSource"),
            (
                "inaccessibleLinkedSources",
                "KnowledgeBaseInaccessibleLinkedSource",
            ),
        ],
    ),
    (
        "KnowledgeBaseLinkedSource",
        &[
            ("name", "String"),
            ("permissions", "KnowledgeBaseSourcePermissionsResponse"),
            ("sourceARI", "ID"),
            ("sourceId", "ID"),
            ("sourceType", "String"),
            ("sourceVisibility", "String"),
            ("url", "String"),
        ],
    ),
    (
        "KnowledgeBaseInaccessibleLinkedSource",
        &[("sourceType", "String"), ("sourceVisibility", "String")],
    ),
    (
        "KnowledgeBaseSourcePermissionsResponse",
        &[
            ("viewPermission", "KnowledgeBaseSourcePermissionDetailV2"),
            ("editPermission", "KnowledgeBaseSourcePermissionDetailV2"),
        ],
    ),
    ("KnowledgeBaseSourcePermissionDetailV2", DETAIL),
    (
        "KnowledgeBaseSpacePermissionResponse",
        &[
            ("spaceAri", "ID"),
            ("permission", "KnowledgeBaseSpacePermission"),
        ],
    ),
    (
        "KnowledgeBaseSpacePermissionQueryError",
        &[
            ("spaceAri", "ID"),
            ("message", "String"),
            ("extensions", "QueryErrorExtension"),
        ],
    ),
    (
        "KnowledgeBaseSpacePermission",
        &[
            ("viewPermission", "KnowledgeBaseSpacePermissionDetail"),
            ("editPermission", "KnowledgeBaseSpacePermissionDetail"),
        ],
    ),
    ("KnowledgeBaseSpacePermissionDetail", DETAIL),
    (
        "KnowledgeBaseLinkSourcesResponse",
        &[("linkSourceResults", "KnowledgeBaseLinkSourceResult")],
    ),
    (
        "KnowledgeBaseLinkSourceResult",
        &[
            ("sourceARI", "ID"),
            ("sourceContainerARI", "ID"),
            ("sourceVisibility", "String"),
            ("success", "Boolean"),
            ("mutationError", "MutationError"),
        ],
    ),
    (
        "KnowledgeBaseUnlinkSourcesResponse",
        &[("unlinkSourceResults", "KnowledgeBaseUnlinkSourceResult")],
    ),
    (
        "KnowledgeBaseUnlinkSourceResult",
        &[
            ("linkedSourceId", "ID"),
            ("sourceARI", "ID"),
            ("sourceVisibility", "String"),
            ("success", "Boolean"),
            ("mutationError", "MutationError"),
        ],
    ),
    (
        "KnowledgeBaseSpacePermissionMutationResponse",
        &[
            ("success", "Boolean"),
            ("error", "MutationError"),
            ("permission", "KnowledgeBaseSpacePermission"),
        ],
    ),
    (
        "QueryError",
        &[
            ("identifier", "ID"),
            ("message", "String"),
            ("extensions", "QueryErrorExtension"),
        ],
    ),
    ("QueryErrorExtension", EXTENSION),
    (
        "MutationError",
        &[
            ("message", "String"),
            ("extensions", "MutationErrorExtension"),
        ],
    ),
    ("MutationErrorExtension", EXTENSION),
];

const DETAIL: Keys = &[
    ("currentPermission", "String"),
    ("validPermissions", "String"),
    ("invalidPermissions", "String"),
];

const EXTENSION: Keys = &[("errorType", "String"), ("statusCode", "Int")];

/// The unions among them, with their members.
pub(super) const UNIONS: &[(&str, &[&str])] = &[
    ("HelpCenterQueryResult", &["HelpCenter", "QueryError"]),
    (
        "HelpCenterPermissionSettingsResult",
        &["HelpCenterPermissionSettings", "QueryError"],
    ),
    (
        "KnowledgeBaseLinkedSourcesResponse",
        &["KnowledgeBaseLinkedSources", "QueryError"],
    ),
    (
        "KnowledgeBaseSpacePermissionQueryResponse",
        &[
            "KnowledgeBaseSpacePermissionQueryError",
            "KnowledgeBaseSpacePermissionResponse",
        ],
    ),
    (
        "KnowledgeBaseUpdateSourceViewPermissionResponse",
        &["KnowledgeBaseSourcePermissionsResponse", "MutationError"],
    ),
];

/// The arguments of fields by their name; a type that ends in `!` refuses null, one in brackets is a list.
pub(super) const ARGUMENTS: &[(&str, Keys)] = &[
    ("helpCenter", &[("cloudId", "ID!")]),
    (
        "helpCenters",
        &[
            ("workspaceAri", "ID!"),
            ("sortOrder", "HelpCenterSortOrder!"),
            ("first", "Int"),
            ("after", "String"),
        ],
    ),
    ("helpCenterById", &[("helpCenterAri", "ID!")]),
    (
        "helpCenterPermissionSettings",
        &[
            ("helpCenterAri", "ID!"),
            ("first", "Int"),
            ("last", "Int"),
            ("after", "String"),
            ("before", "String"),
        ],
    ),
    (
        "hydratedAllowedAccessGroups",
        &[
            ("first", "Int"),
            ("last", "Int"),
            ("after", "String"),
            ("before", "String"),
        ],
    ),
    (
        "knowledgeBase_linkedSources",
        &[("cloudId", "ID!"), ("projectIdentifier", "String")],
    ),
    (
        "knowledgeBaseSpacePermission_bulkQuery",
        &[("cloudId", "ID!"), ("spaceAris", "[ID!]!")],
    ),
    (
        "knowledgeBase_linkSources",
        &[
            ("cloudId", "ID!"),
            ("projectIdentifier", "String"),
            ("sources", "[KnowledgeBaseSourceInput!]"),
        ],
    ),
    (
        "knowledgeBase_unlinkSources",
        &[
            ("cloudId", "ID!"),
            ("projectIdentifier", "String"),
            ("linkedSources", "[KnowledgeBaseUnlinkSourceInput!]"),
        ],
    ),
    (
        "knowledgeBase_updateSourceViewPermission",
        &[
            ("cloudId", "ID!"),
            ("projectIdentifier", "String"),
            (
                "permissionUpdateRequest",
                "KnowledgeBasePermissionUpdateRequest",
            ),
        ],
    ),
    (
        "knowledgeBaseSpacePermission_updateView",
        &[
            ("cloudId", "ID"),
            ("input", "KnowledgeBaseSpacePermissionUpdateViewInput!"),
        ],
    ),
];

/// The input objects; every other type is a leaf.
pub(super) const INPUTS: &[(&str, Keys)] = &[
    (
        "KnowledgeBaseSourceInput",
        &[
            ("sourceARI", "ID"),
            ("sourceContainerARI", "ID"),
            ("visibility", "String"),
            ("metadata", "KnowledgeBaseSourceMetadataInput"),
        ],
    ),
    (
        "KnowledgeBaseSourceMetadataInput",
        &[("applicationIdentifier", "String")],
    ),
    (
        "KnowledgeBaseUnlinkSourceInput",
        &[
            ("linkedSourceId", "ID"),
            ("sourceARI", "ID"),
            ("visibility", "String"),
        ],
    ),
    (
        "KnowledgeBasePermissionUpdateRequest",
        &[
            ("sourceARI", "ID"),
            ("sourceVisibility", "String"),
            ("viewPermission", "String"),
        ],
    ),
    (
        "KnowledgeBaseSpacePermissionUpdateViewInput",
        &[
            ("spaceAri", "ID!"),
            ("viewPermission", "KnowledgeBaseSpacePermissionType"),
        ],
    ),
];

/// The values of the one enum that inputs hold.
pub(super) const VIEW_PERMISSIONS: &[&str] = &[
    "ANONYMOUS_USERS",
    "CONFLUENCE_LICENSED_USERS",
    "CONFLUENCE_UNLICENSED_USERS",
];

/// Checks the arguments, or an input object, against its keys.
pub(super) fn check_keys(
    of: &str,
    keys: Keys,
    given: &serde_json::Map<String, Value>,
) -> Result<(), String> {
    if let Some(unknown) = given
        .keys()
        .find(|name| !keys.iter().any(|(key, _)| key == name))
    {
        return Err(format!("'{unknown}' is not defined on '{of}'"));
    }
    for (key, kind) in keys {
        check_input(key, kind, given.get(*key).unwrap_or(&Value::Null))?;
    }
    Ok(())
}

fn check_input(key: &str, kind: &str, value: &Value) -> Result<(), String> {
    let (required, kind) = match kind.strip_suffix('!') {
        Some(kind) => (true, kind),
        None => (false, kind),
    };
    if value.is_null() {
        return if required {
            Err(format!("'{key}' of type '{kind}!' must not be null"))
        } else {
            Ok(())
        };
    }
    if let Some(item) = kind.strip_prefix('[').and_then(|k| k.strip_suffix(']')) {
        return match value {
            Value::Array(items) => items.iter().try_for_each(|v| check_input(key, item, v)),
            one => check_input(key, item, one),
        };
    }
    let fits = match INPUTS.iter().find(|(name, _)| *name == kind) {
        Some((name, keys)) => match value {
            Value::Object(object) => return check_keys(name, keys, object),
            _ => false,
        },
        None if kind == "KnowledgeBaseSpacePermissionType" => {
            VIEW_PERMISSIONS.iter().any(|word| value == word)
        }
        None if kind == "Int" => value.is_i64(),
        None => value.is_string() || (kind == "ID" && value.is_number()),
    };
    if fits {
        Ok(())
    } else {
        Err(format!("'{key}' of type '{kind}' cannot be {value}"))
    }
}
