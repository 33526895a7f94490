//! A service that lies now and then: answers that unpack to more than fits, bodies that stop, a 404 that is not true, a creation
//! answered with what is known already, an account that nobody has seen yet. The same seed and the same requests give the same lies.

use portcullis::emulator::{Answer, Fate, Passage, Verdict};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{LazyLock, Mutex};

/// How likely each lie is where it fits.
const BOMB: f64 = 0.003;
const STALL: f64 = 0.003;
const GONE: f64 = 0.05;
const KNOWN: f64 = 0.1;
const UNSEEN: f64 = 0.1;

const ACCOUNT: &str = "POST /rest/servicedeskapi/customer";
const ORGANIZATION: &str = "POST /rest/servicedeskapi/organization";
const ADDITIONS: [&str; 2] = [
    "POST /rest/servicedeskapi/organization/{organizationId}/user",
    "POST /rest/servicedeskapi/servicedesk/{serviceDeskId}/customer",
];

/// Twenty megabytes of spaces, which travel as twenty kilobytes.
static PACKED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut pack = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let spaces = vec![b' '; 1 << 20];
    (0..20).for_each(|_| pack.write_all(&spaces).unwrap());
    pack.finish().unwrap()
});

/// The lies of one run.
#[derive(Debug)]
pub(crate) struct Lies {
    seed: u64,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    /// How often each request came.
    turns: HashMap<u64, u64>,
    /// An account and an organization that a list told of.
    account: Option<Value>,
    organization: Option<Value>,
}

fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Lies {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            memory: Mutex::default(),
        }
    }

    /// Lies instead of carrying a request out, or lets it pass.
    pub(crate) fn arrive(&self, passage: Passage<'_>) -> Option<Verdict> {
        let mut memory = self.memory.lock().unwrap();
        let turn = memory.turns.entry(passage.identity).or_default();
        *turn += 1;
        let mut draw = mix(self.seed ^ mix(passage.identity ^ mix(*turn)));
        let mut lies = |chance: f64| {
            draw = mix(draw);
            let part = (draw >> 11) as f64 / (1_u64 << 53) as f64;
            part < chance
        };
        let refused = |status, why: &str| Answer::json(status, &json!({ "errorMessage": why }));
        let answer = if lies(BOMB) {
            Answer {
                status: 200,
                headers: vec![("content-encoding", "gzip".to_owned())],
                body: PACKED.clone(),
                ..Answer::default()
            }
        } else if lies(STALL) {
            Answer {
                stalls: true,
                ..Answer::json(200, &json!({ "size": 0, "isLastPage": true, "values": [] }))
            }
        } else if passage.operation.starts_with("DELETE ") && lies(GONE) {
            refused(404, "Not found.")
        } else if ADDITIONS.contains(&passage.operation) && lies(UNSEEN) {
            refused(404, "The user does not exist.")
        } else if passage.operation == ACCOUNT && lies(KNOWN) {
            Answer::json(201, memory.account.as_ref()?)
        } else if passage.operation == ORGANIZATION && lies(KNOWN) {
            Answer::json(201, memory.organization.as_ref()?)
        } else {
            return None;
        };
        Some(Verdict {
            fate: Fate::Answer(answer),
            ..Verdict::default()
        })
    }

    /// Learns what is known already.
    pub(crate) fn leave(&self, passage: Passage<'_>, answer: &Answer) {
        if passage.write || answer.status != 200 {
            return;
        }
        let Ok(page) = serde_json::from_slice::<Value>(&answer.body) else {
            return;
        };
        let row = page["values"].get(0).cloned();
        let mut memory = self.memory.lock().unwrap();
        match row {
            Some(row) if row["accountId"].is_string() => memory.account = Some(row),
            Some(row) if row["id"].is_string() && row["name"].is_string() => {
                memory.organization = Some(row);
            }
            _ => {}
        }
    }
}

/// Each of them is told, so that a run that ends well has stood it.
#[test]
fn every_lie_is_told_and_the_same_seed_tells_the_same() {
    let passage = |operation, identity| Passage {
        operation,
        path: "/",
        write: operation != LIST,
        skips: 0,
        identity,
    };
    let tell = |seed: u64| {
        let lies = Lies::new(seed);
        let rows = json!({ "values": [{ "accountId": "qm:1:2" }] });
        lies.leave(passage(LIST, 0), &Answer::json(200, &rows));
        let rows = json!({ "values": [{ "id": "1", "name": "Globex" }] });
        lies.leave(passage(LIST, 0), &Answer::json(200, &rows));
        let operations = [
            LIST,
            REMOVAL,
            ACCOUNT,
            ORGANIZATION,
            ADDITIONS[0],
            ADDITIONS[1],
        ];
        let of = |identity: u64| operations[usize::try_from(identity).unwrap() % operations.len()];
        let told = (0..6_000).map(|identity| lies.arrive(passage(of(identity), identity)));
        told.collect::<Vec<_>>()
    };
    let told = tell(7);
    assert_eq!(told, tell(7));
    let answers = told.iter().flatten().map(|verdict| match &verdict.fate {
        Fate::Answer(answer) => answer,
        other => panic!("{other:?}"),
    });
    let kinds = answers.map(|answer| {
        let packed = !answer.headers.is_empty();
        let text = String::from_utf8_lossy(&answer.body);
        let body = if packed { "packed" } else { &*text };
        format!("{} {} {body}", answer.status, answer.stalls)
    });
    let kinds: std::collections::BTreeSet<String> = kinds.collect();
    assert_eq!(kinds.len(), 6, "{kinds:?}");
}

const LIST: &str = "GET /rest/servicedeskapi/organization";
const REMOVAL: &str = "DELETE /rest/servicedeskapi/organization/{organizationId}/user";
