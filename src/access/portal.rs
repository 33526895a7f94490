//! Who sees a portal and may send requests there: section 4 of the model.

mod entering;

pub(super) use entering::{Joined, customer_of_doubt, perhaps};

use super::accounts;
use super::answer::{Answer, Source, Trail};
use super::people::{Account, ListId, Role, Status};
use super::scheme::{self, Circle, InCircle};
use super::state::{Coverage, Fact, Project, State};
use super::visitor::{Actor, Visitor};
use crate::model::{AccountKind, ChannelAccess};
use crate::neutral::named;
use entering::{newcomer, perhaps_joined};

/// What somebody may do at a portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reach {
    /// See it.
    pub view: Answer,
    /// Send requests.
    pub send: Answer,
}

impl Reach {
    /// Neither.
    pub const NONE: Self = Self::both(Answer::No);

    /// The same answer to both.
    pub const fn both(answer: Answer) -> Self {
        Self {
            view: answer,
            send: answer,
        }
    }

    /// Both must hold.
    #[must_use]
    pub fn and(self, answer: Answer) -> Self {
        Self {
            view: self.view.and(answer),
            send: self.send.and(answer),
        }
    }

    /// One of the two is enough.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            view: self.view.or(other.view),
            send: self.send.or(other.send),
        }
    }

    /// The reach of somebody who is one of two, nobody knows which.
    #[must_use]
    pub fn either(self, other: Self) -> Self {
        Self {
            view: self.view.either(other.view),
            send: self.send.either(other.send),
        }
    }
}

/// A route by which an account reaches a portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Route {
    /// On the project's roster (V1).
    Roster {
        /// Where that is said.
        source: Source,
        /// Whether it is known.
        sure: bool,
    },
    /// A member of a linked organization (V1, V10).
    Organization {
        /// Its position in the state.
        organization: u32,
        /// Where the membership is said.
        member: Source,
        /// Where the link is said.
        link: Source,
        /// Whether both are known.
        sure: bool,
    },
    /// The project is open to every customer of the site (V2).
    Open,
    /// Among people whom the permission scheme or a role lets in, or perhaps among them.
    Circle(InCircle),
    /// An agent or administrator; of which projects is not known.
    Staff,
    /// A permission scheme that leaks (V7).
    Leak,
}

/// Returns every route by which an account on these lists may reach a project, the firmest first.
///
/// Whether the routes carry depends on the account; [`reach`] judges that.
pub fn routes(project_at: usize, project: &Project, actor: &Actor<'_>) -> Vec<Route> {
    let mut routes = Vec::new();
    let at = u32::try_from(project_at).unwrap_or(u32::MAX);
    let on = |list: ListId| {
        let sure = actor.on(list).map(|source| (source, true));
        sure.or_else(|| Some((actor.on(list.perhaps())?, false)))
    };
    if let Some((source, sure)) = on(ListId::Roster(at)) {
        routes.push(Route::Roster { source, sure });
    }
    // Few people stand on many lists, and many organizations may be linked: each list is looked up among the links.
    let first = routes.len();
    for list in actor.lists {
        let (ListId::Organization(organization) | ListId::PerhapsOrganization(organization)) =
            *list
        else {
            continue;
        };
        let links = &project.organizations;
        let link = links.binary_search_by_key(&organization, |link| link.organization);
        if let Ok(link) = link.map(|link| &links[link])
            && let Some((member, sure)) = on(ListId::Organization(organization))
        {
            routes.push(Route::Organization {
                organization,
                member,
                link: link.source,
                sure: sure && link.sure,
            });
        }
    }
    routes[first..].sort_unstable();
    routes.dedup();
    if accounts::open(project).exposes() {
        routes.push(Route::Open);
    }
    let circles = scheme::circles(project, actor);
    let serves = circles.iter().any(|found| {
        let circle = project.scheme.circles.get(found.circle as usize);
        found.source.is_some() && circle.is_some_and(Circle::serves)
    });
    routes.extend(circles.into_iter().map(Route::Circle));
    if actor.account.role == Role::Staff && !serves && project.scheme.staff != Coverage::Whole {
        routes.push(Route::Staff);
    }
    if project.scheme.leaks {
        routes.push(Route::Leak);
    }
    routes
}

/// Returns what a visitor may do at the portal of the project at a position.
pub fn reach(
    state: &State<'_>,
    project_at: usize,
    visitor: &Visitor<'_>,
    trail: &mut Trail,
) -> Reach {
    let Some(project) = state.projects.get(project_at) else {
        return Reach::NONE;
    };
    match visitor {
        Visitor::Anonymous => anonymous(state, project, trail),
        Visitor::Existing(actors) => {
            let mut all = Reach::NONE;
            for actor in actors {
                all = all.or(account(state, project_at, project, actor, trail));
            }
            if actors.iter().any(|actor| actor.account.twin) && all.view == Answer::Yes {
                for actor in actors {
                    accounts::twin(actor.account, trail);
                }
                all = all.and(Answer::Uncertain);
            }
            all
        }
        Visitor::AnyCustomer => {
            let project = on_no_list(project);
            account(state, project_at, &project, &Actor::customer(), trail)
        }
        Visitor::New(class) => newcomer(state, project_at, project, class, trail),
        Visitor::Anyone(classes) => {
            let mut steps = trail.fresh();
            let public = newcomer(state, project_at, project, &classes[0], &mut steps);
            let company = newcomer(state, project_at, project, &classes[1], trail);
            if public != company {
                trail.append(steps);
            }
            public.either(company)
        }
        Visitor::Unclear(why, class) => {
            let as_new = newcomer(state, project_at, project, class, &mut Trail::silent());
            let mut steps = trail.fresh();
            let as_customer = customer_of_doubt(state, project_at, why, &mut steps);
            trail.append(steps);
            if as_new != as_customer {
                trail.add("R1", None, || {
                    format!("whether the address has an account is not known: {why}").into()
                });
            }
            let mut all = as_new.either(as_customer);
            for (visitor, why) in perhaps(state) {
                let reach = reach(state, project_at, &visitor, &mut Trail::silent());
                if reach != as_customer {
                    trail.add("R1", None, || why.into());
                }
                all = all.either(reach);
            }
            all
        }
    }
}

/// The project for somebody who is on no list by definition, so that it does not matter which lists could be read.
fn on_no_list(project: &Project) -> Project {
    let read = |coverage: &Coverage| match coverage {
        Coverage::Unread(_) => Coverage::Whole,
        other => other.clone(),
    };
    Project {
        links: read(&project.links),
        roster: read(&project.roster),
        organizations: Vec::new(),
        ..without_unread_groups(project)
    }
}

/// The project for somebody of whom the groups do not matter that nobody read.
fn without_unread_groups(project: &Project) -> Project {
    let mut project = project.clone();
    project.scheme.customers_unread = None;
    project
}

/// Row "Anonymous" of 4.2: never into a restricted project (V1), else with C and N.
fn anonymous(state: &State<'_>, project: &Project, trail: &mut Trail) -> Reach {
    let open = accounts::open(project);
    if open == Answer::No {
        restricted(project, "never for people who are not logged in", trail);
        return Reach::NONE;
    }
    let (create, login) = (&state.site.create, &state.site.no_login);
    let view = open.and(create.on()).and(login.on());
    match (login, create) {
        (Fact::Known(false, source), _) => {
            trail.add("V2", Some(*source), || "portals need a login".into())
        }
        (_, Fact::Known(false, source)) => trail.add("V2", Some(*source), || {
            "customers cannot create accounts, and then every portal needs a login".into()
        }),
        (Fact::Known(true, source), Fact::Known(true, _)) => {
            trail.add("V2", Some(*source), || {
                format!(
                    "portals can be viewed without login, and {} is open",
                    project.key
                )
                .into()
            });
        }
        (Fact::Unknown(why), _) | (_, Fact::Unknown(why)) => trail.add("V2", None, || {
            format!("whether portals can be viewed without login is not known: {why}").into()
        }),
    }
    if open == Answer::Uncertain {
        access_unknown(project, trail);
    }
    let address = accounts::somebody_passes_r3(state);
    if view.exposes() {
        trail.add("Q15", None, || match address {
            Answer::No => {
                "assumed: sending fails, since no address gets an account; viewing stays possible"
                    .into()
            }
            _ => "sending needs an address that gets an account".into(),
        });
    }
    Reach {
        view,
        send: view.and(address),
    }
}

fn restricted(project: &Project, whom: &str, trail: &mut Trail) {
    if project.scheme.granted_to_customers_role {
        trail.add("V8b", project.scheme.source(), || {
            format!(
                "{} acts restricted: its permission scheme grants permissions to the role Service Desk Customers",
                project.key
            ).into()
        });
    }
    trail.add("V1", project.channel_access.source(), || {
        format!(
            "{} is restricted: its customers and linked organizations only, {whom}",
            project.key
        )
        .into()
    });
}

fn access_unknown(project: &Project, trail: &mut Trail) {
    if let Fact::Unknown(why) = &project.channel_access {
        trail.add("V1", None, || {
            format!(
                "whether {} is open or restricted is not known: {why}",
                project.key
            )
            .into()
        });
    }
}

/// The rows of 4.2 for somebody with an account.
fn account(
    state: &State<'_>,
    project_at: usize,
    project: &Project,
    actor: &Actor<'_>,
    trail: &mut Trail,
) -> Reach {
    let who = actor.account;
    if who.status == Status::Disabled {
        accounts::disabled(who, trail);
        return anonymous(state, project, trail);
    }
    let open = accounts::open(project);
    let listed = listed(state, project_at, project, actor, trail);
    let reach = match who.role {
        Role::Customer => customer(state, project, who, open, listed, trail),
        Role::Staff => staff(state, project, who, open, listed, trail),
        Role::None | Role::Unknown => {
            let browses = scheme::browses(project, actor);
            no_role(state, project, who, (open, listed, browses), trail)
        }
    };
    if who.status == Status::Unverified && reach.view.exposes() {
        trail.add("R6", None, || {
            "the address is not verified yet: no notifications until it is".into()
        });
    }
    let mut reach = scheme::leak(project, who, reach, trail);
    if actor.on(ListId::PerhapsByDomain).is_some() {
        let known = |at| actor.on(ListId::Organization(at)).is_some();
        let whom = || "new accounts join".to_owned();
        reach = perhaps_joined(state, project, known, whom, reach, trail);
    }
    if who.status == Status::Perhaps && reach.view.exposes() {
        trail.add("R3", None, || {
            "whether the account will be there is not known".into()
        });
        reach = reach.and(Answer::Uncertain);
    }
    let perhaps_without = who.status == Status::Perhaps || who.role == Role::Unknown;
    if (perhaps_without || who.role == Role::None) && reach.view != Answer::Yes {
        // The last column of 4.2: without an account or its role they are anonymous visitors.
        let mut steps = trail.fresh();
        let as_anonymous = anonymous(state, project, &mut steps);
        if as_anonymous.view.exposes() {
            trail.append(steps);
        }
        return reach.or(as_anonymous);
    }
    reach
}

/// Whether the actor is on the roster, in a linked organization (V1, V10), or let in by the scheme or a role.
fn listed(
    state: &State<'_>,
    project_at: usize,
    project: &Project,
    actor: &Actor<'_>,
    trail: &mut Trail,
) -> Answer {
    let mut answer = Answer::No;
    for route in routes(project_at, project, actor) {
        match route {
            Route::Roster { source, sure } => {
                trail.add("V1", Some(source), || {
                    format!(
                        "{}on the list of customers of {}",
                        perhaps_said(sure),
                        project.key
                    )
                    .into()
                });
                answer = answer.or(actor.certainty.and(certainty(sure)));
            }
            Route::Organization {
                organization,
                member,
                link,
                sure,
            } => {
                let name = state
                    .organizations
                    .get(organization as usize)
                    .map_or("?", |organization| organization.name.as_str());
                trail.add("V1", Some(member), || {
                    format!(
                        "{}a member of {name}",
                        perhaps_said(sure),
                        name = named(name)
                    )
                    .into()
                });
                trail.add("V10", Some(link), || {
                    format!("{name} is linked to {}", project.key, name = named(name)).into()
                });
                answer = answer.or(actor.certainty.and(certainty(sure)));
            }
            Route::Circle(found) => {
                answer = answer.or(scheme::explain(project, found, actor.certainty, trail));
            }
            Route::Open | Route::Staff | Route::Leak => {}
        }
    }
    answer
}

/// The answer of a route of which it is known, or not, that it is there.
const fn certainty(sure: bool) -> Answer {
    if sure { Answer::Yes } else { Answer::Uncertain }
}

/// What goes before a route that may not be there.
const fn perhaps_said(sure: bool) -> &'static str {
    if sure { "" } else { "perhaps " }
}

/// Rows "Portal-only, active" and "Atlassian + JSM Customer".
fn customer(
    state: &State<'_>,
    project: &Project,
    who: Account,
    open: Answer,
    listed: Answer,
    trail: &mut Trail,
) -> Reach {
    match open {
        Answer::Yes => {
            trail.add("V2", project.channel_access.source(), || {
                format!(
                    "{} is open: every customer of the site reaches it",
                    project.key
                )
                .into()
            });
            if who.kind == Some(AccountKind::PortalOnly) && listed != Answer::Yes {
                trail.add("Q26", None, || {
                    "assumed: portal-only customers reach every open portal".into()
                });
            }
            Reach::both(Answer::Yes)
        }
        _ if listed == Answer::Yes => Reach::both(Answer::Yes),
        Answer::Uncertain => {
            access_unknown(project, trail);
            Reach::both(Answer::Uncertain)
        }
        Answer::No => Reach::both(listed.or(not_listed(state, project, who, trail))),
    }
}

/// Somebody whom no known list of a restricted project names: no, as far as the lists can be believed.
fn not_listed(state: &State<'_>, project: &Project, who: Account, trail: &mut Trail) -> Answer {
    restricted(project, "and nobody else", trail);
    let mut answer = Answer::No;
    for (list, coverage) in [
        ("list of customers", &project.roster),
        ("list of organizations", &project.links),
    ] {
        match coverage {
            Coverage::Whole => {}
            Coverage::AsWritten(why) => trail.add("V1", None, || {
                format!("the {list} of {} {why}", project.key).into()
            }),
            Coverage::Unread(why) => {
                trail.add("V1", None, || {
                    format!("the {list} of {} is not known: {why}", project.key).into()
                });
                answer = Answer::Uncertain;
            }
        }
    }
    for (organization, why) in state.organizations.members_unread(&project.organizations) {
        trail.add("V10", None, || {
            format!(
                "{} is linked to {}, and its members are not known: {why}",
                named(&organization.name),
                project.key
            )
            .into()
        });
        answer = Answer::Uncertain;
    }
    // Groups hold Atlassian accounts only.
    if let Some(why) = &project.scheme.customers_unread
        && who.kind != Some(AccountKind::PortalOnly)
    {
        trail.add("V1", None, || {
            format!(
                "which groups are in the role Service Desk Customers of {} is not known: {why}",
                project.key
            )
            .into()
        });
        answer = Answer::Uncertain;
    }
    if who.kind == Some(AccountKind::Atlassian) {
        trail.add("Q16", None, || {
            "assumed: the site-wide role Customer opens open portals only".into()
        });
    }
    answer
}

/// Row "Agent or admin of X": an agent of another project is a customer here, if that is known.
fn staff(
    state: &State<'_>,
    project: &Project,
    who: Account,
    open: Answer,
    listed: Answer,
    trail: &mut Trail,
) -> Reach {
    if open == Answer::Yes || listed == Answer::Yes {
        if open == Answer::Yes {
            trail.add("V2", project.channel_access.source(), || {
                format!("{} is open", project.key).into()
            });
        }
        return Reach::both(Answer::Yes);
    }
    if project.scheme.staff == Coverage::Whole {
        trail.add("V1", None, || {
            format!(
                "in no role that makes agents or administrators of {}",
                project.key
            )
            .into()
        });
        return customer(state, project, who, open, listed, trail);
    }
    trail.add("V1", None, || {
        format!(
            "an agent or administrator: of {} or of another project is not read",
            project.key
        )
        .into()
    });
    Reach::both(Answer::Uncertain)
}

/// Rows "Atlassian, no JSM role": no list of a restricted project helps without the role, nor does an open portal where nobody
/// can come by it themselves; of other open portals it is not documented (Q4).
fn no_role(
    state: &State<'_>,
    project: &Project,
    who: Account,
    (open, listed, browses): (Answer, Answer, bool),
    trail: &mut Trail,
) -> Reach {
    if open == Answer::No && listed == Answer::No {
        return Reach::both(not_listed(state, project, who, trail));
    }
    if open == Answer::No && who.role == Role::None && browses {
        trail.add("V7", None, || {
            "whether Browse Projects makes a customer of an Atlassian account without a role is not documented".into()
        });
        return Reach::both(Answer::Uncertain);
    }
    if open == Answer::No && who.role == Role::None {
        trail.add("R1e", None, || {
            "an Atlassian account without the role Customer: the lists of a restricted project give it nothing".into()
        });
        return Reach::NONE;
    }
    let create = &state.site.create;
    if who.role == Role::None && create.on() == Answer::No && !browses {
        trail.add("R1e", create.source(), || {
            "an Atlassian account without the role Customer, where customers cannot create accounts: neither lists nor open portals give it anything".into()
        });
        return Reach::NONE;
    }
    match who.role {
        Role::None => trail.add("Q4", None, || {
            "an Atlassian account without a role in Jira Service Management: as a promise no, as exposure yes".into()
        }),
        _ => trail.add("R1e", None, || {
            "whether the Atlassian account holds the role Customer is not known; without it, no list gives anything".into()
        }),
    }
    if open == Answer::Uncertain {
        access_unknown(project, trail);
    }
    Reach::both(Answer::Uncertain)
}

/// Says whether the facts make the project restricted for sure.
pub fn is_restricted(project: &Project) -> Answer {
    project
        .channel_access
        .is(|access| *access == ChannelAccess::Restricted)
}
