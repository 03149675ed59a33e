//! The browser's half: `Intl`. Formatters are made once, for making one takes longer than all that it will write.

use super::Form;
use web_sys::js_sys::Intl::{DateTimeFormat, NumberFormat};
use web_sys::js_sys::{Array, Date, Function, Object, Reflect};

/// Returns the function of a formatter with these options.
fn formatter(options: &[(&str, &str)]) -> Function {
    let all = Object::new();
    for (name, value) in options {
        // It fails for what is no object.
        _ = Reflect::set(&all, &(*name).into(), &(*value).into());
    }
    DateTimeFormat::new(&Array::new(), &all).format()
}

const DAY: [(&str, &str); 2] = [("day", "numeric"), ("month", "short")];
const MINUTES: [(&str, &str); 2] = [("hour", "2-digit"), ("minute", "2-digit")];

thread_local! {
    static DAY_ONLY: Function = formatter(&DAY);
    static WITH_YEAR: Function = formatter(&[DAY[0], DAY[1], ("year", "numeric")]);
    static TIME: Function = formatter(&[MINUTES[0], MINUTES[1], ("second", "2-digit")]);
    static TO_THE_MINUTE: Function = formatter(&MINUTES);
    static FULL: Function = formatter(&[("dateStyle", "medium"), ("timeStyle", "medium")]);
    static NUMBER: Function = NumberFormat::new(&Array::new(), &Object::new()).format();
}

/// Writes a point in time, in milliseconds since 1970, in the reader's zone.
pub fn write(form: Form, ms: i64) -> Option<String> {
    let formatter = match form {
        Form::Day => &DAY_ONLY,
        Form::DayAndYear => &WITH_YEAR,
        Form::Time => &TIME,
        Form::Minutes => &TO_THE_MINUTE,
        Form::Full => &FULL,
    };
    let date = Date::new(&(ms as f64).into());
    formatter.with(|formatter| formatter.call1(&date, &date).ok()?.as_string())
}

/// Writes a whole number with its thousands set apart.
pub fn number(n: i64) -> Option<String> {
    NUMBER.with(|formatter| formatter.call1(formatter, &(n as f64).into()).ok()?.as_string())
}
