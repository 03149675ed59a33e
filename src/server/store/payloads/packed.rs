//! Texts and other bytes compressed with zstd, each with a checksum. They are read in little memory, however long they are.

use bytes::{Buf, Bytes};
use std::io::{self, Read};
use zstd::bulk::Compressor;
use zstd::stream::read::Decoder;

const LEVEL: i32 = 3;
/// The writer refers to at most 2 to this power bytes before, 128 KiB, and that is what a reader has to remember.
const WINDOW_LOG: u32 = 17;

/// Compresses a text, or other bytes.
///
/// # Errors
/// There is no memory for it.
pub(in crate::server::store) fn pack(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressor = Compressor::new(LEVEL)?;
    compressor.window_log(WINDOW_LOG)?;
    compressor.include_checksum(true)?;
    let mut packed = compressor.compress(bytes)?;
    packed.shrink_to_fit();
    Ok(packed)
}

/// Returns a reader of a text that was compressed. It fails where the text is damaged, or asks for more memory than those
/// of [`pack`] do.
///
/// # Errors
/// There is no memory for it.
pub(in crate::server::store) fn unpack(packed: Bytes) -> io::Result<impl Read + Send> {
    let mut decoder = Decoder::with_buffer(packed.reader())?;
    decoder.window_log_max(WINDOW_LOG)?;
    Ok(decoder)
}

/// Returns the beginning of a text that was compressed, at most so many bytes. Characters stay whole.
///
/// # Errors
/// It is damaged, or there is no memory for it.
pub(super) fn unpack_beginning(packed: Vec<u8>, most: usize) -> io::Result<String> {
    let mut bytes = Vec::new();
    unpack(packed.into())?.take(most as u64).read_to_end(&mut bytes)?;
    let end = match str::from_utf8(&bytes) {
        Ok(text) => text.len(),
        // The last character is not whole.
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error)),
    };
    bytes.truncate(end);
    String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}
