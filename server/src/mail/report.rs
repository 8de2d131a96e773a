//! Mails that come back after a mail server has taken them: reports of RFC 3464, handed in by whoever receives the mail of
//! the sender's address (F24).

use doorward_domain::id::MailId;
use doorward_storage::outbox;
use doorward_storage::{StorageError, audit};
use mail_parser::{MessageParser, MimeHeaders, PartType};
use serde_json::json;

use super::not_delivered;
use crate::state::AppState;

/// What a report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The mail of ours that it is about.
    pub mail: MailId,
    /// Why it failed for good (RFC 3463); `None` while it is only late, or where it has arrived.
    pub failure: Option<String>,
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// The mail did not arrive. It is in the audit log.
    Failed,
    /// Nothing is lost yet, or it is known already.
    Nothing,
    /// No such mail was sent in the last days.
    Unknown,
}

impl Report {
    /// Reads a message; `None` for one that is no report about a mail of ours.
    #[must_use]
    pub fn parse(message: &str) -> Option<Self> {
        let message = MessageParser::default().parse(message.as_bytes())?;
        let is_status = |part: &&mail_parser::MessagePart<'_>| {
            let kind = part.content_type();
            kind.is_some_and(|kind| kind.ctype() == "message" && kind.subtype() == Some("delivery-status"))
        };
        let status = message.parts.iter().find(is_status)?;
        let status = String::from_utf8_lossy(status.contents());
        let field = |name: &str| {
            let mut fields = status.lines().filter_map(|line| line.split_once(':'));
            let found = fields.find(|(field, _)| field.trim().eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.trim().to_owned())
        };
        let has_failed = field("action")?.eq_ignore_ascii_case("failed");
        let known = message.parts.iter().find_map(|part| match &part.body {
            PartType::Message(original) => original.message_id().and_then(own),
            _ => String::from_utf8_lossy(part.contents()).lines().find_map(header),
        })?;
        Some(Self {
            mail: known,
            failure: has_failed.then(|| {
                field("status")
                    .filter(|code| is_code(code))
                    .unwrap_or_else(|| "5.0.0".into())
            }),
        })
    }
}

/// A line with the name that we gave a mail.
fn header(line: &str) -> Option<MailId> {
    let (name, value) = line.split_once(':')?;
    let value = value.trim().trim_start_matches('<').trim_end_matches('>');
    name.trim()
        .eq_ignore_ascii_case("message-id")
        .then(|| own(value))
        .flatten()
}

fn own(message_id: &str) -> Option<MailId> {
    let (id, _) = message_id.split_once('@')?;
    id.to_owned().try_into().ok()
}

/// Whether it is a code of RFC 3463 §2, such as 5.1.1.
fn is_code(text: &str) -> bool {
    let mut parts = text.split('.');
    let mut number = || {
        parts
            .next()
            .is_some_and(|part| !part.is_empty() && part.len() <= 3 && part.parse::<u16>().is_ok())
    };
    number() && number() && number() && parts.next().is_none()
}

/// Enters what a report says: a mail that did not arrive is in the audit log, and whoever waits for it is told.
///
/// # Errors
/// Those of the database.
pub async fn record(state: &AppState, report: Report) -> Result<Recorded, StorageError> {
    let Report { mail, failure } = report;
    let Some(status) = failure else {
        return Ok(Recorded::Nothing);
    };
    let Some(known) = outbox::find(state.store.read(), &mail).await? else {
        return Ok(Recorded::Unknown);
    };
    let detail = json!({"reason": "came_back", "status": status, "attempts": known.attempts});
    let event = not_delivered(state, &known, state.now(), detail);
    let is_new: bool = state
        .store
        .write(move |tx| {
            Box::pin(async move {
                let is_new = outbox::came_back(tx, &mail).await?;
                if is_new {
                    audit::insert(tx, &event).await?;
                }
                Ok::<_, StorageError>(is_new)
            })
        })
        .await?;
    Ok(if is_new { Recorded::Failed } else { Recorded::Nothing })
}
