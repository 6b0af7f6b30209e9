//! The database file: opening, closing, and saying in words what is wrong with it.

use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use redb::backends::FileBackend;
use redb::{Builder, Database, DatabaseError, Error};

use super::tables::{self, Outcome, Schema};
use crate::store::StoreError;
use crate::store::policy::EMBEDDED_CACHE_BYTES;
use crate::store::private_file::{create_folder, only_for_its_owner, publish};

/// An open file, or one that failed and waits to be opened anew.
pub(super) struct DatabaseFile {
    path: PathBuf,
    database: RwLock<Option<Database>>,
    broken: AtomicBool,
}

impl DatabaseFile {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let file = Self {
            path: path.into(),
            database: RwLock::new(None),
            broken: AtomicBool::new(true),
        };
        file.create()
            .map_err(|error| file.explain(Error::Io(error)))?;
        // An empty file becomes a store, too.
        file.open_with(|path| builder().create(path))?;
        Ok(file)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the file again after a failure, because the database refuses to go on after one. It never makes
    /// one: a file that is gone must not look like one in which all people are signed out.
    pub(super) fn mend(&self) -> Result<(), StoreError> {
        if !self.broken.load(Ordering::Acquire) {
            return Ok(());
        }
        self.close();
        self.open_with(|path| builder().open(path))
    }

    fn open_with(
        &self,
        open: impl FnOnce(&Path) -> Result<Database, DatabaseError>,
    ) -> Result<(), StoreError> {
        let opened = guarded(|| {
            let database = open(&self.path)?;
            let schema = tables::prepare(&database)?;
            Ok((database, schema))
        });
        let (database, schema) = opened.map_err(|error| self.explain(error))?;
        let path = self.path.display();
        match schema {
            Schema::Known => {}
            Schema::Newer => {
                return Err(StoreError::failed(format!(
                    "`{path}` was written by a newer version of this library; run that version, or \
                     name another file in `ATPROTO_STORE`"
                )));
            }
            Schema::Foreign => {
                return Err(StoreError::failed(format!(
                    "`{path}` is a database of another program; name another file in `ATPROTO_STORE`"
                )));
            }
        }
        // Only now is it known to be ours.
        only_for_its_owner(&self.path).map_err(|error| self.explain(Error::Io(error)))?;
        *self
            .database
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(database);
        self.broken.store(false, Ordering::Release);
        Ok(())
    }

    /// Uses the database; whatever it does, the answer is a value or an error.
    pub(super) fn with<T>(
        &self,
        use_it: impl FnOnce(&Database) -> Outcome<T>,
    ) -> Result<T, StoreError> {
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        let Some(database) = &*database else {
            let path = self.path.display();
            return Err(StoreError::down(format!(
                "`{path}` is closed after a failure; it is opened again when possible"
            )));
        };
        guarded(|| use_it(database)).map_err(|error| {
            if is_fatal(&error) {
                self.broken.store(true, Ordering::Release);
            }
            self.explain(error)
        })
    }

    /// Closes the file and gives it free for others.
    pub(super) fn close(&self) {
        let mut database = self
            .database
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let database = database.take();
        let _ = guarded(|| {
            drop(database);
            Ok(())
        });
    }

    /// A new file appears only when it is a whole, empty store.
    fn create(&self) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            create_folder(folder)?;
        }
        if !self.path.exists() {
            publish(&self.path, |file| {
                let created = guarded(|| {
                    let backend = FileBackend::new(file)?;
                    let database = builder().create_with_backend(backend)?;
                    tables::prepare(&database)
                });
                match created {
                    Ok(_) => Ok(()),
                    Err(Error::Io(error)) => Err(error),
                    Err(error) => Err(io::Error::other(error)),
                }
            })?;
        }
        Ok(())
    }

    fn explain(&self, error: Error) -> StoreError {
        let path = self.path.display();
        let (down, text) = match &error {
            Error::DatabaseAlreadyOpen | Error::LockProtocolMismatch => (
                false,
                format!(
                    "`{path}` is in use by another process, and a store file serves one; stop that \
                     process, or give this one a store of its own with `ATPROTO_STORE=file:OTHER`, or \
                     give the builder a `Store` that several processes can share"
                ),
            ),
            Error::Io(error) => explain_io(&path.to_string(), error),
            Error::PreviousIo => (
                true,
                format!("`{path}` failed before; it is being opened again"),
            ),
            Error::UpgradeRequired(_) => (
                false,
                format!("`{path}` is of an old format; name another file in `ATPROTO_STORE`"),
            ),
            _ => (
                false,
                format!(
                    "`{path}` is damaged; put a copy of it back, or move it away (all accounts have to \
                     sign in again)"
                ),
            ),
        };
        let explained = if down {
            StoreError::down(text)
        } else {
            StoreError::failed(text)
        };
        explained.with_source(error)
    }
}

fn explain_io(path: &str, error: &io::Error) -> (bool, String) {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => (
            true,
            format!("the disk is full, so `{path}` cannot be written; make room"),
        ),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => (
            false,
            format!(
                "`{path}` cannot be written ({error}); let this user write there, or name another \
                 place in `ATPROTO_STORE`"
            ),
        ),
        ErrorKind::NotFound => (
            true,
            format!(
                "`{path}` is gone; put it back, or restart (all accounts have to sign in again)"
            ),
        ),
        ErrorKind::InvalidData => (
            false,
            format!("`{path}` is not a store file; name another file in `ATPROTO_STORE`"),
        ),
        ErrorKind::IsADirectory | ErrorKind::NotADirectory => (
            false,
            format!(
                "`{path}` is not a file; name a file in `ATPROTO_STORE`, as `file:FOLDER/NAME`"
            ),
        ),
        ErrorKind::UnexpectedEof => (
            false,
            format!(
                "`{path}` is cut off; put a copy of it back, or move it away (all accounts have to sign in \
                 again)"
            ),
        ),
        _ => (
            false,
            format!("`{path}` cannot be used ({error}); name another place in `ATPROTO_STORE`"),
        ),
    }
}

fn builder() -> Builder {
    let mut builder = Database::builder();
    builder
        .set_cache_size(EMBEDDED_CACHE_BYTES)
        // Otherwise a file that was changed from outside may be trusted, and panic later.
        .set_check_integrity_on_open(true);
    builder
}

/// After these the open database is of no more use; the file may be fine.
fn is_fatal(error: &Error) -> bool {
    matches!(
        error,
        Error::Io(_)
            | Error::Backend(_)
            | Error::PreviousIo
            | Error::LockPoisoned(_)
            | Error::TransactionPoisoned
            | Error::DatabaseClosed
    )
}

/// The database asserts what it believes about its file; a damaged file must not take the process
/// down.
fn guarded<T>(use_it: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    catch_unwind(AssertUnwindSafe(use_it)).unwrap_or(Err(Error::TransactionPoisoned))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A volume that is not there for a while.
    #[test]
    fn never_an_empty_store_where_the_file_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let (path, elsewhere) = (folder.path().join("a.redb"), folder.path().join("b.redb"));
        let file = DatabaseFile::open(&path).unwrap();
        std::fs::rename(&path, &elsewhere).unwrap();
        file.broken.store(true, Ordering::Release);
        let error = file.mend().unwrap_err();
        assert!(
            error.is_down() && error.to_string().contains("is gone"),
            "{error}"
        );
        assert!(!path.exists());
        std::fs::rename(&elsewhere, &path).unwrap();
        file.mend().unwrap();
    }
}
