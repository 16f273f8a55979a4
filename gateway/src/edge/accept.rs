//! The accept loop: listeners in, connections out, caps on how many, and an orderly end.
//!
//! Owns every connection's task. It must never know what a request is.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pingora::apps::ServerApp as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::conn::{Conn, ConnInfo, Role};
use super::gate::Gate;
use super::linger::Remains;
use super::{Edge, Limits};
use crate::tls::{ServerCerts, server_config};

/// A bound socket and what it is for.
#[derive(Debug)]
pub enum Listener {
    /// Serves over TLS, with certificates that can be swapped while running.
    Tls {
        /// The socket.
        listener: TcpListener,
        /// The certificates.
        certs: Arc<ServerCerts>,
    },
    /// Serves in the clear: behind a TLS proxy, or in tests.
    Plain {
        /// The socket.
        listener: TcpListener,
    },
    /// Sends everybody to HTTPS.
    Redirect {
        /// The socket.
        listener: TcpListener,
        /// The public HTTPS port.
        https_port: u16,
    },
}

impl Listener {
    fn split(self) -> (TcpListener, Role) {
        match self {
            Self::Tls { listener, certs } => (listener, Role::Tls(certs)),
            Self::Plain { listener } => (listener, Role::Plain),
            Self::Redirect {
                listener,
                https_port,
            } => (listener, Role::Redirect { https_port }),
        }
    }
}

/// How an edge ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Connections that had to be cut at the deadline (event streams, WebSockets, slow transfers).
    pub cut: usize,
}

/// What the connections of one edge share.
struct Floor {
    edge: Arc<Edge>,
    room: Arc<Semaphore>,
    clients: Arc<Clients>,
    tasks: TaskTracker,
    draining: watch::Receiver<bool>,
    cut: CancellationToken,
}

impl Edge {
    /// Serves until `shutdown`, then stops accepting, lets requests in flight end within the drain limit, and cuts
    /// what is left. Returns when no connection is left.
    pub async fn serve(
        self: &Arc<Self>,
        listeners: Vec<Listener>,
        shutdown: CancellationToken,
    ) -> Drained {
        let (drain, draining) = watch::channel(false);
        let floor = Arc::new(Floor {
            edge: self.clone(),
            room: Arc::new(Semaphore::new(self.limits.connections)),
            clients: Arc::default(),
            tasks: TaskTracker::new(),
            draining,
            cut: CancellationToken::new(),
        });
        let doors = TaskTracker::new();
        for listener in listeners {
            let (listener, role) = listener.split();
            doors.spawn(floor.clone().keep_door(listener, role, shutdown.clone()));
        }
        shutdown.cancelled().await;
        doors.close();
        doors.wait().await;
        let _ = drain.send(true);
        self.app.cleanup().await;
        floor.drain(self.limits.drain).await
    }
}

impl Floor {
    async fn keep_door(
        self: Arc<Self>,
        listener: TcpListener,
        role: Role,
        shutdown: CancellationToken,
    ) {
        let acceptor = match &role {
            Role::Tls(certs) => Some(TlsAcceptor::from(server_config(certs.clone()))),
            Role::Plain | Role::Redirect { .. } => None,
        };
        loop {
            let accepted = tokio::select! {
                () = shutdown.cancelled() => return,
                accepted = self.next(&listener) => accepted,
            };
            match accepted {
                Ok((socket, peer, room)) => {
                    self.welcome(socket, peer, room, &role, acceptor.clone())
                }
                Err(error) => {
                    // Out of file descriptors, or a connection that was gone already: neither is a reason to stop.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }

    /// The next visitor with room for them: beyond the cap one waits here and the others in the kernel's queue.
    async fn next(
        &self,
        listener: &TcpListener,
    ) -> std::io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
        let (socket, peer) = listener.accept().await?;
        let room = self.room.clone().acquire_owned().await;
        Ok((socket, peer, room.map_err(std::io::Error::other)?))
    }

    fn welcome(
        self: &Arc<Self>,
        socket: TcpStream,
        peer: SocketAddr,
        room: OwnedSemaphorePermit,
        role: &Role,
        acceptor: Option<TlsAcceptor>,
    ) {
        let Some(seat) = self
            .clients
            .admit(peer.ip(), self.edge.limits.connections_per_client)
        else {
            tracing::debug!(client = %peer.ip(), "too many connections from one address");
            return;
        };
        prepare(&socket);
        let (floor, role) = (self.clone(), role.clone());
        self.tasks.spawn(async move {
            let _held = (room, seat);
            let cut = floor.cut.clone();
            tokio::select! {
                () = floor.serve_one(socket, peer, role, acceptor) => {}
                () = cut.cancelled() => {}
            }
        });
    }

    async fn serve_one(
        &self,
        socket: TcpStream,
        peer: SocketAddr,
        role: Role,
        acceptor: Option<TlsAcceptor>,
    ) {
        let limits = &self.edge.limits;
        let remains = Remains::default();
        let conn = match acceptor {
            None => Conn::plain(
                socket,
                info(peer, role, None, false, limits),
                limits.write_stall,
                remains.clone(),
            ),
            Some(acceptor) => {
                let handshake =
                    tokio::time::timeout(limits.header_deadline, acceptor.accept(socket));
                let Ok(Ok(stream)) = handshake.await else {
                    return;
                };
                let session = stream.get_ref().1;
                let sni = session.server_name().map(Box::from);
                let h2 = session.alpn_protocol() == Some(b"h2");
                Conn::tls(
                    stream,
                    info(peer, role, sni, h2, limits),
                    limits.write_stall,
                    remains.clone(),
                )
            }
        };
        self.edge
            .app
            .process_new(Box::new(conn), &self.draining)
            .await;
        remains.linger().await;
    }

    async fn drain(&self, patience: Duration) -> Drained {
        self.tasks.close();
        let all_done = tokio::time::timeout(patience, self.tasks.wait())
            .await
            .is_ok();
        let cut = if all_done { 0 } else { self.tasks.len() };
        self.cut.cancel();
        self.tasks.wait().await;
        Drained { cut }
    }
}

fn info(
    peer: SocketAddr,
    role: Role,
    sni: Option<Box<str>>,
    h2: bool,
    limits: &Limits,
) -> Arc<ConnInfo> {
    Arc::new(ConnInfo {
        peer,
        role,
        sni,
        gate: Gate::new(limits, h2),
    })
}

/// No delay for small answers; dead visitors are noticed even where silence is allowed.
fn prepare(socket: &TcpStream) {
    let _ = socket.set_nodelay(true);
    let keepalive = socket2::TcpKeepalive::new()
        .with_time(Duration::from_secs(60))
        .with_interval(Duration::from_secs(15));
    let _ = socket2::SockRef::from(socket).set_tcp_keepalive(&keepalive);
}

/// How many connections each address has.
#[derive(Default)]
struct Clients(Mutex<HashMap<IpAddr, usize>>);

impl Clients {
    fn admit(self: &Arc<Self>, address: IpAddr, most: usize) -> Option<Seat> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_insert(0);
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Seat {
            clients: self.clone(),
            address,
        })
    }
}

struct Seat {
    clients: Arc<Clients>,
    address: IpAddr,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut counts = self
            .clients
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}
