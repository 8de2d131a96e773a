//! What cannot be undone: closed until asked for, said in words and numbers, and confirmed by typing a word.

use leptos::prelude::*;

use super::typed;

/// A closed part with a red button that opens it. Needs no script. Open from the start where its form was refused.
#[component]
pub fn Danger(#[prop(into)] label: String, open: bool, children: Children) -> impl IntoView {
    view! {
        <details class="danger-part" open=open>
            <summary class="button danger">{label}</summary>
            <div class="danger-body stack">{children()}</div>
        </details>
    }
}

/// An input that lets its form go only once the word stands in it. The functions know no such field and leave it out;
/// it has a name so that it comes back with a refused form.
#[component]
pub fn ConfirmWord(#[prop(into)] word: String, id: &'static str) -> impl IntoView {
    let pattern = escape(&word);
    let value = typed::value("confirm_word", String::new());
    let title = format!("Type {word} exactly");
    view! {
        <div class="field">
            <label for=id>"Type " <code>{word}</code> " to confirm"</label>
            <input class="input mono" id=id name="confirm_word" value=value required=true pattern=pattern title=title autocomplete="off" autocapitalize="none" spellcheck="false" />
        </div>
    }
}

/// A word as a regular expression that matches nothing else.
fn escape(word: &str) -> String {
    let mut text = String::new();
    for letter in word.chars() {
        if r"\^$.|?*+()[]{}/".contains(letter) {
            text.push('\\');
        }
        text.push(letter);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_match_only_themselves() {
        for (word, want) in [
            ("acme-2", "acme-2"),
            ("a.b@example.com", r"a\.b@example\.com"),
            ("(x)", r"\(x\)"),
        ] {
            assert_eq!(escape(word), want);
        }
    }
}
