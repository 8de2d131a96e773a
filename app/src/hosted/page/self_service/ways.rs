//! What signs the person in, links and a password, and where they are signed in.

use doorward_domain::Timestamp;
use leptos::prelude::*;

use super::model::SelfService;
use super::{press, since};
use crate::hosted::dates;
use crate::hosted::names;
use crate::hosted::parts::{csrf, cut};
use crate::hosted::shell::PageShell;
use crate::hosted::text::SelfServiceTexts;
use crate::ui::logo::Logo;

pub(super) fn links(shell: &PageShell, text: &'static SelfServiceTexts, model: &SelfService) -> impl IntoView + use<> {
    let links: Vec<_> = model
        .links
        .iter()
        .map(|item| {
            let known_as = item.subject.as_deref().map(text.known_as);
            let way = if item.may_go {
                let address = format!("/account/links/{}/remove", item.key);
                let label = (text.unlink)(&item.connection);
                let full = known_as.as_ref().map(|known_as| format!("{label} ({known_as})"));
                view! {
                    <a href=address aria-label=full>
                        {label}
                    </a>
                }
                .into_any()
            } else {
                view! { <p class="aside">{text.last_way}</p> }.into_any()
            };
            view! {
                <div class="item">
                    <p>
                        {cut(&item.connection)}" "<small>{since(shell, text, item.since)}</small>
                        {item.last_used.map(|at| view! { <small>", "{last_used(shell, text, at)}</small> })}
                    </p>
                    {known_as.as_deref().map(|known_as| view! { <p class="aside">{cut(known_as)}</p> })}
                    {way}
                </div>
            }
        })
        .collect();
    let buttons: Vec<_> = model
        .linkable
        .iter()
        .map(|one| {
            view! {
                <button class="way" name=names::OPTION value=format!("connection:{}", one.handle)>
                    <Logo brand=one.brand />
                    <span>{(text.link)(&one.name)}</span>
                </button>
            }
        })
        .collect();
    let form = (!buttons.is_empty()).then(|| {
        view! {
            <form method="post" action="/account/links" class="ways">
                {csrf(shell)}
                {buttons}
            </form>
        }
    });
    view! {
        <section class="part">
            <h2>{text.links}</h2>
            {links.is_empty().then(|| view! { <p>{text.no_link}</p> })}
            {links}
            {form}
        </section>
    }
}

fn last_used(shell: &PageShell, text: &SelfServiceTexts, at: Timestamp) -> impl IntoView + use<> {
    let day = (text.last_used)(&dates::day(shell.language, &at));
    view! { <time datetime=at.format("%Y-%m-%d").to_string()>{day}</time> }
}

pub(super) fn password(text: &'static SelfServiceTexts, model: &SelfService) -> impl IntoView + use<> {
    let label = if model.has_password {
        text.change_password
    } else {
        text.set_password
    };
    view! {
        <section class="part">
            <h2>{text.password}</h2>
            <a class="button second" href="/account/password">
                {label}
            </a>
        </section>
    }
}

pub(super) fn sessions(
    shell: &PageShell,
    text: &'static SelfServiceTexts,
    model: &SelfService,
) -> impl IntoView + use<> {
    let items: Vec<_> = model
        .sessions
        .iter()
        .map(|item| {
            let browser = item.browser.clone().unwrap_or_else(|| text.unknown_browser.to_owned());
            let moment = (text.since)(&dates::moment(shell.language, item.since));
            let label = (text.end)(&browser);
            // Two sessions of browsers of one kind differ in nothing else.
            let full = format!("{label} ({moment})");
            let end = (!item.is_this).then(|| {
                view! {
                    <form method="post" action="/account/sessions">
                        {csrf(shell)}
                        <button class="link" name=names::SESSION value=item.key.clone() aria-label=full>
                            {label}
                        </button>
                    </form>
                }
            });
            let hint = if item.is_this {
                text.this_browser.into_any()
            } else {
                view! { <time datetime=item.since.to_rfc3339()>{moment}</time> }.into_any()
            };
            view! {
                <div class="item">
                    <p>
                        {cut(&browser)}" "<small>{hint}</small>
                    </p>
                    {end}
                </div>
            }
        })
        .collect();
    let others = (model.sessions.len() > 1).then(|| press(shell, "/account/sessions", text.end_others));
    view! {
        <section class="part">
            <h2>{text.sessions}</h2>
            {items}
            {others}
        </section>
    }
}
