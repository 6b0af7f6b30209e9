//! Type-erased state that `web` attaches to a client.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

use http::Extensions as Settings;

/// Settings that were given to the builder, one per type, and one value that is made of them on first use.
#[derive(Default)]
pub(crate) struct Extensions {
    settings: Settings,
    attached: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl Extensions {
    pub(crate) fn insert<T: Clone + Send + Sync + 'static>(&mut self, setting: T) {
        self.settings.insert(setting);
    }

    pub(crate) fn get<T: Clone + Send + Sync + 'static>(&self) -> Option<&T> {
        self.settings.get()
    }

    /// The attached value, made by the first caller.
    pub(crate) fn attach(
        &self,
        make: impl FnOnce() -> Arc<dyn Any + Send + Sync>,
    ) -> Arc<dyn Any + Send + Sync> {
        self.attached.get_or_init(make).clone()
    }
}

impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Extensions")
    }
}
