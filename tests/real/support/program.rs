//! A program of `examples/`, built and run as a person would.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use atproto_oauth_tests::free_port;

/// The longest a built program may take to print its address.
const PROGRAM_START_LIMIT: Duration = Duration::from_mins(1);

/// A running program; it ends when this is dropped.
pub(crate) struct Program {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub(crate) origin: String,
}

/// Where a program listens; several runs may share one, and so be the same client.
pub(crate) struct Address(u16);

impl Address {
    /// A port that no other program takes, also while this one restarts.
    pub(crate) fn free() -> Address {
        Address(free_port())
    }
}

impl Program {
    /// Starts the program `name` with these arguments and settings, and waits for the address it prints.
    pub(crate) fn start(
        name: &str,
        address: &Address,
        arguments: &[&str],
        settings: &[(&str, &str)],
    ) -> Program {
        let mut child = Command::new(build().join(name))
            .args(arguments)
            .env("ATPROTO_LISTEN", format!("127.0.0.1:{}", address.0))
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
        let origin = receiver
            .recv_timeout(PROGRAM_START_LIMIT)
            .unwrap_or_else(|_| panic!("{name} says where it is"));
        Program { child, origin }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
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
