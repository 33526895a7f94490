//! Making and revoking customer accounts (atlassian-rest.md, 4.6 and 4.7).

use super::accounts::Handle;
use super::call::{Answer, Call, Reply};
use super::gatekeeping::Admission;
use super::site::Site;
use super::{desks, page};
use crate::model::{AccountKind, Email};

pub(super) fn create(site: &mut Site, call: &Call<'_>) -> Reply {
    let handle = make(site, call)?;
    Ok(created(site, call, handle))
}

pub(super) fn invite(site: &mut Site, call: &Call<'_>) -> Reply {
    let key = desks::find(site, call)?;
    desks::guard_scheme(site, call, &key)?;
    let handle = make(site, call)?;
    site.change_roster(&key, vec![handle], true);
    Ok(Answer {
        mails: 1,
        ..created(site, call, handle)
    })
}

pub(super) fn revoke(site: &mut Site, call: &Call<'_>) -> Reply {
    let handle = site
        .accounts
        .handle(call.param("accountId"))
        .filter(|handle| {
            site.accounts
                .get(*handle)
                .is_some_and(|account| account.kind == AccountKind::PortalOnly)
        })
        .ok_or_else(|| call.error(404, "There is no portal-only account with this id."))?;
    site.end_access(handle);
    Ok(Answer::empty(204))
}

/// Makes the account that the body asks for, as far as the site's customer access lets it in.
fn make(site: &mut Site, call: &Call<'_>) -> Result<Handle, Answer> {
    let body = call.json()?;
    let address = body["email"].as_str().unwrap_or("").trim();
    let name = body["displayName"]
        .as_str()
        .or_else(|| body["fullName"].as_str())
        .unwrap_or("")
        .trim();
    let Ok(email) = Email::new(address) else {
        return Err(call.keyed_error(
            400,
            "sd.customer.create.error.email.invalid",
            "The email address is not valid.",
        ));
    };
    if name.is_empty() {
        return Err(call.keyed_error(
            400,
            "sd.customer.create.error.name.empty",
            "The display name must be provided.",
        ));
    }
    if site.accounts.with_email(email.key()).next().is_some() {
        let status = if call.flag("strictConflictStatusCode") {
            409
        } else {
            400
        };
        return Err(call.keyed_error(
            status,
            "sd.customer.create.error.email.exists",
            "An account already exists for this email.",
        ));
    }
    let admission = site.admission(&email);
    if admission == Admission::Rejected {
        return Err(call.keyed_error(
            400,
            "sd.customer.create.error.email.domain.not.allowed",
            "Email doesn't belong to domains allowed in customer access settings.",
        ));
    }
    site.admit(email, name, admission)
        .ok_or_else(|| call.error(500, "The account could not be made."))
}

fn created(site: &Site, call: &Call<'_>, handle: Handle) -> Answer {
    let mut out = Vec::with_capacity(512);
    if let Some(account) = site.accounts.get(handle) {
        page::user(&mut out, account, call.base);
    }
    Answer {
        status: 201,
        ..Answer::raw(out)
    }
}
