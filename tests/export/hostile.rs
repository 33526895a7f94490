//! What a site could say and the sandbox cannot: names that the format refuses, conflicts, lists that were not read.

use crate::support::{TODAY, export, key, load, surfaces, target};
use portcullis::desired::Desired;
use portcullis::emulator::Site;
use portcullis::export::{Export, Members, Shape, workspace};
use portcullis::model::{
    AccountId, DeskId, Email, Field, Incomplete, OrganizationId, ProjectKey, Read, SpaceKey,
    Surface, WhoCanView,
};
use portcullis::observed::{
    Observation, Observed, ObservedAccount, ObservedOrganization, ObservedProject, ObservedSpace,
    Standing,
};
use portcullis::plan::diff::diff;
use std::collections::BTreeMap;

fn account(observed: &mut Observed, id: &str, email: Option<&str>, name: &str) -> AccountId {
    let id = AccountId::new(id);
    let seen = ObservedAccount {
        email: email.map(|email| Email::new(email).unwrap()),
        name: name.into(),
        kind: None,
        active: true,
        standing: Standing::NotAsked,
    };
    observed.accounts.insert(id, seen);
    id
}

fn organization(name: &str, members: impl IntoIterator<Item = AccountId>) -> ObservedOrganization {
    ObservedOrganization {
        name: name.to_owned(),
        scim_managed: false,
        members: Some(Read::Complete(members.into_iter().collect())),
        ownership: None,
        email_domains: None,
    }
}

fn project(organizations: &[&str], viewers: Option<WhoCanView>) -> ObservedProject {
    let space = ObservedSpace {
        ari: None,
        who_can_view: match viewers {
            Some(viewers) => Field::Known(viewers),
            None => Field::Unknown("the gateway\nsays: #nothing".into()),
        },
        possible: None,
    };
    let spaces = BTreeMap::from([(SpaceKey::new("ITKB").unwrap(), space)]);
    ObservedProject {
        desk: DeskId::new("1"),
        name: "IT\n\u{1b}[2Jdesk".into(),
        channel_access: Some(Observation::unknown("forbidden".into(), Surface::Private)),
        customer_sharing: None,
        echoed_signup: Some(true),
        echoed_anonymous: None,
        organizations: Some(Read::Complete(
            organizations
                .iter()
                .map(|id| OrganizationId::new(*id))
                .collect(),
        )),
        customers: Some(Read::Complete(portcullis::model::AccountSet::default())),
        only_shown: portcullis::model::AccountSet::default(),
        knowledge_base: Some(Observation::read(spaces, Surface::Gateway)),
        permissions: None,
    }
}

fn observed(
    organizations: impl IntoIterator<Item = (&'static str, ObservedOrganization)>,
    projects: impl IntoIterator<Item = (&'static str, ObservedProject)>,
) -> Observed {
    let mut observed = Observed::nothing(key());
    observed.organizations = Some(Read::Complete(
        organizations
            .into_iter()
            .map(|(id, organization)| (OrganizationId::new(id), organization))
            .collect(),
    ));
    observed.projects = Some(Read::Complete(
        projects
            .into_iter()
            .map(|(key, project)| (ProjectKey::new(key).unwrap(), project))
            .collect(),
    ));
    observed.approved_domains = Some(Read::Complete(BTreeMap::new()));
    observed.any_domain = Some(Read::Complete(None));
    observed
}

fn written(observed: &Observed) -> Export {
    export(
        observed,
        &target(&Site::empty("acme"), "https://acme.atlassian.net", true),
    )
}

/// Plans the export against what was read.
fn empty_plan(observed: &Observed) -> Export {
    let written = written(observed);
    let (workspace, _) = load(&written.files);
    let desired = Desired::new(&workspace, &key(), TODAY).unwrap();
    let plan = diff(&desired, observed);
    assert!(
        plan.changes.is_empty() && plan.errors.is_empty(),
        "{plan:#?}\n{written:#?}"
    );
    written
}

#[test]
fn names_that_the_format_refuses_are_left_out_with_a_reason_and_their_links_stay() {
    let long = "x".repeat(201);
    let observed = observed(
        [
            ("1", organization("Globex", [])),
            ("2", organization("a\nversion: 2\n\u{1b}[31m", [])),
            ("3", organization(" padded", [])),
            ("4", organization(&long, [])),
            ("10", organization("Globex", [])),
            ("11", organization("GLOBEX", [])),
        ],
        [
            ("IT", project(&["1", "2", "10"], None)),
            ("HR", project(&["1", "11"], None)),
        ],
    );
    let export = empty_plan(&observed);
    assert_eq!(export.counts.left_out, 4);
    assert_eq!(export.counts.organizations, 2);
    let root = &export.files[camino::Utf8Path::new("portcullis.yaml")];
    for line in [
        "# Left out: organization 2, `a\\u{a}version: 2\\u{a}\\u{1b}[31m`: its name cannot be written: it holds a control character",
        "# Left out: organization 10, `Globex`: organization 1 has the same name",
    ] {
        assert!(root.lines().any(|found| found == line), "{root}");
    }
    let it = &export.files[camino::Utf8Path::new("projects/IT.yaml")];
    assert!(
        it.contains("mode: add_only") && it.contains("not in this workspace: 10, 2"),
        "{it}"
    );
    let hr = &export.files[camino::Utf8Path::new("projects/HR.yaml")];
    assert!(hr.contains("mode: exact"), "{hr}");
    assert!(
        export
            .files
            .contains_key(camino::Utf8Path::new("organizations/globex-11.yaml"))
    );
}

#[test]
fn what_is_not_known_is_never_a_value() {
    let observed = observed(
        [("1", organization("Globex", []))],
        [
            ("AA", project(&["1"], None)),
            ("IT", project(&["1"], Some(WhoCanView::Anyone))),
            ("ZZ", project(&[], Some(WhoCanView::AllLoggedIn))),
        ],
    );
    let export = empty_plan(&observed);
    let file = |path: &str| export.files[camino::Utf8Path::new(path)].as_str();
    let it = file("projects/IT.yaml");
    assert!(it.contains("# No `channel_access`: forbidden\n"), "{it}");
    assert!(
        it.contains("# No `customer_sharing`: it was not read\n"),
        "{it}"
    );
    assert!(
        !it.contains("\nchannel_access") && it.contains("who_can_view: anyone"),
        "{it}"
    );
    assert!(file("projects/AA.yaml").contains("of space ITKB: the gateway\\u{a}says: #nothing\n"));
    let zz = file("projects/ZZ.yaml");
    assert!(
        zz.contains("here it was read as `all_logged_in`, elsewhere as `anyone`"),
        "{zz}"
    );
    let site = file("sites/acme.yaml");
    assert!(
        site.contains("# No `organization_management`: no allowed surface can read it\n"),
        "{site}"
    );
    assert!(
        site.contains("reports `customer_access.customers_can_create_accounts` as `true`"),
        "{site}"
    );
    assert!(!site.contains("\n    customer_access"), "{site}");
}

#[test]
fn people_are_named_by_what_names_them_alone_and_tables_hold_no_formula() {
    let mut observed = observed([], []);
    let people = [
        account(
            &mut observed,
            "qm:1",
            Some("ana@globex.example"),
            "=cmd|' /C calc'!A0",
        ),
        account(&mut observed, "qm:2", None, "=1+1"),
        account(&mut observed, "qm:3", None, "Bo, \"the\" Hidden"),
        account(&mut observed, "qm:4", Some("two@globex.example"), "Two"),
        account(
            &mut observed,
            "5b:5",
            Some("Two@globex.example"),
            "Two again",
        ),
        account(
            &mut observed,
            "qm:6",
            Some("=cmd@globex.example"),
            "Formula",
        ),
        account(&mut observed, "qm:7", None, "\u{202e}live"),
    ];
    let globex = organization("Globex", people);
    if let Some(Read::Complete(live)) = &mut observed.organizations {
        live.insert(OrganizationId::new("1"), globex);
    }
    let export = empty_plan(&observed);
    let table = export.files[camino::Utf8Path::new("rosters/globex.csv")].as_str();
    assert_eq!(
        table,
        "email,account_id,name,note\n\
         ana@globex.example,,,\n\
         ,5b:5,Two again,address shared with another account\n\
         ,qm:2,,hidden address\n\
         ,qm:3,\"Bo, \"\"the\"\" Hidden\",hidden address\n\
         ,qm:4,Two,address shared with another account\n\
         ,qm:6,Formula,address that a spreadsheet takes for a formula\n\
         ,qm:7,,hidden address\n"
    );
    let file = &export.files[camino::Utf8Path::new("organizations/globex.yaml")];
    assert!(
        file.contains("# 3 of `rosters/globex.csv` by account id: hidden address\n"),
        "{file}"
    );
}

#[test]
fn without_people_no_list_of_people_is_managed() {
    let mut observed = observed([], [("IT", project(&[], None))]);
    let ana = account(&mut observed, "qm:1", Some("ana@globex.example"), "Ana");
    let mut globex = organization("Globex", [ana]);
    globex.members = Some(Read::Incomplete(Incomplete {
        why: "late".into(),
        forbidden: false,
    }));
    if let Some(Read::Complete(live)) = &mut observed.organizations {
        live.insert(OrganizationId::new("1"), globex);
    }
    let target = target(&Site::empty("acme"), "https://acme.atlassian.net", true);
    let shape = Shape {
        members: Members::None,
        ..Shape::default()
    };
    let export = workspace(&observed, &target, shape).unwrap();
    assert!(export.gaps.is_empty());
    assert!(export.files.keys().all(|path| !path.starts_with("rosters")));
    let (loaded, _) = load(&export.files);
    let site = &loaded.sites[&key()];
    assert!(
        site.organizations
            .values()
            .all(|organization| organization.members.is_none())
    );
    assert!(
        site.projects
            .values()
            .all(|project| project.customers.is_none())
    );
}

#[test]
fn a_list_that_was_not_read_whole_is_a_gap_and_stands_as_a_comment() {
    let incomplete = |why: &str, forbidden| Incomplete {
        why: why.into(),
        forbidden,
    };
    let mut observed = observed([], [("IT", project(&["1"], None))]);
    observed.organizations = Some(Read::Incomplete(incomplete("503\nservice", false)));
    observed.approved_domains = Some(Read::Incomplete(incomplete("no key", true)));
    let export = written(&observed);
    let gaps: Vec<(&str, bool)> = export
        .gaps
        .iter()
        .map(|gap| (gap.what.as_str(), gap.cause.forbidden))
        .collect();
    assert_eq!(
        gaps,
        [
            ("the customer organizations", false),
            ("the approved domains", true)
        ]
    );
    let root = &export.files[camino::Utf8Path::new("portcullis.yaml")];
    assert!(root.contains(
        "# Left out: the customer organizations. It could not be read whole: 503\\u{a}service\n"
    ));
    let (loaded, _) = load(&export.files);
    let desired = Desired::new(&loaded, &key(), TODAY).unwrap();
    assert!(diff(&desired, &observed).changes.is_empty());
}

#[test]
fn the_driver_of_these_tests_reads_everything() {
    assert!(surfaces().mapped.is_some());
}
