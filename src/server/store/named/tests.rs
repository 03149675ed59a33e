//! Tests that named parameters become numbered ones.

use super::*;

#[test]
fn names_become_numbers_by_their_place_among_the_values() {
    let sql = "UPDATE t SET a = :at, b = :at + :by WHERE id = :id AND c = ':'";
    assert_eq!(numbered(sql, &["id", "at", "by"]), "UPDATE t SET a = $2, b = $2 + $3 WHERE id = $1 AND c = ':'");
}

#[test]
fn an_unknown_name_is_left_for_the_database_to_refuse() {
    assert_eq!(numbered("SELECT :nobody, :id", &["id"]), "SELECT :nobody, $1");
    assert_eq!(numbered("SELECT :ids", &["id"]), "SELECT :ids");
}
