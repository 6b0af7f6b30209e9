//! What a refusal writes into the log.

use std::cell::RefCell;
use std::fmt::{Debug, Write};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{Interest, set_global_default};
use tracing::{Event, Level, Metadata, Subscriber};

use super::{KINDS, OAuthError, context, refused};
use crate::error::ErrorKind;

thread_local! {
    /// The level and the fields of each event of this thread as text, once it listens.
    static LINES: RefCell<Option<Vec<(Level, String)>>> = const { RefCell::new(None) };
}

/// One for all threads: where the first thread that logs a line has no subscriber, `tracing` turns the line off for
/// all threads.
struct Lines;

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Lines {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        // Of a thread that is about to end there is none left.
        LINES.try_with(|lines| lines.borrow().is_some()) == Ok(true)
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        let line = (*event.metadata().level(), line.0);
        LINES.with_borrow_mut(|lines| lines.as_mut().unwrap().push(line));
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Scenario 27: the log knows the id that the page shows, and is not broken by what a server says.
#[test]
fn never_server_text_raw_in_the_log() {
    set_global_default(Lines).unwrap();
    // Lines that other tests logged before were off.
    tracing::callsite::rebuild_interest_cache();
    LINES.set(Some(Vec::new()));
    let refuse = |kind| OAuthError::new(refused(kind), context(true, false));
    let ids = KINDS.map(|kind| refuse(kind).request_id().to_owned());
    let lines = LINES.take().unwrap();
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
