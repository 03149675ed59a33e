//! Runs over scripted models: the answer, the tools, the tokens and the cost.

mod answers;
mod endings;
mod harness;
mod limits;
mod signals;
mod tools;
mod tries;
