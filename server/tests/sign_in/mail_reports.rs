//! Mail that comes back after a mail server has taken it.

use doorward_domain::audit::AuditAction;
use doorward_server::mail::worker;
use serde_json::json;

use crate::api::call;
use crate::mail::{clerk, with_server};
use crate::smtp::{Behaviour, MailServer};
use crate::world::World;

crate::on_both!(f24_a_mail_that_came_back_is_in_the_audit_log,);

/// What a mail server sends to the sender of a mail that it could not deliver (RFC 3464 §6).
fn report(message_id: &str, action: &str) -> String {
    format!(
        "From: Mail Delivery Subsystem <mailer-daemon@mail.example.com>\r\n\
         Subject: Undelivered Mail Returned to Sender\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nThe mail could not be delivered.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mail.example.com\r\n\r\n\
         Final-Recipient: rfc822; clerk@example.com\r\nAction: {action}\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 clerk@example.com is not here\r\n\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\n\
         Message-ID: {message_id}\r\nSubject: Your code\r\n\r\nText\r\n--b--\r\n"
    )
}

async fn f24_a_mail_that_came_back_is_in_the_audit_log(world: &World) {
    let server = MailServer::start(Behaviour::Take).await;
    let world = &with_server(world, &server).await;
    let (browser, page) = clerk(world).await;
    worker::send_due(&world.state).await.expect("sends");
    let mail = server.taken().pop().expect("a mail");
    let message_id = mail.lines().find_map(|line| line.strip_prefix("Message-ID: "));
    let message_id = message_id.expect("a name").trim();
    let hand_in = async |text: String| call(world, "POST", "/mail-reports", json!({"report": text})).await;
    for (case, text, status) in [
        ("late", report(message_id, "delayed"), 204),
        ("somebody else's", report("<1@elsewhere.example.com>", "failed"), 422),
        (
            "of long ago",
            report("<mal_00000000000000000000000000@example.com>", "failed"),
            404,
        ),
        ("no report", mail.clone(), 422),
        ("nothing", String::new(), 422),
    ] {
        let answer = hand_in(text).await;
        assert_eq!(answer.status.as_u16(), status, "F24: {case}: {answer:?}");
    }
    let lost = async || world.events(AuditAction::MailNotDelivered).await;
    assert_eq!(lost().await, [], "nothing is lost yet");
    for case in ["the first time", "and again"] {
        let answer = hand_in(report(message_id, "failed")).await;
        assert_eq!(answer.status.as_u16(), 204, "F24: {case}: {answer:?}");
    }
    let told = lost().await;
    assert_eq!(told.len(), 1, "F24: once: {told:?}");
    let detail = json!({"reason": "came_back", "status": "5.1.1", "attempts": 1});
    assert_eq!(told[0].detail, detail, "F24");
    let clerk = world.services.users.find("clerk").await.expect("found");
    assert_eq!(told[0].account, Some(clerk.summary.id), "F24: whose it was");
    let written = format!("{told:?}");
    assert!(!written.contains("clerk@"), "no address in the log: {written}");
    let page = browser.get(&page.address).await;
    assert!(
        page.body.contains("could not be delivered"),
        "F24: the person is told: {page:?}"
    );
}
