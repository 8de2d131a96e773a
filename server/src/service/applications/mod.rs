//! Applications: the service behind their pages and `/api/v1/applications`.

pub mod checks;
mod rehearsal;
mod save;
mod script_secret;
pub mod secret;
mod versions;

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use chrono::TimeDelta;
use doorward_app::api::application::{
    AnalysisRequest, ApplicationName, ApplicationQuery, ApplicationService, ApplicationSummary, ApplicationView,
    FlowVersionView, ProviderEndpoints, RehearsalRequest, SavedApplication, ScriptSecretDraft, ScriptSecrets,
};
use doorward_app::api::connection::SaveMode;
use doorward_app::api::error::ConsoleError;
use doorward_app::api::page::{Page, PageQuery};
use doorward_app::ui::findings::{errors, worth_a_look};
use doorward_domain::analysis::Analysis;
use doorward_domain::application::{Application, ApplicationDraft};
use doorward_domain::audit::Actor;
use doorward_domain::connection::{Connection, ConnectionDraft};
use doorward_domain::expectation::{self, Expectation};
use doorward_domain::finding::Finding;
use doorward_domain::flow::SignInFlow;
use doorward_domain::invalid::{Check, Invalid};
use doorward_domain::rehearsal::Rehearsal;
use doorward_domain::script_secret::SecretName;
use doorward_oidc::discovery::path;
use doorward_storage::statistics::{self, By};
use doorward_storage::{application, connection};
use serde_json::Value;

use super::core::Core;
use super::refusal::{Outcome, Refusal};
use super::{analysis, body, key, paging};
pub use save::changed;

/// See [`ApplicationService`].
pub struct Service {
    core: Core,
}

fn view(application: &Application) -> ApplicationView {
    ApplicationView {
        id: application.id.clone(),
        settings: ApplicationDraft::from(application),
        created_at: application.created_at,
        updated_at: application.updated_at,
        version: application.version,
        base: String::new(),
    }
}

/// What the list is ordered by.
fn place(application: &Application) -> String {
    format!("{}\n{}", application.name.to_lowercase(), application.id)
}

impl Service {
    pub fn new(core: Core) -> Self {
        Self { core }
    }

    async fn load(&self, key: &str) -> Outcome<Application> {
        key::application(self.core.store.read(), key).await
    }

    async fn page(&self, query: ApplicationQuery) -> Outcome<Page<ApplicationSummary>> {
        let db = self.core.store.read();
        let mut all = application::list(db).await?;
        let connections = connection::list(db).await?;
        let findings = |application: &Application| analysis::findings_of(&self.core, application, &connections);
        if let Some(text) = paging::wanted(query.page.q.as_deref()) {
            let has = |text_of: &str| text_of.to_lowercase().contains(&text);
            all.retain(|a| has(a.handle.as_str()) || has(&a.name) || has(&a.client_id));
        }
        if let Some(wanted) = query.findings {
            all.retain(|a| (worth_a_look(&findings(a)) > 0) == wanted);
        }
        let page = paging::cut(all, &query.page, place)?;
        let since = self.core.now() - TimeDelta::days(30);
        let people = statistics::people(db, By::Application, None, since).await?;
        let people: HashMap<&str, _> = people.iter().map(|p| (p.id.as_str(), p)).collect();
        let summary = |application: &Application| {
            let seen = people.get(application.id.as_str());
            let findings = findings(application);
            ApplicationSummary {
                application: view(application),
                people_30_days: seen.map_or(0, |p| u64::try_from(p.people).unwrap_or(0)),
                last_sign_in_at: seen.and_then(|p| p.last_at),
                findings: u32::try_from(worth_a_look(&findings)).unwrap_or(u32::MAX),
                errors: u32::try_from(errors(&findings)).unwrap_or(u32::MAX),
                stops_somebody: findings.iter().any(Finding::stops_somebody),
            }
        };
        Ok(Page {
            items: page.items.iter().map(summary).collect(),
            next_cursor: page.next_cursor,
            total: page.total,
        })
    }

    async fn named(&self) -> Outcome<Vec<ApplicationName>> {
        let mut all = application::list(self.core.store.read()).await?;
        all.sort_by_cached_key(place);
        let name = |application: Application| ApplicationName {
            handle: application.handle,
            name: application.name,
        };
        Ok(all.into_iter().map(name).collect())
    }

    async fn findings_now(&self, key: &str) -> Outcome<Vec<Finding>> {
        let application = self.load(key).await?;
        let connections = connection::list(self.core.store.read()).await?;
        self.findings(&application, &connections).await
    }

    async fn analysis_now(&self, key: &str) -> Outcome<Analysis> {
        let application = self.load(key).await?;
        let connections = connection::list(self.core.store.read()).await?;
        let facts = analysis::script_facts(&self.core, Some(&application.id));
        let expected = &application.expectations;
        let analysis = analysis::run(&self.core, &application.flow, &connections, &facts, expected);
        Ok(Analysis {
            findings: self.findings(&application, &connections).await?,
            ..analysis
        })
    }

    /// The connections with overrides, which are applied to drafts and so pass the same checks as a save.
    async fn overridden(&self, overrides: BTreeMap<String, Value>) -> Outcome<Vec<Connection>> {
        let mut connections = connection::list(self.core.store.read()).await?;
        for (handle, patch) in overrides {
            let pointer = |rest: &str| format!("/connections/{handle}{rest}");
            let found = connections.iter_mut().find(|known| known.handle.as_str() == handle);
            let current = found.ok_or_else(|| Refusal::field(&pointer(""), "There is no such connection."))?;
            let mut wanted = serde_json::to_value(ConnectionDraft::from(&*current)).unwrap_or_default();
            body::merge(&mut wanted, patch);
            let draft = body::connection(wanted);
            let applied = draft.and_then(|draft| draft.apply(current, self.core.now()));
            *current = applied.map_err(|Invalid(mut faults)| {
                faults
                    .iter_mut()
                    .for_each(|fault| fault.pointer = pointer(&fault.pointer));
                Refusal::from(Invalid(faults))
            })?;
        }
        Ok(connections)
    }

    async fn analyse_request(&self, request: AnalysisRequest) -> Outcome<Analysis> {
        let connections = self.overridden(request.connections).await?;
        check_shape(&request.flow)?;
        let application = match &request.application {
            Some(key) => Some(self.load(key).await.map_err(|refusal| match refusal {
                Refusal::Console(ConsoleError::NotFound) => {
                    Refusal::field("/application", "There is no such application.")
                }
                other => other,
            })?),
            None => None,
        };
        let facts = analysis::script_facts(&self.core, application.as_ref().map(|found| &found.id));
        let saved = || application.as_ref().map(|found| found.expectations.clone());
        let expected = request.expectations.or_else(saved).unwrap_or_default();
        check_expected(&expected)?;
        let mut analysis = analysis::run(&self.core, &request.flow, &connections, &facts, &expected);
        analysis.findings = analysis::tell_linked(self.core.store.read(), &connections, analysis.findings).await?;
        Ok(analysis)
    }
}

/// A flow may name a connection that is gone: that is a finding, not a fault of the request.
fn check_shape(flow: &SignInFlow) -> Result<(), Invalid> {
    let mut check = Check::default();
    flow.check(|_| true, &mut check);
    check.finish()
}

/// Nor is one that names a connection which is gone.
fn check_expected(expectations: &[Expectation]) -> Result<(), Invalid> {
    let mut check = Check::default();
    expectation::check(expectations, |_| true, &mut check);
    check.finish()
}

#[async_trait]
impl ApplicationService for Service {
    async fn list(&self, query: ApplicationQuery) -> Result<Page<ApplicationSummary>, ConsoleError> {
        self.page(query).await.map_err(Refusal::answer)
    }
    async fn names(&self) -> Result<Vec<ApplicationName>, ConsoleError> {
        self.named().await.map_err(Refusal::answer)
    }

    async fn find(&self, key: &str) -> Result<ApplicationView, ConsoleError> {
        self.load(key).await.map(|found| view(&found)).map_err(Refusal::answer)
    }

    async fn findings(&self, key: &str) -> Result<Vec<Finding>, ConsoleError> {
        self.findings_now(key).await.map_err(Refusal::answer)
    }

    async fn analysis(&self, key: &str) -> Result<Analysis, ConsoleError> {
        self.analysis_now(key).await.map_err(Refusal::answer)
    }

    async fn create(&self, actor: &Actor, draft: Value, mode: SaveMode) -> Result<SavedApplication, ConsoleError> {
        self.insert(actor, draft, mode).await.map_err(Refusal::answer)
    }

    async fn replace(
        &self,
        actor: &Actor,
        key: &str,
        expected: Option<i64>,
        draft: Value,
        mode: SaveMode,
    ) -> Result<SavedApplication, ConsoleError> {
        let change = body::Change::Whole(draft);
        self.change(actor, key, expected, change, mode)
            .await
            .map_err(Refusal::answer)
    }

    async fn patch(
        &self,
        actor: &Actor,
        key: &str,
        expected: Option<i64>,
        patch: Value,
        mode: SaveMode,
    ) -> Result<SavedApplication, ConsoleError> {
        let change = body::Change::Patch(patch);
        self.change(actor, key, expected, change, mode)
            .await
            .map_err(Refusal::answer)
    }

    async fn delete(&self, actor: &Actor, key: &str, expected: Option<i64>) -> Result<(), ConsoleError> {
        self.remove(actor, key, expected).await.map_err(Refusal::answer)
    }

    async fn regenerate_secret(
        &self,
        actor: &Actor,
        key: &str,
        expected: Option<i64>,
    ) -> Result<SavedApplication, ConsoleError> {
        self.new_secret(actor, key, expected).await.map_err(Refusal::answer)
    }

    async fn script_secrets(&self, key: &str) -> Result<ScriptSecrets, ConsoleError> {
        self.secrets_of(key).await.map_err(Refusal::answer)
    }

    async fn set_script_secret(
        &self,
        actor: &Actor,
        key: &str,
        name: &SecretName,
        draft: ScriptSecretDraft,
    ) -> Result<ScriptSecrets, ConsoleError> {
        let set = self.set_secret(actor, key, name, draft).await;
        set.map_err(Refusal::answer)
    }

    async fn remove_script_secret(
        &self,
        actor: &Actor,
        key: &str,
        name: &SecretName,
    ) -> Result<ScriptSecrets, ConsoleError> {
        self.remove_secret(actor, key, name).await.map_err(Refusal::answer)
    }

    async fn flow_versions(&self, key: &str, query: PageQuery) -> Result<Page<FlowVersionView>, ConsoleError> {
        self.versions(key, query).await.map_err(Refusal::answer)
    }

    async fn flow_version(&self, key: &str, version: i64) -> Result<FlowVersionView, ConsoleError> {
        self.one_version(key, version).await.map_err(Refusal::answer)
    }

    fn endpoints(&self) -> ProviderEndpoints {
        let at = |path: &str| self.core.config.public_url.join(path);
        ProviderEndpoints {
            issuer: self.core.issuer().to_owned(),
            discovery: at(path::OPENID_CONFIGURATION),
            authorization_endpoint: at(path::AUTHORIZE),
            token_endpoint: at(path::TOKEN),
            userinfo_endpoint: at(path::USERINFO),
            introspection_endpoint: at(path::INTROSPECT),
            revocation_endpoint: at(path::REVOKE),
            jwks_uri: at(path::JWKS),
            end_session_endpoint: at(path::LOGOUT),
            test_idp: self.core.config.test_idp,
        }
    }

    async fn analyse(&self, request: AnalysisRequest) -> Result<Analysis, ConsoleError> {
        self.analyse_request(request).await.map_err(Refusal::answer)
    }

    async fn rehearse(&self, request: RehearsalRequest) -> Result<Rehearsal, ConsoleError> {
        self.rehearse_request(request).await.map_err(Refusal::answer)
    }
}
