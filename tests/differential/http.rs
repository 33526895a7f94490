//! A sandbox on loopback, and a client that knows nothing but HTTP/1.1 on a connection that stays open.

use portcullis::emulator::{Options, Sandbox, Site};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use tokio::runtime::Runtime;

/// A sandbox in this process. Its state is set directly; everything that is compared comes over the wire.
pub(crate) struct Wire {
    sandbox: Sandbox,
    stream: BufReader<TcpStream>,
    host: String,
    /// How many requests were answered.
    pub(crate) asked: u32,
    /// Kept for as long as the sandbox is to answer.
    _runtime: Runtime,
}

impl Wire {
    pub(crate) fn open() -> Self {
        let runtime = Runtime::new().unwrap();
        let sandbox = runtime
            .block_on(Sandbox::start(Site::empty("acme"), Options::default()))
            .unwrap();
        let host = sandbox.url().strip_prefix("http://").unwrap().to_owned();
        let stream = TcpStream::connect(&host).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            sandbox,
            stream: BufReader::new(stream),
            host,
            asked: 0,
            _runtime: runtime,
        }
    }

    /// Replaces the whole state.
    pub(crate) fn set(&self, site: Site) {
        self.sandbox.edit(|state| *state = site);
    }

    /// Asks what a visitor finds; nobody in particular for an empty address.
    pub(crate) fn visit(&mut self, address: &str) -> Value {
        let query = match address {
            "" => String::new(),
            address => format!("?as={address}"),
        };
        let (status, body) = self.send("GET", &format!("/__sandbox/visit{query}"), "", "");
        assert_eq!(status, 200, "{body}");
        body
    }

    /// Goes through a door.
    pub(crate) fn enter(&mut self, door: &str, form: &str) -> Value {
        let path = format!("/__sandbox/doors/{door}");
        let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
        let (status, body) = self.send("POST", &path, kind, form);
        assert_eq!(status, 200, "{door}: {body}");
        body
    }

    /// Sends one request and reads one answer.
    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: &str,
    ) -> (u16, Value) {
        let (host, length) = (&self.host, body.len());
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
        );
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        self.asked += 1;
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().unwrap();
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).unwrap();
        (
            status,
            serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        )
    }
}
