//! Tells what is a key in a secret of several lines, such as a PEM file or the JSON of a service account, from the frame
//! around it. Knows no configuration.

/// A line without blanks is a key from this length on, and so is a word that mixes letters and digits as keys do.
const SHORTEST: usize = 16;
/// A word of a key's letters is one from this length on, whatever they are.
const LONG: usize = 32;

/// Returns what looks like a key in a text of several lines; nothing of a text of one line, which is a secret as a whole.
pub(super) fn keys(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.trim().lines().map(str::trim);
    let is_one = text.trim().lines().nth(1).is_none();
    lines.filter(move |_| !is_one).flat_map(|line| {
        let whole = std::iter::once(line).filter(|line| is_unbroken(line));
        // In JSON, the line breaks of a key are written as `\n`.
        whole.chain(
            line.split("\\n").flat_map(|part| part.split([' ', '\t', '"', '\'', ',', ';'])).filter(|word| is_key(word)),
        )
    })
}

fn is_unbroken(line: &str) -> bool {
    line.len() >= SHORTEST && !line.starts_with("-----") && !line.contains(|c: char| c.is_whitespace() || c == '"')
}

fn is_key(word: &str) -> bool {
    let has = |is: fn(&char) -> bool| word.chars().any(|c| is(&c));
    let is_mixed = has(char::is_ascii_digit) && has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase);
    let is_spelt_as_one = word.chars().all(|c| c.is_ascii_alphanumeric() || "+/=_-.~".contains(c));
    is_spelt_as_one && (word.len() >= LONG || word.len() >= SHORTEST && is_mixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(text: &str) -> Vec<&str> {
        let mut keys: Vec<_> = keys(text).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    #[test]
    fn the_frame_of_a_key_is_none() {
        let pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\nAASCBKcwggSjAgEA==\n-----END PRIVATE KEY-----\n";
        assert_eq!(sorted(pem), ["AASCBKcwggSjAgEA==", "MIIEvQIBADANBgkqhkiG9w0BAQEF"]);
        assert_eq!(sorted("-----BEGIN CERTIFICATE-----\nshort\n-----END CERTIFICATE-----"), [""; 0]);
    }

    #[test]
    fn of_a_service_account_its_keys_alone() {
        let account = r#"{
  "type": "service_account",
  "project_id": "my-project-123456",
  "private_key_id": "0123456789abcdef0123456789abcdef01234567",
  "private_key": "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\nAASCBKcwggSjAgEA7x\n-----END PRIVATE KEY-----\n",
  "client_email": "somebody@my-project-123456.iam.gserviceaccount.com",
  "client_id": "123456789012345678901",
  "auth_uri": "https://accounts.google.com/o/oauth2/auth",
  "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
  "client_x509_cert_url": "https://www.googleapis.com/robot/v1/metadata/x509/somebody%40my-project-123456",
  "universe_domain": "googleapis.com"
}"#;
        let found = ["0123456789abcdef0123456789abcdef01234567", "AASCBKcwggSjAgEA7x", "MIIEvQIBADANBgkqhkiG9w0BAQEF"];
        assert_eq!(sorted(account), found);
    }

    #[test]
    fn a_text_of_one_line_has_no_parts() {
        assert_eq!(sorted("0123456789abcdef0123456789abcdef\n"), [""; 0]);
    }
}
