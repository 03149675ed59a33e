//! Tests of the hands for ages.

use super::*;

#[test]
fn what_is_to_come_is_as_far_away_as_what_has_been() {
    Owner::new().with(|| {
        let clock = Clock::new();
        assert_eq!(clock.ms_since(Timestamp::from_ms(0)), None, "it has not been set");
        clock.seed_with(Timestamp::from_ms(1_000_000));
        for (at, since) in [(990_000, 10_000), (1_010_000, -10_000), (0, 1_000_000), (9_000_000, -8_000_000)] {
            assert_eq!(clock.ms_since(Timestamp::from_ms(at)), Some(since), "{at}");
        }
    });
}
