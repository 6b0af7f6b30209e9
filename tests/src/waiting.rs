//! Waits that end, with what was waited for or with a failure that names it.

use std::panic::Location;
use std::time::Duration;

use atproto_oauth::testing::limit::{EVENT_LIMIT, within};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// Waits for an event.
///
/// # Panics
/// It takes longer than a minute of real time, whatever `tokio`'s clock says.
#[track_caller]
pub fn soon<T>(what: &str, event: impl Future<Output = T>) -> impl Future<Output = T> {
    let caller = Location::caller();
    async move {
        let happened = within(EVENT_LIMIT, event).await;
        happened.unwrap_or_else(|| panic!("{caller} waited {EVENT_LIMIT:?} for {what}, in vain"))
    }
}

/// Looks again and again until something is there: for what has no event to wait for.
///
/// # Panics
/// As [`soon`].
#[track_caller]
pub fn eventually<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> impl Future<Output = T> {
    soon(what, async move {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(PAUSE).await;
        }
    })
}
