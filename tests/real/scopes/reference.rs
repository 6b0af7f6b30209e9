//! The reference implementation of permissions, behind `net/scopes.mjs`.

use std::io::{BufWriter, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::thread;

use atproto_oauth_tests::{ended, lines};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::support::installed;

pub(super) struct Reference {
    child: Child,
    /// `None` while a thread writes to it.
    input: Option<BufWriter<ChildStdin>>,
    answers: Box<dyn Iterator<Item = String> + Send>,
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
        let output = child.stdout.take().unwrap();
        let answers = lines("the reference implementation of permissions", output);
        let mut reference = Reference {
            child,
            input: Some(input),
            answers: Box::new(answers),
            version: String::new(),
        };
        reference.version = reference.answer();
        reference
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
        let mut input = self.input.take().unwrap();
        // It answers while it is asked, and neither pipe holds all of it.
        let asking = thread::spawn(move || {
            for question in questions {
                writeln!(input, "{question}").unwrap();
            }
            input.flush().unwrap();
            input
        });
        let answers = (0..count).map(|_| self.answer()).collect();
        self.input = Some(asking.join().unwrap());
        answers
    }

    fn answer<T: DeserializeOwned>(&mut self) -> T {
        let line = self.answers.next().expect("the reference ended");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        let _ = self.child.kill();
        ended("the reference, which was killed", &mut self.child);
    }
}
