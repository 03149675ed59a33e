//! How long to wait before the next attempt to connect. Pure.

/// The longest wait.
pub const MAX_MS: u64 = 30_000;
const FIRST_MS: u64 = 500;

/// Milliseconds before attempt `attempt`, counted from 0: doubling up to 30 s, of which a half is left to chance so
/// that the pages of one server do not all come back at once. `seed` is any number that differs between pages.
pub fn delay_ms(attempt: u32, seed: u64) -> u64 {
    let ceiling = FIRST_MS.saturating_mul(1 << attempt.min(16)).min(MAX_MS);
    let half = ceiling / 2;
    half + scatter(seed) % (half + 1)
}

/// splitmix64: neighbouring seeds give numbers far apart.
fn scatter(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_half_a_minute_and_no_further() {
        for seed in 0..200 {
            assert!((250..=500).contains(&delay_ms(0, seed)));
            assert!((1_000..=2_000).contains(&delay_ms(2, seed)));
            for attempt in [6, 20, u32::MAX] {
                assert!((15_000..=MAX_MS).contains(&delay_ms(attempt, seed)));
            }
        }
    }

    #[test]
    fn neighbouring_seeds_are_scattered() {
        let delays: std::collections::BTreeSet<_> = (0..100).map(|seed| delay_ms(6, seed)).collect();
        assert!(delays.len() > 90, "{delays:?}");
    }
}
