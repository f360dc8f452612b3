//! A second factor, proof once more, and which sign-ins end.

use chrono::Duration;
use domain::{
    actor::Ctx,
    env::Instant,
    identity::{
        IdentityError,
        commands::{self, SignedIn},
        entity::{AccountNotice, RevokedReason, recovery_code, second_factor, sign_in},
        queries, totp,
    },
    links::LinkKey,
    policy::Denied,
    report::Explain,
    sealing::{self, Resealed},
    secrets::{Secret, Secrets},
    services::Services,
};
use sea_orm::EntityTrait;

use crate::{
    identity::{PASSWORD, in_tx, nobody, owner_of, services, told_of_account, try_sign_in_with},
    support::{World, on_each_database},
};

const EMAIL: &str = "ada@example.com";

async fn sign_in_with(services: &Services, code: Option<&str>) -> Result<SignedIn, IdentityError> {
    try_sign_in_with(services, EMAIL, PASSWORD, code, "").await
}

/// The bytes of a secret as an authenticator was given them.
fn bytes_of(secret: &str) -> Vec<u8> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bytes, mut word, mut bits) = (Vec::new(), 0_usize, 0_u32);
    for digit in secret.chars() {
        word = ((word << 5) | alphabet.find(digit).unwrap()) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((word >> bits) & 0xff).unwrap());
        }
    }
    bytes
}

/// What an authenticator shows now.
fn shown(services: &Services, secret: &[u8]) -> String {
    totp::code_at(secret, totp::step_of(services.env.now()))
}

/// Turns the second factor on: the secret, and the recovery codes.
pub(crate) async fn turn_on(world: &World, services: &Services, ctx: &Ctx) -> (Vec<u8>, Vec<String>) {
    let new = in_tx(services, async |tx| commands::set_up_second_factor(tx, ctx, &services.links).await).await.unwrap();
    let secret = bytes_of(&new.secret);
    assert!(new.uri.contains(&new.secret), "{}", new.uri);
    let code = shown(services, &secret);
    let codes = in_tx(services, async |tx| commands::confirm_second_factor(tx, ctx, &services.links, &code).await)
        .await
        .unwrap();
    world.clock.advance(Duration::seconds(totp::STEP_SECONDS));
    (secret, codes)
}

#[tokio::test]
async fn signing_in_asks_for_a_code_once_it_is_confirmed() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, ..) = owner_of(&services, EMAIL).await;
        in_tx(&services, async |tx| commands::set_up_second_factor(tx, &ctx, &services.links).await).await.unwrap();
        sign_in_with(&services, None).await.expect("what was never confirmed is not asked for");
        let wrong =
            in_tx(&services, async |tx| commands::confirm_second_factor(tx, &ctx, &services.links, "000000").await);
        let wrong = wrong.await.unwrap_err();
        assert!(matches!(wrong, IdentityError::WrongFirstCode), "{wrong:?}");
        assert!(!wrong.explain().remedy.unwrap().contains("recovery"), "there are no such codes yet");
        let (secret, codes) = turn_on(world, &services, &ctx).await;
        assert_eq!(codes.len(), totp::RECOVERY_CODES);
        assert!(matches!(sign_in_with(&services, None).await, Err(IdentityError::SecondFactorRequired)));
        assert!(matches!(sign_in_with(&services, Some(" ")).await, Err(IdentityError::SecondFactorRequired)));
        assert!(matches!(sign_in_with(&services, Some("12345")).await, Err(IdentityError::WrongCode)));
        let guess =
            try_sign_in_with(&services, EMAIL, "another horse", Some(shown(&services, &secret).as_str()), "").await;
        assert!(
            matches!(guess, Err(IdentityError::WrongCredentials)),
            "a right code tells nothing of a wrong password"
        );
        let code = shown(&services, &secret);
        sign_in_with(&services, Some(&code)).await.unwrap();
        let again = sign_in_with(&services, Some(&code)).await;
        assert!(matches!(again, Err(IdentityError::WrongCode)), "a code is good for one use");
        assert!(matches!(
            in_tx(&services, async |tx| commands::set_up_second_factor(tx, &ctx, &services.links).await).await,
            Err(IdentityError::SecondFactorIsOn)
        ));
    })
    .await;
}

#[tokio::test]
async fn of_many_at_once_with_one_code_one_comes_in() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, ..) = owner_of(&services, EMAIL).await;
        let (secret, codes) = turn_on(world, &services, &ctx).await;
        for code in [shown(&services, &secret), codes[0].clone()] {
            let all = futures::future::join_all((0..4).map(|_| sign_in_with(&services, Some(&code)))).await;
            assert_eq!(all.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{all:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_stands_in_once_and_only_its_fingerprint_is_kept() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, ..) = owner_of(&services, EMAIL).await;
        let (secret, codes) = turn_on(world, &services, &ctx).await;
        let kept = recovery_code::Entity::find().all(&services.db).await.unwrap();
        assert!(kept.iter().all(|row| !codes.contains(&row.fingerprint)));
        let factor = second_factor::Entity::find().one(&services.db).await.unwrap().unwrap();
        assert!(!factor.sealed_secret.contains(&hex::encode(&secret)), "the secret is sealed");
        sign_in_with(&services, Some(&codes[3].to_lowercase().replace('-', ""))).await.unwrap();
        assert!(matches!(sign_in_with(&services, Some(&codes[3])).await, Err(IdentityError::WrongCode)));
        let facts = queries::find_second_factor(&services.db, &ctx).await.unwrap().unwrap();
        assert_eq!(facts.recovery_codes_left, 9);
    })
    .await;
}

#[tokio::test]
async fn guesses_of_a_code_are_counted_as_guesses_of_a_password() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, ..) = owner_of(&services, EMAIL).await;
        let (secret, _) = turn_on(world, &services, &ctx).await;
        for _ in 0..10 {
            assert!(matches!(sign_in_with(&services, Some("x")).await, Err(IdentityError::WrongCode)));
        }
        let right = sign_in_with(&services, Some(shown(&services, &secret).as_str())).await;
        assert!(matches!(right, Err(IdentityError::Throttled { .. })), "{right:?}");
    })
    .await;
}

#[tokio::test]
async fn it_is_turned_off_by_password_and_code() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, user, _) = owner_of(&services, EMAIL).await;
        let (secret, _) = turn_on(world, &services, &ctx).await;
        assert_eq!(told_of_account(&services, user).await, [AccountNotice::SecondFactorOn]);
        let off = async |password: &str, code: &str| -> Result<(), IdentityError> {
            let checked = commands::begin_proof(&services, &ctx).await?.check(password);
            in_tx(&services, async |tx| {
                commands::turn_off_second_factor(tx, &ctx, &services.links, checked, code).await
            })
            .await
        };
        assert!(matches!(off("another horse", &shown(&services, &secret)).await, Err(IdentityError::WrongPassword)));
        assert!(matches!(off(PASSWORD, "").await, Err(IdentityError::SecondFactorRequired)));
        assert!(matches!(off(PASSWORD, "x").await, Err(IdentityError::WrongCode)));
        off(PASSWORD, &shown(&services, &secret)).await.unwrap();
        let told = told_of_account(&services, user).await;
        assert_eq!(told, [AccountNotice::SecondFactorOn, AccountNotice::SecondFactorOff]);
        sign_in_with(&services, None).await.unwrap();
        assert!(recovery_code::Entity::find().all(&services.db).await.unwrap().is_empty());
        assert!(matches!(off(PASSWORD, "x").await, Err(IdentityError::NoSecondFactor)));
    })
    .await;
}

#[tokio::test]
async fn what_is_sealed_follows_the_secrets_and_is_read_all_the_while() {
    on_each_database(async |world| {
        let services = services(world).await;
        let mut people = Vec::new();
        for name in ["ada", "bob", "cleo"] {
            let email = format!("{name}@example.com");
            let (ctx, ..) = owner_of(&services, &email).await;
            people.push((email, turn_on(world, &services, &ctx).await.0));
        }
        let first = services.links.current();
        let secrets = Secrets::of(first).followed_by(Secret::make(&services.env));
        let second = secrets.current();
        let rotated = Services { links: LinkKey::of(secrets.clone()), ..services.clone() };
        let all_come_in = async |with: &Services| {
            world.clock.advance(Duration::seconds(totp::STEP_SECONDS));
            for (email, secret) in &people {
                let code = shown(with, secret);
                try_sign_in_with(with, email, PASSWORD, Some(&code), "").await.unwrap();
            }
        };
        let (db, env, links) = (&rotated.db, &rotated.env, &rotated.links);
        let counted = async || {
            let sealed = sealing::count_sealed(db, links).await.unwrap();
            (sealed.by(second.id()), sealed.by(first.id()), sealed.unreadable)
        };
        all_come_in(&rotated).await;
        assert_eq!(counted().await, (0, 3, 0));

        // It breaks off after one; then it goes on, and once more it finds nothing.
        let batch =
            in_tx(&rotated, async |tx| Ok(sealing::reseal_second_factors(tx, env, links, None, 1).await?)).await;
        let (done, last) = batch.unwrap();
        assert!(done == Resealed { resealed: 1, unreadable: 0 } && last.is_some());
        assert_eq!(counted().await, (1, 2, 0));
        all_come_in(&rotated).await;
        let rest = sealing::reseal(db, env, links).await.unwrap();
        assert_eq!(rest, Resealed { resealed: 2, unreadable: 0 });
        assert_eq!(counted().await, (3, 0, 0));
        assert_eq!(sealing::reseal(db, env, links).await.unwrap(), Resealed::default());

        // The first is not needed any more; and by it alone nothing is read.
        all_come_in(&Services { links: LinkKey::of(secrets.without(first.id())), ..services.clone() }).await;
        let kept = LinkKey::of(Secrets::of(first));
        assert_eq!(sealing::count_sealed(db, &kept).await.unwrap().unreadable, 3);
        let none = sealing::reseal(db, env, &kept).await.unwrap();
        assert_eq!(none, Resealed { resealed: 0, unreadable: 3 });
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_is_proved_for_ten_minutes() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, ..) = owner_of(&services, EMAIL).await;
        let (other, ..) = owner_of(&services, "bob@example.com").await;
        let own = sign_in_with(&services, None).await.unwrap().sign_in;
        let proved = async |ctx: &Ctx| queries::require_proved(&services.db, ctx, Some(own)).await;
        let step_up = async |ctx: &Ctx, password: &str, code: Option<&str>| -> Result<Instant, IdentityError> {
            let checked = commands::begin_proof(&services, ctx).await?.check(password);
            in_tx(&services, async |tx| commands::step_up(tx, ctx, &services.links, own, checked, code).await).await
        };
        proved(&ctx).await.expect("who has just signed in has proved themselves");
        assert!(proved(&other).await.is_err(), "of another person's sign-in it says nothing");
        let none = queries::require_proved(&services.db, &ctx, None).await;
        assert!(matches!(none, Err(IdentityError::StepUpRequired)));
        world.clock.advance(Duration::minutes(10));
        assert!(matches!(proved(&ctx).await, Err(IdentityError::StepUpRequired)));
        assert!(matches!(step_up(&ctx, "another horse", None).await, Err(IdentityError::WrongPassword)));
        assert!(matches!(step_up(&other, PASSWORD, None).await, Err(IdentityError::SignInEnded)));
        let until = step_up(&ctx, PASSWORD, None).await.unwrap();
        assert_eq!(until, services.env.now() + Duration::minutes(10));
        proved(&ctx).await.unwrap();
        let (secret, _) = turn_on(world, &services, &ctx).await;
        assert!(matches!(step_up(&ctx, PASSWORD, None).await, Err(IdentityError::SecondFactorRequired)));
        step_up(&ctx, PASSWORD, Some(shown(&services, &secret).as_str())).await.unwrap();
        for _ in 0..10 {
            assert!(step_up(&ctx, "another horse", None).await.is_err());
        }
        assert!(matches!(step_up(&ctx, PASSWORD, None).await, Err(IdentityError::Throttled { .. })));
        // Another password for the same account is no way out of it: nine guesses of a code, a password changed, and the tenth is the last.
        world.clock.advance(Duration::minutes(16));
        for _ in 0..9 {
            assert!(matches!(step_up(&ctx, PASSWORD, Some("000000x")).await, Err(IdentityError::WrongCode)));
        }
        let owner = queries::find_password_owner(&services.db, &ctx).await.unwrap().unwrap();
        let checked = commands::begin_proof(&services, &ctx).await.unwrap().check(PASSWORD);
        let hash = commands::prepare_password_reset(&services.env, &owner, "a wholly new sentence").unwrap();
        in_tx(&services, async |tx| commands::change_password(tx, &ctx, Some(own), checked, hash).await).await.unwrap();
        let guessed = step_up(&ctx, "a wholly new sentence", Some("000000x")).await;
        assert!(matches!(guessed, Err(IdentityError::Throttled { .. })), "{guessed:?}");
        let anybody = commands::begin_proof(&services, &nobody(&services)).await;
        assert!(matches!(anybody, Err(IdentityError::Denied(Denied::Unauthenticated))), "{anybody:?}");
    })
    .await;
}

#[tokio::test]
async fn a_changed_password_ends_all_other_sign_ins() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, user, _) = owner_of(&services, EMAIL).await;
        let (own, other) = (sign_in_with(&services, None).await.unwrap(), sign_in_with(&services, None).await.unwrap());
        let owner = queries::find_password_owner(&services.db, &ctx).await.unwrap().unwrap();
        let change = async |current: &str, new: &str| -> Result<(), IdentityError> {
            let checked = commands::begin_proof(&services, &ctx).await?.check(current);
            let hash = commands::prepare_password_reset(&services.env, &owner, new)?;
            in_tx(&services, async |tx| commands::change_password(tx, &ctx, Some(own.sign_in), checked, hash).await)
                .await
        };
        assert!(matches!(change("another horse", "a wholly new sentence").await, Err(IdentityError::WrongPassword)));
        assert!(matches!(change(PASSWORD, "short").await, Err(IdentityError::Password(_))));
        let stale = commands::begin_proof(&services, &ctx).await.unwrap().check(PASSWORD);
        change(PASSWORD, "a wholly new sentence").await.unwrap();
        let hash = commands::prepare_password_reset(&services.env, &owner, "quite another sentence").unwrap();
        let late =
            in_tx(&services, async |tx| commands::change_password(tx, &ctx, Some(own.sign_in), stale, hash).await);
        assert!(matches!(late.await, Err(IdentityError::WrongPassword)), "checked against a password that is gone");
        assert!(queries::find_signed_in(&services.db, user, own.sign_in).await.unwrap().is_some());
        assert_eq!(queries::find_signed_in(&services.db, user, other.sign_in).await.unwrap(), None);
        let row = sign_in::Entity::find_by_id(other.sign_in).one(&services.db).await.unwrap().unwrap();
        assert_eq!(row.revoked_reason, Some(RevokedReason::PasswordChanged));
        assert!(matches!(sign_in_with(&services, None).await, Err(IdentityError::WrongCredentials)));
    })
    .await;
}

#[tokio::test]
async fn all_other_sign_ins_end_at_once() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, user, _) = owner_of(&services, EMAIL).await;
        let (bob, bob_id, _) = owner_of(&services, "bob@example.com").await;
        let bobs = try_sign_in_with(&services, "bob@example.com", PASSWORD, None, "").await.unwrap();
        let own = sign_in_with(&services, None).await.unwrap();
        for _ in 0..2 {
            sign_in_with(&services, None).await.unwrap();
        }
        assert_eq!(
            in_tx(&services, async |tx| commands::revoke_other_sign_ins(tx, &ctx, Some(own.sign_in)).await)
                .await
                .unwrap(),
            2
        );
        assert!(queries::find_signed_in(&services.db, user, own.sign_in).await.unwrap().is_some());
        assert!(queries::find_signed_in(&services.db, bob_id, bobs.sign_in).await.unwrap().is_some());
        assert_eq!(
            in_tx(&services, async |tx| commands::revoke_other_sign_ins(tx, &bob, None).await).await.unwrap(),
            1,
            "without one of one's own all end"
        );
    })
    .await;
}
