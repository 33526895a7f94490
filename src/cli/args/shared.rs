//! Options that several commands share: how far they reach into a site, and how large what they write may be.

use camino::Utf8PathBuf;
use clap::Args;

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
pub(super) fn file(text: &str) -> Result<Utf8PathBuf, String> {
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

/// Reads a budget of bytes that holds at least a heading.
pub(super) fn max_bytes(text: &str) -> Result<usize, String> {
    let least = crate::report::markdown::LEAST_BYTES;
    match text.parse::<usize>() {
        Ok(bytes) if bytes >= least => Ok(bytes),
        Ok(_) => Err(format!("at least {least} bytes are needed")),
        Err(error) => Err(error.to_string()),
    }
}
