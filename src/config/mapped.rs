//! The operator's description of settings endpoints: the file format of [`super::driver`].

pub(super) mod keys;

use super::codes;
use super::context::{Context, Fields, closest, null};
use super::driver::{AnyMarker, Driver, Endpoint, MappedField, Mapping, WriteMethod};
use super::yaml::{self, Entry, Node, Value};
use crate::diagnostic::{Diagnostic, Mark, short};
use crate::model::{SiteField, unfit_path};
use camino::Utf8Path;
use std::collections::BTreeMap;

impl MappedField {
    /// Returns the placeholder that the endpoint's path must hold.
    const fn path_placeholder(self) -> Option<&'static str> {
        match self {
            Self::Site(_) => None,
            Self::OrganizationEmailDomains => Some("{organization_id}"),
            Self::ChannelAccess | Self::CustomerSharing | Self::WhoCanView => Some("{project_key}"),
        }
    }

    /// Returns the words that `values` may translate; empty when the value is a list.
    fn words(self) -> Vec<&'static str> {
        use crate::model::{
            ChannelAccess, CustomerSharing, EmailAccountCreation, OrganizationManagement,
            WhoCanView,
        };
        fn words<T>(words: &[(&'static str, T)]) -> Vec<&'static str> {
            words.iter().map(|(word, _)| *word).collect()
        }
        match self {
            Self::Site(SiteField::AllowedDomains) | Self::OrganizationEmailDomains => Vec::new(),
            Self::Site(SiteField::EmailCcCreatesAccounts) => words(EmailAccountCreation::WORDS),
            Self::Site(SiteField::OrganizationManagement) => words(OrganizationManagement::WORDS),
            Self::Site(_) => vec!["true", "false"],
            Self::ChannelAccess => words(ChannelAccess::WORDS),
            Self::CustomerSharing => words(CustomerSharing::WORDS),
            Self::WhoCanView => words(WhoCanView::WORDS),
        }
    }
}

/// Reads a description; `named` is where its name stands.
pub(super) fn driver(cx: &mut Context, path: &Utf8Path, named: Mark) -> Option<Driver> {
    let (file, text) = cx.read(path, Some(named))?;
    let limits = cx.yaml_limits();
    let tree = yaml::parse(file, &text, limits, &mut cx.problems)?;
    let fields = cx.fields(&tree, yaml::start_of(file).into(), keys::TOP)?;
    super::load::version(cx, &tree);
    let mut endpoints = BTreeMap::new();
    let written = cx.required(&fields, "endpoints", "`endpoints: { NAME: { path: /… } }`");
    for entry in written
        .and_then(|e| cx.entries(&e.node))
        .unwrap_or_default()
    {
        let endpoint = endpoint(cx, entry);
        endpoints.insert(entry.key.to_string(), endpoint);
    }
    let mut mappings = BTreeMap::new();
    let written = cx.required(
        &fields,
        "fields",
        "`fields: { customer_access.view_without_login: { … } }`",
    );
    for entry in written
        .and_then(|e| cx.entries(&e.node))
        .unwrap_or_default()
    {
        let field = MappedField::all().find(|field| field.name() == entry.key);
        if field.is_none() {
            let near = closest(&entry.key, MappedField::all().map(MappedField::name));
            cx.report(
                Diagnostic::error(
                    codes::UNKNOWN_KEY,
                    format!("`{}` is not a field that can be mapped", short(&entry.key)),
                )
                .at(entry.mark)
                .hint(near.map_or_else(
                    || "fields are named as in the configuration, such as `customer_access.view_without_login`".into(),
                    |near| format!("did you mean `{near}`?"),
                )),
            );
        }
        let mapping = mapping(cx, entry, field, &endpoints);
        mappings.extend(field.zip(mapping));
    }
    Some(Driver {
        file: path.to_string(),
        endpoints: endpoints
            .into_iter()
            .filter_map(|(name, endpoint)| Some((name, endpoint?)))
            .collect(),
        fields: mappings,
    })
}

fn invalid(mark: Mark, message: String) -> Diagnostic {
    Diagnostic::error(codes::INVALID_MAPPING, message).at(mark)
}

fn endpoint(cx: &mut Context, entry: &Entry<'_>) -> Option<Endpoint> {
    if matches!(entry.node.value, Value::Null) {
        cx.report(null(entry.mark));
        return None;
    }
    let fields = cx.fields(&entry.node, entry.mark, keys::ENDPOINT)?;
    let path = cx.required(&fields, "path", "an absolute path on the site's own origin");
    let path = path.and_then(|e| {
        let text = cx.text(&e.node)?;
        let problem = unfit_path(text)
            .or_else(|| unknown_placeholder(text, &["{organization_id}", "{project_key}"]));
        if let Some(problem) = problem {
            cx.report(invalid(
                e.node.mark,
                format!("`{}`: {problem}", short(text)),
            ));
            return None;
        }
        Some(text.to_string())
    });
    let write = fields
        .get("write")
        .and_then(|e| cx.word(&e.node, WriteMethod::WORDS));
    Some(Endpoint {
        path: path?,
        write: write.map(|write| write.value),
    })
}

fn unknown_placeholder(text: &str, known: &[&str]) -> Option<&'static str> {
    let mut rest = text.to_string();
    for placeholder in known {
        rest = rest.replace(placeholder, "");
    }
    rest.contains(['{', '}'])
        .then_some("it holds a placeholder that is not known here")
}

fn mapping(
    cx: &mut Context,
    entry: &Entry<'_>,
    field: Option<MappedField>,
    endpoints: &BTreeMap<String, Option<Endpoint>>,
) -> Option<Mapping> {
    if matches!(entry.node.value, Value::Null) {
        cx.report(null(entry.mark));
        return None;
    }
    let fields = cx.fields(&entry.node, entry.mark, keys::FIELD)?;
    let endpoint = cx.required(&fields, "endpoint", "the name of one of `endpoints`");
    let endpoint = endpoint.and_then(|e| endpoint_name(cx, e, field, endpoints));
    let known: &[&str] = match field {
        Some(MappedField::WhoCanView) => &["{space_key}"],
        _ => &[],
    };
    let pointer = pointer(cx, &fields, known);
    if let (Some(MappedField::WhoCanView), Some(text)) = (field, &pointer)
        && !text.contains("{space_key}")
    {
        let mark = fields.get("pointer").map_or(entry.mark, |e| e.node.mark);
        cx.report(invalid(mark, "the pointer needs `{space_key}`".into()));
    }
    let values = fields.get("values").map(|e| values(cx, e, field));
    let any = fields.get("any").and_then(|e| {
        if field.is_some() && field != Some(MappedField::Site(SiteField::AllowedDomains)) {
            cx.report(invalid(
                e.mark,
                "`any` goes with `customer_access.external.allowed_domains` only".into(),
            ));
        }
        any(cx, e)
    });
    Some(Mapping {
        endpoint: endpoint?,
        pointer: pointer?,
        values: values.unwrap_or_default(),
        any,
    })
}

/// Reads the name of the endpoint that has a field; its path must hold what the field is one of, and nothing else.
fn endpoint_name(
    cx: &mut Context,
    e: &Entry<'_>,
    field: Option<MappedField>,
    endpoints: &BTreeMap<String, Option<Endpoint>>,
) -> Option<String> {
    let name = cx.text(&e.node)?;
    let Some(endpoint) = endpoints.get(name) else {
        let near = closest(name, endpoints.keys().map(String::as_str));
        let diagnostic = Diagnostic::error(
            codes::NOT_DECLARED,
            format!("there is no endpoint `{}`", short(name)),
        )
        .at(e.node.mark);
        cx.report(match near {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic.hint("declare it under `endpoints`"),
        });
        return None;
    };
    if let (Some(field), Some(endpoint)) = (field, endpoint) {
        let needed = field.path_placeholder();
        for placeholder in ["{organization_id}", "{project_key}"] {
            let holds = endpoint.path.contains(placeholder);
            if holds && needed != Some(placeholder) {
                cx.report(invalid(
                    e.node.mark,
                    format!(
                        "the path of `{name}` holds `{placeholder}`, which `{}` has not",
                        field.name()
                    ),
                ));
            } else if !holds && needed == Some(placeholder) {
                cx.report(invalid(
                    e.node.mark,
                    format!(
                        "the path of `{name}` needs `{placeholder}` for `{}`",
                        field.name()
                    ),
                ));
            }
        }
    }
    Some(name.to_string())
}

/// Reads which value stands for which word.
fn values(
    cx: &mut Context,
    e: &Entry<'_>,
    field: Option<MappedField>,
) -> BTreeMap<String, serde_json::Value> {
    let words = field.map(MappedField::words).unwrap_or_default();
    let mut values = BTreeMap::new();
    for value in cx.entries(&e.node).unwrap_or_default() {
        if field.is_some() && !words.contains(&value.key.as_ref()) {
            let hint = if words.is_empty() {
                "a list is written as it is; leave `values` out".to_string()
            } else {
                format!(
                    "the words are {}",
                    super::context::listed(words.iter().copied())
                )
            };
            cx.report(
                Diagnostic::error(
                    codes::UNKNOWN_WORD,
                    format!("`{}` is not a value of this field", short(&value.key)),
                )
                .at(value.mark)
                .hint(hint),
            );
        }
        let json = yaml::json(&value.node);
        if let Some((other, _)) = values.iter().find(|(_, v)| **v == json) {
            let other: &String = other;
            let message = format!("`{}` and `{other}` stand for the same value", value.key);
            cx.report(invalid(value.mark, message));
        }
        values.insert(value.key.to_string(), json);
    }
    let missing: Vec<&str> = words
        .iter()
        .copied()
        .filter(|w| !values.contains_key(*w))
        .collect();
    if !missing.is_empty() && e.node.entries().is_some() {
        cx.report(
            invalid(
                e.mark,
                format!("{} is missing in `values`", super::context::listed(missing)),
            )
            .hint("say every word, or leave `values` out where the endpoint uses the same words"),
        );
    }
    values
}

fn any(cx: &mut Context, entry: &Entry<'_>) -> Option<AnyMarker> {
    let fields = cx.fields(&entry.node, entry.mark, keys::ANY)?;
    let pointer = pointer(cx, &fields, &[]);
    let json = |node: &Node<'_>| yaml::json(node);
    let value = cx
        .required(&fields, "value", "the value that means any domain")
        .map(|e| json(&e.node));
    let listed = cx.required(
        &fields,
        "listed",
        "the value that means that the list counts",
    );
    let listed = listed.map(|e| json(&e.node));
    if value.is_some() && value == listed {
        cx.report(invalid(
            entry.mark,
            "`value` and `listed` are the same".into(),
        ));
    }
    Some(AnyMarker {
        pointer: pointer?,
        value: value?,
        listed: listed?,
    })
}

fn pointer(cx: &mut Context, fields: &Fields<'_, '_>, known: &[&str]) -> Option<String> {
    let entry = cx.required(
        fields,
        "pointer",
        "a JSON pointer such as `/portal/loginRequired`",
    )?;
    let text = cx.text(&entry.node)?;
    let bad_escape = text
        .split('~')
        .skip(1)
        .any(|after| !after.starts_with(['0', '1']));
    let problem = if !text.starts_with('/') {
        Some("it does not begin with `/`")
    } else if bad_escape {
        Some("`~` is written `~0` in a JSON pointer, `/` is written `~1`")
    } else {
        unknown_placeholder(text, known)
    };
    if let Some(problem) = problem {
        cx.report(
            invalid(entry.node.mark, format!("`{}`: {problem}", short(text)))
                .hint("a JSON pointer such as `/portal/loginRequired`"),
        );
        return None;
    }
    Some(text.to_string())
}
