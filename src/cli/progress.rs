//! What long work is doing: a line that keeps itself current on a terminal, one line per phase in CI, nothing elsewhere.

use super::Output;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How often the line on a terminal is drawn anew.
const REDRAWN: Duration = Duration::from_millis(100);

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// A line on the terminal, gone when the work is done.
    Live,
    /// One line per phase, for the log of a pipeline.
    Lines,
    /// Not at all: standard error belongs to another program.
    Hidden,
}

/// The phases that have begun and were not told yet.
#[derive(Debug, Default)]
pub(super) struct Phases(Mutex<Vec<String>>);

impl Phases {
    /// Says that a phase begins.
    pub(super) fn begin(&self, what: String) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(what);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Does some work and says meanwhile what it is and how many requests it took; `first` names it until a phase begins.
pub(super) async fn during<T>(
    output: &mut Output,
    first: Option<String>,
    phases: &Phases,
    requests: impl Fn() -> u64,
    work: impl Future<Output = T>,
) -> T {
    match output.progress {
        Progress::Hidden => work.await,
        Progress::Lines => {
            if let Some(first) = first {
                output.note(&first);
            }
            let mut work = std::pin::pin!(work);
            // The work begins phases only while it is polled, so that is when they are told.
            std::future::poll_fn(|context| {
                let polled = work.as_mut().poll(context);
                for phase in phases.take() {
                    output.note(&phase);
                }
                polled
            })
            .await
        }
        Progress::Live => {
            let bar = bar();
            let mut doing = first.unwrap_or_default();
            let mut work = std::pin::pin!(work);
            let done = loop {
                tokio::select! {
                    done = &mut work => break done,
                    () = tokio::time::sleep(REDRAWN) => {}
                }
                if let Some(phase) = phases.take().pop() {
                    doing = phase;
                }
                let s = if requests() == 1 { "" } else { "s" };
                bar.set_message(format!("{doing}: {} request{s}", requests()));
                bar.tick();
            };
            bar.finish_and_clear();
            done
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    // The template is a constant and known to be well formed; a bar without it would only look different.
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
        bar.set_style(style);
    }
    bar
}
