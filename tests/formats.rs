//! Every form of output, read back by a parser of that form, with hostile names in every place that strangers reach.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

#[path = "report/document.rs"]
#[expect(
    dead_code,
    reason = "shared with tests/report.rs, which uses all of it"
)]
mod document;
#[path = "formats/findings.rs"]
mod findings;
#[path = "support/hostile.rs"]
mod hostile;
#[path = "formats/plans.rs"]
mod plans;
#[path = "formats/privacy.rs"]
mod privacy;
