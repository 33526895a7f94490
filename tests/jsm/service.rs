//! A loopback server that answers from a script and remembers what it was asked.

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use futures_util::future::BoxFuture;
use portcullis::jsm::{Auth, Clock, Connection, Credentials, Endpoint, Options, OrgKey};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A token that no output may show, and its Basic form.
pub(crate) const TOKEN: &str = "t0p-s3cret-token";
pub(crate) const BASIC: &str = "Basic YWRtaW5AYWNtZS5jb206dDBwLXMzY3JldC10b2tlbg==";
pub(crate) const ORG_KEY: &str = "0rg-s3cret-key";

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) authorization: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

impl Seen {
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name)?;
        Some(&found.1)
    }
}

/// One scripted answer.
#[derive(Clone)]
pub(crate) enum Reply {
    Is(u16, Vec<(&'static str, String)>, String),
    /// Bytes that need not be text.
    Bytes(Vec<u8>),
    /// Bytes that are unpacked to more of them.
    Packed(Vec<u8>),
    /// The answer begins, and nothing more comes.
    Stalls,
    /// The connection is cut in the middle of the answer.
    Cut,
}

pub(crate) fn json(status: u16, body: Value) -> Reply {
    Reply::Is(
        status,
        vec![("content-type", "application/json".into())],
        body.to_string(),
    )
}

pub(crate) fn with(status: u16, headers: &[(&'static str, &str)], body: &str) -> Reply {
    let headers = headers.iter().map(|&(n, v)| (n, v.to_owned())).collect();
    Reply::Is(status, headers, body.to_owned())
}

type Script = Box<dyn Fn(&Seen) -> Option<Reply> + Send + Sync>;

struct Inner {
    queue: Mutex<VecDeque<Reply>>,
    rule: Option<Script>,
    seen: Mutex<Vec<Seen>>,
}

pub(crate) struct Service {
    pub(crate) url: String,
    inner: Arc<Inner>,
    pub(crate) waits: Arc<Mutex<Vec<Duration>>>,
}

impl Service {
    /// Answers the requests in order, whatever they are; then with 500.
    pub(crate) async fn answering(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self::start(replies.into_iter().collect(), None).await
    }

    /// Answers each request by a rule; with 404 where there is none.
    pub(crate) async fn ruled(
        rule: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        Self::start(VecDeque::new(), Some(Box::new(rule))).await
    }

    async fn start(queue: VecDeque<Reply>, rule: Option<Script>) -> Self {
        let inner = Arc::new(Inner {
            queue: Mutex::new(queue),
            rule,
            seen: Mutex::default(),
        });
        let app = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&inner));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            url: format!("http://{address}"),
            inner,
            waits: Arc::default(),
        }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.inner.seen.lock().expect("not poisoned").clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().iter().map(Seen::line).collect()
    }

    /// The waits that the client asked its clock for, in whole seconds.
    pub(crate) fn waited(&self) -> Vec<u64> {
        let waits = self.waits.lock().expect("not poisoned");
        waits.iter().map(Duration::as_secs).collect()
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint {
            site_url: self.url.clone(),
            api_url: None,
            auth: Auth::Classic,
            credentials: Some(Credentials::new("admin@acme.com", TOKEN)),
            client: None,
            org_key: Some(OrgKey::new(ORG_KEY)),
            options: Options {
                clock: Arc::new(Still(Arc::clone(&self.waits))),
                ..Options::default()
            },
        }
    }

    pub(crate) fn connect(&self) -> Connection {
        Connection::open(self.endpoint()).expect("loopback is allowed")
    }
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body: Bytes = to_bytes(body, 1 << 20).await.unwrap_or_default();
    let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let headers: Vec<(String, String)> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), text(value)))
        .collect();
    let seen = Seen {
        method: parts.method.to_string(),
        target: parts.uri.to_string(),
        authorization: parts.headers.get("authorization").map(text),
        headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    let queued = inner.queue.lock().expect("not poisoned").pop_front();
    let reply = queued.unwrap_or_else(|| match &inner.rule {
        Some(rule) => {
            rule(&seen).unwrap_or_else(|| json(404, serde_json::json!({"errorMessage": "no rule"})))
        }
        None => json(
            500,
            serde_json::json!({"errorMessage": "the script is at its end"}),
        ),
    });
    inner.seen.lock().expect("not poisoned").push(seen);
    if let Reply::Bytes(bytes) = reply {
        return Response::new(axum::body::Body::from(bytes));
    }
    if let Reply::Packed(bytes) = reply {
        let mut response = Response::new(axum::body::Body::from(bytes));
        let packed = HeaderValue::from_static("gzip");
        response
            .headers_mut()
            .insert(axum::http::header::CONTENT_ENCODING, packed);
        return response;
    }
    if let Reply::Stalls = reply {
        let begun = futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{"))]);
        let forever =
            futures_util::stream::StreamExt::chain(begun, futures_util::stream::pending());
        return Response::new(axum::body::Body::from_stream(forever));
    }
    let Reply::Is(status, headers, body) = reply else {
        let broken = futures_util::stream::iter([Err::<Bytes, _>(std::io::Error::other("cut"))]);
        return Response::new(axum::body::Body::from_stream(broken));
    };
    let mut response = Response::new(axum::body::Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    for (name, value) in headers {
        let value = HeaderValue::from_str(&value).expect("a header value");
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), value);
    }
    response
}

/// A clock at 1994-11-06 08:49:27 UTC that notes waits instead of waiting, without jitter.
struct Still(Arc<Mutex<Vec<Duration>>>);

impl Clock for Still {
    fn elapsed(&self) -> Duration {
        self.0.lock().expect("not poisoned").iter().sum()
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(784_111_767)
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'_, ()> {
        self.0.lock().expect("not poisoned").push(wait);
        Box::pin(std::future::ready(()))
    }

    fn jitter(&self) -> f64 {
        0.0
    }
}
