//! `doorward audit verify`: whether the audit log is as it was sealed (S46).

use doorward_domain::Timestamp;
use doorward_storage::audit_seal::{self, Checked, Noted};

use super::check::counted;
use super::open_existing;
use crate::config::Config;

/// Follows the chain of seals and prints what it finds. `false` when something was changed, removed or added.
///
/// # Errors
/// A sentence for the operator.
pub async fn verify(config: Config, noted: &Noted) -> anyhow::Result<bool> {
    let state = open_existing(config).await?;
    let checked = audit_seal::verify(state.store.read(), noted, |fault| say!("{fault}")).await?;
    print(&checked);
    Ok(checked.faults == 0)
}

fn print(checked: &Checked) {
    let (events, seals) = (counted(checked.events, "event"), counted(checked.seals, "seal"));
    let span = checked
        .span
        .map(|(from, to)| format!(", from {} to {}", moment(from), moment(to)));
    say!("Checked: {events} in {seals}{}.", span.unwrap_or_default());
    match checked.waiting_since {
        Some(since) => say!("Waiting for a seal: {}, since {}.", checked.waiting, moment(since)),
        None => say!("Waiting for a seal: none."),
    }
    if let Some((number, hash)) = &checked.newest {
        say!("Newest seal: {number}, hash {hash}");
        say!("Keep this hash elsewhere: --expect tells later whether what it seals is still there.");
    }
    match checked.faults {
        0 => say!("Nothing sealed was changed, removed or added."),
        many => say!(
            "{} found: the audit log is not as it was sealed.",
            counted(many, "fault")
        ),
    }
}

fn moment(at: Timestamp) -> impl std::fmt::Display {
    at.format("%F %T UTC")
}

/// Reads the hash of a seal.
///
/// # Errors
/// A sentence for the operator.
pub fn hash(text: &str) -> Result<String, &'static str> {
    let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("a hash has 64 hexadecimal digits")
    }
}
