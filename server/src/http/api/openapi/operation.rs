//! One operation: what serves it, and how the document describes it.

use axum::handler::Handler;
use axum::routing::{MethodRouter, delete, get, patch, post, put};
use doorward_domain::factor::FactorKind;
use serde_json::{Value, json};

use crate::http::api::Api;

/// What an operation takes and gives.
pub struct Operation {
    pub method: &'static str,
    pub path: &'static str,
    /// Serves this method alone.
    pub handler: MethodRouter<Api>,
    /// Whether it asks for no token.
    pub is_open: bool,
    summary: &'static str,
    query: &'static [&'static str],
    conditional: bool,
    /// Content types and the schema they have in common.
    request: Option<(&'static [&'static str], Value)>,
    answer: (u16, Option<Value>),
}

const JSON: &[&str] = &["application/json"];
/// RFC 7396 §4; the same is taken under the plain name.
const PATCH: &[&str] = &["application/merge-patch+json", "application/json"];

impl Operation {
    fn plain(method: &'static str, path: &'static str, summary: &'static str, handler: MethodRouter<Api>) -> Self {
        Self {
            method,
            path,
            handler,
            is_open: false,
            summary,
            query: &[],
            conditional: false,
            request: None,
            answer: (204, None),
        }
    }

    fn taking(self, types: &'static [&'static str], schema: Value) -> Self {
        Self {
            request: Some((types, schema)),
            ..self
        }
    }

    pub(super) fn reads<T: 'static>(
        path: &'static str,
        summary: &'static str,
        answer: Value,
        handler: impl Handler<T, Api>,
    ) -> Self {
        Self::plain("get", path, summary, get(handler)).answering(200, answer)
    }

    pub(super) fn posts<T: 'static>(
        path: &'static str,
        summary: &'static str,
        request: Value,
        handler: impl Handler<T, Api>,
    ) -> Self {
        Self::does(path, summary, handler).taking(JSON, request)
    }

    pub(super) fn puts<T: 'static>(
        path: &'static str,
        summary: &'static str,
        request: Value,
        handler: impl Handler<T, Api>,
    ) -> Self {
        Self::plain("put", path, summary, put(handler)).taking(JSON, request)
    }

    pub(super) fn merges<T: 'static>(
        path: &'static str,
        summary: &'static str,
        request: Value,
        handler: impl Handler<T, Api>,
    ) -> Self {
        Self::plain("patch", path, summary, patch(handler))
            .taking(PATCH, request)
            .conditional()
    }

    pub(super) fn deletes<T: 'static>(
        path: &'static str,
        summary: &'static str,
        handler: impl Handler<T, Api>,
    ) -> Self {
        Self::plain("delete", path, summary, delete(handler))
    }

    /// Without a body.
    pub(super) fn does<T: 'static>(path: &'static str, summary: &'static str, handler: impl Handler<T, Api>) -> Self {
        Self::plain("post", path, summary, post(handler))
    }

    pub(super) fn open(self) -> Self {
        Self { is_open: true, ..self }
    }

    pub(super) fn answering(self, status: u16, answer: Value) -> Self {
        Self {
            answer: (status, Some(answer)),
            ..self
        }
    }

    pub(super) fn with_query(self, query: &'static [&'static str]) -> Self {
        Self { query, ..self }
    }

    pub(super) fn conditional(self) -> Self {
        Self {
            conditional: true,
            ..self
        }
    }

    /// A part of the path, described.
    fn path_parameter(&self, name: &str) -> Value {
        let described = match name {
            "key" if self.path.starts_with("/attempts") => "Id of an attempt.",
            "key" => "Id, or handle of a connection or application, or username of a user.",
            "name" => "As the script writes it: secrets.NAME.",
            "holder" => "Id of somebody whose second factors are kept without a profile, from the list.",
            "kind" => "Kind of second factor.",
            "test" => "Id of a test, from the answer that started it.",
            "passkey" => "Id of a passkey of this user.",
            _ => "Id, from the list.",
        };
        let schema = match name {
            "kind" => json!({"type": "string", "enum": FactorKind::ALL.map(FactorKind::as_str)}),
            _ => json!({"type": "string"}),
        };
        json!({"name": name, "in": "path", "required": true, "schema": schema, "description": described})
    }

    fn parameters(&self) -> Vec<Value> {
        let names = self.path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
        let mut parameters: Vec<Value> = names.map(|name| self.path_parameter(name)).collect();
        for name in self.query {
            let schema = match *name {
                "limit" => json!({"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
                "enabled" => json!({"type": "boolean"}),
                "jit" => json!({"type": "boolean", "description": "Whether just-in-time provisioning is on."}),
                "findings" => json!({"type": "boolean", "description": "Whether it has findings above information."}),
                "dry_run" => json!({"type": "boolean", "default": false}),
                "keep_out" => json!({
                    "type": "boolean", "default": false,
                    "description": "Whether the linked identities are refused from then on."
                }),
                _ => json!({"type": "string"}),
            };
            let required = self.path.ends_with("/links");
            parameters.push(json!({"name": name, "in": "query", "required": required, "schema": schema}));
        }
        if self.conditional {
            parameters.push(json!({
                "name": "If-Match", "in": "header", "schema": {"type": "string"},
                "description": "The ETag the change is made for; another version answers 412."
            }));
        }
        parameters
    }

    pub(super) fn describe(&self) -> Value {
        let mut described = json!({
            "operationId": self.id(),
            "summary": self.summary,
            "parameters": self.parameters(),
            "responses": self.responses(),
        });
        if let Some((types, schema)) = &self.request {
            described["requestBody"] = json!({"required": true, "content": content(types, schema)});
        }
        if self.is_open {
            described["security"] = json!([]);
        }
        described
    }

    fn responses(&self) -> Value {
        let (status, answer) = &self.answer;
        let mut success = json!({"description": "Done."});
        if let Some(schema) = answer {
            success["content"] = content(JSON, schema);
        }
        let refused = content(
            &["application/problem+json"],
            &json!({"$ref": "#/components/schemas/Problem"}),
        );
        let mut responses = json!({"default": {"description": "Refused.", "content": refused}});
        // A dry run makes nothing.
        if *status == 201 && self.query.contains(&"dry_run") {
            responses["200"] = success.clone();
        }
        responses[status.to_string()] = success;
        responses
    }

    fn id(&self) -> String {
        let words = self.path.split('/').filter(|word| !word.is_empty() && *word != "{key}");
        let one = if self.path.contains("{key}") { "One" } else { "" };
        format!("{}{one}-{}", self.method, words.collect::<Vec<_>>().join("-"))
    }
}

fn content(types: &[&str], schema: &Value) -> Value {
    types
        .iter()
        .map(|name| ((*name).to_owned(), json!({"schema": schema})))
        .collect()
}
