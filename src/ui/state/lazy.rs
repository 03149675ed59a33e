//! Views whose code comes when they are first opened. It knows none of them: `src/lazy.rs` has their table.

use crate::error::AppError;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;

/// Makes a view of what it gets.
pub type LazyView<I> = fn(I) -> AnyView;

/// The code of a view, on its way.
pub type Coming<I> = Pin<Box<dyn Future<Output = Result<LazyView<I>, AppError>>>>;

macro_rules! declare {
    ($($chunk:ident $name:ident($input:path) = $show:path, on $($page:ident),+;)*) => {
        /// How the code of each view is loaded. It is loaded once, however often it is asked for.
        #[derive(Clone, Copy)]
        pub struct LazyViews {
            $(pub $name: fn() -> Coming<$input>,)*
        }
    };
}

crate::with_lazy_views!(declare);

impl LazyViews {
    /// Returns those of this page.
    pub fn from_context() -> Self {
        expect_context()
    }
}

/// Begins to load the code of a view, for whoever first has something else to wait for.
pub fn begin<I: 'static>(load: fn() -> Coming<I>) {
    // Whoever waits for the code hears what went wrong.
    spawn_local(async move { _ = load().await });
}
