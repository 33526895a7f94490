//! GitLab's Terraform report: three numbers, shown on a merge request.

use super::document::PlanDocument;
use super::text::rows::Section;

/// Returns `{"create":N,"update":N,"delete":N}` and a line break.
///
/// The numbers are those of the plan's headline, which is what `apply` would do: a row that is blocked, done by hand or
/// waiting for that is left out, unlike in GitLab's documented `jq` line over the plan JSON. A row that stands for several
/// people counts as that many.
pub fn plan(document: &PlanDocument) -> String {
    let count = |section: Section| -> usize {
        let rows = document.resource_changes.iter();
        rows.filter(|row| Section::of(row) == section)
            .map(|row| row.portcullis.count.unwrap_or(1))
            .sum()
    };
    format!(
        "{{\"create\":{},\"update\":{},\"delete\":{}}}\n",
        count(Section::Add),
        count(Section::Change),
        count(Section::Remove)
    )
}
