//! The one hardened client for calls to the outside (design.md §6.4, S31, F1–F3, F8).

use std::sync::{OnceLock, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Response};
use url::{Host, Url};

use super::address::is_public;
use super::resolver::Resolver;
use super::rules::{classify, is_below, redirect_target};
use super::{Fetch, FetchError, OutboundRequest, OutboundResponse};

/// Redirects followed on a `GET` within one origin. Some providers answer a document at a second path; none needs more.
const REDIRECT_LIMIT: usize = 3;

/// How the client behaves; the defaults are the limits of design.md §6.4 and F1–F3.
#[derive(Debug, Clone)]
pub struct OutboundSettings {
    /// Lets calls go to private addresses and over plain http: for development.
    pub allow_private: bool,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest time of one call, from resolving the name to the last byte.
    pub call_timeout: Duration,
}

impl Default for OutboundSettings {
    fn default() -> Self {
        Self {
            allow_private: false,
            // A host that drops packets must still end in a page within three seconds (F1).
            connect_timeout: Duration::from_millis(2_500),
            call_timeout: Duration::from_secs(5),
        }
    }
}

/// Calls other servers over https at public addresses, with limits on time and size, without cookies, proxies or
/// redirects to another origin.
pub struct OutboundClient {
    settings: OutboundSettings,
    /// Origin and path of our own Test IdP, which lives at an address that would be refused.
    own_provider: RwLock<Option<Url>>,
    // Made at first use: reading the system's certificates takes longer than the rest of a start.
    guarded: OnceLock<Option<Client>>,
    // A client of its own, so that a connection made under the exception is never reused outside of it.
    excepted: OnceLock<Option<Client>>,
}

impl OutboundClient {
    /// Makes a client; nothing is opened until the first call.
    #[must_use]
    pub fn new(settings: OutboundSettings) -> Self {
        Self {
            settings,
            own_provider: RwLock::new(None),
            guarded: OnceLock::new(),
            excepted: OnceLock::new(),
        }
    }

    /// Lets calls go to exactly this origin and to paths at or below this path, whatever its address and scheme: our
    /// own Test IdP. `None` takes the exception back.
    pub fn except(&self, own_provider: Option<Url>) {
        *self.own_provider.write().unwrap_or_else(PoisonError::into_inner) = own_provider;
    }

    fn is_excepted(&self, url: &Url) -> bool {
        let own = self.own_provider.read().unwrap_or_else(PoisonError::into_inner);
        own.as_ref().is_some_and(|own| is_below(url, own))
    }

    /// The client that may call this address.
    fn client_for(&self, url: &Url) -> Result<&Client, FetchError> {
        self.check(url)?;
        let (cell, public_only) = if self.is_excepted(url) {
            (&self.excepted, false)
        } else {
            (&self.guarded, !self.settings.allow_private)
        };
        cell.get_or_init(|| build(&self.settings, public_only))
            .as_ref()
            .ok_or(FetchError::NoTrustedCertificates)
    }

    async fn call(&self, mut request: OutboundRequest) -> Result<OutboundResponse, FetchError> {
        for _ in 0..=REDIRECT_LIMIT {
            let response = self.send(&request).await?;
            match redirect_target(&request, &response)? {
                None => return read(response, request.body_limit).await,
                Some(url) => request.url = url,
            }
        }
        Err(FetchError::Redirected)
    }

    async fn send(&self, request: &OutboundRequest) -> Result<Response, FetchError> {
        let client = self.client_for(&request.url)?;
        let mut builder = match &request.body {
            None => client.get(request.url.clone()),
            Some(body) => client
                .post(request.url.clone())
                .header(CONTENT_TYPE, body.content_type)
                .body(body.text.expose().to_owned()),
        };
        builder = builder.header(ACCEPT, request.accept).headers(request.headers.clone());
        if let Some(credentials) = &request.authorization {
            let mut value = HeaderValue::from_str(credentials.expose()).map_err(|_| FetchError::MalformedAddress)?;
            value.set_sensitive(true);
            builder = builder.header(AUTHORIZATION, value);
        }
        builder.send().await.map_err(|error| classify(&error))
    }
}

#[async_trait]
impl Fetch for OutboundClient {
    async fn fetch(&self, request: OutboundRequest) -> Result<OutboundResponse, FetchError> {
        tokio::time::timeout(self.settings.call_timeout, self.call(request))
            .await
            .unwrap_or(Err(FetchError::TimedOut))
    }

    fn check(&self, url: &Url) -> Result<(), FetchError> {
        let host = url.host().ok_or(FetchError::MalformedAddress)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FetchError::MalformedAddress);
        }
        if !matches!(url.scheme(), "https" | "http") {
            return Err(FetchError::InsecureScheme);
        }
        if self.settings.allow_private || self.is_excepted(url) {
            return Ok(());
        }
        if url.scheme() != "https" {
            return Err(FetchError::InsecureScheme);
        }
        // An address written into the URL never passes through the resolver.
        let public = match host {
            Host::Domain(_) => true,
            Host::Ipv4(v4) => is_public(v4.into()),
            Host::Ipv6(v6) => is_public(v6.into()),
        };
        if public {
            Ok(())
        } else {
            Err(FetchError::AddressRefused)
        }
    }
}

fn build(settings: &OutboundSettings, public_only: bool) -> Option<Client> {
    Client::builder()
        .user_agent(concat!("Doorward/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        // A proxy named by the environment would resolve names for us and undo the address filter.
        .no_proxy()
        // Other crates may switch decompression on; a small answer could then unfold without limit.
        .no_gzip()
        .no_brotli()
        .no_deflate()
        .no_zstd()
        .dns_resolver(Resolver { public_only })
        .connect_timeout(settings.connect_timeout)
        .pool_idle_timeout(Duration::from_secs(60))
        .pool_max_idle_per_host(8)
        .http1_max_headers(100)
        .http2_max_header_list_size(32 * 1024)
        .build()
        .inspect_err(|error| tracing::error!(%error, "the client for outbound calls could not be made"))
        .ok()
}

async fn read(mut response: Response, limit: usize) -> Result<OutboundResponse, FetchError> {
    let status = response.status().as_u16();
    let media_type = response.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let content_type = media_type
        .and_then(|v| v.split(';').next())
        .map(|v| v.trim().to_ascii_lowercase())
        .filter(|v| v.len() <= 100);
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(FetchError::TooLarge { limit });
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| classify(&error))? {
        if body.len() + chunk.len() > limit {
            return Err(FetchError::TooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(OutboundResponse {
        status,
        content_type,
        body,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn s31_addresses_are_checked_before_anything_is_opened() {
        let client = OutboundClient::new(OutboundSettings::default());
        let cases = [
            ("public https", "https://idp.example.com/x", Ok(())),
            ("plain http", "http://idp.example.com/", Err(FetchError::InsecureScheme)),
            ("file", "file:///etc/passwd", Err(FetchError::MalformedAddress)),
            ("ftp", "ftp://idp.example.com/", Err(FetchError::InsecureScheme)),
            (
                "user name",
                "https://user@idp.example.com/",
                Err(FetchError::MalformedAddress),
            ),
            (
                "password",
                "https://:secret@idp.example.com/",
                Err(FetchError::MalformedAddress),
            ),
            ("loopback", "https://127.0.0.1/", Err(FetchError::AddressRefused)),
            ("loopback, short", "https://127.1/", Err(FetchError::AddressRefused)),
            (
                "loopback, hexadecimal",
                "https://0x7f000001/",
                Err(FetchError::AddressRefused),
            ),
            (
                "loopback, octal",
                "https://0177.0.0.1/",
                Err(FetchError::AddressRefused),
            ),
            (
                "loopback, one number",
                "https://2130706433/",
                Err(FetchError::AddressRefused),
            ),
            (
                "loopback, wide digits",
                "https://１２７.0.0.1/",
                Err(FetchError::AddressRefused),
            ),
            (
                "cloud metadata",
                "https://169.254.169.254/latest",
                Err(FetchError::AddressRefused),
            ),
            ("IPv6 loopback", "https://[::1]/", Err(FetchError::AddressRefused)),
            ("mapped", "https://[::ffff:10.0.0.1]/", Err(FetchError::AddressRefused)),
            ("unique local", "https://[fd00::1]/", Err(FetchError::AddressRefused)),
            ("public IPv4", "https://8.8.8.8/", Ok(())),
        ];
        for (case, address, want) in cases {
            assert_eq!(client.check(&url(address)), want, "S31: {case}");
        }
    }

    #[test]
    fn s31_the_exception_is_one_origin_and_one_path() {
        let client = OutboundClient::new(OutboundSettings::default());
        client.except(Some(url("http://localhost:8080/test-idp")));
        let cases = [
            ("itself", "http://localhost:8080/test-idp", true),
            ("below", "http://localhost:8080/test-idp/jwks", true),
            (
                "sibling with the same beginning",
                "http://localhost:8080/test-idp-admin",
                false,
            ),
            ("the rest of the origin", "http://localhost:8080/console", false),
            ("climbing", "http://localhost:8080/test-idp/../console", false),
            (
                "climbing, escaped dots",
                "http://localhost:8080/test-idp/%2e%2e/console",
                false,
            ),
            (
                "climbing, escaped slash",
                "http://localhost:8080/test-idp/..%2fconsole",
                false,
            ),
            (
                "climbing, escaped backslash",
                "http://localhost:8080/test-idp/..%5Cconsole",
                false,
            ),
            ("another port", "http://localhost:8081/test-idp", false),
            ("another host", "http://127.0.0.1:8080/test-idp", false),
            ("another scheme", "https://localhost:8080/test-idp/", false),
        ];
        for (case, address, want) in cases {
            assert_eq!(client.is_excepted(&url(address)), want, "S31: {case}");
        }
        client.except(None);
        assert!(
            client.check(&url("http://localhost:8080/test-idp")).is_err(),
            "the exception is taken back"
        );
    }
}
