//! `doorward admin`: makes an administrator, or gives one a new password.

use anyhow::{Context, bail};
use doorward_domain::account::Role;
use doorward_domain::canonical::{address, lookup_key};
use doorward_domain::secret::SecretText;
use doorward_storage::{StorageError, account, administration};

use crate::config::{Config, FirstAdministrator};
use crate::first_administrator;
use crate::installation::Presence;
use crate::serve;
use crate::service::password_policy;

/// Variable that holds the password; without it the first line of the standard input does. An argument would stand in
/// the list of processes for everybody to read.
const VARIABLE: &str = "DOORWARD_ADMIN_PASSWORD";

fn read_password(email: &str) -> anyhow::Result<SecretText> {
    let typed = match std::env::var(VARIABLE) {
        Ok(password) => password,
        Err(_) => {
            let mut line = String::new();
            std::io::stdin()
                .read_line(&mut line)
                .context("no password could be read")?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        }
    };
    if let Err(problem) = password_policy::check(&typed, [email]) {
        bail!("the password will not do: {problem}");
    }
    Ok(SecretText::new(typed))
}

/// Makes an administrator with this address.
///
/// # Errors
/// A sentence for the operator.
pub async fn create(config: Config, email: &str) -> anyhow::Result<()> {
    if let Err(fault) = address(email) {
        bail!("{fault}");
    }
    let wanted = FirstAdministrator {
        email: email.to_owned(),
        password: read_password(email)?,
    };
    let state = serve::open(config, Presence::MayBeMade).await?;
    state.store.migrate().await?;
    // With another key than the database was made with, this ends here.
    state.refresh().await?;
    if account::find_by_identifier(state.store.read(), &lookup_key(email))
        .await?
        .is_some()
    {
        bail!("there is an account with this address already; use: doorward admin reset-password {email}");
    }
    first_administrator::create(&state, &wanted).await?;
    Ok(())
}

/// Gives an account a new password and the role of an administrator; its sessions end.
///
/// # Errors
/// A sentence for the operator.
pub async fn reset_password(config: Config, email: &str) -> anyhow::Result<()> {
    let password = read_password(email)?;
    let state = serve::open(config, Presence::MustBeThere).await?;
    state.store.migrate().await?;
    // With another key than the database was made with, this ends here.
    state.refresh().await?;
    let found = account::find_by_identifier(state.store.read(), &lookup_key(email)).await?;
    let Some(found) = found else {
        bail!("there is no account with the name {email}")
    };
    let hash = state.hasher.hash(password.expose()).await?;
    let now = state.now();
    let saved: Result<(), StorageError> = state
        .store
        .write(move |tx| {
            Box::pin(async move {
                account::set_password(tx, &found.id, Some(&hash), now).await?;
                administration::set_role(tx, &found.id, Role::Administrator, now).await
            })
        })
        .await;
    Ok(saved?)
}
