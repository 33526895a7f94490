//! What else decides who gets in, as it was seen: read so that nobody believes it judged.

use crate::model::{HelpCenter, Incomplete, ProjectKey, Read};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Help centers and request types that are for some people only. A plan neither judges nor changes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedDoors {
    /// The help centers of the site; `None` where the surface `gateway` may not be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help_centers: Option<Read<Vec<HelpCenter>>>,
    /// The names of request types that are for some people only, by project, as far as they were shown.
    pub request_types: BTreeMap<ProjectKey, BTreeSet<String>>,
    /// Why there may be more of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_types_unread: Option<Incomplete>,
}
