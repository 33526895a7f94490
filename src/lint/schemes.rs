//! Lints about permission schemes, as far as they were read: L34, L35, L36.

use super::{Scene, names};
use crate::access::{Part, Reading};
use crate::model::ChannelAccess;

pub(super) fn judge(scene: &mut Scene<'_, '_>) {
    let state = scene.state;
    for project in &state.projects {
        let key = project.key.as_str();
        let scheme = &project.scheme;
        let parts = ["project", key, "access"];
        let access = &project.channel_access;
        if scheme.leaks && access.value() == Some(&ChannelAccess::Restricted) {
            scene.report(
                "L34",
                &parts,
                access.source(),
                format!(
                    "the portal of the restricted project `{key}` leaks to every customer of the site: its permission scheme grants Browse Projects {}",
                    scheme.leaks_by.join(", and ")
                ),
                "take these grants out of the permission scheme first",
            );
        }
        if let Reading::Refused(why) = &scheme.reading
            && access.value() == Some(&ChannelAccess::Restricted)
        {
            scene.report(
                "L34",
                &parts,
                access.source(),
                format!(
                    "whether the portal of the restricted project `{key}` leaks is not known, since its permission scheme could not be read: {why}"
                ),
                "read it as an administrator of the project, or look at its permissions",
            );
            scene.uncertain();
        }
        let groups: Vec<&str> = scheme
            .circles
            .iter()
            .filter(|circle| circle.part == Part::Browses)
            .filter_map(|circle| circle.group.as_deref())
            .collect();
        if !groups.is_empty() {
            scene.report(
                "L35",
                &parts,
                access.source(),
                format!(
                    "Browse Projects of `{key}` is granted to groups, whose members become customers without being on its list: {}",
                    names(groups)
                ),
                "grant Browse Projects to project roles, or acknowledge L35 with a reason",
            );
        }
        let broken = match (scheme.lacks_portal_access, scheme.granted_to_customers_role) {
            (true, _) => Some(
                "the security type Service Project Customer - Portal Access lacks Browse Projects or Create Issues: mail of new senders fails, and agents cannot add customers",
            ),
            (false, true) => Some(
                "it grants permissions to the role Service Desk Customers: nobody can add customers, and an open project acts restricted",
            ),
            (false, false) => None,
        };
        if let Some(broken) = broken {
            scene.report(
                "L36",
                &parts,
                access.source(),
                format!("the permission scheme of `{key}` is broken: {broken}"),
                "repair the permission scheme in the project's settings",
            );
        }
    }
}
