//! `Send + Sync`, with a diagnostic of its own.

/// An application or its state: every type that is [`Send`] and [`Sync`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be shared by threads, as an application is; hold an `Arc`, a `Mutex` or an atomic, not an `Rc`, a `RefCell` or a `Cell`",
    label = "not `Send` and `Sync`"
)]
pub trait ThreadSafe: Send + Sync {}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync> ThreadSafe for T {}
