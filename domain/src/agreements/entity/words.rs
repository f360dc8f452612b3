//! Words that columns of agreements hold: states, and what links, mails and evidence tell.

use crate::text_enum;

text_enum! {
    /// Where an agreement stands.
    pub enum AgreementState {
        /// The studio writes it; nobody has seen it.
        Draft = "draft",
        /// Sent; nobody's signature stands.
        Sent = "sent",
        /// Some have signed.
        PartlySigned = "partly_signed",
        /// All have signed: it holds. Final.
        Executed = "executed",
        /// A signer has proposed a change, and the studio has not answered.
        Countered = "countered",
        /// A signer has declined. Final.
        Declined = "declined",
        /// The studio has taken it back. Final.
        Voided = "voided",
        /// Its time ran out before all had signed. Final.
        Expired = "expired",
    }
}

impl AgreementState {
    /// Whether nothing can change any more.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Executed | Self::Declined | Self::Voided | Self::Expired)
    }

    /// Whether it is with the signers.
    pub const fn is_out(self) -> bool {
        matches!(self, Self::Sent | Self::PartlySigned | Self::Countered)
    }
}

text_enum! {
    /// In which order signers are asked.
    pub enum SigningOrder {
        /// All at once.
        Parallel = "parallel",
        /// One after the other, in the document's order.
        InOrder = "in_order",
    }
}

text_enum! {
    /// Where a signer stands.
    pub enum SignerState {
        /// Is to sign.
        Waiting = "waiting",
        /// Has signed, and the signature stands.
        Signed = "signed",
        /// Has declined.
        Declined = "declined",
        /// Has handed it on to somebody else.
        Replaced = "replaced",
        /// Wants paper: has withdrawn the consent to sign electronically.
        Paper = "paper",
        /// Signs no longer: the document has changed and does not name them.
        Released = "released",
    }
}

impl SignerState {
    /// Whether the agreement cannot be executed without them.
    pub const fn counts(self) -> bool {
        matches!(self, Self::Waiting | Self::Signed | Self::Paper)
    }
}

text_enum! {
    /// Why a signer is mailed a link.
    pub enum LinkReason {
        /// The agreement waits for them.
        Invited = "invited",
        /// It still waits for them.
        Reminded = "reminded",
        /// It has changed since they last saw it.
        Changed = "changed",
        /// Somebody has handed it on to them.
        Delegated = "delegated",
        /// The studio did not take the change that they proposed.
        CounterRefused = "counter_refused",
        /// They have asked for another link.
        Requested = "requested",
    }
}

text_enum! {
    /// What an agreement's mail without a signing link says.
    pub enum AgreementNotice {
        /// It is executed and sealed; here is the file.
        Executed = "executed",
        /// A signer has declined.
        Declined = "declined",
        /// A signer has proposed a change. To the studio.
        Countered = "countered",
        /// A signer has handed it on to somebody. To the studio.
        Delegated = "delegated",
        /// It was taken back.
        Voided = "voided",
        /// Its time ran out.
        Expired = "expired",
        /// A signer wants paper. To the studio.
        PaperWanted = "paper_wanted",
        /// The studio has recorded that the signer has signed on paper. To the signer alone.
        PaperRecorded = "paper_recorded",
        /// Somebody wants the consent to electronic records withdrawn: here is the link that does it. To the signer alone.
        WithdrawalAsked = "withdrawal_asked",
        /// The contract's term ends soon.
        TermEnds = "term_ends",
        /// A signer has withdrawn the consent to electronic records, after the execution. To the studio.
        ConsentWithdrawn = "consent_withdrawn",
        /// It can no longer be signed as it was sent: the program has other words for it by now. To the studio.
        WordsChanged = "words_changed",
    }
}

impl AgreementNotice {
    /// Whether it concerns everybody who was asked to sign, not one of them or the studio alone.
    pub const fn is_for_all(self) -> bool {
        matches!(self, Self::Executed | Self::Declined | Self::Voided | Self::Expired | Self::TermEnds)
    }
}

text_enum! {
    /// What an entry of the evidence chain tells.
    pub enum EvidenceKind {
        /// The studio has written the agreement.
        Created = "created",
        /// The studio has changed the document.
        Edited = "edited",
        /// It went out to the signers.
        Sent = "sent",
        /// A link was mailed to a signer.
        LinkMailed = "link_mailed",
        /// A signer opened the link.
        LinkOpened = "link_opened",
        /// A signer asked for another link.
        LinkRequested = "link_requested",
        /// A signer asked for a code.
        CodeAsked = "code_asked",
        /// The code was mailed.
        CodeMailed = "code_mailed",
        /// The code was entered rightly.
        CodeEntered = "code_entered",
        /// A wrong code was entered.
        CodeRefused = "code_refused",
        /// The document was shown.
        Shown = "shown",
        /// The signer consented to electronic records.
        Consented = "consented",
        /// The signer signed.
        Signed = "signed",
        /// The studio recorded that the signer has signed on paper.
        SignedOnPaper = "signed_on_paper",
        /// The signer declined.
        Declined = "declined",
        /// The signer handed it on.
        Delegated = "delegated",
        /// The signer proposed a change.
        Countered = "countered",
        /// The studio took the proposed change.
        CounterAccepted = "counter_accepted",
        /// The studio did not take it.
        CounterRefused = "counter_refused",
        /// The signer withdrew the consent and wants paper.
        Withdrawn = "withdrawn",
        /// Signers were reminded.
        Reminded = "reminded",
        /// The studio took it back.
        Voided = "voided",
        /// Its time ran out.
        Expired = "expired",
        /// All have signed.
        Executed = "executed",
        /// The file was sealed.
        Sealed = "sealed",
        /// The end of the term was announced.
        TermAnnounced = "term_announced",
        /// By the page of the executed agreement, a link to withdraw the consent was asked for; it goes to the signer.
        WithdrawalAsked = "withdrawal_asked",
        /// A signer of the executed agreement withdrew the consent: records to come are to reach them on paper.
        ConsentWithdrawn = "consent_withdrawn",
        /// The studio set anew until when it can be signed.
        ExpirySet = "expiry_set",
        /// It was not shown to a signer, for the program words it otherwise than it was sent.
        WordsChanged = "words_changed",
    }
}
