//! The journal: one JSON line per change, flushed at once, so that an interrupted run can be explained.

use super::Outcome;
use crate::plan::{Change, Plan};
use jiff::Timestamp;
use serde::Serialize;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

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
    told: Mutex<Told>,
}

/// How many changes a journal was told of that apply attempted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// Carried out, or true already.
    pub done: usize,
    /// Failed, or not tried because of another one.
    pub not_done: usize,
}

impl Journal {
    /// Writes to a sink, with times from a clock.
    pub fn new(sink: Box<dyn Write + Send>, clock: fn() -> Timestamp) -> Self {
        Self {
            sink: Mutex::new(sink),
            clock,
            failed: std::sync::atomic::AtomicBool::new(false),
            told: Mutex::default(),
        }
    }

    /// A journal that keeps nothing.
    pub fn none() -> Self {
        Self::new(Box::new(std::io::sink()), Timestamp::now)
    }

    /// Returns how many outcomes it was told of, whether or not they could be written.
    pub fn told(&self) -> Told {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes one line and flushes it.
    pub fn record(&self, plan: &Plan, change: &Change, outcome: &Outcome) {
        {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            match outcome {
                Outcome::Done | Outcome::AlreadyTrue => told.done += 1,
                Outcome::Failed(_) | Outcome::InactiveOrHidden(_) | Outcome::NotTried(_) => {
                    told.not_done += 1;
                }
                Outcome::Manual
                | Outcome::LeftToAPerson(_)
                | Outcome::Waiting
                | Outcome::Blocked => {}
            }
        }
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
