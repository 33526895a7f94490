//! Lists: four styles of paging, each followed to its end or failed as a whole.
//!
//! Rows can shift between pages while somebody edits, so every list is de-duplicated by id. A row that comes twice and is not
//! the same both times contradicts itself, and no list holds it. A long list is asked for several pages at once, as far as
//! it is sure that there are as many: a page far ahead that holds rows proves those before it.

use super::call::{Answer, Call};
use super::error::ApiError;
use super::http::Http;
use super::wire::{CursorPage, JiraPage, JsmPage, NextLinks, ResultsPage};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde::de::DeserializeOwned;
use std::collections::{HashMap, HashSet};

/// After how many pages in a row without a new row the server is taken to ignore the position.
const STUCK: u32 = 3;
/// How many rows a list holds at least before pages ahead are asked for: one of those may be beyond the end.
const LONG: u64 = 1000;
/// How many rows a page of Jira Service Management holds, where nothing else is known.
const USUAL: u64 = 50;
/// How many pages of one list are asked for at once; the client's own limit is what counts towards the site.
const AT_ONCE: usize = 64;

/// A row of a list.
pub(super) trait Row {
    /// What tells it from the others.
    fn id(&self) -> &str;
    /// Says whether another row of the same id is the same thing.
    fn agrees(&self, other: &Self) -> bool;
}

/// Rows gathered over pages, each id once.
struct Rows<T> {
    rows: Vec<T>,
    seen: HashMap<Box<str>, usize>,
    stale: u32,
}

impl<T: Row> Rows<T> {
    fn new() -> Self {
        Self {
            rows: Vec::new(),
            seen: HashMap::new(),
            stale: 0,
        }
    }

    /// Adds the rows of a page; returns how many were there already.
    fn add(&mut self, page: Vec<T>, answer: &Answer) -> Result<usize, ApiError> {
        let before = self.rows.len();
        let came = page.len();
        for row in page {
            match self.seen.get(row.id()) {
                None => {
                    self.seen.insert(row.id().into(), self.rows.len());
                    self.rows.push(row);
                }
                Some(at) if self.rows[*at].agrees(&row) => {}
                Some(_) => {
                    return Err(answer.unreadable(format!(
                        "the list holds `{}` twice, and not the same both times",
                        row.id()
                    )));
                }
            }
        }
        let new = self.rows.len() - before;
        self.stale = if new > 0 { 0 } else { self.stale + 1 };
        if self.stale >= STUCK {
            return Err(answer.unreadable("the pages repeat and do not end"));
        }
        Ok(came - new)
    }
}

/// A page of Jira Service Management with its answer.
struct Page<T> {
    answer: Answer,
    rows: Vec<T>,
    size: u64,
    last: bool,
}

async fn jsm_page<T: DeserializeOwned>(
    http: &Http,
    call: &Call,
    start: u64,
) -> Result<Page<T>, ApiError> {
    let page = call
        .clone()
        .query("start", start)
        .query("limit", http.options().page_size);
    let answer = http.send(page).await?;
    let page: JsmPage<T> = answer.json()?;
    let held = page.values.len() as u64;
    let size = page.size.unwrap_or(held);
    // Whoever goes on behind rows that never came leaves out those that did not.
    if size > held.max(http.options().page_size.into()) {
        return Err(answer.unreadable("a page says that it holds more rows than were asked for"));
    }
    if size == 0 && !page.is_last_page {
        return Err(answer.unreadable("an empty page says that it is not the last"));
    }
    Ok(Page {
        answer,
        rows: page.values,
        size,
        last: page.is_last_page,
    })
}

/// Reads a list of Jira Service Management: the next page starts after the `size` rows that came, since an
/// over-large `limit` is silently lowered; the end is `isLastPage`. `told` hears of each page as it comes.
pub(super) async fn jsm<T: Row + DeserializeOwned>(
    http: &Http,
    call: Call,
    told: impl Fn(&[T]),
) -> Result<Vec<T>, ApiError> {
    let mut rows = Rows::new();
    let mut start = 0;
    loop {
        let page = jsm_page(http, &call, start).await?;
        told(&page.rows);
        rows.add(page.rows, &page.answer)?;
        if page.last {
            return Ok(rows.rows);
        }
        start += page.size;
    }
}

/// Reads a list of Jira Service Management as [`jsm`] does, a long one several pages at once.
///
/// Where many rows are `expected`, the page with the last of them is asked for together with the first page. Otherwise, once
/// a list has proved to be long, a page a quarter further on is asked for. Beyond the end of a list there is no second one of these.
pub(super) async fn jsm_wide<T: Row + DeserializeOwned>(
    http: &Http,
    call: Call,
    expected: usize,
) -> Result<Vec<T>, ApiError> {
    let mut rows = Rows::new();
    let expected = expected as u64;
    let ahead = async {
        if expected < LONG {
            return Ok(None);
        }
        let start = (expected - 1) / USUAL * USUAL;
        Ok(Some((start, jsm_page::<T>(http, &call, start).await?)))
    };
    let (first, ahead) = tokio::join!(jsm_page::<T>(http, &call, 0), ahead);
    let (first, mut ahead) = (first?, ahead?);
    // Of a list that ends before the page ahead, that page says nothing.
    let mut probing = true;
    let mut step = first.size;
    let mut start = first.size;
    let last = first.last;
    rows.add(first.rows, &first.answer)?;
    if last {
        return Ok(rows.rows);
    }
    loop {
        if ahead.is_none() && probing && start >= LONG && step > 0 {
            let at = start + (start / 4 / step).max(1) * step;
            ahead = Some((at, jsm_page(http, &call, at).await?));
        }
        match ahead.take() {
            Some((at, page)) if page.size > 0 && at >= start => {
                between(http, &call, &mut rows, (start, at, step)).await?;
                start = at + page.size;
                let doubled = rows.add(page.rows, &page.answer)?;
                if doubled > 0 {
                    return Err(shifted(&page.answer));
                }
                if page.last {
                    return Ok(rows.rows);
                }
                continue;
            }
            Some(_) => probing = false,
            None => {}
        }
        let page = jsm_page(http, &call, start).await?;
        start += page.size;
        step = step.max(page.size);
        rows.add(page.rows, &page.answer)?;
        if page.last {
            return Ok(rows.rows);
        }
    }
}

/// Reads the rows from one position up to another one, which rows are known to follow, in pages of `step`.
async fn between<T: Row + DeserializeOwned>(
    http: &Http,
    call: &Call,
    rows: &mut Rows<T>,
    (from, to, step): (u64, u64, u64),
) -> Result<(), ApiError> {
    let starts = (from..to).step_by(usize::try_from(step).unwrap_or(usize::MAX).max(1));
    let mut parts = stream::iter(starts)
        // The last of them may reach into the page that proved it.
        .map(|start| part(http, call, start, (start + step).min(to)))
        .buffered(AT_ONCE);
    while let Some(pages) = parts.try_next().await? {
        for page in pages {
            if rows.add(page.rows, &page.answer)? > 0 {
                return Err(shifted(&page.answer));
            }
        }
    }
    Ok(())
}

/// Reads the rows from one position up to another one: mostly one page; a short one is no end, and is continued.
async fn part<T: DeserializeOwned>(
    http: &Http,
    call: &Call,
    mut start: u64,
    end: u64,
) -> Result<Vec<Page<T>>, ApiError> {
    let mut pages = Vec::with_capacity(1);
    while start < end {
        let mut page = jsm_page::<T>(http, call, start).await?;
        if page.last {
            return Err(shifted(&page.answer));
        }
        let wanted = usize::try_from(end - start).unwrap_or(usize::MAX);
        page.rows.truncate(wanted);
        start += page.size;
        pages.push(page);
    }
    Ok(pages)
}

fn shifted(answer: &Answer) -> ApiError {
    answer.unreadable("rows moved between pages that were read at once: the list is being changed")
}

/// Reads a paged list of Jira; the end is `isLast`, or `total` where that is missing. The first page tells how many there are, and
/// the others are asked for at once; `None` where there are more than `most`.
pub(super) async fn jira<T: Row + DeserializeOwned>(
    http: &Http,
    call: Call,
    page_size: usize,
    most: u64,
) -> Result<Option<Vec<T>>, ApiError> {
    let call = &call;
    let page = |start: u64| async move {
        let page = call
            .clone()
            .query("startAt", start)
            .query("maxResults", page_size);
        let answer = http.send(page).await?;
        let page: JiraPage<T> = answer.json()?;
        Ok::<_, ApiError>((answer, page))
    };
    let mut rows = Rows::new();
    let mut start = 0;
    loop {
        let (answer, first) = page(start).await?;
        let size = first.values.len() as u64;
        let from = start;
        start += size;
        let last = match (first.is_last, first.total) {
            (Some(last), _) => last,
            (None, Some(total)) => start >= total,
            (None, None) => {
                return Err(answer.unreadable("a page does not say whether it is the last"));
            }
        };
        if !last && size == 0 {
            return Err(answer.unreadable("an empty page says that it is not the last"));
        }
        rows.add(first.values, &answer)?;
        if last {
            return Ok(Some(rows.rows));
        }
        if start > most || first.total.is_some_and(|total| total > most) {
            return Ok(None);
        }
        // All but the last page, which is read like a first one and tells whether it is that.
        let Some(total) = first.total.filter(|_| from == 0) else {
            continue;
        };
        let end = (total.saturating_sub(1)) / size * size;
        let starts = (start..end).step_by(usize::try_from(size).unwrap_or(usize::MAX).max(1));
        let mut pages = stream::iter(starts).map(page).buffered(AT_ONCE);
        while let Some((answer, page)) = pages.try_next().await? {
            if page.is_last == Some(true) || (page.values.len() as u64) < size {
                return Err(shifted(&answer));
            }
            start += page.values.len() as u64;
            if rows.add(page.values, &answer)? > 0 {
                return Err(shifted(&answer));
            }
        }
    }
}

async fn bare_page<T: DeserializeOwned>(
    http: &Http,
    call: &Call,
    start: usize,
    page_size: usize,
) -> Result<(Answer, Vec<T>), ApiError> {
    let page = call
        .clone()
        .query("startAt", start)
        .query("maxResults", page_size);
    let answer = http.send(page).await?;
    let page = answer.json()?;
    Ok((answer, page))
}

/// Reads a bare array of Jira, page by page until an empty one: a short page is no proof of the end. `None` where that takes more
/// than about `worth` requests.
pub(super) async fn bare<T: Row + DeserializeOwned>(
    http: &Http,
    call: Call,
    page_size: usize,
    worth: usize,
) -> Result<Option<Vec<T>>, ApiError> {
    let mut rows = Rows::new();
    let mut start = 0;
    for made in 1.. {
        let (answer, page) = bare_page(http, &call, start, page_size).await?;
        let size = page.len();
        if size == 0 {
            break;
        }
        rows.add(page, &answer)?;
        // After a full page there are two to come at least.
        if made >= worth || made + 1 >= worth && size >= page_size {
            return Ok(None);
        }
        start += size;
    }
    Ok(Some(rows.rows))
}

/// Reads a bare array of Jira that answers a search for an address: a first page with one row or none ends it.
pub(super) async fn search<T: Row + DeserializeOwned>(
    http: &Http,
    call: Call,
    page_size: usize,
) -> Result<Vec<T>, ApiError> {
    let mut rows = Rows::new();
    let mut start = 0;
    loop {
        let (answer, page) = bare_page(http, &call, start, page_size).await?;
        let size = page.len();
        rows.add(page, &answer)?;
        if size == 0 || start == 0 && size == 1 {
            return Ok(rows.rows);
        }
        start += size;
    }
}

/// Reads a list of the Admin API; `links.next` is a bare cursor in some operations and a URL in others.
pub(super) async fn admin<T: Row + DeserializeOwned>(
    http: &Http,
    call: Call,
) -> Result<Vec<T>, ApiError> {
    let mut rows = Rows::new();
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
pub(super) async fn confluence<T: Row + DeserializeOwned>(
    http: &Http,
    call: Call,
) -> Result<Vec<T>, ApiError> {
    let mut rows = Rows::new();
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
