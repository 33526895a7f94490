//! Asking what the caller may do: once for the site, and in projects where the site's answer leaves that open.

use super::needs::is_asked;
use super::{Extent, LISTS_AT_ONCE, Observer};
use crate::model::{ProjectKey, Read, Right};
use crate::observed::Rights;
use futures_util::stream::{self, StreamExt};
use std::collections::BTreeMap;

impl Observer<'_, '_> {
    /// Asks for the caller's rights on the site.
    pub(super) async fn rights(&self) -> Read<Rights> {
        match self.reader.rights(&Right::ASKED, None).await {
            Ok(site) => Read::Complete(Rights {
                site,
                projects: BTreeMap::new(),
            }),
            Err(error) => Read::Incomplete(error.incomplete()),
        }
    }

    /// Asks in each managed project, and in each whose list was read since somebody may have to leave it, what somebody may do there who is no Jira administrator: a right that is had in some
    /// project counts as had on the site.
    pub(super) async fn rights_in_projects(&mut self) {
        let (Extent::Desired(desired), Some(Read::Complete(rights))) =
            (&self.extent, &self.observed.rights)
        else {
            return;
        };
        let somewhere = Right::OF_PROJECTS
            .iter()
            .any(|right| rights.has(*right, None) == Some(true));
        if rights.has(Right::AdministerJira, None) != Some(false) || !somewhere {
            return;
        }
        let managed: Vec<ProjectKey> = self
            .observed
            .whole_projects()
            .into_iter()
            .flatten()
            .filter(|(key, seen)| {
                desired.site.projects.contains_key(*key) && is_asked(desired, key)
                    || seen.customers.is_some()
            })
            .map(|(key, _)| key.clone())
            .collect();
        let reader = self.reader;
        let answers: Vec<_> = stream::iter(managed)
            .map(|key| async move {
                let held = reader.rights(&Right::OF_PROJECTS, Some(key.as_str())).await;
                (key, held)
            })
            .buffer_unordered(LISTS_AT_ONCE)
            .collect()
            .await;
        if let Some(Read::Complete(rights)) = &mut self.observed.rights {
            // Where a project does not answer, its rights stay unknown.
            let told = answers
                .into_iter()
                .filter_map(|(key, held)| Some((key, held.ok()?)));
            rights.projects.extend(told);
        }
    }
}
