//! The sign-in flows an application had.

use http::StatusCode;
use serde_json::{Value, json};

use super::{call, get};
use crate::world::World;

crate::on_both!(an_earlier_flow_is_read_and_sent_back, a_refused_flow_is_no_version);

const LIST: &str = "/applications/payroll/flow-versions";
const SCRIPT: &str = "var onLoginRequest = function (context) { executeStep(1); };";

async fn versions(world: &World, query: &str) -> Value {
    let answer = get(world, &format!("{LIST}{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.body
}

async fn change(world: &World, flow: &Value) {
    let answer = call(world, "PATCH", "/applications/payroll", json!({"flow": flow})).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
}

async fn an_earlier_flow_is_read_and_sent_back(world: &World) {
    let first = get(world, "/applications/payroll").await.body["flow"].clone();
    let two = json!({"steps": [{"options": ["password"]}, {"options": ["totp"]}]});
    change(world, &two).await;
    change(world, &json!({"script": SCRIPT})).await;
    call(world, "PATCH", "/applications/payroll", json!({"name": "Wages"})).await;

    let list = versions(world, "").await;
    let items = list["items"].as_array().expect("items");
    let shown: Vec<_> = items
        .iter()
        .map(|one| (one["changed"].clone(), one["is_current"].clone()))
        .collect();
    assert_eq!(
        shown,
        [
            (json!(["script"]), json!(true)),
            (json!(["steps"]), json!(false)),
            (json!([]), json!(false)),
        ],
        "{list}"
    );
    assert_eq!(items[0]["flow"]["script"], SCRIPT);
    assert_eq!(items[0]["actor"]["kind"], "api");
    assert_eq!(items[1]["flow"]["steps"], two["steps"]);
    assert_eq!(items[2]["flow"], first);
    let numbers: Vec<i64> = items.iter().filter_map(|one| one["version"].as_i64()).collect();
    assert!(numbers.is_sorted_by(|one, other| one > other), "{numbers:?}");

    let page = versions(world, "?limit=2").await;
    let cursor = page["next_cursor"].as_str().expect("a second page");
    let rest = versions(world, &format!("?limit=2&cursor={cursor}")).await;
    assert_eq!(rest["items"], json!([items[2]]));
    assert_eq!(rest.get("next_cursor"), None);

    change(world, &items[2]["flow"]).await;
    assert_eq!(get(world, "/applications/payroll").await.body["flow"], first);
    let newest = versions(world, "?limit=1").await["items"][0].clone();
    assert_eq!(newest["changed"], json!(["steps", "script"]));
    assert_eq!(newest["is_current"], true);
    let twice = versions(world, "").await["items"].as_array().expect("items").clone();
    let in_use = twice.iter().filter(|one| one["is_current"] == true).count();
    assert_eq!(in_use, 1, "the first one is the same flow, and not the one in use");
}

async fn a_refused_flow_is_no_version(world: &World) {
    let before = versions(world, "").await;
    for flow in [
        json!({"steps": []}),
        json!({"steps": [{"options": ["connection:nobody"]}]}),
        json!({"script": "x".repeat(70_000)}),
    ] {
        let answer = call(world, "PATCH", "/applications/payroll", json!({"flow": flow})).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{answer:?}");
    }
    let flow = json!({"flow": {"steps": [{"options": ["password"]}, {"options": ["password"]}]}});
    let answer = call(world, "PATCH", "/applications/payroll?dry_run=true", flow).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert_eq!(versions(world, "").await, before);
}
