//! How fast requests may follow each other: pure, so that a simulated service can prove it.
//!
//! Atlassian limits bursts by a bucket of tokens for each method and tells how full it is: `X-RateLimit-Remaining` of
//! `X-RateLimit-Limit`, and 429 with `Retry-After` when it is empty. Reads and writes are paced apart, since their limits
//! differ. A lane runs free until the bucket is half empty. From then on, what the service served and what came back into
//! the bucket meanwhile say what it allows, and the rate follows that: as long as the bucket is neither full nor empty,
//! nothing that is allowed is lost and nothing is refused. Where a service only refuses, the rate is what it served right
//! before, and a little less.

use std::time::Duration;

/// What an answer tells about limits.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Signal {
    /// It was refused for coming too fast.
    pub(super) refused: bool,
    /// How long the service wants to be left alone.
    pub(super) retry_after: Option<Duration>,
    /// How much of a limit is left, where it says so.
    pub(super) left: Option<Left>,
}

impl Signal {
    /// Returns whether the service would rather have fewer requests.
    pub(super) fn is_strained(&self) -> bool {
        self.refused || self.left.is_some_and(Left::is_near)
    }
}

/// How much of a limit is left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Left {
    /// How many requests.
    pub(super) remaining: f64,
    /// Of how many.
    pub(super) limit: f64,
}

impl Left {
    fn part(self) -> f64 {
        self.remaining / self.limit.max(1.0)
    }

    /// Atlassian calls less than a fifth near; slowing down takes a while, so it begins before.
    pub(super) fn is_near(self) -> bool {
        self.part() < 0.6
    }
}

/// Reads and writes, and all of them together.
#[derive(Debug)]
pub(super) struct Pace {
    lanes: [Lane; 2],
    /// The user's own limit on all requests.
    all: Option<Slots>,
}

impl Pace {
    /// Takes the user's limit in requests a second, if there is one.
    pub(super) fn new(max_rps: Option<f64>) -> Self {
        Self {
            lanes: Default::default(),
            all: max_rps.map(Slots::new),
        }
    }

    /// Takes a turn for a request, or returns how long to wait before asking again.
    ///
    /// Nothing is promised to those who wait, since an answer may change the pace meanwhile; one at a time should ask.
    pub(super) fn turn(&mut self, writes: bool, now: Duration) -> Result<(), Duration> {
        let lane = &mut self.lanes[usize::from(writes)];
        let next = |slots: &Option<Slots>| slots.as_ref().map_or(now, |slots| slots.next);
        let at = lane.held_until.max(next(&lane.slots)).max(next(&self.all));
        if at > now {
            return Err(at - now);
        }
        for slots in [&mut lane.slots, &mut self.all].into_iter().flatten() {
            slots.take(now);
        }
        Ok(())
    }

    /// Learns from an answer.
    pub(super) fn answered(&mut self, writes: bool, now: Duration, signal: Signal) {
        self.lanes[usize::from(writes)].answered(now, signal);
    }
}

/// Moments that are evenly apart.
#[derive(Debug)]
struct Slots {
    /// Requests a second.
    rate: f64,
    next: Duration,
}

impl Slots {
    fn new(rate: f64) -> Self {
        Self {
            rate: rate.max(SLOWEST),
            next: Duration::ZERO,
        }
    }

    /// Takes the next moment. Who comes a little late does not make everybody after them late.
    fn take(&mut self, now: Duration) {
        let apart = Duration::from_secs_f64(1.0 / self.rate);
        let from = if now < self.next + apart {
            self.next
        } else {
            now
        };
        self.next = from + apart;
    }
}

/// No lane is slower than this, in requests a second: a service that wants less says so with `Retry-After`.
const SLOWEST: f64 = 1.0;
/// How often a rate changes: long enough to see what the last change did.
const PERIOD: Duration = Duration::from_millis(500);
/// How full the service's bucket is kept: room below for what is in flight, room above so that nothing it allows is lost.
const KEPT: f64 = 0.4;
/// How much of the distance to [`KEPT`] a period makes good.
const PULL: f64 = 0.5;
/// What is left of a rate after a refusal that came soon after the last one, and after one that did not.
const CUT: (f64, f64) = (0.8, 0.95);
/// How long after a rest a refusal is soon.
const SOON: Duration = Duration::from_secs(3);
/// Which part of a bucket a second may take, as long as nothing shows how fast it fills.
const FIRST_PART: f64 = 0.8;
/// What a lane is given at its first refusal, in requests a second, when nothing shows yet what the service serves.
const GUESSED: f64 = 5.0;

/// Returns how much faster a lane gets in a period, where the service does not say how much is left: hardly after a refusal,
/// more the longer the last one is past.
fn growth(since_refusal: Duration) -> f64 {
    match since_refusal.as_secs() {
        0..10 => 1.0025,
        10..20 => 1.01,
        _ => 1.04,
    }
}

#[derive(Debug, Default)]
struct Lane {
    slots: Option<Slots>,
    held_until: Duration,
    /// When the rate changed, or could have.
    changed: Duration,
    /// How much was left then.
    left: Option<Left>,
    /// Whether the rate is a guess from the size of the bucket.
    guessed: bool,
    served: Served,
}

impl Lane {
    fn answered(&mut self, now: Duration, signal: Signal) {
        if !signal.refused {
            self.served.count(now);
        }
        if signal.refused {
            self.refused(now, signal.retry_after);
            return;
        }
        let first = self.slots.is_none() && (now < self.changed + PERIOD || self.left.is_none());
        if let Some(left) = signal.left.filter(|left| first && left.is_near()) {
            // Many requests went out before any answer came back. Waiting for a second look would empty the bucket, which
            // most often holds what a second allows.
            self.set(left.limit * FIRST_PART);
            (self.changed, self.left, self.guessed) = (now, Some(left), true);
            return;
        }
        if now < self.changed + PERIOD {
            return;
        }
        let rate = self.next_rate(now, signal.left);
        self.changed = now;
        self.left = signal.left;
        self.guessed = false;
        let paced = self.slots.is_some() || signal.left.is_some_and(Left::is_near);
        if let Some(rate) = rate
            && paced
        {
            self.set(rate);
        }
    }

    /// Returns the rate that the last period asks for, if it says anything.
    fn next_rate(&mut self, now: Duration, left: Option<Left>) -> Option<f64> {
        let rate = self.slots.as_ref().map(|slots| slots.rate);
        let (Some(before), Some(left)) = (self.left, left) else {
            return rate.map(|rate| rate * growth(now.saturating_sub(self.held_until)));
        };
        if left.part() > 0.95 {
            // The bucket is full, so nobody knows how much more would go through.
            return rate.map(|rate| rate * 1.1);
        }
        // What the service allows is what it served, and what came back into the bucket meanwhile.
        let seconds = (now - self.changed).as_secs_f64();
        let allowed = self.served.rate(now) + (left.remaining - before.remaining) / seconds;
        let pulled = allowed * (1.0 + PULL * (left.part() - KEPT));
        Some(match rate {
            // A count of the hour never comes back into the bucket; it must not stop the run before it is empty.
            Some(rate) if !self.guessed => pulled.clamp(rate * 0.7, rate * 1.3),
            // What was guessed may be far too much, and is tried out before it is more.
            Some(rate) => pulled.max(self.served.rate(now) * 0.3).min(rate * 1.3),
            None => pulled.max(self.served.rate(now) * 0.3),
        })
    }

    fn refused(&mut self, now: Duration, retry_after: Option<Duration>) {
        // Several requests were in flight, and all of them were refused for the same reason.
        if now < self.held_until {
            return;
        }
        let soon = now < self.held_until + SOON || self.slots.is_none();
        let served = self.served.rate(now);
        let rate = match &self.slots {
            Some(slots) => slots.rate,
            None => served.max(GUESSED),
        };
        self.set(rate * if soon { CUT.0 } else { CUT.1 });
        self.changed = now;
        self.left = None;
        self.held_until = now + retry_after.unwrap_or(PERIOD);
    }

    fn set(&mut self, rate: f64) {
        match &mut self.slots {
            Some(slots) => slots.rate = rate.max(SLOWEST),
            None => self.slots = Some(Slots::new(rate)),
        }
    }
}

/// How many buckets a second of history has.
const TENTHS: usize = 10;

/// The answers of the last second, in tenths.
#[derive(Debug, Default)]
struct Served {
    tenths: [u32; TENTHS],
    /// The number of the newest tenth since the beginning.
    newest: u64,
    first: Option<Duration>,
}

impl Served {
    fn count(&mut self, now: Duration) {
        self.turn(now);
        self.first.get_or_insert(now);
        self.tenths[(self.newest % TENTHS as u64) as usize] += 1;
    }

    fn turn(&mut self, now: Duration) {
        let tenth = (now.as_millis() / 100) as u64;
        let passed = tenth.saturating_sub(self.newest).min(TENTHS as u64);
        for step in 1..=passed {
            self.tenths[((self.newest + step) % TENTHS as u64) as usize] = 0;
        }
        if passed == TENTHS as u64 {
            self.tenths = [0; TENTHS];
        }
        self.newest = self.newest.max(tenth);
    }

    /// Returns answers a second, over the last second or as long as there are any.
    fn rate(&mut self, now: Duration) -> f64 {
        self.turn(now);
        let since = now.saturating_sub(self.first.unwrap_or(now)).as_secs_f64();
        let total: u32 = self.tenths.iter().sum();
        f64::from(total) / since.clamp(0.1, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::window::Window;
    use super::*;
    use std::collections::BTreeMap;

    /// A service with a bucket of tokens, as many as it allows in a second.
    struct Service {
        allowed: f64,
        tokens: f64,
        at: Duration,
        /// Whether it says how full the bucket is.
        tells: bool,
    }

    impl Service {
        fn new(allowed: f64, tells: bool) -> Self {
            Self {
                allowed,
                tokens: allowed,
                at: Duration::ZERO,
                tells,
            }
        }

        fn ask(&mut self, now: Duration) -> Signal {
            let passed = (now - self.at).as_secs_f64();
            self.at = now;
            self.tokens = (self.tokens + passed * self.allowed).min(self.allowed);
            let refused = self.tokens < 1.0;
            if !refused {
                self.tokens -= 1.0;
            }
            Signal {
                refused,
                retry_after: refused.then_some(Duration::from_secs(1)),
                left: self.tells.then_some(Left {
                    remaining: self.tokens.floor(),
                    limit: self.allowed,
                }),
            }
        }
    }

    /// What a run came to.
    struct Run {
        /// Answers a second that were not refusals.
        rate: f64,
        /// The part of answers that were refusals.
        refused: f64,
    }

    /// Makes requests until `count` were served; at most `window` are in flight, each takes `latency`.
    fn run(service: &mut Service, count: usize, window: usize, latency: Duration) -> Run {
        run_in(service, count, Window::new(window), latency)
    }

    fn run_in(service: &mut Service, count: usize, mut window: Window, latency: Duration) -> Run {
        let mut pace = Pace::new(None);
        let mut flying: BTreeMap<(Duration, usize), Signal> = BTreeMap::new();
        let (mut served, mut refused) = (0_usize, 0_usize);
        let mut now = Duration::ZERO;
        while served < count {
            let may = flying.len() < window.open();
            let wait = match may.then(|| pace.turn(false, now)) {
                Some(Ok(())) => {
                    // The service judges when the request arrives, halfway.
                    let signal = service.ask(now + latency / 2);
                    flying.insert((now + latency, served + refused + flying.len()), signal);
                    continue;
                }
                Some(Err(wait)) => Some(now + wait),
                None => None,
            };
            let answered = flying.keys().next().map(|(at, _)| *at);
            now = match (wait, answered) {
                (Some(wait), Some(answered)) => wait.min(answered),
                (Some(at), None) | (None, Some(at)) => at,
                (None, None) => break,
            };
            if answered == Some(now)
                && let Some((_, signal)) = flying.pop_first()
            {
                if signal.refused {
                    refused += 1;
                } else {
                    served += 1;
                }
                pace.answered(false, now, signal);
                window.answered(
                    !may || flying.len() + 1 == window.open(),
                    signal.is_strained(),
                );
            }
        }
        Run {
            rate: served as f64 / now.as_secs_f64(),
            refused: refused as f64 / (served + refused) as f64,
        }
    }

    const LATENCY: Duration = Duration::from_millis(200);

    #[test]
    fn a_service_that_tells_is_used_to_its_limit_and_hardly_ever_refuses() {
        for allowed in [20.0, 50.0, 100.0, 300.0] {
            let run = run(&mut Service::new(allowed, true), 10_000, 128, LATENCY);
            assert!(run.rate >= 0.92 * allowed, "{} of {allowed}", run.rate);
            assert!(run.refused <= 0.002, "{} at {allowed}", run.refused);
        }
    }

    /// As writes do after many reads.
    #[test]
    fn a_lane_that_begins_with_many_in_flight_hardly_ever_is_refused() {
        for allowed in [50.0, 100.0] {
            let mut window = Window::new(32);
            while window.open() < 32 {
                window.answered(true, false);
            }
            let run = run_in(&mut Service::new(allowed, true), 3_000, window, LATENCY);
            assert!(run.rate >= 0.95 * allowed, "{} of {allowed}", run.rate);
            assert!(run.refused <= 0.005, "{} at {allowed}", run.refused);
        }
    }

    #[test]
    fn a_service_that_only_refuses_is_left_alone_as_long_as_it_asks() {
        for allowed in [20.0, 50.0, 100.0, 300.0] {
            let run = run(&mut Service::new(allowed, false), 10_000, 128, LATENCY);
            assert!(run.rate >= 0.75 * allowed, "{} of {allowed}", run.rate);
            assert!(run.refused <= 0.01, "{} at {allowed}", run.refused);
        }
    }

    #[test]
    fn a_service_that_was_busy_at_first_is_used_again() {
        let mut service = Service::new(100.0, false);
        service.tokens = 0.0;
        let run = run(&mut service, 20_000, 128, LATENCY);
        assert!(run.rate >= 0.75 * 100.0, "{}", run.rate);
        assert!(run.refused <= 0.01, "{}", run.refused);
    }

    #[test]
    fn without_a_limit_nothing_waits() {
        let run = run(&mut Service::new(1e9, true), 10_000, 32, LATENCY);
        assert!(run.rate > 0.9 * 32.0 / 0.2, "{}", run.rate);
    }

    #[test]
    fn the_users_limit_holds_for_reads_and_writes_together() {
        let mut pace = Pace::new(Some(10.0));
        let now = Duration::from_secs(5);
        assert_eq!(pace.turn(false, now), Ok(()));
        let tenth = Duration::from_millis(100);
        assert_eq!(pace.turn(true, now), Err(tenth));
        assert_eq!(pace.turn(false, now), Err(tenth));
        assert_eq!(pace.turn(true, now + tenth), Ok(()));
        assert_eq!(pace.turn(true, now + tenth), Err(tenth));
    }

    #[test]
    fn a_lane_rests_as_long_as_the_service_asked_and_the_other_goes_on() {
        let mut pace = Pace::new(None);
        let now = Duration::from_secs(5);
        let signal = Signal {
            refused: true,
            retry_after: Some(Duration::from_secs(7)),
            left: None,
        };
        pace.answered(true, now, signal);
        assert_eq!(pace.turn(true, now), Err(Duration::from_secs(7)));
        assert_eq!(pace.turn(false, now), Ok(()));
    }
}
