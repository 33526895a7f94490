//! The arguments of commands that write or check a workspace's files, and of those about the program itself.

use super::plans::ReportFormat;
use super::shared::file;
use super::{Limits, day};
use crate::cli::examples;
use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};
use jiff::civil::Date;

/// Arguments of `validate`.
#[derive(Debug, Args)]
#[command(after_help = examples::VALIDATE)]
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
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of GitHub Actions, ten of a kind at most.
    Github,
    /// GitLab's code quality report.
    Codequality,
    /// JUnit XML.
    Junit,
}

/// Arguments of `sites`.
#[derive(Debug, Args)]
#[command(after_help = examples::SITES)]
pub struct SitesArguments {
    /// The workspace
    #[arg(default_value = ".")]
    pub dir: Utf8PathBuf,
    /// The form of the output; as JSON, one line with an array
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

/// Arguments of `codeowners`.
#[derive(Debug, Args)]
#[command(after_help = examples::CODEOWNERS)]
pub struct CodeownersArguments {
    /// The workspace
    #[arg(default_value = ".")]
    pub dir: Utf8PathBuf,
    /// Who owns the `files` of a scope; `*` stands for everything else; may be given several times
    #[arg(long, value_name = "FILES=OWNER")]
    pub owner: Vec<String>,
}

/// Arguments of `init`.
#[derive(Debug, Args)]
#[command(after_help = examples::INIT)]
pub struct InitArguments {
    /// Where the workspace is written; existing files are never touched
    #[arg(default_value = ".")]
    pub dir: Utf8PathBuf,
    /// Start from this site instead, such as `https://acme.atlassian.net`: what is there, and what only a person can say of it
    #[arg(long, value_name = "URL", conflicts_with = "ci")]
    pub from: Option<String>,
    /// Who the customers are: of the starter workspace, or as an answer with `--from`
    #[arg(long, value_enum, value_name = "STRATEGY")]
    pub strategy: Option<Strategy>,
    /// With --from, an answer that no program can read, such as `view-without-login=false`; a person is asked for the rest, where one is there
    #[arg(long, value_name = "SETTING=VALUE", requires = "from")]
    pub answer: Vec<String>,
    /// With --from, who looked the answers up
    #[arg(long, value_name = "WHO", requires = "from")]
    pub by: Option<String>,
    /// Also write the pipeline of a code host, with its pins filled in; alone where the workspace is there already
    #[arg(long, value_enum, value_name = "HOST")]
    pub ci: Option<CodeHost>,
}

/// Who the customers of a site are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Strategy {
    /// Employees, each with an Atlassian account.
    Internal,
    /// People of other companies, with portal-only accounts.
    External,
    /// Both.
    Hybrid,
    /// Whoever has an account keeps it, and nobody new comes.
    Closed,
}

impl Strategy {
    /// Says whether new customers get Atlassian accounts, and whether they get portal-only ones.
    pub const fn accounts(self) -> (bool, bool) {
        match self {
            Self::Internal => (true, false),
            Self::External => (false, true),
            Self::Hybrid => (true, true),
            Self::Closed => (false, false),
        }
    }
}

/// The code hosts whose pipelines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CodeHost {
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab,
}

/// Arguments of `attest`.
#[derive(Debug, Args)]
#[command(after_help = examples::ATTEST)]
#[command(
    override_usage = "portcullis attest [DIR] <ADDRESS> --value <VALUE> --by <WHO>\n       \
                      portcullis attest [DIR] --all-of <PLANFILE> --by <WHO>\n       \
                      portcullis attest [DIR] --from <FILE.csv> [--by <WHO>]"
)]
pub struct AttestArguments {
    /// The workspace (this directory when left out), then the address as plans show it
    #[arg(num_args = 0..=2, value_name = "ADDRESS")]
    pub place: Vec<String>,
    /// Ask for every open step of this plan (a file of plan --out), page by page: y where it is as it should be, or what is seen
    #[arg(long, value_name = "PLANFILE", conflicts_with_all = ["from", "value"])]
    pub all_of: Option<Utf8PathBuf>,
    /// Take many statements from a table with the columns address and value, and where they differ by, on and until
    #[arg(long, value_name = "FILE.csv", conflicts_with = "value")]
    pub from: Option<Utf8PathBuf>,
    /// What the person saw: JSON, or a bare word
    #[arg(
        long,
        value_name = "VALUE",
        allow_hyphen_values = true,
        required_unless_present_any = ["all_of", "from"]
    )]
    pub value: Option<String>,
    /// Who looked
    #[arg(long, value_name = "WHO", required_unless_present = "from")]
    pub by: Option<String>,
    /// The last day on which the statement counts; 90 days after the look when left out, or `policy.attestation_days`
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub until: Option<Date>,
    /// The day on which the person looked; today when left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Option<Date>,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
#[command(after_help = examples::SCHEMA)]
pub struct SchemaArguments {
    /// Print the schema of descriptions of settings endpoints (`surfaces.mapped`) instead
    #[arg(long, conflicts_with = "roster")]
    pub mapped: bool,
    /// Print the schema of rosters that are `.yaml` lists instead
    #[arg(long)]
    pub roster: bool,
}

/// Arguments of `export`.
#[derive(Debug, Args)]
#[command(after_help = examples::EXPORT)]
pub struct ExportArguments {
    /// The workspace that says how to reach the site; not used with --url
    #[arg(default_value = ".")]
    pub dir: Utf8PathBuf,
    /// Which site of the workspace; with --url, the key of the site instead of the first part of its host
    #[arg(long, value_name = "SITE")]
    pub site: Option<String>,
    /// Read this site without a workspace, such as `https://acme.atlassian.net`
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Write the workspace to this directory, which must be absent or empty
    #[arg(long, value_name = "NEW_DIR", required_unless_present = "snapshot")]
    pub to: Option<Utf8PathBuf>,
    /// What becomes of people: a roster file per list, or no lists at all
    #[arg(long, value_enum, default_value_t = ExportMembers::Csv)]
    pub members: ExportMembers,
    /// Whether the lists only add, or are the whole truth from now on
    #[arg(long, value_enum, default_value_t = ExportMode::AddOnly)]
    pub mode: ExportMode,
    /// Name people by address and account id, which survives a change of address (the default)
    #[arg(long, overrides_with = "no_ids")]
    pub ids: bool,
    /// Name people by address alone, wherever it names exactly one account
    #[arg(long, overrides_with = "ids")]
    pub no_ids: bool,
    /// Write what was read as JSON to this file, for `--observed` of `plan`, `explain` and `who`
    #[arg(long, value_name = "FILE", value_parser = file)]
    pub snapshot: Option<Utf8PathBuf>,
    /// Read this snapshot instead of a site, and write it in the newest form
    #[arg(long, value_name = "OLD_FILE", requires = "snapshot", conflicts_with_all = ["site", "url", "to"])]
    pub observed: Option<Utf8PathBuf>,
    /// Leave out, with a comment, what could not be read whole
    #[arg(long)]
    pub partial: bool,
    /// How hard the site is asked.
    #[command(flatten)]
    pub limits: Limits,
}

/// The mode of the lists of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportMode {
    /// Whoever is missing is added, and nobody is removed.
    #[value(name = "add_only")]
    AddOnly,
    /// Whoever is not listed is removed.
    Exact,
}

/// What becomes of people in an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportMembers {
    /// A roster file per list.
    Csv,
    /// No lists of people.
    None,
}
