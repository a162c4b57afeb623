import Records

/// Makes trial records of rows, and hands them on.
struct TrialRecordMaker<Sink: RecordSink>: TrialSink {
  var sink: Sink
  private let options: RecordOptions
  /// What a row is called that does not say so itself.
  private var place: FilePlace
  private var sliceNames: [String] = []
  private var strings = [LastString](repeating: LastString(), count: Text.allCases.count)
  private var numbers = [RecentValues<Int64>](repeating: RecentValues(), count: 2)
  private var tags = TagMaker()
  /// How often each item has come, by a digest of all that its repeats share.
  private var occurrences: [JSONDigest: Int64] = [:]

  /// Texts of a row that neighbours share.
  private enum Text: Int, CaseIterable {
    case suite, version, variant, metric, item, prediction, cluster, trafficCluster, predicted, expected, judge
    case subject, configuration
  }

  init(_ sink: Sink, options: RecordOptions) {
    self.sink = sink
    self.options = options
    place = FilePlace(file: "", now: options.now)
  }

  mutating func begin(file: String) {
    place = FilePlace(file: file, now: options.now)
    name(slices: options.reading.slices)
  }

  mutating func name(slices: [String]) {
    // Equal values under other names are other tags.
    if slices != sliceNames { tags = TagMaker() }
    sliceNames = slices
  }

  mutating func receive(_ row: borrowing TrialRow) throws {
    let namesVariant = row.variant != nil
    guard
      let suite = options.suite ?? string(.suite, row.suite)
        ?? (namesVariant ? place.fileName : place.folderName ?? place.fileName)
    else { throw place.nameless("--suite") }
    guard let variant = options.variant ?? string(.variant, row.variant) ?? place.fileName else {
      throw place.nameless("--variant")
    }
    var record = TrialRecord(
      suite: suite, item: string(.item, row.item), variant: variant,
      at: row.details.time ?? options.at ?? place.modified)
    record.suiteVersion = options.suiteVersion ?? string(.version, row.suiteVersion)
    if let metric = options.metric ?? string(.metric, row.details.metric) { record.metric = metric }
    record.repetition = try number(0, row.repetition, "--repeat", row)
    record.prediction = string(.prediction, row.prediction)
    if options.repeatsByOrder, record.repetition == nil { record.repetition = occurrence(of: record) }
    record.judgeRepeat = try number(1, row.judgeRepeat, "--judge-repeat", row)
    record.score = row.score
    record.passed = row.details.passed
    record.cluster = string(.cluster, row.cluster)
    record.trafficCluster = string(.trafficCluster, row.details.trafficCluster)
    record.tags = try tags.tags(row, names: sliceNames, file: place.file)
    record.confidence = row.details.confidence
    record.predicted = string(.predicted, row.details.predicted)
    record.expected = string(.expected, row.details.expected)
    record.subjectSHA256 = string(.subject, row.details.subject)
    record.configSHA256 = string(.configuration, row.configuration)
    record.judge = options.judge ?? string(.judge, row.details.judge)
    record.cost = row.details.costUnits.flatMap { Money(units: $0, currency: "USD") }
    record.latencyMilliseconds = row.details.latencyMilliseconds
    record.inputTokens = row.details.inputTokens
    record.outputTokens = row.details.outputTokens
    try sink.receive(record)
  }

  @inline(__always)
  private mutating func string(_ text: Text, _ value: BorrowedText?) -> String? {
    guard let value else { return nil }
    return strings[text.rawValue].string(of: value)
  }

  @inline(__always)
  private mutating func string(_ text: Text, _ value: BorrowedText) -> String {
    strings[text.rawValue].string(of: value)
  }

  private mutating func occurrence(of record: TrialRecord) -> Int64 {
    var digest = JSONDigest.none
    for text in [record.suite, record.suiteVersion ?? "", record.variant, record.metric, record.item] {
      var text = text
      digest = text.withUTF8 { JSONDigest(digest, JSONDigest(BorrowedText(UnsafeRawBufferPointer($0)))) }
    }
    let count = occurrences[digest, default: 0]
    occurrences[digest] = count + 1
    return count
  }

  /// Repeats are numbered in a ledger, so that the first of them can be told.
  private mutating func number(
    _ index: Int, _ text: BorrowedText?, _ option: String, _ row: borrowing TrialRow
  ) throws -> Int64? {
    guard let text else { return nil }
    let item = row.item
    let file = place.file
    return try numbers[index].value(of: text) { text in
      guard let number = NumberText.whole(text.bytes), number >= 0 else {
        throw IntakeError(
          file: file,
          problem:
            "item '\(item.string.prefix(60))' has the repeat '\(text.string.prefix(60))', which is no whole number",
          remedy: "Name a column of whole numbers with \(option), or the column of ids with --prediction")
      }
      return number
    }
  }
}

/// Tags of rows: each combination is spelt once while it stays in use.
private struct TagMaker {
  private var key: [UInt8] = []
  private var known = RecentValues<Tags>()

  mutating func tags(_ row: borrowing TrialRow, names: [String], file: String) throws -> Tags {
    if row.slices.isEmpty, row.details.tags == nil { return Tags() }
    key.removeAll(keepingCapacity: true)
    for slice in row.slices {
      // With its length before it, no text can be taken for two.
      withUnsafeBytes(of: slice?.bytes.count ?? -1) { key.append(contentsOf: $0) }
      if let slice { key.append(contentsOf: slice.bytes) }
    }
    if let object = row.details.tags { key.append(contentsOf: object.bytes) }
    let (object, slices, item) = (row.details.tags, row.slices, row.item)
    return try key.withUnsafeBytes { key in
      try known.value(of: BorrowedText(key)) { _ in
        var values: [(String, String)] = []
        if let object { values += try TagMaker.members(object, item, file) }
        for (name, slice) in zip(names, slices) {
          if let slice { values.append((name, slice.string)) }
        }
        return Tags(values)
      }
    }
  }

  private static func members(
    _ object: BorrowedText, _ item: BorrowedText, _ file: String
  ) throws -> [(String, String)] {
    guard case .object(let members)? = try? JSONValue(parsing: object.bytes) else {
      throw IntakeError(
        file: file, problem: "item '\(item.string.prefix(60))' has tags that are no object of texts",
        remedy: "Write \"tags\": {\"name\": \"value\"}")
    }
    return members.members.compactMap { member in
      switch member.value {
      case .string(let text): (member.key, text)
      case .bool(let truth): (member.key, truth ? "true" : "false")
      case .integer, .number: (try? member.value.canonical()).map { (member.key, $0) }
      case .null, .array, .object: nil
      }
    }
  }
}
