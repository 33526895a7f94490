//! (a) What `explain --live` and `who --live` say of the site as it is, against the pages.

use crate::pages::{Pages, Shown};
use crate::round::{Found, Stage, sure};
use crate::world::{DOMAINS, PROJECTS, STRANGERS, everybody};
use portcullis::access::explain::{Asked, Explanation, explain};
use portcullis::access::who::{Audience, audience};
use portcullis::access::{
    Account, Answer, Because, Channel, Lookup, Outcome, Role, State, StateKind, Status,
};
use portcullis::model::{AccountKind, Domain, Email, OrganizationId, ProjectKey};
use portcullis::observe::{self, Whole};
use portcullis::observed::Observed;
use std::collections::BTreeSet;

/// The doors of a page, by the channel that the engine knows them as.
const CHANNELS: [(Channel, &str); 6] = [
    (Channel::SignUp, "signUp"),
    (Channel::PortalForm, "portalForm"),
    (Channel::Email, "email"),
    (Channel::AgentInvite, "agentInvite"),
    (Channel::OrganizationAdd, "organizationAdd"),
    (Channel::RestCreate, "restCreate"),
];

/// Reads the live site as the commands do.
pub(crate) async fn read(
    stage: &Stage<'_>,
    people: BTreeSet<Email>,
    only: Option<&str>,
) -> Observed {
    let desired = &stage.desired;
    let whole = Whole {
        people,
        only: only.map(|key| ProjectKey::new(key).unwrap()),
        staff: true,
        ..Whole::new(&desired.site.surfaces, desired.atlassian_id.as_deref())
    };
    let reader = stage.reader();
    let read = observe::observe_site(&reader, desired.site.key.clone(), whole);
    read.await.unwrap()
}

/// Asks about everybody and every class, and lists who reaches each portal and each space.
pub(crate) async fn check(stage: &Stage<'_>, pages: &Pages, found: &mut Found) {
    let all: BTreeSet<Email> = everybody().map(|who| Email::new(who).unwrap()).collect();
    let observed = read(stage, all.clone(), None).await;
    let state = State::live(&stage.desired, &observed);
    for email in &all {
        explained(&state, &Asked::Address(*email), pages, "explain", found);
    }
    for asked in classes() {
        explained(&state, &asked, pages, "explain", found);
    }
    // As the command asks: about one alone.
    let alone = &everybody().collect::<Vec<_>>()[stage.salt % (11 + STRANGERS.len())];
    let email = Email::new(alone).unwrap();
    let observed = read(stage, [email].into(), None).await;
    let state = State::live(&stage.desired, &observed);
    explained(
        &state,
        &Asked::Address(email),
        pages,
        "explain alone",
        found,
    );
    for project in PROJECTS {
        let observed = read(stage, BTreeSet::new(), Some(project)).await;
        let state = State::live(&stage.desired, &observed);
        let Some(at) = state.project(project) else {
            continue;
        };
        listed(&state, project, &audience(&state, at, None), pages, found);
        for space in state.projects[at].spaces.keys() {
            let target = format!("{project}/{space}");
            listed(
                &state,
                &target,
                &audience(&state, at, Some(space)),
                pages,
                found,
            );
        }
    }
}

/// Every class that can be asked about.
pub(crate) fn classes() -> Vec<Asked> {
    let mut classes = vec![Asked::Anonymous, Asked::Anyone, Asked::AnyCustomer];
    for domain in DOMAINS {
        classes.push(Asked::Domain(Domain::new(domain).unwrap()));
    }
    classes
}

/// What the pages show to whom is asked about: the least, and the most. Only anyone is several.
pub(crate) fn truth(asked: &Asked, pages: &Pages) -> (Shown, Shown) {
    let one = match asked {
        Asked::Anonymous => pages.anonymous.clone(),
        Asked::AnyCustomer => pages.any_customer.clone(),
        Asked::Domain(domain) => pages.of_domain(domain.as_str()),
        Asked::Address(email) => pages.of_address(email.key()),
        Asked::Anyone => {
            let public = pages.of_domain("outlook.com");
            let company = pages.of_domain("elsewhere.example");
            let with = |both: fn(bool, bool) -> bool| {
                let pairs = public.iter().zip(company.values());
                pairs
                    .map(|((target, one), other)| (target.clone(), both(*one, *other)))
                    .collect::<Shown>()
            };
            return (with(|a, b| a && b), with(|a, b| a || b));
        }
    };
    (one.clone(), one)
}

/// Compares one explanation with the pages.
pub(crate) fn explained(
    state: &State<'_>,
    asked: &Asked,
    pages: &Pages,
    part: &'static str,
    found: &mut Found,
) {
    let explanation = explain(state, asked, None);
    let (least, most) = truth(asked, pages);
    let answers = explanation
        .projects
        .iter()
        .map(|answer| (answer.key.to_string(), answer.reach.view, &answer.because));
    let articles = explanation.articles.iter().map(|answer| {
        (
            format!("{}/{}", answer.project, answer.space),
            answer.read,
            &answer.because,
        )
    });
    let mut said = BTreeSet::new();
    for (target, answer, because) in answers.chain(articles) {
        found.asked(part, answer, because);
        said.insert(target.clone());
        let Some((least, most)) = least.get(&target).zip(most.get(&target)) else {
            // A space that a project does not link is shown by no page.
            if answer == Answer::Yes {
                found.put(
                    part,
                    because,
                    format!("{asked} {target}: yes, and there is no such page"),
                );
            }
            continue;
        };
        let fits = match answer {
            Answer::Yes => *least,
            Answer::No => !*most,
            Answer::Uncertain => true,
        };
        if !fits {
            found.put(
                part,
                because,
                format!("{asked} {target}: {} ({})", answer.word(), told(because)),
            );
        }
    }
    for (target, sees) in &most {
        // Portals and linked spaces that are not spoken of are no: only where nothing says that they were not read.
        if *sees && !said.contains(target) && !is_unread(state, target) {
            found.put(
                part,
                &[],
                format!("{asked} {target}: nothing is said, and the page shows it"),
            );
        }
    }
    doors(state, &explanation, asked, pages, part, found);
}

/// Says whether nothing is known of a target; of a project that the files do not have, nothing is said offline.
fn is_unread(state: &State<'_>, target: &str) -> bool {
    let (project, _) = crate::pages::parts(target);
    match state.project(project) {
        Some(at) => state.projects[at].spaces_coverage != portcullis::access::Coverage::Whole,
        None => state.kind == StateKind::Desired,
    }
}

pub(crate) fn told(because: &[Because]) -> String {
    let steps = because
        .iter()
        .map(|step| format!("{}: {}", step.rule, step.text));
    steps.collect::<Vec<_>>().join("; ")
}

/// Compares what a page says of the doors with the channels.
fn doors(
    state: &State<'_>,
    explanation: &Explanation,
    asked: &Asked,
    pages: &Pages,
    part: &'static str,
    found: &mut Found,
) {
    let Asked::Address(email) = asked else {
        return;
    };
    // Offline, the ways in are those of an address without an account, unless the files name one.
    let unnamed = state.people.lookup(email) == Lookup::Nobody;
    if unnamed && !pages.site.accounts_with_email(email.key()).is_empty() {
        return;
    }
    let doors = &pages.page(email.key())["doors"];
    let fits = |outcome: Outcome, door: &serde_json::Value| match outcome {
        Outcome::Uncertain => true,
        outcome => outcome.word() == door["outcome"],
    };
    for answer in &explanation.channels {
        let Some((_, name)) = CHANNELS.iter().find(|(known, _)| *known == answer.channel) else {
            continue;
        };
        if answer.channel.needs_project() || answer.channel == Channel::AgentInvite {
            // Of a project that is not named, each door is another.
            continue;
        }
        let door = match answer.channel {
            Channel::OrganizationAdd => {
                let ordinary = pages.site.organizations().find(|o| !o.scim_managed);
                let Some(id) = ordinary.map(|o| o.id()) else {
                    continue;
                };
                &doors[*name][OrganizationId::as_str(&id)]
            }
            _ => &doors[*name],
        };
        if !fits(answer.outcome, door) {
            found.put(
                part,
                &answer.because,
                format!(
                    "{asked} by {name}: {:?}, and the door says {door} ({})",
                    answer.outcome,
                    told(&answer.because)
                ),
            );
        }
    }
    for project in &explanation.projects {
        for answer in &project.channels {
            let Some((_, name)) = CHANNELS.iter().find(|(known, _)| *known == answer.channel)
            else {
                continue;
            };
            let door = &doors[*name][project.key.as_str()];
            if door.is_object() && !fits(answer.outcome, door) {
                found.put(
                    part,
                    &answer.because,
                    format!(
                        "{asked} by {name} of {}: {:?}, and the door says {door} ({})",
                        project.key,
                        answer.outcome,
                        told(&answer.because)
                    ),
                );
            }
        }
    }
}

/// Compares an audience with what each account sees.
fn listed(state: &State<'_>, target: &str, audience: &Audience, pages: &Pages, found: &mut Found) {
    let part = "who";
    let exposed = |who: &str| {
        let mut rows = audience.classes.iter();
        rows.any(|row| row.who == who && row.answer.exposes())
    };
    for row in &audience.classes {
        let (least, most) = match row.who.as_str() {
            "anonymous" => truth(&Asked::Anonymous, pages),
            "anyone" => truth(&Asked::Anyone, pages),
            "any_customer" => truth(&Asked::AnyCustomer, pages),
            who => match who
                .strip_prefix("*@")
                .and_then(|domain| Domain::new(domain).ok())
            {
                Some(domain) if DOMAINS.contains(&domain.as_str()) => {
                    truth(&Asked::Domain(domain), pages)
                }
                _ => continue,
            },
        };
        let _ = most;
        if row.answer == Answer::Yes && !least[target] {
            found.put(
                part,
                &row.because,
                format!("{} {target}: yes ({})", row.who, told(&row.because)),
            );
        }
    }
    // A class that is left out surely does not.
    for asked in classes() {
        let who = asked.to_string();
        let (_, most) = truth(&asked, pages);
        let wider = ["anonymous", "anyone"].into_iter().any(exposed) && who.starts_with("*@");
        if most[target] && !exposed(&who) && !wider {
            found.put(
                part,
                &[],
                format!("{who} {target}: left out, and the page shows it"),
            );
        }
    }
    for account in pages.site.accounts() {
        let sees = pages.of_account(&account.id())[target];
        let row = state
            .people
            .by_account(&account.id())
            .and_then(|id| audience.people.iter().find(|row| row.person == id));
        match row {
            Some(row) if !sure(row.answer, sees) => {
                found.put(
                    part,
                    &[],
                    format!(
                        "{} {target}: {} by {:?}",
                        account.email(),
                        row.answer.word(),
                        row.via
                    ),
                );
            }
            Some(_) => {}
            None if sees => {
                let covered = exposed("anonymous")
                    || (exposed("any_customer"))
                    || exposed("agents") && pages.is_agent(account.email())
                    // Whoever holds a licence of Confluence, agents among them, is told of as not read.
                    || target.contains('/')
                        && (pages.uses_confluence(account.email())
                            || pages.is_agent(account.email()))
                    || audience.classes.iter().any(|row| row.who.starts_with("group:"));
                if !covered {
                    found.put(
                        part,
                        &[],
                        format!(
                            "{} {target}: not listed, and the page shows it ({:?})",
                            account.email(),
                            known(state, &account.id())
                        ),
                    );
                }
            }
            None => {}
        }
    }
}

fn known(state: &State<'_>, id: &portcullis::model::AccountId) -> Option<Account> {
    Some(state.people.get(state.people.by_account(id)?).account)
}

/// Says whether an account counts as an agent, whose projects are not read.
pub(crate) fn is_staff(account: &Account) -> bool {
    account.role == Role::Staff
        && account.status != Status::Disabled
        && account.kind != Some(AccountKind::PortalOnly)
}
