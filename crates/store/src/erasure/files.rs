//! The files of SQLite, cleaned of what deleted rows have left in them.
//!
//! `secure_delete` overwrites what is deleted, but not the copies that stay behind in the unused middle of a page when
//! SQLite moves rows from page to page; and the log still holds the pages as they were. So the log is merged and cut
//! to nothing, and the file is written anew (`VACUUM`): always while it is small, and where it is large only when a trace
//! is found in it, for that takes as long as copying the file, and nobody writes meanwhile.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend};

use crate::{Error, Result, Store, sql};

/// A file up to this size is always written anew: it takes about a second.
const SMALL: u64 = 256 << 20;
/// How often it is tried to merge the log, which has to wait for readers.
const TRIES: u32 = 40;
const PAUSE: Duration = Duration::from_millis(250);
/// How much of a file is looked at in one piece.
const PIECE: usize = 1 << 20;

impl Store {
    /// Cleans the files of every trace of rows that are gone. `traces` are texts that were in them, where those are known.
    pub(super) async fn clean_files(&self, traces: Option<BTreeSet<String>>) -> Result<()> {
        if self.backend() != DbBackend::Sqlite {
            return Ok(());
        }
        self.merge_log().await?;
        let Some(path) = self.file().await? else {
            return Ok(());
        };
        let look = tokio::task::spawn_blocking(move || is_to_be_rewritten(&path, traces.as_ref()));
        let found = look.await.map_err(|_| Error::Stopped)?;
        if found.map_err(|error| Error::Unsuitable(format!("the file cannot be read: {error}")))? {
            self.writer().execute_unprepared("VACUUM").await?;
            self.merge_log().await?;
        }
        Ok(())
    }

    /// Merges the log into the file and cuts it to nothing.
    async fn merge_log(&self) -> Result<()> {
        for _ in 0..TRIES {
            let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
            let rows = sql::query(self.writer(), sql, []).await?;
            let busy: Option<i64> = rows
                .first()
                .map(|row| row.try_get("", "busy"))
                .transpose()?;
            if busy == Some(0) {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        let message = "the log cannot be merged while somebody reads from it all the time";
        Err(Error::Unsuitable(message.to_owned()))
    }

    /// The database's file; none where it is in memory.
    async fn file(&self) -> Result<Option<PathBuf>> {
        let sql = "SELECT file FROM pragma_database_list WHERE name = 'main'";
        let rows = sql::query(self.reader(), sql, []).await?;
        let file: Option<Option<String>> = rows
            .first()
            .map(|row| row.try_get("", "file"))
            .transpose()?;
        let file = file.flatten().filter(|file| !file.is_empty());
        Ok(file.map(PathBuf::from))
    }
}

fn is_to_be_rewritten(path: &Path, traces: Option<&BTreeSet<String>>) -> io::Result<bool> {
    let file = File::open(path)?;
    match traces {
        Some(traces) if file.metadata()?.len() > SMALL => contains_any(file, traces),
        _ => Ok(true),
    }
}

/// Whether a file holds one of these texts.
fn contains_any(mut file: impl Read, texts: &BTreeSet<String>) -> io::Result<bool> {
    let texts: Vec<&[u8]> = texts
        .iter()
        .map(String::as_bytes)
        .filter(|text| !text.is_empty())
        .collect();
    let Some(longest) = texts.iter().map(|text| text.len()).max() else {
        return Ok(false);
    };
    let finders: Vec<_> = texts.into_iter().map(memchr::memmem::Finder::new).collect();
    let mut piece = Vec::with_capacity(PIECE + longest);
    loop {
        let read = file.by_ref().take(PIECE as u64).read_to_end(&mut piece)?;
        if finders.iter().any(|finder| finder.find(&piece).is_some()) {
            return Ok(true);
        }
        if read == 0 {
            return Ok(false);
        }
        // A text may begin in this piece and end in the next.
        piece.drain(..piece.len().saturating_sub(longest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_wherever_it_stands_and_across_pieces() {
        let texts = BTreeSet::from(["ana@example.com".to_owned()]);
        for before in [0, 7, PIECE - 8, PIECE, 2 * PIECE - 1] {
            let mut file = vec![b'a'; before];
            file.extend(b"ana@example.com");
            assert!(contains_any(&file[..], &texts).expect("a file"), "{before}");
            file.pop();
            assert!(
                !contains_any(&file[..], &texts).expect("a file"),
                "{before}"
            );
        }
        assert!(!contains_any(&b"ana"[..], &BTreeSet::new()).expect("a file"));
    }
}
