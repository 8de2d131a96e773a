//! From what went wrong inside to what a caller may know.

use doorward_app::api::error::ConsoleError;
use doorward_domain::invalid::{FieldError, Invalid};
use doorward_storage::{Contested, StorageError};

use crate::log::chain;

/// Why a service did not do what was asked.
#[derive(Debug)]
pub enum Refusal {
    Console(ConsoleError),
    Storage(StorageError),
}

/// What a service method answers inside.
pub type Outcome<T> = Result<T, Refusal>;

impl From<StorageError> for Refusal {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<ConsoleError> for Refusal {
    fn from(error: ConsoleError) -> Self {
        Self::Console(error)
    }
}

impl From<Invalid> for Refusal {
    fn from(invalid: Invalid) -> Self {
        Self::Console(invalid.into())
    }
}

impl Refusal {
    /// One field that is wrong.
    pub fn field(pointer: &str, detail: impl Into<String>) -> Self {
        Self::Console(ConsoleError::Invalid {
            fields: vec![FieldError {
                pointer: pointer.to_owned(),
                detail: detail.into(),
            }],
        })
    }

    /// What leaves the service. What only the operator can mend is logged here, once.
    pub fn answer(self) -> ConsoleError {
        let error = match self {
            Self::Console(error) => return error,
            Self::Storage(error) => error,
        };
        let taken = |field: &str| ConsoleError::Taken { field: field.into() };
        match &error {
            StorageError::Conflict { what } => match what {
                Contested::LoginIdentifier => taken("/username"),
                Contested::ConnectionHandle | Contested::ApplicationHandle => taken("/handle"),
                Contested::ClientId => taken("/client_id"),
                Contested::Version
                | Contested::AccountNotActive
                | Contested::SessionEnded
                | Contested::Link
                | Contested::FactorUsed
                | Contested::FactorExists
                | Contested::PasskeyTaken
                | Contested::Transaction
                | Contested::Reference => ConsoleError::Changed,
                Contested::Sub | Contested::Other => internal(&error),
            },
            StorageError::Busy | StorageError::Unavailable { .. } => {
                tracing::warn!(error = chain(&error), "the database does not answer");
                ConsoleError::Unavailable
            }
            StorageError::Corrupt { .. }
            | StorageError::WrongKey
            | StorageError::Newer
            | StorageError::Database { .. } => internal(&error),
        }
    }
}

fn internal(error: &StorageError) -> ConsoleError {
    tracing::error!(error = chain(error), "a service call failed");
    ConsoleError::Internal
}
