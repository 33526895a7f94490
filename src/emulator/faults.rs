//! Faults on request: which ones, how likely, and when. The same seed and the same requests give the same faults.

use super::call::{Answer, error};
use super::gate::{Fate, Passage, Verdict};
use super::ids::mix;
use super::limits;
use super::server::face_of;
use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often a read answers what it answered before a change, until it shows the change.
const STALE_AT_MOST: u8 = 2;

/// Which faults occur, and how likely each is, as `--faults` takes it.
///
/// Parts with commas between them, in any order, each once: `seed=N`, and the chance from 0 to 1 of each fault.
/// See `docs/sandbox.md` for what each fault is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FaultSpec {
    seed: u64,
    chances: BTreeMap<Fault, f64>,
    /// How long a slow answer takes.
    slowness: Duration,
}

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    /// This status, instead of carrying the request out.
    Status(u16),
    /// The connection breaks before the request was carried out.
    ResetBefore,
    /// The connection breaks after it was carried out.
    ResetAfter,
    /// The answer takes longer.
    Slow,
    /// A read answers what it answered before a change.
    Stale,
    /// A later page begins one row late or early, as if a row before it had gone or come.
    Shift,
}

/// Why a text describes no faults. Names the part that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{part}`: {why}")]
pub struct FaultSpecError {
    part: String,
    why: &'static str,
}

impl FromStr for FaultSpec {
    type Err = FaultSpecError;

    fn from_str(text: &str) -> Result<Self, FaultSpecError> {
        let mut spec = Self::default();
        let mut seeded = false;
        for part in text.split(',').map(str::trim) {
            let wrong = |why| FaultSpecError {
                part: part.to_owned(),
                why,
            };
            let (name, value) = part
                .split_once('=')
                .ok_or(wrong("write it as name=value"))?;
            if name == "seed" {
                spec.seed = value.parse().map_err(|_| wrong("a seed is a number"))?;
                if std::mem::replace(&mut seeded, true) {
                    return Err(wrong("the seed is given twice"));
                }
                continue;
            }
            let fault = Fault::named(name).ok_or(wrong(
                "no such fault; there are 429, 500 to 599, reset-before, reset-after, slow, stale and shift",
            ))?;
            let chance = match (fault, value.split_once(':')) {
                (Fault::Slow, Some((chance, wait))) => {
                    spec.slowness = duration(wait).ok_or(wrong(
                        "how long a slow answer takes is a number of ms or s, such as 300ms",
                    ))?;
                    chance
                }
                (Fault::Slow, None) => {
                    return Err(wrong(
                        "how long a slow answer takes is missing, such as slow=0.05:300ms",
                    ));
                }
                _ => value,
            };
            let chance = chance
                .parse()
                .ok()
                .filter(|chance| (0.0..=1.0).contains(chance))
                .ok_or(wrong("a chance is a number from 0 to 1"))?;
            if spec.chances.insert(fault, chance).is_some() {
                return Err(wrong("this fault is given twice"));
            }
        }
        Ok(spec)
    }
}

impl Fault {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "reset-before" => Self::ResetBefore,
            "reset-after" => Self::ResetAfter,
            "slow" => Self::Slow,
            "stale" => Self::Stale,
            "shift" => Self::Shift,
            status => match status.parse().ok()? {
                status @ (429 | 500..=599) => Self::Status(status),
                _ => return None,
            },
        })
    }

    /// Returns a number that tells kinds of faults apart.
    fn number(self) -> u64 {
        match self {
            Self::Status(status) => status.into(),
            Self::ResetBefore => 1,
            Self::ResetAfter => 2,
            Self::Slow => 3,
            Self::Stale => 4,
            Self::Shift => 5,
        }
    }
}

fn duration(text: &str) -> Option<Duration> {
    if let Some(millis) = text.strip_suffix("ms") {
        return Some(Duration::from_millis(millis.parse().ok()?));
    }
    Some(Duration::from_secs(text.strip_suffix('s')?.parse().ok()?))
}

/// Faults as they happen.
#[derive(Debug)]
pub(super) struct Faults {
    spec: FaultSpec,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    /// How many requests of an operation arrived, and how many left.
    counts: HashMap<String, [u64; 2]>,
    /// What each read answered last.
    reads: HashMap<u64, Seen>,
}

#[derive(Debug)]
struct Seen {
    answer: Answer,
    /// How often it was given instead of a newer one.
    repeated: u8,
}

/// One request of an operation, by its number: what chance depends on.
struct Turn<'a> {
    spec: &'a FaultSpec,
    operation: &'a str,
    number: u64,
}

impl Turn<'_> {
    /// Returns a number from 0 to 1 that depends on the seed, the fault, the operation and the number of the request.
    fn draw(&self, fault: Fault) -> f64 {
        let name = self.operation.bytes().fold(0, |hash: u64, byte| {
            mix(hash ^ u64::from(byte)).wrapping_add(1)
        });
        let mixed = [fault.number(), name, self.number]
            .into_iter()
            .fold(self.spec.seed, |hash, part| {
                mix(hash.wrapping_add(1) ^ mix(part))
            });
        (mixed >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn occurs(&self, fault: Fault) -> bool {
        let chance = self.spec.chances.get(&fault);
        chance.is_some_and(|chance| self.draw(fault) < *chance)
    }
}

impl Faults {
    pub(super) fn new(spec: FaultSpec) -> Self {
        Self {
            spec,
            memory: Mutex::default(),
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn<'a>(&'a self, operation: &'a str, side: usize) -> Turn<'a> {
        let mut memory = self.memory();
        let count = match memory.counts.get_mut(operation) {
            Some(counts) => &mut counts[side],
            None => &mut memory.counts.entry(operation.to_owned()).or_default()[side],
        };
        *count += 1;
        Turn {
            spec: &self.spec,
            operation,
            number: *count * 2 + side as u64,
        }
    }

    /// Decides what happens before a request is carried out.
    pub(super) fn arrive(&self, passage: Passage<'_>) -> Verdict {
        let turn = self.turn(passage.operation, 0);
        let mut verdict = Verdict::default();
        if turn.occurs(Fault::Slow) {
            verdict.wait = self.spec.slowness;
        }
        let statuses = self.spec.chances.keys().filter_map(|fault| match fault {
            Fault::Status(status) => Some(*status),
            _ => None,
        });
        for status in statuses {
            if turn.occurs(Fault::Status(status)) {
                verdict.fate = Fate::Answer(match status {
                    429 => limits::refusal(passage.path, Duration::from_secs(1), None),
                    other => error(
                        face_of(passage.path),
                        other,
                        "The sandbox was told to fail.",
                    ),
                });
                return verdict;
            }
        }
        if turn.occurs(Fault::ResetBefore) {
            verdict.fate = Fate::Drop;
        } else if passage.skips > 0 && !passage.write && turn.occurs(Fault::Shift) {
            // Whether a row came or went is as likely; the number of the request decides.
            verdict.shift = if mix(turn.number ^ self.spec.seed) & 1 == 0 {
                1
            } else {
                -1
            };
        }
        verdict
    }

    /// Decides what becomes of an answer.
    pub(super) fn leave(&self, passage: Passage<'_>, answer: &Answer) -> Verdict {
        let turn = self.turn(passage.operation, 1);
        if turn.occurs(Fault::ResetAfter) {
            return Verdict {
                fate: Fate::Drop,
                ..Verdict::default()
            };
        }
        let remembers = self.spec.chances.contains_key(&Fault::Stale);
        let fate = if passage.write || answer.status >= 500 || !remembers {
            Fate::Pass
        } else {
            self.remember(passage.identity, answer, turn.occurs(Fault::Stale))
        };
        Verdict {
            fate,
            ..Verdict::default()
        }
    }

    /// Remembers what a read answers, or answers what it answered before.
    ///
    /// As copies that lag behind do, it shows the old at most a few times, and never again once it showed the new.
    fn remember(&self, identity: u64, answer: &Answer, stale: bool) -> Fate {
        let mut memory = self.memory();
        if let Some(seen) = memory.reads.get_mut(&identity) {
            if seen.answer == *answer {
                seen.repeated = 0;
                return Fate::Pass;
            }
            if stale && seen.repeated < STALE_AT_MOST {
                seen.repeated += 1;
                return Fate::Answer(seen.answer.clone());
            }
        }
        let seen = Seen {
            answer: answer.clone(),
            repeated: 0,
        };
        memory.reads.insert(identity, seen);
        Fate::Pass
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const LIST: &str = "GET /rest/servicedeskapi/organization";

    fn faults(spec: &str) -> Faults {
        Faults::new(spec.parse().unwrap())
    }

    fn request(operation: &str, skips: usize, identity: u64) -> Passage<'_> {
        Passage {
            operation,
            path: "/rest/servicedeskapi/organization",
            write: !operation.starts_with("GET"),
            skips,
            identity,
        }
    }

    fn wrong(spec: &str) -> String {
        spec.parse::<FaultSpec>().unwrap_err().to_string()
    }

    #[test]
    fn a_spec_is_parts_in_any_order() {
        let spec: FaultSpec = "slow=0.05:300ms, 429=0.02,seed=7,503=1,shift=0"
            .parse()
            .unwrap();
        assert_eq!(spec.seed, 7);
        assert_eq!(spec.slowness, Duration::from_millis(300));
        assert_eq!(
            spec.chances,
            BTreeMap::from([
                (Fault::Status(429), 0.02),
                (Fault::Status(503), 1.0),
                (Fault::Slow, 0.05),
                (Fault::Shift, 0.0),
            ])
        );
        let slow: FaultSpec = "slow=1:2s".parse().unwrap();
        assert_eq!(slow.slowness, Duration::from_secs(2));
    }

    #[test]
    fn a_wrong_spec_names_the_part_that_is_wrong() {
        assert_eq!(wrong(""), "``: write it as name=value");
        assert_eq!(wrong("seed=7,stale"), "`stale`: write it as name=value");
        assert_eq!(wrong("seed=x"), "`seed=x`: a seed is a number");
        assert_eq!(
            wrong("429=0.1,429=0.2"),
            "`429=0.2`: this fault is given twice"
        );
        assert_eq!(wrong("seed=1,seed=1"), "`seed=1`: the seed is given twice");
        for chance in ["429=1.1", "429=-0.1", "429=NaN", "429=", "stale=0.1:3s"] {
            assert_eq!(
                wrong(chance),
                format!("`{chance}`: a chance is a number from 0 to 1")
            );
        }
        for name in ["404=0.1", "600=0.1", "reset=0.1", "=1"] {
            assert!(wrong(name).starts_with(&format!("`{name}`: no such fault; there are 429,")));
        }
        assert!(wrong("slow=0.1").contains("is missing"));
        assert!(wrong("slow=0.1:3").contains("a number of ms or s"));
    }

    #[test]
    fn the_same_seed_and_requests_give_the_same_faults() {
        let run = |seed: u64| {
            let faults = faults(&format!(
                "seed={seed},429=0.1,503=0.1,reset-before=0.1,shift=0.3"
            ));
            (0..200)
                .map(|n| {
                    let mut verdict = faults.arrive(request(LIST, n % 2, 0));
                    if let Fate::Answer(answer) = &mut verdict.fate {
                        answer.headers.clear();
                    }
                    verdict
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }

    #[test]
    fn faults_of_one_operation_do_not_depend_on_the_others() {
        let (alone, among) = (faults("reset-before=0.5"), faults("reset-before=0.5"));
        for _ in 0..100 {
            among.arrive(request("GET /rest/api/3/myself", 0, 0));
            assert_eq!(
                alone.arrive(request(LIST, 0, 0)),
                among.arrive(request(LIST, 0, 0))
            );
        }
    }

    #[test]
    fn faults_are_about_as_frequent_as_asked_for() {
        let faults = faults("seed=3,500=0.2,reset-after=0.1");
        let failed = (0..10_000)
            .filter(|_| matches!(faults.arrive(request(LIST, 0, 0)).fate, Fate::Answer(_)))
            .count();
        assert!((1_800..2_200).contains(&failed), "{failed}");
        let lost = (0..10_000)
            .filter(|_| faults.leave(request(LIST, 0, 0), &Answer::empty(200)).fate == Fate::Drop)
            .count();
        assert!((850..1_150).contains(&lost), "{lost}");
    }

    #[test]
    fn only_later_pages_of_lists_shift_in_either_direction() {
        let faults = faults("shift=1");
        assert_eq!(faults.arrive(request(LIST, 0, 0)), Verdict::default());
        assert_eq!(faults.arrive(request("POST /x", 5, 0)), Verdict::default());
        let mut shifts: Vec<i8> = (0..50)
            .map(|_| faults.arrive(request(LIST, 5, 0)).shift)
            .collect();
        shifts.sort_unstable();
        shifts.dedup();
        assert_eq!(shifts, [-1, 1]);
    }

    #[test]
    fn a_stale_read_shows_the_old_twice_at_most_and_never_after_the_new() {
        let faults = faults("stale=1");
        let (old, new) = (
            Answer::json(200, &json!({"n": 1})),
            Answer::json(200, &json!({"n": 2})),
        );
        let stale = Fate::Answer(old.clone());
        let read = |answer: &Answer| faults.leave(request(LIST, 0, 1), answer).fate;
        assert_eq!([read(&old), read(&old)], [Fate::Pass, Fate::Pass]);
        assert_eq!([read(&new), read(&new)], [stale.clone(), stale.clone()]);
        assert_eq!([read(&new), read(&new)], [Fate::Pass, Fate::Pass]);
        // Another read knows nothing of this one, and a write tells what it did.
        assert_eq!(faults.leave(request(LIST, 0, 2), &new).fate, Fate::Pass);
        assert_eq!(
            faults.leave(request("POST /x", 0, 1), &old).fate,
            Fate::Pass
        );
    }
}
