//! People, their sessions, and grants as the end of a sign-in makes them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::account::{Account, AccountStatus, Attribute, AttributeSource, Origin, Role};
use doorward_domain::assurance::Evidence;
use doorward_domain::flow::AuthOption;
use doorward_domain::id::{AccountId, ConnectionId, GrantId, TransactionId};
use doorward_oidc::token::pkce;
use doorward_server::signin::grant::GrantDocument;
use doorward_server::signin::session::public_id;
use doorward_storage::account;
use doorward_storage::grant::NewGrant;
use doorward_storage::session::NewSession;
use doorward_storage::sign_in::{self, Completion, SessionWrite};
use doorward_vault::{Purpose, random};
use serde_json::{Value, json};

use super::{Answer, CALLBACK, Stage, VERIFIER};

/// What a password shows.
const PASSWORD: &[AuthOption] = &[AuthOption::Password];

/// What a test changes of an ordinary grant.
pub struct Given {
    pub client_id: &'static str,
    pub scope: &'static str,
    pub session: Option<Vec<u8>>,
    /// Of a person without an account.
    pub claims: Option<Value>,
    pub account: Option<AccountId>,
    pub challenge: bool,
    /// What the person has shown.
    pub evidence: &'static [AuthOption],
}

impl Default for Given {
    fn default() -> Self {
        let scope = "openid email";
        Self {
            client_id: "payroll",
            scope,
            session: None,
            claims: None,
            account: None,
            challenge: true,
            evidence: PASSWORD,
        }
    }
}

impl Given {
    /// An ordinary grant by a person with an account.
    pub fn by(account: AccountId) -> Self {
        Self {
            account: Some(account),
            ..Self::default()
        }
    }
}

impl Stage {
    /// A person with an account.
    pub async fn person(&self) -> AccountId {
        let now = self.now();
        let source = AttributeSource::Connection {
            connection: ConnectionId::from_random([1; 16]),
        };
        let attribute = |value: Value| Attribute {
            value,
            source: source.clone(),
            at: now,
        };
        let id = AccountId::from_random(random());
        let person = Account {
            id: id.clone(),
            sub: "sub-of-anna".into(),
            username: "anna".into(),
            status: AccountStatus::Active,
            role: Role::Person,
            attributes: [("email", json!("anna@example.com")), ("email_verified", json!(true))]
                .map(|(name, value)| (name.to_owned(), attribute(value)))
                .into(),
            origin: Origin::Connection {
                connection: ConnectionId::from_random([1; 16]),
            },
            created_at: now,
            updated_at: now,
            last_sign_in_at: None,
            version: 1,
        };
        let store = &self.state.store;
        store
            .write(move |tx| Box::pin(async move { account::insert(tx, &person, None).await }))
            .await
            .expect("inserted");
        id
    }

    /// A session of this person: its key, and the cookie.
    pub async fn session(&self, account: &AccountId) -> (Vec<u8>, String) {
        let token = random::<32>();
        let key = self.state.keyring.mac(Purpose::Session, &[&token]).to_vec();
        let session = NewSession {
            key: key.clone(),
            account: Some(account.clone()),
            sub: "sub-of-anna".into(),
            sealed_person: None,
            evidence: vec![self.evidence()],
            user_agent: "Browser/1.0".into(),
            created_at: self.now(),
            expires_at: self.now() + chrono::Duration::hours(12),
        };
        let session = SessionWrite::Insert(Box::new(session));
        sign_in::complete(
            &self.state.store,
            Completion {
                session,
                ..Completion::default()
            },
        )
        .await
        .expect("stored");
        (key, format!("dw_session={}", URL_SAFE_NO_PAD.encode(token)))
    }

    fn evidence(&self) -> Evidence {
        Evidence::of_ours(AuthOption::Password, self.now())
    }

    /// A grant as the end of a sign-in makes it, and its code.
    pub async fn grant(&self, given: Given) -> String {
        let snapshot = self.state.snapshot();
        let application = snapshot
            .application_by_client_id(given.client_id)
            .expect("known")
            .id
            .clone();
        let (code, hash) = self.state.oidc.codes.issue(random());
        let id = GrantId::from_random(random());
        let mut request = json!({"a": application, "r": CALLBACK, "s": given.scope, "n": "nonce-1"});
        if given.challenge {
            request["c"] = pkce::challenge(VERIFIER).into();
        }
        let document = GrantDocument {
            path: None,
            request: serde_json::from_value(request).expect("a request"),
            evidence: given
                .evidence
                .iter()
                .map(|option| Evidence::of_ours(option.clone(), self.now()))
                .collect(),
            sid: given.session.as_ref().map(|key| public_id(&self.state.keyring, key)),
        };
        let seal = |claims: &Value| {
            self.state
                .keyring
                .seal(Purpose::Claims, id.as_str().as_bytes(), claims.to_string().as_bytes())
        };
        let grant = NewGrant {
            transaction: TransactionId::from_random(random()),
            application,
            session: given.session.clone(),
            account: given.account.clone(),
            sub: "sub-of-anna".into(),
            code_hash: Some(hash.as_str().as_bytes().to_vec()),
            code_expires_at: Some(self.now() + chrono::Duration::seconds(60)),
            request: serde_json::to_string(&document).expect("a document"),
            sealed_claims: given.claims.as_ref().map(seal),
            refresh_expires_at: Some(self.now() + chrono::Duration::hours(12)),
            ends_at: self.now() + chrono::Duration::hours(13),
            created_at: self.now(),
            id,
        };
        let completion = Completion {
            grant: Some(grant),
            ..Completion::default()
        };
        sign_in::complete(&self.state.store, completion).await.expect("stored");
        code
    }

    /// What the confidential application gets when a person with an account comes to it.
    pub async fn tokens(&self) -> Answer {
        let code = self.grant(Given::by(self.person().await)).await;
        self.exchange(&code).await
    }
}
