//! Serving a site on a port: credentials, roles, dispatch, counting, recording and saving.

use super::call::{Answer, Call, Caller, Face, error};
use super::console;
use super::gate::{CuttableListener, Line, OpenGate, Passage, Policy, gate};
use super::graphql;
use super::oauth::Tokens;
use super::routes::{Handler, Need, Operation, operations};
use super::site::{ADMIN, Site};
use super::stats::{Exchange, Stats};
use super::store::write_whole;
use crate::files::Place;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, RawPathParams, Request};
use axum::http::{HeaderValue, Response};
use axum::routing::{MethodFilter, on};
use futures_util::stream::{self, StreamExt as _};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::JoinHandle;

/// The largest body that is read; Jira refuses far smaller ones.
pub(super) const BODY_LIMIT: usize = 16 << 20;

/// How long after a change the state is written to its file.
const SAVE_AFTER: Duration = Duration::from_millis(300);

/// How the sandbox behaves, apart from the state of its site.
#[derive(Debug, Clone)]
pub struct Options {
    /// The largest page that JSM's lists give, whatever `limit` says.
    pub page_cap: usize,
    /// Where the state is kept between runs.
    pub state_file: Option<Place>,
    /// Whether callers have *Browse users and groups*; without it searches find nobody.
    pub browse_users: bool,
    /// Whether every exchange is kept for [`Sandbox::exchanges`].
    pub record: bool,
    /// How long an OAuth token lasts.
    pub token_life: Duration,
    /// Who decides at the gate.
    pub policy: Arc<dyn Policy>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            page_cap: 50,
            state_file: None,
            browse_users: true,
            record: false,
            token_life: Duration::from_secs(3600),
            policy: Arc::new(OpenGate),
        }
    }
}

/// A running sandbox. Dropping it stops it at once; [`Sandbox::stop`] lets requests finish and saves.
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
    quit: Option<oneshot::Sender<()>>,
    server: JoinHandle<io::Result<()>>,
    saver: Option<JoinHandle<()>>,
}

#[derive(Debug)]
pub(super) struct Shared {
    base: String,
    /// Whether only this machine can reach the server, and so whether the console answers.
    local: bool,
    options: Options,
    site: RwLock<Site>,
    counts: Mutex<Stats>,
    recorded: Mutex<Vec<Exchange>>,
    tokens: Mutex<Tokens>,
    changed: Notify,
    /// How many changes there were.
    changes: AtomicU64,
    /// Up to which change the state is in its file.
    saved: watch::Sender<u64>,
    /// Held while the state is read and written, so that an older state never replaces a newer one.
    writing: Mutex<()>,
}

/// Saves a running sandbox from outside. It keeps none alive.
#[derive(Debug, Clone)]
pub struct Keeper(Weak<Shared>);

impl Keeper {
    /// Writes the state as it is now to the sandbox's file; nothing where there is no file, or no sandbox any more.
    ///
    /// Every change that a caller was told of is in it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self) -> io::Result<()> {
        self.0.upgrade().map_or(Ok(()), |shared| shared.save())
    }

    /// Returns the state as it is now; `None` where there is no sandbox any more.
    pub fn site(&self) -> Option<Site> {
        let shared = self.0.upgrade()?;
        Some(shared.read(Clone::clone))
    }
}

impl Sandbox {
    /// Serves a site on a free loopback port.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(site: Site, options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        Self::start_on(listener, site, options).await
    }

    /// Serves a site on a port that is open already.
    ///
    /// # Errors
    /// When the listener has no address.
    #[expect(
        clippy::unused_async,
        reason = "it spawns tasks, so it must be called where a runtime is, like `start`"
    )]
    pub async fn start_on(
        listener: TcpListener,
        mut site: Site,
        options: Options,
    ) -> io::Result<Self> {
        site.begin();
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            base: format!("http://{address}"),
            local: address.ip().is_loopback(),
            options,
            site: RwLock::new(site),
            counts: Mutex::default(),
            recorded: Mutex::default(),
            tokens: Mutex::default(),
            changed: Notify::new(),
            changes: AtomicU64::new(0),
            saved: watch::Sender::new(0),
            writing: Mutex::default(),
        });
        let (quit, quitting) = oneshot::channel::<()>();
        let service = router(&shared).into_make_service_with_connect_info::<Line>();
        let server = tokio::spawn(async move {
            axum::serve(CuttableListener(listener), service)
                .with_graceful_shutdown(async {
                    // A dropped sender stops the server just as well.
                    let _ = quitting.await;
                })
                .await
        });
        let saver = shared
            .options
            .state_file
            .is_some()
            .then(|| tokio::spawn(keep_saving(Arc::clone(&shared))));
        Ok(Self {
            shared,
            quit: Some(quit),
            server,
            saver,
        })
    }

    /// Returns the origin under which the sandbox answers.
    pub fn url(&self) -> String {
        self.shared.base.clone()
    }

    /// Returns the state as it is now.
    pub fn site(&self) -> Site {
        self.shared.read(Site::clone)
    }

    /// Changes the state behind the callers' backs, as somebody using the web pages would.
    pub fn edit<T>(&self, change: impl FnOnce(&mut Site) -> T) -> T {
        self.shared.change(ADMIN.0, change)
    }

    /// Returns the counts since the start or the last reset.
    pub fn stats(&self) -> Stats {
        lock(&self.shared.counts).clone()
    }

    /// Returns what was recorded so far, in the order of answering.
    pub fn exchanges(&self) -> Vec<Exchange> {
        lock(&self.shared.recorded).clone()
    }

    /// Returns once every change made so far is in the state file; at once where there is no such file.
    pub async fn saved(&self) {
        if self.saver.is_none() {
            return;
        }
        let changes = self.shared.changes.load(Ordering::Relaxed);
        // The sender lives as long as the sandbox, so waiting cannot fail.
        let _ = self
            .shared
            .saved
            .subscribe()
            .wait_for(|saved| *saved >= changes)
            .await;
    }

    /// Returns what can save the state while somebody else holds the sandbox.
    pub fn keeper(&self) -> Keeper {
        Keeper(Arc::downgrade(&self.shared))
    }

    /// Takes no further requests, lets those under way finish, saves, and returns the state.
    ///
    /// # Errors
    /// When serving or saving failed.
    pub async fn stop(mut self) -> io::Result<Site> {
        if let Some(quit) = self.quit.take() {
            // The server may have ended by itself.
            let _ = quit.send(());
        }
        (&mut self.server).await.map_err(io::Error::other)??;
        if let Some(saver) = self.saver.take() {
            saver.abort();
            // Only the end of the task matters: a write of its own is whole or not there.
            let _ = saver.await;
        }
        self.shared.save()?;
        Ok(self.site())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
        if let Some(saver) = &self.saver {
            saver.abort();
        }
    }
}

impl Shared {
    pub(super) fn read<T>(&self, look: impl FnOnce(&Site) -> T) -> T {
        look(&self.site.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn write<T>(&self, change: impl FnOnce(&mut Site) -> T) -> T {
        let result = change(&mut self.site.write().unwrap_or_else(PoisonError::into_inner));
        self.changes.fetch_add(1, Ordering::Relaxed);
        self.changed.notify_one();
        result
    }

    /// Changes the state as somebody with this address would on the pages, and records it so.
    pub(super) fn change<T>(&self, address: &str, change: impl FnOnce(&mut Site) -> T) -> T {
        self.write(|site| {
            let result = change(site);
            site.sign(site.author(address));
            result
        })
    }

    /// Writes the state to its file, where it has one.
    fn save(&self) -> io::Result<()> {
        let Some(path) = &self.options.state_file else {
            return Ok(());
        };
        let _writing = lock(&self.writing);
        write_whole(path, &self.read(Site::to_bytes)?)
    }

    /// Counts e-mails that the real site would have sent.
    pub(super) fn count_mails(&self, mails: u64) {
        lock(&self.counts).mails += mails;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes the state a moment after each change; on a site so large that this takes long, less often.
async fn keep_saving(shared: Arc<Shared>) {
    let mut cost = Duration::ZERO;
    loop {
        shared.changed.notified().await;
        tokio::time::sleep(SAVE_AFTER.max(cost * 5)).await;
        let began = Instant::now();
        let of = Arc::clone(&shared);
        // Counted before the state is read: what changes meanwhile may be in the file, but is not promised.
        let changes = shared.changes.load(Ordering::Relaxed);
        let saved = tokio::task::spawn_blocking(move || of.save()).await;
        match saved {
            Ok(Ok(())) => drop(shared.saved.send_replace(changes)),
            Ok(Err(error)) => tracing::warn!(%error, "the state of the sandbox was not saved"),
            Err(error) => tracing::warn!(%error, "the state of the sandbox was not saved"),
        }
        cost = began.elapsed();
    }
}

fn router(shared: &Arc<Shared>) -> Router {
    let mut router = match shared.local {
        true => console::routes(shared),
        false => Router::new(),
    };
    for operation in operations() {
        let operation = Arc::new(operation);
        for path in operation.paths() {
            let (shared, operation) = (Arc::clone(shared), Arc::clone(&operation));
            let filter = match operation.method {
                "GET" => MethodFilter::GET,
                "PUT" => MethodFilter::PUT,
                "DELETE" => MethodFilter::DELETE,
                _ => MethodFilter::POST,
            };
            router = router.route(
                &path,
                on(
                    filter,
                    move |ConnectInfo(line): ConnectInfo<Line>,
                          params: RawPathParams,
                          request: Request| {
                        let (shared, operation) = (Arc::clone(&shared), Arc::clone(&operation));
                        let params = params
                            .iter()
                            .map(|(key, value)| (key.to_owned(), value.to_owned()))
                            .collect();
                        async move { serve(&shared, Ok(&operation), &line, params, request).await }
                    },
                ),
            );
        }
    }
    let counted = Arc::clone(shared);
    let reset = Arc::clone(shared);
    let unanswered = |status: u16| {
        let shared = Arc::clone(shared);
        move |ConnectInfo(line): ConnectInfo<Line>, request: Request| {
            let shared = Arc::clone(&shared);
            async move { serve(&shared, Err(status), &line, Vec::new(), request).await }
        }
    };
    router
        .route(
            "/__sandbox/stats",
            on(MethodFilter::GET, move || async move {
                let stats = lock(&counted.counts).clone();
                response(Answer::raw(serde_json::to_vec(&stats).unwrap_or_default()))
            }),
        )
        .route(
            "/__sandbox/stats/reset",
            on(MethodFilter::POST, move || async move {
                *lock(&reset.counts) = Stats::default();
                response(Answer::empty(204))
            }),
        )
        .fallback(unanswered(404))
        .method_not_allowed_fallback(unanswered(405))
}

/// Takes one request from arrival to answer. Without an operation it gets the status that stands in its place.
async fn serve(
    shared: &Shared,
    wanted: Result<&Operation, u16>,
    line: &Line,
    params: Vec<(String, String)>,
    request: Request,
) -> Response<Body> {
    let operation = wanted.ok();
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_LIMIT).await;
    let path = parts.uri.path();
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(parts.uri.query().unwrap_or("").as_bytes())
            .into_owned()
            .collect();
    let oversized = body.is_err();
    let body: Bytes = body.unwrap_or_default();
    let face = operation.map_or_else(|| face_of(path), |operation| operation.face);
    let call = Call {
        face,
        caller: Caller::of(&parts.headers, |token| lock(&shared.tokens).is_live(token)),
        params: &params,
        query: &query,
        headers: &parts.headers,
        body: &body,
        path,
        base: &shared.base,
        options: &shared.options,
        shift: 0,
    };
    let template = operation.map_or(path, |operation| operation.template);
    let asked = operation
        .filter(|operation| matches!(operation.handler, Handler::Graph))
        .map(|_| graphql::Asked::of(&body));
    let mut name = format!("{} {template}", parts.method);
    let mut write = operation.map_or(parts.method != "GET", Operation::writes);
    if let Some(asked) = &asked {
        name.push('#');
        name.push_str(asked.name());
        write = asked.is_mutation();
    }
    {
        let mut counts = lock(&shared.counts);
        counts.requests += 1;
        counts.writes += u64::from(write);
        *counts.by_operation.entry(name.clone()).or_default() += 1;
    }
    let passage = Passage {
        operation: &name,
        path,
        write,
        skips: call.skips(),
        identity: call.identity(parts.method.as_str()),
    };
    let answer = gate(&*shared.options.policy, passage, |shift| {
        let call = Call { shift, ..call };
        if oversized {
            return call.error(413, "the body is too large");
        }
        match wanted {
            Ok(operation) => answer(shared, operation, &call, asked.as_ref()),
            Err(_) if path == "/" && console::is_browser(&parts.headers) => console::entrance(),
            Err(status) => call.error(status, "nothing is imitated here"),
        }
    })
    .await;
    let status = answer.as_ref().map(|answer| answer.status);
    {
        let mut counts = lock(&shared.counts);
        counts.refused += u64::from(matches!(status, Some(401 | 403 | 429)));
        counts.mails += answer.as_ref().map_or(0, |answer| answer.mails);
    }
    if shared.options.record {
        let exchange = Exchange {
            method: parts.method.to_string(),
            template: template.to_owned(),
            path: path.to_owned(),
            query: query.clone(),
            request_headers: parts
                .headers
                .iter()
                .map(|(key, value)| (key.to_string(), shown(key.as_str(), value)))
                .collect(),
            request_body: body.to_vec(),
            status,
            response_body: answer.as_ref().map(|a| a.body.clone()).unwrap_or_default(),
        };
        lock(&shared.recorded).push(exchange);
    }
    match answer {
        Some(answer) => response(answer),
        None => {
            line.cut();
            Response::new(Body::empty())
        }
    }
}

/// Checks credentials, roles and headers, then carries the operation out on the state.
fn answer(
    shared: &Shared,
    operation: &Operation,
    call: &Call<'_>,
    asked: Option<&graphql::Asked>,
) -> Answer {
    if let Some(refusal) = refusal(shared, operation, call) {
        return refusal;
    }
    let reply = match (operation.handler, asked) {
        (Handler::Read(handler), _) => shared.read(|site| handler(site, call)),
        (Handler::Write(handler), _) => shared.write(|site| {
            let reply = handler(site, call);
            site.sign(call.author(site));
            reply
        }),
        (Handler::Graph, Some(asked)) if asked.is_mutation() => {
            shared.write(|site| Ok(super::knowledge::mutate(site, asked)))
        }
        (Handler::Graph, Some(asked)) => {
            shared.read(|site| Ok(super::knowledge::look_up(site, call, asked)))
        }
        (Handler::Graph, None) => Err(call.error(400, "there is no document")),
        (Handler::Token, _) => {
            let answer = lock(&shared.tokens).give(call, shared.options.token_life);
            if answer.status == 200 {
                shared.write(Site::ensure_service_account);
            }
            Ok(answer)
        }
    };
    let mut answer = reply.unwrap_or_else(|refused| refused);
    let account = shared.read(|site| {
        call.caller
            .account(site)
            .map(|account| account.id.to_string())
    });
    if let Some(id) = account {
        answer.headers.push(("x-aaccountid", id));
    }
    answer
}

fn refusal(shared: &Shared, operation: &Operation, call: &Call<'_>) -> Option<Answer> {
    let by_gateway = call.path.starts_with("/ex/") || call.path.starts_with("/jsm/csm/");
    let expected = match (operation.face, call.caller) {
        (_, Caller::Anonymous | Caller::Unknown) => false,
        (face, Caller::OrganizationKey) => face == Face::Admin,
        (face, Caller::Admin | Caller::Agent) => face != Face::Admin,
        // A token of a service account is taken by the gateway, and not by the site's own origin.
        (_, Caller::ServiceAccount) => by_gateway,
    };
    let anonymous = operation.need == Need::Nobody && call.caller == Caller::Anonymous;
    if !expected && !anonymous {
        let mut answer = call.error(401, "Client must be authenticated to access this resource.");
        if call.path.starts_with("/ex/") {
            answer = error(Face::Gateway, 401, "Unauthorized");
        }
        answer
            .headers
            .push(("www-authenticate", "Basic realm=\"Sandbox\"".to_owned()));
        return Some(answer);
    }
    let cloud = call.param("cloudId");
    if !cloud.is_empty() && shared.read(|site| site.cloud_id().as_str() != cloud) {
        return Some(error(Face::Gateway, 404, "Not Found"));
    }
    if operation.need == Need::Admin && !call.is_admin() {
        return Some(call.error(
            403,
            "Unauthorized to perform the requested action, JIRA Administrators global permission is required.",
        ));
    }
    let opted_in = call
        .headers
        .get("x-experimentalapi")
        .is_some_and(|value| matches!(value.as_bytes(), b"opt-in" | b"true"));
    if operation.experimental && !opted_in {
        return Some(call.keyed_error(
            412,
            "sd.rest.experimental.opt.in",
            "This operation is experimental: send the header X-ExperimentalApi: opt-in.",
        ));
    }
    None
}

/// Makes the response of an answer; one with a body is JSON unless its headers say otherwise.
pub(super) fn response(answer: Answer) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = axum::http::StatusCode::from_u16(answer.status)
        .unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    for (key, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(key, value);
        }
    }
    if !answer.body.is_empty() {
        headers
            .entry("content-type")
            .or_insert(HeaderValue::from_static("application/json;charset=UTF-8"));
        *response.body_mut() = match answer.stalls {
            true => stalling(answer.body),
            false => Body::from(answer.body),
        };
    }
    response
}

/// The first half of a body, after which nothing comes.
fn stalling(mut body: Vec<u8>) -> Body {
    body.truncate(body.len() / 2);
    let half = stream::iter([Ok::<_, io::Error>(body)]);
    Body::from_stream(half.chain(stream::pending()))
}

pub(super) fn face_of(path: &str) -> Face {
    if path.contains("/servicedeskapi/") {
        Face::Jsm
    } else if path.starts_with("/admin/") {
        Face::Admin
    } else if path.contains("/wiki/") {
        Face::Confluence
    } else {
        Face::Jira
    }
}

fn shown(key: &str, value: &HeaderValue) -> String {
    let text = value.to_str().unwrap_or("");
    if key == "authorization" {
        return text.split(' ').next().unwrap_or("").to_owned();
    }
    text.to_owned()
}
