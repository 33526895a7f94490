//! The composite actions, example pipelines and the hook: their shell parts run for real, against a sandbox on loopback and
//! with real git; GitHub itself is a small stand-in on the path. Their YAML is checked against its published schema.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set its stage has failed"
)]

#[path = "pipelines/action.rs"]
mod action;
#[path = "pipelines/apply.rs"]
mod apply;
#[path = "pipelines/comment.rs"]
mod comment;
#[path = "pipelines/drift.rs"]
mod drift;
#[path = "pipelines/gitlab.rs"]
mod gitlab;
#[path = "pipelines/hook.rs"]
mod hook;
#[path = "pipelines/hub.rs"]
mod hub;
#[path = "pipelines/init.rs"]
mod init;
#[path = "pipelines/kubernetes.rs"]
mod kubernetes;
#[path = "pipelines/plan.rs"]
mod plan;
#[path = "pipelines/propose.rs"]
mod propose;
#[path = "pipelines/pull_request.rs"]
mod pull_request;
#[path = "pipelines/release.rs"]
mod release;
#[path = "pipelines/reviewed_plan.rs"]
mod reviewed_plan;
#[path = "pipelines/schema.rs"]
mod schema;
#[path = "pipelines/setup.rs"]
mod setup;
#[path = "pipelines/shell.rs"]
mod shell;
#[path = "pipelines/stage.rs"]
mod stage;
#[path = "pipelines/status.rs"]
mod status;
#[path = "pipelines/story.rs"]
mod story;
#[path = "pipelines/workflows.rs"]
mod workflows;
