//! Unpacking an archive of stems.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

use domain::catalog::rules::{
    files::MAX_AUDIO_BYTES,
    stems::{MAX_STEMS, archive_member, most_unpacked_bytes},
};
use serde::{Deserialize, Serialize};
use zip::{ZipArchive, result::ZipError};

use super::Answer;

/// What was in an archive, in the order of its names.
#[derive(Debug, Serialize, Deserialize)]
pub struct Unpacked {
    /// The stems, at least one.
    pub members: Vec<Member>,
}

/// A stem that was in an archive.
#[derive(Debug, Serialize, Deserialize)]
pub struct Member {
    /// Its file's name.
    pub name: String,
    /// Where it lies now.
    pub file: PathBuf,
}

/// Why an archive is refused.
#[derive(Debug, thiserror::Error)]
pub(super) enum UnpackError {
    /// Nothing in it is a stem.
    #[error("there is no stem in the ZIP archive: pack the audio files themselves")]
    NoStem,
    /// More members than a set may have.
    #[error("the ZIP archive holds more than {MAX_STEMS} stems: bounce groups instead of single tracks")]
    TooMany,
    /// It unpacks to too much.
    #[error("the ZIP archive unpacks to more than {} MB: upload the stems one by one", most_bytes / 1_000_000)]
    TooLarge {
        /// The limit.
        most_bytes: u64,
    },
    /// One of its members is longer than a file of sound may be.
    #[error("{name} in the ZIP archive has more than {} MB, which is the most of an audio file: export a shorter one", most_bytes / 1_000_000)]
    MemberTooLarge {
        /// The member.
        name: String,
        /// The limit.
        most_bytes: u64,
    },
    /// It needs a password.
    #[error("{name} in the ZIP archive is encrypted: pack it without a password")]
    Encrypted {
        /// The member.
        name: String,
    },
    /// It cannot be read as an archive.
    #[error("the ZIP archive is damaged ({0}): pack it anew")]
    Damaged(String),
    /// The disk.
    #[error("the archive could not be read or unpacked")]
    Io(#[from] io::Error),
}

impl From<ZipError> for UnpackError {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(cause) => read_failed(cause),
            other => Self::Damaged(other.to_string()),
        }
    }
}

/// What the archive's reader finds wrong with its bytes comes as the same type as a disk's failure.
fn read_failed(cause: io::Error) -> UnpackError {
    if matches!(
        cause.kind(),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof | io::ErrorKind::Other
    ) {
        UnpackError::Damaged(cause.to_string())
    } else {
        UnpackError::Io(cause)
    }
}

impl<T> From<UnpackError> for Answer<T> {
    fn from(error: UnpackError) -> Self {
        match error {
            UnpackError::Io(cause) => Self::Unreadable(cause.to_string()),
            refusal => Self::Refused(refusal.to_string()),
        }
    }
}

/// Unpacks the stems of an archive into a folder, under numbers: no name of the archive becomes a path. What the archive says of its lengths is not
/// believed; what comes out is counted.
pub(super) fn unpack(archive: &Path, into: &Path) -> Result<Unpacked, UnpackError> {
    let most = Most { set_bytes: most_unpacked_bytes(archive.metadata()?.len()), member_bytes: MAX_AUDIO_BYTES };
    unpack_within(most, archive, into)
}

/// What may come out of an archive.
#[derive(Debug, Clone, Copy)]
struct Most {
    set_bytes: u64,
    member_bytes: u64,
}

fn unpack_within(most: Most, archive: &Path, into: &Path) -> Result<Unpacked, UnpackError> {
    let file = File::open(archive)?;
    let mut archive = ZipArchive::new(BufReader::new(file))?;
    let mut stems: Vec<(String, usize)> = Vec::new();
    for index in 0..archive.len() {
        let member = archive.by_index_raw(index)?;
        let path = member.name()?;
        let Some(name) = archive_member(&path).filter(|_| member.is_file()) else { continue };
        if member.encrypted() {
            return Err(UnpackError::Encrypted { name: name.to_owned() });
        }
        stems.push((name.to_owned(), index));
        if stems.len() > MAX_STEMS {
            return Err(UnpackError::TooMany);
        }
    }
    if stems.is_empty() {
        return Err(UnpackError::NoStem);
    }
    stems.sort();
    let (mut members, mut left) = (Vec::with_capacity(stems.len()), most.set_bytes);
    for (place, (name, index)) in stems.into_iter().enumerate() {
        let file = into.join(place.to_string());
        let mut bytes = archive.by_index(index)?;
        let room = left.min(most.member_bytes);
        let copied = io::copy(&mut bytes.by_ref().take(room), &mut File::create(&file)?).map_err(read_failed)?;
        if copied == room && bytes.read(&mut [0]).map_err(read_failed)? > 0 {
            return Err(if room == most.member_bytes {
                UnpackError::MemberTooLarge { name, most_bytes: most.member_bytes }
            } else {
                UnpackError::TooLarge { most_bytes: most.set_bytes }
            });
        }
        left -= copied;
        members.push(Member { name, file });
    }
    Ok(Unpacked { members })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn archive(folder: &Path, members: &[(&str, &[u8])]) -> PathBuf {
        let path = folder.join("stems.zip");
        let mut writer = ZipWriter::new(File::create(&path).unwrap());
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, bytes) in members {
            writer.start_file(*name, options).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap();
        path
    }

    fn unpacked(members: &[(&str, &[u8])]) -> Result<Vec<(String, Vec<u8>)>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = archive(folder.path(), members);
        let into = folder.path().join("into");
        std::fs::create_dir(&into).unwrap();
        let found = unpack(&path, &into).map_err(|error| error.to_string())?;
        let outside: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().map(|e| e.file_name()).collect();
        assert_eq!(outside.len(), 2, "nothing is written elsewhere: {outside:?}");
        Ok(found.members.into_iter().map(|member| (member.name, std::fs::read(member.file).unwrap())).collect())
    }

    #[test]
    fn stems_come_out_by_name_and_the_rest_stays_in() {
        let found = unpacked(&[
            ("Night/Drums.wav", b"drums"),
            ("__MACOSX/Night/._Drums.wav", b"mac"),
            ("Night/Bass.wav", b"bass"),
            ("Night/notes.txt", b"notes"),
        ]);
        let expected = [("Bass.wav".to_owned(), b"bass".to_vec()), ("Drums.wav".to_owned(), b"drums".to_vec())];
        assert_eq!(found.unwrap(), expected);
    }

    #[test]
    fn what_is_no_archive_of_stems_is_refused_by_name() {
        assert!(unpacked(&[("readme.txt", b"hello")]).unwrap_err().contains("no stem"));
        let names: Vec<String> = (0..=MAX_STEMS).map(|n| format!("{n}.wav")).collect();
        let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();
        assert!(unpacked(&many).unwrap_err().contains("more than"));
        // Zeros pack a thousandfold: some 80 KB may unpack to 75 MB.
        let bomb = vec![0_u8; 80 << 20];
        let refusal = unpacked(&[("a.wav", b"a"), ("bomb.wav", &bomb)]).unwrap_err();
        assert!(
            refusal.contains("unpacks to more than 75 MB"),
            "the archive's limit, not what was left of it: {refusal}"
        );
        let folder = tempfile::tempdir().unwrap();
        let path = archive(folder.path(), &[("a.wav", &[7; 5_000]), ("b.wav", &[8; 5_000])]);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 30]).unwrap();
        assert!(matches!(unpack(&path, folder.path()), Err(UnpackError::Damaged(_))));
    }

    #[test]
    fn the_set_and_each_member_have_limits_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = archive(folder.path(), &[("a.wav", &[7; 5_000]), ("b.wav", &[8; 5_000])]);
        let within = |set_bytes, member_bytes| unpack_within(Most { set_bytes, member_bytes }, &path, folder.path());
        assert_eq!(within(10_000, 5_000).unwrap().members.len(), 2, "exactly as much as may be");
        assert!(matches!(within(9_999, 5_000), Err(UnpackError::TooLarge { most_bytes: 9_999 })));
        let long = within(10_000, 4_999).unwrap_err();
        assert!(matches!(&long, UnpackError::MemberTooLarge { name, most_bytes: 4_999 } if name == "a.wav"), "{long}");
    }
}
