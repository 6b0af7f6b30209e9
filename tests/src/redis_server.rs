//! A Redis server for a test: a process with a folder and a port of its own.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);

/// Keeps everything that it answered, unless it is told otherwise. Ends with the test, however that ends.
#[derive(Debug)]
pub struct RedisServer {
    folder: TempDir,
    port: u16,
    settings: Vec<(String, String)>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    server: Child,
    /// Kills the server when this process is gone and so closes its input.
    watchdog: Child,
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
        // Somebody else may take a port that was free a moment ago.
        for _ in 0..5 {
            server.port = free_port();
            server.running = server.run();
            if server.running.is_some() {
                return server;
            }
        }
        panic!("the Redis server does not start: {settings:?}");
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
        self.signal("-STOP");
    }

    /// It goes on.
    ///
    /// # Panics
    /// It does not run.
    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.running.as_ref().unwrap().server.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success());
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
        let mut server = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut watchdog = Command::new("sh");
        let id = server.id().to_string();
        let watchdog = watchdog.args(["-c", "read _; kill -9 \"$0\"", &id]);
        let watchdog = watchdog.stdin(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(server.stdout.take().unwrap());
        let running = Running { server, watchdog };
        is_ready(output).then_some(running)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The watchdog first: afterwards the id may be somebody else's.
        for child in [&mut self.watchdog, &mut self.server] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Debian's tools hold the server under another name, without the service that its own package starts.
fn program() -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let find = |name: &str| {
        std::env::split_paths(&path)
            .map(|p| p.join(name))
            .find(|p| p.exists())
    };
    let found = find("redis-server").or_else(|| find("redis-check-rdb"));
    let mut command = Command::new(found.expect("a Redis server; `tests/run` brings it"));
    command.arg0("redis-server");
    command
}

fn is_ready(output: impl BufRead + Send + 'static) -> bool {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        // To the end, so that the server never waits for a reader.
        for line in output.lines().map_while(Result::ok) {
            if line.contains("Ready to accept connections") {
                let _ = sender.send(());
            }
        }
    });
    // At the end of the output the sender is gone.
    receiver.recv_timeout(PATIENCE).is_ok()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
