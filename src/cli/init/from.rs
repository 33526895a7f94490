//! `portcullis init --from URL`: what the site has as a workspace, and what only a person can say of it as declarations with
//! attestations beside them, so that the first plan is empty. Everything is asked before anything is written.

use crate::cli::args::{ExportArguments, ExportMembers, ExportMode, Global, InitArguments, Limits};
use crate::cli::{Lookup, Output, export};
use crate::config::{self, LoadOptions};
use crate::diagnostic::Severity;
use crate::exit::Exit;
use crate::files::{self, Given};
use crate::lint;
use crate::model::{SiteField, SiteKey};
use crate::observed::Observed;
use crate::report::text::counted;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A setting that no program can read without a described endpoint.
struct Setting {
    /// Its name on the command line.
    name: &'static str,
    /// What it is in the model.
    field: SiteField,
    /// The question.
    asks: &'static str,
    /// Where a person sees it.
    at: &'static str,
    /// Its address below the site.
    address: &'static str,
    /// The values that it has.
    values: [&'static str; 2],
    /// The key below the site, with `?` for the value.
    key: &'static str,
}

const CUSTOMER_ACCESS: &str =
    "Settings > Apps (or Products) > Jira Service Management > Customer access";

const SETTINGS: [Setting; 5] = [
    Setting {
        name: "internal",
        field: SiteField::Internal,
        asks: "do new internal customers get Atlassian accounts?",
        at: CUSTOMER_ACCESS,
        address: "customer-access/internal",
        values: ["true", "false"],
        key: "internal: { atlassian_accounts: ? }",
    },
    Setting {
        name: "external",
        field: SiteField::External,
        asks: "do new external customers get portal-only accounts?",
        at: CUSTOMER_ACCESS,
        address: "customer-access/external",
        values: ["true", "false"],
        key: "external: { portal_only_accounts: ? }",
    },
    Setting {
        name: "customers-can-create-accounts",
        field: SiteField::CustomersCanCreateAccounts,
        asks: "can customers create their own accounts?",
        at: CUSTOMER_ACCESS,
        address: "customer-access/customers-can-create-accounts",
        values: ["true", "false"],
        key: "customers_can_create_accounts: ?",
    },
    Setting {
        name: "view-without-login",
        field: SiteField::ViewWithoutLogin,
        asks: "can portals be viewed without login?",
        at: CUSTOMER_ACCESS,
        address: "customer-access/view-without-login",
        values: ["true", "false"],
        key: "view_without_login: ?",
    },
    Setting {
        name: "organization-management",
        field: SiteField::OrganizationManagement,
        asks: "who manages customer organizations?",
        at: "Settings > Apps (or Products) > Jira Service Management > Configuration",
        address: "setting/organization-management",
        values: ["agents", "jira_admins_only"],
        key: "organization_management: ?",
    },
];

/// Answers by the names of their settings.
type Answers = BTreeMap<&'static str, &'static str>;

/// What a workspace consists of: none of it may be there.
const PARTS: [&str; 10] = [
    "portcullis.yaml",
    "portcullis.yml",
    "sites",
    "organizations",
    "projects",
    "policy",
    "expectations",
    "attestations",
    "rosters",
    "schemas",
];

/// Runs the command.
pub(super) async fn run(
    url: &str,
    arguments: &InitArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Exit {
    let done = begin(url, arguments, global, output, lookup).await;
    done.err().unwrap_or(Exit::Done)
}

async fn begin(
    url: &str,
    arguments: &InitArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Result<(), Exit> {
    let mut answers = given(arguments, output)?;
    refuse_taken(&arguments.dir, output)?;
    let reads = ExportArguments {
        dir: Utf8Path::new(".").to_owned(),
        site: None,
        url: Some(url.to_owned()),
        to: Some(arguments.dir.clone()),
        members: ExportMembers::Csv,
        mode: ExportMode::AddOnly,
        ids: false,
        no_ids: false,
        snapshot: None,
        observed: None,
        partial: false,
        limits: Limits::default(),
    };
    let mut found = export::found(&reads, global, output, lookup).await?;
    let mut by = arguments.by.clone();
    if output.interactive {
        (answers, by) = asked(answers, by, &found.observed, output).await;
    }
    if let (false, Some(by)) = (answers.is_empty(), by) {
        let today = global.today().to_string();
        let files = files_of(&found.key, &answers, &by, &today);
        found.workspace.files.extend(files);
    }
    let ignored = Given::new(arguments.dir.join(super::GIT_IGNORE)).is_there();
    if ignored {
        found
            .workspace
            .files
            .remove(Utf8Path::new(super::GIT_IGNORE));
    }
    files::write_directory(&arguments.dir, &found.workspace.files)
        .map_err(|error| output.fail(Exit::Unexpected, &error.to_string(), None))?;
    export::summary(&found.workspace, &reads, output);
    if ignored {
        output.note(super::LEFT_AS_IT_IS);
    }
    tell_open(&answers, &arguments.dir, output);
    tell_next(&answers, &found.observed, arguments, global, output);
    Ok(())
}

/// Ends the command where a part of a workspace is there already.
fn refuse_taken(directory: &Utf8Path, output: &mut Output) -> Result<(), Exit> {
    let there = |name: &&str| Given::new(directory.join(name)).is_there();
    let present: Vec<&str> = PARTS.into_iter().filter(there).collect();
    if present.is_empty() {
        return Ok(());
    }
    let message = format!("`{directory}` has {} already", super::listed(&present));
    let hint = "nothing was written; name an empty or new directory";
    Err(output.fail(Exit::Usage, &message, Some(hint)))
}

/// Says which settings nobody answered.
fn tell_open(answers: &Answers, directory: &Utf8Path, output: &mut Output) {
    let names = SETTINGS.iter().map(|setting| setting.name);
    let open: Vec<&str> = names.filter(|name| !answers.contains_key(name)).collect();
    if !open.is_empty() {
        output.note(&format!(
            "Not answered, so not managed: {}. `portcullis doctor {directory}` says what else a person has to look up.",
            open.join(", ")
        ));
    }
}

/// Says what comes next: a plan that is empty, unless an answer contradicts another or what the site itself reports.
fn tell_next(
    answers: &Answers,
    observed: &Observed,
    arguments: &InitArguments,
    global: &Global,
    output: &mut Output,
) {
    let directory = &arguments.dir;
    let today = global.today();
    let loaded = config::load(directory, LoadOptions::new(today));
    let lints = loaded
        .workspace
        .as_ref()
        .map(|workspace| lint::diagnostics(workspace, today));
    let problems = loaded.diagnostics.iter().chain(lints.iter().flatten());
    let errors = problems.filter(|problem| problem.severity == Severity::Error);
    let next = match errors.count() {
        0 if SETTINGS
            .iter()
            .any(|setting| denied(setting, answers, observed).is_some()) =>
        {
            format!(
                "`portcullis plan {directory}` shows what the answers and the site do not agree on."
            )
        }
        0 => format!("`portcullis plan {directory}` has nothing to change."),
        errors => format!(
            "`portcullis validate {directory}` explains {}: answers contradict each other.",
            counted(errors, "error", "errors")
        ),
    };
    output.note(&format!("\nNext: {next}"));
}

/// Returns what the site's projects report of a setting, where its answer is another.
fn denied(setting: &Setting, answers: &Answers, observed: &Observed) -> Option<bool> {
    let reported = observed.echo(setting.field).ok().flatten()?;
    let answer = answers.get(setting.name)?;
    (*answer != word(reported)).then_some(reported)
}

const fn word(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}

/// Reads the answers of the command line.
fn given(arguments: &InitArguments, output: &mut Output) -> Result<Answers, Exit> {
    let mut answers = Answers::new();
    if let Some(strategy) = arguments.strategy {
        let (atlassian, portal_only) = strategy.accounts();
        answers.insert("internal", word(atlassian));
        answers.insert("external", word(portal_only));
    }
    for answer in &arguments.answer {
        let (name, value) = answer.split_once('=').unwrap_or((answer, ""));
        let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) else {
            let names: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
            let hint = format!("the settings are: {}", names.join(", "));
            let message = format!("there is no setting `{name}` to answer");
            return Err(output.fail(Exit::Usage, &message, Some(&hint)));
        };
        let Some(value) = value_of(setting, value) else {
            let message = format!("`{value}` is no value of `{name}`");
            let hint = format!("one of: {}", setting.values.join(", "));
            return Err(output.fail(Exit::Usage, &message, Some(&hint)));
        };
        answers.insert(setting.name, value);
    }
    if !answers.is_empty() && arguments.by.is_none() && !output.interactive {
        let hint = "add who looked them up, such as `--by jo@acme.example`: an answer is a statement of a person";
        return Err(output.fail(Exit::Usage, "nobody answers for the answers", Some(hint)));
    }
    Ok(answers)
}

/// Reads a value as it is typed.
fn value_of(setting: &Setting, typed: &str) -> Option<&'static str> {
    let typed = match typed.trim() {
        "yes" | "y" | "on" => "true",
        "no" | "n" | "off" => "false",
        other => other,
    };
    setting.values.into_iter().find(|value| *value == typed)
}

/// Asks a person for what is not answered yet. An empty answer leaves a setting open, the end of the input all that follow.
async fn asked(
    mut answers: Answers,
    mut by: Option<String>,
    observed: &Observed,
    output: &mut Output,
) -> (Answers, Option<String>) {
    output.note("\nWhat no program can read. Look it up, or leave it open with Enter.");
    for setting in &SETTINGS {
        if !answers.contains_key(setting.name)
            && !ask(setting, &mut answers, observed, output).await
        {
            break;
        }
    }
    let mut text = "Who looked? Your address: ";
    while by.is_none() && !answers.is_empty() {
        let Some(typed) = output.answer(text).await else {
            output.note("Nobody answers for the answers, so they are left out.");
            answers.clear();
            break;
        };
        by = Some(typed.trim().to_owned()).filter(|by| !by.is_empty());
        text = "An answer is a statement of a person, so it needs one. Your address: ";
    }
    (answers, by)
}

/// Asks for one setting, until the answer is one of its values; false where there is nobody to ask.
async fn ask(
    setting: &Setting,
    answers: &mut Answers,
    observed: &Observed,
    output: &mut Output,
) -> bool {
    let values = match setting.values {
        ["true", "false"] => ["yes", "no"],
        values => values,
    };
    let [one, other] = values;
    let mut text = format!("{}\n  {} [{one}/{other}] ", setting.at, setting.asks);
    let mut doubted = false;
    loop {
        let Some(typed) = output.answer(&text).await else {
            return false;
        };
        if typed.trim().is_empty() {
            answers.remove(setting.name);
            return true;
        }
        let Some(value) = value_of(setting, &typed) else {
            text = format!("  `{one}` or `{other}`; Enter leaves it open: ");
            continue;
        };
        answers.insert(setting.name, value);
        match denied(setting, answers, observed) {
            Some(reported) if !doubted => {
                doubted = true;
                let reported = if reported { one } else { other };
                text = format!(
                    "  Every project that was read reports `{reported}`. Look again [{one}/{other}]; Enter leaves it open: "
                );
            }
            _ => return true,
        }
    }
}

/// Returns the files that hold what was answered: as declared, and as seen.
fn files_of(key: &SiteKey, answers: &Answers, by: &str, today: &str) -> [(Utf8PathBuf, String); 2] {
    let mut access = String::new();
    let mut rest = String::new();
    let mut seen = String::from(
        "# yaml-language-server: $schema=../schemas/portcullis.schema.json\n# What a person saw on the site's own pages. It counts for 90 days; `portcullis attest` renews it.\nversion: 1\nattestations:\n",
    );
    let quoted = serde_json::to_string(by).unwrap_or_default();
    for setting in &SETTINGS {
        let Some(value) = answers.get(setting.name) else {
            continue;
        };
        let line = setting.key.replace('?', value);
        // Writing to a string cannot fail.
        let _ = match setting.address.starts_with("customer-access/") {
            true => writeln!(access, "      {line}"),
            false => writeln!(rest, "    {line}"),
        };
        let _ = writeln!(
            seen,
            "  - {{ address: {key}/{}, value: {value}, by: {quoted}, \"on\": \"{today}\" }}",
            setting.address
        );
    }
    let mut declared = format!(
        "# yaml-language-server: $schema=../schemas/portcullis.schema.json\n# Settings that no program can read; a change here is a step for a person.\nversion: 1\nsites:\n  {key}:\n"
    );
    if !access.is_empty() {
        let _ = write!(declared, "    customer_access:\n{access}");
    }
    declared.push_str(&rest);
    [
        (format!("sites/{key}-settings.yaml").into(), declared),
        (format!("attestations/{key}.yaml").into(), seen),
    ]
}
