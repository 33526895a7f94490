//! One question for each open step of a plan, page by page.

use super::value_of;
use crate::cli::Output;
use crate::exit::Exit;
use crate::files::{self, Given};
use crate::model::Address;
use crate::neutral::neutral;
use crate::neutral::phrase::Phrase;
use crate::report::document::ManualStepDocument;
use crate::report::json::read_plan;
use camino::Utf8Path;
use serde_json::Value;
use std::io::{self, BufRead as _, Write as _};

/// What a person saw.
pub(super) struct Answers {
    /// Each address with its value.
    pub(super) seen: Vec<(Address, Value)>,
    /// How many steps nobody answered for.
    pub(super) left: usize,
}

/// Asks for every step of a plan that a statement settles.
pub(super) async fn ask(file: &Utf8Path, output: &mut Output) -> Result<Answers, Exit> {
    let read = Given::new(file).read_text(files::LARGE);
    let text = read.map_err(|error| output.fail(Exit::Usage, &error.to_string(), None))?;
    let plan = read_plan(&text)
        .map_err(|error| output.fail(Exit::Usage, &format!("`{file}` {error}"), None))?;
    let mut answers = Answers {
        seen: Vec::new(),
        left: 0,
    };
    let mut page: Option<(&[Phrase], &Option<String>)> = None;
    for step in &plan.manual_steps {
        let here = (step.page(), &step.link);
        if page != Some(here) {
            visit(step, output);
            page = Some(here);
        }
        let Some((address, expected)) = settled_by(step) else {
            tell(
                output,
                &format!("  {}: nothing to state, the next plan shows it", step.title),
            );
            continue;
        };
        tell(output, &format!("  {}", step.title));
        match answer(&expected, output).await? {
            Some(value) => answers.seen.push((address, value)),
            None => answers.left += 1,
        }
    }
    Ok(answers)
}

/// Says which page is meant, where it is, and who may open it.
fn visit(step: &ManualStepDocument, output: &mut Output) {
    tell(output, "");
    let page = Phrase::default().joined(step.page(), " → ");
    tell(output, &page.to_string());
    if let Some(link) = &step.link {
        tell(output, &format!("  {link}"));
    }
    tell(output, &format!("  by: {}", step.role));
}

/// Writes a line that may hold names of theirs.
fn tell(output: &mut Output, text: &str) {
    output.note(&neutral(text));
}

/// Returns the address and the value of the statement that settles a step, where one does.
fn settled_by(step: &ManualStepDocument) -> Option<(Address, Value)> {
    let states = step.states.as_ref()?;
    Some((Address::from_encoded(&states.address), states.value.clone()))
}

/// Asks once; `None` where nobody answers, or not yet.
async fn answer(expected: &Value, output: &mut Output) -> Result<Option<Value>, Exit> {
    let question = format!(
        "  is it {}? [y, what it is instead, or Enter for not yet] ",
        neutral(&spelled(expected))
    );
    let _ = write!(output.notes, "{question}");
    let _ = output.notes.flush();
    // Beside the runtime's own threads, so that a signal ends the command while nobody has answered yet.
    let line = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    let line = match line.await {
        Ok(Ok(line)) => line,
        Ok(Err(error)) => return Err(output.fail(Exit::Unexpected, &error.to_string(), None)),
        Err(error) => return Err(output.fail(Exit::Unexpected, &error.to_string(), None)),
    };
    if line.ends_with('\n') {
        // A terminal has moved on by itself.
    } else {
        let _ = writeln!(output.notes);
    }
    Ok(match line.trim() {
        "" | "n" | "no" => None,
        "y" | "yes" => Some(expected.clone()),
        other => Some(value_of(other)),
    })
}

fn spelled(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
