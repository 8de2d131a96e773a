//! The document around every hosted page: head, the application's face, the foot.

use std::borrow::Cow;
use std::sync::Arc;

use leptos::either::Either;
use leptos::prelude::*;
use leptos::tachys::view::RenderHtml;

use super::branding::{Branding, monogram};
use super::language::Language;
use super::names;
use super::text::{Place, Texts, texts};
use crate::raw_text::raw_text;

/// What all pages of one request have in common.
#[derive(Debug, Clone)]
pub struct PageShell {
    pub branding: Arc<Branding>,
    /// Who the person is signing in to; unknown where the request could not be verified.
    pub application: Option<ApplicationFace>,
    pub language: Language,
    /// Path and query under which a `GET` shows this page again, without `ui_locales`; the language links lead there.
    /// Without one there is no language switch.
    pub address: Option<String>,
    /// Token against forged requests, put into every form.
    pub csrf: String,
    /// The style of all hosted pages, as it stands in the page.
    pub style: &'static str,
    /// Where the one way back leads when no application waits there.
    pub home: Option<Home>,
}

/// A place of our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// The person's own account.
    Account,
    Console,
}

/// Id of the form whose fields the language switch sends along.
pub(super) const TYPED_FORM: &str = "typed";

/// What the language switch is made of.
#[derive(Clone, Copy)]
enum Switch {
    /// The page is asked for again.
    Links,
    /// Its form is sent, and comes back as it was typed. A password does not.
    Buttons,
}

/// How an application shows itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationFace {
    pub name: String,
    /// Address of a logo, `https:`, `data:` or a path of ours; without one a monogram stands in.
    pub logo_url: Option<String>,
}

impl PageShell {
    /// The content of each `<style>` of the page, for the hashes in the content security policy.
    #[must_use]
    pub fn styles(&self) -> Vec<Cow<'static, str>> {
        let accent = self.branding.accent_style().map(Cow::Owned);
        std::iter::once(Cow::Borrowed(self.style)).chain(accent).collect()
    }

    pub(super) fn texts(&self) -> &'static Texts {
        texts(self.language)
    }

    /// The application's name; where it is unknown, the organisation's.
    pub(super) fn application_name(&self) -> &str {
        self.application
            .as_ref()
            .map_or(&self.branding.organisation, |application| &application.name)
    }

    /// What the way back says of where it leads.
    pub(super) fn back(&self) -> String {
        let text = &self.texts().frame;
        match self.home {
            Some(Home::Account) => text.back_to_account.to_owned(),
            Some(Home::Console) => text.back_to_console.to_owned(),
            None => (text.back_to)(self.application_name()),
        }
    }

    pub(super) fn place<'a>(&'a self, connection: Option<&'a str>) -> Place<'a> {
        Place {
            application: self.application.as_ref().map(|application| application.name.as_str()),
            connection,
        }
    }

    /// The whole document. `title` is the page's heading, `content` follows it in the card.
    pub(super) fn document(&self, title: &str, content: impl IntoView) -> String {
        self.written(title, content, Switch::Links)
    }

    /// As [`Self::document`], of a page whose form [`TYPED_FORM`] has fields to type into: they are still filled in after
    /// another language is chosen.
    pub(super) fn document_with_form(&self, title: &str, content: impl IntoView) -> String {
        self.written(title, content, Switch::Buttons)
    }

    fn written(&self, title: &str, content: impl IntoView, switch: Switch) -> String {
        let window_title = match &self.application {
            Some(application) => format!("{title} · {}", application.name),
            None => title.to_owned(),
        };
        let styles = self
            .styles()
            .into_iter()
            .map(|style| view! { <style inner_html=style.into_owned()></style> });
        let page = view! {
            <!DOCTYPE html>
            <html lang=self.language.tag() dir=self.language.direction()>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width,initial-scale=1" />
                    <meta name="color-scheme" content="light dark" />
                    <meta name="robots" content="noindex" />
                    <title inner_html=raw_text(&window_title)></title>
                    // An empty icon: the browser need not ask for one.
                    <link rel="icon" href="data:," />
                    {styles.collect_view()}
                </head>
                <body>
                    <main class="sheet">
                        {self.face()}
                        <h1>{title.to_owned()}</h1>
                        {content}
                    </main>
                    {self.foot(switch)}
                </body>
            </html>
        };
        page.to_html()
    }

    /// Whose page this is: the application, else the organisation.
    fn face(&self) -> impl IntoView + use<> {
        let name = self.application_name().to_owned();
        let logo = match &self.application {
            Some(application) => application.logo_url.clone(),
            None => self.branding.logo_url.clone(),
        };
        let mark = match logo {
            Some(address) => view! { <img class="face-logo" src=address alt="" width="40" height="40" /> }.into_any(),
            None => view! { <span class="face-letter" aria-hidden="true">{monogram(&name)}</span> }.into_any(),
        };
        view! {
            <div class="face">
                {mark}
                <p>{name}</p>
            </div>
        }
    }

    fn foot(&self, switch: Switch) -> impl IntoView + use<> {
        let text = &self.texts().frame;
        let links = &self.branding.links;
        let links: Vec<_> = [
            (&links.privacy, text.privacy),
            (&links.terms, text.terms),
            (&links.help, text.help),
        ]
        .into_iter()
        .filter_map(|(address, word)| {
            address
                .clone()
                .filter(|address| leads_to_a_page(address))
                .map(|address| (address, word))
        })
        .map(|(address, word)| view! { <a href=address>{word}</a> })
        .collect();
        view! {
            <footer class="foot">
                {self.language_switch(switch)}
                <p class="foot-links">
                    <span>{self.branding.organisation.clone()}</span>
                    {links}
                </p>
            </footer>
        }
    }

    fn language_switch(&self, switch: Switch) -> impl IntoView + use<> {
        let address = self.address.clone()?;
        let joint = if address.contains('?') { '&' } else { '?' };
        let current = |language: Language| (language == self.language).then_some("true");
        let link = |language: Language| {
            let (tag, name) = (language.tag(), language.own_name());
            let href = format!("{address}{joint}{}={tag}", names::UI_LOCALES);
            view! {
                <a href=href lang=tag hreflang=tag aria-current=current(language)>
                    {name}
                </a>
            }
        };
        let button = |language: Language| {
            let (tag, name) = (language.tag(), language.own_name());
            view! {
                <button form=TYPED_FORM formnovalidate=true name=names::UI_LOCALES value=tag lang=tag aria-current=current(language)>
                    {name}
                </button>
            }
        };
        let choices = match switch {
            Switch::Links => Either::Left(Language::ALL.into_iter().map(link).collect::<Vec<_>>()),
            Switch::Buttons => Either::Right(Language::ALL.into_iter().map(button).collect::<Vec<_>>()),
        };
        Some(view! {
            <nav class="languages" aria-label=self.texts().frame.language>
                {choices}
            </nav>
        })
    }
}

/// Whether an address of the branding is a web page: anything else, such as `javascript:`, is left out.
fn leads_to_a_page(address: &str) -> bool {
    let is_ours = address.starts_with('/') && !address.starts_with("//");
    is_ours || address.starts_with("https://") || address.starts_with("http://")
}
