//! Every bound on what comes over the wire.

use std::time::Duration;

/// Longest request, in bytes of JSON.
pub const MAX_REQUEST: usize = 64 << 20;
/// Longest single event, in bytes. The last event of the Responses protocol repeats the whole answer.
pub const MAX_EVENT: usize = 16 << 20;
/// Most values in the JSON of one event: each takes some memory, however short it is.
pub const MAX_VALUES: usize = 200_000;
/// Longest stream, in bytes, unpacked. A token comes in about 250 bytes, so this is half a million of them.
pub const MAX_STREAM: u64 = 128 << 20;
/// How much of an error's body is read, in bytes, and for how long.
pub const MAX_ERROR_BODY: usize = 64 << 10;
pub const ERROR_BODY_TIME: Duration = Duration::from_secs(5);
/// How long connecting may take.
pub const CONNECT_TIME: Duration = Duration::from_secs(10);
/// How long a provider may send nothing at all, not even a keep-alive. Models that think before they write, and local
/// ones that are being loaded, are silent for minutes.
pub const SILENCE: Duration = Duration::from_secs(15 * 60);
/// How long an answer that is whole is waited on for its usage, or for the stream to end.
pub const LINGER: Duration = Duration::from_secs(3);
