//! A server's process, with all that it has started. It gets none of this server's keys, and none of it outlives this.

use super::super::cause::plain;
use super::super::text::head;
use crate::server::file_limit;
use crate::server::work::scrub::Scrubber;
use parking_lot::Mutex;
use rustix::process::{Pid, Signal, kill_process_group};
use secrecy::{ExposeSecret, SecretString};
use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Variables that programs need to work at all. Others, the models' keys among them, are not theirs to know.
const PASSED_ON: [&str; 9] = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"];
/// Most that is logged of one line of standard error, in bytes.
const MAX_LINE: usize = 4 * 1024;
/// Most that is read of it: a secret that begins in what is logged is known as one by its end.
const READ_OF_LINE: u64 = 128 * 1024;
/// Most of the last line that is shown to people, in bytes.
const MAX_LAST_WORDS: usize = 300;
/// How long to wait for what a process wrote last; others may hold the same pipe.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// How long a process may take to end once its standard input is closed, and once more after SIGTERM.
const PATIENCE: Duration = Duration::from_secs(1);

/// A running program. Dropping it kills it and all that it has started.
#[derive(Debug)]
pub(super) struct Child {
    process: tokio::process::Child,
    /// Its own process group.
    group: Option<Pid>,
    last_words: Arc<Mutex<String>>,
    /// Ends when nobody can write to standard error any more; `None` once it has.
    listening: Option<JoinHandle<()>>,
}

/// A program's standard input and output. Ends when its output ends.
pub(super) type Pipes = (ChildStdout, ChildStdin);

impl Child {
    /// Starts a program in a process group of its own. `scrubber` cleans what it writes to standard error, which goes
    /// to the log.
    ///
    /// # Errors
    /// It cannot be started.
    pub(super) fn start(
        server: &str,
        (command, args, env): (&str, &[SecretString], &[(String, SecretString)]),
        scrubber: &Scrubber,
    ) -> io::Result<(Self, Pipes)> {
        let kept = PASSED_ON.iter().filter_map(|name| std::env::var_os(name).map(|value| (name, value)));
        let mut process = Command::new(command)
            .args(args.iter().map(ExposeSecret::expose_secret))
            .env_clear()
            .envs(kept)
            .envs(env.iter().map(|(name, value)| (name, value.expose_secret())))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let group = process.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(program) = group {
            file_limit::give_back(program);
        }
        let pipes = process.stdout.take().zip(process.stdin.take());
        let last_words = Arc::new(Mutex::new(String::new()));
        let listen_to =
            |stderr| tokio::spawn(listen(server.to_owned(), stderr, scrubber.clone(), Arc::clone(&last_words)));
        let listening = process.stderr.take().map(listen_to);
        let child = Self { process, group, last_words, listening };
        pipes.map(|pipes| (child, pipes)).ok_or_else(|| io::Error::other("it has no standard input and output"))
    }

    /// Waits until the program has ended; returns how, with the last line that it wrote to standard error.
    pub(super) async fn ended(&mut self) -> String {
        let how = match self.process.wait().await {
            Ok(status) => words(status),
            Err(error) => format!("ended ({})", plain(&error)),
        };
        // Its last output may still be on its way.
        if let Some(listening) = &mut self.listening
            && timeout(LAST_WORDS, listening).await.is_ok()
        {
            self.listening = None;
        }
        match self.last_words.lock().as_str() {
            "" => how,
            last => format!("{how}; its last words: {last}"),
        }
    }

    /// Lets the program end, whose standard input is closed by now, and sees to it that it does: within 2 s.
    pub(super) async fn end(mut self) {
        if timeout(PATIENCE, self.process.wait()).await.is_err() {
            self.signal(Signal::TERM);
            // Dropping it kills what is still there.
            let _ = timeout(PATIENCE, self.process.wait()).await;
        }
    }

    /// Sends a signal to all of the group. That nobody is left to receive it is fine.
    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Also where the program itself has ended: those that it has started may live on.
        self.signal(Signal::KILL);
    }
}

fn words(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(0), _) => "ended".to_owned(),
        (Some(code), _) => format!("ended with exit code {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "ended".to_owned(),
    }
}

/// Logs what a program writes to standard error, line by line, and remembers the last.
async fn listen(server: String, stderr: impl AsyncRead + Unpin, scrubber: Scrubber, last_words: Arc<Mutex<String>>) {
    let mut reader = BufReader::new(stderr);
    let mut line = Vec::new();
    let mut is_rest = false;
    loop {
        line.clear();
        match (&mut reader).take(READ_OF_LINE).read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        // The rest of a longer line is passed over.
        if !std::mem::replace(&mut is_rest, !line.ends_with(b"\n")) {
            let line = scrubber.clean_head(String::from_utf8_lossy(&line).trim(), MAX_LINE);
            tracing::debug!(server, "{line}");
            if !line.is_empty() {
                head(&line, MAX_LAST_WORDS).clone_into(&mut last_words.lock());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    fn start(script: &str, env: &[(&str, &str)]) -> (Child, Pipes) {
        let env: Vec<(String, SecretString)> =
            env.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        let scrubber = Scrubber::new(vec!["s3cret-value".into()]);
        Child::start("test", ("sh", &["-c".into(), script.into()], &env), &scrubber).unwrap()
    }

    async fn output((child, (mut stdout, stdin)): (Child, Pipes)) -> String {
        drop(stdin);
        let mut text = String::new();
        stdout.read_to_string(&mut text).await.unwrap();
        child.end().await;
        text
    }

    /// Whether a process is there and is no zombie.
    fn lives(id: &str) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", id.trim())).unwrap_or_default();
        stat.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
    }

    async fn dies(id: &str) {
        for _ in 0..1_000 {
            if !lives(id) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{id} lives on");
    }

    #[tokio::test]
    async fn a_program_knows_what_it_was_given_and_little_else() {
        let shown = output(start("env", &[("GIVEN", "yes")])).await;
        let names: Vec<&str> = shown.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
        assert!(names.contains(&"GIVEN") && names.contains(&"PATH"), "{shown}");
        let known = |name: &&&str| PASSED_ON.contains(name) || ["GIVEN", "PWD", "SHLVL", "_", "OLDPWD"].contains(name);
        assert_eq!(names.iter().filter(|name| !known(name)).count(), 0, "{shown}");
    }

    /// Some programs cannot cope with a limit as high as this server's own.
    #[tokio::test]
    async fn a_program_has_the_limit_on_files_that_this_server_was_started_with() {
        let hard = getrlimit(Resource::Nofile).maximum;
        setrlimit(Resource::Nofile, Rlimit { current: Some(512), maximum: hard }).unwrap();
        file_limit::raise();
        assert!(file_limit::files() > 512);
        // It looks once its standard input has ended, which is after it was given its limit.
        assert_eq!(output(start("read x; ulimit -n", &[])).await.trim(), "512");
    }

    #[tokio::test]
    async fn its_end_is_told_without_secrets() {
        let (mut child, pipes) = start("echo first >&2; echo no access with s3cret-value >&2; exit 3", &[]);
        drop(pipes);
        assert_eq!(child.ended().await, "ended with exit code 3; its last words: no access with [key]");
    }

    #[tokio::test]
    async fn no_part_of_a_secret_is_told_wherever_a_long_line_is_cut() {
        let scrubber = Scrubber::new(vec!["s3cret-value".into()]);
        for before in MAX_LINE - 13..=MAX_LINE + 1 {
            let line = format!("{}s3cret-value{}\n", "x".repeat(before), "y".repeat(2 * MAX_LINE));
            let told = Arc::new(Mutex::new(String::new()));
            listen("test".to_owned(), std::io::Cursor::new(line), scrubber.clone(), Arc::clone(&told)).await;
            assert_eq!(*told.lock(), "x".repeat(MAX_LAST_WORDS), "the rest of the line is no line: {before}");
        }
    }

    #[tokio::test]
    async fn what_it_has_started_ends_with_it() {
        // The shell waits for neither; the sleeper holds no pipe.
        let (child, (stdout, stdin)) = start("sleep 1000 >/dev/null 2>&1 & echo $!; read x", &[]);
        let mut reader = BufReader::new(stdout);
        let mut sleeper = String::new();
        reader.read_line(&mut sleeper).await.unwrap();
        assert!(lives(&sleeper));
        drop(stdin);
        child.end().await;
        dies(&sleeper).await;
    }

    #[tokio::test]
    async fn one_that_will_not_end_is_killed() {
        let (child, (stdout, stdin)) = start("trap '' TERM; echo $$; while :; do sleep 1; done", &[]);
        let mut reader = BufReader::new(stdout);
        let mut id = String::new();
        reader.read_line(&mut id).await.unwrap();
        drop(stdin);
        child.end().await;
        dies(&id).await;
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_an_error() {
        let error = Child::start("test", ("/no/such/program", &[], &[]), &Scrubber::default()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
