//! A mail server that can be told to misbehave.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    Take,
    /// "Try again later" (RFC 5321 §4.2.1).
    Busy,
    /// It does not know the recipient.
    Refuse,
    /// It has read the mail and does not want it.
    RefuseText,
}

#[derive(Clone)]
pub struct MailServer {
    pub address: SocketAddr,
    behaviour: Arc<Mutex<Behaviour>>,
    taken: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    pub async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = Self {
            address: listener.local_addr().expect("an address"),
            behaviour: Arc::new(Mutex::new(behaviour)),
            taken: Arc::default(),
        };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.talk(stream).await });
            }
        });
        server
    }

    pub fn behave(&self, behaviour: Behaviour) {
        *self.behaviour.lock().expect("a behaviour") = behaviour;
    }

    /// The mails it took, as they came.
    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().expect("mails").clone()
    }

    async fn talk(&self, stream: TcpStream) -> Option<()> {
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        writer.write_all(b"220 mail.example.com\r\n").await.ok()?;
        loop {
            let line = lines.next_line().await.ok()??;
            let behaviour = *self.behaviour.lock().expect("a behaviour");
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let answer: &[u8] = match (verb.as_str(), behaviour) {
                ("RCPT", Behaviour::Busy) => b"451 Try again later\r\n",
                ("RCPT", Behaviour::Refuse) => b"550 There is no such mailbox\r\n",
                ("DATA", _) => {
                    writer.write_all(b"354 Go on\r\n").await.ok()?;
                    let mut mail = String::new();
                    loop {
                        let line = lines.next_line().await.ok()??;
                        if line == "." {
                            break;
                        }
                        mail.push_str(&line);
                        mail.push('\n');
                    }
                    if behaviour == Behaviour::RefuseText {
                        b"554 This is not wanted here\r\n"
                    } else {
                        self.taken.lock().expect("mails").push(mail);
                        b"250 Taken\r\n"
                    }
                }
                ("QUIT", _) => {
                    writer.write_all(b"221 Bye\r\n").await.ok()?;
                    return Some(());
                }
                _ => b"250 OK\r\n",
            };
            writer.write_all(answer).await.ok()?;
        }
    }
}
