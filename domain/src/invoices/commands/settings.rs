//! How a studio invoices.

use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};

use crate::{
    actor::Ctx,
    acts::{self, NewAct, entity::Act},
    ids::StudioId,
    invoices::{
        InvoiceError,
        entity::settings,
        queries,
        rules::{self, settings::Settings},
    },
    legible::require_legible,
    policy::{self, Action},
    services::Services,
};

/// Sets how a studio invoices. What was issued stays as it was.
///
/// # Errors
/// If the actor may not, a setting is beyond its bounds, or documents cannot show a text.
pub async fn set_settings(
    services: &Services,
    ctx: &Ctx,
    studio: StudioId,
    given: &Settings,
) -> Result<Settings, InvoiceError> {
    policy::require(&ctx.actor, Action::ManageProduction, studio)?;
    let checked = rules::settings::check(given)?;
    for (field, text) in
        [("taxNumber", &checked.tax_number), ("taxNote", &checked.tax_note), ("bankDetails", &checked.bank_details)]
    {
        require_legible(services.agreements.as_ref(), field, text.as_deref().unwrap_or_default())?;
    }
    let row = settings::ActiveModel {
        studio_id: Set(studio),
        prefix: Set(checked.prefix),
        country: Set(checked.country),
        vat_id: Set(checked.vat_id),
        tax_number: Set(checked.tax_number),
        tax_note: Set(checked.tax_note),
        bank_details: Set(checked.bank_details),
        due_days: Set(checked.due_days),
        remind_before_days: Set(checked.reminders.before_days),
        remind_at_due: Set(checked.reminders.at_due),
        remind_every_days: Set(checked.reminders.every_days),
        max_reminders: Set(checked.reminders.most),
        updated_at: Set(ctx.env.now()),
    };
    let latest = OnConflict::column(settings::Column::StudioId)
        .update_columns([
            settings::Column::Prefix,
            settings::Column::Country,
            settings::Column::VatId,
            settings::Column::TaxNumber,
            settings::Column::TaxNote,
            settings::Column::BankDetails,
            settings::Column::DueDays,
            settings::Column::RemindBeforeDays,
            settings::Column::RemindAtDue,
            settings::Column::RemindEveryDays,
            settings::Column::MaxReminders,
            settings::Column::UpdatedAt,
        ])
        .to_owned();
    let tx = services.begin().await?;
    let before = queries::settings_of(&tx, studio).await?;
    settings::Entity::insert(row).on_conflict(latest).exec_without_returning(&tx).await?;
    let set = queries::settings_of(&tx, studio).await?;
    acts::record(&tx, ctx, studio, told(&before, &set)).await?;
    services.commit(tx).await?;
    Ok(set)
}

/// What has become of how a studio invoices. Its numbers at the tax office and its bank are not for everybody.
fn told(before: &Settings, now: &Settings) -> NewAct {
    NewAct::of(Act::InvoicingSet)
        .set("prefix", Some(&before.prefix), Some(&now.prefix))
        .set("country", before.country, now.country)
        .set("dueDays", Some(before.due_days), Some(now.due_days))
        .set_unseen("vatId", &before.vat_id, &now.vat_id)
        .set_unseen("taxNumber", &before.tax_number, &now.tax_number)
        .set_unseen("taxNote", &before.tax_note, &now.tax_note)
        .set_unseen("bankDetails", &before.bank_details, &now.bank_details)
        .set_unseen("reminders", &before.reminders, &now.reminders)
}
