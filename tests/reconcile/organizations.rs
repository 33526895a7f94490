//! Organizations, their members and their e-mail domains.

use crate::support::{Case, check, run};
use insta::assert_snapshot;
use portcullis::model::OrganizationName;

#[test]
fn an_organization_is_made_with_members_domains_and_links_in_one_run() {
    assert_snapshot!(check(
        "customer_access: { external: { portal_only_accounts: true, allowed_domains: any } }
organizations: { Globex: { email_domains: [globex.example], members: { list: [ana@globex.example] } } }
projects: { ITSM: { organizations: { list: [Globex] } } }",
        "customer_access: { external: { portal_only_accounts: false } }\nprojects: { ITSM: {} }",
    ));
}

#[test]
fn exact_members_lose_whom_the_list_does_not_name() {
    assert_snapshot!(check(
        "organizations: { Globex: { members: { mode: exact, list: [ana@globex.example] } } }",
        "organizations: { Globex: { members: { list: [ana@globex.example, bo@globex.example] } } }",
    ));
}

#[test]
fn add_only_members_keep_whom_the_list_does_not_name() {
    assert_snapshot!(check(
        "organizations: { Globex: { members: { list: [ana@globex.example] } } }",
        "organizations: { Globex: { members: { list: [bo@globex.example] } } }
customer_access: { external: { portal_only_accounts: true } }",
    ));
}

#[test]
fn kept_people_are_neither_added_nor_removed() {
    assert_snapshot!(check(
        "organizations: { Globex: { members: { mode: exact, list: [ana@globex.example], keep: ['*@partner.example', eve@x.example] } } }",
        "organizations: { Globex: { members: { list: [ana@globex.example, pat@partner.example, old@x.example] } } }",
    ));
}

#[test]
fn people_of_the_organizations_own_domains_stay() {
    assert_snapshot!(check(
        "organizations: { Globex: { email_domains: [globex.example], members: { mode: exact, list: [ana@globex.example] } } }",
        "organizations: { Globex: { email_domains: [globex.example], members: { list: [ana@globex.example, new@globex.example, old@x.example] } } }",
    ));
}

/// A domain that is taken off the organization keeps nobody, so that one run is enough.
#[test]
fn people_of_a_domain_that_goes_do_not_stay() {
    assert_snapshot!(check(
        "organizations: { Globex: { email_domains: [globex.example], members: { mode: exact, list: [ana@globex.example] } } }",
        "organizations: { Globex: { email_domains: [old.example], members: { list: [ana@globex.example, old@old.example] } } }",
    ));
}

#[test]
fn what_the_yaml_does_not_name_is_not_managed() {
    assert_snapshot!(check(
        "organizations: { Globex: {} }",
        "organizations: { Globex: { members: { list: [ana@globex.example] }, email_domains: [globex.example] }, Umbrella: {} }
projects: { ITSM: { channel_access: open, customers: { list: [cy@x.example] } } }",
    ));
}

#[test]
fn a_near_duplicate_is_refused_with_all_that_rests_on_it() {
    assert_snapshot!(check(
        "organizations: { Globex: { members: { list: [ana@globex.example] } } }
projects: { ITSM: { organizations: { mode: exact, list: [Globex] } } }",
        "organizations: { GLOBEX: { members: { list: [ana@globex.example] } } }
projects: { ITSM: { organizations: { list: [GLOBEX] } } }",
    ));
}

#[test]
fn a_rename_is_one_change_and_no_new_organization() {
    assert_snapshot!(check(
        "organizations: { Globex: { previous_name: Globex Inc, members: { mode: exact, list: [ana@globex.example] } } }",
        "organizations: { Globex Inc: { members: { list: [ana@globex.example, bo@globex.example] } } }",
    ));
}

#[test]
fn an_id_finds_the_organization_under_any_name() {
    assert_snapshot!(check(
        "organizations: { Globex: { id: '12', members: { mode: exact, list: [ana@globex.example] } } }",
        "organizations: { Something Else: { id: '12', members: { list: [ana@globex.example] } }, Globex: {} }",
    ));
}

#[test]
fn an_id_that_is_not_there_stops_its_organization_only() {
    assert_snapshot!(check(
        "organizations_mode: exact
organizations: { Globex: { id: '99' }, Initech: {} }
projects: { ITSM: { organizations: { mode: exact, list: [Globex] } } }",
        "organizations: { Globex: {}, Umbrella: {} }
projects: { ITSM: { organizations: { list: [Globex, Umbrella] } } }",
    ));
}

#[test]
fn a_retired_organization_is_unlinked_everywhere_and_kept_with_its_members() {
    assert_snapshot!(check(
        "organizations: { Globex: { state: retired } }",
        "organizations: { Globex: { members: { list: [ana@globex.example, hidden@globex.example] } } }
accounts: { list: [{ email: hidden@globex.example, account: portal_only, email_hidden: true }] }
projects: { ITSM: { organizations: { list: [Globex] } }, HR: { organizations: { list: [Globex] } } }",
    ));
}

#[test]
fn an_absent_organization_is_deleted() {
    assert_snapshot!(check(
        "organizations: { Globex: { state: absent }, Gone: { state: absent } }",
        "organizations: { Globex: { members: { list: [ana@globex.example] } } }
projects: { ITSM: { organizations: { list: [Globex] } } }",
    ));
}

#[test]
fn what_an_identity_provider_manages_is_never_changed() {
    assert_snapshot!(check(
        "organizations: { Globex: { members: { mode: exact, list: [ana@globex.example] } }, Initech: { state: absent }, Hooli: { managed_by: scim } }
people: { bo@globex.example: { state: absent } }",
        "organizations: { Globex: { managed_by: scim }, Initech: { managed_by: scim } }",
    ));
}

#[test]
fn organizations_left_to_agents_are_linked_and_their_members_left() {
    assert_snapshot!(check(
        "organizations: { Globex: { managed_by: agents } }
people: { ana@globex.example: { state: absent } }
projects: { ITSM: { organizations: { list: [Globex] } } }",
        "organizations: { Globex: { members: { list: [ana@globex.example] } } }
projects: { ITSM: {} }",
    ));
}

#[test]
fn email_domains_are_a_whole_list() {
    assert_snapshot!(check(
        "organizations: { Globex: { email_domains: [globex.example, new.example] } }",
        "organizations: { Globex: { email_domains: [globex.example, old.example] } }",
    ));
}

/// Exact removal takes only what Portcullis made for this site, even after a rename in the UI, and never what is declared.
#[test]
fn exact_organizations_go_only_where_portcullis_made_them() {
    run(async {
        let mut case = Case::new(
            "organizations: { Globex: {}, Initech: {} }",
            "organizations: { Umbrella: {} }",
        )
        .await;
        case.converge().await;
        case.sandbox.edit(|site| {
            let id = site.organization_named("Initech").unwrap().id();
            site.rename_organization(&id, &OrganizationName::new("Initech GmbH").unwrap())
                .unwrap();
        });
        // The mark finds the renamed one; nothing is made in its place.
        let renamed = case.plan().await;
        assert_eq!(renamed.addresses(), ["update acme/organization/Initech"]);
        case.rewrite("organizations_mode: exact\norganizations: { Globex: {} }");
        assert_snapshot!(case.story().await);
        let names: Vec<String> = case
            .sandbox
            .site()
            .organizations()
            .map(|o| o.name().to_owned())
            .collect();
        assert_eq!(names, ["Umbrella", "Globex"]);
    });
}

/// A mark that names another workspace is nobody's leave to remove.
#[test]
fn what_another_workspace_made_is_never_removed() {
    run(async {
        let mut case = Case::new("organizations: { Globex: {}, Initech: {} }", "").await;
        case.converge().await;
        case.sandbox.edit(|site| {
            let id = site.organization_named("Initech").unwrap().id();
            let properties = &mut site.organization_mut(&id).unwrap().properties;
            let mark = properties.get_mut("portcullis").unwrap();
            assert_eq!(mark["workspace"], "acme");
            mark["workspace"] = "another".into();
        });
        case.rewrite("organizations_mode: exact\norganizations: { Globex: {} }");
        assert_eq!(case.plan().await.addresses(), Vec::<String>::new());
    });
}

/// Two live organizations of the declared name, both ours: nothing can say which is meant, so neither goes.
#[test]
fn a_declared_name_protects_its_organization_from_exact_removal() {
    run(async {
        let mut case = Case::new("organizations: { Globex: {} }", "").await;
        case.converge().await;
        case.rewrite("organizations_mode: exact\norganizations: { Globex: { id: '4711' } }");
        let round = case.plan().await;
        assert_eq!(round.addresses(), Vec::<String>::new());
        assert_eq!(round.plan.errors.len(), 1);
    });
}

#[test]
fn people_of_the_own_domains_stay_unless_the_list_says_that_they_go() {
    let desired = |rest: &str| {
        format!(
            "organizations: {{ Globex: {{ email_domains: [globex.example], members: {{ mode: exact, list: [ana@globex.example]{rest} }} }} }}"
        )
    };
    let seed = "organizations: { Globex: { email_domains: [globex.example], members: { list: [ana@globex.example, bo@globex.example] } } }";
    for (rest, removed) in [
        ("", false),
        (", auto_joined: keep", false),
        (", auto_joined: remove", true),
    ] {
        let round = crate::support::run(async {
            crate::support::Case::new(&desired(rest), seed)
                .await
                .converge()
                .await
        });
        let row = "delete acme/organization/Globex/member/bo@globex.example".to_owned();
        assert_eq!(round.addresses().contains(&row), removed, "{rest}");
    }
}
