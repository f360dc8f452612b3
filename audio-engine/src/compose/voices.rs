//! The instruments: drums from noise and falling sines, keys by frequency modulation, pads and plucks by filtered
//! sawtooths. Everything is computed sample by sample from a note's own state, so blocks of any size sound the same.

use crate::dsp::{Noise, cos_turns, exp2, sin_turns};

/// An instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patch {
    Kick,
    Snare,
    Hat,
    OpenHat,
    Sub,
    Upright,
    Square,
    Pad,
    Strings,
    Stab,
    ElectricPiano,
    Bell,
    Pluck,
}

/// A note of a part.
#[derive(Debug, Clone, Copy)]
pub(super) struct Note {
    pub(super) patch: Patch,
    pub(super) at_s: f64,
    pub(super) seconds: f64,
    /// MIDI note number; drums ignore it.
    pub(super) pitch: i32,
    pub(super) velocity: f64,
    /// -1 left to 1 right.
    pub(super) pan: f64,
}

/// The notes of one stem.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) gain: f64,
    /// Time of an echo between the sides, in seconds.
    pub(super) echo_s: Option<f64>,
    /// The part steps back at every multiple of this, as if a kick pushed it away.
    pub(super) pump_s: Option<f64>,
    pub(super) notes: Vec<Note>,
}

/// Plays a part in blocks.
pub(super) struct Player {
    rate: f64,
    gain: f64,
    pump_s: Option<f64>,
    waiting: Vec<Note>,
    sounding: Vec<Voice>,
    now: u32,
    echo: Option<Echo>,
}

impl Player {
    pub(super) fn new(part: &Part, sample_rate_hz: u32) -> Self {
        let rate = f64::from(sample_rate_hz);
        let mut waiting = part.notes.clone();
        // Last first, so that the next note is taken from the end.
        waiting.sort_by(|a, b| b.at_s.total_cmp(&a.at_s));
        Self {
            rate,
            gain: part.gain,
            pump_s: part.pump_s,
            waiting,
            sounding: Vec::new(),
            now: 0,
            echo: part.echo_s.map(|seconds| Echo::new(seconds * rate)),
        }
    }

    /// Plays the next `n` frames into the start of `block`.
    #[expect(clippy::cast_possible_truncation, reason = "the samples' precision")]
    pub(super) fn play(&mut self, block: &mut [Vec<f32>; 2], n: usize) {
        let [to_left, to_right] = block;
        for (i, (to_left, to_right)) in to_left.iter_mut().zip(to_right).take(n).enumerate() {
            let t = f64::from(self.now) / self.rate;
            while self.waiting.last().is_some_and(|note| note.at_s <= t) {
                let seed = u64::from(self.now) + self.waiting.len() as u64;
                self.sounding.extend(self.waiting.pop().map(|note| Voice::new(note, self.rate, seed)));
            }
            let (mut left, mut right) = (0.0, 0.0);
            for voice in &mut self.sounding {
                let x = voice.next();
                left += x * voice.left;
                right += x * voice.right;
            }
            if i % 64 == 0 {
                self.sounding.retain(|voice| voice.t < voice.ends);
            }
            if let Some(echo) = &mut self.echo {
                (left, right) = echo.run(left, right);
            }
            let pump = self.pump_s.map_or(1.0, |period| {
                let since = (t / period - (t / period).floor()) * period;
                1.0 - 0.6 * exp2(-since * 14.0)
            });
            *to_left = (left * self.gain * pump) as f32;
            *to_right = (right * self.gain * pump) as f32;
            self.now += 1;
        }
    }
}

/// A sounding note.
struct Voice {
    patch: Patch,
    t: f64,
    dt: f64,
    ends: f64,
    seconds: f64,
    hz: f64,
    velocity: f64,
    left: f64,
    right: f64,
    phases: [f64; 3],
    filter: [f64; 4],
    noise: Noise,
}

impl Voice {
    fn new(note: Note, rate: f64, seed: u64) -> Self {
        let release = match note.patch {
            Patch::Pad | Patch::Strings => 0.6,
            Patch::Bell | Patch::ElectricPiano => 0.5,
            Patch::Kick | Patch::Snare | Patch::OpenHat => 0.3,
            _ => 0.08,
        };
        // Constant power: an eighth of a turn in the middle.
        let angle = (note.pan + 1.0) / 8.0;
        Self {
            patch: note.patch,
            t: 0.0,
            dt: 1.0 / rate,
            ends: note.seconds + release,
            seconds: note.seconds,
            hz: 440.0 * exp2((f64::from(note.pitch) - 69.0) / 12.0),
            velocity: note.velocity,
            left: cos_turns(angle),
            right: sin_turns(angle),
            phases: [0.0, 0.31, 0.67],
            filter: [0.0; 4],
            noise: Noise::new(seed.wrapping_mul(0x5851_F42D_4C95_7F2D)),
        }
    }

    fn next(&mut self) -> f64 {
        if self.t >= self.ends {
            return 0.0;
        }
        let x = match self.patch {
            Patch::Kick => self.kick(),
            Patch::Snare => self.snare(),
            Patch::Hat => self.hat(38.0),
            Patch::OpenHat => self.hat(9.0),
            Patch::Sub => self.sub(),
            Patch::Upright => self.upright(),
            Patch::Square => self.square(),
            Patch::Pad => self.saws(0.006, 0.35, 900.0, 1400.0),
            Patch::Strings => self.saws(0.008, 0.05, 1300.0, 1600.0),
            Patch::Stab => self.saws(0.005, 0.004, 700.0, 5200.0) * self.decay(7.0),
            Patch::ElectricPiano => self.modulated(1.0, 1.1, 2.4, 1.6),
            Patch::Bell => self.modulated(3.5, 1.4, 4.0, 2.6),
            Patch::Pluck => self.pluck(),
        };
        let release = ((self.ends - self.t) / (self.ends - self.seconds)).clamp(0.0, 1.0);
        self.t += self.dt;
        x * self.velocity * release * release
    }

    /// Falls to half every `1 / rate` seconds.
    fn decay(&self, rate: f64) -> f64 {
        exp2(-self.t * rate)
    }

    fn advance(&mut self, which: usize, hz: f64) -> f64 {
        let phase = self.phases[which];
        let next = phase + hz * self.dt;
        self.phases[which] = if next >= 1.0 { next - 1.0 } else { next };
        phase
    }

    fn kick(&mut self) -> f64 {
        let hz = 46.0 + 130.0 * self.decay(40.0) + 700.0 * self.decay(300.0);
        let phase = self.advance(0, hz);
        sin_turns(phase) * self.decay(7.0) + 0.2 * self.noise.bipolar() * self.decay(300.0)
    }

    fn snare(&mut self) -> f64 {
        let body = self.advance(0, 185.0 + 60.0 * self.decay(60.0));
        let white = self.noise.bipolar();
        let bright = white - self.lowpass(0, white, 1100.0);
        0.45 * sin_turns(body) * self.decay(18.0) + 0.55 * bright * self.decay(13.0)
    }

    fn hat(&mut self, rate: f64) -> f64 {
        let white = self.noise.bipolar();
        let once = white - self.lowpass(0, white, 7000.0);
        let twice = once - self.lowpass(1, once, 7000.0);
        twice * self.decay(rate)
    }

    fn sub(&mut self) -> f64 {
        // A short slide from above gives the attack that small speakers can play.
        let phase = self.advance(0, self.hz * (1.0 + 1.2 * self.decay(55.0)));
        let x = 1.5 * sin_turns(phase) * self.decay(0.9);
        // A soft clip adds the harmonics by which the pitch is heard.
        let clipped = x.clamp(-1.5, 1.5);
        let soft = clipped - clipped * clipped * clipped * 0.148;
        soft * (self.t / 0.003).min(1.0)
    }

    fn upright(&mut self) -> f64 {
        let phase = self.advance(0, self.hz);
        let overtone = self.advance(1, self.hz * 2.0);
        let x = sin_turns(phase) + 0.35 * sin_turns(overtone) * self.decay(4.0);
        x * self.decay(2.2) * 0.8 * (self.t / 0.006).min(1.0)
    }

    fn square(&mut self) -> f64 {
        let phase = self.advance(0, self.hz);
        let shifted = if phase >= 0.5 { phase - 0.5 } else { phase + 0.5 };
        let step = self.hz * self.dt;
        let x = saw(phase, step) - saw(shifted, step);
        let cutoff = 180.0 + 1100.0 * self.decay(12.0);
        let once = self.lowpass(0, x, cutoff);
        self.lowpass(1, once, cutoff) * 0.9 * (self.t / 0.003).min(1.0)
    }

    /// Three detuned sawtooths through a falling two-pole low-pass.
    fn saws(&mut self, detune: f64, attack_s: f64, cutoff: f64, sweep: f64) -> f64 {
        let mut x = 0.0;
        for (which, offset) in [-detune, 0.0, detune].into_iter().enumerate() {
            let hz = self.hz * (1.0 + offset);
            let phase = self.advance(which, hz);
            x += saw(phase, hz * self.dt) / 3.0;
        }
        let cutoff = cutoff + sweep * self.decay(5.0);
        let once = self.lowpass(0, x, cutoff);
        self.lowpass(1, once, cutoff) * (self.t / attack_s).min(1.0) * 1.4
    }

    /// Two-operator frequency modulation: the brightness fades faster than the tone.
    fn modulated(&mut self, ratio: f64, index: f64, brightness_rate: f64, rate: f64) -> f64 {
        let modulator = sin_turns(self.advance(1, self.hz * ratio)) * index * self.decay(brightness_rate);
        let carrier = self.advance(0, self.hz);
        sin_turns(carrier + modulator / std::f64::consts::TAU) * self.decay(rate) * (self.t / 0.004).min(1.0)
    }

    fn pluck(&mut self) -> f64 {
        let phase = self.advance(0, self.hz);
        let x = saw(phase, self.hz * self.dt);
        let cutoff = 300.0 + 4200.0 * self.decay(9.0);
        let once = self.lowpass(0, x, cutoff);
        self.lowpass(1, once, cutoff) * self.decay(3.5) * (self.t / 0.002).min(1.0) * 1.3
    }

    /// A one-pole low-pass.
    fn lowpass(&mut self, which: usize, x: f64, hz: f64) -> f64 {
        let step = (std::f64::consts::TAU * hz * self.dt).min(0.9);
        self.filter[which] += (x - self.filter[which]) * step;
        self.filter[which]
    }
}

/// A sawtooth whose jump is smoothed over two samples (poly-BLEP), which keeps aliasing low.
fn saw(phase: f64, step: f64) -> f64 {
    let jump = if phase < step {
        let t = phase / step;
        t + t - t * t - 1.0
    } else if phase > 1.0 - step {
        let t = (phase - 1.0) / step;
        t * t + t + t + 1.0
    } else {
        0.0
    };
    2.0 * phase - 1.0 - jump
}

/// Repeats that wander between the sides.
struct Echo {
    lines: [Vec<f64>; 2],
    at: usize,
}

impl Echo {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below a second")]
    fn new(frames: f64) -> Self {
        let line = vec![0.0; (frames as usize).max(1)];
        Self { lines: [line.clone(), line], at: 0 }
    }

    fn run(&mut self, left: f64, right: f64) -> (f64, f64) {
        let (from_left, from_right) = (self.lines[0][self.at], self.lines[1][self.at]);
        self.lines[0][self.at] = left * 0.5 + from_right * 0.42;
        self.lines[1][self.at] = right * 0.2 + from_left * 0.42;
        self.at = (self.at + 1) % self.lines[0].len();
        (left + from_left * 0.7, right + from_right * 0.7)
    }
}
