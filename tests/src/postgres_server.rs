//! A PostgreSQL server for a test: a process with a folder and a port of its own.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use tempfile::TempDir;

use crate::port::free_ports;
use crate::running::{Running, find};
use crate::waiting::{ended, lines};

/// `nobody`: PostgreSQL refuses to run as root.
const NOBODY: u32 = 65_534;
const PASSWORD: &str = "correct-horse";

/// Keeps everything that it answered. Orders texts by language, not by bytes, as many servers do. Ends with
/// the test, however that ends.
#[derive(Debug)]
pub struct PostgresServer {
    folder: TempDir,
    port: u16,
    settings: Vec<(String, String)>,
    running: Option<Running>,
}

impl PostgresServer {
    /// One with its usual settings.
    ///
    /// # Panics
    /// There is no PostgreSQL on this machine, or it does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// One with other settings, as they stand in `postgresql.conf`.
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
        if is_root() {
            chown(server.folder(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        server.make_cluster();
        server.running = free_ports().find_map(|port| {
            server.port = port;
            server.run()
        });
        assert!(
            server.running.is_some(),
            "the PostgreSQL server does not start: {settings:?}"
        );
        server
    }

    /// What `ATPROTO_STORE` is.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of("postgres", PASSWORD)
    }

    /// The same, for another user.
    #[must_use]
    pub fn url_of(&self, user: &str, password: &str) -> String {
        format!(
            "postgres://{user}:{password}@127.0.0.1:{}/postgres",
            self.port
        )
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it keeps its files, and its socket.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Puts a file into its folder, for the server only.
    ///
    /// # Panics
    /// It cannot be written.
    pub fn put(&self, name: &str, text: &str) {
        let path = self.folder().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        if is_root() {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }

    /// What it says to a statement, without decoration.
    ///
    /// # Panics
    /// It refuses.
    pub fn say(&self, sql: &str) -> String {
        let said = program("psql")
            .args(["--no-psqlrc", "--tuples-only", "--no-align", "--quiet"])
            .args(["--set", "ON_ERROR_STOP=1", "--command", sql, &self.url()])
            .output()
            .unwrap();
        let text = String::from_utf8(said.stdout).unwrap();
        assert!(
            said.status.success(),
            "{sql}: {}",
            String::from_utf8_lossy(&said.stderr)
        );
        text.trim().to_owned()
    }

    /// Its tables and rows as statements that [`say`](Self::say) takes, without what belongs to this server
    /// or to its version.
    ///
    /// # Panics
    /// It refuses.
    #[must_use]
    pub fn dump(&self) -> String {
        let dumped = program("pg_dump")
            .args(["--no-owner", "--no-privileges", "--inserts", &self.url()])
            .output()
            .unwrap();
        assert!(
            dumped.status.success(),
            "{}",
            String::from_utf8_lossy(&dumped.stderr)
        );
        let text = String::from_utf8(dumped.stdout).unwrap();
        let is_ours = |line: &&str| {
            let others = ["--", "SET ", "SELECT pg_catalog.set_config", "\\"];
            !line.is_empty() && !others.iter().any(|start| line.starts_with(start))
        };
        let lines: Vec<_> = text.lines().filter(is_ours).collect();
        lines.join("\n") + "\n"
    }

    /// A transaction of another client that does `sql` and stays open until it is [ended](Holder::end).
    ///
    /// # Panics
    /// The server refuses it.
    #[must_use]
    pub fn hold(&self, sql: &str) -> Holder {
        let mut client = program("psql")
            .args(["--no-psqlrc", "--tuples-only", "--no-align", &self.url()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = client.stdin.take().unwrap();
        writeln!(input, "BEGIN; {sql}; SELECT 'holds';").unwrap();
        let output = client.stdout.take().unwrap();
        let mut said = lines(&format!("a client that does {sql}"), output);
        assert!(said.any(|line| line == "holds"), "{sql}");
        Holder { client, input }
    }

    /// Ends it at once, as a crash does.
    pub fn kill(&mut self) {
        self.running = None;
    }

    /// Ends it with care: transactions are broken off, and what is in memory is written.
    ///
    /// # Panics
    /// It does not run.
    pub fn stop(&mut self) {
        let running = self.running.take().unwrap();
        running.signal("-INT");
        running.wait();
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
            "the PostgreSQL server does not come back"
        );
    }

    /// Its connections stay and say nothing, until it is [resumed](Self::resume).
    ///
    /// # Panics
    /// It does not run.
    pub fn pause(&self) {
        self.running.as_ref().unwrap().signal_all("-STOP");
    }

    /// It goes on.
    ///
    /// # Panics
    /// It does not run.
    pub fn resume(&self) {
        self.running.as_ref().unwrap().signal_all("-CONT");
    }

    fn make_cluster(&self) {
        self.put("password", PASSWORD);
        let made = self
            .command("initdb")
            .args(["--username", "postgres", "--auth", "scram-sha-256"])
            .args(["--encoding", "UTF8", "--locale", "C.UTF-8"])
            .args(["--locale-provider", "icu", "--icu-locale", "en-US"])
            .args(["--no-sync", "--no-instructions", "--pgdata"])
            .arg(self.data())
            .arg("--pwfile")
            .arg(self.folder().join("password"))
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
    }

    fn run(&self) -> Option<Running> {
        let port = self.port.to_string();
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data());
        let folder = self.folder().to_str().unwrap();
        let mut set = |name: &str, value: &str| {
            command.args(["-c", &format!("{name}={value}")]);
        };
        for (name, value) in [
            ("listen_addresses", "127.0.0.1"),
            ("port", port.as_str()),
            ("unix_socket_directories", folder),
            // Many servers, one machine.
            ("shared_buffers", "16MB"),
        ] {
            set(name, value);
        }
        for (name, value) in &self.settings {
            set(name, value);
        }
        let ready = "database system is ready to accept";
        Running::start(command, ready, "-QUIT")
    }

    /// A program of the server, in a process that is not root.
    fn command(&self, name: &str) -> Command {
        let program = program(name);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            let nobody = NOBODY.to_string();
            command
                .args(["--reuid", &nobody, "--regid", &nobody, "--clear-groups"])
                .arg(program.get_program());
            command
        } else {
            program
        };
        command.current_dir(self.folder()).stdin(Stdio::null());
        command
    }

    fn data(&self) -> PathBuf {
        self.folder().join("data")
    }
}

/// See [`PostgresServer::hold`].
#[derive(Debug)]
pub struct Holder {
    client: Child,
    input: ChildStdin,
}

impl Holder {
    /// Its transaction is rolled back.
    ///
    /// # Panics
    /// The client does not end.
    pub fn end(mut self) {
        writeln!(self.input, "ROLLBACK; \\q").unwrap();
        let ended = ended(
            "a client whose transaction was rolled back",
            &mut self.client,
        );
        assert!(ended.is_some(), "the client does not end");
    }
}

/// Debian keeps the programs of each version apart.
fn program(name: &str) -> Command {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut found: Vec<_> = versions
        .filter_map(|entry| Some(entry.ok()?.path().join("bin").join(name)))
        .filter(|path| path.exists())
        .collect();
    found.sort();
    let found = found.pop().or_else(|| find(name));
    Command::new(found.expect("a PostgreSQL server; `tests/run` brings it"))
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}
