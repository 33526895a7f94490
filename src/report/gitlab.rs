//! GitLab's Terraform report: three numbers, shown on a merge request.

use super::document::PlanDocument;

/// Returns `{"create":N,"update":N,"delete":N}` and a line break.
///
/// The numbers are those of GitLab's documented `jq` line over the plan JSON, so a row that is blocked or done by hand
/// counts as well; a row that stands for several people counts as that many.
pub fn plan(document: &PlanDocument) -> String {
    let count = |action: &str| -> usize {
        let rows = document.resource_changes.iter();
        rows.map(|row| {
            let actions = row.change.actions.iter().filter(|&found| found == action);
            actions.count() * row.portcullis.count.unwrap_or(1)
        })
        .sum()
    };
    format!(
        "{{\"create\":{},\"update\":{},\"delete\":{}}}\n",
        count("create"),
        count("update"),
        count("delete")
    )
}
