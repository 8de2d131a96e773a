//! What only a browser can do. Called from event handlers and effects alone, which do not run on the server.

use std::cell::OnceCell;
use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue, closure::Closure};
use leptos_router::location::Location;

/// Puts text on the clipboard. Does nothing where there is none (a page that came over plain http).
pub fn copy(text: &str) {
    let navigator = window().navigator();
    let there = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard")).is_ok_and(|found| found.is_object());
    if there {
        // The promise fails only when the person has denied the clipboard; the value stays on the page to be marked.
        let _ = navigator.clipboard().write_text(text);
    }
}

/// Seconds since 1970 by the browser's clock.
#[must_use]
pub fn now_seconds() -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "milliseconds since 1970 fit into 53 bits"
    )]
    let seconds = (js_sys::Date::now() / 1000.0) as i64;
    seconds
}

/// Opens a dialog above everything else.
pub fn open_dialog(dialog: NodeRef<html::Dialog>) {
    if let Some(dialog) = dialog.get_untracked()
        && !dialog.open()
    {
        let _ = dialog.show_modal();
    }
}

/// Closes a dialog.
pub fn close_dialog(dialog: NodeRef<html::Dialog>) {
    if let Some(dialog) = dialog.get_untracked() {
        dialog.close();
    }
}

/// Gives the keyboard to the first element that matches and takes it: what is hidden does not. Whether one did.
pub fn focus_first(selector: &str) -> bool {
    focus_one(document().query_selector_all(selector))
}

/// The same within the form that an element stands in; where nothing there takes it, the element itself gets it.
pub fn focus_in_form(element: &web_sys::HtmlElement, selector: &str) {
    let form = element.closest("form").ok().flatten();
    if form.is_none_or(|form| !focus_one(form.query_selector_all(selector))) {
        let _ = element.focus();
    }
}

/// Gives the keyboard to the box of a form that confirms what it does, unless one is ticked: whether one took it.
pub fn focus_confirmation(form: &web_sys::HtmlFormElement) -> bool {
    let ticked = form.query_selector("[name=confirmed]:checked, [name=all_the_same]:checked");
    let is_ticked = ticked.is_ok_and(|ticked| ticked.is_some());
    !is_ticked && focus_one(form.query_selector_all("[name=confirmed], [name=all_the_same]"))
}

/// Gives the keyboard to a control that its form cannot be sent with, where it is the first of those. The browser does
/// so only where it may say why.
pub fn focus_if_first_invalid(control: &web_sys::HtmlElement) {
    let form = control.closest("form").ok().flatten();
    let first = form.and_then(|form| {
        form.query_selector(":is(input, select, textarea):invalid")
            .ok()
            .flatten()
    });
    if first.as_ref() == Some(control.as_ref()) {
        let _ = control.focus();
    }
}

/// Lets an input know that we have changed what stands in it, and nobody else.
pub fn tell_input(input: &web_sys::EventTarget) {
    if let Ok(event) = web_sys::Event::new("input") {
        let _ = input.dispatch_event(&event);
    }
}

/// The same for the inputs of a form that something is said to be wrong with.
pub fn tell_invalid_inputs(form: &web_sys::HtmlFormElement) {
    let Ok(found) = form.query_selector_all("[aria-invalid=true]") else {
        return;
    };
    for input in (0..found.length()).filter_map(|index| found.item(index)) {
        tell_input(&input);
    }
}

/// Gives an input of the form that an element stands in another value.
pub fn set_in_form(element: &web_sys::HtmlElement, selector: &str, value: &str) {
    let form = element.closest("form").ok().flatten();
    let input = form.and_then(|form| form.query_selector(selector).ok().flatten());
    if let Some(input) = input.and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        input.set_value(value);
    }
}

fn focus_one(found: Result<web_sys::NodeList, JsValue>) -> bool {
    let Ok(found) = found else {
        return false;
    };
    let item = |index| {
        found
            .item(index)
            .and_then(|node| node.dyn_into::<web_sys::HtmlElement>().ok())
    };
    (0..found.length()).filter_map(item).any(|element| {
        let _ = element.focus();
        document().active_element().as_ref() == Some(element.as_ref())
    })
}

/// Scrolls what has the keyboard out from under whatever floats over the page, as far as the page says how much that is
/// (`scroll-padding`). A text area stays: it may be higher than the screen, and its line is the browser's own matter.
pub fn reveal_focus() {
    let focused = document().active_element();
    let Some(element) = focused.filter(|element| element.tag_name() != "TEXTAREA") else {
        return;
    };
    let options = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&options, &JsValue::from_str("block"), &JsValue::from_str("nearest"));
    if let Ok(scroll) = js_sys::Reflect::get(&element, &JsValue::from_str("scrollIntoView"))
        && let Ok(scroll) = scroll.dyn_into::<js_sys::Function>()
    {
        let _ = scroll.call1(&element, &options);
    }
}

/// Scrolls a row sideways until the part of it that matches stands in its middle. The page itself stays.
pub fn center_in_row(row: &web_sys::HtmlElement, selector: &str) {
    if let Ok(Some(part)) = row.query_selector(selector)
        && let Ok(part) = part.dyn_into::<web_sys::HtmlElement>()
    {
        let start = part.offset_left() - row.offset_left();
        row.set_scroll_left(start - (row.client_width() - part.offset_width()) / 2);
    }
}

/// Closes what a button had opened in place, and gives the keyboard back to the button.
pub fn close_details(details: NodeRef<html::Details>) {
    let Some(details) = details.get_untracked() else {
        return;
    };
    details.set_open(false);
    if let Ok(Some(summary)) = details.query_selector("summary")
        && let Ok(summary) = summary.dyn_into::<web_sys::HtmlElement>()
    {
        let _ = summary.focus();
    }
}

/// Closes the menu that is open above the page. The browser closes it on Escape, on a click elsewhere and for another
/// one, but not when what was chosen in it leaves the document where it is.
pub fn close_menu() {
    if let Ok(Some(menu)) = document().query_selector(".menu-list:popover-open")
        && let Ok(menu) = menu.dyn_into::<web_sys::HtmlElement>()
    {
        let _ = menu.hide_popover();
    }
}

type OnStep = Box<dyn Fn(&web_sys::Event)>;

thread_local! {
    static ON_STEP: OnceCell<OnStep> = const { OnceCell::new() };
}

/// Listens to steps through the browser's history for [`before_step`]. Called before anything is mounted: listeners of
/// a window are called in the order they came, and the router asks nobody.
pub fn listen_to_steps() {
    let run = Closure::<dyn Fn(web_sys::Event)>::new(|event| {
        ON_STEP.with(|run| run.get().iter().for_each(|run| run(&event)));
    });
    let _ = window().add_event_listener_with_callback("popstate", run.as_ref().unchecked_ref());
    run.forget();
}

/// Calls back on every step through the browser's history before the router hears of it; whoever is first is called.
pub fn before_step(run: impl Fn(&web_sys::Event) + 'static) {
    ON_STEP.with(|first| {
        let _ = first.set(Box::new(run));
    });
}

/// Path and query of the address.
#[must_use]
pub fn path() -> String {
    let location = window().location();
    format!(
        "{}{}",
        location.pathname().unwrap_or_default(),
        location.search().unwrap_or_default()
    )
}

/// Path and query of where the router is, or is going: the address of the browser follows once the page is there.
#[must_use]
pub fn address_of(place: &Location) -> String {
    let query = place.search.get_untracked();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}{mark}{query}", place.pathname.get_untracked())
}

/// Loads a whole page, as a link does without the router.
pub fn load(address: &str) {
    let _ = window().location().set_href(address);
}

/// Adds a step to the browser's history, and loads nothing.
pub fn push_path(path: &str) {
    if let Ok(history) = window().history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(path));
    }
}

/// Takes a query that begins with this parameter out of the address, and loads nothing: what it made the page say once is
/// not said again when the page is loaded again. The router is not told.
pub fn forget_query(name: &'static str) {
    let forget = move || {
        let location = window().location();
        let query = location.search().unwrap_or_default();
        if query.trim_start_matches('?').starts_with(name)
            && let (Ok(history), Ok(path)) = (window().history(), location.pathname())
        {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
        }
    };
    forget();
    // The address follows the router once the page is there.
    set_timeout(forget, Duration::from_secs(1));
}

/// Writes a cookie readable by scripts; the text is a whole `Set-Cookie` value.
pub fn set_cookie(text: &str) {
    if let Ok(document) = document().dyn_into::<web_sys::HtmlDocument>() {
        let _ = document.set_cookie(text);
    }
}

/// Sets or removes an attribute of `<html>`.
pub fn set_root_attribute(name: &str, value: Option<&str>) {
    let Some(root) = document().document_element() else {
        return;
    };
    let _ = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
}

/// Asks a yes-or-no question.
#[must_use]
pub fn ask(question: &str) -> bool {
    window().confirm_with_message(question).unwrap_or(true)
}

/// Sets the value of an input and lets the page know, as if it had been typed.
pub fn type_into(input: &web_sys::HtmlInputElement, value: &str) {
    input.set_value(value);
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    if let Ok(event) = web_sys::Event::new_with_event_init_dict("input", &init) {
        let _ = input.dispatch_event(&event);
    }
}

/// Types a text where the keyboard is, so that it can be undone as if it had been typed.
pub fn type_text(text: &str) {
    if let Ok(document) = document().dyn_into::<web_sys::HtmlDocument>() {
        let _ = document.exec_command_with_show_ui_and_value("insertText", false, text);
    }
}

/// Whether the key combination that opens the command palette was pressed: Ctrl K, or Command K.
#[must_use]
pub fn is_palette_key(event: &web_sys::KeyboardEvent) -> bool {
    (event.ctrl_key() || event.meta_key()) && !event.shift_key() && !event.alt_key() && event.key() == "k"
}
