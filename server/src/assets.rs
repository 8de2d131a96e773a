//! Style and browser code, embedded by `build.rs`, served as files that never change.
//!
//! Each address carries a hash of what it names, so browsers may keep the answer for ever. A file is sent in the
//! smallest form the browser understands; the forms were made at build time.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use doorward_app::assets::{BrowserPackage, ConsoleAssets};
use http::{HeaderMap, HeaderValue, StatusCode, header};

struct File {
    /// Address below `/assets/`.
    address: &'static str,
    content_type: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

struct Package {
    root: &'static str,
    script: &'static str,
    wasm: &'static str,
    split_script: &'static str,
    prefetch: &'static [(&'static str, &'static [&'static str])],
}

include!(concat!(env!("OUT_DIR"), "/assets_table.rs"));

static BY_ADDRESS: LazyLock<HashMap<&str, &File>> =
    LazyLock::new(|| FILES.iter().map(|file| (file.address, file)).collect());

/// Routes below `/assets/`. They need no state and no session.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{*address}", get(serve))
}

/// What a console page loads; the value the pages expect in their context.
#[must_use]
pub fn console() -> ConsoleAssets {
    static ASSETS: LazyLock<ConsoleAssets> = LazyLock::new(|| ConsoleAssets {
        stylesheet: CONSOLE_CSS.to_owned(),
        package: PACKAGE.as_ref().map(|package| Arc::new(browser_package(package))),
    });
    ASSETS.clone()
}

/// The hosted pages' style sheet, to be put into each page as it is.
#[must_use]
pub const fn hosted_css() -> &'static str {
    HOSTED_CSS
}

/// The source that lets [`hosted_css`] pass a page's `style-src`, without its quotes: `sha256-…`.
#[must_use]
pub const fn hosted_css_hash() -> &'static str {
    HOSTED_CSS_HASH
}

fn browser_package(package: &Package) -> BrowserPackage {
    let prefetch = package.prefetch.iter().map(|(function, parts)| {
        (
            (*function).to_owned(),
            parts.iter().map(|part| (*part).to_owned()).collect(),
        )
    });
    BrowserPackage {
        root: package.root.to_owned(),
        script: package.script.to_owned(),
        wasm: package.wasm.to_owned(),
        split_script: package.split_script.to_owned(),
        prefetch: prefetch.collect(),
    }
}

async fn serve(Path(address): Path<String>, headers: HeaderMap) -> Response {
    BY_ADDRESS
        .get(address.as_str())
        .map_or_else(|| StatusCode::NOT_FOUND.into_response(), |file| file.respond(&headers))
}

impl File {
    fn respond(&self, request: &HeaderMap) -> Response {
        let (encoding, body) = match (self.brotli, self.gzip) {
            (Some(body), _) if accepts(request, "br") => (Some("br"), body),
            (_, Some(body)) if accepts(request, "gzip") => (Some("gzip"), body),
            _ => (None, self.plain),
        };
        let mut response = body.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        );
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        if self.brotli.is_some() || self.gzip.is_some() {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        response
    }
}

/// Whether the browser named this encoding and did not refuse it with a weight of zero (RFC 9110 §12.5.3).
fn accepts(request: &HeaderMap, encoding: &str) -> bool {
    let values = request
        .get_all(header::ACCEPT_ENCODING)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|choice| {
        let (name, weight) = choice.split_once(';').unwrap_or((choice, "q=1"));
        let weight = weight
            .trim()
            .strip_prefix("q=")
            .and_then(|weight| weight.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case(encoding) && weight.is_some_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::{File, accepts, console, hosted_css, hosted_css_hash};

    const FILE: File = File {
        address: "a.0.css",
        content_type: "text/css; charset=utf-8",
        plain: b"plain",
        brotli: Some(b"br"),
        gzip: Some(b"gz"),
    };

    fn asking_for(encodings: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(encodings))])
    }

    #[test]
    fn encodings_are_negotiated() {
        for (case, header, encoding, want) in [
            ("named", "gzip, deflate, br, zstd", "br", true),
            ("weighted", "br;q=0.5", "br", true),
            ("refused", "gzip, br;q=0", "br", false),
            ("spaces", "gzip , br ; q=1.0", "br", true),
            ("not named", "gzip", "br", false),
            ("part of a name", "brotli", "br", false),
            ("malformed weight", "br;q=high", "br", false),
        ] {
            assert_eq!(accepts(&asking_for(header), encoding), want, "{case}");
        }
    }

    #[test]
    fn the_smallest_accepted_form_is_sent() {
        for (header, want) in [("gzip, br", Some("br")), ("gzip", Some("gzip")), ("identity", None)] {
            let response = FILE.respond(&asking_for(header));
            let headers = response.headers();
            assert_eq!(
                headers
                    .get(header::CONTENT_ENCODING)
                    .and_then(|value| value.to_str().ok()),
                want,
                "{header}"
            );
            assert_eq!(headers[header::VARY], "accept-encoding", "{header}");
            assert_eq!(
                headers[header::CACHE_CONTROL],
                "public, max-age=31536000, immutable",
                "{header}"
            );
        }
    }

    #[test]
    fn style_sheets_are_in_every_build() {
        assert!(console().stylesheet.starts_with("/assets/console."));
        assert!(hosted_css().contains("--surface:"));
        assert!(!hosted_css().contains("@import"), "imports are put in place");
        // A closing tag would end the style element it is put into.
        assert!(!hosted_css().contains("</"));
        assert!(hosted_css_hash().starts_with("sha256-"));
    }
}
