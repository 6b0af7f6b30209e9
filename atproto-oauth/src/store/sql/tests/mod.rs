//! SQLite, and what both databases have in common. PostgreSQL is tested where a server is: in
//! `tests/stores`.

#[cfg(feature = "sqlite")]
mod sqlite;
