import Glibc
import Records
import Store
import StorePostgres

/// Drives spans through the real write path (several writers, group commits, what was said beside them) and prints, as
/// Markdown, whether the ledger is as fast and as small at the end as it was at the beginning.
struct SpanScale {
  let spans: Int
  /// A schema of a server, which holds nothing yet; nil for a temporary file.
  let address: PostgresAddress?

  private static let traffic = SyntheticSpans()
  /// As `Snapshot.traffic` asks it.
  static let trafficQuestion =
    "SELECT day, feature, SUM(spans) FROM span_rollup WHERE seq <= 1000000 AND day > 20000 GROUP BY day, feature"

  func run() async throws {
    let folder = try BenchmarkFolder()
    let ledger = try await Ledger(engine: folder.engine(address)) { Instant(nanoseconds: 1_794_400_000_000_000_000) }
    print("## \(address == nil ? "SQLite" : "PostgreSQL"), \(spans) spans\n")
    print(
      "Four writers, 512 spans a delivery, each durable before the next; every fourth span with an input and an output.\n"
    )
    print("| spans | spans/s | processor of this process a span | memory | on disk a span |")
    print("|---|---|---|---|---|")
    var speeds: [Double] = []
    let step = max(spans / 10, 1)
    for part in 0..<10 {
      let before = Kernel.processorSeconds
      Kernel.startPeak()
      let start = ContinuousClock.now
      try await SpanScale.traffic.write(part * step / 4..<(part + 1) * step / 4, to: ledger)
      let seconds = (ContinuousClock.now - start).seconds
      speeds.append(Double(step) / seconds)
      let processor = (Kernel.processorSeconds - before) / Double(step) * 1e6
      let total = (part + 1) * step
      let bytes = try await bytes(of: ledger, folder)
      print(
        "| \(total) | \(Int(speeds[part])) | \(Int(processor)) µs | \(Kernel.peakMegabytes) MB | \(bytes / Int64(total)) B |"
      )
      // What was measured is not lost when something fails later.
      fflush(nil)
    }
    print("\nThe last tenth is written at \(Int(speeds[9] / speeds[0] * 100)) % of the speed of the first.\n")
    try await ask(ledger)
    try ledger.close()
  }

  private func bytes(of ledger: Ledger, _ folder: BenchmarkFolder) async throws -> Int64 {
    guard address != nil else { return Int64(folder.size.database + folder.size.log) }
    let sizes =
      "SELECT CAST(SUM(pg_total_relation_size(c.oid)) AS BIGINT) FROM pg_class c WHERE c.relnamespace = "
      + "(SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND c.relkind = 'r'"
    return try await ledger.read { snapshot in
      try snapshot.fetchUnhashed(
        Query(Statement(sizes, columns: [.integer])) { batch, row in batch.integer(0, row) ?? 0 }
      ).first ?? 0
    }
  }

  // MARK: Questions

  private func ask(_ ledger: Ledger) async throws {
    print("| question, asked twice | first | warm |")
    print("|---|---|---|")
    let trace = SpanScale.traffic.batch(traces: spans / 8..<spans / 8 + 1).records.compactMap { record -> String? in
      if case .span(let span) = record { span.traceID } else { nil }
    }[0]
    try await time("traffic of 30 days, by feature, topic and model", ledger) { snapshot in
      try snapshot.traffic(feature: nil, days: 30) { _ in }
    }
    try await time("one trace by its id", ledger) { _ = try $0.spans(ofTrace: trace) }
    try await time("the newest 50 errors of a feature", ledger) { snapshot in
      var question = PageQuestion(.span)
      question.matches = [("feature", "support"), ("status", "error")]
      question.limit = 50
      _ = try snapshot.newest(question)
    }
    print("\nHow the traffic of 30 days is found:\n")
    // A cursor, which is how rows of a server are read, cannot explain: whoever has a server asks it with psql.
    guard address == nil else { return }
    let lines = try await ledger.read { snapshot in
      try snapshot.fetchUnhashed(
        Query(
          Statement("EXPLAIN QUERY PLAN " + SpanScale.trafficQuestion, columns: [.integer, .integer, .integer, .text])
        ) { batch, row in batch.string(3, row) ?? "" })
    }
    for line in lines { print("    \(line)") }
    print("")
  }

  private func time(
    _ question: String, _ ledger: Ledger, _ body: @Sendable @escaping (Snapshot) throws -> Void
  ) async throws {
    var seconds: [Double] = []
    for _ in 0..<2 {
      let start = ContinuousClock.now
      try await ledger.read { try body($0) }
      seconds.append((ContinuousClock.now - start).seconds)
    }
    print("| \(question) | \(Int(seconds[0] * 1e3)) ms | \(Int(seconds[1] * 1e3)) ms |")
  }
}
