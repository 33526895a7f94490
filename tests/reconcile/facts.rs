//! What a plan knows beyond what the files manage, read from the sandbox: rights, the role of customers with its groups, the role
//! Customer of Atlassian accounts, people whose access was revoked.

use crate::support::{Case, run, site};
use portcullis::emulator::{NewAccount, Options, ProjectRole, Role, RoleActor};
use portcullis::jsm::Group;
use portcullis::model::{Email, ProjectKey, Read, Right, Work};
use portcullis::observed::{Allowed, GroupRef, Observed, Resolution};

const DESIRED: &str =
    "organizations: { Globex: { members: { list: [rev@x.example, new@x.example] } } }
projects: { ITSM: { customers: { list: [ana@x.example] } } }
=top=
atlassian_organizations: { acme-corp: {} }";
const SEED: &str =
    "accounts: { list: [{ email: rev@x.example, account: portal_only, state: revoked }] }
organizations: { Globex: {} }
projects: { ITSM: { customers: { list: [ana@x.example] } } }";
const STAFF: &str = "0b1c2d3e-0000-4000-8000-000000000001";

fn case() -> impl Future<Output = Case> {
    let mut site = site(SEED);
    let mut add = |address: &str, role| {
        site.add_account(NewAccount::atlassian(Email::new(address).unwrap(), role))
    };
    let (ivy, nora) = (
        add("ivy@x.example", Role::Customer),
        add("nora@x.example", Role::None),
    );
    site.add_group("hr-staff", Some(STAFF));
    site.add_to_group("hr-staff", &[ivy, nora]).unwrap();
    let key = ProjectKey::new("ITSM").unwrap();
    let group = RoleActor::Group("hr-staff".into());
    site.add_role_actor(&key, ProjectRole::Customers, group)
        .unwrap();
    Case::on(DESIRED, site, Options::default())
}

#[test]
fn a_plan_knows_groups_roles_rights_and_who_was_revoked() {
    run(async {
        let observed = case().await.plan().await.observed;
        let id = |address: &str| {
            let found = observed.accounts.iter().find(|(_, seen)| {
                seen.email
                    .as_ref()
                    .is_some_and(|email| email.key() == address)
            });
            *found.unwrap().0
        };
        let project = &observed.whole_projects().unwrap()["ITSM"];
        let customers = project
            .permissions
            .as_ref()
            .unwrap()
            .customers
            .as_ref()
            .unwrap();
        let customers = customers.complete().unwrap();
        assert!(customers.people.contains(&id("ana@x.example")));
        let staff = GroupRef {
            id: Some(STAFF.into()),
            name: "hr-staff".into(),
        };
        assert!(customers.groups.contains(&staff));
        assert_eq!(observed.whole_group(&staff).unwrap().len(), 2);
        assert_eq!(
            observed.holds_customer_role(&id("ivy@x.example")),
            Some(true)
        );
        assert_eq!(
            observed.holds_customer_role(&id("nora@x.example")),
            Some(false)
        );
        let resolved = |address: &str| &observed.resolutions[&Email::new(address).unwrap()];
        assert!(matches!(resolved("rev@x.example"), Resolution::Inactive(_)));
        assert_eq!(resolved("new@x.example"), &Resolution::NotFound);
        // A snapshot says the same; one from before these facts were read says that they are unknown.
        let mut snapshot = serde_json::to_value(&observed).unwrap();
        let again: Observed = serde_json::from_value(snapshot.clone()).unwrap();
        assert_eq!(again, observed);
        for newer in ["rights", "groups", "customer_role_holders"] {
            snapshot.as_object_mut().unwrap().remove(newer).unwrap();
        }
        let old: Observed = serde_json::from_value(snapshot).unwrap();
        assert_eq!(old.rights, None);
        assert_eq!(old.holds_customer_role(&id("ivy@x.example")), None);
        assert_eq!(old.whole_group(&staff), None);
    });
}

#[test]
fn an_agents_token_is_known_not_to_make_accounts() {
    run(async {
        let case = case().await;
        let connection = case.connect_as("agent@sandbox.example", "sandbox-agent");
        let observed = case.plan_by(&connection).await.unwrap().observed;
        let Some(Read::Complete(rights)) = &observed.rights else {
            panic!("rights are read");
        };
        assert_eq!(
            rights.allow(Work::CreateAccount, None, false),
            Allowed::No(&[Right::AdministerJira])
        );
        let key = ProjectKey::new("ITSM").unwrap();
        assert_eq!(
            rights.allow(Work::ChangeCustomers, Some(&key), false),
            Allowed::Yes
        );
    });
}

#[test]
fn groups_and_names_change_as_the_writer_says() {
    run(async {
        let case = case().await;
        let (reader, writer) = (case.connect().reader(), case.connect().writer());
        let staff = Group {
            id: Some(STAFF.into()),
            name: "hr-staff".into(),
        };
        writer
            .remove_role_group("ITSM", "10100", &staff)
            .await
            .unwrap();
        assert!(
            reader
                .role_actors("ITSM", "10100")
                .await
                .unwrap()
                .groups
                .is_empty()
        );
        writer
            .add_role_group("ITSM", "10100", &staff)
            .await
            .unwrap();
        assert_eq!(
            reader.role_actors("ITSM", "10100").await.unwrap().groups,
            [staff]
        );
        let globex = reader.organizations().await.unwrap().remove(0);
        let renamed = writer
            .rename_organization(&globex.id, "Globex Inc")
            .await
            .unwrap();
        assert_eq!(
            (renamed.id, renamed.name.as_str()),
            (globex.id, "Globex Inc")
        );
    });
}

/// Whoever may be an agent is not surely kept out: where it was not read who serves a project, no promise rests on it.
#[test]
fn who_may_be_an_agent_is_kept_out_for_sure_by_no_promise() {
    run(async {
        let mut site = site("projects: { ITSM: { channel_access: restricted }, HR: { channel_access: open, customers: { list: [ivy@x.example] } } }
sandbox: { projects: { ITSM: { agent_administers: false } } }
accounts: { list: [{ email: ivy@x.example, account: atlassian, role: user }] }");
        let ivy = site.accounts_with_email("ivy@x.example")[0].id();
        let key = ProjectKey::new("ITSM").unwrap();
        site.add_role_actor(&key, ProjectRole::Team, RoleActor::Account(ivy))
            .unwrap();
        let desired =
            "projects: { HR: { customers: { list: [] , allow_empty: true, mode: add_only } }, ITSM: {} }
=top=
policy: { undecided: warn }
expectations:
  - { name: outside, who: ivy@x.example, cannot: view_portal, site: acme, projects: [ITSM] }";
        let case = Case::on(desired, site, Options::default()).await;
        let agent = case.connect_as("agent@sandbox.example", "sandbox-agent");
        let plan = case.plan_by(&agent).await.unwrap();
        let check = &plan.document.checks[0];
        assert_eq!(check.status, "unknown", "{check:?}");
    });
}

/// An account that is made joins by its domain: whether it does is not known where no program reads the domains (A2).
#[test]
fn an_account_that_is_made_perhaps_joins_where_domains_are_not_read() {
    run(async {
        let seed = "customer_access: { external: { portal_only_accounts: true } }
organizations: { Globex: { email_domains: [globex.example] }, Initech: {} }
projects: { WEB: { channel_access: restricted, organizations: { list: [Globex] } } }";
        let desired = "surfaces: { gateway: write, private: write }
organizations: { Initech: { members: { list: [n@globex.example] } } }
projects: { WEB: { channel_access: restricted } }
=top=
policy: { undecided: warn }
expectations:
  - { name: outside, who: n@globex.example, cannot: view_portal, site: acme, projects: [WEB] }";
        let told = Case::new(desired, seed).await.plan().await.text();
        assert!(told.contains("undecided"), "{told}");
        assert!(told.contains("A2"), "{told}");
    });
}
