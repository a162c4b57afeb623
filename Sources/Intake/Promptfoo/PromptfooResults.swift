import Records

/// Reads the results of promptfoo: `results.json` of version 3, version 2 (whose results are a table), and JSON lines.
///
/// A row is one output. Its item is the test's variables and assertions, its arm a prompt with a provider, its repeat the
/// how-manieth draw of the arm for the item it is. Outputs from the cache are no draws of their own. Errors of the
/// provider or of a grader are missing scores.
struct PromptfooResults {
  private let source: ByteSource

  init(_ source: ByteSource) { self.source = source }

  /// Reads all outputs of the wanted arms into the sink.
  ///
  /// - Throws: `IntakeError` with line and column; a prompt, provider or metric that the file does not have.
  /// - Complexity: O(size); memory for one counter per arm and item.
  func read<Sink: TrialSink>(_ options: IntakeOptions, into sink: inout Sink, summary: inout IntakeSummary) throws {
    var survey = PromptfooSurvey()
    try forEachRow(isTable: nil) { reader, row in try survey.read(&reader, row) }
    let isTable = survey.tableOutputs > 0 && !survey.areResultsComplete
    if !isTable, survey.results == 0 {
      throw IntakeError(
        file: source.name, problem: "holds no results", remedy: "Let the evaluation finish, and write its results again"
      )
    }
    var delivery = PromptfooDelivery(options, file: source.name)
    if options.keepsDetails { delivery.take(time: try time()) }
    if survey.cached > 0 {
      try forEachRow(isTable: isTable) { reader, row in try delivery.noteDraw(&reader, row) }
    }
    try forEachRow(isTable: isTable) { reader, row in
      try delivery.deliver(&reader, row, to: &sink, summary: &summary)
    }
    try delivery.finish(summary: &summary)
  }

  /// What a body is called with.
  enum Row {
    /// An element of `results`, or a line.
    case result
    /// An element of the table's body.
    case table(PromptfooTableHead)
  }

  /// Goes through the rows with the reader before each; the body reads the row.
  /// - Parameter isTable: rows of the table, of the results, or, if nil, of both.
  private func forEachRow(isTable: Bool?, _ body: (inout JSONReader, Row) throws -> Void) throws {
    var reader = JSONReader(source)
    guard try reader.peek() == .object else { throw reader.unexpected("an object") }
    // JSON lines: the first line is a result, not a document.
    var ahead = reader
    if try !Self.isDocument(&ahead) {
      while !reader.isAtEnd { try Self.visit(&reader, .result, body) }
      return
    }
    try Self.readSummary(&reader, isTable, isNested: false, body)
    try reader.expectEnd()
  }

  /// The time that a document says of itself: `timestamp` of the results, `createdAt` of the document.
  private func time() throws -> Instant? {
    var reader = JSONReader(source)
    var ahead = reader
    guard try Self.isDocument(&ahead) else { return nil }
    return try Self.time(&reader, isNested: false)
  }

  private static func time(_ reader: inout JSONReader, isNested: Bool) throws -> Instant? {
    var time: Instant?
    try reader.enterObject()
    while let key = try reader.nextKey() {
      let kind = try reader.peek()
      if key.equals("timestamp") || key.equals("createdAt"), kind == .string {
        time = TimeText.instant(try reader.readString()) ?? time
      } else if key.equals("results"), kind == .object, !isNested {
        time = try self.time(&reader, isNested: true) ?? time
      } else {
        try reader.skipValue()
      }
    }
    return time
  }

  /// Whether an object is a document of results rather than one result.
  private static func isDocument(_ reader: inout JSONReader) throws -> Bool {
    try reader.enterObject()
    while let key = try reader.nextKey() {
      let kind = try reader.peek()
      if key.equals("results"), kind == .object || kind == .array { return true }
      if key.equals("table"), kind == .object { return true }
      try reader.skipValue()
    }
    return false
  }

  /// Goes through a summary, `{version, results, prompts | table}`, or the object whose `results` is one.
  private static func readSummary(
    _ reader: inout JSONReader, _ isTable: Bool?, isNested: Bool, _ body: (inout JSONReader, Row) throws -> Void
  ) throws {
    try reader.enterObject()
    while let key = try reader.nextKey() {
      let kind = try reader.peek()
      if key.equals("results"), kind == .object, !isNested {
        try readSummary(&reader, isTable, isNested: true, body)
      } else if key.equals("results"), kind == .array, isTable != true {
        try reader.enterArray()
        while try reader.nextElement() { try visit(&reader, .result, body) }
      } else if key.equals("table"), kind == .object, isTable != false {
        let head = try PromptfooTableHead(reader)
        try reader.enterObject()
        while let key = try reader.nextKey() {
          guard key.equals("body"), try reader.peek() == .array else {
            try reader.skipValue()
            continue
          }
          try reader.enterArray()
          while try reader.nextElement() { try visit(&reader, .table(head), body) }
        }
      } else {
        try reader.skipValue()
      }
    }
  }

  private static func visit(
    _ reader: inout JSONReader, _ row: Row, _ body: (inout JSONReader, Row) throws -> Void
  ) throws {
    reader.recycleTexts()
    guard try reader.peek() == .object else { throw reader.unexpected("a result object") }
    try body(&reader, row)
  }
}

/// A first look at a file: what it has, and whether draws were replayed.
struct PromptfooSurvey {
  private(set) var results = 0
  private(set) var tableOutputs = 0
  private(set) var cached = 0
  /// Whether the results carry their tests. Those of version 2 do not: its table does.
  private(set) var areResultsComplete = false

  mutating func read(_ reader: inout JSONReader, _ row: PromptfooResults.Row) throws {
    if case .table = row { tableOutputs += 1 } else { results += 1 }
    try reader.enterObject()
    while let key = try reader.nextKey() {
      if key.equals("testCase") {
        areResultsComplete = true
        try reader.skipValue()
      } else if key.equals("response") {
        try readCached(&reader)
      } else if key.equals("outputs"), try reader.peek() == .array {
        try reader.enterArray()
        while try reader.nextElement() { try readOutput(&reader) }
      } else {
        try reader.skipValue()
      }
    }
  }

  private mutating func readOutput(_ reader: inout JSONReader) throws {
    guard try reader.enterObjectIfAny() else { return }
    while let key = try reader.nextKey() {
      if key.equals("response") { try readCached(&reader) } else { try reader.skipValue() }
    }
  }

  private mutating func readCached(_ reader: inout JSONReader) throws {
    guard try reader.enterObjectIfAny() else { return }
    while let key = try reader.nextKey() {
      if key.equals("cached"), try reader.peek() == .boolean {
        cached += try reader.readBool() ? 1 : 0
      } else {
        try reader.skipValue()
      }
    }
  }
}
