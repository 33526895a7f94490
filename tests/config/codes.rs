//! Every code is reported by at least one workspace, and nothing reports a code that is not on the list.

use super::support::{Files, today};
use portcullis::config::{LoadOptions, codes, load};
use std::collections::BTreeSet;

/// Workspaces with mistakes; together they show every code that one ordinary file can cause.
const MISTAKES: &[&str] = &[
    "=== portcullis.yaml\nsites: {}\n",
    "=== portcullis.yaml\nversion: 1\nsites:\n  acme:\n    url: \"sandbox:\"\n    token_expires: 2020-01-01\n    colour: red\n",
    r#"
=== portcullis.yaml
version: 1
include: ["sites/**", "../*.yaml", "nothing/**"]
scopes:
  - { files: "sites/**", may: ["acme/**", "**/x"] }
sites:
  acme:
    url: sandbox
    seed: nowhere
    auth: basic
    customer_access: null
    unlisted_projects: {}
    colour: red
=== sites/empty.yaml
=== sites/two.yaml
version: 1
---
version: 1
=== sites/tab.yaml
version: 1
	sites: {}
=== sites/old.yaml
version: 0
include: []
policy: {}
"#,
    r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    url: sandbox:
"#,
    r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    url: https://acme.atlassian.net
    seed: seed
    auth: !!str classic
    accounts: { list: [] }
    surfaces: { mapped: d.yaml }
    customer_access: { external: { allowed_domains: ["*.x.example"] } }
    organizations:
      Globex: &x { id: x, email_domains: [a.aa, b.aa, c.aa, d.aa, e.aa, f.aa, g.aa, h.aa, i.aa, j.aa, k.aa] }
      Globex: {}
      globex: { <<: *x, previous_name: Globex, email_domains: [a.aa], state: absent }
      "": { members: { mode: exact } }
      Hooli: { managed_by: scim, members: { list: [x, a@b.cc, { email: a@b.cc, name: A }, { email: e@b.cc, until: soon }], absent: [a@b.cc], from: [x.csv, y.csv] } }
    projects:
      IT: { organizations: { list: [globex, Nobody] }, knowledge_base: { KB: { who_can_view: anyone } } }
      HR: { knowledge_base: { KB: { who_can_view: all_logged_in } } }
policy: { max_removals: { percent: 200 } }
expectations: [{ name: x, who: anyone, can: sign_up, cannot: sign_up, site: acme }]
attestations: [{ address: acme/nothing, value: 1, by: jo, on: 2026-01-01 }]
=== sites/a.yaml
version: 1
sites: { acme: { auth: classic } }
=== x.csv
name
=== d.yaml
version: 1
endpoints: { a: { path: relative } }
fields: {}
=== seed/portcullis.yaml
version: 1
"#,
];

fn reported(files: &Files, options: LoadOptions) -> BTreeSet<&'static str> {
    let loaded = load(files.path(), options);
    assert!(loaded.workspace.is_none());
    for diagnostic in &loaded.diagnostics {
        assert!(
            !diagnostic.message.to_string().ends_with('.'),
            "{diagnostic:?}"
        );
        assert!(
            !diagnostic.message.to_string().contains('\n'),
            "{diagnostic:?}"
        );
    }
    loaded.diagnostics.iter().map(|d| d.code).collect()
}

#[test]
fn every_code_is_reported_and_listed() {
    let options = LoadOptions::new(today());
    let mut found = BTreeSet::new();
    for text in MISTAKES {
        found.extend(reported(&Files::new(text), options));
    }
    found.extend(reported(&Files::new(""), options));

    let files = Files::new("=== portcullis.yaml\nversion: 1\n=== sites/a.yaml\nversion: 1\n");
    files.write("sites/b.yaml", b"version: 1 # \xff\n");
    fs_err::create_dir(files.join("r.csv")).unwrap();
    files.write("sites/c.yaml", "version: 1\nsites: { a: { url: \"sandbox:\", organizations: { X: { members: { from: [../r.csv] } } } } }\n");
    found.extend(reported(&files, options));
    let mut small = options;
    small.limits.file_bytes = 5;
    found.extend(reported(&files, small));
    let mut few = options;
    few.limits.files = 1;
    found.extend(reported(&files, few));
    let deep = Files::new("");
    deep.write(
        "portcullis.yaml",
        format!("sites: {}1{}\n", "[".repeat(40), "]".repeat(40)),
    );
    found.extend(reported(&deep, options));

    let references = Files::new(
        "=== portcullis.yaml\nversion: 1\nsites:\n  acme:\n    url: \"sandbox:\"\n    organizations:\n      Globex: { email_domains: [a.aa], id: \"1\", state: absent }\n      globex: { email_domains: [a.aa], id: \"1\" }\n      Hooli: { members: { list: [a@b.cc], absent: [a@b.cc] } }\n    projects:\n      IT: { organizations: { list: [Globex, Nobody] }, knowledge_base: { KB: { who_can_view: anyone } } }\n      HR: { knowledge_base: { KB: { who_can_view: all_logged_in } } }\nattestations: [{ address: acme/nothing, value: 1, by: jo, on: 2026-01-01 }]\n",
    );
    found.extend(reported(&references, options));

    let tables = Files::new(
        "=== portcullis.yaml\nversion: 1\nsites:\n  acme:\n    url: \"sandbox:\"\n    organizations:\n      Globex: { members: { mode: exact, from: [a.csv, { file: b.csv, where: { kind: { in: [x] } } }, { file: c.csv, min_rows: 2 }, d.txt] } }\n=== a.csv\nemail,status\na@b.cc,x\n=== b.csv\nemail,kind\na@b.cc,y\n=== c.csv\nemail\n=== d.txt\n<<<<<<< HEAD\na@b.cc\n>>>>>>> x\n",
    );
    found.extend(reported(&tables, options));

    let listed: BTreeSet<&str> = codes::ALL.iter().map(|(code, _)| *code).collect();
    assert_eq!(found, listed);
    for (code, sentence) in codes::ALL {
        assert!(sentence.trim().ends_with('.'), "{code}: {sentence}");
    }
}
