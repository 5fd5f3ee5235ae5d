// Frames over a buffered TCP connection, by hand, with nothing but the standard library.
//
//	framing recv N                       prints {"port":…}, then one report, and exits
//	framing send N PORT WARM_MS RUN_MS   prints one report, and exits
//
// Like the other peers of this bench it makes two connections and measures the second.
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"log"
	"net"
	"os"
	"strconv"
	"syscall"
	"time"
)

const (
	dataKind   = 0x20
	chunkBytes = 256 * 1024
)

type stopwatch struct {
	start        time.Time
	user, system int64
}

func cpuUs() (user, system int64) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return usage.Utime.Nano() / 1000, usage.Stime.Nano() / 1000
}

func startWatch() *stopwatch {
	user, system := cpuUs()
	return &stopwatch{time.Now(), user, system}
}

func (w *stopwatch) report(frames int, sum string) {
	seconds := time.Since(w.start).Seconds()
	user, system := cpuUs()
	fmt.Printf(`{"frames":%d,"sum":%s,"seconds":%f,"userUs":%d,"systemUs":%d}`+"\n",
		frames, sum, seconds, user-w.user, system-w.system)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// receive reads frames until the connection ends.
func receive(conn net.Conn, n int) (*stopwatch, int, int32) {
	size := 64 * 1024
	if n >= size {
		size = 2 * n
	}
	reader := bufio.NewReaderSize(conn, size)
	var watch *stopwatch
	frames, sum := 0, int32(0)
	for {
		head, err := reader.Peek(4)
		if err != nil {
			return watch, frames, sum
		}
		if watch == nil {
			watch = startWatch()
		}
		length := 4 + int(binary.BigEndian.Uint32(head))
		frame, err := reader.Peek(length)
		check(err)
		if frame[4] == dataKind {
			sum += int32(binary.BigEndian.Uint32(frame[5:]))
		}
		frames++
		_, err = reader.Discard(length)
		check(err)
	}
}

// send writes frames until the time is over, and returns how many.
func send(port string, n int, runMs int) int {
	conn, err := net.Dial("tcp", "127.0.0.1:"+port)
	check(err)
	writer := bufio.NewWriterSize(conn, chunkBytes)
	frame := make([]byte, 4+n)
	binary.BigEndian.PutUint32(frame, uint32(n))
	frame[4] = dataKind
	until := time.Now().Add(time.Duration(runMs) * time.Millisecond)
	perTurn := chunkBytes/len(frame) + 1
	sequence := 0
	for time.Now().Before(until) {
		for end := sequence + perTurn; sequence < end; sequence++ {
			binary.BigEndian.PutUint32(frame[5:], uint32(sequence))
			_, err := writer.Write(frame)
			check(err)
		}
	}
	check(writer.Flush())
	check(conn.(*net.TCPConn).CloseWrite())
	_, _ = conn.Read(make([]byte, 64))
	return sequence
}

func main() {
	n, err := strconv.Atoi(os.Args[2])
	check(err)
	if os.Args[1] == "recv" {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		check(err)
		fmt.Printf(`{"port":%d}`+"\n", listener.Addr().(*net.TCPAddr).Port)
		for i := 0; i < 2; i++ {
			conn, err := listener.Accept()
			check(err)
			watch, frames, sum := receive(conn, n)
			if i == 1 {
				watch.report(frames, strconv.Itoa(int(sum)))
			}
			check(conn.Close())
		}
		return
	}
	warmMs, err := strconv.Atoi(os.Args[4])
	check(err)
	runMs, err := strconv.Atoi(os.Args[5])
	check(err)
	send(os.Args[3], n, warmMs)
	watch := startWatch()
	watch.report(send(os.Args[3], n, runMs), "null")
}
