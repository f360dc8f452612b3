//! Accounts that are closed, by whoever they are of or by whoever operates the program, and sign-ins that the latter ends.

use domain::{
    actor::{Actor, Ctx, Role},
    email::EmailAddress,
    identity::{
        IdentityError,
        commands::{self, Device},
        entity::{
            CeremonyKind, MailPurpose, RevokedReason, invitation, mail_token, member, recovery_code, refresh_token,
            second_factor, sign_in, user,
        },
        queries,
        testing::Authenticator,
    },
    ids::{InvitationId, StudioId, UserId},
    links::Purpose,
    money::Currency,
    outbox::{Job, entity::job},
    policy::Denied,
    services::Services,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    identity::{PASSWORD, in_tx, nobody, owner_of, services, try_sign_in_with},
    passkeys::{self, ORIGIN},
    second_factor::turn_on,
    support::on_each_database,
};

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";

fn address(text: &str) -> EmailAddress {
    text.parse().unwrap()
}

async fn join(services: &Services, studio: StudioId, user: UserId, role: Role) {
    let joined_at = Set(services.env.now());
    let row = member::ActiveModel { studio_id: Set(studio), user_id: Set(user), role: Set(role), joined_at };
    row.insert(&services.db).await.unwrap();
}

async fn owners(services: &Services, studio: StudioId) -> Vec<UserId> {
    let rows = member::Entity::find().filter(member::Column::StudioId.eq(studio)).all(&services.db).await.unwrap();
    rows.into_iter().filter(|row| row.role == Role::Owner).map(|row| row.user_id).collect()
}

async fn close(services: &Services, ctx: &Ctx, email: &str) -> Result<(), IdentityError> {
    in_tx(services, async |tx| commands::close_account(tx, ctx, &address(email)).await).await
}

#[tokio::test]
async fn a_closed_account_is_signed_in_nowhere_and_known_to_nobody() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ada, ada_id, studio) = owner_of(&services, ADA).await;
        let (_, bob_id, _) = owner_of(&services, BOB).await;
        join(&services, studio, bob_id, Role::Owner).await;
        let (_, codes) = turn_on(world, &services, &ada).await;
        let mut telephone = Authenticator::new(1, ORIGIN);
        passkeys::add(&services, &ada, &mut telephone).await.unwrap();
        let signed_in = try_sign_in_with(&services, ADA, PASSWORD, Some(&codes[0]), "192.0.2.7").await.unwrap();
        let others = try_sign_in_with(&services, BOB, PASSWORD, None, "192.0.2.8").await.unwrap();
        commands::request_password_reset(&services, &ada, &address(ADA), "").await.unwrap();
        let mails = mail_token::Entity::find().filter(mail_token::Column::UserId.eq(ada_id)).all(&services.db).await;
        let reset = mails.unwrap().into_iter().find(|mail| mail.purpose == MailPurpose::ResetPassword).unwrap();
        let link = services.links.token(Purpose::ResetPassword, reset.id, Some(reset.expires_at));
        // Somebody who has typed the right password a moment before.
        let attempt = commands::begin_sign_in(&services, &nobody(&services), &address(ADA), "").await.unwrap();
        let late = attempt.check(PASSWORD);

        assert!(matches!(close(&services, &ada, BOB).await, Err(IdentityError::OtherAddress)));
        let anonymous = close(&services, &nobody(&services), ADA).await;
        assert!(matches!(anonymous, Err(IdentityError::Denied(Denied::Unauthenticated))));
        close(&services, &ada, "ADA@Example.com").await.unwrap();

        assert_eq!(queries::find_signed_in(&services.db, ada_id, signed_in.sign_in).await.unwrap(), None);
        assert!(commands::refresh(&services, &ada, &signed_in.refresh_token).await.is_err());
        let device = Device { user_agent: String::new(), ip: String::new() };
        let late = in_tx(&services, async |tx| {
            commands::finish_sign_in(tx, &nobody(&services), &services.links, late, None, device).await
        });
        assert!(matches!(late.await, Err(IdentityError::WrongCredentials)));
        let again = try_sign_in_with(&services, ADA, PASSWORD, None, "").await;
        assert!(matches!(again, Err(IdentityError::WrongCredentials)), "as of an address that nobody ever had");
        let by_passkey = passkeys::sign_in(&services, &mut telephone).await;
        assert!(matches!(by_passkey, Err(IdentityError::UnknownPasskey)), "{by_passkey:?}");
        let found = queries::find_reset(&services.db, &services.links, &link, services.env.now()).await;
        assert!(matches!(found, Err(IdentityError::LinkUsed)));
        assert_eq!(owners(&services, studio).await, [bob_id]);
        // That a passkey was added is still to be mailed.
        assert_eq!(queries::find_open_account(&services.db, ada_id).await.unwrap(), None);
        assert_eq!(queries::find_open_account(&services.db, bob_id).await.unwrap().unwrap().email.as_str(), BOB);

        let told = job::Entity::find().filter(job::Column::Kind.eq("mail_closed_account")).all(&services.db).await;
        let told: Vec<Job> =
            told.unwrap().into_iter().map(|row| serde_json::from_value(row.payload).unwrap()).collect();
        let expected = Job::MailClosedAccount { email: address(ADA), name: "Ada".to_owned(), when: services.env.now() };
        assert_eq!(told, [expected], "it carries what is erased");
        let left = user::Entity::find_by_id(ada_id).one(&services.db).await.unwrap().unwrap();
        assert_eq!(left.name, "Closed account");
        assert!(left.email.as_str().ends_with("@closed.invalid") && left.email_verified_at.is_none(), "{}", left.email);
        let rows = sign_in::Entity::find().filter(sign_in::Column::UserId.eq(ada_id)).all(&services.db).await.unwrap();
        assert!(!rows.is_empty());
        for row in rows {
            assert_eq!((row.ip.as_str(), row.user_agent.as_str()), ("", ""));
            assert_eq!(row.revoked_reason, Some(RevokedReason::AccountClosed));
        }
        let tokens = refresh_token::Entity::find().all(&services.db).await.unwrap();
        assert!(tokens.iter().all(|token| token.sign_in_id == others.sign_in), "those of others stay");
        assert!(second_factor::Entity::find().all(&services.db).await.unwrap().is_empty());
        assert!(recovery_code::Entity::find().all(&services.db).await.unwrap().is_empty());

        // The address is free for an account that has nothing of the closed one.
        let (_, fresh, other_studio) = owner_of(&services, ADA).await;
        assert!(fresh != ada_id && other_studio != studio);
        assert!(queries::find_signed_in(&services.db, bob_id, others.sign_in).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_closed_account_is_given_nothing_more() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ada, ada_id, studio) = owner_of(&services, ADA).await;
        let (bob, bob_id, bobs) = owner_of(&services, BOB).await;
        join(&services, studio, bob_id, Role::Owner).await;
        let invited = invite(&services, &bob, bobs, ADA).await;
        let invited = services.links.token(Purpose::Invitation, invited.id, Some(invited.expires_at));
        let mails = mail_token::Entity::find().filter(mail_token::Column::UserId.eq(ada_id)).all(&services.db).await;
        let verify = mails.unwrap().into_iter().find(|mail| mail.purpose == MailPurpose::VerifyEmail).unwrap();
        let verify = services.links.token(Purpose::VerifyEmail, verify.id, Some(verify.expires_at));
        let begun = passkeys::begin_adding(&services, &ada).await.unwrap();
        let answer = Authenticator::new(1, ORIGIN).create(&begun.options);
        let taken = commands::take_ceremony(&services, &ada, CeremonyKind::Add, begun.id).await.unwrap();
        close(&services, &ada, ADA).await.unwrap();

        // Requests of hers that were let in a moment before.
        let rp = passkeys::rp(&services);
        let passkey =
            in_tx(&services, async |tx| commands::add_passkey(tx, &ada, &rp, &taken, "Telephone", &answer).await).await;
        let founded =
            in_tx(&services, async |tx| commands::create_studio(tx, &ada, "Another", Currency::EUR).await).await;
        let joined =
            in_tx(&services, async |tx| commands::accept_invitation(tx, &ada, &services.links, &invited).await);
        let carol = address("carol@example.com");
        let inviting = in_tx(&services, async |tx| commands::invite(tx, &ada, studio, carol, Role::Viewer).await).await;
        for refused in [passkey.map(drop), founded.map(drop), joined.await.map(drop), inviting.map(drop)] {
            assert!(matches!(refused, Err(IdentityError::Denied(Denied::Unauthenticated))), "{refused:?}");
        }
        in_tx(&services, async |tx| commands::verify_email(tx, &ada, &services.links, &verify).await).await.unwrap();
        let left = user::Entity::find_by_id(ada_id).one(&services.db).await.unwrap().unwrap();
        assert_eq!(left.email_verified_at, None, "a spent link verifies nothing");
        let of_hers = member::Entity::find().filter(member::Column::UserId.eq(ada_id)).all(&services.db).await.unwrap();
        assert!(of_hers.is_empty(), "{of_hers:?}");

        let system = services.ctx(Actor::System);
        let heir = address(BOB);
        let again =
            in_tx(&services, async |tx| commands::close_account_of(tx, &system, &heir, Some(&left.email)).await);
        let again = again.await;
        assert!(matches!(again, Err(IdentityError::NoAccount(_))), "a closed account owns nothing: {again:?}");
    })
    .await;
}

async fn invite(services: &Services, ctx: &Ctx, studio: StudioId, email: &str) -> invitation::Model {
    let email = address(email);
    in_tx(services, async |tx| commands::invite(tx, ctx, studio, email, Role::Engineer).await).await.unwrap()
}

#[tokio::test]
async fn who_is_gone_lets_nobody_in() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ada, ada_id, studio) = owner_of(&services, ADA).await;
        let (bob, bob_id, bobs) = owner_of(&services, BOB).await;
        join(&services, studio, bob_id, Role::Owner).await;
        join(&services, bobs, ada_id, Role::Owner).await;
        let in_both = |user| {
            let memberships = vec![(studio, Role::Owner), (bobs, Role::Owner)];
            services.ctx(Actor::User { user, memberships, closed: Vec::new() })
        };
        let (ada_in_both, bob_in_both) = (in_both(ada_id), in_both(bob_id));
        let is_open = async |id: InvitationId| {
            let row = invitation::Entity::find_by_id(id).one(&services.db).await.unwrap().unwrap();
            row.revoked_at.is_none()
        };
        let here = invite(&services, &ada, studio, "carol@example.com").await.id;
        let there = invite(&services, &ada_in_both, bobs, "carol@example.com").await.id;
        let others = invite(&services, &bob_in_both, studio, "dan@example.com").await.id;

        in_tx(&services, async |tx| commands::remove_member(tx, &bob, bobs, ada_id).await).await.unwrap();
        assert!(!is_open(there).await && is_open(here).await, "of the studio that she has left");
        close(&services, &ada, ADA).await.unwrap();
        assert!(!is_open(here).await && is_open(others).await);
    })
    .await;
}

#[tokio::test]
async fn the_only_owner_of_a_studio_stays_until_it_is_handed_over() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ada, ada_id, studio) = owner_of(&services, ADA).await;
        let (_, bob_id, bobs) = owner_of(&services, BOB).await;
        join(&services, bobs, ada_id, Role::Engineer).await;
        match close(&services, &ada, ADA).await {
            Err(IdentityError::OnlyOwner { studios }) => {
                assert_eq!(studios, ["Ada’s Beats"], "of the other studio somebody else is an owner");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(owners(&services, studio).await, [ada_id]);
        assert!(try_sign_in_with(&services, ADA, PASSWORD, None, "").await.is_ok(), "nothing was done");

        let system = services.ctx(Actor::System);
        let close_as = async |ctx: &Ctx, email: &str, heir: Option<&str>| {
            let (email, heir) = (address(email), heir.map(address));
            in_tx(&services, async |tx| commands::close_account_of(tx, ctx, &email, heir.as_ref()).await).await
        };
        let denied = close_as(&ada, BOB, None).await;
        assert!(matches!(denied, Err(IdentityError::Denied(Denied::NotAllowed))), "only whoever operates the program");
        assert!(matches!(close_as(&system, ADA, None).await, Err(IdentityError::OnlyOwner { .. })));
        assert!(matches!(close_as(&system, ADA, Some(ADA)).await, Err(IdentityError::OnlyOwner { .. })));
        let unknown = close_as(&system, ADA, Some("eve@example.com")).await;
        assert!(matches!(unknown, Err(IdentityError::NoAccount(_))), "{unknown:?}");
        assert_eq!(close_as(&system, ADA, Some(BOB)).await.unwrap(), [studio]);
        assert_eq!(owners(&services, studio).await, [bob_id]);
        assert!(matches!(close_as(&system, ADA, None).await, Err(IdentityError::NoAccount(_))), "it is gone");

        let (_, _, carols) = owner_of(&services, "carol@example.com").await;
        join(&services, carols, bob_id, Role::Owner).await;
        let handed_over = close_as(&system, "carol@example.com", Some(BOB)).await.unwrap();
        assert!(handed_over.is_empty(), "none needed another owner: {handed_over:?}");
    })
    .await;
}

#[tokio::test]
async fn two_owners_who_close_at_once_leave_no_studio_without_one() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ada, ada_id, studio) = owner_of(&services, ADA).await;
        let (_, bob_id, bobs) = owner_of(&services, BOB).await;
        join(&services, studio, bob_id, Role::Owner).await;
        join(&services, bobs, ada_id, Role::Owner).await;
        let memberships = vec![(bobs, Role::Owner), (studio, Role::Owner)];
        let bob = services.ctx(Actor::User { user: bob_id, memberships, closed: Vec::new() });
        let (one, two) = futures::join!(close(&services, &ada, ADA), close(&services, &bob, BOB));
        assert_ne!(one.is_ok(), two.is_ok(), "{one:?} {two:?}");
        for studio in [studio, bobs] {
            assert_eq!(owners(&services, studio).await.len(), 1);
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_operates_the_program_ends_sign_ins() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ada, ada_id, _) = owner_of(&services, ADA).await;
        let (_, bob_id, _) = owner_of(&services, BOB).await;
        let sign_in = async |email: &str| try_sign_in_with(&services, email, PASSWORD, None, "").await.unwrap().sign_in;
        let (first, second, bobs) = (sign_in(ADA).await, sign_in(ADA).await, sign_in(BOB).await);
        let end = async |ctx: &Ctx, of: Option<&str>| {
            let of = of.map(address);
            in_tx(&services, async |tx| commands::end_sign_ins(tx, ctx, of.as_ref()).await).await
        };
        let is_in = async |user, id| queries::find_signed_in(&services.db, user, id).await.unwrap().is_some();
        for of in [Some(ADA), None] {
            assert!(matches!(end(&ada, of).await, Err(IdentityError::Denied(Denied::NotAllowed))));
        }
        let system = services.ctx(Actor::System);
        assert!(matches!(end(&system, Some("eve@example.com")).await, Err(IdentityError::NoAccount(_))));
        assert_eq!(end(&system, Some(ADA)).await.unwrap(), 2);
        assert!(!is_in(ada_id, first).await && !is_in(ada_id, second).await && is_in(bob_id, bobs).await);
        let third = sign_in(ADA).await;
        assert_eq!(end(&system, None).await.unwrap(), 2);
        assert!(!is_in(ada_id, third).await && !is_in(bob_id, bobs).await);
        let row = sign_in::Entity::find_by_id(bobs).one(&services.db).await.unwrap().unwrap();
        assert_eq!(row.revoked_reason, Some(RevokedReason::EndedByOperator));
        assert!(sign_in(BOB).await != bobs, "and they sign in again");
    })
    .await;
}
