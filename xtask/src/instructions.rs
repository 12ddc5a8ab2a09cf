//! `cargo xtask instructions`: what reading a body costs, in instructions, which are the same on a busy machine and on
//! an idle one. Beside it stands `serde_json` reading the same body as a `Value`; and bodies that double in size show
//! that the costs do no more.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use xshell::{Shell, cmd};

use crate::packages;

/// What the whole of reading may cost, as a multiple of what the yardstick does.
const MOST: f64 = 1.5;
/// How much more a byte may cost in a body of twice the size: sorting keys is not quite linear.
const GROWTH: f64 = 1.1;
/// How often a body is doubled.
const DOUBLINGS: u32 = 3;

pub(crate) fn run(sh: &Shell) -> anyhow::Result<()> {
    if !packages::in_path(sh, "valgrind") {
        packages::install(sh, "Valgrind", &["valgrind"])?;
    }
    cmd!(
        sh,
        "cargo build --locked --release --package laurel-payloads --example again"
    )
    .run()?;
    let folder = tempfile::tempdir()?;
    let counter = Counter {
        sh,
        program: crate::target(sh)?.join("release/examples/again"),
        body: folder.path().join("body.json"),
    };
    beside_the_yardstick(&counter)?;
    doubling(&counter)
}

fn beside_the_yardstick(counter: &Counter<'_>) -> anyhow::Result<()> {
    println!(
        "{:<24} {:>8} {:>10} {:>10} {:>10} {:>10}  read/value",
        "body", "bytes", "scan", "canonical", "read", "value"
    );
    let fixture = |name: &str| {
        counter
            .sh
            .read_file(Path::new("crates/payloads/fixtures/masivo").join(name))
    };
    let bodies = [
        ("a change of tier", fixture("04_tier_upgrade.json")?),
        ("an accumulation", fixture("02_customer_accumulation.json")?),
        ("one of 80 lines", lines(80)),
    ];
    for (title, body) in bodies {
        counter.sh.write_file(&counter.body, &body)?;
        let count = |how| counter.count(how, 20);
        let [scan, canonical, read, value] = [
            count("scan")?,
            count("canonical")?,
            count("read")?,
            count("value")?,
        ];
        let ratio = read / value;
        println!(
            "{title:<24} {:>8} {scan:>10.0} {canonical:>10.0} {read:>10.0} {value:>10.0}  {ratio:.2}",
            body.len()
        );
        if ratio > MOST {
            bail!(
                "{title}: reading costs {ratio:.2} times what the yardstick does, more than {MOST}"
            );
        }
    }
    Ok(())
}

/// A body of this many times a size.
type Shape = fn(usize) -> String;

fn doubling(counter: &Counter<'_>) -> anyhow::Result<()> {
    println!("\ninstructions a byte, of bodies that double in size up to about a megabyte");
    let shapes: [(&str, Shape); 5] = [
        ("B11 nested 125 deep", |times| {
            unknown(&format!("\"x\":[{}0]", deep().repeat(450 * times)))
        }),
        ("B15 unknown keys", |times| unknown(&keys(12_500 * times))),
        ("B16 one long string", |times| {
            unknown(&format!("\"x\":\"{}\"", "y".repeat(125_000 * times)))
        }),
        ("one long number", |times| {
            unknown(&format!("\"x\":{}", "7".repeat(125_000 * times)))
        }),
        ("many lines", |times| lines(450 * times)),
    ];
    for (title, shape) in shapes {
        let mut costs = Vec::new();
        for doubling in 0..=DOUBLINGS {
            let body = shape(2_usize.pow(doubling));
            counter.sh.write_file(&counter.body, &body)?;
            costs.push(counter.count("read", 1)? / f64::from(u32::try_from(body.len())?));
        }
        let shown: Vec<_> = costs.iter().map(|cost| format!("{cost:>7.1}")).collect();
        println!("{title:<24} {}", shown.join(" "));
        if costs.windows(2).any(|pair| pair[1] > pair[0] * GROWTH) {
            bail!("{title}: reading costs more than in proportion to the body");
        }
    }
    Ok(())
}

struct Counter<'a> {
    sh: &'a Shell,
    program: PathBuf,
    body: PathBuf,
}

impl Counter<'_> {
    /// Instructions for one more time, so that starting the program does not count.
    fn count(&self, how: &str, times: u32) -> anyhow::Result<f64> {
        let once = self.collected(how, times)?;
        let twice = self.collected(how, times * 2)?;
        Ok((twice - once) / f64::from(times))
    }

    fn collected(&self, how: &str, times: u32) -> anyhow::Result<f64> {
        let Self { sh, program, body } = self;
        let times = times.to_string();
        let valgrind = cmd!(
            sh,
            "valgrind --tool=callgrind --callgrind-out-file=/dev/null {program} {how} {body} {times}"
        );
        let told = valgrind.quiet().read_stderr()?;
        let count = told
            .lines()
            .find_map(|line| line.split_once("Collected : "));
        let (_, count) = count.context("valgrind does not say what it collected")?;
        Ok(count.trim().parse()?)
    }
}

fn unknown(rest: &str) -> String {
    format!(r#"{{"event":"COUPON_REDEMPTION","data":{{"customer_id":"ana-0042",{rest}}}}}"#)
}

fn keys(number: usize) -> String {
    let keys: Vec<_> = (0..number).map(|key| format!("\"k{key}\":1")).collect();
    keys.join(",")
}

fn deep() -> String {
    format!("{}{},", "[".repeat(125), "]".repeat(125))
}

/// An accumulation of so many lines, of the size that Masivo's have.
fn lines(number: usize) -> String {
    let line = |number: usize| {
        format!(
            r#"{{"amount":{number}.6,"reward_id":"8f26a2be-f922-4693-a273-9d7ab317024c","campaign_id":"c0a1f7de-2b8f-4c7c-8d39-6b1a1b6a0d01","brand_id":"cafe-central","issued_at":"2026-01-06T15:10:02.331Z","expiration_date":"2027-01-06T00:00:00.000Z"}}"#
        )
    };
    let lines: Vec<_> = (0..number).map(line).collect();
    let (before, after) = (
        r#"{"event":"CUSTOMER_ACCUMULATION","data":{"customer_id":"ana-0042","lines":["#,
        "]}}",
    );
    format!("{before}{}{after}", lines.join(","))
}
