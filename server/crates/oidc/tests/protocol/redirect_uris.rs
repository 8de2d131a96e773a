//! S30: addresses that look like a registered one and are not.

use std::collections::BTreeSet;

use doorward_domain::application::Application;
use doorward_oidc::authorize::RefusedOnPage;

use crate::fixtures::{application, identified, params};

/// Whole addresses, each a known way to fool a prefix check, a pattern or a second parser.
const TRICKY: &[&str] = &[
    // Another host that starts or ends like ours.
    "https://app.example.com.evil.example/cb",
    "https://evil.example/app.example.com/cb",
    "https://evilapp.example.com/cb",
    "https://app.example.comevil.example/cb",
    "https://app-example.com/cb",
    "https://appXexample.com/cb",
    "https://sub.app.example.com/cb",
    "https://example.com/cb",
    "https://app.example.co/cb",
    "https://app.example.com./cb",
    "https://.app.example.com/cb",
    "https://app..example.com/cb",
    "https://www.app.example.com/cb",
    // User information.
    "https://app.example.com@evil.example/cb",
    "https://app.example.com:443@evil.example/cb",
    "https://user@app.example.com/cb",
    "https://user:pass@app.example.com/cb",
    "https://@app.example.com/cb",
    "https://:@app.example.com/cb",
    "https://evil.example@app.example.com/cb",
    "https://app.example.com%40evil.example/cb",
    "https://app.example.com%2540evil.example/cb",
    "https://evil.example#@app.example.com/cb",
    "https://evil.example?@app.example.com/cb",
    "https://evil.example/@app.example.com/cb",
    "https://evil.example\\@app.example.com/cb",
    "https://evil.example%5c@app.example.com/cb",
    "https://evil.example%00@app.example.com/cb",
    "https://app.example.com\\@evil.example/cb",
    "https://foo@evil.example:80@app.example.com/cb",
    "https://foo@evil.example @app.example.com/cb",
    // Backslashes and slashes.
    "https:\\\\app.example.com\\cb",
    "https:/app.example.com/cb",
    "https:app.example.com/cb",
    "https:///app.example.com/cb",
    "https:////app.example.com/cb",
    "https:\\/\\/app.example.com/cb",
    "https://app.example.com\\cb",
    "https://app.example.com//cb",
    "https://app.example.com/\\cb",
    "https://app.example.com/cb\\",
    "\\\\evil.example/cb",
    "/\\evil.example/cb",
    "\\/evil.example/cb",
    "https:\\evil.example/cb",
    "https://evil.example\\.app.example.com/cb",
    // Without a scheme, or with another one.
    "//app.example.com/cb",
    "//evil.example/cb",
    "///evil.example/cb",
    "////evil.example/cb",
    "app.example.com/cb",
    "/cb",
    "cb",
    ".",
    "?x=y",
    "#x",
    "http://app.example.com/cb",
    "HTTPS://app.example.com/cb",
    "Https://app.example.com/cb",
    "httpss://app.example.com/cb",
    "ftp://app.example.com/cb",
    "ws://app.example.com/cb",
    "file:///app.example.com/cb",
    "javascript:alert(1)",
    "javascript://app.example.com/cb%0aalert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "javascript&colon;alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "vbscript:msgbox(1)",
    "blob:https://app.example.com/cb",
    "view-source:https://app.example.com/cb",
    "about:blank",
    "intent://app.example.com/cb#Intent;scheme=https;end",
    "mailto:person@example.com",
    "jar:https://app.example.com/cb!/",
    "x:https://app.example.com/cb",
    // Paths.
    "https://app.example.com/cb/",
    "https://app.example.com/cb/..",
    "https://app.example.com/cb/../cb",
    "https://app.example.com/./cb",
    "https://app.example.com/x/../cb",
    "https://app.example.com/cb/.",
    "https://app.example.com/cb;x",
    "https://app.example.com/cb;jsessionid=1",
    "https://app.example.com/CB",
    "https://app.example.com/cb2",
    "https://app.example.com/c",
    "https://app.example.com/",
    "https://app.example.com",
    "https://app.example.com/cb/../../evil",
    "https://app.example.com/cb%2f..%2fevil",
    "https://app.example.com/cb/%2e%2e/evil",
    "https://app.example.com/%63b",
    "https://app.example.com/c%62",
    "https://app.example.com/%2563b",
    "https://app.example.com%2fcb",
    "https://app.example.com/cb%00",
    "https://app.example.com/cb%20",
    "https://app.example.com/cb%23",
    "https://app.example.com/cb%3f",
    "https://app.example.com/cb..",
    "https://app.example.com/cb~",
    "https://app.example.com/cb.html",
    "https://app.example.com/cb*",
    // Queries and fragments.
    "https://app.example.com/cb?",
    "https://app.example.com/cb?x=y",
    "https://app.example.com/cb?next=https://evil.example",
    "https://app.example.com/cb#",
    "https://app.example.com/cb#x",
    "https://app.example.com/cb#@evil.example",
    "https://app.example.com/cb?#",
    "https://app.example.com/cb&x=y",
    "https://app.example.com?/cb",
    "https://app.example.com#/cb",
    "https://evil.example?https://app.example.com/cb",
    "https://evil.example#https://app.example.com/cb",
    "https://evil.example/https://app.example.com/cb",
    "https://evil.example/?https://app.example.com/cb",
    // Ports.
    "https://app.example.com:443/cb",
    "https://app.example.com:/cb",
    "https://app.example.com:8443/cb",
    "https://app.example.com:0443/cb",
    "https://app.example.com:443:443/cb",
    "https://app.example.com:evil/cb",
    "https://app.example.com:99999/cb",
    "https://app.example.com:-443/cb",
    // Letters of other kinds: full width, Cyrillic, ligatures, soft hyphen, ideographic stops, percent-encoded hosts.
    "https://\u{FF41}pp.example.com/cb",
    "https://\u{0430}pp.example.com/cb",
    "https://app.ex\u{0430}mple.com/cb",
    "https://app.example\u{3002}com/cb",
    "https://app\u{FF0E}example.com/cb",
    "https://app\u{FF61}example.com/cb",
    "https://app.exam\u{00AD}ple.com/cb",
    "https://app.example.\u{0441}om/cb",
    "https://APP.EXAMPLE.COM/cb",
    "https://App.example.com/cb",
    "https://app.example.com\u{FF0F}cb",
    "https://app.example.com\u{2044}cb",
    "https://app.example.com\u{2215}cb",
    "https://app.example.com/\u{0441}b",
    "https://app.example.com/cb\u{200B}",
    "https://app.example.com/cb\u{FEFF}",
    "\u{FEFF}https://app.example.com/cb",
    "\u{202E}https://app.example.com/cb",
    "https\u{FF1A}//app.example.com/cb",
    "https:\u{FF0F}\u{FF0F}app.example.com/cb",
    "https://evil.example\u{FF03}.app.example.com/cb",
    "https://evil.example\u{2100}.app.example.com/cb",
    "https://evil.example\u{FF1F}.app.example.com/cb",
    "https://%61pp.example.com/cb",
    "https://app%2eexample.com/cb",
    "https://app.example.com%2ecb",
    "https://xn--pp-7kc.example.com/cb",
    "https://\u{24D0}pp.example.com/cb",
    "https://app.example.com/cb\u{0301}",
    // White space around and inside.
    " https://app.example.com/cb",
    "https://app.example.com/cb ",
    "https://app.example.com /cb",
    "https:// app.example.com/cb",
    "https ://app.example.com/cb",
    "https://app.example.com/c b",
    "https://app.example.com/cb\u{00A0}",
    "\u{00A0}https://app.example.com/cb",
    "https://app.example.com/cb\u{2028}",
    "https://app.example.com/cb\u{3000}",
    "https://app.example.com/cb+",
    "https://app.example.com/cb https://evil.example/",
    "https://app.example.com/cb,https://evil.example/",
    "https://app.example.com/cb|https://evil.example/",
    // Loopback addresses: only the port is free, and only of the registered address.
    "http://127.0.0.1/cb/",
    "http://127.0.0.1/other",
    "http://127.0.0.2/cb",
    "http://127.1/cb",
    "http://127.1:8000/cb",
    "http://2130706433/cb",
    "http://0x7f000001/cb",
    "http://0x7f.1/cb",
    "http://0177.0.0.1/cb",
    "http://017700000001:80/cb",
    "http://127.0.0.1./cb",
    "http://127.000.000.001/cb",
    "http://localhost/cb",
    "http://localhost:8000/cb",
    "http://127.0.0.1:80/cb",
    "http://127.0.0.1:/cb",
    "http://127.0.0.1:08000/cb",
    "http://127.0.0.1:65536/cb",
    "http://127.0.0.1:8000@evil.example/cb",
    "http://user@127.0.0.1:8000/cb",
    "http://127.0.0.1:8000\\@evil.example/cb",
    "http://127.0.0.1:8000/cb#x",
    "http://127.0.0.1:8000/cb?x",
    "http://127.0.0.1:8000/./cb",
    "http://127.0.0.1:8000/x/../cb",
    "https://127.0.0.1:8000/cb",
    "http://[::1]/other",
    "http://[0:0:0:0:0:0:0:1]:8000/cb",
    "http://[::ffff:127.0.0.1]:8000/cb",
    "http://[::1%25eth0]:8000/cb",
    "http://[::]:8000/cb",
    "http://0.0.0.0:8000/cb",
    "http://127.0.0.1.evil.example:8000/cb",
    "http://127.0.0.1:8000//cb",
    "HTTP://127.0.0.1:8000/cb",
    "http:127.0.0.1:8000/cb",
    "http:/127.0.0.1:8000/cb",
    // Private-use schemes.
    "com.example.app:/other",
    "com.example.app://cb",
    "com.example.app:cb",
    "COM.EXAMPLE.APP:/cb",
    "com.example.app.evil:/cb",
    "com.example.app:///cb",
    "com.example.app:/cb/",
    "com.example.app:/cb?x",
    "com.example.app:/cb#x",
    "com.example.ap:/cb",
];

fn native() -> Application {
    let mut application = application();
    application.protocol.redirect_uris = [
        "https://app.example.com/cb",
        "http://127.0.0.1/cb",
        "http://[::1]:8000/cb",
        "com.example.app:/cb",
    ]
    .map(str::to_owned)
    .to_vec();
    application
}

#[test]
fn s30_no_tricky_address_leaves_the_allow_list() {
    let application = native();
    let distinct: BTreeSet<_> = TRICKY.iter().collect();
    assert!(distinct.len() >= 200, "{} addresses", distinct.len());
    for uri in TRICKY {
        assert!(!application.protocol.redirects_to(uri), "{uri:?}");
    }
}

#[test]
fn s30_the_endpoint_shows_a_page_for_each() {
    let application = native();
    for uri in TRICKY.iter().filter(|uri| !uri.contains(char::is_control)) {
        let answer = identified(&params(&[("redirect_uri", Some(uri))]), &application);
        assert_eq!(answer, Err(RefusedOnPage::RedirectUriUnknown), "{uri:?}");
    }
}

#[test]
fn s30_one_more_or_changed_character_is_another_address() {
    let application = native();
    let registered = "https://app.example.com/cb";
    for byte in (0..=255u8).map(char::from) {
        for index in 0..=registered.len() {
            let mut inserted = registered.to_owned();
            inserted.insert(index, byte);
            assert!(!application.protocol.redirects_to(&inserted), "{inserted:?}");
        }
    }
}

#[test]
fn rfc8252_7_3_a_native_application_picks_its_port() {
    let application = native();
    for uri in [
        "http://127.0.0.1:49152/cb",
        "http://127.0.0.1/cb",
        "http://[::1]:1/cb",
        "http://[::1]/cb",
        "com.example.app:/cb",
    ] {
        assert!(application.protocol.redirects_to(uri), "{uri}");
    }
}
