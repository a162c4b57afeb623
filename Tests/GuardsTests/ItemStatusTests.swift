import Guards
import Records
import Testing

@Suite struct ItemStatusTests {
  static let rules = ItemStatus.Rules(stall: .seconds(900), attemptsMax: 3, loopRepeat: 3, noProgressSteps: 10)

  static func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

  /// Two steps, both proved, claimed complete.
  static func done(_ change: (inout ItemEvidence) -> Void = { _ in }) -> ItemStatus {
    var evidence = ItemEvidence()
    evidence.declaredSteps = ["a", "b"]
    evidence.receipts = (["a", "b"] as [String]).map {
      ItemEvidence.Receipt(step: $0, key: "key \($0)", effect: "effect \($0)", readBack: .confirmed, at: at(10))
    }
    evidence.claim = .complete
    evidence.claimedAt = at(0)
    evidence.attempts = 1
    change(&evidence)
    return ItemStatus(evidence, rules: rules, asOf: at(1000))
  }

  @Test func doneIsVerifiedAndNothingElse() {
    let status = ItemStatusTests.done()
    #expect(status.isVerified && status.claimsComplete && status.classes.isEmpty && status.missing.isEmpty)
    #expect(!status.usesKeyPerCall && status.hasAttemptsLeft && status.idle == nil)
    let empty = ItemStatus(ItemEvidence(), rules: ItemStatusTests.rules, asOf: ItemStatusTests.at(0))
    #expect(!empty.isVerified && !empty.claimsComplete && empty.classes.isEmpty)
  }

  @Test func nothingDeclaredIsNothingProved() {
    let status = ItemStatusTests.done { $0.declaredSteps = [] }
    #expect(!status.isVerified && status.classes.isEmpty)
  }

  @Test func twoEffectsUnderOneKey() {
    let second = ItemEvidence.Receipt(
      step: "b", key: "key b", effect: "other", readBack: .confirmed, at: ItemStatusTests.at(11))
    let status = ItemStatusTests.done { $0.receipts.append(second) }
    #expect(status.classes == [.duplicate] && !status.isVerified)
    // The same effect again is a receipt sent twice.
    #expect(ItemStatusTests.done { $0.receipts.append($0.receipts[1]) }.isVerified)
    // A replaced receipt took effect all the same.
    let replaced = ItemStatusTests.done {
      $0.receipts.append(second)
      $0.receipts[1].isReplaced = true
    }
    #expect(replaced.classes == [.duplicate])
    // Under a key of its own it is another intent, unless its call shows that it is not.
    var own = second
    own.key = "per call"
    #expect(ItemStatusTests.done { $0.receipts.append(own) }.isVerified)
    let shown = ItemStatusTests.done {
      $0.receipts.append(own)
      $0.calls = ["key b", "per call"].map { .init(signature: "s", intent: "i", key: $0, at: ItemStatusTests.at(9)) }
    }
    #expect(shown.classes == [.duplicate] && shown.usesKeyPerCall)
  }

  @Test func aRefutedReceiptIsMadeGoodByALaterOne() {
    func refuted(_ change: (inout ItemEvidence) -> Void = { _ in }) -> ItemStatus {
      ItemStatusTests.done {
        $0.receipts[1].readBack = .refuted
        change(&$0)
      }
    }
    #expect(refuted().classes == [.falseSuccess, .partial] && refuted().missing == ["b"])
    func again(step: String = "b", output: String? = nil, at second: Int64 = 11) -> ItemEvidence.Receipt {
      .init(step: step, output: output, readBack: .confirmed, at: ItemStatusTests.at(second))
    }
    #expect(refuted { $0.receipts.append(again()) }.isVerified)
    #expect(refuted { $0.receipts.append(again(at: 10)) }.classes == [.falseSuccess])
    #expect(refuted { $0.receipts.append(again(output: "other")) }.classes == [.falseSuccess])
    #expect(refuted { $0.receipts.append(again(step: "a")) }.classes == [.falseSuccess, .partial])
    #expect(refuted { $0.receipts[1].isReplaced = true }.classes == [.partial])
    #expect(ItemStatusTests.done { $0.receipts[1].readBack = .none }.classes == [.partial])
  }

  @Test func outputChecksInTheirOrder() {
    let status = ItemStatusTests.done {
      $0.checks = ["grounding": false, "own": false, "schema": false, "coverage": true]
    }
    #expect(status.classes == [.semantic("schema"), .semantic("grounding"), .semantic("own")] && !status.isVerified)
    #expect(status.classes[0].name == "SEMANTIC(schema)" && status.classes[0].code == "SEMANTIC")
    #expect(ItemStatusTests.done { $0.checks = ["schema": true] }.isVerified)
  }

  @Test func equalCallsWithoutProgressAreALoop() {
    func calls(_ signatures: [String?], progress: [ItemEvidence.Progress] = []) -> Bool {
      ItemStatusTests.done {
        $0.calls = signatures.enumerated().map { .init(signature: $1, at: ItemStatusTests.at(Int64(100 + 10 * $0))) }
        $0.progress = progress
      }.classes == [.loop]
    }
    #expect(calls(["x", "x", "x"]) && !calls(["x", "x"]) && !calls(["x", "x", "y"]) && !calls(["x", nil, "x", nil]))
    #expect(calls(["x", "y", "x", "y", "x"]))
    let marks = [ItemEvidence.Progress("1", at: ItemStatusTests.at(115))]
    #expect(!calls(["x", "x", "x"], progress: marks))
    // A marker that is stated again is no progress.
    let again = [ItemEvidence.Progress("1", at: ItemStatusTests.at(50)), .init("1", at: ItemStatusTests.at(115))]
    #expect(calls(["x", "x", "x"], progress: again))
    #expect(calls((0..<10).map { "\($0)" }) && !calls((0..<9).map { "\($0)" }))
    #expect(calls([String?](repeating: nil, count: 10)) && !calls([String?](repeating: nil, count: 9)))
  }

  @Test func aReceiptIsProgress() {
    let status = ItemStatusTests.done {
      $0.calls = [5, 7, 11].map { .init(signature: "x", at: ItemStatusTests.at($0)) }
    }
    #expect(status.classes.isEmpty)
  }

  @Test func limitsFromBothSides() {
    func open(_ change: (inout ItemEvidence) -> Void) -> [ItemStatus.Class] {
      ItemStatusTests.done {
        $0.receipts = []
        $0.claim = .open
        change(&$0)
      }.classes
    }
    #expect(open { $0.claimedAt = ItemStatusTests.at(100) }.isEmpty)
    #expect(open { $0.claimedAt = ItemStatusTests.at(99) } == [.stalled])
    #expect(open { $0.progress = [.init("1", at: ItemStatusTests.at(100))] }.isEmpty)
    #expect(open { $0.claim = .none }.isEmpty)
    #expect(open { $0.claim = .failed } == [.exception])
    // A worker's word of failure counts no more than one of success: what is proved is done.
    #expect(ItemStatusTests.done { $0.claim = .failed }.classes.isEmpty)
    #expect(
      open {
        $0.claim = .cancelled; $0.deadline = ItemStatusTests.at(1)
      }.isEmpty)
    #expect(
      open {
        $0.claimedAt = ItemStatusTests.at(500); $0.deadline = ItemStatusTests.at(1000)
      }.isEmpty)
    #expect(
      open {
        $0.claimedAt = ItemStatusTests.at(500); $0.deadline = ItemStatusTests.at(999)
      } == [.timeout])
    // What was done in time stays so; what was done late does not.
    #expect(ItemStatusTests.done { $0.deadline = ItemStatusTests.at(10) }.classes.isEmpty)
    let late = ItemStatusTests.done { $0.deadline = ItemStatusTests.at(9) }
    #expect(late.classes == [.timeout] && late.isVerified)
    #expect(
      ItemStatusTests.done {
        $0.budget = 5; $0.cost = 5
      }.classes.isEmpty)
    #expect(
      ItemStatusTests.done {
        $0.budget = 5; $0.cost = 6
      }.classes == [.budget])
    #expect(ItemStatusTests.done { $0.attempts = 2 }.hasAttemptsLeft)
    #expect(!ItemStatusTests.done { $0.attempts = 3 }.hasAttemptsLeft)
  }
}
