//! Rows in one file, for one process: the default store.

mod file;
mod tables;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::types::BoxFuture;
use futures_util::future::ready;

use self::file::DatabaseFile;
use self::writer::{Answer, Work, Writer};
use super::{Change, Commit, Kind, Row, RowKey, Scan, Store, StoreError, check};
use crate::types::{Clock, SystemClock, Timestamp};

/// A [`Store`] in one file: `file:PATH`. Survives being killed at any moment: what was answered is on
/// the disk.
///
/// One process at a time. Reads are done where they are asked for, they take microseconds; writes go
/// to a thread of their own, which gathers what is waiting into one transaction. Dropping the store
/// finishes what is waiting and closes the file.
pub struct EmbeddedStore {
    file: Arc<DatabaseFile>,
    writer: Writer,
}

impl EmbeddedStore {
    /// Opens the file at `path`, and makes it and its folder when they are missing: for their owner
    /// only, the new folder with a `.gitignore` of its own. The whole file is checked, which takes
    /// about a second per gigabyte, and repaired after a crash.
    ///
    /// # Errors
    /// When another process has it open, when it is damaged or no store, when the place cannot be
    /// written. The text says which, and what to do.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with_clock(path, Arc::new(SystemClock))
    }

    /// As [`open`](Self::open), telling expired rows by `clock`.
    ///
    /// # Errors
    /// As there.
    pub fn open_with_clock(
        path: impl AsRef<Path>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        let file = Arc::new(DatabaseFile::open(path.as_ref())?);
        let writer = Writer::start(Arc::clone(&file), clock)?;
        Ok(Self { file, writer })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.file.path().into()
    }
}

impl Store for EmbeddedStore {
    fn get(&self, key: &RowKey) -> BoxFuture<'_, Result<Option<Row>, StoreError>> {
        Box::pin(ready(self.file.with(|db| tables::get(db, key))))
    }

    fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<Commit, StoreError>> {
        Box::pin(async move {
            check(&changes)?;
            match self.writer.ask(Work::Commit(changes)).await? {
                Answer::Commit(commit) => Ok(commit),
                Answer::Swept(_) => Err(writer::confused()),
            }
        })
    }

    fn list(
        &self,
        kind: Kind,
        group: &str,
        after: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<(RowKey, Row)>, StoreError>> {
        let page = self
            .file
            .with(|db| tables::list(db, kind, group, after, limit));
        Box::pin(ready(page))
    }

    fn scan(
        &self,
        kind: Kind,
        from: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Scan, StoreError>> {
        let rows = self.file.with(|db| tables::scan(db, kind, from, limit));
        Box::pin(ready(rows.map(|rows| Scan::ordered(rows, limit))))
    }

    fn sweep(&self, now: Timestamp, limit: usize) -> BoxFuture<'_, Result<usize, StoreError>> {
        Box::pin(async move {
            match self.writer.ask(Work::Sweep(now, limit)).await? {
                Answer::Swept(rows) => Ok(rows),
                Answer::Commit(_) => Err(writer::confused()),
            }
        })
    }

    fn describe(&self) -> String {
        format!("file:{} (one process)", self.file.path().display())
    }

    fn is_shared(&self) -> bool {
        false
    }
}

impl Drop for EmbeddedStore {
    fn drop(&mut self) {
        self.writer.stop();
        self.file.close();
    }
}

impl fmt::Debug for EmbeddedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EmbeddedStore")
            .field(&self.file.path())
            .finish()
    }
}

#[cfg(test)]
mod tests;
