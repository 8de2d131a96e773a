//! How one path came to where it is.

use std::collections::BTreeSet;

use crate::analysis::seen::{Asked, Stopped};
use crate::analysis::sketch::Spot;
use crate::flow::AuthOption;
use crate::script::{Question, StepRequest};
use crate::text::Handle;

#[derive(Clone, Default)]
pub(super) struct Path {
    pub(super) entry: Option<AuthOption>,
    pub(super) story: Vec<String>,
    pub(super) taken: Vec<Asked>,
    /// Everything that the steps passed on this path have offered.
    pub(super) passed: BTreeSet<Asked>,
    /// What the script has asked for last.
    pub(super) request: Option<StepRequest>,
    /// What the world has answered on this path. A person keeps their groups, their address and their browser.
    pub(super) told: Vec<(Question, serde_json::Value)>,
    /// Whether a provider has said that it checked a second factor that is trusted.
    pub(super) words: Vec<(Handle, bool)>,
    pub(super) line: Option<u32>,
    pub(super) is_chosen: bool,
    /// How often a step failed or was left on purpose: such a path says nothing about who gets through.
    pub(super) gave_up: u8,
    /// Whether the script sent them to a page of ours.
    pub(super) is_on_page: bool,
    /// Where it stands in the picture.
    pub(super) at: Spot,
    pub(super) depth: usize,
}

impl Path {
    pub(super) fn stopped(&self) -> Stopped {
        Stopped {
            story: self.story.clone(),
            line: self.line,
        }
    }
    pub(super) fn remembered(&self, question: &Question) -> Option<&serde_json::Value> {
        let same = self.told.iter().find(|(asked, _)| asked == question);
        same.map(|(_, answer)| answer)
    }

    /// Instead of what was answered before.
    pub(super) fn remember(&mut self, question: &Question, answer: serde_json::Value) {
        self.told.retain(|(asked, _)| asked != question);
        self.told.push((question.clone(), answer));
    }
}
