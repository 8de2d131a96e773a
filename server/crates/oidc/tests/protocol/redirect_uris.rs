//! S30: addresses that look like a registered one and are not.

use std::collections::BTreeSet;

use doorward_domain::application::Application;
use doorward_oidc::authorize::RefusedOnPage;

use crate::fixtures::{application, identified, params};
use crate::tricky::TRICKY;

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
            if index < registered.len() {
                let mut changed = inserted;
                changed.remove(index + byte.len_utf8());
                let is_registered = changed == registered;
                assert_eq!(
                    application.protocol.redirects_to(&changed),
                    is_registered,
                    "{changed:?}"
                );
            }
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
