//! Waits that end.

use std::future::{pending, ready};
use std::panic::AssertUnwindSafe;
use std::thread;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::oneshot;

use crate::testing::TestNetwork;
use crate::testing::limit::{EVENT_LIMIT, within};

const SHORT: Duration = Duration::from_millis(20);

#[tokio::test]
async fn what_never_happens_ends_at_the_limit() {
    assert_eq!(within(SHORT, pending::<()>()).await, None);
    assert_eq!(within(Duration::ZERO, ready(7)).await, Some(7));
}

/// A limit by `tokio`'s clock would end this at once: nothing else has a timer, so that clock jumps to it.
#[tokio::test(start_paused = true)]
async fn the_limit_is_one_of_real_time() {
    let (sender, event) = oneshot::channel();
    thread::spawn(move || {
        thread::sleep(SHORT);
        let _ = sender.send(7);
    });
    assert_eq!(within(EVENT_LIMIT, event).await, Some(Ok(7)));
}

#[tokio::test]
async fn a_wait_for_requests_names_its_caller() {
    let network = TestNetwork::start().await.unwrap();
    let line = line!() + 1;
    let waits = network.until_within(SHORT, |seen| !seen.is_empty());
    let panic = AssertUnwindSafe(waits).catch_unwind().await.unwrap_err();
    let said = panic.downcast::<String>().unwrap();
    let caller = format!("{}:{line}:", file!());
    assert!(said.starts_with(&caller), "{said}");
    assert!(said.ends_with("that did not come; there were []"), "{said}");
}
