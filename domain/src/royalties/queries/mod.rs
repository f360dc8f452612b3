//! Reading royalties, a file a subject.

pub mod imports;
pub mod left;
pub mod payees;
pub mod runs;
pub mod terms;
