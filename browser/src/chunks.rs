//! Parts of the program that are split off: one function per page, and with it all that no other page needs.

use crate::page::{Reader, read};
use leptos::wasm_split::{SplitLoaderError, wasm_split};

macro_rules! declare {
    (
        home $home:ident $Home:ident($home_data:path) = $show_home:path;
        $($name:ident $Name:ident($data:path) = $show:path;)*
    ) => {
        $(
            #[wasm_split($name, wasm_split_path = leptos::wasm_split, fallible)]
            fn $name() -> Result<Reader, SplitLoaderError> {
                Ok(|json| read(json, $show))
            }
        )*

        /// Returns the reader of the page of that name, once its chunk is loaded. The home's is here already, and what
        /// others share with it.
        pub async fn reader(name: &str) -> Result<Reader, SplitLoaderError> {
            match name {
                $(stringify!($name) => $name().await,)*
                _ => Ok(|json| read(json, $show_home)),
            }
        }
    };
}

runboard::with_pages!(declare);
