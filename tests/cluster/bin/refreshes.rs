//! How long each refresh of a session took, as the library logs it.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Microseconds: until the server answered, and from then until the row was written.
pub(crate) type Refreshes = Arc<Mutex<Vec<[u64; 2]>>>;

/// Listens for as long as the process lives.
pub(crate) fn listen() -> Refreshes {
    let refreshes = Refreshes::default();
    tracing::subscriber::set_global_default(Listener(refreshes.clone())).unwrap();
    refreshes
}

struct Listener(Refreshes);

#[derive(Default)]
struct Times {
    answered: Option<u64>,
    written: Option<u64>,
}

impl Visit for Times {
    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "answered_us" => self.answered = Some(value),
            "written_us" => self.written = Some(value),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.fields().field("answered_us").is_some()
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut times = Times::default();
        event.record(&mut times);
        if let (Some(answered), Some(written)) = (times.answered, times.written) {
            self.0.lock().unwrap().push([answered, written]);
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
