//! The plan text of many rows: what folds, what never does, and that it stays readable.

use crate::document::{member, with};
use crate::text::{shown, shown_with};
use portcullis::report::text::Style;

pub(crate) fn crowd(
    action: &str,
    count: usize,
) -> Vec<portcullis::report::document::ResourceChange> {
    (0..count)
        .map(|i| member(action, "Globex", &format!("p{i:03}@globex.example")))
        .collect()
}

#[test]
fn five_hundred_members_fold() {
    insta::assert_snapshot!(shown(&with(crowd("create", 500))), @"
    acme: 500 to add, 0 to change, 0 to remove

      add (500)
        organization `Globex`
          + member p000@globex.example  listed  sites/acme.yaml:7
          + member p001@globex.example  listed  sites/acme.yaml:7
          + member p002@globex.example  listed  sites/acme.yaml:7
          + member p003@globex.example  listed  sites/acme.yaml:7
          + member p004@globex.example  listed  sites/acme.yaml:7
          + member p005@globex.example  listed  sites/acme.yaml:7
          + member p006@globex.example  listed  sites/acme.yaml:7
          + member p007@globex.example  listed  sites/acme.yaml:7
          + member p008@globex.example  listed  sites/acme.yaml:7
          + member p009@globex.example  listed  sites/acme.yaml:7
          + member p010@globex.example  listed  sites/acme.yaml:7
          + member p011@globex.example  listed  sites/acme.yaml:7
          … and 488 more (portcullis show PLAN --format json lists them)

    coverage: 1 of 3 organizations and 1 of 1 project are described; 12 fields known, 0 not known
    requests: apply will send at least 500 writes; planning took 14 requests
    mails:    none by these requests
    digest:   3f1ac09d5b7e42a8aa00c1d2e3f4a5b60718293a4b5c6d7e8f90a1b2c3d4e5f6

    next: to carry it out: portcullis apply
    ");
}

fn rows(text: &str) -> usize {
    text.lines()
        .filter(|line| line.trim_start().starts_with(['+', '-', '~']) && line.contains("member p"))
        .count()
}

#[test]
fn removals_do_not_fold_below_fifty() {
    let text = shown(&with(crowd("delete", 50)));
    assert_eq!(rows(&text), 50);
    assert!(!text.contains('…'));
    let text = shown(&with(crowd("delete", 500)));
    assert_eq!(rows(&text), 50);
    assert!(
        text.contains("… and 450 more (portcullis show PLAN --format json lists them)"),
        "{text}"
    );
    let narrow = Style {
        list_limit: Some(3),
        ..Style::default()
    };
    assert_eq!(rows(&shown_with(&with(crowd("delete", 50)), narrow)), 50);
    let mut blocked = crowd("delete", 50);
    for change in &mut blocked {
        change.portcullis.blocked_by = vec!["max_removals".into()];
    }
    assert_eq!(rows(&shown(&with(blocked))), 50);
}

#[test]
fn a_fold_hides_two_rows_or_none() {
    assert_eq!(rows(&shown(&with(crowd("create", 13)))), 13);
    assert_eq!(rows(&shown(&with(crowd("create", 14)))), 12);
    let all = Style {
        list_limit: None,
        ..Style::default()
    };
    assert_eq!(rows(&shown_with(&with(crowd("create", 500)), all)), 500);
}

#[test]
fn a_change_in_every_organization_stays_readable() {
    let changes = (0..10_000)
        .map(|i| member("create", &format!("Customer {i:05}"), "ana@globex.example"))
        .collect();
    let text = shown(&with(changes));
    assert!(text.lines().count() < 120, "{}", text.lines().count());
    assert!(text.contains("9950 more in 9950 other places"), "{text}");
}
