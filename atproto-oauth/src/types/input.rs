//! What people type and paste.

use super::policy::MAX_INPUT_LEN;
use crate::error::{Error, ErrorKind};

#[cfg(test)]
mod tests;

/// Cleans an identifier that a person typed or pasted: drops control, invisible and text-direction
/// characters wherever they are, spaces around it and the `@` before it. Letters keep their case.
///
/// # Errors
///
/// `invalid_handle` when the text is longer than 4,096 bytes.
pub(crate) fn clean_input(text: &str) -> Result<String, Error> {
    if text.len() > MAX_INPUT_LEN {
        return Err(Error::new(
            ErrorKind::InvalidHandle,
            "this is too long for a handle; write it like `alice.example.com`",
        ));
    }
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let clean = visible.trim().trim_start_matches(['@', '＠']).trim_start();
    Ok(clean.to_owned())
}

/// Control and format characters, fillers and variation selectors. Line breaks and tabs are among them:
/// they come from pasting.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}
