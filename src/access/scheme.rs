//! What the permission scheme and the roles of a project do to access: V7, V8a, V8b, and the row "agent or admin of X" of 4.2.

use super::answer::{Answer, Source, Trail};
use super::people::{Account, ListId, Role};
use super::portal::Reach;
use super::state::{Coverage, Project};
use super::visitor::Actor;
use crate::model::{AccountKind, Surface};
use crate::neutral::named;
use crate::observed::ObservedPermissions;

/// Why it is not known of which projects somebody is an agent, where nobody asked.
const NOT_ASKED: &str = "it was not read";

/// Faults of a permission scheme as far as somebody looked, and who holds what; all off is a healthy scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// V7: Browse Projects is granted by a user or group custom field, or to the reporter.
    pub leaks: bool,
    /// V8a: Portal Access lacks Browse Projects or Create Issues.
    pub lacks_portal_access: bool,
    /// V8b: permissions are granted to the project role Service Desk Customers.
    pub granted_to_customers_role: bool,
    /// Whether somebody looked.
    pub reading: Reading,
    /// To whom Browse Projects is granted so that it leaks; reads after "Browse Projects is granted ".
    pub leaks_by: Vec<String>,
    /// Grants of Browse Projects whose effect on the portal no rule tells; read as [`Scheme::leaks_by`].
    pub unjudged: Vec<String>,
    /// Roles, groups and named people who are agents or administrators here, or whom Browse Projects makes customers.
    pub circles: Vec<Circle>,
    /// How far it is known that nobody but the people of the circles is an agent or administrator here.
    pub staff: Coverage,
    /// Why it is not known which groups hold the role of the project's customers, where that was asked.
    pub customers_unread: Option<String>,
}

impl Scheme {
    /// Returns where what it says comes from, when it was read.
    pub const fn source(&self) -> Option<Source> {
        match self.reading {
            Reading::Done => Some(Source::Read(Surface::Documented)),
            Reading::NotAsked | Reading::Refused(_) => None,
        }
    }

    /// Says whether customers may come in by it although they are on no list: by a group or somebody named, by a leak, or by what
    /// somebody asked for and nobody could read.
    pub fn may_let_customers_in(&self) -> bool {
        let unread = matches!(self.reading, Reading::Refused(_)) || self.customers_unread.is_some();
        let mut circles = self.circles.iter().filter(|circle| !circle.serves());
        unread || self.leaks || !self.unjudged.is_empty() || circles.any(Circle::may_hold_people)
    }
}

impl Default for Scheme {
    fn default() -> Self {
        Self {
            leaks: false,
            lacks_portal_access: false,
            granted_to_customers_role: false,
            reading: Reading::NotAsked,
            leaks_by: Vec::new(),
            unjudged: Vec::new(),
            circles: Vec::new(),
            staff: Coverage::Unread(NOT_ASKED.to_owned()),
            customers_unread: None,
        }
    }
}

/// Whether a permission scheme was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Nobody asked; it counts as healthy.
    NotAsked,
    /// It was read.
    Done,
    /// It could not be read, for this reason: whether the portal shows itself to others is not known.
    Refused(String),
}

/// People whom the scheme or a role lets into a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle {
    /// Its number; no two circles of a state have the same.
    pub id: u32,
    /// What they have in common: `role Service Desk Team`, `group X in role Y`, `group X`, `named in the permission scheme`.
    pub name: String,
    /// The name of the group, where they are one.
    pub group: Option<String>,
    /// What they are there.
    pub part: Part,
    /// How far its list of people can be believed.
    pub members: Coverage,
    /// How many they are, where that was read.
    pub size: Option<usize>,
}

/// What the people of a circle are in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Agents or administrators.
    Serves,
    /// Customers, since Browse Projects is granted to them (V7).
    Browses,
    /// Customers, since they are in the project role *Service Desk Customers* (V1).
    Customers,
}

impl Circle {
    /// Returns what the people of a group in the role of a project's customers have in common.
    pub(super) fn of_customers(group: &str) -> String {
        let role = ObservedPermissions::CUSTOMERS;
        format!("group {} in role {role}", named(group))
    }

    /// Says whether somebody is in it, as far as that is known.
    fn may_hold_people(&self) -> bool {
        self.members != Coverage::Whole || self.size != Some(0)
    }

    /// Says whether its people are agents or administrators.
    pub fn serves(&self) -> bool {
        self.part == Part::Serves
    }

    /// Returns the rule by which its people get in.
    pub const fn rule(&self) -> &'static str {
        match self.part {
            Part::Serves | Part::Customers => "V1",
            Part::Browses => "V7",
        }
    }

    /// Returns the route in words.
    pub fn route(&self) -> String {
        match self.part {
            Part::Serves => format!("agent ({})", self.name),
            Part::Browses => format!("Browse Projects ({})", self.name),
            Part::Customers => self.name.clone(),
        }
    }

    /// Says whether an account that is not among its known people may belong to it: a group takes Atlassian accounts only.
    fn may_hold(&self, account: Account) -> bool {
        self.members.missing() == Answer::Uncertain && account.kind != Some(AccountKind::PortalOnly)
    }
}

/// A circle that an actor is in, or may be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InCircle {
    /// Its position in [`Scheme::circles`].
    pub circle: u32,
    /// Where that is said; `None` where it is not known whether they are in it.
    pub source: Option<Source>,
}

/// Returns the circles of a project that an actor is in or may be in.
pub(super) fn circles(project: &Project, actor: &Actor<'_>) -> Vec<InCircle> {
    let mut found = Vec::new();
    for (circle, known) in (0_u32..).zip(&project.scheme.circles) {
        let source = actor.on(ListId::Circle(known.id));
        let perhaps = actor.on(ListId::PerhapsCircle(known.id)).is_some();
        if source.is_some() || perhaps || known.may_hold(actor.account) {
            found.push(InCircle { circle, source });
        }
    }
    found
}

/// Says whether Browse Projects is granted to an actor, by name or by a group, or may be.
pub(super) fn browses(project: &Project, actor: &Actor<'_>) -> bool {
    let found = circles(project, actor);
    let mut parts = found
        .iter()
        .filter_map(|found| project.scheme.circles.get(found.circle as usize));
    parts.any(|circle| circle.part == Part::Browses)
}

/// Says how an actor is in a circle, and how sure that is.
pub(super) fn explain(
    project: &Project,
    found: InCircle,
    certainty: Answer,
    trail: &mut Trail,
) -> Answer {
    let Some(circle) = project.scheme.circles.get(found.circle as usize) else {
        return Answer::No;
    };
    match (&circle.members, found.source) {
        (_, Some(source)) => {
            trail.add(circle.rule(), Some(source), || match circle.part {
                Part::Serves => format!(
                    "an agent or administrator of {}: {}",
                    project.key, circle.name
                )
                .into(),
                Part::Customers => format!("a customer of {}: {}", project.key, circle.name).into(),
                Part::Browses => format!(
                    "Browse Projects of {} makes customers of the people of {}",
                    project.key, circle.name
                )
                .into(),
            });
            certainty
        }
        (Coverage::Unread(why), None) => {
            trail.add(circle.rule(), None, || {
                format!("who is in {} is not known: {why}", circle.name).into()
            });
            Answer::Uncertain
        }
        (_, None) => {
            trail.add(circle.rule(), None, || {
                format!("perhaps a customer of {}: {}", project.key, circle.name).into()
            });
            Answer::Uncertain
        }
    }
}

/// V7: Browse Projects by a custom field or to the reporter shows a restricted portal to customers who are not on it.
///
/// Whether that holds for Atlassian accounts without a role is as uncertain as their other ways in (Q4).
pub(super) fn leak(project: &Project, who: Account, reach: Reach, trail: &mut Trail) -> Reach {
    let scheme = &project.scheme;
    if reach.view == Answer::Yes {
        return reach;
    }
    if let Reading::Refused(why) = &scheme.reading {
        trail.add("V7", None, || {
            format!(
                "whether the permission scheme of {} shows the portal to others is not known: {why}",
                project.key
            ).into()
        });
        return reach.or(Reach::both(Answer::Uncertain));
    }
    if !scheme.leaks {
        return reach;
    }
    trail.add("V7", scheme.source(), || {
        let shown = format!(
            "the permission scheme of {} shows the portal to customers who are not on it",
            project.key
        );
        match scheme.leaks_by.is_empty() {
            true => shown.into(),
            false => format!(
                "{shown}: Browse Projects is granted {}",
                scheme.leaks_by.join(", and ")
            )
            .into(),
        }
    });
    let view = match who.role {
        Role::None | Role::Unknown => Answer::Uncertain,
        Role::Customer | Role::Staff => Answer::Yes,
    };
    Reach {
        view: reach.view.or(view),
        send: reach.send.or(Answer::Uncertain),
    }
}

/// An Atlassian account may be in groups of which nobody told, as a new one may be put into them by itself, and one of them may
/// hold Browse Projects or the role of customers.
pub(super) fn perhaps_in_a_group(
    project: &Project,
    who: Account,
    reach: Reach,
    whether: &str,
    trail: &mut Trail,
) -> Reach {
    let group = project
        .scheme
        .circles
        .iter()
        .find(|circle| !circle.serves() && circle.group.is_some());
    match group {
        Some(circle) if who.kind != Some(AccountKind::PortalOnly) && reach.view == Answer::No => {
            trail.add(circle.rule(), None, || {
                format!("{whether} {} is not known", circle.name).into()
            });
            reach.or(Reach::both(Answer::Uncertain))
        }
        _ => reach,
    }
}
