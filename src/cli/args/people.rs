//! The arguments of commands that answer questions about people.

use super::plans::ReportFormat;
use super::shared::Limits;
use crate::cli::examples;
use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};

/// Arguments of `explain`.
#[derive(Debug, Args)]
#[command(after_help = examples::EXPLAIN)]
#[command(allow_missing_positional = true)]
pub struct ExplainArguments {
    /// The workspace [default: .]
    pub dir: Option<Utf8PathBuf>,
    /// An address, anonymous, anyone, any_customer, or *@domain
    #[arg(required = true)]
    pub who: String,
    /// Only this project
    #[arg(long, value_name = "KEY")]
    pub project: Option<String>,
    /// Show every rule behind every answer
    #[arg(long)]
    pub rules: bool,
    /// Show what each way to an account leads to, and why
    #[arg(long)]
    pub channels: bool,
    /// The site; needed where the workspace has several
    #[arg(long, value_name = "SITE")]
    pub site: Option<String>,
    /// Read the site, and show both where it differs from the workspace
    #[arg(long)]
    pub live: bool,
    /// Take a snapshot for the live site, without network, and show both where it differs from the workspace
    #[arg(long, value_name = "FILE", conflicts_with = "live")]
    pub observed: Option<Utf8PathBuf>,
    /// The form of the output
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

/// Arguments of `who`.
#[derive(Debug, Args)]
#[command(after_help = examples::WHO)]
#[command(allow_missing_positional = true)]
pub struct WhoArguments {
    /// The workspace [default: .]
    pub dir: Option<Utf8PathBuf>,
    /// A project, or PROJECT/SPACE for its articles
    #[arg(required = true, value_name = "PROJECT[/SPACE]")]
    pub target: String,
    /// The site; needed where several have the project
    #[arg(long, value_name = "SITE")]
    pub site: Option<String>,
    /// Read the site instead of taking what the workspace says; also its agents, groups and permission leaks
    #[arg(long)]
    pub live: bool,
    /// Take a snapshot for the live site, without network
    #[arg(long, value_name = "FILE", conflicts_with = "live")]
    pub observed: Option<Utf8PathBuf>,
    /// The form of the output
    #[arg(long, value_enum, default_value_t = WhoFormat::Text)]
    pub format: WhoFormat,
}

/// The forms of `who`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WhoFormat {
    /// For people.
    Text,
    /// For spreadsheets.
    Csv,
    /// For programs.
    Json,
}

/// Arguments of `review`.
#[derive(Debug, Args)]
#[command(after_help = examples::REVIEW)]
pub struct ReviewArguments {
    /// The workspace; not used with --url
    #[arg(default_value = ".")]
    pub dir: Utf8PathBuf,
    /// Review this site with nothing written yet, such as `https://acme.atlassian.net`; reads, and never writes
    #[arg(long, value_name = "URL", conflicts_with_all = ["live", "observed"])]
    pub url: Option<String>,
    /// The site; needed where the workspace has several
    #[arg(long, value_name = "SITE")]
    pub site: Option<String>,
    /// Read the site instead of taking what the workspace says
    #[arg(long)]
    pub live: bool,
    /// Take a snapshot for the live site, without network
    #[arg(long, value_name = "FILE", conflicts_with = "live")]
    pub observed: Option<Utf8PathBuf>,
    /// Only the lists and portals that this person or team answers for (`owner`)
    #[arg(long, value_name = "WHO")]
    pub owner: Option<String>,
    /// Tell who of this list of people who left is still in: a CSV, or one address a line
    #[arg(long, value_name = "FILE")]
    pub against: Option<Utf8PathBuf>,
    /// Tell what differs from an earlier review (a file of --format json), or from the workspace at a revision
    #[arg(long, value_name = "FILE|REV")]
    pub since: Option<String>,
    /// The form of the output
    #[arg(long, value_enum, default_value_t = ReviewFormat::Text)]
    pub format: ReviewFormat,
    /// How hard the site is asked.
    #[command(flatten)]
    pub limits: Limits,
}

/// The forms of `review`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReviewFormat {
    /// For people.
    Text,
    /// For spreadsheets.
    Csv,
    /// For programs.
    Json,
    /// One self-contained page.
    Html,
}

/// Arguments of `graph`.
#[derive(Debug, Args)]
#[command(after_help = examples::GRAPH)]
pub struct GraphArguments {
    /// The workspace
    #[arg(default_value = ".")]
    pub dir: Utf8PathBuf,
    /// The site; needed where the workspace has several
    #[arg(long, value_name = "SITE")]
    pub site: Option<String>,
    /// Read the site instead of taking what the workspace says
    #[arg(long)]
    pub live: bool,
    /// Take a snapshot for the live site, without network
    #[arg(long, value_name = "FILE", conflicts_with = "live")]
    pub observed: Option<Utf8PathBuf>,
    /// The form of the output
    #[arg(long, value_enum, default_value_t = GraphFormat::Svg)]
    pub format: GraphFormat,
}

/// The forms of `graph`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// A picture.
    Svg,
    /// The text of Graphviz.
    Dot,
    /// The text of Mermaid, which code hosts draw.
    Mermaid,
}
