//! The browser's entry point: takes over the pages of the console that the server has rendered.

#![recursion_limit = "512"]

use doorward_app::console::Console;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the start script of a console page once the wasm is loaded.
#[wasm_bindgen]
pub fn hydrate() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        doorward_app::console::recover();
    }));
    doorward_app::ui::browser::listen_to_steps();
    // Not `hydrate_body`: that one panics when the first page is a lazily loaded route.
    leptos::mount::hydrate_lazy(Console);
}
