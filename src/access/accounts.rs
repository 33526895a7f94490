//! Which account an address gets by which channel: R1 to R7, section 3 of the model.
//!
//! | module | idea |
//! |---|---|
//! | [`gates`] | R2: whether a channel lets a new address through |
//! | [`kind`] | R3 and R4: which account it then gets |
//! | [`any_domain`](mod@any_domain) | R5: the rule for company domains that nobody approved |
//! | [`existing`](mod@existing) | R1: what becomes of an address that has an account |
//! | [`newcomer`](mod@newcomer) | R6 and what somebody can do for themselves |
//! | [`domain`] | what the rules see of a domain |

pub mod any_domain;
pub mod domain;
pub mod existing;
pub mod gates;
pub mod kind;
pub mod newcomer;

use super::answer::{Answer, Trail};
use super::state::{Project, State};

pub use any_domain::any_domain;
pub use domain::DomainClass;
pub use existing::existing;
pub(super) use existing::{disabled, twin};
pub use gates::gate;
pub(super) use gates::open;
pub use kind::account_type;
pub(crate) use newcomer::perhaps_agent;
pub(super) use newcomer::somebody_passes_r3;
pub use newcomer::{Newcomer, newcomer};

/// The ways to an account (R2), each with its number in section 3.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// G1: the sign-up link of a help center.
    SignUp,
    /// G2: a portal's form without login; depends on the project.
    PortalForm,
    /// G3: an e-mail from an unknown sender; depends on the project.
    Email,
    /// G4: a customer copies the address in, by To or Cc; depends on the project.
    CustomerCc,
    /// G5: an agent copies the address in, by To or Cc; depends on the project.
    AgentCc,
    /// G6: an agent adds the person on the Customers page, or raises a request for them.
    AgentInvite,
    /// G7: added to an organization by address.
    OrganizationAdd,
    /// G8: `POST /customer`.
    RestCreate,
    /// G9: inviting to a service desk through REST.
    RestInvite,
    /// G10: a customer shares a request with the address; depends on the project.
    CustomerShare,
    /// G11: writing in a chat channel (Slack, Teams) of the project.
    Chat,
    /// G12: an identity provider for portal-only customers, by SCIM.
    ScimPortalOnly,
    /// G13: the directory: an administrator adds the person, or SCIM for users, or a Google sync does.
    Directory,
}

impl Channel {
    /// Every channel, in the order of section 3.2.
    pub const ALL: [Self; 13] = [
        Self::SignUp,
        Self::PortalForm,
        Self::Email,
        Self::CustomerCc,
        Self::AgentCc,
        Self::AgentInvite,
        Self::OrganizationAdd,
        Self::RestCreate,
        Self::RestInvite,
        Self::CustomerShare,
        Self::Chat,
        Self::ScimPortalOnly,
        Self::Directory,
    ];

    /// Returns the word used in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::PortalForm => "portal_form",
            Self::Email => "email",
            Self::CustomerCc => "customer_cc",
            Self::AgentCc => "agent_cc",
            Self::AgentInvite => "agent_invite",
            Self::OrganizationAdd => "organization_add",
            Self::RestCreate => "rest_create",
            Self::RestInvite => "rest_invite",
            Self::CustomerShare => "customer_share",
            Self::Chat => "chat",
            Self::ScimPortalOnly => "scim_portal_only",
            Self::Directory => "directory",
        }
    }

    /// Says whether the channel is one of those by which people usually come: `channels` in reports, where the rest
    /// stands under `other_channels`.
    pub const fn is_main(self) -> bool {
        matches!(
            self,
            Self::SignUp
                | Self::PortalForm
                | Self::Email
                | Self::AgentInvite
                | Self::OrganizationAdd
                | Self::RestCreate
        )
    }

    /// Says whether the answer depends on a project.
    pub const fn needs_project(self) -> bool {
        matches!(
            self,
            Self::PortalForm
                | Self::Email
                | Self::CustomerCc
                | Self::AgentCc
                | Self::CustomerShare
                | Self::Chat
        )
    }

    /// Returns who acts, as section 3.2 says it; it says it of no channel after G10.
    pub const fn way(self) -> Option<Way> {
        match self {
            Self::SignUp
            | Self::PortalForm
            | Self::Email
            | Self::CustomerCc
            | Self::CustomerShare => Some(Way::SelfService),
            Self::AgentCc
            | Self::AgentInvite
            | Self::OrganizationAdd
            | Self::RestCreate
            | Self::RestInvite => Some(Way::Staff),
            Self::Chat | Self::ScimPortalOnly | Self::Directory => None,
        }
    }
}

/// Who brings an account about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// The person (G1 to G4, G10).
    SelfService,
    /// An agent, an administrator, or a program of theirs (G5 to G9).
    Staff,
}

/// What becomes of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// A new Atlassian account.
    Atlassian,
    /// A new portal-only account.
    PortalOnly,
    /// No account (R2 or R3).
    Rejected,
    /// An administrator has to approve first (R4).
    PendingApproval,
    /// There is an account already.
    Existing,
    /// There is an account that is suspended or revoked.
    Denied,
    /// The rules or the facts do not decide it.
    Uncertain,
}

impl Outcome {
    /// Returns the word used in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Atlassian => "atlassian",
            Self::PortalOnly => "portal_only",
            Self::Rejected => "rejected",
            Self::PendingApproval => "pending_approval",
            Self::Existing => "existing",
            Self::Denied => "denied",
            Self::Uncertain => "uncertain",
        }
    }

    /// Returns the outcome of two cases of which nobody knows which holds.
    #[must_use]
    pub fn either(self, other: Self) -> Self {
        if self == other { self } else { Self::Uncertain }
    }

    /// Says whether a new address ends with a usable account by itself.
    pub const fn account(self) -> Answer {
        match self {
            Self::Atlassian | Self::PortalOnly | Self::Existing => Answer::Yes,
            Self::PendingApproval | Self::Uncertain => Answer::Uncertain,
            Self::Rejected | Self::Denied => Answer::No,
        }
    }
}

/// Returns what becomes of a new address (R1h): the gate of the channel, then the account type, then the notes of R6.
///
/// `project` is needed by the channels that depend on one; without it they are uncertain.
pub fn new_address(
    state: &State<'_>,
    class: &DomainClass,
    channel: Channel,
    project: Option<&Project>,
    trail: &mut Trail,
) -> Outcome {
    let gate = gate(state, channel, project, trail);
    if gate == Answer::No {
        return Outcome::Rejected;
    }
    let outcome = match (channel.way(), channel) {
        (Some(way), _) => account_type(state, class, way, trail),
        (None, Channel::Directory) => kind::by_directory(trail),
        (None, Channel::ScimPortalOnly) => kind::by_portal_only_scim(state, class, trail),
        (None, _) => kind::whoever_acts(state, class, trail),
    };
    newcomer::after_creation(outcome, channel, trail);
    if outcome == Outcome::Rejected {
        newcomer::rejection(channel, trail);
        return outcome;
    }
    match gate {
        Answer::Yes => outcome,
        _ => Outcome::Uncertain,
    }
}
