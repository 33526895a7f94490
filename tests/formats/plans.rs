//! The forms of a plan.

use crate::document::{change, empty, member, step, with};
use crate::hostile::names;
use portcullis::model::Address;
use portcullis::neutral::is_hidden;
use portcullis::report::document::{
    Check, CheckAddress, CheckProblem, FindingDocument, ForecastDocument, PlanDocument, ScopeError,
    Source,
};
use portcullis::report::{gitlab, html, json, markdown, text};
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A plan with one hostile name in every place.
pub(crate) fn hostile(name: &str) -> PlanDocument {
    let person = Address::new(["acme", "organization", name, "member", name]).to_string();
    let source = Some(Source {
        file: name.into(),
        line: 3,
    });
    let mut rows = Vec::new();
    for (kind, address) in [
        ("jsm_organization_member", person.clone()),
        (
            "jsm_customer_account",
            Address::new(["acme", "account", name]).to_string(),
        ),
        (
            "jsm_organization",
            Address::new(["acme", "organization", name]).to_string(),
        ),
        (
            "jsm_site_setting",
            Address::new(["acme", "setting", name]).to_string(),
        ),
        (
            name,
            Address::new([name, name, name, name, name]).to_string(),
        ),
    ] {
        for action in ["create", "update", "delete"] {
            let value = json!({ "name": name, "list": [name, name], name: { name: name } });
            let mut row = change(
                action,
                kind,
                &address,
                value.clone(),
                json!({ "email": name }),
            );
            row.name = name.into();
            row.portcullis.source.clone_from(&source);
            rows.push(row.clone());
            row.action_reason = name.into();
            row.portcullis.surface = name.into();
            row.portcullis.origin = Some(name.into());
            row.portcullis.waiting_for = vec![address.clone(), name.into()];
            rows.push(row.clone());
            row.portcullis.blocked_by = vec![name.into(), format!("policy `{name}`").into()];
            rows.push(row);
        }
    }
    let mut manual = step(
        &[&person, name],
        &format!("rename `{name}` to {name}"),
        json!(name),
        json!([name]),
    );
    manual.click_path.push(name.into());
    manual.role = name.into();
    manual.link = Some(format!("javascript:{name}"));
    manual.attest = Some(name.into());
    let mut linked = manual.clone();
    linked.link = Some("https://acme.atlassian.net/jira".into());
    PlanDocument {
        sites: vec!["acme".into(), name.into()],
        manual_steps: vec![manual, linked],
        checks: vec![Check {
            address: CheckAddress {
                kind: name.into(),
                to_display: format!("protect `{name}`"),
            },
            status: "fail".into(),
            overridden: None,
            problems: vec![CheckProblem {
                message: format!("`{name}` {name}").into(),
            }],
        }],
        errors: vec![ScopeError {
            address: person.clone(),
            message: format!("refused: {name}").into(),
            forbidden: true,
            source: source.clone(),
        }],
        findings: vec![FindingDocument {
            address: person.clone(),
            code: name.into(),
            message: format!("account `{name}` is {name}").into(),
            source,
        }],
        forecast: vec![ForecastDocument {
            address: person,
            until: name.into(),
            source: Source {
                file: name.into(),
                line: 1,
            },
            count: None,
        }],
        digest: name.into(),
        acceptance_digest: name.into(),
        ..with(rows)
    }
}

/// What holds for everything that is printed: nothing hidden, and no line that a pipeline's log takes for a command.
pub(crate) fn assert_harmless(text: &str) {
    for line in text.lines() {
        assert!(!line.chars().any(is_hidden), "hidden characters: {line:?}");
        // A second pair of colons makes it one; excerpts begin a second file with `::: path`.
        let command = line.trim_start().strip_prefix("::");
        assert!(
            !command.is_some_and(|rest| rest.contains("::")),
            "a command: {line}"
        );
        assert!(
            !line.contains("##[") && !line.contains("##vso["),
            "a command: {line}"
        );
    }
}

/// Reads Markdown back and fails on anything but our own structure.
pub(crate) fn assert_markdown(text: &str) {
    assert_harmless(text);
    let mut first = text.lines();
    assert!(
        first
            .next()
            .unwrap()
            .starts_with("<!-- portcullis:plan site=")
    );
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    let mut columns = 0;
    let mut cells = 0;
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                assert!(
                    dest_url.starts_with("https://acme.atlassian.net/"),
                    "{dest_url}"
                );
            }
            Event::Start(Tag::Table(alignments)) => columns = alignments.len(),
            Event::Start(Tag::TableRow | Tag::TableHead) => cells = 0,
            Event::Start(Tag::TableCell) => cells += 1,
            Event::End(pulldown_cmark::TagEnd::TableRow) => assert_eq!(cells, columns),
            Event::TaskListMarker(done) => assert!(!done),
            Event::Start(
                Tag::Paragraph
                | Tag::Heading { .. }
                | Tag::List(None)
                | Tag::Item
                | Tag::Strong
                | Tag::HtmlBlock,
            )
            | Event::End(_)
            | Event::Code(_)
            | Event::SoftBreak => {}
            Event::Html(html) | Event::InlineHtml(html) => {
                let html = html.trim();
                let ours = html.is_empty()
                    || html == "</details>"
                    || html.starts_with("<details><summary>")
                        && html.ends_with("</summary>")
                        && html.matches('<').count() == 3
                    || html.starts_with("<!-- portcullis:plan site=")
                        && html.ends_with(" -->")
                        && html.matches("--").count() == 2;
                assert!(ours, "{html}");
            }
            Event::Text(text) => {
                let plain =
                    |c: char| c.is_alphanumeric() || " .,;:()'’\"?→…%—·&-⛔⚠\u{fe0f}✅".contains(c);
                assert!(
                    text.starts_with("https://acme.atlassian.net/") || text.chars().all(plain),
                    "{text}"
                );
                let lower = text.to_lowercase();
                assert!(!lower.contains("www.") && !lower.contains("gh-"), "{text}");
            }
            other => panic!("{other:?}"),
        }
    }
    // Parsers fill up short rows and cut long ones, so the bars are counted as well.
    let mut bars = 0;
    let mut inside = false;
    for line in text.lines() {
        let row = line.starts_with('|');
        if row && !inside {
            bars = line.matches('|').count();
        }
        if row {
            assert_eq!(line.matches('|').count(), bars, "{line}");
            assert_eq!(line.matches('`').count() % 2, 0, "{line}");
        }
        inside = row;
    }
}

/// Reads HTML back and fails on anything active but the page's own script; what is text until somebody looks is read as well.
pub(crate) fn assert_html(text: &str) {
    assert_harmless(text);
    let page = scraper::Html::parse_document(text);
    assert!(page.errors.is_empty(), "{:?}", page.errors);
    let select = |css: &str| scraper::Selector::parse(css).unwrap();
    let scripts: Vec<_> = page.select(&select("script")).collect();
    assert_eq!(scripts.len(), 1, "one script, the page's own");
    assert_eq!(
        scripts[0].text().collect::<String>(),
        include_str!("../../src/report/html/script.js")
    );
    assert_elements(&page);
    for folded in page.select(&select("noscript")) {
        let text: String = folded.text().collect();
        let part = scraper::Html::parse_fragment(&text);
        assert!(part.errors.is_empty(), "{:?}", part.errors);
        assert!(part.select(&select("script, noscript")).next().is_none());
        assert_elements(&part);
    }
    for table in page.select(&select("table")) {
        let columns = table.select(&select("thead th[scope=col]")).count();
        for row in table.select(&select("tbody tr")) {
            assert_eq!(row.select(&select("td, th[scope=row]")).count(), columns);
        }
    }
}

/// Fails on elements and attributes that are not among ours.
fn assert_elements(page: &scraper::Html) {
    let known: BTreeSet<&str> = [
        "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "h1", "h2",
        "h3", "p", "br", "section", "div", "span", "small", "ul", "li", "table", "caption",
        "thead", "tbody", "tr", "th", "td", "code", "bdi", "i", "a", "dl", "dt", "dd", "form",
        "label", "input", "details", "summary", "noscript", "script", "svg", "rect", "path",
        "text",
    ]
    .into();
    for node in page.tree.nodes() {
        if let Some(element) = node.value().as_element() {
            assert!(known.contains(element.name()), "{}", element.name());
            for (name, value) in element.attrs() {
                assert!(
                    !name.starts_with("on") && !matches!(name, "style" | "src" | "action"),
                    "{name}"
                );
                assert!(
                    name != "href" || value.starts_with("https://acme.atlassian.net/"),
                    "{value}"
                );
            }
        }
        assert!(!node.value().is_comment());
    }
}

#[test]
fn hostile_names_are_text_in_markdown() {
    for name in names() {
        let text = markdown::plan(&hostile(&name), 60_000);
        assert!(text.len() <= 60_000);
        assert_markdown(&text);
    }
}

#[test]
fn hostile_names_are_text_in_html() {
    for name in names() {
        let mut page = Vec::new();
        html::plan(&hostile(&name), &mut page).unwrap();
        assert_html(&String::from_utf8(page).unwrap());
    }
}

#[test]
fn hostile_names_are_text_on_a_terminal_and_in_json() {
    for name in names() {
        let document = hostile(&name);
        // Long names are slow to lay out, so they are laid out once, and less of them.
        let widths: &[usize] = if name.len() > 1_000 {
            &[100]
        } else {
            &[40, 100]
        };
        for &width in widths {
            let style = text::Style {
                width,
                ..Default::default()
            };
            let mut shown = Vec::new();
            let mut laid_out = document.clone();
            if name.len() > 1_000 {
                laid_out.resource_changes.truncate(9);
            }
            text::plan(&laid_out, style, &mut shown).unwrap();
            assert_harmless(&String::from_utf8(shown).unwrap());
        }
        let written = json::plan_json(&document);
        assert_harmless(&written);
        assert_eq!(
            json::read_plan(&written).unwrap(),
            document,
            "JSON keeps every name as it is"
        );
        let numbers: Value = serde_json::from_str(&gitlab::plan(&document)).unwrap();
        // Two in three are blocked, or by hand.
        assert_eq!(numbers, json!({ "create": 5, "update": 5, "delete": 5 }));
    }
}

#[test]
fn ordinary_names_survive() {
    for name in ["Jürgen Größe", "日本語", "O'Neil & Söhne"] {
        assert!(markdown::plan(&hostile(name), 60_000).contains(&format!("member `{name}`")));
        let mut page = Vec::new();
        html::plan(&hostile(name), &mut page).unwrap();
        let page = scraper::Html::parse_document(&String::from_utf8(page).unwrap());
        let names = scraper::Selector::parse("code bdi").unwrap();
        assert!(
            page.select(&names)
                .any(|found| found.text().collect::<String>() == name)
        );
    }
}

/// A plan that touches so many people in so many organizations, half of them leaving.
fn large(people: usize, organizations: usize) -> PlanDocument {
    let rows = (0..people).map(|i| {
        let organization = format!("Customer organization {}", i % organizations);
        let action = if i % 2 == 0 { "delete" } else { "create" };
        member(
            action,
            &organization,
            &format!(
                "somebody.with.a.name{i}@customer{}.example",
                i % organizations
            ),
        )
    });
    let mut document = with(rows.collect());
    document.resource_changes.push(change(
        "update",
        "jsm_site_setting",
        "acme/customer-access/view-without-login",
        json!(false),
        json!(true),
    ));
    document
}

#[test]
fn twenty_thousand_people_fit_into_a_comment() {
    for (people, organizations) in [(20_000, 3), (20_000, 2_000), (20_000, 20_000)] {
        let document = large(people, organizations);
        for budget in [4_000, 10_000, 60_000] {
            let text = markdown::plan(&document, budget);
            assert!(text.len() <= budget, "{}", text.len());
            assert_markdown(&text);
            let screen: String = text.lines().take(12).collect::<Vec<_>>().join("\n");
            assert!(
                screen.contains("10000 to add, 1 to change, 10000 to remove"),
                "{screen}"
            );
            assert!(screen.contains("#### To remove (10000)"), "{screen}");
            if budget == 60_000 {
                assert!(text.len() > 40_000, "the budget is used: {}", text.len());
                assert!(text.contains("view without login"));
                assert!(text.contains("To add (10000)"));
            }
        }
    }
}

fn page_of(plan: &PlanDocument) -> String {
    let mut page = Vec::new();
    html::plan(plan, &mut page).unwrap();
    String::from_utf8(page).unwrap()
}

/// A plan in which so many people lose a portal and so many gain it, by name.
fn crowded(people: usize) -> PlanDocument {
    let mut plan = large(people, people / 40);
    let names = |from: usize, until: usize| -> Vec<String> {
        (from..until)
            .map(|n| format!("person-{n:05}@company-{}.example", n % 400))
            .collect()
    };
    let group = |people: usize, list: Vec<String>, before: &str, after: &str| {
        json!({
            "site": "acme", "project": "ITSM", "before": before, "after": after, "people": people,
            "via": "organization `Globex`", "list": list, "because": [],
            "caused_by": [{ "address": "acme/project/ITSM/access", "source": { "file": "a.yaml", "line": 3 } }],
        })
    };
    let half = people / 2;
    let none = json!({ "people": 0, "list": [] });
    let nothing = json!({
        "classes": [], "gains": [], "losses": [], "keeps": [], "without_any_access": none,
        "people_gaining": 0, "people_losing": 0,
    });
    plan.access_impact = json!({
        "complete": true, "unread": [], "classes": [], "keeps": [], "projects_without_anyone": [],
        "losses": [group(half, names(0, half), "yes", "no")],
        "gains": [group(half, names(half, people), "no", "yes")],
        "without_any_access": none, "people_gaining": half, "people_losing": half,
        "with_manual_steps": nothing,
        "portals": [{
            "site": "acme", "project": "ITSM", "before": half, "after": half, "after_manual_steps": half,
            "perhaps_before": 0, "perhaps_after": 0, "perhaps_after_manual_steps": 1,
            "classes": [{ "class": "anyone", "before": "no", "after": "no", "after_manual_steps": "yes" }],
            "ways": (0..people / 40).map(|n| json!({
                "kind": "organization", "name": format!("Company {n} <b>`"), "before": n > 2, "after": n != 5,
                "people_before": n, "people_after": n,
            })).collect::<Vec<_>>(),
            "spaces": [{ "space": "ITKB", "before": null, "after": "all_logged_in" }],
        }],
    })
    .into();
    plan
}

#[test]
fn the_page_of_twenty_thousand_people_stays_small_and_holds_everybody() {
    let page = page_of(&crowded(20_000));
    assert!(page.len() <= 3_000_000, "{} bytes", page.len());
    assert_html(&page);
    let read = scraper::Html::parse_document(&page);
    // As a browser with a script reads it: what stands within `noscript` is text.
    let elements = read.tree.nodes().filter(|node| node.value().is_element());
    let elements = elements.count();
    assert!(elements <= 2_000, "{elements} elements at load");
    // And without one it is all there.
    for n in [0, 9_999, 10_000, 19_999] {
        assert!(page.contains(&format!("<li>person-{n:05}@company-")), "{n}");
    }
}

#[test]
fn the_page_asks_nobody_and_runs_only_what_its_policy_names() {
    let page = page_of(&crowded(80));
    let policy = page
        .split("Content-Security-Policy\" content=\"")
        .nth(1)
        .unwrap();
    let policy = policy.split('"').next().unwrap();
    let hash = |text: &str| {
        use base64::Engine as _;
        use sha2::Digest as _;
        let hash = sha2::Sha256::digest(text);
        format!(
            "'sha256-{}'",
            base64::engine::general_purpose::STANDARD.encode(hash)
        )
    };
    let inside = |tag: &str| {
        let text = page.split(&format!("<{tag}>")).nth(1).unwrap();
        text.split(&format!("</{tag}>")).next().unwrap()
    };
    let expected = format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(inside("style")),
        hash(inside("script"))
    );
    assert_eq!(policy, expected);
    assert!(!page.contains("http://") && !page.contains("style="));
}

#[test]
fn the_first_screen_of_the_page_says_what_the_plan_comes_to() {
    let page = page_of(&crowded(80));
    let head = page.split("<main>").next().unwrap();
    assert!(
        head.contains("40 people lose something, and nobody everything."),
        "{head}"
    );
    for number in [
        "<dt>lose every portal</dt><dd>0</dd>",
        "<dt>gain something</dt><dd>40</dd>",
    ] {
        assert!(head.contains(number), "{head}");
    }
    assert!(
        page.contains("<span class=\"up\">no → yes</span>"),
        "a class that comes in"
    );
    assert!(
        page.contains("Because of channel access of project "),
        "its cause"
    );
}

#[test]
fn a_small_plan_is_shown_whole() {
    let text = markdown::plan(&large(8, 2), 60_000);
    assert_markdown(&text);
    assert_eq!(text.matches("somebody.with").count(), 8);
    assert!(!text.contains("more rows"));
    let none = markdown::plan(&empty(), 60_000);
    assert!(none.contains("Nothing to change."), "{none}");
}

#[test]
fn what_happens_to_people_comes_first() {
    let group = json!({
        "site": "acme", "project": "ITSM", "before": "yes", "after": "no", "people": 2,
        "via": "project customers", "list": ["<b>ana|x</b>", "bo@globex.example"],
    });
    let nothing = json!({
        "classes": [], "gains": [], "losses": [], "keeps": [],
        "without_any_access": { "people": 0, "list": [] }, "people_gaining": 0, "people_losing": 0,
    });
    let mut impact = nothing.clone();
    impact["complete"] = json!(true);
    impact["unread"] = json!([]);
    impact["projects_without_anyone"] = json!([]);
    impact["losses"] = json!([group]);
    impact["people_losing"] = json!(2);
    impact["with_manual_steps"] = nothing;
    let mut plan = large(8, 2);
    plan.access_impact = impact.into();
    let text = markdown::plan(&plan, 60_000);
    assert_markdown(&text);
    let first = text.find("#### ").unwrap();
    assert!(
        text[first..].starts_with("#### Portals\n")
            && text.find("#### Who gains or loses access\n") < text.find("#### To "),
        "{text}"
    );
    assert!(text.contains("2 people lose `ITSM`"), "{text}");
    assert!(text.contains(" `bo@globex.example`.\n"), "{text}");
    let page = page_of(&plan);
    let main = page.split("<main>").nth(1).unwrap();
    let at = main.find("2 people lose ").unwrap();
    assert!(main[..at].matches("<h2").count() == 1 && !page.contains("<b>"));
    // Where sentences have no space, the numbers stay.
    let mut crowded = large(20_000, 200);
    crowded.access_impact = plan.access_impact.clone();
    crowded.access_impact.rewrite(|impact| {
        impact["losses"][0]["list"] = json!(["a".repeat(900), "b".repeat(900)]);
        for i in 0..200 {
            let mut more = impact["losses"][0].clone();
            more["project"] = json!(format!("P{i}"));
            if let Some(losses) = impact["losses"].as_array_mut() {
                losses.push(more);
            }
        }
    });
    let short = markdown::plan(&crowded, 4_000);
    assert!(short.len() <= 4_000);
    assert!(
        short.contains("#### Who gains or loses access\n"),
        "{short}"
    );
    assert!(short.contains("people who lose something: 2"), "{short}");
    // A plan file of another version without it has no such section.
    plan.access_impact = json!({ "complete": true }).into();
    assert!(!markdown::plan(&plan, 60_000).contains("Who gains"));
}

#[test]
fn a_row_says_of_which_site_it_is_where_a_plan_is_about_several() {
    let leaves = |site: &str| {
        let address = format!("{site}/project/ITSM/customer/bo@globex.example");
        change(
            "delete",
            "jsm_project_customer",
            &address,
            json!({}),
            Value::Null,
        )
    };
    let mut plan = with(vec![leaves("blue"), leaves("green")]);
    plan.sites = vec!["blue".into(), "green".into()];
    let comment = markdown::plan(&plan, 60_000);
    for form in [page_of(&plan), comment] {
        // On the page the site stands in the heading above the rows.
        let mut heading = "";
        let mut rows = Vec::new();
        for line in form.lines() {
            if line.starts_with("<h3>") {
                heading = line;
            }
            if line.contains("bo@globex.example") {
                rows.push(format!("{heading} {line}"));
            }
        }
        assert_eq!(rows.len(), 2, "{form}");
        for site in ["blue", "green"] {
            let of_site = rows.iter().filter(|row| row.contains(site));
            assert_eq!(of_site.count(), 1, "{rows:?}");
        }
    }
}

#[test]
fn a_plan_that_can_do_nothing_promises_no_writes() {
    let mut plan = large(2, 1);
    plan.api_budget.apply_writes = 0;
    let mut shown = Vec::new();
    text::plan(&plan, text::Style::default(), &mut shown).unwrap();
    let shown = String::from_utf8(shown).unwrap();
    assert!(shown.contains("apply would send nothing"), "{shown}");
}

#[test]
fn the_marker_is_stable_and_closes() {
    assert_eq!(
        markdown::marker(&["acme".into()]),
        "<!-- portcullis:plan site=acme -->"
    );
    assert_eq!(
        markdown::marker(&["a--b".into(), "c -->".into()]),
        "<!-- portcullis:plan site=a-%2Db,c%20-%2D%3E -->"
    );
}

/// GitLab's documented line: `[.resource_changes[]?.change.actions?] | flatten`, then one count per word.
fn by_gitlabs_line(plan: &Value) -> Value {
    let actions: Vec<&str> = plan["resource_changes"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| row["change"]["actions"].as_array().unwrap())
        .map(|action| action.as_str().unwrap())
        .collect();
    let count = |word: &str| actions.iter().filter(|&&action| action == word).count();
    json!({ "create": count("create"), "update": count("update"), "delete": count("delete") })
}

#[test]
fn the_usual_consumers_read_the_plan_json() {
    let document = large(21, 4);
    let text = json::plan_json(&document);
    let plan: Value = serde_json::from_str(&text).unwrap();
    let report: Value = serde_json::from_str(&gitlab::plan(&document)).unwrap();
    assert_eq!(report, json!({ "create": 10, "update": 1, "delete": 11 }));
    assert_eq!(by_gitlabs_line(&plan), report);
    // deny[msg] { rc := input.resource_changes[_]; rc.change.actions[_] == "delete"; rc.type == … }
    let denied = plan["resource_changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| {
            row["type"] == "jsm_organization_member"
                && row["change"]["actions"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|action| action == "delete")
        });
    assert_eq!(denied.count(), 11);
    let line = r#"([.resource_changes[]?.change.actions?] | flatten) | {"create":(map(select(.=="create")) | length),"update":(map(select(.=="update")) | length),"delete":(map(select(.=="delete")) | length)}"#;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &text).unwrap();
    // Where jq is installed, the line itself is run too.
    if let Ok(ran) = std::process::Command::new("jq")
        .arg("-r")
        .arg("-c")
        .arg(line)
        .arg(file.path())
        .output()
    {
        assert!(ran.status.success());
        assert_eq!(
            serde_json::from_slice::<Value>(&ran.stdout).unwrap(),
            report
        );
    }
}

/// Who comes by which way is drawn and said, what changes first; a picture is never larger than somebody can see.
#[test]
fn the_picture_is_drawn_and_said_in_words() {
    for people in [80, 20_000] {
        let page = page_of(&crowded(people));
        assert_html(&page);
        let read = scraper::Html::parse_document(&page);
        let all = |css: &str| {
            let selector = scraper::Selector::parse(css).unwrap();
            read.select(&selector)
                .map(|node| node.text().collect::<String>())
                .collect::<Vec<_>>()
        };
        let drawn = all("svg.picture text");
        assert!(
            drawn
                .iter()
                .any(|text| text.starts_with("“Company 0 <b>`”")),
            "{drawn:?}"
        );
        assert!(drawn.len() <= 60, "{}", drawn.len());
        assert!(!all("svg.picture path.add").is_empty());
        let words = all("noscript").concat();
        assert!(
            words.contains("<li class=\"add\">organization <code><bdi>Company 0 &lt;b&gt;"),
            "{words}"
        );
        assert!(
            words.contains(
                "articles of <code><bdi>ITKB</bdi></code>: for not known → all logged in"
            ),
            "{words}"
        );
    }
}

/// A place leads to its line at the commit that was planned, where the code host is known.
#[test]
fn places_of_a_comment_lead_to_their_lines() {
    let mut plan = crowded(80);
    assert!(!markdown::plan(&plan, 60_000).contains("https://code.example"));
    plan.made = Some(portcullis::report::made::Made {
        files: Some("https://code.example/acme/access/blob/0123456789/".to_owned()),
        ..Default::default()
    });
    let text = markdown::plan(&plan, 60_000);
    let link = "[`a.yaml:3`](https://code.example/acme/access/blob/0123456789/a.yaml#L3)";
    let people = text
        .lines()
        .find(|line| line.starts_with("- 40 people lose"))
        .unwrap();
    assert!(people.ends_with(link), "{people}");
    plan.made.as_mut().unwrap().files = Some("javascript:x/".to_owned());
    assert!(!markdown::plan(&plan, 60_000).contains("javascript"));
}
