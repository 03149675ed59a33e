//! Counts of durations in fixed buckets that widen with the duration. Pure.
//!
//! Below 64 ms each millisecond has a bucket of its own; from there on 32 buckets of equal width make each doubling. A
//! bucket stands for its middle, so what is read from it is off by at most 1 part in 64: 1.6 %.
//!
//! As bytes a histogram is a list of pairs, bucket and count, each number in LEB128. A bucket may come more than once, and
//! then its counts add up. So the bytes of two histograms one after the other are those of both together, and a database
//! adds histograms up by joining bytes, without reading them.

/// Buckets of each doubling, as a power of two.
const FINE_BITS: u32 = 5;
/// Buckets of each doubling.
const FINE: u64 = 1 << FINE_BITS;
/// Longest duration that has a bucket of its own, in milliseconds: about 34 years. What is longer counts as that long.
const LONGEST_MS: u64 = (1 << 40) - 1;
/// Buckets in all.
const BUCKETS: u64 = bucket_of(LONGEST_MS) + 1;
/// Bytes that a histogram may always have, whatever a shorter form would be.
const LOOSE_BYTES: usize = 256;

/// How many durations there are of each length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// By bucket, up to the last one that has any. Dense: a dashboard adds up tens of thousands of entries.
    counts: Vec<u64>,
}

/// Bytes that are no histogram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

impl Histogram {
    /// Counts a duration in milliseconds; a negative one is 0.
    pub fn add(&mut self, ms: i64) {
        self.add_many(bucket_of(u64::try_from(ms).unwrap_or(0)), 1);
    }

    /// Counts what another histogram has counted.
    pub fn add_all(&mut self, other: &Self) {
        self.counts.resize(self.counts.len().max(other.counts.len()), 0);
        for (counted, count) in self.counts.iter_mut().zip(&other.counts) {
            *counted = counted.saturating_add(*count);
        }
    }

    fn add_many(&mut self, bucket: u64, count: u64) {
        // There are few buckets.
        let bucket = bucket as usize;
        if bucket >= self.counts.len() {
            self.counts.resize(bucket + 1, 0);
        }
        self.counts[bucket] = self.counts[bucket].saturating_add(count);
    }

    /// Returns the buckets that have any, each with its count.
    fn counted(&self) -> impl Iterator<Item = (u64, u64)> {
        self.counts.iter().zip(0..).filter(|(count, _)| **count > 0).map(|(count, bucket)| (bucket, *count))
    }

    /// Returns how many durations were counted.
    pub fn count(&self) -> u64 {
        self.counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Returns a percentile in milliseconds, 1.6 % off at most: by nearest rank, the shortest duration that at least so many
    /// per cent do not exceed. `None` without durations.
    pub fn percentile(&self, percent: u32) -> Option<i64> {
        let rank = (u128::from(self.count()) * u128::from(percent)).div_ceil(100).max(1);
        let mut before = 0_u128;
        let found = self.counted().find(|(_, count)| {
            before += u128::from(*count);
            before >= rank
        });
        found.map(|(bucket, _)| middle(bucket))
    }

    /// Returns its bytes, each bucket once.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (bucket, count) in self.counted() {
            put(&mut bytes, bucket);
            put(&mut bytes, count);
        }
        bytes
    }

    /// Reads bytes; those of several histograms one after the other are those of their sum.
    ///
    /// # Errors
    /// They end within a number, or name a bucket that there is not.
    pub fn from_bytes(mut bytes: &[u8]) -> Result<Self, Broken> {
        let mut histogram = Self::default();
        while !bytes.is_empty() {
            let bucket = take(&mut bytes)?;
            let count = take(&mut bytes)?;
            if bucket >= BUCKETS || count == 0 {
                return Err(Broken);
            }
            histogram.add_many(bucket, count);
        }
        Ok(histogram)
    }

    /// Returns a form of these bytes that is half as long or less, if there is one and they are not short anyway.
    ///
    /// # Errors
    /// Those of [`Histogram::from_bytes`].
    pub fn shortened(bytes: &[u8]) -> Result<Option<Vec<u8>>, Broken> {
        if bytes.len() <= LOOSE_BYTES {
            return Ok(None);
        }
        let short = Self::from_bytes(bytes)?.to_bytes();
        Ok((short.len() * 2 <= bytes.len()).then_some(short))
    }
}

/// Returns the bucket of a duration in milliseconds.
const fn bucket_of(ms: u64) -> u64 {
    let ms = if ms > LONGEST_MS { LONGEST_MS } else { ms };
    if ms < FINE {
        return ms;
    }
    let doubling = ms.ilog2() - FINE_BITS;
    doubling as u64 * FINE + (ms >> doubling)
}

/// Returns the middle of a bucket in milliseconds.
fn middle(bucket: u64) -> i64 {
    if bucket < 2 * FINE {
        return bucket.cast_signed();
    }
    let doubling = bucket / FINE - 1;
    let lowest = (FINE + bucket % FINE) << doubling;
    (lowest + (1 << doubling) / 2).cast_signed()
}

/// Appends a number in LEB128: seven bits in each byte, the lowest first; all but the last have the highest bit set.
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Takes a number off the beginning.
fn take(bytes: &mut &[u8]) -> Result<u64, Broken> {
    let mut number = 0_u64;
    for place in 0..10 {
        let (byte, rest) = bytes.split_first().ok_or(Broken)?;
        *bytes = rest;
        let bits = u64::from(byte & 0x7f);
        // The tenth byte has room for one bit.
        if place == 9 && bits > 1 {
            return Err(Broken);
        }
        number |= bits << (7 * place);
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(Broken)
}

#[cfg(test)]
mod tests;
