//! An explanation as JSON: the shape that the contract fixes.

use super::{ChannelAnswer, Explanation};
use crate::access::answer::{Because, Source};
use crate::access::state::StateKind;
use crate::config::Sources;
use crate::desired::ends::End;
use crate::exit::Exit;
use serde_json::{Map, Value, json};

/// The version of this format.
const FORMAT_VERSION: &str = "1.0";

/// Returns the document; `other` is the desired state beside a live one, given where its answers differ.
pub fn document(
    site: &str,
    who: &str,
    explanation: &Explanation,
    other: Option<&Explanation>,
    ends: &[End],
    sources: &Sources,
    exit: Exit,
) -> Value {
    let mut document = answers(explanation, sources);
    document["format_version"] = FORMAT_VERSION.into();
    document["site"] = site.into();
    document["who"] = who.into();
    document["state"] = explanation.state.word().into();
    if let Some(other) = other {
        let key = match other.state {
            StateKind::Desired => "desired",
            StateKind::Live => "live",
            StateKind::After => "after",
        };
        document[key] = answers(other, sources);
    }
    let ends = ends.iter().map(|end| {
        json!({
            "list": end.what.phrase().to_string(),
            "until": end.until.to_string(),
            "source": place(Source::Written(end.span), sources),
        })
    });
    document["ends"] = ends.collect();
    document["exit_code"] = exit.code().into();
    document["exit_reason"] = exit.reason().into();
    document
}

fn answers(explanation: &Explanation, sources: &Sources) -> Value {
    let projects: Map<String, Value> = explanation
        .projects
        .iter()
        .map(|project| {
            let value = json!({
                "view_portal": project.reach.view.word(),
                "send_request": project.reach.send.word(),
                "channels": channels(&project.channels, true, sources),
                "other_channels": channels(&project.channels, false, sources),
                "because": because(&project.because, sources),
            });
            (project.key.to_string(), value)
        })
        .collect();
    let articles: Map<String, Value> = explanation
        .articles
        .iter()
        .map(|article| {
            let value = json!({
                "read": article.read.word(),
                "because": because(&article.because, sources),
            });
            (format!("{}/{}", article.project, article.space), value)
        })
        .collect();
    json!({
        "channels": channels(&explanation.channels, true, sources),
        "other_channels": channels(&explanation.channels, false, sources),
        "projects": projects,
        "articles": articles,
        "notes": because(&explanation.notes, sources),
        "not_judged": explanation.not_judged,
    })
}

/// The main channels, whose keys the contract fixes, or the other ones.
fn channels(channels: &[ChannelAnswer], main: bool, sources: &Sources) -> Value {
    let channels: Map<String, Value> = channels
        .iter()
        .filter(|answer| answer.channel.is_main() == main)
        .map(|answer| {
            let value = json!({
                "outcome": answer.outcome.word(),
                "because": because(&answer.because, sources),
            });
            (answer.channel.word().to_owned(), value)
        })
        .collect();
    Value::Object(channels)
}

/// Returns the steps: `rule`, `text`, and `source` with file and line where one exists.
pub fn because(steps: &[Because], sources: &Sources) -> Value {
    steps
        .iter()
        .map(|step| {
            let mut value = json!({ "rule": step.rule.0, "text": step.text });
            if let Some(source) = step.source {
                if let Some(place) = place(source, sources) {
                    value["source"] = place;
                }
                if let Source::Read(surface) = source {
                    value["surface"] = surface.word().into();
                }
            }
            value
        })
        .collect()
}

fn place(source: Source, sources: &Sources) -> Option<Value> {
    let span = source.span()?;
    let file = sources.get(span.file)?;
    Some(json!({ "file": file.path, "line": span.line }))
}
