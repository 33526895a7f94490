//! A running sandbox with a small site on it, and a plain HTTP client that knows nothing of Portcullis.

use portcullis::emulator::NewAccount;
use portcullis::emulator::{Options, Sandbox, Site};
use portcullis::model::{
    AccountId, ChannelAccess, Domain, Email, OrganizationId, OrganizationName, ProjectKey,
    SpaceKey, WhoCanView,
};
use serde_json::Value;

/// Who sends a request.
#[derive(Clone, Copy)]
pub(crate) enum Who {
    Admin,
    Agent,
    Nobody,
    Wrong,
    Key,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

pub(crate) struct Box {
    pub(crate) sandbox: Sandbox,
    pub(crate) url: String,
    http: reqwest::Client,
}

impl Box {
    pub(crate) async fn start(site: Site) -> Self {
        let options = Options {
            record: true,
            ..Options::default()
        };
        Self::start_with(site, options).await
    }

    pub(crate) async fn start_with(site: Site, options: Options) -> Self {
        let sandbox = Sandbox::start(site, options).await.unwrap();
        Self {
            url: sandbox.url(),
            sandbox,
            http: client(),
        }
    }

    /// Sends a request with the experimental header.
    pub(crate) async fn send(
        &self,
        who: Who,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Got {
        self.try_send(who, method, path, body, true).await.unwrap()
    }

    pub(crate) async fn try_send(
        &self,
        who: Who,
        method: &str,
        path: &str,
        body: Option<Value>,
        opt_in: bool,
    ) -> reqwest::Result<Got> {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.url)
        };
        let mut request = self.http.request(method.parse().unwrap(), url);
        request = match who {
            Who::Admin => request.basic_auth("admin@sandbox.example", Some("sandbox-admin")),
            Who::Agent => request.basic_auth("agent@sandbox.example", Some("sandbox-agent")),
            Who::Wrong => request.basic_auth("admin@sandbox.example", Some("guess")),
            Who::Key => request.bearer_auth("sandbox-org-key"),
            Who::Nobody => request,
        };
        if opt_in {
            request = request.header("X-ExperimentalApi", "opt-in");
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = answer.bytes().await?;
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).unwrap()
        };
        Ok(Got {
            status,
            headers,
            body,
        })
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let got = self.send(Who::Admin, "GET", path, None).await;
        assert_eq!(got.status, 200, "{path}: {}", got.body);
        got.body
    }

    /// Sends a request with a bearer token.
    pub(crate) async fn with_bearer(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Got {
        let url = format!("{}{path}", self.url);
        let mut request = self.http.request(method.parse().unwrap(), url);
        request = request.bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = answer.bytes().await.unwrap();
        Got {
            status,
            headers,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
        }
    }

    /// Goes through a door.
    pub(crate) async fn door(&self, door: &str, form: Value) -> Value {
        let url = format!("{}/__sandbox/doors/{door}", self.url);
        let request = self.http.post(url).header("Accept", "application/json");
        let answer = request.json(&form).send().await.unwrap();
        answer.json().await.unwrap()
    }

    /// Sends a form of the console, which has to be taken.
    pub(crate) async fn form(&self, page: &str, form: Value) {
        let url = format!("{}/__sandbox/{page}", self.url);
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let answer = http.post(url).json(&form).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 303, "{page}: {form}");
    }

    /// Visits the help center as an address.
    pub(crate) async fn visit(&self, address: &str) -> Value {
        let url = format!("{}/__sandbox/visit?as={address}", self.url);
        let request = self.http.get(url).header("Accept", "application/json");
        request.send().await.unwrap().json().await.unwrap()
    }

    pub(crate) async fn status(
        &self,
        who: Who,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> u16 {
        self.send(who, method, path, body).await.status
    }

    /// Reads every page of a JSM list, by the size returned, and gives one field of each row.
    pub(crate) async fn all(&self, path: &str, field: &str) -> Vec<String> {
        let mut rows = Vec::new();
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let page = self
                .get(&format!("{path}{joint}start={}", rows.len()))
                .await;
            let values = page["values"].as_array().unwrap();
            rows.extend(values.iter().map(|v| v[field].as_str().unwrap().to_owned()));
            if page["isLastPage"] == true {
                return rows;
            }
            assert!(!values.is_empty());
        }
    }
}

fn client() -> reqwest::Client {
    // Plain HTTP is all that is spoken here, but the client wants to know where it would get its cryptography from.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

pub(crate) fn email(text: &str) -> Email {
    Email::new(text).unwrap()
}

pub(crate) fn key(text: &str) -> ProjectKey {
    ProjectKey::new(text).unwrap()
}

pub(crate) fn space(text: &str) -> SpaceKey {
    SpaceKey::new(text).unwrap()
}

/// What the small site holds, by name.
pub(crate) struct Acme {
    pub(crate) site: Site,
    pub(crate) ana: AccountId,
    pub(crate) bo: AccountId,
    pub(crate) globex: OrganizationId,
}

/// A site with an open project `WEB`, a restricted `ITSM`, an organization and three portal-only people, `cy` in nothing.
pub(crate) fn acme() -> Acme {
    let mut site = Site::empty("acme");
    site.settings.portal_only_accounts = true;
    site.settings.customers_can_create_accounts = true;
    site.add_project(&key("WEB"), "Web help").channel_access = ChannelAccess::Open;
    site.add_project(&key("ITSM"), "IT help");
    let named = |text: &str, name: &str| NewAccount {
        name: Some(name.into()),
        ..NewAccount::portal_only(email(text))
    };
    let ana = site.add_account(named("ana@globex.example", "Ana"));
    let bo = site.add_account(named("bo@globex.example", "Bo"));
    site.add_account(named("cy@acme.com", "Cy"));
    let globex = site.add_organization(&OrganizationName::new("Globex").unwrap());
    site.add_members(&globex, &[ana, bo]).unwrap();
    site.organization_mut(&globex)
        .unwrap()
        .email_domains
        .insert(Domain::new("globex.example").unwrap());
    site.set_organization_link(&key("ITSM"), &globex, true)
        .unwrap();
    site.add_customers(&key("ITSM"), std::slice::from_ref(&ana))
        .unwrap();
    site.add_customers(&key("WEB"), std::slice::from_ref(&ana))
        .unwrap();
    site.add_space(&space("ITKB"), "IT articles");
    site.add_space(&space("OTHER"), "Other articles");
    site.link_space(&key("ITSM"), &space("ITKB"), WhoCanView::AllLoggedIn)
        .unwrap();
    Acme {
        site,
        ana,
        bo,
        globex,
    }
}

pub(crate) fn path_id(id: &AccountId) -> String {
    percent_encoding::utf8_percent_encode(&id.text(), percent_encoding::NON_ALPHANUMERIC)
        .to_string()
}
