//! Gates on classes: what anybody on the web, anybody with an address, or every customer would gain.
//!
//! Judged are both worlds after the first: whoever approves a plan approves the steps that people will do. What causes a gain is
//! blocked; the rest of the plan goes on.

use super::{Verdict, Weight};
use crate::access::Answer;
use crate::config::Gate;
use crate::desired::Desired;
use crate::diagnostic::Located;
use crate::impact::{self, Class, ClassChange, Target};
use crate::judge::{Ledger, Sheet, Worlds};
use crate::model::WhoCanView;
use crate::neutral::phrase::Phrase;
use crate::plan::{Block, Effect};

/// The classes that have a gate, with the gate that counts where none is written.
pub(super) const CLASSES: [(Class, Gate); 3] = [
    (Class::Anonymous, Gate::Block),
    (Class::Anyone, Gate::Block),
    (Class::AnyCustomer, Gate::Warn),
];

/// Blocks what gives access to classes, where the policy does not allow it.
pub(crate) fn gates(
    sheet: &mut Sheet<'_>,
    desired: &Desired<'_>,
    worlds: &Worlds<'_, '_>,
    ledger: &mut Ledger,
) {
    let mut gained: Vec<ClassChange> = Vec::new();
    for after in worlds.after() {
        for change in impact::classes(worlds.before, after, sheet) {
            let same =
                |other: &ClassChange| other.class == change.class && other.target == change.target;
            if change.after > change.before && !gained.iter().any(same) {
                gained.push(change);
            }
        }
    }
    if gained.is_empty() && desired.law.policy.class_gains.is_empty() {
        return;
    }
    for (class, default) in CLASSES {
        let written = desired.law.policy.class_gains.get(class.word().as_ref());
        let gate = written.map_or(default, |gate| gate.value);
        // Half of all addresses is a door for anyone who has such an address.
        let of_class = gained.iter().filter(|change| match change.class {
            Class::OfPublicMail | Class::OfCompanies => class == Class::Anyone,
            _ => change.class == class,
        });
        // Where nobody knows whether the class could before, the plan may change nothing: said, and not blocked. A gain that
        // is not sure blocks where a row touches a door, and is said otherwise.
        let (sure, unsure): (Vec<&ClassChange>, Vec<&ClassChange>) = of_class.partition(|change| {
            let mut rows = change.caused_by.iter().map(|at| &sheet.changes()[*at]);
            change.before == Answer::No
                && (change.after == Answer::Yes || rows.any(|row| is_door(&row.effect)))
        });
        if gate == Gate::Allow || (sure.is_empty() && unsure.is_empty() && written.is_none()) {
            continue;
        }
        let key = format!("policy.class_gains.{}", class.word());
        if gate == Gate::Block {
            for change in &sure {
                for at in &change.caused_by {
                    let why = format!("{key}: {}", sentence(change));
                    sheet.block(*at, Block::Policy(why.into()));
                }
            }
        }
        let told = unsure.iter().map(|change| match change.before {
            Answer::No => sentence(change),
            _ => format!(
                "{}; whether they could before is not known",
                sentence(change)
            ),
        });
        ledger.put(Verdict {
            kind: "limit",
            name: key,
            weight: match gate == Gate::Warn || sure.is_empty() {
                true => Weight::Warns,
                false => Weight::Fails,
            },
            problems: sure
                .iter()
                .map(|change| sentence(change))
                .chain(told)
                .map(Phrase::from)
                .collect(),
            source: written.map(|gate: &Located<Gate>| gate.span),
        });
    }
}

/// Says whether a change opens or closes a door for whole classes: channel access, a setting or a domain list of the site, or
/// articles for anyone.
const fn is_door(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::SetChannelAccess(..)
            | Effect::SetSite(..)
            | Effect::ApproveDomain { .. }
            | Effect::DisapproveDomain(_)
            | Effect::SetAnyDomain(_)
            | Effect::SetEmailDomains(..)
            | Effect::SetViewers(_, _, WhoCanView::Anyone)
            | Effect::LinkSpace(_, _, Some(WhoCanView::Anyone))
    )
}

fn sentence(change: &ClassChange) -> String {
    let who = match &change.class {
        Class::Anonymous => "anyone on the web",
        Class::Anyone => "anyone with an e-mail address",
        Class::OfPublicMail => "anyone with an address of a public mail provider",
        Class::OfCompanies => "anyone with an address of a company",
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
