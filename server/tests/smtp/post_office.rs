//! A mail server on loopback: the SMTP state machine of `mailin` behind a socket, with answers to
//! order.

use mailin::{Action, Handler, Response, SessionBuilder, response};
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A message as it came over the wire.
#[derive(Clone, Debug, Default)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    pub text: String,
}

impl Received {
    /// The value of a header, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.text.split("\r\n\r\n").next()?.replace("\r\n ", " ").replace("\r\n\t", " ");
        let prefix = format!("{}:", name.to_lowercase());
        let line = head.lines().find(|line| line.to_lowercase().starts_with(&prefix))?.to_owned();
        Some(line[prefix.len()..].trim().to_owned())
    }
}

#[derive(Debug, Default)]
struct Books {
    taken: Vec<Received>,
    /// Every message that was offered, taken or not.
    offered: Vec<Received>,
    /// What the next messages are answered; 250 when there is nothing.
    answers: VecDeque<u16>,
    /// What the next senders are answered.
    to_senders: VecDeque<(u16, String)>,
}

pub struct PostOffice {
    pub address: SocketAddr,
    books: Arc<Mutex<Books>>,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Clone, Default)]
struct Clerk {
    books: Arc<Mutex<Books>>,
    letter: Received,
    bytes: Vec<u8>,
}

impl Handler for Clerk {
    fn mail(&mut self, _: IpAddr, _: &str, from: &str) -> Response {
        self.letter = Received { from: from.to_owned(), ..Received::default() };
        self.bytes.clear();
        match self.books.lock().unwrap().to_senders.pop_front() {
            None => response::OK,
            Some((code, text)) => Response::custom(code, text),
        }
    }

    fn rcpt(&mut self, to: &str) -> Response {
        self.letter.to.push(to.to_owned());
        response::OK
    }

    fn data(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let mut books = self.books.lock().unwrap();
        let letter = Received { text: String::from_utf8_lossy(&self.bytes).into_owned(), ..self.letter.clone() };
        books.offered.push(letter.clone());
        match books.answers.pop_front() {
            None => {
                books.taken.push(letter);
                response::OK
            }
            Some(code) => Response::custom(code, "as ordered".into()),
        }
    }
}

impl PostOffice {
    pub async fn open() -> Self {
        Self::open_at(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    pub async fn open_at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let books: Arc<Mutex<Books>> = Arc::default();
        let clerk = Clerk { books: books.clone(), ..Clerk::default() };
        let task = tokio::spawn(async move {
            while let Ok((stream, peer)) = listener.accept().await {
                tokio::spawn(converse(stream, peer.ip(), clerk.clone()));
            }
        });
        Self { address, books, task }
    }

    /// Stops listening; the address stays known.
    pub async fn close(self) -> SocketAddr {
        self.task.abort();
        let _ = self.task.await;
        self.address
    }

    /// What the next messages are answered.
    pub fn answer(&self, codes: &[u16]) {
        self.books.lock().unwrap().answers.extend(codes);
    }

    /// The next sender is refused.
    pub fn refuse_sender(&self, code: u16, text: &str) {
        self.books.lock().unwrap().to_senders.push_back((code, text.into()));
    }

    pub fn taken(&self) -> Vec<Received> {
        self.books.lock().unwrap().taken.clone()
    }

    pub fn offered(&self) -> Vec<Received> {
        self.books.lock().unwrap().offered.clone()
    }
}

async fn converse(stream: TcpStream, peer: IpAddr, clerk: Clerk) {
    let mut stream = BufReader::new(stream);
    let session = || SessionBuilder::new("post.test").build(peer, clerk.clone());
    let mut session_now = session();
    let mut answer = session_now.greeting();
    loop {
        if answer.action != Action::NoReply {
            let mut bytes = vec![];
            answer.write_to(&mut bytes).unwrap();
            if stream.write_all(&bytes).await.is_err() || answer.action == Action::Close {
                return;
            }
        }
        let mut line = vec![];
        match stream.read_until(b'\n', &mut line).await {
            Ok(read) if read > 0 => answer = session_now.process(&line),
            _ => return,
        }
        // The state machine stays in a message that was refused; a server is done with it.
        if answer.is_error {
            session_now = session();
        }
    }
}
