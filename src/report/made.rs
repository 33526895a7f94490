//! What a plan was made of: which sites, from what, and by which rules. Without it a plan can be shown, never applied.

use super::document::PlanDocument;
use super::impact::AccessImpact;
use crate::config::{SiteUrl, Workspace};
use crate::model::SiteKey;
use crate::rules::{self, Rule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a plan was made of. Whatever takes names out of a plan takes the rules out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Made {
    /// [`Made::LIVE`] or [`Made::SNAPSHOT`]; empty where nobody has said.
    pub from: String,
    /// The sites behind the keys.
    pub sites: BTreeMap<String, MadeSite>,
    /// Where the files can be read as they were: an address to which a path in the workspace is added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<String>,
    /// The commit that was checked out where the workspace lies, or that the pipeline names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// When it was made, in UTC; not where another day is judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The day that was judged, where that was not today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub today: Option<String>,
    /// Whether what could not be read was to be left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
}

/// One site that was planned.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MadeSite {
    /// Where it is: an origin, `sandbox:KEY` for the embedded sandbox, `loopback/KEY` on this machine.
    pub origin: String,
    /// Its id at Atlassian, where it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_id: Option<String>,
    /// The key of its Atlassian organization, whose rows are the site's as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub atlassian_organization: Option<String>,
    /// The workspace's own rules in reach of what the plan touches.
    pub rules: Vec<Rule>,
    /// The digest of this site's share of the plan.
    pub digest: String,
    /// The digest of what the policy blocks of it.
    pub acceptance_digest: String,
}

impl Made {
    /// Made from the live site.
    pub const LIVE: &'static str = "live";
    /// Made from a saved observation.
    pub const SNAPSHOT: &'static str = "snapshot";
}

/// Returns what a document is made of as far as the workspace says; digests are made afterwards.
pub(super) fn of<'p>(
    workspace: &Workspace,
    sites: impl IntoIterator<Item = &'p SiteKey>,
    document: &PlanDocument,
    impact: &AccessImpact,
) -> Made {
    let all = rules::of(workspace);
    let sites = sites.into_iter().map(|key| {
        let site = workspace.sites.get(key);
        let organization = site.and_then(|site| site.atlassian_organization.as_ref());
        let mut made = MadeSite {
            origin: origin(
                key,
                site.and_then(|site| site.url.as_ref().map(|url| &url.value)),
            ),
            atlassian_organization: organization.map(|key| key.value.clone()),
            ..MadeSite::default()
        };
        let touched = touched(document, impact, key.as_str(), &made);
        let reached = all.iter().filter(|rule| rule.reaches(&touched));
        made.rules = reached.cloned().collect();
        (key.as_str().to_owned(), made)
    });
    Made {
        sites: sites.collect(),
        ..Made::default()
    }
}

/// Returns the address of a line, for a place such as `projects/hr.yaml:7`.
pub(super) fn line_of(files: &str, place: &str) -> Option<String> {
    let (path, line) = place.rsplit_once(':')?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?=".contains(&b);
    let safe = files.starts_with("https://") && files.bytes().all(|b| plain(b) || b == b'%');
    if !safe
        || !line.bytes().all(|b| b.is_ascii_digit())
        || path.split('/').any(|part| part == "..")
    {
        return None;
    }
    let mut link = files.to_owned();
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' => link.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => link.push(char::from(byte)),
            byte => link.push_str(&format!("%{byte:02X}")),
        }
    }
    Some(format!("{link}#L{line}"))
}

/// Returns what a plan touches on one site.
pub fn touched(
    document: &PlanDocument,
    impact: &AccessImpact,
    key: &str,
    site: &MadeSite,
) -> Vec<crate::model::Address> {
    let rows = document
        .resource_changes
        .iter()
        .map(|row| row.address.as_str());
    let rows = rows.filter(|row| site.has(key, row));
    let impacts = std::iter::once(impact).chain(impact.if_accepted.as_deref());
    let projects = impacts.flat_map(|impact| {
        let further = &impact.with_manual_steps;
        let groups = [
            &impact.gains,
            &impact.losses,
            &further.gains,
            &further.losses,
        ];
        let groups = groups.into_iter().flatten();
        let classes = impact.classes.iter().chain(&further.classes);
        groups
            .map(|group| (group.site.as_str(), group.project.as_str()))
            .chain(classes.map(|class| (class.site.as_str(), class.project.as_str())))
    });
    rules::touched(rows, projects.filter(|(site, _)| *site == key))
}

impl MadeSite {
    /// Says whether a row belongs to the site, whose key is given: an address of the site or of its Atlassian organization.
    pub fn has(&self, key: &str, address: &str) -> bool {
        let root = address.split('/').next().unwrap_or("");
        root == key || self.atlassian_organization.as_deref() == Some(root)
    }
}

fn origin(key: &SiteKey, url: Option<&SiteUrl>) -> String {
    let Some(SiteUrl::Remote(url)) = url else {
        return format!("sandbox:{key}");
    };
    let here = match url.host() {
        Some(url::Host::Domain(host)) => host == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    match here {
        // The port of a server on this machine is another one every time.
        true => format!("loopback/{key}"),
        false => url.origin().ascii_serialization(),
    }
}

#[cfg(test)]
mod tests {
    use super::line_of;

    #[test]
    fn a_place_leads_to_its_line_and_nowhere_else() {
        let files = "https://github.com/acme/access/blob/0123/sites/";
        assert_eq!(
            line_of(files, "a b/(c).yaml:7").unwrap(),
            "https://github.com/acme/access/blob/0123/sites/a%20b/%28c%29.yaml#L7"
        );
        for (files, place) in [
            (files, "../x.yaml:1"),
            (files, "x.yaml"),
            (files, "x.yaml:1)"),
            ("javascript:alert(1)/", "x.yaml:1"),
            ("https://x/ )", "x.yaml:1"),
        ] {
            assert_eq!(line_of(files, place), None, "{files} {place}");
        }
    }
}
