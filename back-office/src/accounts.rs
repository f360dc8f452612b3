//! Letters about accounts: links that are used once, and invitations.

use adapters::jobs::JobError;
use domain::{
    email::EmailAddress,
    env::Instant,
    identity::{
        entity::{AccountNotice, MailPurpose},
        queries,
    },
    ids::{InvitationId, JobId, MailTokenId, UserId},
    ports::Mail,
};

use crate::{
    BackOffice,
    letters::{Letter, Notice},
};

/// The sender's name where no studio speaks.
const HOUSE: &str = "Ledgerline";

impl BackOffice {
    /// Mails a person the link that confirms an address or sets a new password.
    pub(crate) async fn mail_token(&self, job: JobId, id: MailTokenId) -> Result<(), JobError> {
        let Some(facts) = queries::find_mail_token(&self.services.db, id).await? else { return Ok(()) };
        if facts.used || facts.expires_at <= self.services.env.now() {
            return Ok(());
        }
        let url = facts.url(&self.services.public_url, &self.services.links);
        let until = facts.expires_at.format("%-d %B %Y, %H:%M UTC");
        let sign_in = format!("{}/dashboard", self.services.public_url);
        let letter = token_letter(facts.purpose, &facts.name, (&url, &sign_in), &until.to_string());
        self.send_plain(job, facts.to, HOUSE.to_owned(), None, &letter).await
    }

    /// Tells a person what was changed of how their account is opened.
    pub(crate) async fn mail_account(
        &self,
        job: JobId,
        user: UserId,
        what: AccountNotice,
        when: Instant,
    ) -> Result<(), JobError> {
        let Some(owner) = queries::find_open_account(&self.services.db, user).await? else { return Ok(()) };
        let url = format!("{}/account/forgotten", self.services.public_url);
        let letter = account_letter(what, &owner.name, &url, &when.format("%-d %B %Y, %H:%M UTC").to_string());
        self.send_plain(job, owner.email, HOUSE.to_owned(), None, &letter).await
    }

    /// Tells a person that their account was closed, at the address that it had.
    pub(crate) async fn mail_closed_account(
        &self,
        job: JobId,
        email: &EmailAddress,
        name: &str,
        when: Instant,
    ) -> Result<(), JobError> {
        let letter = closed_letter(name, &when.format("%-d %B %Y, %H:%M UTC").to_string());
        self.send_plain(job, email.clone(), HOUSE.to_owned(), None, &letter).await
    }

    /// Mails an invitation to a studio.
    pub(crate) async fn mail_invitation(&self, job: JobId, id: InvitationId) -> Result<(), JobError> {
        let Some(facts) = queries::find_invitation_mail(&self.services.db, id).await? else { return Ok(()) };
        if !facts.is_open(self.services.env.now()) {
            return Ok(());
        }
        let url = facts.url(&self.services.public_url, &self.services.links);
        let how = if facts.has_account {
            "You have an account under this address: sign in with it to accept."
        } else {
            "You have no account under this address yet: the link lets you make one."
        };
        let until = facts.invitation.expires_at.format("%-d %B %Y");
        let letter = Notice {
            subject: format!("{} invites you to {}", facts.invited_by, facts.studio_name),
            heading: format!("Join {}", facts.studio_name),
            paragraphs: vec![
                format!(
                    "{} invites you to the studio {} as {}.",
                    facts.invited_by, facts.studio_name, facts.invitation.role
                ),
                how.to_owned(),
            ],
            button: Some(("See the invitation".to_owned(), url)),
            small_print: format!(
                "The invitation holds until {until}. If you do not know the studio, ignore this mail."
            ),
        };
        let (to, studio) = (facts.invitation.email, facts.studio_name);
        self.send_plain(job, to, studio, Some(facts.studio_email), &letter).await
    }

    async fn send_plain(
        &self,
        job: JobId,
        to: EmailAddress,
        from_name: String,
        reply_to: Option<EmailAddress>,
        letter: &Notice,
    ) -> Result<(), JobError> {
        let mail = Mail {
            job,
            to,
            from_name,
            reply_to,
            subject: letter.subject(),
            text: letter.text().map_err(JobError::lasting_from)?,
            html: letter.html().map_err(JobError::lasting_from)?,
            calendar: None,
        };
        Ok(self.services.mailer.send(&mail).await?)
    }
}

/// A letter with a link; of an account that is there already it says where its owner signs in, too.
fn token_letter(purpose: MailPurpose, name: &str, (url, sign_in): (&str, &str), until: &str) -> Notice {
    let hello = format!("Hello {name},");
    let (subject, words, button) = match purpose {
        MailPurpose::VerifyEmail => (
            "Confirm your address",
            "you made an account at Ledgerline. Confirm that this address is yours, and it is ready.",
            "Confirm the address",
        ),
        MailPurpose::ResetPassword => (
            "Set a new password",
            "somebody, most likely you, asked for a new password. All devices are signed out and all passkeys removed when it is set.",
            "Set a new password",
        ),
        MailPurpose::AccountExists => (
            "You already have an account",
            "somebody, most likely you, tried to make an account with this address. You have one already: sign in with it, or set a new password if you have forgotten yours.",
            "Set a new password",
        ),
    };
    let small_print = match purpose {
        MailPurpose::AccountExists => "If it was not you, you need do nothing: nothing has changed.".to_owned(),
        _ => format!("The link works once, until {until}. If it was not you, ignore this mail: nothing has changed."),
    };
    let mut paragraphs = vec![hello, words.to_owned()];
    if purpose == MailPurpose::AccountExists {
        paragraphs.push(format!("Sign in: {sign_in}"));
    }
    Notice {
        subject: subject.to_owned(),
        heading: subject.to_owned(),
        paragraphs,
        button: Some((button.to_owned(), url.to_owned())),
        small_print,
    }
}

fn account_letter(what: AccountNotice, name: &str, url: &str, when: &str) -> Notice {
    let (subject, words) = match what {
        AccountNotice::PasskeyAdded => (
            "A passkey was added to your account",
            "a passkey was added to your account: it signs in without your password.",
        ),
        AccountNotice::PasskeyRemoved => (
            "A passkey was removed from your account",
            "a passkey was removed from your account: it opens nothing any more.",
        ),
        AccountNotice::SecondFactorOn => (
            "Codes were turned on for your account",
            "signing in to your account with the password asks for a code of an authenticator from now on.",
        ),
        AccountNotice::SecondFactorOff => (
            "Codes were turned off for your account",
            "signing in to your account with the password asks for no code of an authenticator any more.",
        ),
        AccountNotice::PasswordChanged => (
            "Your password was changed",
            "the password of your account was changed. All other devices were signed out.",
        ),
        AccountNotice::PasswordReset => (
            "A new password was set",
            "a new password was set for your account by a mailed link. All devices were signed out and all passkeys removed.",
        ),
    };
    Notice {
        subject: subject.to_owned(),
        heading: subject.to_owned(),
        paragraphs: vec![format!("Hello {name},"), words.to_owned(), format!("That was on {when}.")],
        button: Some(("Set a new password".to_owned(), url.to_owned())),
        small_print: "If it was you, you need do nothing. If it was not, set a new password at once: it signs out all devices and removes all passkeys.".to_owned(),
    }
}

fn closed_letter(name: &str, when: &str) -> Notice {
    let subject = "Your account was closed";
    let words = "your account was closed for good. All devices were signed out, and its name and address are erased: this is the last mail about it.";
    Notice {
        subject: subject.to_owned(),
        heading: subject.to_owned(),
        paragraphs: vec![format!("Hello {name},"), words.to_owned(), format!("That was on {when}.")],
        button: None,
        small_print: "If it was neither you nor agreed with you, ask whoever runs this Ledgerline. The account cannot be opened again; with this address you can make another.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    #[test]
    fn each_purpose_says_what_happened_and_what_to_do() {
        for purpose in [MailPurpose::VerifyEmail, MailPurpose::ResetPassword, MailPurpose::AccountExists] {
            let url = "http://127.0.0.1:8080/account/verify?token=x";
            let links = (url, "http://127.0.0.1:8080/dashboard");
            let letter = token_letter(purpose, "Ada", links, "24 November 2026, 12:00 UTC");
            insta::assert_snapshot!(format!("token_{purpose}"), letter.text().unwrap());
        }
    }

    #[test]
    fn whoever_has_closed_their_account_is_told_for_the_last_time() {
        let letter = closed_letter("Ada", "24 November 2026, 12:00 UTC");
        insta::assert_snapshot!("account_closed", letter.text().unwrap());
    }

    #[test]
    fn each_change_of_an_account_is_told_with_what_to_do_if_it_was_somebody_else() {
        for what in AccountNotice::iter() {
            let url = "http://127.0.0.1:8080/account/forgotten";
            let letter = account_letter(what, "Ada", url, "24 November 2026, 12:00 UTC");
            insta::assert_snapshot!(format!("account_{what}"), letter.text().unwrap());
        }
    }
}
