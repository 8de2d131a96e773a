//! Keys that change while tokens are asked for at two nodes (budgets F34).

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::id::AccountId;
use doorward_oidc::jose::PublicKey;
use doorward_server::service::Core;
use doorward_server::service::signing_keys::{LEAD, OVERLAP, rotate};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::stage::*;

on_both!(f34_no_token_fails_while_keys_are_rotated);

/// One application for each algorithm.
const APPLICATIONS: [(&str, &str); 3] = [("payroll", "ES256"), ("rota", "EdDSA"), ("ledger", "RS256")];
/// Between two looks, in seconds. A node hears of a rotation one step after it, which is far later than it does.
const STEP: usize = 100;

/// The key document of a node, as somebody keeps it.
struct Kept {
    keys: Value,
    /// Second after which it is fetched anew.
    until: i64,
}

/// A token that somebody may meet.
struct Met {
    token: String,
    /// Its `exp`.
    until: i64,
}

/// Whoever verifies: with each document that may still be kept, each token that has not ended.
#[derive(Default)]
struct Verifier {
    documents: Vec<Kept>,
    tokens: Vec<Met>,
    /// Keys that have signed.
    signers: BTreeSet<String>,
}

impl Verifier {
    async fn fetch(&mut self, node: &Stage) {
        let answer = node.get("/oauth2/jwks", &[]).await;
        let max_age = answer.header("cache-control").rsplit('=').next().expect("an age");
        self.documents.push(Kept {
            keys: answer.json(),
            until: node.now().timestamp() + max_age.parse::<i64>().expect("seconds"),
        });
    }

    fn meet(&mut self, token: String) {
        self.signers.insert(text(&header(&token), "kid"));
        let until = payload(&token)["exp"].as_i64().expect("a time");
        self.tokens.push(Met { token, until });
    }

    fn verify(&mut self, now: i64) {
        self.documents.retain(|kept| now <= kept.until);
        self.tokens.retain(|met| now < met.until);
        for kept in &self.documents {
            for met in &self.tokens {
                let kept_for = kept.until - now;
                assert!(
                    is_verified(&met.token, &kept.keys),
                    "F34: {} is unknown to a document that is good for {kept_for} s: {}",
                    header(&met.token),
                    kept.keys
                );
            }
        }
    }
}

fn header(token: &str) -> Value {
    let part = token.split('.').next().expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

fn text(object: &Value, member: &str) -> String {
    object[member].as_str().expect("text").to_owned()
}

/// Whether a key of the document has signed the token.
fn is_verified(token: &str, document: &Value) -> bool {
    let header = header(token);
    let (input, signature) = token.rsplit_once('.').expect("three parts");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    let mut keys = document["keys"].as_array().expect("keys").iter();
    let key = keys.find(|jwk| jwk["kid"] == header["kid"]);
    key.and_then(|jwk| PublicKey::from_jwk(jwk, &text(&header, "alg")))
        .is_some_and(|key| key.verify(input.as_bytes(), &signature).is_ok())
}

/// Somebody comes to an application through this node: its ID token and its access token.
async fn tokens(node: &Stage, account: &AccountId, application: &'static str) -> [String; 2] {
    let code = node
        .grant(Given {
            client_id: application,
            ..Given::by(account.clone())
        })
        .await;
    let answer = node
        .post_as(application, SECRET, "/oauth2/token", &exchange(&code))
        .await;
    [answer.text("id_token"), answer.text("access_token")]
}

async fn f34_no_token_fails_while_keys_are_rotated(stage: &Stage) {
    for (client_id, alg) in &APPLICATIONS[1..] {
        stage
            .application(json!({"client_id": client_id, "client_secret": SECRET, "id_token_signed_response_alg": alg}))
            .await;
    }
    let other = stage.another().await;
    let nodes = [stage, &other];
    let account = stage.person().await;
    let begun = stage.now().timestamp() + 300;
    let mut verifier = Verifier::default();
    // Around the rotations, the moments when their keys take over, and the moments when the former keys go.
    for moment in [0, LEAD.num_seconds(), (LEAD + OVERLAP).num_seconds()] {
        for offset in (-300..=1000).step_by(STEP) {
            stage.advance(begun + moment + offset - stage.now().timestamp());
            for node in nodes {
                node.state.refresh().await.expect("loads");
                verifier.fetch(node).await;
            }
            // The second time long before the keys of the first time sign, and at the other node.
            let rotating = match (moment, offset) {
                (0, 0) => Some(nodes[0]),
                (0, 500) => Some(nodes[1]),
                _ => None,
            };
            let rotation = async {
                if let Some(node) = rotating {
                    rotate(&Core::new(node.state.clone())).await.expect("rotated");
                }
            };
            let asking = nodes.iter().flat_map(|node| {
                let account = &account;
                APPLICATIONS.map(move |(application, _)| tokens(node, account, application))
            });
            let (made, ()) = tokio::join!(join_all(asking), rotation);
            for [id_token, access_token] in made {
                for node in nodes {
                    let answer = node.userinfo(&access_token).await;
                    assert_eq!(answer.status, 200, "F34: {moment} {offset}: {answer:?}");
                }
                verifier.meet(id_token);
                verifier.meet(access_token);
            }
            verifier.verify(stage.now().timestamp());
        }
    }
    assert_eq!(
        verifier.signers.len(),
        3 * APPLICATIONS.len(),
        "the first keys, and those of both rotations"
    );
    let left = stage.get("/oauth2/jwks", &[]).await.json();
    let left = left["keys"].as_array().map(Vec::len);
    assert_eq!(left, Some(APPLICATIONS.len()), "the former keys are gone");
}
