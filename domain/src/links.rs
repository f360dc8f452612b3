//! Signed links: a token that proves itself, so that an order page or a download opens without an account and nothing is stored for it.
//!
//! A token is `<purpose>.<subject>.<expiry>.<mac>`: the subject is an id's public form, or begins with one, the expiry unix seconds (0: never),
//! the MAC HMAC-SHA256 under the installation's key, in hexadecimal. What a link gives access to is computed anew from the ledger and the licence
//! each time; the token only says which order or file it is about.

use std::{fmt::Display, str::FromStr};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::env::Instant;

/// What a link is for; a token of one purpose opens nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// An order's page.
    Order,
    /// One file's download.
    Download,
    /// Proves that an address is an account's; the subject is the mailed token.
    VerifyEmail,
    /// Sets a new password; the subject is the mailed token.
    ResetPassword,
    /// Joins a studio; the subject is the invitation.
    Invitation,
    /// Opens an agreement to sign it; the subject is the mailed link.
    Sign,
    /// Shows an executed agreement; the subject is the signer.
    Agreement,
    /// Shows the studio a change that a signer proposes; the subject is the agreement, and the version that is proposed.
    Proposal,
    /// Withdraws the consent to electronic records about an executed agreement; the subject is the signer.
    WithdrawConsent,
    /// Leads a payee to the gateway, which asks where their money goes; the subject is the payee.
    Payee,
    /// A buyer's offer.
    Offer,
    /// Confirms the address of a free download, and opens its file; the subject is the request.
    FreeDownload,
    /// Withdraws the consent to be mailed; the subject is the consent.
    Unsubscribe,
    /// Lets a leaseholder buy an exclusive first; the subject is their place in the window.
    FirstRefusal,
    /// Lets somebody listen to a song's mixes, comment on them and decide; the subject is the reviewer. Whether it opens anything is asked of their row.
    Review,
    /// A client's booking: its page, on which it is confirmed, paid, moved and cancelled.
    Booking,
    /// Reads a calendar of bookings; the subject is the feed, which can be revoked.
    Calendar,
    /// Shows a client their quote, and lets them answer it.
    Quote,
    /// Shows a client their invoice, and lets them pay it.
    Invoice,
    /// Shows a client the masters of their project; the subject is the project. Whether a file opens follows from what is paid.
    Masters,
    /// Shows a payee their royalty statements, and lets them dispute a line; the subject is the link, which can be revoked.
    Royalties,
}

impl Purpose {
    const fn word(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Download => "download",
            Self::VerifyEmail => "verify",
            Self::ResetPassword => "reset",
            Self::Invitation => "invite",
            Self::Sign => "sign",
            Self::Agreement => "agreement",
            Self::Proposal => "proposal",
            Self::WithdrawConsent => "withdraw",
            Self::Payee => "payee",
            Self::Offer => "offer",
            Self::FreeDownload => "free",
            Self::Unsubscribe => "unsubscribe",
            Self::FirstRefusal => "refusal",
            Self::Review => "review",
            Self::Booking => "booking",
            Self::Calendar => "calendar",
            Self::Quote => "quote",
            Self::Invoice => "invoice",
            Self::Masters => "masters",
            Self::Royalties => "royalties",
        }
    }
}

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Not a token of ours, or changed.
    #[error("this link is not valid; copy it whole from the mail")]
    Forged,
    /// It was ours, its time is over.
    #[error("this link has expired")]
    Expired,
}

/// The installation's key for links.
#[derive(Clone)]
pub struct LinkKey([u8; 32]);

impl std::fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkKey(…)")
    }
}

impl LinkKey {
    /// A key of 32 secret bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn mac(&self, body: &str) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(b"ledgerline link v1\n");
        mac.update(body.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }

    /// A key derived for another use, so that one installation secret serves several without their MACs ever meeting.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(b"ledgerline derived key v1\n");
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// A token for a subject, which is written without a full stop; without an expiry it holds for as long as the key does.
    pub fn token<S: Copy + Display>(&self, purpose: Purpose, subject: S, expires_at: Option<Instant>) -> String {
        let body = format!("{}.{subject}.{}", purpose.word(), expires_at.map_or(0, |at| at.timestamp()));
        let mac = hex::encode(self.mac(&body));
        format!("{body}.{mac}")
    }

    /// The subject of a token, if it is ours, whole, for this purpose and not expired.
    pub fn open<S: FromStr>(&self, purpose: Purpose, token: &str, now: Instant) -> Result<S, LinkError> {
        let (body, mac) = token.rsplit_once('.').ok_or(LinkError::Forged)?;
        let given = hex::decode(mac).map_err(|_| LinkError::Forged)?;
        if !bool::from(given.ct_eq(&self.mac(body))) {
            return Err(LinkError::Forged);
        }
        let mut words = body.split('.');
        let (word, subject, expiry) = (words.next(), words.next(), words.next());
        if word != Some(purpose.word()) {
            return Err(LinkError::Forged);
        }
        let expiry: i64 = expiry.and_then(|text| text.parse().ok()).ok_or(LinkError::Forged)?;
        if expiry != 0 && now.timestamp() >= expiry {
            return Err(LinkError::Expired);
        }
        subject.and_then(|text| text.parse().ok()).ok_or(LinkError::Forged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        env::testing,
        ids::{DeliverableId, OrderId},
    };

    #[test]
    fn a_token_opens_its_own_purpose_until_it_expires() {
        let (env, clock) = testing::env(7);
        let key = LinkKey::new([1; 32]);
        let order: OrderId = env.id();
        let token = key.token(Purpose::Order, order, Some(env.now() + chrono::Duration::hours(1)));
        assert_eq!(key.open(Purpose::Order, &token, env.now()), Ok(order));
        assert_eq!(key.open::<OrderId>(Purpose::Download, &token, env.now()), Err(LinkError::Forged));
        assert_eq!(key.open::<DeliverableId>(Purpose::Order, &token, env.now()), Err(LinkError::Forged));
        assert_eq!(LinkKey::new([2; 32]).open::<OrderId>(Purpose::Order, &token, env.now()), Err(LinkError::Forged));
        clock.advance(chrono::Duration::hours(1));
        assert_eq!(key.open::<OrderId>(Purpose::Order, &token, env.now()), Err(LinkError::Expired));
    }

    #[test]
    fn no_changed_byte_survives() {
        let (env, _) = testing::env(8);
        let key = LinkKey::new([1; 32]);
        let token = key.token(Purpose::Order, env.id::<OrderId>(), None);
        for index in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[index] = if changed[index] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(changed).unwrap();
            if changed != token {
                assert!(key.open::<OrderId>(Purpose::Order, &changed, env.now()).is_err(), "byte {index}");
            }
        }
    }
}
