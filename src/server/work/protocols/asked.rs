//! The call that an answer is of, as far as readers of answers need it.

use super::super::model::{ChatCall, Echo};
use super::super::name::ModelName;
use super::echoes;
use super::whole_calls::CallMaker;
use serde_json::Value;

/// Which model was asked in which protocol, and what its tool calls are made by.
pub(super) struct Asked {
    protocol: &'static str,
    name: ModelName,
    pub(super) maker: CallMaker,
}

impl Asked {
    pub(super) fn new(protocol: &'static str, call: &ChatCall, name: &ModelName) -> Self {
        Self { protocol, name: name.clone(), maker: CallMaker::new(call) }
    }

    /// Returns the echo of the model's turn; `None` where it is too long to be kept.
    pub(super) fn echo(&self, turn: Value) -> Option<Echo> {
        echoes::of(self.protocol, &self.name, turn)
    }
}
