//! Where folders are, and the ways between them.

use std::path::{Component, Path, PathBuf};

/// The folder that `at` means to somebody who stands in `started_in`: absolute, without `..` and without links. It need
/// not be there.
pub(super) fn resolved(started_in: &Path, at: &Path) -> PathBuf {
    let mut folder = PathBuf::new();
    for part in started_in.join(at).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                folder.pop();
            }
            part => folder.push(part),
        }
        // A link's `..` is that of the folder it leads to.
        if let Ok(real) = folder.canonicalize() {
            folder = real;
        }
    }
    folder
}

/// The way from one folder to another, both resolved.
pub(super) fn between(from: &Path, to: &Path) -> PathBuf {
    let steps = from.components().zip(to.components());
    let shared = steps.take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.components().skip(shared)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_beside_ours_is_found_however_it_is_written() {
        let laurel = Path::new("/no-such/brand/laurel");
        for (at, folder, way) in [
            ("../x", "/no-such/brand/x", "../laurel"),
            ("../../x", "/no-such/x", "../brand/laurel"),
            ("./x/../../x/y", "/no-such/brand/x/y", "../../laurel"),
            ("/no-such/x", "/no-such/x", "../brand/laurel"),
            ("x", "/no-such/brand/laurel/x", ".."),
        ] {
            let found = resolved(laurel, Path::new(at));
            assert_eq!(found, Path::new(folder), "{at}");
            assert_eq!(between(&found, laurel), Path::new(way), "{at}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_before_it_is_left() {
        let place = tempfile::tempdir().expect("a folder");
        let place = place.path().canonicalize().expect("its path");
        std::fs::create_dir_all(place.join("far/away")).expect("folders");
        std::os::unix::fs::symlink(place.join("far/away"), place.join("link")).expect("a link");
        assert_eq!(
            resolved(&place, Path::new("link/../x")),
            place.join("far/x")
        );
    }
}
