//! Who holds the role Customer of Jira Service Management, by the directory of the Atlassian organization: one filtered list.

use super::settings::jsm_product;
use super::{Extent, Observer};
use crate::model::{AccountKind, Email, Incomplete, Read};
use crate::observed::Standing;
use std::collections::{BTreeSet, HashSet};

impl Observer<'_, '_> {
    /// Reads who holds the role Customer: portal-only accounts are customers without. The same list shows whether somebody in
    /// sight has an Atlassian account beside the one that is listed (R1a).
    ///
    /// Where it cannot be read, that matters to Atlassian accounts only.
    pub(super) async fn customer_role_holders(&mut self) {
        let accounts = &self.observed.accounts;
        let others = || {
            let caller = self.observed.caller.as_ref();
            accounts.iter().filter(move |(id, _)| caller != Some(*id))
        };
        let needed = others().any(|(id, seen)| {
            !id.looks_portal_only()
                && seen.kind != Some(AccountKind::PortalOnly)
                && seen.standing != Standing::App
        });
        let shared = others().any(|(_, seen)| seen.email.is_some());
        let organization = match &self.extent {
            Extent::Desired(desired) => desired.atlassian_id.as_deref(),
            Extent::Whole(whole) => whole.atlassian_organization,
        };
        let unread = |why: &str| {
            needed.then(|| {
                Read::Incomplete(Incomplete {
                    why: why.into(),
                    forbidden: false,
                })
            })
        };
        if !needed && !shared {
            return;
        }
        // Without the organization's `id` nobody asks.
        let Some(organization) = organization else {
            return;
        };
        if !self.reader.has_org_key() {
            self.observed.customer_role_holders = unread(
                "the API key of the Atlassian organization is missing: set `PORTCULLIS_ORG_API_KEY`",
            );
            return;
        }
        let read = async {
            let cloud_id = self.reader.cloud_id().await?;
            let product = jsm_product(cloud_id.as_str());
            self.reader
                .customer_role_holders(organization, &product)
                .await
        };
        self.observed.customer_role_holders = Some(match read.await {
            Err(error) => Read::Incomplete(error.incomplete()),
            Ok(holders) => {
                let mut held = Vec::new();
                let listed: HashSet<&str> = self
                    .observed
                    .accounts
                    .values()
                    .filter_map(|seen| Some(seen.email.as_ref()?.key()))
                    .collect();
                let unlisted = holders
                    .iter()
                    .filter(|holder| !self.observed.accounts.contains_key(&holder.account_id));
                let shared: BTreeSet<Email> = unlisted
                    .filter_map(|holder| holder.email)
                    .filter(|email| listed.contains(email.key()))
                    .collect();
                self.observed.shared_addresses = shared;
                for holder in holders {
                    // Whoever is on no list is a customer like many others, and nothing here is about them.
                    if let Some(seen) = self.observed.accounts.get_mut(&holder.account_id) {
                        seen.active &= holder.active;
                        held.push(holder.account_id);
                    }
                }
                Read::Complete(held.into())
            }
        });
    }
}
