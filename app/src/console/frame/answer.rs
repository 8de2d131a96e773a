//! What the frame asks the server, by code that is fetched when it is first needed.
//!
//! The framework's own `lazy` panics where that code cannot be fetched: hence `wasm_split` itself.

use std::future::Future;
use std::pin::Pin;

use leptos::wasm_split::SplitLoaderError;

use crate::api::error::{ConsoleError, UNREACHABLE};

/// An answer on its way.
pub type Answer<T> = Pin<Box<dyn Future<Output = Result<T, Unanswered>>>>;

/// Why there is no answer, in words: those of all errors are no part of what every page loads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered(pub String);

impl From<ConsoleError> for Unanswered {
    fn from(error: ConsoleError) -> Self {
        Self(error.to_string())
    }
}

/// The code comes from the same server as the answers.
impl From<SplitLoaderError> for Unanswered {
    fn from(_: SplitLoaderError) -> Self {
        Self(UNREACHABLE.to_owned())
    }
}
