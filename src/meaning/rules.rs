//! The rules of the customer access model: what a code such as R3.1, V10 or K11 stands for, and how it is known.

use super::sources::{self, Source};

/// How a rule is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Atlassian's documentation or a support article says so.
    Documented,
    /// Atlassian's staff, users or a tracker say so in public, or an older document.
    Community,
    /// It follows from what is documented.
    Inferred,
    /// Nobody says so, or the documents disagree.
    Assumed,
}

impl Evidence {
    /// Returns the word that pages and answers use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Community => "said in public",
            Self::Inferred => "inferred",
            Self::Assumed => "assumed",
        }
    }
}

/// A rule of the customer access model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its number, such as `R3.1`.
    pub code: &'static str,
    /// What it says; for a question, what is not documented.
    pub text: &'static str,
    /// For a question, what is assumed.
    pub assumed: Option<&'static str>,
    /// How it is known.
    pub evidence: Evidence,
    /// The pages that it rests on.
    pub sources: &'static [Source],
}

/// Makes a row.
const fn rule(
    code: &'static str,
    text: &'static str,
    assumed: Option<&'static str>,
    evidence: Evidence,
    sources: &'static [Source],
) -> Rule {
    Rule {
        code,
        text,
        assumed,
        evidence,
        sources,
    }
}

/// Every rule, in the order of the documentation.
#[rustfmt::skip]
pub static TABLE: &[Rule] = &[
    rule("R1", "The address is looked up first. Whoever has an account keeps it: settings and domain lists act on new accounts only.", None, Evidence::Documented, &[sources::ALLOWED_DOMAINS]),
    rule("R1a", "The address has both an Atlassian and a portal-only account. Which of them a login, a request or a mail reaches cannot be relied on; the portal-only one should be migrated.", None, Evidence::Documented, &[sources::DUPLICATES]),
    rule("R1b", "The Atlassian account is suspended: it gets in nowhere, and its mail is refused.", None, Evidence::Documented, &[sources::EMAIL_DOMAIN_ERROR]),
    rule("R1c", "The Atlassian account has lost the site while a portal-only one exists: the person is sent from one login to the other.", None, Evidence::Community, &[sources::KNOWN_PROBLEMS]),
    rule("R1d", "An Atlassian account with a role in Jira Service Management (Customer or more) is an internal customer already.", None, Evidence::Documented, &[sources::APPROVED_DOMAINS, sources::CUSTOMER_ACCOUNTS]),
    rule("R1e", "An Atlassian account without a role in Jira Service Management: agents cannot add it. An administrator of users gives it the role, or the rule of an approved domain does.", None, Evidence::Documented, &[sources::AGENTS_CANNOT_ADD]),
    rule("R1f", "A portal-only account that is active is an external customer already, whatever the site's settings say now.", None, Evidence::Documented, &[sources::ALLOWED_DOMAINS]),
    rule("R1g", "A portal-only account that was revoked or deactivated gets in nowhere until access is granted again.", None, Evidence::Documented, &[sources::PORTAL_ONLY]),
    rule("R1h", "A deleted portal-only account, or none at all: the address counts as new.", None, Evidence::Documented, &[sources::PORTAL_ONLY]),
    rule("R2", "A new address needs a way in that is open to it. The ways are G1 to G13.", None, Evidence::Documented, &[sources::HELP_CENTER_ACCESS]),
    rule("R3", "Internal, external and the two lists of domains decide together whether a new address gets an Atlassian account, a portal-only one, or none.", None, Evidence::Documented, &[sources::HELP_CENTER_ACCESS]),
    rule("R3.1", "Where internal is on, an approved domain gives an Atlassian account, also where external is on and names the same domain.", None, Evidence::Documented, &[sources::HELP_CENTER_ACCESS, sources::PORTAL_ONLY_STAFF]),
    rule("R3.2", "Where internal is off, approved domains have no say in the account of a customer.", None, Evidence::Inferred, &[sources::HELP_CENTER_ACCESS]),
    rule("R3.3", "The decision binds agents too: an address that R3 refuses cannot be added by them either.", None, Evidence::Documented, &[sources::ALLOWED_DOMAINS]),
    rule("R3.4", "How a refusal shows: the mail log says that the domain is not allowed, the Customers page that the person could not be added.", None, Evidence::Documented, &[sources::EMAIL_DOMAIN_ERROR, sources::CANNOT_ADD]),
    rule("R3.5", "Before March 2022 everybody who signed up became portal-only, so old accounts may be portal-only although their domain is approved.", None, Evidence::Documented, &[sources::CUSTOMER_ACCOUNTS]),
    rule("R4", "The rule of an approved domain names the role that a new Atlassian account gets, and whether an administrator approves it. An invitation by staff gives Customer without approval; a domain without a role in Jira Service Management counts as not approved.", None, Evidence::Documented, &[sources::APPROVED_DOMAINS, sources::CUSTOMER_ACCOUNTS]),
    rule("R4.1", "What the domain's rule and the default app access give in other apps, the new account gets as well, which may cost licences.", None, Evidence::Documented, &[sources::EMAIL_ACCOUNTS, sources::APPROVED_DOMAINS]),
    rule("R4.2", "The role Customer is free. A role in another billable app is what makes a person cost something.", None, Evidence::Documented, &[sources::AGENTS_CANNOT_ADD, sources::MIGRATION_WISH]),
    rule("R5", "The rule for any other domain. It reaches company-owned domains that are not approved, only where internal is on, and never public mail domains.", None, Evidence::Documented, &[sources::APPROVED_DOMAINS, sources::EMAIL_DOMAIN_ERROR]),
    rule("R6", "Verification. A new internal customer exists once the mail is confirmed, and a request sent by mail waits for it; an external one is sent a mail to confirm; one added by staff exists at once, without notifications until confirmed.", None, Evidence::Documented, &[sources::GLOBAL_PERMISSIONS, sources::ADD_CUSTOMER]),
    rule("R7", "What follows from a new account: see A1 to A4.", None, Evidence::Inferred, &[]),
    rule("G1", "The sign-up link of the help center: works while signing up is on.", None, Evidence::Documented, &[sources::HELP_CENTER_ACCESS, sources::PROJECT_AND_GLOBAL]),
    rule("G2", "The form of a portal without login: needs signing up, `view_without_login`, and an open project.", None, Evidence::Documented, &[sources::HELP_CENTER_ACCESS, sources::PROJECT_AND_GLOBAL]),
    rule("G3", "Mail from an unknown sender: needs signing up and an open project; the project's blocklist is heard first.", None, Evidence::Documented, &[sources::CREATE_BY_EMAIL, sources::BLOCKLIST]),
    rule("G4", "A customer copies an address into a mail: needs signing up and an open project.", None, Evidence::Documented, &[sources::CREATE_BY_EMAIL]),
    rule("G5", "An agent copies an address into a mail: always with `cc_creates_accounts: agents_always`, otherwise as G4.", None, Evidence::Documented, &[sources::CREATE_BY_EMAIL, sources::EMAIL_PERMISSIONS]),
    rule("G6", "An agent adds somebody or raises a request for them: open or restricted does not matter, a broken permission scheme does (V8a, V8b).", None, Evidence::Documented, &[sources::MANAGE_ACCESS, sources::ADD_CUSTOMER]),
    rule("G7", "Somebody is added to an organization by address: possible for whoever may manage organizations; puts them on no project's list of customers.", None, Evidence::Documented, &[sources::ORGANIZATIONS]),
    rule("G8", "REST creates a customer: a Jira administrator can; puts them into no project.", None, Evidence::Documented, &[sources::REST_CUSTOMER]),
    rule("G9", "REST invites somebody to a project: makes the account where it is missing, mails, and adds to the project.", None, Evidence::Documented, &[sources::REST_CUSTOMER]),
    rule("G10", "A customer shares a request with an address that they type: needs signing up, an open project, and sharing wider than `own_organizations`.", None, Evidence::Community, &[sources::PROJECT_PERMISSIONS_OLD]),
    rule("G11", "Chat (Slack, Teams): whoever writes is invited to the project, restricted or not.", None, Evidence::Documented, &[sources::PROJECT_PERMISSIONS]),
    rule("G12", "An identity provider for portal-only customers brings accounts with it.", None, Evidence::Documented, &[sources::PROVISIONING]),
    rule("G13", "Somebody is added in the directory, by user provisioning or a Google sync: always an Atlassian account.", None, Evidence::Documented, &[sources::DUPLICATE_ENTRIES, sources::DUPLICATES]),
    rule("A1", "An account logs in to the help center and sees every open portal.", None, Evidence::Inferred, &[sources::MANAGE_ACCESS]),
    rule("A2", "A new customer whose domain an organization names (`email_domains`) joins that organization by itself. People who are customers already are not moved, and taking a domain away removes nobody.", None, Evidence::Documented, &[sources::EMAIL_DOMAINS]),
    rule("A3", "So whoever can sign up may land in an organization, and through it in restricted projects.", None, Evidence::Inferred, &[sources::EMAIL_DOMAINS, sources::ORGANIZATIONS]),
    rule("A4", "An invitation through one help center does not confine the person to it.", None, Evidence::Documented, &[sources::ADD_CUSTOMER_TEAM]),
    rule("V1", "A restricted project lets in the people on its list of customers and the members of its organizations, and nobody without login.", None, Evidence::Documented, &[sources::LIMIT_VISIBILITY]),
    rule("V2", "An open project lets in every customer of the site; somebody without login only where signing up and `view_without_login` are on.", None, Evidence::Documented, &[sources::AGENTS_CANNOT_ADD]),
    rule("V3", "A customer who writes to a restricted project that they are not in is refused.", None, Evidence::Documented, &[sources::EMAIL_REFUSED]),
    rule("V4", "Chat gets past *restricted* (G11).", None, Evidence::Documented, &[sources::PROJECT_PERMISSIONS]),
    rule("V5", "Whoever takes part in a request sees that request, and no portal by it.", None, Evidence::Documented, &[sources::MANAGE_ACCESS]),
    rule("V6", "A restricted request type is hidden from all but the users and groups it names. It cannot name organizations.", None, Evidence::Documented, &[sources::REQUEST_TYPES]),
    rule("V7", "A leak: a permission scheme that gives Browse Projects to more than it should (the value of a field, the reporter, a group, everybody logged in) shows a restricted portal to them.", None, Evidence::Documented, &[sources::LEAK, sources::UNWANTED_CUSTOMERS]),
    rule("V8", "The permission scheme breaks the portal, as V8a or V8b.", None, Evidence::Inferred, &[sources::SIGNUP_UNAVAILABLE, sources::PERMISSION_ERRORS]),
    rule("V8a", "A permission scheme that lacks Browse Projects or Create Issues for portal customers: unknown senders are refused and agents cannot add customers, although the settings allow it.", None, Evidence::Documented, &[sources::SIGNUP_UNAVAILABLE]),
    rule("V8b", "A permission scheme that gives permissions to the project role Service Desk Customers: nobody can add customers, and an open project acts as restricted.", None, Evidence::Community, &[sources::PERMISSION_ERRORS, sources::BROKEN_ROLE]),
    rule("V9", "A help center shows what its projects allow and is no wall between customers. It may have an audience of its own, which is not judged.", None, Evidence::Community, &[sources::HELP_CENTER_RESTRICT, sources::ADD_CUSTOMER_TEAM]),
    rule("V10", "Members of an organization reach the projects that the organization is linked to, and share requests within it.", None, Evidence::Documented, &[sources::ORGANIZATIONS]),
    rule("K1", "The site allows articles for anyone (`knowledge_base.allow_anyone`).", None, Evidence::Documented, &[sources::KB_COURSE]),
    rule("K2", "Confluence is on a paid plan.", None, Evidence::Documented, &[sources::KB_PERMISSIONS]),
    rule("K3", "The portal is seen without login: the project is open and `view_without_login` is on.", None, Evidence::Documented, &[sources::HELP_CENTER_ACCESS, sources::KB_PERMISSIONS]),
    rule("K4", "Confluence allows anonymous access, in general and for this space.", None, Evidence::Documented, &[sources::KB_COURSE]),
    rule("K5", "The site allows articles for everybody who is logged in (`knowledge_base.allow_all_logged_in`).", None, Evidence::Documented, &[sources::KB_COURSE]),
    rule("K6", "Confluence lets unlicensed users of Jira Service Management in, and the space lets any active user view.", None, Evidence::Documented, &[sources::UNLICENSED, sources::CONFLUENCE_CHANGES]),
    rule("K7", "Where K6 holds, it counts for more than the space's permissions: the groups set there keep no logged-in user out.", None, Evidence::Documented, &[sources::UNLICENSED]),
    rule("K8", "A restriction on a page, on one above it, or on the space's overview hides it from the portal.", None, Evidence::Documented, &[sources::CONFLUENCE_CHANGES]),
    rule("K9", "Portal-only customers read in the portal and never in Confluence itself; blog posts do not show.", None, Evidence::Documented, &[sources::CONFLUENCE_CHANGES, sources::ARTICLES_WITHOUT_LICENCE]),
    rule("K10", "Articles cannot be limited by organization.", None, Evidence::Documented, &[sources::ARTICLES_BY_GROUP]),
    rule("K11", "Whether `all_logged_in` means everybody logged in to the site or only those who reach this portal is told in two ways. Exposure takes the first, a promise the second (Q19).", None, Evidence::Assumed, &[sources::UNLICENSED, sources::KB_COURSE]),
    rule("Q1", "how addresses are compared", Some("the domain without regard to case; what follows a `+` belongs to the address"), Evidence::Assumed, &[]),
    rule("Q2", "whether a domain covers its subdomains", Some("it does not"), Evidence::Assumed, &[sources::BLOCKLIST, sources::EMAIL_DOMAINS]),
    rule("Q3", "what signing up gives on an approved domain whose role is User, or which asks for approval", Some("exposure: in at once, perhaps with a licence; promise: nothing before the approval"), Evidence::Assumed, &[sources::APPROVED_DOMAINS]),
    rule("Q4", "whether an Atlassian account without a role in Jira Service Management gets into portals", Some("exposure: yes; promise: no"), Evidence::Assumed, &[sources::MANAGE_ACCESS, sources::AGENTS_CANNOT_ADD, sources::MISMATCHED]),
    rule("Q5", "some combinations of the rule for any other domain, alone and with allowed domains", Some("uncertain"), Evidence::Assumed, &[sources::APPROVED_DOMAINS]),
    rule("Q6", "what an address gets that has an Atlassian account elsewhere", Some("perhaps a portal-only account, with the risk of a duplicate"), Evidence::Assumed, &[sources::DUPLICATE_ENTRIES]),
    rule("Q7", "whether the REST calls keep to R3", Some("they do, or fail; the account is read again to see"), Evidence::Assumed, &[sources::REST_CUSTOMER]),
    rule("Q8", "what chat does with an unknown person while signing up is off", Some("uncertain"), Evidence::Assumed, &[sources::PROJECT_PERMISSIONS]),
    rule("Q9", "whether agents may always add people by copying them in", Some("as the site's option says (G5)"), Evidence::Assumed, &[sources::EMAIL_PERMISSIONS, sources::CREATE_BY_EMAIL]),
    rule("Q10", "whether an identity provider for portal-only customers keeps to the domain rules", Some("exposure: the account is made"), Evidence::Assumed, &[sources::PROVISIONING]),
    rule("Q11", "whether the mailed request of an unconfirmed external sender waits", Some("it does not"), Evidence::Assumed, &[sources::GLOBAL_PERMISSIONS]),
    rule("Q12", "whether people who came by themselves stand on the list of customers of an open project", Some("only those whom the site lists"), Evidence::Assumed, &[sources::MANAGE_ACCESS, sources::EMAIL_PERMISSIONS, sources::OPEN_TO_RESTRICTED]),
    rule("Q13", "whether a new project is open or restricted", Some("nothing: the value is to be written"), Evidence::Assumed, &[sources::PROJECT_PERMISSIONS_OLD]),
    rule("Q14", "how a new site is set", Some("nothing: the values are to be written"), Evidence::Assumed, &[sources::HELP_CENTER_ACCESS]),
    rule("Q15", "what a form without login does with an address that R3 refuses", Some("sending fails, looking does not"), Evidence::Assumed, &[sources::HELP_CENTER_ACCESS]),
    rule("Q16", "whether the role Customer opens restricted portals too, as one tracker entry says", Some("it does not; told as a caveat"), Evidence::Assumed, &[sources::ALL_PORTALS, sources::AGENTS_CANNOT_ADD, sources::LIMIT_VISIBILITY]),
    rule("Q17", "what `anyone` means once one of K1 to K4 no longer holds", Some("nobody without login; uncertain for others, and Confluence itself may stay public"), Evidence::Assumed, &[sources::KB_PERMISSIONS, sources::KB_COURSE]),
    rule("Q18", "whether portal-only customers see restricted pages", Some("exposure: yes; promise: no"), Evidence::Assumed, &[sources::ARTICLES_BY_GROUP_OLD, sources::ARTICLES_BY_GROUP, sources::CONFLUENCE_CHANGES]),
    rule("Q19", "how far `all_logged_in` goes (K11)", Some("exposure: every account of the site; promise: those who reach the portal"), Evidence::Assumed, &[sources::ARTICLES_WITHOUT_LICENCE]),
    rule("Q20", "what happens where two organizations name the same domain", Some("uncertain"), Evidence::Assumed, &[sources::EMAIL_DOMAINS]),
    rule("Q21", "whether there is a third option for accounts made by mail", Some("only the two known ones are accepted"), Evidence::Assumed, &[sources::CREATE_BY_EMAIL]),
    rule("Q22", "limits on the number of customers and organizations", Some("none"), Evidence::Assumed, &[sources::ADD_CUSTOMER, sources::ORGANIZATIONS]),
    rule("Q23", "who may delete portal-only accounts", Some("the organization administrator"), Evidence::Assumed, &[sources::PORTAL_ONLY]),
    rule("Q24", "whether a help center shows to people with no project", Some("it shows, empty"), Evidence::Assumed, &[sources::HELP_CENTER_RESTRICT, sources::ADD_CUSTOMER_TEAM]),
    rule("Q25", "whether leaving an organization ends taking part in its old requests", Some("exposure: it does not"), Evidence::Assumed, &[sources::LEAVE_ORGANIZATION]),
    rule("Q26", "whether portal-only customers reach every open portal", Some("they do"), Evidence::Assumed, &[sources::AGENTS_CANNOT_ADD]),
];

/// The rules that no answer gives as a reason, each with why: what it says is told by another one, or it is not judged. A test
/// holds this list and the code to each other.
#[rustfmt::skip]
pub static NOT_CITED: &[(&str, &str)] = &[
    ("R1h", "told as R2 and R3: whoever has no account is judged as a new address, and a deleted account shows nowhere"),
    ("R3.5", "told as R1a where it matters: an account that is portal-only although its domain is approved may get a twin"),
    ("A3", "told as R7 and V10, the two steps that it is made of; L43 warns of it"),
    ("A4", "not judged: which help center an invitation leads to limits nobody"),
    ("V8", "told as V8a and V8b"),
    ("K8", "not judged: restrictions of single pages are not read; an article here is a page without any"),
    ("K10", "not judged: there is nothing to set, since no option limits articles by customer organization"),
    ("Q1", "not judged apart: every comparison of addresses is made so"),
    ("Q6", "not judged: accounts that an address has elsewhere at Atlassian are seen by no site"),
    ("Q12", "not judged apart: who is a project's customer is computed from its role and its lists as they are read"),
    ("Q13", "not judged: a value that is not written is not managed, and no default is assumed"),
    ("Q14", "not judged: as Q13, for the site's settings"),
    ("Q18", "not judged: as K8; L29 warns of it"),
    ("Q21", "not judged: a third value is refused where it is written, and is not known where it is read"),
    ("Q22", "not judged: no limit is made up"),
    ("Q23", "not judged: deleting an account is never planned"),
    ("Q24", "not judged: as V9"),
    ("Q25", "not judged: taking part in old requests is no part of a workspace"),
];
