//! The variables of the environment that the program reads, one table: the reference of the documentation is made from it.

/// A variable of the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub text: &'static str,
}

/// Makes a row.
const fn variable(name: &'static str, text: &'static str) -> Variable {
    Variable { name, text }
}

/// Every variable that the program reads itself; proxies are those of every HTTP program.
#[rustfmt::skip]
pub static TABLE: &[Variable] = &[
    variable("PORTCULLIS_EMAIL", "the address of the account whose API token is used"),
    variable("PORTCULLIS_API_TOKEN", "that account's API token"),
    variable("PORTCULLIS_CLIENT_ID", "the client id of a service account, for sites with `auth: oauth`"),
    variable("PORTCULLIS_CLIENT_SECRET", "that service account's secret"),
    variable("PORTCULLIS_ORG_API_KEY", "an API key of the Atlassian organization; only for approved domains, roles and its log"),
    variable("PORTCULLIS_<SITE>_EMAIL", "the same for one site, such as `PORTCULLIS_ACME_EU_EMAIL` for the site `acme-eu`; it is taken before the name without a site"),
    variable("PORTCULLIS_<SITE>_API_TOKEN", "the same for one site"),
    variable("PORTCULLIS_<SITE>_CLIENT_ID", "the same for one site"),
    variable("PORTCULLIS_<SITE>_CLIENT_SECRET", "the same for one site"),
    variable("PORTCULLIS_<SITE>_ORG_API_KEY", "the same for one site"),
    variable("PORTCULLIS_ALLOWED_SITES", "the hosts that may get a token, such as `acme.atlassian.net,acme-eu.atlassian.net`; not set is no limit, set and empty lets none through"),
    variable("PORTCULLIS_ALLOW_LOOPBACK", "`1` lets any credentials go to a program on this machine; without it only the sandbox's own do"),
    variable("PORTCULLIS_PRIVACY", "as `--privacy`: `full`, `pseudonymous` or `counts`"),
    variable("PORTCULLIS_PSEUDONYM_KEY", "what pseudonyms are keyed with, so that they are the same in every run"),
    variable("PORTCULLIS_TODAY", "as `--today`: the day everything is judged on"),
    variable("PORTCULLIS_LOG", "what the log on standard error holds, such as `portcullis=debug`; `-v` and `-vv` are shorter"),
    variable("PORTCULLIS_COMMIT", "the commit whose files are planned, for links in comments; without it what GitHub (`GITHUB_SHA`) or GitLab (`CI_COMMIT_SHA`) says"),
    variable("COLUMNS", "the width of text; without it the terminal is asked, and 100 counts where there is none"),
    variable("TERM", "`dumb` switches colour and the line of progress off"),
    variable("NO_COLOR", "switches colour off"),
    variable("CLICOLOR_FORCE", "switches colour on, also where no terminal is"),
    variable("CI", "nobody is asked, and progress is one line per phase"),
    variable("HTTPS_PROXY", "the proxy for Atlassian's hosts (also `HTTP_PROXY`, `ALL_PROXY`)"),
    variable("NO_PROXY", "hosts that are reached without it"),
];
