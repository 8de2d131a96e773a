//! The flows an application had.

use std::collections::{BTreeSet, HashMap};

use doorward_app::api::application::{FlowPart, FlowVersionView};
use doorward_app::api::error::ConsoleError;
use doorward_app::api::page::{Page, PageQuery};
use doorward_domain::application::Application;
use doorward_domain::audit::Actor;
use doorward_domain::flow::SignInFlow;
use doorward_domain::id::AccountId;
use doorward_storage::administration;
use doorward_storage::flow_version::{self, FlowVersion};

use super::Service;
use crate::service::paging;
use crate::service::refusal::Outcome;

/// Administrators' names by their accounts, where these still exist.
type Names = HashMap<AccountId, String>;

fn account(by: Option<&Actor>) -> Option<&AccountId> {
    match by {
        Some(Actor::Administrator { account }) => Some(account),
        Some(Actor::Person | Actor::Api | Actor::System) | None => None,
    }
}

fn changed(before: &SignInFlow, after: &SignInFlow) -> Vec<FlowPart> {
    let parts = [
        (before.steps != after.steps, FlowPart::Steps),
        (before.script != after.script, FlowPart::Script),
    ];
    let differ = parts.into_iter().filter(|(differs, _)| *differs);
    differ.map(|(_, part)| part).collect()
}

/// What is kept of an application, newest first, each beside what it changed; the oldest is compared with nothing.
fn compared(application: &Application, all: Vec<FlowVersion>) -> Vec<FlowVersionView> {
    let earlier: Vec<SignInFlow> = all.iter().skip(1).map(|one| one.flow.clone()).collect();
    let view = |(index, one): (usize, FlowVersion)| FlowVersionView {
        version: one.version,
        saved_at: one.saved_at,
        actor: one.by,
        actor_name: None,
        changed: earlier
            .get(index)
            .map_or_else(Vec::new, |before| changed(before, &one.flow)),
        is_current: index == 0 && one.flow == application.flow,
        flow: one.flow,
    };
    all.into_iter().enumerate().map(view).collect()
}

impl Service {
    async fn kept(&self, key: &str) -> Outcome<Vec<FlowVersionView>> {
        let application = self.load(key).await?;
        let all = flow_version::list(self.core.store.read(), &application.id).await?;
        Ok(compared(&application, all))
    }

    async fn name_actors(&self, versions: &mut [FlowVersionView]) -> Outcome<()> {
        let wanted: BTreeSet<&AccountId> = versions.iter().filter_map(|one| account(one.actor.as_ref())).collect();
        let wanted: Vec<AccountId> = wanted.into_iter().cloned().collect();
        let found = administration::list_by_id(self.core.store.read(), &wanted).await?;
        let named = found
            .into_iter()
            .map(|one| (one.id.clone(), one.display_name().to_owned()));
        let names: Names = named.collect();
        for one in versions {
            one.actor_name = account(one.actor.as_ref()).and_then(|id| names.get(id).cloned());
        }
        Ok(())
    }

    pub(super) async fn versions(&self, key: &str, query: PageQuery) -> Outcome<Page<FlowVersionView>> {
        // As texts of one length, so that they are ordered as the numbers are: the newest first.
        let place = |one: &FlowVersionView| format!("{:020}", i64::MAX - one.version);
        let mut page = paging::cut(self.kept(key).await?, &query, place)?;
        self.name_actors(&mut page.items).await?;
        Ok(page)
    }

    pub(super) async fn one_version(&self, key: &str, version: i64) -> Outcome<FlowVersionView> {
        let kept = self.kept(key).await?;
        let found = kept.into_iter().find(|one| one.version == version);
        let mut found = [found.ok_or(ConsoleError::NotFound)?];
        self.name_actors(&mut found).await?;
        let [found] = found;
        Ok(found)
    }
}
