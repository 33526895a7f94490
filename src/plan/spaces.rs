//! Knowledge-base spaces of service projects: linking them, and who can view them.

use crate::config::driver::MappedField;
use crate::config::{ConfluencePlan, LinkedSpace, Project};
use crate::model::{
    Address, ChannelAccess, ProjectKey, SiteField, SiteValue, SpaceKey, Surface, WhoCanView,
};
use crate::observed::{ObservedProject, ObservedSpace};
use crate::plan::change::{Action, Change, Effect, Phase, Reason, ResourceType};
use crate::plan::diff::Draft;
use crate::plan::manual::ManualSubject;
use crate::plan::{Block, surfaces};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What becomes of one linked space.
struct Step {
    action: Action,
    reason: Reason,
    before: Value,
    write: Surface,
    effect: Effect,
}

/// Who can view a space, as a row shows it.
fn viewers(value: Option<WhoCanView>) -> Value {
    value.map_or(Value::Null, |value| json!({ "who_can_view": value.word() }))
}

impl<'a> Draft<'a> {
    pub(super) fn knowledge_base(
        &mut self,
        key: &'a ProjectKey,
        project: &'a Project,
        seen: &ObservedProject,
    ) {
        let address = self.address(["project", key.as_str(), "knowledge-base"]);
        self.unreadable(seen.knowledge_base.as_ref(), &address, project.span);
        let linked: Option<&BTreeMap<SpaceKey, ObservedSpace>> = seen
            .knowledge_base
            .as_ref()
            .and_then(|observation| observation.value.known());
        for (space, wanted) in &project.knowledge_base {
            self.space(key, space, wanted, linked);
        }
    }

    fn space(
        &mut self,
        key: &'a ProjectKey,
        space: &'a SpaceKey,
        wanted: &'a LinkedSpace,
        linked: Option<&BTreeMap<SpaceKey, ObservedSpace>>,
    ) {
        let address = self.address(["project", key.as_str(), "knowledge-base", space.as_str()]);
        let live = linked.map(|spaces| spaces.get(space));
        let desired = wanted.who_can_view.as_ref();
        let value = desired.map(|viewers| viewers.value);
        let source = Some(desired.map_or(wanted.span, |viewers| viewers.span));
        let Some(step) = self.step(&address, (key, space), value, live) else {
            return;
        };
        let live = live.flatten();
        let manual = step.write == Surface::Manual;
        let (blocked_by, waiting_for) = match (manual, value) {
            (false, Some(value)) => self.viewers_gate(key, space, value, live),
            _ => (Vec::new(), Vec::new()),
        };
        let after = match value {
            Some(value) => viewers(Some(value)),
            None => json!({}),
        };
        let known = live.and_then(|live| live.who_can_view.known().copied());
        let narrows = matches!((known, value), (Some(now), Some(then)) if then > now);
        self.changes.push(Change {
            address: address.clone(),
            kind: ResourceType::KnowledgeBaseSpace,
            name: space.as_str().to_owned(),
            action: step.action,
            before: step.before.clone(),
            after: after.clone(),
            reason: step.reason,
            source,
            surface: step.write,
            effect: step.effect,
            phase: if narrows {
                Phase::Narrow
            } else {
                Phase::Articles
            },
            blocked_by,
            waiting_for,
            needs_right: None,
        });
        if manual {
            let subject = ManualSubject::KnowledgeBase(key.clone(), space.clone());
            self.by_hand(&subject, vec![address], step.before, after);
        }
    }

    /// Says what becomes of a linked space, and counts what is declared of it; nothing where it is as it should be.
    ///
    /// `live` is the space as the project links it; the outer `None` is that nobody could read what the project links.
    fn step(
        &mut self,
        address: &Address,
        (key, space): (&ProjectKey, &SpaceKey),
        value: Option<WhoCanView>,
        live: Option<Option<&ObservedSpace>>,
    ) -> Option<Step> {
        let route = surfaces::route(&self.desired.site.surfaces, MappedField::WhoCanView);
        let attested = self
            .attested(address)
            .and_then(|value| WhoCanView::from_word(value.as_str()?));
        // A mapped description knows who can view a space, and not how to link one.
        let link_surface = match route.write {
            Surface::Gateway => Surface::Gateway,
            _ => Surface::Manual,
        };
        let set_or_link = |value: Option<WhoCanView>| match value {
            Some(value) => Effect::SetViewers(key.clone(), space.clone(), value),
            None => Effect::LinkSpace(key.clone(), space.clone(), None),
        };
        let live = match live {
            None if value.is_some() && attested == value => {
                self.count_field(true);
                return None;
            }
            None => {
                self.count_field(attested.is_some());
                return Some(Step {
                    action: Action::Update,
                    reason: match attested {
                        Some(_) => Reason::Differs,
                        None => Reason::Unknown,
                    },
                    before: viewers(attested),
                    write: Surface::Manual,
                    effect: set_or_link(value),
                });
            }
            Some(None) => {
                self.count_field(true);
                return Some(Step {
                    action: Action::Create,
                    reason: Reason::Listed,
                    before: Value::Null,
                    write: link_surface,
                    effect: Effect::LinkSpace(key.clone(), space.clone(), value),
                });
            }
            Some(Some(live)) => live,
        };
        let value = value?;
        let known = live.who_can_view.known().copied();
        self.count_field(known.is_some());
        let (reason, before, write) = match known {
            Some(known) if known == value => return None,
            Some(known) => (Reason::Differs, viewers(Some(known)), route.write),
            None if attested == Some(value) => return None,
            None => (Reason::Unknown, viewers(attested), Surface::Manual),
        };
        Some(Step {
            action: Action::Update,
            reason,
            before,
            write,
            effect: set_or_link(Some(value)),
        })
    }

    /// Says what stands against a choice of viewers that the site does not offer now (K1 to K6).
    fn viewers_gate(
        &mut self,
        key: &ProjectKey,
        space: &SpaceKey,
        value: WhoCanView,
        live: Option<&ObservedSpace>,
    ) -> (Vec<Block>, Vec<Address>) {
        let switches = value.switches().iter();
        let mut prerequisites: Vec<Address> = switches
            .map(|field| self.address(field.address_parts()))
            .collect();
        if value == WhoCanView::Anyone {
            prerequisites.push(self.address(["project", key.as_str(), "access"]));
        }
        let waiting_for = self.manual_changes_at(&prerequisites);
        let (offered, ruled_out) = match live.and_then(|live| live.possible.as_ref()) {
            Some(possible) => (
                possible.contains(&value),
                !possible.contains(&value) && self.is_ruled_out(space, value),
            ),
            // Of a space that is not linked yet the site tells nothing.
            None => {
                let ruled_out = self.is_ruled_out(space, value);
                (!ruled_out && !self.is_off_now(key, value), ruled_out)
            }
        };
        let may_come =
            !waiting_for.is_empty() || prerequisites.iter().any(|address| self.changes_at(address));
        if offered || may_come && !ruled_out {
            if (live.is_none() || !offered) && value == WhoCanView::Anyone {
                self.perhaps_offered((key, space));
            }
            return (Vec::new(), waiting_for);
        }
        let anonymous = self
            .declared_space(space)
            .and_then(|space| space.anonymous_access.as_ref());
        let why = match value {
            WhoCanView::Anyone if anonymous.is_some_and(|access| !access.value) => {
                "K4: the site does not offer `anyone` for this space, whose anonymous access is off"
            }
            WhoCanView::Anyone => "K1 to K4: the site does not offer `anyone` for this space now",
            _ => "K5, K6: the site does not offer this value for the space now",
        };
        (vec![Block::Rule(why.into())], Vec::new())
    }

    /// Says that the site may not offer `anyone` for a space, since it is not linked yet or settings come first, where what decides
    /// it in Confluence is not known (K2, K4).
    fn perhaps_offered(&mut self, (key, space): (&ProjectKey, &SpaceKey)) {
        let declared = self.declared_space(space);
        let anonymous = declared.and_then(|space| space.anonymous_access.as_ref());
        let mut unknown = Vec::new();
        if anonymous.is_none() {
            unknown.push(format!("`anonymous_access` of `spaces.{space}` (K4)"));
        }
        if self.desired.site.confluence_plan.is_none() {
            unknown.push("`confluence_plan` (K2)".to_owned());
        }
        if let Some(source) = self
            .desired
            .site
            .projects
            .get(key)
            .map(|project| project.span)
            && !unknown.is_empty()
        {
            let message = format!(
                "whether the site offers `anyone` for this space is not known, and `apply` may be refused: write {} as Confluence has it",
                unknown.join(" and ")
            );
            let address = self.address(["project", key.as_str(), "knowledge-base", space.as_str()]);
            self.finding(address, "viewers-not-known", message, Some(source));
        }
    }

    /// Says whether Confluence keeps the site from offering a choice of viewers, as the files describe it (K2, K4).
    fn is_ruled_out(&self, space: &SpaceKey, value: WhoCanView) -> bool {
        let plan = self.desired.site.confluence_plan.as_ref();
        let free = plan.is_some_and(|plan| plan.value == ConfluencePlan::Free);
        let declared = self.declared_space(space);
        let anonymous = declared.and_then(|space| space.anonymous_access.as_ref());
        value == WhoCanView::Anyone && (free || anonymous.is_some_and(|access| !access.value))
    }

    /// Says whether something that was read keeps the site from offering a choice of viewers now (K1, K3, K5).
    fn is_off_now(&self, key: &ProjectKey, value: WhoCanView) -> bool {
        let is_off = |field: &SiteField| {
            let seen = self.observed.settings.get(field);
            seen.and_then(|seen| seen.value.known()) == Some(&SiteValue::Toggle(false))
        };
        let projects = self.observed.whole_projects();
        let project = projects.and_then(|projects| projects.get(key));
        let access = project.and_then(|project| project.channel_access.as_ref());
        let restricted =
            access.and_then(|access| access.value.known()) == Some(&ChannelAccess::Restricted);
        value == WhoCanView::Anyone && restricted || value.switches().iter().any(is_off)
    }
}
