//! The gate that every request passes twice: on arrival, and when its answer is ready. Limits and faults are policies of it.

use super::call::Answer;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// What a policy knows of a request.
#[derive(Debug, Clone, Copy)]
pub struct Passage<'a> {
    /// The operation, as the statistics name it.
    pub operation: &'a str,
    /// The path as it was sent.
    pub path: &'a str,
    /// Whether the request would change state.
    pub write: bool,
    /// How many rows of a list the request leaves out at the front: 0 for a first page, and for what is no page.
    pub skips: usize,
    /// Tells requests apart: equal for those that ask for the same in the name of the same caller.
    pub identity: u64,
}

/// What happens to a request at the gate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Fate {
    /// It goes on.
    #[default]
    Pass,
    /// The caller gets this instead.
    Answer(Answer),
    /// The connection breaks without an answer.
    Drop,
}

/// A decision of a policy: wait first, then do this.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// How long to wait before.
    pub wait: Duration,
    /// What happens then.
    pub fate: Fate,
    /// By how many rows a page begins later than it was asked to, as if rows before it had gone or, below zero, come; on arrival.
    pub shift: i8,
    /// Headers that the answer gets besides its own; on leaving.
    pub headers: Vec<(&'static str, String)>,
}

/// Decides over requests. The default of both methods lets everything through.
pub trait Policy: Send + Sync + std::fmt::Debug {
    /// Judges a request before anything is read or changed; an answer here means that nothing happened on the site.
    fn arrive(&self, _passage: Passage<'_>) -> Verdict {
        Verdict::default()
    }

    /// Judges a request that was carried out, before its answer is sent.
    fn leave(&self, _passage: Passage<'_>, _answer: &Answer) -> Verdict {
        Verdict::default()
    }
}

/// The policy that lets everything through.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenGate;

impl Policy for OpenGate {}

/// Takes a request through the gate: `None` means that the connection is to break.
pub(super) async fn gate(
    policy: &dyn Policy,
    passage: Passage<'_>,
    carry_out: impl FnOnce(i8) -> Answer,
) -> Option<Answer> {
    let arrival = policy.arrive(passage);
    pause(arrival.wait).await;
    match arrival.fate {
        Fate::Pass => {}
        Fate::Answer(answer) => return Some(answer),
        Fate::Drop => return None,
    }
    let answer = carry_out(arrival.shift);
    let departure = policy.leave(passage, &answer);
    pause(departure.wait).await;
    let mut answer = match departure.fate {
        Fate::Pass => answer,
        Fate::Answer(other) => other,
        Fate::Drop => return None,
    };
    answer.headers.extend(departure.headers);
    Some(answer)
}

async fn pause(wait: Duration) {
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
}

/// The means to break a connection from inside a request.
#[derive(Debug, Clone, Default)]
pub(super) struct Line(Arc<AtomicBool>);

impl Line {
    /// Makes the next write on the connection fail, so that the caller sees it break.
    pub(super) fn cut(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl axum::extract::connect_info::Connected<axum::serve::IncomingStream<'_, CuttableListener>>
    for Line
{
    fn connect_info(stream: axum::serve::IncomingStream<'_, CuttableListener>) -> Self {
        stream.remote_addr().clone()
    }
}

/// A TCP listener whose connections can be cut.
pub(super) struct CuttableListener(pub(super) TcpListener);

impl axum::serve::Listener for CuttableListener {
    type Io = CuttableStream;
    type Addr = Line;

    async fn accept(&mut self) -> (CuttableStream, Line) {
        loop {
            match self.0.accept().await {
                Ok((stream, _)) => {
                    // Answers are written whole, so waiting for more to send would only cost time.
                    let _ = stream.set_nodelay(true);
                    let line = Line::default();
                    return (CuttableStream(stream, line.clone()), line);
                }
                // Out of descriptors or a caller that left at once: a moment later it may work again.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<Line> {
        Ok(Line::default())
    }
}

/// A TCP stream that fails once its line is cut.
pub(super) struct CuttableStream(TcpStream, Line);

impl CuttableStream {
    fn check(&self) -> io::Result<()> {
        if self.1.0.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl AsyncRead for CuttableStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_read(context, buffer)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.get_mut().0).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.get_mut().0).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_shutdown(context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.get_mut().0).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }
}
