//! The domain name system, asked as the machine is set to ask it: over TCP, whose answers nobody beside the way can forge, and which holds them all.

use std::{io, net::SocketAddr, time::Duration};

use async_trait::async_trait;
use domain::ports::{Dns, PortError};
use resolv_conf::Config;
use simple_dns::{CLASS, Name, Packet, PacketFlag, Question, RCODE, SimpleDnsError, TYPE, rdata::RData};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const LOOKING_UP: &str = "looking up a domain's records";

/// Where a machine names the servers that it asks.
const SETTINGS: &str = "/etc/resolv.conf";

/// The port of the domain name system.
const PORT: u16 = 53;

/// How long a server may take: whoever asked waits for it.
const PATIENCE: Duration = Duration::from_secs(4);

/// How many servers are asked, one after the other.
const MOST_SERVERS: usize = 3;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum LookupError {
    #[error("this machine names no server of the domain name system")]
    NoServer,
    #[error("the server gave no answer in time")]
    Late,
    #[error("the server cannot be reached, or broke off")]
    Connection(#[from] io::Error),
    #[error("what was asked or answered is no message of the domain name system")]
    Message(#[from] SimpleDnsError),
    #[error("the server refused with {0:?}")]
    Refused(RCODE),
}

/// Asks the servers that the machine's own settings name. Nothing is remembered here: who has just set a record wants it seen.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemDns;

#[async_trait]
impl Dns for SystemDns {
    async fn texts(&self, name: &str) -> Result<Vec<String>, PortError> {
        let settings = tokio::fs::read(SETTINGS).await.map_err(|cause| PortError::transient(LOOKING_UP, cause))?;
        // A line that says nothing of servers may be written in whatever way.
        let (settings, _) = Config::parse_with_errors(&settings);
        let mut failed = LookupError::NoServer;
        for server in settings.nameservers.into_iter().take(MOST_SERVERS) {
            match tokio::time::timeout(PATIENCE, ask((server, PORT).into(), name)).await {
                Ok(Ok(texts)) => return Ok(texts),
                Ok(Err(cause)) => failed = cause,
                Err(_) => failed = LookupError::Late,
            }
        }
        Err(PortError::transient(LOOKING_UP, failed))
    }
}

/// The texts of a name, by the server at an address; none if there is no such name.
async fn ask(server: SocketAddr, name: &str) -> Result<Vec<String>, LookupError> {
    // A connection has one question: nothing else has to tell its answer apart.
    let mut question = Packet::new_query(0);
    question.set_flags(PacketFlag::RECURSION_DESIRED);
    question.questions.push(Question::new(Name::new(name)?, TYPE::TXT.into(), CLASS::IN.into(), false));
    let question = question.build_bytes_vec()?;
    let mut stream = TcpStream::connect(server).await?;
    // The length and the message are one write: some servers read no more than one.
    let length = u16::try_from(question.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes()[..], &question].concat()).await?;
    let mut answer = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut answer).await?;
    texts_in(Packet::parse(&answer)?)
}

/// The texts of an answer, which leads there by aliases as well. A text of more than 255 bytes comes in pieces, and what is none is left out.
fn texts_in(answer: Packet<'_>) -> Result<Vec<String>, LookupError> {
    match answer.rcode() {
        RCODE::NoError => {}
        RCODE::NameError => return Ok(Vec::new()),
        refused => return Err(LookupError::Refused(refused)),
    }
    let text = |data: RData<'_>| if let RData::TXT(text) = data { String::try_from(text).ok() } else { None };
    Ok(answer.answers.into_iter().filter_map(|record| text(record.rdata)).collect())
}

#[cfg(test)]
mod tests {
    use simple_dns::{
        ResourceRecord,
        rdata::{CNAME, TXT},
    };
    use tokio::net::TcpListener;

    use super::*;

    const NAME: &str = "_ledgerline.beats.example";

    /// A server that is asked once, and gives an answer with these records.
    async fn answered(rcode: RCODE, records: Vec<RData<'static>>) -> Result<Vec<String>, LookupError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; usize::from(stream.read_u16().await.unwrap())];
            stream.read_exact(&mut asked).await.unwrap();
            let asked = Packet::parse(&asked).unwrap();
            assert_eq!(asked.questions[0].qname.to_string(), NAME);
            assert_eq!(asked.questions[0].qtype, TYPE::TXT.into());
            let mut answer = Packet::new_reply(asked.id());
            *answer.rcode_mut() = rcode;
            let record = |data| ResourceRecord::new(Name::new_unchecked(NAME), CLASS::IN, 60, data);
            answer.answers.extend(records.into_iter().map(record));
            let answer = answer.build_bytes_vec().unwrap();
            stream.write_all(&u16::try_from(answer.len()).unwrap().to_be_bytes()).await.unwrap();
            stream.write_all(&answer).await.unwrap();
        });
        let texts = ask(address, NAME).await;
        serving.await.unwrap();
        texts
    }

    #[tokio::test]
    async fn texts_are_joined_and_aliases_left_out() {
        let pieces = TXT::new().with_string("c0ff").unwrap().with_string("ee").unwrap();
        let records = vec![
            RData::CNAME(CNAME(Name::new_unchecked("elsewhere.example"))),
            RData::TXT(TXT::new().with_string("v=spf1 -all").unwrap()),
            RData::TXT(pieces),
        ];
        assert_eq!(answered(RCODE::NoError, records).await.unwrap(), ["v=spf1 -all", "c0ffee"]);
    }

    #[tokio::test]
    async fn no_name_has_no_texts_and_a_broken_server_says_so() {
        assert!(answered(RCODE::NameError, Vec::new()).await.unwrap().is_empty());
        let refused = answered(RCODE::ServerFailure, Vec::new()).await;
        assert!(matches!(refused, Err(LookupError::Refused(RCODE::ServerFailure))), "{refused:?}");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let broken_off = tokio::spawn(async move { drop(listener.accept().await.unwrap()) });
        assert!(matches!(ask(address, NAME).await, Err(LookupError::Connection(_))));
        broken_off.await.unwrap();
    }
}
