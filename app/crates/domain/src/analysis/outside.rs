//! What a script may hear from servers it calls.

use serde_json::{Value, json};

use super::Reach;
use super::world::Answer;
use crate::script::Question;
use crate::script_http;

/// Methods that only lists have, and those that only texts have.
const OF_LISTS: [&str; 9] = [
    "some", "every", "filter", "find", "map", "forEach", "join", "push", "reduce",
];
const OF_TEXTS: [&str; 8] = [
    "startsWith",
    "endsWith",
    "toLowerCase",
    "toUpperCase",
    "split",
    "trim",
    "match",
    "replace",
];
/// Other ways to look into a list.
const LOOKS_INTO_LISTS: [&str; 5] = [" of ", ".length", ".includes(", ".indexOf(", ".slice("];
/// Words that tell whether something is there at all from what is merely false.
const ASKS_FOR_ABSENCE: [&str; 6] = ["undefined", "null", "??", "?.", "typeof", " in "];

/// The request succeeds or fails; where it may not be made at all, it does not.
pub fn request(question: &Question, source: &str, origins: Option<&dyn Reach>) -> Vec<Answer> {
    let text = question.args.get(2).and_then(Value::as_str).unwrap_or_default();
    // A token is asked for first, and that may be where the request fails.
    let endpoint = question.args.get(4).and_then(script_http::token_endpoint);
    let reached = |origins: &dyn Reach| match endpoint.map(|endpoint| origins.host(endpoint)) {
        Some(Err(why)) => Err(why),
        Some(Ok(_)) | None => origins.host(text),
    };
    let host = match origins.map(reached) {
        Some(Ok(host)) => host,
        Some(Err(why)) => return vec![Answer::of_world(script_http::refused(&why), String::new())],
        None => text.split('/').nth(2).unwrap_or(text).to_owned(),
    };
    let succeeded = json!({"ok": true, "open": true});
    let failed = json!({"ok": false, "open": true, "why": "the analyser tries it"});
    let mut all = vec![
        Answer::of_world(succeeded, format!("the request to {host} succeeds")),
        Answer::of_world(failed.clone(), format!("the request to {host} fails")),
    ];
    if source.contains("onTimeout") {
        let mut too_slow = failed;
        too_slow["timed_out"] = true.into();
        all.push(Answer::of_world(
            too_slow,
            format!("the request to {host} takes too long"),
        ));
    }
    all
}

/// What a field of an answer may hold: what the script compares with, and one value it does not know. How the script
/// uses the field tells whether it is a list or a text.
pub fn field(question: &Question, source: &str, texts: &[String], numbers: &[i64]) -> Vec<Answer> {
    let path: Vec<&str> = question
        .args
        .get(1)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let name = path.last().copied().unwrap_or_default();
    let calls = |methods: &[&str]| {
        methods
            .iter()
            .any(|method| source.contains(&format!("{name}.{method}(")))
    };
    let told = format!("the answer has as {}", path.join("."));
    let mut all = Vec::new();
    let mut add = |value: Value| {
        let words = if value.is_null() {
            "nothing".to_owned()
        } else {
            value.to_string()
        };
        all.push(Answer::of_world(value, format!("{told}: {words}")));
    };
    let (is_list, is_text) = (calls(&OF_LISTS), calls(&OF_TEXTS));
    if !is_list {
        add(json!("something-else"));
        texts.iter().for_each(|text| add(json!(text)));
    }
    let inside = source.contains(&format!("{name}.")) || source.contains(&format!("{name}["));
    let anywhere = OF_LISTS.iter().any(|method| source.contains(&format!(".{method}(")));
    if !is_text && (inside || anywhere || LOOKS_INTO_LISTS.iter().any(|look| source.contains(look))) {
        add(json!([]));
        texts.iter().for_each(|text| add(json!([text])));
    }
    if !is_list && !is_text {
        add(json!(false));
        add(json!(true));
        let near = numbers.iter().flat_map(|number| [number - 1, *number, number + 1]);
        near.for_each(|number| add(json!(number)));
        if ASKS_FOR_ABSENCE.iter().any(|word| source.contains(word)) {
            add(Value::Null);
        }
        if inside {
            all.push(Answer::of_world(json!({"open": true}), String::new()));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script_http::Origins;

    fn asked(call: &str, args: Value) -> Question {
        Question {
            call: call.to_owned(),
            args: args.as_array().cloned().unwrap_or_default(),
        }
    }

    #[test]
    fn a_request_succeeds_or_fails_where_it_may_be_made() {
        let question = asked("http", json!([1, "GET", "https://api.test/x"]));
        let here: Origins = "https://api.test".parse().expect("a list");
        let elsewhere: Origins = "https://other.test".parse().expect("a list");
        let cases: [(&str, Option<&dyn Reach>, usize); 3] = [
            ("not known", None, 2),
            ("allowed", Some(&here), 2),
            ("not", Some(&elsewhere), 1),
        ];
        for (case, origins, answers) in cases {
            assert_eq!(request(&question, "onFail", origins).len(), answers, "{case}");
        }
    }

    #[test]
    fn the_token_endpoint_must_be_allowed_too() {
        let here: Origins = "https://api.test".parse().expect("a list");
        for (case, kind, endpoint, answers) in [
            ("allowed", "clientcredential", "https://api.test/token", 2),
            ("not", "clientcredential", "https://other.test/token", 1),
            ("nobody asks there", "bearer", "https://other.test/token", 2),
        ] {
            let credentials = json!({"type": kind, "properties": {"tokenEndpoint": endpoint}});
            let question = asked("http", json!([1, "GET", "https://api.test/x", {}, credentials, null]));
            assert_eq!(request(&question, "onFail", Some(&here)).len(), answers, "{case}");
        }
    }

    #[test]
    fn a_script_that_hears_of_slowness_is_told() {
        let question = asked("http", json!([1, "GET", "https://api.test/x"]));
        let all = request(&question, "onTimeout: function () {}", None);
        assert!(all.iter().any(|answer| answer.value["timed_out"] == json!(true)));
    }

    #[test]
    fn a_field_holds_what_the_script_can_tell_apart() {
        let question = asked("http.data", json!([1, ["risk"]]));
        let values = |source: &str| -> Vec<Value> {
            let all = field(&question, source, &["high".to_owned()], &[5]);
            all.into_iter().map(|answer| answer.value).collect()
        };
        let plain = values("data.risk === 'high'");
        for value in [json!("high"), json!("something-else"), json!(false), json!(4)] {
            assert!(plain.contains(&value), "{value}");
        }
        assert!(!plain.contains(&Value::Null));
        assert!(values("data.risk === undefined").contains(&Value::Null));
        assert!(values("for (const one of data.risk)").contains(&json!(["high"])));
        assert!(values("data.risk.some(f)").iter().all(Value::is_array));
        assert!(values("data.risk.startsWith('high')").iter().all(Value::is_string));
        assert!(values("data.risk.level").contains(&json!({"open": true})));
    }
}
