//! The reference of the command line as Markdown: commands and their options, exit codes, the environment.
//!
//! docs/commands.md is made from it; a test holds the page to what is returned here.

use super::args::Arguments;
use super::environment;
use crate::exit::Exit;
use crate::meaning::markdown::{header, row};
use clap::CommandFactory as _;
use std::fmt::Write as _;

/// Returns every command with its help page.
pub fn commands() -> String {
    let mut root = Arguments::command().term_width(100);
    root.build();
    let mut page = String::new();
    for command in root.get_subcommands_mut() {
        if command.get_name() == "help" {
            continue;
        }
        let name = command.get_name().to_owned();
        let help = command.render_long_help().to_string();
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        // Writing to a string cannot fail.
        let _ = write!(
            page,
            "### {name}\n\n```text\n{}\n```\n\n",
            help.join("\n").trim_end()
        );
    }
    page.trim_end().to_owned() + "\n"
}

/// Returns the table of exit codes, by number.
pub fn exit_codes() -> String {
    let mut all = Exit::ALL;
    all.sort_by_key(|exit| exit.code());
    let mut table = header(&["code", "meaning"]);
    for exit in all {
        row(&mut table, &[&exit.code().to_string(), exit.meaning()]);
    }
    row(
        &mut table,
        &[
            "130, 143",
            "interrupted (SIGINT, SIGTERM); an `apply` says how far it came, and running it again does the rest",
        ],
    );
    table
}

/// Returns the exit codes in the order of their precedence.
pub fn precedence() -> String {
    let codes: Vec<String> = Exit::ALL
        .iter()
        .map(|exit| exit.code().to_string())
        .collect();
    format!("{}\n", codes.join(", "))
}

/// Returns the table of variables of the environment.
pub fn variables() -> String {
    let mut table = header(&["variable", "meaning"]);
    for variable in environment::TABLE {
        row(
            &mut table,
            &[&format!("`{}`", variable.name), variable.text],
        );
    }
    table
}
