//! Names, times and secrets: the values everything else is made of.

mod boxed;
mod did;
mod handle;
mod input;
mod origin;
mod policy;
mod secret_text;
mod text;
mod time;

pub use boxed::BoxFuture;
pub use did::{Did, DidMethod};
pub use handle::Handle;
pub(crate) use handle::is_reserved_tld;
pub(crate) use input::clean_input;
pub use origin::{Issuer, Origin};
pub use secret_text::SecretText;
pub use time::{Clock, SystemClock, Timestamp};
