//! The conditions under which a sandbox answers: how long it takes, how much it allows, and what goes wrong.

use super::call::Answer;
use super::faults::{FaultSpec, Faults};
use super::gate::{Fate, Passage, Policy, Verdict};
use super::limits::Limits;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A policy made of latency, rate limits and faults; the default has none of them.
#[derive(Debug, Default)]
pub struct Conditions {
    latency: Duration,
    limits: Limits,
    faults: Option<Faults>,
    time: Time,
}

impl Conditions {
    /// Makes every answer take this long.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Allows so many reads and so many writes a second; `None` is no limit, and less than 1 counts as 1.
    ///
    /// What a second allows can be saved up for a burst, but no more.
    #[must_use]
    pub fn limits(mut self, reads: Option<f64>, writes: Option<f64>) -> Self {
        self.limits = Limits::new(reads, writes);
        self
    }

    /// Lets things go wrong.
    #[must_use]
    pub fn faults(mut self, spec: FaultSpec) -> Self {
        self.faults = Some(Faults::new(spec));
        self
    }

    /// Takes the time that limits go by from a function that returns the time since some fixed moment.
    #[must_use]
    pub fn timed_by(mut self, time: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        self.time = Time(Arc::new(time));
        self
    }
}

impl Policy for Conditions {
    fn arrive(&self, passage: Passage<'_>) -> Verdict {
        let mut verdict = match self.limits.arrive(passage, self.time.now()) {
            Some(refusal) => Verdict {
                fate: Fate::Answer(refusal),
                ..Verdict::default()
            },
            None => self
                .faults
                .as_ref()
                .map(|faults| faults.arrive(passage))
                .unwrap_or_default(),
        };
        verdict.wait += self.latency;
        verdict
    }

    fn leave(&self, passage: Passage<'_>, answer: &Answer) -> Verdict {
        let mut verdict = self
            .faults
            .as_ref()
            .map(|faults| faults.leave(passage, answer))
            .unwrap_or_default();
        verdict.headers = self.limits.headers(passage.write, self.time.now());
        verdict
    }
}

/// Where the time comes from: the machine's clock, unless a test brings its own.
struct Time(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Time {
    fn now(&self) -> Duration {
        (self.0)()
    }
}

impl Default for Time {
    fn default() -> Self {
        let began = Instant::now();
        Self(Arc::new(move || began.elapsed()))
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Time")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read() -> Passage<'static> {
        Passage {
            operation: "GET /rest/api/3/myself",
            path: "/rest/api/3/myself",
            write: false,
            skips: 0,
            identity: 0,
        }
    }

    #[test]
    fn waits_add_up_and_what_is_refused_for_its_pace_is_no_turn_of_the_faults() {
        let conditions = Conditions::default()
            .latency(Duration::from_millis(200))
            .limits(Some(1.0), None)
            .faults("503=1,slow=1:100ms".parse().unwrap())
            .timed_by(|| Duration::ZERO);
        let first = conditions.arrive(read());
        assert_eq!(first.wait, Duration::from_millis(300));
        assert!(matches!(first.fate, Fate::Answer(answer) if answer.status == 503));
        let second = conditions.arrive(read());
        assert_eq!(second.wait, Duration::from_millis(200));
        assert!(matches!(second.fate, Fate::Answer(answer) if answer.status == 429));
        assert_eq!(
            conditions.leave(read(), &Answer::empty(200)).headers.len(),
            3
        );
    }

    #[test]
    fn the_default_lets_everything_through() {
        let conditions = Conditions::default();
        assert_eq!(conditions.arrive(read()), Verdict::default());
        assert_eq!(
            conditions.leave(read(), &Answer::empty(200)),
            Verdict::default()
        );
    }
}
