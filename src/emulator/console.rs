//! The sandbox's pages for people: an admin console for what Atlassian offers on pages only, and the site as a visitor sees it.
//!
//! They are plain HTML without script under `/__sandbox/`, outside the count as the statistics are, and answer loopback callers
//! without a login: whoever reaches them can read the published credentials of the sandbox anyway. What protects them from
//! other web pages is [`refusal`]: the `Host` must be this machine, and a form must come from a page of the same origin.
//!
//! The pages use the words of the manual steps in plans, so that a click path can be followed. `visit` and `doors` give the
//! same content as JSON for `Accept: application/json`.

mod groups;
mod help_centers;
mod html;
mod organizations;
mod people;
mod projects;
mod settings;
mod visit;

use super::call::Answer;
use super::server::{BODY_LIMIT, Shared, response};
use super::site::{ADMIN, AGENT};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method};
use axum::routing::{MethodFilter, on};
use serde_json::Value;
use std::sync::Arc;

/// Where the console begins.
const CONSOLE: &str = "/__sandbox/console";

/// The parameters of a request, in order: of its query, or of its form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Form(Vec<(String, String)>);

impl Form {
    /// Returns the first value of a parameter, empty where there is none.
    fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value.as_str())
    }

    /// Says whether a parameter is there: how forms send a checked box.
    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// Adds a box that is checked.
    fn with_box(self, name: &str, on: bool) -> Self {
        match on {
            true => self.with(name, "on"),
            false => self,
        }
    }

    fn urlencoded(text: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(text).into_owned().collect())
    }

    /// Reads a JSON object of words and toggles as the form that says the same; `None` for anything else.
    fn json(body: &[u8]) -> Option<Self> {
        let Ok(Value::Object(object)) = serde_json::from_slice(body) else {
            return None;
        };
        let mut form = Self::default();
        for (name, value) in object {
            match value {
                Value::String(text) => form.0.push((name, text)),
                Value::Bool(true) => form.0.push((name, "on".to_owned())),
                Value::Bool(false) | Value::Null => {}
                _ => return None,
            }
        }
        Some(form)
    }
}

/// One request for a page, or one form.
struct Ask {
    /// The parts of the path behind `/__sandbox/`, decoded.
    path: Vec<String>,
    query: Form,
    /// What a `POST` sent.
    form: Option<Form>,
    json: bool,
}

/// Returns the routes of all pages.
pub(super) fn routes(shared: &Arc<Shared>) -> Router {
    let mut router = Router::new();
    for path in [
        CONSOLE,
        "/__sandbox/console/{*page}",
        "/__sandbox/visit",
        "/__sandbox/doors/{door}",
    ] {
        let shared = Arc::clone(shared);
        router = router.route(
            path,
            on(
                MethodFilter::GET.or(MethodFilter::POST),
                move |request: Request| {
                    let shared = Arc::clone(&shared);
                    async move { response(serve(&shared, request).await) }
                },
            ),
        );
    }
    router
}

async fn serve(shared: &Shared, request: Request) -> Answer {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let refused = |(status, why): (u16, &'static str)| html::error(status, why);
    let answer = match refusal(&parts.headers, &parts.method) {
        Some(refusal) => refused(refusal),
        None => match ask(&parts, body).await {
            Ok(ask) => page(shared, &ask),
            Err(refusal) => refused(refusal),
        },
    };
    guarded(html::here(answer, &path))
}

async fn ask(parts: &axum::http::request::Parts, body: Body) -> Result<Ask, (u16, &'static str)> {
    let path = parts.uri.path().trim_start_matches("/__sandbox/");
    let path = path
        .split('/')
        .map(|part| {
            percent_encoding::percent_decode_str(part)
                .decode_utf8()
                .map(|part| part.into_owned())
                .map_err(|_| (404, "There is no such page."))
        })
        .collect::<Result<_, _>>()?;
    let header = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
    };
    let form = match parts.method == Method::POST {
        false => None,
        true => {
            let bytes = to_bytes(body, BODY_LIMIT)
                .await
                .map_err(|_| (413, "The form is too large."))?;
            match header("content-type")
                .split(';')
                .next()
                .unwrap_or("")
                .trim()
            {
                "application/x-www-form-urlencoded" => Some(Form::urlencoded(&bytes)),
                "application/json" => {
                    Some(Form::json(&bytes).ok_or((400, "The body is no JSON object of words."))?)
                }
                _ => return Err((415, "A form is sent urlencoded, or as a JSON object.")),
            }
        }
    };
    Ok(Ask {
        path,
        query: Form::urlencoded(parts.uri.query().unwrap_or("").as_bytes()),
        form,
        json: header("accept").contains("application/json"),
    })
}

/// Finds the page.
fn page(shared: &Shared, ask: &Ask) -> Answer {
    let path: Vec<&str> = ask.path.iter().map(String::as_str).collect();
    let by = by(&path, ask.form.as_ref());
    match (path.as_slice(), &ask.form) {
        (["console"], None) => shared.read(settings::index),
        (["console", "style.css"], None) => html::style(),
        (["console", "app-access"], None) => {
            shared.read(|site| settings::app_access(site, &ask.query, None))
        }
        (["console", "app-access"], Some(form)) => {
            shared.change(&by, |site| settings::put_app_access(site, form))
        }
        (["console", "project", key], None) => {
            shared.read(|site| projects::page(site, key, &ask.query, None))
        }
        (["console", "project", key, part], Some(form)) => {
            shared.change(&by, |site| projects::put(site, key, part, form))
        }
        (["console", "customers"], None) => {
            shared.read(|site| organizations::list(site, &ask.query))
        }
        (["console", "organization"], None) => {
            shared.read(|site| organizations::page(site, &ask.query))
        }
        (["console", "organization"], Some(form)) => {
            shared.change(&by, |site| organizations::put(site, form))
        }
        (["console", "users"], None) => shared.read(|site| people::users(site, &ask.query, None)),
        (["console", "users"], Some(form)) => {
            let (answer, mails) = shared.change(&by, |site| people::put_users(site, form));
            shared.count_mails(mails);
            answer
        }
        (["console", "help-centers"], None) => {
            shared.read(|site| help_centers::page(site, &ask.query, None))
        }
        (["console", "help-centers"], Some(form)) => {
            shared.change(&by, |site| help_centers::put(site, form))
        }
        (["console", "groups"], None) => shared.read(|site| groups::page(site, &ask.query, None)),
        (["console", "groups"], Some(form)) => shared.change(&by, |site| groups::put(site, form)),
        (["console", "portal-only-customers"], None) => {
            shared.read(|site| people::portal_only(site, &ask.query))
        }
        (["console", "portal-only-customers"], Some(form)) => {
            let (answer, mails) = shared.change(&by, |site| people::change_portal_only(site, form));
            shared.count_mails(mails);
            answer
        }
        (["console", name], None) => shared.read(|site| settings::page(site, name, &ask.query)),
        (["console", name], Some(form)) => {
            shared.change(&by, |site| settings::put(site, name, form))
        }
        (["visit"], None) => shared.read(|site| visit::page(site, &ask.query, ask.json)),
        (["doors", door], Some(form)) => {
            let (answer, mails) =
                shared.change(&by, |site| visit::door(site, door, form, ask.json));
            shared.count_mails(mails);
            answer
        }
        _ => html::error(404, "There is no such page."),
    }
}

/// Whose doing a form is: the address in `by`; without one the administrator's, and at a door that people go through, their own.
fn by(path: &[&str], form: Option<&Form>) -> String {
    let form = form.cloned().unwrap_or_default();
    let by = match (form.get("by").trim(), path) {
        ("", ["doors", "agent-invite" | "organization-add"]) => AGENT.0,
        ("", ["doors", _]) => form.get("email").trim(),
        ("", _) => ADMIN.0,
        (by, _) => by,
    };
    by.to_owned()
}

/// Says why a request may not reach the pages: a name that is not this machine's (a web page elsewhere that had its name point
/// here), or a form that another web page sends. Programs send neither `Origin` nor `Sec-Fetch-Site`, browsers one at least.
fn refusal(headers: &HeaderMap, method: &Method) -> Option<(u16, &'static str)> {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = header("host").unwrap_or("");
    let local = url::Url::parse(&format!("http://{host}/")).is_ok_and(|url| match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    });
    if !local {
        return Some((421, "The console answers under a loopback address only."));
    }
    if method == Method::GET {
        return None;
    }
    let own = format!("http://{host}");
    let foreign_origin = header("origin").is_some_and(|origin| !origin.eq_ignore_ascii_case(&own));
    let foreign_site = header("sec-fetch-site").is_some_and(|site| site != "same-origin");
    (foreign_origin || foreign_site)
        .then_some((403, "A form of another web page is not taken here."))
}

/// Adds the headers that keep a page to itself: no script, nothing from elsewhere, in no frame, in no cache.
fn guarded(mut answer: Answer) -> Answer {
    for (name, value) in [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        ("cache-control", "no-store"),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
    ] {
        answer.headers.push((name, value.to_owned()));
    }
    answer
}

/// Says whether whoever asks would rather read a page than JSON.
pub(super) fn is_browser(headers: &HeaderMap) -> bool {
    let accept = headers.get("accept").and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// Sends a browser that opened the bare address of the sandbox on to the console, which links the visitor's page too.
pub(super) fn entrance() -> Answer {
    Answer {
        headers: vec![("location", CONSOLE.to_owned())],
        ..Answer::empty(302)
    }
}

/// Sends a browser on with `GET`, after a form was taken.
fn see_other(place: String) -> Answer {
    Answer {
        headers: vec![("location", place)],
        ..Answer::empty(303)
    }
}

/// Writes a text for the query of a link.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Form, Method, refusal};
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    fn answer(method: &Method, headers: &[(&'static str, &'static str)]) -> Option<u16> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        refusal(&map, method).map(|(status, _)| status)
    }

    #[test]
    fn only_this_machine_and_only_its_own_forms() {
        let (get, post) = (&Method::GET, &Method::POST);
        for host in [
            "127.0.0.1:8080",
            "localhost:8080",
            "[::1]:8080",
            "127.0.0.1",
        ] {
            assert_eq!(answer(get, &[("host", host)]), None, "{host}");
            assert_eq!(answer(post, &[("host", host)]), None, "{host}");
        }
        for host in [
            "evil.example:8080",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "",
            "a@127.0.0.1 x",
        ] {
            assert_eq!(answer(get, &[("host", host)]), Some(421), "{host}");
        }
        let host = ("host", "127.0.0.1:8080");
        for (origin, wanted) in [
            ("http://127.0.0.1:8080", None),
            ("http://127.0.0.1:8081", Some(403)),
            ("https://127.0.0.1:8080", Some(403)),
            ("http://localhost:8080", Some(403)),
            ("https://evil.example", Some(403)),
            ("null", Some(403)),
        ] {
            assert_eq!(
                answer(post, &[host, ("origin", origin)]),
                wanted,
                "{origin}"
            );
            assert_eq!(answer(get, &[host, ("origin", origin)]), None, "{origin}");
        }
        for (site, wanted) in [
            ("same-origin", None),
            ("same-site", Some(403)),
            ("cross-site", Some(403)),
            ("none", Some(403)),
        ] {
            assert_eq!(
                answer(post, &[host, ("sec-fetch-site", site)]),
                wanted,
                "{site}"
            );
        }
    }

    #[test]
    fn json_says_what_a_form_says() {
        let form = Form::json(br#"{"a": "x y", "on": true, "off": false, "none": null}"#);
        assert_eq!(form, Some(Form::urlencoded(b"a=x+y&on=on")));
        assert_eq!(Form::json(b"[1]"), None);
        assert_eq!(Form::json(br#"{"a": 1}"#), None);
    }
}
