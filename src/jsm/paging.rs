//! Lists: four styles of paging, each followed to its end or failed as a whole.
//!
//! Rows can shift between pages while somebody edits, so every list is de-duplicated by id.

use super::call::{Answer, Call};
use super::error::ApiError;
use super::http::Http;
use super::wire::{CursorPage, JiraPage, JsmPage, NextLinks, ResultsPage};
use serde::de::DeserializeOwned;
use std::collections::HashSet;

/// After how many pages in a row without a new row the server is taken to ignore the position.
const STUCK: u32 = 3;

/// Rows gathered over pages, each id once.
struct Rows<T, F> {
    rows: Vec<T>,
    seen: HashSet<Box<str>>,
    id: F,
    stale: u32,
}

impl<T, F: Fn(&T) -> &str> Rows<T, F> {
    fn new(id: F) -> Self {
        Self {
            rows: Vec::new(),
            seen: HashSet::new(),
            id,
            stale: 0,
        }
    }

    fn add(&mut self, page: Vec<T>, answer: &Answer) -> Result<(), ApiError> {
        let before = self.rows.len();
        for row in page {
            if self.seen.insert((self.id)(&row).into()) {
                self.rows.push(row);
            }
        }
        self.stale = if self.rows.len() > before {
            0
        } else {
            self.stale + 1
        };
        if self.stale >= STUCK {
            return Err(answer.unreadable("the pages repeat and do not end"));
        }
        Ok(())
    }
}

/// Reads a list of Jira Service Management: the next page starts after the `size` rows that came, since an
/// over-large `limit` is silently lowered; the end is `isLastPage`.
pub(super) async fn jsm<T: DeserializeOwned>(
    http: &Http,
    call: Call,
    id: impl Fn(&T) -> &str,
) -> Result<Vec<T>, ApiError> {
    let mut rows = Rows::new(id);
    let mut start = 0_u64;
    loop {
        let page = call
            .clone()
            .query("start", start)
            .query("limit", http.options().page_size);
        let answer = http.send(page).await?;
        let page: JsmPage<T> = answer.json()?;
        let size = page.size.unwrap_or(page.values.len() as u64);
        if page.is_last_page {
            rows.add(page.values, &answer)?;
            return Ok(rows.rows);
        }
        if size == 0 {
            return Err(answer.unreadable("an empty page says that it is not the last"));
        }
        rows.add(page.values, &answer)?;
        start += size;
    }
}

/// Reads a paged list of Jira; the end is `isLast`, or `total` where that is missing.
pub(super) async fn jira<T: DeserializeOwned>(
    http: &Http,
    call: Call,
    page_size: usize,
    id: impl Fn(&T) -> &str,
) -> Result<Vec<T>, ApiError> {
    let mut rows = Rows::new(id);
    let mut start = 0;
    loop {
        let page = call
            .clone()
            .query("startAt", start)
            .query("maxResults", page_size);
        let answer = http.send(page).await?;
        let page: JiraPage<T> = answer.json()?;
        let size = page.values.len() as u64;
        start += size;
        let last = match (page.is_last, page.total) {
            (Some(last), _) => last,
            (None, Some(total)) => start >= total,
            (None, None) => {
                return Err(answer.unreadable("a page does not say whether it is the last"));
            }
        };
        if !last && size == 0 {
            return Err(answer.unreadable("an empty page says that it is not the last"));
        }
        rows.add(page.values, &answer)?;
        if last {
            return Ok(rows.rows);
        }
    }
}

/// Reads a bare array of Jira, page by page until an empty one: a short page is no proof of the end.
///
/// `lone_ends` stops after a first page with one row or none, which is what a search for an address gives.
pub(super) async fn bare<T: DeserializeOwned>(
    http: &Http,
    call: Call,
    page_size: usize,
    lone_ends: bool,
    id: impl Fn(&T) -> &str,
) -> Result<Vec<T>, ApiError> {
    let mut rows = Rows::new(id);
    let mut start = 0;
    loop {
        let page = call
            .clone()
            .query("startAt", start)
            .query("maxResults", page_size);
        let answer = http.send(page).await?;
        let page: Vec<T> = answer.json()?;
        let size = page.len();
        if size == 0 {
            return Ok(rows.rows);
        }
        rows.add(page, &answer)?;
        if lone_ends && start == 0 && size == 1 {
            return Ok(rows.rows);
        }
        start += size;
    }
}

/// Reads a list of the Admin API; `links.next` is a bare cursor in some operations and a URL in others.
pub(super) async fn admin<T: DeserializeOwned>(
    http: &Http,
    call: Call,
    id: impl Fn(&T) -> &str,
) -> Result<Vec<T>, ApiError> {
    let mut rows = Rows::new(id);
    let mut cursors = HashSet::new();
    let mut page = call.clone();
    loop {
        let answer = http.send(page).await?;
        let CursorPage { data, links } = answer.json::<CursorPage<T>>()?;
        rows.add(data, &answer)?;
        match next(&answer, links, &mut cursors)? {
            Some(cursor) => page = call.clone().query("cursor", cursor),
            None => return Ok(rows.rows),
        }
    }
}

/// Reads a list of Confluence; only the cursor of `_links.next` is used, so the address stays ours.
pub(super) async fn confluence<T: DeserializeOwned>(
    http: &Http,
    call: Call,
    id: impl Fn(&T) -> &str,
) -> Result<Vec<T>, ApiError> {
    let mut rows = Rows::new(id);
    let mut cursors = HashSet::new();
    let mut page = call.clone();
    loop {
        let answer = http.send(page).await?;
        let ResultsPage { results, links } = answer.json::<ResultsPage<T>>()?;
        rows.add(results, &answer)?;
        match next(&answer, links, &mut cursors)? {
            Some(cursor) => page = call.clone().query("cursor", cursor),
            None => return Ok(rows.rows),
        }
    }
}

fn next(
    answer: &Answer,
    links: Option<NextLinks>,
    seen: &mut HashSet<String>,
) -> Result<Option<String>, ApiError> {
    let Some(next) = links
        .and_then(|links| links.next)
        .filter(|next| !next.is_empty())
    else {
        return Ok(None);
    };
    let cursor = cursor(&next)
        .ok_or_else(|| answer.unreadable("the link to the next page holds no cursor"))?;
    if !seen.insert(cursor.clone()) {
        return Err(answer.unreadable("the link to the next page leads back"));
    }
    Ok(Some(cursor))
}

/// Takes the cursor out of a URL, absolute or relative; anything without URL syntax is the cursor itself.
fn cursor(next: &str) -> Option<String> {
    let query = match next.split_once('?') {
        Some((_, query)) => query,
        None if next.contains("://") || next.starts_with('/') => return None,
        None => return Some(next.to_owned()),
    };
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "cursor")
        .map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::cursor;

    #[test]
    fn cursors_are_bare_or_in_a_url() {
        let of = |text| cursor(text).unwrap_or_default();
        assert_eq!(of("ZXhh/bXBsZQ=="), "ZXhh/bXBsZQ==");
        assert_eq!(
            of("https://api.atlassian.com/x?cursor=a%3Db&limit=20"),
            "a=b"
        );
        assert_eq!(of("/wiki/api/v2/spaces?limit=1&cursor=z"), "z");
        assert_eq!(cursor("/wiki/api/v2/spaces?limit=1"), None);
        assert_eq!(cursor("https://api.atlassian.com/x"), None);
    }
}
