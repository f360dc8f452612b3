use std::collections::BTreeSet;

use chrono::Duration;
use domain::{
    actor::{Actor, Ctx, Role, Scope},
    email::EmailAddress,
    identity::{
        IdentityError,
        commands::{self, Device, SignUp, SignedIn},
        entity::{
            AccountNotice, MailPurpose, RevokedReason, invitation, mail_token, member, refresh_token, sign_in, studio,
            user,
        },
        queries,
        rules::PasswordFault,
    },
    ids::{StudioId, UserId},
    licensing::entity::tier,
    links::{LinkError, Purpose},
    money::Currency,
    outbox::{Job, entity::job},
    page::PageRequest,
    parties::entity as party,
    policy::Denied,
    report::Explain,
    services::Services,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) async fn services(world: &World) -> Services {
    Shop::open(world, Currency::EUR).await.services
}

pub(crate) fn nobody(services: &Services) -> Ctx {
    services.ctx(Actor::Anonymous)
}

async fn sign_up(services: &Services, email: &str) -> Result<(), IdentityError> {
    let input = SignUp {
        name: "Ada".to_owned(),
        email: email.to_owned(),
        password: PASSWORD.to_owned(),
        studio_name: "Ada’s Beats".to_owned(),
        currency: Currency::USD,
    };
    let accepted = commands::prepare_sign_up(&services.env, &input)?;
    commands::sign_up(services, &nobody(services), accepted, "").await
}

async fn find_user(services: &Services, email: &str) -> user::Model {
    let key = email.parse::<EmailAddress>().unwrap().account_key();
    user::Entity::find().filter(user::Column::EmailKey.eq(key)).one(&services.db).await.unwrap().unwrap()
}

async fn try_sign_in(services: &Services, email: &str, password: &str, ip: &str) -> Result<SignedIn, IdentityError> {
    try_sign_in_with(services, email, password, None, ip).await
}

pub(crate) async fn try_sign_in_with(
    services: &Services,
    email: &str,
    password: &str,
    code: Option<&str>,
    ip: &str,
) -> Result<SignedIn, IdentityError> {
    let ctx = nobody(services);
    let attempt = commands::begin_sign_in(services, &ctx, &email.parse()?, ip).await?;
    let checked = attempt.check(password);
    let device = Device { user_agent: "test".to_owned(), ip: ip.to_owned() };
    let tx = services.begin().await?;
    let signed_in = commands::finish_sign_in(&tx, &ctx, &services.links, checked, code, device).await?;
    services.commit(tx).await?;
    Ok(signed_in)
}

pub(crate) async fn owner_of(services: &Services, email: &str) -> (Ctx, UserId, StudioId) {
    sign_up(services, email).await.unwrap();
    let user = find_user(services, email).await.id;
    let row = member::Entity::find().filter(member::Column::UserId.eq(user)).one(&services.db).await.unwrap().unwrap();
    let actor = Actor::User { user, memberships: vec![(row.studio_id, row.role)], closed: Vec::new() };
    (services.ctx(actor), user, row.studio_id)
}

async fn last_mail(services: &Services, purpose: MailPurpose) -> mail_token::Model {
    let query = mail_token::Entity::find().filter(mail_token::Column::Purpose.eq(purpose));
    query.order_by_desc(mail_token::Column::Id).one(&services.db).await.unwrap().unwrap()
}

/// What the owner of an account is mailed of changes to how it is opened, kind by kind.
pub(crate) async fn told_of_account(services: &Services, of: UserId) -> Vec<AccountNotice> {
    let rows = job::Entity::find().filter(job::Column::Kind.eq("mail_account")).all(&services.db).await.unwrap();
    let told = rows.into_iter().filter_map(|row| match serde_json::from_value::<Job>(row.payload).unwrap() {
        Job::MailAccount { user, what, .. } if user == of => Some(what),
        _ => None,
    });
    let mut told: Vec<AccountNotice> = told.collect();
    told.sort_unstable();
    told
}

#[tokio::test]
async fn signing_up_founds_a_whole_studio() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, user, id) = owner_of(&services, "Ada@Example.com").await;
        let found = queries::find_studio(&services.db, &ctx, id).await.unwrap();
        assert_eq!((found.slug.as_str(), found.currency), ("adas-beats", Currency::USD));
        assert_eq!(ctx.actor.role_in(id), Some(Role::Owner));
        let tiers = tier::Entity::find().filter(tier::Column::StudioId.eq(id)).all(&services.db).await.unwrap();
        assert_eq!(tiers.len(), 5);
        let parties = party::Entity::find().filter(party::Column::StudioId.eq(id)).all(&services.db).await.unwrap();
        assert_eq!(parties.len(), 1);
        assert_eq!(parties[0].email.as_ref().map(EmailAddress::as_str), Some("Ada@example.com"));
        let mail = last_mail(&services, MailPurpose::VerifyEmail).await;
        let facts = queries::find_mail_token(&services.db, mail.id).await.unwrap().unwrap();
        assert_eq!((facts.to.as_str(), facts.used), ("Ada@example.com", false));
        assert_eq!(mail.user_id, user);
        // A namesake gets another word.
        let (ctx, _, second) = owner_of(&services, "other@example.com").await;
        let second = queries::find_studio(&services.db, &ctx, second).await.unwrap();
        assert!(second.slug.starts_with("adas-beats-"), "{}", second.slug);
    })
    .await;
}

#[tokio::test]
async fn a_known_address_changes_nothing_but_its_owners_mail() {
    on_each_database(async |world| {
        let services = services(world).await;
        sign_up(&services, "ada@example.com").await.unwrap();
        let before = find_user(&services, "ada@example.com").await;
        let studios = studio::Entity::find().all(&services.db).await.unwrap().len();
        sign_up(&services, "ADA@example.com").await.unwrap();
        assert_eq!(find_user(&services, "ada@example.com").await, before);
        assert_eq!(studio::Entity::find().all(&services.db).await.unwrap().len(), studios);
        assert_eq!(last_mail(&services, MailPurpose::AccountExists).await.user_id, before.id);
        // Nobody can flood the owner: five mails an hour, then silence with the same answer.
        for _ in 0..10 {
            sign_up(&services, "ada@example.com").await.unwrap();
        }
        let mails = mail_token::Entity::find().all(&services.db).await.unwrap();
        assert_eq!(mails.iter().filter(|mail| mail.purpose == MailPurpose::AccountExists).count(), 5);
        let jobs = job::Entity::find().all(&services.db).await.unwrap();
        assert_eq!(jobs.iter().filter(|job| job.kind == "mail_token").count(), mails.len());
    })
    .await;
}

#[tokio::test]
async fn two_who_sign_up_with_one_address_at_once_make_one_account() {
    on_each_database(async |world| {
        let services = services(world).await;
        let all = futures::future::join_all((0..6).map(|_| sign_up(&services, "ada@example.com"))).await;
        assert!(all.iter().all(Result::is_ok), "{all:?}");
        assert_eq!(user::Entity::find().all(&services.db).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_refresh_token_that_comes_twice_ends_the_sign_in() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, user, _) = owner_of(&services, "ada@example.com").await;
        let first = try_sign_in(&services, "ada@example.com", PASSWORD, "").await.unwrap();
        let second = commands::refresh(&services, &ctx, &first.refresh_token).await.unwrap();
        assert_eq!(second.sign_in, first.sign_in);
        assert!(queries::find_signed_in(&services.db, user, first.sign_in).await.unwrap().is_some());
        let reused = commands::refresh(&services, &ctx, &first.refresh_token).await;
        assert!(matches!(reused, Err(IdentityError::TokenReused)), "{reused:?}");
        let after = commands::refresh(&services, &ctx, &second.refresh_token).await;
        assert!(matches!(after, Err(IdentityError::SignInEnded)), "{after:?}");
        assert_eq!(queries::find_signed_in(&services.db, user, first.sign_in).await.unwrap(), None);
        let row = sign_in::Entity::find_by_id(first.sign_in).one(&services.db).await.unwrap().unwrap();
        assert_eq!(row.revoked_reason, Some(RevokedReason::TokenReused));
    })
    .await;
}

#[tokio::test]
async fn of_many_at_once_with_one_refresh_token_one_is_served() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, ..) = owner_of(&services, "ada@example.com").await;
        let first = try_sign_in(&services, "ada@example.com", PASSWORD, "").await.unwrap();
        let all = (0..8).map(|_| commands::refresh(&services, &ctx, &first.refresh_token));
        let all = futures::future::join_all(all).await;
        assert_eq!(all.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert_eq!(all.iter().filter(|outcome| matches!(outcome, Err(IdentityError::TokenReused))).count(), 7);
        let row = sign_in::Entity::find_by_id(first.sign_in).one(&services.db).await.unwrap().unwrap();
        assert!(row.revoked_at.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_refresh_token_is_good_for_thirty_days() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, ..) = owner_of(&services, "ada@example.com").await;
        let first = try_sign_in(&services, "ada@example.com", PASSWORD, "").await.unwrap();
        world.clock.advance(Duration::days(30) - Duration::seconds(1));
        let second = commands::refresh(&services, &ctx, &first.refresh_token).await.unwrap();
        world.clock.advance(Duration::days(30));
        let late = commands::refresh(&services, &ctx, &second.refresh_token).await;
        assert!(matches!(late, Err(IdentityError::SignInEnded)), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_ends_after_ninety_days_however_often_it_is_renewed() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, ..) = owner_of(&services, "ada@example.com").await;
        let mut last = try_sign_in(&services, "ada@example.com", PASSWORD, "").await.unwrap();
        for _ in 0..4 {
            world.clock.advance(Duration::days(20));
            last = commands::refresh(&services, &ctx, &last.refresh_token).await.unwrap();
        }
        assert_eq!(last.refresh_expires_at, services.env.now() + Duration::days(10));
        let listed = async || queries::list_sign_ins(&services.db, &ctx, PageRequest::default()).await.unwrap().rows;
        assert_eq!(listed().await.len(), 1);
        world.clock.advance(Duration::days(10) + Duration::minutes(15));
        assert!(listed().await.is_empty(), "what opens nothing any more is not listed");
        let late = commands::refresh(&services, &ctx, &last.refresh_token).await;
        assert!(matches!(late, Err(IdentityError::SignInEnded)), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn how_somebody_came_in_is_forgotten_after_ninety_days() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, user, studio) = owner_of(&services, "ada@example.com").await;
        let unused = try_sign_in(&services, "ada@example.com", PASSWORD, "192.0.2.7").await.unwrap().sign_in;
        let used = try_sign_in(&services, "ada@example.com", PASSWORD, "192.0.2.8").await.unwrap();
        let carol: EmailAddress = "carol@example.com".parse().unwrap();
        in_tx(&services, async |tx| commands::invite(tx, &ctx, studio, carol, Role::Viewer).await).await.unwrap();
        world.clock.advance(Duration::days(29));
        commands::refresh(&services, &ctx, &used.refresh_token).await.unwrap();
        let forget = async || {
            let system = services.ctx(Actor::System);
            in_tx(&services, async |tx| Ok(commands::forget_ways_in(tx, &system).await?)).await.unwrap()
        };
        let sign_ins = async || {
            let rows = sign_in::Entity::find().all(&services.db).await.unwrap();
            let tokens = refresh_token::Entity::find().all(&services.db).await.unwrap();
            let ids: BTreeSet<_> = rows.into_iter().map(|row| row.id).collect();
            assert!(tokens.iter().all(|token| ids.contains(&token.sign_in_id)), "tokens go with their sign-in");
            ids
        };
        let mails = async || {
            let links = mail_token::Entity::find().all(&services.db).await.unwrap();
            let invitations = invitation::Entity::find().all(&services.db).await.unwrap();
            links.len() + invitations.len()
        };

        world.clock.advance(Duration::days(61));
        forget().await;
        assert_eq!(sign_ins().await, BTreeSet::from([unused, used.sign_in]), "it is 90 days, and not longer");
        world.clock.advance(Duration::seconds(1));
        assert_eq!(forget().await, 1);
        assert_eq!(sign_ins().await, BTreeSet::from([used.sign_in]));
        assert_eq!(mails().await, 2, "the link lapsed after three days, the invitation after seven");
        world.clock.advance(Duration::days(7));
        assert_eq!(forget().await, 2);
        assert_eq!((mails().await, sign_ins().await.len()), (0, 1));
        world.clock.advance(Duration::days(22));
        assert_eq!(forget().await, 1);
        assert!(sign_ins().await.is_empty());
        assert_eq!(find_user(&services, "ada@example.com").await.id, user, "the account stays");
        try_sign_in(&services, "ada@example.com", PASSWORD, "").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn ten_wrong_tries_close_an_address_for_a_quarter_of_an_hour() {
    on_each_database(async |world| {
        let services = services(world).await;
        owner_of(&services, "ada@example.com").await;
        let begin = async |email: &str, ip: &str| {
            let outcome = commands::begin_sign_in(&services, &nobody(&services), &email.parse().unwrap(), ip).await;
            outcome.map(drop)
        };
        // Counted as they begin, so that many at once are no way round.
        let all = futures::future::join_all((0..12).map(|_| begin("ada@example.com", ""))).await;
        assert_eq!(all.iter().filter(|outcome| outcome.is_ok()).count(), 10);
        let Err(IdentityError::Throttled { retry_at }) = begin("ADA@example.com", "").await else {
            panic!("the eleventh try is refused, however the address is written")
        };
        assert_eq!(retry_at, services.env.now() + Duration::minutes(15));
        // An address without an account is closed just so; another is open.
        for _ in 0..10 {
            begin("nobody@example.com", "").await.unwrap();
        }
        assert!(begin("nobody@example.com", "").await.is_err());
        begin("bob@example.com", "").await.unwrap();
        world.clock.advance(Duration::minutes(15));
        let signed_in = try_sign_in(&services, "ada@example.com", PASSWORD, "").await;
        assert!(signed_in.is_ok(), "{signed_in:?}");
        // Having signed in, the count begins anew.
        for _ in 0..10 {
            begin("ada@example.com", "").await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn sixty_tries_close_a_network_address() {
    on_each_database(async |world| {
        let services = services(world).await;
        let begin = async |n: usize, ip: &str| {
            let email = format!("user{n}@example.com").parse().unwrap();
            commands::begin_sign_in(&services, &nobody(&services), &email, ip).await.map(drop)
        };
        for n in 0..60 {
            begin(n, "192.0.2.1").await.unwrap();
        }
        assert!(matches!(begin(60, "192.0.2.1").await, Err(IdentityError::Throttled { .. })));
        begin(61, "192.0.2.2").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_one_refusal() {
    on_each_database(async |world| {
        let services = services(world).await;
        owner_of(&services, "ada@example.com").await;
        let wrong = try_sign_in(&services, "ada@example.com", "another horse", "").await.unwrap_err();
        let unknown = try_sign_in(&services, "bob@example.com", PASSWORD, "").await.unwrap_err();
        assert_eq!(wrong.explain(), unknown.explain());
        assert_eq!(wrong.explain().code, "WRONG_CREDENTIALS");
    })
    .await;
}

#[tokio::test]
async fn a_new_password_ends_every_sign_in_and_its_link_works_once() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, user, _) = owner_of(&services, "ada@example.com").await;
        let email: EmailAddress = "ada@example.com".parse().unwrap();
        let old = try_sign_in(&services, "ada@example.com", PASSWORD, "").await.unwrap();
        commands::request_password_reset(&services, &ctx, &email, "").await.unwrap();
        commands::request_password_reset(&services, &ctx, &"bob@example.com".parse().unwrap(), "").await.unwrap();
        let mail = last_mail(&services, MailPurpose::ResetPassword).await;
        let link = services.links.token(Purpose::ResetPassword, mail.id, Some(mail.expires_at));
        let reset = async |password: &str| -> Result<(), IdentityError> {
            let owner = queries::find_reset(&services.db, &services.links, &link, services.env.now()).await?;
            let hash = commands::prepare_password_reset(&services.env, &owner, password)?;
            let tx = services.begin().await?;
            commands::complete_password_reset(&tx, &ctx, &services.links, &link, hash).await?;
            Ok(services.commit(tx).await?)
        };
        assert!(matches!(reset("short").await, Err(IdentityError::Password(_))));
        assert!(matches!(reset("qwertyuiop").await, Err(IdentityError::Password(PasswordFault::Common))));
        let of_the_studio = reset("Ada’s Beats 2026").await;
        assert!(matches!(of_the_studio, Err(IdentityError::Password(PasswordFault::Obvious))), "{of_the_studio:?}");
        reset("a wholly new sentence").await.unwrap();
        assert!(matches!(reset("and another sentence").await, Err(IdentityError::LinkUsed)));
        assert_eq!(queries::find_signed_in(&services.db, user, old.sign_in).await.unwrap(), None);
        assert!(try_sign_in(&services, "ada@example.com", PASSWORD, "").await.is_err());
        try_sign_in(&services, "ada@example.com", "a wholly new sentence", "").await.unwrap();
        assert!(find_user(&services, "ada@example.com").await.email_verified_at.is_some());
        world.clock.advance(Duration::hours(1));
        assert!(matches!(reset("and another sentence").await, Err(IdentityError::Link(LinkError::Expired))));
    })
    .await;
}

#[tokio::test]
async fn a_mailed_link_verifies_its_address_alone() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ctx, ..) = owner_of(&services, "ada@example.com").await;
        let mail = last_mail(&services, MailPurpose::VerifyEmail).await;
        let verify = async |token: &str| -> Result<(), IdentityError> {
            let tx = services.begin().await?;
            commands::verify_email(&tx, &ctx, &services.links, token).await?;
            Ok(services.commit(tx).await?)
        };
        let other_purpose = services.links.token(Purpose::ResetPassword, mail.id, Some(mail.expires_at));
        assert!(matches!(verify(&other_purpose).await, Err(IdentityError::Link(LinkError::Forged))));
        assert_eq!(find_user(&services, "ada@example.com").await.email_verified_at, None);
        let facts = queries::find_mail_token(&services.db, mail.id).await.unwrap().unwrap();
        let url = facts.url("http://beats.example", &services.links);
        let token = url.strip_prefix("http://beats.example/account/verify?token=").unwrap();
        verify(token).await.unwrap();
        // A mail scanner may have been there first.
        verify(token).await.unwrap();
        assert!(find_user(&services, "ada@example.com").await.email_verified_at.is_some());
    })
    .await;
}

pub(crate) async fn in_tx<T>(
    services: &Services,
    work: impl AsyncFnOnce(&domain::store::Tx) -> Result<T, IdentityError>,
) -> Result<T, IdentityError> {
    let tx = services.begin().await?;
    let done = work(&tx).await?;
    services.commit(tx).await?;
    Ok(done)
}

#[tokio::test]
async fn an_invitation_is_for_one_address_and_one_use() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (owner, _, studio) = owner_of(&services, "ada@example.com").await;
        let (other, other_user, _) = owner_of(&services, "bob@example.com").await;
        let invite = async |email: &str| {
            let email = email.parse().unwrap();
            in_tx(&services, async |tx| commands::invite(tx, &owner, studio, email, Role::Engineer).await).await
        };
        assert!(matches!(invite("ADA@example.com").await, Err(IdentityError::AlreadyMember)));
        let invitation = invite("carol@example.com").await.unwrap();
        assert!(matches!(invite("Carol@example.com").await, Err(IdentityError::AlreadyInvited)));
        let link = |row: &domain::identity::entity::invitation::Model| {
            services.links.token(Purpose::Invitation, row.id, Some(row.expires_at))
        };
        let accept = async |ctx: &Ctx, link: &str| {
            in_tx(&services, async |tx| commands::accept_invitation(tx, ctx, &services.links, link).await).await
        };
        let token = link(&invitation);
        assert!(matches!(accept(&other, &token).await, Err(IdentityError::InvitationForAnother)));
        let join = async || {
            let facts =
                queries::find_invitation_by_link(&services.db, &services.links, &token, services.env.now()).await?;
            let obvious = commands::prepare_new_member(&services.env, &facts, "Carol", "Adas Beats 2026");
            assert!(matches!(obvious, Err(IdentityError::Password(PasswordFault::Obvious))), "{obvious:?}");
            let new = commands::prepare_new_member(&services.env, &facts, "Carol", "a sentence of hers")?;
            let nobody = nobody(&services);
            in_tx(&services, async |tx| {
                commands::accept_invitation_as_new(tx, &nobody, &services.links, &token, new).await
            })
            .await
        };
        assert_eq!(join().await.unwrap(), studio);
        assert!(matches!(join().await, Err(IdentityError::InvitationClosed)));
        let carol = find_user(&services, "carol@example.com").await;
        assert!(carol.email_verified_at.is_some());
        let member = queries::find_member(&services.db, &owner, studio, carol.id).await.unwrap().unwrap();
        assert_eq!(member.member.role, Role::Engineer);

        // An account accepts by signing in; a new one cannot be made for its address.
        let invitation = invite("bob@example.com").await.unwrap();
        let token = link(&invitation);
        let facts = queries::find_invitation_mail(&services.db, invitation.id).await.unwrap().unwrap();
        assert!(facts.has_account);
        let new = commands::prepare_new_member(&services.env, &facts, "Not Bob", "a sentence of his").unwrap();
        let anonymous = nobody(&services);
        let stolen = in_tx(&services, async |tx| {
            commands::accept_invitation_as_new(tx, &anonymous, &services.links, &token, new).await
        });
        assert!(matches!(stolen.await, Err(IdentityError::HasAccount)));
        assert_eq!(accept(&other, &token).await.unwrap(), studio);
        assert!(queries::find_member(&services.db, &owner, studio, other_user).await.unwrap().is_some());

        // One that was taken back or has grown old opens nothing.
        let invitation = invite("dora@example.com").await.unwrap();
        let revoke =
            || in_tx(&services, async |tx| commands::revoke_invitation(tx, &owner, studio, invitation.id).await);
        revoke().await.unwrap();
        assert!(matches!(revoke().await, Err(IdentityError::InvitationClosed)));
        assert!(matches!(accept(&other, &link(&invitation)).await, Err(IdentityError::InvitationClosed)));
        let invitation = invite("dora@example.com").await.unwrap();
        world.clock.advance(Duration::days(7));
        let late = accept(&other, &link(&invitation)).await;
        assert!(matches!(late, Err(IdentityError::Link(LinkError::Expired))), "{late:?}");
        invite("dora@example.com").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_last_owner_stays_even_if_two_go_at_once() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ada, ada_id, studio) = owner_of(&services, "ada@example.com").await;
        let change = async |ctx: &Ctx, user, role| {
            in_tx(&services, async |tx| commands::change_role(tx, ctx, studio, user, role).await).await
        };
        let remove = async |ctx: &Ctx, user| {
            in_tx(&services, async |tx| commands::remove_member(tx, ctx, studio, user).await).await
        };
        assert!(matches!(change(&ada, ada_id, Role::Viewer).await, Err(IdentityError::LastOwner)));
        assert!(matches!(remove(&ada, ada_id).await, Err(IdentityError::LastOwner)));

        let (bob, bob_id, _) = owner_of(&services, "bob@example.com").await;
        assert!(matches!(remove(&bob, ada_id).await, Err(IdentityError::Denied(Denied::Stranger))));
        let email = "bob@example.com".parse().unwrap();
        let invitation =
            in_tx(&services, async |tx| commands::invite(tx, &ada, studio, email, Role::Owner).await).await.unwrap();
        let token = services.links.token(Purpose::Invitation, invitation.id, Some(invitation.expires_at));
        in_tx(&services, async |tx| commands::accept_invitation(tx, &bob, &services.links, &token).await)
            .await
            .unwrap();
        let bob =
            services.ctx(Actor::User { user: bob_id, memberships: vec![(studio, Role::Owner)], closed: Vec::new() });
        let (one, two) = futures::join!(remove(&ada, bob_id), remove(&bob, ada_id));
        assert_ne!(one.is_ok(), two.is_ok(), "{one:?} {two:?}");
        let owners =
            member::Entity::find().filter(member::Column::StudioId.eq(studio)).all(&services.db).await.unwrap();
        assert_eq!(owners.len(), 1);
        assert_eq!(owners[0].role, Role::Owner);
    })
    .await;
}

#[tokio::test]
async fn a_key_opens_its_scopes_until_it_is_revoked() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (owner, _, studio) = owner_of(&services, "ada@example.com").await;
        let create = async |scopes: Vec<Scope>| {
            in_tx(&services, async |tx| commands::create_api_key(tx, &owner, studio, "shop", scopes).await).await
        };
        assert!(matches!(create(Vec::new()).await, Err(IdentityError::NoScopes)));
        let new = create(vec![Scope::LedgerRead, Scope::CatalogRead, Scope::LedgerRead]).await.unwrap();
        assert!(new.secret.starts_with("ll_") && new.secret.len() == 67);
        assert!(!new.key.fingerprint.contains(&new.secret[3..]));
        let actor = queries::find_api_key_actor(&services.db, &new.secret).await.unwrap();
        let scopes = BTreeSet::from([Scope::CatalogRead, Scope::LedgerRead]);
        assert_eq!(actor, Some(Actor::ApiKey { key: new.key.id, studio, scopes }));
        let listed = queries::list_api_keys(&services.db, &owner, studio, PageRequest::default()).await.unwrap();
        assert_eq!(listed.rows.len(), 1);
        in_tx(&services, async |tx| commands::revoke_api_key(tx, &owner, studio, new.key.id).await).await.unwrap();
        assert_eq!(queries::find_api_key_actor(&services.db, &new.secret).await.unwrap(), None);
    })
    .await;
}
