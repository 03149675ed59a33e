//! Room in the program's data, so that it can be split.
//!
//! The splitter moves each chunk's texts and tables to the chunk, and begins each at an aligned address. Where that
//! takes more room than the data had as a whole, it leaves all of it in the main program, which is then a fifth larger. These
//! bytes are of no chunk: they make the whole larger beforehand, and nobody loads them.

use std::sync::atomic::AtomicU32;

/// Enough for 500 chunks, at 16 bytes each.
const BYTES: usize = 8 * 1_024;

#[used]
static CONSTANTS: [u8; BYTES] = [1; BYTES];

#[used]
static VARIABLES: [AtomicU32; BYTES / 4] = [const { AtomicU32::new(1) }; BYTES / 4];
