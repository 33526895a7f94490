//! People: accounts, addresses, dates, and everybody who is never removed.

use crate::support::{Case, check, run};
use insta::assert_snapshot;
use portcullis::apply::Outcome;
use portcullis::emulator::{AccountState, NewAccount, Options, Role};
use portcullis::model::{AccountId, Email};

const E: &str =
    "customer_access: { external: { portal_only_accounts: true, allowed_domains: any } }\n";

fn email(text: &str) -> Email {
    Email::new(text).unwrap()
}

#[test]
fn somebody_absent_leaves_every_list_managed_or_not() {
    assert_snapshot!(check(
        "organizations: { Globex: { members: { mode: add_only, list: [mal@x.example, ana@x.example] } } }
people: { mal@x.example: { state: absent, reason: left, owner: it@acme.example } }",
        "organizations: { Globex: { members: { list: [mal@x.example, ana@x.example] } }, Umbrella: { members: { list: [mal@x.example] } } }
projects: { ITSM: { customers: { list: [mal@x.example] } } }",
    ));
}

#[test]
fn listed_absent_means_gone_under_add_only_too() {
    assert_snapshot!(check(
        "organizations: { Globex: { members: { list: [ana@x.example], absent: [mal@x.example, nobody@x.example] } } }",
        "organizations: { Globex: { members: { list: [ana@x.example, mal@x.example, bo@x.example] } } }",
    ));
}

#[test]
fn an_entry_ends_after_its_day_and_is_forecast_before() {
    assert_snapshot!(check(
        "organizations: { Globex: { members: { list: [{ email: old@x.example, until: 2026-11-21 }, { email: last@x.example, until: 2026-11-22 }, { email: far@x.example, until: 2027-11-22 }] } } }",
        "organizations: { Globex: { members: { list: [old@x.example, last@x.example, far@x.example] } } }",
    ));
}

#[test]
fn an_account_id_is_added_and_its_addresses_are_compared() {
    assert_snapshot!(check(
        "organizations: { Globex: { members: { mode: exact, list: [{ account_id: 'qm:1', previous_email: b@old.example, email: b@new.example }, { account_id: 'qm:2', email: other@x.example }] } } }",
        "accounts: { list: [{ email: b@old.example, account: portal_only, account_id: 'qm:1' }, { email: c@x.example, account: portal_only, account_id: 'qm:2' }] }
organizations: { Globex: { members: { list: [{ account_id: 'qm:2' }] } } }",
    ));
}

#[test]
fn two_accounts_on_one_address_need_a_choice() {
    assert_snapshot!(check(
        "organizations: { Globex: { members: { mode: exact, list: [ana@x.example] } } }",
        "accounts: { list: [{ email: ana@x.example, account: portal_only }, { email: ana@x.example, account: atlassian }] }
organizations: { Globex: { members: { list: [{ email: ana@x.example, account: portal_only }, bo@x.example] } }, Other: { members: { list: [{ email: ana@x.example, account: atlassian }] } } }",
    ));
}

#[test]
fn the_kind_of_account_chooses_between_two() {
    assert_snapshot!(check(
        "organizations: { Globex: { members: { mode: exact, list: [{ email: ana@x.example, account: atlassian }] } } }",
        "accounts: { list: [{ email: ana@x.example, account: portal_only }, { email: ana@x.example, account: atlassian }] }
organizations: { Globex: { members: { list: [{ email: ana@x.example, account: portal_only }] } } }",
    ));
}

#[test]
fn another_kind_of_account_is_a_step_by_hand_and_no_change() {
    assert_snapshot!(check(
        "organizations: { Globex: { members: { mode: exact, list: [{ email: ana@x.example, account: atlassian }] } } }",
        "organizations: { Globex: { members: { list: [ana@x.example] } } }",
    ));
}

#[test]
fn a_hidden_address_may_add_and_keep() {
    assert_snapshot!(check(
        "organizations: { Globex: { members: { mode: exact, list: [hid@x.example, ana@x.example] } } }
projects: { ITSM: { customers: { list: [hid@x.example] } } }",
        "accounts: { list: [{ email: hid@x.example, account: atlassian, email_hidden: true }] }
organizations: { Globex: { members: { list: [hid@x.example, ana@x.example] } } }
projects: { ITSM: {} }",
    ));
}

#[test]
fn a_hidden_address_never_removes() {
    assert_snapshot!(check(
        "organizations: { Globex: { members: { list: [ana@x.example], absent: [hid@x.example] } } }
people: { hid@x.example: { state: absent } }",
        "accounts: { list: [{ email: hid@x.example, account: atlassian, email_hidden: true }] }
organizations: { Globex: { members: { list: [hid@x.example, ana@x.example] } } }",
    ));
}

/// Without *Browse users* the site answers every search with nobody.
#[test]
fn a_search_that_finds_not_even_the_caller_decides_nothing() {
    let desired = format!(
        "{E}organizations: {{ Globex: {{ members: {{ mode: exact, list: [new@x.example] }} }} }}"
    );
    let seed = format!("{E}accounts: {{ list: [{{ email: hid@x.example, account: atlassian, email_hidden: true }}] }}
organizations: {{ Globex: {{ members: {{ list: [hid@x.example, old@x.example] }} }} }}");
    run(async {
        let options = Options {
            browse_users: false,
            ..Options::default()
        };
        let case = Case::with(&desired, &seed, options).await;
        assert_snapshot!(case.story().await);
        assert_eq!(
            case.sandbox.site().organizations().next().map(|o| case
                .sandbox
                .site()
                .organization_members(&o.id())
                .len()),
            Some(1)
        );
    });
}

#[test]
fn create_never_makes_no_account() {
    assert_snapshot!(check(
        &format!(
            "{E}organizations: {{ Globex: {{ members: {{ list: [new@x.example], create: never }} }} }}"
        ),
        &format!("{E}organizations: {{ Globex: {{}} }}"),
    ));
}

#[test]
fn an_address_that_customer_access_rejects_is_blocked_with_its_rule() {
    assert_snapshot!(check(
        "customer_access: { internal: { atlassian_accounts: false }, external: { portal_only_accounts: true, allowed_domains: [ok.example] } }
organizations: { Globex: { members: { list: [new@x.example, new@ok.example] } } }",
        "customer_access: { external: { portal_only_accounts: false } }\norganizations: { Globex: {} }",
    ));
}

#[test]
fn an_address_that_would_get_an_atlassian_account_is_invited_by_hand() {
    assert_snapshot!(check(
        "customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: true, allowed_domains: any } }
organizations: { Globex: { members: { list: [new@in.example, new@x.example] } } }
=top=
atlassian_organizations: { acme-corp: { approved_domains: { domains: { in.example: { sites: { acme: { role: customer } } } } } } }",
        "customer_access: { external: { portal_only_accounts: false } }
organizations: { Globex: {} }
=top=
atlassian_organizations: { acme-corp: { approved_domains: { domains: { in.example: { sites: { acme: { role: customer } } } } } } }",
    ));
}

/// The plan asks the evaluator of `explain`, so the rule for company domains that nobody approved counts here too.
#[test]
fn an_address_of_the_any_domain_rule_is_invited_by_hand_and_public_mail_is_not() {
    assert_snapshot!(check(
        "customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: true, allowed_domains: any } }
organizations: { Globex: { members: { list: [new@company.example, new@gmail.com] } } }
=top=
atlassian_organizations: { acme-corp: { any_domain: { sites: { acme: { role: customer } } } } }",
        "customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: true, allowed_domains: any } }
organizations: { Globex: {} }
=top=
atlassian_organizations: { acme-corp: { any_domain: { sites: { acme: { role: customer } } } } }",
    ));
}

/// An address of a domain that may be approved, for all that was read, is not refused for being external.
#[test]
fn approved_domains_that_were_not_read_leave_the_decision_to_the_site() {
    assert_snapshot!(check(
        "customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: false } }
organizations: { Globex: { members: { list: [new@x.example] } } }",
        "customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: false } }
organizations: { Globex: {} }",
    ));
}

/// Whether the site would let them in is not known here, so the site decides.
#[test]
fn unknown_customer_access_leaves_the_decision_to_the_site() {
    assert_snapshot!(check(
        "surfaces: { private: write }\norganizations: { Globex: { members: { list: [new@x.example] } } }",
        "customer_access: { external: { portal_only_accounts: false } }\norganizations: { Globex: {} }",
    ));
}

/// What no file manages and a program can read decides on accounts all the same.
#[test]
fn customer_access_that_lets_nobody_in_blocks_the_account() {
    assert_snapshot!(check(
        "organizations: { Globex: { members: { list: [new@x.example] } } }",
        "customer_access: { external: { portal_only_accounts: false } }\norganizations: { Globex: {} }",
    ));
}

#[test]
fn a_deactivated_account_is_a_warning_and_no_failure() {
    run(async {
        let desired = format!(
            "{E}organizations: {{ Globex: {{ members: {{ list: [gone@x.example, new@x.example] }} }} }}"
        );
        let seed = format!(
            "{E}accounts: {{ list: [{{ email: gone@x.example, account: portal_only, state: deactivated }}] }}\norganizations: {{ Globex: {{}} }}"
        );
        let case = Case::new(&desired, &seed).await;
        let first = case.plan().await;
        let report = case.apply(&first).await;
        assert_eq!(report.counts().failed, 0);
        assert_snapshot!(case.story().await);
    });
}

#[test]
fn agents_apps_and_the_caller_are_never_removed() {
    run(async {
        let desired = "organizations: { Globex: { members: { mode: exact, list: [ana@x.example] } }, Old: { state: retired } }
projects: { ITSM: { customers: { mode: exact, list: [ana@x.example] } } }
people: { agent@sandbox.example: { state: absent } }";
        let seed = "accounts: { list: [{ email: lic@x.example, account: atlassian, role: user }, { email: cus@x.example, account: atlassian, role: customer }] }
organizations: { Globex: { members: { list: [ana@x.example, lic@x.example, cus@x.example] } }, Old: { members: { list: [lic@x.example, cus@x.example] } }, Unmanaged: {} }
projects: { ITSM: { customers: { list: [lic@x.example, ana@x.example] } }, HR: {} }";
        let case = Case::new(desired, seed).await;
        case.sandbox.edit(|site| {
            let ids: Vec<AccountId> = ["admin@sandbox.example", "agent@sandbox.example"]
                .iter()
                .map(|who| site.accounts_with_email(who)[0].id())
                .collect();
            for name in ["Globex", "Old", "Unmanaged"] {
                let id = site.organization_named(name).unwrap().id();
                site.add_members(&id, &ids).unwrap();
            }
            for key in ["ITSM", "HR"] {
                let key = portcullis::model::ProjectKey::new(key).unwrap();
                site.add_customers(&key, &ids).unwrap();
            }
        });
        assert_snapshot!(case.story().await);
        let site = case.sandbox.site();
        let unmanaged = site.organization_named("Unmanaged").unwrap().id();
        assert_eq!(site.organization_members(&unmanaged).len(), 2);
    });
}

/// The list of all users costs less than many searches, and it must not overlook a hidden address.
#[test]
fn many_new_people_are_looked_up_in_bulk_and_hidden_ones_found_all_the_same() {
    run(async {
        let list: Vec<String> = (0..40).map(|n| format!("p{n}@x.example")).collect();
        let desired = format!(
            "{E}organizations: {{ Globex: {{ members: {{ mode: exact, list: [hid@x.example, {}] }} }} }}",
            list.join(", ")
        );
        let seed = format!(
            "{E}accounts: {{ list: [{{ email: hid@x.example, account: atlassian, email_hidden: true }}, {{ email: p7@x.example, account: portal_only }}] }}\norganizations: {{ Globex: {{ members: {{ list: [hid@x.example] }} }} }}"
        );
        let case = Case::new(&desired, &seed).await;
        let first = case.converge().await;
        assert_eq!(first.addresses().len(), 39 + 40);
        let site = case.sandbox.site();
        assert_eq!(
            site.organization_members(&site.organization_named("Globex").unwrap().id())
                .len(),
            41
        );
    });
}

#[test]
fn somebody_listed_in_a_second_account_stays_out_of_the_removals() {
    run(async {
        let case = Case::new(
            "organizations: { Globex: { members: { mode: exact, list: [{ account_id: 'qm:7' }] } } }\npeople: { mal@x.example: { state: absent } }",
            "accounts: { list: [{ email: mal@x.example, account: portal_only, account_id: 'qm:7' }] }\norganizations: { Globex: { members: { list: [{ account_id: 'qm:7' }] } } }",
        )
        .await;
        // `people` beats every roster, whichever way the roster names the person.
        case.converge().await;
    });
}

#[test]
fn a_limit_on_new_accounts_blocks_what_rests_on_them() {
    assert_snapshot!(check(
        &format!(
            "{E}organizations: {{ Globex: {{ members: {{ list: [a@x.example, b@x.example] }} }} }}\n=top=\npolicy: {{ max_new_accounts: 1 }}"
        ),
        &format!("{E}organizations: {{ Globex: {{}} }}"),
    ));
}

/// The account that the batch stumbles over is named, and everybody else is added.
#[test]
fn a_failing_batch_is_split_until_the_culprit_is_alone() {
    run(async {
        let list: Vec<String> = (0..30).map(|n| format!("p{n}@x.example")).collect();
        let desired = format!(
            "organizations: {{ Globex: {{ members: {{ list: [{{ account_id: 'qm:nobody' }}, {}] }} }} }}",
            list.join(", ")
        );
        let seed = format!(
            "organizations: {{ Globex: {{}}, Other: {{ members: {{ list: [{}] }} }} }}",
            list.join(", ")
        );
        let case = Case::new(&desired, &seed).await;
        let first = case.plan().await;
        let report = case.apply(&first).await;
        let failed: Vec<_> = first
            .plan
            .changes
            .iter()
            .zip(&report.outcomes)
            .filter(|(_, outcome)| matches!(outcome, Outcome::Failed(_)))
            .map(|(change, _)| {
                case.workspace.sources.place(change.source.unwrap()) + " " + change.address.as_str()
            })
            .collect();
        assert_eq!(
            failed,
            ["portcullis.yaml:7:50 acme/organization/Globex/member/id:qm:nobody"]
        );
        assert_eq!(report.counts().done, 30);
    });
}

#[test]
fn an_organization_deleted_meanwhile_fails_by_name_and_the_rest_goes_on() {
    run(async {
        let case = Case::new(
            "organizations: { Globex: { members: { list: [a@x.example, b@x.example] } }, Initech: { members: { mode: exact, list: [a@x.example] } }, Old: { state: absent } }",
            "organizations: { Globex: {}, Initech: { members: { list: [c@x.example, a@x.example] } }, Old: {}, Other: { members: { list: [b@x.example] } } }",
        )
        .await;
        let first = case.plan().await;
        case.sandbox.edit(|site| {
            for name in ["Globex", "Old"] {
                let id = site.organization_named(name).unwrap().id();
                site.delete_organization(&id).unwrap();
            }
        });
        let before = case.sandbox.stats().requests;
        let report = case.apply(&first).await;
        let counts = report.counts();
        assert_eq!(
            (counts.failed, counts.done, counts.already_true),
            (2, 1, 1),
            "{:?}",
            report.outcomes
        );
        assert!(case.sandbox.stats().requests - before <= 5);
        // The next run makes what is missing.
        case.converge().await;
    });
}

#[test]
fn an_account_revoked_meanwhile_is_not_reported_as_missing() {
    run(async {
        let desired =
            format!("{E}organizations: {{ Globex: {{ members: {{ list: [new@x.example] }} }} }}");
        let case = Case::new(&desired, &format!("{E}organizations: {{ Globex: {{}} }}")).await;
        let first = case.plan().await;
        case.sandbox.edit(|site| {
            let id = site.add_account(NewAccount::portal_only(email("new@x.example")));
            site.set_account_state(&id, AccountState::Revoked).unwrap();
        });
        let report = case.apply(&first).await;
        assert_eq!(
            report.counts().inactive_or_hidden,
            1,
            "{:?}",
            report.outcomes
        );
        assert_eq!(report.counts().failed, 0);
    });
}

#[test]
fn an_atlassian_account_made_meanwhile_is_added() {
    run(async {
        let desired =
            format!("{E}organizations: {{ Globex: {{ members: {{ list: [new@x.example] }} }} }}");
        let case = Case::new(&desired, &format!("{E}organizations: {{ Globex: {{}} }}")).await;
        let first = case.plan().await;
        case.sandbox.edit(|site| {
            site.add_account(NewAccount::atlassian(
                email("new@x.example"),
                Role::Customer,
            ))
        });
        let report = case.apply(&first).await;
        assert_eq!(
            (report.counts().already_true, report.counts().done),
            (1, 1),
            "{:?}",
            report.outcomes
        );
        assert_eq!(case.plan().await.addresses(), Vec::<String>::new());
    });
}

#[test]
fn entries_that_ended_long_ago_are_told_in_one_line_a_list() {
    let told = check(
        "organizations: { Globex: { members: { list: [{ email: far@x.example, until: 2020-12-31 }, { email: old@x.example, until: 2026-11-21 }, { email: ana@x.example, until: 2027-11-22 }] } } }
projects: { ITSM: { customers: { list: [{ email: far@x.example, until: 2020-12-31 }, { email: older@x.example, until: 2020-01-01 }] } } }",
        "organizations: { Globex: { members: { list: [old@x.example, ana@x.example] } } }
projects: { ITSM: {} }",
    );
    let told: Vec<&str> = told.split_whitespace().collect();
    let told = told.join(" ");
    // Who is removed for it is a row, and no remark.
    assert!(
        told.contains("1 entry has ended on 2020-12-31 and removes nobody: take it out, or mend the date [entries-ended] (portcullis.yaml:"),
        "{told}"
    );
    assert!(
        told.contains("2 entries have ended and remove nobody, the first in the files on 2020-12-31: take them out, or mend the dates [entries-ended] (portcullis.yaml:"),
        "{told}"
    );
    assert_eq!(told.matches("[entries-ended]").count(), 2, "{told}");
}
