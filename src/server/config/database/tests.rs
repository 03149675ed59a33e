//! Tests of what may be set, and that nothing of a URL is shown.

use super::*;
use proptest::prelude::*;

fn read(connections: &str, wait_s: &str, idle_s: &str, prepared: &str) -> Result<DatabaseSettings, Vec<String>> {
    DatabaseSettings::read(Some(connections), Some(wait_s), Some(idle_s), Some(prepared))
}

#[test]
fn what_is_set_goes_before_the_file_and_the_file_before_the_url() {
    let url = || DatabaseUrl::parse("postgres://u:p@h/d?pgbouncer=true").unwrap();
    let file = DatabaseSettings { connections: Some(5), wait_s: Some(3), ..DatabaseSettings::default() };
    let set = read("9", "", "", "").unwrap();
    let config = DatabaseConfig::new(url(), set, &file);
    assert_eq!((config.connections, config.wait.as_secs(), config.idle.as_secs()), (Some(9), 3, 600));
    assert_eq!(config.prepared, PreparedStatements::Off);
    let config = DatabaseConfig::new(url(), read("", "", "", "on").unwrap(), &DatabaseSettings::default());
    assert_eq!((config.connections, config.wait.as_secs(), config.prepared), (None, 12, PreparedStatements::On));
}

#[test]
fn every_value_out_of_range_is_named_and_none_is_shown() {
    let mistakes = read("0", "301", "hunter2", "maybe").unwrap_err().join("\n");
    for name in ["CONNECTIONS: must be a whole number from 1 to 1000", "WAIT_S", "IDLE_S", "PREPARED_STATEMENTS"] {
        assert!(mistakes.contains(&format!("RUNBOARD_DATABASE_{name}")), "{name} in {mistakes}");
    }
    assert!(mistakes.contains("--database-wait-s/") && !mistakes.contains("hunter2"), "{mistakes}");
    for ends in [("1", "1", "1", "auto"), ("1000", "300", "86400", "off")] {
        assert!(read(ends.0, ends.1, ends.2, ends.3).is_ok(), "{ends:?}");
    }
}

#[test]
fn urls_that_people_have_are_understood() {
    for url in [
        "postgres://localhost/runboard",
        "postgresql://u:p%40ss@db.example:6432/runboard?sslmode=require&channel_binding=require",
        "postgres:///runboard?host=/var/run/postgresql&user=a",
        "postgres://u@h/d?options[search_path]=app&statement-cache-capacity=0",
        "sqlite:///var/lib/runboard.db?mode=rwc",
    ] {
        assert!(DatabaseUrl::parse(url).is_ok(), "{url}");
    }
    let url = DatabaseUrl::parse("postgres://u:p@h/d?channel_binding=secret&sslmode=disable").unwrap();
    assert_eq!(url.ignored(), ["channel_binding"]);
    assert_eq!(url.expose(), "postgres://u:p@h/d?sslmode=disable");
}

#[test]
fn what_would_show_a_part_of_the_password_later_is_refused() {
    for url in [
        "postgres://u:hunter2/x@h/d",
        "postgres://u:1/hunter2@h/d",
        "postgres://u:1?hunter2@h/d",
        "postgres://u:1#hunter2@h/d",
        "postgres:u:hunter2@h/d",
        "postgres://u:hunter2@h:port/d",
        "postgres://u@h/d?sslmode=hunter2",
        "postgres://u@h/d?hunter2",
        "postgres://u@h/d?sslmdoe=require",
        "mysql://u:hunter2@h/d",
        "hunter2",
        "sqlite:x.db?key=hunter2",
        "sqlite::memory:?hunter2",
    ] {
        let said = DatabaseUrl::parse(url).unwrap_err();
        assert!(!said.contains("hunter2"), "{url}: {said}");
    }
}

proptest! {
    #[test]
    fn no_url_is_ever_shown(
        scheme in "(postgres|postgresql|sqlite|mysql|x)(:|:/|://)",
        before in "[a-z0-9:@/?#%&= \\[\\]]{0,8}",
        after in "[a-z0-9:@/?#%&=.,\\[\\]é]{0,24}",
        settings in proptest::collection::vec("s3cretW0rd[0-9]{0,2}", 4),
    ) {
        let url = format!("{scheme}{before}s3cretW0rd{after}");
        let said = match DatabaseUrl::parse(&url) {
            Err(said) => said,
            Ok(url) => format!("{url:?} {:?} {:?}", url.ignored(), DatabaseConfig::at(url.expose())),
        };
        prop_assert!(!said.contains("s3cretW0rd"), "{}: {}", url, said);
        let said = read(&settings[0], &settings[1], &settings[2], &settings[3]).unwrap_err().join(" ");
        prop_assert!(!said.contains("s3cretW0rd"), "{}", said);
    }
}
