//! What the demo learned: the JSON that `--json` prints. Fields are added, never renamed.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use serde::Serialize;

use super::{agreement::Agreed, chaos::Chaos, studio::Commissioned};
use crate::client::{Beat, DeliveredFile, Ledger, Login, Studio};

/// Everything.
#[derive(Debug, Serialize)]
pub(super) struct Facts {
    /// Whether every step succeeded.
    pub(super) ok: bool,
    /// Where the server is.
    pub(super) url: String,
    /// The folder with the composed beats and the downloads.
    pub(super) folder: PathBuf,
    /// How long it all took.
    pub(super) seconds: f64,
    /// The studio.
    pub(super) studio: Option<Studio>,
    /// How its owner signs in.
    pub(super) login: Option<Login>,
    /// Its beats.
    pub(super) beats: Vec<Beat>,
    /// What was sold.
    pub(super) sales: Vec<Sale>,
    /// What was signed.
    pub(super) agreements: Vec<Agreed>,
    /// Every contract, sealed agreements among them.
    pub(super) contracts: Vec<Contract>,
    /// The root certificate that the seals on the contracts lead to, a PEM file.
    pub(super) seal_ca_pem: Option<PathBuf>,
    /// The books after the sales.
    pub(super) ledger: Option<Ledger>,
    /// What the storm was, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) chaos: Option<Chaos>,
    /// The commission, if one was walked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) commission: Option<Commissioned>,
    #[serde(skip)]
    began: Instant,
}

/// A sale.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Sale {
    pub(super) reference: String,
    pub(super) tier: String,
    pub(super) beat: String,
    pub(super) buyer: String,
    pub(super) buyer_email: String,
    pub(super) price: String,
    pub(super) order_url: String,
    pub(super) mail_url: String,
    /// From the click on pay until the mail was in the mailbox.
    pub(super) seconds_to_mail: f64,
    pub(super) files: Vec<DeliveredFile>,
}

/// A contract, sealed.
#[derive(Debug, Serialize)]
pub(super) struct Contract {
    /// The tier that it licenses, or an agreement's template.
    pub(super) kind: String,
    pub(super) pdf: PathBuf,
}

impl Facts {
    pub(super) fn new(url: &str, folder: &Path) -> Self {
        Self {
            ok: false,
            url: url.to_owned(),
            folder: folder.to_owned(),
            seconds: 0.0,
            studio: None,
            login: None,
            beats: Vec::new(),
            sales: Vec::new(),
            agreements: Vec::new(),
            contracts: Vec::new(),
            seal_ca_pem: None,
            ledger: None,
            chaos: None,
            commission: None,
            began: Instant::now(),
        }
    }

    /// Draws the sums.
    pub(super) fn finish(&mut self) {
        self.seconds = self.began.elapsed().as_secs_f64();
        self.contracts = self
            .sales
            .iter()
            .flat_map(|sale| sale.files.iter().filter(|file| file.kind == "contract").map(move |file| (sale, file)))
            .map(|(sale, file)| Contract { kind: sale.tier.clone(), pdf: file.path.clone() })
            .chain(self.agreements.iter().map(|one| Contract { kind: one.kind.clone(), pdf: one.pdf.clone() }))
            .collect();
    }
}
