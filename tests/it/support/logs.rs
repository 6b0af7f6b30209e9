//! Everything that is logged by this thread, at every level, as text.
//!
//! One subscriber of the whole process hands each line to the listeners of the thread that logs it. With one for each
//! thread, `tracing` would ask the first thread that comes to a line of code, and where that one has no subscriber,
//! the line would be off for all threads.

use std::cell::RefCell;
use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex, Once, Weak};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};

thread_local! {
    static LISTENERS: RefCell<Vec<Weak<Mutex<String>>>> = const { RefCell::new(Vec::new()) };
}

/// Listens for as long as it lives.
pub(crate) struct Logs(Arc<Mutex<String>>);

impl Logs {
    pub(crate) fn listen() -> Self {
        install();
        let text = Arc::<Mutex<String>>::default();
        LISTENERS.with_borrow_mut(|all| all.push(Arc::downgrade(&text)));
        Self(text)
    }

    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

/// Makes lines reach those who will listen. To be called before a test logs anything.
pub(super) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        tracing::subscriber::set_global_default(Distributor).unwrap();
        // Lines that were logged before were off.
        tracing::callsite::rebuild_interest_cache();
    });
}

/// The listeners of this thread.
fn listeners() -> Vec<Arc<Mutex<String>>> {
    let listeners = LISTENERS.try_with(|all| {
        let mut all = all.borrow_mut();
        all.retain(|text| text.strong_count() > 0);
        all.iter().filter_map(Weak::upgrade).collect()
    });
    // The thread is about to end.
    listeners.unwrap_or_default()
}

struct Distributor;

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Line {
    fn write(&self) {
        for text in listeners() {
            let mut text = text.lock().unwrap();
            text.push_str(&self.0);
            text.push('\n');
        }
    }
}

impl Subscriber for Distributor {
    /// Each thread is asked each time.
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        !listeners().is_empty()
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line(span.metadata().name().to_owned());
        span.record(&mut line);
        line.write();
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line(String::new());
        values.record(&mut line);
        line.write();
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let mut line = Line(format!("{} {}", metadata.level(), metadata.target()));
        event.record(&mut line);
        line.write();
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
