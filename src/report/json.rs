//! The plan document as a file: written by `plan --out` and `--format json`, read back by `show` and `apply --plan`.

use super::document::PlanDocument;
use crate::neutral::json::escaped;
use serde::Deserialize;

/// The major version of the plan format that this program writes and reads.
const MAJOR: &str = "1";

/// Why a plan file was refused; reads after the name of the file.
#[derive(Debug, thiserror::Error)]
pub enum ReadPlanError {
    /// No JSON at all.
    #[error("is not a plan: it is not JSON{} (write one with `portcullis plan --out FILE`)", place(.0))]
    Syntax(serde_json::Error),
    /// JSON without `format_version`, so something else than a plan.
    #[error(
        "is not a plan: it has no `format_version` (write one with `portcullis plan --out FILE`)"
    )]
    NotAPlan,
    /// A version that means something else.
    #[error(
        "has plan format `{found}`, this program reads `{MAJOR}.*`; show it with the version that wrote it{}, or plan again",
        writer(.tool.as_deref())
    )]
    Version {
        /// The version in the file.
        found: String,
        /// The program version in the file, when it is there.
        tool: Option<String>,
    },
    /// The right version, but a key is missing or has another shape.
    #[error("is a plan of format `{found}` with a part that cannot be read{}", place(.cause))]
    Shape {
        /// The version in the file.
        found: String,
        /// What is wrong, and where.
        cause: serde_json::Error,
    },
}

fn writer(tool: Option<&str>) -> String {
    tool.map_or_else(String::new, |version| format!(" (portcullis {version})"))
}

/// What is read first, since another major version may have any shape.
#[derive(Deserialize)]
struct Versions {
    format_version: Option<String>,
    tool_version: Option<String>,
}

/// Writes the document as indented JSON, harmless for a terminal, with a newline at the end; the same document gives the same bytes.
pub fn plan_json(document: &PlanDocument) -> String {
    // Only maps with other keys than text and failing `Serialize` implementations can fail; the document has neither.
    let mut text = escaped(&serde_json::to_string_pretty(document).unwrap_or_default());
    text.push('\n');
    text
}

/// Says where a file is not what it should be. What the parser says may quote the file, which may be anything.
pub(crate) fn place(error: &serde_json::Error) -> String {
    format!(" (line {}, column {})", error.line(), error.column())
}

/// Reads a plan file; unknown keys are ignored, so that later minor versions can be shown.
///
/// # Errors
/// When the text is no JSON, no plan, of another major version, or misses a part.
pub fn read_plan(text: &str) -> Result<PlanDocument, ReadPlanError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let value: serde_json::Value = serde_json::from_str(text).map_err(ReadPlanError::Syntax)?;
    let versions = Versions::deserialize(&value).map_err(|_| ReadPlanError::NotAPlan)?;
    let found = versions.format_version.ok_or(ReadPlanError::NotAPlan)?;
    if found.split('.').next() != Some(MAJOR) {
        let tool = versions.tool_version;
        return Err(ReadPlanError::Version { found, tool });
    }
    // From the text once more, so that the message names line and column.
    serde_json::from_str(text).map_err(|cause| ReadPlanError::Shape { found, cause })
}
