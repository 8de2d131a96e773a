//! What is true of a connection now, in one line.

use doorward_domain::connection::ConnectionDraft;

use crate::api::connection::ConnectionUsage;
use crate::ui::words;

/// The first line of a connection's page: the answer, then the numbers behind it.
#[must_use]
pub fn answer(settings: &ConnectionDraft, usage: &ConnectionUsage) -> (String, String) {
    let jit = if settings.jit.enabled {
        "JIT is on."
    } else {
        "JIT is off."
    };
    let answer = if settings.enabled {
        jit.to_owned()
    } else {
        format!("Disabled: nobody signs in through it. {jit}")
    };
    let linked = match usage.people {
        0 => "Nobody is".to_owned(),
        1 => "1 person is".to_owned(),
        many => format!("{} people are", words::number(many)),
    };
    let week = match usage.created_this_week {
        0 => "none came this week".to_owned(),
        more => format!("{} came this week", words::number(more)),
    };
    let rest = if settings.jit.enabled && usage.people == 0 {
        "Nobody is linked to an account through this connection yet.".to_owned()
    } else if settings.jit.enabled {
        format!("{linked} linked to an account through this connection, {week}.")
    } else {
        format!(
            "People new to us get no account; their claims go straight to the application, where its sign-in flow needs \
             no account. {linked} linked."
        )
    };
    (answer, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(jit: bool, enabled: bool) -> ConnectionDraft {
        serde_json::from_value(serde_json::json!({
            "handle": "acme", "display_name": "Acme", "enabled": enabled, "jit": {"enabled": jit},
            "oidc": {"issuer": "https://idp.example.com", "client_id": "x"}
        }))
        .expect("a connection")
    }

    #[test]
    fn lines() {
        let usage = ConnectionUsage {
            people: 214,
            created_this_week: 3,
            ..ConnectionUsage::default()
        };
        let (head, rest) = answer(&settings(true, true), &usage);
        assert_eq!(head, "JIT is on.");
        assert_eq!(
            rest,
            "214 people are linked to an account through this connection, 3 came this week."
        );
        let (head, rest) = answer(&settings(false, false), &usage);
        assert_eq!(head, "Disabled: nobody signs in through it. JIT is off.");
        assert_eq!(
            rest,
            "People new to us get no account; their claims go straight to the application, where its sign-in flow needs no account. 214 people are linked."
        );
        for (people, want) in [(0, "Nobody is linked."), (1, "1 person is linked.")] {
            let usage = ConnectionUsage {
                people,
                ..ConnectionUsage::default()
            };
            let (_, rest) = answer(&settings(false, true), &usage);
            assert!(rest.ends_with(want), "{rest}");
        }
    }
}
