//! Mailboxes as files: mbox (RFC 4155) and Maildir, one message at a time, none larger than a limit.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// The largest message that is read. Reports on mails of ours have some 10 KB.
const LARGEST: usize = 5 << 20;

/// A message in a mailbox.
///
/// ```
/// use laurel_notify::bounces::mailbox::Found;
///
/// fn size(found: &Found) -> Option<usize> {
///     match found {
///         Found::Message(raw) => Some(raw.len()),
///         _ => None,
///     }
/// }
/// assert_eq!(size(&Found::TooLarge), None);
/// ```
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// The whole of it.
    Message(Vec<u8>),
    /// It is larger than what is read.
    TooLarge,
}

/// The messages of a mailbox.
///
/// ```
/// use laurel_notify::bounces::mailbox::{Found, Messages};
///
/// fn too_large(messages: Messages) -> usize {
///     messages.flatten().filter(|found| *found == Found::TooLarge).count()
/// }
/// ```
pub type Messages = Box<dyn Iterator<Item = io::Result<Found>>>;

/// The messages in a file in which each begins with a line `From …`.
///
/// ```
/// # fn example() -> std::io::Result<()> {
/// use std::path::Path;
///
/// use laurel_notify::bounces::mailbox;
///
/// for found in mailbox::mbox(Path::new("/var/mail/bounces"))? {
///     println!("{:?}", found?);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// It cannot be opened, or is no such file.
pub fn mbox(path: &Path) -> io::Result<Messages> {
    Ok(Box::new(Mbox::new(BufReader::new(File::open(path)?))?))
}

/// The messages in the folders `new` and `cur` of a folder, by their names. They stay where they are.
///
/// ```
/// # fn example() -> std::io::Result<()> {
/// use std::path::Path;
///
/// use laurel_notify::bounces::mailbox;
///
/// let messages = mailbox::maildir(Path::new("/srv/bounces"))?;
/// println!("{} messages", messages.count());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// It cannot be read, or has no such folders.
pub fn maildir(path: &Path) -> io::Result<Messages> {
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in ["new", "cur"] {
        for entry in fs::read_dir(path.join(folder))? {
            let entry = entry?;
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            if entry.file_type()?.is_file() && !hidden {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(Box::new(files.into_iter().map(|file| {
        let mut message = Vec::new();
        let limit = u64::try_from(LARGEST + 1).unwrap_or(u64::MAX);
        File::open(file)?.take(limit).read_to_end(&mut message)?;
        Ok(found(message))
    })))
}

fn found(message: Vec<u8>) -> Found {
    if message.len() > LARGEST {
        Found::TooLarge
    } else {
        Found::Message(message)
    }
}

const FROM: &[u8] = b"From ";
/// Longer lines come in pieces.
const PIECE: u64 = 64 << 10;

/// Reads an mbox, of whatever size, in pieces.
pub(super) struct Mbox<R> {
    reader: R,
    ended: bool,
}

impl<R: BufRead> Mbox<R> {
    pub(super) fn new(mut reader: R) -> io::Result<Self> {
        let mut first = Vec::new();
        piece(&mut reader, &mut first)?;
        if !first.is_empty() && !first.starts_with(FROM) {
            let problem = "no mbox: it does not begin with `From `";
            return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
        }
        let mut mbox = Self {
            reader,
            ended: first.is_empty(),
        };
        if !first.ends_with(b"\n") {
            mbox.skip_line()?;
        }
        Ok(mbox)
    }

    fn skip_line(&mut self) -> io::Result<()> {
        let mut rest = Vec::new();
        while piece(&mut self.reader, &mut rest)? && !rest.ends_with(b"\n") {}
        Ok(())
    }

    /// Reads up to the next line `From …`, which stands behind a blank one.
    fn message(&mut self) -> io::Result<Found> {
        let (mut message, mut line) = (Vec::new(), Vec::new());
        let (mut begins, mut after_blank) = (true, true);
        loop {
            if !piece(&mut self.reader, &mut line)? {
                self.ended = true;
                return Ok(found(message));
            }
            let ends = line.ends_with(b"\n");
            if begins && after_blank && line.starts_with(FROM) {
                if !ends {
                    self.skip_line()?;
                }
                return Ok(found(message));
            }
            let text = if begins { unquoted(&line) } else { &line };
            if message.len() <= LARGEST {
                message.extend_from_slice(text);
            }
            after_blank = begins && line.trim_ascii().is_empty();
            begins = ends;
        }
    }
}

impl<R: BufRead> Iterator for Mbox<R> {
    type Item = io::Result<Found>;

    fn next(&mut self) -> Option<Self::Item> {
        (!self.ended).then(|| self.message().inspect_err(|_| self.ended = true))
    }
}

/// Reads a line, or as much of it as fits. Answers false at the end.
fn piece(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    Ok(reader.take(PIECE).read_until(b'\n', line)? > 0)
}

/// A line of a message that begins with `From ` was given a `>`.
fn unquoted(line: &[u8]) -> &[u8] {
    let quotes = line.iter().take_while(|&&byte| byte == b'>').count();
    if quotes > 0 && line[quotes..].starts_with(FROM) {
        &line[1..]
    } else {
        line
    }
}
