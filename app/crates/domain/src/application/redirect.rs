//! Where an application may have people sent.

use url::{Host, Url};

pub(super) fn same_but_loopback_port(registered: &str, requested: &str) -> bool {
    let (Ok(mut left), Ok(right)) = (Url::parse(registered), Url::parse(requested)) else {
        return false;
    };
    let loopback = match left.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    };
    // Both sides must be written the way they parse, so that no spelling trick hides behind the parser.
    loopback
        && left.scheme() == "http"
        && right.as_str() == requested
        && left.set_port(right.port()).is_ok()
        && left.as_str() == requested
}

pub(super) fn check_redirect_uri(uri: &str) -> Result<(), &'static str> {
    if uri.len() > 2048 {
        return Err("Use at most 2,048 characters.");
    }
    if uri.contains(['\\', '*', ' ']) || uri.chars().any(|c| c.is_control() || !c.is_ascii()) {
        return Err("Write the address in full, without spaces, wildcards or backslashes.");
    }
    let url = Url::parse(uri).map_err(|_| "Enter a full address such as https://app.example.com/callback.")?;
    if url.fragment().is_some() {
        return Err("Remove the part after #: a redirect URI has no fragment (RFC 6749 §3.1.2).");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("Remove the user name or password from the address.");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_local(&url) => Ok(()),
        "http" => Err("Use https; plain http is only for localhost and loopback addresses."),
        // Private-use schemes of native applications (RFC 8252 §7.1) contain a dot.
        scheme if scheme.contains('.') => Ok(()),
        _ => Err("Use an https address, or a private scheme such as com.example.app:/callback."),
    }
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
