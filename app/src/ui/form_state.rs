//! What has changed in a form since it was saved: asked from the browser's own defaults, so that a page needs no
//! second copy of its values, and what was typed before the code had loaded counts too.

use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlFormElement, HtmlInputElement, HtmlOptionElement, HtmlTextAreaElement};

/// Attribute with what a control was last sent with.
const SENT: &str = "data-sent";
/// What it says of a box that is ticked or an option that is chosen.
const ON: &str = "on";

/// Whether a control differs from what was saved.
#[must_use]
pub fn is_changed(form: &HtmlFormElement) -> bool {
    controls(form).iter().any(differs)
}

/// Notes with what each control is sent.
pub fn note_sent(form: &HtmlFormElement) {
    for control in controls(form) {
        let _ = control.set_attribute(SENT, &value(&control));
    }
}

/// Makes what was sent what counts as saved. What was typed since then is not.
pub fn accept(form: &HtmlFormElement) {
    for control in controls(form) {
        let sent = control.get_attribute(SENT).unwrap_or_else(|| value(&control));
        if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
            match input.type_().as_str() {
                "checkbox" if is_confirmation(input) => input.set_checked(false),
                "checkbox" | "radio" => input.set_default_checked(sent == ON),
                // A secret that was saved is not kept in the page.
                "password" if input.value() == sent => input.set_value(&input.default_value()),
                "password" | "hidden" => {}
                _ => input.set_default_value(&sent),
            }
        } else if let Some(area) = control.dyn_ref::<HtmlTextAreaElement>() {
            let _ = area.set_default_value(&sent);
        } else if let Some(option) = control.dyn_ref::<HtmlOptionElement>() {
            option.set_default_selected(sent == ON);
        }
    }
}

/// What a control says.
fn value(control: &Element) -> String {
    let of_switch = |is_on: bool| if is_on { ON } else { "" }.to_owned();
    if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
        return match input.type_().as_str() {
            "checkbox" | "radio" => of_switch(input.checked()),
            _ => input.value(),
        };
    }
    if let Some(area) = control.dyn_ref::<HtmlTextAreaElement>() {
        return area.value();
    }
    let option = control.dyn_ref::<HtmlOptionElement>();
    of_switch(option.is_some_and(HtmlOptionElement::selected))
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
