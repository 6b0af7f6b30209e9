//! `kill -9` while it writes.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn never_loses_an_answered_row_when_killed() {
    let place = || {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        (path.to_str().unwrap().to_owned(), folder)
    };
    let open = async |path: String| {
        let store = SqliteStore::open(path).await?;
        Ok(Arc::new(store) as Arc<dyn Store>)
    };
    let test = "store::sql::tests::sqlite::killed::never_loses_an_answered_row_when_killed";
    contract::survives_kill(test, place, open).await.unwrap();
}
