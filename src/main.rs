//! The `portcullis` command: parses the arguments, runs the command, turns its outcome into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    let exit = portcullis::cli::main(std::env::args_os(), |name| std::env::var(name).ok());
    ExitCode::from(exit.code())
}
