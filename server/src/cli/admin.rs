//! `doorward admin`: makes an administrator, or gives one a new password.

use std::io::IsTerminal;

use anyhow::{Context, bail};
use doorward_domain::account::{AccountStatus, Role};
use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::canonical::{address, lookup_key};
use doorward_domain::secret::SecretText;
use doorward_storage::{StorageError, account, administration, audit};
#[cfg(unix)]
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use serde_json::json;

use crate::config::{Config, FirstAdministrator};
use crate::first_administrator;
use crate::installation::Presence;
use crate::serve;
use crate::service::{Core, password_policy};

/// Variable that holds the password; without it the first line of the standard input does. An argument would stand in
/// the list of processes for everybody to read.
const VARIABLE: &str = "DOORWARD_ADMIN_PASSWORD";
/// What the audit log says of who did it.
const COMMAND: &str = "admin reset-password";

fn read_password(email: &str) -> anyhow::Result<SecretText> {
    let typed = match std::env::var(VARIABLE) {
        Ok(password) => password,
        Err(_) if std::io::stdin().is_terminal() => ask(email)?,
        Err(_) => read_line()?,
    };
    if let Err(problem) = password_policy::check(&typed, [email]) {
        bail!("the password will not do: {problem}");
    }
    Ok(SecretText::new(typed))
}

fn read_line() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .context("no password could be read")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Asks twice, because nobody sees what they type.
fn ask(email: &str) -> anyhow::Result<String> {
    let _quiet = Quiet::begin();
    eprint!("Password for {email}: ");
    let typed = read_line()?;
    eprint!("Once more: ");
    if read_line()? != typed {
        bail!("these are two different passwords");
    }
    Ok(typed)
}

/// The terminal shows nothing of what is typed, until this is dropped.
#[cfg(unix)]
struct Quiet(Termios);

#[cfg(unix)]
impl Quiet {
    fn begin() -> Option<Self> {
        let before = tcgetattr(std::io::stdin()).ok()?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        // But for the ends of lines.
        quiet.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(std::io::stdin(), OptionalActions::Flush, &quiet).ok()?;
        Some(Self(before))
    }
}

#[cfg(unix)]
impl Drop for Quiet {
    fn drop(&mut self) {
        tcsetattr(std::io::stdin(), OptionalActions::Flush, &self.0).ok();
    }
}

#[cfg(not(unix))]
struct Quiet;

#[cfg(not(unix))]
impl Quiet {
    fn begin() -> Option<Self> {
        None
    }
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
    state.migrate().await?;
    // With another key than the database was made with, this ends here.
    state.refresh().await?;
    if account::find_by_identifier(state.store.read(), &lookup_key(email))
        .await?
        .is_some()
    {
        bail!("there is an account with this address already; use: doorward admin reset-password {email}");
    }
    first_administrator::create(&state, &wanted).await?;
    say!(
        "{email} is an administrator now and signs in at {}",
        state.config.public_url.join("/console")
    );
    Ok(())
}

/// Gives an account a new password and the role of an administrator; its sessions end.
///
/// # Errors
/// A sentence for the operator.
pub async fn reset_password(config: Config, email: &str) -> anyhow::Result<()> {
    let password = read_password(email)?;
    let state = serve::open(config, Presence::MustBeThere).await?;
    state.migrate().await?;
    // With another key than the database was made with, this ends here.
    state.refresh().await?;
    let found = account::find_by_identifier(state.store.read(), &lookup_key(email)).await?;
    let Some(found) = found else {
        bail!("there is no account with the name {email}")
    };
    let hash = state.hasher.hash(password.expose()).await?;
    let core = Core::new(state.clone());
    let event = |action, detail| AuditEvent {
        account: Some(found.id.clone()),
        detail,
        ..core.event(&Actor::System, action)
    };
    let mut events = vec![event(AuditAction::PasswordChanged, json!({"by": COMMAND}))];
    if found.role != Role::Administrator {
        let detail = json!({"fields": ["role"], "by": COMMAND});
        events.push(event(AuditAction::AccountChanged, detail));
    }
    let (id, now) = (found.id.clone(), state.now());
    let saved: Result<(), StorageError> = state
        .store
        .write(move |tx| {
            Box::pin(async move {
                account::set_password(tx, &id, Some(&hash), now).await?;
                administration::set_role(tx, &id, Role::Administrator, now).await?;
                for event in &events {
                    audit::insert(tx, event).await?;
                }
                Ok(())
            })
        })
        .await;
    saved?;
    say!("{email} has the new password and is an administrator; the sessions of before have ended.");
    match found.status {
        AccountStatus::Active => {}
        AccountStatus::Disabled => {
            say!("But the account is disabled: nobody signs in with it until it is enabled.")
        }
        AccountStatus::Locked => say!("But the account is locked: nobody signs in with it until it is enabled."),
    }
    Ok(())
}
