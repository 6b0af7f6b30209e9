//! Whether the store is down, by its last answer, and how often it came back.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::StoreError;

#[derive(Debug, Default)]
pub(super) struct Outages {
    is_down: AtomicBool,
    returns: AtomicU64,
}

impl Outages {
    /// Passes an answer on.
    pub(super) fn heard<T>(&self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        let is_down = answer.as_ref().is_err_and(StoreError::is_down);
        if is_down {
            self.is_down.store(true, Ordering::Release);
        } else if self.is_down.load(Ordering::Relaxed) && self.is_down.swap(false, Ordering::AcqRel)
        {
            self.returns.fetch_add(1, Ordering::AcqRel);
        }
        answer
    }

    pub(super) fn returns(&self) -> u64 {
        self.returns.load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_answer_after_an_outage_is_a_return() {
        let outages = Outages::default();
        let down = || drop(outages.heard::<()>(Err(StoreError::down("test"))));
        let up = || drop(outages.heard(Ok(())));
        up();
        assert_eq!(outages.returns(), 0);
        down();
        down();
        assert_eq!(outages.returns(), 0);
        up();
        up();
        assert_eq!(outages.returns(), 1);
        down();
        // It answers, if not as hoped.
        drop(outages.heard::<()>(Err(StoreError::unreadable("test"))));
        assert_eq!(outages.returns(), 2);
    }
}
