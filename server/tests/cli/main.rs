//! The command line as an operator uses it: the real program, on both databases.

mod audit;
mod browser;
mod configuration;
mod fail_over;
mod first_administrator;
mod floods;
mod full_disk;
mod handles;
mod installation;
mod keys;
mod kills;
mod logs;
mod nodes;
mod opening;
mod operation;
mod outage;
mod oversized;
#[path = "../sign_in/postgres.rs"]
mod postgres;
mod scripts;
mod slow;
mod suspended;

/// Runs each test on both databases.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::installation::Installation::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::installation::Installation::postgres().await).await;
            })*
        }
    };
}
pub(crate) use on_both;
