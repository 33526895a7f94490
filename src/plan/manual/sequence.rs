//! The order of steps by hand: one in which every page accepts its step when its turn comes, and in which doors close before
//! others open.
//!
//! What the pages demand was found by trying them: an audience of articles can be chosen only while the site allows it, and
//! customers may be kept from making accounts only while portals need a login. The steps of one page stand together, so that
//! it is one visit.

use super::ManualStep;
use serde_json::Value;

/// When a step's turn comes; the earlier the smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// What closes a door of one project.
    CloseProject,
    /// Who gets which account: the domains of the Atlassian organization.
    Domains,
    /// The page of customer access, and on it what must come first.
    CustomerAccess(u8),
    /// The site's other pages.
    Site,
    /// What the site allows the knowledge bases.
    AllowArticles,
    /// What opens a door of one project.
    OpenProject,
    /// What the site allows the knowledge bases no longer: the audiences went before.
    ForbidArticles,
    /// Organizations and people.
    Others,
}

/// Puts the steps of one site in order.
pub(in crate::plan) fn sort(steps: &mut [ManualStep]) {
    steps.sort_by_cached_key(|step| {
        let first = step.addresses.first().map(ToString::to_string);
        let page = step.click_path.len().saturating_sub(step.on_page);
        let page = step.click_path[..page].iter();
        // Sentences are compared as text, which is made once.
        let page: Vec<String> = page.map(ToString::to_string).collect();
        (
            turn(step, first.as_deref().unwrap_or_default()),
            page,
            first,
        )
    });
}

fn turn(step: &ManualStep, address: &str) -> Turn {
    let parts: Vec<&str> = address.split('/').skip(1).collect();
    let on = step.expected == Value::Bool(true);
    match parts.as_slice() {
        ["approved-domain", ..] => Turn::Domains,
        ["customer-access", "internal" | "external"] => Turn::CustomerAccess(0),
        ["allowed-domain", ..] => Turn::CustomerAccess(1),
        // A login is demanded before accounts are denied, and no longer demanded once they are allowed.
        ["customer-access", "view-without-login"] if on => Turn::CustomerAccess(4),
        ["customer-access", "view-without-login"] => Turn::CustomerAccess(2),
        ["customer-access", ..] => Turn::CustomerAccess(3),
        [
            "setting",
            "knowledge-base-all-logged-in" | "knowledge-base-anyone",
        ] => match on {
            true => Turn::AllowArticles,
            false => Turn::ForbidArticles,
        },
        ["setting", ..] => Turn::Site,
        ["project", _, "access" | "sharing" | "knowledge-base", ..] => {
            match opens(&step.expected) {
                true => Turn::OpenProject,
                false => Turn::CloseProject,
            }
        }
        _ => Turn::Others,
    }
}

/// Says whether a project's value is one that lets more people in than its narrowest does.
fn opens(expected: &Value) -> bool {
    match expected {
        Value::String(word) => !matches!(
            word.as_str(),
            "restricted" | "own_organizations" | "only_confluence_users"
        ),
        Value::Object(map) => map.values().any(opens),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Address;
    use serde_json::json;

    fn sorted(steps: &[(&str, Value)]) -> Vec<String> {
        let mut steps: Vec<ManualStep> = steps
            .iter()
            .map(|(address, expected)| ManualStep {
                addresses: vec![Address::new(address.split('/'))],
                title: "".into(),
                click_path: Vec::new(),
                on_page: 0,
                link: None,
                role: String::new(),
                present: Value::Null,
                expected: expected.clone(),
                attest: None,
            })
            .collect();
        sort(&mut steps);
        let addresses = steps.iter().map(|step| step.addresses[0].to_string());
        addresses.collect()
    }

    #[test]
    fn the_site_allows_an_audience_before_a_space_takes_it() {
        let space = (
            "s/project/HR/knowledge-base/HANDBOOK",
            json!({"who_can_view": "all_logged_in"}),
        );
        let switch = ("s/setting/knowledge-base-all-logged-in", json!(true));
        assert_eq!(sorted(&[space, switch.clone()])[0], switch.0);
    }

    #[test]
    fn the_site_forbids_an_audience_after_the_spaces_left_it() {
        let space = (
            "s/project/HR/knowledge-base/HANDBOOK",
            json!({"who_can_view": "only_confluence_users"}),
        );
        let switch = ("s/setting/knowledge-base-all-logged-in", json!(false));
        assert_eq!(sorted(&[switch, space.clone()])[0], space.0);
    }

    #[test]
    fn accounts_are_denied_only_where_a_login_is_needed() {
        let (creation, login) = (
            "s/customer-access/customers-can-create-accounts",
            "s/customer-access/view-without-login",
        );
        assert_eq!(
            sorted(&[(creation, json!(false)), (login, json!(false))]),
            [login, creation]
        );
        assert_eq!(
            sorted(&[(login, json!(true)), (creation, json!(true))]),
            [creation, login]
        );
    }

    #[test]
    fn a_project_is_closed_before_the_site_is_opened_and_opened_after_it_is_closed() {
        let site = (
            "s/customer-access/customers-can-create-accounts",
            json!(true),
        );
        let (closed, open) = ("s/project/HR/access", "s/project/WEB/access");
        assert_eq!(
            sorted(&[
                site.clone(),
                (open, json!("open")),
                (closed, json!("restricted"))
            ]),
            [closed, site.0, open]
        );
    }
}
