//! The client against a scripted server on loopback.

#[path = "jsm/conformance.rs"]
mod conformance;
#[path = "jsm/documents.rs"]
mod documents;
#[path = "jsm/gateway.rs"]
mod gateway;
#[path = "jsm/paging.rs"]
mod paging;
#[path = "jsm/permissions.rs"]
mod permissions;
#[path = "jsm/reads.rs"]
mod reads;
#[path = "jsm/security.rs"]
mod security;
#[path = "jsm/sending.rs"]
mod sending;
#[path = "jsm/service.rs"]
mod service;
#[path = "jsm/writes.rs"]
mod writes;
