//! What a refusal writes into the log.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::with_default;
use tracing::{Event, Level, Metadata, Subscriber};

use super::{KINDS, OAuthError, context, refused};
use crate::error::ErrorKind;

/// Keeps the level and the fields of each event as text.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<(Level, String)>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        self.0
            .lock()
            .unwrap()
            .push((*event.metadata().level(), line.0));
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Scenario 27: the log knows the id that the page shows, and is not broken by what a server says.
#[test]
fn never_server_text_raw_in_the_log() {
    let lines = Lines::default();
    let ids: Vec<String> = with_default(lines.clone(), || {
        let refuse = |kind| OAuthError::new(refused(kind), context(true, false));
        KINDS
            .into_iter()
            .map(|kind| refuse(kind).request_id().to_owned())
            .collect()
    });
    let lines = lines.0.lock().unwrap();
    assert_eq!(lines.len(), KINDS.len(), "each is logged once");
    for ((kind, id), (level, line)) in KINDS.into_iter().zip(ids).zip(lines.iter()) {
        assert!(line.contains(&format!("request_id=\"{id}\"")), "{line}");
        assert!(
            line.contains(kind.code()) && line.contains("our own sentence"),
            "{line}"
        );
        assert!(
            line.contains("alert"),
            "developers need the server's words: {line}"
        );
        assert!(
            !line.contains(['\n', '\r', '\u{1b}', '\u{202e}']),
            "{line:?}"
        );
        let expected = match kind {
            ErrorKind::SessionStoreFailed | ErrorKind::Configuration => Level::ERROR,
            kind if kind.status().is_server_error() => Level::WARN,
            _ => Level::INFO,
        };
        assert_eq!(*level, expected, "{kind:?}");
    }
}
