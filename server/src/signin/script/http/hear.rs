//! What a script hears of an answer: within bounds, and without the secrets.

use doorward_domain::script_http::{answered, failed};
use doorward_federation::OutboundResponse;
use serde_json::{Value, json};

use crate::signin::script::secrets::{Secrets, change};

/// What the script hears of an answer. Nothing of one whose data is longer than `limit`, in bytes.
pub(super) fn hear(response: &OutboundResponse, limit: usize, secrets: &Secrets<'_>) -> Value {
    let nothing = json!({});
    let is_success = (200..300).contains(&response.status);
    let data = match parse(response) {
        Some(data) => change(data, &|text| secrets.hide(text)),
        None if is_success => return failed("the answer is neither JSON nor plain text", &nothing, false),
        None => nothing.clone(),
    };
    let fits = data.to_string().len() <= limit;
    match (is_success, fits) {
        (true, true) => answered(&data),
        (true, false) => failed(&format!("the answer is longer than {limit} bytes"), &nothing, false),
        (false, _) => {
            let why = format!("the server answers with the status {}", response.status);
            failed(&why, if fits { &data } else { &nothing }, false)
        }
    }
}

fn parse(response: &OutboundResponse) -> Option<Value> {
    let content_type = response.content_type.as_deref().unwrap_or_default();
    if response.body.is_empty() {
        return Some(json!({}));
    }
    if content_type == "application/json" || content_type.ends_with("+json") {
        return serde_json::from_slice(&response.body).ok();
    }
    let text = std::str::from_utf8(&response.body).ok()?;
    (content_type == "text/plain").then(|| json!({"response": text}))
}

#[cfg(test)]
mod tests {
    use doorward_domain::secret::SecretText;

    use super::*;

    fn secrets() -> Secrets<'static> {
        Secrets::of(vec![("secret_KEY_x", SecretText::new("pä/ss?word"))])
    }

    #[test]
    fn what_a_script_hears() {
        let response = |status: u16, content_type: &str, body: &[u8]| OutboundResponse {
            status,
            content_type: Some(content_type.to_owned()),
            body: body.to_vec(),
        };
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(100));
        for (case, response, ok, data) in [
            (
                "json",
                response(200, "application/json", b"{\"a\":1}"),
                true,
                json!({"a": 1}),
            ),
            (
                "text",
                response(201, "text/plain", b"fine"),
                true,
                json!({"response": "fine"}),
            ),
            ("nothing", response(204, "", b""), true, json!({})),
            ("html", response(200, "text/html", b"<p>"), false, json!({})),
            ("no json", response(200, "application/json", b"{"), false, json!({})),
            (
                "refused",
                response(403, "application/json", b"{\"a\":2}"),
                false,
                json!({"a": 2}),
            ),
            ("broken", response(500, "text/html", b"<p>"), false, json!({})),
            ("moved", response(302, "text/html", b""), false, json!({})),
            (
                "long",
                response(200, "application/json", long.as_bytes()),
                false,
                json!({}),
            ),
            (
                "it repeats the secret",
                response(
                    200,
                    "application/json",
                    "{\"a pä/ss?word\":[\"is pä/ss?word\"]}".as_bytes(),
                ),
                true,
                json!({"a secret_KEY_x": ["is secret_KEY_x"]}),
            ),
        ] {
            let told = hear(&response, 64, &secrets());
            assert_eq!((&told["ok"], &told["data"]), (&json!(ok), &data), "{case}");
        }
    }
}
