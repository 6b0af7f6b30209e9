//! What the hooks of an application get, and what their answers can and cannot do.

mod callback_hook;
mod error_hook;
mod misplaced;
mod web;
