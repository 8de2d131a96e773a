//! A browser, and what it sees.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::Ordering;

use axum::body::Body;
use http::{Request, Response, StatusCode, header};

use super::{CALLBACK, VERIFIER, World};
use crate::provider::Persona;

pub async fn text(response: Response<Body>) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20)
        .await
        .expect("a body");
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// What a browser sees.
#[derive(Debug, Clone)]
pub struct Seen {
    pub status: StatusCode,
    pub location: Option<String>,
    pub body: String,
    pub headers: http::HeaderMap,
    /// Where it is.
    pub address: String,
}

impl Seen {
    pub fn field(&self, name: &str) -> String {
        let marker = format!("name=\"{name}\" value=\"");
        let start = self
            .body
            .find(&marker)
            .unwrap_or_else(|| panic!("no field {name} in {}", self.body))
            + marker.len();
        let end = self.body[start..].find('"').expect("an end");
        self.body[start..start + end].to_owned()
    }

    /// Where the browser was sent, out of this server.
    pub fn sent_to(&self) -> &str {
        let location = self.location.as_deref();
        location.unwrap_or_else(|| panic!("not sent away: {self:?}"))
    }

    /// The code, when the browser was sent to the application with one.
    pub fn code(&self) -> String {
        self.parameter("code").unwrap_or_else(|| panic!("no code: {self:?}"))
    }

    pub fn parameter(&self, name: &str) -> Option<String> {
        let url = url::Url::parse(self.location.as_deref()?).ok()?;
        url.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// The number of the page of an error; empty on any other page.
    pub fn number(&self) -> &str {
        let found = self.body.split_once("<dd>").map(|(_, rest)| rest);
        found.and_then(|rest| rest.get(..4)).unwrap_or_default()
    }
}

pub struct Browser<'w> {
    pub world: &'w World,
    pub cookies: Mutex<HashMap<String, String>>,
}

impl Browser<'_> {
    pub fn cookies_now(&self) -> HashMap<String, String> {
        self.cookies.lock().expect("cookies").clone()
    }

    /// From now on it has these cookies and no others, as if it had dropped what it was sent since.
    pub fn set_cookies(&self, cookies: HashMap<String, String>) {
        *self.cookies.lock().expect("cookies") = cookies;
    }

    pub async fn get(&self, address: &str) -> Seen {
        self.go(Request::get(address), address, Body::empty()).await
    }

    pub async fn post(&self, address: &str, form: &[(&str, &str)]) -> Seen {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        self.post_raw(address, "application/x-www-form-urlencoded", body).await
    }

    /// Sends a body as it is.
    pub async fn post_raw(&self, address: &str, kind: &str, body: impl Into<Body>) -> Seen {
        let request = Request::post(address)
            .header(header::CONTENT_TYPE, kind)
            .header("sec-fetch-site", "same-origin");
        self.go(request, address, body.into()).await
    }

    async fn go(&self, request: http::request::Builder, address: &str, body: Body) -> Seen {
        let cookies: Vec<String> = self
            .cookies_now()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request.header(header::COOKIE, cookies.join("; "));
        let response = self.world.send(request.body(body).expect("a request")).await;
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let text = cookie.to_str().expect("text");
            let (name, rest) = text.split_once('=').expect("a cookie");
            let value = rest.split(';').next().unwrap_or_default();
            let mut cookies = self.cookies.lock().expect("cookies");
            if text.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let location = response
            .headers()
            .get(header::LOCATION)
            .map(|v| v.to_str().expect("text").to_owned());
        let (status, headers) = (response.status(), response.headers().clone());
        let body = text(response).await;
        let head: usize = headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
            .sum();
        self.world.bytes.fetch_add((head + body.len()) as u64, Ordering::SeqCst);
        Seen {
            status,
            location,
            headers,
            address: address.to_owned(),
            // Without the marks that the framework sets between elements.
            body: body.replace("<!>", ""),
        }
    }

    /// Sends a form of a page, with the page's token, and follows where it leads.
    pub async fn send(&self, page: &Seen, action: &str, fields: &[(&str, &str)]) -> Seen {
        let csrf = page.field("csrf");
        let form: Vec<_> = [("csrf", csrf.as_str())].iter().chain(fields).copied().collect();
        let seen = self.post(action, &form).await;
        self.follow(seen).await
    }

    /// Sends a form of a page to the page itself.
    pub async fn submit(&self, page: &Seen, fields: &[(&str, &str)]) -> Seen {
        self.send(page, &page.address, fields).await
    }

    /// Goes to the provider from a page that offers it, and comes back.
    pub async fn through(&self, page: &Seen, persona: &Persona) -> Seen {
        let away = self.submit(page, &[("option", "connection:acme")]).await;
        self.back(&away, persona).await
    }

    pub async fn back(&self, away: &Seen, persona: &Persona) -> Seen {
        let provider = &self.world.provider;
        let back = provider.sign_in(away.sent_to(), persona);
        let seen = self.get(&back).await;
        self.follow(seen).await
    }

    /// Follows redirects within the server.
    pub async fn follow(&self, mut seen: Seen) -> Seen {
        for _ in 0..10 {
            match seen.location.clone() {
                Some(location) if location.starts_with('/') => seen = self.get(&location).await,
                _ => return seen,
            }
        }
        panic!("redirects without end: {seen:?}");
    }

    pub async fn authorize(&self, application: &str, more: &str) -> Seen {
        let challenge = doorward_oidc::token::pkce::challenge(VERIFIER);
        let callback: String = url::form_urlencoded::byte_serialize(CALLBACK.as_bytes()).collect();
        let address = format!(
            "/oauth2/authorize?client_id={application}&redirect_uri={callback}&response_type=code\
             &scope=openid+profile+email&state=s&nonce=n&code_challenge={challenge}&code_challenge_method=S256{more}"
        );
        let seen = self.get(&address).await;
        self.follow(seen).await
    }

    /// From the application to the provider and back.
    pub async fn federated(&self, persona: &Persona) -> Seen {
        self.federated_to("portal", persona).await
    }

    /// The same from an application whose first page may offer more than the provider.
    pub async fn federated_to(&self, application: &str, persona: &Persona) -> Seen {
        let begun = self.authorize(application, "&prompt=login").await;
        match begun.location {
            Some(_) => self.back(&begun, persona).await,
            None => self.through(&begun, persona).await,
        }
    }

    /// Signs in with a name and a password.
    pub async fn password(&self, page: &Seen, name: &str, password: &str) -> Seen {
        let form = [("option", "password"), ("username", name), ("password", password)];
        self.submit(page, &form).await
    }

    /// The same from an application, whose first page asks for them.
    pub async fn password_to(&self, application: &str, name: &str, password: &str) -> Seen {
        let page = self.authorize(application, "").await;
        self.password(&page, name, password).await
    }
}
