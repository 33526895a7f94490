//! The client of Atlassian's APIs: transport, paging, errors, one type that reads and one that writes.
//!
//! Every request passes `http::Http::send`, which holds the limits on concurrency and pace, the request budget and the
//! rules on repeating. [`Reader`] has no mutating method, so whatever holds only a reader cannot change a site. The wire
//! types are private to this module and shared with nobody, the sandbox included: a mistake in one of the two
//! shows as a disagreement between them.

mod audit;
mod call;
mod connection;
mod credentials;
mod directory;
mod error;
mod gateway;
mod grants;
mod help_centers;
mod http;
mod lost;
mod pace;
mod paging;
mod permissions;
mod read;
mod settle;
mod types;
mod window;
mod wire;
mod write;

pub use audit::{AuditItem, AuditRecord};
pub use connection::{Auth, Connection, Endpoint};
pub use credentials::{ClientCredentials, Credentials, MissingVariable, OrgKey};
pub use directory::CUSTOMER_ROLE;
pub use error::{ApiError, ErrorKind};
pub use gateway::{DOCUMENTS, space_ari};
pub use http::{CONCURRENCY, Clock, Options, PROXIES, SystemClock};
pub use read::Reader;
pub use types::{
    Account, ApprovedDomain, ApprovedProduct, DirectoryUser, GrantHolder, Group, Identity,
    LinkedSpace, LinkedSpaces, Organization, PermissionGrant, PermissionScheme, ProjectRole,
    RequestSecurity, RestrictedType, RoleActors, RoleAssignment, Server, ServiceDesk,
};
pub use write::{MappedMethod, Writer};
