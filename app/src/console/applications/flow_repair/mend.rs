//! A repair in the words of its page.

use doorward_domain::finding::Repair;
use doorward_domain::text::Handle;
use leptos::prelude::*;

use super::Change;
use crate::api::connection::{ConnectionMend, ConnectionRepair};
use crate::console::applications::expectation_choices::named_option;
use crate::console::applications::flow::Editor;
use crate::console::applications::options::named;

/// A repair in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mend {
    /// On the button that opens the panel.
    pub(super) label: String,
    /// What changes, in one sentence.
    pub(super) sentence: String,
    /// On the button that applies it.
    pub(super) apply: &'static str,
    /// What a connection is called, where one is concerned.
    pub(super) name: String,
    /// The connection whose people are spared a step, those who could pass it among them.
    pub(super) spares: Option<Handle>,
    pub(super) change: Change,
}

impl Mend {
    /// A repair in the words of this page.
    #[must_use]
    pub fn of(repair: Repair, editor: Editor) -> Self {
        let option_name = |option: &str| editor.choices.with_untracked(|choices| named(choices, option).name);
        match repair {
            Repair::TurnOnJit { connection } => Self::connection(editor, connection, ConnectionRepair::TurnOnJit),
            Repair::SendCodesToAssertedAddress { connection } => {
                Self::connection(editor, connection, ConnectionRepair::SendCodesToAssertedAddress)
            }
            Repair::KeepFactorsWithoutAccount { connection } => {
                Self::connection(editor, connection, ConnectionRepair::KeepFactorsWithoutAccount)
            }
            Repair::EnableConnection { connection } => Self::connection(editor, connection, ConnectionRepair::Enable),
            Repair::AddOption { step, option } => {
                let name = option_name(&option);
                Self::of_steps(
                    format!("Offer {name} in step {step}"),
                    format!("People may pass step {step} with {name} too."),
                    Change::AddOption { step, option },
                )
            }
            Repair::RemoveOption { step, option } => {
                let name = option_name(&option);
                Self::of_steps(
                    format!("Remove {name} from step {step}"),
                    format!("Step {step} no longer offers {name}."),
                    Change::RemoveOption { step, option },
                )
            }
            Repair::RemoveStep { step, script } => Self::of_steps(
                format!("Remove step {step} for everybody"),
                match script {
                    None => format!("Nobody is asked for step {step} any more, whichever way they came."),
                    Some(_) => format!(
                        "Nobody is asked for step {step} any more, whichever way they came. The script no longer runs it, \
                         and the steps behind it move up."
                    ),
                },
                Change::RemoveStep { step, script },
            ),
            Repair::SkipStep {
                connection,
                step,
                script,
            } => {
                let name = called(editor, &connection);
                Self {
                    name: name.clone(),
                    spares: Some(connection),
                    ..Self::of_script(
                        format!("Skip step {step} for people from {name}"),
                        format!(
                            "The script becomes this. Whoever comes from {name}, with an account or without, is not asked \
                             for step {step}; everybody else is as before."
                        ),
                        script,
                    )
                }
            }
            Repair::SkipStepWithoutAccount {
                connection,
                step,
                script,
            } => {
                let name = called(editor, &connection);
                Self {
                    name: name.clone(),
                    ..Self::of_script(
                        format!("Skip step {step} for people from {name} who have no account"),
                        format!(
                            "The script becomes this. Whoever comes from {name} and has no account is not asked for step \
                             {step}; whoever is linked to one, and everybody else, is as before."
                        ),
                        script,
                    )
                }
            }
            Repair::RemoveCall { step, script } => Self::of_script(
                format!("Do not run step {step}"),
                format!("The script no longer runs step {step}, which is not there."),
                script,
            ),
            Repair::RenameConnection { from, to, script } => Self::of_script(
                format!("Write {to} instead of {from}"),
                format!("The script means {}, whose handle is {to}.", called(editor, &to)),
                script,
            ),
            Repair::RemoveScript => Self::of_script(
                "Remove the script".to_owned(),
                "Everybody takes every step in its order. What the script decides is gone; Versions keeps it."
                    .to_owned(),
                String::new(),
            ),
            Repair::DropExpectation { expectation } => {
                let told = expectation.told(|option| named_option(editor, option));
                Self {
                    label: "Stop expecting it".to_owned(),
                    sentence: format!("This is no longer expected, at once: {told}. The flow stays as it is."),
                    apply: "Remove the expectation",
                    name: String::new(),
                    spares: None,
                    change: Change::DropExpectation(expectation),
                }
            }
        }
    }

    fn of_steps(label: String, sentence: String, change: Change) -> Self {
        Self {
            label,
            sentence,
            apply: "Apply to the steps",
            name: String::new(),
            spares: None,
            change,
        }
    }

    fn of_script(label: String, sentence: String, script: String) -> Self {
        Self {
            label,
            sentence,
            apply: "Apply to the script",
            name: String::new(),
            spares: None,
            change: Change::Script(script),
        }
    }

    fn connection(editor: Editor, connection: Handle, repair: ConnectionRepair) -> Self {
        let name = called(editor, &connection);
        let (label, does) = match repair {
            ConnectionRepair::Enable => (format!("Enable {name}"), "people may come through it"),
            ConnectionRepair::TurnOnJit => (
                format!("Turn on JIT for {name}"),
                "whoever comes through it for the first time gets an account",
            ),
            ConnectionRepair::SendCodesToAssertedAddress => (
                format!("Send codes to the verified address {name} asserts"),
                "people without an account get their codes at the address it vouches for",
            ),
            ConnectionRepair::KeepFactorsWithoutAccount => (
                format!("Keep second factors without a profile for {name}"),
                "second factors of people without an account are kept, without attributes",
            ),
        };
        Self {
            label,
            sentence: format!("One setting of {name} changes, in every application that offers it, at once: {does}."),
            apply: "Apply to the connection",
            name,
            spares: None,
            change: Change::Connection(ConnectionMend { repair, connection }),
        }
    }
}

/// What a connection is called on this page.
fn called(editor: Editor, connection: &Handle) -> String {
    editor.connections.with_untracked(|all| {
        let named = all.iter().find(|known| known.handle == *connection);
        named.map_or_else(|| connection.to_string(), |known| known.display_name.clone())
    })
}
