//! The file channel: one `.eml` a message, and nothing else.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use laurel_notify::{FileChannel, Sender};
use laurel_testkit::{FIXTURES, TestDatabase, both_databases};

use crate::house::{House, settings};

both_databases![the_folder_holds_one_file_for_each_mail];

async fn the_folder_holds_one_file_for_each_mail(database: TestDatabase) {
    let house = House::new(database, Duration::ZERO).await;
    let story: Vec<_> = FIXTURES.iter().map(|(_, body)| body.to_vec()).collect();
    house.receive(&story).await;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("not/yet/there");
    let channel = Arc::new(FileChannel::new(&folder).unwrap());
    Sender::new(house.database.store.clone(), channel, settings())
        .unwrap()
        .drain()
        .await
        .unwrap();
    let files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files.len(), 4);
    for file in files {
        let raw = fs::read_to_string(&file).unwrap();
        let id = file.file_stem().unwrap().to_str().unwrap();
        assert_eq!(file.extension().unwrap(), "eml");
        assert!(
            raw.contains(&format!("X-Laurel-Message: {id}\r\n")),
            "{raw}"
        );
    }
}
