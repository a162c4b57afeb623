import Records

/// Rows as JSON objects: one after the other (JSONL), in an array, or in the one array of objects of an object.
struct JSONTable {
  /// Where the rows are.
  enum Layout {
    case lines
    case array
    /// The member of the top-level object that holds the rows.
    case member(String)
  }

  private let source: ByteSource
  private let layout: Layout

  init(_ source: ByteSource, format: FileFormat) throws {
    self.source = source
    if format == .jsonLines {
      layout = .lines
      return
    }
    var reader = JSONReader(source)
    switch try reader.peek() {
    case .array: layout = .array
    case .object: layout = .member(try JSONTable.rowsMember(&reader))
    default: throw reader.unexpected("an array of objects")
    }
  }

  /// Reads all rows into the sink.
  func read<Sink: TrialSink>(_ options: IntakeOptions, into sink: inout Sink, summary: inout IntakeSummary) throws {
    var profile = TableProfile()
    try forEachRow(limit: ColumnProfile.sampledRows) { reader, _ in
      try JSONTable.profile(&reader, into: &profile)
    }
    guard profile.rows > 0 else {
      throw IntakeError(file: source.name, problem: "holds no rows", remedy: "Check that the run wrote its results")
    }
    let plan = try RowPlan(
      profile: profile, options: options, file: source.name, mayBeAbsent: true, summary: &summary)
    let matcher = JSONRowMatcher(columns: plan.columns)
    var mapper = RowMapper(plan: plan, input: InputText(name: source.name, bytes: source.bytes))
    mapper.expectLetters(of: profile)
    let cells = mapper.cells
    if let names = mapper.sliceNames { sink.name(slices: names) }
    try forEachRow(limit: .max) { reader, offset in
      cells.clear()
      try matcher.read(&reader, into: cells)
      try mapper.deliver(rowAt: offset, to: &sink, summary: &summary)
    }
    try mapper.checkRequired()
  }

  /// Goes through the rows with the reader before each, and its offset; the body reads the row.
  @inline(__always)
  private func forEachRow(limit: Int, _ body: (inout JSONReader, Int) throws -> Void) throws {
    var reader = JSONReader(source)
    var count = 0
    switch layout {
    case .lines:
      while count < limit, !reader.isAtEnd {
        try row(&reader, body)
        count += 1
      }
      return
    case .array:
      try reader.enterArray()
      while try reader.nextElement() {
        try row(&reader, body)
        count += 1
        if count == limit { return }
      }
    case .member(let member):
      try reader.enterObject()
      while let key = try reader.nextKey() {
        guard key.hasText(member) else {
          try reader.skipValue()
          continue
        }
        try reader.enterArray()
        while try reader.nextElement() {
          try row(&reader, body)
          count += 1
          if count == limit { return }
        }
      }
    }
    try reader.expectEnd()
  }

  @inline(__always)
  private func row(_ reader: inout JSONReader, _ body: (inout JSONReader, Int) throws -> Void) throws {
    guard try reader.peek() == .object else { throw reader.unexpected("a row object") }
    reader.recycleTexts()
    try body(&reader, reader.offset)
  }

  /// Notes every field of the object at the reader, which is a row, under its dotted path.
  static func profile(_ reader: inout JSONReader, into profile: inout TableProfile) throws {
    profile.rows += 1
    try self.profile(&reader, prefix: "", depth: 0, into: &profile)
  }

  /// Notes every scalar of an object under its dotted path.
  private static func profile(
    _ reader: inout JSONReader, prefix: String, depth: Int, into profile: inout TableProfile
  ) throws {
    try reader.enterObject()
    while let key = try reader.nextKey() {
      let path = prefix + key.string
      if try reader.peek() == .object, depth < 4 {
        try self.profile(&reader, prefix: path + ".", depth: depth + 1, into: &profile)
      } else {
        profile.note(try JSONRowMatcher.readCell(&reader), column: path)
      }
    }
  }

  /// Names under which tools write their rows; they are preferred when an object has several arrays of objects.
  static let rowsMembers = ["results", "rows", "samples", "trials", "records", "items", "data", "examples"]

  /// The member that holds the rows. Reads the whole object once.
  private static func rowsMember(_ reader: inout JSONReader) throws -> String {
    var members: [String] = []
    try reader.enterObject()
    while let key = try reader.nextKey() {
      if try reader.peek() == .array {
        let name = key.string
        var ahead = reader
        try ahead.enterArray()
        if try ahead.nextElement(), try ahead.peek() == .object { members.append(name) }
      }
      reader.recycleTexts()
      try reader.skipValue()
    }
    if members.count == 1 { return members[0] }
    if let known = rowsMembers.first(where: members.contains) { return known }
    if members.isEmpty {
      throw IntakeError(
        file: reader.name, problem: "has no array of row objects", remedy: "Give an array of objects or JSON lines")
    }
    throw IntakeError(
      file: reader.name, problem: "has several arrays of objects: \(members.prefix(12).joined(separator: ", "))",
      remedy: "Write the one with the rows to a file of its own")
  }
}
