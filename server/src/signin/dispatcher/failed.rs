//! A move that failed.

use std::sync::Arc;

use doorward_domain::connection::Connection;
use doorward_domain::text::Handle;

use crate::signin::fault::SignInFault;
use crate::signin::hop::Hop;
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

    /// About the connection of this handle, which may be one that is switched off.
    pub(in crate::signin) fn about(self, hop: &Hop, handle: &Handle) -> Self {
        Self {
            connection: hop.snapshot.connection_by_handle(handle).cloned(),
            ..self
        }
    }

    pub(in crate::signin) fn at(self, connection: &Arc<Connection>) -> Self {
        Self {
            connection: Some(connection.clone()),
            ..self
        }
    }
}
