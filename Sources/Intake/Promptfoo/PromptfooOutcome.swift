import Records

/// What one result of promptfoo says: one output of one prompt and provider for one test.
struct PromptfooOutcome {
  /// `success`, or `pass` in a table.
  private(set) var passed: Bool?
  /// The share of the assertions' weight that was met.
  private(set) var score: Double?
  /// The named score that was asked for.
  private(set) var namedScore: Double?
  private(set) var cost: Double?
  private(set) var tokens: Double?
  /// Details for a ledger: the call's own tokens, its exact cost and how long it took.
  private(set) var inputTokens: Int64?
  private(set) var outputTokens: Int64?
  private(set) var costUnits: Int128?
  private(set) var latencyMilliseconds: Double?
  /// Whether the output was taken from the cache: it is no new draw.
  private(set) var isCached = false
  /// Stands for the output.
  private(set) var output = JSONDigest.none
  /// 0 none, 1 an assertion failed, 2 an error.
  private var failureReason: Double?
  private var hasError = false
  private var hasGrading = false
  private var hasGraderError = false

  init() {}

  /// Whether there is a verdict: neither the call nor the grading of its output went wrong.
  ///
  /// An assertion that failed is told in `error` too; results from before `failureReason` show by the absence of a
  /// grading which of the two it was.
  var isGraded: Bool {
    if hasGraderError { return false }
    if let failureReason { return failureReason != 2 }
    return hasGrading || !hasError && passed != false
  }

  /// Reads a member of a result if it is one of the outcome's; false leaves it unread.
  mutating func readMember(
    _ key: BorrowedText, _ reader: inout JSONReader, names: inout PromptfooMetrics
  ) throws -> Bool {
    if key.equals("success") || key.equals("pass") {
      if try reader.peek() == .boolean { passed = try reader.readBool() } else { try reader.skipValue() }
    } else if key.equals("score") {
      score = try reader.readNumberIfAny()
    } else if key.equals("namedScores") {
      namedScore = try names.read(&reader)
    } else if key.equals("failureReason") {
      failureReason = try reader.readNumberIfAny()
    } else if key.equals("error") {
      hasError = try reader.peek() != .null
      try reader.skipValue()
    } else if key.equals("gradingResult") {
      hasGrading = try reader.peek() == .object
      try readGrading(&reader)
    } else if key.equals("response") {
      try readResponse(&reader)
    } else if key.equals("cost") {
      try readCost(&reader, isPreferred: true)
    } else if key.equals("latencyMs") {
      if let value = try reader.readNumberIfAny(), value >= 0 { latencyMilliseconds = value }
    } else if key.equals("tokenUsage") {
      if let value = try readTokens(&reader) { tokens = tokens ?? value }
    } else if key.equals("text") {
      output = try JSONDigest(&reader)
    } else if key.equals("graderError") {
      try readGraderError(&reader)
    } else {
      return false
    }
    return true
  }

  private mutating func readResponse(_ reader: inout JSONReader) throws {
    guard try reader.enterObjectIfAny() else { return }
    while let key = try reader.nextKey() {
      if key.equals("output") {
        output = try JSONDigest(&reader)
      } else if key.equals("cached") {
        if try reader.peek() == .boolean { isCached = try reader.readBool() } else { try reader.skipValue() }
      } else if key.equals("tokenUsage") {
        // The call's own usage; the result's may include that of the graders.
        if let value = try readTokens(&reader) { tokens = value }
      } else if key.equals("cost") {
        try readCost(&reader, isPreferred: false)
      } else {
        try reader.skipValue()
      }
    }
  }

  /// Reads what the call cost; that of the result as a whole counts before that of its response.
  private mutating func readCost(_ reader: inout JSONReader, isPreferred: Bool) throws {
    guard try reader.peek() == .number else { return try reader.skipValue() }
    let number = try reader.readNumberToken()
    if let value = number.value, value.isInfinite { throw reader.tooLarge(number.text) }
    guard let value = number.value, isPreferred || cost == nil else { return }
    cost = value
    costUnits = MoneyText.units(number.text.bytes)
  }

  private mutating func readTokens(_ reader: inout JSONReader) throws -> Double? {
    var total: Double?
    guard try reader.enterObjectIfAny() else { return nil }
    while let key = try reader.nextKey() {
      if key.equals("total") {
        total = try reader.readNumberIfAny()
      } else if key.equals("prompt") {
        inputTokens = try readWhole(&reader) ?? inputTokens
      } else if key.equals("completion") {
        outputTokens = try readWhole(&reader) ?? outputTokens
      } else {
        try reader.skipValue()
      }
    }
    return total
  }

  private func readWhole(_ reader: inout JSONReader) throws -> Int64? {
    guard let value = try reader.readNumberIfAny(), value >= 0 else { return nil }
    return Int64(exactly: value)
  }

  /// Looks for the mark of a grader that failed, on the grading as a whole or on one assertion's.
  private mutating func readGrading(_ reader: inout JSONReader) throws {
    guard try reader.enterObjectIfAny() else { return }
    while let key = try reader.nextKey() {
      if key.equals("graderError") {
        try readGraderError(&reader)
      } else if key.equals("metadata") {
        try readMetadata(&reader)
      } else if key.equals("componentResults"), try reader.enterArrayIfAny() {
        while try reader.nextElement() { try readGrading(&reader) }
      } else if !key.equals("componentResults") {
        try reader.skipValue()
      }
    }
  }

  private mutating func readMetadata(_ reader: inout JSONReader) throws {
    guard try reader.enterObjectIfAny() else { return }
    while let key = try reader.nextKey() {
      if key.equals("graderError") { try readGraderError(&reader) } else { try reader.skipValue() }
    }
  }

  private mutating func readGraderError(_ reader: inout JSONReader) throws {
    guard try reader.peek() == .boolean else { return try reader.skipValue() }
    if try reader.readBool() { hasGraderError = true }
  }
}
