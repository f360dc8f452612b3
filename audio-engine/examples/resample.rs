//! The engine's rate conversion on raw samples of 64 bits, for instruments that look deeper than a file goes:
//! `resample FROM_HZ TO_HZ < IN > OUT`, one channel of little-endian doubles each way.

use audio_engine::resample;
use std::error::Error;
use std::io::{Read, Write};

fn main() -> Result<(), Box<dyn Error>> {
    let rates: Vec<u32> = std::env::args().skip(1).map(|rate| rate.parse()).collect::<Result<_, _>>()?;
    let [from_hz, to_hz] = rates[..] else { return Err("usage: resample FROM_HZ TO_HZ < IN > OUT".into()) };
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    let (samples, _) = bytes.as_chunks();
    let signal = samples.iter().map(|sample| f64::from_le_bytes(*sample)).collect();
    let converted = resample(&[signal], from_hz, to_hz)?;
    let bytes: Vec<u8> = converted[0].iter().flat_map(|sample| sample.to_le_bytes()).collect();
    std::io::stdout().write_all(&bytes)?;
    Ok(())
}
