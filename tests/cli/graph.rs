//! `graph`: who reaches what, in three forms out of which no name breaks.

use super::harness::Place;

#[test]
fn the_quickstart_as_a_picture() {
    let place = Place::quickstart();
    insta::assert_snapshot!(
        "graph_mermaid",
        place.run(&["graph", "--format", "mermaid"]).text()
    );
    let dot = place.run(&["graph", "--format", "dot"]);
    assert!(
        dot.out.starts_with("digraph \"acme\" {\n"),
        "{}",
        dot.text()
    );
    let live = place.run(&["graph", "--live", "--format", "dot"]);
    assert!(
        live.out.contains("[label=\"portal WEB\""),
        "{}",
        live.text()
    );
}

/// A line from a class to articles that ran behind the box of a portal would read as access to that portal.
#[test]
fn what_leads_past_the_portals_runs_below_them() {
    let place = Place::quickstart();
    let svg = place.run(&["graph"]).out;
    let boxes = svg.split("<rect x=\"430\" y=\"").skip(1);
    let lowest = boxes.map(|rest| rest.split('"').next().unwrap().parse::<usize>().unwrap() + 22);
    let lowest = lowest.max().unwrap();
    let past: Vec<&str> = svg
        .lines()
        .filter(|line| line.starts_with("<path d=\"M310,") && line.contains(" 690,"))
        .collect();
    assert!(!past.is_empty(), "{svg}");
    for line in past {
        let (_, level) = line
            .split_once(" L590,")
            .expect("a level piece below the portals");
        let level: usize = level.split(' ').next().unwrap().parse().unwrap();
        assert!(level > lowest, "{line}: {lowest}");
    }
}

#[test]
fn names_cannot_break_out() {
    let place = Place::quickstart();
    let hostile = "\"]; x --> y <script>alert(1)</script> \\\\ #quot; ```";
    place.replace(
        "organizations/initech.yaml",
        "      Initech:\n",
        &format!(
            "      {}:\n        members: {{ list: [x@x.example] }}\n      Initech:\n",
            serde_json::Value::from(hostile)
        ),
    );
    place.replace(
        "projects/itsm.yaml",
        "list: [Globex,",
        &format!("list: [Globex, {}, ", serde_json::Value::from(hostile)),
    );
    let mermaid = place.run(&["graph", "--format", "mermaid"]).out;
    for line in mermaid.lines().skip(1) {
        // A node has one pair of quotes, an edge none.
        assert!([0, 2].contains(&line.matches('"').count()), "{line}");
        assert!(!line.contains('<') && !line.contains('`'), "{line}");
    }
    let svg = place.run(&["graph"]).out;
    assert!(!svg.contains("<script"), "{svg}");
    assert!(svg.contains("&lt;script&gt;"), "{svg}");
    let dot = place.run(&["graph", "--format", "dot"]).out;
    let line = dot.lines().find(|line| line.contains("script")).unwrap();
    assert!(line.contains(r#"organization \"]; x"#), "{line}");
    assert!(line.trim_end().ends_with("];"), "{line}");
}
