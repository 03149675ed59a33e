//! Measures processor time, for tests of what work costs.

use rustix::time::{ClockId, clock_gettime};

/// Returns the processor time that work takes on this thread, in seconds: what others do on the machine is not in it.
pub(crate) fn processor_time(work: impl FnOnce()) -> f64 {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
    };
    let began = now();
    work();
    now() - began
}
