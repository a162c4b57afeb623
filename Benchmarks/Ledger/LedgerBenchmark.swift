import Glibc
import Records
import Store
import StorePostgres

/// One ledger of one size, from its first row to its verification.
struct LedgerBenchmark {
  let rows: Int
  /// A schema of a server, which holds nothing yet; nil for a temporary file.
  var address: PostgresAddress?

  func run() async throws {
    let folder = try BenchmarkFolder()
    let trials = SyntheticTrials(count: rows)
    let ledger = try await Ledger(engine: folder.engine(address)) { Instant(nanoseconds: 1_764_000_000_000_000_000) }
    print("\(rows) trials, \(address == nil ? "SQLite" : "PostgreSQL, whose processor time is not counted")")
    let first = try await measure("append") {
      try await ledger.append(source: "bench") { appender in
        try trials.forEach { try appender.append($0) }
      }
    }
    let wal = folder.size.log
    let again = try await measure("append the same again") {
      try await ledger.append(source: "bench") { appender in
        try trials.forEach { try appender.append($0) }
      }
    }
    let sum = try await measure("read as rows (forEachTrial)") {
      try await ledger.read { snapshot in
        var sum = 0.0
        try snapshot.forEachTrial(of: snapshot.trialSeries(), slices: ["intent"]) { row, _ in sum += row.score ?? 0 }
        return sum
      }
    }
    let count = try await measure("read as records (forEachTrialRecord)") {
      try await ledger.read { snapshot in
        var count = 0
        try snapshot.forEachTrialRecord(of: snapshot.trialSeries()) { _, _ in count += 1 }
        return count
      }
    }
    let verification = try await measure("verify") { try await ledger.verify() }
    let correction = try await measure("append corrections of every tenth") {
      try await ledger.append(source: "bench") { appender in
        try trials.forEach(every: 10) { trial in
          var trial = trial
          trial.passed?.toggle()
          try appender.append(trial)
        }
      }
    }
    try ledger.close()
    print(
      "  stored \(first.total.stored), duplicates \(again.total.duplicates), replaced \(correction.total.superseding), "
        + "read \(count), score \(Int(sum)), \(verification.isSound ? "sound" : "NOT SOUND: \(verification.problems)")")
    guard address == nil else { return }
    print("  \(folder.size.database / rows) B a row on disk, write-ahead log up to \(wal / max(rows, 1)) B a row")
  }

  private func measure<Result>(_ name: String, _ body: () async throws -> Result) async throws -> Result {
    Kernel.startPeak()
    let start = ContinuousClock.now
    let before = Kernel.processorSeconds
    let result = try await body()
    let busy = Kernel.processorSeconds - before
    let elapsed = ContinuousClock.now - start
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    let speed = seconds > 0 ? Int(Double(rows) / seconds) : 0
    print(
      "  \(name): \(Int(seconds * 1000)) ms (\(Int(busy * 1000)) ms of processor), \(speed) rows/s, peak \(Kernel.peakMegabytes) MB"
    )
    return result
  }
}

/// What the kernel says about this process.
enum Kernel {
  /// Tells people how far a long run is.
  static func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  /// User and system time so far.
  static var processorSeconds: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// Forgets the peak so far.
  static func startPeak() {
    guard let file = fopen("/proc/self/clear_refs", "w") else { return }
    fputs("5", file)
    fclose(file)
  }

  static var peakMegabytes: Int {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard text.hasPrefix("VmHWM:") else { continue }
      return (Int(text.filter(\.isNumber)) ?? 0) / 1024
    }
    return 0
  }
}
