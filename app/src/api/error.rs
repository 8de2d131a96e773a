//! What can go wrong in the console. A closed set without free text: after a form is sent without wasm, the error
//! travels in the URL, so nothing a provider or a database said may be in it.

use doorward_domain::invalid::{FieldError, Invalid};
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// What is said where no answer comes.
pub const UNREACHABLE: &str = "The server cannot be reached.";

/// Why the server did not do what was asked. Written with the name outside: one that stands among the fields takes twice
/// the code to read, on every page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ConsoleError {
    #[error("Sign in again to go on.")]
    SignedOut,
    #[error("Only an administrator can do this.")]
    Forbidden,
    #[error("This does not exist any more. It may have been deleted meanwhile.")]
    NotFound,
    /// Another save came first: somebody else's, or an earlier one whose answer was lost.
    #[error("This has changed meanwhile, so your change is not saved.")]
    Changed,
    /// The same where it is known of whom: the version that is saved now, the second it was saved in, and by whom, as in
    /// `7 1795867200 Chief`. One text: fields of their own cost every page the code to read them.
    #[error("This has changed meanwhile, so your change is not saved.")]
    Overtaken(String),
    #[error("Some fields need attention.")]
    Invalid { fields: Vec<FieldError> },
    /// The handle, name, client id or address is taken; `field` is its JSON pointer.
    #[error("This is taken already. Choose another one.")]
    Taken { field: String },
    /// Cannot be deleted while applications use it; by name.
    #[error("This is still in use.")]
    InUse { by: Vec<String> },
    /// Turning JIT off or similar breaks applications and was not confirmed.
    #[error("This change needs a confirmation first.")]
    Unconfirmed,
    /// It decides who gets in as whom or takes something away, and the administrator's last proof is too old for that.
    #[error("It has been a while since you showed that it is you. Show it, then do this once more.")]
    Unproven,
    /// An administrator cannot lock themself out.
    #[error("This would remove the last administrator, so it is not done.")]
    LastAdministrator,
    /// The browser has no answer, or one that nobody understands: what was sent may have arrived all the same.
    #[error("{UNREACHABLE}")]
    Unreachable,
    #[error("The database does not answer at the moment. Nothing was changed; try again.")]
    Unavailable,
    #[error("Something went wrong on our side. Nothing was changed; try again.")]
    Internal,
    #[error("The request could not be read. Reload the page and try again.")]
    Malformed,
}

impl From<Invalid> for ConsoleError {
    fn from(Invalid(fields): Invalid) -> Self {
        Self::Invalid { fields }
    }
}

impl FromServerFnError for ConsoleError {
    type Encoder = JsonEncoding;
    fn from_server_fn_error(value: ServerFnErrorErr) -> Self {
        match value {
            // What the server reads is a request, what the browser reads an answer.
            ServerFnErrorErr::Deserialization(_) if cfg!(feature = "ssr") => Self::Malformed,
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::Unreachable
            }
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::Malformed,
            _ => Self::Internal,
        }
    }
}

/// The service a server function needs, from the context the server provides.
///
/// # Errors
/// `Internal` when the server forgot to provide it.
#[cfg(feature = "ssr")]
pub fn service<T: Clone + 'static>() -> Result<T, ConsoleError> {
    leptos::prelude::use_context::<T>().ok_or(ConsoleError::Internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_an_answer_nothing_is_said_about_the_database() {
        let text = String::new;
        for (case, lost) in [
            ("no connection", ServerFnErrorErr::Request(text())),
            ("a reply that breaks off", ServerFnErrorErr::Response(text())),
        ] {
            assert_eq!(
                ConsoleError::from_server_fn_error(lost),
                ConsoleError::Unreachable,
                "{case}"
            );
        }
        let said = ConsoleError::Unreachable.to_string();
        assert!(
            !said.contains("Nothing was changed") && !said.contains("database"),
            "{said}"
        );
    }
}
