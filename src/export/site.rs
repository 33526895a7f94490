//! The root file and the site's own file: how to reach it, its settings, the approved domains.

use super::yaml::{Block, document};
use super::{AtlassianTarget, Draft};
use crate::config::{Auth, ConfluencePlan, SurfaceMode, UserManagement};
use crate::model::{Field, SiteField, SiteValue};
use crate::observed::ObservedGrant;
use crate::plan::domains;
use serde_yaml::Value;
use std::collections::{BTreeMap, BTreeSet};

impl Draft<'_> {
    /// Writes the root file and the file of the site's settings; `comments` say what is left out of the site.
    pub(super) fn site(&mut self, comments: Vec<String>) -> Result<(), serde_yaml::Error> {
        let target = self.target;
        let mut root_comments = vec![format!(
            "The customer access of {}, as it was read.",
            target.url
        )];
        root_comments.extend(comments);
        if !self.has_people() {
            root_comments.push("Without people: no member and no customer is managed.".into());
        }
        let surfaces = Block::new()
            .with("gateway", mode(target.gateway))
            .with("private", mode(target.private))
            .maybe(
                "mapped",
                target.mapped.as_ref().map(|file| file.path.as_str()),
            );
        let atlassian = target.atlassian.as_ref();
        let site = Block::new()
            .with("url", target.url.as_str())
            .maybe("api_url", target.api_url.as_deref())
            .maybe(
                "auth",
                match target.auth {
                    Auth::Classic => None,
                    Auth::Scoped => Some("scoped"),
                    Auth::Oauth => Some("oauth"),
                },
            )
            .maybe(
                "atlassian_organization",
                atlassian.map(|organization| organization.key.as_str()),
            )
            .maybe(
                "user_management",
                (target.user_management == UserManagement::Original).then_some("original"),
            )
            .maybe("confluence_plan", target.confluence_plan.map(plan))
            .with("surfaces", surfaces);
        let mut root = Block::new();
        match atlassian {
            Some(organization) => {
                let block = self.atlassian(organization, &mut root_comments);
                root.set(
                    "atlassian_organizations",
                    Block::new().with(organization.key.as_str(), block),
                );
            }
            None => root_comments.push(
                "No approved domains: the Admin API needs the `id` of the Atlassian organization"
                    .into(),
            ),
        }
        root.set("sites", Block::new().with(target.key.as_str(), site));
        let text = document("./", &root_comments, root)?;
        self.file("portcullis.yaml", text);

        let mut comments = Vec::new();
        let settings = self.settings(&mut comments);
        let below = Block::new().with(target.key.as_str(), settings);
        let text = document("../", &comments, Block::new().with("sites", below))?;
        self.file(format!("sites/{}.yaml", target.key), text);
        Ok(())
    }

    fn settings(&self, comments: &mut Vec<String>) -> Block {
        let mut block = Block::new();
        let mut unknown: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for field in SiteField::ALL {
            let observation = self.observed.settings.get(&field);
            match observation.map(|observation| &observation.value) {
                Some(Field::Known(value)) => set(&mut block, field, value),
                Some(Field::Unknown(why)) => {
                    unknown.entry(why).or_default().push(field.yaml_path())
                }
                None => unknown
                    .entry("no allowed surface can read it")
                    .or_default()
                    .push(field.yaml_path()),
            }
        }
        for (why, paths) in unknown {
            for path in paths {
                comments.push(format!("No `{path}`: {why}"));
            }
        }
        self.echoes(comments);
        block
    }

    /// Projects echo two site-wide settings. They are a hint and no value: only a person or a mapped endpoint can say.
    fn echoes(&self, comments: &mut Vec<String>) {
        let projects = self.observed.whole_projects();
        let seen = |echo: fn(&crate::observed::ObservedProject) -> Option<bool>| {
            let values: BTreeSet<bool> = projects
                .into_iter()
                .flatten()
                .filter_map(|(_, project)| echo(project))
                .collect();
            (values.len() == 1).then(|| values.contains(&true))
        };
        let echoes = [
            (
                SiteField::CustomersCanCreateAccounts,
                seen(|project| project.echoed_signup),
            ),
            (
                SiteField::ViewWithoutLogin,
                seen(|project| project.echoed_anonymous),
            ),
        ];
        for (field, echo) in echoes {
            let known = self
                .observed
                .settings
                .get(&field)
                .is_some_and(|observation| observation.value.known().is_some());
            if let (Some(echo), false) = (echo, known) {
                comments.push(format!(
                    "Every project that was read reports `{}` as `{echo}`.",
                    field.yaml_path()
                ));
            }
        }
    }

    fn atlassian(&mut self, target: &AtlassianTarget, comments: &mut Vec<String>) -> Block {
        let site = self.target.key.as_str();
        let mut block = Block::new()
            .maybe("id", target.id.as_deref())
            .maybe("customer_role", self.observed.customer_role.as_deref());
        let grant = |grant: &ObservedGrant| {
            let granted = Block::new()
                .with("role", domains::role_of(grant).word())
                .with("admin_approval", grant.admin_approval.unwrap_or(false));
            Block::new().with("sites", Block::new().with(site, granted))
        };
        let read = self.observed.approved_domains.as_ref();
        match self.whole(read, || "the approved domains".to_owned()) {
            Err(comment) => comments.push(comment),
            Ok(approved) => {
                let mut domains = Block::new();
                for (domain, seen) in approved {
                    if let Some(jsm) = &seen.jsm {
                        domains.set(domain.as_str(), grant(jsm));
                    }
                }
                let empty = domains.is_empty();
                let approved = Block::new()
                    .with("mode", self.mode())
                    .with("domains", domains)
                    .maybe("allow_empty", empty.then_some(true));
                block.set("approved_domains", approved);
            }
        }
        let any = self.observed.any_domain.as_ref();
        match self.whole(any, || "the any-domain rule".to_owned()) {
            Err(comment) => comments.push(comment),
            Ok(Some(rule)) => block.set("any_domain", grant(rule)),
            Ok(None) => {
                let none = Block::new().with("role", "none");
                let none = Block::new().with("sites", Block::new().with(site, none));
                block.set("any_domain", none);
            }
        }
        block
    }
}

fn set(block: &mut Block, field: SiteField, value: &SiteValue) {
    let path: Vec<&str> = field.yaml_path().split('.').collect();
    let value: Value = match value {
        SiteValue::Toggle(on) => (*on).into(),
        SiteValue::Domains(None) => "any".into(),
        SiteValue::Domains(Some(list)) => {
            if let ([above @ .., _], true) = (path.as_slice(), list.is_empty()) {
                let beside: Vec<&str> = above.iter().copied().chain(["allow_empty"]).collect();
                block.set_at(&beside, true.into());
            }
            list.iter()
                .map(|domain| domain.as_str())
                .collect::<Vec<_>>()
                .into()
        }
        SiteValue::EmailAccountCreation(value) => value.word().into(),
        SiteValue::OrganizationManagement(value) => value.word().into(),
    };
    block.set_at(&path, value);
}

const fn mode(mode: SurfaceMode) -> &'static str {
    match mode {
        SurfaceMode::Deny => "deny",
        SurfaceMode::Read => "read",
        SurfaceMode::Write => "write",
    }
}

const fn plan(plan: ConfluencePlan) -> &'static str {
    match plan {
        ConfluencePlan::Free => "free",
        ConfluencePlan::Standard => "standard",
        ConfluencePlan::Premium => "premium",
        ConfluencePlan::Enterprise => "enterprise",
    }
}
