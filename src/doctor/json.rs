//! The report of `doctor` as JSON.

use super::{Check, DeclaredField, SiteReport, Way};
use crate::exit::Exit;
use crate::model::Surface;
use schemars::JsonSchema;
use serde::Serialize;

/// What `doctor --format json` writes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DoctorDocument<'d> {
    /// The version of this format.
    format_version: &'static str,
    /// The version of Portcullis.
    tool_version: &'static str,
    /// What was found about this machine.
    machine: Vec<CheckDocument<'d>>,
    /// What was found about each site; none where there is no workspace yet.
    sites: Vec<SiteDocument<'d>>,
    /// The exit code.
    exit_code: u8,
    /// The reason of the exit code, in words.
    exit_reason: &'static str,
}

/// One thing that was looked at.
#[derive(Debug, Serialize, JsonSchema)]
struct CheckDocument<'d> {
    /// `ok`, `note` (no obstacle), `unknown` (nobody would say) or `missing` (needed and not there).
    state: &'static str,
    /// What was looked at.
    what: &'d str,
    /// What was found.
    says: &'d str,
    /// What to do, where something can be done.
    hint: Option<&'d str>,
    /// The part of the report, for what is about a site.
    #[serde(skip_serializing_if = "Option::is_none")]
    section: Option<&'static str>,
}

/// What was found about a site.
#[derive(Debug, Serialize, JsonSchema)]
struct SiteDocument<'d> {
    /// The site's key.
    site: &'d str,
    /// Its address.
    url: &'d str,
    /// What was looked at.
    checks: Vec<CheckDocument<'d>>,
    /// What the files declare, and who carries it out.
    fields: Vec<FieldDocument<'d>>,
    /// What to do next.
    advice: Vec<AdviceDocument<'d>>,
}

/// A declared field, for the objects for which it is carried out in one way.
#[derive(Debug, Serialize, JsonSchema)]
struct FieldDocument<'d> {
    /// The key in the YAML.
    field: &'static str,
    /// The organizations, projects, domains or spaces that declare it; none for the site itself.
    objects: &'d [String],
    /// `automatic`, `by hand` or `refused`.
    way: &'static str,
    /// Over which surface; `null` where it is refused.
    surface: Option<&'static str>,
    /// Why it is so.
    why: &'d str,
}

/// Sentences about one matter.
#[derive(Debug, Serialize, JsonSchema)]
struct AdviceDocument<'d> {
    /// The matter.
    about: &'static str,
    /// What to do.
    sentences: &'d [String],
}

/// Returns the report as JSON.
pub fn document<'d>(
    machine: &'d [Check],
    reports: &'d [SiteReport],
    exit: Exit,
) -> DoctorDocument<'d> {
    DoctorDocument {
        format_version: "1.0",
        tool_version: env!("CARGO_PKG_VERSION"),
        machine: machine.iter().map(|one| check(one, None)).collect(),
        sites: reports.iter().map(site).collect(),
        exit_code: exit.code(),
        exit_reason: exit.reason(),
    }
}

fn check<'d>(check: &'d Check, section: Option<&'static str>) -> CheckDocument<'d> {
    CheckDocument {
        state: check.state.word(),
        what: &check.what,
        says: &check.says,
        hint: check.hint.as_deref(),
        section,
    }
}

fn site(report: &SiteReport) -> SiteDocument<'_> {
    let sections = report.sections.iter();
    let checks = sections.flat_map(|(section, checks)| {
        let checks = checks.iter();
        checks.map(|one| check(one, Some(section)))
    });
    let advice = report.advice.iter();
    SiteDocument {
        site: &report.site,
        url: &report.url,
        checks: checks.collect(),
        fields: report.fields.iter().map(field).collect(),
        advice: advice
            .map(|(about, sentences)| AdviceDocument { about, sentences })
            .collect(),
    }
}

fn field(field: &DeclaredField) -> FieldDocument<'_> {
    FieldDocument {
        field: field.field,
        objects: &field.objects,
        way: field.way.word(),
        surface: match field.way {
            Way::Automatic(surface) => Some(surface.word()),
            Way::ByHand => Some(Surface::Manual.word()),
            Way::Refused => None,
        },
        why: &field.why,
    }
}
