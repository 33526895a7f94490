//! One file per organization and per project.

use super::slug::Slugs;
use super::yaml::{Block, document};
use super::{Draft, Members};
use crate::config::Mode;
use crate::model::{Field, OrganizationId, OrganizationName, Read, WhoCanView};
use crate::observed::{GroupRef, Observation, ObservedOrganization, ObservedProject};
use camino::Utf8PathBuf;
use serde_yaml::Value;
use std::collections::BTreeMap;

/// From a file in `organizations/` or `projects/` to the root.
const UP: &str = "../";

impl<'a> Draft<'a> {
    /// Writes the organizations; returns comments about what is left out of the whole list.
    pub(super) fn organizations(&mut self) -> Result<Vec<String>, serde_yaml::Error> {
        let read = self.observed.organizations.as_ref();
        let live = match self.whole(read, || "the customer organizations".to_owned()) {
            Ok(live) => live,
            Err(comment) => return Ok(vec![comment]),
        };
        let mut comments = Vec::new();
        let mut slugs = Slugs::default();
        let mut taken: BTreeMap<OrganizationName, &OrganizationId> = BTreeMap::new();
        for (id, seen) in by_number(live) {
            let name = match OrganizationName::new(&seen.name) {
                Err(error) => Err(format!("its name cannot be written: {error}")),
                Ok(_) if !id.as_str().bytes().all(|b| b.is_ascii_digit()) => {
                    Err("its id is not a number".to_owned())
                }
                Ok(name) => match taken.get(&name) {
                    Some(other) => Err(format!("organization {other} has the same name")),
                    None => Ok(name),
                },
            };
            match name {
                Err(why) => {
                    self.counts.left_out += 1;
                    comments.push(format!(
                        "Left out: organization {id}, `{}`: {why}",
                        seen.name
                    ));
                }
                Ok(name) => {
                    let slug = slugs.take(&seen.name.to_lowercase(), id.as_str());
                    taken.insert(name.clone(), id);
                    self.organization(id, &name, seen, &slug)?;
                    self.named.insert(id, name);
                    self.counts.organizations += 1;
                }
            }
        }
        Ok(comments)
    }

    fn organization(
        &mut self,
        id: &OrganizationId,
        name: &OrganizationName,
        seen: &'a ObservedOrganization,
        slug: &str,
    ) -> Result<(), serde_yaml::Error> {
        let mut comments = Vec::new();
        let mut block = Block::new().with("id", id.as_str());
        if seen.scim_managed {
            block.set("managed_by", "scim");
        }
        match seen.email_domains.as_ref().map(|domains| &domains.value) {
            Some(Field::Known(domains)) => {
                let domains = domains.iter().map(|domain| domain.as_str().into());
                block = block.list("email_domains", domains.collect());
            }
            Some(Field::Unknown(why)) => comments.push(format!("No `email_domains`: {why}")),
            None => comments.push("No `email_domains`: no allowed surface can read them".into()),
        }
        if !seen.scim_managed && self.has_people() {
            let what = || format!("members of organization `{name}`");
            match self.whole(seen.members.as_ref(), what) {
                Err(comment) => comments.push(comment),
                Ok(members) => {
                    let path = Utf8PathBuf::from(format!("rosters/{slug}.csv"));
                    let known = seen.email_domains.as_ref().map(|domains| &domains.value);
                    if self.shape.mode == Mode::Exact && !matches!(known, Some(Field::Known(_))) {
                        self.counts.unknown_domains += 1;
                        comments.push("Careful: the e-mail domains are not known, and `exact` removes whom Atlassian adds by them".to_owned());
                    }
                    let roster = self.roster(members, &path, UP, &mut comments);
                    block.set("members", roster);
                }
            }
        }
        let below = Block::new().with(name.as_str(), block);
        let text = document(UP, &comments, self.of_site("organizations", below))?;
        self.file(format!("organizations/{slug}.yaml"), text);
        Ok(())
    }

    /// Writes the projects; returns comments about what is left out of the whole list.
    pub(super) fn projects(&mut self) -> Result<Vec<String>, serde_yaml::Error> {
        let read = self.observed.projects.as_ref();
        let live = match self.whole(read, || "the service projects".to_owned()) {
            Ok(live) => live,
            Err(comment) => return Ok(vec![comment]),
        };
        let mut slugs = Slugs::default();
        let mut viewers = BTreeMap::new();
        for (key, seen) in live {
            let slug = slugs.take(key.as_str(), seen.desk.as_str());
            let mut comments = vec![format!("Service project {key}: {}", seen.name)];
            let mut block = Block::new();
            field(
                &mut block,
                &mut comments,
                "channel_access",
                seen.channel_access.as_ref(),
                |access| access.word(),
            );
            field(
                &mut block,
                &mut comments,
                "customer_sharing",
                seen.customer_sharing.as_ref(),
                |sharing| sharing.word(),
            );
            self.links(key.as_str(), seen, &mut block, &mut comments);
            let what = || format!("customers of project {key}");
            if self.has_people() {
                match self.whole(seen.customers.as_ref(), what) {
                    Err(comment) => comments.push(comment),
                    Ok(customers) => {
                        let path = Utf8PathBuf::from(format!("rosters/projects/{slug}.csv"));
                        let roster = self.roster(customers, &path, UP, &mut comments);
                        block.set("customers", roster);
                    }
                }
            }
            groups(self.mode(), seen, &mut block, &mut comments);
            spaces(seen, &mut viewers, &mut block, &mut comments);
            let below = Block::new().with(key.as_str(), block);
            let text = document(UP, &comments, self.of_site("projects", below))?;
            self.file(format!("projects/{slug}.yaml"), text);
            self.counts.projects += 1;
        }
        Ok(Vec::new())
    }

    fn links(
        &mut self,
        key: &str,
        seen: &'a ObservedProject,
        block: &mut Block,
        comments: &mut Vec<String>,
    ) {
        let what = || format!("organizations of project {key}");
        let linked = match self.whole(seen.organizations.as_ref(), what) {
            Ok(linked) => linked,
            Err(comment) => return comments.push(comment),
        };
        let mut names: Vec<&str> = linked
            .iter()
            .filter_map(|id| self.named.get(id))
            .map(OrganizationName::as_str)
            .collect();
        names.sort_unstable();
        let nameless: Vec<String> = linked
            .iter()
            .filter(|id| !self.named.contains_key(id))
            .map(ToString::to_string)
            .collect();
        // Under `exact`, a link that cannot be named would be taken away.
        let mode = if nameless.is_empty() {
            self.mode()
        } else {
            comments.push(format!(
                "The list of organizations is never `exact`: linked, and not in this workspace: {}",
                nameless.join(", ")
            ));
            "add_only"
        };
        let links = names.into_iter().map(Value::from).collect();
        let links = Block::new().with("mode", mode).list("list", links);
        block.set("organizations", links);
    }

    /// Puts a block below its site.
    fn of_site(&self, kind: &str, block: Block) -> Block {
        let site = Block::new().with(kind, block);
        Block::new().with("sites", Block::new().with(self.target.key.as_str(), site))
    }

    /// Says whether people are written.
    pub(super) fn has_people(&self) -> bool {
        self.shape.members == Members::Csv
    }
}

/// Returns organizations by ascending number, so that the older of two keeps the plain file name.
fn by_number(
    live: &BTreeMap<OrganizationId, ObservedOrganization>,
) -> Vec<(&OrganizationId, &ObservedOrganization)> {
    let mut sorted: Vec<_> = live.iter().collect();
    sorted.sort_by_key(|(id, _)| (id.as_str().len(), *id));
    sorted
}

/// Writes a field if it is known; else says why it is not there.
fn field<T>(
    block: &mut Block,
    comments: &mut Vec<String>,
    key: &str,
    seen: Option<&Observation<T>>,
    word: impl FnOnce(&T) -> &'static str,
) {
    match seen.map(|observation| &observation.value) {
        Some(Field::Known(value)) => block.set(key, word(value)),
        Some(Field::Unknown(why)) => comments.push(format!("No `{key}`: {why}")),
        None => comments.push(format!("No `{key}`: it was not read")),
    }
}

/// Writes linked spaces. A space has one setting for all projects; where two differ, the first stands.
fn spaces<'a>(
    seen: &'a ObservedProject,
    viewers: &mut BTreeMap<&'a str, WhoCanView>,
    block: &mut Block,
    comments: &mut Vec<String>,
) {
    let linked = match seen.knowledge_base.as_ref().map(|spaces| &spaces.value) {
        Some(Field::Known(linked)) => linked,
        Some(Field::Unknown(why)) => return comments.push(format!("No `knowledge_base`: {why}")),
        None => return comments.push("No `knowledge_base`: it was not read".to_owned()),
    };
    let mut written = Block::new();
    for (key, space) in linked {
        let mut below = Block::new();
        match &space.who_can_view {
            Field::Unknown(why) => {
                comments.push(format!("No `who_can_view` of space {key}: {why}"));
            }
            Field::Known(who) => {
                let first = *viewers.entry(key.as_str()).or_insert(*who);
                if first == *who {
                    below.set("who_can_view", who.word());
                } else {
                    comments.push(format!(
                        "No `who_can_view` of space {key}: here it was read as `{who}`, elsewhere as `{first}`"
                    ));
                }
            }
        }
        written.set(key.as_str(), below);
    }
    if !written.is_empty() {
        block.set("knowledge_base", written);
    }
}

/// Writes the groups in the role of a project's customers.
fn groups(mode: &str, seen: &ObservedProject, block: &mut Block, comments: &mut Vec<String>) {
    let permissions = seen.permissions.as_ref();
    match permissions.and_then(|seen| seen.customers.as_ref()) {
        Some(Read::Complete(customers)) if customers.groups.is_empty() && mode != "exact" => {}
        Some(Read::Complete(customers)) => {
            let group = |group: &GroupRef| {
                let mut written = serde_yaml::Mapping::new();
                written.insert("name".into(), group.name.as_str().into());
                if let Some(id) = &group.id {
                    written.insert("id".into(), id.as_str().into());
                }
                Value::Mapping(written)
            };
            let list = customers.groups.iter().map(group).collect();
            let groups = Block::new().with("mode", mode).list("list", list);
            block.set("customer_groups", groups);
        }
        Some(Read::Incomplete(why)) => comments.push(format!(
            "No `customer_groups`: who is in the role Service Desk Customers was not read: {}",
            why.why
        )),
        None => {}
    }
}
