//! Names of servers' tools towards models, which take few characters only.

/// Providers take no longer names.
const MAX_NAME: usize = 64;

/// Returns `server__tool`. A name with other characters, or too long, ends with a hash that distinguishes it from
/// others alike.
pub(super) fn for_models(server: &str, tool: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    // Gemini wants a letter or an underscore first.
    let first = if server.starts_with(|c: char| c.is_ascii_alphabetic()) { "" } else { "_" };
    let name = format!("{first}{server}__{tool}");
    if name.len() <= MAX_NAME && name.chars().all(fits) {
        return name;
    }
    let hash = format!("_{:08x}", fnv1a(&name));
    let plain: String = name.chars().map(|c| if fits(c) { c } else { '_' }).take(MAX_NAME - hash.len()).collect();
    plain + &hash
}

/// Returns the 32-bit hash of Fowler, Noll and Vo: the same in every process and version, as names in old transcripts
/// must be.
fn fnv1a(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_plain_name_stays() {
        assert_eq!(for_models("files", "read_file"), "files__read_file");
        let longest = "t".repeat(MAX_NAME - 3);
        assert_eq!(for_models("s", &longest), format!("s__{longest}"));
    }

    #[test]
    fn others_are_shortened_and_told_apart() {
        let dotted = for_models("a", "x.y");
        assert!(dotted.starts_with("a__x_y_") && dotted != for_models("a", "x y"), "{dotted}");
        let long = "t".repeat(100);
        assert_ne!(for_models("a", &long), for_models("a", &(long.clone() + "t")));
        assert_eq!(for_models("a", "x.y"), "a__x_y_21c1f8bb", "names must not change from version to version");
    }

    #[test]
    fn a_name_begins_with_a_letter_or_an_underscore() {
        assert_eq!(for_models("9-files", "read"), "_9-files__read");
        assert_eq!(for_models("-", "read"), "_-__read");
    }

    proptest! {
        #[test]
        fn every_name_suits_models(server in "[a-z0-9-]{1,32}", tool in "\\PC{1,128}") {
            let name = for_models(&server, &tool);
            prop_assert!((1..=MAX_NAME).contains(&name.len()), "{}", name);
            prop_assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-'), "{}", name);
            prop_assert!(name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'), "{}", name);
        }
    }
}
