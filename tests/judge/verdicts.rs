//! (c) What a plan says of expectations, against the pages after it was applied; and what `drift` says of them, against the pages
//! as they are.

use crate::live::truth;
use crate::pages::Pages;
use crate::round::{Found, Stage};
use crate::world::DOMAINS;
use portcullis::access::explain::Asked;
use portcullis::config::{Ability, Expectation, ExpectedWho};
use portcullis::judge::Worlds;
use portcullis::plan::Block;
use portcullis::policy::Verdict;
use portcullis::report::build::Planned;

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
                .map(|account| {
                    Asked::Address(portcullis::model::Email::new(account.email()).unwrap())
                })
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
                .map(|account| {
                    Asked::Address(portcullis::model::Email::new(account.email()).unwrap())
                })
                .collect()
        }
        // The pages show nobody as a member of a group, nor who is left when some are taken away.
        ExpectedWho::Group(_) | ExpectedWho::Others(_) => return None,
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
    Some(all)
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
    problems.any(|problem| problem.contains("any member of"))
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
