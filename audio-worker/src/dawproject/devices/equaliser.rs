//! Equalisers: bands of the engine, and cuts made of what the engine has.

use std::f64::consts::FRAC_1_SQRT_2;

use audio_engine::render::{Band as EngineBand, BandShape, Cut, Equaliser, Processor, Slope};
use interchange::dawproject::{Band, BandKind, Equalizer, RealParameter};

use super::{
    Fate, Knob, Mapped, gain,
    response::{Ideal, deviation_db},
};
use crate::dawproject::{
    ledger::{Effect, Fidelity},
    units::Measure,
};

/// The steepest filter that is made as it is meant; each two orders are a section.
const MAX_ORDER: u32 = 16;
/// Bands of one equaliser of the engine.
const BANDS_AT_ONCE: usize = 16;
/// Less is no difference, in dB.
const NO_DIFFERENCE_DB: f64 = 0.01;
/// The ranges of the engine's numbers.
const FREQUENCY_HZ: (f64, f64) = (10.0, 22_000.0);
const GAIN_DB: (f64, f64) = (-30.0, 30.0);
const Q: (f64, f64) = (0.1, 30.0);

/// An equaliser while it is put together.
#[derive(Default)]
struct Parts<'p> {
    cuts: Vec<Processor>,
    bands: Vec<EngineBand>,
    gain_db: f64,
    /// What the numbers mean, and what they may mean as well.
    meant: Vec<Ideal>,
    other: Vec<Ideal>,
    is_ambiguous: bool,
    wires: Vec<Wire<'p>>,
    without_frequency: usize,
}

/// A parameter and the number that it moves.
struct Wire<'p> {
    parameter: &'p RealParameter,
    /// Whether it is a cut's number, and not a band's; which one's among its like.
    is_cut: bool,
    number: usize,
    field: &'static str,
    measure: Measure,
    range: (f64, f64),
}

/// What plays an equaliser, and how well.
pub(super) fn equaliser(equaliser: &Equalizer, rate_hz: f64) -> (Mapped<'_>, Fate) {
    let mut parts = Parts::default();
    for band in &equaliser.bands {
        if band.enabled.as_ref().is_none_or(|enabled| enabled.value != Some(false)) {
            parts.add(band);
        }
    }
    let outer = [&equaliser.input_gain, &equaliser.output_gain];
    let outer = outer.map(|gain| Measure::Level.of(gain.as_ref()).unwrap_or(0.0).clamp(-200.0, 200.0));
    parts.gain_db += outer[0] + outer[1];
    let sum =
        |ideals: &[Ideal], hz: f64| ideals.iter().map(|ideal| ideal.db(hz, rate_hz)).sum::<f64>() + outer[0] + outer[1];
    let bands = parts.bands.chunks(BANDS_AT_ONCE);
    let bands = bands.map(|bands| Processor::Equaliser(Equaliser { bands: bands.to_vec() }));
    let filters: Vec<Processor> = parts.cuts.iter().cloned().chain(bands).collect();
    let deviation = [&parts.meant, &parts.other]
        .map(|ideals| deviation_db(&filters, parts.gain_db, |hz| sum(ideals, hz), rate_hz))
        .into_iter()
        .fold(0.0, f64::max);
    let knobs = parts.wires.iter().map(|wire| {
        let (processor, field) = if wire.is_cut {
            let name = if matches!(filters[wire.number], Processor::HighPass(_)) { "high_pass" } else { "low_pass" };
            (wire.number, format!("{name}.{}", wire.field))
        } else {
            let (at, band) = (wire.number / BANDS_AT_ONCE, wire.number % BANDS_AT_ONCE);
            (parts.cuts.len() + at, format!("equaliser.bands[{band}].{}", wire.field))
        };
        Knob { parameter: wire.parameter, processor, field, measure: wire.measure, range: wire.range }
    });
    let knobs = knobs.collect();
    let fate = parts.fate(equaliser, deviation);
    let gains = gain(parts.gain_db);
    (Mapped { processors: filters.into_iter().chain(gains).collect(), knobs }, fate)
}

impl<'p> Parts<'p> {
    fn add(&mut self, band: &'p Band) {
        let Some(hz) = Measure::Frequency.of(Some(&band.freq)).filter(|hz| *hz > 0.0) else {
            self.without_frequency += 1;
            return;
        };
        let gain_db = Measure::Level.of(band.gain.as_ref()).unwrap_or(0.0).max(-200.0);
        let q = Measure::Plain.of(band.q.as_ref()).filter(|q| *q > 0.0);
        let order = band.order.unwrap_or(2);
        match band.kind {
            BandKind::HighPass | BandKind::LowPass => self.cut(band, order, hz, q),
            BandKind::BandPass => self.band_pass(order, hz, q.unwrap_or(FRAC_1_SQRT_2)),
            BandKind::LowShelf | BandKind::HighShelf if order == 1 => self.first_shelf(band.kind, hz, gain_db),
            BandKind::Bell | BandKind::LowShelf | BandKind::HighShelf | BandKind::Notch => {
                self.bell(band, order, (hz, gain_db, q.unwrap_or(FRAC_1_SQRT_2)));
            }
        }
    }

    /// A Butterworth filter of any order. A quality makes its sharpest section that much sharper; above the second order it may as well be meant
    /// for nothing.
    fn cut(&mut self, band: &'p Band, order: u32, hz: f64, q: Option<f64>) {
        let made = order.min(MAX_ORDER);
        let resonance = if made > 1 { q.unwrap_or(FRAC_1_SQRT_2) / FRAC_1_SQRT_2 } else { 1.0 };
        let mut qs: Vec<f64> = butterworth(made).collect();
        let ideal = |is_first: bool, q: f64| Ideal { kind: band.kind, is_first, hz, gain_db: 0.0, q };
        let first = (made % 2 == 1).then(|| ideal(true, 1.0));
        self.is_ambiguous |= order > 2 && (resonance - 1.0).abs() > 1e-3 || order > made;
        self.other.extend((order % 2 == 1).then(|| ideal(true, 1.0)));
        if order > 2 {
            self.other.extend(butterworth(order.min(64)).map(|q| ideal(false, q)));
        } else {
            self.other.extend(qs.iter().map(|q| ideal(false, q * resonance)));
        }
        let slope = match made {
            1 => Some(Slope::Db6),
            2 => Some(Slope::Db12),
            4 => Some(Slope::Db24),
            8 => Some(Slope::Db48),
            _ => None,
        };
        let sharpest = qs.last().copied();
        if let Some(slope) = slope {
            self.push_cut(band, hz, slope);
            if let Some(sharpest) = sharpest {
                self.sharpen(Some(&band.freq), hz, sharpest, sharpest * resonance);
            }
        } else {
            if first.is_some() {
                self.push_cut(band, hz, Slope::Db6);
            }
            for (i, q) in qs.iter().enumerate() {
                self.push_cut(band, hz, Slope::Db12);
                let wanted = if i + 1 == qs.len() { q * resonance } else { *q };
                self.sharpen(Some(&band.freq), hz, FRAC_1_SQRT_2, wanted);
            }
        }
        if let Some(last) = qs.last_mut() {
            *last *= resonance;
        }
        self.meant.extend(first);
        self.meant.extend(qs.iter().map(|q| ideal(false, *q)));
    }

    fn push_cut(&mut self, band: &'p Band, hz: f64, slope: Slope) {
        let cut = Cut { frequency_hz: hz.clamp(FREQUENCY_HZ.0, FREQUENCY_HZ.1), slope };
        let number = self.cuts.len();
        self.cuts.push(if band.kind == BandKind::HighPass {
            Processor::HighPass(cut)
        } else {
            Processor::LowPass(cut)
        });
        self.wire(&band.freq, (true, number), "frequency_hz", Measure::Frequency, FREQUENCY_HZ);
    }

    /// Makes a section of one quality one of another: a bell whose zeros are the section's poles takes their place, and moves with it.
    fn sharpen(&mut self, freq: Option<&'p RealParameter>, hz: f64, from: f64, to: f64) {
        if (to / from - 1.0).abs() > 1e-9 {
            if let Some(freq) = freq {
                self.wire(freq, (false, self.bands.len()), "frequency_hz", Measure::Frequency, FREQUENCY_HZ);
            }
            self.push_band(BandShape::Bell, hz, 20.0 * (to / from).log10(), (from * to).sqrt());
        }
    }

    /// A band-pass: the first-order cuts meet at a quality of one half, which a bell brings to the one that is meant.
    fn band_pass(&mut self, order: u32, hz: f64, q: f64) {
        let ideal = Ideal { kind: BandKind::BandPass, is_first: false, hz, gain_db: 0.0, q };
        let times = sections(order);
        let cut = Cut { frequency_hz: hz.clamp(FREQUENCY_HZ.0, FREQUENCY_HZ.1), slope: Slope::Db6 };
        for _ in 0..times {
            self.cuts.push(Processor::HighPass(cut.clone()));
            self.cuts.push(Processor::LowPass(cut.clone()));
            self.sharpen(None, hz, 0.5, q);
            self.gain_db -= 20.0 * q.log10();
            self.meant.push(ideal);
        }
        self.other.push(ideal);
        self.is_ambiguous |= times > 1;
    }

    /// A shelf of the first order: the engine's of the second comes near.
    fn first_shelf(&mut self, kind: BandKind, hz: f64, gain_db: f64) {
        let ideal = Ideal { kind, is_first: true, hz, gain_db, q: 1.0 };
        self.meant.push(ideal);
        self.other.push(ideal);
        let shape = if kind == BandKind::LowShelf { BandShape::LowShelf } else { BandShape::HighShelf };
        self.push_band(shape, hz, gain_db, 0.5);
    }

    /// Bell, shelf or notch; above the second order its gain is shared among sections, or it may as well mean a single one.
    fn bell(&mut self, band: &'p Band, order: u32, (hz, gain_db, q): (f64, f64, f64)) {
        let times = sections(order);
        let shape = match band.kind {
            BandKind::LowShelf => BandShape::LowShelf,
            BandKind::HighShelf => BandShape::HighShelf,
            BandKind::Notch => BandShape::Notch,
            _ => BandShape::Bell,
        };
        let ideal = |gain_db: f64| Ideal { kind: band.kind, is_first: false, hz, gain_db, q };
        let shared = gain_db / f64::from(times);
        if times == 1 {
            let place = (false, self.bands.len());
            self.wire(&band.freq, place, "frequency_hz", Measure::Frequency, FREQUENCY_HZ);
            if let Some(gain) = &band.gain {
                self.wire(gain, place, "gain_db", Measure::Level, GAIN_DB);
            }
            if let Some(quality) = &band.q {
                self.wire(quality, place, "q", Measure::Plain, Q);
            }
        }
        for _ in 0..times {
            self.push_band(shape, hz, shared, q);
            self.meant.push(ideal(shared));
        }
        self.other.push(ideal(gain_db));
        self.is_ambiguous |= times > 1;
    }

    fn wire(
        &mut self,
        parameter: &'p RealParameter,
        (is_cut, number): (bool, usize),
        field: &'static str,
        measure: Measure,
        range: (f64, f64),
    ) {
        self.wires.push(Wire { parameter, is_cut, number, field, measure, range });
    }

    fn push_band(&mut self, shape: BandShape, hz: f64, gain_db: f64, q: f64) {
        self.bands.push(EngineBand {
            frequency_hz: hz.clamp(FREQUENCY_HZ.0, FREQUENCY_HZ.1),
            gain_db: gain_db.clamp(GAIN_DB.0, GAIN_DB.1),
            q: q.clamp(Q.0, Q.1),
            shape,
        });
    }

    /// What became of it.
    fn fate(&self, equaliser: &Equalizer, deviation_db: f64) -> Fate {
        let on = equaliser.bands.iter().filter(|band| band.enabled.as_ref().is_none_or(|on| on.value != Some(false)));
        let bands = format!("equaliser with {} bands", on.count());
        let (fidelity, effect, note) = if self.without_frequency > 0 {
            let note = format!("{bands}, of which {} have no frequency and are left out", self.without_frequency);
            (Fidelity::Approximated, Effect::Unknown, note)
        } else if self.is_ambiguous {
            let note = "filters above the second order are read as sections in series, and a cut's quality as resonance, which the project does not \
                        say; the other reading differs by as much";
            (Fidelity::Approximated, Effect::LevelDb(deviation_db), format!("{bands}: {note}"))
        } else if deviation_db > NO_DIFFERENCE_DB {
            let note = "some numbers lie beyond what the engine takes, or a shelf is of the first order";
            (Fidelity::Approximated, Effect::LevelDb(deviation_db), format!("{bands}: {note}"))
        } else {
            (Fidelity::Exact, Effect::LevelDb(deviation_db), format!("{bands}, by their transfer functions"))
        };
        Fate { fidelity, effect, note }
    }
}

/// Sections of the second order that a band of that order has.
fn sections(order: u32) -> u32 {
    order.div_ceil(2).clamp(1, MAX_ORDER / 2)
}

/// The qualities of the second-order sections of a Butterworth filter, the sharpest last.
fn butterworth(order: u32) -> impl Iterator<Item = f64> {
    let angle = move |k: u32| f64::from(2 * k + 1 + order % 2) * std::f64::consts::PI / f64::from(2 * order);
    (0..order / 2).map(move |k| 0.5 / angle(k).cos())
}
