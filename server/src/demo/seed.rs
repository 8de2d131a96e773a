//! The example that `serve --demo` fills an empty database with: the Test IdP, applications, people.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_app::api::application::ApplicationService;
use doorward_app::api::connection::{ConnectionService, SaveMode};
use doorward_app::api::error::ConsoleError;
use doorward_app::api::user::{UserDraft, UserService};
use doorward_domain::account::Role;
use doorward_domain::audit::Actor;
use doorward_domain::secret::SecretText;
use doorward_vault::{Keyring, Purpose};
use serde_json::{Value, json};

use super::{EXAMPLES, Example};
use crate::test_idp;

/// Client secret of a demo application: derived, so that nothing has to be kept for it.
#[must_use]
pub fn client_secret(keyring: &Keyring, example: &Example) -> SecretText {
    let parts: [&[u8]; 2] = [b"a demo application", example.client_id.as_bytes()];
    SecretText::new(URL_SAFE_NO_PAD.encode(keyring.mac(Purpose::ClientSecret, &parts)))
}

/// The services an example is made with: the same ones the console uses.
pub struct Services<'a> {
    pub connections: &'a dyn ConnectionService,
    pub applications: &'a dyn ApplicationService,
    pub users: &'a dyn UserService,
}

/// Fills a database that has neither connections nor applications; leaves any other alone.
///
/// # Errors
/// Those of the services. What was made before the error stays and the next start leaves it as it is.
pub async fn seed(services: &Services<'_>, keyring: &Keyring, public_url: &str) -> Result<(), ConsoleError> {
    let used = !services.connections.names(None).await?.is_empty() || !services.applications.names().await?.is_empty();
    if used {
        return Ok(());
    }
    services
        .connections
        .create(&Actor::System, test_idp(keyring, public_url), SaveMode::Save)
        .await?;
    for example in &EXAMPLES {
        let draft = application(example, keyring, public_url);
        services
            .applications
            .create(&Actor::System, draft, SaveMode::Save)
            .await?;
    }
    for (username, given, family) in PEOPLE {
        services
            .users
            .create(&Actor::System, person(username, given, family))
            .await?;
    }
    Ok(())
}

/// People with a role for a name; nobody knows their passwords, an administrator can set one.
const PEOPLE: [(&str, &str, &str); 3] = [
    ("payroll.clerk", "Payroll", "Clerk"),
    ("support.agent", "Support", "Agent"),
    ("site.manager", "Site", "Manager"),
];

fn test_idp(keyring: &Keyring, public_url: &str) -> Value {
    json!({
        "handle": "test-idp",
        "display_name": "Test IdP",
        "template": "test_idp",
        "oidc": {
            "issuer": format!("{public_url}{}", test_idp::PATH),
            "client_id": test_idp::CLIENT_ID,
            "client_secret": test_idp::client_secret(keyring),
        },
    })
}

fn application(example: &Example, keyring: &Keyring, public_url: &str) -> Value {
    let steps: Vec<Value> = example
        .steps
        .iter()
        .map(|options| json!({ "options": options }))
        .collect();
    json!({
        "handle": example.client_id,
        "name": example.name,
        "client_id": example.client_id,
        "client_secret": client_secret(keyring, example).expose(),
        "redirect_uris": [format!("{public_url}{}", example.callback_path())],
        "post_logout_redirect_uris": [format!("{public_url}{}", example.path)],
        "flow": {"steps": steps},
    })
}

fn person(username: &str, given: &str, family: &str) -> UserDraft {
    let attributes = [
        ("given_name", given.to_owned()),
        ("family_name", family.to_owned()),
        ("name", format!("{given} {family}")),
    ];
    UserDraft {
        username: Some(username.to_owned()),
        email: Some(format!("{username}@example.com")),
        email_verified: true,
        password: None,
        role: Role::Person,
        attributes: attributes
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::String(value)))
            .collect::<BTreeMap<_, _>>(),
    }
}
