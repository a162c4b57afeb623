import SeededRandom
import Glibc
import Intake
import Records

/// Feeds mutated inputs to one reader, in this process, until a number is reached or the reader fails.
///
///     fuzz-intake --reader json-lines --inputs 1000000 --seed 1
///
/// A crash, an input that takes longer than ten seconds, or memory beyond the limit ends the process and leaves the input in
/// `fuzz-READER-SEED.input`; `--replay FILE` reads such an input once.
@main
struct FuzzIntake {
  private var reader = "json-lines"
  private var inputs = 1_000_000
  private var seed: UInt64 = 1
  private var corpus = "Benchmarks/Fuzz/Corpus"
  private var replay: String?

  static func main() {
    do {
      let run = try FuzzIntake(CommandLine.arguments)
      try run.run()
    } catch {
      Guardian.complain("fuzz-intake: \(error)")
      exit(64)
    }
  }

  private struct Usage: Error, CustomStringConvertible {
    let description: String
  }

  private init(_ arguments: [String]) throws {
    var rest = arguments.dropFirst()
    while let option = rest.popFirst() {
      guard let value = rest.popFirst() else { throw Usage(description: "\(option) needs a value") }
      switch option {
      case "--reader": reader = value
      case "--inputs": inputs = Int(value) ?? inputs
      case "--seed": seed = UInt64(value) ?? seed
      case "--corpus": corpus = value
      case "--replay": replay = value
      default: throw Usage(description: "unknown option \(option)")
      }
    }
  }

  private func run() throws {
    // `detected` leaves the format open, as a user does.
    let format = FileFormat(rawValue: reader)
    guard format != nil || reader == "detected" else {
      throw Usage(description: "readers: detected, \(FileFormat.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    if let replay {
      var trial = Trial(format: format)
      print(trial.read(try Self.bytes(of: replay), Trial.options(0, format)))
      return
    }
    let seeds = try load(format)
    Guardian.start(saving: "fuzz-\(reader)-\(seed).input", memory: 3 << 30)
    var random = SplitMix(seed: seed)
    let mutator = Mutator(corpus: seeds)
    let archives = format == .inspectArchive ? try ArchiveMutator(corpus: seeds) : nil
    var trial = Trial(format: format)
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<inputs {
      var input: [UInt8]
      if let archives, !random.once(in: 4) {
        input = archives.make(&random)
      } else {
        input = seeds[random.below(seeds.count)]
        mutator.mutate(&input, &random)
      }
      _ = trial.read(input, Trial.options(random.below(Trial.optionSets), format))
    }
    report(trial, seconds: (clock.now - start) / .seconds(1))
  }

  private func report(_ trial: Trial, seconds: Double) {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let rate = Int(Double(inputs) / seconds)
    print("\(reader): \(inputs) inputs, seed \(seed), \(rate)/s, peak \(usage.ru_maxrss / 1024) MiB")
    print("  accepted \(trial.accepted) (\(trial.rows) rows), refused \(inputs - trial.accepted)")
    for (kind, count) in trial.refused.sorted(by: { $0.value > $1.value }).prefix(12) { print("  \(count)  \(kind)") }
  }

  private func load(_ format: FileFormat?) throws -> [[UInt8]] {
    let folders = format.map { [$0.rawValue] } ?? FileFormat.allCases.map(\.rawValue)
    let files = try folders.flatMap { folder in try Self.files(in: "\(corpus)/\(folder)") }
    guard !files.isEmpty else { throw Usage(description: "no corpus in \(corpus)/\(folders[0])") }
    return try files.map(Self.bytes)
  }

  private static func files(in directory: String) throws -> [String] {
    guard let stream = opendir(directory) else { throw Usage(description: "no corpus in \(directory)") }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { names.append("\(directory)/\(name)") }
    }
    return names.sorted()
  }

  private static func bytes(of path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else { throw Usage(description: "\(path) cannot be opened") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return bytes
  }
}
