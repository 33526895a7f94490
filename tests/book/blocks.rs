//! Every block of commands in the README and the book is run, in the order of its page, against the sandbox.
//!
//! A block in the language `console` holds commands behind `$ ` (a command goes on behind `> `) and what they print. What is
//! printed is compared line by line without regard to spaces: a line `…` stands for any lines, `…` within a line for any
//! text, and `(exit code N)` for how the command ends, which is 0 where nothing is said. What stands before a block in a
//! comment says more:
//!
//! - `<!-- write: PATH -->`: the block, in whatever language, is a file of the page.
//! - `<!-- not run: REASON -->`: the block is not run, and why.
//! - `<!-- by hand: COMMAND -->`, anywhere: what a person does in a browser or an editor meanwhile, as a command.
//! - `<!-- served -->`: the command of the block serves in another terminal; what it prints first is compared.
//!
//! A page begins in an empty directory beside a copy of `examples`. While something serves, which `serve COMMAND` by hand begins as
//! well and `unserved` by hand ends, its address stands for `http://127.0.0.1:PORT` and for the site `https://acme.atlassian.net`, and
//! the sandbox's callers for the credentials that a reader fills in as `…`.

use super::pages::{every_page, root};
use camino::Utf8Path;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// What a page does, in order.
#[derive(Debug)]
pub(super) enum Action {
    Run {
        line: usize,
        command: String,
        prints: Vec<String>,
        how: How,
    },
    Write {
        path: String,
        text: String,
    },
}

/// Where a command runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// As the page shows it.
    Here,
    /// It goes on in another terminal.
    Serving,
    /// In place of what a person does in a browser or an editor; the page does not show it.
    ByHand,
}

pub(super) fn actions(page: &str) -> Vec<Action> {
    let mut actions = Vec::new();
    let mut marker: Option<String> = None;
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let comment = line
            .trim()
            .strip_prefix("<!-- ")
            .and_then(|line| line.strip_suffix(" -->"));
        if let Some(comment) = comment {
            if let Some(command) = comment.strip_prefix("by hand: ") {
                let command = command.to_owned();
                actions.push(Action::Run {
                    line: number + 1,
                    command,
                    prints: vec!["…".to_owned()],
                    how: How::ByHand,
                });
            } else {
                marker = Some(comment.to_owned());
            }
            continue;
        }
        let Some(language) = line.trim_start().strip_prefix("```") else {
            if !line.trim().is_empty() {
                marker = None;
            }
            continue;
        };
        let indent = line.len() - line.trim_start().len();
        let block: Vec<(usize, String)> = lines
            .by_ref()
            .take_while(|(_, line)| line.trim() != "```")
            .map(|(at, line)| (at + 1, line.get(indent..).unwrap_or_default().to_owned()))
            .collect();
        let said = marker.take().unwrap_or_default();
        if let Some(path) = said.strip_prefix("write: ") {
            let text = block.iter().map(|(_, line)| format!("{line}\n")).collect();
            actions.push(Action::Write {
                path: path.to_owned(),
                text,
            });
            continue;
        }
        if said.starts_with("not run: ") {
            continue;
        }
        assert!(
            matches!(language, "console" | "yaml" | "text"),
            "line {}: a block of commands is `console`, one of YAML is held to the schema, or it says why it is not run",
            number + 1
        );
        if language == "console" {
            let how = match said == "served" {
                true => How::Serving,
                false => How::Here,
            };
            commands(block, how, &mut actions);
        }
    }
    actions
}

fn commands(block: Vec<(usize, String)>, how: How, actions: &mut Vec<Action>) {
    for (at, text) in block {
        if let Some(command) = text.strip_prefix("$ ") {
            // What stands behind the command is for people.
            let command = command.split("   #").next().unwrap_or(command).to_owned();
            actions.push(Action::Run {
                line: at,
                command,
                prints: Vec::new(),
                how,
            });
            continue;
        }
        let Some(Action::Run {
            command, prints, ..
        }) = actions.last_mut()
        else {
            panic!("line {at}: a block of commands begins with `$ `");
        };
        match text.strip_prefix("> ") {
            Some(more) if prints.is_empty() => command.push_str(&format!("\n{more}")),
            _ => prints.push(text),
        }
    }
}

/// What the scripts of pages begin with. `run` puts the address of what serves into a command; `cargo run` is the program that is
/// tested, which is built already.
pub(super) const SHELL: &str = r#"
served='' server=''
run() {
  local command=$1
  if [ -n "$served" ]; then
    command=${command//http:\/\/127.0.0.1:PORT/$served}
    command=${command//https:\/\/acme.atlassian.net/$served}
    command=${command//_ORG_API_KEY=…/_ORG_API_KEY=sandbox-org-key}
    command=${command//_EMAIL=…/_EMAIL=admin@sandbox.example}
    command=${command//_API_TOKEN=…/_API_TOKEN=sandbox-admin}
  fi
  eval "$command"
}
serve() {
  # What an earlier one said would be taken for this one's.
  : >"$HOME/.served.errors"
  "$@" >"$HOME/.served" 2>"$HOME/.served.errors" &
  server=$!
  for _ in $(seq 300); do
    if grep -q __sandbox/stats "$HOME/.served.errors"; then break; fi
    sleep 0.1
  done
  served=$(sed -n 's/.*"url":"\([^"]*\)".*/\1/p' "$HOME/.served")
  cat "$HOME/.served" "$HOME/.served.errors"
}
unserved() {
  kill -INT "$server"
  wait "$server"
  served='' server=''
}
cargo() {
  case "$*" in
    'run --release -- '*) shift 3 && portcullis "$@" ;;
    *) command cargo "$@" ;;
  esac
}
trap 'if [ -n "$server" ]; then kill "$server"; fi' EXIT
"#;

/// Returns a command as one word of a shell.
pub(super) fn quoted(command: &str) -> String {
    format!("'{}'", command.replace('\'', "'\\''"))
}

/// Runs what a page does, and returns what each command printed and how it ended.
fn perform(actions: &[Action], directory: &Utf8Path) -> Vec<(String, i32)> {
    let mut script = SHELL.to_owned();
    for action in actions {
        match action {
            Action::Write { path, text } => {
                script.push_str(&format!("mkdir -p \"$(dirname '{path}')\"\ncat > '{path}' <<'END OF FILE'\n{text}END OF FILE\n"));
            }
            Action::Run { command, how, .. } => {
                let serve = match how {
                    How::Serving => "serve ",
                    How::Here | How::ByHand => "",
                };
                script.push_str(&format!(
                    "run {} 2>&1\nprintf '\\n\\036%s\\n' \"$?\"\n",
                    quoted(&format!("{serve}{command}"))
                ));
            }
        }
    }
    let bin = Utf8Path::new(env!("CARGO_BIN_EXE_portcullis"))
        .parent()
        .unwrap();
    let path = std::env::var("PATH").unwrap();
    let mut child = Command::new("bash")
        .arg("-s")
        .current_dir(directory)
        .env_clear()
        .env("PATH", format!("{bin}:{path}"))
        .env("HOME", directory)
        .env("PORTCULLIS_TODAY", "2026-11-22")
        .env("GIT_AUTHOR_NAME", "Jo")
        .env("GIT_AUTHOR_EMAIL", "jo@acme.example")
        .env("GIT_COMMITTER_NAME", "Jo")
        .env("GIT_COMMITTER_EMAIL", "jo@acme.example")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(script.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut pieces: Vec<&str> = text.split('\u{1e}').collect();
    let mut printed = vec![pieces.remove(0).to_owned()];
    let mut codes = Vec::new();
    for piece in pieces {
        let (code, rest) = piece.split_once('\n').unwrap();
        codes.push(code.parse().unwrap());
        printed.push(rest.to_owned());
    }
    printed.into_iter().zip(codes).collect()
}

fn plain(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Says whether a line is as written, where `…` stands for anything.
fn is_as(line: &str, written: &str) -> bool {
    let (line, written) = (plain(line), plain(written).replace(":PORT", ":…"));
    let mut rest = line.as_str();
    let pieces: Vec<&str> = written.split('…').collect();
    for (at, piece) in pieces.iter().enumerate() {
        let last = at + 1 == pieces.len();
        let found = match (at, last) {
            (0, true) => (rest == *piece).then_some(rest.len()),
            (0, false) => rest.starts_with(piece).then_some(piece.len()),
            (_, true) => rest.ends_with(piece).then_some(rest.len()),
            _ => rest.find(piece).map(|found| found + piece.len()),
        };
        match found {
            Some(end) => rest = &rest[end..],
            None => return false,
        }
    }
    true
}

/// Compares what was printed with what the page says; the first written line that is not found is the error.
fn compare(printed: &str, written: &[String]) -> Result<(), String> {
    let lines: Vec<&str> = printed
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let mut at = 0;
    let mut any = false;
    for written in written.iter().filter(|line| !line.trim().is_empty()) {
        if written.trim() == "…" {
            any = true;
            continue;
        }
        let found = match any {
            true => lines.iter().skip(at).position(|line| is_as(line, written)),
            false => lines.get(at).filter(|line| is_as(line, written)).map(|_| 0),
        };
        match found {
            Some(found) => at += found + 1,
            None => return Err(written.clone()),
        }
        any = false;
    }
    match any || at == lines.len() {
        true => Ok(()),
        false => Err(format!("nothing more, but: {}", lines[at])),
    }
}

#[test]
fn every_block_of_commands_runs_and_prints_what_the_page_says() {
    let to_try = [
        root().join("docs/tutorial.md"),
        root().join("docs/how-to"),
        root().join("README.md"),
    ];
    let mut ran = 0;
    let mut wrong = Vec::new();
    for page in every_page() {
        let text = fs_err::read_to_string(&page).unwrap();
        let actions = actions(&text);
        if actions.is_empty() {
            let must = to_try.iter().any(|begin| page.starts_with(begin));
            assert!(!must, "{page} has nothing to try");
            continue;
        }
        let stage = tempfile::TempDir::new().unwrap();
        let directory = Utf8Path::from_path(stage.path()).unwrap();
        copy(&root().join("examples"), &directory.join("examples"));
        let mut results = perform(&actions, directory).into_iter();
        for action in &actions {
            let Action::Run {
                line,
                command,
                prints,
                ..
            } = action
            else {
                continue;
            };
            ran += 1;
            let Some((printed, code)) = results.next() else {
                wrong.push(format!("{page}:{line}: the page ended before `{command}`"));
                break;
            };
            let mut prints = prints.clone();
            let says = |line: &String| {
                let code = line.strip_prefix("(exit code ")?.strip_suffix(')')?;
                code.parse::<i32>().ok()
            };
            let expected = prints.last().and_then(says);
            if expected.is_some() {
                prints.pop();
            }
            if code != expected.unwrap_or(0) {
                wrong.push(format!(
                    "{page}:{line}: `{command}` ends with {code}\n{printed}"
                ));
            } else if let (Err(missing), false) = (compare(&printed, &prints), prints.is_empty()) {
                wrong.push(format!(
                    "{page}:{line}: `{command}` does not print `{missing}`\n{printed}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(ran > 100, "only {ran} commands were found");
}

#[test]
fn what_is_printed_is_compared_line_by_line() {
    let page = "# x\n\n```console\n$ echo a   # remark\na\n$ printf '%s\\n' b c\n> \n…\nc\n$ false\n(exit code 1)\n```\n";
    let actions = actions(page);
    assert_eq!(actions.len(), 3, "{actions:?}");
    assert!(is_as(
        "  + account bo  has no account  a.csv:3",
        "+ account bo … a.csv:3"
    ));
    assert!(!is_as("+ account bo  a.csv:4", "+ account bo … a.csv:3"));
    let lines = |text: &[&str]| {
        text.iter()
            .map(|line| (*line).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(compare("a\nb\nc\n", &lines(&["a", "…", "c"])), Ok(()));
    assert_eq!(compare("a\nb\nc\n", &lines(&["a", "…"])), Ok(()));
    assert_eq!(compare("a\nb\n", &lines(&["b"])), Err("b".to_owned()));
    assert!(compare("a\nb\n", &lines(&["a"])).is_err());
}

pub(super) fn copy(from: &Utf8Path, to: &Utf8Path) {
    fs_err::create_dir_all(to).unwrap();
    for entry in from.read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_name() == ".portcullis" {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            copy(entry.path(), &target);
        } else {
            fs_err::copy(entry.path(), target).unwrap();
        }
    }
}
