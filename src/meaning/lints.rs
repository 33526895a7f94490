//! Why each lint matters, and the pages that say so; its condition and severity stand in [`crate::lint::table`].

use super::sources::{self, Source};

/// Why a lint matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Why {
    /// Its number, such as `L13`.
    pub code: &'static str,
    /// What comes of it.
    pub text: &'static str,
    /// The pages that say so.
    pub sources: &'static [Source],
}

/// Makes a row.
const fn why(code: &'static str, text: &'static str, sources: &'static [Source]) -> Why {
    Why {
        code,
        text,
        sources,
    }
}

/// Every lint, in order.
#[rustfmt::skip]
pub static TABLE: &[Why] = &[
    why("L01", "Signing up is advertised and always refused.", &[sources::HELP_CENTER_ACCESS]),
    why("L02", "A closed shop, which is legal: no agent can add a newcomer either.", &[sources::HELP_CENTER_ACCESS, sources::ALLOWED_DOMAINS]),
    why("L03", "No portal-only account can be made at all.", &[sources::HELP_CENTER_ACCESS]),
    why("L04", "The list is ignored: every domain is let in.", &[sources::HELP_CENTER_ACCESS]),
    why("L05", "It has no effect while portal-only accounts are off.", &[sources::HELP_CENTER_ACCESS]),
    why("L06", "The Atlassian account wins, so the entry in the list of allowed domains does nothing while internal accounts are on.", &[sources::HELP_CENTER_ACCESS]),
    why("L07", "Nobody can become an internal customer, although internal accounts are on.", &[sources::HELP_CENTER_ACCESS, sources::EMAIL_DOMAIN_ERROR]),
    why("L08", "Mail of these people is refused, or makes portal-only accounts.", &[sources::EMAIL_DOMAIN_ERROR, sources::PORTAL_ONLY_STAFF]),
    why("L09", "Everybody who joins may cost an agent's licence.", &[sources::CUSTOMER_ACCOUNTS, sources::APPROVED_DOMAINS]),
    why("L10", "Everybody who joins may cost a licence of another app.", &[sources::CUSTOMER_ACCOUNTS, sources::APPROVED_DOMAINS]),
    why("L11", "Strangers become internal customers.", &[sources::APPROVED_DOMAINS]),
    why("L12", "A list with a public mail provider restricts nobody.", &[sources::HELP_CENTER_ACCESS]),
    why("L13", "Anyone on the web can become a customer and reach the open projects.", &[sources::HELP_CENTER_ACCESS]),
    why("L14", "Anyone on the web looks at open portals, even without logging in.", &[sources::HELP_CENTER_ACCESS]),
    why("L15", "It cannot be: looking without login needs that customers can create accounts.", &[sources::PROJECT_AND_GLOBAL]),
    why("L16", "It has no effect: no portal is open.", &[sources::PROJECT_AND_GLOBAL]),
    why("L17", "Everybody of any company may cost a licence.", &[sources::CUSTOMER_ACCOUNTS, sources::APPROVED_DOMAINS]),
    why("L18", "It passes the list of allowed domains by.", &[sources::EMAIL_DOMAIN_ERROR]),
    why("L19", "The option is not there while the portal needs a login.", &[sources::HELP_CENTER_ACCESS, sources::KB_PERMISSIONS]),
    why("L20", "The option is not there while the project is restricted.", &[sources::HELP_CENTER_ACCESS, sources::KB_PERMISSIONS]),
    why("L21", "The site does not allow articles for anyone, so the setting does nothing.", &[sources::KB_COURSE]),
    why("L22", "Confluence Free shows no articles to anyone without login.", &[sources::KB_PERMISSIONS]),
    why("L23", "Confluence itself does not let anonymous readers in, so the articles are not public.", &[sources::KB_COURSE]),
    why("L24", "Search engines list these articles.", &[sources::KB_PERMISSIONS]),
    why("L25", "Only people with a Confluence licence can read.", &[sources::KB_COURSE, sources::CONFLUENCE_CHANGES]),
    why("L26", "K7 counts for more than the permissions of the space: the groups keep nobody out.", &[sources::UNLICENSED]),
    why("L27", "\"Logged in\" means whoever signs up.", &[sources::HELP_CENTER_ACCESS]),
    why("L28", "Articles vanish from the portal.", &[sources::CONFLUENCE_CHANGES]),
    why("L29", "The documents disagree on whether portal-only customers see restricted pages (Q18).", &[sources::ARTICLES_BY_GROUP, sources::ARTICLES_BY_GROUP_OLD]),
    why("L30", "None of the customers who are promised articles can read them.", &[sources::CONFLUENCE_CHANGES]),
    why("L31", "Nobody can use the project.", &[sources::LIMIT_VISIBILITY]),
    why("L32", "Chat gets past the restriction and invites whoever writes.", &[sources::PROJECT_PERMISSIONS]),
    why("L33", "Mail of unknown senders, and of customers who are not on the project's list, is dropped.", &[sources::EMAIL_REFUSED]),
    why("L34", "The portal of a restricted project shows to customers who are not on it.", &[sources::LEAK]),
    why("L35", "Members of the group become customers in silence.", &[sources::UNWANTED_CUSTOMERS]),
    why("L36", "Signing up and adding fail, and an open project acts as restricted (V8a, V8b).", &[sources::SIGNUP_UNAVAILABLE, sources::PERMISSION_ERRORS]),
    why("L37", "Its access grants nobody anything.", &[sources::ORGANIZATIONS]),
    why("L38", "It has no effect on access.", &[sources::ORGANIZATIONS]),
    why("L39", "Atlassian refuses the name, or two organizations cannot be told apart.", &[sources::REST_ORGANIZATION]),
    why("L40", "Atlassian allows ten.", &[sources::EMAIL_DOMAINS]),
    why("L41", "Which organization a newcomer joins is not documented (Q20).", &[sources::EMAIL_DOMAINS]),
    why("L42", "Strangers join the organization and see the requests shared in it.", &[sources::EMAIL_DOMAINS, sources::ORGANIZATIONS]),
    why("L43", "Whoever signs up with such an address reaches the restricted project.", &[sources::EMAIL_DOMAINS, sources::ORGANIZATIONS]),
    why("L44", "Nobody of that domain gets an account, so nobody joins by it.", &[sources::EMAIL_DOMAINS]),
    why("L45", "People who are customers already do not join.", &[sources::EMAIL_DOMAINS]),
    why("L46", "The site will refuse to make the account.", &[sources::ALLOWED_DOMAINS, sources::CANNOT_ADD]),
    why("L47", "They keep their access: lists of domains act on new accounts only.", &[sources::ALLOWED_DOMAINS]),
    why("L48", "The address gets a second account as soon as an Atlassian account appears.", &[sources::DUPLICATE_ENTRIES, sources::DUPLICATES]),
    why("L49", "Login, requests and mail of this person cannot be relied on.", &[sources::DUPLICATES, sources::KNOWN_PROBLEMS]),
    why("L50", "Agents cannot add such an account, and no list of a restricted project gives it anything.", &[sources::AGENTS_CANNOT_ADD]),
    why("L51", "Atlassian has no way back from an Atlassian account to a portal-only one.", &[sources::MIGRATION_WISH]),
    why("L52", "Atlassian refuses it, and in an open project it would change nothing.", &[sources::REST_CUSTOMER, sources::REMOVE_CUSTOMER]),
    why("L53", "The person keeps access by another route.", &[sources::LEAVE_ORGANIZATION]),
    why("L54", "Customers who came by themselves and are on no list lose the portal.", &[sources::OPEN_TO_RESTRICTED]),
    why("L55", "Every account of the site gains the portal.", &[sources::AGENTS_CANNOT_ADD]),
    why("L56", "Customers of one organization can search for those of another.", &[sources::SHARING_OLD]),
    why("L57", "Customers make new customers by sharing.", &[sources::PROJECT_PERMISSIONS_OLD]),
    why("L58", "An address in a copy makes an account.", &[sources::CREATE_BY_EMAIL]),
    why("L59", "An allowlist lifts filters and lets nobody in.", &[sources::ALLOWLIST]),
    why("L60", "Such an entry matches nothing.", &[sources::BLOCKLIST]),
    why("L61", "A blocklist stops mail only.", &[sources::BLOCKLIST_PORTAL]),
    why("L62", "Portal-only customers could not log in at all; Atlassian refuses it.", &[sources::LOGIN_METHODS]),
    why("L63", "It is not available.", &[sources::IDENTITY_PROVIDER]),
    why("L64", "That login is for portal-only customers; internal ones log in with their Atlassian account.", &[sources::SSO_QUESTION]),
    why("L65", "Employees get portal-only accounts beside their Atlassian ones.", &[sources::PROVISIONING]),
    why("L66", "A help center is no wall (V9).", &[sources::ADD_CUSTOMER_TEAM, sources::HELP_CENTER_RESTRICT]),
    why("L67", "The request type vanishes in these channels.", &[sources::REQUEST_TYPES]),
    why("L68", "Every agent can give access to the restricted projects.", &[sources::ORGANIZATION_RIGHTS]),
    why("L69", "The identity provider owns it, and would put it back.", &[sources::REST_ORGANIZATION, sources::GROUP_NAME_CONFLICTS]),
    why("L70", "Deleting an account cannot be undone.", &[sources::PORTAL_ONLY]),
    why("L71", "People sign up, and every portal tells them that they have no permission.", &[sources::SIGNUP_UNAVAILABLE]),
];

/// What the letters stand for in which the conditions of lints are written.
#[rustfmt::skip]
pub static LETTERS: &[(&str, &str)] = &[
    ("I", "Atlassian accounts for internal customers (`customer_access.internal.atlassian_accounts`)"),
    ("E", "portal-only accounts for external customers (`customer_access.external.portal_only_accounts`)"),
    ("R", "only listed domains (`customer_access.external.allowed_domains` is a list)"),
    ("L", "that list (`customer_access.external.allowed_domains`)"),
    ("C", "customers can create accounts (`customer_access.customers_can_create_accounts`)"),
    ("N", "portals without login (`customer_access.view_without_login`)"),
];
