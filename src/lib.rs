//! Customer access as code for Jira Service Management Cloud.
//!
//! # Data flow
//!
//! One visible step per module; `plan` and `apply` in [`cli`] read like this list.
//!
//! ```text
//! config::load   files -> Workspace + Diagnostics     what people wrote, every value with its place
//! target         Workspace -> Workspace               with `--target`: only what was asked for, before anything is read
//! desired        Workspace -> Desired                 what should be on one site, and what is ours to judge
//! observe        Reader + Desired -> Observed         what is; the only step that reads the remote
//! plan::diff     Desired x Observed -> Plan           pure, synchronous, total; says why for every change
//! judge          Plan -> blocks, verdicts, people     protections, lints, gates, expectations, limits, on the worlds of the plan
//! plan::order    Plan -> stages                       no moment in between exposes or interrupts, where an order allows it
//! apply          Plan + Writer -> ApplyReport         carries out, stage by stage, decides nothing
//! report         any of these -> text or JSON         the same words everywhere
//! ```
//!
//! [`connect`] opens the site that the reader and the writer talk to: a remote one with credentials from the environment, or
//! the sandbox, which [`emulator`] serves on a loopback port with the state that [`seed`] built. Nothing in between knows which.
//!
//! # Code map
//!
//! | module | idea |
//! |---|---|
//! | [`model`] | ids, names, addresses and values of a JSM site; no YAML, no REST |
//! | [`config`] | reading the workspace: YAML, merging, scopes, roster files, checks, JSON Schema |
//! | [`diagnostic`] | a problem in a user's file, as data, and how it is shown |
//! | [`desired`] | one site's share of the workspace, judged on one day |
//! | [`target`] | what `--target` leaves of a workspace |
//! | [`observe`], [`observed`] | reading a site, and what was read: a snapshot that can be saved |
//! | [`plan`] | the difference as changes with reasons, routes, an order and manual steps |
//! | [`judge`] | the worlds of a plan (before, after apply, after the steps by hand), and rounds of judging it |
//! | [`pipeline`] | from what is desired and what was read to a judged, ordered plan |
//! | [`impact`] | which people gain, lose and keep which portals and articles by a plan |
//! | [`policy`] | limits and protections: what must not be carried out, however much the YAML asks for it |
//! | [`rules`] | the rules of a workspace as data: which bear on a plan, which were loosened |
//! | [`review`], [`base`] | a reviewed plan against a fresh one; which changes a branch brings |
//! | [`drift`], [`patch`] | whose doing a difference is; the smallest edit of the files that accepts it |
//! | [`apply`] | stages, batches, read-merge-write, the journal |
//! | [`report`] | the plan document (Terraform's representation) and its renderers |
//! | [`access`] | who gets which account and reaches what, and why: the rules of the customer access model, pure |
//! | [`jsm`] | the client of Atlassian's APIs: transport, paging, errors, one reader and one writer type |
//! | [`mapped`] | settings endpoints that the operator describes |
//! | [`emulator`], [`seed`] | the sandbox: a JSM site behind the real wire protocol, and how a seed fills it |
//! | [`connect`] | credentials, origins, sessions |
//! | [`export`] | a live site written down as a workspace |
//! | [`lint`], [`expect`] | what is contradictory, leaky or surprising in a state; access tests written by the user |
//! | [`doctor`] | what a machine, credentials and a workspace can and cannot do |
//! | [`codeowners`] | CODEOWNERS from `scopes` |
//! | [`meaning`] | what every code means, with its source; the tables of the documentation |
//! | [`files`] | the one door to the file system: paths that files name, and paths of the command line |
//! | [`neutral`] | foreign text made harmless before it is shown |
//! | [`cli`], [`exit`] | the commands; the documented exit codes and their precedence |
//!
//! # Invariants
//!
//! - `plan`, `policy`, `desired`, `access` and `model` import neither `jsm`, nor the HTTP crate, nor tokio (`tests/examples.rs` reads the files).
//! - Planning holds a [`jsm::Reader`], which has no mutating method.
//! - Only [`files`] touches the file system (`tests/walls.rs` reads the files).
//! - The emulator and the client share no request or response type.
//! - A list that could not be read whole is [`model::Read::Incomplete`], and nothing is ever removed on the strength of one.
//! - The library prints nothing: `cli` writes data to the streams it is given.
//! - Order that a person or a file can see comes from ordered collections: the same input gives the same bytes.

// Stands here and not among the lints of Cargo.toml, since a test may tell a longer story.
#![warn(clippy::too_many_lines)]

pub mod access;
pub mod apply;
pub mod base;
pub mod cli;
pub mod codeowners;
pub mod config;
pub mod connect;
pub mod desired;
pub mod diagnostic;
pub mod doctor;
pub mod drift;
pub mod emulator;
pub mod exit;
pub mod expect;
pub mod export;
pub mod files;
pub mod impact;
pub mod jsm;
pub mod judge;
pub mod lint;
pub mod mapped;
pub mod meaning;
pub mod model;
pub mod neutral;
pub mod observe;
pub mod observed;
pub mod patch;
pub mod pipeline;
pub mod plan;
pub mod policy;
pub mod report;
pub mod review;
pub mod rules;
pub mod seed;
pub mod target;
