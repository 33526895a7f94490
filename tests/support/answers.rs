//! A service whose answers are made up, and a client that asks it whatever the program asks: for the bounded property and for
//! the fuzz target.
//!
//! A script is one or more answers, told in turn and then from the start again, with a line `%%` between them. An answer may
//! begin with a line of a status and headers, such as `429 retry-after=1`; the rest is its body, whatever it is.

use portcullis::emulator::{
    Answer, Fate, Options as Behaviour, Passage, Policy, Sandbox, Site, Verdict,
};
use portcullis::jsm::{
    Auth, Clock, Connection, Credentials, Endpoint, Group, Options, OrgKey, Reader, Writer,
};
use portcullis::model::{AccountId, DeskId, OrganizationId, Right, WhoCanView};
use serde_json::{Map, Value, json};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A clock that jumps where somebody waits.
#[derive(Debug, Default)]
struct Jumping(AtomicU64);

impl Clock for Jumping {
    fn elapsed(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + self.elapsed()
    }

    fn sleep(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let wait = u64::try_from(wait.as_micros()).unwrap_or(u64::MAX / 2);
        self.0.fetch_add(wait.saturating_add(1), Ordering::Relaxed);
        Box::pin(tokio::task::yield_now())
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}

/// What the service answers, whatever it is asked.
#[derive(Debug, Default)]
struct Script(Mutex<(Vec<Answer>, usize)>);

impl Policy for Script {
    fn arrive(&self, _: Passage<'_>) -> Verdict {
        let mut script = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let (answers, told) = &mut *script;
        let answer = answers.get(*told % answers.len().max(1)).cloned();
        *told += 1;
        Verdict {
            fate: answer.map_or(Fate::Drop, Fate::Answer),
            ..Verdict::default()
        }
    }
}

/// The headers that an answer of a script may have.
const HEADERS: [&str; 5] = [
    "content-encoding",
    "content-type",
    "retry-after",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
];

fn answer(text: &[u8]) -> Answer {
    let end = text
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(text.len());
    let line = std::str::from_utf8(&text[..end]).unwrap_or_default();
    let mut words = line.split(' ');
    let status = words.next().and_then(|word| word.parse().ok());
    let Some(status) = status.filter(|status| (200..600).contains(status)) else {
        return Answer {
            status: 200,
            body: text.to_vec(),
            ..Answer::default()
        };
    };
    let headers = words.filter_map(|word| {
        let (name, value) = word.split_once('=')?;
        let name = HEADERS.into_iter().find(|known| *known == name)?;
        let plain = value.bytes().all(|byte| byte.is_ascii_graphic());
        plain.then(|| (name, value.to_owned()))
    });
    Answer {
        status,
        headers: headers.collect(),
        body: text.get(end + 1..).unwrap_or_default().to_vec(),
        ..Answer::default()
    }
}

/// A service, and the one who asks it.
pub(crate) struct Service {
    script: Arc<Script>,
    connection: Connection,
    // Answers as long as this is there.
    _sandbox: Sandbox,
}

impl Service {
    pub(crate) async fn start() -> Self {
        let script = Arc::new(Script::default());
        let behaviour = Behaviour {
            policy: Arc::<Script>::clone(&script),
            ..Behaviour::default()
        };
        let sandbox = Sandbox::start(Site::empty("acme"), behaviour)
            .await
            .expect("a port is free");
        let options = Options {
            retries: 1,
            clock: Arc::new(Jumping::default()),
            ..Options::default()
        };
        let connection = Connection::open(Endpoint {
            site_url: sandbox.url(),
            api_url: None,
            auth: Auth::Classic,
            credentials: Some(Credentials::new("admin@sandbox.example", "sandbox-admin")),
            client: None,
            org_key: Some(OrgKey::new("sandbox-org-key")),
            options,
        });
        Self {
            script,
            connection: connection.expect("loopback is an address"),
            _sandbox: sandbox,
        }
    }

    /// Asks one of the [`QUESTIONS`] and returns whether the answers were taken for an answer to it.
    pub(crate) async fn ask(&self, number: usize, script: &[u8]) -> bool {
        let mut answers = vec![Vec::new()];
        for line in script.split_inclusive(|byte| *byte == b'\n') {
            match line {
                b"%%\n" => answers.push(Vec::new()),
                line => answers
                    .last_mut()
                    .expect("there is one")
                    .extend_from_slice(line),
            }
        }
        let answers = answers.iter().map(|text| answer(text)).collect();
        *self.script.0.lock().expect("nobody panicked") = (answers, 0);
        let (reader, writer) = (self.connection.reader(), self.connection.writer());
        let told = match number.checked_sub(READS) {
            None => read(&reader, number).await,
            Some(number) => write(&writer, number).await,
        };
        // An error is an answer, too; it must not quote the service at length.
        if let Err(error) = &told {
            assert!(error.len() < 4_000, "{error}");
        }
        told.is_ok()
    }
}

const READS: usize = 31;

/// How many questions there are.
pub(crate) const QUESTIONS: usize = READS + 11;

async fn read(reader: &Reader, number: usize) -> Result<(), String> {
    let (account, desk) = (AccountId::new("qm:1:2"), DeskId::new("1"));
    let organization = OrganizationId::new("1");
    let group = Group {
        id: Some("g".to_owned()),
        name: "staff".to_owned(),
    };
    let resource = "ari:cloud:jira-servicedesk::site/1";
    macro_rules! asked {
        ($question:expr) => {
            $question.await.map(drop).map_err(|error| error.to_string())
        };
    }
    match number {
        0 => asked!(reader.server()),
        1 => asked!(reader.identity()),
        2 => asked!(reader.cloud_id()),
        3 => asked!(reader.rights(&Right::ASKED, Some("ITSM"))),
        4 => asked!(reader.service_desks()),
        5 => asked!(reader.organizations()),
        6 => asked!(reader.desk_organizations(&desk)),
        7 => asked!(reader.organization_members(&organization, 0)),
        8 => asked!(reader.organization_members(&organization, 2_000)),
        9 => asked!(reader.desk_customers(&desk, 0)),
        10 => asked!(reader.organization_property(&organization, "portcullis")),
        11 => asked!(reader.search_users("ana@globex.example")),
        12 => asked!(reader.all_users(20)),
        13 => asked!(reader.users(&[account, AccountId::new("qm:1:3")])),
        14 => asked!(reader.application_roles(&account)),
        15 => asked!(reader.space_ids(&["ITKB"])),
        16 => asked!(reader.request_security("ITSM")),
        17 => asked!(reader.linked_spaces("ITSM")),
        18 => asked!(reader.approved_domains("1")),
        19 => asked!(reader.approved_domain("1", "globex.example")),
        20 => asked!(reader.mapped("/rest/sandbox-settings/1/site")),
        21 => asked!(reader.permission_scheme("ITSM")),
        22 => asked!(reader.project_roles("ITSM")),
        23 => asked!(reader.role_actors("ITSM", "10100")),
        24 => asked!(reader.default_role_groups("10100")),
        25 => asked!(reader.group_members(&group, 100)),
        26 => asked!(reader.customer_role_holders("1", resource)),
        27 => asked!(reader.role_assignments("1", &account)),
        28 => asked!(reader.groups_granting("1", &account, resource, "customer")),
        29 => asked!(reader.audit_records()),
        _ => asked!(reader.organization_events("1")),
    }
}

async fn write(writer: &Writer, number: usize) -> Result<(), String> {
    let (account, desk) = (AccountId::new("qm:1:2"), DeskId::new("1"));
    let organization = OrganizationId::new("1");
    let space = "ari:cloud:confluence:1:space/1";
    macro_rules! asked {
        ($question:expr) => {
            $question.await.map(drop).map_err(|error| error.to_string())
        };
    }
    match number {
        0 => asked!(writer.create_customer("ana@globex.example", "Ana")),
        1 => asked!(writer.create_organization("Globex")),
        2 => asked!(writer.set_organization_property(&organization, "portcullis", &json!({}))),
        3 => asked!(writer.delete_organization(&organization)),
        4 => asked!(writer.add_members(&organization, &[account])),
        5 => asked!(writer.remove_customers(&desk, &[account])),
        6 => asked!(writer.link_organization(&desk, &organization)),
        7 => {
            let patch = Map::from_iter([("serviceDeskOpenAccess".to_owned(), Value::Bool(false))]);
            asked!(writer.set_request_security("ITSM", &patch))
        }
        8 => asked!(writer.set_space_viewers("ITSM", space, WhoCanView::AllLoggedIn)),
        9 => asked!(writer.invite_customer(&desk, "ana@globex.example", "Ana")),
        _ => asked!(writer.rename_organization(&organization, "Globex Inc")),
    }
}
