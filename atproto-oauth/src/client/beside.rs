//! What the floor above keeps beside a client, without the client knowing what it is.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

use http::Extensions;

use super::{OAuthClient, OAuthClientBuilder};

/// Settings that were given to the builder, and what was made of them.
#[derive(Default)]
pub(crate) struct Beside {
    given: Extensions,
    made: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl OAuthClientBuilder {
    /// Keeps a setting of the floor above, one per type.
    pub(crate) fn keep<T: Clone + Send + Sync + 'static>(mut self, setting: T) -> Self {
        self.beside.given.insert(setting);
        self
    }
}

impl OAuthClient {
    /// A setting that was given to [`OAuthClientBuilder::keep`].
    pub(crate) fn kept<T: Clone + Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.beside.given.get()
    }

    /// What was made the first time somebody asked.
    pub(crate) fn beside(
        &self,
        make: impl FnOnce(&Self) -> Arc<dyn Any + Send + Sync>,
    ) -> Arc<dyn Any + Send + Sync> {
        self.0.beside.made.get_or_init(|| make(self)).clone()
    }
}

impl fmt::Debug for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Beside")
    }
}
