//! A site.

use super::{
    accounts, allow_empty, block, insert, mode, optional_sentence, organization, project, sandbox,
    settings,
};
use crate::config::codes;
use crate::config::context::{Context, Fields, address, closest, null};
use crate::config::files::ROOT_FILE;
use crate::config::workspace::{
    ApprovedRole, Auth, ConfluencePlan, Mode, Person, PersonRole, Site, SiteUrl, Space,
    SurfaceMode, Surfaces, UnlistedProjects, UserManagement,
};
use crate::config::yaml::{Entry, Node, Value};
use crate::config::{keys, mapped, roster};
use crate::diagnostic::{Diagnostic, Located, Mark, short};
use crate::model::{Email, Origin, OriginError, SiteKey, SpaceKey};
use camino::Utf8PathBuf;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

const AUTH: &[(&str, Auth)] = &[
    ("classic", Auth::Classic),
    ("scoped", Auth::Scoped),
    ("oauth", Auth::Oauth),
];
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
const AUDIT_MODE: &[(&str, SurfaceMode)] =
    &[("deny", SurfaceMode::Deny), ("read", SurfaceMode::Read)];
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

/// Says that a site has no address, with the site that was probably meant.
fn no_url(entry: &Entry<'_>, with_url: &[&str]) -> Diagnostic {
    let hint = "`url: https://NAME.atlassian.net`, or `url: \"sandbox:\"` for the embedded sandbox";
    let hint = match closest(&entry.key, with_url.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? Otherwise {hint}"),
        None => hint.to_owned(),
    };
    let what = format!("site `{}` has no `url`", entry.key);
    Diagnostic::error(codes::MISSING_KEY, what)
        .at(entry.mark)
        .hint(hint)
}

/// Reads a site. `with_url` are the keys of those that have an address: where this one has none, one of them may be meant.
pub(super) fn site(cx: &mut Context, entry: &Entry<'_>, with_url: &[&str]) -> Option<Site> {
    let key = cx.name(&entry.key, entry.mark, SiteKey::new);
    if matches!(entry.node.value, Value::Null) {
        cx.report(null(entry.mark));
        return None;
    }
    let fields = cx.fields(&entry.node, entry.mark, keys::SITE)?;
    let url = fields.get("url").and_then(|e| site_url(cx, &e.node));
    if !cx.options.seed && !fields.has("url") && !cx.partial {
        cx.report(no_url(entry, with_url));
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
    let settings = settings::settings(cx, &fields);
    let (people, roles) = people(cx, fields.get("people"));
    let organizations_mode = mode(cx, fields.get("organizations_mode"));
    let may_be_empty = allow_empty(cx, fields.get("allow_empty"));
    cx.declared = declared(&fields);
    let mut organizations = organization::organizations(cx, fields.get("organizations"));
    let mut projects = project::projects(cx, fields.get("projects"));
    project::defaults(cx, fields.get("project_defaults"), &mut projects);
    let mut lists = roster::Lists {
        site: &entry.key,
        organizations: &mut organizations,
        projects: &mut projects,
    };
    let rosters = roster::rosters(cx, fields.get("rosters"), &mut lists);
    roster::unfilled(cx, &lists);
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
    let auth = word(cx, fields.get("auth"), AUTH);
    let surfaces = fields.get("surfaces").map(|e| surfaces(cx, e));
    let surfaces = surfaces.unwrap_or_default();
    let site = Site {
        key: key?,
        span: entry.mark.span,
        url,
        seed,
        api_url: fields.get("api_url").and_then(|e| {
            let text = cx.text(&e.node)?;
            let url = origin(cx, text, e.node.mark, Origin::api)?;
            Some(Located::new(url, e.node.mark.span))
        }),
        auth,
        token_expires: token_expires(cx, fields.get("token_expires"), &entry.key),
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
        surfaces: surfaces.within_reach(auth),
        settings,
        spaces: spaces(cx, fields.get("spaces")),
        unlisted_projects: unlisted
            .unwrap_or(Located::new(UnlistedProjects::default(), entry.mark.span)),
        organizations_mode,
        organizations,
        people,
        roles,
        people_by_id: BTreeMap::new(),
        leaving: Vec::new(),
        rosters,
        projects,
        accounts: fields
            .get("accounts")
            .map(|e| accounts::accounts(cx, e))
            .unwrap_or_default(),
        sandbox: fields
            .get("sandbox")
            .map(|e| sandbox::sandbox(cx, e))
            .unwrap_or_default(),
    };
    Some(site)
}

/// Returns the names that a column of a roster file may hold, in lower case.
fn declared(fields: &Fields<'_, '_>) -> BTreeSet<String> {
    let blocks = ["organizations", "projects"];
    let names = blocks
        .into_iter()
        .filter_map(|key| fields.get(key)?.node.entries());
    names
        .flatten()
        .map(|entry| entry.key.to_lowercase())
        .collect()
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
        SiteUrl::Remote(origin(cx, text, node.mark, Origin::site)?)
    };
    Some(Located::new(url, node.mark.span))
}

/// Takes an origin that may receive a token: Atlassian's over `https`, or `http` to this machine; nothing behind it.
fn origin(
    cx: &mut Context,
    text: &str,
    mark: Mark,
    check: fn(&str) -> Result<Origin, OriginError>,
) -> Option<Url> {
    // What stands before an `@` may be a password, which no log should hold.
    let shown = match text.rsplit_once('@') {
        Some((before, host)) => {
            let scheme = before.split_once("://").map_or("", |(scheme, _)| scheme);
            format!("{scheme}://…@{host}")
        }
        None => text.to_owned(),
    };
    let bad = |why: &str| {
        Diagnostic::error(
            codes::INVALID_URL,
            format!("`{}` cannot be used: {why}", short(&shown)),
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
    if let Err(error) = check(text) {
        cx.report(bad(&error.to_string()));
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
    cx.confined(&path.value, Some(node.mark))?;
    let root_file = path.value.join(ROOT_FILE);
    if cx
        .door
        .as_ref()
        .and_then(|door| door.kind(&root_file))
        .is_none()
    {
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

/// Reads when the token ends, and warns from thirty days ahead: a pipeline that stops at night tells nobody why.
fn token_expires(cx: &mut Context, entry: Option<&Entry<'_>>, site: &str) -> Option<Located<Date>> {
    let entry = entry?;
    let last = cx.date(&entry.node)?;
    let left = cx
        .options
        .today
        .until(last)
        .map_or(0, |left| left.get_days());
    let says = match left {
        31.. => None,
        0 => Some(format!("the token of site `{site}` ends today")),
        1 => Some(format!(
            "the token of site `{site}` ends tomorrow, on {last}"
        )),
        2..=30 => Some(format!(
            "the token of site `{site}` ends in {left} days, on {last}"
        )),
        _ => Some(format!("the token of site `{site}` ended on {last}")),
    };
    if let Some(says) = says {
        cx.report(
            Diagnostic::warning(codes::TOKEN_EXPIRES, says)
                .at(entry.node.mark)
                .hint("make a new one, give it to the pipelines, and write its last day here; `portcullis doctor` says how"),
        );
    }
    Some(Located::new(last, entry.node.mark.span))
}

fn surfaces(cx: &mut Context, entry: &Entry<'_>) -> Surfaces {
    let mut surfaces = Surfaces::default();
    let Some(fields) = cx.fields(&entry.node, entry.mark, keys::SURFACES) else {
        return surfaces;
    };
    for (key, mode) in [
        ("gateway", &mut surfaces.gateway),
        ("private", &mut surfaces.private),
        ("roles", &mut surfaces.roles),
        ("accounts", &mut surfaces.accounts),
    ] {
        if let Some(written) = fields.get(key).and_then(|e| cx.word(&e.node, SURFACE_MODE)) {
            *mode = written.value;
        }
    }
    if let Some(written) = fields
        .get("audit")
        .and_then(|e| cx.word(&e.node, AUDIT_MODE))
    {
        surfaces.audit = written.value;
    }
    surfaces.mapped = fields
        .get("mapped")
        .and_then(|e| Some((cx.path(&e.node)?, e.node.mark)))
        .and_then(|(path, mark)| mapped::driver(cx, &path.value, mark));
    surfaces
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

/// Who must be out everywhere, and who should be a customer.
type People = (BTreeMap<Email, Person>, BTreeMap<Email, PersonRole>);

/// Reads a person who should be a customer.
fn role(cx: &mut Context, fields: &Fields<'_, '_>, entry: &Entry<'_>) -> Option<PersonRole> {
    if let Some(state) = fields.get("state") {
        cx.report(
            Diagnostic::error(
                codes::CONFLICTING_KEYS,
                "`state` takes a person off every list, `role` makes a customer of them",
            )
            .at(state.mark)
            .hint("write one of the two"),
        );
        return None;
    }
    let why = "`role: customer` beside `take_away`";
    cx.required(fields, "role", why)
        .and_then(|e| cx.word(&e.node, &[("customer", ())]))?;
    let items = fields.get("take_away").and_then(|e| cx.items(&e.node));
    let mut take_away: Vec<Located<String>> = Vec::new();
    for item in items.unwrap_or_default() {
        let Some(text) = cx.text(item).map(str::to_owned) else {
            continue;
        };
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if text.is_empty() || !text.chars().all(word) {
            cx.report(
                Diagnostic::error(
                    codes::UNKNOWN_WORD,
                    format!("`{}` is not the name of an app", short(&text)),
                )
                .at(item.mark)
                .hint("such as `jira`, `confluence` or `jira-service-management`"),
            );
        } else if !take_away.iter().any(|known| known.value == text) {
            mistyped_app(cx, &text, item);
            take_away.push(Located::new(text, item.mark.span));
        }
    }
    Some(PersonRole {
        span: entry.mark.span,
        take_away,
        reason: optional_sentence(cx, fields.get("reason")),
        owner: optional_sentence(cx, fields.get("owner")),
    })
}

/// Warns of the name of an app that is nearly one of those that are known: an app of another name may well be there, and of one
/// that is not there nothing is ever taken.
fn mistyped_app(cx: &mut Context, text: &str, item: &Node<'_>) {
    const KNOWN: [&str; 7] = [
        "jira",
        "jira-core",
        "jira-software",
        "jira-product-discovery",
        "jira-service-management",
        "jira-servicedesk",
        "confluence",
    ];
    if KNOWN.contains(&text) {
        return;
    }
    if let Some(meant) = closest(text, KNOWN) {
        cx.report(
            Diagnostic::warning(
                codes::UNKNOWN_WORD,
                format!("`{}` is no app that is known here: where nobody has a role of it, nothing is taken", short(text)),
            )
            .at(item.mark)
            .hint(format!("did you mean `{meant}`?")),
        );
    }
}

fn people(cx: &mut Context, entry: Option<&Entry<'_>>) -> People {
    let (mut people, mut roles) = (BTreeMap::new(), BTreeMap::new());
    for entry in block(cx, entry) {
        let email = match address(&entry.key) {
            Ok(email) => Some(email),
            Err(diagnostic) => {
                cx.report(diagnostic.at(entry.mark));
                None
            }
        };
        if matches!(entry.node.value, Value::Null) {
            cx.report(null(entry.mark).hint("write `{ state: absent }` or `{ state: revoked }`"));
            continue;
        }
        let Some(fields) = cx.fields(&entry.node, entry.mark, keys::PERSON) else {
            continue;
        };
        if fields.has("role") || fields.has("take_away") {
            let role = role(cx, &fields, entry);
            if let (Some(email), Some(role)) = (email, role) {
                insert(cx, &mut roles, email, role, entry, |p| p.span);
            }
            continue;
        }
        let state = cx
            .required(
                &fields,
                "state",
                "`absent` or `revoked`, or `role: customer`",
            )
            .and_then(|e| cx.word(&e.node, &[("absent", false), ("revoked", true)]));
        let person = Person {
            span: entry.mark.span,
            reason: optional_sentence(cx, fields.get("reason")),
            owner: optional_sentence(cx, fields.get("owner")),
            until: None,
            revoked: state.is_some_and(|state| state.value),
        };
        if let Some(email) = email {
            insert(cx, &mut people, email, person, entry, |p| p.span);
        }
    }
    for (email, role) in &roles {
        if let Some(other) = people.get(email) {
            let other: &Person = other;
            let mark = Mark {
                span: role.span,
                length: 1,
            };
            crate::config::merge::twice(cx, email.key(), mark, other.span);
        }
    }
    (people, roles)
}
