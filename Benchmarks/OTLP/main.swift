// Measures reading OTLP: spans/s and MB/s of decoding alone and of decoding with mapping, on one thread, the best of several
// rounds.
//
// usage: bench-otlp [FILE.pb | FILE.json]…    (without files: 100 synthetic chat spans of about 2.4 KB, in both encodings)
//        bench-otlp load PORT BATCHES CONNECTIONS FIRST [HEADER]…    sends exports of 100 spans to a server (see Load)

import Glibc
import Intake
import Records

/// Sees to it that nothing is optimised away.
struct SummingSink: OTLPSink {
  var sum = 0

  mutating func receive(_ record: SpanRecord, content: SpanContent) {
    sum &+= record.spanID.utf8.count &+ (record.attributes?.utf8.count ?? 0) &+ (content.input?.json.utf8.count ?? 0)
  }

  mutating func receive(_ record: AnnotationRecord) { sum &+= record.name.utf8.count }
}

func best(_ rounds: Int, _ body: () throws -> Int) rethrows -> (seconds: Double, result: Int) {
  var best = Double.infinity
  var result = 0
  for _ in 0..<rounds {
    let start = ContinuousClock.now
    result = try body()
    let elapsed = (ContinuousClock.now - start).components
    best = min(best, Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
  }
  return (best, result)
}

func measure(_ name: String, _ body: [UInt8], _ encoding: OTLPEncoding) throws {
  try body.withUnsafeBytes { bytes in
    var receiver = OTLPReceiver(limits: .file)
    let spans = try receiver.decode(bytes, encoding).spans
    let turns = max(1, 20_000 / max(spans, 1))
    let decoding = try best(7) {
      var values = 0
      for _ in 0..<turns { values &+= try receiver.decode(bytes, encoding).values }
      return values
    }
    let mapping = try best(7) {
      var sink = SummingSink()
      for _ in 0..<turns { _ = try receiver.read(bytes, .traces, encoding, into: &sink) }
      return sink.sum
    }
    let (count, size) = (Double(spans * turns), Double(body.count * turns))
    print("\(name): \(spans) spans, \(body.count / max(spans, 1)) B a span")
    for (what, seconds) in [("decode", decoding.seconds), ("decode and map", mapping.seconds)] {
      print("  \(what): \(Int(count / seconds)) spans/s, \(Int(size / seconds / 1e6)) MB/s")
    }
  }
}

let paths = CommandLine.arguments.dropFirst()
if paths.first == "load" {
  let numbers = paths.dropFirst().prefix(4).compactMap { Int($0) }
  guard numbers.count == 4, let port = UInt16(exactly: numbers[0]) else { fatalError("see the top of main.swift") }
  try Load(
    port: port, path: "/v1/traces", headers: Array(paths.dropFirst(5)), connections: numbers[2], batches: numbers[1],
    spans: 100, first: numbers[3]
  ).run()
  exit(0)
}
for path in paths {
  let source = try ByteSource(path: path)
  try measure(path, Array(source.bytes), path.hasSuffix(".json") ? .json : .protobuf)
}
if paths.isEmpty {
  let batch = SyntheticBatch(spans: 100)
  try measure("protobuf", batch.protobuf, .protobuf)
  try measure("JSON", batch.json, .json)
}
