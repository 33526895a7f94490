//! Site-wide settings: customer-access toggles, allowed domains, e-mail, login, knowledge-base switches.

use crate::config::driver::MappedField;
use crate::diagnostic::{Located, Span};
use crate::model::{Address, Domain, SiteField, SiteValue, Surface};
use crate::plan::change::{Action, Change, Effect, Phase, Reason, ResourceType};
use crate::plan::diff::Draft;
use crate::plan::manual::ManualSubject;
use crate::plan::projects::Seen;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The allowed domains; without a list it is any domain.
#[derive(Clone, Copy)]
struct Allowed<'d> {
    wanted: Option<&'d BTreeSet<Domain>>,
    /// What is there, as far as known.
    live: Option<Option<&'d BTreeSet<Domain>>>,
}

impl Allowed<'_> {
    /// The reason for a row: this one, unless nobody knows what is there.
    const fn if_known(self, reason: Reason) -> Reason {
        match self.live {
            Some(_) => reason,
            None => Reason::Unknown,
        }
    }
}

/// What differs about one of them, or about any.
struct DomainRow<'d> {
    address: Address,
    name: &'d str,
    action: Action,
    before: Value,
    after: Value,
    reason: Reason,
}

impl Draft<'_> {
    pub(super) fn settings(&mut self) {
        let site = self.desired.site;
        for (&field, wanted) in &site.settings {
            let address = self.address(field.address_parts());
            match (field, &wanted.value) {
                (SiteField::AllowedDomains, SiteValue::Domains(domains)) => {
                    self.allowed_domains(address, wanted.span, domains.as_ref());
                }
                _ => self.setting(field, wanted, address),
            }
        }
    }

    fn setting(&mut self, field: SiteField, wanted: &Located<SiteValue>, address: Address) {
        let mut state = self.seen(
            self.observed.settings.get(&field),
            MappedField::Site(field),
            &address,
            |value| from_json(field, value),
        );
        self.unreadable(self.observed.settings.get(&field), &address, wanted.span);
        self.echoed(field, &wanted.value, &address, &mut state);
        self.count_field(state.known.is_some());
        if state.known.as_ref() == Some(&wanted.value) {
            return;
        }
        let before = state
            .known
            .as_ref()
            .map_or(Value::Null, |value| to_json(field, value));
        let after = to_json(field, &wanted.value);
        let manual = state.write == Surface::Manual;
        self.changes.push(Change {
            address: address.clone(),
            kind: match field.address_parts()[0] {
                "customer-access" => ResourceType::CustomerAccess,
                _ => ResourceType::SiteSetting,
            },
            name: label(field).to_owned(),
            action: Action::Update,
            before: before.clone(),
            after: after.clone(),
            reason: if state.known.is_some() {
                Reason::Differs
            } else {
                Reason::Unknown
            },
            source: Some(wanted.span),
            surface: state.write,
            effect: Effect::SetSite(field, wanted.value.clone()),
            phase: phase(field, &wanted.value),
            blocked_by: Vec::new(),
            waiting_for: Vec::new(),
            needs_right: None,
        });
        if manual {
            // The login methods are one page and one statement, so what is written about the other one is stated too,
            // and a second step would only repeat the first.
            let expected = self.whole_statement(field, after);
            if self
                .manual
                .iter()
                .any(|step| step.addresses == [address.clone()])
            {
                return;
            }
            self.by_hand(
                &ManualSubject::SiteField(field),
                vec![address],
                before,
                expected,
            );
        }
    }

    /// The value of everything that has the field's address, as far as it is written.
    fn whole_statement(&self, field: SiteField, value: Value) -> Value {
        let Value::Object(mut whole) = value else {
            return value;
        };
        for (other, wanted) in &self.desired.site.settings {
            if other.address_parts() == field.address_parts()
                && let Value::Object(part) = to_json(*other, &wanted.value)
            {
                whole.extend(part);
            }
        }
        Value::Object(whole)
    }

    /// Two site-wide settings are echoed by the settings of projects, and what was read counts: where the setting itself was
    /// not, the echo is the value. One that contradicts an attested value is told.
    ///
    /// An echo that agrees with the files while a person saw something else is no proof: whichever of the two is wrong, the
    /// value is not known until somebody looks again.
    fn echoed(
        &mut self,
        field: SiteField,
        wanted: &SiteValue,
        address: &Address,
        state: &mut Seen<SiteValue>,
    ) {
        if state.write != Surface::Manual {
            return;
        }
        let echo = match self.observed.echo(field) {
            Ok(Some(echo)) => SiteValue::Toggle(echo),
            Ok(None) => return,
            Err(why) => {
                self.finding(address.clone(), "echoes-differ", why.why, None);
                return;
            }
        };
        let Some(attested) = state.known.replace(echo.clone()) else {
            return;
        };
        if attested == echo {
            return;
        }
        let message = format!(
            "projects of the site report `{}`, which contradicts the attested value",
            to_json(field, &echo)
        );
        let source = self
            .desired
            .attestations
            .get(address.as_str())
            .map(|attestation| attestation.span);
        self.finding(address.clone(), "attestation-contradicted", message, source);
        state.known = Some(echo).filter(|echoed| echoed != wanted);
    }

    fn allowed_domains(&mut self, any: Address, span: Span, wanted: Option<&BTreeSet<Domain>>) {
        let list = self.address(["allowed-domain"]);
        let mut state = self.seen(
            self.observed.settings.get(&SiteField::AllowedDomains),
            MappedField::Site(SiteField::AllowedDomains),
            &list,
            |value| from_json(SiteField::AllowedDomains, value),
        );
        self.unreadable(
            self.observed.settings.get(&SiteField::AllowedDomains),
            &any,
            span,
        );
        // "Any domain" may also be attested by itself; that it is off says nothing of the list.
        if state.known.is_none() && self.attested(&any) == Some(&Value::Bool(true)) {
            state.known = Some(SiteValue::Domains(None));
        }
        self.count_field(state.known.is_some());
        let live = match &state.known {
            Some(SiteValue::Domains(live)) => Some(live.as_ref()),
            _ => None,
        };
        let manual = state.write == Surface::Manual;
        let allowed = Allowed { wanted, live };
        let whole = SiteValue::Domains(wanted.cloned());
        let mut rows = self.allowed_domain_rows(allowed);
        let any_attested = self.attested(&any).and_then(Value::as_bool);
        let live_any = live.map(|live| live.is_none());
        let live_any = live_any.or(any_attested.filter(|_| manual));
        if live_any != Some(wanted.is_none()) {
            let row = DomainRow {
                address: any,
                name: "any domain",
                action: Action::Update,
                before: live_any.map_or(Value::Null, Value::Bool),
                after: Value::Bool(wanted.is_none()),
                reason: allowed.if_known(Reason::Differs),
            };
            rows.insert(0, row);
        }
        if rows.is_empty() {
            return;
        }
        let mut created = rows.iter().filter(|row| row.action == Action::Create);
        let widens = wanted.is_none() || live.flatten().is_some() && created.next().is_some();
        let addresses: Vec<Address> = rows.iter().map(|row| row.address.clone()).collect();
        for row in rows {
            self.changes.push(Change {
                address: row.address,
                kind: ResourceType::AllowedDomain,
                name: row.name.to_owned(),
                action: row.action,
                before: row.before,
                after: row.after,
                reason: row.reason,
                source: Some(span),
                surface: state.write,
                effect: Effect::SetSite(SiteField::AllowedDomains, whole.clone()),
                phase: if widens { Phase::Widen } else { Phase::Narrow },
                blocked_by: Vec::new(),
                waiting_for: Vec::new(),
                needs_right: None,
            });
        }
        if manual {
            let show = |list: Option<&BTreeSet<Domain>>| {
                list.map_or_else(|| json!("any"), |list| json!(list))
            };
            let present = live.map_or(Value::Null, show);
            self.by_hand(
                &ManualSubject::AllowedDomains,
                addresses,
                present,
                show(wanted),
            );
        }
    }

    /// The domains that come and go.
    fn allowed_domain_rows<'d>(&self, allowed: Allowed<'d>) -> Vec<DomainRow<'d>> {
        let none = BTreeSet::new();
        let live = allowed.live.flatten();
        let listed = allowed.wanted.into_iter().flatten();
        let mut rows = Vec::new();
        for domain in listed.filter(|domain| !live.unwrap_or(&none).contains(*domain)) {
            let address = self.address(["allowed-domain", domain.as_str()]);
            let attested = self.attested(&address).and_then(Value::as_bool);
            if allowed.live.is_none() && attested == Some(true) {
                continue;
            }
            rows.push(DomainRow {
                address,
                name: domain.as_str(),
                action: Action::Create,
                before: Value::Null,
                after: json!({ "domain": domain.as_str() }),
                reason: match attested {
                    Some(false) => Reason::Listed,
                    _ => allowed.if_known(Reason::Listed),
                },
            });
        }
        // With `any`, the live list no longer counts and is left as it is.
        let Some(wanted) = allowed.wanted else {
            return rows;
        };
        for domain in live.into_iter().flat_map(|live| live.difference(wanted)) {
            rows.push(DomainRow {
                address: self.address(["allowed-domain", domain.as_str()]),
                name: domain.as_str(),
                action: Action::Delete,
                before: json!({ "domain": domain.as_str() }),
                after: Value::Null,
                reason: Reason::NotListed,
            });
        }
        rows
    }
}

/// Says when a setting is written: what lets more people have accounts comes first, what opens comes last.
fn phase(field: SiteField, value: &SiteValue) -> Phase {
    let on = matches!(value, SiteValue::Toggle(true));
    match field {
        SiteField::Internal | SiteField::External if on => Phase::Widen,
        SiteField::CustomersCanCreateAccounts
        | SiteField::ViewWithoutLogin
        | SiteField::KnowledgeBaseAllLoggedIn
        | SiteField::KnowledgeBaseAnyone
            if on =>
        {
            Phase::Open
        }
        _ => Phase::Narrow,
    }
}

/// Returns the name of a setting for people.
pub(super) fn label(field: SiteField) -> &'static str {
    match field {
        SiteField::Internal => "Atlassian accounts for internal customers",
        SiteField::External => "portal-only accounts for external customers",
        SiteField::AllowedDomains => "allowed external domains",
        SiteField::CustomersCanCreateAccounts => "customers can create their own accounts",
        SiteField::ViewWithoutLogin => "help centers can be viewed without login",
        SiteField::EmailCcCreatesAccounts => "To and Cc addresses become accounts",
        SiteField::OrganizationManagement => "who manages organizations",
        SiteField::PortalOnlyPassword => "portal-only login by password",
        SiteField::PortalOnlySso => "portal-only login by SSO",
        SiteField::KnowledgeBaseAllLoggedIn => "articles for all logged-in users allowed",
        SiteField::KnowledgeBaseAnyone => "articles for anyone allowed",
    }
}

/// Brings a value into the form in which plans show it and attestations state it.
pub(super) fn to_json(field: SiteField, value: &SiteValue) -> Value {
    let plain = match value {
        SiteValue::Toggle(on) => json!(on),
        SiteValue::Domains(None) => json!("any"),
        SiteValue::Domains(Some(list)) => json!(list),
        SiteValue::EmailAccountCreation(value) => json!(value.word()),
        SiteValue::OrganizationManagement(value) => json!(value.word()),
    };
    match field {
        SiteField::PortalOnlyPassword => json!({ "password": plain }),
        SiteField::PortalOnlySso => json!({ "sso": plain }),
        _ => plain,
    }
}

/// Reads a value back from the form of attestations and plans.
pub(crate) fn from_json(field: SiteField, value: &Value) -> Option<SiteValue> {
    use crate::model::{EmailAccountCreation, OrganizationManagement};
    match field {
        SiteField::AllowedDomains => match value {
            Value::Bool(true) => Some(SiteValue::Domains(None)),
            Value::String(word) if word == "any" => Some(SiteValue::Domains(None)),
            list => serde_json::from_value(list.clone())
                .ok()
                .map(|list| SiteValue::Domains(Some(list))),
        },
        SiteField::EmailCcCreatesAccounts => {
            EmailAccountCreation::from_word(value.as_str()?).map(SiteValue::EmailAccountCreation)
        }
        SiteField::OrganizationManagement => OrganizationManagement::from_word(value.as_str()?)
            .map(SiteValue::OrganizationManagement),
        SiteField::PortalOnlyPassword => value.get("password")?.as_bool().map(SiteValue::Toggle),
        SiteField::PortalOnlySso => value.get("sso")?.as_bool().map(SiteValue::Toggle),
        _ => value.as_bool().map(SiteValue::Toggle),
    }
}
