//! Access tokens: JSON Web Tokens signed with HMAC-SHA256 under a key derived from the installation's secret, whose id their header gives, good for 15
//! minutes. They name a sign-in, and a request looks up whether it is alive, so that signing out counts at once.

use chrono::DateTime;
use domain::{
    env::Instant,
    identity::rules::ACCESS_TOKEN_LIFE,
    ids::{SignInId, UserId},
    links::LinkKey,
    secrets::Secret,
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};

const ISSUER: &str = "ledgerline";

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: UserId,
    sid: SignInId,
    iat: i64,
    exp: i64,
}

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// Not ours, or changed.
    Forged,
    /// Its 15 minutes are over.
    Expired,
}

/// Issues and reads access tokens.
#[derive(Clone)]
pub struct AccessTokens {
    links: LinkKey,
    validation: Validation,
}

impl std::fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccessTokens(…)")
    }
}

/// A fresh access token.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// The token.
    pub text: String,
    /// Until when it is good.
    pub expires_at: Instant,
}

impl AccessTokens {
    /// Tokens of an installation.
    pub fn new(links: &LinkKey) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        // The time is compared below, with the injected clock.
        validation.validate_exp = false;
        Self { links: links.clone(), validation }
    }

    /// A token for a sign-in.
    pub fn issue(
        &self,
        user: UserId,
        sign_in: SignInId,
        now: Instant,
    ) -> Result<AccessToken, jsonwebtoken::errors::Error> {
        let exp = (now + ACCESS_TOKEN_LIFE).timestamp();
        let claims = Claims { iss: ISSUER.to_owned(), sub: user, sid: sign_in, iat: now.timestamp(), exp };
        let secret = self.links.current();
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(secret.id().to_string());
        let text = encode(&header, &claims, &EncodingKey::from_secret(&key(&secret)))?;
        Ok(AccessToken { text, expires_at: DateTime::from_timestamp(exp, 0).unwrap_or(now) })
    }

    /// Whose sign-in a token names, if it is ours and still good.
    pub fn read(&self, token: &str, now: Instant) -> Result<(UserId, SignInId), TokenFault> {
        let header = decode_header(token).map_err(|_| TokenFault::Forged)?;
        let secret = self.links.named(header.kid.as_deref()).ok_or(TokenFault::Forged)?;
        let decoding = DecodingKey::from_secret(&key(&secret));
        let claims = decode::<Claims>(token, &decoding, &self.validation).map_err(|_| TokenFault::Forged)?.claims;
        if claims.exp <= now.timestamp() { Err(TokenFault::Expired) } else { Ok((claims.sub, claims.sid)) }
    }
}

fn key(secret: &Secret) -> [u8; 32] {
    secret.derive("access tokens")
}

#[cfg(test)]
mod tests {
    use domain::{env::testing, secrets::Secrets};

    use super::*;

    #[test]
    fn a_token_is_good_for_fifteen_minutes_under_its_key() {
        let (env, clock) = testing::env(3);
        let (user, sign_in): (UserId, SignInId) = (env.id(), env.id());
        let tokens = AccessTokens::new(&LinkKey::new([1; 32]));
        let token = tokens.issue(user, sign_in, env.now()).unwrap();
        assert_eq!(tokens.read(&token.text, env.now()), Ok((user, sign_in)));
        assert_eq!(AccessTokens::new(&LinkKey::new([2; 32])).read(&token.text, env.now()), Err(TokenFault::Forged));
        clock.advance(chrono::Duration::minutes(15));
        assert_eq!(tokens.read(&token.text, env.now()), Err(TokenFault::Expired));
    }

    #[test]
    fn a_token_of_an_earlier_secret_is_good_until_that_is_taken_away() {
        let (env, _) = testing::env(5);
        let (user, sign_in): (UserId, SignInId) = (env.id(), env.id());
        let first = Secret::new([1; 32], None);
        let rotated = Secrets::of(first).followed_by(Secret::make(&env));
        let token = AccessTokens::new(&LinkKey::of(Secrets::of(first))).issue(user, sign_in, env.now()).unwrap();
        let read = |secrets: Secrets| AccessTokens::new(&LinkKey::of(secrets)).read(&token.text, env.now());
        assert_eq!(read(rotated.clone()), Ok((user, sign_in)));
        assert_eq!(read(rotated.without(first.id())), Err(TokenFault::Forged));
    }

    #[test]
    fn a_token_without_signature_or_under_another_algorithm_is_forged() {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        let (env, _) = testing::env(4);
        let tokens = AccessTokens::new(&LinkKey::new([1; 32]));
        let token = tokens.issue(env.id(), env.id(), env.now()).unwrap().text;
        let body = token.split('.').nth(1).unwrap();
        for header in [r#"{"alg":"none"}"#, r#"{"alg":"HS512"}"#, r#"{"alg":"RS256"}"#] {
            let forged = format!("{}.{body}.", URL_SAFE_NO_PAD.encode(header));
            assert_eq!(tokens.read(&forged, env.now()), Err(TokenFault::Forged), "{header}");
        }
        assert_eq!(tokens.read("", env.now()), Err(TokenFault::Forged));
    }
}
