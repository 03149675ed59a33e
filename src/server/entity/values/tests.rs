//! Tests that the domain's values are stored and read back as they were.

use super::*;

#[test]
fn every_word_is_stored_as_the_wire_spells_it_and_reads_back() {
    for status in RunStatus::ALL.iter().copied() {
        let value = Value::from(status);
        assert_eq!(value, Value::String(Some(status.as_str().to_owned())));
        assert_eq!(<RunStatus as ValueType>::try_from(value).unwrap(), status);
    }
}

#[test]
fn what_is_not_there_keeps_its_type() {
    assert_eq!(Value::from(None::<Finish>), Value::String(None));
    assert_eq!(Value::from(None::<NanoDollars>), Value::BigInt(None));
}

#[test]
fn an_unknown_word_is_an_error() {
    assert!(<RunStatus as ValueType>::try_from(Value::from("done")).is_err());
    assert!(<Json<Vec<i64>> as ValueType>::try_from(Value::from("[1,")).is_err());
}

#[test]
fn a_structure_is_stored_as_json() {
    let value = Value::from(Json(vec![1, 2]));
    assert_eq!(value, Value::from("[1,2]"));
    assert_eq!(<Json<Vec<i64>> as ValueType>::try_from(value).unwrap(), Json(vec![1, 2]));
}
