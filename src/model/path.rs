//! Which paths of a site an operator's own description may name (contract, section 4): never those of a documented API.
//!
//! A description can be edited in a pull request, and its path is asked for with a token. So a path is judged as a server reads
//! it, decoded and in one case, and what two servers could read in two ways is refused.

use percent_encoding::percent_decode_str;

/// What documented APIs begin with; Portcullis has surfaces of their own for what it uses of them.
///
/// Those of two parts count wherever they stand in a path, since a part before them may be one that a server strips.
const DOCUMENTED: &[&[&str]] = &[
    &["rest", "api"],
    &["rest", "servicedeskapi"],
    &["rest", "agile"],
    &["wiki"],
    &["gateway"],
    &["jsm"],
    &["admin"],
    &["ex"],
];

/// Returns why a described path is never asked for; `None` for one that may be. It reads after the path and a colon.
///
/// A placeholder (`{project_key}`) counts as whatever may come to stand there.
pub fn unfit_path(path: &str) -> Option<&'static str> {
    if path.contains("://") || path.starts_with("//") {
        return Some("it names a host; only paths on the site's own origin are reached");
    }
    let Some(below) = path.strip_prefix('/') else {
        return Some("it does not begin with `/`");
    };
    if path.contains(['?', '#', '\\', ';']) || !path.chars().all(|c| c.is_ascii_graphic()) {
        return Some(
            "it holds a query, a fragment, a backslash, a semicolon, a space or a letter that is not ASCII",
        );
    }
    let written: Vec<&str> = below.split('/').collect();
    let mut parts = Vec::with_capacity(written.len());
    for (index, part) in written.iter().enumerate() {
        let Some(part) = decoded(part) else {
            return Some(
                "it holds an encoded separator, percent sign or control character, or a broken encoding",
            );
        };
        if part.is_empty() && index + 1 < written.len() {
            return Some("it holds an empty part");
        }
        if part == "." || part == ".." {
            return Some("it holds `.` or `..`");
        }
        parts.push(part);
    }
    if parts
        .iter()
        .any(|part| part.contains("skip-permission-check"))
    {
        return Some("operations that skip permission checks are never called");
    }
    is_documented(&parts)
        .then_some("it lies under a documented API, which no description may reach")
}

/// Decodes one part of a path, to lower case; `None` where it holds what a path's part cannot.
fn decoded(part: &str) -> Option<String> {
    let bytes: Vec<u8> = percent_decode_str(part).collect();
    // A percent sign that is left stood for itself, or was encoded twice.
    let fit = |byte: &u8| byte.is_ascii_graphic() && !b"/\\?#;%".contains(byte);
    let text = bytes.iter().all(fit).then_some(bytes)?;
    Some(String::from_utf8(text).ok()?.to_ascii_lowercase())
}

fn is_documented(parts: &[String]) -> bool {
    let begins = |parts: &[String], names: &[&str]| {
        parts.len() >= names.len()
            && parts
                .iter()
                .zip(names)
                .all(|(part, name)| part == name || part.contains('{'))
    };
    DOCUMENTED.iter().any(|names| match names {
        [_] => begins(parts, names),
        _ => (0..parts.len()).any(|from| begins(&parts[from..], names)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_that_nobody_documents_may_be_described() {
        for path in [
            "/rest/settings/1/site",
            "/rest/settings/1/project/{project_key}/kb",
            "/rest/settings/1/organization/{organization_id}/",
            "/rest/settings/1/organization/12%2D3",
            "/rest/servicedesk/1/x",
            "/secure/settings/wiki",
            "/a%2Db",
        ] {
            assert_eq!(unfit_path(path), None, "{path}");
        }
    }

    #[test]
    fn documented_apis_are_out_of_reach_however_they_are_spelled() {
        for path in [
            "/rest/api/3/issue/HR-1",
            "/rest/API/2/user",
            "/rest/%61pi/3/user",
            "/%72est/servicedeskapi/request/1",
            "/rest/agile/1.0/board",
            "/wiki/rest/api/content/1",
            "/Wiki",
            "/gateway/api/graphql",
            "/jsm/csm/x",
            "/admin/v1/orgs",
            "/ex/jira/c/rest/settings",
            "/s/abc/_/rest/api/2/user",
            // A project may be called so.
            "/{project_key}/content",
            "/rest/{project_key}/3/user",
        ] {
            let why = unfit_path(path).expect(path);
            assert!(why.contains("documented"), "{path}: {why}");
        }
    }

    #[test]
    fn operations_without_permission_checks_are_never_named() {
        for path in [
            "/rest/x/skip-permission-check",
            "/rest/x/Skip-Permission-Check/",
            "/rest/x/%73kip%2Dpermission-check",
        ] {
            assert!(unfit_path(path).unwrap().contains("permission"), "{path}");
        }
    }

    #[test]
    fn what_two_servers_could_read_in_two_ways_is_refused() {
        for path in [
            "",
            "rest",
            "//evil.example/x",
            "https://evil.example",
            "/\\evil.example",
            "@evil.example/",
            "/a/../b",
            "/a/./b",
            "/a/%2e/b",
            "/a/%2E./b",
            "/a%2Fb",
            "/a%5cb",
            "/a%3Fx=1",
            "/a%23",
            "/a;x=1/b",
            "/a%3bx",
            "/a?b",
            "/a#b",
            "/a b",
            "/a\nb",
            "/a%0d%0aX:%20y",
            "/%00",
            "/a//b",
            "/%2561pi",
            "/100%",
            "/a%zz",
            "/\u{202e}abc",
            "/a%E2%80%AEb",
            "/a\u{200b}b",
            "/ä",
        ] {
            assert!(unfit_path(path).is_some(), "{path}");
        }
    }

    proptest! {
        /// However a path under a documented API is encoded and cased, it is refused.
        #[test]
        fn no_encoding_gets_under_a_documented_api(
            names in prop::sample::select(DOCUMENTED),
            rest in "(/[a-z0-9]{1,4}){0,2}",
            how in prop::collection::vec(0..3_u8, 40),
        ) {
            let plain = format!("/{}{rest}", names.join("/"));
            let spelled: String = plain.chars().zip(how.iter().cycle()).map(|(c, how)| match how {
                _ if c == '/' => c.to_string(),
                0 => format!("%{:02x}", c as u32),
                1 => c.to_ascii_uppercase().to_string(),
                _ => c.to_string(),
            }).collect();
            prop_assert!(unfit_path(&spelled).is_some(), "{}", spelled);
        }
    }
}
