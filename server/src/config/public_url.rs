//! The address under which people and applications reach the server.

use url::{Host, Url};

/// The address people and applications use, without a slash at its end. It is the issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// This machine at the port that is listened on. A port that the system picks is another one at each start, so an
    /// issuer cannot follow it.
    #[must_use]
    pub fn of_this_machine(port: u16) -> Self {
        match port {
            0 => Self("http://localhost:8080".to_owned()),
            80 => Self("http://localhost".to_owned()),
            port => Self(format!("http://localhost:{port}")),
        }
    }

    /// The address as text, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether browsers reach us over https, so that cookies can be bound to it.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The host alone.
    #[must_use]
    pub fn host(&self) -> String {
        let url = Url::parse(&self.0).ok();
        url.and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// An address of ours; `path` starts with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        [&self.0, path].concat()
    }
}

impl std::str::FromStr for PublicUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const SHAPE: &str = "must be an address such as https://login.example.com, without path, query or user name";
        let url = Url::parse(text).map_err(|_| SHAPE)?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !bare || !url.username().is_empty() || url.password().is_some() {
            return Err(SHAPE);
        }
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => return Err(SHAPE),
        };
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err("must start with https:// unless the host is this machine: passwords travel over it"),
            _ => return Err(SHAPE),
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }
}
