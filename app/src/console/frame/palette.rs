//! The command palette: Ctrl K or ⌘ K, a few letters, Enter.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::answer::Unanswered;
use super::palette_items::{self, Asked, Item};
use crate::ui::browser;
use crate::ui::form::Unsaved;
use crate::ui::icon::{Icon, Shape};

/// Rest after a key before people are searched on the server.
const PAUSE: Duration = Duration::from_millis(180);

/// Most lines of one kind: each thing has two.
const MOST: usize = 10;

/// What the palette shows and knows.
#[derive(Clone, Copy)]
struct State {
    typed: RwSignal<String>,
    /// Pages, connections and applications, loaded when it is first opened.
    known: RwSignal<Vec<Item>>,
    people: RwSignal<Vec<Item>>,
    chosen: RwSignal<usize>,
    loaded: StoredValue<bool>,
    /// Why the server told nothing when it was last asked; else empty. A type that the page has signals of already.
    fault: RwSignal<String>,
    dialog: NodeRef<html::Dialog>,
    input: NodeRef<html::Input>,
}

impl State {
    fn items(self) -> Vec<Item> {
        let mut items = self
            .known
            .with(|known| self.typed.with(|typed| palette_items::matching(known, typed, MOST)));
        items.extend(self.people.get());
        items
    }

    fn open(self) {
        // Not before: whoever never opens it is sent none of them.
        if self.known.with_untracked(Vec::is_empty) {
            self.known.set(palette_items::pages());
        }
        browser::open_dialog(self.dialog);
        if let Some(input) = self.input.get_untracked() {
            input.select();
        }
        if !self.loaded.get_value() {
            self.loaded.set_value(true);
            spawn_local(self.load());
        }
    }

    /// Where it fails, opening the palette once more tries again.
    async fn load(self) {
        match palette_items::ask(Asked::Things).await {
            Ok(found) => {
                self.fault.set(String::new());
                self.known.update(|known| known.extend(found));
            }
            Err(Unanswered(why)) => {
                self.fault.set(why);
                self.loaded.set_value(false);
            }
        }
    }

    fn on_typed(self, typed: String) {
        self.chosen.set(0);
        self.typed.set(typed.clone());
        if typed.trim().chars().count() < 2 {
            self.people.set(vec![]);
            return;
        }
        set_timeout(move || spawn_local(self.search(typed)), PAUSE);
    }

    /// Asks for people, unless something else has been typed meanwhile.
    async fn search(self, typed: String) {
        if self.typed.with_untracked(|now| *now != typed) {
            return;
        }
        let found = palette_items::ask(Asked::People(typed.trim().to_owned())).await;
        if self.typed.with_untracked(|now| *now == typed) {
            match found {
                Ok(people) => {
                    self.people.set(people);
                    // As long as the names of things are missing, that is to be said.
                    if self.loaded.get_value() {
                        self.fault.set(String::new());
                    }
                }
                Err(Unanswered(why)) => {
                    // Those on the screen are called what was typed before.
                    self.people.set(vec![]);
                    self.fault.set(why);
                }
            }
        }
    }

    fn on_key(self, event: &web_sys::KeyboardEvent, go: impl Fn(&str)) {
        let items = self.items();
        match event.key().as_str() {
            "ArrowDown" => self
                .chosen
                .update(|chosen| *chosen = (*chosen + 1).min(items.len().saturating_sub(1))),
            "ArrowUp" => self.chosen.update(|chosen| *chosen = chosen.saturating_sub(1)),
            "Enter" => {
                if let Some(item) = items.get(self.chosen.get_untracked()) {
                    go(&item.href);
                }
            }
            _ => return,
        }
        event.prevent_default();
    }
}

/// The button in the top bar and the dialog behind it.
#[component]
pub fn Palette() -> impl IntoView {
    let state = State {
        typed: RwSignal::new(String::new()),
        known: RwSignal::new(vec![]),
        people: RwSignal::new(vec![]),
        chosen: RwSignal::new(0),
        loaded: StoredValue::new(false),
        fault: RwSignal::new(String::new()),
        dialog: NodeRef::new(),
        input: NodeRef::new(),
    };
    Effect::new(move |_| {
        let listening = window_event_listener(leptos::ev::keydown, move |event| {
            if browser::is_palette_key(&event) {
                event.prevent_default();
                state.open();
            }
        });
        on_cleanup(move || listening.remove());
    });
    view! {
        <button type="button" class="palette-open" on:click=move |_| state.open() aria-label="Search or jump to">
            <Icon shape=Shape::Search />
            <span>"Search or jump to"</span>
            <kbd>"Ctrl K"</kbd>
        </button>
        <PaletteDialog state />
    }
    .into_any()
}

#[component]
fn PaletteDialog(state: State) -> impl IntoView {
    let navigate = use_navigate();
    let unsaved = use_context::<Unsaved>();
    let go = move |href: &str| {
        browser::close_dialog(state.dialog);
        if !unsaved.is_none_or(Unsaved::may_leave) {
            return;
        }
        navigate(href, NavigateOptions::default());
    };
    let go_by_key = go.clone();
    view! {
        <dialog class="palette" node_ref=state.dialog aria-label="Search or jump to">
            <input
                class="palette-input"
                node_ref=state.input
                type="text"
                role="combobox"
                aria-label="Search or jump to"
                aria-expanded="true"
                aria-controls="palette-list"
                aria-activedescendant=move || (!state.items().is_empty()).then(|| format!("palette-{}", state.chosen.get()))
                placeholder="Pages, connections, applications, people"
                autocomplete="off"
                spellcheck="false"
                on:input=move |event| state.on_typed(event_target_value(&event))
                on:keydown=move |event| state.on_key(&event, &go_by_key)
            />
            <ul class="palette-list" id="palette-list" role="listbox" aria-label="Found">
                {move || lines(state, go.clone())}
            </ul>
        </dialog>
    }
}

fn lines(state: State, go: impl Fn(&str) + Clone + 'static) -> impl IntoView {
    let items = state.items();
    let mut told = state.fault.get();
    if told.is_empty() && items.is_empty() {
        told.push_str("Nothing is called that");
    }
    let mut group = "";
    let mut views = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        if item.group != group {
            group = item.group;
            views.push(view! { <li class="group" role="presentation">{group}</li> }.into_any());
        }
        let go = go.clone();
        let href = item.href.clone();
        views.push(
            view! {
                <li
                    role="option"
                    id=format!("palette-{index}")
                    aria-selected=move || if state.chosen.get() == index { "true" } else { "false" }
                    on:click=move |_| go(&href)
                >
                    <Icon shape=item.shape />
                    <span>{item.name}</span>
                    <span class="hint">{item.hint}</span>
                </li>
            }
            .into_any(),
        );
    }
    if !told.is_empty() {
        views.push(
            view! { <li class="group" role="option" aria-disabled="true" aria-selected="false">{told}</li> }.into_any(),
        );
    }
    views.collect_view().into_any()
}
