//! The states that were read and that a plan leads to.

use crate::support::{email, today, workspace};
use portcullis::access::{Answer, Coverage, Lookup, Source, State, Trail, Visitor, portal};
use portcullis::desired::Desired;
use portcullis::expect::{Judgement, judge};
use portcullis::model::{
    AccountId, AccountKind, AccountSet, ChannelAccess, DeskId, Incomplete, OrganizationId,
    ProjectKey, Read, SiteField, SiteKey, SiteValue, Surface,
};
use portcullis::observed::{
    Observation, Observed, ObservedAccount, ObservedOrganization, ObservedProject, Resolution,
    Standing,
};
use portcullis::pipeline;
use portcullis::plan::Effect;
use std::collections::{BTreeMap, BTreeSet};

const TEXT: &str = "version: 1
sites:
  acme:
    url: \"sandbox:\"
    people: { mal@x.example: { state: absent, reason: left, owner: it@acme.example } }
    organizations:
      Globex: { members: { mode: exact, list: [ana@x.example, new@x.example] } }
    projects:
      SHUT: { channel_access: restricted, organizations: { mode: exact, list: [Globex] }, customers: { list: [new@x.example] } }
attestations:
  - { address: acme/customer-access/view-without-login, value: false, by: jo@acme.example, on: 2026-11-01, until: 2027-01-30 }
";

fn account(address: &str) -> (AccountId, ObservedAccount) {
    let seen = ObservedAccount {
        email: Some(email(address)),
        name: address.into(),
        kind: Some(AccountKind::PortalOnly),
        active: true,
        standing: Standing::NotAsked,
    };
    (AccountId::new(format!("qm:{address}")), seen)
}

fn ids(addresses: &[&str]) -> AccountSet {
    addresses
        .iter()
        .map(|address| AccountId::new(format!("qm:{address}")))
        .collect()
}

fn observed(customers: Read<AccountSet>) -> Observed {
    let mut observed = Observed::nothing(SiteKey::new("acme").unwrap());
    observed.accounts = ["ana@x.example", "mal@x.example", "old@x.example"]
        .into_iter()
        .map(account)
        .collect();
    let globex = ObservedOrganization {
        name: "Globex".to_owned(),
        scim_managed: false,
        members: Some(Read::Complete(ids(&["mal@x.example", "old@x.example"]))),
        ownership: None,
        email_domains: Some(Observation::read(BTreeSet::new(), Surface::Mapped)),
    };
    let organizations = BTreeMap::from([(OrganizationId::new("7"), globex)]);
    observed.organizations = Some(Read::Complete(organizations));
    let shut = ObservedProject {
        desk: DeskId::new("1"),
        name: "Shut".to_owned(),
        channel_access: Some(Observation::read(
            ChannelAccess::Restricted,
            Surface::Private,
        )),
        customer_sharing: None,
        echoed_signup: None,
        echoed_anonymous: None,
        organizations: Some(Read::Complete(BTreeSet::from([OrganizationId::new("7")]))),
        customers: Some(customers),
        only_shown: portcullis::model::AccountSet::default(),
        knowledge_base: None,
        permissions: None,
    };
    let projects = BTreeMap::from([(ProjectKey::new("SHUT").unwrap(), shut)]);
    observed.projects = Some(Read::Complete(projects));
    observed
}

fn view(state: &State<'_>, address: &str) -> Answer {
    let visitor = Visitor::address(state, &email(address));
    portal::reach(state, 0, &visitor, &mut Trail::silent()).view
}

#[test]
fn before_and_after_a_plan() {
    let workspace = workspace(TEXT);
    let desired = Desired::new(&workspace, &SiteKey::new("acme").unwrap(), today()).unwrap();
    let mut observed = observed(Read::Complete(ids(&["mal@x.example"])));
    observed
        .resolutions
        .insert(email("new@x.example"), Resolution::NotFound);
    let before = State::live(&desired, &observed);
    let plan = pipeline::difference(&desired, &observed);
    let after = before.after(&plan.changes);
    for (address, was, becomes) in [
        ("ana@x.example", Answer::No, Answer::Yes),
        ("old@x.example", Answer::Yes, Answer::No),
        ("mal@x.example", Answer::Yes, Answer::No),
        // Whether the site lets the account be made was not read, nor whether new people of the domain get an agent's licence.
        ("new@x.example", Answer::Uncertain, Answer::Uncertain),
    ] {
        assert_eq!(view(&before, address), was, "{address} before");
        assert_eq!(view(&after, address), becomes, "{address} after");
    }
}

#[test]
fn attested_values_fill_what_no_program_reads() {
    let workspace = workspace(TEXT);
    let desired = Desired::new(&workspace, &SiteKey::new("acme").unwrap(), today()).unwrap();
    let observed = observed(Read::Complete(AccountSet::default()));
    let state = State::live(&desired, &observed);
    assert_eq!(state.site.no_login.value(), Some(&false));
    assert!(state.site.no_login.source().unwrap().span().is_some());
    assert_eq!(state.site.create.on(), Answer::Uncertain);
}

#[test]
fn an_unread_list_makes_nobody_surely_excluded() {
    let workspace = workspace(TEXT);
    let desired = Desired::new(&workspace, &SiteKey::new("acme").unwrap(), today()).unwrap();
    let observed = observed(Read::Incomplete(Incomplete {
        why: "the site answered 403".to_owned().into(),
        forbidden: true,
    }));
    let state = State::live(&desired, &observed);
    assert_eq!(view(&state, "ana@x.example"), Answer::Uncertain);
    assert_eq!(view(&state, "old@x.example"), Answer::Yes);
    assert!(matches!(state.projects[0].roster, Coverage::Unread(_)));
}

#[test]
fn only_a_search_says_that_an_address_has_no_account() {
    let workspace = workspace(TEXT);
    let desired = Desired::new(&workspace, &SiteKey::new("acme").unwrap(), today()).unwrap();
    let mut observed = observed(Read::Complete(AccountSet::default()));
    let stranger = email("who@x.example");
    let state = State::live(&desired, &observed);
    assert!(matches!(state.people.lookup(&stranger), Lookup::Unknown(_)));
    drop(state);
    observed.resolutions.insert(stranger, Resolution::NotFound);
    let state = State::live(&desired, &observed);
    assert_eq!(state.people.lookup(&stranger), Lookup::Nobody);
}

/// An address that was not looked up may be that of a hidden member, or of an agent; one that was searched for is nobody's.
#[test]
fn whoever_was_not_looked_up_may_be_a_hidden_member_or_an_agent() {
    let expected = "expectations:
  - { name: one, site: acme, who: who@x.example, cannot: view_portal, projects: [SHUT] }
  - { name: domain, site: acme, who: \"*@y.example\", cannot: view_portal, projects: [SHUT] }
";
    let workspace = workspace(&format!("{TEXT}{expected}"));
    let desired = Desired::new(&workspace, &SiteKey::new("acme").unwrap(), today()).unwrap();
    let mut observed = observed(Read::Complete(AccountSet::default()));
    let undecided = |observed: &Observed| -> Vec<String> {
        let state = State::live(&desired, observed);
        let judged = workspace.expectations.iter();
        judged
            .filter_map(|expectation| match judge(expectation, &state) {
                Judgement::Holds => None,
                Judgement::Fails(example) => panic!("{example:?}"),
                Judgement::Undecided(example) => {
                    let why = example.because.iter().map(|step| step.text.to_string());
                    let why: Vec<String> = why.collect();
                    Some(format!("{} {}", example.text, why.join("; ")))
                }
            })
            .collect()
    };
    // Whether whoever signs up joins an organization by the domain is not known where its domains were not read (A2).
    if let Some(Read::Complete(organizations)) = &mut observed.organizations {
        for organization in organizations.values_mut() {
            organization.email_domains = None;
        }
    }
    let found = undecided(&observed);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[1].contains("whether new customers of `y.example` join `Globex` by themselves"),
        "{found:?}"
    );
    if let Some(Read::Complete(organizations)) = &mut observed.organizations {
        for organization in organizations.values_mut() {
            organization.email_domains = Some(Observation::read(BTreeSet::new(), Surface::Mapped));
        }
    }
    // Nobody is hidden; of which projects somebody is an agent was not read, nor whether new people become agents.
    let found = undecided(&observed);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[1].contains("gets an agent's licence"), "{found:?}");
    // Where Atlassian accounts are off, no domain grants one.
    let off = Observation::read(SiteValue::Toggle(false), Surface::Mapped);
    observed.settings.insert(SiteField::Internal, off);
    let found = undecided(&observed);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("an agent or administrator may have the address"),
        "{found:?}"
    );
    let (id, mut hidden) = account("old@x.example");
    hidden.email = None;
    observed.accounts.insert(id, hidden);
    let found = undecided(&observed);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[0].contains("whose address the site hides may be the one"),
        "{found:?}"
    );
    assert!(
        found[1].starts_with("somebody whose address is hidden, perhaps of `y.example`,"),
        "{found:?}"
    );
    observed
        .resolutions
        .insert(email("who@x.example"), Resolution::NotFound);
    let found = undecided(&observed);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("somebody whose address is hidden"),
        "{found:?}"
    );
}

#[test]
fn listed_people_who_are_shut_out_are_named_apart() {
    use portcullis::access::who::audience;
    let workspace = workspace(TEXT);
    let desired = Desired::new(&workspace, &SiteKey::new("acme").unwrap(), today()).unwrap();
    let mut observed = observed(Read::Complete(AccountSet::default()));
    let (id, mut old) = account("old@x.example");
    (old.active, old.kind) = (false, None);
    observed.accounts.insert(id, old);
    let state = State::live(&desired, &observed);
    let gaps = audience(&state, 0, None).gaps;
    let told = "1 listed person is suspended or revoked: old@x.example";
    assert!(gaps.iter().any(|gap| gap == told), "{gaps:?}");
    // Of which kind the account is, no list tells; the id of a portal-only one does.
    let visitor = Visitor::address(&state, &email("old@x.example"));
    let mut trail = Trail::recording();
    assert_eq!(
        portal::reach(&state, 0, &visitor, &mut trail).view,
        Answer::No
    );
    let steps = trail.into_steps();
    let rules: Vec<&str> = steps.iter().map(|step| step.rule.0).collect();
    assert!(
        rules.contains(&"R1g") && !rules.contains(&"R1b"),
        "{rules:?}"
    );
}

#[test]
fn the_options_for_mail_and_organizations_are_read_attested_or_written() {
    use portcullis::model::{EmailAccountCreation, OrganizationManagement, SiteField, SiteValue};
    let attested = "
  - { address: acme/setting/email-cc-creates-accounts, value: agents_always, by: jo@acme.example, on: 2026-11-01, until: 2027-01-30 }
";
    let text = format!("{}{attested}", TEXT.trim_end()).replace(
        "    people:",
        "    organization_management: jira_admins_only\n    people:",
    );
    let workspace = workspace(&text);
    let desired = Desired::new(&workspace, &SiteKey::new("acme").unwrap(), today()).unwrap();
    let mut observed = observed(Read::Complete(AccountSet::default()));
    let live = State::live(&desired, &observed);
    let always = Some(&EmailAccountCreation::AgentsAlways);
    assert_eq!(live.site.email_cc.value(), always);
    assert!(live.site.email_cc.source().unwrap().span().is_some());
    assert_eq!(live.site.organization_management.value(), None);
    // What nobody could read or attested is a question of the plan, which answers nothing until somebody looks.
    let plan = pipeline::difference(&desired, &observed);
    let questions = plan.changes.iter().filter(|change| change.is_question());
    assert!(questions.count() > 0);
    // Done by hand after somebody looked, it is what the file says.
    let mut change = plan.changes.iter().find(|change| {
        matches!(
            change.effect,
            Effect::SetSite(SiteField::OrganizationManagement, _)
        )
    });
    let after = live.after(change.take());
    let admins = Some(&OrganizationManagement::JiraAdminsOnly);
    assert_eq!(after.site.organization_management.value(), admins);
    assert_eq!(after.site.email_cc.value(), always);
    // What a program reads counts for more than what a person stated.
    let read = SiteValue::EmailAccountCreation(EmailAccountCreation::AnyoneBySettings);
    observed.settings.insert(
        SiteField::EmailCcCreatesAccounts,
        Observation::read(read, Surface::Mapped),
    );
    let live = State::live(&desired, &observed);
    let by_settings = Some(&EmailAccountCreation::AnyoneBySettings);
    assert_eq!(live.site.email_cc.value(), by_settings);
    let source = live.site.email_cc.source();
    assert_eq!(source, Some(Source::Read(Surface::Mapped)));
}

/// What decides on new accounts is the same with and without the lists.
#[test]
fn account_rules_are_those_of_the_state_as_read() {
    let workspace = workspace(TEXT);
    let desired = Desired::new(&workspace, &SiteKey::new("acme").unwrap(), today()).unwrap();
    let observed = observed(Read::Complete(ids(&["mal@x.example"])));
    let rules = State::account_rules(&desired, &observed);
    let live = State::live(&desired, &observed);
    assert_eq!(rules.site, live.site);
    assert_eq!(rules.approved, live.approved);
    let mut observed = observed;
    let failed = Incomplete {
        why: "the site answered 403".to_owned().into(),
        forbidden: true,
    };
    observed.any_domain = Some(Read::Incomplete(failed));
    let rules = State::account_rules(&desired, &observed);
    let unread = State::live(&desired, &observed).any_domain;
    assert_eq!(rules.any_domain, unread, "a failed read stays unknown");
    assert!(rules.people.is_empty());
}
