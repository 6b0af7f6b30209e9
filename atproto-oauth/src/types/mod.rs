//! Names, times and secrets: the values everything else is made of.

mod time;

pub use time::{Clock, SystemClock, Timestamp};
