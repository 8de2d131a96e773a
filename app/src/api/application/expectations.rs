//! Server functions of what an administrator expects of a sign-in flow.

use doorward_domain::expectation::What;
use leptos::prelude::*;

use super::SavedApplication;
use crate::api::error::ConsoleError;

#[cfg(feature = "ssr")]
use {
    super::Applications, crate::api::connection::SaveMode, crate::api::error::service, crate::api::form,
    crate::api::session::require_admin, doorward_domain::expectation::Expectation,
    doorward_domain::invalid::FieldError, serde_json::json,
};

/// A form's value for what is expected: `can_sign_in`, `cannot_sign_in`, `never totp` or `asked 2 totp`.
#[must_use]
pub fn what_text(what: &What) -> String {
    match what {
        What::CanSignIn => "can_sign_in".to_owned(),
        What::CannotSignIn => "cannot_sign_in".to_owned(),
        What::NeverAskedFor { option } => format!("never {option}"),
        What::AskedFor { step, option } => format!("asked {step} {option}"),
    }
}

/// What a form's value says.
#[must_use]
pub fn what_of(text: &str) -> Option<What> {
    match text.split(' ').collect::<Vec<_>>().as_slice() {
        ["can_sign_in"] => Some(What::CanSignIn),
        ["cannot_sign_in"] => Some(What::CannotSignIn),
        ["never", option] => Some(What::NeverAskedFor {
            option: option.parse().ok()?,
        }),
        ["asked", step, option] => Some(What::AskedFor {
            step: step.parse().ok()?,
            option: option.parse().ok()?,
        }),
        _ => None,
    }
}

/// A form's value for somebody in a group, whose name stands in a field of its own.
pub const IN_A_GROUP: &str = "group";

/// Expects one thing more. It is saved even where it is not so: that is what it is there to tell.
#[server(prefix = "/console/fn", endpoint = "applications/add-expectation")]
pub async fn add_expectation(
    id: String,
    who: String,
    #[server(default)] group: String,
    what: String,
) -> Result<SavedApplication, ConsoleError> {
    let fault = |pointer: &'static str, detail: &'static str| ConsoleError::Invalid {
        fields: vec![FieldError {
            pointer: pointer.into(),
            detail: detail.into(),
        }],
    };
    let (who, lacks) = if who == IN_A_GROUP {
        let lacks = fault("/group", "Name the group it is about.");
        (format!("{IN_A_GROUP}:{}", group.trim()), lacks)
    } else {
        (who, fault("/expectations", "Choose whom it is about."))
    };
    let new = Expectation {
        who: who.parse().map_err(|_| lacks)?,
        what: what_of(&what).ok_or_else(|| fault("/expectations", "Choose what you expect."))?,
    };
    let add = |all: &mut Vec<Expectation>| {
        if all.contains(&new) {
            return Err(fault("/expectations", "It is there already."));
        }
        all.push(new);
        Ok(())
    };
    change(&id, add).await
}

/// Expects one thing less.
#[server(prefix = "/console/fn", endpoint = "applications/remove-expectation")]
pub async fn remove_expectation(id: String, who: String, what: String) -> Result<SavedApplication, ConsoleError> {
    let is_it = |one: &Expectation| one.who.to_string() == who && what_text(&one.what) == what;
    let remove = |all: &mut Vec<Expectation>| {
        all.retain(|one| !is_it(one));
        Ok(())
    };
    change(&id, remove).await
}

#[cfg(feature = "ssr")]
async fn change(
    id: &str,
    edit: impl FnOnce(&mut Vec<Expectation>) -> Result<(), ConsoleError>,
) -> Result<SavedApplication, ConsoleError> {
    let actor = form::actor(require_admin()?);
    let applications = service::<Applications>()?;
    let current = applications.find(id).await?;
    let mut expectations = current.settings.expectations;
    edit(&mut expectations)?;
    let patch = json!({ "expectations": expectations });
    let saved = applications
        .patch(&actor, id, Some(current.version), patch, SaveMode::Save)
        .await?;
    form::saved_at(&format!(
        "/console/applications/{}/flow",
        saved.application.settings.handle
    ));
    Ok(saved.for_forms())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_round_trip() {
        for text in [
            "can_sign_in",
            "cannot_sign_in",
            "never totp",
            "never connection:acme",
            "asked 2 email_otp",
        ] {
            assert_eq!(what_of(text).as_ref().map(what_text).as_deref(), Some(text));
        }
        for text in [
            "",
            "never",
            "asked totp",
            "asked x totp",
            "never magic",
            "can_sign_in now",
        ] {
            assert_eq!(what_of(text), None, "{text}");
        }
    }
}
