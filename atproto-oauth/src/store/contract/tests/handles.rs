//! Handles that are not one store.

use super::*;

fn handles(first: Faulty, second: Faulty) -> [Arc<dyn Store>; 2] {
    [Arc::new(first), Arc::new(second)]
}

async fn check([first, second]: [Arc<dyn Store>; 2]) -> Check {
    check_handles(&first, &[second]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn handles_that_differ_are_found() {
    let rows = Arc::<MemoryStore>::default();
    let over = |fault| Faulty::over(rows.clone(), fault);
    check(handles(over(Fault::None), over(Fault::None)))
        .await
        .unwrap();
    let apart = handles(Faulty::new(Fault::None), Faulty::new(Fault::None));
    assert!(check(apart).await.is_err());
    // A cache of its own in one process.
    let late = handles(over(Fault::None), over(Fault::RemembersReads));
    assert!(check(late).await.is_err());
}

#[tokio::test]
async fn one_handle_or_an_own_one_is_refused() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    assert!(check_handles(&store, &[]).await.is_err());
    let error = check_handles(&store, std::slice::from_ref(&store))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("that it is shared"), "{error}");
}
