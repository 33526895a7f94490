//! What the permission scheme and the roles of a project add to an audience: agents, groups, leaks, and what was not read.

use super::ClassRow;
use crate::access::answer::{Answer, Because, RuleId, Source};
use crate::access::scheme::{Circle, Part, Reading};
use crate::access::state::{Coverage, Project};
use crate::model::Surface;
use crate::neutral::phrase::Phrase;

const READ: Option<Source> = Some(Source::Read(Surface::Documented));

fn row(who: String, answer: Answer, route: String, rule: &'static str, text: String) -> ClassRow {
    ClassRow {
        who,
        answer,
        route: route.into(),
        because: vec![Because {
            rule: RuleId(rule),
            text: text.into(),
            source: READ,
        }],
    }
}

/// Each grant of Browse Projects that shows the portal to every customer (V7).
pub(super) fn leaks(project: &Project) -> Vec<ClassRow> {
    let leak = |by: &String| {
        row(
            "any_customer".into(),
            Answer::Yes,
            format!("permission leak: Browse Projects {by}"),
            "V7",
            format!(
                "the permission scheme of {} grants Browse Projects {by}, which shows the portal to customers who are not on it",
                project.key
            ),
        )
    };
    project.scheme.leaks_by.iter().map(leak).collect()
}

/// The agents and administrators as a class; by name they stand among the people.
pub(super) fn agents(project: &Project) -> ClassRow {
    let scheme = &project.scheme;
    let key = &project.key;
    let serving: Vec<&str> = scheme
        .circles
        .iter()
        .filter(|circle| circle.serves())
        .map(|circle| circle.name.as_str())
        .collect();
    let text = match &scheme.staff {
        Coverage::Unread(_) if scheme.reading == Reading::NotAsked => {
            format!("agents and administrators of {key} always reach it; who they are is not read")
        }
        Coverage::Unread(why) => format!(
            "agents and administrators of {key} always reach it; who all of them are is not known: {why}"
        ),
        _ if serving.is_empty() => format!("nothing makes agents or administrators of {key}"),
        _ => format!(
            "agents and administrators of {key} always reach it: {}",
            serving.join(", ")
        ),
    };
    ClassRow {
        who: "agents".into(),
        answer: Answer::Yes,
        route: "agents and administrators of the project".into(),
        because: vec![Because {
            rule: RuleId("V1"),
            text: text.into(),
            source: READ.filter(|_| scheme.staff == Coverage::Whole),
        }],
    }
}

/// Groups whose members are agents, administrators, or customers. In the role of customers a group stands for people who hold
/// the role Customer, which a group alone does not prove.
pub(super) fn groups(project: &Project) -> Vec<ClassRow> {
    let group = |circle: &Circle| {
        let name = circle.group.as_ref()?;
        let key = &project.key;
        let size = match circle.size {
            Some(0) => "nobody is in it today; its members are".to_owned(),
            Some(1) => "its members, of whom there is one today, are".to_owned(),
            Some(size) => format!("its {size} members are"),
            None => "its members, of whom nobody could read how many there are, are".to_owned(),
        };
        Some(row(
            format!("group:{name}"),
            match circle.part {
                Part::Serves | Part::Browses => Answer::Yes,
                Part::Customers => Answer::Uncertain,
            },
            circle.route(),
            circle.rule(),
            match circle.part {
                Part::Serves => format!("{size} agents or administrators of {key}"),
                Part::Customers => format!(
                    "{size} customers of {key} where they hold the role Customer: the group is in its role Service Desk Customers"
                ),
                Part::Browses => format!(
                    "the permission scheme of {key} grants Browse Projects to the group, which makes its members customers"
                ),
            },
        ))
    };
    project.scheme.circles.iter().filter_map(group).collect()
}

/// What is not known of schemes, roles and groups; reads as sentences.
pub(super) fn gaps(project: &Project) -> Vec<Phrase> {
    let scheme = &project.scheme;
    let mut gaps = Vec::new();
    if let Reading::Refused(why) = &scheme.reading {
        gaps.push(
            format!(
                "whom the permission scheme of {} lets in is not known: {why}",
                project.key
            )
            .into(),
        );
    }
    if let Some(why) = &scheme.customers_unread {
        gaps.push(
            format!(
                "which groups are in the role Service Desk Customers of {} is not known: {why}",
                project.key
            )
            .into(),
        );
    }
    for grant in &scheme.unjudged {
        gaps.push(format!(
            "the permission scheme of {} grants Browse Projects {grant}; what that does to the portal is not documented",
            project.key
        ).into());
    }
    for circle in &scheme.circles {
        if let Coverage::Unread(why) = &circle.members {
            gaps.push(format!("who is in {} is not known: {why}", circle.name).into());
        }
    }
    gaps
}
