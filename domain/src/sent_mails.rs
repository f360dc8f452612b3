//! Which mails a studio has sent to whom: what a client's timeline tells of them. The mail itself is not kept.

use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};

use crate::{actor::Ctx, ids::StudioId, ports::Mail, report::StoreError};

pub mod entity {
    //! Sent mails.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{JobId, StudioId},
    };

    /// A mail that was handed over to be sent.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sent_mails")]
    pub struct Model {
        /// The job that sent it; the job itself is forgotten after a while.
        #[sea_orm(primary_key, auto_increment = false)]
        pub job_id: JobId,
        /// For which studio.
        pub studio_id: StudioId,
        /// To whom, as an account's key.
        pub email_key: String,
        /// Its subject.
        pub subject: String,
        /// When it was sent first.
        pub sent_at: Instant,
    }

    crate::plain_entity!();
}

/// Writes down that a mail was sent for a studio, unless it was to the studio itself. Once for each job. For the program itself.
///
/// # Errors
/// If the database fails.
pub async fn record(db: &impl ConnectionTrait, ctx: &Ctx, studio: StudioId, mail: &Mail) -> Result<(), StoreError> {
    if mail.reply_to.as_ref() == Some(&mail.to) {
        return Ok(());
    }
    let row = entity::ActiveModel {
        job_id: Set(mail.job),
        studio_id: Set(studio),
        email_key: Set(mail.to.account_key()),
        subject: Set(mail.subject.clone()),
        sent_at: Set(ctx.env.now()),
    };
    entity::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(())
}
