//! Words and bounds that tools share.

use super::MAX_RESULT;

/// Returns the beginning of a text, at most `most` bytes.
pub(super) fn head(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// Returns the text, or its first [`MAX_RESULT`] bytes and a note that there was more.
pub(super) fn bounded(text: String) -> String {
    match text.len() > MAX_RESULT {
        true => format!("{}\n[cut off after {}]", head(&text, MAX_RESULT), bound(MAX_RESULT)),
        false => text,
    }
}

/// Returns a number of bytes in words: `840 bytes`, `12 kB`, `3.4 MB`.
pub(super) fn size(bytes: usize) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// Returns a bound in words, as exactly as it is meant: `256 KiB`, `16 MiB`.
pub(super) fn bound(bytes: usize) -> String {
    const KIB: usize = 1024;
    const MIB: usize = 1024 * KIB;
    match bytes {
        _ if bytes.is_multiple_of(MIB) => format!("{} MiB", bytes / MIB),
        _ if bytes.is_multiple_of(KIB) => format!("{} KiB", bytes / KIB),
        _ => size(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters_and_says_so() {
        assert_eq!(bounded("short".into()), "short");
        let long = "é".repeat(MAX_RESULT / 2) + "x";
        let cut = bounded("x".to_owned() + &long);
        assert!(cut.ends_with("é\n[cut off after 1 MiB]"), "{}", &cut[cut.len() - 40..]);
        assert!(cut.len() < MAX_RESULT + 40);
        assert_eq!(head("aé", 2), "a");
    }

    #[test]
    fn sizes_read_well() {
        for (bytes, words) in [(0, "0 bytes"), (999, "999 bytes"), (11_001, "12 kB"), (3_400_000, "3.4 MB")] {
            assert_eq!(size(bytes), words);
        }
        for (bytes, words) in [(256 * 1024, "256 KiB"), (16 * 1024 * 1024, "16 MiB"), (1_500, "2 kB")] {
            assert_eq!(bound(bytes), words);
        }
    }
}
