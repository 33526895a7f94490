//! Reading and changing fields inside the documents of a mapped settings endpoint: pure, and closed on anything unexpected.

use crate::config::driver::{AnyMarker, Driver, Endpoint, MappedField, Mapping};
use crate::model::{
    ChannelAccess, CustomerSharing, Domain, EmailAccountCreation, OrganizationManagement,
    SiteField, SiteValue, SpaceKey, WhoCanView,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// What a path or a pointer is about; fills the placeholders.
#[derive(Debug, Clone, Copy, Default)]
pub struct Subject<'a> {
    /// `{organization_id}`.
    pub organization_id: Option<&'a str>,
    /// `{project_key}`.
    pub project_key: Option<&'a str>,
    /// `{space_key}`, in pointers.
    pub space_key: Option<&'a str>,
}

impl Subject<'_> {
    /// Fills the placeholders of an endpoint's path; what is filled in is percent-encoded.
    pub fn path(&self, endpoint: &Endpoint) -> String {
        let encode = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
                .to_string()
        };
        let mut path = endpoint.path.clone();
        for (name, value) in [
            ("{organization_id}", self.organization_id),
            ("{project_key}", self.project_key),
        ] {
            if let Some(value) = value {
                path = path.replace(name, &encode(value));
            }
        }
        path
    }

    fn pointer(&self, pointer: &str) -> String {
        match self.space_key {
            Some(key) => pointer.replace("{space_key}", &key.replace('~', "~0").replace('/', "~1")),
            None => pointer.to_owned(),
        }
    }
}

/// Returns the mapping of a field and its endpoint.
pub fn find(driver: &Driver, field: MappedField) -> Option<(&Endpoint, &Mapping)> {
    let mapping = driver.fields.get(&field)?;
    Some((driver.endpoints.get(&mapping.endpoint)?, mapping))
}

/// Reads a site-wide setting.
///
/// # Errors
/// A sentence fragment, when the document does not hold what the mapping promises.
pub fn site_value(
    field: SiteField,
    mapping: &Mapping,
    document: &Value,
) -> Result<SiteValue, String> {
    let subject = Subject::default();
    match field {
        SiteField::AllowedDomains => {
            if let Some(AnyMarker {
                pointer,
                value,
                listed,
            }) = &mapping.any
            {
                let marker = at(document, pointer)?;
                if marker == value {
                    return Ok(SiteValue::Domains(None));
                }
                if marker != listed {
                    return Err(format!(
                        "`{pointer}` is neither of the two described values"
                    ));
                }
            }
            domains(document, &mapping.pointer).map(|list| SiteValue::Domains(Some(list)))
        }
        SiteField::EmailCcCreatesAccounts => {
            word(mapping, document, subject, EmailAccountCreation::WORDS)
                .map(SiteValue::EmailAccountCreation)
        }
        SiteField::OrganizationManagement => {
            word(mapping, document, subject, OrganizationManagement::WORDS)
                .map(SiteValue::OrganizationManagement)
        }
        _ => toggle(mapping, document).map(SiteValue::Toggle),
    }
}

/// Changes a site-wide setting inside a document; everything else stays as it is.
///
/// # Errors
/// A sentence fragment, when the document does not hold what the mapping promises.
pub fn set_site_value(
    field: SiteField,
    mapping: &Mapping,
    document: &mut Value,
    value: &SiteValue,
) -> Result<(), String> {
    // A document that cannot be read is not written either.
    site_value(field, mapping, document)?;
    let encoded = match value {
        SiteValue::Domains(None) => {
            let any = mapping
                .any
                .as_ref()
                .ok_or("the description has no way to say \"any domain\"")?;
            return put(document, &any.pointer, any.value.clone());
        }
        SiteValue::Domains(Some(list)) => {
            if let Some(any) = &mapping.any {
                put(document, &any.pointer, any.listed.clone())?;
            }
            serde_json::json!(list)
        }
        SiteValue::Toggle(on) => encode(
            mapping,
            if *on { "true" } else { "false" },
            Value::Bool(*on),
        ),
        SiteValue::EmailAccountCreation(value) => {
            encode(mapping, value.word(), value.word().into())
        }
        SiteValue::OrganizationManagement(value) => {
            encode(mapping, value.word(), value.word().into())
        }
    };
    put(document, &mapping.pointer, encoded)
}

/// Reads channel access.
///
/// # Errors
/// A sentence fragment, when the document does not hold what the mapping promises.
pub fn channel_access(mapping: &Mapping, document: &Value) -> Result<ChannelAccess, String> {
    word(mapping, document, Subject::default(), ChannelAccess::WORDS)
}

/// Reads customer sharing.
///
/// # Errors
/// A sentence fragment, when the document does not hold what the mapping promises.
pub fn customer_sharing(mapping: &Mapping, document: &Value) -> Result<CustomerSharing, String> {
    word(
        mapping,
        document,
        Subject::default(),
        CustomerSharing::WORDS,
    )
}

/// Reads who can view a space; `None` when the document does not name the space at all.
///
/// # Errors
/// A sentence fragment, when the document does not hold what the mapping promises.
pub fn who_can_view(
    mapping: &Mapping,
    document: &Value,
    space: &SpaceKey,
) -> Result<Option<WhoCanView>, String> {
    let subject = Subject {
        space_key: Some(space.as_str()),
        ..Subject::default()
    };
    if document
        .pointer(&subject.pointer(&mapping.pointer))
        .is_none()
    {
        return Ok(None);
    }
    word(mapping, document, subject, WhoCanView::WORDS).map(Some)
}

/// Changes a word such as `open` inside a document.
///
/// # Errors
/// A sentence fragment, when the document does not hold what the mapping promises.
pub fn set_word(
    mapping: &Mapping,
    document: &mut Value,
    subject: Subject<'_>,
    word: &str,
) -> Result<(), String> {
    let pointer = subject.pointer(&mapping.pointer);
    put(document, &pointer, encode(mapping, word, word.into()))
}

/// Reads an organization's e-mail domains.
///
/// # Errors
/// A sentence fragment, when the document does not hold what the mapping promises.
pub fn email_domains(mapping: &Mapping, document: &Value) -> Result<BTreeSet<Domain>, String> {
    domains(document, &mapping.pointer)
}

/// Changes an organization's e-mail domains.
///
/// # Errors
/// A sentence fragment, when the document does not hold what the mapping promises.
pub fn set_email_domains(
    mapping: &Mapping,
    document: &mut Value,
    list: &BTreeSet<Domain>,
) -> Result<(), String> {
    put(document, &mapping.pointer, serde_json::json!(list))
}

fn at<'d>(document: &'d Value, pointer: &str) -> Result<&'d Value, String> {
    document
        .pointer(pointer)
        .ok_or_else(|| format!("the answer has nothing at `{pointer}`"))
}

fn put(document: &mut Value, pointer: &str, value: Value) -> Result<(), String> {
    let slot = document
        .pointer_mut(pointer)
        .ok_or_else(|| format!("the answer has nothing at `{pointer}`, so it is not written"))?;
    *slot = value;
    Ok(())
}

fn encode(mapping: &Mapping, word: &str, plain: Value) -> Value {
    mapping.values.get(word).cloned().unwrap_or(plain)
}

fn toggle(mapping: &Mapping, document: &Value) -> Result<bool, String> {
    let value = at(document, &mapping.pointer)?;
    for (word, on) in [("true", true), ("false", false)] {
        if mapping.values.get(word) == Some(value) {
            return Ok(on);
        }
    }
    match (mapping.values.is_empty(), value) {
        (true, Value::Bool(on)) => Ok(*on),
        _ => Err(format!(
            "`{}` is neither of the two described values",
            mapping.pointer
        )),
    }
}

fn word<T: Copy>(
    mapping: &Mapping,
    document: &Value,
    subject: Subject<'_>,
    words: &[(&str, T)],
) -> Result<T, String> {
    let pointer = subject.pointer(&mapping.pointer);
    let value = at(document, &pointer)?;
    words
        .iter()
        .find(|(word, _)| encode(mapping, word, (*word).into()) == *value)
        .map(|&(_, value)| value)
        .ok_or_else(|| format!("`{pointer}` is none of the described values"))
}

fn domains(document: &Value, pointer: &str) -> Result<BTreeSet<Domain>, String> {
    let list = at(document, pointer)?
        .as_array()
        .ok_or_else(|| format!("`{pointer}` is not a list"))?;
    list.iter()
        .map(|item| {
            let text = item
                .as_str()
                .ok_or_else(|| format!("`{pointer}` holds something that is not text"))?;
            Domain::new(text)
                // Which value it is stays unsaid: nobody knows what a described endpoint holds.
                .map_err(|_| format!("`{pointer}` holds a value that is no domain"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn mapping(pointer: &str) -> Mapping {
        Mapping {
            endpoint: "site".into(),
            pointer: pointer.into(),
            values: BTreeMap::new(),
            any: None,
        }
    }

    #[test]
    fn a_renamed_value_is_read_and_written_in_the_endpoints_words() {
        let mut login = mapping("/portal/loginRequired");
        login.values =
            BTreeMap::from([("true".into(), json!(false)), ("false".into(), json!(true))]);
        let mut document = json!({"portal": {"loginRequired": true, "theme": "dark"}});
        let field = SiteField::ViewWithoutLogin;
        assert_eq!(
            site_value(field, &login, &document),
            Ok(SiteValue::Toggle(false))
        );
        set_site_value(field, &login, &mut document, &SiteValue::Toggle(true)).unwrap();
        assert_eq!(
            document,
            json!({"portal": {"loginRequired": false, "theme": "dark"}})
        );
    }

    #[test]
    fn any_domain_is_a_marker_beside_the_list() {
        let mut allowed = mapping("/list");
        allowed.any = Some(AnyMarker {
            pointer: "/only".into(),
            value: json!(false),
            listed: json!(true),
        });
        let field = SiteField::AllowedDomains;
        let mut document = json!({"only": false, "list": ["x.example"]});
        assert_eq!(
            site_value(field, &allowed, &document),
            Ok(SiteValue::Domains(None))
        );
        let list = BTreeSet::from([Domain::new("y.example").unwrap()]);
        set_site_value(
            field,
            &allowed,
            &mut document,
            &SiteValue::Domains(Some(list)),
        )
        .unwrap();
        assert_eq!(document, json!({"only": true, "list": ["y.example"]}));
    }

    #[test]
    fn a_missing_or_odd_field_fails_closed() {
        let external = mapping("/external");
        let field = SiteField::External;
        for mut document in [
            json!({}),
            json!({"external": "yes"}),
            json!({"external": null}),
        ] {
            assert!(site_value(field, &external, &document).is_err());
            let before = document.clone();
            assert!(
                set_site_value(field, &external, &mut document, &SiteValue::Toggle(true)).is_err()
            );
            assert_eq!(document, before);
        }
    }
}
