// One measurement of the tokenizer, once, as one line of JSON: the runner repeats it and interleaves its peers.
//
// usage: bench-tokens METHOD VOCABULARY FILE [ENCODING]
//
// METHOD: load   reading the vocabulary
//         encode ids of the file, by a new tokenizer's first call
//         cold   counting, by a counter that has seen nothing
//         warm   counting again, by the same counter
//         ids    no measurement: the ids as little-endian 32-bit numbers on standard output

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif
import Tokenization

/// All bytes of a file; nil when it cannot be read.
func contents(_ path: String) -> [UInt8]? {
  guard let file = fopen(path, "rb") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 20)
  while true {
    let count = fread(&chunk, 1, chunk.count, file)
    if count == 0 { return bytes }
    bytes += chunk[..<count]
  }
}

/// Seconds that a computation takes, with what it found, so that nothing is optimised away.
func timed<Result>(_ body: () throws -> Result) rethrows -> (seconds: Double, result: Result) {
  let start = ContinuousClock.now
  let result = try body()
  let duration = ContinuousClock.now - start
  return (Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18, result)
}

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count >= 3, let vocabulary = contents(arguments[1]), let text = contents(arguments[2]) else {
  print("usage: bench-tokens load|encode|cold|warm|ids VOCABULARY FILE [ENCODING]")
  exit(64)
}
let encoding = arguments.count > 3 ? RankEncoding(name: arguments[3]) : nil
let (loading, tokenizer) = try timed {
  try Tokenizer(reading: vocabulary, file: arguments[1], encoding: encoding)
}
// Tables that are made once a process are not what is measured.
_ = tokenizer.count("warm up")

switch arguments[0] {
case "load":
  print(#"{"seconds": \#(loading)}"#)
case "encode":
  let (seconds, ids) = timed { tokenizer.encode(text) }
  print(#"{"seconds": \#(seconds), "tokens": \#(ids.count)}"#)
case "cold", "warm":
  var counter = TokenCounter(tokenizer)
  if arguments[0] == "warm" { _ = counter.count(text) }
  let start = ContinuousClock.now
  let count = counter.count(text)
  let duration = ContinuousClock.now - start
  let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  print(#"{"seconds": \#(seconds), "tokens": \#(count)}"#)
case "ids":
  let ids = tokenizer.encode(text).map(\.littleEndian)
  ids.withUnsafeBytes { bytes in
    var written = 0
    while let base = bytes.baseAddress, written < bytes.count {
      let count = write(1, base + written, bytes.count - written)
      if count <= 0 { exit(74) }
      written += count
    }
  }
default:
  exit(64)
}
