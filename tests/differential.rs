//! The access engine against the sandbox's gatekeeping, which is written from the same tables by other code: over the whole
//! product of settings, domain classes, approvals, doors, account kinds and states, lists, projects and audiences of spaces.
//!
//! [`memory`] asks a site directly; the others ask a running sandbox as anybody could, over HTTP on loopback: what every door
//! holds for an address and which portals and articles a visitor finds, and, by going through the doors, that what is shown
//! beforehand is what happens.
//!
//! # Differences, and how the rule reads
//!
//! The engine answers `uncertain` where the model has no answer; the sandbox has to do something. Those cells must be exactly
//! the ones named here, so that a new uncertainty, or one that vanished, is noticed:
//!
//! - Q5: the any-domain rule with role `customer` behind an approval, and with role `user` without one. The sandbox lets the
//!   first in nowhere and makes agents of the second.
//! - Q4: an Atlassian account without a role, where the project is open or lists it.
//! - 4.2, row "agent or admin of X": of which projects somebody is an agent is not read. The sandbox's agents serve all; so does
//!   a newcomer whom the any-domain rule makes an agent (Q5), of whom the engine says that a licence opens no restricted project.
//! - R1a: two usable accounts on one address, where one of them sees the portal. The sandbox lets the address use either.
//! - Q20: a domain that several organizations claim. In the sandbox a newcomer joins them all.
//! - Q3: sign-up where the domain grants an agent's role behind an approval. In the sandbox a customer at once.
//! - Q17: `anyone` without its prerequisites, Q19: logged-in people who do not see the portal, and the Confluence licences of
//!   agents, which are not read. The sandbox takes the first as `all_logged_in`, asks for the portal, and licenses agents.
//!
//! Readings that came out of the comparison with the rules: whoever is revoked or suspended is an anonymous visitor (last
//! column of 4.2), in both; with I off, an approved domain counts by the list L alone (R3.2), in both; and an anonymous visitor
//! reads articles for anyone only where customers can create accounts, since without that every portal needs a login (K3), in
//! both.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

#[path = "differential/articles.rs"]
mod articles;
#[path = "differential/entering.rs"]
mod entering;
#[path = "differential/http.rs"]
mod http;
#[path = "differential/looking.rs"]
mod looking;
#[path = "differential/memory.rs"]
mod memory;
