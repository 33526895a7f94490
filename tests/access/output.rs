//! `explain` and `who` over the quickstart, as people and programs see them.

use crate::support::today;
use portcullis::access::State;
use portcullis::access::explain::text::Form;
use portcullis::access::explain::{Asked, explain, json, text};
use portcullis::access::who::{self, Listing, audience, write};
use portcullis::config::{LoadOptions, Workspace, load};
use portcullis::desired::Desired;
use portcullis::desired::ends::Ends;
use portcullis::exit::Exit;
use portcullis::model::{ProjectKey, SiteKey, SpaceKey};

fn quickstart() -> Workspace {
    let path = camino::Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart");
    load(&path, LoadOptions::new(today())).workspace.unwrap()
}

fn with_quickstart<T>(test: impl FnOnce(&State<'_>, &Workspace) -> T) -> T {
    let workspace = quickstart();
    let desired = Desired::new(&workspace, &SiteKey::new("acme").unwrap(), today()).unwrap();
    test(&State::desired(&desired), &workspace)
}

/// The state that `explain` asks about.
fn explaining<T>(test: impl FnOnce(&State<'_>, &Workspace) -> T) -> T {
    let workspace = quickstart();
    let desired = Desired::new(&workspace, &SiteKey::new("acme").unwrap(), today()).unwrap();
    test(&State::offline(&desired), &workspace)
}

/// Takes line numbers out, so that a comment in the example changes nothing here; other tests look at them.
fn without_lines(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let end = line.trim_end_matches(')');
        let place = end.trim_end_matches(|c: char| c.is_ascii_digit());
        match place.len() < end.len() && place.ends_with(':') {
            true => format!("{place}N{}", &line[end.len()..]),
            false => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn explained(who: &str) -> String {
    explaining(|state, workspace| {
        let explanation = explain(state, &Asked::new(who).unwrap(), None);
        let mut out = Vec::new();
        text::write(
            &mut out,
            ("acme", who),
            &explanation,
            None,
            &[],
            &workspace.sources,
            Form::whole(100),
        )
        .unwrap();
        without_lines(&String::from_utf8(out).unwrap())
    })
}

#[test]
fn explain_a_member() {
    insta::assert_snapshot!(explained("ana@globex.example"));
}

#[test]
fn explain_a_newcomer_of_an_approved_domain() {
    insta::assert_snapshot!(explained("new@acme.example"));
}

#[test]
fn explain_somebody_declared_absent() {
    insta::assert_snapshot!(explained("mal@globex.example"));
}

#[test]
fn offline_a_role_is_one_of_an_atlassian_account_and_revoked_is_not_absent() {
    let written = "version: 1
sites:
  acme:
    url: \"sandbox:\"
    people:
      dev@x.example: { role: customer, reason: contract ended, owner: it@acme.example }
      sole@x.example: { role: customer, reason: contract ended, owner: it@acme.example }
      mal@x.example: { state: revoked, reason: left, owner: it@acme.example }
    organizations: { All: { members: { mode: exact, list: [dev@x.example] } } }
    projects: { HR: { channel_access: restricted, organizations: { mode: exact, list: [All] } } }
";
    let told = |who: &str| {
        let workspace = crate::support::workspace(written);
        let key = SiteKey::new("acme").unwrap();
        let desired = Desired::new(&workspace, &key, today()).unwrap();
        let state = State::offline(&desired);
        let found = explain(&state, &Asked::new(who).unwrap(), None);
        let mut out = Vec::new();
        let form = Form::whole(400);
        let sources = &workspace.sources;
        text::write(&mut out, ("acme", who), &found, None, &[], sources, form).unwrap();
        String::from_utf8(out).unwrap()
    };
    for who in ["dev@x.example", "sole@x.example"] {
        let told = told(who);
        let found = "R1d  an Atlassian account that is on the site already";
        assert!(told.contains(found), "{told}");
    }
    let revoked = told("mal@x.example");
    assert!(revoked.contains("declared revoked"), "{revoked}");
    assert!(!revoked.contains("declared absent"), "{revoked}");
    assert!(!revoked.contains("revoked by hand"), "{revoked}");
}

#[test]
fn explain_a_domain() {
    insta::assert_snapshot!(explained("*@globex.example"));
}

#[test]
fn explain_anonymous() {
    insta::assert_snapshot!(explained("anonymous"));
}

#[test]
fn explain_shows_two_states_side_by_side_where_they_differ() {
    with_quickstart(|state, workspace| {
        let asked = Asked::new("cy@initech.example").unwrap();
        let before = explain(state, &asked, None);
        let mut changed = before.clone();
        changed.projects[1].reach = portcullis::access::Reach::NONE;
        changed.state = portcullis::access::StateKind::Live;
        assert!(before.agrees(&before) && !before.agrees(&changed));
        let mut out = Vec::new();
        let sources = &workspace.sources;
        let form = Form::whole(100);
        let who = ("acme", "cy");
        text::write(&mut out, who, &changed, Some(&before), &[], sources, form).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.contains("desired: view yes, send yes   live: view no, send no"),
            "{text}"
        );
    });
}

#[test]
fn explain_json_has_the_shape_of_the_contract() {
    with_quickstart(|state, workspace| {
        let asked = Asked::new("bo@globex.example").unwrap();
        let all = explain(state, &asked, None);
        let sources = &workspace.sources;
        let document = json::document(
            "acme",
            "bo@globex.example",
            &all,
            None,
            &[],
            sources,
            Exit::Done,
        );
        let document = serde_json::to_value(document).unwrap();
        let keys: Vec<&String> = document["channels"].as_object().unwrap().keys().collect();
        assert_eq!(
            keys,
            ["agent_invite", "organization_add", "rest_create", "sign_up"]
        );
        let others = |value: &serde_json::Value| -> Vec<String> {
            let others = value["other_channels"].as_object().unwrap();
            others.keys().cloned().collect()
        };
        assert_eq!(
            others(&document),
            ["directory", "rest_invite", "scim_portal_only"]
        );
        let itsm = &document["projects"]["ITSM"];
        let keys: Vec<&String> = itsm["channels"].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["email", "portal_form"]);
        assert_eq!(
            others(itsm),
            ["agent_cc", "chat", "customer_cc", "customer_share"]
        );
        assert_eq!(
            document["other_channels"]["directory"]["outcome"],
            "atlassian"
        );
        assert_eq!(itsm["view_portal"], "yes");
        assert_eq!(itsm["send_request"], "yes");
        assert_eq!(itsm["channels"]["email"]["outcome"], "existing");
        assert_eq!(itsm["because"][0]["rule"], "V1");
        assert_eq!(itsm["because"][0]["source"]["file"], "rosters/globex.csv");
        assert_eq!(itsm["because"][0]["source"]["line"], 3);
        assert_eq!(document["projects"]["HR"]["view_portal"], "no");
        assert_eq!(document["articles"]["ITSM/ITKB"]["read"], "yes");
        assert_eq!(document["exit_code"], 0);

        let only = ProjectKey::new("HR").unwrap();
        let one = explain(state, &asked, Some(&only));
        assert_eq!(one.channels.len(), 13, "with one project, all channels");
        assert_eq!(one.projects.len(), 1);
        let document = json::document("acme", "bo", &one, None, &[], sources, Exit::Done);
        let document = serde_json::to_value(document).unwrap();
        assert_eq!(document["channels"].as_object().unwrap().len(), 6);
        assert_eq!(others(&document).len(), 7);
    });
}

#[test]
fn who_lists_classes_first_then_people_with_every_route() {
    with_quickstart(|state, workspace| {
        let at = state.project("ITSM").unwrap();
        let found = audience(state, at, None);
        let mut out = Vec::new();
        write::text(
            &mut out,
            "acme",
            &Listing::new(state, found, &Ends::default()),
            &workspace.sources,
            100,
        )
        .unwrap();
        insta::assert_snapshot!(without_lines(&String::from_utf8(out).unwrap()));
    });
}

#[test]
fn who_reads_a_space() {
    with_quickstart(|state, workspace| {
        let at = state.project("ITSM").unwrap();
        let found = audience(state, at, Some(&SpaceKey::new("ITKB").unwrap()));
        let listing = Listing::new(state, found, &Ends::default());
        let document = who::json::document("acme", &listing, &workspace.sources, Exit::Done);
        let document = serde_json::to_value(document).unwrap();
        assert_eq!(document["space"], "ITKB");
        let people = document["people"].as_array().unwrap();
        assert_eq!(
            people.len(),
            7,
            "six see the portal, and hana has an account"
        );
        let hana = people
            .iter()
            .find(|p| p["who"] == "hana@acme.example")
            .unwrap();
        assert_eq!(hana["answer"], "uncertain");
        assert_eq!(hana["routes"][0]["rule"], "Q19");
    });
}

#[test]
fn who_csv_is_safe_for_spreadsheets() {
    let text = "version: 1
sites:
  acme:
    url: \"sandbox:\"
    organizations:
      \"=HYPERLINK(1)\": { members: { mode: exact, list: [{ email: +a@x.example, name: \"@SUM(A1)\" }] } }
    projects:
      A: { channel_access: restricted, organizations: { list: [\"=HYPERLINK(1)\"] } }
";
    crate::support::with_state(text, |state| {
        let found = audience(state, 0, None);
        let mut out = Vec::new();
        write::csv(
            &mut out,
            &Listing::new(state, found, &Ends::default()),
            &portcullis::config::Sources::default(),
        )
        .unwrap();
        let text = String::from_utf8(out).unwrap();
        let line = text
            .lines()
            .find(|line| line.contains("a@x.example"))
            .unwrap();
        assert!(
            line.starts_with(
                "person,'+a@x.example,,'@SUM(A1),portal_only,yes,organization `=HYPERLINK(1)`"
            ),
            "{line}"
        );
    });
}

#[test]
fn asking_about_nothing_is_refused() {
    for wrong in ["", "bob", "*@", "*@no_domain", "a@b@"] {
        assert!(Asked::new(wrong).is_err(), "{wrong}");
    }
}
