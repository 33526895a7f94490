//! Who reads the articles of a linked space: section 5 of the model.

use super::accounts;
use super::answer::{Answer, Source, Trail};
use super::people::{Account, Role, Status};
use super::portal::{self, Reach};
use super::state::{Fact, Project, State};
use super::visitor::{Actor, Visitor};
use crate::config::ConfluencePlan;
use crate::model::{AccountKind, SpaceKey, WhoCanView};

/// Returns whether a visitor reads the articles of a space of the project at a position, by the portal or by Confluence.
///
/// The trail names every prerequisite that fails. An article is a page without restrictions of its own (K8).
pub fn read(
    state: &State<'_>,
    project_at: usize,
    space: &SpaceKey,
    visitor: &Visitor<'_>,
    trail: &mut Trail,
) -> Answer {
    let Some((project, setting)) = state
        .projects
        .get(project_at)
        .and_then(|project| Some((project, project.spaces.get(space)?)))
    else {
        return Answer::No;
    };
    let who = match setting {
        Fact::Known(who, source) => (*who, *source),
        Fact::Unknown(why) => {
            trail.add("K11", None, || {
                format!("who can view {space} is not known: {why}").into()
            });
            return Answer::Uncertain;
        }
    };
    let article = Article {
        state,
        project_at,
        project,
        space,
        who: who.0,
        source: who.1,
    };
    match visitor {
        Visitor::Anonymous => article.anonymous(trail),
        Visitor::Existing(actors) => {
            let reach = portal::reach(state, project_at, visitor, &mut Trail::silent());
            actors.iter().fold(Answer::No, |best, actor| {
                let licence = Licence::of(actor.account);
                best.or(article.account(actor, licence, reach, trail))
            })
        }
        Visitor::AnyCustomer => {
            let reach = portal::reach(state, project_at, visitor, &mut Trail::silent());
            article.account(&Actor::customer(), Licence::None, reach, trail)
        }
        Visitor::New(class) => article.newcomer(class, trail),
        Visitor::Anyone(classes) => {
            let mut steps = trail.fresh();
            let public = article.newcomer(&classes[0], &mut steps);
            let company = article.newcomer(&classes[1], trail);
            if public != company {
                trail.append(steps);
            }
            public.either(company)
        }
        Visitor::Unclear(why, class) => {
            let as_new = article.newcomer(class, &mut Trail::silent());
            let reach = portal::customer_of_doubt(state, project_at, why, &mut Trail::silent());
            // Whoever has an account of which nothing is known may hold a licence too.
            let as_customer = article.account(&Actor::customer(), Licence::Perhaps, reach, trail);
            if as_new != as_customer {
                trail.add("R1", None, || {
                    format!("whether the address has an account is not known: {why}").into()
                });
            }
            portal::perhaps(state).fold(as_new.either(as_customer), |all, (visitor, why)| {
                let other = read(state, project_at, space, &visitor, &mut Trail::silent());
                if other != as_customer {
                    trail.add("R1", None, || why.into());
                }
                all.either(other)
            })
        }
    }
}

/// Whether somebody may hold a licence of Confluence, which is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Licence {
    /// A customer of whom nothing more is known, or a portal-only account.
    None,
    /// An Atlassian account: somebody may have given it Confluence.
    Perhaps,
    /// An agent.
    Agent,
    /// It holds one.
    Held,
    /// A new Atlassian account, which gets Confluence by the organization's default access (R4.1).
    ByDefault,
}

impl Licence {
    fn of(account: Account) -> Self {
        match (account.confluence, account.role, account.kind) {
            (Some(true), ..) => Self::Held,
            // What agents read in the portals they serve is not documented.
            (_, Role::Staff, _) => Self::Agent,
            (Some(false), ..) | (None, _, Some(AccountKind::PortalOnly)) => Self::None,
            (None, ..) => Self::Perhaps,
        }
    }

    /// The licence of a newcomer.
    fn of_new(state: &State<'_>, account: Account) -> Self {
        let apps = &state.approved.default_apps;
        let confluence = |app: &String| app.to_lowercase().contains("confluence");
        match account.kind == Some(AccountKind::Atlassian) && apps.iter().any(confluence) {
            true => Self::ByDefault,
            false => Self::None,
        }
    }
}

/// One space of one project.
struct Article<'s, 'a> {
    state: &'s State<'a>,
    project_at: usize,
    project: &'s Project,
    space: &'s SpaceKey,
    who: WhoCanView,
    source: Source,
}

impl Article<'_, '_> {
    /// Column "Anonymous".
    fn anonymous(&self, trail: &mut Trail) -> Answer {
        match self.who {
            WhoCanView::Anyone => {
                let answer = self.public(trail);
                if answer == Answer::Yes {
                    trail.add("K1", Some(self.source), || {
                        format!("{} is for anyone, search engines included", self.space).into()
                    });
                }
                answer
            }
            WhoCanView::AllLoggedIn => {
                trail.add("K11", Some(self.source), || {
                    format!("{} is for people who are logged in", self.space).into()
                });
                Answer::No
            }
            WhoCanView::OnlyConfluenceUsers => {
                self.confluence_only(trail);
                Answer::No
            }
        }
    }

    /// K1 to K4: whether `anyone` takes effect.
    fn public(&self, trail: &mut Trail) -> Answer {
        self.k1(trail)
            .and(self.k2(trail))
            .and(self.k3(trail))
            .and(self.k4(trail))
    }

    /// K1: the site allows knowledge bases for anyone.
    fn k1(&self, trail: &mut Trail) -> Answer {
        let fact = &self.state.site.kb_anyone;
        prerequisite(
            "K1",
            fact,
            Answer::Yes,
            "the site's switch for articles for anyone",
            "the site does not allow knowledge bases for anyone",
            trail,
        );
        fact.on()
    }

    /// K2: Confluence Standard or higher.
    fn k2(&self, trail: &mut Trail) -> Answer {
        let plan = &self.state.site.confluence_plan;
        let answer = plan.is(|plan| *plan != ConfluencePlan::Free);
        match plan {
            Fact::Known(ConfluencePlan::Free, source) => trail.add("K2", Some(*source), || {
                "Confluence Free has no articles for anyone".into()
            }),
            Fact::Known(..) => {}
            Fact::Unknown(why) => trail.add("K2", None, || {
                format!("the Confluence plan is not known: {why}").into()
            }),
        }
        answer
    }

    /// K3: the portal is not restricted: the project is open, and portals can be viewed without login.
    fn k3(&self, trail: &mut Trail) -> Answer {
        let open = accounts::open(self.project);
        let login = self
            .state
            .site
            .no_login
            .on()
            .and(self.state.site.create.on());
        if open == Answer::No {
            trail.add("K3", self.project.channel_access.source(), || {
                format!("{} is restricted", self.project.key).into()
            });
        }
        if login == Answer::No {
            let source = match self.state.site.no_login.on() {
                Answer::No => self.state.site.no_login.source(),
                _ => self.state.site.create.source(),
            };
            trail.add("K3", source, || "portals need a login".into());
        }
        let answer = open.and(login);
        if answer == Answer::Uncertain {
            trail.add("K3", None, || {
                "whether the portal can be viewed without login is not known".into()
            });
        }
        answer
    }

    /// K4: Confluence allows anonymous access, in the space too.
    fn k4(&self, trail: &mut Trail) -> Answer {
        let Some(space) = self.state.spaces.get(self.space) else {
            trail.add("K4", None, || {
                format!("whether Confluence lets anonymous people into {} is not known: declare it under `spaces`", self.space).into()
            });
            return Answer::Uncertain;
        };
        prerequisite(
            "K4",
            &space.anonymous_access,
            Answer::Yes,
            "whether Confluence lets anonymous people into the space",
            "Confluence does not let anonymous people into the space",
            trail,
        );
        space.anonymous_access.on()
    }

    /// K5: the site allows knowledge bases for all logged-in users.
    fn k5(&self, trail: &mut Trail) -> Answer {
        let fact = &self.state.site.kb_all_logged_in;
        prerequisite(
            "K5",
            fact,
            Answer::Yes,
            "the site's switch for articles for all logged-in people",
            "the site does not allow knowledge bases for all logged-in people",
            trail,
        );
        fact.on()
    }

    /// K6: "any active user can view this space".
    ///
    /// Where Confluence's side is not declared it counts as on for `all_logged_in`: JSM switches it on with that value,
    /// and switching it off would have dropped the value.
    fn k6(&self, trail: &mut Trail) -> Answer {
        let fact = self
            .state
            .spaces
            .get(self.space)
            .map(|space| &space.unlicensed_access);
        match fact {
            Some(fact @ Fact::Known(..)) => {
                prerequisite(
                    "K6",
                    fact,
                    Answer::Yes,
                    "whether Confluence lets every active user view the space",
                    "Confluence does not let every active user view the space",
                    trail,
                );
                fact.on()
            }
            _ if self.who == WhoCanView::AllLoggedIn => {
                trail.add("K6", Some(self.source), || {
                    "taken as on in Confluence, since switching it off there would have dropped this value".into()
                });
                Answer::Yes
            }
            _ => Answer::Uncertain,
        }
    }

    fn confluence_only(&self, trail: &mut Trail) {
        trail.add("K11", Some(self.source), || {
            format!(
                "{} is for people with Confluence access only, which customers have not",
                self.space
            )
            .into()
        });
    }

    fn with_portal(&self, actor: &Actor<'_>, licence: Licence, trail: &mut Trail) -> Answer {
        let visitor = Visitor::Existing(vec![*actor]);
        let reach = portal::reach(self.state, self.project_at, &visitor, &mut Trail::silent());
        self.account(actor, licence, reach, trail)
    }

    /// Columns "Portal-only", "Atlassian customer, no Confluence licence", and, where there may be a licence,
    /// "Confluence-licensed".
    fn account(
        &self,
        actor: &Actor<'_>,
        licence: Licence,
        reach: Reach,
        trail: &mut Trail,
    ) -> Answer {
        let who = actor.account;
        if who.status == Status::Disabled {
            accounts::disabled(who, trail);
            return self.anonymous(trail);
        }
        if who.status == Status::Perhaps {
            trail.add("R3", None, || {
                "whether the account will be there is not known".into()
            });
            let there = Account {
                status: Status::Active,
                ..who
            };
            let actor = Actor {
                account: there,
                ..*actor
            };
            let answer = self.account(&actor, licence, reach, trail);
            let answer = answer.and(Answer::Uncertain);
            return answer.or(self.anonymous(&mut Trail::silent()));
        }
        match self.who {
            WhoCanView::Anyone => {
                let public = self.public(trail);
                if public == Answer::Yes {
                    trail.add("K1", Some(self.source), || {
                        format!("{} is for anyone", self.space).into()
                    });
                    return Answer::Yes;
                }
                // As `all_logged_in` at most.
                let at_most = self.k5(trail).and(self.k6(trail));
                if at_most == Answer::No {
                    return public.or(self.licensed(licence, trail));
                }
                trail.add("Q17", Some(self.source), || {
                    "`anyone` without its prerequisites: what people who are logged in see is not documented".into()
                });
                Answer::Uncertain
            }
            WhoCanView::AllLoggedIn => {
                let allowed = self.k5(trail).and(self.k6(trail));
                if allowed == Answer::No {
                    self.confluence_only(trail);
                    return self.licensed(licence, trail);
                }
                self.logged_in(actor, reach, trail).and(allowed)
            }
            WhoCanView::OnlyConfluenceUsers => {
                self.confluence_only(trail);
                self.licensed(licence, trail)
            }
        }
    }

    /// Row `all_logged_in` with K5 and K6; K11: surely those who see the portal, possibly every account of the site.
    fn logged_in(&self, actor: &Actor<'_>, reach: Reach, trail: &mut Trail) -> Answer {
        let atlassian = actor.account.kind == Some(AccountKind::Atlassian);
        match reach.view {
            Answer::Yes => {
                trail.add("K11", Some(self.source), || {
                    format!(
                        "{} is for everybody who is logged in, and they see the portal of {}",
                        self.space, self.project.key
                    )
                    .into()
                });
                if atlassian {
                    trail.add("K7", None, || {
                        "with an Atlassian account in Confluence itself too, whatever the space's permissions say".into()
                    });
                } else {
                    trail.add("K9", None, || {
                        "in the portal only: portal-only accounts never reach Confluence".into()
                    });
                }
                Answer::Yes
            }
            view => {
                trail.add("K11", Some(self.source), || {
                    let not = match view {
                        Answer::No => "they do not see",
                        _ => "it is not certain that they see",
                    };
                    format!(
                        "{} is for everybody who is logged in, and {not} the portal of {}",
                        self.space, self.project.key
                    )
                    .into()
                });
                trail.add("Q19", None, || {
                    "whether that takes access to the portal is disputed: as a promise no, as exposure yes".into()
                });
                Answer::Uncertain
            }
        }
    }

    /// Column "Confluence-licensed": whoever holds a licence reads what the space lets them.
    fn licensed(&self, licence: Licence, trail: &mut Trail) -> Answer {
        let rule = match licence {
            Licence::ByDefault => "R4.1",
            _ => "K11",
        };
        let text = match licence {
            Licence::None => return Answer::No,
            Licence::Perhaps => {
                "an Atlassian account may hold a Confluence licence, which is not read"
            }
            Licence::Held => {
                "the account holds a Confluence licence: whether the space lets it in is not read"
            }
            Licence::Agent => "an agent may hold a Confluence licence, which is not read",
            Licence::ByDefault => {
                "new Atlassian accounts get Confluence by default access: whether the space lets them in is not read"
            }
        };
        trail.add(rule, None, || text.into());
        Answer::Uncertain
    }

    /// Somebody new by the best self-service channel, or without login.
    fn newcomer(&self, class: &accounts::DomainClass, trail: &mut Trail) -> Answer {
        let mut as_account = trail.fresh();
        let newcomer = accounts::newcomer(self.state, class, &mut as_account);
        let mut answer = Answer::No;
        if newcomer.certainty.exposes() {
            let joined = portal::Joined::of(class);
            joined.explain(self.state, &mut as_account);
            let actor = joined.actor(newcomer.account);
            let licence = Licence::of_new(self.state, newcomer.account);
            answer = self
                .with_portal(&actor, licence, &mut as_account)
                .and(newcomer.certainty);
            if answer == Answer::No {
                answer = accounts::perhaps_agent(self.state, class, &mut as_account);
            }
        }
        let mut without_login = trail.fresh();
        let open_to_all = self.anonymous(&mut without_login);
        if open_to_all.exposes() || answer == Answer::No {
            trail.append(without_login);
        }
        if open_to_all != Answer::Yes {
            trail.append(as_account);
        }
        answer.or(open_to_all)
    }
}

/// Notes a toggle that fails (in the words of `fails`) or is not known (`what` it is); one that holds is not worth a line.
fn prerequisite(
    rule: &'static str,
    fact: &Fact<bool>,
    wanted: Answer,
    what: &'static str,
    fails: &'static str,
    trail: &mut Trail,
) {
    match fact {
        Fact::Known(on, source) if Answer::from(*on) != wanted => {
            trail.add(rule, Some(*source), || fails.into());
        }
        Fact::Known(..) => {}
        Fact::Unknown(why) => {
            trail.add(rule, None, || format!("{what} is not known: {why}").into())
        }
    }
}
