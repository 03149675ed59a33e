//! Requests by each provider's rules, and answers as servers have been seen to stream them.

mod answers;
mod requests;
