//! Sizes of texts, as people read them. Pure.

/// Returns a number of bytes in thousands, or in millions with a tenth: `312 kB`, `1.2 MB`.
pub fn format_bytes(bytes: i64) -> String {
    match bytes {
        ..999_500 => format!("{} kB", (bytes + 500) / 1_000),
        _ => {
            let tenths = bytes.saturating_add(50_000) / 100_000;
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded() {
        let sizes = [16_385, 312_499, 999_499, 999_500, 1_048_576, 12_345_678].map(format_bytes);
        assert_eq!(sizes, ["16 kB", "312 kB", "999 kB", "1.0 MB", "1.0 MB", "12.3 MB"]);
    }
}
