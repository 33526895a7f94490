//! R3 and R4: which account a new address gets that passed its gate (sections 3.3 and 3.4).

use super::any_domain::any_domain;
use super::{DomainClass, Outcome, Way};
use crate::access::answer::{Answer, Trail};
use crate::access::state::{Coverage, Fact, Grant, State};
use crate::config::ApprovedRole;

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
                ).into()
            });
            Outcome::Uncertain
        }
    }
}

/// R3 for a channel of which nobody says whether it is self-service: what both readings agree on.
pub(super) fn whoever_acts(state: &State<'_>, class: &DomainClass, trail: &mut Trail) -> Outcome {
    let mut steps = trail.fresh();
    let own = account_type(state, class, Way::SelfService, &mut steps);
    let staff = account_type(state, class, Way::Staff, &mut Trail::silent());
    trail.append(steps);
    if own != staff {
        trail.add("R4", class.approved.map(|grant| grant.source), || {
            "whether this way counts as self-service, which needs the approval, is not documented"
                .into()
        });
    }
    own.either(staff)
}

/// G13: the directory makes Atlassian accounts only.
pub(super) fn by_directory(trail: &mut Trail) -> Outcome {
    trail.add("R1e", None, || {
        "the directory makes Atlassian accounts only, whatever the domain; the role Customer has to be granted along with it".into()
    });
    Outcome::Atlassian
}

/// G12: an identity provider for portal-only customers makes portal-only accounts; whether the site's rules for them
/// (E, R, L) bind it is not documented, and as exposure they do not (Q10).
pub(super) fn by_portal_only_scim(
    state: &State<'_>,
    class: &DomainClass,
    trail: &mut Trail,
) -> Outcome {
    let mut steps = trail.fresh();
    let external = external(state, class, &mut steps);
    trail.append(steps);
    if account_type(state, class, Way::Staff, &mut Trail::silent()) == Outcome::Atlassian {
        trail.add("R3.1", class.approved.map(|grant| grant.source), || {
            format!(
                "people of {} get Atlassian accounts by every other way: a portal-only one from here would become a duplicate",
                class.label()
            ).into()
        });
    }
    if external == Outcome::PortalOnly {
        return external;
    }
    trail.add("Q10", None, || {
        "whether the rules for portal-only accounts bind an identity provider is not documented: as a promise no account, as exposure a portal-only one".into()
    });
    Outcome::Uncertain
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
                .into()
            });
            approved_role(&state.approved.default_apps, grant, way, trail)
        }
        Some(grant) => {
            trail.add("R4", Some(grant.source), || {
                format!(
                    "{} is approved without a role in Jira Service Management, which counts as not approved",
                    class.label()
                ).into()
            });
            not_approved(state, class, way, trail)
        }
        None if class.maybe_approved => {
            let other = not_approved(state, class, way, &mut Trail::silent());
            // Whoever comes alone may have to wait for an approval (R4).
            if other == Outcome::Atlassian && way == Way::Staff {
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
                .into()
            });
            Outcome::Uncertain
        }
        None => not_approved(state, class, way, trail),
    }
}

/// R4: role, approval and cost of an approved domain.
fn approved_role(apps: &[String], grant: Grant, way: Way, trail: &mut Trail) -> Outcome {
    let source = Some(grant.source);
    match (grant.role, grant.admin_approval, way) {
        (ApprovedRole::Customer, false, _) => {
            trail.add("R4", source, || {
                format!(
                    "the domain grants the role Customer without approval{}",
                    cost(apps)
                )
                .into()
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

/// What the role Customer costs a new account: nothing by itself, but the apps of the default access take licences (2.3).
fn cost(apps: &[String]) -> String {
    match apps {
        [] => ", which is free".to_owned(),
        apps => format!(
            "; every new account also gets {}, with a licence for each",
            apps.join(", ")
        ),
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
                    .into()
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
                format!("the allowed domains are not known: {why}").into()
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
                    )
                    .into(),
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
                Some(_) => format!("{} is among the allowed domains", class.label()).into(),
            });
            Outcome::PortalOnly
        }
    }
}
