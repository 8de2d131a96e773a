//! The script's text area: its own text lies unseen above the same text in colours. Without the browser's code it is a
//! text area like any other.

use doorward_domain::script::LOCAL;
use doorward_domain::script_names::is_known;
use leptos::html;
use leptos::prelude::*;

use super::flow::Editor;
use super::flow_names::{Suggestions, first_units, suggest};
use crate::raw_text::raw_text;
use crate::ui::browser;
use crate::ui::highlight::parts;

/// Longest script in colours, in bytes: each part is an element of the page, and a longer one would be slow to type.
const COLOURS: usize = 20_000;

/// The suggestions at the caret, and which one the keyboard is on.
#[derive(Clone, Copy)]
struct Offer {
    found: RwSignal<Suggestions>,
    at: RwSignal<Option<usize>>,
    list: NodeRef<html::Ul>,
}

impl Offer {
    fn close(self) {
        self.found.set(Suggestions::default());
        self.at.set(None);
    }

    fn look(self, area: &web_sys::HtmlTextAreaElement, handles: &[String]) {
        let (text, caret) = (area.value(), area.selection_start().ok().flatten().unwrap_or(0));
        let before = first_units(&text, caret);
        self.found.set(suggest(before, handles));
        self.at.set(None);
        self.move_to(before, area.scroll_left());
    }

    /// Puts the list below the caret: the lines are of one height and the letters of one width.
    fn move_to(self, before: &str, scrolled: i32) {
        let Some(list) = self.list.get_untracked() else { return };
        let lines = before.matches('\n').count() + 1;
        let letters = before.rsplit('\n').next().unwrap_or_default().chars().count();
        let style = web_sys::HtmlElement::style(&list);
        let _ = style.set_property("top", &format!("{}px", 10 + 20 * lines));
        let _ = style.set_property("left", &format!("calc(12px + {letters}ch - {scrolled}px)"));
    }

    fn step(self, forwards: bool) {
        let many = self.found.with_untracked(|found| found.texts.len());
        let next = match (self.at.get_untracked(), forwards) {
            (None, true) => Some(0),
            (Some(at), true) => Some((at + 1) % many.max(1)),
            (Some(at), false) => at.checked_sub(1),
            (None, false) => None,
        };
        self.at.set(next);
    }

    /// Types the rest of a suggestion.
    fn take(self, index: usize) {
        let rest = self.found.with_untracked(|found| {
            let text = found.texts.get(index)?;
            text.strip_prefix(found.typed.as_str()).map(str::to_owned)
        });
        self.close();
        if let Some(rest) = rest {
            browser::type_text(&rest);
        }
    }

    fn on_key(self, event: &web_sys::KeyboardEvent) {
        if self.found.with_untracked(|found| found.texts.is_empty()) {
            return;
        }
        match (event.key().as_str(), self.at.get_untracked()) {
            ("ArrowDown", _) => self.step(true),
            ("ArrowUp", Some(_)) => self.step(false),
            ("Enter" | "Tab", Some(at)) => self.take(at),
            ("Escape", _) => self.close(),
            _ => return,
        }
        event.prevent_default();
    }
}

/// The text area with its colours and suggestions.
#[component]
pub fn Code(editor: Editor, area: NodeRef<html::Textarea>, first: String) -> impl IntoView {
    let script = editor.script;
    let layer = NodeRef::<html::Pre>::new();
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    let coloured = Memo::new(move |_| ready.get() && script.with(|text| text.len() <= COLOURS));
    let offer = Offer {
        found: RwSignal::new(Suggestions::default()),
        at: RwSignal::new(None),
        list: NodeRef::new(),
    };
    let handles = move || -> Vec<String> {
        let of_connections = editor.connections.with_untracked(|all| {
            let handle = |known: &crate::api::connection::ConnectionName| known.handle.to_string();
            all.iter().map(handle).collect::<Vec<_>>()
        });
        std::iter::once(LOCAL.to_owned()).chain(of_connections).collect()
    };
    // What was typed before the code had loaded stands in the text area and counts; from then on the text may change
    // elsewhere too.
    Effect::new(move |before: Option<()>| {
        let text = script.get();
        let Some(area) = area.get() else { return };
        let shown = area.value();
        match before {
            _ if shown == text => {}
            None => script.set(shown),
            Some(()) => area.set_value(&text),
        }
    });
    let on_input = move |event| {
        script.set(event_target_value(&event));
        if let Some(area) = area.get_untracked() {
            offer.look(&area, &handles());
        }
    };
    let follow = move |_| {
        if let (Some(area), Some(layer)) = (area.get_untracked(), layer.get_untracked()) {
            layer.set_scroll_left(area.scroll_left());
            layer.set_scroll_top(area.scroll_top());
        }
    };
    view! {
        <div class="script-code" class:coloured=coloured>
            {move || coloured.get().then(|| view! { <pre class="script-colours" aria-hidden="true" node_ref=layer><Colours editor /></pre> })}
            <textarea
                node_ref=area
                name="script"
                class="input mono"
                aria-label="Script"
                aria-describedby="script-help"
                aria-autocomplete="list"
                aria-controls="script-suggestions"
                aria-activedescendant=move || offer.at.get().map(|at| format!("script-suggestion-{at}"))
                spellcheck="false"
                autocapitalize="none"
                autocomplete="off"
                wrap="off"
                placeholder=move || editor.generated()
                rows=move || (editor.runs().lines().count().clamp(12, 40) + 1).to_string()
                on:input=on_input
                on:scroll=follow
                on:keydown=move |event| offer.on_key(&event)
                on:blur=move |_| offer.close()
                inner_html=raw_text(&first)
            ></textarea>
            <Offered offer />
        </div>
    }
}

#[component]
fn Colours(editor: Editor) -> impl IntoView {
    move || {
        editor.script.with(|text| {
            let part = |(part, text): (crate::ui::highlight::Part, &str)| match part.class() {
                Some(class) => view! { <span class=class>{text.to_owned()}</span> }.into_any(),
                None => text.to_owned().into_any(),
            };
            parts(text, is_known).into_iter().map(part).collect_view()
        })
    }
}

#[component]
fn Offered(offer: Offer) -> impl IntoView {
    let rows = move || {
        let texts = offer.found.with(|found| found.texts.clone());
        let row = |(index, text): (usize, String)| {
            // The text area keeps the keyboard: a press would take it away and close the list.
            view! {
                <li role="option" id=format!("script-suggestion-{index}")
                    aria-selected=move || (offer.at.get() == Some(index)).to_string()
                    on:mousedown=move |event| { event.prevent_default(); offer.take(index); }>
                    {text}
                </li>
            }
        };
        texts.into_iter().enumerate().map(row).collect_view()
    };
    let none = move || offer.found.with(|found| found.texts.is_empty());
    view! {
        <ul class="script-suggestions" id="script-suggestions" role="listbox" aria-label="Suggestions" hidden=none node_ref=offer.list>{rows}</ul>
        <p class="quiet" role="status">{move || {
            let many = offer.found.with(|found| found.texts.len());
            (many > 0).then(|| format!("{}, arrow down to choose", crate::ui::words::count(many as u64, "suggestion", "suggestions")))
        }}</p>
    }
}
