import Comparison
import Records

/// Passes rows on and says how many there were, once reading takes longer than a second.
struct ProgressSink: TrialSink {
  private var collector: SourceCollector
  private let name: String
  private let start = ContinuousClock.now
  private var rows = 0
  private var hasSpoken = false

  init(_ collector: SourceCollector, name: String) {
    self.collector = collector
    self.name = name
  }

  mutating func begin(file: String) {
    collector.begin(file: TrialInput.armName(file, within: name))
  }

  mutating func receive(_ row: borrowing TrialRow) throws {
    try collector.receive(row)
    rows += 1
    if rows & 0xFFFF == 0 { report() }
  }

  private mutating func report() {
    guard Terminal.showsProgress, ContinuousClock.now - start > .seconds(1) else { return }
    Terminal.put("\r\(name): \(rows) rows", to: 2)
    hasSpoken = true
  }

  mutating func finish() {
    if hasSpoken { Terminal.put("\r\u{1B}[K", to: 2) }
  }
}
