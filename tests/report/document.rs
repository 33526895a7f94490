//! Hand-made plan documents.

use portcullis::report::document::{
    ApiBudget, ChangeBody, CoverageDocument, Extra, ManualStepDocument, Notifications,
    PlanDocument, ResourceChange, Source, UnmanagedDocument,
};
use serde_json::{Value, json};

/// A plan of one site in which there is nothing.
pub(crate) fn empty() -> PlanDocument {
    PlanDocument {
        format_version: "1.2".into(),
        tool_version: "0.1.0".into(),
        sites: vec!["acme".into()],
        resource_changes: Vec::new(),
        resource_drift: Vec::new(),
        checks: Vec::new(),
        applyable: false,
        complete: true,
        errored: false,
        errors: Vec::new(),
        access_impact: json!({}).into(),
        manual_steps: Vec::new(),
        api_budget: ApiBudget {
            plan_requests: 14,
            apply_writes: 0,
        },
        notifications: Notifications {
            mails: 0,
            untold: 0,
            note: String::new(),
        },
        forecast: Vec::new(),
        findings: Vec::new(),
        unmanaged: UnmanagedDocument::default(),
        coverage: CoverageDocument {
            organizations_managed: 1,
            organizations_live: 3,
            projects_managed: 1,
            projects_live: 1,
            fields_known: 12,
            fields_unknown: 0,
        },
        rule_changes: Vec::new(),
        acceptance_digest: "a11cedb0c4d1e2f30415263748596a7b8c9dadbecfd0e1f2031425364758697a"
            .into(),
        digest: "3f1ac09d5b7e42a8aa00c1d2e3f4a5b60718293a4b5c6d7e8f90a1b2c3d4e5f6".into(),
        arguments: Vec::new(),
        made: None,
        exit_code: 0,
        exit_reason: "done".into(),
        portcullis: None,
    }
}

/// A plan that applies with these changes.
pub(crate) fn with(changes: Vec<ResourceChange>) -> PlanDocument {
    PlanDocument {
        applyable: true,
        api_budget: ApiBudget {
            plan_requests: 14,
            apply_writes: changes.len() as u64,
        },
        resource_changes: changes,
        ..empty()
    }
}

/// A change asked for in `sites/acme.yaml`; the line is 7.
pub(crate) fn change(
    action: &str,
    kind: &str,
    address: &str,
    before: Value,
    after: Value,
) -> ResourceChange {
    let reason = match action {
        "create" => "create_because_listed",
        "update" => "update_because_different",
        _ => "delete_because_not_listed",
    };
    ResourceChange {
        address: address.into(),
        previous_address: None,
        mode: "managed".into(),
        kind: kind.into(),
        name: address.rsplit('/').next().unwrap_or("").into(),
        change: ChangeBody {
            actions: vec![action.into()],
            before,
            after,
        },
        action_reason: reason.into(),
        portcullis: Extra {
            surface: "documented".into(),
            source: Some(Source {
                file: "sites/acme.yaml".into(),
                line: 7,
            }),
            ..Extra::default()
        },
    }
}

/// A member that comes or goes.
pub(crate) fn member(action: &str, organization: &str, who: &str) -> ResourceChange {
    let address = format!("acme/organization/{organization}/member/{who}");
    let there = json!({"email": who});
    let (before, after) = if action == "delete" {
        (there, Value::Null)
    } else {
        (Value::Null, there)
    };
    change(action, "jsm_organization_member", &address, before, after)
}

/// The same change over another surface.
pub(crate) fn over(surface: &str, mut change: ResourceChange) -> ResourceChange {
    change.portcullis.surface = surface.into();
    change
}

/// A step that settles one setting.
pub(crate) fn step(
    addresses: &[&str],
    title: &str,
    present: Value,
    expected: Value,
) -> ManualStepDocument {
    ManualStepDocument {
        addresses: addresses
            .iter()
            .map(|&address| address.to_owned())
            .collect(),
        title: title.into(),
        on_page: 0,
        click_path: [
            "acme.atlassian.net",
            "Settings (gear)",
            "Apps (or Products)",
            "Jira Service Management",
            "Customer access",
        ]
        .map(Into::into)
        .to_vec(),
        link: None,
        role: "site admin or organization admin".into(),
        present,
        expected,
        attest: Some(format!(
            "portcullis attest {} --value false --by YOU",
            addresses[0]
        )),
        states: None,
    }
}
