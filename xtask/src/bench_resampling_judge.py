"""Judges the engine's conversion of rates: `judge.py ENGINE FOLDER`. Fails if anything above -180 dBFS is added or comes back."""

import subprocess
import sys

import numpy

ENGINE, FOLDER = sys.argv[1:]
RATES = (44_100, 48_000, 96_000)
MOST_DB = -180.0


def convert(samples, from_hz, to_hz):
    given, made = f"{FOLDER}/given.f64", f"{FOLDER}/made.f64"
    samples.astype("<f8").tofile(given)
    subprocess.run([ENGINE, "resample", given, str(from_hz), str(to_hz), made], check=True, stdout=subprocess.DEVNULL)
    made = numpy.fromfile(made, "<f8")
    # The ends ring, as a tone that begins or ends at once does.
    return made[len(made) // 4 : 3 * len(made) // 4]


def tone(hz, rate):
    return numpy.sin(2 * numpy.pi * numpy.mod(numpy.arange(rate) * (hz / rate), 1.0))


def rest_db(samples, hz, rate):
    """All but the tone itself, against a full-scale sine: what least squares leave of it."""
    turns = 2 * numpy.pi * numpy.mod((len(samples) // 2 + numpy.arange(len(samples))) * (hz / rate), 1.0)
    basis = numpy.stack([numpy.sin(turns), numpy.cos(turns)], axis=1)
    fitted, *_ = numpy.linalg.lstsq(basis, samples, rcond=None)
    return 10 * numpy.log10(2 * numpy.mean((samples - basis @ fitted) ** 2))


worst_rest, worst_alias = -numpy.inf, -numpy.inf
for from_hz in RATES:
    for to_hz in RATES:
        if from_hz == to_hz:
            continue
        highest = min(from_hz, to_hz) / 2
        for hz in (997.0, 10_007.0, 0.9 * highest):
            worst_rest = max(worst_rest, rest_db(convert(tone(hz, from_hz), from_hz, to_hz), hz, to_hz))
        if to_hz < from_hz:
            # Tones that the lower rate cannot hold.
            for share in (0.25, 0.5, 0.75):
                hz = highest + share * (from_hz / 2 - highest)
                made = convert(tone(hz, from_hz), from_hz, to_hz)
                worst_alias = max(worst_alias, 20 * numpy.log10(numpy.max(numpy.abs(made))))
print(f"44.1, 48 and 96 kHz into each other: THD+N {worst_rest:.1f} dBFS, alias {worst_alias:.1f} dBFS at worst")
sys.exit(int(max(worst_rest, worst_alias) > MOST_DB))
