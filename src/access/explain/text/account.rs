//! The account of whoever was asked about, in one line.

use super::{ChannelAnswer, Explanation, label, main, phrase};
use crate::access::accounts::Outcome;
use crate::access::people::{Account, Role, Status};
use crate::model::AccountKind;

/// Says which account there is, or what the usual ways lead to; of two states both, where they differ.
pub(super) fn words(explanation: &Explanation, other: Option<&Explanation>) -> String {
    let here = of(explanation);
    match other {
        Some(other) if of(other) != here => format!(
            "{}: {}   {}: {here}",
            other.state.word(),
            of(other),
            explanation.state.word()
        ),
        _ => here,
    }
}

fn of(explanation: &Explanation) -> String {
    if explanation.accounts.is_empty() {
        return by_outcome(main(&explanation.channels));
    }
    let accounts: Vec<String> = explanation.accounts.iter().map(account).collect();
    accounts.join(" and ")
}

fn account(account: &Account) -> String {
    let kind = match account.kind {
        Some(AccountKind::PortalOnly) => "a portal-only account",
        Some(AccountKind::Atlassian) => "an Atlassian account",
        None => "an account of which kind is not known",
    };
    let role = match (account.kind, account.role) {
        (Some(AccountKind::Atlassian), Role::None) => ", without a role in Jira Service Management",
        (Some(AccountKind::Atlassian), Role::Unknown) => ", whose role is not known",
        (_, Role::Staff) => ", of an agent or administrator",
        _ => "",
    };
    match account.status {
        Status::Active => format!("{kind}{role}"),
        Status::Unverified => format!("{kind}{role}, not verified yet"),
        Status::Disabled => format!("{kind}, suspended or revoked"),
        Status::Perhaps => format!("perhaps {kind}{role}"),
    }
}

/// The ways to an account, by what they lead to.
fn by_outcome<'e>(answers: impl Iterator<Item = &'e ChannelAnswer>) -> String {
    let mut groups: Vec<(Outcome, Vec<&str>)> = Vec::new();
    for answer in answers {
        let name = label(answer.channel);
        match groups
            .iter_mut()
            .find(|(outcome, _)| *outcome == answer.outcome)
        {
            Some((_, names)) => names.push(name),
            None => groups.push((answer.outcome, vec![name])),
        }
    }
    if let [(outcome, _)] = groups.as_slice() {
        return phrase(*outcome).to_owned();
    }
    let groups = groups
        .iter()
        .map(|(outcome, names)| format!("{} ({})", phrase(*outcome), names.join(", ")));
    groups.collect::<Vec<_>>().join("; ")
}
