//! Pieces several pages share: the hidden token, a field with its error, a notice, the option buttons.

use std::borrow::Cow;

use doorward_domain::text::is_misleading;
use leptos::prelude::*;

use super::message::UserMessage;
use super::names;
use super::page::sign_in::ConnectionOption;
use super::shell::PageShell;
use super::text::OneName;
use crate::ui::logo::Logo;

/// The token of the form.
pub(super) fn csrf(shell: &PageShell) -> impl IntoView + use<> {
    view! { <input type="hidden" name=names::CSRF value=shell.csrf.clone() /> }
}

/// What the browser fills in is a code of digits; those with letters are kept on paper.
pub(super) const DIGITS: &str = "one-time-code";

/// Whether a field or a page is offered for the first time or comes back with an error.
pub(super) struct Field {
    pub name: String,
    pub label: String,
    pub kind: &'static str,
    /// Kept from what was typed; never a password.
    pub value: String,
    pub autocomplete: &'static str,
    pub is_required: bool,
    /// It can be read and not be changed.
    pub is_fixed: bool,
    pub has_focus: bool,
    /// A username or address: no correction, no capital letters.
    pub is_literal: bool,
    pub max_length: u16,
    pub error: Option<String>,
    /// The word behind the label of a field that may stay empty.
    pub optional: Option<&'static str>,
}

/// A label above its control, the error below, linked to it.
pub(super) fn field(field: Field) -> impl IntoView + use<> {
    field_with_help(field, None)
}

/// As [`field`], with what it should look like between the control and the error.
pub(super) fn field_with_help(field: Field, help: Option<String>) -> impl IntoView + use<> {
    // Names hold letters, digits, dots and underscores, so they do as ids; two forms of a page share no field.
    let id = field.name.clone();
    let error_id = format!("{id}-error");
    let help_id = format!("{id}-help");
    let described_by = match (help.is_some(), field.error.is_some()) {
        (true, true) => Some(format!("{help_id} {error_id}")),
        (true, false) => Some(help_id.clone()),
        (false, true) => Some(error_id.clone()),
        (false, false) => None,
    };
    let invalid = field.error.is_some().then_some("true");
    let literal = field.is_literal.then_some("none");
    // A phone's number keyboard. The type stays `text`: spaces that are pasted along are no fault.
    let keyboard = (field.autocomplete == DIGITS).then_some("numeric");
    view! {
        <div class="field">
            <label for=id.clone()>
                {field.label}
                {field.optional.map(|word| view! { <span class="optional">{format!(" ({word})")}</span> })}
            </label>
            <input
                class="input"
                id=id
                name=field.name
                type=field.kind
                value=(field.kind != "password").then_some(field.value)
                autocomplete=field.autocomplete
                inputmode=keyboard
                required=field.is_required
                readonly=field.is_fixed
                autofocus=field.has_focus
                maxlength=field.max_length.to_string()
                autocapitalize=literal
                spellcheck=field.is_literal.then_some("false")
                aria-invalid=invalid
                aria-describedby=described_by
            />
            {help
                .map(|help| {
                    view! {
                        <p class="aside" id=help_id>
                            {help}
                        </p>
                    }
                })}
            {field.error.map(|error| fault(error_id, error))}
        </div>
    }
}

/// A name or a value of any length: two lines of it, the whole in its title.
pub(super) fn cut(text: &str) -> impl IntoView + use<> {
    let (title, text) = (text.to_owned(), text.to_owned());
    view! {
        <bdi class="cut" title=title>
            {text}
        </bdi>
    }
}

/// Stands in a sentence for what is set into it (Unicode, object replacement character).
const PLACE: &str = "\u{FFFC}";

/// A sentence about somebody whose name may have any length: the name is cut, the words around it stand.
pub(super) fn with_name(sentence: OneName, name: &str) -> impl IntoView + use<> {
    let words = sentence(PLACE);
    let (before, after) = words.split_once(PLACE).unwrap_or((&words, ""));
    view! {
        {before.to_owned()}
        {cut(name)}
        {after.to_owned()}
    }
}

/// A name for a sentence that can hold no markup, such as a label or a heading: where it is written from right to left,
/// the words after it stay where they are.
pub(super) fn isolated(name: &str) -> Cow<'_, str> {
    let turns = |c: char| {
        let is_rtl = matches!(
            c,
            '\u{590}'..='\u{8FF}'
                | '\u{FB1D}'..='\u{FDFF}'
                | '\u{FE70}'..='\u{FEFC}'
                | '\u{10800}'..='\u{10FFF}'
                | '\u{1E800}'..='\u{1EFFF}'
        );
        is_rtl || is_misleading(c)
    };
    if !name.chars().any(turns) {
        return Cow::Borrowed(name);
    }
    // What would end the isolation early goes; names kept before such characters were refused may have them.
    let plain: String = name.chars().filter(|c| !is_misleading(*c)).collect();
    Cow::Owned(format!("\u{2068}{plain}\u{2069}"))
}

/// What is wrong with a control, which names it by the id.
pub(super) fn fault(id: String, text: String) -> impl IntoView {
    view! {
        <p class="error" id=id>
            {text}
        </p>
    }
}

/// What went wrong, above the ways to go on.
pub(super) fn notice(shell: &PageShell, message: UserMessage, connection: Option<&str>) -> impl IntoView + use<> {
    let advice = message.advice(shell.language, &shell.place(connection));
    view! {
        <div class="notice" role="alert">
            <p>
                <b>{advice.title}</b>
            </p>
            <p>{advice.happened}" "{advice.next}</p>
        </div>
    }
}

/// Buttons of neighbouring connections, in one form.
pub(super) fn connection_buttons(
    shell: &PageShell,
    action: &str,
    options: &[ConnectionOption],
) -> impl IntoView + use<> {
    let text = &shell.texts().sign_in;
    let buttons: Vec<_> = options
        .iter()
        .map(|option| {
            let hint = option
                .was_last_used
                .then(|| view! { <span class="hint">{text.last_used}</span> });
            view! {
                <button class="way" name=names::OPTION value=format!("connection:{}", option.handle)>
                    <Logo brand=option.brand />
                    <span>{(text.with)(&option.name)}</span>
                    {hint}
                </button>
            }
        })
        .collect();
    view! {
        <form method="post" action=action.to_owned() class="ways">
            {csrf(shell)}
            {buttons}
        </form>
    }
}

/// The one clear way back: leaves the sign-in and returns to the application, or to where a visit of ours began.
pub(super) fn cancel(shell: &PageShell, action: &str) -> impl IntoView + use<> {
    let back = shell.back();
    view! {
        <form method="post" action=action.to_owned() class="back">
            {csrf(shell)}
            <button class="link" name=names::DECISION value=names::DECISION_CANCEL>
                {back}
            </button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::isolated;

    #[test]
    fn a_name_turns_nothing_around_it() {
        for (case, name, want) in [
            ("left to right", "My phone", "My phone"),
            ("right to left", "\u{5D0}\u{5D1}", "\u{2068}\u{5D0}\u{5D1}\u{2069}"),
            ("an override", "a\u{202E}b", "\u{2068}ab\u{2069}"),
            ("an end of the isolation", "a\u{2069}\u{202E}b", "\u{2068}ab\u{2069}"),
        ] {
            assert_eq!(isolated(name), want, "{case}");
        }
    }
}
