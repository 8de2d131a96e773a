//! A page whose code is loaded when it is first shown.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::AnyView;
use leptos_router::{ChooseView, LazyRoute};

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
    fn choose(self) -> impl Future<Output = AnyView> {
        self.0()
    }

    async fn preload(&self) {}
}
