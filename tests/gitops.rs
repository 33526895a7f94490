//! Pipelines: reviewed plans, policy, attribution, drift and patches, through the binary, against the sandbox, with real git.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set its stage has failed"
)]

#[path = "gitops/annotations.rs"]
mod annotations;
#[path = "gitops/attribution.rs"]
mod attribution;
#[path = "gitops/base.rs"]
mod base;
#[path = "gitops/digests.rs"]
mod digests;
#[path = "gitops/drift.rs"]
mod drift;
#[path = "gitops/due.rs"]
mod due;
#[path = "gitops/exits.rs"]
mod exits;
#[path = "gitops/law.rs"]
mod law;
#[path = "gitops/many.rs"]
mod many;
#[path = "gitops/patch.rs"]
mod patch;
#[path = "gitops/policy.rs"]
mod policy;
#[path = "gitops/reviewed.rs"]
mod reviewed;
#[path = "gitops/stage.rs"]
mod stage;
#[path = "gitops/stories.rs"]
mod stories;
#[path = "gitops/story.rs"]
mod story;
