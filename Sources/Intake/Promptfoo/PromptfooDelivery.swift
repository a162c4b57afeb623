import Records

/// Makes rows of promptfoo's outputs.
struct PromptfooDelivery {
  private var arms: PromptfooArms
  private var metrics: PromptfooMetrics
  private var groups: PromptfooGroups
  private let file: String
  private let keepsDetails: Bool
  private let metric: PinnedText?
  private let cluster: String?
  private let slices: [String]
  private var row: TrialRow
  private var isClusterMet = false
  private var areSlicesMet: [Bool]
  private var number = PinnedNumber()
  private var name: [UInt8] = []
  private var rows = 0
  private var anonymous = 0

  init(_ options: IntakeOptions, file: String) {
    arms = PromptfooArms(options)
    metrics = PromptfooMetrics(metric: options.metric)
    groups = PromptfooGroups()
    self.file = file
    keepsDetails = options.keepsDetails
    metric = options.metric == "success" ? nil : PinnedText(options.metric)
    cluster = options.cluster
    slices = options.slices
    areSlicesMet = Array(repeating: false, count: slices.count)
    row = TrialRow(item: BorrowedText(UnsafeRawBufferPointer(start: nil, count: 0)))
    row.slices = Array(repeating: nil, count: slices.count)
  }

  // MARK: Rows

  /// Remembers the outputs of draws that were not replayed.
  mutating func noteDraw(_ reader: inout JSONReader, _ row: PromptfooResults.Row) throws {
    try forEachOutput(&reader, row) { delivery, output in
      if !output.outcome.isCached { delivery.groups.noteDraw(output.group, output.outcome.output) }
    }
  }

  /// Hands out the rows of one result, or of one row of a table.
  mutating func deliver<Sink: TrialSink>(
    _ reader: inout JSONReader, _ row: PromptfooResults.Row, to sink: inout Sink, summary: inout IntakeSummary
  ) throws {
    try forEachOutput(&reader, row) { delivery, output in
      try delivery.deliver(output, to: &sink, summary: &summary)
    }
  }

  /// One output with what it belongs to.
  private struct Output {
    var arm: Int
    var item: PromptfooItem
    var outcome: PromptfooOutcome
    /// Stands for the arm and the item.
    var group: JSONDigest
  }

  private mutating func deliver<Sink: TrialSink>(
    _ output: Output, to sink: inout Sink, summary: inout IntakeSummary
  ) throws {
    let arm = arms.arms[output.arm]
    guard arm.isKept else {
      summary.filteredRows += 1
      return
    }
    guard let draw = groups.draw(output.group, output.outcome) else { return }
    rows += 1
    row.score = metrics.score(of: output.outcome)
    row.cost = output.outcome.cost
    row.tokens = output.outcome.tokens
    row.variant = arm.name.text
    row.repetition = number.text(of: draw)
    if keepsDetails { fillDetails(output.outcome) }
    output.item.write(to: &name)
    try withExtendedLifetime((arm.name, number, metric)) {
      try name.withUnsafeBytes { bytes in
        row.item = BorrowedText(bytes)
        try summary.deliver(row, to: &sink)
      }
    }
  }

  /// When the results were made, of which the document tells once.
  mutating func take(time: Instant?) { row.details.time = time }

  private mutating func fillDetails(_ outcome: PromptfooOutcome) {
    row.details.metric = metric?.text
    row.details.passed = outcome.isGraded ? outcome.passed : nil
    row.details.costUnits = outcome.costUnits
    row.details.latencyMilliseconds = outcome.latencyMilliseconds
    row.details.inputTokens = outcome.inputTokens
    row.details.outputTokens = outcome.outputTokens
  }

  // MARK: Reading

  private mutating func forEachOutput(
    _ reader: inout JSONReader, _ row: PromptfooResults.Row, _ body: (inout PromptfooDelivery, Output) throws -> Void
  ) throws {
    for index in self.row.slices.indices { self.row.slices[index] = nil }
    self.row.cluster = nil
    switch row {
    case .result: try body(&self, try readResult(&reader))
    case .table(let head): try readTableRow(&reader, head, body)
    }
  }

  private mutating func readResult(_ reader: inout JSONReader) throws -> Output {
    var item = PromptfooItem()
    var outcome = PromptfooOutcome()
    var provider = PromptfooProvider()
    var prompt = PromptfooPrompt()
    var hasTest = false
    try reader.enterObject()
    while let key = try reader.nextKey() {
      if key.equals("testCase"), try reader.peek() == .object {
        try readTest(&reader, &item)
        hasTest = true
      } else if key.equals("vars"), !hasTest || item.variables == .none {
        // The test's own variables count: those of the result may hold what the run put there.
        var variables = PromptfooItem()
        try variables.readVariables(&reader) { name, value in note(name, value, prefix: "vars.") }
        item.takeVariables(variables)
      } else if key.equals("provider") {
        try provider.read(&reader)
      } else if key.equals("prompt") {
        try prompt.read(&reader)
      } else if key.equals("promptId"), try reader.peek() == .string {
        prompt.id = try reader.readString()
      } else if try !outcome.readMember(key, &reader, names: &metrics) {
        try reader.skipValue()
      }
    }
    return try output(item, outcome, provider, prompt, reader)
  }

  private mutating func readTableRow(
    _ reader: inout JSONReader, _ head: PromptfooTableHead, _ body: (inout PromptfooDelivery, Output) throws -> Void
  ) throws {
    // The test stands behind the outputs: it is read first.
    var ahead = reader
    var item = PromptfooItem()
    var columns = PromptfooItem()
    try ahead.enterObject()
    while let key = try ahead.nextKey() {
      if key.equals("test"), try ahead.peek() == .object {
        try readTest(&ahead, &item)
      } else if key.equals("vars"), try ahead.peek() == .array {
        try columns.readColumns(&ahead)
      } else {
        try ahead.skipValue()
      }
    }
    if item.isEmpty { item.takeVariables(columns) }
    try reader.enterObject()
    while let key = try reader.nextKey() {
      guard key.equals("outputs"), try reader.peek() == .array else {
        try reader.skipValue()
        continue
      }
      var column = 0
      try reader.enterArray()
      while try reader.nextElement() {
        try body(&self, try readTableOutput(&reader, item, head, column))
        column += 1
      }
    }
  }

  private mutating func readTableOutput(
    _ reader: inout JSONReader, _ item: PromptfooItem, _ head: PromptfooTableHead, _ column: Int
  ) throws -> Output {
    guard column < head.columns.count else {
      throw reader.error(atOffset: reader.offset, problem: "the row has more outputs than the table has prompts")
    }
    guard try reader.peek() == .object else { throw reader.unexpected("an output object") }
    var outcome = PromptfooOutcome()
    try reader.enterObject()
    while let key = try reader.nextKey() {
      if try !outcome.readMember(key, &reader, names: &metrics) { try reader.skipValue() }
    }
    let head = head.columns[column]
    return try output(item, outcome, head.providerOf, head.promptOf, reader)
  }

  private mutating func readTest(_ reader: inout JSONReader, _ item: inout PromptfooItem) throws {
    try reader.enterObject()
    while let key = try reader.nextKey() {
      if key.equals("vars") {
        try item.readVariables(&reader) { name, value in note(name, value, prefix: "vars.") }
      } else if key.equals("assert") {
        try item.readAssertions(&reader)
      } else if key.equals("metadata"), cluster != nil || !slices.isEmpty, try reader.peek() == .object {
        try reader.enterObject()
        while let name = try reader.nextKey() {
          let kind = try reader.peek()
          if kind == .object || kind == .array {
            try reader.skipValue()
          } else if let value = try reader.readLabel("a metadata value") {
            note(name, value, prefix: "metadata.")
          }
        }
      } else {
        try reader.skipValue()
      }
    }
  }

  private mutating func output(
    _ item: PromptfooItem, _ outcome: PromptfooOutcome, _ provider: PromptfooProvider, _ prompt: PromptfooPrompt,
    _ reader: JSONReader
  ) throws -> Output {
    if item.isEmpty { anonymous += 1 }
    let arm = try arms.index(provider, prompt, reader)
    let group = JSONDigest(
      JSONDigest(arms.arms[arm].name.text), JSONDigest(item.variables, item.assertions, kind: 8), kind: 9)
    return Output(arm: arm, item: item, outcome: outcome, group: group)
  }

  /// Takes a variable or a metadata value if it is the cluster or a slice: by its name, or as `vars.NAME`.
  private mutating func note(_ name: BorrowedText, _ value: BorrowedText, prefix: StaticString) {
    func isMeant(_ wanted: String) -> Bool {
      if name.hasText(wanted) { return true }
      let bytes = wanted.utf8
      let prefixBytes = UnsafeRawBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount)
      return bytes.starts(with: prefixBytes) && bytes.dropFirst(prefixBytes.count).elementsEqual(name.bytes)
    }
    if let cluster, isMeant(cluster) {
      row.cluster = value
      isClusterMet = true
    }
    for index in slices.indices where isMeant(slices[index]) {
      row.slices[index] = value
      areSlicesMet[index] = true
    }
  }

  // MARK: End

  /// Checks what was asked for against what the file had, and notes what was left out.
  /// - Throws: `IntakeError` when a name that the user gave occurs nowhere.
  func finish(summary: inout IntakeSummary) throws {
    try arms.check(file: file)
    if case .named(let metric) = metrics.choice, !metrics.isMet {
      let names = (["success", "score"] + metrics.names).joined(separator: ", ")
      throw IntakeError(
        file: file, problem: "no result has the score \"\(metric)\"", remedy: "Scores of the file: \(names)")
    }
    var missing = zip(slices, areSlicesMet).filter { !$0.1 }.map(\.0)
    if let cluster, !isClusterMet { missing.insert(cluster, at: 0) }
    if let first = missing.first {
      throw IntakeError(
        file: file, problem: "no test has the variable or metadata \"\(first)\"",
        remedy: "Name a variable as vars.NAME, or a field of the tests' metadata as metadata.NAME")
    }
    if groups.replayed > 0 {
      summary.warn(
        "\(file): \(groups.replayed) of \(rows + groups.replayed) results repeat an earlier draw from promptfoo's cache and "
          + "are left out; run with --no-cache for new draws")
    }
    if anonymous > 0 {
      summary.warn("\(file): \(anonymous) results have neither variables nor assertions and count as one item")
    }
  }
}
