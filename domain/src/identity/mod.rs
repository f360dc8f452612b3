//! Identity: accounts, studios and their members.
