//! What the sandbox counts and, on request, records.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Counts since the start or the last reset; requests for the counts themselves are not among them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// All requests.
    pub requests: u64,
    /// Those that would change state; a GraphQL query is a read.
    pub writes: u64,
    /// Those answered 401, 403 or 429.
    pub refused: u64,
    /// E-mails that the real site would have sent.
    pub mails: u64,
    /// Requests by method and path template, as in the OpenAPI files; GraphQL operations by name behind a `#`.
    pub by_operation: BTreeMap<String, u64>,
}

/// One recorded request with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The HTTP method.
    pub method: String,
    /// The path template as in the OpenAPI files, or the path itself where nothing is imitated.
    pub template: String,
    /// The path as it was sent.
    pub path: String,
    /// Query parameters, decoded, in order.
    pub query: Vec<(String, String)>,
    /// Headers of the request in lower case; credentials are replaced by their scheme.
    pub request_headers: Vec<(String, String)>,
    /// The body of the request.
    pub request_body: Vec<u8>,
    /// The status; `None` where the connection was cut instead.
    pub status: Option<u16>,
    /// The body of the answer.
    pub response_body: Vec<u8>,
}
