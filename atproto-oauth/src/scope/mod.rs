//! Placeholder, until the real grammar is merged.

/// Placeholder.
#[derive(Clone, Copy, Debug)]
pub struct DeclaredScopes(&'static [&'static str], &'static [&'static str]);
impl DeclaredScopes {
    /// Placeholder.
    #[must_use]
    pub const fn new(a: &'static [&'static str], b: &'static [&'static str]) -> Self {
        Self(a, b)
    }
    /// Placeholder.
    #[track_caller]
    pub const fn check(&self, _n: usize) {}
    /// Placeholder.
    #[track_caller]
    pub const fn check_atproto(&self) {}
}
