//! Limits and pauses of the command.

use std::time::Duration;

/// Rows that one step of `reseal` seals. A step fits into memory.
pub(crate) const RESEAL_STEP: usize = 500;

/// Most passes of `reseal` over the store. Rows that are in use in all of them are in use all the time.
pub(crate) const RESEAL_PASSES: usize = 5;

/// Pause between two passes of `reseal`. Longer than a session may be in the middle of a refresh.
pub(crate) const RESEAL_PAUSE: Duration = Duration::from_secs(30);
