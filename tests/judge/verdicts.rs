//! (c) What a plan says of expectations, against the pages after it was applied; and what `drift` says of them, against the pages
//! as they are.

use crate::live::truth;
use crate::pages::Pages;
use crate::round::{Found, Stage};
use crate::world::DOMAINS;
use portcullis::access::explain::Asked;
use portcullis::config::{Ability, Expectation, ExpectedWho};
use portcullis::diagnostic::Located;
use portcullis::judge::Worlds;
use portcullis::model::{Domain, Email};
use portcullis::plan::Block;
use portcullis::policy::Verdict;
use portcullis::report::build::Planned;
use std::collections::BTreeSet;

const PART: &str = "verdicts";

/// Says whether an expectation holds on the pages; `None` where they do not show what it is about.
pub(crate) fn holds(expectation: &Expectation, pages: &Pages) -> Option<bool> {
    let asked: Vec<Asked> = match &expectation.who.value {
        ExpectedWho::Anonymous => vec![Asked::Anonymous],
        ExpectedWho::Anyone => vec![Asked::Anyone],
        ExpectedWho::AnyCustomer => vec![Asked::AnyCustomer],
        ExpectedWho::Domain(domain) => {
            let known = pages
                .site
                .accounts()
                .filter(|account| account.email().ends_with(&format!("@{}", domain.as_str())));
            let mut asked: Vec<Asked> = known
                .map(|account| Asked::Address(Email::new(account.email()).unwrap()))
                .collect();
            if DOMAINS.contains(&domain.as_str()) {
                asked.push(Asked::Domain(domain.clone()));
            }
            asked
        }
        ExpectedWho::Person(email) => vec![Asked::Address(*email)],
        ExpectedWho::Organization(name) => {
            let id = pages.site.organization_named(name.as_str())?.id();
            let members = pages.site.organization_members(&id);
            if members.is_empty() {
                // Then it is about whoever comes to be a member, whom no page shows.
                return None;
            }
            (members.into_iter())
                .map(|account| Asked::Address(Email::new(account.email()).unwrap()))
                .collect()
        }
        ExpectedWho::Group(name) => {
            // Whoever is out of use is not among the members that a site shows.
            let members = pages.site.members_of_group(name).into_iter();
            (members.filter(|account| account.state.is_active()))
                .map(|account| Asked::Address(Email::new(account.email()).unwrap()))
                .collect()
        }
        ExpectedWho::Others(allowed) => others(allowed, pages),
    };
    let targets: Vec<&String> = pages
        .anonymous
        .keys()
        .filter(|target| {
            let (project, space) = crate::pages::parts(target);
            let meant = expectation
                .projects
                .iter()
                .any(|pattern| pattern.value == "*" || pattern.value == project);
            match expectation.ability.value {
                Ability::ViewPortal => meant && space.is_none(),
                Ability::ReadArticle => {
                    let wanted = expectation.space.as_ref();
                    meant
                        && space
                            .is_some_and(|space| wanted.is_some_and(|w| w.value.as_str() == space))
                }
                Ability::SendRequest | Ability::SignUp => false,
            }
        })
        .collect();
    if targets.is_empty() {
        return None;
    }
    let all = asked.iter().all(|asked| {
        let (least, most) = truth(asked, pages);
        targets.iter().all(|target| match expectation.can {
            true => least[*target],
            false => !most[*target],
        })
    });
    // Which agents serve a project is not what the pages of others show.
    let others = matches!(expectation.who.value, ExpectedWho::Others(_));
    (!all || !others).then_some(all)
}

/// Everybody but those who are allowed, agents, and whoever joins an allowed organization by a domain.
fn others(allowed: &[Located<ExpectedWho>], pages: &Pages) -> Vec<Asked> {
    let (mut may, mut domains) = (BTreeSet::new(), BTreeSet::new());
    for who in allowed {
        let accounts = match &who.value {
            ExpectedWho::Group(name) => pages.site.members_of_group(name),
            ExpectedWho::Organization(name) => match pages.site.organization_named(name.as_str()) {
                Some(found) => {
                    domains.extend(
                        found
                            .email_domains
                            .iter()
                            .map(|one| one.as_str().to_owned()),
                    );
                    pages.site.organization_members(&found.id())
                }
                None => Vec::new(),
            },
            _ => Vec::new(),
        };
        may.extend(accounts.into_iter().map(|account| account.email()));
        if let ExpectedWho::Person(email) = &who.value {
            may.insert(email.key());
        }
    }
    let mut all = vec![Asked::Anonymous, Asked::AnyCustomer];
    let strange = DOMAINS.into_iter().filter(|one| !domains.contains(*one));
    all.extend(strange.map(|one| Asked::Domain(Domain::new(one).unwrap())));
    let known = pages.site.accounts().map(|account| account.email());
    let known = known.filter(|who| !may.contains(who) && !pages.is_agent(who));
    all.extend(known.map(|who| Asked::Address(Email::new(who).unwrap())));
    all
}

/// The verdict on an expectation.
pub(crate) fn verdict<'v>(
    verdicts: &'v [Verdict],
    expectation: &Expectation,
) -> Option<&'v Verdict> {
    verdicts
        .iter()
        .find(|verdict| verdict.kind == "expectation" && verdict.name == expectation.name)
}

/// Says whether a verdict is about somebody who may yet come to be a member of an organization, whom no page shows.
pub(crate) fn is_about_whoever_comes(verdict: &Verdict) -> bool {
    let mut problems = verdict.problems.iter();
    problems.any(|problem| problem.to_string().contains("any member of"))
}

/// Compares the verdicts of a plan.
pub(crate) fn check(
    stage: &Stage<'_>,
    planned: &Planned,
    worlds: &Worlds<'_, '_>,
    after: &Pages,
    found: &mut Found,
) {
    for expectation in &stage.desired.workspace.expectations {
        let (Some(verdict), Some(holds)) = (
            verdict(&planned.verdicts, expectation),
            holds(expectation, after),
        ) else {
            continue;
        };
        let said = verdict.status();
        found.verdicts += 1;
        let block = Block::Expectation(expectation.name.clone());
        let held_back = planned
            .plan
            .changes
            .iter()
            .any(|row| row.blocked_by.contains(&block));
        let later = worlds.done.is_some();
        let wrong = match said {
            // A promise holds when everything is done; a prohibition at both moments.
            "pass" => !(holds || expectation.can && later),
            // What would make it fail is held back, or comes with the steps by hand.
            "fail" => holds && !held_back && !later && !is_about_whoever_comes(verdict),
            _ => false,
        };
        if wrong {
            found.put(
                PART,
                &[],
                format!(
                    "{} ({:?} {}): {said}, and on the pages it {}",
                    expectation.name,
                    expectation.who.value,
                    if expectation.can { "can" } else { "cannot" },
                    if holds { "holds" } else { "fails" }
                ),
            );
        }
    }
}
