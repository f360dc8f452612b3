//! Signed links: a token that proves itself, so that an order page or a download opens without an account and nothing is stored for it.
//!
//! A token is `<purpose>.<subject>.<expiry>.<secret>.<mac>`: the subject is an id's public form, or begins with one, the expiry unix seconds (0: never), the
//! secret the id of the one that signs, the MAC HMAC-SHA256 under it, in hexadecimal. Tokens that are older than these ids are without one. What a link gives
//! access to is computed anew from the ledger and the licence each time; the token only says which order or file it is about.

use std::{
    fmt::Display,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant as Moment},
};

use subtle::ConstantTimeEq;

use crate::{
    env::Instant,
    secrets::{Secret, SecretId, Secrets},
};

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

/// Where the secrets are kept, to be read again.
type Source = dyn Fn() -> Option<Secrets> + Send + Sync;

/// How long after a look at where the secrets are kept that has found nothing the next one is. Anybody can name a secret that there is not.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The installation's key for links: its secrets, of which one signs and all are known again. Cheap to clone; clones learn of a new secret together.
#[derive(Clone)]
pub struct LinkKey {
    held: Arc<RwLock<Secrets>>,
    source: Option<Arc<Source>>,
    /// When the last look has found nothing.
    in_vain: Arc<Mutex<Option<Moment>>>,
}

impl std::fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkKey(…)")
    }
}

impl LinkKey {
    /// A key of 32 secret bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self::of(Secrets::of(Secret::new(bytes, None)))
    }

    /// A key of an installation's secrets.
    pub fn of(secrets: Secrets) -> Self {
        Self { held: Arc::new(RwLock::new(secrets)), source: None, in_vain: Arc::default() }
    }

    /// The same, whose secrets are read again once something names one that is not among them: another process may have made it since. Where that was in vain,
    /// not again within a second.
    #[must_use]
    pub fn reading(self, source: impl Fn() -> Option<Secrets> + Send + Sync + 'static) -> Self {
        Self { source: Some(Arc::new(source)), ..self }
    }

    /// The secrets.
    pub fn secrets(&self) -> Secrets {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The one that seals and signs.
    pub fn current(&self) -> Secret {
        self.held.read().unwrap_or_else(PoisonError::into_inner).current()
    }

    /// The one that seals. What is sealed stays, and is lost with the secret that sealed it: where the secrets are kept is asked which it is by now.
    pub(crate) fn sealing(&self) -> Secret {
        if let Some(secrets) = self.source.as_ref().and_then(|source| source()) {
            *self.held.write().unwrap_or_else(PoisonError::into_inner) = secrets;
        }
        self.current()
    }

    /// The one that was made first.
    pub fn oldest(&self) -> Secret {
        self.held.read().unwrap_or_else(PoisonError::into_inner).oldest()
    }

    /// The secret that something names by its id. What names none is older than the ids are.
    pub fn named(&self, id: Option<&str>) -> Option<Secret> {
        let Some(id) = id else { return Some(self.oldest()) };
        let id = id.parse().ok()?;
        self.find(id).or_else(|| self.find_again(id))
    }

    fn find(&self, id: SecretId) -> Option<Secret> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).find(id)
    }

    fn find_again(&self, id: SecretId) -> Option<Secret> {
        let source = self.source.as_ref()?;
        // Held while it is read: of many who ask at once one looks, and the others see what that has found.
        let mut in_vain = self.in_vain.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = self.find(id) {
            return Some(found);
        }
        if in_vain.is_some_and(|at| at.elapsed() < LOOK_AGAIN) {
            return None;
        }
        let secrets = source();
        let found = secrets.as_ref().and_then(|secrets| secrets.find(id));
        *in_vain = found.is_none().then(Moment::now);
        // Kept though it is not the one that was named: a new one is known within a second, however many name what there is not.
        if let Some(secrets) = secrets {
            *self.held.write().unwrap_or_else(PoisonError::into_inner) = secrets;
        }
        found
    }

    /// A token for a subject, which is written without a full stop; without an expiry it holds for as long as the secret is kept.
    pub fn token<S: Copy + Display>(&self, purpose: Purpose, subject: S, expires_at: Option<Instant>) -> String {
        let secret = self.current();
        let body = format!("{}.{subject}.{}.{}", purpose.word(), seconds(expires_at), secret.id());
        let mac = hex::encode(secret.mac_of_link(&body));
        format!("{body}.{mac}")
    }

    /// The subject of a token, if it is ours, whole, for this purpose and not expired.
    pub fn open<S: FromStr>(&self, purpose: Purpose, token: &str, now: Instant) -> Result<S, LinkError> {
        let [word, subject, expiry] = self.words(token)?;
        if word != purpose.word() {
            return Err(LinkError::Forged);
        }
        let expiry: i64 = expiry.parse().map_err(|_| LinkError::Forged)?;
        if expiry != 0 && now.timestamp() >= expiry {
            return Err(LinkError::Expired);
        }
        subject.parse().map_err(|_| LinkError::Forged)
    }

    /// Whether a token is ours and whole and says just this, whichever secret has signed it.
    pub fn says<S: Copy + Display>(
        &self,
        token: &str,
        purpose: Purpose,
        subject: S,
        expires_at: Option<Instant>,
    ) -> bool {
        let (subject, expiry) = (subject.to_string(), seconds(expires_at).to_string());
        self.words(token).is_ok_and(|words| words == [purpose.word(), &subject, &expiry])
    }

    /// Purpose, subject and expiry of a token, if it is ours and whole.
    fn words<'t>(&self, token: &'t str) -> Result<[&'t str; 3], LinkError> {
        let (body, mac) = token.rsplit_once('.').ok_or(LinkError::Forged)?;
        let given = hex::decode(mac).map_err(|_| LinkError::Forged)?;
        let (said, id) = match body.split('.').collect::<Vec<_>>()[..] {
            [purpose, subject, expiry] => ([purpose, subject, expiry], None),
            [purpose, subject, expiry, id] => ([purpose, subject, expiry], Some(id)),
            _ => return Err(LinkError::Forged),
        };
        let secret = self.named(id).ok_or(LinkError::Forged)?;
        if bool::from(given.ct_eq(&secret.mac_of_link(body))) { Ok(said) } else { Err(LinkError::Forged) }
    }
}

/// An expiry as it is written.
fn seconds(expires_at: Option<Instant>) -> i64 {
    expires_at.map_or(0, |at| at.timestamp())
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

    #[test]
    fn what_an_earlier_secret_has_signed_opens_until_that_is_taken_away() {
        let (env, _) = testing::env(9);
        let (first, second) = (Secret::new([1; 32], None), Secret::make(&env));
        let (before, both) = (Secrets::of(first), Secrets::of(first).followed_by(second));
        let order: OrderId = env.id();
        let (old, new) = (LinkKey::of(before), LinkKey::of(both.clone()));
        let (earlier, later) = (old.token(Purpose::Order, order, None), new.token(Purpose::Order, order, None));
        assert!(later.contains(&second.id().to_string()));
        for token in [&earlier, &later] {
            assert_eq!(new.open(Purpose::Order, token, env.now()), Ok(order));
            assert!(new.says(token, Purpose::Order, order, None));
            assert!(!new.says(token, Purpose::Order, order, Some(env.now())));
        }
        assert_eq!(old.open::<OrderId>(Purpose::Order, &later, env.now()), Err(LinkError::Forged));
        let retired = LinkKey::of(both.without(first.id()));
        assert_eq!(retired.open::<OrderId>(Purpose::Order, &earlier, env.now()), Err(LinkError::Forged));
        assert_eq!(retired.open(Purpose::Order, &later, env.now()), Ok(order));
        // A process that was started before, and the place where the secrets are kept.
        let running = old.reading(move || Some(both.clone()));
        let clone = running.clone();
        assert_eq!(running.open(Purpose::Order, &later, env.now()), Ok(order));
        assert_eq!(clone.current(), second);
    }

    #[test]
    fn however_many_name_what_there_is_not_the_secrets_are_read_once() {
        use std::sync::atomic::{AtomicU32, Ordering};
        let (env, _) = testing::env(11);
        let (first, second, never) = (Secret::new([1; 32], None), Secret::make(&env), Secret::make(&env));
        let (kept, looks) = (Secrets::of(first).followed_by(second), Arc::new(AtomicU32::new(0)));
        let counted = Arc::clone(&looks);
        let running = LinkKey::of(Secrets::of(first)).reading(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            Some(kept.clone())
        });
        let order: OrderId = env.id();
        let forged = LinkKey::of(Secrets::of(never)).token(Purpose::Order, order, None);
        for key in [running.clone(), running.clone(), running.clone()] {
            assert_eq!(key.open::<OrderId>(Purpose::Order, &forged, env.now()), Err(LinkError::Forged));
        }
        assert_eq!(looks.load(Ordering::Relaxed), 1);
        let new = LinkKey::of(Secrets::of(second)).token(Purpose::Order, order, None);
        assert_eq!(running.open(Purpose::Order, &new, env.now()), Ok(order), "it was learnt by the look in vain");
        assert_eq!(looks.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_token_that_is_older_than_the_ids_is_the_first_secrets() {
        let (env, _) = testing::env(10);
        let first = Secret::new([1; 32], None);
        let body = format!("order.{}.0", env.id::<OrderId>());
        let token = format!("{body}.{}", hex::encode(first.mac_of_link(&body)));
        let open = |secrets: &Secrets| LinkKey::of(secrets.clone()).open::<OrderId>(Purpose::Order, &token, env.now());
        let rotated = Secrets::of(first).followed_by(Secret::make(&env));
        assert!(open(&Secrets::of(first)).is_ok() && open(&rotated).is_ok());
        assert_eq!(open(&rotated.without(first.id())), Err(LinkError::Forged));
    }
}
