//! Which surface reads and which writes a field (contract, section 4).

use crate::config::driver::MappedField;
use crate::config::{SurfaceMode, Surfaces};
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
    let choose = |needed: SurfaceMode, mapped: bool| match unpromised {
        Some((surface, mode)) if mode >= needed => surface,
        _ if mapped => Surface::Mapped,
        _ => Surface::Manual,
    };
    Route {
        read: choose(SurfaceMode::Read, mapping.is_some()),
        write: choose(
            SurfaceMode::Write,
            mapping.is_some_and(|endpoint| endpoint.write.is_some()),
        ),
    }
}
