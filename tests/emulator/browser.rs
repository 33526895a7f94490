//! A browser without script for the sandbox's own pages.

use portcullis::emulator::{Options, Sandbox, Site};
use reqwest::{Client, Response, redirect};
use scraper::{Html, Selector};
use serde_json::Value;

/// A browser without script: it keeps the page that it was sent on to.
pub(crate) struct Browser {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: Client,
}

impl Browser {
    pub(crate) async fn on(site: Site) -> Self {
        // Plain HTTP is all that is spoken here, but the client wants to know where it would get its cryptography from.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            sandbox: Sandbox::start(site, Options::default()).await.unwrap(),
            http: Client::builder()
                .no_proxy()
                .redirect(redirect::Policy::none())
                .build()
                .unwrap(),
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.url())
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.http.get(self.url(path)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    pub(crate) async fn page(&self, path: &str) -> String {
        let (status, page) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {page}");
        page
    }

    pub(crate) async fn send(&self, path: &str, form: &[(&str, &str)]) -> Response {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        self.http
            .post(self.url(path))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", self.sandbox.url())
            .header("sec-fetch-site", "same-origin")
            .body(body)
            .send()
            .await
            .unwrap()
    }

    /// Sends a form that is taken, and gives the page behind it.
    pub(crate) async fn submit(&self, path: &str, form: &[(&str, &str)]) -> String {
        let answer = self.send(path, form).await;
        assert_eq!(answer.status().as_u16(), 303, "{path} {form:?}");
        let place = answer.headers()["location"].to_str().unwrap().to_owned();
        self.page(&place).await
    }

    /// Sends a form that is refused, and gives the page that says why.
    pub(crate) async fn refused(&self, path: &str, form: &[(&str, &str)]) -> String {
        let before = self.sandbox.site();
        let answer = self.send(path, form).await;
        assert_eq!(answer.status().as_u16(), 422, "{path} {form:?}");
        let page = answer.text().await.unwrap();
        assert!(page.contains("role=\"alert\""), "{page}");
        assert_eq!(before, self.sandbox.site(), "{path} {form:?}");
        page
    }

    pub(crate) async fn visit(&self, query: &str) -> Value {
        let request = self.http.get(self.url(&format!("/__sandbox/visit{query}")));
        let answer = request.header("accept", "application/json").send().await;
        serde_json::from_slice(&answer.unwrap().bytes().await.unwrap()).unwrap()
    }
}

/// Returns what a selector finds on a page.
pub(crate) fn all<'h>(page: &'h Html, selector: &str) -> Vec<scraper::ElementRef<'h>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}
