//! Work for the processor, away from the threads that serve requests: whatever may take more than a millisecond, such as
//! making a page of what a model wrote. As much of it goes on at once as the machine has processors; the rest waits in
//! line, and requests that need none of it do not.

use std::any::Any;
use std::panic::resume_unwind;
use std::sync::{Arc, LazyLock};
use thiserror::Error;
use tokio::sync::Semaphore;

/// Bytes that are read at once, where they arrive: less than a millisecond's work. More are read aside.
const AT_ONCE: usize = 16 * 1024;

/// Never closed.
static PLACES: LazyLock<Arc<Semaphore>> = LazyLock::new(|| {
    let processors = std::thread::available_parallelism().map_or(2, |processors| processors.get().max(2));
    Arc::new(Semaphore::new(processors))
});

/// Does the work on another thread and returns its result. A panic in it goes on here.
pub async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    caught(work).await.unwrap_or_else(|Panicked(panic)| resume_unwind(panic))
}

/// Reads what somebody sent: at once when it is small, on another thread otherwise. A panic goes on here.
pub async fn read<T: Send + 'static>(bytes: usize, reading: impl FnOnce() -> T + Send + 'static) -> T {
    if bytes > AT_ONCE { run(reading).await } else { reading() }
}

/// Work that panicked.
#[derive(Debug, Error)]
#[error("the work panicked")]
pub struct Panicked(Box<dyn Any + Send>);

/// Runs work as [`run`] does, and returns its panic as an error: for tasks that serve many and must not end with one's work.
///
/// # Errors
/// The work panicked, which is in the log.
pub async fn caught<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Panicked> {
    let place = Arc::clone(&PLACES).acquire_owned().await;
    let work = move || {
        // Kept to the end of the work, for whoever waits for it may be gone before.
        let _place = place;
        work()
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => Err(Panicked(panic)),
            // The process is ending.
            Err(_) => std::future::pending().await,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[tokio::test]
    async fn work_is_done_on_another_thread() {
        let here = std::thread::current().id();
        assert_ne!(run(move || std::thread::current().id()).await, here);
    }

    #[tokio::test]
    async fn only_what_is_large_is_read_elsewhere() {
        let here = std::thread::current().id();
        let place = move || std::thread::current().id();
        assert_eq!(read(AT_ONCE, place).await, here);
        assert_ne!(read(AT_ONCE + 1, place).await, here);
    }

    #[tokio::test]
    async fn a_panic_comes_back_and_leaves_room_for_others() {
        for _ in 0..100 {
            let failed = tokio::spawn(run(|| panic!("a fault of the test")));
            assert!(failed.await.unwrap_err().is_panic());
        }
        assert!(caught(|| panic!("a fault of the test")).await.map(|(): ()| ()).is_err());
        assert_eq!((run(|| 1).await, caught(|| 2).await.ok()), (1, Some(2)));
    }

    #[tokio::test]
    async fn whoever_gives_up_leaves_no_room_for_more_at_once() {
        static AT_ONCE: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let work = || {
            MOST.fetch_max(AT_ONCE.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(30));
            AT_ONCE.fetch_sub(1, Ordering::SeqCst);
        };
        for _ in 0..100 {
            let asked = tokio::spawn(run(work));
            tokio::time::sleep(Duration::from_millis(1)).await;
            asked.abort();
        }
        let places = std::thread::available_parallelism().map_or(2, |processors| processors.get().max(2));
        assert!(MOST.load(Ordering::SeqCst) <= places);
    }
}
