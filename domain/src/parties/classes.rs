//! The classes of what is known of a party: what erasing deletes, what it keeps, and why. Whoever writes down something new of parties gives it a class here.

use crate::text_enum;

text_enum! {
    /// A class of what is known of a party.
    pub enum DataClass {
        /// Name, legal name and numbers.
        Identity = "identity",
        /// The address for mail.
        Email = "email",
        /// Organisation, publisher and postal address.
        Details = "details",
        /// Further contacts.
        Contacts = "contacts",
        /// Links.
        Links = "links",
        /// Tags.
        Tags = "tags",
        /// Notes.
        Notes = "notes",
        /// Why a client was moved from stage to stage.
        StageWords = "stage_words",
        /// Lines of lists that were taken in.
        Imports = "imports",
        /// Consents to be mailed, and the requests by which they were given.
        Consents = "consents",
        /// Which mails were sent.
        Mails = "mails",
        /// Bookings by the party or the address, and calendars of the party's.
        Bookings = "bookings",
        /// The tax number.
        Tax = "tax",
        /// Where the party is paid.
        PayeeRoutes = "payee_routes",
        /// What the party did in sessions.
        Sessions = "sessions",
        /// Quotes to the client that the party is, with their answers.
        Quotes = "quotes",
        /// Invoices and credit notes to that client.
        Invoices = "invoices",
        /// Agreements that the party has signed, with their evidence, contracts about its royalties, and letters of direction.
        Agreements = "agreements",
        /// Credits, signed shares, roles in projects, and names in registrations and on releases.
        Credits = "credits",
        /// Accounts, payouts and what the party was hired for.
        Accounting = "accounting",
        /// The link to the party's royalty statements.
        RoyaltyPortal = "royalty_portal",
        /// Royalty statements, what they account for, and what was said to their lines.
        Royalties = "royalties",
        /// Orders by the address, with their licences, contracts, downloads and first refusals.
        Orders = "orders",
        /// Offers by the address, with every step.
        Offers = "offers",
        /// Reviews to which the address was invited, with what was said and approved there.
        Reviews = "reviews",
    }
}

/// A class that is read and erased by statements: `$1` is the party, or else `$1` the studio and `$2` an address.
#[expect(clippy::struct_field_names, reason = "which class of data it is")]
pub(super) struct Class {
    pub(super) class: DataClass,
    /// Which rows it has: a table and a condition.
    pub(super) rows: &'static str,
    /// What erases them; nothing of what is kept.
    pub(super) erase: &'static [&'static str],
}

/// What always goes, by party.
pub(super) const ERASED: [Class; 10] = [
    Class {
        class: DataClass::Details,
        rows: "party_details WHERE party_id = $1",
        erase: &["DELETE FROM party_details WHERE party_id = $1"],
    },
    Class {
        class: DataClass::Contacts,
        rows: "party_contacts WHERE party_id = $1",
        erase: &["DELETE FROM party_contacts WHERE party_id = $1"],
    },
    Class {
        class: DataClass::Links,
        rows: "party_links WHERE party_id = $1",
        erase: &["DELETE FROM party_links WHERE party_id = $1"],
    },
    Class {
        class: DataClass::Tags,
        rows: "party_tags WHERE party_id = $1",
        erase: &["DELETE FROM party_tags WHERE party_id = $1"],
    },
    Class {
        class: DataClass::Notes,
        rows: "party_notes WHERE party_id = $1",
        erase: &["DELETE FROM party_notes WHERE party_id = $1"],
    },
    Class {
        class: DataClass::StageWords,
        rows: "client_stage_moves WHERE words <> '' AND client_id IN (SELECT id FROM clients WHERE party_id = $1)",
        erase: &["UPDATE client_stage_moves SET words = ''
                  WHERE words <> '' AND client_id IN (SELECT id FROM clients WHERE party_id = $1)"],
    },
    Class {
        class: DataClass::Imports,
        rows: "client_import_lines WHERE party_id = $1",
        erase: &["DELETE FROM client_import_lines WHERE party_id = $1"],
    },
    // None of them is to come. When the room was taken is told by them as before, and what was paid ahead by its order.
    Class {
        class: DataClass::Bookings,
        rows: "(SELECT party_id FROM bookings UNION ALL SELECT party_id FROM booking_people
                UNION ALL SELECT party_id FROM calendar_feeds) AS booked WHERE party_id = $1",
        erase: &[
            "UPDATE bookings SET title = 'Booked', client_name = NULL, client_email = NULL, notes = '', client_ip = NULL,
                    client_user_agent = NULL WHERE party_id = $1",
            "DELETE FROM booking_people WHERE party_id = $1",
            "DELETE FROM calendar_feeds WHERE party_id = $1",
        ],
    },
    Class {
        class: DataClass::Consents,
        rows: "mailing_consents WHERE party_id = $1",
        erase: &["DELETE FROM mailing_consents WHERE party_id = $1"],
    },
    Class {
        class: DataClass::RoyaltyPortal,
        rows: "portal_links WHERE party_id = $1",
        erase: &["DELETE FROM portal_links WHERE party_id = $1"],
    },
];

/// What always goes, by studio and address; behind what goes by party.
pub(super) const ERASED_BY_ADDRESS: [Class; 4] = [
    Class {
        class: DataClass::Mails,
        rows: "sent_mails WHERE studio_id = $1 AND email_key = $2",
        erase: &["DELETE FROM sent_mails WHERE studio_id = $1 AND email_key = $2"],
    },
    Class {
        class: DataClass::Imports,
        rows: "client_import_lines WHERE studio_id = $1 AND email_key = $2 AND party_id IS NULL",
        erase: &["DELETE FROM client_import_lines WHERE studio_id = $1 AND email_key = $2 AND party_id IS NULL"],
    },
    Class {
        class: DataClass::Bookings,
        rows: "bookings WHERE studio_id = $1 AND lower(client_email) = $2 AND party_id IS NULL",
        erase: &["UPDATE bookings SET title = 'Booked', client_name = NULL, client_email = NULL, notes = '', client_ip = NULL,
                         client_user_agent = NULL WHERE studio_id = $1 AND lower(client_email) = $2 AND party_id IS NULL"],
    },
    Class {
        class: DataClass::Consents,
        rows: "free_download_requests WHERE studio_id = $1 AND lower(email) = $2
               AND NOT EXISTS (SELECT 1 FROM mailing_consents WHERE mailing_consents.request_id = free_download_requests.id)",
        erase: &["DELETE FROM free_download_requests WHERE studio_id = $1 AND lower(email) = $2
                  AND NOT EXISTS (SELECT 1 FROM mailing_consents WHERE mailing_consents.request_id = free_download_requests.id)"],
    },
];

pub(super) const TAX: Class = Class {
    class: DataClass::Tax,
    rows: "party_taxes WHERE party_id = $1",
    erase: &["DELETE FROM party_taxes WHERE party_id = $1"],
};

pub(super) const ROUTES: Class = Class {
    class: DataClass::PayeeRoutes,
    rows: "(SELECT party_id FROM payees UNION ALL SELECT party_id FROM payee_banks
            UNION ALL SELECT party_id FROM payout_minimums) AS routes WHERE party_id = $1",
    erase: &[
        "DELETE FROM payees WHERE party_id = $1",
        "DELETE FROM payee_banks WHERE party_id = $1",
        "DELETE FROM payout_minimums WHERE party_id = $1",
    ],
};

/// What always stays, by party, and why.
pub(super) const KEPT: [(Class, &str); 10] = [
    (Class { class: DataClass::Agreements, rows: "agreement_signers WHERE party_id = $1", erase: &[] }, SIGNED),
    (
        Class {
            class: DataClass::Agreements,
            rows: "(SELECT payer_id AS party_id FROM letters_of_direction
                   UNION ALL SELECT payee_id AS party_id FROM letters_of_direction) AS letters WHERE party_id = $1",
            erase: &[],
        },
        SIGNED,
    ),
    (
        Class { class: DataClass::Credits, rows: EARNING, erase: &[] },
        "who made a work, and who has a share of it, is part of its contracts",
    ),
    (
        Class { class: DataClass::Credits, rows: "project_people WHERE party_id = $1", erase: &[] },
        "who took part in a record is credited on it",
    ),
    (
        Class {
            class: DataClass::Credits,
            rows: "(SELECT party_id FROM work_registration_parties UNION ALL SELECT party_id FROM release_parties) AS named
                   WHERE party_id = $1",
            erase: &[],
        },
        "who is named in a registration, or on a release, is credited there",
    ),
    (
        Class {
            class: DataClass::Accounting,
            rows: "(SELECT party_id FROM accounts UNION ALL SELECT party_id FROM payouts
                   UNION ALL SELECT party_id FROM payee_bank_changes
                   UNION ALL SELECT hire_id AS party_id FROM budget_lines) AS books WHERE party_id = $1",
            erase: &[],
        },
        "books and payments are kept as tax law asks",
    ),
    (
        Class {
            class: DataClass::Royalties,
            rows: "(SELECT party_id FROM payee_statements UNION ALL SELECT party_id FROM royalty_run_accounts
                   UNION ALL SELECT party_id FROM royalty_charges
                   UNION ALL SELECT payee_id AS party_id FROM royalty_rules) AS royalties WHERE party_id = $1",
            erase: &[],
        },
        "what was accounted for is kept as tax law asks",
    ),
    (
        Class { class: DataClass::Sessions, rows: "session_credits WHERE party_id = $1", erase: &[] },
        "who did what in a session is credited for it",
    ),
    (
        Class {
            class: DataClass::Quotes,
            rows: "quotes WHERE client_id IN (SELECT id FROM clients WHERE party_id = $1)",
            erase: &[],
        },
        "what was quoted, and how it was answered, is the evidence of what was agreed",
    ),
    (
        Class {
            class: DataClass::Invoices,
            rows: "invoices WHERE client_id IN (SELECT id FROM clients WHERE party_id = $1)",
            erase: &[],
        },
        "invoices are kept as tax law asks",
    ),
];

/// Why what was agreed is kept.
pub(super) const SIGNED: &str = "a signed contract and its evidence are kept as long as claims can arise from it";

/// By which a party has a part of what is sold.
pub(super) const EARNING: &str =
    "(SELECT party_id FROM collaborators UNION ALL SELECT party_id FROM split_shares) AS credits WHERE party_id = $1";

/// What always stays, by studio and address, and why.
pub(super) const KEPT_BY_ADDRESS: [(Class, &str); 5] = [
    (
        Class {
            class: DataClass::Agreements,
            rows: "agreement_signers JOIN agreements ON agreements.id = agreement_signers.agreement_id
                   WHERE agreements.studio_id = $1 AND lower(agreement_signers.email) = $2 AND agreement_signers.party_id IS NULL",
            erase: &[],
        },
        "what was sent to be signed is kept with its evidence as long as claims can arise from it",
    ),
    (
        Class { class: DataClass::Orders, rows: "orders WHERE studio_id = $1 AND lower(buyer_email) = $2", erase: &[] },
        "an order with its licences and downloads is a contract, and is kept as tax law asks",
    ),
    (
        Class {
            class: DataClass::Orders,
            rows: "first_refusal_holders JOIN licences ON licences.id = first_refusal_holders.licence_id
                   JOIN orders ON orders.id = licences.order_id
                   WHERE orders.studio_id = $1 AND first_refusal_holders.email_key = $2",
            erase: &[],
        },
        "who was asked before an exclusive sale is part of the licence that gave the right",
    ),
    (
        Class { class: DataClass::Offers, rows: "offers WHERE studio_id = $1 AND buyer_key = $2", erase: &[] },
        "what was offered is the evidence of what was agreed",
    ),
    (
        Class { class: DataClass::Reviews, rows: "reviewers WHERE studio_id = $1 AND email_key = $2", erase: &[] },
        "what was said and approved of a mix is the evidence that it was delivered",
    ),
];
