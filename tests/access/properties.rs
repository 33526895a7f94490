//! What holds for every site: more memberships never take access away, situations stand for their people.

use crate::support::{today, workspace};
use portcullis::access::{
    Account, Actor, Answer, Channel, ListId, Role, Source, State, Status, Trail, Visitor, articles,
    outcome, portal,
};
use portcullis::desired::Desired;
use portcullis::model::{AccountKind, SiteKey, SpaceKey};
use proptest::prelude::*;

fn toggle() -> impl Strategy<Value = Option<bool>> {
    prop::option::of(any::<bool>())
}

/// A random small site in the workspace's format.
fn site() -> impl Strategy<Value = String> {
    let settings = (
        toggle(),
        toggle(),
        toggle(),
        toggle(),
        0..3_usize,
        0..5_usize,
    );
    let projects = (0..3_usize, 0..3_usize, 0..4_usize, toggle(), toggle());
    let lists = (0..8_usize, 0..8_usize, 0..8_usize);
    (settings, projects, lists).prop_map(|(settings, projects, lists)| {
        let (internal, external, create, no_login, allowed, any) = settings;
        let (first, second, who, all, anyone) = projects;
        let approvals = ["customer, admin_approval: false", "customer, admin_approval: true", "user, admin_approval: true", "none, admin_approval: false"];
        let mut text = format!("version: 1\natlassian_organizations:\n  corp:\n    approved_domains: {{ domains: {{ a.example: {{ sites: {{ acme: {{ role: {} }} }} }} }} }}\n", approvals[any % 4]);
        if any < 4 {
            text += &format!("    any_domain: {{ sites: {{ acme: {{ role: {} }} }} }}\n", approvals[any]);
        }
        text += "sites:\n  acme:\n    url: \"sandbox:\"\n    atlassian_organization: corp\n    customer_access:\n";
        let mut put = |key: &str, on: Option<bool>| {
            if let Some(on) = on {
                text += &format!("      {key}{on}\n");
            }
        };
        put("customers_can_create_accounts: ", create);
        put("view_without_login: ", no_login);
        if let Some(on) = internal {
            text += &format!("      internal: {{ atlassian_accounts: {on} }}\n");
        }
        let list = ["any", "[b.example]", "[a.example, b.example]"][allowed];
        text += &format!("      external: {{ allowed_domains: {list}{} }}\n", external.map_or(String::new(), |on| format!(", portal_only_accounts: {on}")));
        let mut kb = Vec::new();
        if let Some(on) = all {
            kb.push(format!("allow_all_logged_in: {on}"));
        }
        if let Some(on) = anyone {
            kb.push(format!("allow_anyone: {on}"));
        }
        text += &format!("    knowledge_base: {{ {} }}\n", kb.join(", "));
        let people = |bits: usize| {
            let names = ["p@a.example", "q@b.example", "{ email: r@c.example, account: atlassian }"];
            let list: Vec<&str> = (0..3).filter(|i| bits & (1 << i) != 0).map(|i| names[i]).collect();
            format!("{{ mode: exact, list: [{}], allow_empty: true }}", list.join(", "))
        };
        text += &format!("    organizations:\n      One: {{ email_domains: [b.example], members: {} }}\n      Two: {{ members: {} }}\n", people(lists.0), people(lists.1));
        let access = ["", "channel_access: open, ", "channel_access: restricted, "];
        let view = ["", "who_can_view: anyone", "who_can_view: all_logged_in", "who_can_view: only_confluence_users"];
        text += &format!("    projects:\n      A: {{ {}organizations: {{ mode: exact, list: [One] }}, knowledge_base: {{ KB: {{ {} }} }} }}\n      B: {{ {}organizations: {{ list: [Two] }}, customers: {} }}\n", access[first], view[who], access[second], people(lists.2));
        text
    })
}

const LISTS: [ListId; 4] = [
    ListId::Organization(0),
    ListId::Organization(1),
    ListId::Roster(0),
    ListId::Roster(1),
];

fn accounts() -> impl Strategy<Value = Account> {
    let kind = prop::option::of(prop::sample::select(vec![
        AccountKind::Atlassian,
        AccountKind::PortalOnly,
    ]));
    let status = prop::sample::select(vec![Status::Active, Status::Unverified, Status::Disabled]);
    let role = prop::sample::select(vec![Role::Customer, Role::Staff, Role::None, Role::Unknown]);
    let more = (any::<bool>(), any::<Option<bool>>());
    (kind, status, role, more).prop_map(|(kind, status, role, (twin, confluence))| Account {
        kind,
        status,
        role,
        twin,
        confluence,
    })
}

fn lists(bits: usize) -> Vec<ListId> {
    (0..4)
        .filter(|i| bits & (1 << i) != 0)
        .map(|i| LISTS[i])
        .collect()
}

/// Every answer about one account on some lists.
fn answers(state: &State<'_>, account: Account, lists: &[ListId]) -> Vec<Answer> {
    let visitor = Visitor::Existing(vec![Actor {
        account,
        lists,
        sources: &[],
        certainty: Answer::Yes,
    }]);
    let mut all = Vec::new();
    for at in 0..state.projects.len() {
        let reach = portal::reach(state, at, &visitor, &mut Trail::silent());
        all.extend([reach.view, reach.send]);
        let space = SpaceKey::new("KB").unwrap();
        all.push(articles::read(
            state,
            at,
            &space,
            &visitor,
            &mut Trail::silent(),
        ));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn adding_a_membership_never_removes_access(text in site(), account in accounts(), some in 0..16_usize, more in 0..16_usize) {
        let workspace = workspace(&text);
        let desired = Desired::new(&workspace, &SiteKey::new("acme").unwrap(), today()).unwrap();
        let state = State::desired(&desired);
        let fewer = answers(&state, account, &lists(some));
        let wider = answers(&state, account, &lists(some | more));
        for (fewer, wider) in fewer.into_iter().zip(wider) {
            prop_assert!(wider >= fewer, "{account:?} {:?} {:?}\n{text}", lists(some), lists(some | more));
        }
    }

    #[test]
    fn a_situation_answers_for_each_of_its_people(text in site()) {
        let workspace = workspace(&text);
        let desired = Desired::new(&workspace, &SiteKey::new("acme").unwrap(), today()).unwrap();
        let state = State::desired(&desired);
        let mut counted = 0;
        for id in state.people.ids() {
            let (situation, _, count) = state.people.situation(state.people.situation_of(id));
            prop_assert!(count >= 1);
            counted += 1;
            let person = state.people.get(id);
            let by_person = Visitor::address(&state, person.email.unwrap());
            let by_situation = Visitor::situation(situation);
            for at in 0..state.projects.len() {
                let mut trail = Trail::recording();
                prop_assert_eq!(
                    portal::reach(&state, at, &by_person, &mut trail),
                    portal::reach(&state, at, &by_situation, &mut Trail::silent())
                );
                prop_assert!(trail.into_steps().iter().all(|step| !matches!(step.source, Some(Source::Read(_)))));
            }
        }
        let total: u32 = (0..state.people.situations())
            .map(|at| state.people.situation(portcullis::access::SituationId(u32::try_from(at).unwrap())).2)
            .sum();
        prop_assert_eq!(total, counted);
    }

    #[test]
    fn every_question_has_an_answer_and_a_reason(text in site(), domain in "[abc]\\.example") {
        let workspace = workspace(&text);
        let desired = Desired::new(&workspace, &SiteKey::new("acme").unwrap(), today()).unwrap();
        let state = State::desired(&desired);
        let visitors = [
            Visitor::Anonymous,
            Visitor::anyone(&state),
            Visitor::AnyCustomer,
            Visitor::new_address(&state, &domain),
            Visitor::address(&state, &crate::support::email(&format!("p@{domain}"))),
        ];
        for visitor in &visitors {
            for at in 0..state.projects.len() {
                for channel in Channel::ALL {
                    let mut trail = Trail::recording();
                    let spoken = outcome(&state, visitor, channel, Some(at), &mut trail);
                    prop_assert_eq!(spoken, outcome(&state, visitor, channel, Some(at), &mut Trail::silent()));
                    prop_assert!(!trail.into_steps().is_empty());
                }
                let mut trail = Trail::recording();
                let reach = portal::reach(&state, at, visitor, &mut trail);
                prop_assert!(reach.send <= reach.view, "sending without seeing");
                prop_assert!(!trail.into_steps().is_empty(), "{:?}\n{}", visitor, text);
            }
        }
    }
}
