//! `check`, `export`, `import`.

use serde_json::{Value, json};

use crate::installation::Installation;

crate::on_both!(
    a_configuration_moves_from_one_installation_to_another,
    an_import_is_all_or_nothing,
    a_dry_run_saves_nothing,
    what_would_refuse_people_is_said_before_it_does,
    what_is_expected_moves_along_and_is_checked,
    a_document_without_secrets_says_how_to_get_one,
    documents_that_are_none,
);

#[tokio::test]
async fn a_wrong_address_of_the_database_is_not_repeated() {
    for url in [
        "postgres://doorward:GEH#EIM@localhost/door",
        "postgres://doorward:GEHEIM@localhost:port/door",
        "postgres://doorward:GEHEIM@[::1/door",
        "postgres://localhost/door?pasword=GEHEIM",
    ] {
        let one = Installation::on(url.to_owned());
        for arguments in [&["check"][..], &["serve"][..]] {
            let answer = one.run(arguments).await;
            answer.refused("DOORWARD_DATABASE_URL");
            let said = format!("{answer:?}");
            assert!(!said.contains("GEH") && !said.contains("EIM"), "{url}: {said}");
        }
    }
}

fn connection(handle: &str) -> Value {
    json!({
        "handle": handle, "display_name": "Branch office",
        "oidc": {"issuer": "https://idp.example.com", "client_id": "doorward", "client_secret": "kept well hidden"},
    })
}

fn application(handle: &str, options: &[&str]) -> Value {
    json!({
        "handle": handle, "name": "Payroll", "redirect_uris": ["https://payroll.example.com/cb"],
        "flow": {"steps": [{"options": options}]},
    })
}

fn document(connections: &[Value], applications: &[Value]) -> Value {
    json!({"format": 1, "connections": connections, "applications": applications})
}

fn sample() -> Value {
    document(
        &[connection("branch")],
        &[application("payroll", &["password", "connection:branch"])],
    )
}

async fn ready(installation: &Installation) {
    installation.run(&["migrate"]).await.fine();
}

async fn a_configuration_moves_from_one_installation_to_another(one: Installation) {
    ready(&one).await;
    let said = one.import(&sample(), &[]).await.fine();
    assert!(said.contains("connection branch is created"), "{said}");
    assert!(said.contains("application payroll is created"), "{said}");
    assert!(said.contains("its client secret, shown this once: "), "{said}");

    let exported = one.exported().await;
    assert_eq!(exported["format"], 1);
    assert_eq!(exported["connections"][0]["handle"], "branch");
    assert!(
        !exported.to_string().contains("kept well hidden"),
        "secrets stay at home"
    );
    let clear = one.run(&["export", "--with-secrets"]).await.fine();
    assert!(clear.contains("kept well hidden"));

    let other = Installation::sqlite();
    ready(&other).await;
    let clear: Value = serde_json::from_str(&clear).expect("JSON");
    other.import(&clear, &[]).await.fine();
    assert_eq!(other.exported().await, exported, "the client id moves along too");

    let again = one.import(&exported, &[]).await.fine();
    assert!(again.contains("connection branch is unchanged"), "{again}");
    assert!(again.contains("application payroll is unchanged"), "{again}");
    let file = one.folder.path().join("out.json");
    let file = file.to_str().expect("text");
    one.run(&["export", "--output", file]).await.fine();
    one.run(&["export", "--output", file]).await.refused("cannot be made");
}

async fn an_import_is_all_or_nothing(one: Installation) {
    ready(&one).await;
    let mut bad = application("rota", &["connection:nowhere"]);
    bad["redirect_uris"] = json!(["javascript:alert(1)"]);
    let faulty = document(
        &[connection("branch"), connection("branch")],
        &[application("payroll", &["password"]), bad],
    );
    let answer = one.import(&faulty, &[]).await;
    answer.refused("nothing is imported");
    answer.refused("/connections/1/handle (connection branch): The document has this handle twice.");
    answer.refused("/applications/1/redirect_uris/0 (application rota): ");
    assert_eq!(one.exported().await, document(&[], &[]));
}

async fn a_dry_run_saves_nothing(one: Installation) {
    ready(&one).await;
    let said = one.import(&sample(), &["--dry-run"]).await.fine();
    assert!(said.contains("connection branch would be created"), "{said}");
    assert!(said.contains("this was a dry run"), "{said}");
    assert!(!said.contains("client secret"), "{said}");
    assert_eq!(one.exported().await, document(&[], &[]));
}

async fn what_would_refuse_people_is_said_before_it_does(one: Installation) {
    ready(&one).await;
    one.import(&sample(), &[]).await.fine();
    let clean = one.run(&["check"]).await.fine();
    assert_eq!(clean.trim(), "1 application checked: nobody is refused.");

    let mut off = connection("branch");
    off["enabled"] = json!(false);
    let only = application("payroll", &["connection:branch"]);
    let breaking = document(&[off], &[only]);
    let dry = one.import(&breaking, &["--dry-run"]).await;
    dry.refused("error: Payroll (payroll), step 1: no-option-left (new)");
    dry.refused("The import would stop: people would be refused who are not refused now");
    one.import(&breaking, &[]).await.refused("people would be refused");
    assert_eq!(one.run(&["check"]).await.code, 0, "nothing was imported");
    one.import(&breaking, &["--despite-findings"]).await.fine();
    let again = one.import(&breaking, &["--dry-run"]).await.fine();
    assert!(again.contains("no-option-left\n"), "known by now: {again}");
    assert!(!again.contains("would stop"), "{again}");
    one.run(&["check"])
        .await
        .refused("error: Payroll (payroll), step 1: no-option-left");
}

async fn what_is_expected_moves_along_and_is_checked(one: Installation) {
    ready(&one).await;
    let mut expecting = application("payroll", &["password", "connection:branch"]);
    expecting["expectations"] = json!([
        {"who": "linked:branch", "what": "can_sign_in"},
        {"who": "LOCAL", "what": {"never_asked_for": {"option": "totp"}}},
    ]);
    one.import(
        &document(&[connection("branch")], std::slice::from_ref(&expecting)),
        &[],
    )
    .await
    .fine();
    assert_eq!(
        one.exported().await["applications"][0]["expectations"],
        expecting["expectations"]
    );
    one.run(&["check"]).await.fine();

    expecting["flow"]["steps"] = json!([{"options": ["password", "connection:branch"]}, {"options": ["totp"]}]);
    let breaking = document(&[], &[expecting]);
    one.import(&breaking, &[]).await.refused("expectation-broken");
    one.import(&breaking, &["--despite-findings"]).await.fine();
    let said = one.run(&["check"]).await;
    assert_eq!(said.code, 1, "{said:?}");
    said.refused("error: Payroll (payroll): expectation-broken");
    said.refused("expected: a local person is never asked for an authenticator app");
}

async fn a_document_without_secrets_says_how_to_get_one(one: Installation) {
    ready(&one).await;
    one.import(&sample(), &[]).await.fine();
    let bare = one.exported().await;
    let other = Installation::sqlite();
    ready(&other).await;
    let answer = other.import(&bare, &[]).await;
    answer.refused("/connections/0/oidc/client_secret");
    answer.refused("doorward export --with-secrets");
    answer.refused("nothing is imported; 1 fault to mend first");
    assert!(!answer.out.contains("There is no connection"), "{answer:?}");
}

async fn documents_that_are_none(one: Installation) {
    one.run(&["check"]).await.refused("doorward migrate");
    ready(&one).await;
    one.run(&["import", "missing.json"])
        .await
        .refused("missing.json cannot be read");
    for (case, text, sentence) in [
        ("no JSON", "{", "is no such document"),
        ("a stranger", r#"{"format":1,"people":[]}"#, "is no such document"),
        ("a later form", r#"{"format":2}"#, "format 1 only"),
        ("more in it", r#"{"format":2,"people":[]}"#, "format 1 only"),
        ("deep", &"[".repeat(100_000), "is no such document"),
        (
            "a list",
            " []",
            "an object with connections and applications is expected",
        ),
    ] {
        let answer = one.run_with(&["import", "-"], text).await;
        assert_eq!(answer.code, 1, "{case}");
        answer.refused(sentence);
    }
}
