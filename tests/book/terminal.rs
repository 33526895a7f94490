//! The tutorial as somebody sees it who follows it in a terminal: the same commands, in a pseudo-terminal of two widths, with the
//! questions that are asked only there. What the terminal shows at the end is the transcript.

use super::blocks::{Action, How, SHELL, actions, copy, quoted};
use super::pages::root;
use camino::Utf8Path;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use std::io::{Read as _, Write as _};
use std::num::NonZeroU16;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

/// What is asked in a terminal, and what is answered.
const ANSWERS: [(&str, &str); 3] = [
    ("Strategy (Enter: the starter as it is):", "\r"),
    ("Only `yes` is taken as yes:", "yes\r"),
    ("only the name `acme` is taken as yes:", "acme\r"),
];

/// How many lines the terminal keeps: more than the tutorial fills.
const LINES: u16 = 3_000;

/// How long the tutorial may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// Writes what the tutorial does as a script that shows each command as a prompt would.
fn script(actions: &[Action]) -> String {
    let mut script = SHELL.to_owned();
    for action in actions {
        match action {
            Action::Write { path, text } => {
                script.push_str(&format!(
                    "mkdir -p \"$(dirname '{path}')\"\ncat > '{path}' <<'END OF FILE'\n{text}END OF FILE\n"
                ));
            }
            Action::Run { command, how, .. } => {
                // In a terminal there is somebody to ask.
                let asked = command.replace(" --auto-approve", "");
                let shown = format!("printf '\\n$ %s\\n' {}\n", quoted(&asked));
                let run = match how {
                    How::Here => shown + &format!("run {}\n", quoted(&asked)),
                    // The first line stands for what another terminal shows.
                    How::Serving => {
                        let serve = format!(
                            "serve {asked} >served.txt; head -n 1 served.txt; rm served.txt"
                        );
                        shown + &format!("run {}\n", quoted(&serve))
                    }
                    How::ByHand => format!("run {} >/dev/null\n", quoted(&asked)),
                };
                script.push_str(&run);
            }
        }
    }
    // How the last command ends is what the transcript shows.
    script.push_str("exit 0\n");
    script
}

/// Runs a script in a terminal of this width, answers what it asks, and returns what the terminal shows.
fn shown(script: &Utf8Path, directory: &Utf8Path, columns: u16) -> vt100::Parser {
    let size = PtySize {
        rows: 50,
        cols: columns,
        ..PtySize::default()
    };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new("bash");
    command.arg(script.as_str());
    command.cwd(directory.as_str());
    command.env_clear();
    let bin = Utf8Path::new(env!("CARGO_BIN_EXE_portcullis"));
    let path = std::env::var("PATH").unwrap();
    command.env("PATH", format!("{}:{path}", bin.parent().unwrap()));
    for (name, value) in [
        ("HOME", directory.as_str()),
        ("TERM", "xterm-256color"),
        ("PORTCULLIS_TODAY", "2026-11-22"),
        ("GIT_AUTHOR_NAME", "Jo"),
        ("GIT_AUTHOR_EMAIL", "jo@acme.example"),
        ("GIT_COMMITTER_NAME", "Jo"),
        ("GIT_COMMITTER_EMAIL", "jo@acme.example"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
    ] {
        command.env(name, value);
    }
    let mut child = pair.slave.spawn_command(command).unwrap();
    // The terminal ends with the last program that has it open.
    drop(pair.slave);
    // A question that nobody answers ends the test, and not the patience of whoever waits for it.
    let mut killer = child.clone_killer();
    let (done, waiting) = std::sync::mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        if waiting.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            let _ = killer.kill();
        }
    });
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut writer = pair.master.take_writer().unwrap();
    let mut screen = vt100::Parser::new(nonzero(LINES), nonzero(columns), 0);
    let mut bytes = [0; 4_096];
    let mut said = Vec::new();
    let mut answered = [0; ANSWERS.len()];
    // Linux answers with an error where the other side is closed.
    while let Ok(count @ 1..) = reader.read(&mut bytes) {
        screen.process(&bytes[..count]);
        said.extend_from_slice(&bytes[..count]);
        // A question may go over two lines.
        let text = String::from_utf8_lossy(&said);
        let text: Vec<&str> = text.split_whitespace().collect();
        let text = text.join(" ");
        for ((question, answer), answered) in ANSWERS.iter().zip(&mut answered) {
            if text.matches(question).count() > *answered {
                *answered += 1;
                writer.write_all(answer.as_bytes()).unwrap();
            }
        }
    }
    drop(done);
    watch.join().unwrap();
    assert!(child.wait().unwrap().success(), "{}", plain(&screen));
    screen
}

fn nonzero(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}

/// Returns the text of a screen with the lines that the terminal had to break put together again.
fn plain(screen: &vt100::Parser) -> String {
    screen.screen().contents()
}

fn transcript(columns: u16) -> String {
    let page = fs_err::read_to_string(root().join("docs/tutorial.md")).unwrap();
    let actions = actions(&page);
    let stage = tempfile::TempDir::new().unwrap();
    let directory = Utf8Path::from_path(stage.path()).unwrap();
    copy(&root().join("examples"), &directory.join("examples"));
    let file = directory.join("tutorial.sh");
    fs_err::write(&file, script(&actions)).unwrap();
    let screen = shown(&file, directory, columns);
    let mut rows = screen.screen().rows(0, columns);
    let wrapped: Vec<String> = (0..LINES)
        .zip(&mut rows)
        .filter(|(row, _)| screen.screen().row_wrapped(*row))
        .map(|(_, text)| text)
        // What is typed, and links and commands, which somebody copies.
        .filter(|text| {
            let copied = [
                "$ ",
                "Source: https://",
                "Page: https://",
                "       record: portcullis ",
            ];
            !copied.iter().any(|begin| text.starts_with(begin))
        })
        .collect();
    // The program breaks its lines itself, between words.
    assert_eq!(wrapped, Vec::<String>::new(), "at {columns} columns");
    plain(&screen)
}

/// Holds a transcript to its snapshot, without what changes with every edit of the program.
fn hold(name: &str, columns: u16) {
    let transcript = transcript(columns);
    let changing = [
        (r"[0-9a-f]{64}", "DIGEST"),
        (r"\d+ requests", "N requests"),
        (r"portcullis \d+\.\d+\.\d+", "portcullis VERSION"),
        (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    ];
    insta::with_settings!({ filters => changing }, {
        insta::assert_snapshot!(name, transcript);
    });
}

#[test]
fn the_tutorial_in_a_terminal_of_80_columns() {
    hold("tutorial-80", 80);
}

#[test]
fn the_tutorial_in_a_terminal_of_140_columns() {
    hold("tutorial-140", 140);
}
