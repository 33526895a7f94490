//! What a branch does to the rules that judge it: told as findings, so that a reviewer sees it beside the changes.

use crate::config::{Limit, SiteUrl, Workspace};
use crate::model::Address;
use crate::policy::acceptance;
use crate::report::document::FindingDocument;
use camino::Utf8Path;
use std::collections::BTreeSet;

/// Lists what the branch loosens, takes away or stops managing; `before` is what it started from.
pub(super) fn changes(before: &Workspace, now: &Workspace) -> Vec<FindingDocument> {
    let mut found = Vec::new();
    sites(before, now, &mut found);
    policy(before, now, &mut found);
    let any = now.sites.keys().next().map_or("", |key| key.as_str());
    for name in pending(&before.root, &now.root) {
        let message = format!(
            "this branch brings `{}/{name}`, which lifts nothing until the base has it",
            acceptance::DIRECTORY
        );
        found.push(finding(any, "acceptance-pending", message));
    }
    found
}

fn finding(address: impl ToString, code: &str, message: String) -> FindingDocument {
    FindingDocument {
        address: address.to_string(),
        code: code.to_owned(),
        message,
        source: None,
    }
}

fn words(url: Option<&SiteUrl>) -> String {
    match url {
        Some(SiteUrl::Remote(url)) => url.as_str().trim_end_matches('/').to_owned(),
        Some(SiteUrl::Sandbox) => "sandbox:".to_owned(),
        None => "none".to_owned(),
    }
}

fn sites(before: &Workspace, now: &Workspace, found: &mut Vec<FindingDocument>) {
    for (key, old) in &before.sites {
        let site = key.as_str();
        let Some(new) = now.sites.get(key) else {
            let message = "this branch stops managing the whole site".to_owned();
            found.push(finding(site, "no-longer-managed", message));
            continue;
        };
        let urls = [old, new].map(|site| site.url.as_ref().map(|url| &url.value));
        if urls[0] != urls[1] {
            let message = format!(
                "this branch makes it another site: `{}` instead of `{}`, so this plan says nothing about the latter",
                words(urls[1]),
                words(urls[0])
            );
            found.push(finding(site, "site-changed", message));
        }
        let gone = |kind: &str, name: &str| {
            let message =
                "this branch stops managing it: it stays as it is, and nothing here judges it any more"
                    .to_owned();
            finding(
                Address::new([site, kind, name]),
                "no-longer-managed",
                message,
            )
        };
        // A rename names its old self.
        let renamed: BTreeSet<String> = new
            .organizations
            .values()
            .filter_map(|organization| organization.previous_name.as_ref())
            .map(|name| name.value.as_str().to_owned())
            .collect();
        let organizations = old.organizations.keys().map(|name| name.as_str());
        let there: BTreeSet<&str> = new.organizations.keys().map(|name| name.as_str()).collect();
        let left = organizations.filter(|name| !there.contains(name) && !renamed.contains(*name));
        found.extend(left.map(|name| gone("organization", name)));
        let given_back = old.people.iter().filter(|(email, person)| {
            let still = new.people.get(*email).is_some_and(|person| person.revoked);
            person.revoked && !still
        });
        found.extend(given_back.map(|(email, _)| {
            let message = "this branch no longer says that the access of this account ends; where it has ended, only a person can give it back (Portal-only customers > Grant access)";
            finding(
                Address::new([site, "account", email.key()]),
                "access-not-given-back",
                message.to_owned(),
            )
        }));
        let roles = old
            .roles
            .keys()
            .filter(|email| !new.roles.contains_key(*email));
        found.extend(roles.map(|email| {
            let message = "this branch no longer says which role this account has; what was taken from it is not given back";
            finding(
                Address::new([site, "account", email.key()]),
                "access-not-given-back",
                message.to_owned(),
            )
        }));
        let projects = old
            .projects
            .keys()
            .filter(|key| !new.projects.contains_key(*key));
        found.extend(projects.map(|key| gone("project", key.as_str())));
    }
}

fn policy(before: &Workspace, now: &Workspace, found: &mut Vec<FindingDocument>) {
    let any = now.sites.keys().next().map_or("", |key| key.as_str());
    let mut tell = |message: String| found.push(finding(any, "rules-changed", message));
    let (old, new) = (&before.policy, &now.policy);
    let size = |limit: &Option<Limit>| limit.map(|limit| (limit.count, limit.percent, limit.floor));
    for (name, old, new) in [
        (
            "max_people_losing_access",
            &old.max_people_losing_access,
            &new.max_people_losing_access,
        ),
        (
            "max_people_gaining_access",
            &old.max_people_gaining_access,
            &new.max_people_gaining_access,
        ),
        ("max_removals", &old.max_removals, &new.max_removals),
    ] {
        if size(old) != size(new) {
            tell(edited(
                &format!("policy.{name}"),
                old.is_some(),
                new.is_some(),
            ));
        }
    }
    let accounts = [old, new].map(|policy| policy.max_new_accounts.map(|limit| limit.value));
    if accounts[0] != accounts[1] {
        tell(edited(
            "policy.max_new_accounts",
            accounts[0].is_some(),
            accounts[1].is_some(),
        ));
    }
    let classes: BTreeSet<&String> = old
        .class_gains
        .keys()
        .chain(new.class_gains.keys())
        .collect();
    for class in classes {
        let gates = [old, new].map(|policy| policy.class_gains.get(class).map(|gate| gate.value));
        if gates[0] != gates[1] {
            let name = format!("policy.class_gains.{class}");
            tell(edited(&name, gates[0].is_some(), gates[1].is_some()));
        }
    }
    let protected: BTreeSet<&str> = new.protect.iter().map(|p| p.value.as_str()).collect();
    for pattern in old.protect.iter().map(|pattern| pattern.value.as_str()) {
        if !protected.contains(pattern) {
            tell(format!(
                "this branch takes `{pattern}` out of `policy.protect`"
            ));
        }
    }
    let frozen: BTreeSet<&str> = new.freeze.iter().map(|p| p.value.as_str()).collect();
    for pattern in old.freeze.iter().map(|pattern| pattern.value.as_str()) {
        if !frozen.contains(pattern) {
            tell(format!(
                "this branch takes `{pattern}` out of `policy.freeze`"
            ));
        }
    }
    let answered: BTreeSet<_> = old
        .acknowledge
        .iter()
        .map(|entry| (&entry.lint.value, &entry.address.value))
        .collect();
    for entry in &new.acknowledge {
        if !answered.contains(&(&entry.lint.value, &entry.address.value)) {
            tell(format!(
                "this branch acknowledges {} at `{}` in `policy.acknowledge`",
                entry.lint.value, entry.address.value
            ));
        }
    }
    let accepted: BTreeSet<&String> = old.accept_drift.iter().map(|e| &e.address.value).collect();
    for entry in &new.accept_drift {
        if !accepted.contains(&entry.address.value) {
            tell(format!(
                "this branch leaves `{}` alone by `policy.accept_drift`",
                entry.address.value
            ));
        }
    }
    let expected: BTreeSet<&str> = now.expectations.iter().map(|e| e.name.as_str()).collect();
    for name in before
        .expectations
        .iter()
        .map(|expectation| expectation.name.as_str())
    {
        if !expected.contains(name) {
            tell(format!("this branch takes the expectation `{name}` away"));
        }
    }
}

fn edited(name: &str, before: bool, now: bool) -> String {
    match (before, now) {
        (true, false) => format!("this branch takes `{name}` away"),
        (false, true) => format!("this branch adds `{name}`"),
        _ => format!("this branch changes `{name}`"),
    }
}

/// Returns the acceptances that only the branch has.
fn pending(before: &Utf8Path, now: &Utf8Path) -> Vec<String> {
    let names = |root: &Utf8Path| -> BTreeSet<String> {
        acceptance::digests(root)
            .into_iter()
            .map(|digest| format!("{digest}.yaml"))
            .collect()
    };
    names(now).difference(&names(before)).cloned().collect()
}
