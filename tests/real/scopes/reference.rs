//! The reference implementation of permissions, behind `net/scopes.mjs`.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::thread;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::support::installed;

pub(super) struct Reference {
    child: Child,
    input: BufWriter<ChildStdin>,
    output: BufReader<ChildStdout>,
    pub(super) version: String,
}

impl Reference {
    pub(super) fn start() -> Reference {
        let mut child = installed::node()
            .arg(installed::script("net/scopes.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node of the reference server; run `tests/real/install`");
        let input = BufWriter::new(child.stdin.take().unwrap());
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let version = answer(&mut output);
        Reference {
            child,
            input,
            output,
            version,
        }
    }

    /// The normal forms of permissions; `None` for what is none.
    pub(super) fn normal<'a>(
        &mut self,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Vec<Option<String>> {
        self.ask(texts.into_iter().map(Value::from).collect())
    }

    /// An answer for each question, in order.
    pub(super) fn ask<T: DeserializeOwned>(&mut self, questions: Vec<Value>) -> Vec<T> {
        let count = questions.len();
        let Reference { input, output, .. } = self;
        thread::scope(|scope| {
            // It answers while it is asked, and neither pipe holds all of it.
            scope.spawn(move || {
                for question in questions {
                    writeln!(input, "{question}").unwrap();
                }
                input.flush().unwrap();
            });
            (0..count).map(|_| answer(output)).collect()
        })
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answer<T: DeserializeOwned>(output: &mut impl BufRead) -> T {
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
}
