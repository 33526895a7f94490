//! The whole pipeline over real HTTP: a desired state, a sandbox that differs, a plan, an apply, and a plan again.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

#[path = "reconcile/endings.rs"]
mod endings;
#[path = "reconcile/facts.rs"]
mod facts;
#[path = "reconcile/faithless.rs"]
mod faithless;
#[path = "reconcile/fields.rs"]
mod fields;
#[path = "reconcile/groups.rs"]
mod groups;
#[path = "reconcile/inviting.rs"]
mod inviting;
#[path = "reconcile/lies.rs"]
mod lies;
#[path = "reconcile/nameless.rs"]
mod nameless;
#[path = "reconcile/organizations.rs"]
mod organizations;
#[path = "reconcile/people.rs"]
mod people;
#[path = "reconcile/projects.rs"]
mod projects;
#[path = "reconcile/properties.rs"]
mod properties;
#[path = "reconcile/random.rs"]
mod random;
#[path = "reconcile/roles.rs"]
mod roles;
#[path = "reconcile/scale.rs"]
mod scale;
#[path = "reconcile/settings.rs"]
mod settings;
#[path = "reconcile/stories.rs"]
mod stories;
#[path = "support/reconcile.rs"]
mod support;
#[path = "reconcile/weather.rs"]
mod weather;
#[path = "reconcile/wide.rs"]
mod wide;
#[path = "reconcile/wire.rs"]
mod wire;
#[path = "support/wire.rs"]
mod wire_check;
#[path = "reconcile/worlds.rs"]
mod worlds;
