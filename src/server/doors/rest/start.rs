//! The body of whatever starts a run: what it is given, by names. All mistakes in it are reported at once.

use super::extract::FromJson;
use super::json::{self, MAX_ERRORS, Members};
use crate::domain::request::{Field, RunPatch};
use crate::error::{AppError, FieldError, pointer_part};

impl FromJson for RunPatch {
    fn from_json(bytes: &[u8]) -> Result<Self, AppError> {
        let Members(members) = json::read(bytes)?;
        let (mut patch, mut errors) = (Self::default(), Vec::new());
        for (name, raw) in &members {
            if errors.len() >= MAX_ERRORS {
                break;
            }
            match Field::named(name) {
                Some(field) => match json::value(name, raw) {
                    Ok(value) => errors.extend(patch.set(field, value).err().into_iter().flatten()),
                    Err(error) => errors.push(error),
                },
                None => errors.push(FieldError::of(&pointer_part(name), unknown())),
            }
        }
        if errors.is_empty() { Ok(patch) } else { Err(AppError::invalid_fields(errors)) }
    }
}

fn unknown() -> String {
    let names: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
    format!("there is no such field: use {}", names.join(", "))
}
