//! Customer access as code for Jira Service Management Cloud.
//!
//! # Data flow
//!
//! One visible step per module; a command in [`cli`] reads like this list.
//!
//! ```text
//! config::load     files -> Workspace + Diagnostics    what people wrote, every value with its place
//! desired          Workspace -> Desired                what should be on one site, and what is ours to judge
//! observe          Reader + Desired -> Observed        what is; the only step that reads the remote
//! plan::diff       Desired x Observed -> Plan          pure, synchronous, total; says why for every change
//! policy           Plan -> Plan with blocked changes   limits on removals, protected objects
//! apply            Plan + Writer -> Report             carries out, decides nothing
//! report           any of these -> text or JSON        the same words everywhere
//! ```
//!
//! # Code map
//!
//! | module | idea |
//! |---|---|
//! | [`model`] | ids, names and values of a JSM site; no YAML, no REST |
//! | [`config`] | reading the workspace: YAML, merging, scopes, roster files, checks, JSON Schema |
//! | [`diagnostic`] | a problem in a user's file, as data |
//! | [`jsm`] | the client of Atlassian's APIs: transport, paging, errors, one reader and one writer type |
//! | [`emulator`] | the sandbox: a JSM site in memory behind the real wire protocol |
//!
//! # Invariants
//!
//! - `plan`, `policy`, `desired` and `model` import neither `jsm`, nor the HTTP crate, nor tokio.
//! - Planning holds a [`jsm::Reader`], which has no mutating method.
//! - The emulator and the client share no request or response type.
//! - A list that could not be read whole is `Incomplete`, and nothing is ever removed on the strength of one.

pub mod apply;
pub mod base;
pub mod cli;
pub mod codeowners;
pub mod config;
pub mod connect;
pub mod desired;
pub mod diagnostic;
pub mod drift;
pub mod emulator;
pub mod exit;
pub mod jsm;
pub mod mapped;
pub mod model;
pub mod neutral;
pub mod observe;
pub mod observed;
pub mod patch;
pub mod plan;
pub mod policy;
pub mod report;
pub mod review;
pub mod seed;
