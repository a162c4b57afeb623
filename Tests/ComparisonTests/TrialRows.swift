import Comparison
import Records

/// One trial with owned texts, for tests that make their rows by hand.
struct Trial {
  var item: String
  var score: Double?
  var arm = "base"
  var suite: String?
  var repetition: String?
  var judgeRepeat: String?
  var cluster: String?
  var slices: [String?] = []
  var configuration: String?
  var suiteVersion: String?
}

extension TrialTable {
  convenience init(
    _ trials: [Trial], sliceNames: [String] = [], repeatsByOrder: Bool = false, spillLimit: Int = 2_000_000
  ) throws {
    self.init(sliceNames: sliceNames, repeatsByOrder: repeatsByOrder, spillLimit: spillLimit)
    for trial in trials { try add(trial) }
  }

  func add(_ trial: Trial) throws {
    var bytes: [UInt8] = []
    func place(_ text: String?) -> Range<Int>? {
      guard let text else { return nil }
      let start = bytes.count
      bytes.append(contentsOf: text.utf8)
      return start..<bytes.count
    }
    let item = place(trial.item)
    let fields = [
      place(trial.suite), place(trial.arm), place(trial.repetition), place(trial.judgeRepeat), place(trial.cluster),
      place(trial.configuration), place(trial.suiteVersion),
    ]
    let slices = trial.slices.map(place)
    try bytes.withUnsafeBytes { buffer in
      func text(_ range: Range<Int>?) -> BorrowedText? {
        range.map { BorrowedText(UnsafeRawBufferPointer(rebasing: buffer[$0])) }
      }
      var row = TrialRow(item: text(item) ?? BorrowedText(UnsafeRawBufferPointer(rebasing: buffer[0..<0])))
      row.suite = text(fields[0])
      row.variant = text(fields[1])
      row.repetition = text(fields[2])
      row.judgeRepeat = text(fields[3])
      row.cluster = text(fields[4])
      row.configuration = text(fields[5])
      row.suiteVersion = text(fields[6])
      row.slices = slices.map(text)
      row.score = trial.score
      try add(row, source: 0, sourceName: "source")
    }
  }

  /// Paired binary data with these counts, items named by cell.
  convenience init(both: Int, baseOnly: Int, candidateOnly: Int, neither: Int) throws {
    var trials: [Trial] = []
    for (name, count, a, b) in [
      ("both", both, 1.0, 1.0), ("base", baseOnly, 1, 0), ("candidate", candidateOnly, 0, 1),
      ("neither", neither, 0, 0),
    ] {
      for index in 0..<count {
        trials.append(Trial(item: "\(name)-\(index)", score: a, arm: "base"))
        trials.append(Trial(item: "\(name)-\(index)", score: b, arm: "candidate"))
      }
    }
    try self.init(trials)
  }
}
