//! The arguments of every command.

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
    /// List the sites, such as for the matrix of a pipeline
    Sites(SitesArguments),
    /// Print a CODEOWNERS file made from the scopes
    Codeowners(CodeownersArguments),
    /// Say what account somebody would get and what they reach, and why
    Explain(ExplainArguments),
    /// List everybody who reaches a project or a knowledge-base space, and by which route
    Who(WhoArguments),
    /// Review the access of a whole site: findings first, then every person, list and portal
    Review(ReviewArguments),
    /// Draw who reaches what: classes and lists, portals, articles
    Graph(GraphArguments),
    /// Write a commented starter workspace that plans cleanly against the sandbox
    Init(InitArguments),
    /// Record that a person looked up a value that no program can read
    Attest(AttestArguments),
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
    /// Write the live site as a workspace whose plan is empty
    Export(ExportArguments),
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
    /// How hard the site is asked.
    #[command(flatten)]
    pub limits: Limits,
}

/// How hard a site is asked.
#[derive(Debug, Clone, Args)]
pub struct Limits {
    /// The most requests in flight at once
    #[arg(long, value_name = "N", default_value_t = crate::jsm::CONCURRENCY, value_parser = at_least_one::<usize>)]
    pub concurrency: usize,
    /// The most requests a second; without it the pace follows what the site says of its limits
    #[arg(long, value_name = "N", value_parser = max_rps)]
    pub max_rps: Option<f64>,
    /// The most requests that the run may make
    #[arg(long, value_name = "N", value_parser = at_least_one::<u64>)]
    pub budget: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            concurrency: crate::jsm::CONCURRENCY,
            max_rps: None,
            budget: None,
        }
    }
}

impl Limits {
    /// Returns how requests are made.
    pub fn options(&self) -> crate::jsm::Options {
        crate::jsm::Options {
            concurrency: self.concurrency.max(1),
            max_rps: self.max_rps,
            budget: self.budget,
            ..crate::jsm::Options::default()
        }
    }
}

/// Reads a whole number that is not 0.
fn at_least_one<N>(text: &str) -> Result<N, String>
where
    N: std::str::FromStr<Err = std::num::ParseIntError> + PartialEq + Default,
{
    match text.parse::<N>() {
        Ok(number) if number != N::default() => Ok(number),
        Ok(_) => Err("at least 1 is needed".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Reads the name of a file to write; `-` would be a file of that name, which nobody means.
fn file(text: &str) -> Result<Utf8PathBuf, String> {
    match text {
        "-" => Err("name a file; standard output is for the report".to_owned()),
        name => Ok(name.into()),
    }
}

fn max_rps(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate.is_finite() && rate >= 1.0 => Ok(rate),
        Ok(_) => Err("at least 1 request a second is needed".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

impl Reach {
    /// Returns what narrows the workspace, as it is typed.
    pub fn narrowed(&self) -> Vec<String> {
        let sites = self.site.iter().map(|site| ["--site", site]);
        let targets = self.target.iter().map(|target| ["--target", target]);
        sites.chain(targets).flatten().map(str::to_owned).collect()
    }
}

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

/// Reads a budget of bytes that holds at least a heading.
fn max_bytes(text: &str) -> Result<usize, String> {
    let least = crate::report::markdown::LEAST_BYTES;
    match text.parse::<usize>() {
        Ok(bytes) if bytes >= least => Ok(bytes),
        Ok(_) => Err(format!("at least {least} bytes are needed")),
        Err(error) => Err(error.to_string()),
    }
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
    #[arg(long, value_name = "DATE")]
    pub until: Option<Date>,
    /// The day on which the person looked; today when left out
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
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

/// Arguments of `schema`.
#[derive(Debug, Args)]
#[command(after_help = examples::SCHEMA)]
pub struct SchemaArguments {
    /// Print the schema of descriptions of settings endpoints (`surfaces.mapped`) instead
    #[arg(long)]
    pub mapped: bool,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = examples::COMPLETIONS)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
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
