//! Ids, names and values of a JSM site, as the rest of Portcullis speaks of them: no YAML, no REST, no I/O.

mod address;
mod email;
mod fields;
mod help_centers;
mod ids;
mod intern;
mod many;
mod names;
mod number_map;
mod origin;
mod path;
mod read;
mod rights;

pub use address::Address;
pub use email::{Domain, Email, EmailError};
pub use fields::{
    AccountKind, ChannelAccess, CustomerSharing, EmailAccountCreation, OrganizationManagement,
    SiteField, SiteValue, Surface, WhoCanView,
};
pub use help_centers::{Audience, HelpCenter};
pub use ids::{AccountId, AccountSet, CloudId, DeskId, OrganizationId, by_number, numbered};
pub use many::{ManyMap, ManySet};
pub use names::{NameError, OrganizationName, ProjectKey, SiteKey, SpaceKey};
pub(crate) use number_map::NumberMap;
pub use origin::{Origin, OriginError};
pub use path::unfit_path;
pub use read::{Field, Incomplete, Read};
pub use rights::{Right, Work};
