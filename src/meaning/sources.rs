//! Where the rules of customer access come from: Atlassian's own pages first, then what its staff and users say in public.

/// Makes a row.
const fn page(url: &'static str) -> Source {
    Source { url }
}

/// A public page that a rule rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Its address.
    pub url: &'static str,
}

macro_rules! sources {
    ($($name:ident = $url:literal;)+) => {
        $(pub(super) const $name: Source = page($url);)+

        /// Every page that a rule or a lint names.
        pub const ALL: &[Source] = &[$($name),+];
    };
}

sources! {
    ADD_CUSTOMER = "https://support.atlassian.com/jira-service-management-cloud/docs/add-a-customer-to-a-service-project/";
    ADD_CUSTOMER_TEAM = "https://support.atlassian.com/jira-service-management-cloud/docs/add-a-customer-to-a-team-managed-service-project/";
    AGENTS_CANNOT_ADD = "https://confluence.atlassian.com/jirakb/agents-cannot-add-new-customers-to-jira-service-management-projects-1295815386.html";
    ALL_PORTALS = "https://jira.atlassian.com/browse/JSDCLOUD-17084";
    ALLOWED_DOMAINS = "https://community.atlassian.com/t5/Jira-Service-Management-articles/Use-email-domains-to-restrict-external-customer-sign-up-for-your/ba-p/2036372";
    ALLOWLIST = "https://community.atlassian.com/forums/Jira-Service-Management/Clarification-Customer-Access-vs-Email-Channel-Allowlist-in-Jira/qaa-p/3208577";
    APPROVED_DOMAINS = "https://support.atlassian.com/user-management/docs/control-how-users-get-access-to-products/";
    ARTICLES_BY_GROUP = "https://support.atlassian.com/jira/kb/restricting-jsm-knowledge-base-articles-to-a-group-of-customers";
    ARTICLES_BY_GROUP_OLD = "https://ja.confluence.atlassian.com/jirakb/restricting-knowledge-base-articles-to-a-group-of-customers-1224782654.html";
    ARTICLES_WITHOUT_LICENCE = "https://support.atlassian.com/jira/kb/how-jsm-customers-with-an-atlassian-account-can-view-confluence-pages-without-having-a-license/";
    BLOCKLIST = "https://support.atlassian.com/jira-service-management-cloud/docs/manage-your-blocklist";
    BLOCKLIST_PORTAL = "https://community.atlassian.com/forums/Jira-Service-Management/Jira-customer-permission/qaq-p/2855989";
    BROKEN_ROLE = "https://community.atlassian.com/forums/Jira-Service-Management/Unable-to-add-customers-to-JSM-as-Project-admin-amp-Jira-admin/qaa-p/3130389";
    CANNOT_ADD = "https://confluence.atlassian.com/jirakb/unable-to-add-invite-a-customer-in-jira-service-management-jsm-1402667858.html";
    CONFLUENCE_CHANGES = "https://confluence.atlassian.com/jirakb/changes-in-confluence-that-affects-viewing-articles-in-the-customer-portal-1178863377.html";
    CREATE_BY_EMAIL = "https://support.atlassian.com/jira-service-management-cloud/docs/create-new-accounts-through-email/";
    CUSTOMER_ACCOUNTS = "https://support.atlassian.com/user-management/docs/manage-jira-service-management-customer-accounts/";
    DUPLICATE_ENTRIES = "https://support.atlassian.com/jira/kb/fix-duplicate-user-entries-jira-cloud-user-picker/";
    DUPLICATES = "https://support.atlassian.com/jira/kb/duplicate-account-issues-in-jira-service-management-cloud";
    EMAIL_ACCOUNTS = "https://confluence.atlassian.com/jirakb/enable-automatic-accounts-creation-through-email-requests-1167726016.html";
    EMAIL_DOMAIN_ERROR = "https://support.atlassian.com/jira/kb/fixing-email-doesnt-belong-to-domains-allowed-in-customer-access-settings-error-for-jsm-cloud-incoming-email";
    EMAIL_DOMAINS = "https://support.atlassian.com/jira-service-management-cloud/docs/use-email-domains-to-automatically-group-customers-into-organizations";
    EMAIL_PERMISSIONS = "https://support.atlassian.com/jira-service-management-cloud/docs/what-are-the-customer-permission-settings-for-email-requests";
    EMAIL_REFUSED = "https://confluence.atlassian.com/display/JIRAKB/Resolve+Incoming+Email+Permissions+in+Jira+Service+Management+Cloud";
    GLOBAL_PERMISSIONS = "https://support.atlassian.com/jira-service-management-cloud/docs/change-global-customer-permissions/";
    GROUP_NAME_CONFLICTS = "https://support.atlassian.com/provisioning-users/docs/manage-group-name-conflicts-when-syncing-customers";
    HELP_CENTER_ACCESS = "https://support.atlassian.com/jira-service-management-cloud/docs/set-up-and-manage-help-center-access";
    HELP_CENTER_RESTRICT = "https://community.atlassian.com/forums/Jira-Service-Management/Restrict-a-Help-Center-to-Certain-Customers/qaq-p/2996639";
    IDENTITY_PROVIDER = "https://support.atlassian.com/provisioning-users/docs/add-identity-providers-to-connect-portal-only-customers";
    KB_COURSE = "https://community.atlassian.com/learning/lesson/configure-knowledge-base-access-and-permissions";
    KB_PERMISSIONS = "https://support.atlassian.com/jira-service-management-cloud/docs/manage-knowledge-base-permissions-from-your-service-project";
    KNOWN_PROBLEMS = "https://community.atlassian.com/t5/Jira-Service-Management-articles/Known-problems-with-customer-accounts/ba-p/1864520";
    LEAK = "https://support.atlassian.com/jira/kb/customers-not-added-to-a-restricted-service-project-can-see-the-portal/";
    LEAVE_ORGANIZATION = "https://support.atlassian.com/jira-service-management-cloud/docs/remove-a-customer-from-an-organization";
    LIMIT_VISIBILITY = "https://confluence.atlassian.com/jirakb/limit-jira-service-management-visibility-to-customers-on-portal-779160886.html";
    LOGIN_METHODS = "https://support.atlassian.com/jira-service-management-cloud/docs/configure-settings-to-authenticate-your-customers";
    MANAGE_ACCESS = "https://support.atlassian.com/jira/kb/manage-access-jira-service-management-projects-requests/";
    MIGRATION_WISH = "https://jira.atlassian.com/browse/JSDCLOUD-10608";
    MISMATCHED = "https://support.atlassian.com/organization-administration/docs/copy-customers-with-mismatched-account-types/";
    OPEN_TO_RESTRICTED = "https://community.atlassian.com/t5/Jira-Service-Management/Customer-Implications-of-Switching-to-Invite-Only-from-Open-JSM/qaq-p/2877988";
    ORGANIZATION_RIGHTS = "https://community.atlassian.com/t5/Jira-Service-Management-articles/Why-agents-and-project-admins-are-not-able-to-add-customers-to/ba-p/2363487";
    ORGANIZATIONS = "https://support.atlassian.com/jira-service-management-cloud/docs/group-customers-into-organizations/";
    PERMISSION_ERRORS = "https://support.atlassian.com/jira-cloud-administration/docs/resolve-jira-service-management-permission-errors";
    PORTAL_ONLY = "https://support.atlassian.com/jira/kb/manage-portal-only-accounts-in-jsm-cloud-revoke-access-delete-impact";
    PORTAL_ONLY_STAFF = "https://community.atlassian.com/forums/Jira-Service-Management/Create-portal-only-customer/qaq-p/2568851";
    PROJECT_AND_GLOBAL = "https://support.atlassian.com/jira-service-management-cloud/docs/how-global-permissions-affect-project-permissions";
    PROJECT_PERMISSIONS = "https://support.atlassian.com/jira-service-management-cloud/docs/change-project-customer-permissions/";
    PROJECT_PERMISSIONS_OLD = "https://confluence.atlassian.com/sneaky/servicedeskcloud/project-customer-permissions-954239155.html";
    PROVISIONING = "https://support.atlassian.com/provisioning-users/docs/understand-customer-provisioning-for-jira-service-management";
    REMOVE_CUSTOMER = "https://support.atlassian.com/jira-service-management-cloud/docs/remove-a-customer-from-a-service-project/";
    REQUEST_TYPES = "https://support.atlassian.com/jira-service-management-cloud/docs/add-or-remove-restrictions-on-request-types/";
    REST_CUSTOMER = "https://developer.atlassian.com/cloud/jira/service-desk/rest/api-group-customer/";
    REST_ORGANIZATION = "https://developer.atlassian.com/cloud/jira/service-desk/rest/api-group-organization/";
    SHARING_OLD = "https://confluence.atlassian.com/display/SERVICEDESKSERVER039/Managing+access+to+your+service+desk";
    SIGNUP_UNAVAILABLE = "https://support.atlassian.com/jira/kb/signup-is-not-currently-available-when-inviting-customers-or-raising-requests-via-email/";
    SSO_QUESTION = "https://community.atlassian.com/forums/Jira-Service-Management/Can-I-activate-SSO-with-these-settings/qaq-p/3035116";
    UNLICENSED = "https://support.atlassian.com/confluence-cloud/docs/give-access-to-unlicensed-users-from-jira-service-management/";
    UNWANTED_CUSTOMERS = "https://support.atlassian.com/jira/kb/jira-service-management-project-displays-unwanted-customers-in-customer-section/";
}
