//! Passkeys: added, used to sign in and to prove oneself, and refused where what was signed is not what was asked.

use chrono::Duration;
use domain::{
    actor::Ctx,
    env::Instant,
    identity::{
        IdentityError,
        commands::{self, Ceremony, Device, SignedIn},
        entity::{
            AccountNotice, CeremonyKind, MailPurpose, PasskeyBackup, mail_token, passkey, passkey_ceremony,
            second_factor, sign_in,
        },
        passkeys::RelyingParty,
        queries,
        rules::PASSKEYS_MAX,
        testing::Authenticator,
    },
    ids::{PasskeyCeremonyId, SignInId, UserId},
    links::Purpose,
    services::Services,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::Value;

use crate::{
    identity::{PASSWORD, in_tx, nobody, owner_of, services, told_of_account, try_sign_in_with},
    support::on_each_database,
};

const EMAIL: &str = "ada@example.com";
pub(crate) const ORIGIN: &str = "http://shop.test";

pub(crate) fn rp(services: &Services) -> RelyingParty {
    RelyingParty::of(services.platform_url()).unwrap()
}

pub(crate) async fn begin_adding(services: &Services, ctx: &Ctx) -> Result<Ceremony, IdentityError> {
    in_tx(services, async |tx| commands::begin_passkey(tx, ctx, &rp(services)).await).await
}

async fn end_adding(
    services: &Services,
    ctx: &Ctx,
    id: PasskeyCeremonyId,
    answer: &Value,
) -> Result<passkey::Model, IdentityError> {
    let taken = commands::take_ceremony(services, ctx, CeremonyKind::Add, id).await?;
    in_tx(services, async |tx| commands::add_passkey(tx, ctx, &rp(services), &taken, "Telephone", answer).await).await
}

/// Adds the device's passkey to an account.
pub(crate) async fn add(
    services: &Services,
    ctx: &Ctx,
    device: &mut Authenticator,
) -> Result<passkey::Model, IdentityError> {
    let begun = begin_adding(services, ctx).await?;
    end_adding(services, ctx, begun.id, &device.create(&begun.options)).await
}

async fn begin_signing_in(services: &Services) -> Ceremony {
    commands::begin_passkey_sign_in(services, &nobody(services), &rp(services), "").await.unwrap()
}

async fn end_signing_in(services: &Services, id: PasskeyCeremonyId, answer: &Value) -> Result<SignedIn, IdentityError> {
    let (ctx, device) = (nobody(services), Device { user_agent: "test".to_owned(), ip: String::new() });
    let taken = commands::take_ceremony(services, &ctx, CeremonyKind::SignIn, id).await?;
    in_tx(services, async |tx| commands::sign_in_with_passkey(tx, &ctx, &rp(services), &taken, answer, device).await)
        .await
}

pub(crate) async fn sign_in(services: &Services, device: &mut Authenticator) -> Result<SignedIn, IdentityError> {
    let begun = begin_signing_in(services).await;
    end_signing_in(services, begun.id, &device.get(&begun.options)).await
}

async fn step_up(
    services: &Services,
    ctx: &Ctx,
    own: SignInId,
    device: &mut Authenticator,
) -> Result<Instant, IdentityError> {
    let begun = commands::begin_passkey_proof(services, ctx, &rp(services)).await?;
    let (taken, answer) =
        (commands::take_ceremony(services, ctx, CeremonyKind::Prove, begun.id).await?, device.get(&begun.options));
    in_tx(services, async |tx| commands::step_up_with_passkey(tx, ctx, &rp(services), &taken, &answer, own).await).await
}

/// Somebody with a passkey, and its device.
async fn person_with_passkey(services: &Services, email: &str, seed: u8) -> (Ctx, UserId, Authenticator) {
    let (ctx, user, _) = owner_of(services, email).await;
    let mut device = Authenticator::new(seed, ORIGIN);
    add(services, &ctx, &mut device).await.unwrap();
    (ctx, user, device)
}

#[tokio::test]
async fn a_passkey_signs_in_without_name_password_and_code() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, user, mut device) = person_with_passkey(&services, EMAIL, 1).await;
        in_tx(&services, async |tx| commands::set_up_second_factor(tx, &ctx, &services.links).await).await.unwrap();
        second_factor::Entity::update_many()
            .col_expr(second_factor::Column::ConfirmedAt, Expr::value(services.env.now()))
            .exec(&services.db)
            .await
            .unwrap();
        let by_password = try_sign_in_with(&services, EMAIL, PASSWORD, None, "").await;
        assert!(matches!(by_password, Err(IdentityError::SecondFactorRequired)), "{by_password:?}");
        let signed_in = sign_in(&services, &mut device).await.unwrap();
        assert_eq!(signed_in.user, user);
        assert!(queries::find_signed_in(&services.db, user, signed_in.sign_in).await.unwrap().is_some());
        queries::require_proved(&services.db, &ctx, Some(signed_in.sign_in)).await.unwrap();
        let rows = queries::list_passkeys(&services.db, &ctx).await.unwrap();
        assert_eq!(rows.len(), 1);
        let row = &rows[0];
        assert_eq!((row.name.as_str(), row.sign_count, row.backup), ("Telephone", 1, PasskeyBackup::NotEligible));
        assert_eq!(row.last_used_at, Some(services.env.now()));
        assert!(queries::list_passkeys(&services.db, &nobody(&services)).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_of_a_browser_is_a_passkey_of_this_host_that_it_has_not() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, user, _) = person_with_passkey(&services, EMAIL, 1).await;
        let options = begin_adding(&services, &ctx).await.unwrap().options;
        assert_eq!((options["rp"]["id"].as_str(), options["user"]["name"].as_str()), (Some("shop.test"), Some(EMAIL)));
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(options["attestation"], "none");
        assert_eq!(options["timeout"], 300_000);
        assert!(options["extensions"].get("enforceCredentialProtectionPolicy").is_none(), "no device is shut out");
        let known = passkey::Entity::find().filter(passkey::Column::UserId.eq(user)).one(&services.db).await.unwrap();
        assert_eq!(options["excludeCredentials"][0]["id"], known.unwrap().credential_id.as_str());
        let options = begin_signing_in(&services).await.options;
        assert_eq!(
            (options["rpId"].as_str(), options["userVerification"].as_str()),
            (Some("shop.test"), Some("required"))
        );
        assert_eq!(options["allowCredentials"], serde_json::json!([]));
    })
    .await;
}

#[tokio::test]
async fn an_answer_from_elsewhere_or_to_something_else_is_refused() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, _, device) = person_with_passkey(&services, EMAIL, 1).await;
        let refused = async |device: Authenticator, spoil: &dyn Fn(&mut Value)| {
            let mut device = device;
            let begun = begin_signing_in(&services).await;
            let mut options = begun.options;
            spoil(&mut options);
            let outcome = end_signing_in(&services, begun.id, &device.get(&options)).await;
            assert!(matches!(outcome, Err(IdentityError::PasskeyRefused)), "{outcome:?}");
        };
        refused(device.at("http://shop.example"), &|_| {}).await;
        refused(device.at("http://shop.test:8080"), &|_| {}).await;
        refused(device.careless(), &|_| {}).await;
        refused(device.clone(), &|options| options["challenge"] = "AAAAAAAAAAAAAAAAAAAAAA".into()).await;
        refused(device.clone(), &|options| options["rpId"] = "shop.example".into()).await;

        let begun = begin_signing_in(&services).await;
        let mut answer = device.clone().get(&begun.options);
        answer["response"]["signature"] =
            Authenticator::new(2, ORIGIN).get(&begun.options)["response"]["signature"].clone();
        let forged = end_signing_in(&services, begun.id, &answer).await;
        assert!(matches!(forged, Err(IdentityError::PasskeyRefused)), "{forged:?}");

        let mut elsewhere = Authenticator::new(3, "http://shop.example");
        let refused = add(&services, &ctx, &mut elsewhere).await;
        assert!(matches!(refused, Err(IdentityError::PasskeyRefused)), "{refused:?}");
        let mut careless = Authenticator::new(4, ORIGIN).careless();
        let refused = add(&services, &ctx, &mut careless).await;
        assert!(matches!(refused, Err(IdentityError::PasskeyRefused)), "{refused:?}");
        assert_eq!(queries::list_passkeys(&services.db, &ctx).await.unwrap().len(), 1);
        sign_in(&services, &mut device.clone()).await.expect("nothing was wrong with the passkey itself");
    })
    .await;
}

#[tokio::test]
async fn a_ceremony_is_good_for_one_answer_of_its_kind_within_five_minutes() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, user, mut device) = person_with_passkey(&services, EMAIL, 1).await;
        let over = |outcome: &Result<SignedIn, IdentityError>| matches!(outcome, Err(IdentityError::CeremonyOver));

        let begun = begin_signing_in(&services).await;
        let answer = device.get(&begun.options);
        let all = futures::future::join_all((0..4).map(|_| end_signing_in(&services, begun.id, &answer))).await;
        assert_eq!(all.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{all:?}");
        assert_eq!(all.iter().filter(|outcome| over(outcome)).count(), 3, "{all:?}");

        // What was refused is over too.
        let begun = begin_signing_in(&services).await;
        let mut elsewhere = device.at("http://shop.example");
        assert!(end_signing_in(&services, begun.id, &elsewhere.get(&begun.options)).await.is_err());
        assert!(over(&end_signing_in(&services, begun.id, &device.get(&begun.options)).await));

        let begun = begin_signing_in(&services).await;
        world.clock.advance(Duration::minutes(5));
        assert!(over(&end_signing_in(&services, begun.id, &device.get(&begun.options)).await));

        // One that proves signs nobody in, and one of another person adds nothing.
        let begun = commands::begin_passkey_proof(&services, &ctx, &rp(&services)).await.unwrap();
        assert!(over(&end_signing_in(&services, begun.id, &device.get(&begun.options)).await));
        let (bob, ..) = owner_of(&services, "bob@example.com").await;
        let begun = begin_adding(&services, &bob).await.unwrap();
        let stolen = end_adding(&services, &ctx, begun.id, &Authenticator::new(2, ORIGIN).create(&begun.options)).await;
        assert!(matches!(stolen, Err(IdentityError::CeremonyOver)), "{stolen:?}");

        // Whoever begins anew gives up what they have begun, and what nobody answers does not stay.
        let (first, second) =
            (begin_adding(&services, &ctx).await.unwrap(), begin_adding(&services, &ctx).await.unwrap());
        let late = end_adding(&services, &ctx, first.id, &Authenticator::new(2, ORIGIN).create(&first.options)).await;
        assert!(matches!(late, Err(IdentityError::CeremonyOver)), "{late:?}");
        end_adding(&services, &ctx, second.id, &Authenticator::new(2, ORIGIN).create(&second.options)).await.unwrap();
        begin_signing_in(&services).await;
        world.clock.advance(Duration::minutes(6));
        begin_signing_in(&services).await;
        assert_eq!(passkey_ceremony::Entity::find().all(&services.db).await.unwrap().len(), 1);
        let sign_ins =
            sign_in::Entity::find().filter(sign_in::Column::UserId.eq(user)).all(&services.db).await.unwrap();
        assert_eq!(sign_ins.len(), 1, "of all these one has signed in");
    })
    .await;
}

#[tokio::test]
async fn a_passkey_is_one_accounts_and_opens_nothing_once_removed() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, _, mut device) = person_with_passkey(&services, EMAIL, 1).await;
        let (bob, _, mut bobs) = person_with_passkey(&services, "bob@example.com", 2).await;
        let known = add(&services, &bob, &mut device.clone()).await;
        assert!(matches!(known, Err(IdentityError::PasskeyIsKnown)), "{known:?}");

        // Another's passkey under one's own name: the handle that it signs for is looked at too.
        let begun = begin_signing_in(&services).await;
        let (mut answer, other) = (device.get(&begun.options), bobs.get(&begun.options));
        answer["response"]["userHandle"] = other["response"]["userHandle"].clone();
        let refused = end_signing_in(&services, begun.id, &answer).await;
        assert!(matches!(refused, Err(IdentityError::PasskeyRefused)), "{refused:?}");

        let own = queries::list_passkeys(&services.db, &ctx).await.unwrap()[0].id;
        let others = in_tx(&services, async |tx| commands::remove_passkey(tx, &bob, own).await).await;
        assert!(matches!(others, Err(IdentityError::NoPasskey)), "{others:?}");
        sign_in(&services, &mut device).await.unwrap();
        in_tx(&services, async |tx| commands::remove_passkey(tx, &ctx, own).await).await.unwrap();
        let gone = sign_in(&services, &mut device).await;
        assert!(matches!(gone, Err(IdentityError::UnknownPasskey)), "{gone:?}");
        sign_in(&services, &mut bobs).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_is_changed_of_how_an_account_is_opened_is_mailed_to_its_owner_alone() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, user, _) = person_with_passkey(&services, EMAIL, 1).await;
        let (bob, bob_id, _) = owner_of(&services, "bob@example.com").await;
        assert_eq!(told_of_account(&services, user).await, [AccountNotice::PasskeyAdded]);
        let own = queries::list_passkeys(&services.db, &ctx).await.unwrap()[0].id;
        let others = in_tx(&services, async |tx| commands::remove_passkey(tx, &bob, own).await).await;
        assert!(matches!(others, Err(IdentityError::NoPasskey)), "{others:?}");
        assert_eq!(told_of_account(&services, user).await.len(), 1, "what was refused has changed nothing");
        in_tx(&services, async |tx| commands::remove_passkey(tx, &ctx, own).await).await.unwrap();

        let owner = queries::find_password_owner(&services.db, &ctx).await.unwrap().unwrap();
        let checked = commands::begin_proof(&services, &ctx).await.unwrap().check(PASSWORD);
        let hash = commands::prepare_password_reset(&services.env, &owner, "a wholly new sentence").unwrap();
        in_tx(&services, async |tx| commands::change_password(tx, &ctx, None, checked, hash).await).await.unwrap();
        let told = told_of_account(&services, user).await;
        let expected = [AccountNotice::PasskeyAdded, AccountNotice::PasskeyRemoved, AccountNotice::PasswordChanged];
        assert_eq!(told, expected);
        assert!(told_of_account(&services, bob_id).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_copy_that_counts_anew_is_refused_and_what_a_device_tells_is_kept() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, _, mut device) = person_with_passkey(&services, EMAIL, 1).await;
        let mut copy = device.clone();
        sign_in(&services, &mut device).await.unwrap();
        sign_in(&services, &mut device).await.unwrap();
        let refused = sign_in(&services, &mut copy).await;
        assert!(matches!(refused, Err(IdentityError::PasskeyRefused)), "{refused:?}");
        sign_in(&services, &mut device).await.unwrap();
        assert_eq!(queries::list_passkeys(&services.db, &ctx).await.unwrap()[0].sign_count, 3);

        // Those in a safe of several devices count nothing, and come there after they were made.
        let mut shared = Authenticator::new(2, ORIGIN);
        (shared.counts, shared.backup) = (false, (true, false));
        let row = add(&services, &ctx, &mut shared).await.unwrap();
        assert_eq!((row.sign_count, row.backup), (0, PasskeyBackup::Eligible));
        shared.backup = (true, true);
        for _ in 0..2 {
            sign_in(&services, &mut shared).await.unwrap();
        }
        let row = passkey::Entity::find_by_id(row.id).one(&services.db).await.unwrap().unwrap();
        assert_eq!((row.sign_count, row.backup), (0, PasskeyBackup::Exists));
        shared.backup = (false, false);
        let refused = sign_in(&services, &mut shared).await;
        assert!(
            matches!(refused, Err(IdentityError::PasskeyRefused)),
            "a passkey never ceases to be one that is shared"
        );
    })
    .await;
}

#[tokio::test]
async fn a_passkey_proves_whose_a_sign_in_is() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, _, mut device) = person_with_passkey(&services, EMAIL, 1).await;
        let (_, _, mut bobs) = person_with_passkey(&services, "bob@example.com", 2).await;
        let own = try_sign_in_with(&services, EMAIL, PASSWORD, None, "").await.unwrap().sign_in;
        let proved = async || queries::require_proved(&services.db, &ctx, Some(own)).await;
        world.clock.advance(Duration::minutes(10));
        assert!(matches!(proved().await, Err(IdentityError::StepUpRequired)));
        let others = step_up(&services, &ctx, own, &mut bobs).await;
        assert!(matches!(others, Err(IdentityError::UnknownPasskey)), "{others:?}");
        assert!(proved().await.is_err());
        let until = step_up(&services, &ctx, own, &mut device).await.unwrap();
        assert_eq!(until, services.env.now() + Duration::minutes(10));
        proved().await.unwrap();
        // What has come through is forgotten; what has not is counted, apart from passwords.
        for _ in 0..10 {
            assert!(step_up(&services, &ctx, own, &mut bobs).await.is_err());
        }
        let closed = step_up(&services, &ctx, own, &mut device).await;
        assert!(matches!(closed, Err(IdentityError::Throttled { .. })), "{closed:?}");
        commands::begin_proof(&services, &ctx).await.expect("the password proves all the same");
    })
    .await;
}

#[tokio::test]
async fn a_password_set_by_mail_removes_every_passkey_of_the_account() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, user, mut device) = person_with_passkey(&services, EMAIL, 1).await;
        let (_, _, mut bobs) = person_with_passkey(&services, "bob@example.com", 2).await;
        // One that is on its way, and one that is only begun.
        let begun = begin_adding(&services, &ctx).await.unwrap();
        let answer = Authenticator::new(3, ORIGIN).create(&begun.options);
        let taken = commands::take_ceremony(&services, &ctx, CeremonyKind::Add, begun.id).await.unwrap();
        let begun = begin_adding(&services, &ctx).await.unwrap();

        commands::request_password_reset(&services, &ctx, &EMAIL.parse().unwrap(), "").await.unwrap();
        let mails = mail_token::Entity::find().filter(mail_token::Column::UserId.eq(user)).all(&services.db).await;
        let mail = mails.unwrap().into_iter().find(|mail| mail.purpose == MailPurpose::ResetPassword).unwrap();
        let link = services.links.token(Purpose::ResetPassword, mail.id, Some(mail.expires_at));
        let owner = queries::find_reset(&services.db, &services.links, &link, services.env.now()).await.unwrap();
        let hash = commands::prepare_password_reset(&services.env, &owner, "a wholly new sentence").unwrap();
        in_tx(&services, async |tx| commands::complete_password_reset(tx, &ctx, &services.links, &link, hash).await)
            .await
            .unwrap();

        let told = told_of_account(&services, user).await;
        assert_eq!(told, [AccountNotice::PasskeyAdded, AccountNotice::PasswordReset]);
        let gone = sign_in(&services, &mut device).await;
        assert!(matches!(gone, Err(IdentityError::UnknownPasskey)), "{gone:?}");
        let late = in_tx(&services, async |tx| {
            commands::add_passkey(tx, &ctx, &rp(&services), &taken, "Telephone", &answer).await
        });
        let late = late.await;
        assert!(matches!(late, Err(IdentityError::CeremonyOver)), "{late:?}");
        let unanswered = Authenticator::new(4, ORIGIN).create(&begun.options);
        let over = end_adding(&services, &ctx, begun.id, &unanswered).await;
        assert!(matches!(over, Err(IdentityError::CeremonyOver)), "{over:?}");
        assert!(queries::list_passkeys(&services.db, &ctx).await.unwrap().is_empty());
        sign_in(&services, &mut bobs).await.expect("those of others stay");
        let anew = try_sign_in_with(&services, EMAIL, "a wholly new sentence", None, "").await.unwrap();
        assert_eq!(anew.user, user);
    })
    .await;
}

#[tokio::test]
async fn an_account_has_twenty_passkeys_and_a_network_address_sixty_tries() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, ..) = owner_of(&services, EMAIL).await;
        for seed in 1..=u8::try_from(PASSKEYS_MAX).unwrap() {
            add(&services, &ctx, &mut Authenticator::new(seed, ORIGIN)).await.unwrap();
        }
        let full = begin_adding(&services, &ctx).await;
        assert!(matches!(full, Err(IdentityError::TooManyPasskeys)), "{full:?}");
        let begin = async || {
            commands::begin_passkey_sign_in(&services, &nobody(&services), &rp(&services), "198.51.100.7").await
        };
        for _ in 0..60 {
            begin().await.unwrap();
        }
        assert!(matches!(begin().await, Err(IdentityError::Throttled { .. })));
    })
    .await;
}
