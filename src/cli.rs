//! The command line: one file per command, each reading like the data flow of the crate.
//!
//! Data goes to standard output, everything else to standard error. Nothing below this module prints.

mod accept;
mod apply;
pub mod args;
mod attest;
mod codeowners;
mod completions;
mod doctor;
mod drift;
pub mod environment;
mod examples;
mod explain;
mod export;
mod failure;
mod graph;
mod init;
mod interrupt;
mod law;
mod observe;
mod output;
mod plan;
mod progress;
mod question;
pub mod reference;
mod review;
mod rule;
mod sandbox;
mod schema;
mod show;
mod sites;
mod source;
mod validate;
mod who;

pub use output::Output;

use crate::exit::Exit;
use args::{Arguments, Command};
use clap::{CommandFactory as _, FromArgMatches as _};
use interrupt::interrupted;
use progress::Progress;
use std::ffi::OsString;
use std::io::{IsTerminal as _, Write as _};

/// The most columns that a help page takes, however wide the terminal is.
const HELP_WIDTH: usize = 100;

/// Looks an environment variable up.
pub(crate) type Lookup = fn(&str) -> Option<String>;

/// Runs the command line.
pub fn main(arguments: impl IntoIterator<Item = OsString>, lookup: Lookup) -> Exit {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let command = Arguments::command().term_width(output::width(lookup).min(HELP_WIDTH));
    let parsed = command
        .try_get_matches_from(&arguments)
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let parsed = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return usage(&error, wants_json(&arguments)),
    };
    let mut output = Output::of_process(parsed.global.color, lookup);
    output.privacy = parsed.global.privacy;
    output.json_notes = parsed.global.log_format == args::LogFormat::Json;
    if output.json_notes && output.progress == Progress::Live {
        output.progress = Progress::Lines;
    }
    output.pseudonym_key = lookup(plan::PSEUDONYM_KEY);
    start_logging(&parsed);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            return output.fail(
                Exit::Unexpected,
                &format!("the runtime cannot start: {error}"),
                None,
            );
        }
    };
    runtime.block_on(async {
        // A server ends with a signal and saves before it does; every other command ends where it stands, says how far
        // an apply came, and saves the embedded sandbox.
        if let Command::Sandbox(arguments) = &parsed.command {
            return match sandbox::run(arguments, &parsed.global, &mut output).await {
                Ok(code) => std::process::exit(code),
                Err(exit) => exit,
            };
        }
        let interruption = output.interruption.clone();
        interruption.insist();
        let mut running = Box::pin(run(&parsed, &mut output, lookup));
        let ended = tokio::select! {
            exit = &mut running => Ok(exit),
            code = interrupted() => Err(code),
        };
        match ended {
            Ok(exit) => {
                drop(running);
                failure::tell(&parsed.command, exit, &mut output)
            }
            Err(code) => {
                interruption.heard();
                // As long as the session stands nobody else may use the sandbox, so it is saved before that ends.
                let unsaved = interruption.save();
                drop(running);
                for error in unsaved {
                    output.note(&format!(
                        "warning: the sandbox's state could not be saved: {error}"
                    ));
                }
                let applies = matches!(parsed.command, Command::Apply(_));
                interruption.tell(applies, &mut output);
                std::process::exit(code)
            }
        }
    })
}

async fn run(parsed: &Arguments, output: &mut Output, lookup: Lookup) -> Exit {
    match &parsed.command {
        Command::Validate(arguments) => validate::run(arguments, &parsed.global, output, lookup),
        Command::Doctor(arguments) => doctor::run(arguments, &parsed.global, output, lookup).await,
        Command::Plan(arguments) => plan::run(arguments, &parsed.global, output, lookup).await,
        Command::Show(arguments) => show::run(arguments, &parsed.global, output, lookup),
        Command::Drift(arguments) => drift::run(arguments, &parsed.global, output, lookup).await,
        Command::Sites(arguments) => sites::run(arguments, &parsed.global, output),
        Command::Codeowners(arguments) => codeowners::run(arguments, &parsed.global, output),
        Command::Apply(arguments) => apply::run(arguments, &parsed.global, output, lookup).await,
        Command::Explain(arguments) => {
            explain::run(arguments, &parsed.global, output, lookup).await
        }
        Command::Who(arguments) => who::run(arguments, &parsed.global, output, lookup).await,
        Command::Review(arguments) => review::run(arguments, &parsed.global, output, lookup).await,
        Command::Graph(arguments) => graph::run(arguments, &parsed.global, output, lookup).await,
        Command::Init(arguments) => init::run(arguments, &parsed.global, output, lookup).await,
        Command::Attest(arguments) => attest::run(arguments, &parsed.global, output).await,
        Command::Sandbox(arguments) => {
            match sandbox::run(arguments, &parsed.global, output).await {
                Ok(_) => Exit::Done,
                Err(exit) => exit,
            }
        }
        Command::Rule(arguments) => rule::run(arguments, output),
        Command::Schema(arguments) => schema::run(arguments, output),
        Command::Completions(arguments) => completions::completions(arguments, output),
        Command::Man => completions::man(output),
        Command::Export(arguments) => export::run(arguments, &parsed.global, output, lookup).await,
    }
}

/// Says whether arguments that could not be read ask for messages as JSON.
fn wants_json(arguments: &[OsString]) -> bool {
    let words = || arguments.iter().filter_map(|word| word.to_str());
    words().any(|word| word == "--log-format=json")
        || words()
            .zip(words().skip(1))
            .any(|pair| pair == ("--log-format", "json"))
}

/// Prints what clap has to say, an error as one JSON object where the log is JSON; help and version are no errors.
fn usage(error: &clap::Error, json: bool) -> Exit {
    if json && error.use_stderr() {
        let text = error.to_string();
        let (message, rest) = text.split_once("\n\n").unwrap_or((&text, ""));
        let message = message.strip_prefix("error: ").unwrap_or(message).trim();
        let hint = Some(rest.trim()).filter(|rest| !rest.is_empty());
        let exit = Exit::Usage;
        let line = serde_json::json!({"level": "ERROR", "message": message, "hint": hint, "exit_code": exit.code()});
        // A closed pipe is a quiet end.
        let line = crate::neutral::json::escaped(&line.to_string());
        let _ = writeln!(std::io::stderr(), "{line}");
        return exit;
    }
    // A closed pipe is a quiet end.
    let _ = error.print();
    if error.use_stderr() {
        Exit::Usage
    } else {
        Exit::Done
    }
}

fn start_logging(parsed: &Arguments) {
    let filter =
        tracing_subscriber::EnvFilter::try_from_env("PORTCULLIS_LOG").unwrap_or_else(|_| {
            tracing_subscriber::EnvFilter::new(match parsed.global.verbose {
                0 => "warn",
                1 => "portcullis=info",
                _ => "portcullis=debug",
            })
        });
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // Only the first call in a process wins, which is what tests want.
    let _ = match parsed.global.log_format {
        args::LogFormat::Json => builder.json().try_init(),
        args::LogFormat::Text => builder.with_target(false).without_time().try_init(),
    };
}
