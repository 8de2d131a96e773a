//! Pages: of lists that fit in memory, and of those the database cuts.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_app::api::error::ConsoleError;
use doorward_app::api::page::{PAGE_LIMIT, Page, PageQuery};
use doorward_storage::page::Cursor;

use super::refusal::{Outcome, Refusal};

/// Items of a page when the caller names no number.
const USUAL: u32 = 50;

/// The number of items wanted.
pub fn limit(asked: Option<u32>) -> u32 {
    asked.unwrap_or(USUAL).clamp(1, PAGE_LIMIT)
}

/// The place to go on at, in a list the database cuts.
pub fn cursor(text: Option<&str>) -> Outcome<Option<Cursor>> {
    let parsed = text.filter(|text| !text.is_empty()).map(str::parse).transpose();
    parsed.map_err(|_| Refusal::field("?cursor", "Use the next_cursor of the page before."))
}

/// The text to search for, if any.
pub fn wanted(q: Option<&str>) -> Option<String> {
    q.map(|q| q.trim().to_lowercase())
        .filter(|q| !q.is_empty() && !q.contains('\0'))
}

/// Cuts a page out of a list in memory. `place` is what the list is ordered by and unique in it; a page goes on behind
/// the place of its cursor even when that item was deleted meanwhile.
pub fn cut<T>(mut items: Vec<T>, query: &PageQuery, place: impl Fn(&T) -> String) -> Result<Page<T>, ConsoleError> {
    items.sort_by_key(&place);
    let total = u64::try_from(items.len()).ok();
    if let Some(cursor) = query.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
        let behind = URL_SAFE_NO_PAD
            .decode(cursor)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let behind =
            behind.ok_or_else(|| Refusal::field("?cursor", "Use the next_cursor of the page before.").answer())?;
        items.retain(|item| place(item) > behind);
    }
    let limit = limit(query.limit) as usize;
    let more = items.len() > limit;
    items.truncate(limit);
    let next_cursor = items
        .last()
        .filter(|_| more)
        .map(|last| URL_SAFE_NO_PAD.encode(place(last)));
    Ok(Page {
        items,
        next_cursor,
        total,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_go_through_everything_once() {
        let all: Vec<u32> = (0..7).rev().collect();
        let mut query = PageQuery {
            limit: Some(3),
            ..PageQuery::default()
        };
        let mut seen = Vec::new();
        for _ in 0..3 {
            let page = cut(all.clone(), &query, u32::to_string).expect("a page");
            assert_eq!(page.total, Some(7), "of all pages");
            seen.extend(page.items);
            query.cursor = page.next_cursor;
        }
        assert_eq!(seen, [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(query.cursor, None);
        query.cursor = Some("?".into());
        assert!(cut(all, &query, u32::to_string).is_err());
    }
}
