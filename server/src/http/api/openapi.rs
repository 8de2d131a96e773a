//! The OpenAPI 3.1 document, made from the same types and the same table of operations that a test walks.

mod operation;

use axum::Json;
use doorward_app::api::application::{
    AnalysisRequest, ApplicationSummary, ApplicationView, FlowVersionView, RehearsalRequest, SavedApplication,
    ScriptSecretDraft, ScriptSecrets,
};
use doorward_app::api::attempt::{AttemptDetail, AttemptView};
use doorward_app::api::audit::AuditEventView;
use doorward_app::api::connection::{
    ConnectionSummary, ConnectionTest, ConnectionView, DiscoveredProvider, DiscoveryRequest, Erased, FactorHolders,
    SavedConnection,
};
use doorward_app::api::mail::MailReport;
use doorward_app::api::page::Page;
use doorward_app::api::user::{UserDraft, UserPatch, UserSummary, UserView};
use doorward_domain::analysis::Analysis;
use doorward_domain::application::ApplicationDraft;
use doorward_domain::connection::ConnectionDraft;
use doorward_domain::rehearsal::Rehearsal;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::problem::Problem;
use operation::Operation;

/// `GET /openapi.json`; open to everybody, like the documentation it is.
pub async fn document() -> Json<Value> {
    Json(build())
}

/// Every operation, as the router has it.
pub fn operations(schemas: &mut SchemaGenerator) -> Vec<Operation> {
    let mut all = connections(schemas);
    all.extend(connection_tests(schemas));
    all.extend(factor_holders(schemas));
    all.extend(applications(schemas));
    all.extend(script_secrets(schemas));
    all.extend(users(schemas));
    all.push(
        Operation::reads(
            "/audit-events",
            "List audit events, newest first",
            schema::<Page<AuditEventView>>(schemas),
        )
        .with_query(&["action", "account", "application", "connection", "limit", "cursor"]),
    );
    all.push(
        Operation::reads(
            "/attempts",
            "List the sign-ins that ended, newest first",
            schema::<Page<AttemptView>>(schemas),
        )
        .with_query(super::attempts::FILTERS),
    );
    all.push(Operation::reads(
        "/attempts/{key}",
        "Read an attempt: what happened, what helps, what the script said",
        schema::<AttemptDetail>(schemas),
    ));
    let request = schema::<MailReport>(schemas);
    let summary = "Hand in the report of a mail that came back, so that it is in the audit log";
    all.push(Operation::writes("post", "/mail-reports", summary, request));
    let request = schema::<AnalysisRequest>(schemas);
    all.push(
        Operation::writes("post", "/analyses", "Analyse a flow without saving it", request)
            .answering(200, schema::<Analysis>(schemas)),
    );
    let request = schema::<RehearsalRequest>(schemas);
    all.push(
        Operation::writes(
            "post",
            "/analyses/rehearsal",
            "Go through a flow as one person, with nothing written",
            request,
        )
        .answering(200, schema::<Rehearsal>(schemas)),
    );
    all
}

fn connections(schemas: &mut SchemaGenerator) -> Vec<Operation> {
    let (draft, saved) = (schema::<ConnectionDraft>(schemas), schema::<SavedConnection>(schemas));
    let item = "/connections/{key}";
    vec![
        Operation::reads(
            "/connections",
            "List connections",
            schema::<Page<ConnectionSummary>>(schemas),
        )
        .with_query(&["q", "enabled", "jit", "limit", "cursor"]),
        Operation::writes("post", "/connections", "Add a connection", draft.clone())
            .answering(201, saved.clone())
            .with_query(DRY_RUN),
        Operation::reads(item, "Read a connection", schema::<ConnectionView>(schemas)),
        Operation::writes("put", item, "Replace a connection's settings", draft)
            .answering(200, saved.clone())
            .with_query(DRY_RUN)
            .conditional(),
        Operation::merges(item, "Change a connection's settings", json!({"type": "object"}))
            .answering(200, saved)
            .with_query(DRY_RUN),
        Operation::deletes(item, "Delete a connection that no application uses"),
    ]
}

fn connection_tests(schemas: &mut SchemaGenerator) -> Vec<Operation> {
    let (request, test) = (schema::<DiscoveryRequest>(schemas), schema::<ConnectionTest>(schemas));
    vec![
        Operation::writes(
            "post",
            "/connections/discovery",
            "Read a provider's discovery document",
            request,
        )
        .answering(200, schema::<DiscoveredProvider>(schemas)),
        Operation::does(
            "/connections/{key}/tests",
            "Start a test of a connection, which goes on in the browser that opens its link",
            test.clone(),
        )
        .answering(201, test.clone()),
        Operation::reads(
            "/connections/{key}/tests/{test}",
            "Read a test and its report: claims, mapping, what just-in-time provisioning would do",
            test,
        ),
    ]
}

fn factor_holders(schemas: &mut SchemaGenerator) -> Vec<Operation> {
    let all = "/connections/{key}/factor-holders";
    vec![
        Operation::reads(
            all,
            "List the second factors a connection keeps without a profile, the last used first",
            schema::<FactorHolders>(schemas),
        )
        .with_query(&["limit", "cursor"]),
        Operation {
            answer: (200, Some(schema::<Erased>(schemas))),
            conditional: false,
            ..Operation::deletes(all, "Erase all second factors a connection keeps without a profile")
        },
        Operation {
            conditional: false,
            ..Operation::deletes(
                "/connections/{key}/factor-holders/{holder}",
                "Erase somebody's second factors without a profile, so that they enrol anew",
            )
        },
    ]
}

fn applications(schemas: &mut SchemaGenerator) -> Vec<Operation> {
    let (draft, saved) = (schema::<ApplicationDraft>(schemas), schema::<SavedApplication>(schemas));
    let item = "/applications/{key}";
    vec![
        Operation::reads(
            "/applications",
            "List applications",
            schema::<Page<ApplicationSummary>>(schemas),
        )
        .with_query(&["q", "findings", "limit", "cursor"]),
        Operation::writes("post", "/applications", "Add an application", draft.clone())
            .answering(201, saved.clone())
            .with_query(DRY_RUN),
        Operation::reads(item, "Read an application", schema::<ApplicationView>(schemas)),
        Operation::writes("put", item, "Replace an application's settings", draft)
            .answering(200, saved.clone())
            .with_query(DRY_RUN)
            .conditional(),
        Operation::merges(item, "Change an application's settings", json!({"type": "object"}))
            .answering(200, saved.clone())
            .with_query(DRY_RUN),
        Operation::deletes(item, "Delete an application and revoke its grants"),
        Operation::does("/applications/{key}/client-secret", "Make a new client secret", saved),
        Operation::reads(
            "/applications/{key}/flow-versions",
            "List the sign-in flows an application had, newest first",
            schema::<Page<FlowVersionView>>(schemas),
        )
        .with_query(&["limit", "cursor"]),
    ]
}

fn script_secrets(schemas: &mut SchemaGenerator) -> Vec<Operation> {
    let secrets = schema::<ScriptSecrets>(schemas);
    let item = "/applications/{key}/secrets/{name}";
    vec![
        Operation::reads(
            "/applications/{key}/secrets",
            "List the secrets of an application's script, without their values",
            secrets.clone(),
        ),
        Operation::writes(
            "put",
            item,
            "Set or replace a secret of an application's script",
            schema::<ScriptSecretDraft>(schemas),
        )
        .answering(200, secrets.clone()),
        Operation {
            answer: (200, Some(secrets)),
            conditional: false,
            ..Operation::deletes(item, "Remove a secret of an application's script")
        },
    ]
}

fn users(schemas: &mut SchemaGenerator) -> Vec<Operation> {
    let (draft, user) = (schema::<UserDraft>(schemas), schema::<UserView>(schemas));
    let item = "/users/{key}";
    vec![
        Operation::reads("/users", "List users", schema::<Page<UserSummary>>(schemas)).with_query(PAGE),
        Operation::writes("post", "/users", "Add a user", draft).answering(201, user.clone()),
        Operation::reads(item, "Read a user", user.clone()),
        Operation::merges(item, "Change a user", schema::<UserPatch>(schemas)).answering(200, user.clone()),
        Operation::deletes(item, "Delete a user with everything that belongs to it"),
        Operation::does(
            "/users/{key}/sign-out",
            "End every session and grant of a user",
            user.clone(),
        ),
        Operation {
            answer: (200, Some(user.clone())),
            conditional: false,
            ..Operation::deletes(
                "/users/{key}/factors/{kind}",
                "Take a second factor away, so that the person enrols anew",
            )
        },
        Operation {
            answer: (200, Some(user.clone())),
            conditional: false,
            ..Operation::deletes("/users/{key}/passkeys/{passkey}", "Take a passkey away")
        },
        Operation {
            query: &["connection", "issuer", "subject"],
            answer: (200, Some(user)),
            conditional: false,
            ..Operation::deletes("/users/{key}/links", "Take a linked identity away")
        },
    ]
}

const PAGE: &[&str] = &["q", "limit", "cursor"];
const DRY_RUN: &[&str] = &["dry_run"];

fn schema<T: JsonSchema>(schemas: &mut SchemaGenerator) -> Value {
    schemas.subschema_for::<T>().to_value()
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
            "description": "Refusals are problem details (RFC 9457). Changes may be conditional on an ETag (If-Match)."
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
}
