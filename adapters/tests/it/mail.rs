//! Mail through a real SMTP conversation, and through the local mailbox.

use std::sync::Arc;

use adapters::mail::{Mailbox, Sender, SmtpConfig, SmtpMailer, SmtpSecurity};
use chrono::{DateTime, Utc};
use domain::{
    env::{Env, SystemEntropy, testing::ManualClock},
    ports::{CalendarMethod, Mail, MailCalendar, Mailer},
};
use mail_parser::{MessageParser, MessagePart, MimeHeaders};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    sync::mpsc,
};

fn sender() -> Sender {
    let clock = ManualClock::at(DateTime::<Utc>::from_timestamp(1_795_000_000, 0).unwrap());
    let env = Env::new(Arc::new(clock), Arc::new(SystemEntropy));
    Sender { from: "post@ledgerline.example".parse().unwrap(), env }
}

fn mail(env: &Env, subject: &str) -> Mail {
    Mail {
        job: env.id(),
        to: "grzegorz@example.org".parse().unwrap(),
        from_name: "Studio \"Żółta\" Łódź, 🎹".into(),
        reply_to: Some("studio@example.org".parse().unwrap()),
        subject: subject.into(),
        text: "Twoje pliki są gotowe.\n.\n..\nhttps://shop.example/orders/…".into(),
        html: "<p>Twoje pliki są <b>gotowe</b>.</p>".into(),
        calendar: None,
    }
}

const SUBJECTS: [&str; 3] = [
    "Twoje pliki: „Zażółć gęślą jaźń” 🎧 są gotowe, a ten temat jest tak długi, że trzeba go złamać na kilka wierszy nagłówka",
    "plain",
    "שלום 🎵 مرحبا",
];

/// Speaks enough SMTP to take mails: answers each command, hands over envelope and message. Refuses recipients named `nobody@`.
async fn smtp_server(listener: TcpListener, taken: mpsc::UnboundedSender<(String, String, Vec<u8>)>) {
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        let taken = taken.clone();
        tokio::spawn(async move {
            let (read, mut write) = socket.into_split();
            let mut lines = BufReader::new(read);
            write.write_all(b"220 test ESMTP\r\n").await.unwrap();
            let (mut from, mut to, mut line) = (String::new(), String::new(), String::new());
            while lines.read_line(&mut line).await.unwrap_or(0) > 0 {
                let command = line.trim_end().to_owned();
                line.clear();
                let word = command.to_uppercase();
                let answer: &[u8] = if word.starts_with("EHLO") {
                    b"250-test\r\n250 8BITMIME\r\n"
                } else if word.starts_with("MAIL FROM") {
                    from = command;
                    b"250 ok\r\n"
                } else if word.starts_with("RCPT TO:<NOBODY@") {
                    b"550 no such person\r\n"
                } else if word.starts_with("RCPT TO:<BUSY@") {
                    b"451 try later\r\n"
                } else if word.starts_with("RCPT TO") {
                    to = command;
                    b"250 ok\r\n"
                } else if word == "DATA" {
                    write.write_all(b"354 go\r\n").await.unwrap();
                    let message = read_message(&mut lines).await;
                    taken.send((from.clone(), to.clone(), message)).unwrap();
                    b"250 taken\r\n"
                } else if word == "QUIT" {
                    write.write_all(b"221 bye\r\n").await.unwrap();
                    return;
                } else {
                    b"250 ok\r\n"
                };
                write.write_all(answer).await.unwrap();
            }
        });
    }
}

async fn read_message(lines: &mut BufReader<tokio::net::tcp::OwnedReadHalf>) -> Vec<u8> {
    let mut message = Vec::new();
    loop {
        let mut line = Vec::new();
        lines.read_until(b'\n', &mut line).await.unwrap();
        if line == b".\r\n" {
            return message;
        }
        // Dot stuffing, RFC 5321 section 4.5.2.
        message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

#[tokio::test]
async fn a_mail_survives_the_smtp_conversation() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (taken, mut mails) = mpsc::unbounded_channel();
    let server = tokio::spawn(smtp_server(listener, taken));
    let config = SmtpConfig { host: "127.0.0.1".into(), port, security: SmtpSecurity::None, credentials: None };
    let mailer = SmtpMailer::new(config, sender()).unwrap();
    for subject in SUBJECTS {
        let sent = mail(&sender().env, subject);
        mailer.send(&sent).await.unwrap();
        let (from, to, bytes) = mails.recv().await.unwrap();
        assert!(from.contains("<post@ledgerline.example>") && to.contains("<grzegorz@example.org>"), "{from} {to}");
        let message = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(message.subject(), Some(subject));
        assert_eq!(message.from().unwrap().first().unwrap().name(), Some(sent.from_name.as_str()));
        assert_eq!(message.reply_to().unwrap().first().unwrap().address(), Some("studio@example.org"));
        assert_eq!(message.message_id(), Some(format!("{}@ledgerline.example", sent.job).as_str()));
        assert_eq!(message.date().unwrap().to_timestamp(), 1_795_000_000);
        assert_eq!(message.body_text(0).unwrap().replace("\r\n", "\n"), sent.text);
        assert_eq!(message.body_html(0).unwrap(), sent.html);
        assert!(bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= 998), "RFC 5322 line length");
    }
    let to = |address: &str| Mail { to: address.parse().unwrap(), ..mail(&sender().env, "x") };
    assert!(!mailer.send(&to("nobody@example.org")).await.unwrap_err().transient);
    assert!(mailer.send(&to("busy@example.org")).await.unwrap_err().transient);
    server.abort();
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_failure_that_may_pass() {
    let config = SmtpConfig { host: "127.0.0.1".into(), port: 9, security: SmtpSecurity::None, credentials: None };
    let mailer = SmtpMailer::new(config, sender()).unwrap();
    assert!(mailer.send(&mail(&sender().env, "x")).await.unwrap_err().transient);
}

#[tokio::test]
async fn the_mailbox_keeps_lists_and_finds_and_a_repeat_stays_one() {
    let folder = tempfile::tempdir().unwrap();
    let mailbox = Mailbox::new(folder.path().join("mail"), sender());
    assert_eq!(mailbox.list().await.unwrap(), vec![]);
    let mut sent: Vec<Mail> = SUBJECTS.iter().map(|subject| mail(&sender().env, subject)).collect();
    for mail in &sent {
        mailbox.send(mail).await.unwrap();
        mailbox.send(mail).await.unwrap();
    }
    std::fs::write(folder.path().join("mail/notes.eml"), "not ours").unwrap();
    let listed = mailbox.list().await.unwrap();
    sent.sort_by_key(|mail| std::cmp::Reverse(mail.job));
    assert_eq!(
        listed.iter().map(|letter| (letter.id, letter.subject.clone())).collect::<Vec<_>>(),
        sent.iter().map(|mail| (mail.job, mail.subject.clone())).collect::<Vec<_>>()
    );
    let letter = mailbox.find(sent[0].job).await.unwrap().unwrap();
    assert_eq!(letter.text.replace("\r\n", "\n"), sent[0].text);
    assert_eq!(letter.html, sent[0].html);
    assert_eq!(letter.summary.to, "grzegorz@example.org");
    assert_eq!(letter.summary.from, format!("{} <post@ledgerline.example>", sent[0].from_name));
    assert_eq!(mailbox.find(sender().env.id()).await.unwrap(), None);
}

#[tokio::test]
async fn an_invitation_stands_beside_the_words_and_as_a_file() {
    let text = "BEGIN:VCALENDAR\r\nSUMMARY:Zażółć gęślą jaźń\r\nEND:VCALENDAR\r\n";
    for method in [Some(CalendarMethod::Request), Some(CalendarMethod::Cancel), None] {
        let folder = tempfile::tempdir().unwrap();
        let mailbox = Mailbox::new(folder.path(), sender());
        let file_name = "invitation.ics\r\nBcc: victim@example.org".to_owned();
        let calendar = Some(MailCalendar { method, file_name, text: text.to_owned() });
        let sent = Mail { calendar, ..mail(&sender().env, "x") };
        mailbox.send(&sent).await.unwrap();
        let file = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
        let bytes = std::fs::read(file).unwrap();
        let message = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(message.body_text(0).unwrap().replace("\r\n", "\n"), sent.text);
        assert_eq!(message.body_html(0).unwrap(), sent.html);
        assert!(message.bcc().is_none());
        let is_of = |part: &&MessagePart<'_>, main: &str, sub: &str| {
            part.content_type().is_some_and(|kind| kind.ctype() == main && kind.subtype() == Some(sub))
        };
        let invitations: Vec<_> = message.parts.iter().filter(|part| is_of(part, "text", "calendar")).collect();
        let asked: Vec<_> =
            invitations.iter().map(|part| part.content_type().and_then(|kind| kind.attribute("method"))).collect();
        assert_eq!(asked, method.map(|method| Some(method.name())).into_iter().collect::<Vec<_>>());
        for part in invitations {
            assert_eq!(part.text_contents().unwrap().replace("\r\n", "\n"), text.replace("\r\n", "\n"));
        }
        let files: Vec<_> = message.parts.iter().filter(|part| is_of(part, "application", "ics")).collect();
        assert_eq!((files.len(), files[0].contents()), (1, text.as_bytes()), "as it was, byte for byte");
        assert!(files[0].attachment_name().unwrap().starts_with("invitation.ics"));
    }
}

#[tokio::test]
async fn nothing_typed_by_a_person_becomes_a_header() {
    let folder = tempfile::tempdir().unwrap();
    let mailbox = Mailbox::new(folder.path(), sender());
    let evil = "x\r\nBcc: victim@example.org\r\n\r\n<h1>body</h1>\u{0}\u{7f}";
    let sent = Mail { from_name: evil.into(), subject: evil.into(), ..mail(&sender().env, "x") };
    mailbox.send(&sent).await.unwrap();
    let file = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let bytes = std::fs::read(file).unwrap();
    let message = MessageParser::default().parse(&bytes).unwrap();
    assert!(message.bcc().is_none());
    assert_eq!(message.subject(), Some("x Bcc: victim@example.org <h1>body</h1>"));
    assert_eq!(message.to().unwrap().iter().count(), 1);
    let encoded = Mail { subject: "=?utf-8?q?evil=0D=0ABcc=3A?=".into(), ..mail(&sender().env, "x") };
    mailbox.send(&encoded).await.unwrap();
    let letter = mailbox.find(encoded.job).await.unwrap().unwrap();
    assert_eq!(letter.summary.subject, "= ?utf-8?q?evil=0D=0ABcc=3A?=");
    assert_eq!(message.body_html(0).unwrap(), sent.html);
}
