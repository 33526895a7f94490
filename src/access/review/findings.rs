//! What somebody should look at first, one row for each kind, with how many there are.

use super::lists::{declared_groups, is_in_group};
use super::{Left, ListRow, Reached, Review, Scope};
use crate::access::answer::Answer;
use crate::access::people::{ListId, PersonId, Role, Status};
use crate::access::scheme::{Circle, Part};
use crate::access::state::{Coverage, StateKind};
use crate::config::Who;
use crate::desired::Desired;
use crate::model::AccountKind;
use crate::neutral::named;
use jiff::ToSpan as _;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// How many days ahead an entry that ends is told.
const AHEAD: i64 = 30;

/// A kind of finding, in the order in which they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// Portals and articles that can be seen without login.
    OpenToTheWeb,
    /// Portals and articles that whoever signs up reaches.
    OpenToSignUp,
    /// Portals that every customer of the site sees.
    OpenToEveryCustomer,
    /// People who left and are still on a list or reach something.
    LeaversStillIn,
    /// People on a list who should be off it today: by `absent`, or after their last day.
    ShouldBeOff,
    /// Organizations and links whose last day is over, and that still open something.
    PastTheLastDay,
    /// Addresses with two accounts.
    Duplicates,
    /// People who reach something and stand on no list.
    OnNoList,
    /// People on lists who reach no portal.
    ReachNothing,
    /// Suspended or revoked accounts that are still listed.
    ShutOutAndListed,
    /// Agents' licences of people who serve no project.
    LicencesToGiveBack,
    /// People whose accounts are made without a mail, so that nobody told them.
    NobodyTold,
    /// Entries that end within thirty days.
    EndSoon,
    /// Lists that nobody answers for, where somebody answers for others.
    WithoutOwner,
}

impl Code {
    /// Every kind, in order.
    pub const ALL: [Self; 14] = [
        Self::OpenToTheWeb,
        Self::OpenToSignUp,
        Self::OpenToEveryCustomer,
        Self::LeaversStillIn,
        Self::ShouldBeOff,
        Self::PastTheLastDay,
        Self::Duplicates,
        Self::OnNoList,
        Self::ReachNothing,
        Self::ShutOutAndListed,
        Self::LicencesToGiveBack,
        Self::NobodyTold,
        Self::EndSoon,
        Self::WithoutOwner,
    ];

    /// Returns the stable word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::OpenToTheWeb => "open-to-the-web",
            Self::OpenToSignUp => "open-to-sign-up",
            Self::OpenToEveryCustomer => "open-to-every-customer",
            Self::LeaversStillIn => "leavers-still-in",
            Self::ShouldBeOff => "should-be-off",
            Self::PastTheLastDay => "past-the-last-day",
            Self::Duplicates => "duplicates",
            Self::OnNoList => "on-no-list",
            Self::ReachNothing => "reach-nothing",
            Self::ShutOutAndListed => "shut-out-and-listed",
            Self::LicencesToGiveBack => "licences-to-give-back",
            Self::NobodyTold => "nobody-told",
            Self::EndSoon => "end-soon",
            Self::WithoutOwner => "without-owner",
        }
    }

    /// Says what it is about, as a phrase that reads after `whether`.
    pub fn about(self) -> String {
        let none = self.title(0);
        none.strip_prefix("0 ").map_or(none.clone(), str::to_owned)
    }

    /// Says how many there are, as a phrase that begins with the number.
    pub fn title(self, count: usize) -> String {
        let (one, many) = match self {
            Self::OpenToTheWeb => (
                "portal or knowledge base is open to the web",
                "portals or knowledge bases are open to the web",
            ),
            Self::OpenToSignUp => (
                "portal or knowledge base is open to whoever signs up",
                "portals or knowledge bases are open to whoever signs up",
            ),
            Self::OpenToEveryCustomer => (
                "portal is open to every customer of the site",
                "portals are open to every customer of the site",
            ),
            Self::LeaversStillIn => (
                "person who left is still in",
                "people who left are still in",
            ),
            Self::ShouldBeOff => (
                "person should be off a list by now",
                "people should be off a list by now",
            ),
            Self::PastTheLastDay => (
                "organization or link is past its last day and still there",
                "organizations or links are past their last day and still there",
            ),
            Self::Duplicates => (
                "address has two accounts",
                "addresses have two accounts each",
            ),
            Self::OnNoList => (
                "person reaches something and is on no list",
                "people reach something and are on no list",
            ),
            Self::ReachNothing => (
                "person is on a list and reaches no portal",
                "people are on lists and reach no portal",
            ),
            Self::ShutOutAndListed => (
                "suspended or revoked account is still listed",
                "suspended or revoked accounts are still listed",
            ),
            Self::LicencesToGiveBack => (
                "agent's licence could be given back",
                "agents' licences could be given back",
            ),
            Self::NobodyTold => (
                "person is on lists that make accounts without a mail",
                "people are on lists that make accounts without a mail",
            ),
            Self::EndSoon => ("entry ends within 30 days", "entries end within 30 days"),
            Self::WithoutOwner => (
                "list has nobody who answers for it",
                "lists have nobody who answers for them",
            ),
        };
        format!("{count} {}", if count == 1 { one } else { many })
    }

    /// Returns what to do about it.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::OpenToTheWeb => {
                "meant? say so with `policy.acknowledge`; else `view_without_login: false`, a restricted project, or `who_can_view: all_logged_in`"
            }
            Self::OpenToSignUp => {
                "meant? say so with an expectation; else `customers_can_create_accounts: false`, a restricted project, or fewer domains"
            }
            Self::OpenToEveryCustomer => {
                "meant? say so with an expectation; else `channel_access: restricted` and a list of who may"
            }
            Self::LeaversStillIn => {
                "write them under `people` with `state: absent`, or name the file under `leavers`; then plan and apply"
            }
            Self::ShouldBeOff => {
                "`portcullis plan` shows each removal, `portcullis apply` carries it out"
            }
            Self::PastTheLastDay => {
                "`portcullis plan` shows what is unlinked or emptied, `portcullis apply` carries it out; where it goes on, change the date"
            }
            Self::Duplicates => {
                "an organization admin migrates the portal-only account; until then login, requests and mail cannot be relied on"
            }
            Self::OnNoList => {
                "they come by a group, a permission or an open door: put them on a list, or close the door"
            }
            Self::ReachNothing => "link their organization to a project, or take them off the list",
            Self::ShutOutAndListed => {
                "take them off the lists: an account that is restored has its access back at once"
            }
            Self::LicencesToGiveBack => {
                "give them the role Customer and take the agent's role, or its group, away: customers are free"
            }
            Self::NobodyTold => {
                "nobody tells them that they have access: send them the address of their help center"
            }
            Self::EndSoon => "prolong what should stay: change the date, or take it out",
            Self::WithoutOwner => {
                "write `owner` beside each organization and project that has people"
            }
        }
    }
}

/// How many there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Count {
    /// So many.
    Sure(usize),
    /// So many, and perhaps more: the reason.
    AtLeast(usize, String),
    /// Nobody can say: the reason.
    Unknown(String),
}

/// What was found of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The kind.
    pub code: Code,
    /// How many.
    pub count: Count,
    /// Portals, articles and lists that it is about.
    pub things: Vec<String>,
    /// The people that it is about, in the order of the review.
    pub people: Vec<PersonId>,
}

impl Finding {
    /// Returns how many there are for sure.
    pub fn sure(&self) -> usize {
        match &self.count {
            Count::Sure(count) | Count::AtLeast(count, _) => *count,
            Count::Unknown(_) => 0,
        }
    }

    /// Says that there may be more, and why.
    fn at_least(mut self, why: String) -> Self {
        self.count = match self.count {
            Count::Sure(0) => Count::Unknown(why),
            Count::Sure(count) => Count::AtLeast(count, why),
            unsure => unsure,
        };
        self
    }

    /// Says what else may hide somebody of this kind: lists that were not read, and the directory, which shows second accounts.
    fn beside(self, review: &Review<'_, '_>, unread_lists: Option<&str>) -> Self {
        let of_lists = matches!(
            self.code,
            Code::LeaversStillIn
                | Code::ShouldBeOff
                | Code::Duplicates
                | Code::OnNoList
                | Code::ReachNothing
                | Code::ShutOutAndListed
                | Code::NobodyTold
                | Code::EndSoon
        );
        if let Some(why) = unread_lists.filter(|_| of_lists) {
            return self.at_least(why.to_owned());
        }
        let mut people = review.state.people.iter();
        let mut unread = || people.any(|person| person.account.role == Role::Unknown);
        match self.code == Code::Duplicates && review.state.kind == StateKind::Live && unread() {
            true => self.at_least(
                "second accounts that stand on no list are shown by the organization's directory, which was not read"
                    .to_owned(),
            ),
            false => self,
        }
    }

    /// Returns what is not known.
    pub fn gap(&self) -> Option<&str> {
        match &self.count {
            Count::Sure(_) => None,
            Count::AtLeast(_, why) | Count::Unknown(why) => Some(why),
        }
    }
}

/// Finds everything, one row for each kind.
pub(super) fn find(
    review: &Review<'_, '_>,
    desired: &Desired<'_>,
    scope: &Scope<'_>,
) -> Vec<Finding> {
    let groups = declared_groups(review.state, desired);
    let all = Code::ALL.into_iter().map(|code| match code {
        Code::OpenToTheWeb => doors(review, code, &["anonymous"]),
        Code::OpenToSignUp => doors(review, code, &["anyone"]),
        Code::OpenToEveryCustomer => portals_for_every_customer(review),
        Code::LeaversStillIn => leavers(review, desired, scope.left),
        Code::ShouldBeOff => of_people(review, code, |id| {
            review
                .lists
                .of(review.state, id)
                .iter()
                .any(|on| on.gone.is_some())
        }),
        Code::PastTheLastDay => past_the_last_day(review, desired),
        Code::Duplicates => duplicates(review),
        Code::OnNoList => perhaps_of_people(review, code, |id| {
            let account = review.state.people.get(id).account;
            let candidate = !listed(review, id)
                && !is_in_group(review.state, id, &groups)
                && account.role != Role::Staff;
            match candidate {
                true => best(review.reached(id)),
                false => Answer::No,
            }
        }),
        Code::ReachNothing => perhaps_of_people(review, code, |id| {
            let account = review.state.people.get(id).account;
            let portals = review.reached(id).iter();
            let portals = portals.filter(|reached| reached.space.is_none());
            match (
                listed(review, id) && account.status != Status::Disabled,
                best(portals),
            ) {
                (false, _) | (true, Answer::Yes) => Answer::No,
                (true, Answer::Uncertain) => Answer::Uncertain,
                (true, Answer::No) => Answer::Yes,
            }
        }),
        Code::ShutOutAndListed => shut_out(review),
        Code::LicencesToGiveBack => licences(review),
        Code::NobodyTold => nobody_told(review, desired),
        Code::EndSoon => ending(review, desired),
        Code::WithoutOwner => without_owner(review),
    });
    let unread = unread_lists(review);
    all.map(|finding| finding.beside(review, unread.as_deref()))
        .collect()
}

/// Why there may be people whom no list showed; nothing where every list was read, and of a state that is only written.
fn unread_lists(review: &Review<'_, '_>) -> Option<String> {
    if review.state.kind == StateKind::Desired {
        return None;
    }
    let unread = review.lists.rows().filter(|row| row.gap.is_some());
    let unread: Vec<String> = unread.map(ListRow::label).collect();
    (!unread.is_empty()).then(|| format!("not everybody was read of: {}", shown(&unread)))
}

/// The surest answer of what somebody reaches.
fn best<'r>(reached: impl IntoIterator<Item = &'r Reached>) -> Answer {
    let answers = reached.into_iter().map(|reached| reached.answer);
    answers.max().unwrap_or(Answer::No)
}

/// People of whom something is so; those of whom that is not known make the number a least one.
fn perhaps_of_people(
    review: &Review<'_, '_>,
    code: Code,
    is: impl Fn(PersonId) -> Answer,
) -> Finding {
    let finding = of_people(review, code, |id| is(id) == Answer::Yes);
    let people = review.people.iter();
    match people.filter(|id| is(**id) == Answer::Uncertain).count() {
        0 => finding,
        1 => finding.at_least("it is not known of 1 person".to_owned()),
        n => finding.at_least(format!("it is not known of {n} people")),
    }
}

fn of_people(review: &Review<'_, '_>, code: Code, is: impl Fn(PersonId) -> bool) -> Finding {
    let people: Vec<PersonId> = review.people.iter().copied().filter(|id| is(*id)).collect();
    Finding {
        code,
        count: Count::Sure(people.len()),
        things: Vec::new(),
        people,
    }
}

fn of_things(code: Code, things: Vec<String>) -> Finding {
    Finding {
        code,
        count: Count::Sure(things.len()),
        things,
        people: Vec::new(),
    }
}

/// Says whether somebody is on the list of an organization or a project, or perhaps.
fn listed(review: &Review<'_, '_>, id: PersonId) -> bool {
    let lists = review.state.people.lists(id);
    lists
        .iter()
        .any(|list| !matches!(list, ListId::Circle(_) | ListId::PerhapsCircle(_)))
}

/// Portals and articles that a class reaches; those of which that is not known are told as perhaps.
fn doors(review: &Review<'_, '_>, code: Code, classes: &[&str]) -> Finding {
    let of_class = review
        .classes
        .iter()
        .filter(|reach| classes.contains(&reach.class.who.as_str()));
    let (mut sure, mut perhaps) = (BTreeSet::new(), BTreeSet::new());
    for reach in of_class {
        let target = review.target(reach.project, reach.space.as_ref());
        match reach.class.answer {
            Answer::Yes => sure.insert(target),
            _ => perhaps.insert(target),
        };
    }
    told(code, sure, perhaps)
}

fn portals_for_every_customer(review: &Review<'_, '_>) -> Finding {
    let (mut sure, mut perhaps) = (BTreeSet::new(), BTreeSet::new());
    for portal in &review.portals {
        let target = review.target(portal.project, None);
        match portal.any_customer {
            Answer::Yes => sure.insert(target),
            Answer::Uncertain => perhaps.insert(target),
            Answer::No => false,
        };
    }
    told(Code::OpenToEveryCustomer, sure, perhaps)
}

fn told(code: Code, sure: BTreeSet<String>, perhaps: BTreeSet<String>) -> Finding {
    let count = sure.len();
    let unsure: Vec<String> = perhaps.difference(&sure).cloned().collect();
    let mut finding = of_things(code, sure.into_iter().collect());
    if !unsure.is_empty() {
        let why = format!("not known of {}", shown(&unsure));
        finding.count = match count {
            0 => Count::Unknown(why),
            count => Count::AtLeast(count, why),
        };
    }
    finding
}

/// The first of some names, and how many more there are.
fn shown(names: &[String]) -> String {
    const MOST: usize = 10;
    match names.len() {
        0..=MOST => names.join(", "),
        more => format!("{} and {} more", names[..MOST].join(", "), more - MOST),
    }
}

/// Whoever left by the workspace's own word, or by the list that was given.
fn leavers(review: &Review<'_, '_>, desired: &Desired<'_>, left: Option<&Left>) -> Finding {
    let by_id = desired.site.people_by_id.keys();
    let mut ids: BTreeSet<Cow<'_, str>> = by_id.map(Who::text).collect();
    let mut emails: BTreeSet<&str> = desired
        .site
        .people
        .keys()
        .map(|email| email.key())
        .collect();
    if let Some(left) = left {
        ids.extend(left.accounts.iter().map(|id| Cow::from(id.as_str())));
        emails.extend(left.emails.iter().map(String::as_str));
    }
    of_people(review, Code::LeaversStillIn, |id| {
        let person = review.state.people.get(id);
        let gone = person
            .email
            .is_some_and(|email| emails.contains(email.key()))
            || person.account_id.is_some_and(|id| ids.contains(&id.text()));
        gone && (listed(review, id) || !review.reached(id).is_empty())
    })
}

fn duplicates(review: &Review<'_, '_>) -> Finding {
    let twin = |id| review.state.people.get(id).account.twin;
    let mut finding = of_people(review, Code::Duplicates, twin);
    let addresses: BTreeSet<_> = finding
        .people
        .iter()
        .map(|id| review.state.people.get(*id).email)
        .collect();
    finding.count = Count::Sure(addresses.len());
    finding
}

/// Listed people whose account is shut; offline nobody knows.
fn shut_out(review: &Review<'_, '_>) -> Finding {
    let mut finding = of_people(review, Code::ShutOutAndListed, |id| {
        review.state.people.get(id).account.status == Status::Disabled && listed(review, id)
    });
    if review.state.kind == StateKind::Desired {
        finding.count = Count::Unknown("the site was not read".to_owned());
    }
    finding
}

/// People with an agent's licence who are agents or administrators of no project.
fn licences(review: &Review<'_, '_>) -> Finding {
    let code = Code::LicencesToGiveBack;
    if review.state.kind == StateKind::Desired {
        return Finding {
            code,
            count: Count::Unknown("the site was not read".to_owned()),
            things: Vec::new(),
            people: Vec::new(),
        };
    }
    let projects = &review.state.projects;
    let serving: BTreeSet<u32> = projects
        .iter()
        .flat_map(|project| &project.scheme.circles)
        .filter(|circle| circle.serves())
        .map(|circle| circle.id)
        .collect();
    let serves = |id: PersonId| {
        let mut lists = review.state.people.lists(id).iter();
        lists.any(|list| matches!(list, ListId::Circle(circle) if serving.contains(circle)))
    };
    let mut finding = of_people(review, code, |id| {
        review.state.people.get(id).account.role == Role::Staff && !serves(id)
    });
    let circles = || projects.iter().flat_map(|project| &project.scheme.circles);
    let whole = |circle: &Circle| circle.part != Part::Serves || circle.members == Coverage::Whole;
    let unread = projects
        .iter()
        .find(|project| project.scheme.staff != Coverage::Whole);
    if let Some(project) = unread {
        let why = format!(
            "who all the agents and administrators of {} are was not read",
            project.key
        );
        finding.people.clear();
        finding.count = Count::Unknown(why);
    } else if !circles().all(whole) {
        finding.people.clear();
        finding.count = Count::Unknown("not every group of agents could be read".to_owned());
    }
    finding
}

/// People whose account is made without a mail, by the lists that they are on.
fn nobody_told(review: &Review<'_, '_>, desired: &Desired<'_>) -> Finding {
    let code = Code::NobodyTold;
    if desired.members.is_empty() && desired.customers.is_empty() {
        return Finding {
            code,
            count: Count::Unknown(
                "the site does not record whether somebody was told, and no list is declared"
                    .to_owned(),
            ),
            things: Vec::new(),
            people: Vec::new(),
        };
    }
    of_people(review, code, |id| {
        let person = review.state.people.get(id);
        let lists = review.lists.of(review.state, id);
        let own = person.account.role == Role::Customer
            && super::kind(person) == Some(AccountKind::PortalOnly);
        let declared = lists.iter().filter(|on| on.row.declared);
        own && declared.clone().count() > 0 && declared.clone().all(|on| on.row.silent)
    })
}

/// People with an entry that ends soon, or who leave by a file of leavers, and organizations that end.
fn ending(review: &Review<'_, '_>, desired: &Desired<'_>) -> Finding {
    let last = desired.today.saturating_add(AHEAD.days());
    // A row of a file of leavers is one entry, on however many lists the person is.
    let leaving = desired.people_leaving().into_iter();
    let leaving: BTreeSet<_> = leaving.map(|(who, ..)| who.text()).collect();
    let soon = |id: PersonId| {
        let lists = review.lists.of(review.state, id);
        let ends = lists
            .iter()
            .filter(|on| on.until.is_some_and(|until| until <= last));
        let person = review.state.people.get(id);
        let by_address = person.email.map(|email| email.key().into());
        let mut names = by_address
            .into_iter()
            .chain(person.account_id.map(|id| id.text()));
        ends.count() + usize::from(names.any(|name| leaving.contains(&name)))
    };
    let mut finding = of_people(review, Code::EndSoon, |id| soon(id) > 0);
    let of_people: usize = finding.people.iter().map(|id| soon(*id)).sum();
    // A whole organization is one entry, however many people it holds.
    let ahead = desired.today..=last;
    let ends = |row: &&ListRow<'_>| {
        row.people > 0 && row.until.is_some_and(|until| ahead.contains(&until))
    };
    finding.things = (review.lists.rows().filter(ends))
        .map(ListRow::label)
        .collect();
    // A link is one entry as well; those that have ended hold no more.
    for portal in &review.portals {
        let key = &review.state.projects[portal.project].key;
        let declared = desired.site.projects.get(key);
        let links = declared.and_then(|project| project.organizations.as_ref());
        let dated = links.into_iter().flat_map(|links| &links.dated);
        let soon = dated.filter(|link| ahead.contains(&link.until));
        finding.things.extend(
            soon.map(|link| format!("the link of {} to {key}", named(link.name.value.as_str()))),
        );
    }
    finding.count = Count::Sure(of_people + finding.things.len());
    finding
}

/// Organizations whose last day is over and that are linked, or hold people although they are to be emptied; and links.
fn past_the_last_day(review: &Review<'_, '_>, desired: &Desired<'_>) -> Finding {
    let mut things = Vec::new();
    for (row, linked) in review.lists.organizations(review.state) {
        let over = row.until.is_some_and(|until| until < desired.today);
        if over && (linked || row.emptied && row.people > 0) {
            things.push(row.label());
        }
    }
    for portal in &review.portals {
        let project = &review.state.projects[portal.project];
        let declared = desired.site.projects.get(&project.key);
        let links = declared.and_then(|project| project.organizations.as_ref());
        let dated = links.into_iter().flat_map(|links| &links.dated);
        for link in dated.filter(|link| link.until < desired.today) {
            let name = link.name.value.as_str();
            if review.lists.is_linked(review.state, portal.project, name) {
                things.push(format!("the link of {} to {}", named(name), project.key));
            }
        }
    }
    let sure = things.len();
    let mut finding = of_things(Code::PastTheLastDay, things);
    let mut ends = review.lists.rows().filter_map(|row| row.until);
    let unread = review.state.projects.iter();
    let unread = unread.filter(|project| matches!(project.links, Coverage::Unread(_)));
    let unread: Vec<String> = unread.map(|project| project.key.to_string()).collect();
    if !unread.is_empty() && ends.any(|until| until < desired.today) {
        let why = format!(
            "which organizations are linked to {} was not read",
            shown(&unread)
        );
        finding.count = match sure {
            0 => Count::Unknown(why),
            sure => Count::AtLeast(sure, why),
        };
    }
    finding
}

fn without_owner(review: &Review<'_, '_>) -> Finding {
    let code = Code::WithoutOwner;
    if !review.lists.have_owners() {
        return of_things(code, Vec::new());
    }
    let rows = review.lists.rows();
    let bare = rows.filter(|row| row.owner.is_none() && row.people > 0);
    of_things(code, bare.map(|row| row.label()).collect())
}
