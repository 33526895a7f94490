//! Which account an address gets by which channel: R1 to R7, section 3 of the model.

use super::answer::{Answer, Source, Trail};
use super::people::{Account, Role, Status};
use super::public_mail::is_public_mail;
use super::state::{Coverage, Fact, Grant, Project, State};
use crate::config::ApprovedRole;
use crate::model::{AccountKind, ChannelAccess};

/// The ways to an account that are judged (R2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// G1: the sign-up link of a help center.
    SignUp,
    /// G2: a portal's form without login; depends on the project.
    PortalForm,
    /// G3: an e-mail from an unknown sender; depends on the project.
    Email,
    /// G6: an agent adds the person on the Customers page, or raises a request for them.
    AgentInvite,
    /// G7: added to an organization by address.
    OrganizationAdd,
    /// G8: `POST /customer`.
    RestCreate,
}

impl Channel {
    /// Every channel, in the order of the documentation.
    pub const ALL: [Self; 6] = [
        Self::SignUp,
        Self::PortalForm,
        Self::Email,
        Self::AgentInvite,
        Self::OrganizationAdd,
        Self::RestCreate,
    ];

    /// Returns the word used in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::PortalForm => "portal_form",
            Self::Email => "email",
            Self::AgentInvite => "agent_invite",
            Self::OrganizationAdd => "organization_add",
            Self::RestCreate => "rest_create",
        }
    }

    /// Says whether the answer depends on a project.
    pub const fn needs_project(self) -> bool {
        matches!(self, Self::PortalForm | Self::Email)
    }

    /// Returns who acts: the person (G1 to G3) or staff (G6 to G8).
    pub const fn way(self) -> Way {
        match self {
            Self::SignUp | Self::PortalForm | Self::Email => Way::SelfService,
            Self::AgentInvite | Self::OrganizationAdd | Self::RestCreate => Way::Staff,
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

/// What the rules see of a domain: addresses of equal classes fare the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DomainClass {
    /// The domain, for texts; `None` for an address of no listed domain at all.
    pub name: Option<String>,
    /// What its approval grants here; `Some` with role `none` is an approval without JSM.
    pub approved: Option<Grant>,
    /// Whether it might be approved although no approval is known.
    pub maybe_approved: bool,
    /// X: whether it is on L, or any domain is allowed.
    pub allowed: Answer,
    /// Whether it belongs to a public mail provider.
    pub public: bool,
    /// A2: organizations that its new customers join, by position, with where that is said.
    pub organizations: Vec<(u32, Source)>,
}

impl DomainClass {
    /// Classifies a domain, in lower-case ASCII (P1, P2: exact equality).
    pub fn of(state: &State<'_>, domain: &str) -> Self {
        let approved = state
            .approved
            .domains
            .iter()
            .find(|(name, _)| name.as_str() == domain)
            .map(|(_, grant)| *grant);
        let organizations = (0_u32..)
            .zip(&state.organizations)
            .filter_map(|(at, organization)| {
                let (_, source) = organization
                    .email_domains
                    .iter()
                    .find(|(name, _)| name.as_str() == domain)?;
                Some((at, *source))
            })
            .collect();
        Self {
            name: Some(domain.to_owned()),
            approved,
            maybe_approved: approved.is_none()
                && matches!(state.approved.coverage, Coverage::Unread(_)),
            allowed: state.site.allowed.is(|list| {
                list.as_ref()
                    .is_none_or(|list| list.iter().any(|allowed| allowed.as_str() == domain))
            }),
            public: is_public_mail(domain),
            organizations,
        }
    }

    /// The class of an address whose domain no list names.
    pub fn unlisted(state: &State<'_>, public: bool) -> Self {
        Self {
            name: None,
            approved: None,
            maybe_approved: false,
            allowed: state.site.allowed.is(Option::is_none),
            public,
            organizations: Vec::new(),
        }
    }

    fn label(&self) -> String {
        match &self.name {
            Some(name) => format!("`{name}`"),
            None => "any other domain".to_owned(),
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
    let outcome = account_type(state, class, channel.way(), trail);
    after_creation(outcome, channel, trail);
    if outcome == Outcome::Rejected {
        rejection(channel, trail);
        return outcome;
    }
    match gate {
        Answer::Yes => outcome,
        _ => Outcome::Uncertain,
    }
}

/// R2: whether the channel lets a new address through.
pub fn gate(
    state: &State<'_>,
    channel: Channel,
    project: Option<&Project>,
    trail: &mut Trail,
) -> Answer {
    match channel {
        Channel::SignUp => g1_sign_up(state, trail),
        Channel::PortalForm => g2_portal_form(state, project, trail),
        Channel::Email => g3_email(state, project, trail),
        Channel::AgentInvite => g6_agent(project, trail),
        Channel::OrganizationAdd => {
            trail.add("R2", None, || {
                "adding somebody to an organization passes whatever the site's portal access says".into()
            });
            Answer::Yes
        }
        Channel::RestCreate => {
            trail.add("R2", None, || {
                "creating through REST passes whatever the site's portal access says".into()
            });
            trail.add("Q7", None, || {
                "assumed: creation through REST follows the same table of account types".into()
            });
            Answer::Yes
        }
    }
}

/// C, with its step on the trail.
fn creation_allowed(state: &State<'_>, denied: &str, trail: &mut Trail) -> Answer {
    let create = &state.site.create;
    trail.add("R2", create.source(), || match create {
        Fact::Known(true, _) => "customers can create their own accounts".to_owned(),
        Fact::Known(false, _) => format!("customers cannot create accounts, {denied}"),
        Fact::Unknown(why) => {
            format!("whether customers can create accounts is not known: {why}")
        }
    });
    create.on()
}

/// G1: the sign-up link needs C; nothing at project level.
fn g1_sign_up(state: &State<'_>, trail: &mut Trail) -> Answer {
    creation_allowed(state, "so there is no sign-up link", trail)
}

/// G2: the form without login needs C, N and an open project.
fn g2_portal_form(state: &State<'_>, project: Option<&Project>, trail: &mut Trail) -> Answer {
    let create = creation_allowed(state, "so the form asks to log in", trail);
    if create == Answer::No {
        return create;
    }
    let login = &state.site.no_login;
    trail.add("R2", login.source(), || match login {
        Fact::Known(true, _) => "portals can be viewed without login".into(),
        Fact::Known(false, _) => {
            "the form asks to log in first, so the way is the sign-up link".into()
        }
        Fact::Unknown(why) => {
            format!("whether portals can be viewed without login is not known: {why}")
        }
    });
    create.and(login.on()).and(project_open(project, trail))
}

/// G3: an e-mail from an unknown sender needs C and an open project.
fn g3_email(state: &State<'_>, project: Option<&Project>, trail: &mut Trail) -> Answer {
    let create = creation_allowed(state, "so mail of unknown senders is not processed", trail);
    if create == Answer::No {
        return create;
    }
    if let Some(project) = project
        && project.scheme.lacks_portal_access
    {
        trail.add("V8a", None, || {
            "the permission scheme lacks what portal access needs: mail of new senders fails".into()
        });
        return Answer::No;
    }
    create.and(project_open(project, trail))
}

/// G6: agents may always try; a broken permission scheme stops them (V8a, V8b).
fn g6_agent(project: Option<&Project>, trail: &mut Trail) -> Answer {
    if let Some(project) = project {
        if project.scheme.lacks_portal_access {
            trail.add("V8a", None, || {
                "the permission scheme lacks what portal access needs: agents cannot add customers"
                    .into()
            });
            return Answer::No;
        }
        if project.scheme.granted_to_customers_role {
            trail.add("V8b", None, || {
                "the permission scheme grants permissions to the role Service Desk Customers: nobody can add customers".into()
            });
            return Answer::No;
        }
    }
    trail.add("R2", None, || {
        "an agent may add customers whatever the site's portal access says".into()
    });
    Answer::Yes
}

/// Whether a project is open, with V8b: a scheme that grants to the customers' role makes it act restricted.
pub(super) fn open(project: &Project) -> Answer {
    if project.scheme.granted_to_customers_role {
        return Answer::No;
    }
    project
        .channel_access
        .is(|access| *access == ChannelAccess::Open)
}

fn project_open(project: Option<&Project>, trail: &mut Trail) -> Answer {
    let Some(project) = project else {
        return Answer::Uncertain;
    };
    let answer = open(project);
    trail.add("R2", project.channel_access.source(), || {
        let key = &project.key;
        match answer {
            Answer::Yes => format!("{key} is open"),
            Answer::No => format!("{key} is restricted, which stops unknown people"),
            Answer::Uncertain => format!("whether {key} is open is not known"),
        }
    });
    answer
}

/// R3: the account type of a new address that passed its gate.
///
/// Columns: P approved with a JSM role, X on the list of allowed domains, B both, O neither; R3.3: the table holds for
/// staff too.
pub fn account_type(
    state: &State<'_>,
    class: &DomainClass,
    way: Way,
    trail: &mut Trail,
) -> Outcome {
    let internal = &state.site.internal;
    match internal {
        Fact::Known(true, _) => internal_on(state, class, way, trail),
        Fact::Known(false, source) => {
            if class.approved.is_some() {
                trail.add("R3.2", Some(*source), || {
                    "Atlassian accounts for internal customers are off, so the list of approved domains has no bearing".into()
                });
            }
            external(state, class, trail)
        }
        Fact::Unknown(why) => {
            // The cases are shown only where they differ, and then the reason is what matters.
            let on = internal_on(state, class, way, &mut Trail::silent());
            let mut steps = trail.fresh();
            let off = external(state, class, &mut steps);
            if on == off {
                trail.append(steps);
                return on;
            }
            trail.add("R3", None, || {
                format!(
                    "whether approved domains get Atlassian accounts is not known ({why}): {} if so, {} if not",
                    on.word(),
                    off.word()
                )
            });
            Outcome::Uncertain
        }
    }
}

/// The rows of R3 with I on.
fn internal_on(state: &State<'_>, class: &DomainClass, way: Way, trail: &mut Trail) -> Outcome {
    match class.approved {
        Some(grant) if grant.role != ApprovedRole::None => {
            trail.add("R3.1", Some(grant.source), || {
                let also = match (state.site.external.on(), class.allowed) {
                    (Answer::Yes, Answer::Yes) => ", which beats the external rules",
                    _ => "",
                };
                format!(
                    "{} is an approved domain, so its people get Atlassian accounts{also}",
                    class.label()
                )
            });
            approved_role(grant, way, trail)
        }
        Some(grant) => {
            trail.add("R4", Some(grant.source), || {
                format!(
                    "{} is approved without a role in Jira Service Management, which counts as not approved",
                    class.label()
                )
            });
            not_approved(state, class, way, trail)
        }
        None if class.maybe_approved => {
            let other = not_approved(state, class, way, &mut Trail::silent());
            if other == Outcome::Atlassian {
                return not_approved(state, class, way, trail);
            }
            trail.add("R3", None, || {
                let why = match &state.approved.coverage {
                    Coverage::Unread(why) => why.as_str(),
                    _ => "not read",
                };
                format!(
                    "whether {} is an approved domain is not known: {why}",
                    class.label()
                )
            });
            Outcome::Uncertain
        }
        None => not_approved(state, class, way, trail),
    }
}

/// R4: role, approval and cost of an approved domain.
fn approved_role(grant: Grant, way: Way, trail: &mut Trail) -> Outcome {
    let source = Some(grant.source);
    match (grant.role, grant.admin_approval, way) {
        (ApprovedRole::Customer, false, _) => {
            trail.add("R4", source, || {
                "the domain grants the role Customer without approval, which is free".into()
            });
            Outcome::Atlassian
        }
        (ApprovedRole::Customer, true, Way::Staff) => {
            trail.add("Q3", source, || {
                "assumed: the domain's admin approval does not hold up people whom staff adds"
                    .into()
            });
            Outcome::Atlassian
        }
        (ApprovedRole::Customer, true, Way::SelfService) => {
            trail.add("R4", source, || {
                "the domain requires an administrator's approval".into()
            });
            trail.add("Q3", source, || {
                "assumed: nothing is granted until it is approved".into()
            });
            Outcome::PendingApproval
        }
        (ApprovedRole::User, _, Way::Staff) => {
            trail.add("R4", source, || {
                "invited as a customer, the person gets the role Customer although the domain grants an agent's role; approval does not apply".into()
            });
            Outcome::Atlassian
        }
        (ApprovedRole::User, approval, Way::SelfService) => {
            trail.add("R4", source, || {
                "the domain grants an agent's role: whoever signs up may take a paid licence".into()
            });
            trail.add("Q3", source, || {
                if approval {
                    "assumed: a customer at least, and surely nothing until it is approved".into()
                } else {
                    "assumed: a customer at least".into()
                }
            });
            Outcome::Atlassian
        }
        (ApprovedRole::None, ..) => Outcome::Rejected,
    }
}

/// Whether the any-domain rule fires (R5, 3.5).
pub fn any_domain(state: &State<'_>, class: &DomainClass, way: Way, trail: &mut Trail) -> Answer {
    if class.public {
        if state.any_domain.is(Option::is_some) == Answer::Yes {
            trail.add("R5", state.any_domain.source(), || {
                format!(
                    "the any-domain rule passes public mail domains by{}",
                    class
                        .name
                        .as_ref()
                        .map_or(String::new(), |name| format!(", and `{name}` is one"))
                )
            });
        }
        return Answer::No;
    }
    let grant = match &state.any_domain {
        Fact::Unknown(why) => {
            trail.add("R5", None, || {
                format!("the any-domain rule is not known: {why}")
            });
            return Answer::Uncertain;
        }
        Fact::Known(None, _) => return Answer::No,
        Fact::Known(Some(grant), _) => *grant,
    };
    let source = Some(grant.source);
    match (grant.role, grant.admin_approval, way) {
        (ApprovedRole::Customer, false, _) => {
            trail.add("R5", source, || {
                "the any-domain rule makes people of company domains Customers with Atlassian accounts".into()
            });
            Answer::Yes
        }
        (ApprovedRole::Customer, true, _) => {
            trail.add("Q5", source, || {
                "the any-domain rule grants Customer behind an approval, whose effect is not documented".into()
            });
            Answer::Uncertain
        }
        (ApprovedRole::User, true, Way::Staff) => {
            trail.add("R5", source, || {
                "the any-domain rule grants an agent's role behind an approval: whom staff invites is external".into()
            });
            Answer::No
        }
        (ApprovedRole::User, true, Way::SelfService) => {
            trail.add("R5", source, || {
                "the any-domain rule grants an agent's role behind an approval: it does not fire for sign-up".into()
            });
            Answer::No
        }
        (ApprovedRole::User, false, _) => {
            trail.add("Q5", source, || {
                "the any-domain rule grants an agent's role without approval, whose effect is not documented; at worst an agent licence".into()
            });
            Answer::Uncertain
        }
        (ApprovedRole::None, ..) => {
            trail.add("R5", source, || {
                "the any-domain rule lets people request access only".into()
            });
            Answer::No
        }
    }
}

/// The columns X and O of R3 with I on.
fn not_approved(state: &State<'_>, class: &DomainClass, way: Way, trail: &mut Trail) -> Outcome {
    match any_domain(state, class, way, trail) {
        Answer::Yes => {
            let listed = matches!(state.site.allowed.value(), Some(Some(_)))
                && class.allowed == Answer::Yes
                && state.site.external.on() != Answer::No;
            if listed {
                trail.add("Q5", state.site.allowed.source(), || {
                    "assumed: the any-domain rule beats the list of allowed domains".into()
                });
            }
            Outcome::Atlassian
        }
        Answer::Uncertain => {
            // What the rule would give is Atlassian at best, so the other case never decides it.
            Outcome::Uncertain
        }
        Answer::No => {
            if let Coverage::AsWritten(why) = &state.approved.coverage
                && class.approved.is_none()
                && class.name.is_some()
            {
                trail.add("R3", state.site.internal.source(), || {
                    format!(
                        "{} is not an approved domain (the list {why})",
                        class.label()
                    )
                });
            }
            external(state, class, trail)
        }
    }
}

/// E, R and L: the external column of R3.
fn external(state: &State<'_>, class: &DomainClass, trail: &mut Trail) -> Outcome {
    let site = &state.site;
    let enabled = match &site.external {
        Fact::Known(false, source) => {
            trail.add("R3", Some(*source), || {
                "portal-only accounts are off, for agents too".into()
            });
            return Outcome::Rejected;
        }
        Fact::Known(true, _) => true,
        Fact::Unknown(_) => false,
    };
    match &site.allowed {
        Fact::Unknown(why) => {
            trail.add("R3", None, || {
                format!("the allowed domains are not known: {why}")
            });
            Outcome::Uncertain
        }
        Fact::Known(list, source) => {
            if class.allowed == Answer::No {
                trail.add("R3", Some(*source), || match list {
                    Some(list) if list.is_empty() => {
                        "no domain is allowed to have portal-only accounts, which stops agents too"
                            .into()
                    }
                    _ => format!(
                        "{} is not among the allowed domains, which stops agents too",
                        class.label()
                    ),
                });
                return Outcome::Rejected;
            }
            if !enabled {
                trail.add("R3", None, || {
                    "whether portal-only accounts are allowed is not known".into()
                });
                return Outcome::Uncertain;
            }
            trail.add("R3", Some(*source), || match list {
                None => "portal-only accounts are allowed for any domain".into(),
                Some(_) => format!("{} is among the allowed domains", class.label()),
            });
            Outcome::PortalOnly
        }
    }
}

/// R3.4: what a rejection looks like.
fn rejection(channel: Channel, trail: &mut Trail) {
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
fn after_creation(outcome: Outcome, channel: Channel, trail: &mut Trail) {
    match (outcome, channel.way(), channel) {
        (Outcome::Atlassian, Way::SelfService, Channel::Email) => trail.add("R6", None, || {
            "the request is held until the person verifies and joins by the mail that comes".into()
        }),
        (Outcome::Atlassian, Way::SelfService, _) => trail.add("R6", None, || {
            "the account comes into being when the person verifies the address".into()
        }),
        (Outcome::PortalOnly, _, Channel::Email) => {
            trail.add("R6", None, || "a verification mail is sent".into());
            trail.add("Q11", None, || "assumed: the request is not held until then".into());
        }
        (Outcome::PortalOnly, _, Channel::PortalForm) => trail.add("R6", None, || {
            "the account is made on sending; viewing the request needs a password".into()
        }),
        (Outcome::PortalOnly, Way::SelfService, _) => {
            trail.add("R6", None, || "a verification mail is sent".into());
        }
        (Outcome::Atlassian, Way::Staff, _) => trail.add("R6", None, || {
            "internal customers are invited by the Atlassian organization, not by the project's notification".into()
        }),
        (Outcome::PortalOnly, Way::Staff, _) => trail.add("R6", None, || {
            "the account exists at once and gets no notifications until it is verified"
                .into()
        }),
        _ => {}
    }
}

/// R1: what becomes of an address that has an account. Toggles and lists are not consulted (P3).
///
/// `usable` is whether the account can send requests to `project`, which only e-mail asks for.
pub fn existing(
    account: Account,
    channel: Channel,
    project: Option<(&Project, Answer)>,
    trail: &mut Trail,
) -> Outcome {
    if account.status == Status::Disabled {
        disabled(account, trail);
        return Outcome::Denied;
    }
    twin(account, trail);
    match (account.kind, account.role) {
        (Some(AccountKind::Atlassian), Role::None) => trail.add("R1e", None, || {
            match channel.way() {
                Way::Staff => "an Atlassian account without a role in Jira Service Management: agents cannot add it, an organization administrator can",
                Way::SelfService => "an Atlassian account without a role in Jira Service Management: an approved domain may grant Customer (Q4)",
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
                        format!("{key} takes e-mail of this account, since it may use the portal")
                    }),
                    Answer::No => trail.add("V3", project.channel_access.source(), || {
                        format!("{key} refuses e-mail of this account: no permission to access this service project")
                    }),
                    Answer::Uncertain => {}
                }
            }
        }
        Channel::AgentInvite => trail.add("R1", None, || {
            "the person is put on the project's roster".into()
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

/// R1b and R1g.
pub(super) fn disabled(account: Account, trail: &mut Trail) {
    match account.kind {
        Some(AccountKind::Atlassian) => {
            trail.add("R1b", None, || "the Atlassian account is suspended".into())
        }
        _ => trail.add("R1g", None, || {
            "portal access was revoked, until it is granted again".into()
        }),
    }
}

/// R1a and R1c: two accounts on one address.
pub(super) fn twin(account: Account, trail: &mut Trail) {
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

/// What a newcomer of a domain is after the best self-service channel, which is sign-up: G1 asks for least.
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
        },
    }
}

/// Whether anybody at all may still get a new account with an address of their choosing: the check of Q15.
pub(super) fn somebody_passes_r3(state: &State<'_>) -> Answer {
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
