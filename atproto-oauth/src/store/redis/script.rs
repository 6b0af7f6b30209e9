//! The scripts that run inside the server, where each is one step.

use redis::{Cmd, Script};

/// In front of every key of ours, so that others may use the same server.
pub(super) const PREFIX: &str = "atproto:";

/// A script, by its text and by the hash that the server knows it by.
pub(super) struct Program {
    text: &'static str,
    hash: String,
}

/// All that there are.
pub(super) struct Programs {
    pub(super) commit: Program,
    pub(super) list: Program,
    pub(super) sweep: Program,
}

macro_rules! program {
    ($file:literal) => {
        Program::new(concat!(
            include_str!("script/shared.lua"),
            include_str!($file)
        ))
    };
}

impl Programs {
    pub(super) fn new() -> Self {
        Self {
            commit: program!("script/commit.lua"),
            list: program!("script/list.lua"),
            sweep: program!("script/sweep.lua"),
        }
    }
}

impl Program {
    fn new(text: &'static str) -> Self {
        let hash = Script::new(text).get_hash().to_owned();
        Self { text, hash }
    }

    /// Runs it, if the server still knows it.
    pub(super) fn by_hash(&self, keys: &[Vec<u8>], arguments: &[Vec<u8>]) -> Cmd {
        call("EVALSHA", &self.hash, keys, arguments)
    }

    /// Makes it known, and runs it.
    pub(super) fn by_text(&self, keys: &[Vec<u8>], arguments: &[Vec<u8>]) -> Cmd {
        call("EVAL", self.text, keys, arguments)
    }
}

fn call(command: &str, script: &str, keys: &[Vec<u8>], arguments: &[Vec<u8>]) -> Cmd {
    let mut call = redis::cmd(command);
    call.arg(script).arg(keys.len());
    for part in keys.iter().chain(arguments) {
        call.arg(part.as_slice());
    }
    call
}
