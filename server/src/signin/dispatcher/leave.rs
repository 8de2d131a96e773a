//! The way to a provider.

use doorward_domain::connection::Connection;
use doorward_domain::engine::{Outbound, SignIn};
use doorward_domain::id::TransactionId;
use doorward_domain::secret::SecretText;
use doorward_domain::text::Handle;
use url::Url;

use super::{Failed, Wishes, choosing, note_provider, only_connection};
use crate::signin::carrier;
use crate::signin::fault::SignInFault;
use crate::signin::finish::Answer;
use crate::signin::hop::{Hop, Terms};
use crate::signin::transaction::Transaction;

/// Where a connection sends people back to.
#[must_use]
pub fn callback_address(hop: &Hop, handle: &Handle) -> String {
    hop.state
        .config
        .public_url
        .join(&format!("/federation/{handle}/callback"))
}

/// Sends the person to a provider.
///
/// # Errors
/// What stops it, with the transaction back at its choice.
pub async fn leave(hop: &Hop, terms: &Terms, mut transaction: Transaction, handle: &Handle) -> Result<Answer, Failed> {
    let demands = terms.demands();
    let begun = async {
        let choosing = choosing(&transaction)?.into_owned();
        transaction.state = SignIn::Choosing(choosing.clone());
        let connection = hop.gate(handle, demands.flow)?;
        Ok::<_, SignInFault>((choosing, connection))
    };
    let (choosing, connection) = match begun.await {
        Ok(begun) => begun,
        Err(fault) => return Err(Failed::within(transaction, fault).about(hop, handle)),
    };
    let asked = choosing.request().and_then(|request| request.login_hint(handle));
    let wishes = Wishes::of(&transaction).about(asked);
    let (outbound, to) = match set_out(hop, &transaction, &connection, &wishes).await {
        Ok(begun) => begun,
        Err(fault) => {
            note_provider(hop, terms, &transaction, &connection, &fault);
            return Err(Failed::within(transaction, fault).at(&connection));
        }
    };
    match choosing.leave(outbound, demands.flow, hop.now) {
        Ok(away) => go_away(hop, transaction, SignIn::AwaitingFederation(away), &to).await,
        Err(refused) => Err(Failed::within(transaction, refused.into())),
    }
}

/// Where no page of ours is wanted, by the script (`stepOptions.skipPrompt`) or because the person has just chosen the
/// provider to link it, and one provider alone is left: the state in which the browser is there, and the provider's
/// address. Everything else stays as it is, also when that cannot begin.
pub(in crate::signin) async fn skip_prompt(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    state: SignIn,
) -> (SignIn, Option<String>) {
    let SignIn::Choosing(choosing) = &state else {
        return (state, None);
    };
    let request = choosing.request();
    let is_wanted = request.is_some_and(|request| request.skip_prompt) || transaction.links_at(choosing);
    let only = is_wanted.then(|| only_connection(hop, terms, &state)).flatten();
    let Some(handle) = only else {
        return (state, None);
    };
    // Whether the provider is asked to prove somebody anew depends on what they have shown by now.
    let there = Transaction {
        state: state.clone(),
        ..transaction.clone()
    };
    let wishes = Wishes::of(&there).about(request.and_then(|request| request.login_hint(&handle)));
    let begun = async {
        let connection = hop.gate(&handle, terms.demands().flow)?;
        let (outbound, to) = set_out(hop, &there, &connection, &wishes).await?;
        let away = choosing.clone().leave(outbound, terms.demands().flow, hop.now)?;
        Ok::<_, SignInFault>((away, to))
    };
    match begun.await {
        Ok((away, to)) => (SignIn::AwaitingFederation(away), Some(to)),
        // The page offers the provider again, and says what is wrong.
        Err(_) => (state, None),
    }
}

/// Begins a journey to a provider: what must be remembered until the person is back, and where they go.
pub(in crate::signin) async fn set_out(
    hop: &Hop,
    transaction: &Transaction,
    connection: &Connection,
    wishes: &Wishes<'_>,
) -> Result<(Outbound, String), SignInFault> {
    let id = transaction
        .id
        .as_str()
        .strip_prefix(TransactionId::PREFIX)
        .unwrap_or_default();
    let state = format!("{id}.{}", hop.state.random.text::<16>());
    let redirect = Url::parse(&callback_address(hop, &connection.handle))
        .map_err(|_| SignInFault::Broken("the callback address is no address"))?;
    let options = wishes.options(&state);
    let bytes = hop.state.random.bytes();
    let begun = hop
        .state
        .federation
        .begin(connection, &redirect, &options, &bytes)
        .await?;
    // How old the word of a visit may be is checked where it comes back (`self_service::check_fresh`).
    let max_age_seconds = options.max_age_seconds.filter(|_| !transaction.proves_anew());
    let outbound = Outbound {
        connection: connection.id.clone(),
        handle: connection.handle.clone(),
        state: SecretText::new(state),
        nonce: SecretText::new(begun.nonce),
        code_verifier: begun.code_verifier,
        max_age_seconds,
    };
    Ok((outbound, begun.url.into()))
}

/// Sends the browser to a provider, in a state that waits for its answer.
pub(in crate::signin) async fn go_away(
    hop: &Hop,
    transaction: Transaction,
    away: SignIn,
    to: &str,
) -> Result<Answer, Failed> {
    let before = transaction.clone();
    let mut transaction = transaction;
    transaction.state = away;
    let cookies = match carrier::version(&transaction) {
        None => carrier::keep(&hop.state, &hop.headers, &transaction),
        Some(version) => store_away(hop, &transaction, version).await.map(|()| vec![]),
    };
    match cookies {
        Ok(cookies) => Ok(Answer::redirect(to, cookies)),
        Err(fault) => Err(Failed::within(before, fault)),
    }
}

/// A later step: the journey is remembered in the transaction's row.
async fn store_away(hop: &Hop, transaction: &Transaction, version: i64) -> Result<(), SignInFault> {
    let (id, sealed, now) = (
        transaction.id.clone(),
        transaction.seal_for_row(&hop.state.keyring),
        hop.now,
    );
    let advanced: bool = hop
        .state
        .store
        .write(move |tx| {
            Box::pin(async move { doorward_storage::transaction::advance(tx, &id, version, sealed, now).await })
        })
        .await?;
    if advanced {
        Ok(())
    } else {
        Err(SignInFault::AlreadyUsed)
    }
}
