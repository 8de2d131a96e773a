//! Sending through a mail server (RFC 5321), with the `lettre` library.

use std::net::IpAddr;
use std::time::Duration;

use doorward_domain::id::MailId;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use url::Url;

use super::{Letter, Undelivered};

/// How long connecting may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long one mail may take, from the connection to the server's last word (F23). Shorter than the lease of a mail, so
/// that no other node sends it at the same time.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// `url` as `smtp://user:password@mail.example.com:587` or `smtps://…`.
    pub fn open(url: &str, from: &str) -> Result<Self, String> {
        let url = with_encryption(url).ok_or("must be an address such as smtp://mail.example.com:587")?;
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&url)
            .map_err(|_| "must be an address such as smtp://mail.example.com:587".to_owned())?;
        let from = from
            .parse()
            .map_err(|_| "must be an address such as no-reply@example.com".to_owned())?;
        Ok(Self {
            transport: builder.timeout(Some(TIMEOUT)).build(),
            from,
        })
    }

    pub async fn send(&self, id: &MailId, letter: &Letter) -> Result<(), Undelivered> {
        self.send_within(PATIENCE, id, letter).await
    }

    async fn send_within(&self, patience: Duration, id: &MailId, letter: &Letter) -> Result<(), Undelivered> {
        let message = message(&self.from, id, letter)?;
        // The library waits for an answer for ever.
        match tokio::time::timeout(patience, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.is_permanent() => Err(Undelivered::ForGood(error.to_string())),
            Ok(Err(error)) => Err(Undelivered::ForNow(error.to_string())),
            Err(_) => Err(Undelivered::ForNow("the mail server does not answer".to_owned())),
        }
    }
}

/// An address that could begin another header is refused by its type (F24).
fn message(from: &Mailbox, id: &MailId, letter: &Letter) -> Result<Message, Undelivered> {
    let refused = |_| Undelivered::ForGood("the address cannot be written into a mail".to_owned());
    let to: Address = letter.to.parse().map_err(refused)?;
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        // The same for each try, so that a mail taken twice is seen to be one. Without it a mail counts as spam.
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        .subject(letter.subject.replace(['\r', '\n'], " "))
        .header(ContentType::TEXT_PLAIN)
        .raw_header(automatic())
        .body(letter.text.clone())
        .map_err(|error| Undelivered::ForGood(error.to_string()))
}

/// Keeps out-of-office notices from answering (RFC 3834 §5).
fn automatic() -> HeaderValue {
    HeaderValue::new(
        HeaderName::new_from_ascii_str("Auto-Submitted"),
        "auto-generated".to_owned(),
    )
}

/// A mail server elsewhere is spoken to in the clear only when the address says so with `tls=none`.
fn with_encryption(text: &str) -> Option<String> {
    let mut url = Url::parse(text).ok()?;
    // Of a scheme it does not know the library tells no address from a name.
    let host = url.host_str()?.trim_matches(['[', ']']);
    let address = host.parse::<IpAddr>();
    let is_here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    let tls = url.query_pairs().find(|(name, _)| name == "tls");
    match tls.map(|(_, value)| value.into_owned()).as_deref() {
        Some("none") => url.set_query(None),
        Some(_) => {}
        None if url.scheme() == "smtp" && !is_here => url.set_query(Some("tls=required")),
        None => {}
    }
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::About;

    fn letter(to: &str, subject: &str) -> Letter {
        Letter {
            to: to.to_owned(),
            subject: subject.to_owned(),
            text: "Text".to_owned(),
            about: About {
                account: None,
                application: None,
                sub: None,
            },
        }
    }

    #[test]
    fn f24_nothing_adds_a_header_or_a_recipient() {
        let from: Mailbox = "no-reply@example.com".parse().expect("an address");
        let id = MailId::from_random([0; 16]);
        for to in [
            "person@example.com\r\nBcc: other@example.com",
            "person@example.com\nBcc: other@example.com",
            "person@example.com, other@example.com",
            "<person@example.com>\r\nRCPT TO:<other@example.com>",
        ] {
            assert!(message(&from, &id, &letter(to, "Code")).is_err(), "{to:?}");
        }
        let made = message(
            &from,
            &id,
            &letter("person@example.com", "Code\r\nBcc: other@example.com"),
        )
        .expect("a mail");
        let text = String::from_utf8(made.formatted()).expect("text");
        assert!(!text.lines().any(|line| line.starts_with("Bcc")), "{text}");
    }

    #[tokio::test]
    async fn f23_a_silent_server_holds_nothing_up() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("smtp://{}", silent.local_addr().expect("an address"));
        let smtp = Smtp::open(&url, "no-reply@example.com").expect("opens");
        let id = MailId::from_random([0; 16]);
        let sent = smtp
            .send_within(Duration::from_millis(200), &id, &letter("person@example.com", "Code"))
            .await;
        let why = match sent {
            Err(Undelivered::ForNow(why)) => why,
            other => panic!("F23: it is tried again later: {other:?}"),
        };
        assert!(why.contains("does not answer"), "{why}");
    }

    #[test]
    fn codes_do_not_travel_in_the_clear_by_accident() {
        for (given, want) in [
            ("smtp://mail.example.com", "smtp://mail.example.com?tls=required"),
            (
                "smtp://mail.example.com?tls=opportunistic",
                "smtp://mail.example.com?tls=opportunistic",
            ),
            ("smtp://mail.example.com?tls=none", "smtp://mail.example.com"),
            ("smtp://127.0.0.1:2525", "smtp://127.0.0.1:2525"),
            ("smtp://[::1]:2525", "smtp://[::1]:2525"),
            ("smtp://localhost", "smtp://localhost"),
            ("smtps://mail.example.com", "smtps://mail.example.com"),
        ] {
            assert_eq!(with_encryption(given).as_deref(), Some(want));
        }
        for wrong in ["mail.example.com", "http://mail.example.com", "smtp://"] {
            assert!(Smtp::open(wrong, "no-reply@example.com").is_err(), "{wrong}");
        }
    }
}
