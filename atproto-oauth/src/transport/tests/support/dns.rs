//! A name server that answers from a closure.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};
use tokio::task::JoinHandle;

pub(crate) enum Reply {
    /// Those of the asked family.
    Addresses(Vec<&'static str>),
    /// Records of character-strings.
    Texts(Vec<Vec<Vec<u8>>>),
    /// A response code without records; 0 is "no such records", 3 "no such name".
    Code(u8),
    Silence,
}

/// Record types.
const A: u16 = 1;
const TXT: u16 = 16;
const AAAA: u16 = 28;
/// Longer answers have to be fetched over TCP.
const UDP_LIMIT: usize = 1232;

pub(crate) struct Dns {
    pub(crate) address: SocketAddr,
    zone: Arc<Zone>,
    tasks: [JoinHandle<()>; 2],
}

type Replies = dyn Fn(&str, usize) -> Reply + Send + Sync;

struct Zone {
    reply: Box<Replies>,
    asked: Mutex<Vec<String>>,
}

impl Dns {
    /// `reply` gets the name and how often this name and type was asked before.
    pub(crate) async fn start(
        reply: impl Fn(&str, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let (udp, tcp) = bind().await;
        let address = udp.local_addr().expect("an address");
        let zone = Arc::new(Zone {
            reply: Box::new(reply),
            asked: Mutex::default(),
        });
        let tasks = [
            tokio::spawn(serve_udp(udp, Arc::clone(&zone))),
            tokio::spawn(serve_tcp(tcp, Arc::clone(&zone))),
        ];
        Self {
            address,
            zone,
            tasks,
        }
    }

    /// `name type` of every query.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.zone.asked.lock().expect("not poisoned").clone()
    }
}

impl Drop for Dns {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// The same port for both.
async fn bind() -> (UdpSocket, TcpListener) {
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
        let address = udp.local_addr().expect("an address");
        if let Ok(tcp) = TcpListener::bind(address).await {
            return (udp, tcp);
        }
    }
}

async fn serve_udp(socket: UdpSocket, zone: Arc<Zone>) {
    let mut buffer = vec![0; 4096];
    while let Ok((size, from)) = socket.recv_from(&mut buffer).await {
        let Some(mut answer) = zone.answer(&buffer[..size]) else {
            continue;
        };
        if answer.len() > UDP_LIMIT {
            answer.truncate(question(&answer).2);
            answer[2] |= 0x02; // truncated
            answer[6..12].fill(0);
        }
        socket.send_to(&answer, from).await.expect("sent");
    }
}

async fn serve_tcp(listener: TcpListener, zone: Arc<Zone>) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let zone = Arc::clone(&zone);
        tokio::spawn(async move {
            while let Ok(size) = stream.read_u16().await {
                let mut query = vec![0; size.into()];
                stream.read_exact(&mut query).await.expect("a query");
                if let Some(answer) = zone.answer(&query) {
                    let size = u16::try_from(answer.len()).expect("short");
                    let framed = [&size.to_be_bytes(), &answer[..]].concat();
                    stream.write_all(&framed).await.expect("sent");
                }
            }
        });
    }
}

impl Zone {
    fn answer(&self, query: &[u8]) -> Option<Vec<u8>> {
        let (name, kind, end) = question(query);
        let asked = format!("{name} {kind}");
        let before = {
            let mut record = self.asked.lock().expect("not poisoned");
            record.push(asked.clone());
            record.iter().filter(|entry| **entry == asked).count() - 1
        };
        answer(query, end, kind, (self.reply)(&name, before))
    }
}

/// The name, the type, and where the question ends.
fn question(query: &[u8]) -> (String, u16, usize) {
    let (mut name, mut at) = (String::new(), 12);
    while query[at] != 0 {
        let end = at + 1 + usize::from(query[at]);
        name += &String::from_utf8_lossy(&query[at + 1..end]);
        name.push('.');
        at = end;
    }
    let kind = u16::from_be_bytes([query[at + 1], query[at + 2]]);
    (name, kind, at + 5)
}

fn answer(query: &[u8], question_end: usize, kind: u16, reply: Reply) -> Option<Vec<u8>> {
    let (code, records): (u8, Vec<Vec<u8>>) = match reply {
        Reply::Silence => return None,
        Reply::Code(code) => (code, Vec::new()),
        Reply::Addresses(list) => {
            let list = list.iter().map(|text| text.parse().expect("an address"));
            let data = list.filter_map(|ip| match ip {
                IpAddr::V4(v4) if kind == A => Some(v4.octets().to_vec()),
                IpAddr::V6(v6) if kind == AAAA => Some(v6.octets().to_vec()),
                _ => None,
            });
            (0, data.collect())
        }
        Reply::Texts(records) => {
            let string = |s: &Vec<u8>| [&[u8::try_from(s.len()).expect("short")], &s[..]].concat();
            let data = |record: &Vec<Vec<u8>>| record.iter().flat_map(string).collect();
            (
                0,
                records.iter().filter(|_| kind == TXT).map(data).collect(),
            )
        }
    };
    let mut answer = query[..question_end].to_vec();
    answer[2..4].copy_from_slice(&[0x81, 0x80 | code]); // an answer, recursive
    answer[6..12].fill(0);
    answer[6..8].copy_from_slice(&u16::try_from(records.len()).expect("few").to_be_bytes());
    for data in records {
        answer.extend([0xc0, 12]); // the name of the question
        answer.extend(kind.to_be_bytes());
        answer.extend([0, 1, 0, 0, 0, 60]); // internet, one minute
        answer.extend(u16::try_from(data.len()).expect("short").to_be_bytes());
        answer.extend(data);
    }
    Some(answer)
}
