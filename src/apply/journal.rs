//! The journal: one JSON line per change, flushed at once, so that an interrupted run can be explained.

use super::Outcome;
use crate::plan::{Change, Plan};
use jiff::Timestamp;
use serde::Serialize;
use std::io::Write;
use std::sync::Mutex;

/// One line of the journal.
#[derive(Debug, Serialize)]
pub struct JournalEntry<'a> {
    /// When, in UTC.
    pub at: String,
    /// The site.
    pub site: &'a str,
    /// What.
    pub address: &'a str,
    /// `create`, `update` or `delete`.
    pub action: &'a str,
    /// What became of it.
    pub result: &'a Outcome,
}

/// Where outcomes are written as they happen.
pub struct Journal {
    sink: Mutex<Box<dyn Write + Send>>,
    clock: fn() -> Timestamp,
    failed: std::sync::atomic::AtomicBool,
}

impl Journal {
    /// Writes to a sink, with times from a clock.
    pub fn new(sink: Box<dyn Write + Send>, clock: fn() -> Timestamp) -> Self {
        Self {
            sink: Mutex::new(sink),
            clock,
            failed: std::sync::atomic::AtomicBool::new(false),
        }
    }

    /// A journal that keeps nothing.
    pub fn none() -> Self {
        Self::new(Box::new(std::io::sink()), Timestamp::now)
    }

    /// Writes one line and flushes it.
    pub fn record(&self, plan: &Plan, change: &Change, outcome: &Outcome) {
        let entry = JournalEntry {
            at: (self.clock)().to_string(),
            site: plan.site.as_str(),
            address: change.address.as_str(),
            action: change.action.word(),
            result: outcome,
        };
        let written = serde_json::to_string(&entry)
            .map_err(std::io::Error::other)
            .and_then(|line| {
                let mut sink = self
                    .sink
                    .lock()
                    .map_err(|_| std::io::Error::other("poisoned"))?;
                writeln!(sink, "{line}")?;
                sink.flush()
            });
        if let Err(error) = written
            && !self.failed.swap(true, std::sync::atomic::Ordering::Relaxed)
        {
            tracing::warn!(%error, "the journal cannot be written; the run goes on without it");
        }
    }
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Journal")
    }
}
