//! Which account `POST /customer` would make for a new address: the part of R3 to R5 that planning needs.
//!
//! The rules are those of the customer access model, section 3. Where a setting is not known the outcome is
//! [`Outcome::Uncertain`], and planning then lets the site decide (Q7).

use crate::config::ApprovedRole;
use crate::model::Domain;
use std::collections::BTreeSet;

/// The site settings that decide, as far as they are known.
#[derive(Debug, Clone, Default)]
pub struct Gate {
    /// I.
    pub internal: Option<bool>,
    /// E.
    pub external: Option<bool>,
    /// R and L: `Some(None)` is "any domain".
    pub allowed: Option<Option<BTreeSet<Domain>>>,
}

/// What becomes of a new address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// An Atlassian account (R3.1: internal beats external).
    Atlassian,
    /// A portal-only account.
    PortalOnly,
    /// No account.
    Rejected,
    /// Not decided by what is known.
    Uncertain,
}

/// Decides R3 for one domain; `approved` is the JSM role that the approved-domain list grants here, when it does.
///
/// Role `none` counts as not approved for JSM (3.4, last row). The any-domain rule (3.5) is not consulted: its documented
/// outcomes for staff-made accounts either equal the external column or are uncertain.
pub fn outcome(gate: &Gate, domain: &str, approved: Option<ApprovedRole>) -> Outcome {
    let approved = approved.is_some_and(|role| role != ApprovedRole::None);
    let external = || match gate.external {
        None => Outcome::Uncertain,
        Some(false) => Outcome::Rejected,
        Some(true) => match &gate.allowed {
            None => Outcome::Uncertain,
            Some(None) => Outcome::PortalOnly,
            Some(Some(list)) if list.iter().any(|allowed| allowed.as_str() == domain) => {
                Outcome::PortalOnly
            }
            Some(Some(_)) => Outcome::Rejected,
        },
    };
    match (gate.internal, approved) {
        (Some(true), true) => Outcome::Atlassian,
        (None, true) => Outcome::Uncertain,
        (Some(false), _) | (_, false) => external(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(internal: bool, external: bool, allowed: Option<&[&str]>) -> Gate {
        let list = allowed.map(|list| list.iter().map(|d| Domain::new(d).unwrap()).collect());
        Gate {
            internal: Some(internal),
            external: Some(external),
            allowed: Some(list),
        }
    }

    #[test]
    fn r3_table_for_staff_made_accounts() {
        use Outcome::{Atlassian, PortalOnly, Rejected};
        let listed: &[&str] = &["x.example", "b.example"];
        let rows = [
            (false, false, None, [Rejected; 4]),
            (false, true, None, [PortalOnly; 4]),
            (
                false,
                true,
                Some(listed),
                [Rejected, PortalOnly, PortalOnly, Rejected],
            ),
            (
                true,
                false,
                None,
                [Atlassian, Atlassian, Rejected, Rejected],
            ),
            (
                true,
                true,
                None,
                [Atlassian, Atlassian, PortalOnly, PortalOnly],
            ),
            (
                true,
                true,
                Some(listed),
                [Atlassian, Atlassian, PortalOnly, Rejected],
            ),
        ];
        for (internal, external, allowed, wanted) in rows {
            let gate = gate(internal, external, allowed);
            let columns = [
                ("p.example", Some(ApprovedRole::Customer)),
                ("b.example", Some(ApprovedRole::User)),
                ("x.example", None),
                ("o.example", Some(ApprovedRole::None)),
            ];
            for ((domain, approved), wanted) in columns.into_iter().zip(wanted) {
                assert_eq!(
                    outcome(&gate, domain, approved),
                    wanted,
                    "I={internal} E={external} {allowed:?} {domain}"
                );
            }
        }
    }

    #[test]
    fn what_is_not_known_is_uncertain() {
        assert_eq!(
            outcome(&Gate::default(), "x.example", None),
            Outcome::Uncertain
        );
    }
}
