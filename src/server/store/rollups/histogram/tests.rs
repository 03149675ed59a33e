//! Tests of the histogram of durations: its accuracy, its bytes, its bounds.

use super::*;
use proptest::prelude::*;

fn of(durations: &[i64]) -> Histogram {
    let mut histogram = Histogram::default();
    durations.iter().for_each(|ms| histogram.add(*ms));
    histogram
}

/// Returns the percentile by nearest rank of the durations themselves.
fn exact(durations: &[i64], percent: usize) -> Option<i64> {
    let mut sorted = durations.to_vec();
    sorted.sort_unstable();
    sorted.get((durations.len() * percent).div_ceil(100).max(1) - 1).copied()
}

#[test]
fn buckets_follow_one_another_and_each_stands_for_its_middle() {
    assert_eq!([0, 1, 63].map(|ms| middle(bucket_of(ms))), [0, 1, 63], "short durations are exact");
    assert_eq!((bucket_of(64), bucket_of(65), bucket_of(66)), (64, 64, 65));
    for bucket in 0..BUCKETS {
        assert_eq!(bucket_of(middle(bucket).cast_unsigned()), bucket);
    }
    assert_eq!(bucket_of(u64::MAX), BUCKETS - 1);
    assert_eq!(BUCKETS, 1_152);
}

#[test]
fn a_duration_is_read_with_less_than_two_per_cent_of_error_from_a_millisecond_to_years() {
    let mut ms = 1_i64;
    while ms < LONGEST_MS.cast_signed() / 2 {
        for ms in [ms, ms + ms / 64, ms + ms / 3] {
            let read = middle(bucket_of(ms.cast_unsigned()));
            assert!((read - ms).abs() * 64 <= ms, "{ms} is read as {read}");
        }
        ms = ms * 9 / 8 + 1;
    }
}

#[test]
fn without_durations_there_is_no_percentile() {
    assert_eq!(Histogram::default().percentile(50), None);
    assert_eq!(
        (of(&[7]).percentile(0), of(&[7]).percentile(100), of(&[-7]).percentile(50)),
        (Some(7), Some(7), Some(0))
    );
}

#[test]
fn bytes_that_are_no_histogram_are_refused() {
    let many = [0xff_u8; 11];
    for bytes in [
        &[5_u8][..],               // no count
        &[5, 0],                   // a count of nothing
        &[0x80],                   // ends within a number
        &[0x80, 0x09, 1],          // bucket 1,152, the first that there is not
        &many,                     // a number of more than 64 bits
        &[1, 1, 0xff, 0xff, 3, 1], // a far bucket after a good one
    ] {
        assert_eq!(Histogram::from_bytes(bytes), Err(Broken), "{bytes:?}");
    }
    let most = [&[3][..], &[0xff; 9], &[1]].concat();
    let twice = Histogram::from_bytes(&[most.clone(), most].concat()).unwrap();
    assert_eq!((twice.count(), twice.percentile(95)), (u64::MAX, Some(3)), "counts stop at the largest");
}

#[test]
fn long_bytes_are_shortened_when_that_is_worth_it() {
    let one = of(&[1_000]).to_bytes();
    assert_eq!(Histogram::shortened(&one.repeat(80)), Ok(None), "short enough");
    let long = one.repeat(1_000);
    let short = Histogram::shortened(&long).unwrap().unwrap();
    assert!(short.len() < 8, "{short:?}");
    assert_eq!(Histogram::from_bytes(&short), Histogram::from_bytes(&long));
    let all = of(&(0..100_000).step_by(50).collect::<Vec<_>>()).to_bytes();
    assert!(all.len() > LOOSE_BYTES);
    assert_eq!(Histogram::shortened(&all), Ok(None), "there is no shorter form");
    assert_eq!(Histogram::shortened(&[0x80; 300]), Err(Broken));
}

proptest! {
    #[test]
    fn percentiles_are_those_of_the_durations_within_two_per_cent(
        durations in prop::collection::vec(0_i64..10_000_000_000, 1..200),
        percent in 1_usize..=100,
    ) {
        let exact = exact(&durations, percent).unwrap();
        let read = of(&durations).percentile(percent as u32).unwrap();
        prop_assert!((read - exact).abs() * 64 <= exact, "{exact} is read as {read}");
    }

    #[test]
    fn joined_bytes_are_the_sum(a in prop::collection::vec(0_i64..1_000_000, 0..50), b in prop::collection::vec(0_i64..1_000_000, 0..50)) {
        let joined = [of(&a).to_bytes(), of(&b).to_bytes()].concat();
        let both = of(&[a, b].concat());
        let mut sum = Histogram::from_bytes(&joined).unwrap();
        prop_assert_eq!(&sum, &both);
        prop_assert_eq!(Histogram::from_bytes(&both.to_bytes()).unwrap(), both.clone());
        sum.add_all(&both);
        prop_assert_eq!(sum.count(), 2 * both.count());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(read) = Histogram::from_bytes(&bytes) {
            prop_assert_eq!(Histogram::from_bytes(&read.to_bytes()).unwrap(), read);
        }
        _ = Histogram::shortened(&bytes);
    }
}
