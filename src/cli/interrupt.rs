//! What a signal leaves behind: the sandbox's state saved, and word of how far an apply came.

use super::Output;
use crate::apply::Journal;
use crate::emulator::Keeper;
use crate::model::SiteKey;
use camino::Utf8PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a command that hears a signal may take to say so; one that waits for a file does not hear it.
const PATIENCE: Duration = Duration::from_secs(1);

/// What has to be done or told when a command is interrupted. Clones are the same one.
#[derive(Debug, Clone, Default)]
pub(super) struct Interruption(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    keepers: Vec<Keeper>,
    applying: Vec<Applying>,
    /// Whether the command itself is ending by a signal.
    heard: bool,
}

/// How far the changes of one site are.
#[derive(Debug)]
struct Applying {
    site: SiteKey,
    /// How many changes apply would attempt.
    changes: usize,
    /// What became of them so far, and the file that says so; `None` before the site's turn.
    begun: Option<(Arc<Journal>, Option<Utf8PathBuf>)>,
}

impl Interruption {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a sandbox whose state must not be lost.
    pub(super) fn keep(&self, keeper: Keeper) {
        self.state().keepers.push(keeper);
    }

    /// Says that a site is going to be changed.
    pub(super) fn will_apply(&self, site: &SiteKey, changes: usize) {
        self.state().applying.push(Applying {
            site: site.clone(),
            changes,
            begun: None,
        });
    }

    /// Says that the changes of a site begin, which the journal follows.
    pub(super) fn begins(&self, site: &SiteKey, journal: &Arc<Journal>, file: Option<Utf8PathBuf>) {
        let mut state = self.state();
        if let Some(found) = state.applying.iter_mut().find(|found| found.site == *site) {
            found.begun = Some((Arc::clone(journal), file));
        }
    }

    /// Ends the process by a signal also where the command cannot: while it waits for a pipe of the command line, or for a file
    /// system that does not answer.
    pub(super) fn insist(&self) {
        let interruption = self.clone();
        tokio::spawn(async move {
            let code = interrupted().await;
            tokio::time::sleep(PATIENCE).await;
            if !interruption.state().heard {
                interruption.save();
                std::process::exit(code)
            }
        });
    }

    /// Says that the command is ending by a signal, and takes the time that it needs.
    pub(super) fn heard(&self) {
        self.state().heard = true;
    }

    /// Saves the sandboxes that still run. What a caller was told to be done is in their state already.
    pub(super) fn save(&self) -> Vec<std::io::Error> {
        let keepers = std::mem::take(&mut self.state().keepers);
        keepers
            .iter()
            .filter_map(|keeper| keeper.save().err())
            .collect()
    }

    /// Says on standard error how far an apply came; `applies` whether the command is one.
    pub(super) fn tell(&self, applies: bool, output: &mut Output) {
        if !applies {
            return;
        }
        let state = self.state();
        if state.applying.is_empty() {
            output.note("interrupted: nothing was applied");
            return;
        }
        for applying in &state.applying {
            output.note(&applying.in_words());
        }
        output.note("run `portcullis apply` again: it plans afresh, so what is done is not repeated and the rest is done");
    }
}

impl Applying {
    fn in_words(&self) -> String {
        let Self {
            site,
            changes,
            begun,
        } = self;
        let s = if *changes == 1 { "" } else { "s" };
        let Some((journal, file)) = begun else {
            return format!("interrupted: {site}: none of {changes} change{s} tried");
        };
        let told = journal.told();
        let left = changes.saturating_sub(told.done + told.not_done);
        let mut words = format!(
            "interrupted: {site}: {} of {changes} change{s} done",
            told.done
        );
        if told.not_done > 0 {
            words += &format!(", {} failed or held back", told.not_done);
        }
        words += &format!(", {left} not tried or without an answer");
        if let Some(file) = file {
            words += &format!("; journal: {file}");
        }
        words
    }
}

/// Waits for a signal and returns the exit code that says so.
pub(super) async fn interrupted() -> i32 {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut terminate), Ok(mut interrupt)) = (
            signal(SignalKind::terminate()),
            signal(SignalKind::interrupt()),
        ) else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = terminate.recv() => 143,
            _ = interrupt.recv() => 130,
        }
    }
    #[cfg(not(unix))]
    {
        match tokio::signal::ctrl_c().await {
            Ok(()) => 130,
            Err(_) => std::future::pending().await,
        }
    }
}
