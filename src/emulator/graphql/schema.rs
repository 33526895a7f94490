//! The part of the gateway's published schema that is imitated.

/// The types of the gateway that are imitated: name, then fields with their types. A type that is not listed is a leaf.
pub(super) const TYPES: &[(&str, &[(&str, &str)])] = &[
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

const DETAIL: &[(&str, &str)] = &[
    ("currentPermission", "String"),
    ("validPermissions", "String"),
    ("invalidPermissions", "String"),
];

const EXTENSION: &[(&str, &str)] = &[("errorType", "String"), ("statusCode", "Int")];

/// The unions among them, with their members.
pub(super) const UNIONS: &[(&str, &[&str])] = &[
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
