//! The ledger: double-entry journals, append-only, whose entries sum to zero in each currency; a balance is the fold of its entries.

pub mod entity;
