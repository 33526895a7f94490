//! The plan text: what is shown, in which order, and that nobody's name can disturb it.

use crate::document::{change, empty, member, over, step, with};
use crate::folds::crowd;
use portcullis::report::document::{
    Check, CheckAddress, CheckProblem, FindingDocument, ForecastDocument, PlanDocument, ScopeError,
    Source,
};
use portcullis::report::text::{Style, plan};
use proptest::prelude::*;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

pub(crate) fn shown_with(document: &PlanDocument, style: Style) -> String {
    let mut out = Vec::new();
    plan(document, style, &mut out).expect("writing to memory works");
    String::from_utf8(out).expect("the text is UTF-8")
}

pub(crate) fn shown(document: &PlanDocument) -> String {
    shown_with(document, Style::default())
}

#[test]
fn nothing_to_change_is_one_line() {
    insta::assert_snapshot!(shown(&empty()), @r#"acme: nothing to change"#);
}

#[test]
fn nothing_to_change_says_what_is_unknown() {
    let mut document = empty();
    document.coverage.fields_unknown = 2;
    document.complete = false;
    document.errors = vec![ScopeError {
        address: "acme/organization/Globex".into(),
        message: "the list of members ended early: 503 Service Unavailable".into(),
        forbidden: false,
        source: Some(Source {
            file: "organizations/globex.yaml".into(),
            line: 3,
        }),
    }];
    insta::assert_snapshot!(shown(&document), @r#"
    acme: nothing to change, 1 could not be read

      ! could not read organization `Globex`: the list of members ended early: 503 Service Unavailable;
        nothing there is changed (organizations/globex.yaml:3)

    unknown:  2 described fields have no known live value
    "#);
}

fn every_type(action: &str) -> PlanDocument {
    let pair = |before: Value, after: Value| match action {
        "create" => (Value::Null, after),
        "delete" => (before, Value::Null),
        _ => (before, after),
    };
    let make = |kind: &str, address: &str, before: Value, after: Value| {
        let (before, after) = pair(before, after);
        change(action, kind, address, before, after)
    };
    let mapped = |kind: &str, address: &str, before: Value, after: Value| {
        over("mapped", make(kind, address, before, after))
    };
    with(vec![
        mapped(
            "jsm_customer_access",
            "acme/customer-access/view-without-login",
            json!(true),
            json!(false),
        ),
        mapped(
            "jsm_allowed_domain",
            "acme/allowed-domain/x.example",
            json!({"domain": "x.example"}),
            json!({"domain": "x.example"}),
        ),
        mapped(
            "jsm_site_setting",
            "acme/setting/portal-only-login",
            json!({"password": true, "sso": false}),
            json!({"password": true, "sso": true}),
        ),
        make(
            "jsm_approved_domain",
            "acme-corp/approved-domain/acme.com",
            json!({"role": "none", "admin_approval": false}),
            json!({"role": "customer", "admin_approval": false}),
        ),
        make(
            "jsm_customer_account",
            "acme/account/ana@globex.example",
            json!({"email": "ana@globex.example"}),
            json!({"email": "ana@globex.example", "name": "Ana"}),
        ),
        make(
            "jsm_organization",
            "acme/organization/Globex",
            json!({"name": "Globex Inc"}),
            json!({"name": "Globex"}),
        ),
        make(
            "jsm_organization_member",
            "acme/organization/Globex/member/ana@globex.example",
            json!({"email": "ana@globex.example"}),
            json!({"email": "ana@globex.example"}),
        ),
        mapped(
            "jsm_organization_email_domain",
            "acme/organization/Globex/email-domain/globex.example",
            json!("globex.example"),
            json!("globex.example"),
        ),
        over(
            "private",
            make(
                "jsm_project_access",
                "acme/project/ITSM/access",
                json!("open"),
                json!("restricted"),
            ),
        ),
        over(
            "private",
            make(
                "jsm_project_access",
                "acme/project/ITSM/sharing",
                Value::Null,
                json!("own_organizations"),
            ),
        ),
        make(
            "jsm_project_organization",
            "acme/project/ITSM/organization/Globex",
            json!({"organization": "Globex"}),
            json!({"organization": "Globex"}),
        ),
        make(
            "jsm_project_customer",
            "acme/project/ITSM/customer/cy@acme.com",
            json!({"email": "cy@acme.com"}),
            json!({"email": "cy@acme.com"}),
        ),
        over(
            "gateway",
            make(
                "jsm_knowledge_base_space",
                "acme/project/ITSM/knowledge-base/ITKB",
                json!({"who_can_view": "anyone"}),
                json!({"who_can_view": "all_logged_in"}),
            ),
        ),
    ])
}

#[test]
fn every_type_comes() {
    insta::assert_snapshot!(shown(&every_type("create")), @"
    in all: 13 to add, 0 to change, 0 to remove

    acme: 12 to add, 0 to change, 0 to remove

      add (12)
        site settings
          + view without login            off                    listed  sites/acme.yaml:7  over mapped
          + portal-only login             password: on, sso: on  listed  sites/acme.yaml:7  over mapped
          + allowed domain x.example                             listed  sites/acme.yaml:7  over mapped
        accounts
          + account ana@globex.example                           listed  sites/acme.yaml:7
        organization `Globex`
          + the organization                                     listed  sites/acme.yaml:7
          + member ana@globex.example                            listed  sites/acme.yaml:7
          + e-mail domain globex.example                         listed  sites/acme.yaml:7  over mapped
        project ITSM
          + channel access                restricted             listed  sites/acme.yaml:7  over private
          + customer sharing              own_organizations      listed  sites/acme.yaml:7  over private
          + space ITKB                    all_logged_in          listed  sites/acme.yaml:7  over gateway
          + organization `Globex`                                listed  sites/acme.yaml:7
          + customer cy@acme.com                                 listed  sites/acme.yaml:7

    Atlassian organization acme-corp: 1 to add, 0 to change, 0 to remove

      add (1)
        approved domains
          + approved domain acme.com  admin approval: off, role: customer  listed  sites/acme.yaml:7

    coverage: 1 of 3 organizations and 1 of 1 project are described; 12 fields known, 0 not known
    requests: apply will send at least 13 writes; planning took 14 requests
    mails:    none by these requests
    digest:   3f1ac09d5b7e42a8aa00c1d2e3f4a5b60718293a4b5c6d7e8f90a1b2c3d4e5f6

    next: to carry it out: portcullis apply
    ");
}

#[test]
fn every_type_changes() {
    insta::assert_snapshot!(shown(&every_type("update")), @"
    in all: 0 to add, 13 to change, 0 to remove

    acme: 0 to add, 12 to change, 0 to remove

      change (12)
        site settings
          ~ view without login        on → off       sites/acme.yaml:7  over mapped
          ~ portal-only login         sso: off → on  sites/acme.yaml:7  over mapped
          ~ allowed domain x.example                 sites/acme.yaml:7  over mapped
        accounts
          ~ account ana@globex.example  name: not there → Ana  sites/acme.yaml:7
        organization `Globex`
          ~ the organization           `Globex Inc` → Globex  sites/acme.yaml:7
          ~ member ana@globex.example                         sites/acme.yaml:7
          ~ e-mail domain globex.example  globex.example → globex.example
              sites/acme.yaml:7  over mapped
        project ITSM
          ~ channel access         open → restricted            sites/acme.yaml:7  over private
          ~ customer sharing       unknown → own_organizations  sites/acme.yaml:7  over private
          ~ space ITKB             anyone → all_logged_in       sites/acme.yaml:7  over gateway
          ~ organization `Globex`                               sites/acme.yaml:7
          ~ customer cy@acme.com                                sites/acme.yaml:7

    Atlassian organization acme-corp: 0 to add, 1 to change, 0 to remove

      change (1)
        approved domains
          ~ approved domain acme.com  role: none → customer  sites/acme.yaml:7

    coverage: 1 of 3 organizations and 1 of 1 project are described; 12 fields known, 0 not known
    requests: apply will send at least 13 writes; planning took 14 requests
    digest:   3f1ac09d5b7e42a8aa00c1d2e3f4a5b60718293a4b5c6d7e8f90a1b2c3d4e5f6

    next: to carry it out: portcullis apply
    ");
}

#[test]
fn every_type_goes() {
    insta::assert_snapshot!(shown(&every_type("delete")), @"
    in all: 0 to add, 0 to change, 13 to remove

    acme: 0 to add, 0 to change, 12 to remove

      remove (12)
        site settings
          - view without login        on                      not listed  sites/acme.yaml:7  over mapped
          - portal-only login         password: on, sso: off  not listed  sites/acme.yaml:7  over mapped
          - allowed domain x.example                          not listed  sites/acme.yaml:7  over mapped
        accounts
          - account ana@globex.example  not listed  sites/acme.yaml:7
        organization `Globex`
          - the organization              not listed  sites/acme.yaml:7
          - member ana@globex.example     not listed  sites/acme.yaml:7
          - e-mail domain globex.example  not listed  sites/acme.yaml:7  over mapped
        project ITSM
          - channel access         open    not listed  sites/acme.yaml:7  over private
          - customer sharing               not listed  sites/acme.yaml:7  over private
          - space ITKB             anyone  not listed  sites/acme.yaml:7  over gateway
          - organization `Globex`          not listed  sites/acme.yaml:7
          - customer cy@acme.com           not listed  sites/acme.yaml:7

    Atlassian organization acme-corp: 0 to add, 0 to change, 1 to remove

      remove (1)
        approved domains
          - approved domain acme.com  admin approval: off, role: none  not listed  sites/acme.yaml:7

    coverage: 1 of 3 organizations and 1 of 1 project are described; 12 fields known, 0 not known
    requests: apply will send at least 13 writes; planning took 14 requests
    digest:   3f1ac09d5b7e42a8aa00c1d2e3f4a5b60718293a4b5c6d7e8f90a1b2c3d4e5f6

    next: to carry it out: portcullis apply
    ");
}

/// A plan with everything that a plan can hold.
fn everything() -> PlanDocument {
    let mut blocked = member("delete", "Initech", "peter@initech.example");
    blocked.portcullis.blocked_by =
        vec!["protected by `acme/organization/Initech` in policy/limits.yaml:4".into()];
    let mut waiting = member("create", "Globex", "jo@acme.com");
    waiting.portcullis.waiting_for = vec!["acme/account/jo@acme.com".into()];
    let mut hidden = member("delete", "Globex", "id:qm:77");
    hidden.name = "Bo".into();
    hidden.action_reason = "delete_because_expired".into();
    let mut before = change(
        "update",
        "jsm_project_access",
        "acme/project/ITSM/access",
        json!("open"),
        json!("restricted"),
    );
    before.portcullis.origin = Some("there_before".into());
    let mut unknown = change(
        "update",
        "jsm_customer_access",
        "acme/customer-access/view-without-login",
        Value::Null,
        json!(false),
    );
    unknown.action_reason = "update_because_unknown".into();
    let domain = |action, name: &str| {
        over(
            "manual",
            change(
                action,
                "jsm_allowed_domain",
                &format!("acme/allowed-domain/{name}"),
                Value::Null,
                json!(name),
            ),
        )
    };
    let mut invited = over(
        "manual",
        change(
            "create",
            "jsm_customer_account",
            "acme/account/jo@acme.com",
            Value::Null,
            json!({}),
        ),
    );
    invited.action_reason = "create_because_no_account".into();
    let mut document = with(vec![
        blocked,
        waiting,
        hidden,
        over("private", before),
        over("manual", unknown),
        domain("create", "x.example"),
        domain("delete", "y.example"),
        invited,
        member("create", "Globex", "ana@globex.example"),
    ]);
    let mut invite = step(
        &["acme/account/jo@acme.com"],
        "invite `jo@acme.com` with the Jira Service Management role Customer",
        Value::Null,
        json!("atlassian"),
    );
    invite.attest = None;
    invite.link = Some("https://admin.atlassian.com/".into());
    invite.click_path = [
        "admin.atlassian.com",
        "your organization",
        "Directory",
        "Users",
    ]
    .map(Into::into)
    .to_vec();
    invite.role = "organization admin or user access admin".into();
    document.manual_steps = vec![
        step(
            &["acme/customer-access/view-without-login"],
            "set whether help centers can be viewed without login",
            Value::Null,
            json!(false),
        ),
        step(
            &[
                "acme/allowed-domain/x.example",
                "acme/allowed-domain/y.example",
            ],
            "set which external domains may get portal-only accounts",
            json!(["y.example", "z.example"]),
            json!(["x.example", "z.example"]),
        ),
        invite,
    ];
    document.checks = vec![Check {
        address: CheckAddress {
            kind: "protect".into(),
            to_display: "acme/organization/Initech".into(),
        },
        status: "fail".into(),
        overridden: None,
        problems: vec![CheckProblem {
            message: "1 removal touches it".into(),
        }],
    }];
    document.errors = vec![ScopeError {
        address: "acme/organization/Umbrella".into(),
        message: "the list of members was refused with 403".into(),
        forbidden: true,
        source: Some(Source {
            file: "organizations/umbrella.yaml".into(),
            line: 2,
        }),
    }];
    document.findings = vec![FindingDocument {
        address: "acme/project/ITSM/customer/cy@acme.com".into(),
        code: "two-accounts".into(),
        message: "the address has two accounts, `account` does not say which".into(),
        source: Some(Source {
            file: "projects/itsm.yaml".into(),
            line: 9,
        }),
    }];
    document.forecast = vec![ForecastDocument {
        address: "acme/organization/Globex/member/di@globex.example".into(),
        until: "2026-12-05".into(),
        source: Source {
            file: "rosters/globex.csv".into(),
            line: 88,
        },
        count: None,
    }];
    document.unmanaged.organizations = 2;
    document.unmanaged.people = 14;
    document.unmanaged.projects = 1;
    document.unmanaged.addresses = vec!["acme/project/WEB".into()];
    document.notifications.note =
        "the site may tell new customers by its own notification settings".into();
    document.coverage.fields_unknown = 1;
    document.complete = false;
    document.errored = true;
    document.resource_drift = vec![member("create", "Globex", "eve@globex.example")];
    document
}

#[test]
fn everything_at_once() {
    insta::assert_snapshot!(shown(&everything()), @"
    acme: 1 to add, 1 to change, 1 to remove, 3 by hand, 1 blocked, 1 waiting, 1 could not be read

      remove (1)
        organization `Globex`
          - member id:qm:77 (`Bo`)  entry has expired  sites/acme.yaml:7

      blocked, will not be done (1)
        organization `Initech`
          ! protected by `acme/organization/Initech` in policy/limits.yaml:4
          - member peter@initech.example  not listed  sites/acme.yaml:7

      change (1)
        project ITSM
          ~ channel access  open → restricted  sites/acme.yaml:7  over private, there before

      add (1)
        organization `Globex`
          + member ana@globex.example  listed  sites/acme.yaml:7

      waiting for a step by hand (1)
        organization `Globex`
          ! after: account jo@acme.com
          + member jo@acme.com  listed  sites/acme.yaml:7

      by hand (3): only a person can do these
        1. set whether help centers can be viewed without login
           where:  acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management >
                   Customer access
           who:    site admin or organization admin
           value:  unknown → off
           asked:  sites/acme.yaml:7
           record: portcullis attest acme/customer-access/view-without-login --value false --by YOU
        2. set which external domains may get portal-only accounts
           where:  acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management >
                   Customer access
           who:    site admin or organization admin
           value:  y.example, z.example → x.example, z.example
           record: portcullis attest acme/allowed-domain/x.example --value false --by YOU
           + allowed domain x.example  listed      sites/acme.yaml:7
           - allowed domain y.example  not listed  sites/acme.yaml:7
        3. invite `jo@acme.com` with the Jira Service Management role Customer
           where:  admin.atlassian.com > your organization > Directory > Users
           link:   https://admin.atlassian.com/
           who:    organization admin or user access admin
           value:  not there → atlassian
           asked:  sites/acme.yaml:7

      ! could not read organization `Umbrella`: the list of members was refused with 403 (a right or a
        credential is missing); nothing there is changed (organizations/umbrella.yaml:2)

      worth knowing (1)
        * customer cy@acme.com of project ITSM: the address has two accounts, `account` does not say
          which [two-accounts] (projects/itsm.yaml:9)

      ends soon (1)
        * member di@globex.example of organization `Globex`: last day 2026-12-05 (rosters/globex.csv:88)

    ! protect acme/organization/Initech (fail): 1 removal touches it

    outside:  1 thing was changed by somebody else
    others:   2 organizations, 1 project, 14 people on managed lists not in the YAML, left alone;
              `policy.unmanaged: list` names all
              * project WEB
    coverage: 1 of 3 organizations and 1 of 1 project are described; 12 fields known, 1 not known
    requests: apply will send at least 9 writes; planning took 14 requests
    mails:    none by these requests; the site may tell new customers by its own notification settings
    digest:   3f1ac09d5b7e42a8aa00c1d2e3f4a5b60718293a4b5c6d7e8f90a1b2c3d4e5f6

    next: this plan is not whole: mend what could not be read and plan again, or go on without it:
          portcullis plan --partial
    ");
}

#[test]
fn a_narrow_terminal() {
    let style = Style {
        width: 60,
        ..Style::default()
    };
    insta::assert_snapshot!(shown_with(&everything(), style), @"
    acme: 1 to add, 1 to change, 1 to remove, 3 by hand, 1
          blocked, 1 waiting, 1 could not be read

      remove (1)
        organization `Globex`
          - member id:qm:77 (`Bo`)
              entry has expired  sites/acme.yaml:7

      blocked, will not be done (1)
        organization `Initech`
          ! protected by `acme/organization/Initech` in
            policy/limits.yaml:4
          - member peter@initech.example
              not listed  sites/acme.yaml:7

      change (1)
        project ITSM
          ~ channel access  open → restricted
              sites/acme.yaml:7  over private, there before

      add (1)
        organization `Globex`
          + member ana@globex.example  listed  sites/acme.yaml:7

      waiting for a step by hand (1)
        organization `Globex`
          ! after: account jo@acme.com
          + member jo@acme.com  listed  sites/acme.yaml:7

      by hand (3): only a person can do these
        1. set whether help centers can be viewed without login
           where:  acme.atlassian.net > Settings (gear) > Apps
                   (or Products) > Jira Service Management >
                   Customer access
           who:    site admin or organization admin
           value:  unknown → off
           asked:  sites/acme.yaml:7
           record: portcullis attest acme/customer-access/view-without-login --value false --by YOU
        2. set which external domains may get portal-only
           accounts
           where:  acme.atlassian.net > Settings (gear) > Apps
                   (or Products) > Jira Service Management >
                   Customer access
           who:    site admin or organization admin
           value:  y.example, z.example → x.example, z.example
           record: portcullis attest acme/allowed-domain/x.example --value false --by YOU
           + allowed domain x.example
               listed  sites/acme.yaml:7
           - allowed domain y.example
               not listed  sites/acme.yaml:7
        3. invite `jo@acme.com` with the Jira Service Management
           role Customer
           where:  admin.atlassian.com > your organization >
                   Directory > Users
           link:   https://admin.atlassian.com/
           who:    organization admin or user access admin
           value:  not there → atlassian
           asked:  sites/acme.yaml:7

      ! could not read organization `Umbrella`: the list of
        members was refused with 403 (a right or a credential is
        missing); nothing there is changed
        (organizations/umbrella.yaml:2)

      worth knowing (1)
        * customer cy@acme.com of project ITSM: the address has
          two accounts, `account` does not say which
          [two-accounts] (projects/itsm.yaml:9)

      ends soon (1)
        * member di@globex.example of organization `Globex`:
          last day 2026-12-05 (rosters/globex.csv:88)

    ! protect acme/organization/Initech (fail): 1 removal
      touches it

    outside:  1 thing was changed by somebody else
    others:   2 organizations, 1 project, 14 people on managed
              lists not in the YAML, left alone;
              `policy.unmanaged: list` names all
              * project WEB
    coverage: 1 of 3 organizations and 1 of 1 project are
              described; 12 fields known, 1 not known
    requests: apply will send at least 9 writes; planning took
              14 requests
    mails:    none by these requests; the site may tell new
              customers by its own notification settings
    digest:   3f1ac09d5b7e42a8aa00c1d2e3f4a5b60718293a4b5c6d7e8f90a1b2c3d4e5f6

    next: this plan is not whole: mend what could not be read
          and plan again, or go on without it:
          portcullis plan --partial
    ");
}

#[test]
fn two_sites_and_steps_numbered_through() {
    let mut document = with(vec![member("create", "Globex", "ana@globex.example")]);
    let mut other = member("delete", "Globex", "bo@globex.example");
    other.address = other.address.replace("acme", "beta");
    document.resource_changes.push(other);
    document.sites = vec!["acme".into(), "beta".into(), "idle".into()];
    document.manual_steps = vec![
        step(
            &["acme/customer-access/internal"],
            "set the first",
            json!(true),
            json!(false),
        ),
        step(
            &["beta/customer-access/internal"],
            "set the second",
            json!(true),
            json!(false),
        ),
    ];
    insta::assert_snapshot!(shown(&document), @"
    in all: 1 to add, 0 to change, 1 to remove, 2 by hand

    acme: 1 to add, 0 to change, 0 to remove, 1 by hand

      add (1)
        organization `Globex`
          + member ana@globex.example  listed  sites/acme.yaml:7

      by hand (1): only a person can do these
        1. set the first
           where:  acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management >
                   Customer access
           who:    site admin or organization admin
           value:  on → off
           record: portcullis attest acme/customer-access/internal --value false --by YOU

    beta: 0 to add, 0 to change, 1 to remove, 1 by hand

      remove (1)
        organization `Globex`
          - member bo@globex.example  not listed  sites/acme.yaml:7

      by hand (1): only a person can do these
        2. set the second
           where:  acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management >
                   Customer access
           who:    site admin or organization admin
           value:  on → off
           record: portcullis attest beta/customer-access/internal --value false --by YOU

    idle: nothing to change

    coverage: 1 of 3 organizations and 1 of 1 project are described; 12 fields known, 0 not known
    requests: apply will send at least 1 write; planning took 14 requests
    mails:    none by these requests
    digest:   3f1ac09d5b7e42a8aa00c1d2e3f4a5b60718293a4b5c6d7e8f90a1b2c3d4e5f6

    next: to carry out what is not by hand: portcullis apply
    ");
}

#[test]
fn hostile_names_stay_within_their_row() {
    let hostile = "Eve\u{1b}[2J\n  + member admin\u{202e}moc\u{200b}\u{9b}31m";
    let mut person = member("create", "Globex", "id:qm:1");
    person.name = hostile.into();
    let mut organization = change(
        "create",
        "jsm_organization",
        "acme/organization/X",
        Value::Null,
        json!({"name": hostile}),
    );
    organization.address = format!("acme/organization/{hostile}");
    organization.name = hostile.into();
    let renamed = change(
        "update",
        "jsm_organization",
        "acme/organization/Y",
        json!(hostile),
        json!("Y"),
    );
    let mut document = with(vec![person, organization, renamed]);
    document.notifications.note = hostile.into();
    insta::assert_snapshot!(shown(&document), @r"
    acme: 2 to add, 1 to change, 0 to remove

      change (1)
        organization `Y`
          ~ the organization  `Eve\u{1b}[2J\u{a}  + member admin\u{202e}moc\u{200b}\u{9b}31m` → Y
              sites/acme.yaml:7

      add (2)
        organization `Eve\u{1b}[2J\u{a}  + member admin\u{202e}moc\u{200b}\u{9b}31m`
          + the organization  listed  sites/acme.yaml:7
        organization `Globex`
          + member id:qm:1 (`Eve\u{1b}[2J\u{a}  + member admin\u{202e}moc\u{200b}\u{9b}31m`)
              listed  sites/acme.yaml:7

    coverage: 1 of 3 organizations and 1 of 1 project are described; 12 fields known, 0 not known
    requests: apply will send at least 3 writes; planning took 14 requests
    mails:    none by these requests; Eve\u{1b}[2J\u{a}  + member admin\u{202e}moc\u{200b}\u{9b}31m
    digest:   3f1ac09d5b7e42a8aa00c1d2e3f4a5b60718293a4b5c6d7e8f90a1b2c3d4e5f6

    next: to carry it out: portcullis apply
    ");
}

#[test]
fn names_are_decoded_and_columns_count_wide_letters() {
    let document = with(vec![
        member("create", "A%2FB 100%25", "ana@globex.example"),
        change(
            "create",
            "jsm_organization",
            "acme/organization/日本語テスト株式会社",
            Value::Null,
            json!({}),
        ),
        member("create", "日本語テスト株式会社", "日本語@globex.example"),
        member("create", "日本語テスト株式会社", "bo@globex.example"),
    ]);
    insta::assert_snapshot!(shown(&document), @"
    acme: 4 to add, 0 to change, 0 to remove

      add (4)
        organization `A/B 100%`
          + member ana@globex.example     listed  sites/acme.yaml:7
        organization `日本語テスト株式会社`
          + the organization              listed  sites/acme.yaml:7
          + member 日本語@globex.example  listed  sites/acme.yaml:7
          + member bo@globex.example      listed  sites/acme.yaml:7

    coverage: 1 of 3 organizations and 1 of 1 project are described; 12 fields known, 0 not known
    requests: apply will send at least 4 writes; planning took 14 requests
    mails:    none by these requests
    digest:   3f1ac09d5b7e42a8aa00c1d2e3f4a5b60718293a4b5c6d7e8f90a1b2c3d4e5f6

    next: to carry it out: portcullis apply
    ");
}

#[test]
fn colour_adds_nothing_but_colour() {
    let document = everything();
    let coloured = shown_with(
        &document,
        Style {
            color: true,
            ..Style::default()
        },
    );
    assert!(coloured.contains("\u{1b}["));
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some(at) = rest.find('\u{1b}') {
        plain.push_str(&rest[..at]);
        let end = rest[at..].find('m').unwrap();
        rest = &rest[at + end + 1..];
    }
    plain.push_str(rest);
    assert_eq!(plain, shown(&document));
}

#[test]
fn no_manual_change_is_lost_when_its_step_is_missing() {
    let lone = over(
        "manual",
        change(
            "update",
            "jsm_customer_access",
            "acme/customer-access/internal",
            Value::Null,
            json!(true),
        ),
    );
    let text = shown(&with(vec![lone]));
    assert!(text.contains("1 by hand"), "{text}");
    assert!(
        text.contains("~ internal Atlassian accounts  unknown → on"),
        "{text}"
    );
}

#[test]
fn a_step_that_settles_nothing_is_still_shown() {
    let mut document = empty();
    let mut lone = step(&["acme/x"], "ask somebody", Value::Null, json!(true));
    lone.addresses.clear();
    document.manual_steps = vec![lone];
    assert!(shown(&document).contains("1. ask somebody"));
}

#[test]
fn a_migration_of_many_people_is_one_step_with_a_folded_list() {
    let mut document = empty();
    let people: Vec<String> = (0..214)
        .map(|i| format!("acme/account/p{i:03}@acme.com"))
        .collect();
    let mut migration = step(
        &["acme/x"],
        "migrate these 214 portal-only accounts",
        json!("portal_only"),
        json!("atlassian"),
    );
    migration.addresses = people;
    migration.attest = None;
    document.manual_steps = vec![migration];
    let text = shown(&document);
    assert!(text.contains("account p011@acme.com\n"), "{text}");
    assert!(!text.contains("p012"), "{text}");
    assert!(text.contains("… and 202 more"), "{text}");
}

#[test]
fn what_comes_next_depends_on_what_is_there() {
    let last = |document: &PlanDocument| shown(document).lines().last().unwrap_or("").to_owned();
    assert_eq!(
        last(&with(crowd("create", 1))),
        "next: to carry it out: portcullis apply"
    );
    let mut blocked = with(crowd("delete", 1));
    blocked.applyable = false;
    blocked.resource_changes[0].portcullis.blocked_by = vec!["policy.max_removals".into()];
    blocked.resource_changes[0].portcullis.overridable = true;
    let accept = format!("portcullis apply --accept {}", blocked.acceptance_digest);
    assert!(last(&blocked).ends_with(&accept), "{}", shown(&blocked));
    let mut by_hand = empty();
    by_hand.manual_steps = vec![step(
        &["acme/customer-access/internal"],
        "set it",
        json!(true),
        json!(false),
    )];
    assert!(last(&by_hand).ends_with("portcullis plan"));
    assert!(last(&everything()).ends_with("portcullis plan --partial"));
}

proptest! {
    #[test]
    fn any_text_anywhere_is_harmless_and_within_the_width(
        text in any::<String>(),
        odd in "[\u{1b}\u{202e}\n\u{200b}a日/%é ]{0,30}",
        width in 40_usize..130,
    ) {
        let mut document = everything();
        for (i, change) in document.resource_changes.iter_mut().enumerate() {
            let foreign = if i % 2 == 0 { &text } else { &odd };
            change.name.clone_from(foreign);
            change.address = format!("acme/organization/{foreign}/member/{foreign}");
            change.portcullis.source = Some(Source { file: foreign.clone(), line: 1 });
            change.action_reason.clone_from(foreign);
            change.change.before = json!(foreign);
            if i == 2 {
                change.portcullis.blocked_by = vec![foreign.clone().into()];
            }
        }
        for step in &mut document.manual_steps {
            step.title = odd.as_str().into();
            step.role.clone_from(&text);
            step.click_path = vec![text.clone().into(), odd.clone().into()];
            step.present = json!([text.clone(), {"a": odd.clone()}]);
            step.attest = None;
            step.link = None;
        }
        document.errors[0].message = text.as_str().into();
        document.findings[0].message = odd.as_str().into();
        document.forecast[0].until.clone_from(&odd);
        document.checks[0].address.to_display.clone_from(&odd);
        document.digest.clone_from(&odd);
        document.unmanaged.addresses = vec![text, odd];
        let shown = shown_with(&document, Style { width, ..Style::default() });
        prop_assert!(!shown.contains(|c: char| c != '\n' && portcullis::neutral::is_hidden(c)), "{shown:?}");
        for line in shown.lines() {
            prop_assert!(line.width() <= width, "{} > {width}: {line:?}", line.width());
        }
    }
}
