//! What stands in the browser's bar can be opened again: the address of a form leads to its page, and a request that an
//! address does not take is told so on a page.

use axum::body::Body;
use http::{Request, header};

use crate::account::clerk;
use crate::provider::Persona;
use crate::world::{World, text};

crate::on_both!(
    the_address_of_a_form_leads_to_its_page,
    a_request_that_an_address_does_not_take_is_told_so_on_a_page,
);

async fn the_address_of_a_form_leads_to_its_page(world: &World) {
    world.require_family_name().await;
    let browser = world.browser();
    let page = browser.federated(&Persona::verified("one", "one@example.com")).await;
    let action = format!("{}/attributes", page.address);
    let refused = browser.send(&page, &action, &[("attribute.family_name", "")]).await;
    assert_eq!(refused.status, 422, "{refused:?}");
    for form in ["attributes", "proof", "prompt", "kept", "resume"] {
        let opened = browser.get(&format!("{}/{form}", page.address)).await;
        assert_eq!(opened.status, 303, "{form}: {opened:?}");
        assert_eq!(opened.location.as_ref(), Some(&page.address), "{form}");
    }
    let german = browser.get(&format!("{action}?ui_locales=de")).await;
    assert_eq!(german.location, Some(format!("{}?ui_locales=de", page.address)));
    let gone = world.browser().get(&action).await;
    assert_eq!((gone.status.as_u16(), gone.number()), (400, "1005"), "{gone:?}");

    let (browser, _) = clerk(world).await;
    for form in [
        "profile",
        "app",
        "passkeys",
        "passkeys/x",
        "codes",
        "links",
        "sessions",
        "sign-out",
    ] {
        let opened = browser.get(&format!("/account/{form}")).await;
        assert_eq!(opened.status, 303, "{form}: {opened:?}");
        assert_eq!(opened.location.as_deref(), Some("/account"), "{form}");
    }
    let page = browser.get("/account").await;
    assert!(
        page.body.contains("<h1>Your account</h1>"),
        "nobody is signed out: {page:?}"
    );
}

async fn a_request_that_an_address_does_not_take_is_told_so_on_a_page(world: &World) {
    for (method, address, allowed) in [
        ("DELETE", "/account/profile", "GET,HEAD,POST"),
        ("POST", "/signed-out", "GET,HEAD"),
        ("PUT", "/sign-out", "GET,HEAD,POST"),
    ] {
        let request = Request::builder().method(method).uri(address);
        let answer = world.send(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(answer.status(), 405, "{address}");
        assert_eq!(answer.headers()[header::ALLOW], allowed, "{address}");
        let page = text(answer).await;
        assert!(page.contains("<dd>1007"), "{address}: {page}");
        assert!(page.contains("href=\"/account\""), "{address}: a way to go on: {page}");
    }
    for address in ["/oauth2/token", "/oauth2/introspect"] {
        let request = Request::get(address);
        let answer = world.send(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(answer.status(), 405, "{address}");
        let told = text(answer).await;
        assert!(!told.contains("<html"), "no person asks there: {told}");
    }
}
