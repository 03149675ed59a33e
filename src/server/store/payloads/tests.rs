//! Long texts on their way into the database and out of it.

use super::packed::{pack, unpack, unpack_beginning};
use super::*;
use crate::domain::step::payload::PREVIEW;
use crate::sources::rust_files;
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// Returns a text of so many bytes that compresses about as well as what tools return.
fn text(bytes: usize) -> String {
    let line = |nr: usize| format!("{nr}: €{:x}\n", nr.wrapping_mul(2_654_435_761));
    let mut text: String = (0..bytes / 8).map(line).collect();
    text.truncate(text.floor_char_boundary(bytes));
    while text.len() < bytes {
        text.push('x');
    }
    text
}

fn payload(packed: Vec<u8>) -> Payload {
    Payload { kind: StepKind::ToolCall, bytes: None, is_cut: false, text: Text::Packed(packed.into()) }
}

#[tokio::test]
async fn a_text_is_kept_whole_up_to_a_bound_and_costs_nothing_while_it_is_short() {
    let short = "é".repeat(PREVIEW / 2);
    let expected = Kept { record: Some(short.clone()), ..Kept::default() };
    assert_eq!((Kept::of(Some(&short)).await, Kept::of(None).await), (expected, Kept::default()));
    for (bytes, kept_bytes) in [(PREVIEW + 1, PREVIEW + 1), (MAX_PAYLOAD, MAX_PAYLOAD), (MAX_PAYLOAD + 9, MAX_PAYLOAD)]
    {
        let text = text(bytes);
        assert_eq!(text.len(), bytes);
        let kept = Kept::of(Some(&text)).await;
        assert_eq!((kept.record.as_deref(), kept.is_cut), (Some(preview(&text).0), true));
        assert_eq!(kept.bytes, Some(bytes as i64));
        let whole = unpack_beginning(kept.packed.unwrap(), usize::MAX).unwrap();
        assert!(whole == clamp(&text, MAX_PAYLOAD).0 && whole.len() + 4 > kept_bytes, "{bytes}");
    }
}

#[tokio::test]
async fn a_nul_is_the_same_in_the_record_and_in_the_whole() {
    let text = "a\0".repeat(PREVIEW);
    let kept = Kept::of(Some(&text)).await;
    let shown = text.replace('\0', "\u{fffd}");
    assert_eq!((kept.bytes, kept.record.as_deref()), (Some(shown.len() as i64), Some(preview(&shown).0)));
    assert_eq!(unpack_beginning(kept.packed.unwrap(), usize::MAX).unwrap(), shown);
}

#[test]
fn a_text_comes_out_in_small_pieces_and_needs_little_memory() {
    let text = text(MAX_PAYLOAD);
    let packed = pack(text.as_bytes()).unwrap();
    assert!(packed.len() < text.len() * 3 / 4, "{} bytes", packed.len());
    let pieces: Vec<Vec<u8>> = payload(packed.clone()).pieces().unwrap().collect::<io::Result<_>>().unwrap();
    assert!(pieces.len() > 8 && pieces.iter().all(|piece| piece.len() <= PIECE));
    assert_eq!(pieces.concat(), text.as_bytes());
    // A frame that takes more memory to read than ours is refused.
    let mut greedy = zstd::bulk::Compressor::new(3).unwrap();
    greedy.window_log(20).unwrap();
    let greedy = greedy.compress(text.as_bytes()).unwrap();
    assert!(unpack(greedy.into()).unwrap().read_to_end(&mut Vec::new()).is_err());
}

#[test]
fn what_is_damaged_is_not_taken_for_the_text() {
    let packed = pack(text(3 * PIECE).as_bytes()).unwrap();
    for at in [packed.len() / 3, packed.len() - 1] {
        let mut damaged = packed.clone();
        damaged[at] ^= 1;
        assert!(payload(damaged).pieces().unwrap().any(|piece| piece.is_err()), "a bit at {at}");
        assert!(payload(packed[..at].to_vec()).pieces().unwrap().any(|piece| piece.is_err()), "cut at {at}");
    }
}

#[test]
fn only_this_room_knows_the_table() {
    let is_test = |path: &Path| path.iter().any(|part| part == "tests" || part == "tests.rs");
    let server = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server");
    let knows = |path: &PathBuf| !is_test(path) && fs::read_to_string(path).unwrap().contains("step_payloads");
    let files: Vec<_> = rust_files(&server).into_iter().filter(knows).collect();
    assert_eq!(files, [server.join("store/payloads.rs")], "a list that reads it would read megabytes");
}

proptest! {
    #[test]
    fn the_beginning_ends_between_characters(text in "[aé€🦀]{0,40}", most in 0_usize..80) {
        let beginning = unpack_beginning(pack(text.as_bytes()).unwrap(), most).unwrap();
        prop_assert_eq!(beginning, clamp(&text, most).0);
    }
}
