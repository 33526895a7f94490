//! A site of the size of real ones, with names as people type them: exported, loaded and planned, and nothing is to be done.

use crate::support::{EXACT, Live, assert_empty, load, shaped, surfaces, target};
use portcullis::config::Mode;
use portcullis::emulator::{NewAccount, Site};
use portcullis::export::Shape;
use portcullis::model::{Email, OrganizationName, ProjectKey};

/// What real lists hold, and what breaks careless readers of them.
const NAMES: [&str; 14] = [
    "Müller & Söhne; Köln",
    "\"Quoted\" GmbH",
    "O'Neil, Sons",
    "a;b;c",
    "=SUM(A1:A9)",
    "@home",
    "-5 degrees",
    "Ünïcödé 日本 🏰",
    "tab\tin it",
    "line\nbreak",
    "crlf\r\nbreak",
    "sep=;",
    "null",
    "#comment, \"\"twice\"\"",
];

fn site() -> Site {
    let mut site = Site::empty("acme");
    let mut people = Vec::new();
    for number in 0..1000 {
        let local = match number % 5 {
            0 => format!("person.{number}"),
            1 => format!("o'neil{number}"),
            2 => format!("\"a;{number}\""),
            3 => format!("=p{number}"),
            _ => format!("ünï{number}"),
        };
        let email = Email::new(&format!("{local}@c{}.example", number % 37)).unwrap();
        let name = format!("{} {number}", NAMES[number % NAMES.len()]);
        people.push(site.add_account(NewAccount {
            name: Some(name),
            email_hidden: number % 7 == 0,
            ..NewAccount::portal_only(email)
        }));
    }
    let key = ProjectKey::new("ITSM").unwrap();
    site.add_project(&key, "IT; \"desk\"");
    for number in 0..150 {
        let name = NAMES[number % NAMES.len()].replace(['\n', '\r', '\t'], " ");
        let name = OrganizationName::new(&format!("{name} {number}")).unwrap();
        let id = site.add_organization(&name);
        let members: Vec<_> = people.iter().skip(number * 6).take(20).cloned().collect();
        site.add_members(&id, &members).unwrap();
        site.set_organization_link(&key, &id, true).unwrap();
    }
    site.add_customers(&key, &people[900..]).unwrap();
    site
}

#[tokio::test(flavor = "multi_thread")]
async fn real_lists_with_hostile_names_export_to_themselves() {
    let live = Live::start(site()).await;
    let surfaces = surfaces();
    let observed = live.everything(&surfaces).await;
    let target = target(&live.sandbox.site(), &live.sandbox.url(), true);
    let exact_with_ids = Shape {
        mode: Mode::Exact,
        ..Shape::default()
    };
    for shape in [Shape::default(), EXACT, exact_with_ids] {
        let export = shaped(&observed, &target, shape);
        assert_eq!(export.counts.organizations, 150);
        assert_eq!(export.counts.left_out, 0);
        let (workspace, said) = load(&export.files);
        assert_eq!(said, Vec::<String>::new());
        let plan = live.plan(&workspace).await;
        assert_empty(&plan, &export.files);
        // Names of one form differ in number only, and so do their files.
        let rosters = export
            .files
            .keys()
            .filter(|path| path.starts_with("rosters"));
        assert_eq!(rosters.count(), 151);
    }
    assert_eq!(live.sandbox.stats().writes, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_finds_whoever_has_another_address_by_now() {
    let mut site = Site::empty("acme");
    let ana = Email::new("ana@globex.example").unwrap();
    let id = site.add_account(NewAccount::atlassian(
        ana,
        portcullis::emulator::Role::Customer,
    ));
    let globex = site.add_organization(&OrganizationName::new("Globex").unwrap());
    site.add_members(&globex, std::slice::from_ref(&id))
        .unwrap();
    let live = Live::start(site).await;
    let target = target(&live.sandbox.site(), &live.sandbox.url(), true);
    let shape = Shape {
        mode: Mode::Exact,
        ..Shape::default()
    };
    let mut observed = live.everything(&surfaces()).await;
    let export = shaped(&observed, &target, shape);
    let (workspace, _) = load(&export.files);
    let account = observed.accounts.get_mut(&id).unwrap();
    account.email = Some(Email::new("ana@renamed.example").unwrap());
    let key = crate::support::key();
    let desired = portcullis::desired::Desired::new(&workspace, &key, crate::support::TODAY);
    let plan = portcullis::plan::diff::diff(&desired.unwrap(), &observed);
    assert!(plan.changes.is_empty(), "{:#?}", plan.changes);
    let codes: Vec<&str> = plan.findings.iter().map(|finding| finding.code).collect();
    assert!(codes.contains(&"account-address-differs"), "{codes:?}");
}
