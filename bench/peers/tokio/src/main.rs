//! Frames through tokio-util's `LengthDelimitedCodec`, as its documentation uses it.
//!
//! ```text
//!   framing recv N                       prints {"port":…}, then one report, and exits
//!   framing send N PORT WARM_MS RUN_MS   prints one report, and exits
//! ```
//!
//! Like the other peers of this bench it makes two connections and measures the second.
use bytes::{BufMut, Bytes, BytesMut};
use futures_util::StreamExt;
use std::{env, error::Error, time::Duration, time::Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::codec::{Encoder, FramedRead, LengthDelimitedCodec};

type Outcome<T> = Result<T, Box<dyn Error>>;

const DATA_KIND: u8 = 0x20;
const CHUNK_BYTES: usize = 256 * 1024;

/// User and system time of this process in microseconds, in steps of a clock tick (10 ms).
fn cpu_us() -> (u64, u64) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<u64> = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|field| field.parse().unwrap_or(0))
        .collect();
    match ticks[..] {
        [user, system] => (user * 10_000, system * 10_000),
        _ => (0, 0),
    }
}

struct Stopwatch {
    start: Instant,
    cpu: (u64, u64),
}

impl Stopwatch {
    fn start() -> Self {
        Self {
            start: Instant::now(),
            cpu: cpu_us(),
        }
    }

    fn report(&self, frames: u64, sum: &str) {
        let seconds = self.start.elapsed().as_secs_f64();
        let (user, system) = cpu_us();
        println!(
            r#"{{"frames":{frames},"sum":{sum},"seconds":{seconds},"userUs":{},"systemUs":{}}}"#,
            user - self.cpu.0,
            system - self.cpu.1,
        );
    }
}

fn codec(n: usize) -> LengthDelimitedCodec {
    LengthDelimitedCodec::builder()
        .max_frame_length(n.max(1024 * 1024))
        .new_codec()
}

async fn receive(stream: TcpStream, n: usize, is_measured: bool) -> Outcome<()> {
    stream.set_nodelay(true)?;
    let mut frames = FramedRead::with_capacity(stream, codec(n), 64 * 1024);
    let mut watch = None;
    let (mut count, mut sum) = (0u64, 0i32);
    while let Some(frame) = frames.next().await {
        let frame = frame?;
        watch.get_or_insert_with(Stopwatch::start);
        if frame[0] == DATA_KIND {
            sum = sum.wrapping_add(i32::from_be_bytes(frame[1..5].try_into()?));
        }
        count += 1;
    }
    if let (true, Some(watch)) = (is_measured, watch) {
        watch.report(count, &sum.to_string());
    }
    Ok(())
}

async fn send(port: u16, n: usize, run: Duration) -> Outcome<u64> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let (mut reader, mut writer) = stream.into_split();
    // As `FramedWrite` does it with a boundary of this size, which older versions cannot be told.
    let mut codec = codec(n);
    let mut buffer = BytesMut::with_capacity(2 * CHUNK_BYTES);
    let mut payload = BytesMut::zeroed(n);
    payload[0] = DATA_KIND;
    let per_turn = (CHUNK_BYTES / (n + 4) + 1) as u64;
    let start = Instant::now();
    let mut sequence = 0u64;
    while start.elapsed() < run {
        for _ in 0..per_turn {
            let mut frame = BytesMut::with_capacity(n);
            frame.put_slice(&payload);
            frame[1..5].copy_from_slice(&(sequence as u32).to_be_bytes());
            codec.encode(Bytes::from(frame), &mut buffer)?;
            sequence += 1;
        }
        writer.write_all_buf(&mut buffer).await?;
    }
    writer.shutdown().await?;
    reader.read(&mut [0; 64]).await?;
    Ok(sequence)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let args: Vec<String> = env::args().collect();
    let n: usize = args[2].parse()?;
    if args[1] == "recv" {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        println!(r#"{{"port":{}}}"#, listener.local_addr()?.port());
        for is_measured in [false, true] {
            let (stream, _) = listener.accept().await?;
            receive(stream, n, is_measured).await?;
        }
        return Ok(());
    }
    let port: u16 = args[3].parse()?;
    send(port, n, Duration::from_millis(args[4].parse()?)).await?;
    let watch = Stopwatch::start();
    let frames = send(port, n, Duration::from_millis(args[5].parse()?)).await?;
    watch.report(frames, "null");
    Ok(())
}
