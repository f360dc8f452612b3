//! Agreements: their words, their refusals, their forms.

mod edits;
mod hostile;
mod pages;
mod rebuilt;
mod refusals;
mod samples;
mod signed;
mod words;
