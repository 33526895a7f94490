//! R5: the rule for every company domain that is not approved (section 3.5).

use super::{DomainClass, Way};
use crate::access::answer::{Answer, Trail};
use crate::access::state::{Fact, State};
use crate::config::ApprovedRole;
use crate::neutral::named;

/// Whether the any-domain rule fires (R5, 3.5).
pub fn any_domain(state: &State<'_>, class: &DomainClass, way: Way, trail: &mut Trail) -> Answer {
    if class.public {
        if state.any_domain.is(Option::is_some) == Answer::Yes {
            trail.add("R5", state.any_domain.source(), || {
                format!(
                    "the any-domain rule passes public mail domains by{}",
                    class.name.as_ref().map_or(String::new(), |name| format!(
                        ", and {name} is one",
                        name = named(name)
                    ))
                )
                .into()
            });
        }
        return Answer::No;
    }
    let grant = match &state.any_domain {
        Fact::Unknown(why) => {
            trail.add("R5", None, || {
                format!("the any-domain rule is not known: {why}").into()
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
