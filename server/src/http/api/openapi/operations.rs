//! The table of operations, by what they are about.

use doorward_app::api::application::{
    AnalysisRequest, ApplicationSummary, ApplicationView, FlowVersionView, RehearsalRequest, SavedApplication,
    ScriptSecretDraft, ScriptSecrets,
};
use doorward_app::api::attempt::{AttemptDetail, AttemptView};
use doorward_app::api::audit::AuditEventView;
use doorward_app::api::connection::{
    ConnectionSummary, ConnectionTest, ConnectionView, DiscoveredProvider, DiscoveryRequest, Erased, FactorHolders,
    KeptOut, LetIn, SavedConnection,
};
use doorward_app::api::mail::MailReport;
use doorward_app::api::page::Page;
use doorward_app::api::user::{UserDraft, UserPatch, UserSummary, UserView};
use doorward_domain::analysis::Analysis;
use doorward_domain::application::ApplicationDraft;
use doorward_domain::connection::ConnectionDraft;
use doorward_domain::rehearsal::Rehearsal;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};

use super::document;
use super::operation::Operation;
use crate::http::api::{
    applications, attempts, audit_events, connection_tests, connections, factor_holders, kept_out, mail_reports,
    script_secrets, users,
};

const PAGE: &[&str] = &["q", "limit", "cursor"];
const DRY_RUN: &[&str] = &["dry_run"];

/// Every operation: what the router serves.
pub fn operations(schemas: &mut SchemaGenerator) -> Vec<Operation> {
    let mut all = vec![
        Operation::reads(
            "/openapi.json",
            "Read this document",
            json!({"type": "object"}),
            document,
        )
        .open(),
    ];
    all.extend(of_connections(schemas));
    all.extend(of_connection_tests(schemas));
    all.extend(of_factor_holders(schemas));
    all.extend(of_kept_out(schemas));
    all.extend(of_applications(schemas));
    all.extend(of_script_secrets(schemas));
    all.extend(of_users(schemas));
    all.extend(of_logs(schemas));
    all.extend(of_analyses(schemas));
    all
}

fn of_connections(schemas: &mut SchemaGenerator) -> Vec<Operation> {
    let (draft, saved) = (schema::<ConnectionDraft>(schemas), schema::<SavedConnection>(schemas));
    let view = schema::<ConnectionView>(schemas);
    let item = "/connections/{key}";
    vec![
        Operation::reads(
            "/connections",
            "List connections",
            schema::<Page<ConnectionSummary>>(schemas),
            connections::list,
        )
        .with_query(&["q", "enabled", "jit", "limit", "cursor"]),
        Operation::posts("/connections", "Add a connection", draft.clone(), connections::create)
            .answering(201, saved.clone())
            .with_query(DRY_RUN),
        Operation::reads(item, "Read a connection", view.clone(), connections::find),
        Operation::puts(
            item,
            "Replace a connection's settings",
            or_as_read(draft, view),
            connections::replace,
        )
        .answering(200, saved.clone())
        .with_query(DRY_RUN)
        .conditional(),
        Operation::merges(
            item,
            "Change a connection's settings",
            json!({"type": "object"}),
            connections::patch,
        )
        .answering(200, saved)
        .with_query(DRY_RUN),
        Operation::deletes(
            item,
            "Delete a connection that no application uses",
            connections::delete,
        )
        .conditional(),
    ]
}

fn of_connection_tests(schemas: &mut SchemaGenerator) -> Vec<Operation> {
    let (request, test) = (schema::<DiscoveryRequest>(schemas), schema::<ConnectionTest>(schemas));
    vec![
        Operation::posts(
            "/connections/discovery",
            "Read a provider's discovery document",
            request,
            connection_tests::discover,
        )
        .answering(200, schema::<DiscoveredProvider>(schemas)),
        Operation::does(
            "/connections/{key}/tests",
            "Start a test of a connection, which goes on in the browser that opens its link",
            connection_tests::start,
        )
        .answering(201, test.clone()),
        Operation::reads(
            "/connections/{key}/tests/{test}",
            "Read a test and its report: claims, mapping, what just-in-time provisioning would do",
            test,
            connection_tests::find,
        ),
    ]
}

fn of_factor_holders(schemas: &mut SchemaGenerator) -> Vec<Operation> {
    let all = "/connections/{key}/factor-holders";
    vec![
        Operation::reads(
            all,
            "List the second factors a connection keeps without a profile, the last used first",
            schema::<FactorHolders>(schemas),
            factor_holders::list,
        )
        .with_query(&["limit", "cursor"]),
        Operation::deletes(
            all,
            "Erase all second factors a connection keeps without a profile",
            factor_holders::erase_all,
        )
        .answering(200, schema::<Erased>(schemas)),
        Operation::deletes(
            "/connections/{key}/factor-holders/{holder}",
            "Erase somebody's second factors without a profile, so that they enrol anew",
            factor_holders::erase,
        ),
    ]
}

fn of_kept_out(schemas: &mut SchemaGenerator) -> Vec<Operation> {
    let path = "/connections/{key}/kept-out";
    vec![
        Operation::reads(
            path,
            "Count the erased identities that a connection keeps out",
            schema::<KeptOut>(schemas),
            kept_out::count,
        ),
        Operation::deletes(
            path,
            "Let erased identities in again: the one of an issuer and a subject, or all that the connection keeps out",
            kept_out::let_in,
        )
        .answering(200, schema::<LetIn>(schemas))
        .with_query(&["issuer", "subject"]),
    ]
}

fn of_applications(schemas: &mut SchemaGenerator) -> Vec<Operation> {
    let (draft, saved) = (schema::<ApplicationDraft>(schemas), schema::<SavedApplication>(schemas));
    let view = schema::<ApplicationView>(schemas);
    let item = "/applications/{key}";
    vec![
        Operation::reads(
            "/applications",
            "List applications",
            schema::<Page<ApplicationSummary>>(schemas),
            applications::list,
        )
        .with_query(&["q", "findings", "limit", "cursor"]),
        Operation::posts(
            "/applications",
            "Add an application",
            draft.clone(),
            applications::create,
        )
        .answering(201, saved.clone())
        .with_query(DRY_RUN),
        Operation::reads(item, "Read an application", view.clone(), applications::find),
        Operation::puts(
            item,
            "Replace an application's settings",
            or_as_read(draft, view),
            applications::replace,
        )
        .answering(200, saved.clone())
        .with_query(DRY_RUN)
        .conditional(),
        Operation::merges(
            item,
            "Change an application's settings",
            json!({"type": "object"}),
            applications::patch,
        )
        .answering(200, saved.clone())
        .with_query(DRY_RUN),
        Operation::deletes(
            item,
            "Delete an application and revoke its grants",
            applications::delete,
        )
        .conditional(),
        Operation::does(
            "/applications/{key}/client-secret",
            "Make a new client secret",
            applications::regenerate,
        )
        .answering(200, saved)
        .conditional(),
        Operation::reads(
            "/applications/{key}/flow-versions",
            "List the sign-in flows an application had, newest first",
            schema::<Page<FlowVersionView>>(schemas),
            applications::flow_versions,
        )
        .with_query(&["limit", "cursor"]),
    ]
}

fn of_script_secrets(schemas: &mut SchemaGenerator) -> Vec<Operation> {
    let secrets = schema::<ScriptSecrets>(schemas);
    let item = "/applications/{key}/secrets/{name}";
    vec![
        Operation::reads(
            "/applications/{key}/secrets",
            "List the secrets of an application's script, without their values",
            secrets.clone(),
            script_secrets::list,
        ),
        Operation::puts(
            item,
            "Set or replace a secret of an application's script",
            schema::<ScriptSecretDraft>(schemas),
            script_secrets::set,
        )
        .answering(200, secrets.clone()),
        Operation::deletes(
            item,
            "Remove a secret of an application's script",
            script_secrets::remove,
        )
        .answering(200, secrets),
    ]
}

fn of_users(schemas: &mut SchemaGenerator) -> Vec<Operation> {
    let (draft, user) = (schema::<UserDraft>(schemas), schema::<UserView>(schemas));
    let (patch, item) = (schema::<UserPatch>(schemas), "/users/{key}");
    vec![
        Operation::reads(
            "/users",
            "List users",
            schema::<Page<UserSummary>>(schemas),
            users::list,
        )
        .with_query(PAGE),
        Operation::posts("/users", "Add a user", draft, users::create).answering(201, user.clone()),
        Operation::reads(item, "Read a user", user.clone(), users::find),
        Operation::merges(item, "Change a user", patch, users::patch).answering(200, user.clone()),
        Operation::deletes(item, "Delete a user with everything that belongs to it", users::delete)
            .with_query(&["keep_out"])
            .conditional(),
        Operation::does(
            "/users/{key}/sign-out",
            "End every session and grant of a user",
            users::sign_out,
        )
        .answering(200, user.clone())
        .conditional(),
        Operation::deletes(
            "/users/{key}/factors/{kind}",
            "Take a second factor away, so that the person enrols anew",
            users::reset_factor,
        )
        .answering(200, user.clone()),
        Operation::deletes(
            "/users/{key}/passkeys/{passkey}",
            "Take a passkey away",
            users::remove_passkey,
        )
        .answering(200, user.clone()),
        Operation::deletes("/users/{key}/links", "Take a linked identity away", users::unlink)
            .answering(200, user)
            .with_query(&["connection", "issuer", "subject"]),
    ]
}

fn of_logs(schemas: &mut SchemaGenerator) -> Vec<Operation> {
    vec![
        Operation::reads(
            "/audit-events",
            "List audit events, newest first",
            schema::<Page<AuditEventView>>(schemas),
            audit_events::list,
        )
        .with_query(audit_events::FILTERS),
        Operation::reads(
            "/attempts",
            "List the sign-ins that ended, newest first",
            schema::<Page<AttemptView>>(schemas),
            attempts::list,
        )
        .with_query(attempts::FILTERS),
        Operation::reads(
            "/attempts/{key}",
            "Read an attempt: what happened, what helps, what the script said",
            schema::<AttemptDetail>(schemas),
            attempts::find,
        ),
        Operation::posts(
            "/mail-reports",
            "Hand in the report of a mail that came back, so that it is in the audit log",
            schema::<MailReport>(schemas),
            mail_reports::receive,
        ),
    ]
}

fn of_analyses(schemas: &mut SchemaGenerator) -> Vec<Operation> {
    vec![
        Operation::posts(
            "/analyses",
            "Analyse a flow without saving it",
            schema::<AnalysisRequest>(schemas),
            applications::analyse,
        )
        .answering(200, schema::<Analysis>(schemas)),
        Operation::posts(
            "/analyses/rehearsal",
            "Go through a flow as one person, with nothing written",
            schema::<RehearsalRequest>(schemas),
            applications::rehearse,
        )
        .answering(200, schema::<Rehearsal>(schemas)),
    ]
}

/// The settings, or an item as it was read: what cannot be set is not looked at.
fn or_as_read(draft: Value, view: Value) -> Value {
    json!({"anyOf": [draft, view]})
}

fn schema<T: JsonSchema>(schemas: &mut SchemaGenerator) -> Value {
    schemas.subschema_for::<T>().to_value()
}
