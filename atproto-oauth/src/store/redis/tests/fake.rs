//! A server that answers what it is told to.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What it does with a command.
#[derive(Clone, Debug)]
pub(super) enum Says {
    Bytes(Vec<u8>),
    Nothing,
    /// These bytes, and then others without end.
    Flood(&'static [u8]),
    HangsUp,
}

impl From<&str> for Says {
    fn from(text: &str) -> Self {
        Self::Bytes(text.into())
    }
}

pub(super) struct Fake {
    url: String,
    says: Arc<Mutex<Vec<(&'static str, Says)>>>,
}

impl Fake {
    /// One that is a good server until it is told otherwise.
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("redis://{}", listener.local_addr().unwrap());
        let says: Arc<Mutex<Vec<(&str, Says)>>> = Arc::default();
        let answers = says.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let answers = answers.clone();
                // A client that is gone is the end of it.
                thread::spawn(move || serve(stream, &answers));
            }
        });
        Self { url, says }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// From now on; the last word on a command counts.
    pub(super) fn says(&self, command: &'static str, answer: impl Into<Says>) {
        let mut says = self.says.lock().unwrap();
        says.insert(0, (command, answer.into()));
    }
}

fn serve(stream: TcpStream, says: &Mutex<Vec<(&'static str, Says)>>) -> Option<()> {
    let mut input = BufReader::new(stream.try_clone().ok()?);
    let mut output = stream;
    loop {
        let parts = command(&mut input)?;
        let name = parts.first()?.to_ascii_uppercase();
        let told = says
            .lock()
            .unwrap()
            .iter()
            .find(|(of, _)| *of == name)
            .cloned();
        let answer = match (told, name.as_str()) {
            (Some((_, answer)), _) => answer,
            (_, "HELLO") => "*2\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n".into(),
            (_, "CONFIG") => "*0\r\n".into(),
            (_, "GET") => "$-1\r\n".into(),
            _ => ":0\r\n".into(),
        };
        match answer {
            Says::Bytes(bytes) => output.write_all(&bytes).ok()?,
            Says::Nothing => {}
            Says::Flood(start) => {
                output.write_all(start).ok()?;
                loop {
                    output.write_all(&[b'0'; 1 << 14]).ok()?;
                }
            }
            Says::HangsUp => return None,
        }
    }
}

/// An array of strings.
fn command(input: &mut impl BufRead) -> Option<Vec<String>> {
    let number = |input: &mut dyn BufRead| {
        let mut line = String::new();
        input.read_line(&mut line).ok()?;
        line.get(1..)?.trim().parse::<usize>().ok()
    };
    let mut parts = Vec::new();
    for _ in 0..number(input)? {
        let mut part = vec![0; number(input)? + 2];
        input.read_exact(&mut part).ok()?;
        parts.push(String::from_utf8_lossy(&part).trim().to_owned());
    }
    Some(parts)
}
