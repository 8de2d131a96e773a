//! Widgets shared by the console's pages; their looks are in `style/widgets`.
//!
//! A widget knows no server function and no service: it gets plain values and signals. One thing is asked of the
//! server here, because all forms need it alike: whether the person has shown who they are ([`proof`]). What a widget
//! computes stands in a plain function beside it. Whatever only a browser can do (clipboard, dialogs) goes through
//! [`browser`].

pub mod agent;
pub mod browser;
pub mod chart;
pub mod choice;
pub mod confirm;
pub mod copy;
pub mod cut;
pub mod diff;
pub mod empty;
pub mod faults;
pub mod field;
pub mod filter;
pub mod finding_help;
pub mod findings;
pub mod form;
pub mod form_state;
pub mod highlight;
pub mod icon;
pub mod kept;
pub mod logo;
pub mod name_and_handle;
pub mod notice;
pub mod page;
pub mod pager;
pub mod pause;
pub mod person;
pub mod proof;
pub mod search;
pub mod slug;
pub mod sparkline;
pub mod table;
pub mod time;
pub mod title;
pub mod typed;
pub mod unsent;
pub mod words;
