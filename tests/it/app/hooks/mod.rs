//! What the hooks of an application get, and what their answers can and cannot do.

mod callback;
mod error;
mod misplaced;
