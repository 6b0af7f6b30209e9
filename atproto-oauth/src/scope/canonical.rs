//! The one spelling of a permission: sorted, nothing twice, nothing that goes without saying, the
//! positional form where there is one name.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use super::media_type::media_covers;
use super::percent::Text;
use super::permission::{ACTIONS, ALL_ACTIONS, Permission, Resource};
use super::syntax::Values;

/// The canonical spelling of the permission that `text` holds.
pub(super) fn canonical(text: &str, permission: &Permission<'_>) -> String {
    let Some(key) = permission.resource.main_key() else {
        return text.to_owned();
    };
    let mut printer = Printer::new(text.split([':', '?']).next().unwrap_or(text));
    printer.names(key, &names(permission));
    match permission.resource {
        Resource::Repo if permission.actions() != ALL_ACTIONS => {
            for (action, bit) in ACTIONS {
                if permission.actions() & bit != 0 {
                    printer.parameter("action", action.as_bytes());
                }
            }
        }
        Resource::Account if permission.manages() => printer.parameter("action", b"manage"),
        _ => {}
    }
    if let Some(audience) = permission.audience() {
        printer.parameter("aud", &audience.decoded());
    }
    printer.text
}

/// The decoded names, sorted, without those that another one contains.
fn names(permission: &Permission<'_>) -> Vec<Vec<u8>> {
    let mut names: Vec<_> = decoded(permission.names()).collect();
    if permission.resource == Resource::Blob {
        for name in &mut names {
            name.make_ascii_lowercase();
        }
    }
    names.sort_unstable();
    names.dedup();
    let contains = |other: &[u8], name: &[u8]| match permission.resource {
        Resource::Blob => media_covers(Text::new(other), Text::new(name)),
        _ => other == b"*",
    };
    let is_needed = |name: &&Vec<u8>| {
        let mut others = names.iter().filter(|other| other != name);
        !others.any(|other| contains(other, name))
    };
    names.iter().filter(is_needed).cloned().collect()
}

fn decoded(mut values: Values<'_>) -> impl Iterator<Item = Vec<u8>> {
    std::iter::from_fn(move || values.take()).map(Text::decoded)
}

/// Writes a permission piece by piece.
pub(super) struct Printer {
    pub(super) text: String,
    parameters: bool,
}

impl Printer {
    pub(super) fn new(resource: &str) -> Self {
        Self {
            text: resource.to_owned(),
            parameters: false,
        }
    }

    pub(super) fn positional(&mut self, value: &[u8]) {
        self.text.push(':');
        self.text.extend(percent_encode(value, IN_POSITIONAL));
    }

    /// `names` in the positional part, or as parameters where there are several.
    pub(super) fn names(&mut self, key: &str, names: &[impl AsRef<[u8]>]) {
        match names {
            [name] => self.positional(name.as_ref()),
            names => {
                for name in names {
                    self.parameter(key, name.as_ref());
                }
            }
        }
    }

    pub(super) fn parameter(&mut self, key: &str, value: &[u8]) {
        self.text.push(if self.parameters { '&' } else { '?' });
        self.parameters = true;
        self.text.extend([key, "="]);
        self.text.extend(percent_encode(value, IN_VALUE));
    }
}

/// Some servers read a parameter's `+` as a space, as in forms: there it is encoded.
const IN_VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'*')
    .remove(b':')
    .remove(b'/');
const IN_POSITIONAL: &AsciiSet = &IN_VALUE.remove(b'+');
