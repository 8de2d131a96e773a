//! What has changed in a form since it was saved: asked from the browser's own defaults, so that a page needs no
//! second copy of its values, and what was typed before the code had loaded counts too.

use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlFormElement, HtmlInputElement, HtmlOptionElement, HtmlTextAreaElement};

/// Whether a control differs from what was saved.
#[must_use]
pub fn is_changed(form: &HtmlFormElement) -> bool {
    controls(form).iter().any(differs)
}

/// Makes what the form says now what counts as saved.
pub fn accept(form: &HtmlFormElement) {
    for control in controls(form) {
        if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
            match input.type_().as_str() {
                "checkbox" if is_confirmation(input) => input.set_checked(false),
                "checkbox" | "radio" => input.set_default_checked(input.checked()),
                // A secret that was saved is not kept in the page.
                "password" => input.set_value(&input.default_value()),
                "hidden" => {}
                _ => input.set_default_value(&input.value()),
            }
        } else if let Some(area) = control.dyn_ref::<HtmlTextAreaElement>() {
            let _ = area.set_default_value(&area.value());
        } else if let Some(option) = control.dyn_ref::<HtmlOptionElement>() {
            option.set_default_selected(option.selected());
        }
    }
}

/// Inputs, text areas and options of a form; controls that only search or are never sent carry no name.
fn controls(form: &HtmlFormElement) -> Vec<Element> {
    let Ok(list) = form.query_selector_all("input[name], textarea[name], select[name] option") else {
        return vec![];
    };
    let item = |index| list.item(index).and_then(|node| node.dyn_into::<Element>().ok());
    (0..list.length()).filter_map(item).collect()
}

fn differs(control: &Element) -> bool {
    if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
        return match input.type_().as_str() {
            "checkbox" if is_confirmation(input) => false,
            "checkbox" | "radio" => input.checked() != input.default_checked(),
            "hidden" => false,
            _ => input.value() != input.default_value(),
        };
    }
    if let Some(area) = control.dyn_ref::<HtmlTextAreaElement>() {
        return area.default_value().is_ok_and(|saved| saved != area.value());
    }
    control
        .dyn_ref::<HtmlOptionElement>()
        .is_some_and(|option| option.selected() && !option.default_selected())
}

/// Whether it confirms one save, and is no setting itself.
fn is_confirmation(input: &HtmlInputElement) -> bool {
    matches!(input.name().as_str(), "confirmed" | "all_the_same")
}
