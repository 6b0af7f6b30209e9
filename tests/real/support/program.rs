//! A program of `examples/`, built and run as a person would.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use atproto_oauth_tests::{ended, free_ports};

/// The longest a built program may take to print its address.
const PROGRAM_START_LIMIT: Duration = Duration::from_mins(1);

/// A running program; it ends when this is dropped.
pub(crate) struct Program {
    child: Child,
    port: u16,
    /// `http://127.0.0.1:PORT`
    pub(crate) origin: String,
}

impl Program {
    /// Starts the program `name` with these arguments and settings where nothing else listens, and waits for the
    /// address it prints.
    pub(crate) fn start(name: &str, arguments: &[&str], settings: &[(&str, &str)]) -> Program {
        free_ports()
            .find_map(|port| Program::start_at(name, port, arguments, settings))
            .unwrap_or_else(|| panic!("{name} ends wherever it is started"))
    }

    /// Kills it, without asking, and starts it again where it was.
    pub(crate) fn restart(
        self,
        name: &str,
        arguments: &[&str],
        settings: &[(&str, &str)],
    ) -> Program {
        let port = self.port;
        drop(self);
        Program::start_at(name, port, arguments, settings)
            .unwrap_or_else(|| panic!("{name} ends when it is started again"))
    }

    /// `None`: it ended by itself, as it does where another program listens.
    fn start_at(
        name: &str,
        port: u16,
        arguments: &[&str],
        settings: &[(&str, &str)],
    ) -> Option<Program> {
        let mut child = Command::new(build().join(name))
            .args(arguments)
            .env("ATPROTO_LISTEN", format!("127.0.0.1:{}", port))
            .envs(settings.iter().copied())
            .current_dir(std::env::temp_dir())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if let Some(origin) = line.strip_prefix("open ") {
                    let _ = sender.send(origin.to_owned());
                }
            }
        });
        let mut program = Program {
            child,
            port,
            origin: String::new(),
        };
        program.origin = match receiver.recv_timeout(PROGRAM_START_LIMIT) {
            Ok(origin) => origin,
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => {
                panic!("{name} did not say within {PROGRAM_START_LIMIT:?} where it is")
            }
        };
        Some(program)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        ended("a program that was killed", &mut self.child);
    }
}

/// Where the programs are: cargo builds them, once, into the folder that this test is in.
fn build() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let target = std::env::current_exe().unwrap();
        let target = target.ancestors().nth(3).unwrap();
        let done = Command::new(env!("CARGO"))
            .args([
                "build",
                "--quiet",
                "--locked",
                "--package",
                "hello",
                "--package",
                "statusphere",
                "--target-dir",
            ])
            .arg(target)
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
            .status()
            .unwrap();
        assert!(done.success(), "the programs do not build");
        target.join("debug")
    })
}
