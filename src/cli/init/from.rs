//! `portcullis init --from URL`: what the site has as a workspace, and what only a person can say of it as declarations with
//! attestations beside them, so that the first plan is empty.

use super::line;
use crate::cli::args::{ExportArguments, ExportMembers, ExportMode, Global, InitArguments, Limits};
use crate::cli::{Lookup, Output, export};
use crate::connect::key_of;
use crate::exit::Exit;
use crate::files::{Refusal, Root};
use crate::model::SiteKey;
use camino::Utf8Path;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A setting that no program can read without a described endpoint.
struct Setting {
    /// Its name on the command line.
    name: &'static str,
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
    "Settings > Products (or Apps) > Jira Service Management > Customer access";

const SETTINGS: [Setting; 5] = [
    Setting {
        name: "internal",
        asks: "do new internal customers get Atlassian accounts?",
        at: CUSTOMER_ACCESS,
        address: "customer-access/internal",
        values: ["true", "false"],
        key: "internal: { atlassian_accounts: ? }",
    },
    Setting {
        name: "external",
        asks: "do new external customers get portal-only accounts?",
        at: CUSTOMER_ACCESS,
        address: "customer-access/external",
        values: ["true", "false"],
        key: "external: { portal_only_accounts: ? }",
    },
    Setting {
        name: "customers-can-create-accounts",
        asks: "can customers create their own accounts?",
        at: CUSTOMER_ACCESS,
        address: "customer-access/customers-can-create-accounts",
        values: ["true", "false"],
        key: "customers_can_create_accounts: ?",
    },
    Setting {
        name: "view-without-login",
        asks: "can portals be viewed without login?",
        at: CUSTOMER_ACCESS,
        address: "customer-access/view-without-login",
        values: ["true", "false"],
        key: "view_without_login: ?",
    },
    Setting {
        name: "organization-management",
        asks: "who manages customer organizations?",
        at: "Settings > Products (or Apps) > Jira Service Management > Configuration",
        address: "setting/organization-management",
        values: ["agents", "jira_admins_only"],
        key: "organization_management: ?",
    },
];

/// Answers by the names of their settings.
type Answers = BTreeMap<&'static str, &'static str>;

/// Runs the command.
pub(super) async fn run(
    url: &str,
    arguments: &InitArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Exit {
    let mut answers = match given(arguments, output) {
        Ok(answers) => answers,
        Err(exit) => return exit,
    };
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
    let exit = export::run(&reads, global, output, lookup).await;
    if exit != Exit::Done {
        return exit;
    }
    let mut by = arguments.by.clone();
    if output.interactive {
        match asked(answers, by, output).await {
            Some(more) => (answers, by) = more,
            None => return output.fail(Exit::Unexpected, "the answers could not be read", None),
        }
    }
    let key = key_of(url);
    let today = global.today().to_string();
    if let (false, Some(by)) = (answers.is_empty(), by)
        && let Err(refusal) = write(&arguments.dir, &key, &answers, &by, &today)
    {
        return output.fail(Exit::Unexpected, &refusal.to_string(), None);
    }
    let open: Vec<&str> = SETTINGS
        .iter()
        .map(|setting| setting.name)
        .filter(|name| !answers.contains_key(name))
        .collect();
    if !open.is_empty() {
        output.note(&format!(
            "Not answered, so not managed: {}. `portcullis doctor {}` says what else a person has to look up.",
            open.join(", "),
            arguments.dir
        ));
    }
    output.note(&format!(
        "\nNext: `portcullis plan {}` has nothing to change.",
        arguments.dir
    ));
    exit
}

/// Reads the answers of the command line.
fn given(arguments: &InitArguments, output: &mut Output) -> Result<Answers, Exit> {
    let mut answers = Answers::new();
    if let Some(strategy) = arguments.strategy {
        let (atlassian, portal_only) = strategy.accounts();
        let word = |yes| if yes { "true" } else { "false" };
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

/// Asks a person for what is not answered yet; an empty answer leaves a setting open.
async fn asked(
    mut answers: Answers,
    by: Option<String>,
    output: &mut Output,
) -> Option<(Answers, Option<String>)> {
    output.note("\nWhat no program can read. Look it up, or leave it open with Enter.");
    for setting in &SETTINGS {
        while !answers.contains_key(setting.name) {
            let [one, other] = setting.values;
            let text = format!("{}\n  {} [{one}/{other}] ", setting.at, setting.asks);
            let typed = line(&text, output).await?;
            if typed.trim().is_empty() {
                break;
            }
            if let Some(value) = value_of(setting, &typed) {
                answers.insert(setting.name, value);
            }
        }
    }
    let mut by = by;
    while by.is_none() && !answers.is_empty() {
        let typed = line("Who looked? Your address: ", output).await?;
        by = Some(typed.trim().to_owned()).filter(|by| !by.is_empty());
    }
    Some((answers, by))
}

/// Writes what was answered: as declared, and as seen.
fn write(
    directory: &Utf8Path,
    key: &SiteKey,
    answers: &Answers,
    by: &str,
    today: &str,
) -> Result<(), Refusal> {
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
    let root = Root::open(directory)?;
    root.named(format!("sites/{key}-settings.yaml"))
        .create_new(declared.as_bytes())?;
    root.named(format!("attestations/{key}.yaml"))
        .create_new(seen.as_bytes())
}
