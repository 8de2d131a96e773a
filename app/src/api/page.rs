//! Lists, one page at a time.

use serde::{Deserialize, Serialize};

/// Most items in one page.
pub const PAGE_LIMIT: u32 = 200;

/// Which part of a list is wanted: the query of every `GET` list (`q`, `limit`, `cursor`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PageQuery {
    /// Text to look for; empty means everything.
    #[serde(default)]
    pub q: Option<String>,
    /// Items wanted, 1 to [`PAGE_LIMIT`]; 50 when absent.
    #[serde(default)]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before; opaque.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Where the next page starts; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many there are on all pages together; absent where counting them is dear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            next_cursor: None,
            total: None,
        }
    }
}
