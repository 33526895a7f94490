//! The corpus: small worlds in `tests/corpus`, each with statements about people, run by the engine over the live site, by the
//! sandbox's visitor pages, and where something changes by the order, at every write.

use crate::http::Wire;
use crate::live::{read, told, truth};
use crate::moments::{self, Watch};
use crate::pages::Pages;
use crate::round::{Found, Stage, carry_out, start_with};
use crate::support::run;
use crate::world::{DOMAINS, World};
use portcullis::access::explain::{Asked, explain};
use portcullis::access::{Answer, Because, Channel, Outcome, State};
use portcullis::emulator::{Grant, Options, Policy};
use portcullis::judge::{Sheet, Worlds};
use portcullis::meaning;
use portcullis::model::Email;
use portcullis::{observe, pipeline};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A file of the corpus.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// What the world shows, as a sentence.
    about: String,
    /// The live site: what stands under its name in a seed, then a line `=top=` and what stands beside it.
    site: String,
    /// What permission schemes grant besides: project, permission, holder, which one.
    #[serde(default)]
    grants: Vec<Vec<String>>,
    /// Organizations whose members an identity provider chooses.
    #[serde(default)]
    provisioned: Vec<String>,
    /// What a workspace says that only declares facts, in the form of `site`.
    #[serde(default)]
    workspace: String,
    says: Vec<Statement>,
    /// A workspace that wants something of the site.
    #[serde(default)]
    then: Option<String>,
    /// What holds once that was applied.
    #[serde(default)]
    after: Vec<Statement>,
}

/// What is so: one of `can`, `cannot` and `uncertain`, with the thing (a project, a project and a space, or `sign_up`); or what
/// an address `gets` `by` a channel.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    who: String,
    can: Option<String>,
    cannot: Option<String>,
    uncertain: Option<String>,
    gets: Option<String>,
    by: Option<String>,
    /// The project of a channel that depends on one.
    at: Option<String>,
    /// A rule that the answer must name.
    rule: Option<String>,
    /// What the sandbox chooses where the rules leave it open.
    page: Option<serde_json::Value>,
}

impl File {
    fn world(&self, desired: &str) -> World {
        let desired = match desired.contains("=top=") {
            true => desired.to_owned(),
            false => format!("{desired}\n=top=\natlassian_organizations: {{ acme-corp: {{}} }}"),
        };
        let allowed = "policy: { class_gains: { anonymous: allow, anyone: allow, any_customer: allow }, max_people_losing_access: off, max_removals: off }";
        let grants = self.grants.iter().map(|grant| {
            let which = grant.get(3).map(String::as_str);
            (grant[0].clone(), Grant::new(&grant[1], &grant[2], which))
        });
        World {
            seed: self.site.clone(),
            provisioned: self.provisioned.clone(),
            grants: grants.collect(),
            desired: format!("{desired}\n{allowed}\n"),
            targets: Vec::new(),
            key: true,
            agent: false,
        }
    }
}

/// What the pages say of a statement, as the word that the statement would use.
fn shown(statement: &Statement, asked: &Asked, pages: &Pages) -> serde_json::Value {
    let door = |name: &str| {
        let Asked::Address(email) = asked else {
            panic!("{}: only an address gets something", statement.who);
        };
        let doors = &pages.page(email.key())["doors"][name];
        match &statement.at {
            Some(project) => doors[project.as_str()]["outcome"].clone(),
            None => doors["outcome"].clone(),
        }
    };
    let target = [&statement.can, &statement.cannot, &statement.uncertain];
    match target.into_iter().flatten().next().map(String::as_str) {
        Some("sign_up") => {
            let domain = statement.who.trim_start_matches("*@");
            pages.signs_up[domain].into()
        }
        Some(target) => {
            let (least, most) = truth(asked, pages);
            assert_eq!(
                least[target], most[target],
                "{}: several answers",
                statement.who
            );
            least[target].into()
        }
        None => door(match statement.by.as_deref() {
            Some("sign_up") => "signUp",
            Some("rest_create") => "restCreate",
            Some("email") => "email",
            other => panic!("no door {other:?}"),
        }),
    }
}

/// What the engine says of a statement.
fn said(statement: &Statement, asked: &Asked, state: &State<'_>) -> (String, Vec<Because>) {
    let explanation = explain(state, asked, None);
    let target = [&statement.can, &statement.cannot, &statement.uncertain];
    let word = |answer: Answer| answer.word().to_owned();
    let by = |channel: &str| {
        let of_project = statement.at.as_ref().map(|key| {
            let mut projects = explanation.projects.iter();
            &projects
                .find(|project| project.key.as_str() == key)
                .unwrap()
                .channels
        });
        let mut channels = of_project.unwrap_or(&explanation.channels).iter();
        let found = channels.find(|answer| answer.channel.word() == channel);
        let found = found.unwrap_or_else(|| panic!("no channel {channel}"));
        (found.outcome, found.because.clone())
    };
    match target.into_iter().flatten().next().map(String::as_str) {
        Some("sign_up") => {
            let (outcome, because) = by(Channel::SignUp.word());
            (word(outcome.account()), because)
        }
        Some(target) => match crate::pages::parts(target) {
            (project, None) => {
                let mut all = explanation.projects.iter();
                let found = all.find(|answer| answer.key.as_str() == project).unwrap();
                (word(found.reach.view), found.because.clone())
            }
            (project, Some(space)) => {
                let mut all = explanation.articles.iter();
                let found = all
                    .find(|answer| {
                        answer.project.as_str() == project && answer.space.as_str() == space
                    })
                    .unwrap();
                (word(found.read), found.because.clone())
            }
        },
        None => {
            let (outcome, because) = by(statement.by.as_deref().unwrap());
            let word = match outcome {
                Outcome::Uncertain => "uncertain",
                other => other.word(),
            };
            (word.to_owned(), because)
        }
    }
}

/// Judges statements on the live site, by the engine and by the pages.
async fn judge(
    name: &str,
    stage: &Stage<'_>,
    statements: &[Statement],
    pages: &Pages,
    rules: &mut BTreeSet<String>,
) {
    let asked = |statement: &Statement| Asked::new(&statement.who).unwrap();
    let people = statements
        .iter()
        .filter_map(|statement| match asked(statement) {
            Asked::Address(email) => Some(email),
            _ => None,
        });
    let observed = read(stage, people.collect::<BTreeSet<Email>>(), None).await;
    let state = State::live(&stage.desired, &observed);
    for statement in statements {
        let asked = asked(statement);
        let wanted = match statement {
            Statement { can: Some(_), .. } => "yes",
            Statement {
                cannot: Some(_), ..
            } => "no",
            Statement {
                uncertain: Some(_), ..
            } => "uncertain",
            Statement { gets, .. } => gets.as_deref().unwrap(),
        };
        let (answer, because) = said(statement, &asked, &state);
        let place = format!("{name}, {asked}: {}", told(&because));
        assert_eq!(answer, wanted, "{place}");
        if let Some(rule) = &statement.rule {
            assert!(
                because.iter().any(|step| step.rule.0 == rule),
                "{place}, and not {rule}"
            );
            assert!(!meaning::find(rule).is_empty(), "{rule} is no rule");
            rules.insert(rule.clone());
        }
        let page = shown(statement, &asked, pages);
        let expected = match (&statement.page, wanted) {
            (Some(page), _) => page.clone(),
            (None, "yes") => true.into(),
            (None, "no") => false.into(),
            (None, "uncertain") => continue,
            (None, outcome) => outcome.into(),
        };
        assert_eq!(page, expected, "{place}: the page");
    }
}

async fn tried(name: &str, file: &File, wire: &mut Wire, rules: &mut BTreeSet<String>) {
    let addresses: Vec<&str> = file
        .says
        .iter()
        .chain(&file.after)
        .map(|statement| statement.who.as_str())
        .filter(|who| who.contains('@') && !who.starts_with('*'))
        .collect();
    let of_statements = file.says.iter().chain(&file.after);
    let mut domains: Vec<&str> = of_statements
        .filter_map(|statement| statement.who.strip_prefix("*@"))
        .collect();
    domains.extend(DOMAINS);
    let watch = Arc::new(Watch::default());
    let options = Options {
        policy: Arc::clone(&watch) as Arc<dyn Policy>,
        ..Options::default()
    };
    let world = file.world(&file.workspace);
    let (mut case, _) = start_with(&world, options).await;
    let before = Pages::open(wire, case.sandbox.site(), &addresses, &domains);
    judge(
        name,
        &Stage::new(&case, &world, &[]),
        &file.says,
        &before,
        rules,
    )
    .await;
    let Some(then) = &file.then else {
        assert!(
            file.after.is_empty(),
            "{name}: nothing comes `after` without `then`"
        );
        return;
    };
    let world = file.world(then);
    case.rewrite(&world.desired);
    let stage = Stage::new(&case, &world, &[]);
    let observed = observe::observe(&stage.reader(), &stage.desired)
        .await
        .unwrap();
    let planned = pipeline::plan(&stage.desired, &observed);
    assert!(
        planned
            .plan
            .changes
            .iter()
            .all(|row| row.blocked_by.is_empty()),
        "{name}: {:?}",
        planned.plan.changes
    );
    watch.begin(case.sandbox.keeper());
    let carried = carry_out(&stage, &observed, &planned.plan).await;
    let seen = watch.end();
    assert!(
        !carried.in_part && !seen.is_empty(),
        "{name}: {:?}",
        carried.broken
    );
    let after = Pages::open(wire, case.sandbox.site(), &addresses, &domains);
    let was = State::live(&stage.desired, &observed);
    let sheet = Sheet::new(&planned.plan.changes);
    let worlds = Worlds::new(&was, &sheet);
    let mut found = Found::default();
    moments::check(
        &planned.plan,
        seen,
        &[],
        &worlds,
        wire,
        (&before, &after),
        &mut found,
    );
    assert!(found.wrong.is_empty(), "{name}: {:?}", found.wrong);
    judge(name, &stage, &file.after, &after, rules).await;
}

/// Every world of the corpus is as it says, for the engine, the order, and the visitor pages.
#[test]
fn every_world_of_the_corpus_is_as_it_says() {
    let mut wire = Wire::open();
    let mut rules = BTreeSet::new();
    let mut worlds = 0;
    let mut files: Vec<_> = fs_err::read_dir("tests/corpus")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    files.sort();
    for path in files {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let file: File = serde_yaml::from_str(&fs_err::read_to_string(&path).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(file.about.ends_with('.'), "{name}: `about` is a sentence");
        // The name of the last one stands before whatever goes wrong.
        println!("{name}");
        run(tried(&name, &file, &mut wire, &mut rules));
        worlds += 1;
    }
    assert!(
        worlds >= 30 && rules.len() >= 25,
        "{worlds} worlds, {rules:?}"
    );
}
