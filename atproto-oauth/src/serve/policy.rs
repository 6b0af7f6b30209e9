//! How long the end of a program may take.

use std::time::Duration;

/// How long `serve` waits for requests in flight after a signal. Orchestrators kill after 30 s.
pub(super) const SHUTDOWN_WAIT: Duration = Duration::from_secs(10);

/// How long `serve` then waits for sign-ins and refreshes in flight. A refresh has its answer within 10 s.
pub(super) const DRAIN_WAIT: Duration = Duration::from_secs(15);
