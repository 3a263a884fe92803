//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::response::Response;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower::ServiceExt;

use super::seats::{Seat, Seats};
use crate::http::edge::Gate;
use crate::http::problem;
use crate::kernel::{Code, Error};

/// Room to read headers that are so many times too large and still answer them in our words.
const READ_BUFFER: usize = 4;
/// The smallest buffer that hyper takes.
const LEAST_BUFFER: usize = 8 * 1024;
/// So many header lines are read: more than the edge lets pass by their bytes, so that it is the
/// edge that refuses, in our words.
const HEADER_LINES: usize = 4096;
/// How long a client may go on sending what nobody reads before it takes its answer.
const LINGER: Duration = Duration::from_secs(1);

/// What all connections share.
pub(super) struct Connections {
    pub(super) seats: Arc<Seats>,
    pub(super) router: Router,
    pub(super) gate: Gate,
    pub(super) header_time: Duration,
    /// What headers may have together, in bytes.
    pub(super) header_bytes: usize,
    /// Becomes true when the server stops.
    pub(super) stopping: watch::Receiver<bool>,
}

type Answer = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

impl Connections {
    /// Serves a connection in a task of its own, if there is a seat for it. Both end together.
    pub(super) fn serve(&self, stream: TcpStream, peer: SocketAddr) {
        let Some((seat, ended)) = self.seats.take(peer.ip(), Instant::now()) else { return };
        let (router, gate, seat) = (self.router.clone(), self.gate.clone(), Arc::new(seat));
        let service = service_fn(move |request: hyper::Request<Incoming>| -> Answer {
            seat.begins(Instant::now());
            let its_seat = Arc::clone(&seat);
            let mut request = request.map(|body| Body::new(Arriving { body, seat: its_seat }));
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(gate.clone());
            let (router, seat) = (router.clone(), Arc::clone(&seat));
            Box::pin(async move {
                let answer = router.oneshot(request).await;
                seat.rests(Instant::now());
                answer
            })
        });
        // An answer must not wait for the acknowledgement of the one before.
        drop(stream.set_nodelay(true));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.header_time)
            .max_headers(HEADER_LINES)
            .max_buf_size((READ_BUFFER * self.header_bytes).max(LEAST_BUFFER))
            .serve_connection(TokioIo::new(stream), service);
        let mut stopping = self.stopping.clone();
        let whole = async move {
            let mut connection = connection;
            let ended = {
                let mut stop = pin!(async move {
                    // An error means the server is gone, which is a stop too.
                    drop(stopping.wait_for(|stopping| *stopping).await);
                });
                let mut told = false;
                poll_fn(|context| {
                    if !told && stop.as_mut().poll(context).is_ready() {
                        told = true;
                        Pin::new(&mut connection).graceful_shutdown();
                    }
                    // Ends only when everything is flushed.
                    Pin::new(&mut connection).poll(context)
                })
                .await
            };
            let parts = connection.into_parts();
            let too_slow = matches!(&ended, Err(error) if error.is_timeout());
            // A connection that merely idled is closed without a word.
            let late = too_slow && !parts.read_buf.is_empty();
            finish(parts.io.into_inner(), late).await;
        };
        tokio::spawn(async move {
            tokio::select! {
                () = whole => {}
                // Somebody else needs the seat; whatever is unfinished waited for its client.
                _ = ended => {}
            }
        });
    }
}

/// A body that says when it waits for its client.
struct Arriving {
    body: Incoming,
    seat: Arc<Seat>,
}

impl hyper::body::Body for Arriving {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if polled.is_pending() {
            self.seat.waits();
        } else {
            self.seat.goes_on();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Closes so that the last answer arrives: closing while bytes are unread would tear it away.
async fn finish(mut stream: TcpStream, late: bool) {
    if late && stream.write_all(&request_timeout()).await.is_err() {
        return;
    }
    // Where an answer was sent, this was done already.
    drop(stream.shutdown().await);
    // On the heap: every connection would carry it from its beginning.
    let mut rest = vec![0; 8192];
    let drained = async { while stream.read(&mut rest).await.is_ok_and(|bytes| bytes > 0) {} };
    // Whoever sends on after that has had its time.
    drop(tokio::time::timeout(LINGER, drained).await);
}

/// Headers that never ended have no request to answer, so this one is written by hand.
fn request_timeout() -> Vec<u8> {
    let error = Error::new(Code::RequestTimeout, "The headers took too long to arrive.");
    let body = problem::render(&error, "");
    let head = format!(
        "HTTP/1.1 408 Request Timeout\r\ncontent-type: {}\r\ncontent-length: {}\r\n\
         cache-control: no-store\r\nx-content-type-options: nosniff\r\n\
         vary: Authorization, X-Org-Id\r\nx-request-id: {}\r\nconnection: close\r\n\r\n",
        problem::PROBLEM_JSON,
        body.len(),
        uuid::Uuid::now_v7(),
    );
    [head.into_bytes(), body].concat()
}
