//! Holds what these tests send and get against the OpenAPI document, so that each of them is a test of the document too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use jsonschema::Validator;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use url::form_urlencoded;

use super::{Answer, exchange, request};
use crate::world::World;

pub struct Document {
    whole: Value,
    /// By the pointer to their schema.
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// The document, as the world that asks first serves it.
pub async fn document(world: &World) -> &'static Document {
    static DOCUMENT: OnceCell<Document> = OnceCell::const_new();
    DOCUMENT.get_or_init(|| read(world)).await
}

async fn read(world: &World) -> Document {
    let request = request("GET", "/openapi.json").body(Body::empty());
    let answer = exchange(world, request.expect("a request")).await;
    assert_eq!(answer.body["openapi"], "3.1.0", "{answer:?}");
    Document {
        whole: answer.body,
        validators: Mutex::default(),
    }
}

impl Document {
    /// Fails where the document does not say that this is answered so.
    pub fn check(&self, asked: &Parts, sent: &[u8], answer: &Answer) {
        let told = format!("{} {}: {answer:?}", asked.method, asked.uri);
        let Some(operation) = self.operation(asked) else {
            assert!(
                answer.status.is_client_error(),
                "the document has no such operation: {told}"
            );
            return;
        };
        self.check_answer(&operation, answer, &told);
        if answer.status.is_success() {
            self.check_request(&operation, asked, sent, &told);
        }
    }

    /// The pointer to an operation.
    fn operation(&self, asked: &Parts) -> Option<String> {
        let path = asked.uri.path().trim_start_matches("/api/v1");
        let templates = self.whole["paths"].as_object().expect("paths").keys();
        let fitting = templates.filter(|template| fits(template, path));
        // What stands there word for word comes first, as in the router.
        let template = fitting.min_by_key(|template| template.matches('{').count())?;
        let method = asked.method.as_str().to_lowercase();
        let pointer = format!("/paths/{}/{method}", escaped(template));
        self.whole.pointer(&pointer).is_some().then_some(pointer)
    }

    fn check_answer(&self, operation: &str, answer: &Answer, told: &str) {
        // An address that is too long is refused before anybody has looked what it asks for.
        if answer.status == StatusCode::URI_TOO_LONG {
            return;
        }
        let (status, is_success) = (answer.status.as_u16(), answer.status.is_success());
        let named = format!("{operation}/responses/{status}");
        let is_named = self.whole.pointer(&named).is_some();
        assert!(
            is_named || !is_success,
            "the document does not name this status: {told}"
        );
        let response = if is_named {
            named
        } else {
            format!("{operation}/responses/default")
        };
        let kind = answer.headers.get(CONTENT_TYPE);
        let kind = kind.map(|kind| kind.to_str().expect("text"));
        match (self.whole.pointer(&format!("{response}/content")), kind) {
            (None, None) => {}
            (Some(_), Some(kind)) => self.hold(&response, kind, &answer.body, told),
            (content, _) => panic!("the document names other content, {content:?}: {told}"),
        }
    }

    fn check_request(&self, operation: &str, asked: &Parts, sent: &[u8], told: &str) {
        let parameters = &self.whole.pointer(operation).expect("an operation")["parameters"];
        let parameters = parameters.as_array().expect("a list");
        for (name, _) in form_urlencoded::parse(asked.uri.query().unwrap_or_default().as_bytes()) {
            let is_named = parameters
                .iter()
                .any(|one| one["in"] == "query" && one["name"] == *name);
            assert!(is_named, "the document does not name the parameter {name}: {told}");
        }
        let wanted = format!("{operation}/requestBody");
        if self.whole.pointer(&wanted).is_some() {
            let kind = asked.headers[CONTENT_TYPE].to_str().expect("text");
            let body = serde_json::from_slice(sent).expect("JSON");
            self.hold(&wanted, kind, &body, told);
        }
    }

    /// Fails where a value does not fit what the document says of a request or an answer of this type.
    fn hold(&self, place: &str, kind: &str, value: &Value, told: &str) {
        let schema = format!("{place}/content/{}/schema", escaped(kind));
        let validator = self.validator(&schema);
        let validator = validator.unwrap_or_else(|| panic!("the document does not name {kind} at {place}: {told}"));
        let faults = validator.iter_errors(value);
        let faults: Vec<String> = faults
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{value} does not fit {schema}: {faults:#?}: {told}");
    }

    fn validator(&self, schema: &str) -> Option<Arc<Validator>> {
        let mut known = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = known.get(schema) {
            return Some(validator.clone());
        }
        // Its references lead to the components, from the root.
        let whole = json!({"allOf": [self.whole.pointer(schema)?], "components": self.whole["components"]});
        let validator = Arc::new(jsonschema::validator_for(&whole).expect("a schema"));
        known.insert(schema.to_owned(), validator.clone());
        Some(validator)
    }
}

/// Whether a path is one of a template's, such as `/users/{key}`.
fn fits(template: &str, path: &str) -> bool {
    let (wanted, given) = (template.split('/'), path.split('/'));
    wanted.clone().count() == given.clone().count()
        && wanted
            .zip(given)
            .all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
}

/// A name within a JSON pointer (RFC 6901 §3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[should_panic(expected = "does not fit")]
async fn an_answer_that_does_not_fit_fails_its_test() {
    let world = World::sqlite().await;
    let asked = request("GET", "/connections/acme").body(()).expect("a request");
    let mut answer = super::get(&world, "/connections/acme").await;
    answer.body["version"] = json!("one");
    document(&world).await.check(&asked.into_parts().0, b"", &answer);
}
