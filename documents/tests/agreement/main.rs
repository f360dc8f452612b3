//! Agreements: their words, their refusals, their forms.

mod edits;
mod hostile;
mod rebuilt;
mod refusals;
mod samples;
mod signed;
mod words;
