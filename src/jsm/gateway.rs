//! The GraphQL gateway: who can view a knowledge base, and which spaces a project links (surface `gateway`). Help centers are
//! in [`help_centers`](super::help_centers).
//!
//! Atlassian publishes the schema without a promise, so an answer that does not fit is an error, never a default.
//! Failures come inside HTTP 200: as `errors`, as members of unions, or as `success: false`.

use super::call::{Answer, Base, Call, Repeat};
use super::error::{ApiError, ErrorKind, shortened};
use super::help_centers::HELP_CENTERS;
use super::http::Http;
use super::settle::settled;
use super::types::{LinkedSpace, LinkedSpaces};
use crate::model::{CloudId, WhoCanView};
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Every GraphQL document that the client sends, with the name of its operation.
pub const DOCUMENTS: [(&str, &str); 4] = [
    ("knowledgeBase_linkedSources", LINKED_SOURCES),
    ("knowledgeBase_linkSources", LINK_SOURCES),
    ("knowledgeBaseSpacePermission_updateView", UPDATE_VIEW),
    ("helpCenter_helpCenters", HELP_CENTERS),
];

const LINKED_SOURCES: &str = "\
query knowledgeBase_linkedSources($cloudId: ID!, $project: String) {
  knowledgeBase_linkedSources(cloudId: $cloudId, projectIdentifier: $project) {
    __typename
    ... on KnowledgeBaseLinkedSources {
      linkedSources {
        name
        sourceARI
        sourceId
        url
        permissions { viewPermission { currentPermission validPermissions } }
      }
      inaccessibleLinkedSources { sourceType }
    }
    ... on QueryError { message extensions { errorType statusCode } }
  }
}";

const LINK_SOURCES: &str = "\
mutation knowledgeBase_linkSources($cloudId: ID!, $project: String, $sources: [KnowledgeBaseSourceInput!]) {
  knowledgeBase_linkSources(cloudId: $cloudId, projectIdentifier: $project, sources: $sources) {
    linkSourceResults { sourceARI success mutationError { message extensions { errorType statusCode } } }
  }
}";

const UPDATE_VIEW: &str = "\
mutation knowledgeBaseSpacePermission_updateView($cloudId: ID, $input: KnowledgeBaseSpacePermissionUpdateViewInput!) {
  knowledgeBaseSpacePermission_updateView(cloudId: $cloudId, input: $input) {
    success
    error { message extensions { errorType statusCode } }
    permission { viewPermission { currentPermission } }
  }
}";

/// Returns the ARI by which the gateway knows a Confluence space.
pub fn space_ari(cloud_id: &CloudId, space_id: &str) -> String {
    format!("ari:cloud:confluence:{cloud_id}:space/{space_id}")
}

/// Reads the sources that a project links.
pub(super) async fn linked_spaces(http: &Http, project: &str) -> Result<LinkedSpaces, ApiError> {
    let cloud_id = http.target().cloud_id(http).await?;
    let variables = json!({"cloudId": cloud_id.as_str(), "project": project});
    let query = operation("knowledgeBase_linkedSources", LINKED_SOURCES, &variables);
    let call = Call {
        writes: false,
        ..query
    };
    let (answer, data) = run::<LinkedSourcesData>(http, call).await?;
    let sources = data
        .sources
        .ok_or_else(|| answer.unreadable("the answer holds no linked sources"))?;
    if sources.typename != "KnowledgeBaseLinkedSources" {
        let extensions = sources.extensions.unwrap_or_default();
        return Err(failure(&answer, sources.message, extensions.first()));
    }
    let (Some(linked), inaccessible) = (
        sources.linked_sources,
        sources.inaccessible.unwrap_or_default().len(),
    ) else {
        return Err(answer.unreadable("the answer holds no list of linked sources"));
    };
    let mut spaces = BTreeMap::new();
    let mut other = 0;
    for source in linked {
        let ari = source
            .ari
            .as_deref()
            .ok_or_else(|| answer.unreadable("a linked source has no id"))?;
        if ari.starts_with("ari:cloud:confluence:") && ari.contains(":space/") {
            spaces.insert(ari.to_owned(), space(&answer, ari, &source)?);
        } else {
            other += 1;
        }
    }
    Ok(LinkedSpaces {
        spaces: spaces.into_values().collect(),
        inaccessible,
        other,
    })
}

fn space(answer: &Answer, ari: &str, source: &Source) -> Result<LinkedSpace, ApiError> {
    let word = |word: &String| {
        viewers(word).ok_or_else(|| {
            let word = shortened(word);
            answer.unreadable(format!("`{word}` is no known choice of who can view"))
        })
    };
    let view = source
        .permissions
        .as_ref()
        .and_then(|permissions| permissions.view.as_ref());
    let current = view.and_then(|view| view.current.as_ref());
    let valid = view.and_then(|view| view.valid.as_ref());
    Ok(LinkedSpace {
        space_ari: ari.to_owned(),
        key: source.url.as_deref().and_then(key_of_url),
        name: source.name.clone().unwrap_or_default(),
        current: current.map(word).transpose()?,
        valid: valid
            .into_iter()
            .flatten()
            .map(word)
            .collect::<Result<_, _>>()?,
        source_id: source.id.clone(),
    })
}

/// Links a space to a project, and reads back that it is linked.
pub(super) async fn link_space(http: &Http, project: &str, ari: &str) -> Result<(), ApiError> {
    let cloud_id = http.target().cloud_id(http).await?;
    // Customers are to read it: `INTERNAL` would be for agents.
    let variables = json!({
        "cloudId": cloud_id.as_str(),
        "project": project,
        "sources": [{"sourceARI": ari, "visibility": "EXTERNAL"}],
    });
    let call = Call {
        repeat: Repeat::IfUnsent,
        ..operation("knowledgeBase_linkSources", LINK_SOURCES, &variables)
    };
    let answer = match run::<LinkData>(http, call).await {
        Ok((answer, data)) => {
            let results = data.result.and_then(|result| result.results);
            for result in results.unwrap_or_default() {
                if result.success == Some(false) || result.error.is_some() {
                    return Err(mutation_failure(&answer, result.error));
                }
            }
            Ok(answer)
        }
        // It may be linked: reading tells.
        Err(error) if error.kind() == ErrorKind::Uncertain => Err(error),
        Err(error) => return Err(error),
    };
    let shows = |linked: &LinkedSpaces| linked.spaces.iter().any(|space| space.space_ari == ari);
    let linked = settled(http, async || linked_spaces(http, project).await, shows).await?;
    match answer {
        _ if shows(&linked) => Ok(()),
        Ok(answer) => Err(answer.error(
            ErrorKind::NotTaken,
            "the space is still not among the linked ones",
        )),
        Err(uncertain) => Err(uncertain),
    }
}

/// Sets who can view a space's articles, and reads back that it holds.
pub(super) async fn set_viewers(
    http: &Http,
    project: &str,
    ari: &str,
    who: WhoCanView,
) -> Result<(), ApiError> {
    let cloud_id = http.target().cloud_id(http).await?;
    let variables = json!({
        "cloudId": cloud_id.as_str(),
        "input": {"spaceAri": ari, "viewPermission": word(who)},
    });
    let call = operation(
        "knowledgeBaseSpacePermission_updateView",
        UPDATE_VIEW,
        &variables,
    );
    let (answer, data) = run::<UpdateData>(http, call).await?;
    let result = data
        .result
        .ok_or_else(|| answer.unreadable("the answer does not say whether it was done"))?;
    if !result.success || result.error.is_some() {
        return Err(mutation_failure(&answer, result.error));
    }
    let current = |linked: &LinkedSpaces| {
        let now = linked.spaces.iter().find(|space| space.space_ari == ari);
        now.and_then(|space| space.current)
    };
    let look = async || linked_spaces(http, project).await;
    let linked = settled(http, look, |linked| current(linked) == Some(who)).await?;
    match current(&linked) {
        Some(current) if current == who => Ok(()),
        Some(current) => Err(answer.error(
            ErrorKind::NotTaken,
            format!("reading back shows `{current}` instead of `{who}`"),
        )),
        None => Err(answer.error(ErrorKind::NotTaken, "reading back does not show the space")),
    }
}

/// The enum of the gateway in the YAML's words; the pairing is inferred from the names (surfaces.md, 2d).
const WORDS: [(&str, WhoCanView); 3] = [
    ("ANONYMOUS_USERS", WhoCanView::Anyone),
    ("CONFLUENCE_UNLICENSED_USERS", WhoCanView::AllLoggedIn),
    ("CONFLUENCE_LICENSED_USERS", WhoCanView::OnlyConfluenceUsers),
];

fn viewers(word: &str) -> Option<WhoCanView> {
    WORDS.iter().find(|(w, _)| *w == word).map(|&(_, who)| who)
}

fn word(who: WhoCanView) -> &'static str {
    match who {
        WhoCanView::Anyone => "ANONYMOUS_USERS",
        WhoCanView::AllLoggedIn => "CONFLUENCE_UNLICENSED_USERS",
        WhoCanView::OnlyConfluenceUsers => "CONFLUENCE_LICENSED_USERS",
    }
}

/// Takes the space's key out of a URL such as `https://acme.atlassian.net/wiki/spaces/ITKB/overview`.
fn key_of_url(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("/spaces/")?;
    let key = rest
        .split(['/', '?', '#'])
        .next()
        .filter(|key| !key.is_empty())?;
    let key = percent_encoding::percent_decode_str(key)
        .decode_utf8()
        .ok()?;
    Some(key.into_owned())
}

pub(super) fn operation(name: &str, document: &str, variables: &Value) -> Call {
    let path = "/gateway/api/graphql";
    Call::write(Method::POST, Base::Site, path, Repeat::Always)
        .body(json!({"operationName": name, "query": document, "variables": variables}))
        .right("administrator of the project and of the space")
}

pub(super) async fn run<T: DeserializeOwned>(
    http: &Http,
    call: Call,
) -> Result<(Answer, T), ApiError> {
    let answer = http.send(call).await?;
    let body: Body<Value> = answer.json()?;
    if let Some(error) = body.errors.unwrap_or_default().into_iter().next() {
        return Err(failure(&answer, error.message, error.extensions.as_ref()));
    }
    let data = body
        .data
        .filter(|data| !data.is_null())
        .ok_or_else(|| answer.unreadable("the answer holds no `data`"))?;
    let data = serde_json::from_value(data).map_err(|error| {
        let error = shortened(&error.to_string());
        answer.unreadable(format!("the answer is not as published: {error}"))
    })?;
    Ok((answer, data))
}

fn mutation_failure(answer: &Answer, error: Option<MutationError>) -> ApiError {
    let (message, extensions) =
        error.map_or((None, None), |error| (error.message, error.extensions));
    let error = failure(answer, message, extensions.as_ref());
    match error.kind() {
        ErrorKind::Unreadable => error.with_kind(ErrorKind::Rejected),
        _ => error,
    }
}

/// Makes an error of a failure inside HTTP 200; without a status code it stays unreadable, whatever its words.
pub(super) fn failure(
    answer: &Answer,
    message: Option<String>,
    extensions: Option<&Extensions>,
) -> ApiError {
    let status = extensions.and_then(|extensions| extensions.status_code);
    let kind = match status {
        Some(401) => ErrorKind::Unauthorized,
        Some(403) => ErrorKind::Forbidden,
        Some(404) => ErrorKind::NotFound,
        Some(409) => ErrorKind::Conflict,
        Some(429) => ErrorKind::RateLimited,
        Some(400..=499) => ErrorKind::Rejected,
        Some(500..) if answer.call.writes => ErrorKind::Uncertain,
        Some(500..) => ErrorKind::Server,
        _ => ErrorKind::Unreadable,
    };
    let message = match (message, extensions.and_then(|e| e.error_type.as_deref())) {
        (Some(message), _) if !message.is_empty() => shortened(&message),
        (_, Some(error_type)) => shortened(error_type),
        _ => "no reason was given".to_owned(),
    };
    answer
        .error(kind, format!("the gateway says: {message}"))
        .quoted()
}

#[derive(Deserialize)]
struct Body<T> {
    data: Option<T>,
    errors: Option<Vec<TopError>>,
}

#[derive(Deserialize)]
struct TopError {
    message: Option<String>,
    extensions: Option<Extensions>,
}

#[derive(Deserialize)]
struct MutationError {
    message: Option<String>,
    extensions: Option<Extensions>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Extensions {
    error_type: Option<String>,
    status_code: Option<u16>,
}

#[derive(Deserialize)]
struct LinkedSourcesData {
    #[serde(rename = "knowledgeBase_linkedSources")]
    sources: Option<LinkedSources>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LinkedSources {
    #[serde(rename = "__typename")]
    typename: String,
    linked_sources: Option<Vec<Source>>,
    #[serde(rename = "inaccessibleLinkedSources")]
    inaccessible: Option<Vec<Value>>,
    message: Option<String>,
    extensions: Option<Vec<Extensions>>,
}

#[derive(Deserialize)]
struct Source {
    name: Option<String>,
    #[serde(rename = "sourceARI")]
    ari: Option<String>,
    #[serde(rename = "sourceId")]
    id: Option<String>,
    url: Option<String>,
    permissions: Option<SourcePermissions>,
}

#[derive(Deserialize)]
struct SourcePermissions {
    #[serde(rename = "viewPermission")]
    view: Option<View>,
}

#[derive(Deserialize)]
struct View {
    #[serde(rename = "currentPermission")]
    current: Option<String>,
    #[serde(rename = "validPermissions")]
    valid: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct LinkData {
    #[serde(rename = "knowledgeBase_linkSources")]
    result: Option<LinkResults>,
}

#[derive(Deserialize)]
struct LinkResults {
    #[serde(rename = "linkSourceResults")]
    results: Option<Vec<LinkResult>>,
}

#[derive(Deserialize)]
struct LinkResult {
    success: Option<bool>,
    #[serde(rename = "mutationError")]
    error: Option<MutationError>,
}

#[derive(Deserialize)]
struct UpdateData {
    #[serde(rename = "knowledgeBaseSpacePermission_updateView")]
    result: Option<UpdateResult>,
}

#[derive(Deserialize)]
struct UpdateResult {
    success: bool,
    error: Option<MutationError>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_gateway_map_both_ways() {
        for &(_, who) in WhoCanView::WORDS {
            assert_eq!(viewers(word(who)), Some(who));
        }
    }

    #[test]
    fn the_key_of_a_space_is_in_its_url() {
        let key = |url| key_of_url(url);
        assert_eq!(
            key("https://a.atlassian.net/wiki/spaces/ITKB").as_deref(),
            Some("ITKB")
        );
        assert_eq!(key("/wiki/spaces/%7Ejo/overview?x").as_deref(), Some("~jo"));
        assert_eq!(key("https://a.atlassian.net/wiki/spaces/"), None);
        assert_eq!(key("https://a.atlassian.net/wiki"), None);
    }
}
