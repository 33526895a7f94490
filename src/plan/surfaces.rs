//! Which surface reads and which writes a field (contract, section 4).

use super::{Change, Effect, OrganizationRef};
use crate::config::driver::MappedField;
use crate::config::{SurfaceMode, Surfaces};
use crate::mapped::{self, Subject};
use crate::model::Surface;

/// The routes of one field on one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// How its live value is learned.
    pub read: Surface,
    /// How it is changed.
    pub write: Surface,
}

/// Chooses the routes of a field: the first surface that is allowed and available, for reading and for writing.
pub fn route(surfaces: &Surfaces, field: MappedField) -> Route {
    let unpromised = match field {
        MappedField::ChannelAccess | MappedField::CustomerSharing => {
            Some((Surface::Private, surfaces.private))
        }
        MappedField::WhoCanView => Some((Surface::Gateway, surfaces.gateway)),
        MappedField::Site(_) | MappedField::OrganizationEmailDomains => None,
    };
    let mapping = surfaces.mapped.as_ref().and_then(|driver| {
        let mapping = driver.fields.get(&field)?;
        driver.endpoints.get(&mapping.endpoint)
    });
    // With OAuth described endpoints are out of reach, which is said before the run, and the gateway is asked and refuses, so
    // that it is said why nothing is known; nothing is written over either.
    let refused = |surface: Surface, needed: SurfaceMode| match surface {
        Surface::Mapped => surfaces.oauth,
        Surface::Gateway => surfaces.oauth && needed != SurfaceMode::Read,
        _ => false,
    };
    let choose = |needed: SurfaceMode, mapped: bool| {
        let may = |surface| !refused(surface, needed);
        match unpromised {
            Some((surface, mode)) if mode >= needed && may(surface) => surface,
            _ if mapped && may(Surface::Mapped) => Surface::Mapped,
            _ => Surface::Manual,
        }
    };
    Route {
        read: choose(SurfaceMode::Read, mapping.is_some()),
        write: choose(
            SurfaceMode::Write,
            mapping.is_some_and(|endpoint| endpoint.write.is_some()),
        ),
    }
}

/// Returns the method and the path of the request that a change over a mapped description makes, as `PUT /rest/settings/1/site`.
///
/// The description says where the token goes and what is written there, so that whoever reviews a row must see it.
pub fn described_request(surfaces: &Surfaces, change: &Change) -> Option<String> {
    if change.surface != Surface::Mapped {
        return None;
    }
    let mut subject = Subject::default();
    let field = match &change.effect {
        Effect::SetSite(field, _) => MappedField::Site(*field),
        Effect::SetEmailDomains(organization, _) => {
            // The id of one that this plan makes is not known yet; its place in the path is.
            if let OrganizationRef::Existing(id) = organization {
                subject.organization_id = Some(id.as_str());
            }
            MappedField::OrganizationEmailDomains
        }
        Effect::SetChannelAccess(key, _) => {
            subject.project_key = Some(key.as_str());
            MappedField::ChannelAccess
        }
        Effect::SetCustomerSharing(key, _) => {
            subject.project_key = Some(key.as_str());
            MappedField::CustomerSharing
        }
        Effect::SetViewers(key, ..) => {
            subject.project_key = Some(key.as_str());
            MappedField::WhoCanView
        }
        _ => return None,
    };
    let (endpoint, _) = mapped::find(surfaces.mapped.as_ref()?, field)?;
    let method = endpoint.write?.word();
    Some(format!("{method} {}", subject.path(endpoint)))
}
