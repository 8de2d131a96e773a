//! One run of a flow in one browser: what it is for, whom it is bound to, and where it is kept.
//!
//! Until somebody has proven something it lives whole in a sealed cookie; afterwards in a row, and the cookie holds only
//! what binds the browser to it.

use chrono::Duration;
use doorward_domain::Timestamp;
use doorward_domain::assurance::Evidence;
use doorward_domain::engine::{Choosing, SignIn};
use doorward_domain::factor::may_enrol;
use doorward_domain::flow::SignInFlow;
use doorward_domain::id::{AccountId, TransactionId};
use doorward_domain::secret::SecretText;
use doorward_domain::self_service::{PROOF_LIFE, recent};
use doorward_oidc::authorize::AuthorizationRequest;
use doorward_vault::{Keyring, Purpose, equal};
use serde::{Deserialize, Serialize};

use super::by_mail::Asked;
use super::self_service::{Task, Visit};
use crate::random::Random;

/// Life of a transaction (design.md §2).
pub const LIFE: Duration = doorward_storage::transaction::LIFE;

/// What a sign-in is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Target {
    /// An application asked.
    #[serde(rename = "a")]
    Application(Box<AuthorizationRequest>),
    /// Somebody wants to use the console; `return_to` is a checked path of ours.
    #[serde(rename = "c")]
    Console { return_to: String },
    /// Somebody wants to see or change their own account.
    #[serde(rename = "v")]
    Account(Box<Visit>),
}

/// A run of a flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Transaction {
    pub id: TransactionId,
    /// Known to this browser alone.
    pub binding: SecretText,
    pub target: Target,
    pub state: SignIn,
    /// What the application's script wrote, from its end to that of the sign-in.
    pub script_log: Vec<String>,
    /// Where a link or a code by email was asked for that says who somebody is.
    pub asked: Option<Asked>,
    /// Whether its first steps were passed by what the browser's session had proven: that has to be alive at each step.
    pub rests_on_session: bool,
    pub home: Home,
}

/// Bytes of an anti-forgery token that are the same at every stage.
const TOKEN_HALF: usize = 16;

/// What an anti-forgery token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    OfThisStage,
    /// Of a page that this transaction has shown, or will show.
    OfAnotherStage,
    Forged,
}

/// Where a transaction is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    Cookie,
    /// Of this version.
    Row {
        version: i64,
    },
}

/// What a cookie holds.
#[derive(Serialize, Deserialize)]
#[expect(
    clippy::large_enum_variant,
    reason = "lives for a moment between cookie and transaction"
)]
pub(super) enum Carried {
    #[serde(rename = "w")]
    Whole {
        #[serde(rename = "b")]
        binding: SecretText,
        #[serde(flatten)]
        content: Content,
    },
    #[serde(rename = "r")]
    Bound {
        #[serde(rename = "b")]
        binding: SecretText,
    },
}

#[derive(Serialize, Deserialize)]
pub(super) struct Content {
    #[serde(rename = "t")]
    target: Target,
    #[serde(rename = "s")]
    state: SignIn,
    #[serde(rename = "l", default, skip_serializing_if = "Vec::is_empty")]
    script_log: Vec<String>,
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    asked: Option<Asked>,
    #[serde(rename = "o", default, skip_serializing_if = "std::ops::Not::not")]
    rests_on_session: bool,
}

/// What a row holds.
#[derive(Serialize, Deserialize)]
struct Kept {
    binding: SecretText,
    #[serde(flatten)]
    content: Content,
}

impl Transaction {
    /// Begins a run of a flow.
    #[must_use]
    pub fn begin(target: Target, flow: &SignInFlow, random: &dyn Random, now: Timestamp) -> Self {
        let expires_at = now + LIFE;
        let state = match &flow.script {
            Some(source) => SignIn::begin_with_script(expires_at, doorward_storage::script::version(source)),
            None => SignIn::begin(expires_at),
        };
        Self {
            id: TransactionId::from_random(random.id()),
            binding: SecretText::new(random.text::<16>()),
            target,
            state,
            script_log: vec![],
            asked: None,
            rests_on_session: false,
            home: Home::Cookie,
        }
    }

    /// The request of the application that asked.
    #[must_use]
    pub fn request(&self) -> Option<&AuthorizationRequest> {
        match &self.target {
            Target::Application(request) => Some(request),
            Target::Console { .. } | Target::Account(_) => None,
        }
    }

    /// What the person wants of their own account.
    #[must_use]
    pub fn visit(&self) -> Option<&Visit> {
        match &self.target {
            Target::Account(visit) => Some(visit),
            Target::Application(_) | Target::Console { .. } => None,
        }
    }

    /// Whose visit to their own account it is, where it is about somebody who is signed in here.
    #[must_use]
    pub fn visitor(&self) -> Option<&AccountId> {
        self.visit().and_then(|visit| visit.account.as_ref())
    }

    /// When it began; `None` once it is over.
    #[must_use]
    pub(super) fn began_at(&self) -> Option<Timestamp> {
        self.state.progress().map(|progress| progress.expires_at() - LIFE)
    }

    /// Whether that person is to show anew who they are, and has not done so yet.
    #[must_use]
    pub(super) fn proves_anew(&self) -> bool {
        let is_nobody = self
            .state
            .progress()
            .is_some_and(|progress| progress.person().is_none());
        self.visitor().is_some() && is_nobody
    }

    /// Whether the person is to make a passkey now, whatever they have: they have shown who they are.
    #[must_use]
    pub(super) fn adds_passkey_now(&self) -> bool {
        matches!(&self.state, SignIn::Choosing(choosing) if self.is_last_of(Task::AddPasskey, choosing))
    }

    /// Whether the person has chosen on their own page which provider they link at this step.
    #[must_use]
    pub fn links_at(&self, choosing: &Choosing) -> bool {
        self.is_last_of(Task::Link, choosing)
    }

    /// Whether somebody who is signed in shows anew at a step who they are: at each but the one their visit is for.
    #[must_use]
    pub fn shows_anew_at(&self, choosing: &Choosing) -> bool {
        let is_before_last = |visit: &Visit| (choosing.step() as usize) + 1 < visit.flow.steps.len();
        self.visit()
            .is_some_and(|visit| visit.account.is_some() && (visit.task == Task::Prove || is_before_last(visit)))
    }

    /// Whether a step is what such a visit is for: the steps before it are the proof.
    fn is_last_of(&self, task: Task, choosing: &Choosing) -> bool {
        self.visit()
            .is_some_and(|visit| visit.task == task && choosing.step() as usize + 1 == visit.flow.steps.len())
    }

    /// Whether the person has shown at their own account that they hold another factor of it.
    #[must_use]
    pub(super) fn shows_possession(&self) -> bool {
        self.visit().is_some() && may_enrol(true, &self.evidence())
    }

    /// Whether the person asked for new backup codes.
    #[must_use]
    pub(super) fn makes_codes(&self) -> bool {
        self.visit().is_some_and(|visit| visit.task == Task::MakeCodes)
    }

    /// The sealed value of this browser's cookie.
    #[must_use]
    pub(super) fn seal_for_cookie(&self, keyring: &Keyring) -> Vec<u8> {
        let carried = match self.home {
            Home::Cookie => Carried::Whole {
                binding: self.binding.clone(),
                content: Content {
                    target: self.target.clone(),
                    state: self.state.clone(),
                    script_log: self.script_log.clone(),
                    asked: self.asked.clone(),
                    rests_on_session: self.rests_on_session,
                },
            },
            Home::Row { .. } => Carried::Bound {
                binding: self.binding.clone(),
            },
        };
        // These types always print: no map has a key that is not text.
        let json = serde_json::to_vec(&carried).unwrap_or_default();
        keyring.seal(Purpose::Cookie, self.id.as_str().as_bytes(), &json)
    }

    /// The sealed state of the transaction's row.
    #[must_use]
    pub(super) fn seal_for_row(&self, keyring: &Keyring) -> Vec<u8> {
        let kept = Kept {
            binding: self.binding.clone(),
            content: Content {
                target: self.target.clone(),
                state: self.state.clone(),
                script_log: self.script_log.clone(),
                // It has done its work.
                asked: None,
                rests_on_session: self.rests_on_session,
            },
        };
        let json = serde_json::to_vec(&kept).unwrap_or_default();
        keyring.seal(Purpose::Transaction, self.id.as_str().as_bytes(), &json)
    }

    pub(super) fn open_cookie(keyring: &Keyring, id: &TransactionId, sealed: &[u8]) -> Option<Carried> {
        let json = keyring.open(Purpose::Cookie, id.as_str().as_bytes(), sealed).ok()?;
        serde_json::from_slice(&json).ok()
    }

    pub(super) fn of_cookie(id: TransactionId, binding: SecretText, content: Content) -> Self {
        Self {
            id,
            binding,
            target: content.target,
            state: content.state,
            script_log: content.script_log,
            asked: content.asked,
            rests_on_session: content.rests_on_session,
            home: Home::Cookie,
        }
    }

    /// Opens a row for the browser that is bound to it.
    pub(super) fn of_row(
        keyring: &Keyring,
        id: TransactionId,
        binding: &SecretText,
        sealed: &[u8],
        version: i64,
    ) -> Option<Self> {
        let json = keyring
            .open(Purpose::Transaction, id.as_str().as_bytes(), sealed)
            .ok()?;
        let kept: Kept = serde_json::from_slice(&json).ok()?;
        if !equal(kept.binding.expose().as_bytes(), binding.expose().as_bytes()) {
            return None;
        }
        let Content {
            target,
            state,
            script_log,
            asked,
            rests_on_session,
        } = kept.content;
        Some(Self {
            id,
            binding: kept.binding,
            target,
            state,
            script_log,
            asked,
            rests_on_session,
            home: Home::Row { version },
        })
    }

    /// The anti-forgery token of this transaction's forms at this stage. A form of an earlier stage is not accepted at
    /// a later one, so a stale page cannot answer a question it did not ask.
    ///
    /// One half (128 bits) is the transaction's, the other one the stage's.
    #[must_use]
    pub fn csrf(&self, keyring: &Keyring) -> [u8; 32] {
        let mac = |of: &str| {
            let (id, binding) = (self.id.as_str().as_bytes(), self.binding.expose().as_bytes());
            keyring.mac(Purpose::Csrf, &[id, binding, of.as_bytes()])
        };
        let mut token = mac("every stage");
        token[TOKEN_HALF..].copy_from_slice(&mac(&self.stage())[TOKEN_HALF..]);
        token
    }

    /// What a form's token is at this stage.
    #[must_use]
    pub fn check_csrf(&self, keyring: &Keyring, token: &[u8]) -> Token {
        let wanted = self.csrf(keyring);
        if equal(token, &wanted) {
            Token::OfThisStage
        } else if token.len() == wanted.len() && equal(&token[..TOKEN_HALF], &wanted[..TOKEN_HALF]) {
            Token::OfAnotherStage
        } else {
            Token::Forged
        }
    }

    /// What has been proven so far.
    #[must_use]
    pub fn evidence(&self) -> Vec<Evidence> {
        let passed = self.state.progress().map_or(&[][..], |progress| progress.passed());
        passed.iter().map(|passed| passed.evidence.clone()).collect()
    }

    /// What has been proven in this very sign-in, and not by the session it may rest on.
    #[must_use]
    pub fn proven_here(&self) -> Vec<Evidence> {
        let mut evidence = self.evidence();
        if self.rests_on_session {
            let began_at = self.began_at();
            evidence.retain(|piece| began_at.is_some_and(|began_at| piece.at >= began_at));
        }
        evidence
    }

    /// Whether the person may set up a factor (S38). The cookie of a session may be stolen: what it had proven sets up the
    /// first factor of somebody who has just shown who they are, and no other one.
    #[must_use]
    pub(super) fn may_enrol(&self, has_factor: bool) -> bool {
        let is_young = |began_at| {
            let young = recent(&self.evidence(), PROOF_LIFE, began_at);
            young.iter().any(Evidence::says_who)
        };
        let is_old = self.rests_on_session && !self.began_at().is_some_and(is_young);
        may_enrol(has_factor || is_old, &self.proven_here())
    }

    /// Names where the sign-in stands; another step, and another time at one step, has another name.
    #[must_use]
    pub fn stage(&self) -> String {
        // A script may ask for a step again: then it is another stage.
        let step = |choosing: &Choosing| format!("step {} {}", choosing.step(), choosing.progress().events().len());
        match &self.state {
            SignIn::Choosing(state) => step(state),
            // The person who comes back from a provider's page sees the page they left.
            SignIn::AwaitingFederation(state) => step(&state.clone().turn_back()),
            SignIn::AwaitingScript(_) => "script".to_owned(),
            SignIn::Prompting(state) => format!("prompt {}", state.progress().events().len()),
            SignIn::Noting(_) => "noting".to_owned(),
            SignIn::AwaitingProof(_) => "proof".to_owned(),
            SignIn::AwaitingAttributes(_) => "attributes".to_owned(),
            SignIn::Completed(_) | SignIn::Denied(_) => "over".to_owned(),
        }
    }
}
