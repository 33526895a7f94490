//! One judge: whatever a command says of people is what the site then does, over random sites.
//!
//! Every world is a live site in the sandbox, with a workspace that wants something of it. The library reads it over HTTP, as
//! the commands do; what it says is compared with the sandbox's own pages, which show each portal and each article as a given
//! visitor finds them, and whose rules are written apart. A sure yes or no must be what the page shows.
//!
//! `PORTCULLIS_WORLDS` says how many worlds are tried (the long run: `PORTCULLIS_WORLDS=10000`) and `PORTCULLIS_FROM` which is the
//! first, `PORTCULLIS_SEED` tries one alone, `PORTCULLIS_SHRINK=1` makes the first world that shows something small.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

#[path = "judge/causes.rs"]
mod causes;
#[path = "judge/corpus.rs"]
mod corpus;
#[path = "judge/drift.rs"]
mod drift;
#[path = "judge/found.rs"]
mod found;
#[path = "differential/http.rs"]
mod http;
#[path = "judge/impact.rs"]
mod impact;
#[path = "judge/kinds.rs"]
mod kinds;
#[path = "judge/laws.rs"]
mod laws;
#[path = "judge/live.rs"]
mod live;
#[path = "judge/moments.rs"]
mod moments;
#[path = "judge/offline.rs"]
mod offline;
#[path = "judge/pages.rs"]
mod pages;
#[path = "judge/property.rs"]
mod property;
#[path = "judge/round.rs"]
mod round;
#[path = "judge/seeds.rs"]
mod seeds;
#[path = "support/reconcile.rs"]
#[expect(dead_code, reason = "shared with the tests of the whole pipeline")]
mod support;
#[path = "judge/tape.rs"]
mod tape;
#[path = "judge/verdicts.rs"]
mod verdicts;
#[path = "judge/wishes.rs"]
mod wishes;
#[path = "judge/world.rs"]
mod world;
