//! Properties of reading, whatever is done to a stream on the way: no panic, no hang, and no success that is not one.

use super::*;
use proptest::prelude::*;
use proptest::sample;
use std::collections::BTreeSet;

/// Returns the reading with the ids that are made up at each reading replaced by their number.
fn with_stable_ids(mut reading: Reading, bytes: &[u8]) -> Reading {
    let text = String::from_utf8_lossy(bytes);
    if let Some(finished) = &mut reading.finished {
        for (n, call) in finished.calls.iter_mut().enumerate() {
            if !text.contains(&call.id) {
                call.id = format!("made up {n}");
            }
        }
    }
    reading
}

/// Reads a body cut at these places.
fn read_cut(name: &str, bytes: &[u8], cuts: &[usize]) -> Reading {
    let mut places: BTreeSet<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    places.insert(bytes.len());
    let mut from = 0;
    let chunks: Vec<&[u8]> = places.into_iter().map(|to| &bytes[std::mem::replace(&mut from, to)..to]).collect();
    with_stable_ids(read_chunks(name, chunks), bytes)
}

/// Returns where to cut a stream: at every byte of a short one; of a long one, since reading it again and again takes
/// the square of its length, at some 300 bytes and at both sides of every line's end.
fn places(bytes: &[u8]) -> BTreeSet<usize> {
    let steps = (0..bytes.len()).step_by(1 + bytes.len() / 300);
    let ends =
        bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').flat_map(|(at, _)| at.saturating_sub(1)..=at + 1);
    steps.chain(ends).filter(|at| *at < bytes.len()).collect()
}

/// Asserts what holds of any reading, whatever was read.
fn assert_sound(name: &str, bytes: &[u8], reading: &Reading) {
    assert!(reading.finished.is_some() != reading.error.is_some(), "{name}: either an end or an error: {reading:?}");
    let calls = reading.finished.iter().flat_map(|finished| &finished.calls);
    let arguments: usize = calls.map(|call| call.arguments.to_string().len() + call.name.len() + 32).sum();
    let echo = reading.finished.iter().filter_map(|finished| finished.echo.as_ref());
    let echo: usize = echo.map(|echo| echo.content.to_string().len()).sum();
    let kept = reading.text.len() + reading.reasoning.len() + arguments + echo;
    // A byte that is no text becomes three, a character in an echo's text six, and each part is counted at most twice.
    assert!(kept <= 16 * bytes.len() + 1_024, "{name}: {kept} bytes of {}", bytes.len());
}

#[test]
fn every_place_to_cut_a_stream_in_two_gives_the_same_answer() {
    for (name, bytes) in STREAMS {
        let whole = read_cut(name, bytes, &[]);
        for cut in places(bytes) {
            assert_eq!(read_cut(name, bytes, &[cut]), whole, "{name} cut at {cut}");
        }
        let bytewise: Vec<usize> = (0..bytes.len()).collect();
        assert_eq!(read_cut(name, bytes, &bytewise), whole, "{name} byte by byte");
    }
}

/// A stream that breaks off is an error that may pass, unless all of the answer had come: then it is that answer.
#[test]
fn a_stream_that_breaks_off_is_whole_or_an_error_wherever_it_does() {
    for (name, bytes) in STREAMS {
        let whole = read_cut(name, bytes, &[]);
        for end in places(bytes) {
            let cut = read_cut(name, &bytes[..end], &[]);
            assert_sound(name, &bytes[..end], &cut);
            if let Some(error) = &cut.error {
                let same = whole.error.as_ref().is_some_and(|known| known.message == error.message);
                assert!(error.is_passing || same, "{name} broken off at {end}: {error}");
                continue;
            }
            assert_eq!(cut.finish(), whole.finish(), "{name} broken off at {end}");
            assert_eq!((&cut.text, cut.calls()), (&whole.text, whole.calls()), "{name} broken off at {end}");
        }
    }
}

/// Half of one answer and the other half of another.
#[test]
fn answers_of_one_provider_glued_together_do_not_break_it() {
    for (name, bytes) in STREAMS {
        let kin = STREAMS.iter().filter(|(other, _)| other.split('/').next() == name.split('/').next());
        for (_, other) in kin {
            let glued = [*bytes, *other].concat();
            assert_sound(name, &glued, &read_cut(name, &glued, &[]));
            let halves = [&bytes[..bytes.len() / 2], &other[other.len() / 2..]].concat();
            assert_sound(name, &halves, &read_cut(name, &halves, &[]));
        }
    }
}

#[derive(Clone, Debug)]
enum Harm {
    Replace(usize, u8),
    Insert(usize, u8),
    Remove(usize, usize),
    Repeat(usize, usize),
    Number(usize, u64),
}

impl Harm {
    fn inflict(&self, bytes: &mut Vec<u8>) {
        let length = bytes.len().max(1);
        let range = |from: usize, count: usize| from % length..(from % length).saturating_add(count).min(length);
        match *self {
            _ if bytes.is_empty() => {}
            Self::Replace(at, byte) => bytes[at % length] = byte,
            Self::Insert(at, byte) => bytes.insert(at % length, byte),
            Self::Remove(from, count) => drop(bytes.drain(range(from, count))),
            Self::Repeat(from, count) => {
                let range = range(from, count);
                let again = bytes[range.clone()].to_vec();
                bytes.splice(range.end..range.end, again);
            }
            // The first number from here on becomes another.
            Self::Number(at, number) => {
                let from = at % length;
                let Some(start) = bytes[from..].iter().position(u8::is_ascii_digit).map(|found| from + found) else {
                    return;
                };
                let digits = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                bytes.splice(start..start + digits, number.to_string().into_bytes());
            }
        }
    }
}

fn harm() -> impl Strategy<Value = Harm> {
    let byte = || prop_oneof![any::<u8>(), sample::select(b"{}[]\",:\\\n\r \0dataev0123456789".to_vec())];
    let number = prop_oneof![any::<u64>(), Just(u64::MAX), Just(i64::MAX as u64), 0_u64..2_000];
    prop_oneof![
        (any::<usize>(), byte()).prop_map(|(at, byte)| Harm::Replace(at, byte)),
        (any::<usize>(), byte()).prop_map(|(at, byte)| Harm::Insert(at, byte)),
        (any::<usize>(), 0_usize..400).prop_map(|(from, count)| Harm::Remove(from, count)),
        (any::<usize>(), 0_usize..400).prop_map(|(from, count)| Harm::Repeat(from, count)),
        (any::<usize>(), number).prop_map(|(at, number)| Harm::Number(at, number)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn a_stream_in_any_chunks_gives_the_same_answer(
        (name, bytes) in sample::select(STREAMS),
        cuts in proptest::collection::vec(any::<usize>(), 0..40),
    ) {
        prop_assert_eq!(read_cut(name, bytes, &cuts), read_cut(name, bytes, &[]));
    }

    #[test]
    fn a_harmed_stream_does_no_harm(
        (name, bytes) in sample::select(STREAMS),
        harms in proptest::collection::vec(harm(), 1..12),
        cuts in proptest::collection::vec(any::<usize>(), 0..8),
    ) {
        let mut harmed = bytes.to_vec();
        harms.iter().for_each(|harm| harm.inflict(&mut harmed));
        let reading = read_cut(name, &harmed, &cuts);
        assert_sound(name, &harmed, &reading);
        prop_assert_eq!(reading, read_cut(name, &harmed, &[]));
    }
}
