//! Approved domains: a fresh read, a change of this site's JSM entry alone, and a read that proves it.

use super::{Apply, Findings, Outcome};
use crate::jsm::{ApiError, ApprovedDomain, ErrorKind};
use crate::model::Domain;
use crate::observe::jsm_product;
use serde_json::{Value, json};

impl Apply<'_> {
    pub(super) async fn approve_domain(
        &self,
        index: usize,
        domain: &Domain,
        role: &str,
        admin_approval: bool,
    ) -> Findings {
        let (organization, product) = match self.admin_target() {
            Ok(target) => target,
            Err(why) => return Findings::one(index, Outcome::Failed(why.into())),
        };
        let wanted = |entry: &ApprovedDomain| {
            entry.products.iter().any(|seen| {
                seen.product_id == product
                    && seen.role.as_deref() == Some(role)
                    && seen.admin_approval_required.unwrap_or(false) == admin_approval
            })
        };
        let result: Result<Outcome, ApiError> = async {
            let before = self
                .reader
                .approved_domain(organization, domain.as_str())
                .await?;
            if wanted(&before) {
                return Ok(Outcome::AlreadyTrue);
            }
            if before.products.is_empty() {
                // An unconfigured domain answers like one without products, so only the list tells the two apart.
                let listed = self.reader.approved_domains(organization).await?;
                if listed.iter().any(|name| name == domain.as_str()) {
                    self.writer
                        .upsert_approved_product(
                            organization,
                            domain.as_str(),
                            &product,
                            role,
                            admin_approval,
                        )
                        .await?;
                } else {
                    let notify = notifications(&before);
                    let made = self
                        .writer
                        .create_approved_domain(
                            organization,
                            domain.as_str(),
                            &notify,
                            &product,
                            role,
                            admin_approval,
                        )
                        .await;
                    match made {
                        // An earlier attempt made it, or somebody else did: reading tells what it holds.
                        Err(error)
                            if matches!(
                                error.kind(),
                                ErrorKind::Conflict | ErrorKind::Uncertain
                            ) =>
                        {
                            let after = self.domain_once(organization, domain, wanted).await?;
                            return if wanted(&after) {
                                Ok(Outcome::Done)
                            } else {
                                Err(error)
                            };
                        }
                        other => other?,
                    }
                }
            } else {
                self.writer
                    .upsert_approved_product(
                        organization,
                        domain.as_str(),
                        &product,
                        role,
                        admin_approval,
                    )
                    .await?;
            }
            let after = self.domain_once(organization, domain, wanted).await?;
            Ok(proved(wanted(&after)))
        }
        .await;
        match result {
            Ok(outcome) => Findings::one(index, outcome),
            Err(error) => Findings::failed(&[index], &error),
        }
    }

    pub(super) async fn disapprove_domain(&self, index: usize, domain: &Domain) -> Findings {
        let (organization, product) = match self.admin_target() {
            Ok(target) => target,
            Err(why) => return Findings::one(index, Outcome::Failed(why.into())),
        };
        let result: Result<Outcome, ApiError> = async {
            let before = self
                .reader
                .approved_domain(organization, domain.as_str())
                .await?;
            let rest: Vec<Value> = before
                .products
                .iter()
                .filter(|entry| entry.product_id != product)
                .map(|entry| entry.raw.clone())
                .collect();
            if rest.len() == before.products.len() {
                return Ok(Outcome::AlreadyTrue);
            }
            // There is no DELETE: the list is written without this site's entry, empty where nothing else remains.
            self.writer
                .replace_approved_products(
                    organization,
                    domain.as_str(),
                    &notifications(&before),
                    &rest,
                )
                .await?;
            let disapproved = |after: &ApprovedDomain| {
                let mut products = after.products.iter();
                let gone = products.all(|entry| entry.product_id != product);
                gone && after.products.len() == rest.len()
            };
            let after = self.domain_once(organization, domain, disapproved).await?;
            Ok(proved(disapproved(&after)))
        }
        .await;
        match result {
            Ok(outcome) => Findings::one(index, outcome),
            Err(error) => Findings::failed(&[index], &error),
        }
    }

    /// Reads a domain back until it is as written.
    async fn domain_once(
        &self,
        organization: &str,
        domain: &Domain,
        holds: impl Fn(&ApprovedDomain) -> bool,
    ) -> Result<ApprovedDomain, ApiError> {
        let look = async || {
            self.reader
                .approved_domain(organization, domain.as_str())
                .await
        };
        self.reader.settled(look, holds).await
    }

    fn admin_target(&self) -> Result<(&str, String), String> {
        let organization = self
            .desired
            .atlassian_id
            .as_deref()
            .ok_or("the Atlassian organization has no `id`")?;
        let cloud = self
            .observed
            .cloud_id
            .as_ref()
            .ok_or("the site's cloud id is not known")?;
        Ok((organization, jsm_product(cloud.as_str())))
    }
}

fn notifications(entry: &ApprovedDomain) -> Value {
    if entry.admin_notifications.is_null() {
        json!(false)
    } else {
        entry.admin_notifications.clone()
    }
}

fn proved(holds: bool) -> Outcome {
    if holds {
        Outcome::Done
    } else {
        Outcome::Failed("written, but reading it back shows another value".into())
    }
}
