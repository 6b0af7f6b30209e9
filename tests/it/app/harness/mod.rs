//! What the tests of applications share: applications on a network, and people who visit them.

pub(crate) mod deployed;
pub(crate) mod hooked;
pub(crate) mod nodes;
pub(crate) mod person;
pub(crate) mod site;
pub(crate) mod two_accounts;
