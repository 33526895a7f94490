//! What differs from an earlier review: who is new or gone, who gained or lost what, and which findings grew.

use super::{Report, json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is compared of a review: each person with what they reach, and the findings with their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Earlier {
    people: BTreeMap<String, BTreeSet<String>>,
    findings: BTreeMap<String, u64>,
    privacy: String,
}

/// People, each with some of what they reach.
pub type Listed = Vec<(String, Vec<String>)>;

/// What differs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// People who were not in the earlier review, with what they reach.
    pub new: Listed,
    /// People who are not in this review any more, with what they reached.
    pub gone: Listed,
    /// People who reach more, with what.
    pub gained: Listed,
    /// People who reach less, with what.
    pub lost: Listed,
    /// Findings whose number is another, by their word: before and now.
    pub findings: Vec<(String, u64, u64)>,
}

/// Why a file is no earlier review; reads after the name of the file.
#[derive(Debug, thiserror::Error)]
pub enum ReadReviewError {
    /// No JSON, or of another shape.
    #[error("is no review: `portcullis review --format json` writes one{}", crate::report::json::place(.0))]
    Shape(serde_json::Error),
    /// A version that means something else.
    #[error("is a review of format `{0}`, this program reads `1.*`")]
    Version(String),
    /// People are shown in another way.
    #[error(
        "shows people as `{found}`, and this review as `{wanted}`: make both with the same `--privacy`"
    )]
    Privacy {
        /// How the file shows people.
        found: String,
        /// How they are shown now.
        wanted: String,
    },
}

#[derive(Deserialize)]
struct Document {
    format_version: String,
    privacy: String,
    findings: Vec<FoundRow>,
    people: Vec<PersonRow>,
}

#[derive(Deserialize)]
struct FoundRow {
    code: String,
    count: Option<u64>,
    at_least: Option<u64>,
}

#[derive(Deserialize)]
struct PersonRow {
    who: String,
    reaches: Vec<ReachRow>,
}

#[derive(Deserialize)]
struct ReachRow {
    portal: Option<String>,
    articles: Option<String>,
    answer: String,
}

impl Earlier {
    /// Reads a review that was written as JSON.
    ///
    /// # Errors
    /// When it is none, or shows people in another way than `privacy`.
    pub fn read(text: &str, privacy: &str) -> Result<Self, ReadReviewError> {
        let document: Document = serde_json::from_str(text).map_err(ReadReviewError::Shape)?;
        let major = json::FORMAT_VERSION.split('.').next();
        if document.format_version.split('.').next() != major {
            return Err(ReadReviewError::Version(document.format_version));
        }
        if document.privacy != privacy {
            return Err(ReadReviewError::Privacy {
                found: document.privacy,
                wanted: privacy.to_owned(),
            });
        }
        let findings = document.findings.into_iter();
        let people = document.people.into_iter().map(|person| {
            let reaches = person.reaches.into_iter();
            let reaches = reaches.filter_map(|reach| {
                let target = reach.portal.or(reach.articles)?;
                Some(spoken(target, &reach.answer))
            });
            (person.who, reaches.collect())
        });
        Ok(Self {
            people: people.collect(),
            findings: findings
                .map(|row| (row.code, row.count.or(row.at_least).unwrap_or(0)))
                .collect(),
            privacy: document.privacy,
        })
    }

    /// Takes what is compared of a review.
    pub fn of(report: &Report<'_, '_, '_>) -> Self {
        let review = report.review;
        let people = report.rows().map(|row| {
            let reaches = review.reached(row.id).iter().map(|reached| {
                let target = review.target(reached.project, reached.space.as_ref());
                spoken(target, reached.answer.word())
            });
            (row.who, reaches.collect())
        });
        let findings = review.findings.iter();
        let findings =
            findings.map(|finding| (finding.code.word().to_owned(), finding.sure() as u64));
        Self {
            people: people.collect(),
            findings: findings.collect(),
            privacy: report.mask.word().to_owned(),
        }
    }

    /// Compares with a later review.
    pub fn changes(&self, now: &Self) -> Changes {
        let mut changes = Changes::default();
        let owned = |targets: &BTreeSet<String>| targets.iter().cloned().collect();
        for (who, reaches) in &now.people {
            let Some(before) = self.people.get(who) else {
                changes.new.push((who.clone(), owned(reaches)));
                continue;
            };
            let more: Vec<String> = reaches.difference(before).cloned().collect();
            let less: Vec<String> = before.difference(reaches).cloned().collect();
            if !more.is_empty() {
                changes.gained.push((who.clone(), more));
            }
            if !less.is_empty() {
                changes.lost.push((who.clone(), less));
            }
        }
        let gone = self.people.iter();
        let gone = gone.filter(|(who, _)| !now.people.contains_key(*who));
        changes.gone = gone
            .map(|(who, reaches)| (who.clone(), owned(reaches)))
            .collect();
        for (code, count) in &now.findings {
            let before = self.findings.get(code).copied().unwrap_or(0);
            if before != *count {
                changes.findings.push((code.clone(), before, *count));
            }
        }
        changes
    }
}

/// What somebody reaches, with the answer where it is no plain yes.
fn spoken(target: String, answer: &str) -> String {
    match answer {
        "yes" => target,
        _ => format!("perhaps {target}"),
    }
}

impl Changes {
    /// Says whether nothing differs.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The lists with their titles, in the order in which they are told.
    pub(in crate::report) fn parts(&self) -> [(&'static str, &Listed); 4] {
        [
            ("new", &self.new),
            ("reach more", &self.gained),
            ("reach less", &self.lost),
            ("gone", &self.gone),
        ]
    }

    /// Returns what differs as JSON, with the name of the earlier review.
    pub(super) fn document<'d>(&'d self, review: &'d str) -> SinceDocument<'d> {
        let people = |list: &'d Listed| -> Vec<SincePerson<'d>> {
            let rows = list.iter();
            rows.map(|(who, targets)| SincePerson { who, targets })
                .collect()
        };
        let findings = self.findings.iter();
        SinceDocument {
            review,
            new: people(&self.new),
            gained: people(&self.gained),
            lost: people(&self.lost),
            gone: people(&self.gone),
            findings: findings
                .map(|(code, before, now)| SinceFinding {
                    code,
                    before: *before,
                    now: *now,
                })
                .collect(),
        }
    }
}

/// What differs from an earlier review, for programs.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SinceDocument<'d> {
    /// The earlier review.
    review: &'d str,
    /// Who is new, with what they reach.
    new: Vec<SincePerson<'d>>,
    /// Who reaches more, with what more.
    gained: Vec<SincePerson<'d>>,
    /// Who reaches less, with what no longer.
    lost: Vec<SincePerson<'d>>,
    /// Who is gone, with what they reached.
    gone: Vec<SincePerson<'d>>,
    /// Findings whose number differs.
    findings: Vec<SinceFinding<'d>>,
}

/// Somebody with what they reach.
#[derive(Debug, Serialize, JsonSchema)]
struct SincePerson<'d> {
    /// Who, as both reviews show people.
    who: &'d str,
    /// Portals and articles; `perhaps` stands before what is not sure.
    targets: &'d [String],
}

/// A finding whose number differs.
#[derive(Debug, Serialize, JsonSchema)]
struct SinceFinding<'d> {
    /// The stable code.
    code: &'d str,
    /// How many there were.
    before: u64,
    /// How many there are.
    now: u64,
}
