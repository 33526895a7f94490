//! Who holds the role Customer of Jira Service Management, by the directory of the Atlassian organization: one filtered list.

use super::settings::jsm_product;
use super::{Extent, Observer};
use crate::model::{AccountKind, Incomplete, Read};
use crate::observed::Standing;

impl Observer<'_, '_> {
    /// Reads who holds the role Customer, where some account in sight may need it: portal-only accounts are customers without.
    pub(super) async fn customer_role_holders(&mut self) {
        let needed = self.observed.accounts.iter().any(|(id, seen)| {
            !id.looks_portal_only()
                && seen.kind != Some(AccountKind::PortalOnly)
                && seen.standing != Standing::App
                && self.observed.caller.as_ref() != Some(id)
        });
        if !needed {
            return;
        }
        let organization = match &self.extent {
            Extent::Desired(desired) => desired.atlassian_id.as_deref(),
            Extent::Whole(whole) => whole.atlassian_organization,
        };
        let unread = |why: &str| {
            Some(Read::Incomplete(Incomplete {
                why: why.to_owned(),
                forbidden: false,
            }))
        };
        let Some(organization) = organization else {
            self.observed.customer_role_holders = unread(
                "the roles of Atlassian accounts are in the directory of the Atlassian organization, whose `id` is not written",
            );
            return;
        };
        if !self.reader.has_org_key() {
            self.observed.customer_role_holders = unread(
                "the roles of Atlassian accounts are in the directory of the Atlassian organization: set `PORTCULLIS_ORG_API_KEY`",
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
                let mut held = std::collections::BTreeSet::new();
                for holder in holders {
                    // Whoever is on no list is a customer like many others, and nothing here is about them.
                    if let Some(seen) = self.observed.accounts.get_mut(&holder.account_id) {
                        seen.active &= holder.active;
                        held.insert(holder.account_id);
                    }
                }
                Read::Complete(held)
            }
        });
    }
}
