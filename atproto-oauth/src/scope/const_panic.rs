//! The compiler's error message, put together in `const`.

use super::policy::{MAX_MESSAGE, MAX_MESSAGE_PIECE};

/// Panics with the pieces joined: in `const` evaluation that is an error of the compiler.
#[track_caller]
#[expect(
    clippy::panic,
    reason = "a panic in const evaluation is how the compiler is told"
)]
pub(crate) const fn fail(pieces: &[&str]) -> ! {
    let (mut message, mut length) = ([0; MAX_MESSAGE], 0);
    let mut pieces = pieces;
    while let [piece, after @ ..] = pieces {
        length = append(&mut message, length, piece);
        pieces = after;
    }
    let (message, _) = message.split_at(length);
    match std::str::from_utf8(message) {
        Ok(message) => panic!("{}", message),
        Err(_) => panic!("this is not valid; see the documentation"),
    }
}

/// The new length. A piece ends between two characters, wherever it is cut.
const fn append(message: &mut [u8; MAX_MESSAGE], length: usize, piece: &str) -> usize {
    let (mut bytes, mut end) = (piece.as_bytes(), length);
    while let [byte, rest @ ..] = bytes {
        let cut_here = *byte & 0b1100_0000 != 0b1000_0000;
        let long = end - length >= MAX_MESSAGE_PIECE || end + 4 > MAX_MESSAGE;
        if cut_here && long {
            break;
        }
        if let (_, [slot, ..]) = message.split_at_mut(end) {
            *slot = *byte;
            end += 1;
        }
        bytes = rest;
    }
    end
}
