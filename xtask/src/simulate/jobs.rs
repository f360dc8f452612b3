//! The jobs that a load makes, who works them off, and what is seen of that.

/// Who takes a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Queue {
    Audio,
    Office,
}

impl Queue {
    pub(super) const ALL: [Self; 2] = [Self::Audio, Self::Office];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Office => "office",
        }
    }
}

/// The jobs that sales and uploads make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    TypesetContract,
    MailDelivery,
    MailSale,
    /// Masters that a sale waits for.
    BounceForSale,
    InspectAsset,
    RenderPreview,
    BounceMasters,
    AnalyseAsset,
}

impl Kind {
    pub(super) const ALL: [Self; 8] = [
        Self::TypesetContract,
        Self::MailDelivery,
        Self::MailSale,
        Self::BounceForSale,
        Self::InspectAsset,
        Self::RenderPreview,
        Self::BounceMasters,
        Self::AnalyseAsset,
    ];

    pub(super) fn queue(self) -> Queue {
        match self {
            Self::TypesetContract | Self::MailDelivery | Self::MailSale => Queue::Office,
            Self::BounceForSale
            | Self::InspectAsset
            | Self::RenderPreview
            | Self::BounceMasters
            | Self::AnalyseAsset => Queue::Audio,
        }
    }

    /// How urgent it is, the larger the more: what was paid for before what a producer waits for.
    pub(super) fn level(self) -> u8 {
        match self {
            Self::TypesetContract | Self::MailDelivery | Self::BounceForSale => 2,
            Self::MailSale | Self::InspectAsset | Self::RenderPreview | Self::BounceMasters | Self::AnalyseAsset => 1,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::TypesetContract => "TypesetContract, paid",
            Self::MailDelivery => "MailDelivery, paid",
            Self::MailSale => "MailSale",
            Self::BounceForSale => "BounceMasters, paid",
            Self::InspectAsset => "InspectAsset",
            Self::RenderPreview => "RenderPreview",
            Self::BounceMasters => "BounceMasters",
            Self::AnalyseAsset => "AnalyseAsset",
        }
    }
}

/// A job, and what it takes.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) kind: Kind,
    /// How long it takes on a core of its own.
    pub(super) computes_s: f64,
    /// How long it then waits for another machine.
    pub(super) awaits_s: f64,
    /// Jobs that are written when it is done.
    pub(super) then: Vec<Job>,
}

/// Something that comes from outside, and the jobs that are written with it.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) at_s: f64,
    /// Written at once.
    pub(super) jobs: Vec<Job>,
    /// Of a sale: what its files wait for, written at once, too.
    pub(super) files: Vec<Job>,
    /// Of a sale: written once all of its files are there.
    pub(super) letter: Option<Job>,
}

/// Who works, and what befalls them.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    /// Workers of the audio queue and of the office queue.
    pub(super) workers: [usize; 2],
    /// How many jobs a worker of either has at once.
    pub(super) places: [usize; 2],
    /// The share of attempts that fail, of something that passes.
    pub(super) failing: f64,
    /// When a worker dies, in order.
    pub(super) deaths_s: Vec<f64>,
    /// Chooses which worker takes a job where several could, which attempt fails, and who dies.
    pub(super) seed: u64,
}

/// What became of a job.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fate {
    Open,
    Done { at_s: f64 },
    GivenUp,
}

/// A job that was written.
#[derive(Debug, PartialEq)]
pub(super) struct Row {
    pub(super) kind: Kind,
    pub(super) written_s: f64,
    /// When its last attempt began.
    pub(super) begun_s: f64,
    pub(super) attempts: u32,
    pub(super) fate: Fate,
}

/// What was seen.
#[derive(Debug, PartialEq)]
pub(super) struct Seen {
    pub(super) rows: Vec<Row>,
    /// How long each sale's files took, in the order of the sales; none if they were never there.
    pub(super) sales_s: Vec<Option<f64>>,
    /// Seconds that the cores of each queue computed in each hour.
    pub(super) busy_s: [Vec<f64>; 2],
    /// What the attempts of each queue have computed, counted by the attempts.
    pub(super) computed_s: [f64; 2],
    /// How many attempts ended because their worker died.
    pub(super) lost_attempts: usize,
}
