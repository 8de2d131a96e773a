//! The pages that what helps is about.

use crate::api::attempt::{AttemptView, Named};

/// Addresses of what an attempt was about, as far as that is still there.
pub struct Pages {
    connection: Option<String>,
    account: Option<String>,
    flow: Option<String>,
}

/// The sign-in flow of an application.
#[must_use]
pub fn flow_of(application: &Named) -> Option<String> {
    let handle = application.handle.as_ref()?;
    Some(format!("/console/applications/{handle}/flow"))
}

/// How remedies call the pages.
const ADVANCED: [&str; 2] = ["Advanced tab", "just-in-time provisioning"];
const CONNECTION: &str = "the connection's page";
const ACCOUNT: &str = "the user's page";
const FLOW: &str = "the sign-in flow";

impl Pages {
    #[must_use]
    pub fn of(attempt: &AttemptView) -> Self {
        let handle = attempt.connection.as_ref().and_then(|named| named.handle.as_ref());
        let account = attempt.account.as_ref().filter(|named| named.name.is_some());
        Self {
            connection: handle.map(|handle| format!("/console/connections/{handle}")),
            account: account.map(|named| format!("/console/users/{}", named.id)),
            flow: attempt.application.as_ref().and_then(flow_of),
        }
    }

    /// What stands before the words that name a page, these words, what stands behind them, and the page's address.
    #[must_use]
    pub fn link_in<'t>(&self, remedy: &'t str) -> Option<(&'t str, &'static str, &'t str, String)> {
        let advanced = || self.connection.as_ref().map(|page| format!("{page}/advanced"));
        let settings = || self.connection.as_ref().map(|page| format!("{page}/settings"));
        let known = [
            (ADVANCED[0], advanced()),
            (ADVANCED[1], advanced()),
            (CONNECTION, settings()),
            (ACCOUNT, self.account.clone()),
            (FLOW, self.flow.clone()),
        ];
        known.into_iter().find_map(|(words, page)| {
            let (before, after) = remedy.split_once(words)?;
            Some((before, words, after, page?))
        })
    }
}

#[cfg(test)]
mod tests {
    use doorward_domain::attempt::Reason;

    use super::*;

    #[test]
    fn each_name_of_a_page_is_one_that_remedies_use() {
        let remedies: Vec<&str> = Reason::ALL
            .iter()
            .flat_map(|reason| reason.remedies())
            .copied()
            .collect();
        for words in [ADVANCED[0], ADVANCED[1], CONNECTION, ACCOUNT, FLOW] {
            assert!(remedies.iter().any(|remedy| remedy.contains(words)), "{words}");
        }
    }

    #[test]
    fn a_remedy_leads_to_its_page_where_that_is_there() {
        let pages = Pages {
            connection: Some("/console/connections/acme".to_owned()),
            account: None,
            flow: None,
        };
        assert_eq!(
            pages.link_in("Send codes (Advanced tab)."),
            Some((
                "Send codes (",
                "Advanced tab",
                ").",
                "/console/connections/acme/advanced".to_owned()
            ))
        );
        assert_eq!(pages.link_in("Enable the account on the user's page."), None);
        assert_eq!(pages.link_in("Ask the person."), None);
    }
}
