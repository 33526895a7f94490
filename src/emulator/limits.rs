//! Rate limits as Atlassian's burst limits work: a bucket of tokens, headers that tell how full it is, 429 when it is empty.
//!
//! Atlassian has a bucket for each endpoint and method; here there is one for all reads and one for all writes, so that a
//! rate is easy to state and to measure.

use super::call::{Answer, error};
use super::gate::Passage;
use super::server::face_of;
use jiff::Timestamp;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Below which part of a bucket Atlassian says that the limit is near.
const NEAR: f64 = 0.2;

/// The limits on reads and on writes.
#[derive(Debug, Default)]
pub(super) struct Limits {
    reads: Option<Mutex<Bucket>>,
    writes: Option<Mutex<Bucket>>,
}

impl Limits {
    /// Takes how many requests a second are allowed; `None` is no limit.
    pub(super) fn new(reads: Option<f64>, writes: Option<f64>) -> Self {
        let bucket = |rate: Option<f64>| rate.map(|rate| Mutex::new(Bucket::new(rate)));
        Self {
            reads: bucket(reads),
            writes: bucket(writes),
        }
    }

    fn bucket<T>(&self, write: bool, look: impl FnOnce(&mut Bucket) -> T) -> Option<T> {
        let bucket = if write { &self.writes } else { &self.reads };
        let mut bucket = bucket
            .as_ref()?
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Some(look(&mut bucket))
    }

    /// Takes a token for a request, or gives the refusal. `now` is the time since some fixed moment.
    pub(super) fn arrive(&self, passage: Passage<'_>, now: Duration) -> Option<Answer> {
        let (wait, rate) = self.bucket(passage.write, |bucket| {
            bucket.take(now).err().map(|wait| (wait, bucket.rate))
        })??;
        Some(refusal(passage.path, wait, Some(rate)))
    }

    /// Returns the headers that tell how much is left.
    pub(super) fn headers(&self, write: bool, now: Duration) -> Vec<(&'static str, String)> {
        let told = self.bucket(write, |bucket| {
            bucket.fill(now);
            let mut headers = vec![
                ("x-ratelimit-limit", number(bucket.rate)),
                ("x-ratelimit-remaining", number(bucket.tokens)),
            ];
            if bucket.tokens < NEAR * bucket.rate {
                headers.push(("x-ratelimit-nearlimit", "true".to_owned()));
            }
            headers
        });
        told.unwrap_or_default()
    }
}

/// Makes the answer to a request that came too fast; `limit` is the rate that was exceeded, where there is one.
pub(super) fn refusal(path: &str, wait: Duration, limit: Option<f64>) -> Answer {
    let mut answer = error(face_of(path), 429, "Rate limit exceeded.");
    // Whole seconds, and never none: a token is not there yet.
    let seconds = wait.as_secs_f64().ceil().max(1.0) as u64;
    let reset = Timestamp::now() + Duration::from_secs(seconds);
    answer.headers.extend([
        ("retry-after", seconds.to_string()),
        ("ratelimit-reason", "jira-burst-based".to_owned()),
        (
            "x-ratelimit-reset",
            reset.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        ),
    ]);
    if let Some(limit) = limit {
        answer.headers.extend([
            ("x-ratelimit-limit", number(limit)),
            ("x-ratelimit-remaining", "0".to_owned()),
        ]);
    }
    answer
}

fn number(value: f64) -> String {
    format!("{:.0}", value.floor())
}

/// A bucket that holds what a second allows and fills as fast.
#[derive(Debug)]
struct Bucket {
    /// Tokens a second, and the most that it holds.
    rate: f64,
    tokens: f64,
    /// Up to when it was filled.
    at: Duration,
}

impl Bucket {
    fn new(rate: f64) -> Self {
        let rate = rate.max(1.0);
        Self {
            rate,
            tokens: rate,
            at: Duration::ZERO,
        }
    }

    fn fill(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.at = self.at.max(now);
        self.tokens = (self.tokens + passed * self.rate).min(self.rate);
    }

    /// Takes a token, or returns how long it takes until there is one.
    fn take(&mut self, now: Duration) -> Result<(), Duration> {
        self.fill(now);
        if self.tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - self.tokens) / self.rate));
        }
        self.tokens -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(write: bool) -> Passage<'static> {
        Passage {
            operation: "GET /rest/servicedeskapi/organization",
            path: "/rest/servicedeskapi/organization",
            write,
            skips: 0,
            identity: 0,
        }
    }

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn header<'a>(headers: &'a [(&'static str, String)], name: &str) -> Option<&'a str> {
        let found = headers.iter().find(|(key, _)| *key == name)?;
        Some(&found.1)
    }

    #[test]
    fn a_second_allows_the_rate_after_what_was_saved_up() {
        let limits = Limits::new(Some(10.0), None);
        let served = |from: u64, to: u64| {
            (from..to)
                .filter(|now| limits.arrive(passage(false), at(*now)).is_none())
                .count()
        };
        // A full bucket and what fills meanwhile, then only what fills.
        assert_eq!(served(0, 1000), 19);
        assert_eq!(served(1000, 2000), 10);
        assert_eq!(served(2000, 12_000), 100);
    }

    #[test]
    fn reads_and_writes_have_buckets_of_their_own() {
        let limits = Limits::new(Some(2.0), Some(1.0));
        let refused = |write| limits.arrive(passage(write), at(0)).is_some();
        assert_eq!(
            [refused(false), refused(false), refused(false)],
            [false, false, true]
        );
        assert_eq!([refused(true), refused(true)], [false, true]);
        let unlimited = Limits::default();
        assert!((0..1000).all(|_| unlimited.arrive(passage(true), at(0)).is_none()));
        assert_eq!(unlimited.headers(true, at(0)), Vec::new());
    }

    #[test]
    fn a_refusal_says_how_long_to_wait_and_why() {
        let limits = Limits::new(Some(1.0), None);
        assert_eq!(limits.arrive(passage(false), at(0)), None);
        let answer = limits.arrive(passage(false), at(100)).unwrap();
        assert_eq!(answer.status, 429);
        assert_eq!(header(&answer.headers, "retry-after"), Some("1"));
        assert_eq!(
            header(&answer.headers, "ratelimit-reason"),
            Some("jira-burst-based")
        );
        assert_eq!(header(&answer.headers, "x-ratelimit-remaining"), Some("0"));
        let reset = header(&answer.headers, "x-ratelimit-reset").unwrap();
        assert!(reset.parse::<Timestamp>().is_ok(), "{reset}");
        // Whoever waits as long as told is served.
        assert_eq!(limits.arrive(passage(false), at(1100)), None);
    }

    #[test]
    fn headers_tell_what_is_left_and_when_that_is_little() {
        let limits = Limits::new(Some(10.0), None);
        for _ in 0..8 {
            assert_eq!(limits.arrive(passage(false), at(0)), None);
        }
        let headers = limits.headers(false, at(0));
        assert_eq!(header(&headers, "x-ratelimit-limit"), Some("10"));
        assert_eq!(header(&headers, "x-ratelimit-remaining"), Some("2"));
        assert_eq!(header(&headers, "x-ratelimit-nearlimit"), None);
        assert_eq!(limits.arrive(passage(false), at(0)), None);
        let headers = limits.headers(false, at(0));
        assert_eq!(header(&headers, "x-ratelimit-nearlimit"), Some("true"));
    }
}
