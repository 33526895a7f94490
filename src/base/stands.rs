//! What stands against rows before any rule judges them, since the branch itself decides it: where the site is, how its settings
//! are described, and which file declares what.

use super::Base;
use crate::config::{ROOT_FILE, Workspace, granted};
use crate::model::Surface;
use crate::neutral::named;
use crate::plan::{Block, Change, Reason, ResourceType, as_it_has};

/// The rules of a base as far as they judge single rows.
#[derive(Debug)]
pub struct Stands<'b> {
    name: &'b str,
    before: Option<&'b Workspace>,
    /// Sites whose description is not the base's.
    described: Vec<String>,
}

impl<'b> Stands<'b> {
    /// Begins with what the branch says, and gives it the descriptions of the base: an untrusted branch does not say which requests
    /// are sent with the token.
    pub fn new(base: &'b Base, now: &mut Workspace) -> Self {
        let before = base.workspace.as_ref();
        let mut described = Vec::new();
        for (key, site) in &mut now.sites {
            let old = before.and_then(|before| before.sites.get(key));
            let old = old.and_then(|old| old.surfaces.mapped.clone());
            if old != site.surfaces.mapped {
                site.surfaces.mapped = old;
                described.push(key.as_str().to_owned());
            }
        }
        Self {
            name: &base.name,
            before,
            described,
        }
    }

    /// Returns what stands against a row.
    pub fn against(&self, change: &Change, now: &Workspace) -> Option<Block> {
        let before = self.before?;
        let site = change.address.root();
        let policy = |what: &str| Some(Block::Policy(as_it_has(&what.into(), self.name)));
        if let (Some(old), Some(new)) = (before.sites.get(site), now.sites.get(site)) {
            let [old, new] = [old, new].map(|site| site.url.as_ref().map(|url| &url.value));
            if old != new {
                return policy("the site is another one");
            }
        }
        if change.surface == Surface::Mapped && self.described.iter().any(|key| key == site) {
            return policy("the description of the endpoint is another one");
        }
        // Accounts are made for whoever stands on a list, and who must go must go by a line of its own.
        let of_a_list =
            change.kind != ResourceType::CustomerAccount && change.reason != Reason::PersonAbsent;
        let file = now.sources.get(change.source?.file)?.path.clone();
        if of_a_list
            && !before.scopes.is_empty()
            && file != ROOT_FILE
            && !granted(&before.scopes, &file, &change.address)
        {
            let what = format!("scopes: {} may not declare it", named(file.as_str()));
            return policy(&what);
        }
        None
    }
}
