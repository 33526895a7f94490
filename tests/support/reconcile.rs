//! A workspace and a sandbox that fit together: what a test of the whole pipeline is made of.

use camino::Utf8Path;
use portcullis::apply::{Apply, ApplyReport, Journal, Outcome};
use portcullis::config::{LoadOptions, Workspace, load};
use portcullis::desired::Desired;
use portcullis::emulator::{Options as SandboxOptions, Sandbox, Site};

use portcullis::jsm::{ApiError, Auth, Connection, Credentials, Endpoint, Options, OrgKey};
use portcullis::judge::Lints;
use portcullis::model::SiteKey;
use portcullis::observed::Observed;
use portcullis::plan::Plan;
use portcullis::report::build::document;
use portcullis::report::document::PlanDocument;
use portcullis::report::{json, text};
use portcullis::{observe, pipeline, seed};
use std::fmt::Write as _;

/// The description of the sandbox's own settings endpoint, as it is shipped.
const DRIVER: &str = include_str!("../../examples/quickstart/drivers/sandbox-settings.yaml");

/// People who left and who leave, beside every desired state: `leavers: [{ file: leavers.csv }]` at the top level names them.
const LEAVERS: &str = "email,until\nana@globex.example,2026-11-21\nbo@x.example,2026-12-01\nnever@x.example,2026-12-01\n";

/// The day on which tests judge.
pub(crate) fn today() -> jiff::civil::Date {
    jiff::civil::date(2026, 11, 22)
}

/// Completes the inner part of site `acme` to a root file. What follows a line `=top=` stands at the top level.
pub(crate) fn root_file(text: &str, desired: bool) -> String {
    let (site, top) = text.split_once("=top=").unwrap_or((text, ""));
    let mut root = String::from("version: 1\nsites:\n  acme:\n");
    if desired {
        root += "    url: \"sandbox:\"\n";
        if !site.contains("surfaces:") {
            root += "    surfaces: { gateway: write, private: write, mapped: settings.yaml }\n";
        }
    }
    if top.contains("atlassian_organizations:") {
        root += "    atlassian_organization: acme-corp\n";
    }
    if !site.contains("confluence_plan:") {
        root += "    confluence_plan: standard\n";
    }
    let indent = |text: &str, by: &str| {
        let margin = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| line.len() - line.trim_start().len())
            .min()
            .unwrap_or(0);
        text.lines()
            .filter(|line| !line.trim().is_empty())
            .fold(String::new(), |mut out, line| {
                writeln!(out, "{by}{}", &line[margin..]).unwrap();
                out
            })
    };
    root += &indent(site, "    ");
    root += &indent(top, "");
    // Most of these tests are about changes, not about whom they let in.
    if desired && !top.contains("policy:") {
        root += "policy: { class_gains: { anonymous: allow, anyone: allow, any_customer: allow }, max_people_losing_access: off, max_removals: off }\n";
    }
    root
}

/// A desired state in a directory, and a sandbox.
pub(crate) struct Case {
    directory: tempfile::TempDir,
    pub(crate) workspace: Workspace,
    pub(crate) sandbox: Sandbox,
    pub(crate) options: Options,
}

/// One plan with what it was made from.
pub(crate) struct Round {
    pub(crate) observed: Observed,
    pub(crate) plan: Plan,
    pub(crate) document: PlanDocument,
}

impl Case {
    /// Starts a sandbox from a seed and reads the desired state.
    pub(crate) async fn new(desired: &str, seed: &str) -> Self {
        Self::with(desired, seed, SandboxOptions::default()).await
    }

    /// As [`Case::new`], with a sandbox that behaves in another way.
    pub(crate) async fn with(desired: &str, seed: &str, options: SandboxOptions) -> Self {
        Self::on(desired, site(seed), options).await
    }

    /// As [`Case::with`], on a site that is there already.
    pub(crate) async fn on(desired: &str, site: Site, options: SandboxOptions) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(directory.path()).unwrap();
        fs_err::write(root.join("settings.yaml"), DRIVER).unwrap();
        fs_err::write(root.join("leavers.csv"), LEAVERS).unwrap();
        let workspace = read(root, desired, LoadOptions::new(today()));
        Self {
            directory,
            workspace,
            sandbox: Sandbox::start(site, options).await.unwrap(),
            options: Options::default(),
        }
    }

    /// Writes another desired state over the same sandbox.
    pub(crate) fn rewrite(&mut self, desired: &str) {
        let root = Utf8Path::from_path(self.directory.path()).unwrap();
        self.workspace = read(root, desired, LoadOptions::new(today()));
    }

    /// Opens a connection as the sandbox's administrator.
    pub(crate) fn connect(&self) -> Connection {
        self.connect_as("admin@sandbox.example", "sandbox-admin")
    }

    /// Opens a connection.
    pub(crate) fn connect_as(&self, email: &str, token: &str) -> Connection {
        Connection::open(Endpoint {
            site_url: self.sandbox.url(),
            api_url: None,
            auth: Auth::Classic,
            credentials: Some(Credentials::new(email, token)),
            client: None,
            org_key: Some(OrgKey::new("sandbox-org-key")),
            options: self.options.clone(),
        })
        .unwrap()
    }

    /// Resolves what is desired.
    pub(crate) fn desired(&self) -> Desired<'_> {
        let mut desired = Desired::new(&self.workspace, &key(), today()).unwrap();
        desired.atlassian_id = desired
            .atlassian_id
            .or_else(|| Some(self.sandbox.site().atlassian_organization().to_owned()));
        desired
    }

    /// Reads and plans.
    pub(crate) async fn plan(&self) -> Round {
        self.plan_by(&self.connect()).await.unwrap()
    }

    /// Reads and plans over a given connection.
    pub(crate) async fn plan_by(&self, connection: &Connection) -> Result<Round, ApiError> {
        let desired = self.desired();
        let mut observed = observe::observe(&connection.reader(), &desired).await?;
        observed.requests = connection.requests();
        Ok(self.plan_from(observed))
    }

    /// Plans from what was observed.
    pub(crate) fn plan_from(&self, observed: Observed) -> Round {
        let desired = self.desired();
        let planned = [pipeline::plan_by(&desired, &observed, Lints::LeftOut)];
        let document = document(&self.workspace, &planned);
        let [planned] = planned;
        Round {
            document,
            plan: planned.plan,
            observed,
        }
    }

    /// Carries a plan out.
    pub(crate) async fn apply(&self, round: &Round) -> ApplyReport {
        let connection = self.connect();
        let (reader, writer) = (connection.reader(), connection.writer());
        Apply {
            begins: &|_| (),
            reader: &reader,
            writer: &writer,
            desired: &self.desired(),
            observed: &round.observed,
            journal: &Journal::none(),
        }
        .run(&round.plan)
        .await
    }

    /// Plans and applies; everything must be automatic and work, and leave nothing to do.
    pub(crate) async fn converge(&self) -> Round {
        let first = self.plan().await;
        let report = self.apply(&first).await;
        for (change, outcome) in first.plan.changes.iter().zip(&report.outcomes) {
            assert!(
                matches!(outcome, Outcome::Done | Outcome::AlreadyTrue),
                "{}: {outcome:?}\n{}",
                change.address,
                first.text()
            );
        }
        let second = self.plan().await;
        assert_eq!(
            second.addresses(),
            Vec::<String>::new(),
            "{}",
            second.text()
        );
        first
    }

    /// Plans, applies, plans again: the first plan as people see it, and what applying it leaves over.
    pub(crate) async fn story(&self) -> String {
        let before = self.sandbox.stats().writes;
        let first = self.plan().await;
        assert_eq!(
            self.sandbox.stats().writes,
            before,
            "planning must not write"
        );
        let mut told = first.text();
        let report = self.apply(&first).await;
        let mut left = String::new();
        for (change, outcome) in first.plan.changes.iter().zip(&report.outcomes) {
            if !matches!(outcome, Outcome::Done | Outcome::AlreadyTrue) {
                writeln!(
                    left,
                    "  {} {}: {outcome:?}",
                    change.action.word(),
                    change.address
                )
                .unwrap();
            }
        }
        let second = self.plan().await;
        if left.is_empty() && first.plan.errors.is_empty() {
            assert_eq!(
                second.addresses(),
                Vec::<String>::new(),
                "{told}\nthen\n{}",
                second.text()
            );
            told += "\n== applied; nothing left to do ==\n";
        } else {
            write!(told, "\n== applied, except ==\n{left}").unwrap();
            writeln!(
                told,
                "== planned again ==\n{}",
                second.addresses().join("\n")
            )
            .unwrap();
        }
        told.replace(&self.sandbox.url(), "http://sandbox")
    }
}

impl Round {
    /// The plan as people see it, without its digests: they hold ids which the sandbox gives out in the order in which
    /// requests under way at once happen to arrive.
    pub(crate) fn text(&self) -> String {
        let mut out = Vec::new();
        text::plan(&self.document, text::Style::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let digests = [&self.document.digest, &self.document.acceptance_digest].into_iter();
        let digests = digests.filter(|digest| !digest.is_empty());
        digests.fold(text, |text, digest| {
            text.replace(digest.as_str(), "[digest]")
                .replace(&digest[..12], "[digest]")
        })
    }

    /// The plan as machines see it.
    pub(crate) fn json(&self) -> String {
        json::plan_json(&self.document)
    }

    /// What would change, one a line.
    pub(crate) fn addresses(&self) -> Vec<String> {
        self.plan
            .changes
            .iter()
            .map(|change| format!("{} {}", change.action.word(), change.address))
            .collect()
    }
}

/// The site's key.
pub(crate) fn key() -> SiteKey {
    SiteKey::new("acme").unwrap()
}

/// Builds the sandbox's site from a seed.
pub(crate) fn site(text: &str) -> Site {
    let directory = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(directory.path()).unwrap();
    let file = root_file(text, false);
    fs_err::write(root.join("portcullis.yaml"), &file).unwrap();
    let loaded = load(root, LoadOptions::seed(today()));
    let problems: Vec<_> = loaded.diagnostics.iter().map(|d| &d.message).collect();
    let workspace = loaded
        .workspace
        .unwrap_or_else(|| panic!("the seed is invalid: {problems:?}\n{file}"));
    seed::build(&workspace, &key()).unwrap()
}

fn read(root: &Utf8Path, desired: &str, options: LoadOptions) -> Workspace {
    let file = root_file(desired, true);
    fs_err::write(root.join("portcullis.yaml"), &file).unwrap();
    let loaded = load(root, options);
    let problems: Vec<_> = loaded.diagnostics.iter().map(|d| &d.message).collect();
    loaded
        .workspace
        .unwrap_or_else(|| panic!("the desired state is invalid: {problems:?}\n{file}"))
}

/// Runs a future to its end.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

/// The plan from one site to the other as people see it, and what is left once it was applied.
pub(crate) fn check(desired: &str, seed: &str) -> String {
    run(async { Case::new(desired, seed).await.story().await })
}
