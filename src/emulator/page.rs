//! JSM's paged answers, written straight into bytes: they are what a large site consists of.

use super::accounts::Account;
use super::call::{Answer, Call};
use super::objects::Organization;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::io::Write as _;

/// What stays readable in a query value or a path segment.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Percent-encodes an id or a key for a link.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, KEPT).to_string()
}

/// Where a page begins and how many rows it holds at most.
pub(super) struct Window {
    /// Where the caller thinks that it begins, which the answer repeats.
    start: usize,
    /// Where it does begin.
    pub(super) from: usize,
    /// What the caller asked for, which the answer repeats.
    limit: usize,
    /// What the server gives.
    pub(super) size: usize,
}

impl Window {
    /// Reads `start` and `limit`. A limit above the server's cap is lowered silently.
    pub(super) fn of(call: &Call<'_>) -> Self {
        let limit = call.number("limit", 50).max(1);
        Self {
            start: call.number("start", 0),
            from: call.position(),
            limit,
            size: limit.min(call.options.page_cap.max(1)),
        }
    }

    /// Writes the envelope around the rows of one page; `more` says whether rows follow.
    pub(super) fn envelope<T>(
        &self,
        call: &Call<'_>,
        rows: &[T],
        more: bool,
        row_bytes: usize,
        mut write: impl FnMut(&mut Vec<u8>, &T),
    ) -> Answer {
        let mut out = Vec::with_capacity(512 + rows.len() * row_bytes);
        out.extend_from_slice(b"{\"_expands\":[],\"size\":");
        number(&mut out, rows.len());
        out.extend_from_slice(b",\"start\":");
        number(&mut out, self.start);
        out.extend_from_slice(b",\"limit\":");
        number(&mut out, self.limit);
        out.extend_from_slice(b",\"isLastPage\":");
        out.extend_from_slice(if more { b"false" } else { b"true" });
        out.extend_from_slice(b",\"_links\":{\"self\":");
        self.link(&mut out, call, self.start);
        out.extend_from_slice(b",\"base\":");
        string(&mut out, call.base);
        out.extend_from_slice(b",\"context\":\"\"");
        if more {
            out.extend_from_slice(b",\"next\":");
            self.link(&mut out, call, self.start + rows.len());
        }
        if self.start > 0 {
            out.extend_from_slice(b",\"prev\":");
            self.link(&mut out, call, self.start.saturating_sub(self.size));
        }
        out.extend_from_slice(b"},\"values\":[");
        for (i, row) in rows.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            write(&mut out, row);
        }
        out.extend_from_slice(b"]}");
        Answer::raw(out)
    }

    /// Cuts a page out of a whole list and writes it.
    pub(super) fn page<T>(
        &self,
        call: &Call<'_>,
        all: &[T],
        row_bytes: usize,
        write: impl FnMut(&mut Vec<u8>, &T),
    ) -> Answer {
        let from = self.from.min(all.len());
        let to = from.saturating_add(self.size).min(all.len());
        self.envelope(call, &all[from..to], to < all.len(), row_bytes, write)
    }

    fn link(&self, out: &mut Vec<u8>, call: &Call<'_>, start: usize) {
        let mut url = format!("{}{}?", call.base, call.path);
        for (key, value) in call.query {
            if key != "start" && key != "limit" {
                url.push_str(&format!("{}={}&", encoded(key), encoded(value)));
            }
        }
        url.push_str(&format!("start={start}&limit={}", self.limit));
        string(out, &url);
    }
}

/// Writes the user object of JSM; a hidden address is a key left out.
pub(super) fn user(out: &mut Vec<u8>, account: &Account, base: &str) {
    out.extend_from_slice(b"{\"accountId\":");
    string(out, &account.id);
    if !account.email_hidden {
        out.extend_from_slice(b",\"emailAddress\":");
        string(out, &account.email);
    }
    out.extend_from_slice(b",\"displayName\":");
    string(out, &account.name);
    out.extend_from_slice(if account.state.is_active() {
        b",\"active\":true"
    } else {
        b",\"active\":false"
    });
    out.extend_from_slice(b",\"timeZone\":\"Etc/UTC\",\"_links\":{\"jiraRest\":");
    account_link(out, account, base);
    out.extend_from_slice(b",\"self\":");
    account_link(out, account, base);
    out.extend_from_slice(b"}}");
}

fn account_link(out: &mut Vec<u8>, account: &Account, base: &str) {
    out.push(b'"');
    out.extend_from_slice(base.as_bytes());
    out.extend_from_slice(b"/rest/api/2/user?accountId=");
    for chunk in utf8_percent_encode(&account.id, KEPT) {
        out.extend_from_slice(chunk.as_bytes());
    }
    out.push(b'"');
}

/// Writes the organization object; its creation date is left out, as on old organizations.
pub(super) fn organization(out: &mut Vec<u8>, organization: &Organization, base: &str) {
    out.extend_from_slice(b"{\"id\":\"");
    number(out, organization.id as usize);
    out.extend_from_slice(b"\",\"uuid\":");
    string(out, &organization.uuid);
    out.extend_from_slice(b",\"name\":");
    string(out, &organization.name);
    out.extend_from_slice(if organization.scim_managed {
        b",\"scimManaged\":true"
    } else {
        b",\"scimManaged\":false"
    });
    out.extend_from_slice(b",\"_links\":{\"self\":\"");
    out.extend_from_slice(base.as_bytes());
    out.extend_from_slice(b"/rest/servicedeskapi/organization/");
    number(out, organization.id as usize);
    out.extend_from_slice(b"\"}}");
}

/// Writes a JSON string.
pub(super) fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut clean = 0;
    for (i, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&text.as_bytes()[clean..i]);
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            other => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                out.extend_from_slice(b"\\u00");
                out.push(HEX[usize::from(other >> 4)]);
                out.push(HEX[usize::from(other & 15)]);
            }
        }
        clean = i + 1;
    }
    out.extend_from_slice(&text.as_bytes()[clean..]);
    out.push(b'"');
}

fn number(out: &mut Vec<u8>, value: usize) {
    // Writing to a vector cannot fail.
    let _ = write!(out, "{value}");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn written_strings_read_back(text in any::<String>()) {
            let mut out = Vec::new();
            super::string(&mut out, &text);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
