//! A move that failed.

use std::sync::Arc;

use doorward_domain::connection::Connection;

use crate::signin::fault::SignInFault;
use crate::signin::transaction::Transaction;

/// A move failed in a transaction that may go on.
#[derive(Debug)]
pub struct Failed {
    pub fault: SignInFault,
    /// Where the person may try another way; `None` when there is nothing to go on with.
    pub transaction: Option<Box<Transaction>>,
    /// The connection it is about.
    pub connection: Option<Arc<Connection>>,
    /// A verified answer that could not be written, sealed for the retry page (F10).
    pub sealed: Option<String>,
}

impl Failed {
    /// Failed before there was a transaction.
    #[must_use]
    pub fn early(fault: SignInFault) -> Self {
        Self {
            fault,
            transaction: None,
            connection: None,
            sealed: None,
        }
    }

    /// Failed in a transaction.
    #[must_use]
    pub fn within(transaction: Transaction, fault: SignInFault) -> Self {
        Self {
            fault,
            transaction: Some(Box::new(transaction)),
            connection: None,
            sealed: None,
        }
    }

    pub(in crate::signin) fn at(self, connection: &Arc<Connection>) -> Self {
        Self {
            connection: Some(connection.clone()),
            ..self
        }
    }
}
