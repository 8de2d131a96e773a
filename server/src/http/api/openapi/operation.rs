//! One operation, and how the document describes it.

use doorward_domain::factor::FactorKind;
use serde_json::{Value, json};

/// What an operation takes and gives.
pub struct Operation {
    pub method: &'static str,
    pub path: &'static str,
    pub(super) summary: &'static str,
    pub(super) query: &'static [&'static str],
    pub(super) conditional: bool,
    pub(super) request: Option<(&'static str, Value)>,
    pub(super) answer: (u16, Option<Value>),
}

impl Operation {
    pub(super) fn plain(method: &'static str, path: &'static str, summary: &'static str) -> Self {
        Self {
            method,
            path,
            summary,
            query: &[],
            conditional: false,
            request: None,
            answer: (204, None),
        }
    }

    pub(super) fn reads(path: &'static str, summary: &'static str, answer: Value) -> Self {
        Self::plain("get", path, summary).answering(200, answer)
    }

    pub(super) fn writes(method: &'static str, path: &'static str, summary: &'static str, request: Value) -> Self {
        let request = Some(("application/json", request));
        Self {
            request,
            ..Self::plain(method, path, summary)
        }
    }

    pub(super) fn merges(path: &'static str, summary: &'static str, patch: Value) -> Self {
        let request = Some(("application/merge-patch+json", patch));
        Self {
            request,
            conditional: true,
            ..Self::plain("patch", path, summary)
        }
    }

    pub(super) fn deletes(path: &'static str, summary: &'static str) -> Self {
        Self {
            conditional: true,
            ..Self::plain("delete", path, summary)
        }
    }

    pub(super) fn does(path: &'static str, summary: &'static str, answer: Value) -> Self {
        Self::plain("post", path, summary).answering(200, answer)
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
        let (status, answer) = &self.answer;
        let mut success = json!({"description": "Done."});
        if let Some(schema) = answer {
            success["content"] = json!({"application/json": {"schema": schema}});
        }
        let problem = json!({
            "description": "Refused.",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        });
        let mut described = json!({
            "operationId": self.id(),
            "summary": self.summary,
            "parameters": self.parameters(),
            "responses": {status.to_string(): success, "default": problem}
        });
        if let Some((content_type, schema)) = &self.request {
            described["requestBody"] = json!({"required": true, "content": {*content_type: {"schema": schema}}});
        }
        described
    }

    fn id(&self) -> String {
        let words = self.path.split('/').filter(|word| !word.is_empty() && *word != "{key}");
        let one = if self.path.contains("{key}") { "One" } else { "" };
        format!("{}{one}-{}", self.method, words.collect::<Vec<_>>().join("-"))
    }
}
