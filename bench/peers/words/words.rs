//! What a plain program in Rust does: the words of a file in memory, counted in a `HashMap`.
//!
//! ```text
//!   words FILE PASSES     prints {"megabytesPerSecond":[…],"words":…,"tokens":…}
//! ```
use std::collections::HashMap;
use std::time::Instant;

fn is_space(byte: &u8) -> bool {
    matches!(byte, 9..=13 | 32)
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let bytes = std::fs::read(&arguments[1]).expect("a file");
    let passes: usize = arguments[2].parse().expect("how many passes");
    let mut rates = Vec::new();
    let (mut words, mut tokens) = (0, 0);
    for _ in 0..passes {
        let start = Instant::now();
        let mut counts: HashMap<&[u8], u64> = HashMap::new();
        for word in bytes.split(is_space) {
            if !word.is_empty() {
                *counts.entry(word).or_insert(0) += 1;
            }
        }
        let seconds = start.elapsed().as_secs_f64();
        rates.push(format!("{}", bytes.len() as f64 / 1e6 / seconds));
        words = counts.len();
        tokens = counts.values().sum::<u64>();
    }
    println!(
        "{{\"megabytesPerSecond\":[{}],\"words\":{words},\"tokens\":{tokens}}}",
        rates.join(",")
    );
}
