//! Gates on what a plan does to people: classes that gain access, and how many people gain or lose it.
//!
//! Judged is the plan as it stands after every other rule, manual steps included: whoever approves a plan approves the
//! steps that people will do. What causes a violation is blocked; the rest of the plan goes on.

use super::Verdict;
use super::dependents::block_dependents;
use super::protect::takes_away;
use crate::access::{Answer, State};
use crate::config::{Gate, Limit};
use crate::desired::Desired;
use crate::diagnostic::Located;
use crate::impact::{self, Class, ClassChange, Impact, Target};
use crate::model::{Address, ChannelAccess};
use crate::observed::Observed;
use crate::plan::{Action, Change, Operation, Plan, ResourceType};
use std::collections::BTreeSet;

/// The classes that have a gate, with the gate that counts where none is written.
const CLASSES: [(Class, Gate); 3] = [
    (Class::Anonymous, Gate::Block),
    (Class::Anyone, Gate::Block),
    (Class::AnyCustomer, Gate::Warn),
];

/// Blocks what gives access to classes, or to or from more people than the policy allows.
pub(super) fn review(
    plan: &mut Plan,
    desired: &Desired<'_>,
    observed: &Observed,
    before: &State<'_>,
) -> Vec<Verdict> {
    let mut verdicts = class_gains(plan, desired, observed, before);
    verdicts.extend(people(plan, desired, observed, before));
    verdicts
}

fn class_gains(
    plan: &mut Plan,
    desired: &Desired<'_>,
    observed: &Observed,
    before: &State<'_>,
) -> Vec<Verdict> {
    let policy = &desired.workspace.policy;
    let mut verdicts = Vec::new();
    if !plan
        .changes
        .iter()
        .any(|change| open(change) && of_classes(change))
    {
        return verdicts;
    }
    let gained = gains(
        desired,
        observed,
        plan.changes.iter().filter(|change| open(change)),
        Some(before),
    );
    // Every gain is judged on the whole plan, so that a change which gives two things is blocked by both.
    let mut blocks: Vec<(usize, String)> = Vec::new();
    for (class, default) in CLASSES {
        let written = policy.class_gains.get(class.word().as_ref());
        let gate = written.map_or(default, |gate| gate.value);
        // Where nobody knows whether the class could before, the plan may change nothing: said, and not blocked.
        let (of_class, unsure): (Vec<&ClassChange>, Vec<&ClassChange>) = gained
            .iter()
            .filter(|change| change.class == class)
            .partition(|change| change.before == Answer::No);
        if gate == Gate::Allow || (of_class.is_empty() && unsure.is_empty() && written.is_none()) {
            continue;
        }
        let key = format!("policy.class_gains.{}", class.word());
        if gate == Gate::Block {
            for change in &of_class {
                for at in causes(plan, desired, observed, change) {
                    blocks.push((at, format!("{key}: {}", sentence(change))));
                }
            }
        }
        verdicts.push(Verdict {
            kind: "limit",
            name: key,
            warns: gate == Gate::Warn || of_class.is_empty(),
            problems: of_class
                .iter()
                .map(|change| sentence(change))
                .chain(unsure.iter().map(|change| {
                    format!(
                        "{}; whether they could before is not known",
                        sentence(change)
                    )
                }))
                .collect(),
            source: written.map(|gate: &Located<Gate>| gate.span),
        });
    }
    for (at, why) in blocks {
        let blocked = &mut plan.changes[at].blocked_by;
        if !blocked.contains(&why) {
            blocked.push(why);
        }
    }
    block_dependents(plan);
    verdicts
}

/// Says whether nothing stands against a change yet; manual and waiting ones count.
const fn open(change: &Change) -> bool {
    change.blocked_by.is_empty()
}

/// Says whether a change can concern whole classes of people.
const fn of_classes(change: &Change) -> bool {
    change.kind.is_of_the_site()
        || matches!(
            change.kind,
            ResourceType::ProjectAccess
                | ResourceType::KnowledgeBaseSpace
                | ResourceType::OrganizationEmailDomain
        )
}

/// What classes gain; `uncertain` after counts as access.
fn gains<'c>(
    desired: &Desired<'_>,
    observed: &Observed,
    changes: impl Iterator<Item = &'c Change>,
    before: Option<&State<'_>>,
) -> Vec<ClassChange> {
    let of_classes = changes.filter(|change| of_classes(change));
    impact::classes_after(desired, observed, of_classes, before)
        .into_iter()
        .filter(|change| change.after > change.before)
        .collect()
}

fn sentence(change: &ClassChange) -> String {
    let who = match &change.class {
        Class::Anonymous => "anyone on the web",
        Class::Anyone => "anyone with an e-mail address",
        _ => "every customer of the site",
    };
    let can = match change.after {
        Answer::Yes => "could",
        _ => "might be able to",
    };
    match &change.target {
        Target {
            project,
            space: Some(space),
        } => format!("{who} {can} read the articles of {space} in {project}"),
        Target { project, .. } => {
            let least = match change.people_before_whole {
                true => "",
                false => "at least ",
            };
            let was = match change.people_before {
                0 => String::new(),
                1 => format!(" (was: {least}1 customer)"),
                n => format!(" (was: {least}{n} customers)"),
            };
            format!("{who} {can} open {project}{was}")
        }
    }
}

/// Finds the changes without which a class would not gain this; where several would each be enough, all that can matter.
fn causes(
    plan: &Plan,
    desired: &Desired<'_>,
    observed: &Observed,
    gained: &ClassChange,
) -> Vec<usize> {
    let project = &gained.target.project;
    let below: Address = desired.address(["project", project.as_str()]);
    let prefix = format!("{below}/");
    let site_wide = format!("{}/project/", desired.site.key);
    let candidates: Vec<usize> = (0..plan.changes.len())
        .filter(|at| {
            let change = &plan.changes[*at];
            let address = change.address.as_str();
            open(change)
                && of_classes(change)
                && (address.starts_with(&prefix) || !address.starts_with(&site_wide))
        })
        .collect();
    let still = |without: &BTreeSet<usize>| {
        let left = plan
            .changes
            .iter()
            .enumerate()
            .filter(|(at, change)| open(change) && !without.contains(at))
            .map(|(_, change)| change);
        gains(desired, observed, left, None)
            .iter()
            .any(|change| change.class == gained.class && change.target == gained.target)
    };
    // Changes at one address or of one list are one change for the person who reads the plan.
    let same = |at: usize| -> BTreeSet<usize> {
        let one = &plan.changes[at];
        candidates
            .iter()
            .copied()
            .filter(|other| {
                let other = &plan.changes[*other];
                other.address == one.address
                    || (other.kind == ResourceType::AllowedDomain && one.kind == other.kind)
            })
            .collect()
    };
    let necessary: BTreeSet<usize> = candidates
        .iter()
        .copied()
        .filter(|at| !still(&same(*at)))
        .collect();
    if necessary.is_empty() {
        return candidates;
    }
    necessary.into_iter().collect()
}

fn people(
    plan: &mut Plan,
    desired: &Desired<'_>,
    observed: &Observed,
    before: &State<'_>,
) -> Vec<Verdict> {
    let policy = &desired.workspace.policy;
    let limits = [
        (policy.max_people_losing_access.as_ref(), "losing"),
        (policy.max_people_gaining_access.as_ref(), "gaining"),
    ];
    if limits.iter().all(|(limit, _)| limit.is_none()) {
        return Vec::new();
    }
    let assessment = impact::assess(desired, observed, plan, before);
    let mut verdicts = Vec::new();
    for (limit, word) in limits {
        let Some(limit) = limit else { continue };
        let count = |impact: &Impact| match word {
            "losing" => impact.people_losing,
            _ => impact.people_gaining,
        };
        // Somebody who is concerned by both parts counts twice: a limit may be too strict, never too lax.
        let people = count(&assessment.applied) + count(&assessment.by_hand);
        let key = format!("policy.max_people_{word}_access");
        let problem = exceeded(limit, people, || impact::people_with_access(before));
        if let Some(problem) = &problem {
            let why = format!("{key}: {problem}");
            for change in plan.changes.iter_mut().filter(|change| open(change)) {
                let causes = match word {
                    "losing" => takes_away(change),
                    _ => gives(change),
                };
                if causes {
                    change.blocked_by.push(why.clone());
                }
            }
        }
        // A limit that passes by what is known may be exceeded by what is not.
        let unseen = (problem.is_none() && !assessment.unread.is_empty()).then(|| {
            let unread = assessment.unread.join("; ");
            format!("{people} people as far as is known; not read, so not counted: {unread}")
        });
        verdicts.push(Verdict {
            kind: "limit",
            name: key,
            warns: problem.is_none(),
            problems: problem.into_iter().chain(unseen).collect(),
            source: Some(limit.span),
        });
    }
    block_dependents(plan);
    verdicts
}

/// Says by how much a limit is exceeded; count and percent, whichever comes first.
fn exceeded(limit: &Limit, people: usize, all: impl FnOnce() -> usize) -> Option<String> {
    let number = people as u64;
    if let Some(count) = limit.count
        && number > count
    {
        let people = match people {
            1 => "1 person".to_owned(),
            n => format!("{n} people"),
        };
        return Some(format!("{people}, at most {count} are allowed"));
    }
    let percent = limit.percent.filter(|_| people > 0)?;
    let all = all();
    (number * 100 > percent * all as u64).then(|| {
        format!("{people} of the {all} people with access, at most {percent} % are allowed")
    })
}

/// Says whether a change gives access to somebody.
fn gives(change: &Change) -> bool {
    let by_hand = matches!(change.operation, Operation::Manual);
    match &change.operation {
        Operation::AddMember(..) | Operation::AddCustomer(..) | Operation::Link(..) => true,
        Operation::SetChannelAccess(_, access) => *access == ChannelAccess::Open,
        Operation::LinkSpace(..) | Operation::SetViewers(..) => true,
        Operation::SetSite(..) => change.kind != ResourceType::SiteSetting || change.after == true,
        _ => {
            by_hand
                && change.action != Action::Delete
                && of_classes(change)
                && change.after != "restricted"
                && change.after != false
        }
    }
}
