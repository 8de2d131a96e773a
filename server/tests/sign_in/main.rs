//! Sign-ins through the whole router: real cookies, real signatures, both databases.

mod account;
mod account_anew;
mod account_factors;
mod account_links;
mod addresses;
mod api;
mod attacks;
mod attempts;
mod backchannel_logout;
mod backchannel_under_way;
mod backup_codes;
mod backup_codes_managed;
mod backup_codes_proof;
mod by_mail;
mod by_mail_hostile;
mod console_forms;
mod console_functions;
mod console_proof;
mod costs;
mod cut_short;
mod device;
mod ended;
mod erased;
mod factors;
mod gallery;
mod gates;
mod guesses;
mod holders;
mod holders_erased;
mod holders_taken_over;
mod imported;
mod jit;
mod jit_at_once;
mod kept_out;
mod languages;
mod mail;
mod mail_reports;
mod matching;
mod once;
mod passkeys;
mod passkeys_added;
mod passkeys_alone;
mod passkeys_refused;
mod postgres;
mod proof;
mod proof_of_others;
mod provider;
mod requests;
mod script;
mod script_effects;
mod script_findings;
mod script_hostile;
mod script_http;
mod script_letters;
mod script_limits;
mod script_link;
mod script_migration;
mod script_prompt;
mod script_secrets;
mod script_token;
mod script_users;
mod session_in_part;
mod set_up;
mod smtp;
mod stepped_clock;
mod stopped;
mod story;
mod strangers;
mod switched;
mod templates;
mod trust;
mod twice;
mod unlinked;
mod world;

/// Runs each test on both databases.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(&crate::world::World::sqlite().await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(&crate::world::World::postgres().await).await;
            })*
        }
    };
}
pub(crate) use on_both;
