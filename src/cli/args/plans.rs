//! The arguments of commands that plan, carry out, and compare.

use super::shared::{Reach, file, max_bytes};
use crate::cli::examples;
use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};

/// Arguments of `plan`.
#[derive(Debug, Args)]
#[command(after_help = examples::PLAN)]
pub struct PlanArguments {
    /// What to plan.
    #[command(flatten)]
    pub reach: Reach,
    /// Also write the plan as JSON to this file
    #[arg(long, value_name = "FILE", value_parser = file)]
    pub out: Option<Utf8PathBuf>,
    /// The form of the output
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    pub format: PlanFormat,
    /// The most bytes of `--format markdown`
    #[arg(long, value_name = "BYTES", default_value_t = crate::report::markdown::MAX_BYTES, value_parser = max_bytes)]
    pub max_bytes: usize,
    /// Plan for other credentials: a missing right to carry out is told, and does not end with 7
    #[arg(long)]
    pub ignore_write_rights: bool,
    /// Exit with 2 when there is something to change, 5 when something is blocked
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Plan against a snapshot instead of the live site; such a plan cannot be applied
    #[arg(long, value_name = "FILE")]
    pub observed: Option<Utf8PathBuf>,
    /// Say of every change whose doing it is, compared with this revision (REV, or REV:PATH where the workspace lay elsewhere) or directory, and judge by its rules as well
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// Judge by the rules of this revision or directory as well, instead of those of the base; `none` for those of this workspace alone
    #[arg(long, value_name = "REV|none")]
    pub rules_from: Option<String>,
}

/// The forms of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For people.
    Text,
    /// Terraform's plan representation.
    Json,
    /// A comment on a pull request, within `--max-bytes`.
    Markdown,
    /// One self-contained page.
    Html,
    /// GitLab's Terraform report: three numbers.
    Gitlab,
}

/// The forms of an apply report, and of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Arguments of `show`.
#[derive(Debug, Args)]
#[command(after_help = examples::SHOW)]
pub struct ShowArguments {
    /// A file written by `plan --out`
    pub file: Utf8PathBuf,
    /// The form of the output
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    pub format: PlanFormat,
    /// The most bytes of `--format markdown`
    #[arg(long, value_name = "BYTES", default_value_t = crate::report::markdown::MAX_BYTES, value_parser = max_bytes)]
    pub max_bytes: usize,
}

/// Arguments of `apply`.
#[derive(Debug, Args)]
#[command(after_help = examples::APPLY)]
pub struct ApplyArguments {
    /// What to apply.
    #[command(flatten)]
    pub reach: Reach,
    /// Do not ask
    #[arg(long)]
    pub auto_approve: bool,
    /// Apply only what this reviewed plan holds, without asking; what it does not hold is left alone, and what would do more to people than it says is withheld
    #[arg(long, value_name = "FILE")]
    pub plan: Option<Utf8PathBuf>,
    /// Do only what a date in a line of the files, or a line of `people` or `leavers`, orders by now, without asking and within the limits: for a nightly run
    #[arg(long, conflicts_with = "plan")]
    pub due: bool,
    /// Write the record of the run to this file, for auditors: commit, digests, approval, rows and results
    #[arg(long, value_name = "FILE")]
    pub report: Option<Utf8PathBuf>,
    /// Override the policy for exactly the plan with this acceptance digest
    #[arg(long, value_name = "DIGEST")]
    pub accept: Option<String>,
    /// Judge by the rules of this revision (REV, or REV:PATH where the workspace lay elsewhere) or directory as well
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// Judge by the rules of this revision or directory as well, instead of those of the base; `none` for those of this workspace alone
    #[arg(long, value_name = "REV|none")]
    pub rules_from: Option<String>,
    /// Read every touched list back, and fail what it does not show; other surfaces are always read back
    #[arg(long)]
    pub verify: bool,
    /// Exit with 2 where something is left alone that the reviewed plan does not hold
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Exit with 0 although manual steps remain
    #[arg(long)]
    pub allow_manual: bool,
    /// The form of the final report
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

/// Arguments of `drift`.
#[derive(Debug, Args)]
#[command(after_help = examples::DRIFT)]
pub struct DriftArguments {
    /// What to look at.
    #[command(flatten)]
    pub reach: Reach,
    /// What was last applied: a revision or a directory
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// Ask the audit logs who changed what differs, and when; where they say nothing, that is said
    #[arg(long)]
    pub blame: bool,
    /// An earlier report (a file of --format json): what is new since then comes first
    #[arg(long, value_name = "REPORT")]
    pub since: Option<Utf8PathBuf>,
    /// The form of the output
    #[arg(long, value_enum, default_value_t = DriftFormat::Text)]
    pub format: DriftFormat,
    /// Exit with 2 when something differs, and with 9 when all that differs waits for a person
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Exit with 0 although something waits for a person
    #[arg(long)]
    pub allow_manual: bool,
    /// Write the smallest edit of the files that accepts what somebody changed, for `git apply`
    #[arg(long, value_name = "FILE", value_parser = file)]
    pub write_patch: Option<Utf8PathBuf>,
}

/// The forms of `drift`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DriftFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// A page for a browser, one file.
    Html,
}
