//! Forms that a script shows with `prompt`.

use doorward_domain::audit::AuditAction;
use http::StatusCode;
use serde_json::json;

use crate::world::{Browser, Seen, World};

crate::on_both!(
    what_is_typed_comes_back_to_the_script,
    a_form_before_the_first_step_costs_nothing,
    what_is_typed_before_the_first_step_must_fit_a_cookie,
    what_a_script_writes_is_text,
    values_that_do_not_do_keep_the_form,
    a_form_can_be_left_out_where_the_script_says_so,
    s24_a_form_is_sent_once,
    a_form_that_is_none_ends_the_sign_in,
);

const AFTER: &str = "
function onLoginRequest(context) {
    executeStep(1, { onSuccess: function (context) {
        prompt('genericForm', { title: 'Where are you?', text: 'We ask once.\\nThank you.', inputs: [
            { id: 'city', label: 'City', required: true }, { id: 'note', label: 'Anything else' }
        ] }, { onSuccess: function (context) {
            Log.info(context.request.params.city[0], '/', context.request.params.note[0]);
            if (context.request.params.city[0] !== 'Bern') { fail(); }
        } });
    } });
}";

async fn asked<'w>(world: &'w World, script: &str) -> (Browser<'w>, Seen) {
    world.scripted("bank", json!([["password"]]), script).await;
    world.person("clerk", None, "a good password").await;
    let browser = world.browser();
    let page = browser.password_to("bank", "clerk", "a good password").await;
    (browser, page)
}

async fn post(browser: &Browser<'_>, page: &Seen, form: &[(&str, &str)]) -> Seen {
    let action = format!("{}/prompt", page.address.trim_end_matches("/prompt"));
    browser.send(page, &action, form).await
}

async fn what_is_typed_comes_back_to_the_script(world: &World) {
    let (browser, page) = asked(world, AFTER).await;
    for part in [
        "<h1>Where are you?</h1>",
        "<p>We ask once.</p>",
        "<p>Thank you.</p>",
        "name=\"input.city\"",
        ">City<",
        "Anything else<span class=\"optional\"> (optional)",
    ] {
        assert!(page.body.contains(part), "{part}: {page:?}");
    }
    assert!(!page.body.contains("type=\"password\""), "{page:?}");
    let again = browser.get(&page.address).await;
    assert!(
        again.body.contains("<h1>Where are you?</h1>"),
        "the page can be loaded again"
    );
    let done = post(&browser, &page, &[("input.city", " Bern "), ("input.other", "x")]).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    let told = world.details(AuditAction::SignedIn).await;
    assert!(told[0]["log"].to_string().contains("Bern / "), "{told:?}");

    let browser = world.browser();
    let page = browser.authorize("bank", "&prompt=login").await;
    let page = browser.password(&page, "clerk", "a good password").await;
    let refused = post(&browser, &page, &[("input.city", "Basel")]).await;
    assert_eq!(
        refused.parameter("error").as_deref(),
        Some("access_denied"),
        "{refused:?}"
    );
}

async fn a_form_before_the_first_step_costs_nothing(world: &World) {
    let script = "
    function onLoginRequest(context) {
        prompt('genericForm', { inputs: [{ id: 'site', label: 'Site' }] }, { onSuccess: function (context) {
            executeStep(1, { onSuccess: function (context) { Log.info('site ' + context.request.params.site[0]); } });
        } });
    }";
    world.scripted("bank", json!([["password"]]), script).await;
    world.person("clerk", None, "a good password").await;
    let browser = world.browser();
    let before = world.state.store.counters().commits;
    let page = browser.authorize("bank", "").await;
    assert!(page.body.contains("<h1>One more thing</h1>"), "{page:?}");
    let page = post(&browser, &page, &[("input.site", "north")]).await;
    assert!(page.body.contains("name=\"password\""), "the first step: {page:?}");
    assert_eq!(world.state.store.counters().commits, before, "nothing is written");
    let done = browser.password(&page, "clerk", "a good password").await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    let told = world.details(AuditAction::SignedIn).await;
    assert!(told[0]["log"].to_string().contains("site north"), "{told:?}");
}

async fn what_is_typed_before_the_first_step_must_fit_a_cookie(world: &World) {
    let script = "
    function onLoginRequest(context) {
        var inputs = ['a', 'b', 'c', 'd'].map(function (id) { return { id: id, label: id }; });
        prompt('genericForm', { inputs: inputs }, { onSuccess: function () { executeStep(1); } });
    }";
    world.scripted("bank", json!([["password"]]), script).await;
    let browser = world.browser();
    let page = browser.authorize("bank", "").await;
    let long = "x".repeat(1024);
    let all = ["input.a", "input.b", "input.c", "input.d"].map(|name| (name, long.as_str()));
    let kept = post(&browser, &page, &all).await;
    assert_eq!(kept.status, StatusCode::UNPROCESSABLE_ENTITY, "{kept:?}");
    assert!(kept.body.contains("Use at most"), "{kept:?}");
    let next = post(&browser, &page, &[("input.a", "short")]).await;
    assert!(next.body.contains("name=\"password\""), "{next:?}");
}

async fn what_a_script_writes_is_text(world: &World) {
    let script = "
    function onLoginRequest(context) {
        executeStep(1, { onSuccess: function (context) {
            prompt('genericForm', { title: '<b>T</b>', text: '<script>1</script>', inputs: [
                { id: 'csrf', label: '\\\"><img src=x>' }, { id: 'password', label: 'Password' }
            ] }, { onSuccess: function () {} });
        } });
    }";
    let (browser, page) = asked(world, script).await;
    for markup in [
        "<b>T",
        "<script>1",
        "<img",
        "name=\"input.csrf\" value=\"x",
        "type=\"password\"",
        "name=\"password\"",
    ] {
        assert!(!page.body.contains(markup), "{markup}: {page:?}");
    }
    assert!(page.body.contains("&lt;b&gt;T&lt;/b&gt;"), "{page:?}");
    let typed = "\"><img src=y>".to_owned() + &"x".repeat(1100);
    let kept = post(&browser, &page, &[("input.csrf", &typed), ("input.password", "p")]).await;
    assert_eq!(kept.status, StatusCode::UNPROCESSABLE_ENTITY, "{kept:?}");
    assert!(!kept.body.contains("<img"), "{kept:?}");
    let done = post(&browser, &kept, &[("input.csrf", "1"), ("input.password", "p")]).await;
    assert!(
        done.parameter("code").is_some(),
        "a field called like the token is none: {done:?}"
    );
}

async fn values_that_do_not_do_keep_the_form(world: &World) {
    let (browser, page) = asked(world, AFTER).await;
    let long = "x".repeat(1025);
    for (city, note, text) in [
        ("", "kept", "Enter a value."),
        (long.as_str(), "kept", "Use at most 1024 characters."),
        ("a\u{7}b", "kept", "This value cannot be used."),
    ] {
        let kept = post(&browser, &page, &[("input.city", city), ("input.note", note)]).await;
        assert_eq!(kept.status, StatusCode::UNPROCESSABLE_ENTITY, "{kept:?}");
        assert!(kept.body.contains(text), "{text}: {kept:?}");
        assert!(kept.body.contains("value=\"kept\""), "what was right stays: {kept:?}");
    }
    let skipped = post(&browser, &page, &[("decision", "skip")]).await;
    assert_eq!(skipped.number(), "1003", "nothing says what happens then: {skipped:?}");
    let cancelled = post(&browser, &page, &[("decision", "cancel")]).await;
    assert_eq!(
        cancelled.parameter("error").as_deref(),
        Some("access_denied"),
        "{cancelled:?}"
    );
}

async fn a_form_can_be_left_out_where_the_script_says_so(world: &World) {
    let script = "
    function onLoginRequest(context) {
        executeStep(1, { onSuccess: function (context) {
            prompt('genericForm', { inputs: [] }, {
                onSuccess: function () { Log.info('sent'); }, onFail: function () { Log.info('left out'); }
            });
        } });
    }";
    let (browser, page) = asked(world, script).await;
    assert!(page.body.contains("Go on without it"), "{page:?}");
    let done = post(&browser, &page, &[("decision", "skip")]).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    let told = world.details(AuditAction::SignedIn).await;
    assert!(told[0]["log"].to_string().contains("left out"), "{told:?}");
}

async fn s24_a_form_is_sent_once(world: &World) {
    let script = "
    function onLoginRequest(context) {
        executeStep(1, { onSuccess: function (context) {
            var names = [];
            var ask = function (more) {
                prompt('genericForm', { title: 'Form ' + more, inputs: [{ id: 'name', label: 'Name' }] }, {
                    onSuccess: function (context) {
                        names.push(context.request.params.name[0]);
                        if (more > 0) { ask(more - 1); } else { Log.info(names.join(' ')); }
                    }
                });
            };
            ask(1);
        } });
    }";
    let (browser, page) = asked(world, script).await;
    let second = post(&browser, &page, &[("input.name", "one")]).await;
    assert!(second.body.contains("<h1>Form 0</h1>"), "{second:?}");
    let stale = post(&browser, &page, &[("input.name", "again")]).await;
    assert!(
        stale.body.contains("<h1>Form 0</h1>"),
        "S24: of an earlier page: {stale:?}"
    );
    let other = world.browser();
    let stolen = other.get(&second.address).await;
    assert!(!stolen.body.contains("<h1>Form"), "S26: {stolen:?}");
    let done = post(&browser, &second, &[("input.name", "two")]).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    let told = world.details(AuditAction::SignedIn).await;
    assert!(told[0]["log"].to_string().contains("one two"), "{told:?}");
}

async fn a_form_that_is_none_ends_the_sign_in(world: &World) {
    for (number, call, told) in [
        (
            0,
            "prompt('longWait', {})",
            "There is no template longWait; there are genericForm and activeSessions",
        ),
        (
            1,
            "prompt('genericForm', { text: 'x'.repeat(601) })",
            "has more than 600 characters",
        ),
        (
            2,
            "prompt('genericForm', { inputs: [{ id: 'a b' }] })",
            "The id of an input",
        ),
        (
            3,
            "prompt('genericForm', { inputs: [{ id: 'a' }, { id: 'a' }] })",
            "have the id a",
        ),
    ] {
        let script = format!("function onLoginRequest(context) {{ {call}; executeStep(1); }}");
        let name = format!("bank{number}");
        // The newest line of the log is the one of this round.
        world.clock.advance(1);
        world.scripted(&name, json!([["password"]]), &script).await;
        let ended = world.browser().authorize(&name, "").await;
        assert_eq!(ended.number(), "1304", "{call}: {ended:?}");
        let refused = world.details(AuditAction::SignInRefused).await;
        assert!(refused[0]["message"].to_string().contains(told), "{call}: {refused:?}");
    }
}
