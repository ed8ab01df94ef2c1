//! Connections: each has its limits, so that slow or many clients hold up nobody else.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use socket2::SockRef;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

/// Connections at a time. More wait to be taken.
const CONNECTIONS: usize = 4096;
/// Until a request's headers are there, from the start of a connection or the end of the request before: longer than proxies in front keep
/// an idle connection, which would else send a request into one that is just being closed.
const HEADERS_WITHIN: Duration = Duration::from_secs(75);
/// The most bytes of a request's headers.
const MAX_HEADER_BYTES: usize = 64 << 10;
/// A client that takes nothing of its answer for so long is gone (RFC 5482).
const TAKES_WITHIN: Duration = Duration::from_secs(30);
/// The pause when no connection can be taken, as when there are no more files to be opened.
const PAUSE: Duration = Duration::from_millis(500);

/// Serves until `stopped` turns true, then lets requests that are under way finish. Each request goes to the router of its moment.
pub async fn serve(listener: TcpListener, routers: watch::Receiver<Router>, stopped: watch::Receiver<bool>) {
    serve_within(listener, routers, stopped, HEADERS_WITHIN).await;
}

async fn serve_within(
    listener: TcpListener,
    routers: watch::Receiver<Router>,
    mut stopped: watch::Receiver<bool>,
    headers_within: Duration,
) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, taken) = tokio::select! {
            next = next => next,
            // An error means that the sender is gone, which is a reason to stop as well.
            _ = stopped.wait_for(|stop| *stop) => break,
        };
        match taken {
            Ok((stream, peer)) => {
                let connection = graceful.watch(connection(stream, peer, routers.clone(), headers_within));
                tokio::spawn(async move {
                    if let Err(error) = connection.await {
                        tracing::debug!("the connection of {peer} ended: {error}");
                    }
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!("a connection cannot be taken: {error}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    routers: watch::Receiver<Router>,
    headers_within: Duration,
) -> http1::Connection<
    TokioIo<TcpStream>,
    impl hyper::service::HttpService<Incoming, ResBody = Body, Future: Send, Error: std::error::Error + Send + Sync>,
> {
    let _ = stream.set_nodelay(true);
    #[cfg(target_os = "linux")]
    let _ = SockRef::from(&stream).set_tcp_user_timeout(Some(TAKES_WITHIN));
    let service = service_fn(move |request: Request<Incoming>| {
        let router = routers.borrow().clone();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.oneshot(request)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(headers_within)
        .max_buf_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// A server whose one page says a word; its address, where its pages are set, and what stops it.
    async fn started(
        word: &'static str,
        headers_within: Duration,
    ) -> (SocketAddr, watch::Sender<Router>, watch::Sender<bool>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (routers, current) = watch::channel(saying(word));
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(serve_within(listener, current, stopped, headers_within));
        (address, routers, stop)
    }

    fn saying(word: &'static str) -> Router {
        Router::new().route(
            "/",
            get(move |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { format!("{word} {}", peer.ip()) }),
        )
    }

    async fn answer(stream: &mut TcpStream, request: &str) -> String {
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = vec![0; 4096];
        let read = stream.read(&mut bytes).await.unwrap();
        String::from_utf8_lossy(&bytes[..read]).into_owned()
    }

    const ASK: &str = "GET / HTTP/1.1\r\nHost: here\r\n\r\n";

    #[tokio::test]
    async fn a_connection_sees_the_pages_of_the_moment() {
        let (address, routers, stop) = started("first", HEADERS_WITHIN).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        assert!(answer(&mut stream, ASK).await.ends_with("first 127.0.0.1"));
        drop(routers.send_replace(saying("second")));
        assert!(answer(&mut stream, ASK).await.ends_with("second 127.0.0.1"));
        stop.send_replace(true);
        // It is idle: it is closed, and no other is taken.
        assert_eq!(stream.read(&mut [0; 10]).await.unwrap(), 0);
        assert!(TcpStream::connect(address).await.is_err());
    }

    #[tokio::test]
    async fn who_sends_no_request_is_let_go_and_holds_up_nobody() {
        let (address, _routers, _stop) = started("word", Duration::from_millis(400)).await;
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nHo").await.unwrap();
        let mut other = TcpStream::connect(address).await.unwrap();
        assert!(answer(&mut other, ASK).await.ends_with("word 127.0.0.1"));
        let mut end = Vec::new();
        slow.read_to_end(&mut end).await.unwrap();
        // More headers than there may be are refused, not read.
        let mut many = TcpStream::connect(address).await.unwrap();
        let header = format!("GET / HTTP/1.1\r\nHost: here\r\nX-Long: {}\r\n\r\n", "a".repeat(2 * MAX_HEADER_BYTES));
        let refused = answer(&mut many, &header).await;
        assert!(refused.starts_with("HTTP/1.1 431"), "{refused}");
    }
}
