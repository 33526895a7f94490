//! R1: what becomes of an address that has an account (section 3.1).

use super::gates::{agents_may_add, by_chat, healthy_scheme};
use super::{Channel, Outcome, Way};
use crate::access::answer::{Answer, Trail};
use crate::access::people::{Account, Role, Status};
use crate::access::state::Project;
use crate::model::{AccountKind, ChannelAccess};

/// R1: what becomes of an address that has an account. Toggles and lists are not consulted (P3).
///
/// `usable` is whether the account can send requests to `project`, which only e-mail asks for.
pub fn existing(
    account: Account,
    channel: Channel,
    project: Option<(&Project, Answer)>,
    trail: &mut Trail,
) -> Outcome {
    if let Some(outcome) = second_account(account, channel, trail) {
        return outcome;
    }
    match account.status {
        Status::Disabled => {
            disabled(account, trail);
            return Outcome::Denied;
        }
        Status::Perhaps => return Outcome::Uncertain,
        Status::Active | Status::Unverified => {}
    }
    twin(account, trail);
    match (account.kind, account.role) {
        (Some(AccountKind::Atlassian), Role::None) => trail.add("R1e", None, || {
            match (channel.way(), channel) {
                (Some(Way::Staff), _) => "an Atlassian account without a role in Jira Service Management: agents cannot add it, an organization administrator can",
                (None, Channel::Directory) => "an Atlassian account without a role in Jira Service Management: here an administrator grants it the role Customer",
                _ => "an Atlassian account without a role in Jira Service Management: an approved domain may grant Customer (Q4)",
            }
            .into()
        }),
        (Some(AccountKind::Atlassian), _) => trail.add("R1d", None, || {
            "an Atlassian account that is on the site already".into()
        }),
        (Some(AccountKind::PortalOnly), _) => trail.add("R1f", None, || {
            "a portal-only account; what the settings say now does not touch it".into()
        }),
        (None, _) => trail.add("R1", None, || "an account that is on the site already".into()),
    }
    match channel {
        Channel::SignUp | Channel::PortalForm => trail.add("R1", None, || {
            "no second account is made: the person logs in".into()
        }),
        Channel::Email => {
            if let Some((project, usable)) = project {
                let key = &project.key;
                match usable {
                    Answer::Yes => trail.add("R1", None, || {
                        format!("{key} takes e-mail of this account, since it may use the portal").into()
                    }),
                    Answer::No => trail.add("V3", project.channel_access.source(), || {
                        format!("{key} refuses e-mail of this account: no permission to access this service project").into()
                    }),
                    Answer::Uncertain => {}
                }
            }
        }
        Channel::CustomerCc | Channel::AgentCc | Channel::CustomerShare => {
            trail.add("V5", None, || {
                "the person takes part in that one request, and sees no more of the project for it"
                    .into()
            });
        }
        Channel::AgentInvite => {
            let project = project.map(|(project, _)| project);
            if agents_may_add(project, trail) == Answer::Yes {
                on_the_roster(trail);
            }
        }
        Channel::RestInvite => {
            let project = project.map(|(project, _)| project);
            if healthy_scheme(project, trail) == Answer::Yes {
                on_the_roster(trail);
            }
        }
        Channel::Chat => chat(project, trail),
        Channel::ScimPortalOnly | Channel::Directory => trail.add("R1", None, || {
            "no second account is made: the account is the one that is provisioned".into()
        }),
        Channel::OrganizationAdd => trail.add("R1", None, || {
            "the person joins, and gains every project linked to the organization".into()
        }),
        Channel::RestCreate => trail.add("R1", None, || {
            "creation is answered 400, or 409 in strict mode".into()
        }),
    }
    Outcome::Existing
}

fn on_the_roster(trail: &mut Trail) {
    trail.add("R1", None, || {
        "the person is put on the project's list of customers".into()
    });
}

/// V4: a restricted project does not keep existing customers out of its chat.
fn chat(project: Option<(&Project, Answer)>, trail: &mut Trail) {
    let Some((project, usable)) = project else {
        return;
    };
    let restricted = project
        .channel_access
        .is(|access| *access == ChannelAccess::Restricted);
    if restricted != Answer::Yes || usable == Answer::Yes {
        return;
    }
    by_chat(project, trail);
}

/// R1a: the two ways that can put an account of the other kind beside the one that is there.
fn second_account(account: Account, channel: Channel, trail: &mut Trail) -> Option<Outcome> {
    if account.twin {
        return None;
    }
    let other = match channel {
        Channel::Directory => AccountKind::Atlassian,
        Channel::ScimPortalOnly => AccountKind::PortalOnly,
        _ => return None,
    };
    match (account.kind, other) {
        (Some(AccountKind::PortalOnly), AccountKind::Atlassian) => {
            trail.add("R1a", None, || {
                "the directory makes an Atlassian account beside the portal-only one, and then neither can be relied on: migrate the portal-only one".into()
            });
            Some(Outcome::Atlassian)
        }
        (Some(AccountKind::Atlassian), AccountKind::PortalOnly) => {
            trail.add("R1a", None, || {
                "whether the identity provider makes a portal-only account beside the Atlassian one is not documented; with both, neither can be relied on".into()
            });
            Some(Outcome::Uncertain)
        }
        (None, _) => {
            trail.add("R1", None, || {
                "an account is there, of which kind is not known: of the other kind, a second one may come to stand beside it".into()
            });
            Some(Outcome::Uncertain)
        }
        (Some(_), _) => None,
    }
}

/// R1b and R1g.
pub(in crate::access) fn disabled(account: Account, trail: &mut Trail) {
    match account.kind {
        Some(AccountKind::Atlassian) => {
            trail.add("R1b", None, || "the Atlassian account is suspended".into())
        }
        Some(AccountKind::PortalOnly) => trail.add("R1g", None, || {
            "portal access was revoked, until it is granted again".into()
        }),
        None => {
            trail.add("R1g", None, || {
                "the account is not active, of which kind it is is not known: of a portal-only one, portal access was revoked, until it is granted again".into()
            });
            trail.add("R1b", None, || "an Atlassian account is suspended".into());
        }
    }
}

/// R1a and R1c: two accounts on one address.
pub(in crate::access) fn twin(account: Account, trail: &mut Trail) {
    if !account.twin {
        return;
    }
    if account.kind == Some(AccountKind::Atlassian) && account.role == Role::None {
        trail.add("R1c", None, || {
            "an Atlassian account without access and a portal-only one share the address, which ends in a login loop".into()
        });
    } else {
        trail.add("R1a", None, || {
            "an Atlassian account and a portal-only one share the address, so login, requests and mail cannot be relied on".into()
        });
    }
}
