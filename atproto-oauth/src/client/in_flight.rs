//! Work that must not be broken off when the process ends.

use tokio::sync::watch;

/// Counts the work in flight: exchanges of codes and refresh tokens, and writes of tokens.
#[derive(Clone, Debug, Default)]
pub(crate) struct InFlight(pub(super) watch::Sender<State>);

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) count: usize,
    pub(super) is_closed: bool,
}

/// Counts as work in flight until it is dropped.
#[derive(Debug)]
pub(crate) struct InFlightGuard(watch::Sender<State>);

impl InFlight {
    /// Begins work that the next process can do instead. `None` if this process is draining.
    pub(crate) fn try_begin(&self) -> Option<InFlightGuard> {
        let begin = |state: &mut State| {
            if !state.is_closed {
                state.count += 1;
            }
            !state.is_closed
        };
        let has_begun = self.0.send_if_modified(begin);
        has_begun.then(|| InFlightGuard(self.0.clone()))
    }

    /// Begins work that must finish in this process.
    pub(crate) fn begin(&self) -> InFlightGuard {
        self.0.send_modify(|state| state.count += 1);
        InFlightGuard(self.0.clone())
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.0.send_modify(|state| state.count -= 1);
    }
}
