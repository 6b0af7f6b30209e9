//! Against servers that are none; the real one is in the tests of the workspace.

mod fake;
mod hostile;

use std::time::Duration;

use super::*;
use fake::{Fake, Says};

async fn open(server: &Fake) -> Result<RedisStore, StoreError> {
    let budget = WaitBudget {
        connect: Duration::from_secs(4),
        answer: Duration::from_secs(1),
    };
    RedisStore::patient(server.url(), Arc::new(SystemClock), budget).await
}

fn key() -> RowKey {
    RowKey {
        kind: Kind::Session,
        id: "id".into(),
    }
}
