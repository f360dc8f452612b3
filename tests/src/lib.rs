//! Tests over the whole: the directions of dependency, and the running program from outside.
//!
//! **May depend on** whatever it tests, and starts the program as its users do.
