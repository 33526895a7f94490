//! What the rules see of a domain.

use crate::access::answer::{Answer, Source};
use crate::access::public_mail::is_public_mail;
use crate::access::state::{Coverage, Grant, State};
use crate::neutral::named;

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
    /// Whether it counts what new people may get by what nobody read: an agent's licence by a rule, or a group's place among the
    /// customers of a project.
    pub doubts: bool,
    /// A2: organizations that its new customers join, by position, with where that is said.
    pub organizations: Vec<(u32, Source)>,
}

impl DomainClass {
    /// Classifies a domain, in lower-case ASCII (P1, P2: exact equality).
    pub fn of(state: &State<'_>, domain: &str) -> Self {
        let approved = state.approved.domains.get(domain).copied();
        Self {
            name: Some(domain.to_owned()),
            approved,
            maybe_approved: approved.is_none()
                && matches!(state.approved.coverage, Coverage::Unread(_)),
            allowed: state
                .site
                .allowed
                .is(|list| list.as_ref().is_none_or(|list| list.contains(domain))),
            public: is_public_mail(domain),
            doubts: true,
            organizations: state.organizations.claiming(domain).collect(),
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
            doubts: true,
            organizations: Vec::new(),
        }
    }

    /// Returns the domain as texts name it.
    pub(in crate::access) fn label(&self) -> String {
        match &self.name {
            Some(name) => named(name),
            None => "any other domain".to_owned(),
        }
    }
}
