//! What a newcomer is: R6, verification, and the best way in by oneself.

use super::{Channel, DomainClass, Outcome, Way, new_address};
use crate::access::answer::{Answer, Trail};
use crate::access::people::{Account, Role, Status};
use crate::access::state::{Fact, Grant, State};
use crate::config::ApprovedRole;
use crate::model::AccountKind;

/// R3.4: what a rejection looks like.
pub(super) fn rejection(channel: Channel, trail: &mut Trail) {
    match channel {
        Channel::Email => trail.add("R3.4", None, || {
            "the mail log says `Email doesn't belong to domains allowed in customer access settings`".into()
        }),
        Channel::AgentInvite => trail.add("R3.4", None, || {
            "the Customers page says that the person could not be added".into()
        }),
        _ => {}
    }
}

/// R6: verification, and what it holds up.
pub(super) fn after_creation(outcome: Outcome, channel: Channel, trail: &mut Trail) {
    match (outcome, channel.way(), channel) {
        (Outcome::Atlassian, Some(Way::SelfService), Channel::Email) => trail.add("R6", None, || {
            "the request is held until the person verifies and joins by the mail that comes".into()
        }),
        (Outcome::Atlassian, Some(Way::SelfService), _) => trail.add("R6", None, || {
            "the account comes into being when the person verifies the address".into()
        }),
        (Outcome::PortalOnly, _, Channel::Email) => {
            trail.add("R6", None, || "a verification mail is sent".into());
            trail.add("Q11", None, || "assumed: the request is not held until then".into());
        }
        (Outcome::PortalOnly, _, Channel::PortalForm) => trail.add("R6", None, || {
            "the account is made on sending; viewing the request needs a password".into()
        }),
        (Outcome::PortalOnly, Some(Way::SelfService), _) => {
            trail.add("R6", None, || "a verification mail is sent".into());
        }
        (Outcome::Atlassian, Some(Way::Staff), _) => trail.add("R6", None, || {
            "internal customers are invited by the Atlassian organization, not by the project's notification".into()
        }),
        (Outcome::PortalOnly, Some(Way::Staff), _) => trail.add("R6", None, || {
            "the account exists at once and gets no notifications until it is verified"
                .into()
        }),
        _ => {}
    }
}

/// What a newcomer of a domain is after the best self-service channel, which is sign-up.
///
/// G1 asks for C alone; G2, G3, G4 and G10 ask for C and more, and R3 to R5 treat all five alike. So whom sign-up rejects,
/// no other self-service channel lets in, and judging it judges them all. Chat (G11) is no self-service channel of the
/// model, and the workspace says of no project that it has one: it is explained and never counts as exposure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newcomer {
    /// The outcome of sign-up.
    pub outcome: Outcome,
    /// Whether the person surely ends with an account by themselves.
    pub certainty: Answer,
    /// The account.
    pub account: Account,
}

/// Judges sign-up for a class of addresses.
pub fn newcomer(state: &State<'_>, class: &DomainClass, trail: &mut Trail) -> Newcomer {
    let outcome = new_address(state, class, Channel::SignUp, None, trail);
    let waits = outcome == Outcome::Atlassian
        && class
            .approved
            .is_some_and(|grant| grant.role == ApprovedRole::User && grant.admin_approval);
    let certainty = match waits {
        // Q3: as a promise, nothing until it is approved.
        true => Answer::Uncertain,
        false => outcome.account(),
    };
    let kind = match outcome {
        Outcome::Atlassian | Outcome::PendingApproval => Some(AccountKind::Atlassian),
        Outcome::PortalOnly => Some(AccountKind::PortalOnly),
        _ => None,
    };
    Newcomer {
        outcome,
        certainty,
        account: Account {
            kind,
            status: Status::Active,
            role: Role::Customer,
            twin: false,
            confluence: None,
        },
    }
}

/// Whether whoever is new of a domain may serve projects by themselves: the approved domain or the any-domain rule grants an
/// agent's licence without an approval (R4, Q3, Q5), and which projects whoever has one serves is not known.
pub(crate) fn perhaps_agent(state: &State<'_>, class: &DomainClass, trail: &mut Trail) -> Answer {
    // An approval without a role here counts as none (R4).
    let approved = class
        .approved
        .filter(|grant| grant.role != ApprovedRole::None);
    let grant = match (approved, class.public, &state.any_domain) {
        (Some(grant), ..) => Some(("Q3", grant)),
        (None, false, Fact::Known(Some(grant), _)) => Some(("Q5", *grant)),
        (None, ..) => None,
    };
    if approved.is_none() && class.doubts && state.site.internal.on().exposes() {
        if class.maybe_approved {
            trail.add("Q3", None, || {
                format!(
                    "whether who is new of {} gets an agent's licence by an approval is not known",
                    class.label()
                )
                .into()
            });
            return Answer::Uncertain;
        }
        if let (false, Fact::Unknown(why)) = (class.public, &state.any_domain) {
            trail.add("Q5", None, || {
                format!("whether who is new gets an agent's licence by the any-domain rule is not known: {why}").into()
            });
            return Answer::Uncertain;
        }
    }
    let alone = |grant: Grant| grant.role == ApprovedRole::User && !grant.admin_approval;
    let grant = grant.filter(|(_, grant)| alone(*grant) && state.site.internal.on().exposes());
    let Some((rule, grant)) = grant else {
        return Answer::No;
    };
    trail.add(rule, Some(grant.source), || {
        "who is new may get an agent's licence by themselves, and which projects that opens is not known".into()
    });
    Answer::Uncertain
}

/// Whether anybody at all may still get a new account with an address of their choosing: the check of Q15.
pub(in crate::access) fn somebody_passes_r3(state: &State<'_>) -> Answer {
    let site = &state.site;
    let external = site.external.on().and(
        site.allowed
            .is(|list| list.as_ref().is_none_or(|list| !list.is_empty())),
    );
    let approved = state
        .approved
        .domains
        .values()
        .any(|grant| grant.role != ApprovedRole::None);
    let any = site.internal.on().and(
        Answer::from(approved)
            .or(state.approved.coverage.missing())
            .or(state.any_domain.is(|grant| {
                grant.is_some_and(|grant| {
                    grant.role == ApprovedRole::Customer && !grant.admin_approval
                })
            })),
    );
    external.or(any)
}
