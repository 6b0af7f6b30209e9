//! A server of a test: a process that ends with the test, however that ends.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::waiting::ended;

/// The longest a server may take to say that it is ready.
const SERVER_START_LIMIT: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Running {
    server: Child,
    /// Ends the server when this process is gone and so closes its input.
    watchdog: Child,
    end: &'static str,
}

impl Running {
    /// It runs once it said `ready`. `None`: it ended, or took too long. `end` is the signal to end it with.
    pub(crate) fn start(
        mut command: Command,
        ready: &'static str,
        end: &'static str,
    ) -> Option<Self> {
        let (output, input) = io::pipe().unwrap();
        command.stdin(Stdio::null());
        command.stdout(input.try_clone().unwrap()).stderr(input);
        let server = command.spawn().unwrap();
        // It holds the other ends of the pipe.
        drop(command);
        let kill = format!("read _; kill {end} {}", server.id());
        let mut watchdog = Command::new("sh");
        let watchdog = watchdog.args(["-c", &kill]).stdin(Stdio::piped());
        let watchdog = watchdog.spawn().unwrap();
        let running = Self {
            server,
            watchdog,
            end,
        };
        says(ready, BufReader::new(output)).then_some(running)
    }

    pub(crate) fn signal(&self, signal: &str) {
        send(signal, self.server.id());
    }

    /// PostgreSQL has a process for each connection.
    pub(crate) fn signal_all(&self, signal: &str) {
        let id = self.server.id();
        self.signal(signal);
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
        for child in children.unwrap_or_default().split_whitespace() {
            send(signal, child.parse().unwrap());
        }
    }

    pub(crate) fn wait(mut self) {
        let ended = ended("a server that was asked to end", &mut self.server);
        assert!(ended.is_some(), "the server does not end");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The watchdog first: afterwards the id may be another process's.
        let _ = self.watchdog.kill();
        ended("the watchdog of a server", &mut self.watchdog);
        if matches!(self.server.try_wait(), Ok(None)) {
            self.signal_all("-CONT");
            self.signal(self.end);
        }
        ended("a server", &mut self.server);
    }
}

/// Where a program is, of those that a shell would find.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|path| path.exists())
}

fn says(ready: &'static str, output: impl BufRead + Send + 'static) -> bool {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        // To the end, so that the server never waits for a reader.
        for line in output.lines().map_while(Result::ok) {
            if line.contains(ready) {
                let _ = sender.send(());
            }
        }
    });
    // At the end of the output the sender is gone.
    receiver.recv_timeout(SERVER_START_LIMIT).is_ok()
}

/// It may be gone already.
fn send(signal: &str, id: u32) {
    let mut kill = Command::new("kill");
    let kill = kill.args([signal, &id.to_string()]).stderr(Stdio::null());
    kill.status().unwrap();
}
