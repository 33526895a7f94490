//! The labels of the console: docs/sandbox.md says of each whose words it is, and the page has it as it is written there.

use crate::harness::acme;
use portcullis::emulator::{Options, Sandbox};
use scraper::Html;

/// A row of the table: the page, the label, and where it is from.
fn rows(book: &str) -> Vec<(String, String, String)> {
    let (_, table) = book.split_once("| page of the console |").unwrap();
    let rows = table.lines().skip(2);
    rows.take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let [page, label, source] = cells[..] else {
                panic!("{line}")
            };
            (page.to_owned(), label.to_owned(), source.to_owned())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_label_of_the_book_stands_on_its_page() {
    // Plain HTTP is all that is spoken here, but the client wants to know where it would get its cryptography from.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let book = fs_err::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/sandbox.md"));
    let rows = rows(&book.unwrap());
    assert!(rows.len() > 25, "{rows:?}");
    let sandbox = Sandbox::start(acme().site, Options::default())
        .await
        .unwrap();
    for (page, label, source) in rows {
        let address = format!("{}/__sandbox/console/{page}", sandbox.url());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client.get(address).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{page}");
        let html = Html::parse_document(&answer.text().await.unwrap());
        let text: String = html.root_element().text().collect();
        assert!(text.contains(&label), "{page} has no `{label}`:\n{text}");
        let known = source.contains("](https://") && source.contains("atlassian.com/");
        assert!(known || source.starts_with("ours"), "{label}: {source}");
    }
}
