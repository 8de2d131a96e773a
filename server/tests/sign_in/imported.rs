//! A document that is imported is checked as what the management API saves.

use doorward_server::config::MailSettings;
use doorward_server::mail::Mail;
use doorward_server::service::transfer::{Document, Import, ImportError, Secrets, export};
use http::StatusCode;
use serde_json::{Value, json};

use crate::api::call;
use crate::world::{CALLBACK, World};

crate::on_both!(
    a_connection_that_is_deleted_meanwhile_stops_the_import,
    a_flow_that_begins_to_send_mail_needs_a_mail_server,
);

/// What there is, changed in one place.
pub async fn plan(world: &World, change: impl FnOnce(&mut Document)) -> Result<Import, ImportError> {
    let exported = export(&world.state.store, Secrets::Left).await;
    let mut document = exported.expect("exported");
    change(&mut document);
    Import::plan(world.state.clone(), document).await
}

/// The item of a document with this handle.
pub fn item<'d>(items: &'d mut [Value], handle: &str) -> &'d mut Value {
    let mut items = items.iter_mut();
    items.find(|item| item["handle"] == handle).expect("there")
}

fn draft(handle: &str, options: &[&str]) -> Value {
    json!({
        "handle": handle, "name": handle, "redirect_uris": [CALLBACK], "flow": {"steps": [{"options": options}]},
    })
}

async fn a_connection_that_is_deleted_meanwhile_stops_the_import(world: &World) {
    for (case, application) in [("a new application", "rota"), ("a changed one", "payroll")] {
        world.connection("branch", json!({})).await;
        let import = plan(world, |document| {
            document.connections.clear();
            document.applications.retain(|known| known["handle"] != application);
            let wanted = draft(application, &["password", "connection:branch"]);
            document.applications.push(wanted);
        });
        let import = import.await.expect("fits");
        let gone = call(world, "DELETE", "/connections/branch", Value::Null).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT, "{gone:?}");
        let refused = import.save().await.expect_err(case);
        assert!(matches!(refused, ImportError::Changed), "{case}: {refused:?}");
        let exported = export(&world.state.store, Secrets::Left).await.expect("exported");
        let left = serde_json::to_string(&exported).expect("JSON");
        assert!(!left.contains("branch"), "{case}: {left}");
    }
}

async fn a_flow_that_begins_to_send_mail_needs_a_mail_server(world: &World) {
    let closed = Mail::open(&MailSettings::None).expect("opens");
    let world = &world.with_mail(closed).await;
    let new = plan(world, |document| {
        document.applications.push(draft("door", &["email_link"]))
    })
    .await;
    let changed = plan(world, |document| {
        let payroll = item(&mut document.applications, "payroll");
        payroll["flow"]["steps"] = json!([{"options": ["password"]}, {"options": ["email_otp"]}]);
    });
    for (case, planned, at) in [
        ("a new application", new, "/applications/2/flow/steps/0/options"),
        ("a changed one", changed.await, "/applications/0/flow/steps/1/options"),
    ] {
        let Err(ImportError::Faults(faults)) = planned else {
            panic!("{case} is taken in");
        };
        assert_eq!(faults[0].pointer, at, "{case}");
        assert!(faults[0].sentence.contains("DOORWARD_SMTP_URL"), "{case}: {faults:?}");
    }
}
