//! Accounts as pages and the management API show them.

use doorward_app::api::user::{FactorView, LinkView, PasskeyView, SessionView, UserSummary, UserView};
use doorward_domain::account::{Account, Link};
use doorward_domain::connection::Connection;
use doorward_domain::factor::Factor;
use doorward_domain::passkey::Passkey;
use doorward_storage::session::Session;
use doorward_storage::{administration, connection, factor, link, passkey, session};

use super::Service;
use crate::service::refusal::Outcome;
use crate::signin::session::name;

pub fn summary(account: &Account) -> UserSummary {
    let text = |name: &str| account.attributes.get(name).and_then(|a| a.value.as_str());
    UserSummary {
        id: account.id.clone(),
        sub: account.sub.clone(),
        username: account.username.clone(),
        display_name: account.display_name().to_owned(),
        email: text("email").map(str::to_owned),
        email_verified: account.owned_address().is_some(),
        status: account.status,
        role: account.role,
        origin: account.origin.clone(),
        created_at: account.created_at,
        last_sign_in_at: account.last_sign_in_at,
    }
}

impl Service {
    pub(super) async fn view_of(&self, key: &str) -> Outcome<UserView> {
        let account = self.load(key).await?;
        self.view(account).await
    }

    pub(super) async fn view(&self, account: Account) -> Outcome<UserView> {
        let db = self.core.store.read();
        let links = link::list_of_account(db, &account.id).await?;
        let connections = if links.is_empty() {
            Vec::new()
        } else {
            connection::list(db).await?
        };
        let sessions = session::list_of_account(db, &account.id, self.core.now()).await?;
        let passkeys = passkey::list_of_account(db, &account.id).await?;
        let factors = factor::list_of_account(db, &account.id).await?;
        Ok(UserView {
            summary: summary(&account),
            links: links.into_iter().map(|link| link_view(link, &connections)).collect(),
            factors: factors.iter().map(factor_view).collect(),
            passkeys: passkeys.into_iter().map(passkey_view).collect(),
            sessions: sessions.iter().map(session_view).collect(),
            has_password: administration::has_password(db, &account.id).await?,
            updated_at: account.updated_at,
            version: account.version,
            attributes: account.attributes,
        })
    }
}

fn link_view(link: Link, connections: &[Connection]) -> LinkView {
    let connection = connections.iter().find(|known| known.id == link.key.connection);
    LinkView {
        connection_handle: connection.map(|c| c.handle.to_string()),
        connection_name: connection.map(|c| c.display_name.clone()),
        connection: link.key.connection,
        issuer: link.key.issuer,
        subject: link.key.subject,
        created_at: link.created_at,
        last_used_at: link.last_used_at,
    }
}

fn factor_view(factor: &Factor) -> FactorView {
    FactorView {
        kind: factor.kind,
        codes_left: factor.codes_left(),
        created_at: factor.created_at,
        last_used_at: factor.last_used_at,
    }
}

fn passkey_view(passkey: Passkey) -> PasskeyView {
    PasskeyView {
        id: passkey.id,
        name: passkey.name,
        synced: passkey.synced,
        created_at: passkey.created_at,
        last_used_at: passkey.last_used_at,
    }
}

fn session_view(session: &Session) -> SessionView {
    SessionView {
        id: name(session),
        created_at: session.created_at,
        expires_at: session.expires_at,
        user_agent: Some(session.user_agent.clone()).filter(|agent| !agent.is_empty()),
    }
}
