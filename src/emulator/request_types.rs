//! Request types over the wire: their list, whether they are restricted, and who may use them.

use super::call::{Answer, Call, Reply};
use super::desks::find;
use super::help_centers::RequestType;
use super::objects::Project;
use super::page::Window;
use super::site::Site;
use serde_json::{Value, json};

/// How many request types can be checked at once.
const MOST: usize = 50;

/// Lists the request types of a project.
pub(super) fn list(site: &Site, call: &Call<'_>) -> Reply {
    let project = &site.projects[&find(site, call)?];
    Ok(rows(site, call, std::iter::once(project)))
}

/// Lists the request types of all service projects, or of those that are named.
pub(super) fn everywhere(site: &Site, call: &Call<'_>) -> Reply {
    let named: Vec<&str> = call.query_all("serviceDeskId").collect();
    let projects = site
        .projects
        .values()
        .filter(|project| named.is_empty() || named.contains(&project.desk.to_string().as_str()));
    Ok(rows(site, call, projects))
}

/// Restricted ones are shown to administrators only, as the published description says.
fn rows<'s>(
    site: &'s Site,
    call: &Call<'_>,
    projects: impl Iterator<Item = &'s Project>,
) -> Answer {
    let (word, status) = (
        call.query("searchQuery").unwrap_or("").to_lowercase(),
        call.query("restrictionStatus").map(str::to_lowercase),
    );
    let types = projects.flat_map(|project| {
        let admin = call.administers(site, project);
        let types = project.request_types.iter();
        types
            .filter(move |(_, kind)| admin || !kind.is_restricted())
            .map(move |(id, kind)| (project, id, kind))
    });
    let rows: Vec<Value> = types
        .filter(|(_, _, kind)| kind.name.to_lowercase().contains(&word))
        .filter(|(_, _, kind)| {
            let own = if kind.is_restricted() {
                "restricted"
            } else {
                "open"
            };
            status.as_deref().is_none_or(|status| status == own)
        })
        .map(|(project, id, kind)| row(project, *id, kind, call))
        .collect();
    Window::of(call).page(call, &rows, 512, |out, row| {
        out.extend_from_slice(row.to_string().as_bytes());
    })
}

/// Reads one request type.
pub(super) fn one(site: &Site, call: &Call<'_>) -> Reply {
    let project = &site.projects[&find(site, call)?];
    let id = call.param("requestTypeId").parse().ok();
    match id.and_then(|id: u32| Some((id, project.request_types.get(&id)?))) {
        Some((id, kind)) => Ok(Answer::json(200, &row(project, id, kind, call))),
        None => Err(call.error(404, "The request type does not exist.")),
    }
}

/// Says by which request types somebody may ask; for others than oneself, only to those who administer the project.
pub(super) fn check(site: &Site, call: &Call<'_>) -> Reply {
    let project = &site.projects[&find(site, call)?];
    let body = call.json()?;
    let wanted: Vec<&str> = body["permissions"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if wanted.is_empty() {
        return Err(call.error(400, "permissions must be provided."));
    }
    let asked: Vec<u32> = body["requestTypeIds"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|id| id.as_u64()?.try_into().ok())
        .collect();
    if asked.len() > MOST {
        return Err(call.error(400, "At most 50 request types can be checked."));
    }
    let account = match body["accountId"].as_str() {
        None => call.caller.account(site),
        Some(_) if !call.administers(site, project) => {
            return Err(call.error(401, "Only administrators can check for other people."));
        }
        Some(id) => site.accounts.by_id(id),
    };
    let Some(account) = account else {
        return Err(call.error(400, "The account does not exist."));
    };
    let of_project = asked
        .iter()
        .filter_map(|id| Some((*id, project.request_types.get(id)?)));
    let (mut create, mut administer) = (Vec::new(), Vec::new());
    for (id, kind) in of_project {
        if site.may_ask(project, kind, account) {
            create.push(id);
        }
        if site.administers(project, account) {
            administer.push(id);
        }
    }
    let mut answer = json!({});
    for (word, ids) in [("canCreateRequest", create), ("canAdminister", administer)] {
        if wanted.contains(&word) {
            answer[word] = json!(ids);
        }
    }
    Ok(Answer::json(200, &answer))
}

fn row(project: &Project, id: u32, kind: &RequestType, call: &Call<'_>) -> Value {
    let desk = project.desk;
    json!({
        "id": id.to_string(),
        "name": kind.name,
        "description": "",
        "helpText": "",
        "serviceDeskId": desk.to_string(),
        "portalId": desk.to_string(),
        "issueTypeId": "10001",
        "groupIds": [],
        "restrictionStatus": if kind.is_restricted() { "RESTRICTED" } else { "OPEN" },
        "_links": {"self": format!("{}/rest/servicedeskapi/servicedesk/{desk}/requesttype/{id}", call.base)},
    })
}
