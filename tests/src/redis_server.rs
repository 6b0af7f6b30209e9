//! A Redis server for a test: a process with a folder and a port of its own.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::port::free_ports;
use crate::running::{Running, find};

/// Keeps everything that it answered, unless it is told otherwise. Ends with the test, however that ends.
#[derive(Debug)]
pub struct RedisServer {
    folder: TempDir,
    port: u16,
    settings: Vec<(String, String)>,
    running: Option<Running>,
}

impl RedisServer {
    /// One that loses nothing.
    ///
    /// # Panics
    /// There is no Redis on this machine, or it does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// One with other settings, as they stand in `redis.conf`; `{folder}` is its folder.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    #[must_use]
    pub fn with(settings: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let mut server = Self {
            folder: tempfile::tempdir().unwrap(),
            port: 0,
            settings: settings.iter().map(owned).collect(),
            running: None,
        };
        server.running = free_ports().find_map(|port| {
            server.port = port;
            server.run()
        });
        assert!(
            server.running.is_some(),
            "the Redis server does not start: {settings:?}"
        );
        server
    }

    /// What `ATPROTO_STORE` is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it keeps its files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What it says to a command.
    ///
    /// # Panics
    /// `redis-cli` is missing.
    pub fn say(&self, command: &[&str]) -> String {
        let mut client = Command::new("redis-cli");
        let port = self.port.to_string();
        let said = client.args(["-p", &port]).args(command).output();
        String::from_utf8(said.unwrap().stdout)
            .unwrap()
            .trim()
            .to_owned()
    }

    /// Ends it at once, whatever it is doing.
    pub fn kill(&mut self) {
        self.running = None;
    }

    /// Starts it again, with what it kept.
    ///
    /// # Panics
    /// It does not start.
    pub fn restart(&mut self) {
        self.kill();
        self.running = self.run();
        assert!(
            self.running.is_some(),
            "the Redis server does not come back"
        );
    }

    /// It still takes connections and does nothing, until it is [resumed](Self::resume).
    ///
    /// # Panics
    /// It does not run.
    pub fn pause(&self) {
        self.running.as_ref().unwrap().signal("-STOP");
    }

    /// It goes on.
    ///
    /// # Panics
    /// It does not run.
    pub fn resume(&self) {
        self.running.as_ref().unwrap().signal("-CONT");
    }

    fn run(&self) -> Option<Running> {
        let folder = self.folder.path().to_str().unwrap();
        let port = self.port.to_string();
        let mut command = program();
        for (name, value) in [
            ("port", port.as_str()),
            ("bind", "127.0.0.1"),
            ("dir", folder),
            ("save", ""),
            ("appendonly", "yes"),
            ("appendfsync", "always"),
            ("maxmemory-policy", "noeviction"),
        ] {
            command.args([&format!("--{name}"), value]);
        }
        for (name, value) in &self.settings {
            command.arg(format!("--{name}"));
            let value = value.replace("{folder}", folder).replace("{port}", &port);
            command.args(value.split(' '));
        }
        Running::start(command, "Ready to accept connections", "-KILL")
    }
}

/// Debian's tools hold the server under another name, without the service that its own package starts.
fn program() -> Command {
    let found = find("redis-server").or_else(|| find("redis-check-rdb"));
    let mut command = Command::new(found.expect("a Redis server; `tests/run` brings it"));
    command.arg0("redis-server");
    command
}
