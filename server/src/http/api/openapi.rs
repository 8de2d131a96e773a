//! The OpenAPI 3.1 document, made from the types that are read and written, and from the table of operations that makes
//! the routes as well: neither has what the other lacks.

mod operation;
mod operations;

use axum::Json;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::problem::Problem;
pub use operations::operations;

/// `GET /openapi.json`; open to everybody, like the documentation it is.
pub async fn document() -> Json<Value> {
    Json(build())
}

/// The generator: references point into the document's components.
pub fn generator() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    settings.into_generator()
}

fn build() -> Value {
    let mut schemas = generator();
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations(&mut schemas) {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = operation.describe();
    }
    let mut components = schemas.take_definitions(true);
    components.insert("Problem".to_owned(), Problem::schema());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Doorward management API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Refusals are problem details (RFC 9457). Operations that list If-Match can be made conditional on an ETag."
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": components
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
        let document = build();
        let text = document.to_string();
        let mut seen = 0;
        for part in text.split("\"$ref\":\"#").skip(1) {
            let pointer = part.split('"').next().unwrap_or_default();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
            seen += 1;
        }
        assert!(seen > 20, "{seen}");
        assert!(!text.contains("client_secret_hash"));
    }

    #[test]
    fn a_draft_has_no_other_fields() {
        let document = build();
        for name in ["ConnectionDraft", "ApplicationDraft", "UserDraft", "UserPatch"] {
            let schema = &document["components"]["schemas"][name];
            assert_eq!(schema["additionalProperties"], false, "{name}: {schema}");
        }
    }

    #[test]
    fn a_change_of_a_user_takes_null_for_the_address_alone() {
        let document = build();
        let patch = &document["components"]["schemas"]["UserPatch"];
        let fields = patch["properties"].as_object().expect("fields");
        let takes_null = |field: &Value| {
            let types = field["type"].as_array();
            types.is_some_and(|types| types.contains(&"null".into())) || field.get("anyOf").is_some()
        };
        let taking: Vec<&str> = fields
            .iter()
            .filter(|(_, field)| takes_null(field))
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(taking, ["email"], "{patch}");
    }
}
