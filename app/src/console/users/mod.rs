//! Users: people's accounts.

mod came_to_be;
mod chips;
mod danger;
mod detail;
mod factors;
mod identities;
mod list;
mod new;
mod profile;
mod sessions;
mod settings;
mod values;

pub use detail::DetailPage;
pub use list::ListPage;
pub use new::NewPage;
