//! Applications: who asks us for sign-in.

mod add_option;
mod credentials;
mod delete;
mod detail;
mod flow;
mod flow_code;
mod flow_edit;
mod flow_findings;
mod flow_names;
mod flow_outline;
mod flow_picture;
mod flow_picture_layout;
mod flow_restore;
mod flow_script;
mod flow_secrets;
mod flow_step;
mod flow_template;
mod flow_template_fields;
mod flow_words;
mod general;
mod list;
mod new;
mod options;
mod protocol;
mod protocol_form;
mod try_it;
mod try_it_stops;
mod version;
mod versions;

pub use detail::DetailPage;
pub use list::ListPage;
pub use new::NewPage;
pub use version::VersionPage;
pub use versions::VersionsPage;
