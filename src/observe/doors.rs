//! Reading what else decides who gets in: help centers with an audience, and request types that are for some people only.
//!
//! One request each for the whole site. Neither is judged, so what fails here stops nothing.

use super::Observer;
use crate::config::{SurfaceMode, Surfaces};
use crate::jsm::{Reader, RestrictedType};
use crate::model::{HelpCenter, Incomplete, ProjectKey, Read, Right};
use crate::observed::ObservedDoors;
use std::collections::{BTreeMap, BTreeSet};

impl Observer<'_, '_> {
    /// Reads the other doors of a site of which something is judged.
    pub(super) async fn doors(&mut self) {
        if self.judged().is_empty() {
            return;
        }
        let (help_centers, request_types) = tokio::join!(
            help_centers(self.reader, self.surfaces()),
            self.reader.restricted_request_types()
        );
        let (request_types, request_types_unread) = match request_types {
            Ok(types) => (self.by_project(types), self.hidden_types()),
            Err(error) => (BTreeMap::new(), Some(error.incomplete())),
        };
        self.observed.doors = Some(ObservedDoors {
            help_centers,
            request_types,
            request_types_unread,
        });
    }

    fn by_project(&self, types: Vec<RestrictedType>) -> BTreeMap<ProjectKey, BTreeSet<String>> {
        let mut found: BTreeMap<ProjectKey, BTreeSet<String>> = BTreeMap::new();
        let projects = self.observed.whole_projects().into_iter().flatten();
        let by_desk: BTreeMap<_, _> = projects.map(|(key, seen)| (&seen.desk, key)).collect();
        for kind in types {
            if let Some(key) = by_desk.get(&kind.desk) {
                found.entry((*key).clone()).or_default().insert(kind.name);
            }
        }
        found
    }

    /// Why the list of request types that are for some people only may lack some: an empty one proves something only to somebody
    /// who would be shown more.
    fn hidden_types(&self) -> Option<Incomplete> {
        let rights = self.observed.rights.as_ref().and_then(Read::complete);
        let administers = rights.and_then(|rights| rights.has(Right::AdministerJira, None));
        (administers != Some(true)).then(|| Incomplete {
            why: "they are shown to administrators only".into(),
            forbidden: true,
        })
    }
}

/// Reads the help centers of a site; `None` where the surface `gateway` may not be used.
pub(crate) async fn help_centers(
    reader: &Reader,
    surfaces: &Surfaces,
) -> Option<Read<Vec<HelpCenter>>> {
    if surfaces.gateway < SurfaceMode::Read {
        return None;
    }
    if surfaces.oauth {
        return Some(Read::Incomplete(Incomplete {
            why: "the gateway refuses OAuth".into(),
            forbidden: true,
        }));
    }
    Some(match reader.help_centers().await {
        Ok(centers) => Read::Complete(centers),
        Err(error) => Read::Incomplete(error.incomplete()),
    })
}
