//! Requests to authorization servers: the exchange of one form, nonces, clock skew, failures.

pub(super) mod clock_skew;
pub(super) mod context;
pub(super) mod exchange;
pub(super) mod nonces;
pub(super) mod transport_error;
