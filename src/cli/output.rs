//! Where a command writes: data to standard output, everything else to standard error.

use super::Lookup;
use super::args::ColorChoice;
use super::interrupt::Interruption;
use super::progress::Progress;
use crate::config::Sources;
use crate::diagnostic::{Diagnostic, Severity};
use crate::exit::Exit;
use crate::neutral::phrase::Phrase;
use crate::neutral::{self, neutral};
use crate::report::build;
use crate::report::document::Source;
use crate::report::privacy::{self, Privacy};
use crate::report::text::Style;
use schemars::JsonSchema;
use serde::Serialize;
use std::io::{self, IsTerminal, Write};

/// The width of text where nobody says how wide the terminal is.
const WIDTH: usize = 100;

/// Returns how wide text is: what `COLUMNS` says, else what the terminal says, else [`WIDTH`].
pub(super) fn width(lookup: Lookup) -> usize {
    let columns = lookup("COLUMNS").and_then(|columns| columns.trim().parse().ok());
    let asked = || {
        let (terminal_size::Width(columns), _) = terminal_size::terminal_size_of(io::stdout())?;
        Some(usize::from(columns))
    };
    columns
        .or_else(asked)
        .filter(|&columns| columns > 0)
        .unwrap_or(WIDTH)
}

/// Says whether the terminal understands no more than text.
fn is_dumb(lookup: Lookup) -> bool {
    lookup("TERM").as_deref() == Some("dumb")
}

/// The two streams of a command.
pub struct Output {
    /// Data.
    pub data: Box<dyn Write + Send>,
    /// Everything else.
    pub notes: Box<dyn Write + Send>,
    /// How text looks on standard output.
    pub style: Style,
    /// Whether a person can be asked.
    pub interactive: bool,
    /// How wide the terminal is that both streams go to; nothing where one goes elsewhere, where lines are as long as they are.
    pub terminal: Option<usize>,
    /// How much of people is shown, on standard error too.
    pub privacy: Privacy,
    /// What goes into pseudonyms.
    pub pseudonym_key: Option<String>,
    /// How long work says what it is doing.
    pub progress: Progress,
    /// Whether what ends a command is told as one JSON object, as the log beside it is.
    pub(super) json_notes: bool,
    /// What went wrong so far, for the document that a command owes when it ends before its own is written.
    pub(super) failures: Vec<Failure>,
    /// What a signal has to save and to tell.
    pub(super) interruption: Interruption,
    /// Whether the data stream has been ended.
    ended: bool,
}

/// One thing that went wrong, as it was told on standard error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Failure {
    /// What went wrong.
    pub(super) message: String,
    /// The stable code, for a problem of the files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<&'static str>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hint: Option<String>,
    /// Where in the files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<Source>,
    /// Whether a right or a credential is missing.
    pub(super) forbidden: bool,
}

impl Output {
    /// The process's own streams.
    pub fn of_process(color: ColorChoice, lookup: Lookup) -> Self {
        let stdout = io::stdout();
        let terminal = stdout.is_terminal();
        let set = |name: &str| lookup(name).is_some_and(|value| !value.is_empty() && value != "0");
        let color = match color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                set("CLICOLOR_FORCE") || (terminal && !set("NO_COLOR") && !is_dumb(lookup))
            }
        };
        Self {
            data: Box::new(io::BufWriter::new(stdout)),
            notes: Box::new(io::stderr()),
            style: Style {
                color,
                width: width(lookup),
                ..Style::default()
            },
            interactive: io::stdin().is_terminal() && !set("CI"),
            terminal: (terminal && io::stderr().is_terminal()).then(|| width(lookup)),
            privacy: Privacy::Full,
            pseudonym_key: None,
            progress: if set("CI") || (io::stderr().is_terminal() && is_dumb(lookup)) {
                Progress::Lines
            } else if io::stderr().is_terminal() {
                Progress::Live
            } else {
                Progress::Hidden
            },
            json_notes: false,
            failures: Vec::new(),
            interruption: Interruption::default(),
            ended: false,
        }
    }

    /// Writes a line to standard error; it is not worth failing over.
    pub fn note(&mut self, text: &str) {
        let text = self.redacted(text);
        self.line(&text);
    }

    /// Writes a line to standard error, as one JSON object where the log is JSON.
    fn line(&mut self, text: &str) {
        if !self.json_notes {
            let text = self.folded(text);
            let _ = writeln!(self.notes, "{text}");
            return;
        }
        let (level, message) = match text.strip_prefix("warning: ") {
            Some(message) => ("WARN", message),
            None => ("INFO", text),
        };
        let line = serde_json::json!({"level": level, "message": message});
        let _ = writeln!(self.notes, "{}", neutral::json::escaped(&line.to_string()));
    }

    /// Writes a problem of a file to standard error, as one JSON object.
    pub(super) fn diagnostic(&mut self, diagnostic: &Diagnostic, sources: &Sources) {
        let level = match diagnostic.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARN",
            Severity::Note => "INFO",
        };
        let span = diagnostic.labels.first().map(|label| label.span);
        let line = serde_json::json!({
            "level": level,
            "message": diagnostic.message,
            "code": diagnostic.code,
            "hint": diagnostic.hint,
            "source": build::source(sources, span),
        });
        let _ = writeln!(self.notes, "{}", neutral::json::escaped(&line.to_string()));
    }

    /// Writes an error with a hint and returns the exit code it ends with.
    pub fn fail(&mut self, exit: Exit, message: &str, hint: Option<&str>) -> Exit {
        let message: Vec<_> = self
            .redacted(message)
            .lines()
            .map(|line| neutral(line).into_owned())
            .collect();
        let hint = hint.map(|hint| self.redacted(hint));
        if self.json_notes {
            let text = message.join("\n");
            let line = serde_json::json!({"level": "ERROR", "message": text, "hint": hint, "exit_code": exit.code()});
            let _ = writeln!(self.notes, "{}", neutral::json::escaped(&line.to_string()));
        } else {
            let text = self.folded(&format!("error: {}", message.join("\n  ")));
            let _ = writeln!(self.notes, "{text}");
            if let Some(hint) = &hint {
                let hint = self.folded(&format!("hint: {hint}"));
                let _ = writeln!(self.notes, "\n{hint}");
            }
        }
        self.failures.push(Failure {
            message: message.join("\n"),
            code: None,
            hint,
            source: None,
            forbidden: exit == Exit::Forbidden,
        });
        exit
    }

    /// Writes a line about what is on the site to standard error: foreign text made harmless, people taken out where that was asked for.
    pub fn tell(&mut self, text: &str) {
        let text = neutral(&self.redacted(text)).into_owned();
        self.line(&text);
    }

    /// The same of a sentence in pieces.
    pub(super) fn say(&mut self, said: &Phrase) {
        let key = self.pseudonym_key.as_deref();
        let said = privacy::redact_phrase(said, self.privacy, key).to_string();
        self.line(&said);
    }

    /// Asks for one line on standard error, where the answer is typed behind the text; nothing at the end of the input.
    pub(super) async fn answer(&mut self, text: &str) -> Option<String> {
        let text = self.folded(text);
        let _ = write!(self.notes, "{text}");
        let _ = self.notes.flush();
        // Beside the runtime's own threads, so that a signal ends the command while nobody has answered yet.
        let typed = tokio::task::spawn_blocking(|| {
            let mut typed = String::new();
            let read = io::stdin().read_line(&mut typed);
            read.map(|read| (read, typed))
        });
        let answered = typed.await.ok().and_then(Result::ok);
        let answered = answered.filter(|(read, _)| *read > 0);
        if answered.is_none() {
            // What comes next begins a line of its own.
            self.note("");
        }
        answered.map(|(_, typed)| typed)
    }

    /// Fits text to the terminal, where there is one.
    pub(super) fn folded(&self, text: &str) -> String {
        match self.terminal {
            Some(columns) => neutral::columns::folded(text, columns),
            None => text.to_owned(),
        }
    }

    /// Takes people out of a message, where that was asked for.
    fn redacted(&self, text: &str) -> String {
        if self.privacy == Privacy::Full {
            return text.to_owned();
        }
        let key = self.pseudonym_key.as_deref();
        let line = |line: &str| privacy::redact_phrase(&line.into(), self.privacy, key).to_string();
        text.split('\n').map(line).collect::<Vec<_>>().join("\n")
    }

    /// Says whether the data stream has been ended, so that nothing may follow.
    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Ends the data stream. A reader that went away is a quiet end; another failure is not.
    pub fn finish(&mut self, written: io::Result<()>, exit: Exit) -> Exit {
        self.ended = true;
        match written.and_then(|()| self.data.flush()) {
            Ok(()) => exit,
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit,
            Err(error) => self.fail(
                Exit::Unexpected,
                &format!("the output cannot be written: {error}"),
                None,
            ),
        }
    }
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output")
            .field("style", &self.style)
            .finish_non_exhaustive()
    }
}
