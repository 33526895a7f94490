//! A site.

use super::{allow_empty, block, insert, mode, optional_sentence, organization, project};
use crate::config::codes;
use crate::config::context::{Context, Fields, address, null};
use crate::config::files::ROOT_FILE;
use crate::config::workspace::{
    ApprovedRole, Auth, ConfluencePlan, Mode, Person, SeedAccount, SeedAccountState, Site, SiteUrl,
    Space, SurfaceMode, Surfaces, UnlistedProjects, UserManagement,
};
use crate::config::yaml::{Entry, Node, Value};
use crate::config::{keys, mapped};
use crate::diagnostic::{Diagnostic, Located, Mark, short};
use crate::model::{
    AccountId, AccountKind, Email, EmailAccountCreation, OrganizationManagement, SiteField,
    SiteKey, SiteValue, SpaceKey,
};
use camino::Utf8PathBuf;
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

const AUTH: &[(&str, Auth)] = &[("classic", Auth::Classic), ("scoped", Auth::Scoped)];
const USER_MANAGEMENT: &[(&str, UserManagement)] = &[
    ("centralized", UserManagement::Centralized),
    ("original", UserManagement::Original),
];
const CONFLUENCE_PLAN: &[(&str, ConfluencePlan)] = &[
    ("free", ConfluencePlan::Free),
    ("standard", ConfluencePlan::Standard),
    ("premium", ConfluencePlan::Premium),
    ("enterprise", ConfluencePlan::Enterprise),
];
const SURFACE_MODE: &[(&str, SurfaceMode)] = &[
    ("deny", SurfaceMode::Deny),
    ("read", SurfaceMode::Read),
    ("write", SurfaceMode::Write),
];
const UNLISTED: &[(&str, UnlistedProjects)] = &[
    ("ignore", UnlistedProjects::Ignore),
    ("report", UnlistedProjects::Report),
    ("error", UnlistedProjects::Error),
];
pub(super) const ROLE: &[(&str, ApprovedRole)] = &[
    ("customer", ApprovedRole::Customer),
    ("user", ApprovedRole::User),
    ("none", ApprovedRole::None),
];
const ACCOUNT_STATE: &[(&str, SeedAccountState)] = &[
    ("active", SeedAccountState::Active),
    ("unverified", SeedAccountState::Unverified),
    ("revoked", SeedAccountState::Revoked),
    ("deactivated", SeedAccountState::Deactivated),
];

/// Reads a site.
pub(super) fn site(cx: &mut Context, entry: &Entry<'_>) -> Option<Site> {
    let key = cx.name(&entry.key, entry.mark, SiteKey::new);
    if matches!(entry.node.value, Value::Null) {
        cx.report(null(entry.mark));
        return None;
    }
    let fields = cx.fields(&entry.node, entry.mark, keys::SITE)?;
    let url = fields.get("url").and_then(|e| site_url(cx, &e.node));
    if !cx.options.seed && !fields.has("url") && !cx.partial {
        cx.report(
            Diagnostic::error(codes::MISSING_KEY, format!("site `{}` has no `url`", entry.key))
                .at(entry.mark)
                .hint("`url: https://NAME.atlassian.net`, or `url: \"sandbox:\"` for the embedded sandbox"),
        );
    }
    let seed = fields.get("seed").and_then(|e| {
        let sandbox = matches!(&url, Some(url) if url.value == SiteUrl::Sandbox);
        if !sandbox && url.is_some() {
            cx.report(
                Diagnostic::error(codes::SEED_MISPLACED, "only the sandbox can be seeded")
                    .at(e.mark)
                    .hint("leave `seed` out, or write `url: \"sandbox:\"`"),
            );
        }
        seed(cx, &e.node)
    });
    let mut settings = BTreeMap::new();
    customer_access(cx, &fields, &mut settings);
    site_settings(cx, &fields, &mut settings);
    let organizations_mode = mode(cx, fields.get("organizations_mode"));
    let may_be_empty = allow_empty(cx, fields.get("allow_empty"));
    let organizations = organization::organizations(cx, fields.get("organizations"));
    if organizations_mode == Mode::Exact && organizations.is_empty() && !may_be_empty && !cx.partial
    {
        let mark = fields
            .get("organizations_mode")
            .map_or(entry.mark, |e| e.mark);
        cx.report(empty_list(mark, "`organizations_mode: exact` without an organization removes every one that Portcullis made"));
    }
    let unlisted = fields
        .get("unlisted_projects")
        .and_then(|e| cx.word(&e.node, UNLISTED));
    let site = Site {
        key: key?,
        span: entry.mark.span,
        url,
        seed,
        api_url: fields.get("api_url").and_then(|e| {
            let text = cx.text(&e.node)?;
            let url = origin(cx, text, e.node.mark)?;
            Some(Located::new(url, e.node.mark.span))
        }),
        auth: word(cx, fields.get("auth"), AUTH),
        atlassian_organization: fields.get("atlassian_organization").and_then(|e| {
            Some(Located::new(
                cx.text(&e.node)?.to_string(),
                e.node.mark.span,
            ))
        }),
        user_management: word(cx, fields.get("user_management"), USER_MANAGEMENT),
        confluence_plan: fields
            .get("confluence_plan")
            .and_then(|e| cx.word(&e.node, CONFLUENCE_PLAN)),
        surfaces: fields
            .get("surfaces")
            .map(|e| surfaces(cx, e))
            .unwrap_or_default(),
        settings,
        spaces: spaces(cx, fields.get("spaces")),
        unlisted_projects: unlisted
            .unwrap_or(Located::new(UnlistedProjects::default(), entry.mark.span)),
        organizations_mode,
        organizations,
        people: people(cx, fields.get("people")),
        projects: project::projects(cx, fields.get("projects")),
        accounts: fields
            .get("accounts")
            .map(|e| accounts(cx, e))
            .unwrap_or_default(),
    };
    Some(site)
}

/// Says that a list is empty where that would remove everything.
pub(in crate::config) fn empty_list(mark: Mark, message: &str) -> Diagnostic {
    Diagnostic::error(codes::EMPTY_LIST, message)
        .at(mark)
        .hint("write `allow_empty: true` beside it if that is meant")
}

fn word<T: Copy + Default>(
    cx: &mut Context,
    entry: Option<&Entry<'_>>,
    words: &[(&'static str, T)],
) -> T {
    entry
        .and_then(|e| cx.word(&e.node, words))
        .map(|located| located.value)
        .unwrap_or_default()
}

fn site_url(cx: &mut Context, node: &Node<'_>) -> Option<Located<SiteUrl>> {
    if let Some([entry]) = node.entries()
        && entry.key == "sandbox"
    {
        cx.report(
            Diagnostic::error(
                codes::UNQUOTED_SANDBOX,
                "`sandbox:` without quotes is the beginning of a mapping",
            )
            .at(entry.mark)
            .hint("write `url: \"sandbox:\"`"),
        );
        return None;
    }
    let text = cx.text(node)?;
    let url = if text == "sandbox:" {
        SiteUrl::Sandbox
    } else if text == "sandbox" {
        cx.report(
            Diagnostic::error(codes::INVALID_URL, "`sandbox` is not a URL")
                .at(node.mark)
                .hint("write `url: \"sandbox:\"`"),
        );
        return None;
    } else {
        SiteUrl::Remote(origin(cx, text, node.mark)?)
    };
    Some(Located::new(url, node.mark.span))
}

/// Takes an origin: `https`, or `http` to this machine; nothing behind the host and port.
fn origin(cx: &mut Context, text: &str, mark: Mark) -> Option<Url> {
    let bad = |why: &str| {
        Diagnostic::error(
            codes::INVALID_URL,
            format!("`{}` cannot be used: {why}", short(text)),
        )
        .at(mark)
    };
    let hint = "such as `https://acme.atlassian.net`";
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(_) if !text.contains("://") => {
            cx.report(bad("it is not a URL").hint(format!("write `https://{text}`")));
            return None;
        }
        Err(error) => {
            cx.report(bad(&error.to_string()).hint(hint));
            return None;
        }
    };
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    let problem = if !url.username().is_empty() || url.password().is_some() {
        Some("it holds a user name or password; tokens come from the environment")
    } else if url.scheme() != "https" && !(url.scheme() == "http" && loopback) {
        Some("it is not `https`")
    } else if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        Some("only the origin is written, nothing behind the host")
    } else {
        None
    };
    if let Some(problem) = problem {
        cx.report(bad(problem).hint(hint));
        return None;
    }
    Some(url)
}

fn seed(cx: &mut Context, node: &Node<'_>) -> Option<Located<Utf8PathBuf>> {
    let path = cx.path(node)?;
    if path.value.as_str().is_empty() {
        cx.report(
            Diagnostic::error(codes::SEED_MISPLACED, "a workspace cannot be its own seed")
                .at(node.mark)
                .hint("a seed is a directory of its own, such as `seed`"),
        );
        return None;
    }
    let absolute = cx.root.join(&path.value);
    cx.confined(&absolute, &path.value, Some(node.mark))?;
    if !absolute.join(ROOT_FILE).exists() {
        cx.report(
            Diagnostic::error(
                codes::MISSING_FILE,
                format!("`{}` holds no `{ROOT_FILE}`", path.value),
            )
            .at(node.mark)
            .hint("a seed is a workspace directory"),
        );
        return None;
    }
    Some(path)
}

fn surfaces(cx: &mut Context, entry: &Entry<'_>) -> Surfaces {
    let mut surfaces = Surfaces::default();
    let Some(fields) = cx.fields(&entry.node, entry.mark, keys::SURFACES) else {
        return surfaces;
    };
    for (key, mode) in [
        ("gateway", &mut surfaces.gateway),
        ("private", &mut surfaces.private),
    ] {
        if let Some(written) = fields.get(key).and_then(|e| cx.word(&e.node, SURFACE_MODE)) {
            *mode = written.value;
        }
    }
    surfaces.mapped = fields
        .get("mapped")
        .and_then(|e| Some((cx.path(&e.node)?, e.node.mark)))
        .and_then(|(path, mark)| mapped::driver(cx, &path.value, mark));
    surfaces
}

type Settings = BTreeMap<SiteField, Located<SiteValue>>;

fn customer_access(cx: &mut Context, site: &Fields<'_, '_>, settings: &mut Settings) {
    let Some(entry) = site.get("customer_access") else {
        return;
    };
    let Some(access) = cx.fields(&entry.node, entry.mark, keys::CUSTOMER_ACCESS) else {
        return;
    };
    if let Some(e) = access.get("internal")
        && let Some(internal) = cx.fields(&e.node, e.mark, keys::INTERNAL)
    {
        toggle(
            cx,
            &internal,
            "atlassian_accounts",
            SiteField::Internal,
            settings,
        );
    }
    if let Some(e) = access.get("external")
        && let Some(external) = cx.fields(&e.node, e.mark, keys::EXTERNAL)
    {
        toggle(
            cx,
            &external,
            "portal_only_accounts",
            SiteField::External,
            settings,
        );
        let may_be_empty = allow_empty(cx, external.get("allow_empty"));
        if let Some(e) = external.get("allowed_domains")
            && let Some(domains) = allowed_domains(cx, e, may_be_empty)
        {
            settings.insert(
                SiteField::AllowedDomains,
                Located::new(SiteValue::Domains(domains), e.node.mark.span),
            );
        }
    }
    let create = SiteField::CustomersCanCreateAccounts;
    toggle(
        cx,
        &access,
        "customers_can_create_accounts",
        create,
        settings,
    );
    toggle(
        cx,
        &access,
        "view_without_login",
        SiteField::ViewWithoutLogin,
        settings,
    );
}

fn allowed_domains(
    cx: &mut Context,
    entry: &Entry<'_>,
    may_be_empty: bool,
) -> Option<Option<BTreeSet<crate::model::Domain>>> {
    if let Value::Plain(text) | Value::Quoted(text) = &entry.node.value {
        if text == "any" {
            return Some(None);
        }
        cx.report(
            Diagnostic::error(
                codes::WRONG_TYPE,
                format!(
                    "expected `any` or a list of domains, found {}",
                    entry.node.kind()
                ),
            )
            .at(entry.node.mark)
            .hint(format!("write `any`, or a list: `[{}]`", short(text))),
        );
        return None;
    }
    let items = cx.items(&entry.node)?;
    if items.is_empty() && !may_be_empty {
        cx.report(empty_list(
            entry.mark,
            "an empty `allowed_domains` lets no domain in",
        ));
    }
    let mut domains = BTreeSet::new();
    for item in items {
        if let Some(text) = cx.text(item)
            && let Some(domain) = cx.domain(text, item.mark)
        {
            domains.insert(domain.value);
        }
    }
    Some(Some(domains))
}

fn toggle(
    cx: &mut Context,
    fields: &Fields<'_, '_>,
    key: &str,
    field: SiteField,
    settings: &mut Settings,
) {
    if let Some(value) = fields.get(key).and_then(|e| cx.boolean(&e.node)) {
        let setting = Located::new(SiteValue::Toggle(value.value), value.span);
        settings.insert(field, setting);
    }
}

fn site_settings(cx: &mut Context, site: &Fields<'_, '_>, settings: &mut Settings) {
    if let Some(e) = site.get("email")
        && let Some(email) = cx.fields(&e.node, e.mark, keys::EMAIL)
        && let Some(e) = email.get("cc_creates_accounts")
        && let Some(value) = cx.word(&e.node, EmailAccountCreation::WORDS)
    {
        let setting = Located::new(SiteValue::EmailAccountCreation(value.value), value.span);
        settings.insert(SiteField::EmailCcCreatesAccounts, setting);
    }
    if let Some(e) = site.get("organization_management")
        && let Some(value) = cx.word(&e.node, OrganizationManagement::WORDS)
    {
        let setting = Located::new(SiteValue::OrganizationManagement(value.value), value.span);
        settings.insert(SiteField::OrganizationManagement, setting);
    }
    if let Some(e) = site.get("portal_only_login")
        && let Some(login) = cx.fields(&e.node, e.mark, keys::PORTAL_ONLY_LOGIN)
    {
        toggle(
            cx,
            &login,
            "password",
            SiteField::PortalOnlyPassword,
            settings,
        );
        toggle(cx, &login, "sso", SiteField::PortalOnlySso, settings);
    }
    if let Some(e) = site.get("knowledge_base")
        && let Some(base) = cx.fields(&e.node, e.mark, keys::KNOWLEDGE_BASE)
    {
        let all = SiteField::KnowledgeBaseAllLoggedIn;
        toggle(cx, &base, "allow_all_logged_in", all, settings);
        toggle(
            cx,
            &base,
            "allow_anyone",
            SiteField::KnowledgeBaseAnyone,
            settings,
        );
    }
}

fn spaces(cx: &mut Context, entry: Option<&Entry<'_>>) -> BTreeMap<SpaceKey, Space> {
    let mut spaces = BTreeMap::new();
    for entry in block(cx, entry) {
        let key = cx.name(&entry.key, entry.mark, SpaceKey::new);
        if matches!(entry.node.value, Value::Null) {
            cx.report(null(entry.mark));
            continue;
        }
        let Some(fields) = cx.fields(&entry.node, entry.mark, keys::SPACE) else {
            continue;
        };
        let space = Space {
            span: entry.mark.span,
            anonymous_access: fields
                .get("anonymous_access")
                .and_then(|e| cx.boolean(&e.node)),
            unlicensed_access: fields
                .get("unlicensed_access")
                .and_then(|e| cx.boolean(&e.node)),
        };
        spaces.extend(key.map(|key| (key, space)));
    }
    spaces
}

fn people(cx: &mut Context, entry: Option<&Entry<'_>>) -> BTreeMap<Email, Person> {
    let mut people = BTreeMap::new();
    for entry in block(cx, entry) {
        let email = match address(&entry.key) {
            Ok(email) => Some(email),
            Err(diagnostic) => {
                cx.report(diagnostic.at(entry.mark));
                None
            }
        };
        if matches!(entry.node.value, Value::Null) {
            cx.report(null(entry.mark).hint("write `{ state: absent }`"));
            continue;
        }
        let Some(fields) = cx.fields(&entry.node, entry.mark, keys::PERSON) else {
            continue;
        };
        if let Some(e) = cx.required(&fields, "state", "the only state is `absent`") {
            cx.word(&e.node, &[("absent", ())]);
        }
        let person = Person {
            span: entry.mark.span,
            reason: optional_sentence(cx, fields.get("reason")),
            owner: optional_sentence(cx, fields.get("owner")),
        };
        if let Some(email) = email {
            insert(cx, &mut people, email, person, entry, |p| p.span);
        }
    }
    people
}

fn accounts(cx: &mut Context, entry: &Entry<'_>) -> Vec<SeedAccount> {
    if !cx.options.seed {
        cx.report(
            Diagnostic::error(codes::SEED_MISPLACED, "only a seed declares accounts")
                .at(entry.mark)
                .hint("list people in `members` or `customers`; what exists is read from the site"),
        );
    }
    let Some(fields) = cx.fields(&entry.node, entry.mark, keys::ACCOUNTS) else {
        return Vec::new();
    };
    let Some(list) = cx.required(&fields, "list", "`accounts: { list: […] }`") else {
        return Vec::new();
    };
    let items = cx.items(&list.node).unwrap_or_default();
    let accounts = items.iter().filter_map(|item| account(cx, item));
    accounts.collect()
}

fn account(cx: &mut Context, node: &Node<'_>) -> Option<SeedAccount> {
    let fields = cx.fields(node, node.mark, keys::ACCOUNT)?;
    let email = cx
        .required(&fields, "email", "the address of the account")
        .and_then(|e| cx.email(&e.node));
    let kind = fields
        .get("account")
        .and_then(|e| cx.word(&e.node, AccountKind::WORDS));
    let kind = kind.map_or(AccountKind::PortalOnly, |kind| kind.value);
    let role = fields.get("role").and_then(|e| {
        if kind == AccountKind::PortalOnly {
            cx.report(
                Diagnostic::error(codes::CONFLICTING_KEYS, "a portal-only account has no role")
                    .at(e.mark)
                    .hint("leave `role` out, or write `account: atlassian`"),
            );
        }
        cx.word(&e.node, ROLE)
    });
    let state = fields
        .get("state")
        .and_then(|e| cx.word(&e.node, ACCOUNT_STATE));
    let hidden = fields.get("email_hidden").and_then(|e| cx.boolean(&e.node));
    Some(SeedAccount {
        span: node.mark.span,
        name: optional_sentence(cx, fields.get("name")),
        account: kind,
        account_id: fields
            .get("account_id")
            .and_then(|e| account_id(cx, &e.node)),
        role: role.map_or(ApprovedRole::Customer, |role| role.value),
        state: state.map(|state| state.value).unwrap_or_default(),
        email_hidden: hidden.is_some_and(|hidden| hidden.value),
        email: email?.value,
    })
}

/// Takes an account id: at most 128 characters without spaces or control characters.
pub(in crate::config) fn account_id(cx: &mut Context, node: &Node<'_>) -> Option<AccountId> {
    let text = cx.text(node)?;
    if let Some(problem) = account_id_problem(text) {
        cx.report(
            Diagnostic::error(
                codes::INVALID_ID,
                format!("invalid account id `{}`: {problem}", short(text)),
            )
            .at(node.mark),
        );
        return None;
    }
    Some(AccountId::new(text))
}

/// Says why a text is no account id, when it is none.
pub(crate) fn account_id_problem(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        Some("it is empty")
    } else if text.chars().count() > 128 {
        Some("it has more than 128 characters")
    } else if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        Some("it holds a space or a control character")
    } else if text.contains('@') {
        Some("it is an e-mail address; write it as `email`")
    } else {
        None
    }
}
