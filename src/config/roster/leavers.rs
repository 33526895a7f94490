//! People who left (`leavers` of the root file): every row is an entry of `people`, absent from the day after its last day.

use super::file;
use super::files;
use super::reading::{self, Purpose};
use crate::config::codes;
use crate::config::context::Context;
use crate::config::scope;
use crate::config::workspace::{Person, RosterEntry, RosterFile, Site, Who};
use crate::config::yaml::Entry;
use crate::diagnostic::Diagnostic;
use crate::model::{Address, SiteKey};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Reads the files and adds their people to every site.
pub(in crate::config) fn leavers(
    cx: &mut Context,
    entry: Option<&Entry<'_>>,
    sites: &mut BTreeMap<SiteKey, Site>,
) -> Vec<RosterFile> {
    let items = entry.and_then(|e| cx.items(&e.node)).unwrap_or_default();
    let mut read = Vec::new();
    let mut left: Vec<RosterEntry> = Vec::new();
    for item in items {
        let Some(source) = reading::source(cx, item, Purpose::Leavers) else {
            continue;
        };
        // A row that is "out" elsewhere says here that nothing follows from it.
        let outcome = files::read(cx, &source, Purpose::Leavers, &mut |_, _, found| {
            if !found.out {
                left.push(found.entry);
            }
        });
        let Some(outcome) = outcome else {
            continue;
        };
        outcome.judge(cx, Purpose::Leavers, false);
        in_scope(cx, &source, sites);
        read.push(file(&source, &outcome));
    }
    for entry in super::united(cx, left) {
        let until = entry.extra.as_ref().and_then(|extra| extra.until);
        for site in sites.values_mut() {
            add(site, &entry, until, cx.options.today);
        }
    }
    read
}

fn add(site: &mut Site, entry: &RosterEntry, until: Option<Date>, today: Date) {
    let person = Person {
        span: entry.span,
        reason: None,
        owner: None,
        until,
        revoked: false,
    };
    if until.is_some_and(|until| until >= today) {
        site.leaving.push((entry.who.clone(), person));
        return;
    }
    let email = match &entry.who {
        Who::Email(email) => Some(email),
        Who::Account(_) => {
            let id = entry.who.clone();
            site.people_by_id
                .entry(id)
                .or_insert_with(|| person.clone());
            entry.extra.as_ref().and_then(|extra| extra.email.as_ref())
        }
    };
    // Both are meant where a row has both: an address may belong to two accounts.
    if let Some(email) = email {
        // What is written under `people` says more.
        site.people.entry(*email).or_insert(person);
    }
}

fn in_scope(cx: &mut Context, source: &super::Source, sites: &BTreeMap<SiteKey, Site>) {
    let refused = sites.keys().find(|site| {
        let anybody = Address::new([site.as_str(), "people", "anybody"]);
        !cx.scopes.is_empty() && !scope::granted(&cx.scopes, &source.path, &anybody)
    });
    if let Some(site) = refused {
        cx.report(
            Diagnostic::error(
                codes::OUTSIDE_SCOPE,
                format!("`{}` may not declare `{site}/people`", source.path),
            )
            .at(source.mark)
            .hint(format!(
                "a scope must grant it: `{{ files: {}, may: [\"*/people/**\"] }}`",
                super::columns::quoted(source.path.as_str())
            )),
        );
    }
}
