//! Names, times and secrets: the values everything else is made of.

mod did;
mod handle;
mod input;
mod origin;
mod text;
mod time;

pub use did::{Did, DidMethod};
pub use handle::{Handle, is_reserved_tld, is_test_tld};
pub use input::clean_input;
pub use origin::{Issuer, Origin};
pub use time::{Clock, SystemClock, Timestamp};
