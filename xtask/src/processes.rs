//! What Linux tells of processes that run: the computing time and the memory that they take.

/// In how many ticks a second Linux tells computing time.
const TICKS_PER_S: f64 = 100.0;

/// The times of a process, from `/proc/*/stat`.
pub(crate) struct Times {
    /// The process.
    pub(crate) id: u64,
    /// Who has started it.
    pub(crate) parent: u64,
    own: u64,
    children: u64,
}

impl Times {
    /// Of every process that may be looked at.
    pub(crate) fn of_all() -> Vec<Self> {
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        processes
            .filter_map(|process| Self::read(&std::fs::read_to_string(process.path().join("stat")).ok()?))
            .collect()
    }

    /// Of one process; none if it is gone.
    pub(crate) fn of(id: u32) -> Option<Self> {
        Self::read(&std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
    }

    /// Its own computing time, in seconds.
    pub(crate) fn own_s(&self) -> f64 {
        seconds(self.own)
    }

    /// The same with that of its children that are over.
    pub(crate) fn with_children_s(&self) -> f64 {
        seconds(self.own + self.children)
    }

    fn read(stat: &str) -> Option<Self> {
        // The name stands in brackets, and may have blanks and brackets itself.
        let (id, rest) = (stat.split_once(' ')?.0, stat.rsplit_once(')')?.1);
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let field = |place: usize| fields.get(place)?.parse::<u64>().ok();
        Some(Self {
            id: id.parse().ok()?,
            parent: field(1)?,
            own: field(11)? + field(12)?,
            children: field(13)? + field(14)?,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52 ticks")]
fn seconds(ticks: u64) -> f64 {
    ticks as f64 / TICKS_PER_S
}

/// The memory that a process holds now, in MB; none if it is gone.
pub(crate) fn resident_mb(id: u32) -> Option<f64> {
    resident_in(&std::fs::read_to_string(format!("/proc/{id}/status")).ok()?)
}

fn resident_in(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1_024.0 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_of_any_name_is_read() {
        let stat = "42 (post gres) (x) S 7 42 42 0 -1 4194560 1 2 3 4 250 50 1000 24 20 0 1 0 9 1 1";
        let times = Times::read(stat).unwrap();
        assert_eq!((times.id, times.parent, times.own, times.children), (42, 7, 300, 1_024));
        assert!((times.own_s() - 3.0).abs() < 1e-9 && (times.with_children_s() - 13.24).abs() < 1e-9);
        assert!(Times::read("42 (short) S 7").is_none());
    }

    #[test]
    fn memory_is_told_in_megabytes() {
        let mb = resident_in("Name:\tx\nVmHWM:\t   90000 kB\nVmRSS:\t   62500 kB\n").unwrap();
        assert!((mb - 64.0).abs() < 1e-9);
        assert!(resident_in("Name:\tkthreadd\n").is_none());
    }

    #[test]
    fn we_are_a_process_ourselves() {
        let id = std::process::id();
        assert_eq!(Times::of(id).map(|times| times.id), Some(u64::from(id)));
        assert!(resident_mb(id).is_some_and(|mb| mb > 0.0));
        assert!(Times::of_all().iter().any(|times| times.id == u64::from(id)));
    }
}
