//! A page whose code is loaded when it is first shown.
//!
//! The framework panics where that code cannot be fetched (no network, another release), and the router is dead after it.
//! The browser then loads the page's address as a whole, and says itself what it cannot reach.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;

use leptos::prelude::AnyView;
use leptos_router::hooks::use_location;
use leptos_router::{ChooseView, LazyRoute};

use crate::ui::browser;

thread_local! {
    /// Whether the page that the server has rendered is still to be taken over: it stands there without its code.
    static IS_FIRST: Cell<bool> = const { Cell::new(true) };
    /// The address whose code is on its way.
    static ON_ITS_WAY: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// How a page is loaded. One type for all pages, unlike the router's own `Lazy`: what the router does with a route is
/// then compiled once, not once for each page.
#[derive(Clone, Copy)]
pub struct Page(fn() -> Pin<Box<dyn Future<Output = AnyView>>>);

/// The page of this route.
#[must_use]
pub fn page<T: LazyRoute>() -> Page {
    Page(|| Box::pin(async { T::view(T::data()).await }))
}

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        let is_later = cfg!(not(feature = "ssr")) && !IS_FIRST.replace(false);
        let address = is_later.then(|| browser::address_of(&use_location()));
        ON_ITS_WAY.set(address.clone());
        let view = self.0().await;
        ON_ITS_WAY.with_borrow_mut(|on_its_way| {
            // Whoever went on meanwhile waits for another page.
            if *on_its_way == address {
                *on_its_way = None;
            }
        });
        view
    }

    async fn preload(&self) {}
}

/// After a panic: loads as a whole the page whose code was on its way, if one was.
pub fn recover() {
    if let Some(address) = ON_ITS_WAY.take() {
        browser::load(&address);
    }
}
