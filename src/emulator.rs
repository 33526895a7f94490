//! The sandbox: one Jira Service Management Cloud site in memory, served over the real wire protocol.
//!
//! It is the test double of every test, and a site to try things on. The state is a [`Site`]; [`Sandbox`] serves it on a
//! loopback port. It shares no request or response type with the client in [`crate::jsm`]: both are written from Atlassian's
//! published descriptions, so that a misreading shows when they meet.
//!
//! # What is imitated
//!
//! - JSM's REST API: service desks with their organizations and customers, organizations with members and properties, making,
//!   inviting and revoking customers. With the page envelope and a server-side page cap, the experimental header, 201 for an
//!   existing organization, partial success on 400, the refusal to take customers from an open desk, and hidden addresses as
//!   keys left out.
//! - Jira's REST API: server, caller, permissions, project search, users, user searches. Confluence: spaces and role assignments.
//! - Permission schemes of Jira: reading them, granting and revoking a permission. A grant that leaks or breaks a portal does so
//!   here too (V7, V8a, V8b; `permissions`).
//! - Project roles with their actors, default actors and groups; the list of customers as a view of one of them (`roles`, `groups`).
//! - The Admin API: organizations, workspaces, approved domains, the directory of people and groups, and their roles (`users`). The GraphQL gateway: knowledge-base links and viewers.
//! - The private `requestsecurity` endpoint, and settings endpoints of the sandbox's own under `/rest/sandbox-settings/1`
//!   for what Atlassian offers on pages only.
//! - Two callers: `admin@sandbox.example` with `sandbox-admin` and `agent@sandbox.example` with `sandbox-agent`, by Basic
//!   authentication, on the site and under `/ex/jira/{cloudId}` and `/ex/confluence/{cloudId}`; the bearer `sandbox-org-key`
//!   for the Admin API; a service account by OAuth, through the gateway only (`oauth`). Anything else is refused.
//! - Renaming an organization over the API of Customer Service Management (`csm`).
//! - Customer access on account creation: tables R3 to R5 and rule A2 of the access model (`gatekeeping`).
//! - Latency, rate limits and faults on request ([`Conditions`]), attached to the gate that every request passes ([`Policy`]).
//! - Help centers with an audience, over GraphQL, and request types with their restrictions (`help_centers`).
//! - Audit records of the site and events of the Atlassian organization, for what is done over REST and on pages (`audit`).
//! - The doors: sign-up, a portal's form, e-mail, the Customers page and organizations, with the gates R2, what they hold for
//!   accounts that exist (R1), and the organizations that newcomers join (A2); portals (4.2) and articles (section 5) as
//!   a visitor sees them. They are asked of a [`Site`] (`visit`, `articles`), or over HTTP under `/__sandbox/visit` and
//!   `/__sandbox/doors` (`console`).
//! - Atlassian's pages for settings that have no API, as a console under `/__sandbox/console`, in the words of manual steps.
//!
//! # What is decided here because nothing documents it
//!
//! - One unknown account id refuses a whole batch of organization members; on service desks the valid ones go through.
//! - Ids of deleted organizations are not given again.
//! - Organizations owned by an identity provider refuse changes of members with 400.
//! - With organization management left to Jira administrators, an agent can neither make, link nor fill organizations.
//! - Agents and customers can have both roles of Jira Service Management at once; taking one leaves the other. Taking a role that
//!   nobody has, or that a group gives, is answered as done. The built-in callers keep theirs (403).
//! - The directory has neither portal-only nor service accounts, and shows every address.
//! - A PUT of an approved domain without products makes the entry vanish.
//! - A space that gets its first link becomes visible to all logged-in users where the site allows that
//!   (the default of linking in section 2.4 of the access model).
//! - A new address whose domain several organizations claim joins them all (Q20).
//! - Three groups follow from the roles of accounts, others are made; a grant of Browse Projects to one, or to an account by name,
//!   shows the portal to whom it names.
//! - Every agent of the site is in the team of every project and sees its portal, also when taken out of the team.
//! - A group in the role of customers opens a portal to members with a role in Jira Service Management, which the group itself can
//!   grant; others see what people without login see.
//! - The list of customers shows the members of groups that are in the role, and those whom Browse Projects names; removing them,
//!   or who is listed for the record, is answered as done and changes nothing.
//! - Whoever is taken out of the customers of an open project on its page stays in the list for the record.
//! - A team-managed project has the same three roles as others, under ids of its own, and a permission scheme.
//! - People verify their address at once, so that accounts made at a door can be used (R6), unless a seed has them do it by hand.
//!   Then mail of internal customers is held, and that of external ones is not (Q11). A portal shows itself to an account that is
//!   not verified: whoever has it can verify it at any time.
//! - The service account is a Jira administrator, and made when it first asks for a token.
//! - The ARI of a help center, and that agents enter every one.
//! - Which changes the two logs record, and in which words (`audit`).
//! - A taken name refuses a rename with 409.
//! - At the doors an address with two accounts may use either (R1a); staff put the first one with a role on their lists.
//! - Migrating an account moves its places on lists to the new one and revokes the old one.
//! - An audience of a space is possible without a project in sight if it is possible for one of the projects that link it.
//!
//! # What is not imitated
//!
//! - Requests, queues, fields of request types, the texts of articles, sharing, chat, e-mail lists, and people logging in.
//! - R1e over REST: desks take an Atlassian account without a JSM role like any other. At the doors staff cannot add one.
//! - Scopes of tokens, OAuth for people. Every account but the three callers is an object, never a caller.
//! - Avatars, time zones and creation dates; `user/search` by `property`; sorting and expansion of projects.
//! - Time: nothing expires, and nothing becomes visible later than it was written, unless stale reads are asked for.
//! - Limits for each endpoint and method: one for all reads and one for all writes ([`Conditions`]), and none unless asked for.

mod accounts;
mod admin;
mod articles;
mod audit;
mod audit_log;
mod call;
mod conditions;
mod confluence;
mod console;
mod csm;
mod customers;
mod desks;
mod directory;
mod doors;
mod faults;
mod gate;
mod gatekeeping;
mod graphql;
mod groups;
mod help_center_gateway;
mod help_centers;
mod ids;
mod jira;
mod knowledge;
mod limits;
mod members;
mod oauth;
mod objects;
mod organizations;
mod page;
mod permissions;
mod private;
mod project_roles;
mod projects;
mod properties;
mod request_types;
mod roles;
mod routes;
mod schemes;
mod server;
mod settings;
mod site;
mod site_settings;
mod stats;
mod store;
mod users;
mod visit;

pub use accounts::{Account, AccountState, App, NewAccount, Role};
pub use call::Answer;
pub use conditions::Conditions;
pub use faults::{FaultSpec, FaultSpecError};
pub use gate::{Fate, OpenGate, Passage, Policy, Verdict};
pub use help_centers::{Audience, HelpCenter, RequestType};
pub use oauth::OAUTH_CLIENT;
pub use objects::{Organization, Project, SiteError, Space};
pub use permissions::Grant;
pub use roles::{ProjectRole, RoleActor};
pub use server::{Keeper, Options, Sandbox};
pub use settings::{
    ANYONE, CUSTOMER_ROLE, ConfluencePlan, DomainAccess, MEMBER_ROLE, ProductAccess, SiteSettings,
    Toggle,
};
pub use site::Site;
pub use stats::{Exchange, Stats};
pub use visit::{Caller, Door, Entry};

/// The built-in callers, who everybody knows: e-mail and API token, the administrator first.
pub const CALLERS: [(&str, &str); 2] = [site::ADMIN, site::AGENT];
/// The built-in key of the Admin API.
pub const ORG_KEY: &str = "sandbox-org-key";
