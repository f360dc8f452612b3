//! Agreements: their words, their refusals, their forms.

mod edits;
mod hostile;
mod refusals;
mod samples;
mod signed;
mod words;
