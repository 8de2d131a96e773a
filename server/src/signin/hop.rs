//! One request of a sign-in with what it needs: the state, one version of the configuration, one moment.

use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::Timestamp;
use doorward_domain::application::Application;
use doorward_domain::attempt::AttemptTarget;
use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::connection::Connection;
use doorward_domain::engine::Demands;
use doorward_domain::flow::{AuthOption, SignInFlow};
use doorward_domain::id::AuditEventId;
use doorward_domain::secret::SecretText;
use doorward_domain::subject::LinkKey;
use doorward_domain::text::Handle;
use doorward_storage::sign_in::SUBS;
use doorward_vault::Purpose;
use http::{HeaderMap, Uri};

use super::cookie::Cookies;
use super::fault::SignInFault;
use super::transaction::{Target, Transaction};
use crate::snapshot::Snapshot;
use crate::state::Shared;

/// One request of a sign-in.
#[derive(Clone)]
pub struct Hop {
    pub state: Shared,
    pub snapshot: Arc<Snapshot>,
    pub headers: HeaderMap,
    /// Where the request came from, as far as that is known.
    pub address: Option<IpAddr>,
    pub now: Timestamp,
    /// Finds the lines in the log.
    pub request_id: String,
    /// What a GET asked for, so that its page can be asked for again in another language. `None` where that would show
    /// something else, lose what was typed or do something twice: after a form, and after a provider's answer.
    pub repeatable: Option<Uri>,
    /// The name and the password of this very request, where they did not fit.
    pub typed: Option<TypedPassword>,
}

/// What somebody typed into the form of the password.
#[derive(Debug, Clone)]
pub struct TypedPassword {
    pub name: String,
    pub password: SecretText,
}

/// What a transaction must fulfil, by the configuration in force.
#[derive(Debug)]
pub enum Terms {
    Application(Arc<Application>),
    /// The console is no application: it takes a password and nothing else.
    Console(SignInFlow),
    /// Nor is a person's own account; each visit has the flow that the account allows.
    Account(SignInFlow),
}

impl Terms {
    /// What the engine measures against.
    #[must_use]
    pub fn demands(&self) -> Demands<'_> {
        match self {
            Self::Application(application) => Demands {
                flow: &application.flow,
                required_claims: &application.protocol.required_claims,
            },
            Self::Console(flow) | Self::Account(flow) => Demands {
                flow,
                required_claims: &[],
            },
        }
    }

    /// What it is for where no application asked.
    #[must_use]
    pub fn target(&self) -> Option<AttemptTarget> {
        match self {
            Self::Application(_) => None,
            Self::Console(_) => Some(AttemptTarget::Console),
            Self::Account(_) => Some(AttemptTarget::Account),
        }
    }

    /// The application that asked.
    #[must_use]
    pub fn application(&self) -> Option<&Application> {
        match self {
            Self::Application(application) => Some(application),
            Self::Console(_) | Self::Account(_) => None,
        }
    }
}

impl Hop {
    /// The terms of a transaction, if what it is for may still be used: an application that was disabled or whose
    /// redirect URI was taken away meanwhile gets nothing.
    ///
    /// # Errors
    /// `ApplicationDisabled`, `ApplicationUnusable`.
    pub fn terms(&self, transaction: &Transaction) -> Result<Terms, SignInFault> {
        match &transaction.target {
            Target::Console { .. } => Ok(Terms::Console(SignInFlow::password_only())),
            Target::Account(visit) => Ok(Terms::Account(visit.flow.clone())),
            Target::Application(request) => {
                let application = self.snapshot.application(&request.application_id);
                if application.is_some_and(|application| !application.enabled) {
                    return Err(SignInFault::ApplicationDisabled);
                }
                let allowed = application.filter(|application| request.is_still_allowed(application));
                allowed
                    .cloned()
                    .map(Terms::Application)
                    .ok_or(SignInFault::ApplicationUnusable)
            }
        }
    }

    /// The one gate to a connection, asked when a person leaves for it and again when they come back (S8, S9): it must
    /// exist, be enabled, and be an option of the flow as it is now.
    ///
    /// # Errors
    /// `ConnectionUnusable`, `NotOffered`.
    pub fn gate(&self, handle: &Handle, flow: &SignInFlow) -> Result<Arc<Connection>, SignInFault> {
        let offered = |option: &AuthOption| option.connection() == Some(handle);
        if !flow.steps.iter().any(|step| step.options.iter().any(offered)) {
            return Err(SignInFault::NotOffered);
        }
        self.enabled(handle)
    }

    /// A connection that exists and is enabled, for what no flow has to offer: to prove that a linked account is one's
    /// own.
    ///
    /// # Errors
    /// `ConnectionUnusable`.
    pub fn enabled(&self, handle: &Handle) -> Result<Arc<Connection>, SignInFault> {
        let connection = self
            .snapshot
            .connection_by_handle(handle)
            .filter(|connection| connection.enabled);
        connection.cloned().ok_or(SignInFault::ConnectionUnusable)
    }

    /// Our cookies.
    #[must_use]
    pub fn cookies(&self) -> Cookies {
        Cookies::new(self.state.config.public_url.is_secure())
    }

    /// What the browser calls itself.
    #[must_use]
    pub fn user_agent(&self) -> String {
        let value = self
            .headers
            .get(http::header::USER_AGENT)
            .and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    }

    /// The stable `sub` of a person first seen through a connection (design.md §2.1). It depends on nothing that can
    /// be switched.
    #[must_use]
    pub fn derived_sub(&self, key: &LinkKey) -> String {
        URL_SAFE_NO_PAD.encode(self.state.keyring.mac(Purpose::Subject, &[&key.canonical_bytes()]))
    }

    /// The subs a person from a provider may be known by: the derived one, and those for whoever comes again after a link
    /// was taken away. The account that was linked keeps its own, and nobody else is ever taken for it.
    #[must_use]
    pub fn subs(&self, key: &LinkKey) -> Vec<String> {
        let bytes = key.canonical_bytes();
        let sub = |parts: &[&[u8]]| URL_SAFE_NO_PAD.encode(self.state.keyring.mac(Purpose::Subject, parts));
        let mut subs = Vec::with_capacity(SUBS);
        subs.push(sub(&[&bytes]));
        subs.extend((1..=u8::MAX).take(SUBS - 1).map(|time| sub(&[&bytes, &[time]])));
        subs
    }

    /// A line of the audit log about somebody who signs in.
    #[must_use]
    pub fn event(&self, action: AuditAction) -> AuditEvent {
        AuditEvent {
            id: AuditEventId::from_random(self.state.random.id()),
            at: self.now,
            action,
            actor: Actor::Person,
            account: None,
            application: None,
            connection: None,
            sub: None,
            detail: serde_json::Value::Null,
        }
    }
}

impl Hop {
    /// The same request a little later: with the configuration and the time of now.
    #[must_use]
    pub fn renewed(&self) -> Self {
        Self {
            snapshot: self.state.snapshot(),
            now: self.state.now(),
            ..self.clone()
        }
    }

    /// The same request, in which this did not fit.
    #[must_use]
    pub fn having_typed(&self, name: &str, password: &str) -> Self {
        Self {
            typed: Some(TypedPassword {
                name: name.to_owned(),
                password: SecretText::new(password.to_owned()),
            }),
            ..self.clone()
        }
    }
}
