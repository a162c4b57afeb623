import SeededRandom
import Testing

@testable import Gateway

/// Frames of server-sent events, wherever the network cut them.
struct EventScannerTests {
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// All frames and the rest of a stream that comes in pieces of these lengths.
  private func scan(
    _ stream: [UInt8], pieces: [Int], limit: Int = EventScanner.frameLimit
  ) -> (frames: [EventScanner.Frame], rest: [UInt8]) {
    var scanner = EventScanner(frameLimit: limit)
    var (frames, place): ([EventScanner.Frame], Int) = ([], 0)
    for length in pieces {
      let end = min(place + length, stream.count)
      frames += scanner.append(Array(stream[place..<end]))
      place = end
    }
    frames += scanner.append(Array(stream[place...]))
    return (frames, scanner.rest())
  }

  private func said(_ frames: [EventScanner.Frame]) -> [String] {
    frames.filter { $0.data != nil || $0.event != nil }.map {
      "\($0.event ?? "-")|\($0.data.map { String(decoding: $0, as: UTF8.self) } ?? "-")"
    }
  }

  /// The same events with each kind of line end, and mixed.
  private static let streams: [(name: String, text: String, said: [String])] = {
    let lines = [
      ": a comment", "", "event: message_start", "data: {\"a\":1}", "", "data:no space", "data:  two", "data", "id: 7",
      "",
      "data: ü€😀", "retry: 3", "", "", "event: done", "", "data: [DONE]", "",
    ]
    let said = ["message_start|{\"a\":1}", "-|no space\n two\n", "-|ü€😀", "done|-", "-|[DONE]"]
    let ends = ["LF": ["\n"], "CRLF": ["\r\n"], "CR": ["\r"], "mixed": ["\r\n", "\n", "\r"]]
    return ends.sorted { $0.key < $1.key }.map { name, ends in
      // In an order in which no CR stands before an LF of another line.
      (name, lines.enumerated().map { $1 + ends[$0 % ends.count] }.joined(), said)
    }
  }()

  @Test func everySplitIntoTwo() {
    for (name, text, expected) in EventScannerTests.streams {
      let stream = bytes(text)
      for cut in 0...stream.count {
        let (frames, rest) = scan(stream, pieces: [cut])
        #expect(frames.flatMap(\.bytes) + rest == stream, "\(name) at \(cut)")
        #expect(said(frames) == expected, "\(name) at \(cut)")
      }
    }
  }

  @Test func everyByteAlone() {
    for (name, text, expected) in EventScannerTests.streams {
      let stream = bytes(text)
      let (frames, rest) = scan(stream, pieces: Array(repeating: 1, count: stream.count))
      #expect(frames.flatMap(\.bytes) + rest == stream, "\(name)")
      #expect(said(frames) == expected, "\(name)")
    }
  }

  @Test func anySplitsOfAnything() {
    for seed in UInt64(0)..<400 {
      var random = SplitMix(seed: seed)
      let alphabet = Array("a:d\r\n\r\n ".utf8) + bytes("data: x\n\n")
      let stream = (0..<random.below(200)).map { _ in random.one(of: alphabet) }
      let whole = scan(stream, pieces: [])
      let split = scan(stream, pieces: (0..<60).map { _ in random.below(9) })
      #expect(split.frames.flatMap(\.bytes) + split.rest == stream, "seed \(seed)")
      #expect(said(split.frames) == said(whole.frames), "seed \(seed)")
    }
  }

  /// A frame is there with the byte that ends it, and no later.
  @Test func noFrameWaits() {
    for (end, last) in [("\n", "\n"), ("\r\n", "\r"), ("\r", "\r")] {
      var scanner = EventScanner()
      #expect(scanner.append(bytes("data: x" + end)) == [])
      #expect(!scanner.isBetweenFrames)
      let frames = scanner.append(bytes(last))
      #expect(said(frames) == ["-|x"], "\(bytes(end))")
      #expect(scanner.isBetweenFrames)
    }
    // The line feed that belongs to the end comes later, and begins nothing.
    var scanner = EventScanner()
    #expect(said(scanner.append(bytes("data: x\r\n\r"))) == ["-|x"])
    #expect(scanner.append(bytes("\n")) == [] && scanner.isBetweenFrames)
    #expect(said(scanner.append(bytes("data: y\r\n\r\n"))) == ["-|y"])
  }

  @Test func aByteOrderMarkIsNoPartOfAName() {
    let stream = [0xEF, 0xBB, 0xBF] + bytes("data: x\n\ndata: y\n\n")
    #expect(said(scan(stream, pieces: [1, 1, 1, 1]).frames) == ["-|x", "-|y"])
  }

  /// Too large a frame goes by in pieces that nobody keeps, and the next one is read again. From both sides of the limit: without
  /// the line feed that ends it, the longest frame that is kept has 100 bytes.
  @Test func oversizedFramesAreBounded() {
    for (length, isRead) in [(93, true), (94, false), (5_000, false)] {
      let text = "data: \(String(repeating: "x", count: length))\n\n"
      let stream = bytes(text + "data: next\n\n")
      for size in [1, 7, 64] {
        let pieces = Array(repeating: size, count: stream.count / size + 1)
        let (frames, rest) = scan(stream, pieces: pieces, limit: 100)
        #expect(frames.flatMap(\.bytes) + rest == stream)
        #expect(said(frames).contains("-|next"))
        // What comes at once is read at once: only what must be kept is bounded.
        if size == 1 { #expect(said(frames).count == (isRead ? 2 : 1), "\(length)") }
        #expect(frames.allSatisfy { $0.bytes.count <= 100 + size })
      }
    }
  }
}
