//! The sandbox over its wire: one test for each quirk of the real site that it imitates.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

#[path = "emulator/admin.rs"]
mod admin;
#[path = "emulator/audit.rs"]
mod audit;
#[path = "emulator/browser.rs"]
mod browser;
#[path = "emulator/conformance.rs"]
mod conformance;
#[path = "emulator/console.rs"]
mod console;
#[path = "emulator/customers.rs"]
mod customers;
#[path = "emulator/doors.rs"]
mod doors;
#[path = "emulator/gateway.rs"]
mod gateway;
#[path = "emulator/gateway_schema.rs"]
mod gateway_schema;
#[path = "emulator/harness.rs"]
mod harness;
#[path = "emulator/help_centers.rs"]
mod help_centers;
#[path = "emulator/jira.rs"]
mod jira;
#[path = "emulator/labels.rs"]
mod labels;
#[path = "emulator/oauth.rs"]
mod oauth;
#[path = "emulator/organizations.rs"]
mod organizations;
#[path = "emulator/roles.rs"]
mod roles;
#[path = "emulator/schemes.rs"]
mod schemes;
#[path = "emulator/seeds.rs"]
mod seeds;
#[path = "emulator/server.rs"]
mod server;
#[path = "emulator/settings.rs"]
mod settings;
#[path = "emulator/steps.rs"]
mod steps;
#[path = "emulator/users.rs"]
mod users;
#[path = "emulator/visits.rs"]
mod visits;
#[path = "support/wire.rs"]
mod wire;
