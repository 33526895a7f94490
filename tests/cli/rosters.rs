//! Roster files as whole commands see them.

use super::harness::Place;

/// Four lists of five people each, filled by one file; every list is too small for a percentage of its own.
fn four_lists(kept: usize) -> Place {
    let place = Place::new();
    let names = ["Alder", "Birch", "Cedar", "Dune"];
    let lists = |value: &str| -> String {
        let lists = names.map(|name| format!("      {name}: {value}\n"));
        lists.concat()
    };
    let table = |count: usize| -> String {
        let rows = names.iter().flat_map(|name| {
            let domain = name.to_lowercase();
            ["ana", "bruno", "carla", "dario", "elena"]
                .into_iter()
                .take(count)
                .map(move |who| format!("{who}@{domain}.example,{name}\n"))
        });
        format!("email,organization\n{}", rows.collect::<String>())
    };
    place.write(
        "seed/portcullis.yaml",
        &format!(
            "version: 1\nsites:\n  acme:\n    rosters: [all.csv]\n    organizations:\n{}",
            lists("{}")
        ),
    );
    place.write("seed/all.csv", &table(5));
    place.write("all.csv", &table(kept));
    place.write(
        "portcullis.yaml",
        &format!(
            "version: 1\npolicy: {{ max_people_losing_access: off }}\nsites:\n  acme:\n    url: \"sandbox:\"\n    seed: seed\n    rosters: [{{ file: all.csv }}]\n    organizations:\n{}",
            lists("{ members: { mode: exact } }")
        ),
    );
    place
}

#[test]
fn a_file_that_takes_a_few_off_each_of_many_lists_is_limited_as_a_whole() {
    let within = four_lists(4).run(&["plan", "--detailed-exitcode"]);
    assert_eq!(within.code, 2, "{}", within.text());
    let over = four_lists(3).run(&["plan", "--detailed-exitcode"]);
    assert_eq!(over.code, 5, "{}", over.text());
    let said = "`all.csv` would lose 8 of 20 entries";
    assert!(over.out.contains(said), "{}", over.text());
    // Each form says what would lift it.
    let lifted = "another edit of the files, another `policy.max_removals`, or an acceptance of exactly this plan";
    let place = four_lists(3);
    for (format, lifted) in [
        ("text", format!("lifted by {lifted}")),
        ("markdown", format!("lifted by {lifted}")),
        (
            "html",
            lifted.replace(
                "`policy.max_removals`",
                "<code><bdi>policy.max_removals</bdi></code>",
            ),
        ),
    ] {
        let ran = place.run(&["plan", "--format", format]);
        let words: Vec<&str> = ran.out.split_whitespace().collect();
        assert!(words.join(" ").contains(&lifted), "{}", ran.text());
    }
    let ran = place.run(&["plan", "--format", "json"]);
    let rows = ran.json()["resource_changes"].clone();
    let row = rows
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["portcullis"]["blocked_by"].is_array());
    assert_eq!(row.unwrap()["portcullis"]["lifted_by"][0], lifted);
}

/// Four lists of five people each, every one with a file of its own, and a file of people who left.
fn four_files(kept: usize, left: &[&str]) -> Place {
    let place = four_lists(5);
    let names = ["Alder", "Birch", "Cedar", "Dune"];
    let mut lists = String::new();
    for name in names {
        let domain = name.to_lowercase();
        let list = |count: usize| -> String {
            let people = ["ana", "bruno", "carla", "dario", "elena"];
            let rows = people.into_iter().take(count);
            rows.map(|who| format!("{who}@{domain}.example\n"))
                .collect()
        };
        place.write(&format!("{domain}.txt"), &list(kept));
        lists += &format!("      {name}: {{ members: {{ mode: exact, from: [{domain}.txt] }} }}\n");
    }
    place.write("left.csv", &format!("email\n{}\n", left.join("\n")));
    place.write(
        "portcullis.yaml",
        &format!(
            "version: 1\nleavers: [left.csv]\npolicy: {{ max_people_losing_access: off }}\nsites:\n  acme:\n    url: \"sandbox:\"\n    seed: seed\n    organizations:\n{lists}"
        ),
    );
    place
}

#[test]
fn a_few_off_each_of_many_lists_is_limited_for_the_site_as_well() {
    let nobody = ["nobody@else.example"];
    let within = four_files(4, &nobody).run(&["plan", "--detailed-exitcode"]);
    assert_eq!(within.code, 2, "{}", within.text());
    let over = four_files(3, &nobody).run(&["plan", "--detailed-exitcode"]);
    assert_eq!(over.code, 5, "{}", over.text());
    let said = "the lists of `acme` would lose 8 of 20 entries, at most 30 % are allowed";
    assert!(over.err.contains(said), "{}", over.text());
}

#[test]
fn a_file_of_leavers_is_limited_by_everybody_on_the_lists() {
    let left: Vec<String> = ["alder", "birch", "cedar", "dune"]
        .iter()
        .flat_map(|domain| ["ana", "bruno"].map(|who| format!("{who}@{domain}.example")))
        .collect();
    let left: Vec<&str> = left.iter().map(String::as_str).collect();
    let within = four_files(5, &left[..6]).run(&["plan", "--detailed-exitcode"]);
    assert_eq!(within.code, 2, "{}", within.text());
    let over = four_files(5, &left).run(&["plan", "--detailed-exitcode"]);
    assert_eq!(over.code, 5, "{}", over.text());
    let said = "`left.csv` would take away 8 of 20 entries, at most 30 % are allowed";
    assert!(over.err.contains(said), "{}", over.text());
}

#[test]
fn whoever_answers_for_a_list_answers_for_the_people_in_its_file() {
    let place = Place::new();
    place.write(
        "portcullis.yaml",
        "version: 1\nscopes:\n  - { files: \"organizations/globex/**\", may: [\"acme/organization/Globex\"] }\n  - { files: \"organizations/initech/**\", may: [\"acme/organization/Initech\"] }\nsites: { acme: { url: \"sandbox:\" } }\n",
    );
    for (key, name) in [("globex", "Globex"), ("initech", "Initech")] {
        place.write(
            &format!("organizations/{key}/all.yaml"),
            &format!("version: 1\nsites: {{ acme: {{ organizations: {{ {name}: {{ members: {{ from: [../../rosters/{key}.csv, ../../rosters/both.txt, own.txt] }} }} }} }} }}\n"),
        );
        place.write(&format!("rosters/{key}.csv"), "email\nana@globex.example\n");
        place.write(
            &format!("organizations/{key}/own.txt"),
            "bo@globex.example\n",
        );
    }
    place.write("rosters/both.txt", "cy@globex.example\n");
    let ran = place.run(&[
        "codeowners",
        "--owner",
        "*=@acme/it",
        "--owner",
        "organizations/globex/**=@globex/admins",
        "--owner",
        "organizations/initech/**=@initech/admins",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    let lines: Vec<&str> = ran.out.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "/** @acme/it",
            "/rosters/globex.csv @globex/admins",
            "/rosters/initech.csv @initech/admins",
            "/organizations/globex/** @globex/admins",
            "/organizations/initech/** @initech/admins",
            "/acceptances/** @acme/it",
            "/portcullis.yaml @acme/it",
        ]
    );
}
