//! The arguments of every command.

mod files;
mod people;
mod plans;
mod shared;

pub use files::{
    AttestArguments, CodeHost, CodeownersArguments, ExportArguments, ExportMembers, ExportMode,
    InitArguments, SchemaArguments, SitesArguments, Strategy, ValidateArguments, ValidateFormat,
};
pub use people::{
    ExplainArguments, GraphArguments, GraphFormat, ReviewArguments, ReviewFormat, WhoArguments,
    WhoFormat,
};
pub use plans::{
    ApplyArguments, DriftArguments, DriftFormat, PlanArguments, PlanFormat, ReportFormat,
    ShowArguments,
};
pub use shared::{Limits, Reach};

use super::examples;
use crate::emulator::FaultSpec;
use crate::report::privacy::Privacy;
use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use std::net::SocketAddr;

/// Customer access as code for Jira Service Management Cloud.
#[derive(Debug, Parser)]
#[command(
    name = "portcullis",
    version,
    about,
    propagate_version = true,
    arg_required_else_help = true
)]
#[command(after_help = examples::TOP)]
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
    /// Say more on standard error: what was read and every write; twice for every request
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// How messages on standard error look
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
    /// How much of people is shown: as they are, by stable pseudonyms (keyed by PORTCULLIS_PSEUDONYM_KEY where that is set), or as counts
    #[arg(long, global = true, value_enum, default_value_t = Privacy::Full, env = "PORTCULLIS_PRIVACY")]
    pub privacy: Privacy,
    /// The day everything is judged on (UTC), instead of today
    #[arg(
        long,
        global = true,
        value_name = "DATE",
        value_parser = day,
        env = "PORTCULLIS_TODAY",
        hide_env_values = true
    )]
    pub today: Option<Date>,
}

impl Global {
    /// Returns the day everything is judged on.
    pub fn today(&self) -> Date {
        self.today.unwrap_or_else(real_today)
    }

    /// Returns the day everything is judged on where that is another one than today.
    pub fn other_day(&self) -> Option<Date> {
        self.today.filter(|day| *day != real_today())
    }
}

/// Reads a day of the command line.
pub(super) fn day(text: &str) -> Result<Date, String> {
    let day = text.parse();
    day.map_err(|_| "a day is written as in 2026-11-22".to_owned())
}

fn real_today() -> Date {
    jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
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
    /// Write a commented starter workspace that plans cleanly against the sandbox
    Init(InitArguments),
    /// Say what this machine, these credentials and this workspace can and cannot do
    Doctor(DoctorArguments),
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
    /// Say what account somebody would get and what they reach, and why
    Explain(ExplainArguments),
    /// List everybody who reaches a project or a knowledge-base space, and by which route
    Who(WhoArguments),
    /// Review the access of a whole site: findings first, then every person, list and portal
    Review(ReviewArguments),
    /// Draw who reaches what: classes and lists, portals, articles
    Graph(GraphArguments),
    /// Record that a person looked up a value that no program can read
    Attest(AttestArguments),
    /// Write the live site as a workspace whose plan is empty
    Export(ExportArguments),
    /// List the sites, such as for the matrix of a pipeline
    Sites(SitesArguments),
    /// Print a CODEOWNERS file made from the scopes
    Codeowners(CodeownersArguments),
    /// Run the sandbox as a server on this machine
    Sandbox(SandboxArguments),
    /// Say what a rule, a lint or the code of a finding means, with its source
    Rule(RuleArguments),
    /// Print the JSON Schema of configuration files
    Schema(SchemaArguments),
    /// Print completions for a shell
    Completions(CompletionsArguments),
    /// Print the manual page
    #[command(after_help = examples::MAN)]
    Man,
}

/// Arguments of `doctor`.
#[derive(Debug, Args)]
#[command(after_help = examples::DOCTOR)]
pub struct DoctorArguments {
    /// The workspace
    #[arg(default_value = ".")]
    pub dir: Utf8PathBuf,
    /// Only this site; may be given several times
    #[arg(long, value_name = "SITE")]
    pub site: Vec<String>,
    /// The form of the output
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

/// Arguments of `sandbox`.
#[derive(Debug, Args)]
#[command(after_help = examples::SANDBOX)]
pub struct SandboxArguments {
    /// The loopback address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// The name of the site
    #[arg(long, default_value = "acme")]
    pub site: String,
    /// A workspace that describes the site at its start; an empty site when left out
    #[arg(long, value_name = "DIR")]
    pub seed: Option<Utf8PathBuf>,
    /// Where the state is kept; when the file exists, it is used instead of the seed
    #[arg(long, value_name = "FILE")]
    pub state: Option<Utf8PathBuf>,
    /// The most rows that one page of a list holds
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub page_cap: u16,
    /// How many reads a second it allows before it answers 429; no limit when left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub read_rps: Option<u32>,
    /// How many writes a second it allows before it answers 429; no limit when left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub write_rps: Option<u32>,
    /// How many milliseconds every answer takes
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub latency_ms: u32,
    /// What goes wrong how often, such as seed=7,429=0.02,503=0.01,reset-after=0.01,stale=0.02
    #[arg(long, value_name = "SPEC")]
    pub faults: Option<FaultSpec>,
}

/// Arguments of `rule`.
#[derive(Debug, Args)]
#[command(after_help = examples::RULE)]
pub struct RuleArguments {
    /// A code such as V10, L13 or unknown-key; every code when left out
    pub code: Option<String>,
    /// The form of the output
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = examples::COMPLETIONS)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
