//! Roster files as they come: dialects, encodings, columns by other names, rows that count and rows that do not.

use super::support::{Files, brief};
use portcullis::config::{Loaded, Roster, Who};
use portcullis::diagnostic::Severity;
use portcullis::model::{OrganizationName, SiteKey};
use proptest::prelude::*;

/// A workspace whose Globex has these members.
fn globex(members: &str) -> Files {
    Files::new(&format!(
        "=== portcullis.yaml\nversion: 1\nsites:\n  acme:\n    url: \"sandbox:\"\n    organizations:\n      Initech: {{}}\n      Globex:\n        members: {members}\n"
    ))
}

fn roster(loaded: &Loaded) -> &Roster {
    let workspace = loaded
        .workspace
        .as_ref()
        .unwrap_or_else(|| panic!("{}", brief(loaded)));
    let site = &workspace.sites[&SiteKey::new("acme").unwrap()];
    site.organizations[&OrganizationName::new("Globex").unwrap()]
        .members
        .as_ref()
        .unwrap()
}

/// The people of Globex: `address name until`, and `-address` for those who must be absent.
fn people(loaded: &Loaded) -> Vec<String> {
    let roster = roster(loaded);
    let mut all: Vec<String> = roster
        .entries
        .iter()
        .map(|entry| {
            let extra = entry.extra.clone().unwrap_or_default();
            let mut text = entry.who.text().into_owned();
            text.extend(extra.email.map(|email| format!(" <{email}>")));
            text.extend(entry.name.as_ref().map(|name| format!(" {name}")));
            text.extend(extra.until.map(|until| format!(" {until}")));
            text
        })
        .collect();
    all.extend(
        roster
            .absent
            .iter()
            .map(|who| format!("-{}", who.value.text())),
    );
    all
}

fn codes(loaded: &Loaded) -> Vec<(&'static str, Severity)> {
    loaded
        .diagnostics
        .iter()
        .map(|d| (d.code, d.severity))
        .collect()
}

#[test]
fn every_dialect_of_one_table_is_the_same_list() {
    let wanted = [
        "ana@globex.example Ana, first",
        "bo@globex.example",
        "-mal@globex.example",
    ];
    let members = "{ from: [{ file: r.csv, where: { Status: { in: [active], out: [left] } }, ignore_columns: [Notes] }] }";
    for (what, bytes) in [
        ("plain", b"email,name,status,notes\nana@globex.example,\"Ana, first\",Active,\nbo@globex.example,,ACTIVE,x\nmal@globex.example,,left,\n".to_vec()),
        ("semicolons, crlf, any order", b"Notes;STATUS;Name; E-mail \r\n;active;Ana, first;ana@globex.example\r\n\"a\r\nb\";active;;bo@globex.example\r\n;;;\r\n;left;;mal@globex.example\r\n".to_vec()),
        ("tabs, a mark and a separator line", "\u{feff}sep=\t\nemail\tstatus\tname\tnotes\nana@globex.example\tactive\tAna, first\t\nbo@globex.example\tactive\t\t\n\t\t\t\nmal@globex.example\tleft\t\t".as_bytes().to_vec()),
    ] {
        let files = globex(members);
        files.write("r.csv", bytes);
        // `E-mail` needs to be named; the other two have our own word.
        if what.starts_with("semi") {
            files.write("portcullis.yaml", fs_err::read_to_string(files.join("portcullis.yaml")).unwrap().replace("where:", "columns: { email: E-Mail }, where:"));
        }
        let loaded = files.load();
        assert_eq!(people(&loaded), wanted, "{what}");
        assert_eq!(brief(&loaded), "", "{what}");
    }
}

#[test]
fn encodings_are_read_where_they_are_said_and_hinted_at_where_not() {
    let text = "email;name\njose@globex.example;José Ñuñez\n";
    let windows: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let wide = |mark: &[u8], bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        mark.iter()
            .copied()
            .chain(text.encode_utf16().flat_map(bytes))
            .collect()
    };
    let (little, big) = (
        wide(&[0xff, 0xfe], u16::to_le_bytes),
        wide(&[0xfe, 0xff], u16::to_be_bytes),
    );
    for (what, members, bytes) in [
        (
            "windows-1252",
            "{ from: [{ file: r.csv, encoding: windows-1252 }] }",
            windows.clone(),
        ),
        ("utf-16 with a mark", "{ from: [r.csv] }", little.clone()),
        (
            "utf-16, said",
            "{ from: [{ file: r.csv, encoding: utf-16le }] }",
            little[2..].to_vec(),
        ),
        ("utf-16, the other order", "{ from: [r.csv] }", big),
    ] {
        let files = globex(members);
        files.write("r.csv", bytes);
        assert_eq!(
            people(&files.load()),
            ["jose@globex.example José Ñuñez"],
            "{what}"
        );
    }
    let files = globex("{ from: [r.csv] }");
    files.write("r.csv", &windows);
    let found = brief(&files.load());
    assert!(
        found.contains("not-utf8: `r.csv` is not UTF-8 text (line 2)"),
        "{found}"
    );
    assert!(found.contains("encoding: windows-1252"), "{found}");
    files.write("r.csv", &little[2..]);
    assert!(brief(&files.load()).contains("utf-16le"));
}

#[test]
fn cells_may_go_on_over_lines_but_not_an_address() {
    let files = globex("{ from: [{ file: r.csv, ignore_columns: [notes] }] }");
    files.write("r.csv", "email,name,notes\r\nana@globex.example,\"Ana\r\nMaria\",\"1 Main St\r\nSpringfield\"\r\nbo@globex.example,,\"say \"\"hi\"\"\"\r\n");
    let loaded = files.load();
    assert_eq!(
        people(&loaded),
        ["ana@globex.example Ana Maria", "bo@globex.example"]
    );
    assert_eq!(roster(&loaded).entries[1].span.line, 5);
    files.write("r.csv", "email,notes\n\"ana@globex\n.example\",x\n");
    assert!(brief(&files.load()).contains("r.csv:2:2+10 invalid-address"));
    files.write(
        "r.csv",
        "email,notes\nana@globex.example,\"a\nb\"\nbad@@globex.example,x\n",
    );
    assert!(brief(&files.load()).contains("r.csv:4:1+19 invalid-address"));
    files.write(
        "r.csv",
        "email,notes\nana@globex.example,\"open\nold@globex.example,x\n",
    );
    let found = brief(&files.load());
    assert!(
        found
            .contains("r.csv:2:1+1 roster-format: a quote is opened on this line and never closed"),
        "{found}"
    );
    // The quote of a later row closes it: without a check, the row between would be gone in silence.
    files.write(
        "r.csv",
        "email,notes\nana@globex.example,\"open\nold@globex.example,x\nbo@globex.example,\"y\"\n",
    );
    assert!(
        brief(&files.load())
            .contains("r.csv:4:1+1 roster-format: there is text behind a closing quote")
    );
}

#[test]
fn columns_that_could_matter_are_never_dropped_in_silence() {
    for (header, cell, hint) in [
        ("Organization Name", "Globex", "rosters"),
        ("Firma", "Initech", "rosters"),
        ("Projects", "ITSM", "project"),
        (
            "User status",
            "Suspended",
            "`where: { \"User status\": { in: [\"Suspended\"], out: [] } }`",
        ),
        ("accountEnabled", "True", "where"),
        ("End date", "soon", "until"),
        ("Austritt", "31.12.2026", "until"),
    ] {
        for (mode, severity) in [("exact", Severity::Error), ("add_only", Severity::Warning)] {
            let files = globex(&format!("{{ mode: {mode}, from: [r.csv] }}"));
            files.write(
                "r.csv",
                format!("email,{header}\nana@globex.example,{cell}\n"),
            );
            let loaded = files.load();
            assert_eq!(codes(&loaded), [("unused-column", severity)], "{header}");
            let found = &loaded.diagnostics[0];
            assert!(
                found.message.to_string().contains(header),
                "{header}: {}",
                found.message
            );
            assert!(
                found.hint.as_ref().unwrap().to_string().contains(hint),
                "{header}: {:?}",
                found.hint
            );
            let place = loaded.sources.place(found.span().unwrap());
            assert_eq!(place, "r.csv:1:7", "{header}");
        }
    }
    // What does not seem to matter is named once.
    let files = globex("{ mode: exact, from: [r.csv] }");
    files.write(
        "r.csv",
        "email,Phone,Notes,Firma\nana@globex.example,1,x,Hooli\nbo@globex.example,2,,Initech\n",
    );
    let loaded = files.load();
    assert_eq!(codes(&loaded), [("unused-column", Severity::Note)]);
    assert!(
        loaded.diagnostics[0]
            .message
            .to_string()
            .contains("`Phone`, `Notes`, `Firma`")
    );
    let quiet =
        globex("{ mode: exact, from: [{ file: r.csv, ignore_columns: [phone, NOTES, Firma] }] }");
    quiet.write(
        "r.csv",
        "email,Phone,Notes,Firma\nana@globex.example,1,x,Initech\n",
    );
    assert_eq!(brief(&quiet.load()), "");
}

#[test]
fn values_under_where_are_decided_never_guessed() {
    let files = globex(
        "{ mode: exact, from: [{ file: r.csv, where: { Status: { in: [Active], out: [Suspended] } } }] }",
    );
    let rows: String = (0..70)
        .map(|n| format!("p{n}@globex.example,Invited\n"))
        .collect();
    files.write(
        "r.csv",
        format!("email,Status\nana@globex.example,Active\n{rows}x@globex.example,\n"),
    );
    let found = brief(&files.load());
    assert!(found.contains("r.csv:3:19+7 unnamed-value: `Invited` in the column `Status` is neither `in` nor `out` (70 rows)"), "{found}");
    assert!(
        found.contains("an empty cell in the column `Status`"),
        "{found}"
    );
    assert_eq!(found.matches("unnamed-value").count(), 2);
    // Whether such a row counts is to be decided first; what else is wrong with it is said where it does.
    files.write(
        "r.csv",
        "email,Status\nana@globex.example,Active\nbo globex.example,Invited\nnobody,Active\n",
    );
    let found = brief(&files.load());
    assert!(found.contains("r.csv:3:19+7 unnamed-value"), "{found}");
    assert!(!found.contains("bo globex.example"), "{found}");
    assert!(found.contains("r.csv:4:1"), "{found}");
    let files = globex("{ from: [{ file: r.csv, where: { Stauts: { in: [Active] } } }] }");
    files.write("r.csv", "email,Status\nana@globex.example,Active\n");
    assert!(brief(&files.load()).contains("did you mean \"Status\"?"));
}

#[test]
fn dates_rows_and_headers_are_as_the_yaml_says() {
    let files = globex(
        "{ from: [{ file: r.csv, columns: { email: Mail, until: \"Last day\" }, date_format: \"%d.%m.%Y\", min_rows: 2 }] }",
    );
    files.write(
        "r.csv",
        "Last day,Mail\n31.01.2027,ana@globex.example\n2027-02-28,bo@globex.example\n",
    );
    assert_eq!(
        people(&files.load()),
        [
            "ana@globex.example 2027-01-31",
            "bo@globex.example 2027-02-28"
        ]
    );
    files.write(
        "r.csv",
        "Last day,Mail\n1/2/27,ana@globex.example\n,bo@globex.example\n",
    );
    assert!(brief(&files.load()).contains("`date_format` is `%d.%m.%Y`"));
    files.write("r.csv", "Last day,Mail\n,ana@globex.example\n");
    let found = brief(&files.load());
    assert!(
        found.contains("too-few-rows: `r.csv` has 1 row, and `min_rows` is 2"),
        "{found}"
    );
    files.write("r.csv", "Last day,E-Mails\n,ana@globex.example\n");
    assert!(brief(&files.load()).contains("there is no column `Mail`"));
    let bad = globex(
        "{ from: [{ file: r.csv, columns: { mail: x }, date_format: d.m.y, separator: \"|\", encoding: ebcdic-x, sheet: 1 }] }",
    );
    bad.write("r.csv", "email\n");
    let found = brief(&bad.load());
    for said in [
        "`mail` is not a column",
        "does not say how a date",
        "`|` is not a separator",
        "not an encoding",
        "`sheet` is not a key",
    ] {
        assert!(found.contains(said), "{said}: {found}");
    }
}

#[test]
fn an_empty_file_is_named_and_problems_are_counted() {
    let files = globex("{ mode: exact, from: [r.csv] }");
    files.write("r.csv", "email,name\n");
    let loaded = files.load();
    assert_eq!(codes(&loaded), [("empty-list", Severity::Error)]);
    assert!(
        loaded.diagnostics[0]
            .message
            .to_string()
            .contains("`r.csv`")
    );
    let rows: String = (0..3000).map(|n| format!("bad{n}\n")).collect();
    files.write("r.csv", format!("email\n{rows}"));
    let found = brief(&files.load());
    assert_eq!(found.matches("invalid-address").count(), 50);
    assert!(
        found.contains("2950 further problems of this file are left out"),
        "{found}"
    );
    assert!(!found.contains("empty-list"), "{found}");
}

#[test]
fn merge_markers_are_called_that_once() {
    let marked = "<<<<<<< HEAD\nana@globex.example\n=======\nbo@globex.example\n>>>>>>> x\n";
    for name in ["r.csv", "r.txt", "r.yaml"] {
        let files = globex(&format!("{{ mode: exact, from: [{name}] }}"));
        files.write(name, format!("email\n{marked}"));
        assert_eq!(
            codes(&files.load()),
            [("conflict-markers", Severity::Error)],
            "{name}"
        );
    }
    let files = globex("{ list: [ana@globex.example] }");
    files.write("projects/a.yaml", format!("version: 1\n{marked}"));
    assert_eq!(
        codes(&files.load()),
        [("conflict-markers", Severity::Error)]
    );
}

#[test]
fn one_slip_under_exact_is_one_report_and_never_advises_the_dangerous_edit() {
    for list in ["Initech", "", "\"Initech\"", "{ Initech: {} }", "[1]"] {
        for (what, block) in [
            (
                "links",
                format!("projects: {{ HR: {{ organizations: {{ mode: exact, list: {list} }} }} }}"),
            ),
            (
                "members",
                format!(
                    "organizations: {{ Hooli: {{ members: {{ mode: exact, list: {list} }} }} }}"
                ),
            ),
        ] {
            let files = Files::new(&format!(
                "=== portcullis.yaml\nversion: 1\nsites:\n  acme:\n    url: \"sandbox:\"\n    {block}\n"
            ));
            let loaded = files.load();
            assert_eq!(
                loaded.diagnostics.len(),
                1,
                "{what} {list}: {}",
                brief(&loaded)
            );
            assert!(!brief(&loaded).contains("allow_empty"), "{what} {list}");
        }
    }
    let files =
        globex("\n          list:\n            ana@globex.example\n            bo@globex.example");
    assert!(brief(&files.load()).contains("each behind a dash: `- a@b.example`"));
    // Whoever forgot the key is told the key first.
    let said = brief(&globex("\n          mode: exact").load());
    assert!(
        said.contains("hint: name the people under `list`, or their file under `from`;"),
        "{said}"
    );
    let files = globex("\n          mode: exact\n          - ana@globex.example");
    let said = brief(&files.load());
    assert!(
        said.contains("a list stands under a key of its own, such as `list:`"),
        "{said}"
    );
}

/// Exports as their makers write them: header, two rows, and the YAML that reads them.
const EXPORTS: &[(&str, &str, &str)] = &[
    (
        "Atlassian: users",
        "User id,User name,email,User status,Added to org,Org role,Last seen in Jira Service Management - acme\n5b10a2844c20165700ede21g,Ana Lopez,ana@globex.example,Active,03 Feb 2024,User,20 Nov 2026\n5b10a2844c20165700ede22h,Mal Ory,mal@globex.example,Suspended,03 Feb 2024,User,Never accessed\n",
        "columns: { account_id: User id, name: User name }, where: { User status: { in: [Active], out: [Suspended, Deactivated] } }, ignore_columns: [Added to org, Org role, \"Last seen in Jira Service Management - acme\"]",
    ),
    (
        "Atlassian: customers",
        "Full name,Email Address,Organization Name,User status,End date\nAna Lopez,ana@globex.example,Globex,Active,\nMal Ory,mal@globex.example,Globex,Inactive,\n",
        "columns: { email: Email Address, name: Full name, until: End date }, where: { User status: { in: [Active], out: [Suspended, Inactive] }, Organization Name: { in: [Globex] } }",
    ),
    (
        "Microsoft Entra",
        "userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,accountEnabled,usageLocation,state,country,companyName,creationType,invitationState,createdDateTime\nana_globex.example#EXT#@acme.onmicrosoft.com,Ana Lopez,Lopez,ana@globex.example,Ana,1,Guest,,,True,DE,,DE,,Invitation,Accepted,1/2/2024 9:00:00 AM\nmal_globex.example#EXT#@acme.onmicrosoft.com,Mal Ory,Ory,mal@globex.example,Mal,2,Guest,,,False,DE,,DE,,Invitation,Accepted,1/2/2024 9:00:00 AM\n",
        "columns: { email: mail, name: displayName }, where: { accountEnabled: { in: [true], out: [false] } }, ignore_columns: [state, companyName, invitationState]",
    ),
    (
        "Okta",
        "id,status,created,activated,lastLogin,profile.firstName,profile.lastName,profile.email,profile.login\n00u1,ACTIVE,2024-02-03T09:00:00.000Z,2024-02-03T09:00:00.000Z,2026-11-20T09:00:00.000Z,Ana,Lopez,ana@globex.example,ana@globex.example\n00u2,SUSPENDED,2024-02-03T09:00:00.000Z,2024-02-03T09:00:00.000Z,,Mal,Ory,mal@globex.example,mal@globex.example\n",
        "columns: { email: profile.email, name: profile.firstName }, where: { status: { in: [ACTIVE, PASSWORD_EXPIRED], out: [SUSPENDED, DEPROVISIONED] } }, ignore_columns: [created, activated, lastLogin]",
    ),
    (
        "Google Workspace",
        "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],Org Unit Path [Required],Status [READ ONLY],Last Sign In [READ ONLY]\nAna,Lopez,ana@globex.example,****,/Partners,Active,2026/11/20 09:00:00\nMal,Ory,mal@globex.example,****,/Partners,Suspended,Never logged in\n",
        "columns: { email: \"Email Address [Required]\", name: \"First Name [Required]\" }, where: { \"Status [READ ONLY]\": { in: [Active], out: [Suspended, Archived] } }, ignore_columns: [\"Org Unit Path [Required]\"]",
    ),
];

#[test]
fn exports_of_directories_are_read_as_they_come() {
    for (what, table, reading) in EXPORTS {
        let files = globex(&format!(
            "{{ mode: exact, from: [{{ file: r.csv, {reading} }}] }}"
        ));
        files.write("r.csv", table);
        let loaded = files.load();
        let problems: Vec<_> = codes(&loaded)
            .into_iter()
            .filter(|(_, s)| *s != Severity::Note)
            .collect();
        assert!(problems.is_empty(), "{what}: {}", brief(&loaded));
        let roster = roster(&loaded);
        assert_eq!(
            (roster.entries.len(), roster.absent.len()),
            (1, 1),
            "{what}"
        );
        let name = roster.entries[0].name.as_deref();
        assert!(name.unwrap().starts_with("Ana"), "{what}");
        // As it comes, without a word about its columns, it is refused and never half read.
        let bare = globex("{ mode: exact, from: [r.csv] }");
        bare.write("r.csv", table);
        assert!(bare.load().workspace.is_none(), "{what}");
    }
}

fn cell() -> impl Strategy<Value = String> {
    "[a-zA-Zé;,\t\"' \n|=+@-]{0,8}"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the dialect, what was written is what is read.
    #[test]
    fn any_dialect_is_read_as_it_was_written(
        rows in prop::collection::vec((0u32..40, cell(), cell(), any::<bool>()), 1..12),
        separator in prop::sample::select(&[b',', b';', b'\t'][..]),
        order in Just(vec!["Email", "NAME", "Phone"]).prop_shuffle(),
        (crlf, said, mark, wide) in any::<(bool, bool, bool, bool)>(),
    ) {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(separator)
            .terminator(if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') })
            .from_writer(Vec::new());
        writer.write_record(&order).unwrap();
        let mut wanted = std::collections::BTreeMap::new();
        for (n, name, phone, blank) in &rows {
            let email = format!("p{n}@globex.example");
            if wanted.contains_key(&email) {
                continue;
            }
            if *blank {
                writer.write_record(["", " ", ""]).unwrap();
            }
            writer.write_record(order.iter().map(|column| match *column {
                "Email" => email.as_str(),
                "NAME" => name,
                _ => phone,
            })).unwrap();
            let name = name.trim();
            let name = if name.contains('\n') { name.split_whitespace().collect::<Vec<_>>().join(" ") } else { name.to_owned() };
            wanted.insert(email, (!name.is_empty()).then_some(name));
        }
        let body = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let said = if said { format!("sep={}\n", char::from(separator)) } else { String::new() };
        let text = format!("{}{said}{body}", if mark || wide { "\u{feff}" } else { "" });
        let files = globex("{ from: [{ file: r.csv, ignore_columns: [phone] }] }");
        if wide {
            files.write("r.csv", text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
        } else {
            files.write("r.csv", &text);
        }
        let loaded = files.load();
        let read: std::collections::BTreeMap<String, Option<String>> = roster(&loaded)
            .entries
            .iter()
            .map(|entry| {
                prop_assert!(matches!(entry.who, Who::Email(_)));
                // The line of an entry is the line of its row.
                let line = text.lines().nth(entry.span.line as usize - 1).unwrap_or_default();
                let begins = line.contains(&*entry.who.text()) || !order.starts_with(&["Email"]);
                prop_assert!(begins, "{line:?}");
                Ok((entry.who.text().into_owned(), entry.name.as_ref().map(ToString::to_string)))
            })
            .collect::<Result<_, TestCaseError>>()?;
        prop_assert_eq!(read, wanted, "{:?}", text);
    }
}

/// A site whose lists are filled by one file.
fn one_file(rest: &str, lists: &str, table: &str) -> Files {
    let files = Files::new(&format!(
        "=== portcullis.yaml\nversion: 1\n{rest}sites:\n  acme:\n    url: \"sandbox:\"\n    rosters:\n      - {{ file: all.csv, columns: {{ email: Mail, organization: Organizations, project: Desk }}, split: \";\", where: {{ Status: {{ in: [on], out: [off] }} }} }}\n{lists}"
    ));
    files.write("all.csv", table);
    files
}

const LISTS: &str = "    organizations: { Globex: { members: { mode: exact } }, Initech: {}, Hooli: { managed_by: scim } }\n    projects: { HR: {} }\n";

#[test]
fn rows_of_one_file_are_entries_of_the_lists_that_they_name() {
    let files = one_file(
        "",
        LISTS,
        "Mail,Organizations,Desk,Status\nana@globex.example,Globex; Initech,,on\nmal@globex.example,Globex,,off\nhr@acme.example,,HR,on\ngone@acme.example,,,off\nh@hooli.example,Hooli,,on\nana@globex.example,Globex,,on\n",
    );
    let loaded = files.load();
    assert_eq!(
        codes(&loaded),
        [("managed-elsewhere", Severity::Warning)],
        "{}",
        brief(&loaded)
    );
    assert_eq!(
        people(&loaded),
        ["ana@globex.example", "-mal@globex.example"]
    );
    let site = &loaded.workspace.as_ref().unwrap().sites[&SiteKey::new("acme").unwrap()];
    let members = |name: &str| site.organizations[name].members.as_ref();
    assert_eq!(members("Initech").unwrap().entries.len(), 1);
    assert!(members("Hooli").is_none());
    let hr = site.projects["HR"].customers.as_ref().unwrap();
    assert_eq!(hr.entries[0].who.text(), "hr@acme.example");
    assert_eq!((site.rosters.len(), site.rosters[0].rows), (1, 6));
    assert_eq!(hr.entries[0].span.file, site.rosters[0].file);
}

#[test]
fn lists_that_nobody_declares_or_fills_are_told() {
    let files = one_file(
        "",
        LISTS,
        "Mail,Organizations,Desk,Status\na@x.example,Umbrella,,on\nb@x.example,Umbrella;Soylent,,on\nc@x.example,,,on\nd@x.example,,IT,on\n",
    );
    let found = brief(&files.load());
    assert!(found.contains("all.csv:2:1+1 not-declared: `all.csv` fills lists that are not declared (4 rows): organization `Soylent`, organization `Umbrella`, project `IT`"), "{found}");
    assert!(
        found.contains(
            "organizations: { \"Soylent\": { members: {} }, \"Umbrella\": { members: {} } }"
        ),
        "{found}"
    );
    assert!(
        found.contains(
            "all.csv:4:1+16 roster-format: this line does not say whose list it belongs to"
        ),
        "{found}"
    );
    assert!(!found.contains("allow_empty"), "{found}");
    // Globex is `exact`, and no row names it.
    let files = one_file(
        "",
        LISTS,
        "Mail,Organizations,Desk,Status\na@x.example,Initech,,on\n",
    );
    assert_eq!(codes(&files.load()), [("empty-list", Severity::Error)]);
}

#[test]
fn a_scope_must_grant_the_file_each_list_that_it_fills() {
    let table = "Mail,Organizations,Desk,Status\na@x.example,Globex,,on\nb@x.example,Initech,,on\n";
    let scope = |may: &str| format!("scopes:\n  - {{ files: all.csv, may: [{may}] }}\n");
    let files = one_file(&scope("acme/organization/Globex"), LISTS, table);
    let found = brief(&files.load());
    assert!(
        found.contains(
            "all.csv:3:1+1 outside-scope: `all.csv` may not declare `acme/organization/Initech`"
        ),
        "{found}"
    );
    let files = one_file(&scope("acme/organization/*"), LISTS, table);
    assert_eq!(brief(&files.load()), "");
}

#[test]
fn leavers_are_absent_from_the_day_after_their_last_day() {
    let leavers = "leavers: [{ file: left.csv, columns: { email: Mail, account_id: Id, until: Last }, date_format: \"%d.%m.%Y\" }]\n";
    let files = one_file(
        leavers,
        "    organizations: { Globex: {} }\n",
        "Mail,Organizations,Desk,Status\ngone@x.example,Globex,,on\nstays@x.example,Globex,,on\n",
    );
    files.write(
        "portcullis.yaml",
        fs_err::read_to_string(files.join("portcullis.yaml"))
            .unwrap()
            .replace(", project: Desk", ""),
    );
    files.write(
        "all.csv",
        "Mail,Organizations,Status\ngone@x.example,Globex,on\nstays@x.example,Globex,on\n",
    );
    files.write(
        "left.csv",
        "Id,Mail,Last\n,gone@x.example,21.11.2026\n,stays@x.example,22.11.2026\nqm:1,,\n",
    );
    let loaded = files.load();
    assert_eq!(
        codes(&loaded),
        [("listed-and-absent", Severity::Note)],
        "{}",
        brief(&loaded)
    );
    let site = &loaded.workspace.as_ref().unwrap().sites[&SiteKey::new("acme").unwrap()];
    let left: Vec<&str> = site.people.keys().map(|email| email.key()).collect();
    assert_eq!(left, ["gone@x.example"]);
    assert_eq!(
        site.people_by_id.keys().map(Who::text).collect::<Vec<_>>(),
        ["qm:1"]
    );
    assert_eq!(
        site.leaving
            .iter()
            .map(|(who, _)| who.text())
            .collect::<Vec<_>>(),
        ["stays@x.example"]
    );
    let elsewhere = globex("{}");
    elsewhere.write("sites/a.yaml", "version: 1\nleavers: []\n");
    assert_eq!(codes(&elsewhere.load()), [("root-only", Severity::Error)]);
}

#[test]
fn the_docs_list_every_word_that_makes_a_column_matter() {
    let path = format!("{}/docs/rosters.md", env!("CARGO_MANIFEST_DIR"));
    let page = fs_err::read_to_string(path).unwrap();
    let listed: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("> "))
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .collect();
    assert_eq!(
        listed,
        portcullis::config::column_words().collect::<Vec<_>>()
    );
}
