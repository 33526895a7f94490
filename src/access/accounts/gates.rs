//! R2: whether a channel lets a new address through (section 3.2).

use super::Channel;
use crate::access::answer::{Answer, Trail};
use crate::access::state::{Fact, Project, State};
use crate::model::{ChannelAccess, CustomerSharing, EmailAccountCreation, OrganizationManagement};

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
        Channel::CustomerCc => g4_customer_cc(state, project, trail),
        Channel::AgentCc => g5_agent_cc(state, project, trail),
        Channel::AgentInvite => g6_agent(project, trail),
        Channel::OrganizationAdd => g7_organization(state, trail),
        Channel::RestCreate => g8_rest_create(trail),
        Channel::RestInvite => g9_rest_invite(project, trail),
        Channel::CustomerShare => g10_share(state, project, trail),
        Channel::Chat => g11_chat(state, project, trail),
        Channel::ScimPortalOnly => g12_portal_only_scim(trail),
        Channel::Directory => g13_directory(trail),
    }
}

/// C, with its step on the trail.
fn creation_allowed(state: &State<'_>, denied: &str, trail: &mut Trail) -> Answer {
    let create = &state.site.create;
    trail.add("R2", create.source(), || match create {
        Fact::Known(true, _) => "customers can create their own accounts".into(),
        Fact::Known(false, _) => format!("customers cannot create accounts, {denied}").into(),
        Fact::Unknown(why) => {
            format!("whether customers can create accounts is not known: {why}").into()
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
            format!("whether portals can be viewed without login is not known: {why}").into()
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

/// G4: an address that a customer copies in needs C and an open project; both options for mail agree on that.
fn g4_customer_cc(state: &State<'_>, project: Option<&Project>, trail: &mut Trail) -> Answer {
    let create = creation_allowed(
        state,
        "so nobody whom a customer copies in gets an account",
        trail,
    );
    if create == Answer::No {
        return create;
    }
    create
        .and(project_open(project, trail))
        .and(healthy_scheme(project, trail))
}

/// G5: an address that an agent copies in passes always, or as one that a customer copies in; the site has an option.
fn g5_agent_cc(state: &State<'_>, project: Option<&Project>, trail: &mut Trail) -> Answer {
    let option = &state.site.email_cc;
    trail.add("R2", option.source(), || match option {
        Fact::Known(EmailAccountCreation::AgentsAlways, _) => {
            "whom an agent copies in gets an account whatever the site's portal access says".into()
        }
        Fact::Known(EmailAccountCreation::AnyoneBySettings, _) => {
            "whom an agent copies in gets an account only where customers can create their own and the project is open".into()
        }
        Fact::Unknown(why) => {
            format!("whether an agent can always copy new people in is not known: {why}").into()
        }
    });
    let always = option.is(|option| *option == EmailAccountCreation::AgentsAlways);
    if always == Answer::Yes {
        return healthy_scheme(project, trail);
    }
    let mut by_settings =
        creation_allowed(state, "so nobody who is copied in gets an account", trail);
    if by_settings != Answer::No {
        by_settings = by_settings.and(project_open(project, trail));
    }
    if always == Answer::No && by_settings != Answer::Yes {
        trail.add("Q9", option.source(), || {
            "assumed: the option binds agents too, although one article says that they may add people to a request at any time".into()
        });
    }
    always.or(by_settings).and(healthy_scheme(project, trail))
}

/// G6: agents may always try; a broken permission scheme stops them (V8a, V8b).
fn g6_agent(project: Option<&Project>, trail: &mut Trail) -> Answer {
    let may = agents_may_add(project, trail);
    if may == Answer::Yes {
        trail.add("R2", None, || {
            "an agent may add customers whatever the site's portal access says".into()
        });
    }
    may
}

/// V8a and V8b: a broken permission scheme stops agents from adding anybody, with an account or without.
pub(super) fn agents_may_add(project: Option<&Project>, trail: &mut Trail) -> Answer {
    let Some(project) = project else {
        return Answer::Yes;
    };
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
    Answer::Yes
}

/// G7: adding to an organization passes; who may do it is a setting of the site.
fn g7_organization(state: &State<'_>, trail: &mut Trail) -> Answer {
    let right = &state.site.organization_management;
    trail.add("R2", right.source(), || {
        let who = match right {
            Fact::Known(OrganizationManagement::Agents, _) => ": agents may do it",
            Fact::Known(OrganizationManagement::JiraAdminsOnly, _) => {
                ": only Jira administrators may do it"
            }
            Fact::Unknown(_) => "",
        };
        format!(
            "adding somebody to an organization passes whatever the site's portal access says{who}"
        )
        .into()
    });
    Answer::Yes
}

/// G8: creating through REST passes, and adds to no project.
fn g8_rest_create(trail: &mut Trail) -> Answer {
    trail.add("R2", None, || {
        "creating through REST passes whatever the site's portal access says".into()
    });
    trail.add("Q7", None, || {
        "assumed: creation through REST follows the same table of account types".into()
    });
    Answer::Yes
}

/// G9: inviting through REST passes, sends a mail and puts the person on the roster.
fn g9_rest_invite(project: Option<&Project>, trail: &mut Trail) -> Answer {
    trail.add("R2", None, || {
        "inviting through REST passes whatever the site's portal access says; the person gets a mail and a place on the project's list of customers".into()
    });
    trail.add("Q7", None, || {
        "assumed: an invitation through REST follows the same table of account types".into()
    });
    healthy_scheme(project, trail)
}

/// G10: sharing with a typed address needs C, an open project, and sharing beyond the customer's own organizations.
fn g10_share(state: &State<'_>, project: Option<&Project>, trail: &mut Trail) -> Answer {
    let create = creation_allowed(
        state,
        "so sharing a request with an address makes none",
        trail,
    );
    if create == Answer::No {
        return create;
    }
    let open = project_open(project, trail);
    if open == Answer::No {
        return open;
    }
    let Some(project) = project else {
        return Answer::Uncertain;
    };
    let sharing = &project.customer_sharing;
    trail.add("R2", sharing.source(), || match sharing {
        Fact::Known(CustomerSharing::OwnOrganizations, _) => {
            "customers of the project share with their own organizations only".into()
        }
        Fact::Known(..) => "customers of the project may share with an address they type".into(),
        Fact::Unknown(why) => {
            format!("with whom customers of the project may share is not known: {why}").into()
        }
    });
    let wide = sharing.is(|sharing| *sharing != CustomerSharing::OwnOrganizations);
    let answer = create.and(open).and(wide);
    match answer {
        Answer::No => answer,
        _ => answer.and(healthy_scheme(Some(project), trail)),
    }
}

/// G11: chat passes with C, which a restricted project does not stop (V4); without C it is not documented (Q8).
fn g11_chat(state: &State<'_>, project: Option<&Project>, trail: &mut Trail) -> Answer {
    let create = &state.site.create;
    match create {
        Fact::Known(true, source) => trail.add("R2", Some(*source), || {
            "customers can create their own accounts, by writing in a connected chat too".into()
        }),
        Fact::Known(false, source) => trail.add("Q8", Some(*source), || {
            "customers cannot create accounts: whether writing in a connected chat makes one all the same is not documented".into()
        }),
        Fact::Unknown(why) => trail.add("R2", None, || {
            format!("whether customers can create accounts is not known: {why}").into()
        }),
    }
    if let Some(project) = project
        && open(project) == Answer::No
    {
        by_chat(project, trail);
    }
    create
        .on()
        .or(Answer::Uncertain)
        .and(healthy_scheme(project, trail))
}

/// V4: chat passes by a restricted project.
pub(super) fn by_chat(project: &Project, trail: &mut Trail) {
    trail.add("V4", project.channel_access.source(), || {
        "that a project is restricted does not stop a connected chat: whoever writes there is invited to the project".into()
    });
}

/// G12: an identity provider for portal-only customers passes; what account it makes is judged apart (Q10).
fn g12_portal_only_scim(trail: &mut Trail) -> Answer {
    trail.add("R2", None, || {
        "an identity provider for portal-only customers passes whatever the site's portal access says".into()
    });
    Answer::Yes
}

/// G13: the directory passes.
fn g13_directory(trail: &mut Trail) -> Answer {
    trail.add("R2", None, || {
        "whom an administrator, SCIM for users or a Google sync adds to the directory passes whatever the site's customer access says".into()
    });
    Answer::Yes
}

/// V8a and V8b for the ways of which the tables do not say what a broken permission scheme does to them.
pub(super) fn healthy_scheme(project: Option<&Project>, trail: &mut Trail) -> Answer {
    let Some(project) = project else {
        return Answer::Yes;
    };
    let (rule, fault) = if project.scheme.lacks_portal_access {
        ("V8a", "lacks what portal access needs")
    } else if project.scheme.granted_to_customers_role {
        (
            "V8b",
            "grants permissions to the role Service Desk Customers",
        )
    } else {
        return Answer::Yes;
    };
    trail.add(rule, None, || {
        format!(
            "the permission scheme of {} {fault}: what that does to this way in is not documented",
            project.key
        )
        .into()
    });
    Answer::Uncertain
}

/// Whether a project is open, with V8b: a scheme that grants to the customers' role makes it act restricted.
pub(in crate::access) fn open(project: &Project) -> Answer {
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
            Answer::Yes => format!("{key} is open").into(),
            Answer::No => format!("{key} is restricted, which stops unknown people").into(),
            Answer::Uncertain => format!("whether {key} is open is not known").into(),
        }
    });
    answer
}
