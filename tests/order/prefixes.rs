//! Random small sites: after every prefix of the ordered changes, whatever happens first inside a stage, the evaluator
//! finds nobody exposed or interrupted whom the plan does not name.

use crate::abilities::{self, Abilities};
use crate::fold::{fold, unit};
use crate::support::{Case, run};
use portcullis::desired::Desired;
use portcullis::observe;
use portcullis::observed::Observed;
use portcullis::plan::{Plan, diff};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const ORGANIZATIONS: [&str; 3] = ["A", "B", "C"];
const PROJECTS: [&str; 3] = ["P", "Q", "R"];
const DOMAINS: [&str; 4] = ["a.example", "new.example", "fresh.example", "staff.example"];

fn known() -> Vec<String> {
    (0..4).map(|n| format!("p{n}@a.example")).collect()
}

fn strangers() -> Vec<String> {
    vec![
        "n0@new.example".into(),
        "n1@new.example".into(),
        "f0@fresh.example".into(),
    ]
}

/// Choices, read off a tape that proptest can shrink.
pub(crate) struct Tape<'t>(pub(crate) std::slice::Iter<'t, u8>);

impl Tape<'_> {
    pub(crate) fn below(&mut self, n: u8) -> u8 {
        self.0.next().copied().unwrap_or(0) % n
    }

    fn yes(&mut self) -> bool {
        self.below(2) == 1
    }

    fn some<T>(&mut self, of: impl IntoIterator<Item = T>) -> Vec<T> {
        of.into_iter().filter(|_| self.yes()).collect()
    }
}

/// Writes one whole state of the site; `after` says whether people without accounts and new things may be named.
fn state(tape: &mut Tape<'_>, seed: bool, all: bool) -> (String, BTreeSet<String>) {
    let mut site = Map::new();
    let mode = if seed { "add_only" } else { "exact" };
    let everybody: Vec<String> = if seed {
        known()
    } else {
        known().into_iter().chain(strangers()).collect()
    };
    let create = tape.yes();
    let no_login = create && tape.yes();
    let logged_in = tape.below(4) != 0;
    let anyone = tape.yes();
    site.insert(
        "customer_access".into(),
        json!({
            "internal": { "atlassian_accounts": tape.yes() },
            "external": { "portal_only_accounts": true, "allowed_domains": if tape.yes() { json!("any") } else { json!(["new.example", "fresh.example", "a.example"]) } },
            "customers_can_create_accounts": create,
            "view_without_login": no_login,
        }),
    );
    site.insert(
        "knowledge_base".into(),
        json!({ "allow_all_logged_in": logged_in, "allow_anyone": anyone }),
    );
    site.insert(
        "spaces".into(),
        json!({ "KB": { "anonymous_access": true } }),
    );
    if seed {
        let accounts: Vec<Value> = known()
            .iter()
            .map(|who| json!({ "email": who, "account": "portal_only" }))
            .collect();
        site.insert("accounts".into(), json!({ "list": accounts }));
    }
    let mut organizations = Map::new();
    let mut there: Vec<&str> = Vec::new();
    for (at, name) in ORGANIZATIONS.into_iter().enumerate() {
        let gone = tape.below(5) == 0 && !all;
        if gone && seed {
            continue;
        }
        if gone {
            organizations.insert(
                name.into(),
                json!({ "state": if tape.yes() { "absent" } else { "retired" } }),
            );
            continue;
        }
        there.push(name);
        let domains: Vec<&str> = if at == 0 {
            tape.some(["new.example"])
        } else {
            Vec::new()
        };
        organizations.insert(
            name.into(),
            json!({ "members": { "mode": mode, "list": tape.some(everybody.clone()), "allow_empty": true }, "email_domains": domains, "allow_empty": true }),
        );
    }
    site.insert("organizations".into(), Value::Object(organizations));
    let mut opens = BTreeSet::new();
    let mut projects = Map::new();
    let viewers = tape.below(3);
    for key in PROJECTS {
        let open = tape.below(3) == 0;
        if open {
            opens.insert(key.to_owned());
        }
        let mut project = json!({
            "channel_access": if open { "open" } else { "restricted" },
            "customer_sharing": "own_organizations",
            "organizations": { "mode": mode, "list": tape.some(there.clone()), "allow_empty": true },
            "customers": { "mode": mode, "list": tape.some(everybody.clone()), "allow_empty": true },
        });
        if key == "P" {
            let who = match viewers {
                2 if open && no_login && anyone => "anyone",
                0 => "only_confluence_users",
                _ if logged_in => "all_logged_in",
                _ => "only_confluence_users",
            };
            project["knowledge_base"] = json!({ "KB": { "who_can_view": who } });
        }
        projects.insert(key.into(), project);
    }
    site.insert("projects".into(), Value::Object(projects));
    let mut approved = Map::new();
    if tape.yes() {
        approved.insert(
            "staff.example".into(),
            json!({ "sites": { "acme": { "role": "customer", "admin_approval": tape.yes() } } }),
        );
    }
    let mut text = String::new();
    for (key, value) in &site {
        text += &format!("{key}: {value}\n");
    }
    let approved = json!({ "customer_role": portcullis::emulator::CUSTOMER_ROLE, "approved_domains": { "mode": if seed { "add_only" } else { "exact" }, "domains": approved, "allow_empty": true } });
    text += &format!("=top=\natlassian_organizations: {{ acme-corp: {approved} }}");
    (text, opens)
}

/// Reads a site and plans the way to another; nothing needs a person.
async fn plan(tape: &mut Tape<'_>) -> (Case, Observed, String) {
    let (seed, _) = state(tape, true, false);
    let (wanted, _) = state(tape, false, false);
    let case = Case::new(&wanted, &seed).await;
    let observed = observe::observe(&case.connect().reader(), &case.desired())
        .await
        .unwrap();
    (case, observed, format!("seed\n{seed}\ndesired\n{wanted}"))
}

fn everybody() -> Vec<String> {
    known().into_iter().chain(strangers()).collect()
}

fn judge(desired: &Desired<'_>, observed: &Observed) -> Abilities {
    abilities::of(desired, observed, &everybody(), &DOMAINS)
}

/// The requests of every stage: positions of changes that are settled at once.
fn stages(plan: &Plan) -> Vec<Vec<Vec<usize>>> {
    let mut stages: BTreeMap<u32, BTreeMap<String, Vec<usize>>> = BTreeMap::new();
    for (at, change) in plan.changes.iter().enumerate() {
        if change.is_automatic() {
            let stage = stages.entry(plan.order.stages[at]).or_default();
            stage.entry(unit(at, change)).or_default().push(at);
        }
    }
    stages
        .into_values()
        .map(|units| units.into_values().collect())
        .collect()
}

fn cases(default: u32) -> ProptestConfig {
    let given = std::env::var_os("PROPTEST_CASES").is_some();
    let config = ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    };
    ProptestConfig {
        cases: if given { config.cases } else { default },
        ..config
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn no_prefix_exposes_or_interrupts_whom_the_plan_does_not_name(tape in proptest::collection::vec(any::<u8>(), 260)) {
        let mut tape = Tape(tape.iter());
        run(async {
            let (case, observed, story) = plan(&mut tape).await;
            let desired = case.desired();
            let plan = diff::diff(&desired, &observed);
            assert!(plan.errors.is_empty(), "{:?}\n{story}", plan.errors);
            let stages = stages(&plan);
            let mut end = observed.clone();
            for change in stages.iter().flatten().flatten() {
                fold(&mut end, &plan.changes[*change]);
            }
            let again = diff::diff(&desired, &end);
            let left: Vec<_> = again.changes.iter().filter(|change| change.is_automatic()).map(|change| change.address.to_string()).collect();
            let joined = left.iter().all(|address| address.contains("/member/") && address.contains("new.example"));
            assert!(joined, "folding leaves {left:?}\n{story}");
            let (before, after) = (judge(&desired, &observed), judge(&desired, &end));
            for _ in 0..3 {
                let mut site = observed.clone();
                let mut done = Vec::new();
                for stage in &stages {
                    let mut units = stage.clone();
                    for at in (1..units.len()).rev() {
                        units.swap(at, usize::from(tape.below(u8::try_from(at + 1).unwrap_or(255))));
                    }
                    for unit in units {
                        for at in unit {
                            fold(&mut site, &plan.changes[at]);
                            done.push(format!("{} {} {}", plan.order.stages[at], plan.changes[at].action.word(), plan.changes[at].address));
                        }
                        for wrong in abilities::wrong(&before, &judge(&desired, &site), &after) {
                            assert!(abilities::is_named(&plan, &wrong), "{wrong:?} after\n{}\n{:#?}\n{story}", done.join("\n"), plan.order.unsafe_steps);
                        }
                    }
                }
            }
        });
    }
}
