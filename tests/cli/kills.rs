//! Runs of the program that are cut off: killed at each of their requests, several at once, a disk that is full, a journal that
//! cannot be written. The next run ends where an undisturbed one ends, and nobody is made twice.

use super::harness::{ADMIN, Place, TODAY, seeded};
use portcullis::connect::seed_directory;
use portcullis::emulator::{Answer, Options, Passage, Policy, Sandbox, Site, Verdict};
use portcullis::model::SiteKey;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const APPLY: [&str; 2] = ["apply", "--auto-approve"];

/// What is seen of a run that may be cut off.
#[derive(Debug, PartialEq, Eq)]
enum Event {
    /// The request came at which it is cut off.
    Sprung { write: bool },
    /// It came to its own end.
    Ended,
}

/// Holds one request for longer than any test runs, before it is carried out or after, and says that it came.
#[derive(Debug)]
struct Trap {
    left: AtomicU64,
    lands: bool,
    sprung: Mutex<Sender<Event>>,
}

impl Trap {
    fn verdict(&self, passage: Passage<'_>, lands: bool) -> Verdict {
        if self.lands != lands || self.left.fetch_sub(1, Ordering::SeqCst) != 0 {
            return Verdict::default();
        }
        let write = passage.write;
        self.sprung
            .lock()
            .unwrap()
            .send(Event::Sprung { write })
            .unwrap();
        Verdict {
            wait: Duration::MAX,
            ..Verdict::default()
        }
    }
}

impl Policy for Trap {
    fn arrive(&self, passage: Passage<'_>) -> Verdict {
        self.verdict(passage, false)
    }

    fn leave(&self, passage: Passage<'_>, _: &Answer) -> Verdict {
        self.verdict(passage, true)
    }
}

/// Holds one write until somebody lets it go on.
#[derive(Debug)]
struct Halt {
    left: AtomicU64,
    came: Mutex<Sender<Event>>,
    go_on: Mutex<Receiver<()>>,
}

impl Policy for Halt {
    fn arrive(&self, passage: Passage<'_>) -> Verdict {
        if passage.write && self.left.fetch_sub(1, Ordering::SeqCst) == 0 {
            let came = Event::Sprung { write: true };
            self.came.lock().unwrap().send(came).unwrap();
            let go_on = self.go_on.lock().unwrap();
            tokio::task::block_in_place(|| go_on.recv().unwrap());
        }
        Verdict::default()
    }
}

/// A site, and the workspace that is applied to it.
struct World {
    site: Site,
    workspace: fn(&Sandbox) -> Place,
}

impl World {
    fn quickstart() -> Self {
        Self {
            site: seeded(),
            workspace: Place::remote,
        }
    }

    fn large() -> Self {
        let place = Place::new();
        place.write("portcullis.yaml", &large(None));
        let (key, today) = (SiteKey::new("acme").unwrap(), TODAY.parse().unwrap());
        let workspace = |sandbox: &Sandbox| {
            let mut place = Place::new();
            place.environment(&ADMIN);
            place.write("portcullis.yaml", &large(Some(&sandbox.url())));
            place
        };
        Self {
            site: seed_directory(place.path(), &key, today).unwrap(),
            workspace,
        }
    }

    async fn start(&self, policy: Option<Arc<dyn Policy>>) -> (Sandbox, Place) {
        let mut options = Options::default();
        if let Some(policy) = policy {
            options.policy = policy;
        }
        let sandbox = Sandbox::start(self.site.clone(), options).await.unwrap();
        let place = (self.workspace)(&sandbox);
        (sandbox, place)
    }

    /// What a run that nobody disturbs leaves, and how many requests it makes.
    async fn undisturbed(&self) -> (Value, u64) {
        let (sandbox, place) = self.start(None).await;
        let ran = place.run(&APPLY);
        assert_eq!(ran.code, 0, "{}", ran.text());
        assert_ne!(state(&sandbox.site()), state(&self.site));
        (state(&sandbox.site()), sandbox.stats().requests)
    }
}

/// A site of some companies, one with more people than a page holds, and what is wanted there; chosen once, at random.
fn large(url: Option<&str>) -> String {
    let mut last = 20_261_129_u64;
    let mut below = |n: u64| {
        last = last
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (last >> 33) % n
    };
    let mut organizations: [Map<String, Value>; 2] = Default::default();
    for company in 0..8_u64 {
        let size = if company == 0 { 60 } else { 8 };
        let people = (0..size).map(|n| format!("p{n}@c{company}.example"));
        let people: Vec<String> = people.collect();
        let stay = people.iter().filter(|_| below(6) > 0).cloned();
        let mut stay: Vec<String> = stay.collect();
        stay.extend((0..below(3)).map(|n| format!("new{n}@c{company}.example")));
        let name = format!("Company {company}");
        let list = |list: Vec<String>| json!({ "members": { "mode": "exact", "list": list } });
        if company != 6 {
            organizations[0].insert(name.clone(), list(people));
        }
        let wanted = match company {
            5 => json!({ "state": "retired" }),
            7 => json!({ "state": "absent" }),
            _ => list(stay),
        };
        organizations[1].insert(name, wanted);
    }
    let mut projects: [Map<String, Value>; 2] = Default::default();
    for key in ["HR", "ITSM"] {
        for (site, projects) in projects.iter_mut().enumerate() {
            let linked = (0..5 + 2 * site).filter(|n| *n != 5 && below(2) == 0);
            let linked: Vec<String> = linked.map(|n| format!("Company {n}")).collect();
            let customers = (0..8).filter(|_| below(2) == 0);
            let customers: Vec<String> = customers.map(|n| format!("p{n}@c0.example")).collect();
            projects.insert(
                key.to_owned(),
                json!({
                    "channel_access": "restricted",
                    "customers": { "mode": "exact", "list": customers, "allow_empty": true },
                    "organizations": { "mode": "exact", "list": linked, "allow_empty": true },
                }),
            );
        }
    }
    let wanted = usize::from(url.is_some());
    let mut site = json!({ "organizations": organizations[wanted], "projects": projects[wanted] });
    let mut root = json!({ "version": 1 });
    if let Some(url) = url {
        site["url"] = json!(url);
        // Each run is judged by itself, and one that finds half of the work done finds other shares.
        root["policy"] = json!({ "max_people_losing_access": "off", "max_removals": "off" });
    } else {
        site["customer_access"] =
            json!({ "external": { "portal_only_accounts": true, "allowed_domains": "any" } });
    }
    root["sites"] = json!({ "acme": site });
    root.to_string()
}

/// A site without its ids, which differ from run to run: who has an account how often, who is on which list, what is open.
fn state(site: &Site) -> Value {
    let sorted = |people: Vec<&portcullis::emulator::Account>| {
        let mut people: Vec<String> = people.iter().map(|one| one.email().to_owned()).collect();
        people.sort();
        people
    };
    let names: BTreeMap<_, _> = site
        .organizations()
        .map(|one| (one.id(), one.name().to_owned()))
        .collect();
    let organizations: Vec<Value> = site
        .organizations()
        .map(|one| {
            let members = sorted(site.organization_members(&one.id()));
            json!([one.name(), members, one.email_domains])
        })
        .collect();
    let projects: Vec<Value> = site
        .projects()
        .map(|one| {
            let mut linked: Vec<&String> =
                one.organizations().iter().map(|id| &names[id]).collect();
            linked.sort();
            let customers = sorted(site.project_customers(one.key()));
            let (access, sharing) = (one.channel_access, one.customer_sharing);
            json!([
                one.key(),
                access,
                sharing,
                linked,
                customers,
                one.knowledge_base
            ])
        })
        .collect();
    let spaces: Vec<Value> = site
        .spaces()
        .map(|(key, space)| json!([key, space.who_can_view]))
        .collect();
    let mut organizations = organizations;
    organizations.sort_by_key(Value::to_string);
    json!({
        "accounts": sorted(site.accounts().collect()),
        "organizations": organizations,
        "projects": projects,
        "spaces": spaces,
        "settings": format!("{:?}", site.settings),
        "approved": format!("{:?}", site.approved_domains),
    })
}

/// Runs the program until the request that springs the trap comes or it ends by itself.
fn start(place: &Place, ended: Sender<Event>) -> Child {
    let mut command = place.command(&APPLY);
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    std::thread::spawn(move || {
        std::io::copy(&mut out, &mut std::io::sink()).unwrap();
        // Nobody may listen any more.
        let _ = ended.send(Event::Ended);
    });
    child
}

/// Kills a run at each of its requests. One that is killed before its first write has done nothing; what any other leaves, the
/// next run completes.
async fn killed_at_any_request(world: &World) {
    let (wanted, requests) = world.undisturbed().await;
    let (mut after, mut halves) = (0, 0);
    'requests: loop {
        for lands in [false, true] {
            let (sender, events) = channel();
            let trap = Arc::new(Trap {
                left: AtomicU64::new(after),
                lands,
                sprung: Mutex::new(sender.clone()),
            });
            let (sandbox, place) = world.start(Some(trap)).await;
            let mut child = start(&place, sender);
            let event = events.recv().unwrap();
            child.kill().unwrap();
            child.wait().unwrap();
            let Event::Sprung { write } = event else {
                break 'requests;
            };
            if sandbox.stats().writes == 0 || write && !lands && sandbox.stats().writes == 1 {
                assert_eq!(state(&sandbox.site()), state(&world.site), "{after}");
            }
            if state(&sandbox.site()) != state(&world.site) {
                halves += 1;
                let ran = place.run(&APPLY);
                assert_eq!(ran.code, 0, "{after} {lands}: {}", ran.text());
                assert_eq!(state(&sandbox.site()), wanted, "{after} {lands}");
            }
            if !write {
                // That a read was answered changes nothing.
                break;
            }
        }
        after += 1;
    }
    // Whether a page that is asked for ahead is needed differs from run to run.
    assert!(after + 4 >= requests, "{after} of {requests}");
    assert!(halves > 20, "{halves}");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_request_the_next_run_ends_where_the_quickstart_ends() {
    killed_at_any_request(&World::quickstart()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_request_the_next_run_ends_where_a_large_site_ends() {
    killed_at_any_request(&World::large()).await;
}

/// One run stands at one of its writes while another one does everything, and then goes on with what it planned before.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_at_once_end_where_one_would_have() {
    let world = World::quickstart();
    let (wanted, _) = world.undisturbed().await;
    for number in 0.. {
        let (sender, events) = channel();
        let (go_on, waiting) = channel();
        let halt = Arc::new(Halt {
            left: AtomicU64::new(number),
            came: Mutex::new(sender.clone()),
            go_on: Mutex::new(waiting),
        });
        let (sandbox, place) = world.start(Some(halt)).await;
        let mut first = start(&place, sender);
        let halted = events.recv().unwrap() != Event::Ended;
        if halted {
            let second = place.run(&APPLY);
            assert!([0, 4].contains(&second.code), "{number}: {}", second.text());
            go_on.send(()).unwrap();
        }
        let code = first.wait().unwrap().code();
        assert!([Some(0), Some(4)].contains(&code), "{number}: {code:?}");
        let last = place.run(&APPLY);
        assert_eq!(last.code, 0, "{number}: {}", last.text());
        assert_eq!(state(&sandbox.site()), wanted, "{number}");
        if !halted {
            assert!(number > 10, "{number}");
            break;
        }
    }
}

/// Nobody decides here which of them comes first.
#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_end_where_one_would_have() {
    let world = World::large();
    let (wanted, _) = world.undisturbed().await;
    let (sandbox, place) = world.start(None).await;
    let (ended, _) = channel();
    let runs: Vec<Child> = (0..4).map(|_| start(&place, ended.clone())).collect();
    for mut run in runs {
        run.wait().unwrap();
    }
    let ran = place.run(&APPLY);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert_eq!(state(&sandbox.site()), wanted);
}

/// The journal explains a run, and no run depends on it.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_journal_the_same_is_done() {
    let world = World::quickstart();
    let (wanted, _) = world.undisturbed().await;
    let (sandbox, place) = world.start(None).await;
    place.write(
        ".portcullis/journal",
        "a file where the directory would be\n",
    );
    let ran = place.run(&APPLY);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert!(ran.err.contains("no journal is kept"), "{}", ran.err);
    assert_eq!(state(&sandbox.site()), wanted);
}

/// The journal can be made, and nothing can be written to it.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn with_a_full_disk_the_same_is_done() {
    let world = World::quickstart();
    let (wanted, _) = world.undisturbed().await;
    let (sandbox, place) = world.start(None).await;
    let mut full = Command::new("/bin/sh");
    // A limit on the size of files: pipes have none.
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"";
    full.args(["-c", script, env!("CARGO_BIN_EXE_portcullis")])
        .args(APPLY)
        .current_dir(place.path())
        .stdin(Stdio::null())
        .env_clear();
    for (name, value) in place.command(&[]).get_envs() {
        full.env(name, value.unwrap());
    }
    let output = full.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("journal"), "{said}");
    assert_eq!(state(&sandbox.site()), wanted);
    let ran = place.run(&APPLY);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert_eq!(state(&sandbox.site()), wanted);
}
