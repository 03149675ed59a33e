//! Views that are opened later, each with its code as a chunk of its own.

use leptos::wasm_split::{SplitLoaderError, wasm_split};
use runboard::error::AppError;
use runboard::ui::state::lazy::{LazyView, LazyViews};

macro_rules! declare {
    ($($chunk:ident $name:ident($input:path) = $show:path, on $($page:ident),+;)*) => {
        $(
            #[wasm_split($chunk, wasm_split_path = leptos::wasm_split, fallible)]
            fn $chunk() -> Result<LazyView<$input>, SplitLoaderError> {
                Ok($show)
            }
        )*

        /// Returns how to load each of them.
        pub fn lazy_views() -> LazyViews {
            LazyViews { $($name: || Box::pin(async { $chunk().await.map_err(not_loaded) }),)* }
        }
    };
}

runboard::with_lazy_views!(declare);

fn not_loaded(_: SplitLoaderError) -> AppError {
    AppError::unreachable("A part of the page could not be loaded. Reload the page and try again.")
}
