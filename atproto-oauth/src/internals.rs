//! What only the tests of this repository reach inside for.

/// A method that is public with the feature `internals`, and the crate's own without it.
macro_rules! internal {
    ($(#[$attribute:meta])* pub fn $($rest:tt)*) => {
        #[cfg(feature = "internals")]
        #[doc(hidden)]
        $(#[$attribute])*
        pub fn $($rest)*

        #[cfg(not(feature = "internals"))]
        $(#[$attribute])*
        pub(crate) fn $($rest)*
    };
}
