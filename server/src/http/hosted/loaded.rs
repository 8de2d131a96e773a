//! A transaction that a request is about, and what its page needs.

use axum::response::Response;
use doorward_app::hosted::PageShell;
use doorward_app::hosted::page::sign_in;
use doorward_app::hosted::{Language, UserMessage, names};
use doorward_domain::engine::Denial;
use doorward_domain::id::TransactionId;
use http::{HeaderValue, Uri};
use serde::Deserialize;

use super::form::{Body, Form};
use super::refused::Typed;
use super::{model, page, refused, trouble};
use crate::http::layers::language_cookie;
use crate::signin::dispatcher::{self, Failed};
use crate::signin::fault::SignInFault;
use crate::signin::finish::{Answer, again};
use crate::signin::hop::{Hop, Terms};
use crate::signin::transaction::{Target, Token, Transaction};
use crate::signin::{carrier, choose_account, codes, console, cookie, session, unproven};

#[derive(Deserialize, Default)]
pub(super) struct Chosen {
    pub(super) ui_locales: Option<String>,
}

/// The language was changed. Belongs to the answer.
pub(super) struct Turned(Option<HeaderValue>);

impl Turned {
    pub(super) fn with(self, mut response: Response) -> Response {
        cookie::append(response.headers_mut(), self.0);
        response
    }
}

/// A loaded transaction, with what its page needs.
pub(super) struct Loaded {
    pub(super) hop: Hop,
    pub(super) terms: Terms,
    pub(super) transaction: Transaction,
    language: Option<String>,
}

pub(super) async fn load(hop: Hop, id: &str, chosen: Chosen) -> Result<Loaded, Response> {
    let language = chosen.ui_locales.filter(|tags| tags.len() <= 100);
    let found = match id.parse::<TransactionId>() {
        Ok(id) => carrier::find(&hop.state, &hop.headers, &id).await,
        Err(_) => Err(SignInFault::Expired),
    };
    let found = match found {
        Ok(transaction) => session::check(&hop, &transaction, &transaction.state)
            .await
            .and_then(|()| Ok((hop.terms(&transaction)?, transaction))),
        Err(fault) => Err(fault),
    };
    match found {
        Ok((terms, transaction)) => Ok(Loaded {
            hop,
            terms,
            transaction,
            language,
        }),
        Err(fault) => Err(not_open(hop, id, fault, language.as_deref()).await),
    }
}

/// The answer about a transaction that is not open here.
async fn not_open(mut hop: Hop, id: &str, fault: SignInFault, language: Option<&str>) -> Response {
    let fault = match id.parse::<TransactionId>() {
        // A form that was sent twice may leave with the cookies of the answer to the first.
        Ok(id) if hop.repeatable.is_none() => match again::to_session(&hop, &id, fault).await {
            Ok(answer) => return page::answer(&hop, answer),
            Err(fault) => fault,
        },
        _ => fault,
    };
    hop.repeatable = hop.repeatable.take().or_else(|| closed(&fault, id));
    trouble::failed(&hop, Failed::early(fault), language)
}

/// Where a GET shows that a sign-in is not open here, which a form was told.
pub(super) fn closed(fault: &SignInFault, id: &str) -> Option<Uri> {
    let id = id.parse::<TransactionId>().ok()?;
    let stays = matches!(fault, SignInFault::Expired | SignInFault::NotThisBrowser);
    stays.then(|| format!("/signin/{id}").parse().ok()).flatten()
}

/// Loads a transaction for a form of its page: the body is within bounds and the token is the one of this stage. A form
/// of another stage answers a question that is not asked, so it leads to where the sign-in is.
pub(super) async fn load_for_form(hop: Hop, id: &str, chosen: Chosen, body: Body) -> Result<(Loaded, Form), Response> {
    let loaded = load(hop, id, chosen).await?;
    let form = match Form::read(body) {
        Ok(form) => form,
        Err(fault) => return Err(loaded.stop(fault)),
    };
    let token = cookie::decode(form.text(names::CSRF)).unwrap_or_default();
    match loaded.transaction.check_csrf(&loaded.hop.state.keyring, &token) {
        Token::OfThisStage => {}
        Token::OfAnotherStage => {
            let address = model::action(&loaded.transaction, "", loaded.language());
            return Err(page::redirect(&address));
        }
        Token::Forged => return Err(loaded.stop(SignInFault::Forged)),
    }
    Ok((loaded, form))
}

/// As [`load_for_form`], of a form that the person may have sent to end the sign-in.
pub(super) async fn load_unless_cancelled(
    hop: Hop,
    id: &str,
    chosen: Chosen,
    body: Body,
) -> Result<(Loaded, Form), Response> {
    let (loaded, form) = load_for_form(hop, id, chosen, body).await?;
    if form.get(names::DECISION) == Some(names::DECISION_CANCEL) {
        let answer = dispatcher::cancel(&loaded.hop, &loaded.transaction);
        return Err(page::answer(&loaded.hop, answer));
    }
    Ok((loaded, form))
}

impl Loaded {
    /// Whether a form was sent for its page in another language, with what is typed in it: then the pages speak it from
    /// now on, and nothing else is done. The cookie keeps it.
    pub(super) fn turns_to(&mut self, form: &Form) -> Option<Turned> {
        let language = form.get(names::UI_LOCALES).and_then(Language::of_tag)?;
        self.language = Some(language.tag().to_owned());
        Some(Turned(language_cookie(self.hop.cookies(), language)))
    }

    pub(super) fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// The language of its pages, and of its mail.
    pub(super) fn speaks(&self) -> Language {
        page::language(
            &self.hop,
            Some(&model::wishes(&self.hop, &self.transaction, self.language())),
        )
    }

    /// The frame of its pages.
    pub(super) fn shell(&self) -> PageShell {
        model::shell(&self.hop, &self.terms, &self.transaction, self.language())
    }

    /// A mail that is one too many leaves the page as it is; nothing else can be passed then.
    pub(super) fn refuse_mail(self, fault: SignInFault) -> Response {
        match fault {
            SignInFault::TooManyAttempts => self.refuse(&Typed::message(UserMessage::TooManyMails, None)),
            fault => self.stop(fault),
        }
    }

    /// The page again, with what is wrong with what was sent.
    pub(super) fn refuse(&self, typed: &Typed) -> Response {
        refused::tell(self, typed)
    }

    /// After a second factor: whoever has tried one too often is known by now.
    pub(super) fn refuse_factor(self, failed: Failed) -> Response {
        match failed.fault {
            SignInFault::TooManyAttempts => {
                unproven::note_limit(&self.hop, &self.terms, &self.transaction, None);
                self.refuse(&Typed::message(UserMessage::TooManyAttempts, None))
            }
            _ => self.finish(Err(failed)),
        }
    }

    /// A way that is not offered is none that was forged where its step has no way at all: an administrator has changed
    /// the flow since the person came to it.
    fn fitting(&self, fault: SignInFault) -> SignInFault {
        let is_closed = || {
            let choosing = dispatcher::choosing(&self.transaction);
            choosing.is_ok_and(|choosing| dispatcher::options(&self.hop, &self.terms, &choosing).is_empty())
        };
        match fault {
            SignInFault::NotOffered if is_closed() => SignInFault::Denied(Denial::NoOptionLeft, None),
            fault => fault,
        }
    }

    pub(super) fn stop(self, fault: SignInFault) -> Response {
        let fault = self.fitting(fault);
        let failed = Failed::within(self.transaction, fault);
        trouble::failed(&self.hop, failed, self.language.as_deref())
    }

    /// Whether the step is to say who somebody is, of whom nothing is known yet.
    pub(super) fn knows_nobody(&self) -> bool {
        let progress = self.transaction.state.progress();
        self.transaction.visitor().is_none() && progress.is_some_and(|progress| progress.person().is_none())
    }

    pub(super) fn finish(self, moved: Result<Answer, Failed>) -> Response {
        match moved {
            Ok(answer) => page::answer(&self.hop, answer),
            Err(failed) => {
                let fault = self.fitting(failed.fault);
                trouble::failed(&self.hop, Failed { fault, ..failed }, self.language.as_deref())
            }
        }
    }

    pub(super) async fn show_sign_in(self, typed: Typed) -> Response {
        let status = typed.status();
        let codes = match codes::pages(&self.hop, &self.terms, &self.transaction).await {
            Ok(codes) => codes,
            Err(fault) => return self.stop(fault),
        };
        let no_administrator = match &self.transaction.target {
            Target::Console { .. } => console::no_administrator(&self.hop).await,
            Target::Application(_) | Target::Account(_) => Ok(None),
        };
        let no_administrator = match no_administrator {
            Ok(name) => name,
            Err(fault) => return self.stop(fault),
        };
        let signed_in = match self.transaction.rests_on_session {
            true => choose_account::signed(&self.hop).await,
            false => Ok(None),
        };
        let signed_in = match signed_in {
            Ok(signed_in) => signed_in,
            Err(fault) => return self.stop(fault),
        };
        let shell = self.shell();
        let mut page = model::sign_in(
            &self.hop,
            &self.terms,
            &self.transaction,
            self.language(),
            typed,
            &codes,
        );
        page.no_administrator = no_administrator;
        page.signed_in = signed_in.map(|signed_in| signed_in.name);
        let is_stuck = model::is_stuck(&self.terms, &self.transaction, &page);
        // With what they prove anew they may set up what the step asks for.
        if is_stuck && self.transaction.rests_on_session {
            let begun = dispatcher::begin_anew(&self.hop, &self.terms, &self.transaction, false).await;
            return self.finish(begun);
        }
        if is_stuck {
            return self.stop(SignInFault::Denied(Denial::EnrolmentRefused, None));
        }
        if page.options.is_empty() {
            return self.stop(SignInFault::Denied(Denial::NoOptionLeft, None));
        }
        page::with_script(status, &shell, sign_in::render(&shell, &page), sign_in::script(&page))
    }
}
