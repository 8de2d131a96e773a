//! Every state a hosted page can be in, with data that hurts: long names, markup, letters of other scripts.

mod account;
mod asked;
mod ends;
mod factors;
pub mod shells;
mod sign_in;

use doorward_app::hosted::page::form_post::{self, FormPost};
use doorward_app::hosted::{Language, PageShell};
use shells::shell;

/// A page of a sample and the name of its snapshot.
pub struct Sample {
    pub name: String,
    pub html: String,
}

/// A name that would run as markup if it were not escaped.
pub const HOSTILE: &str = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>";

/// Takes a page by the name of its sample.
type Put<'a> = dyn FnMut(&str, String) + 'a;

/// Every sample, each page with this style.
pub fn all(style: &'static str) -> Vec<Sample> {
    all_in(|language| shell(style, language))
}

/// Every sample, each in the frame of its language.
pub fn all_in(shell: impl Fn(Language) -> PageShell) -> Vec<Sample> {
    let mut samples = Vec::new();
    for language in Language::ALL {
        let put = &mut |name: &str, html| {
            let name = format!("{name}.{}", language.tag());
            samples.push(Sample { name, html });
        };
        in_each_language(&shell(language), put);
    }
    let put = &mut |name: &str, html| {
        let name = name.to_owned();
        samples.push(Sample { name, html });
    };
    in_english(&shell(Language::English), put);
    samples
}

fn in_each_language(shell: &PageShell, put: &mut Put<'_>) {
    sign_in::in_each_language(shell, put);
    factors::in_each_language(shell, put);
    asked::in_each_language(shell, put);
    account::in_each_language(shell, put);
    ends::in_each_language(shell, put);
}

fn in_english(shell: &PageShell, put: &mut Put<'_>) {
    sign_in::in_english(shell, put);
    asked::in_english(shell, put);
    ends::in_english(shell, put);
}

/// The answer by form; apart, because it alone has a script.
pub fn form_post(style: &'static str) -> String {
    let fields = [
        ("code", "opaque"),
        ("state", HOSTILE),
        ("iss", "https://broker.example.com"),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let model = FormPost {
        redirect_uri: "https://app.example.com/cb?a=1&b=2".into(),
        fields,
    };
    form_post::render(&shell(style, Language::English), &model)
}
