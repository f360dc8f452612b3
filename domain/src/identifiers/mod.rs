//! Identifiers of the music business, with their check digits.
