//! The arguments of every command.

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

/// Customer access as code for Jira Service Management Cloud.
#[derive(Debug, Parser)]
#[command(
    name = "portcullis",
    version,
    about,
    propagate_version = true,
    arg_required_else_help = true
)]
#[command(
    after_help = "Exit codes: 0 done · 1 unexpected error · 2 changes present (--detailed-exitcode) · 3 invalid configuration · \
4 applied in part · 5 blocked · 6 reviewed plan is stale · 7 credentials or rights · 8 not readable · 9 manual steps remain · 64 usage"
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,
    /// Say more on standard error; twice for every request
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// How messages on standard error look
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
    /// The day everything is judged on (UTC), instead of today
    #[arg(long, global = true, hide = true, env = "PORTCULLIS_TODAY")]
    pub today: Option<Date>,
}

impl Global {
    /// Returns the day everything is judged on.
    pub fn today(&self) -> Date {
        self.today.unwrap_or_else(|| {
            jiff::Timestamp::now()
                .to_zoned(jiff::tz::TimeZone::UTC)
                .date()
        })
    }
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How messages on standard error look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check the workspace, without network
    Validate(ValidateArguments),
    /// Read the site and show what would change
    Plan(PlanArguments),
    /// Render a saved plan, without network
    Show(ShowArguments),
    /// Plan, ask, and carry out
    Apply(ApplyArguments),
    /// Say what differs and whose doing it is, without ever writing to the site
    Drift(DriftArguments),
    /// List the sites, such as for the matrix of a pipeline
    Sites(SitesArguments),
    /// Print a CODEOWNERS file made from the scopes
    Codeowners(CodeownersArguments),
}

/// Arguments of `validate`.
#[derive(Debug, Args)]
pub struct ValidateArguments {
    /// The workspace
    #[arg(default_value = ".")]
    pub dir: Utf8PathBuf,
    /// The form of the output
    #[arg(long, value_enum, default_value_t = ValidateFormat::Text)]
    pub format: ValidateFormat,
}

/// The forms of `validate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ValidateFormat {
    /// For people.
    Text,
    /// As Terraform's `validate -json`.
    Json,
}

/// Which part of a workspace is meant, and how it is reached.
#[derive(Debug, Args)]
pub struct Reach {
    /// The workspace
    #[arg(default_value = ".")]
    pub dir: Utf8PathBuf,
    /// Only this site; may be given several times
    #[arg(long, value_name = "SITE")]
    pub site: Vec<String>,
    /// Only what matches this address or pattern, such as acme/organization/Globex/**; may be given several times
    #[arg(long, value_name = "ADDRESS")]
    pub target: Vec<String>,
    /// Go on with what could be read when something could not
    #[arg(long)]
    pub partial: bool,
    /// Requests in flight at once
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub concurrency: usize,
    /// The most requests that the run may make
    #[arg(long, value_name = "N")]
    pub budget: Option<u64>,
}

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub struct PlanArguments {
    /// What to plan.
    #[command(flatten)]
    pub reach: Reach,
    /// Also write the plan as JSON to this file
    #[arg(long, value_name = "FILE")]
    pub out: Option<Utf8PathBuf>,
    /// The form of the output
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    pub format: PlanFormat,
    /// Exit with 2 when there is something to change, 5 when something is blocked
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Plan against a snapshot instead of the live site; such a plan cannot be applied
    #[arg(long, value_name = "FILE")]
    pub observed: Option<Utf8PathBuf>,
    /// Say of every change whether this revision or directory would cause it as well
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
}

/// The forms of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For people.
    Text,
    /// Terraform's plan representation.
    Json,
}

/// Arguments of `show`.
#[derive(Debug, Args)]
pub struct ShowArguments {
    /// A file written by `plan --out`
    pub file: Utf8PathBuf,
    /// The form of the output
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    pub format: PlanFormat,
}

/// Arguments of `apply`.
#[derive(Debug, Args)]
pub struct ApplyArguments {
    /// What to apply.
    #[command(flatten)]
    pub reach: Reach,
    /// Do not ask
    #[arg(long)]
    pub auto_approve: bool,
    /// Apply only what this reviewed plan holds, without asking; a change that is not in it is refused
    #[arg(long, value_name = "FILE")]
    pub plan: Option<Utf8PathBuf>,
    /// Override the policy for exactly the plan with this digest
    #[arg(long, value_name = "DIGEST")]
    pub accept: Option<String>,
    /// Exit with 0 although manual steps remain
    #[arg(long)]
    pub allow_manual: bool,
    /// The form of the final report
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    pub format: PlanFormat,
}

/// Arguments of `drift`.
#[derive(Debug, Args)]
pub struct DriftArguments {
    /// What to look at.
    #[command(flatten)]
    pub reach: Reach,
    /// What was last applied: a revision or a directory
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// The form of the output
    #[arg(long, value_enum, default_value_t = ValidateFormat::Text)]
    pub format: ValidateFormat,
    /// Exit with 2 when something differs
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Write the smallest edit of the files that accepts what somebody changed, for `git apply`
    #[arg(long, value_name = "FILE")]
    pub write_patch: Option<Utf8PathBuf>,
}

/// Arguments of `sites`.
#[derive(Debug, Args)]
pub struct SitesArguments {
    /// The workspace
    #[arg(default_value = ".")]
    pub dir: Utf8PathBuf,
    /// The form of the output; as JSON, one line with an array
    #[arg(long, value_enum, default_value_t = ValidateFormat::Text)]
    pub format: ValidateFormat,
}

/// Arguments of `codeowners`.
#[derive(Debug, Args)]
pub struct CodeownersArguments {
    /// The workspace
    #[arg(default_value = ".")]
    pub dir: Utf8PathBuf,
    /// Who owns the `files` of a scope; `*` stands for everything else; may be given several times
    #[arg(long, value_name = "FILES=OWNER")]
    pub owner: Vec<String>,
}
