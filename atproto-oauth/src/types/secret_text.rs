//! A secret text that is redacted in logs and wiped from memory.

use std::fmt;

use zeroize::Zeroizing;

/// A secret text, such as a key to be written into an environment. `Debug` redacts it, and dropping it wipes it.
#[derive(Clone)]
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    pub(crate) fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text. Take care where it goes.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(redacted)")
    }
}

#[test]
fn it_is_redacted_and_wiped() {
    fn is_wiped(_: &impl zeroize::ZeroizeOnDrop) {}
    let secret = SecretText::new("hunter2".into());
    assert_eq!(secret.expose(), "hunter2");
    assert!(!format!("{secret:?}").contains("hunter2"));
    is_wiped(&secret.0);
}
