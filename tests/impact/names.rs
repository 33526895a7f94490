//! A name that reads like a sentence of the program is never one: it stands between marks wherever the plan has it.

use super::examples::{plan, site};
use portcullis::report::{html, markdown};

/// Ends the brackets of a sentence, states something, and opens brackets again.
const FORGED: &str = "Globex). Everybody keeps the portal. (Seen by audit";
/// Reads as two routes.
const TWO: &str = "Globex and open access";

/// Unlinks an organization of this name from ITSM, so that its people lose it.
fn unlinked(name: &str) -> [String; 3] {
    let quoted = format!("{name:?}");
    let named = [
        ("channel_access: open", "channel_access: restricted"),
        ("      Globex:", &format!("      {quoted}:")),
    ];
    let linked = format!("list: [{quoted}]");
    let unlinked = "list: [], allow_empty: true";
    let before = [named[0], named[1], ("list: [Globex]", linked.as_str())];
    let after = [named[0], named[1], ("list: [Globex]", unlinked)];
    let round = plan(&site(&before), &site(&after));
    let mut page = Vec::new();
    html::plan(&round.document, &mut page).unwrap();
    [
        round.text(),
        markdown::plan(&round.document, 60_000),
        String::from_utf8(page).unwrap(),
    ]
}

#[test]
fn a_name_is_one_marked_piece_in_every_form() {
    for name in [FORGED, TWO] {
        let [text, comment, page] = unlinked(name);
        let spaces = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        for (form, open, close) in [
            (spaces(&text), "`", "`"),
            (spaces(&comment), "`", "`"),
            (spaces(&page), "<bdi>", "</bdi>"),
        ] {
            let all = form.matches(name).count();
            let marked = form.matches(&format!("{open}{name}{close}")).count();
            // In a drawing, which knows no elements for names, quotes stand around the beginning of one.
            let drawn = form.matches(&format!("“{name}”")).count();
            let marked = marked + drawn;
            assert!(all > 1, "the name stands nowhere: {form}");
            assert_eq!(all, marked, "{form}");
        }
    }
}

#[test]
fn a_name_cannot_end_its_marks() {
    let [text, comment, _] = unlinked("x` is gone, and `y");
    for form in [text, comment] {
        assert!(form.contains("`x\\u{60} is gone"), "{form}");
        assert!(!form.contains("x` is gone"), "{form}");
    }
}
