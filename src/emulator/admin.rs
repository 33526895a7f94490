//! The Admin API of the Atlassian organization: approved domains and what finds them (atlassian-rest.md, 7).

use super::audit::{Event, Item};
use super::call::{Answer, Call, Reply};
use super::page::encoded;
use super::settings::{ANYONE, DomainAccess, MEMBER_ROLE, ProductAccess};
use super::site::Site;
use crate::model::Domain;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn organizations(site: &Site, call: &Call<'_>) -> Reply {
    Ok(Answer::json(
        200,
        &json!({
            "data": [organization_object(site, call)],
            "links": {"self": format!("{}{}", call.base, call.path)},
        }),
    ))
}

pub(super) fn organization(site: &Site, call: &Call<'_>) -> Reply {
    check_organization(site, call)?;
    Ok(Answer::json(
        200,
        &json!({"data": organization_object(site, call)}),
    ))
}

pub(super) fn workspaces(site: &Site, call: &Call<'_>) -> Reply {
    check_organization(site, call)?;
    let rows: Vec<Value> = [
        (site.jsm_product(), "jira-servicedesk", "Jira Service Management", ""),
        (format!("ari:cloud:confluence::site/{}", site.cloud_id()), "confluence", "Confluence", "/wiki"),
        (format!("ari:cloud:jira-software::site/{}", site.cloud_id()), "jira-software", "Jira", ""),
    ]
    .into_iter()
    .map(|(ari, kind, name, path)| {
        json!({
            "id": ari,
            "type": "workspace",
            "attributes": {
                "name": site.name(), "typeKey": kind, "type": name, "owner": null, "status": "online",
                "statusDetails": [], "icons": {}, "avatars": {}, "labels": [],
                "hostUrl": format!("{}{path}", call.base), "regions": [],
            },
            "links": {"self": ari},
        })
    })
    .collect();
    Ok(Answer::json(
        200,
        &json!({
            "data": rows,
            "links": {"self": format!("{}{}", call.base, call.path)},
            "meta": {"pageSize": 20, "startIndex": 1, "endIndex": rows.len(), "total": rows.len()},
        }),
    ))
}

pub(super) fn domains(site: &Site, call: &Call<'_>) -> Reply {
    check_organization(site, call)?;
    let limit = call.number("limit", 20);
    if limit == 0 || limit > 100 {
        return Err(call.error(400, "The limit must be between 1 and 100."));
    }
    let after = match call.query("cursor") {
        None => None,
        Some(cursor) => Some(
            URL_SAFE_NO_PAD
                .decode(cursor)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .ok_or_else(|| call.error(400, "The cursor is not valid."))?,
        ),
    };
    let mut rows: Vec<(&String, &DomainAccess)> = site
        .approved_domains
        .iter()
        .filter(|(domain, access)| {
            !access.products.is_empty() && after.as_ref().is_none_or(|after| *domain > after)
        })
        .take(limit + 1)
        .collect();
    let more = rows.len() > limit;
    rows.truncate(limit);
    let url = format!("{}{}", call.base, call.path);
    let next = rows.last().filter(|_| more).map(|(domain, _)| {
        format!(
            "{url}?cursor={}&limit={limit}",
            URL_SAFE_NO_PAD.encode(domain)
        )
    });
    let data: Vec<Value> = rows
        .into_iter()
        .map(|(domain, access)| {
            json!({"domain": domain, "enabled": true, "numberOfProductsAppliesTo": access.products.len()})
        })
        .collect();
    Ok(Answer::json(
        200,
        &json!({"data": data, "links": {"self": url, "prev": null, "next": next}}),
    ))
}

pub(super) fn domain(site: &Site, call: &Call<'_>) -> Reply {
    check_organization(site, call)?;
    let domain = domain_of(call, call.param("domain"))?;
    Ok(Answer::json(200, &detail(site, &domain)))
}

pub(super) fn create_domain(site: &mut Site, call: &Call<'_>) -> Reply {
    check_organization(site, call)?;
    let body = call.json()?;
    let domain = domain_of(call, body["domain"].as_str().unwrap_or(""))?;
    let access = access_of(call, &body)?;
    if configured(site, &domain).is_some() {
        return Err(call.error(409, "A configuration for this domain already exists."));
    }
    site.change_domain(&domain, |domains, domain| {
        domains.insert(domain.to_owned(), access);
    });
    Ok(Answer {
        headers: vec![(
            "location",
            format!("{}{}/{}", call.base, call.path, encoded(&domain)),
        )],
        ..Answer::json(201, &detail(site, &domain))
    })
}

pub(super) fn replace_domain(site: &mut Site, call: &Call<'_>) -> Reply {
    check_organization(site, call)?;
    let domain = domain_of(call, call.param("domain"))?;
    let access = access_of(call, &call.json()?)?;
    if configured(site, &domain).is_none() {
        return Err(call.error(404, "No app access settings found for this domain."));
    }
    // Nothing documents what an emptied entry becomes; here it is gone, like one that never was.
    site.change_domain(&domain, |domains, domain| {
        match access.products.is_empty() {
            true => domains.remove(domain),
            false => domains.insert(domain.to_owned(), access),
        };
    });
    Ok(Answer::json(200, &detail(site, &domain)))
}

pub(super) fn put_product(site: &mut Site, call: &Call<'_>) -> Reply {
    check_organization(site, call)?;
    let domain = domain_of(call, call.param("domain"))?;
    let (id, product) = product_of(call, &call.json()?)?;
    if configured(site, &domain).is_none() {
        return Err(call.error(404, "No app access settings found for this domain."));
    }
    site.change_domain(&domain, |domains, domain| {
        if let Some(access) = domains.get_mut(domain) {
            access.products.insert(id, product);
        }
    });
    Ok(Answer::json(200, &detail(site, &domain)))
}

impl Site {
    /// Changes what one approved domain, or `ANYONE`, grants.
    pub(super) fn change_domain(
        &mut self,
        domain: &str,
        change: impl FnOnce(&mut BTreeMap<String, DomainAccess>, &str),
    ) {
        let before = self.approved_domains.get(domain).cloned();
        change(&mut self.approved_domains, domain);
        let after = self.approved_domains.get(domain).cloned();
        let products = |access: &Option<DomainAccess>| -> BTreeMap<String, ProductAccess> {
            access
                .as_ref()
                .map(|access| access.products.clone())
                .unwrap_or_default()
        };
        let (before, after) = (products(&before), products(&after));
        let mut entry = Event::organization(
            "approved_domain_updated",
            "Changed an approved domain",
            Item::new("DOMAIN", domain, domain),
        );
        let ids: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for id in ids {
            let words = |products: &BTreeMap<String, ProductAccess>| match products.get(id) {
                None => String::new(),
                Some(access) if access.admin_approval_required => {
                    format!("{}, after approval", access.role)
                }
                Some(access) => access.role.clone(),
            };
            entry = entry.changed(id, words(&before), words(&after));
        }
        if !entry.changes.is_empty() {
            self.note(entry);
        }
    }
}

pub(super) fn check_organization(site: &Site, call: &Call<'_>) -> Result<(), Answer> {
    if call.param("orgId") == site.atlassian_organization() {
        return Ok(());
    }
    Err(call.error(404, "The organization does not exist."))
}

fn configured<'a>(site: &'a Site, domain: &str) -> Option<&'a DomainAccess> {
    site.approved_domains
        .get(domain)
        .filter(|access| !access.products.is_empty())
}

fn domain_of(call: &Call<'_>, text: &str) -> Result<String, Answer> {
    if text == ANYONE {
        return Ok(text.to_owned());
    }
    Domain::new(text)
        .map(|domain| domain.as_str().to_owned())
        .map_err(|error| call.error(400, &error.to_string()))
}

fn access_of(call: &Call<'_>, body: &Value) -> Result<DomainAccess, Answer> {
    let (Some(admin_notifications), Some(products)) = (
        body["adminNotifications"].as_bool(),
        body["products"].as_array(),
    ) else {
        return Err(call.error(400, "adminNotifications and products must be provided."));
    };
    let products = products
        .iter()
        .map(|product| product_of(call, product))
        .collect::<Result<_, _>>()?;
    Ok(DomainAccess {
        admin_notifications,
        products,
    })
}

/// Reads one product. A role left out is the product's member role, which is the documented danger for JSM.
fn product_of(call: &Call<'_>, product: &Value) -> Result<(String, ProductAccess), Answer> {
    let id = product["productId"].as_str().unwrap_or("");
    if !id.starts_with("ari:cloud:") {
        return Err(call.error(400, "productId must be the ARI of a product."));
    }
    let role = match &product["role"] {
        Value::Null => MEMBER_ROLE,
        Value::String(role) => role,
        _ => return Err(call.error(400, "role must be the ARI of a role.")),
    };
    Ok((
        id.to_owned(),
        ProductAccess {
            role: role.to_owned(),
            admin_approval_required: product["adminApprovalRequired"].as_bool().unwrap_or(false),
        },
    ))
}

fn detail(site: &Site, domain: &str) -> Value {
    let access = configured(site, domain);
    let products: Vec<Value> = access
        .into_iter()
        .flat_map(|access| &access.products)
        .map(|(id, product)| {
            json!({"productId": id, "adminApprovalRequired": product.admin_approval_required, "role": product.role})
        })
        .collect();
    json!({
        "domain": domain,
        "enabled": access.is_some(),
        "adminNotifications": access.is_some_and(|access| access.admin_notifications),
        "products": products,
    })
}

fn organization_object(site: &Site, call: &Call<'_>) -> Value {
    let id = site.atlassian_organization();
    let url = format!("{}/admin/v1/orgs/{id}", call.base);
    json!({
        "id": id,
        "type": "orgs",
        "attributes": {"name": site.name()},
        "relationships": {
            "domains": {"links": {"related": format!("{url}/domains")}},
            "users": {"links": {"related": format!("{url}/users")}},
        },
        "links": {"self": url},
    })
}
