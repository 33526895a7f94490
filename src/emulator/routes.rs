//! The table of imitated operations: one line each, with the path template that statistics and conformance checks use.

use super::call::{Call, Face, Reply};
use super::site::Site;
use super::{
    admin, audit_log, confluence, csm, customers, desks, directory, jira, organizations, private,
    project_roles, properties, request_types, schemes, site_settings, users,
};

/// How an operation is carried out.
#[derive(Clone, Copy)]
pub(super) enum Handler {
    /// It looks at the state.
    Read(fn(&Site, &Call<'_>) -> Reply),
    /// It changes the state.
    Write(fn(&mut Site, &Call<'_>) -> Reply),
    /// The document in the body decides.
    Graph,
    /// It gives out an OAuth token.
    Token,
}

/// Which callers an operation lets in, before rules of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Everybody, logged in or not.
    Nobody,
    /// An agent or an administrator; on the Admin API, the organization's key.
    Agent,
    /// A Jira administrator.
    Admin,
}

/// One imitated operation.
pub(super) struct Operation {
    pub(super) method: &'static str,
    /// The path template as in the OpenAPI file of its face.
    pub(super) template: &'static str,
    pub(super) face: Face,
    pub(super) need: Need,
    pub(super) experimental: bool,
    pub(super) handler: Handler,
}

impl Operation {
    /// Returns every path pattern under which the operation is reached.
    pub(super) fn paths(&self) -> Vec<String> {
        let template = self.template;
        let scoped =
            template.starts_with("/rest/api/") || template.starts_with("/rest/servicedeskapi");
        match self.face {
            Face::Admin => vec![format!("/admin{template}")],
            Face::Confluence => vec![
                format!("/wiki/api/v2{template}"),
                format!("/ex/confluence/{{cloudId}}/wiki/api/v2{template}"),
            ],
            Face::Jsm | Face::Jira if scoped => vec![
                template.to_owned(),
                format!("/ex/jira/{{cloudId}}{template}"),
            ],
            _ => vec![template.to_owned()],
        }
    }

    /// Says whether a request for it would change state.
    pub(super) fn writes(&self) -> bool {
        matches!(self.handler, Handler::Write(_))
    }

    const fn needs(mut self, need: Need) -> Self {
        self.need = need;
        self
    }

    const fn experimental(mut self) -> Self {
        self.experimental = true;
        self
    }
}

const fn get(
    face: Face,
    template: &'static str,
    handler: fn(&Site, &Call<'_>) -> Reply,
) -> Operation {
    Operation {
        method: "GET",
        template,
        face,
        need: Need::Agent,
        experimental: false,
        handler: Handler::Read(handler),
    }
}

const fn change(
    method: &'static str,
    face: Face,
    template: &'static str,
    handler: fn(&mut Site, &Call<'_>) -> Reply,
) -> Operation {
    Operation {
        method,
        template,
        face,
        need: Need::Agent,
        experimental: false,
        handler: Handler::Write(handler),
    }
}

/// Returns the whole table.
#[rustfmt::skip]
pub(super) fn operations() -> Vec<Operation> {
    use Face::{Admin, Confluence, Gateway, Jira, Jsm};
    vec![
        get(Jsm, "/rest/servicedeskapi/info", desks::info).needs(Need::Nobody),
        get(Jsm, "/rest/servicedeskapi/servicedesk", desks::list),
        get(Jsm, "/rest/servicedeskapi/servicedesk/{serviceDeskId}", desks::one),
        get(Jsm, "/rest/servicedeskapi/servicedesk/{serviceDeskId}/organization", desks::organizations),
        change("POST", Jsm, "/rest/servicedeskapi/servicedesk/{serviceDeskId}/organization", desks::link),
        change("DELETE", Jsm, "/rest/servicedeskapi/servicedesk/{serviceDeskId}/organization", desks::unlink),
        get(Jsm, "/rest/servicedeskapi/servicedesk/{serviceDeskId}/customer", desks::customers).experimental(),
        change("POST", Jsm, "/rest/servicedeskapi/servicedesk/{serviceDeskId}/customer", desks::add_customers),
        change("DELETE", Jsm, "/rest/servicedeskapi/servicedesk/{serviceDeskId}/customer", desks::remove_customers).experimental(),
        change("POST", Jsm, "/rest/servicedeskapi/servicedesk/{serviceDeskId}/customer/invite", customers::invite).needs(Need::Admin).experimental(),
        change("POST", Jsm, "/rest/servicedeskapi/customer", customers::create).needs(Need::Admin),
        change("PUT", Jsm, "/rest/servicedeskapi/customer/user/{accountId}/revoke-portal-only-access", customers::revoke).needs(Need::Admin),
        get(Jsm, "/rest/servicedeskapi/requesttype", request_types::everywhere),
        get(Jsm, "/rest/servicedeskapi/servicedesk/{serviceDeskId}/requesttype", request_types::list),
        get(Jsm, "/rest/servicedeskapi/servicedesk/{serviceDeskId}/requesttype/{requestTypeId}", request_types::one),
        Operation { method: "POST", ..get(Jsm, "/rest/servicedeskapi/servicedesk/{serviceDeskId}/requesttype/permissions/check", request_types::check).experimental() },
        get(Jsm, "/rest/servicedeskapi/organization", organizations::list),
        change("POST", Jsm, "/rest/servicedeskapi/organization", organizations::create),
        get(Jsm, "/rest/servicedeskapi/organization/{organizationId}", organizations::one),
        change("DELETE", Jsm, "/rest/servicedeskapi/organization/{organizationId}", organizations::delete).needs(Need::Admin),
        get(Jsm, "/rest/servicedeskapi/organization/{organizationId}/user", organizations::members),
        change("POST", Jsm, "/rest/servicedeskapi/organization/{organizationId}/user", organizations::add_members),
        change("DELETE", Jsm, "/rest/servicedeskapi/organization/{organizationId}/user", organizations::remove_members),
        get(Jsm, "/rest/servicedeskapi/organization/{organizationId}/property", properties::keys),
        get(Jsm, "/rest/servicedeskapi/organization/{organizationId}/property/{propertyKey}", properties::one),
        change("PUT", Jsm, "/rest/servicedeskapi/organization/{organizationId}/property/{propertyKey}", properties::put),
        change("DELETE", Jsm, "/rest/servicedeskapi/organization/{organizationId}/property/{propertyKey}", properties::delete),

        get(Jira, "/_edge/tenant_info", jira::tenant).needs(Need::Nobody),
        get(Jira, "/rest/api/3/serverInfo", jira::server).needs(Need::Nobody),
        get(Jira, "/rest/api/3/myself", jira::myself),
        get(Jira, "/rest/api/3/mypermissions", jira::permissions),
        get(Jira, "/rest/api/3/permissions", jira::all_permissions),
        get(Jira, "/rest/api/3/project/search", jira::projects),
        get(Jira, "/rest/api/3/user", jira::user),
        get(Jira, "/rest/api/3/user/search", jira::search),
        get(Jira, "/rest/api/3/users/search", jira::everybody),
        get(Jira, "/rest/api/3/user/bulk", jira::bulk),
        get(Jira, "/rest/api/3/user/groups", directory::groups_of),
        get(Jira, "/rest/api/3/group/bulk", directory::groups),
        get(Jira, "/rest/api/3/group/member", directory::members),
        get(Jira, "/rest/api/3/project/{projectIdOrKey}", jira::project),
        get(Jira, "/rest/api/3/project/{projectKeyOrId}/permissionscheme", schemes::assigned),
        get(Jira, "/rest/api/3/permissionscheme/{schemeId}/permission", schemes::grants),
        change("POST", Jira, "/rest/api/3/permissionscheme/{schemeId}/permission", schemes::grant).needs(Need::Admin),
        change("DELETE", Jira, "/rest/api/3/permissionscheme/{schemeId}/permission/{permissionId}", schemes::revoke).needs(Need::Admin),
        get(Jira, "/rest/api/3/auditing/record", audit_log::records).needs(Need::Admin),
        get(Jira, "/rest/api/3/role", project_roles::all).needs(Need::Admin),
        get(Jira, "/rest/api/3/project/{projectIdOrKey}/role", project_roles::roles),
        get(Jira, "/rest/api/3/project/{projectIdOrKey}/role/{id}", project_roles::role),
        change("POST", Jira, "/rest/api/3/project/{projectIdOrKey}/role/{id}", project_roles::add),
        change("PUT", Jira, "/rest/api/3/project/{projectIdOrKey}/role/{id}", project_roles::set),
        change("DELETE", Jira, "/rest/api/3/project/{projectIdOrKey}/role/{id}", project_roles::remove),

        change("PUT", Jsm, "/jsm/csm/cloudid/{cloudId}/api/v1/organization/{organizationId}", csm::rename),
        Operation { method: "POST", template: "/oauth/token", face: Gateway, need: Need::Nobody, experimental: false, handler: Handler::Token },

        get(Confluence, "/spaces", confluence::spaces),
        get(Confluence, "/spaces/{id}/role-assignments", confluence::role_assignments),

        get(Admin, "/v1/orgs", admin::organizations),
        get(Admin, "/v1/orgs/{orgId}", admin::organization),
        get(Admin, "/v1/orgs/{orgId}/events", audit_log::events),
        get(Admin, "/v1/orgs/{orgId}/events-stream", audit_log::stream),
        get(Admin, "/v1/orgs/{orgId}/event-actions", audit_log::actions),
        get(Admin, "/v2/orgs/{orgId}/directories", users::directories),
        get(Admin, "/v2/orgs/{orgId}/directories/{directoryId}/users", users::users),
        get(Admin, "/v2/orgs/{orgId}/directories/{directoryId}/users/{userId}", users::user),
        get(Admin, "/v2/orgs/{orgId}/directories/{directoryId}/users/{accountId}/role-assignments", users::role_assignments),
        get(Admin, "/v2/orgs/{orgId}/directories/{directoryId}/groups", users::groups),
        get(Admin, "/v2/orgs/{orgId}/directories/{directoryId}/groups/{groupId}/role-assignments", users::group_role_assignments),
        change("POST", Admin, "/v1/orgs/{orgId}/users/{userId}/roles/assign", users::assign),
        change("POST", Admin, "/v1/orgs/{orgId}/users/{userId}/roles/revoke", users::revoke),
        get(Admin, "/v2/orgs/{orgId}/app-access-settings/domains", admin::domains),
        change("POST", Admin, "/v2/orgs/{orgId}/app-access-settings/domains", admin::create_domain),
        get(Admin, "/v2/orgs/{orgId}/app-access-settings/domains/{domain}", admin::domain),
        change("PUT", Admin, "/v2/orgs/{orgId}/app-access-settings/domains/{domain}", admin::replace_domain),
        change("POST", Admin, "/v2/orgs/{orgId}/app-access-settings/domains/{domain}/products", admin::put_product),
        Operation { method: "POST", ..get(Admin, "/v2/orgs/{orgId}/workspaces", admin::workspaces) },

        Operation { method: "POST", template: "/gateway/api/graphql", face: Gateway, need: Need::Agent, experimental: false, handler: Handler::Graph },

        get(Jira, "/rest/servicedesk/1/servicedesk/{projectKey}/settings/requestsecurity", private::read),
        change("POST", Jira, "/rest/servicedesk/1/servicedesk/{projectKey}/settings/requestsecurity", private::write),

        get(Jira, "/rest/sandbox-settings/1/site", site_settings::site).needs(Need::Admin),
        change("PUT", Jira, "/rest/sandbox-settings/1/site", site_settings::put_site).needs(Need::Admin),
        get(Jira, "/rest/sandbox-settings/1/organization/{organizationId}/email-domains", site_settings::email_domains).needs(Need::Admin),
        change("PUT", Jira, "/rest/sandbox-settings/1/organization/{organizationId}/email-domains", site_settings::put_email_domains).needs(Need::Admin),
        get(Jira, "/rest/sandbox-settings/1/project/{projectKey}/customer-permissions", site_settings::customer_permissions).needs(Need::Admin),
        change("PUT", Jira, "/rest/sandbox-settings/1/project/{projectKey}/customer-permissions", site_settings::put_customer_permissions).needs(Need::Admin),
        get(Jira, "/rest/sandbox-settings/1/project/{projectKey}/knowledge-base", site_settings::knowledge_base).needs(Need::Admin),
        change("PUT", Jira, "/rest/sandbox-settings/1/project/{projectKey}/knowledge-base", site_settings::put_knowledge_base).needs(Need::Admin),
    ]
}
