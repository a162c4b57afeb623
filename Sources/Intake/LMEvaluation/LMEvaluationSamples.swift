import Records

/// Reads the samples of lm-evaluation-harness: `samples_TASK_TIME.jsonl`, a line per document and filter.
///
/// The item is the document's hash, which survives another order of the data set; the suite is the task and the arm the
/// model, as the path names them; the hash of the prompt goes along, so that a comparison can tell whether both models
/// were asked the same. Documents that occur several times are repeats of one item.
struct LMEvaluationSamples {
  private let source: ByteSource

  init(_ source: ByteSource) { self.source = source }

  /// Reads the samples of one filter into the sink.
  ///
  /// - Throws: `IntakeError` with line and column; a metric or filter that the file does not have, with those it has.
  /// - Complexity: O(size); memory for one counter per document.
  func read<Sink: TrialSink>(_ options: IntakeOptions, into sink: inout Sink, summary: inout IntakeSummary) throws {
    var reader = JSONReader(source)
    let plan = try LMEvaluationPlan(reader, options, summary: &summary)
    let names = LMEvaluationFile(path: source.name)
    let task = PinnedText(names.task)
    let model = PinnedText(names.model)
    var rows = LMEvaluationRows(plan, options)
    rows.row.suite = task?.text
    rows.row.variant = model?.text
    let metric = options.keepsDetails ? PinnedText(plan.metric) : nil
    rows.row.details.metric = metric?.text
    rows.row.details.time = names.time
    try withExtendedLifetime((task, model, metric)) {
      while !reader.isAtEnd {
        reader.recycleTexts()
        if try rows.read(&reader) {
          try summary.deliver(rows.row, to: &sink)
        } else {
          summary.filteredRows += 1
        }
      }
    }
    try rows.finish(file: source.name, options, summary: &summary)
  }
}

/// Reads the lines of a sample file into a row that it reuses.
struct LMEvaluationRows {
  /// The row last read.
  var row: TrialRow
  private let plan: LMEvaluationPlan
  private let cluster: String?
  private let keepsDetails: Bool
  private let slices: [String]
  private var number = PinnedNumber()
  private var occurrences: [JSONDigest: Int] = [:]
  private var filters: [String] = []
  private var isFilterMet = false
  private var isClusterMet = false
  private var areSlicesMet: [Bool]
  private var withoutHash = 0
  private var read = 0

  init(_ plan: LMEvaluationPlan, _ options: IntakeOptions) {
    self.plan = plan
    cluster = options.cluster
    slices = options.slices
    keepsDetails = options.keepsDetails
    areSlicesMet = Array(repeating: false, count: slices.count)
    row = TrialRow(item: BorrowedText(UnsafeRawBufferPointer(start: nil, count: 0)))
    row.slices = Array(repeating: nil, count: slices.count)
  }

  /// Reads the next line; false if it is of another filter.
  mutating func read(_ reader: inout JSONReader) throws -> Bool {
    guard try reader.peek() == .object else { throw reader.unexpected("a sample object") }
    let offset = reader.offset
    var hash: BorrowedText?
    var identifier: BorrowedText?
    var isWanted = plan.filter == nil
    clear()
    try reader.enterObject()
    while let key = try reader.nextKey() {
      if key.equals("doc_hash") {
        hash = try reader.readLabel("the document's hash")
      } else if key.equals("doc_id") {
        identifier = try reader.readLabel("the document's id")
      } else if key.equals("prompt_hash") {
        row.configuration = try reader.readLabel("the prompt's hash")
      } else if key.equals("filter") {
        if let filter = try reader.readLabel("the filter") { isWanted = note(filter: filter) }
      } else if key.equals("doc"), try reader.peek() == .object, cluster != nil || !slices.isEmpty {
        try readDocument(&reader)
      } else if keepsDetails, key.equals("target") || key.equals("filtered_resps") {
        try readLabel(&reader, isTarget: key.equals("target"))
      } else if key.hasText(plan.metric) {
        row.score = try readScore(&reader)
      } else {
        try reader.skipValue()
      }
    }
    guard isWanted else { return false }
    guard let item = hash ?? identifier else {
      throw reader.error(atOffset: offset, problem: "the sample has neither a doc_hash nor a doc_id")
    }
    if hash == nil { withoutHash += 1 }
    self.read += 1
    row.item = item
    let digest = JSONDigest(item)
    let occurrence = (occurrences[digest] ?? 0) + 1
    occurrences[digest] = occurrence
    row.repetition = number.text(of: occurrence)
    return true
  }

  private mutating func clear() {
    row.score = nil
    row.details.expected = nil
    row.details.predicted = nil
    row.details.passed = nil
    row.configuration = nil
    row.cluster = nil
    for index in row.slices.indices { row.slices[index] = nil }
  }

  private mutating func note(filter: BorrowedText) -> Bool {
    if filters.count < 64, !filters.contains(where: { filter.hasText($0) }) { filters.append(filter.string) }
    guard let wanted = plan.filter else { return true }
    let isWanted = filter.hasText(wanted)
    if isWanted { isFilterMet = true }
    return isWanted
  }

  private mutating func readDocument(_ reader: inout JSONReader) throws {
    try reader.enterObject()
    while let key = try reader.nextKey() {
      let kind = try reader.peek()
      let isCluster = cluster.map { Self.isMeant(key, by: $0) } ?? false
      guard isCluster || slices.contains(where: { Self.isMeant(key, by: $0) }), kind != .object, kind != .array else {
        try reader.skipValue()
        continue
      }
      let value = try reader.readLabel("a field of the document")
      if isCluster {
        row.cluster = value
        isClusterMet = true
      }
      for index in slices.indices where Self.isMeant(key, by: slices[index]) {
        row.slices[index] = value
        areSlicesMet[index] = true
      }
    }
  }

  /// Whether a user who wrote `name` means the field: by its name, or as `doc.NAME`.
  private static func isMeant(_ key: BorrowedText, by name: String) -> Bool {
    key.hasText(name) || name.hasPrefix("doc.") && key.bytes.elementsEqual(name.utf8.dropFirst(4))
  }

  /// Texts beyond this are no labels.
  private static let longestLabel = 256

  /// The right answer, or the answer that was taken from the response: a text or the only one of a list.
  private mutating func readLabel(_ reader: inout JSONReader, isTarget: Bool) throws {
    var label: BorrowedText?
    switch try reader.peek() {
    case .string, .number: label = try reader.readLabel("the answer")
    case .array:
      var count = 0
      try reader.enterArray()
      while try reader.nextElement() {
        count += 1
        if try reader.peek() == .string { label = try reader.readString() } else { try reader.skipValue() }
      }
      if count != 1 { label = nil }
    default: try reader.skipValue()
    }
    if let text = label, text.bytes.count > Self.longestLabel { label = nil }
    if isTarget { row.details.expected = label } else { row.details.predicted = label }
  }

  private func readScore(_ reader: inout JSONReader) throws -> Double? {
    switch try reader.peek() {
    case .number: return try reader.readNumber()
    case .boolean: return try reader.readBool() ? 1 : 0
    case .null:
      try reader.readNull()
      return nil
    case .string, .object, .array, .end:
      throw reader.error(
        atOffset: reader.offset, problem: "the metric \"\(plan.metric)\" is not a number here",
        remedy: "Choose another one with --metric")
    }
  }

  /// Checks what was asked for against what the file had, and notes guesses.
  /// - Throws: `IntakeError` when a name that the user gave occurs in no row.
  func finish(file: String, _ options: IntakeOptions, summary: inout IntakeSummary) throws {
    if let filter = plan.filter, !isFilterMet, options.scorer != nil {
      throw IntakeError(
        file: file, problem: "no sample is of the filter \"\(filter)\"",
        remedy: filters.isEmpty
          ? "The samples name no filter" : "Filters of the file: \(filters.joined(separator: ", "))")
    }
    var missing = zip(slices, areSlicesMet).filter { !$0.1 }.map(\.0)
    if let cluster, !isClusterMet { missing.insert(cluster, at: 0) }
    if let first = missing.first {
      throw IntakeError(
        file: file, problem: "no document has the field \"\(first)\" with a single value",
        remedy: "Name a field of the documents as doc.NAME")
    }
    if options.scorer == nil, let filter = plan.filter, filters.count > 1 {
      summary.add(
        .init(role: "filter", column: filter, option: "--scorer", alternatives: filters.filter { $0 != filter }))
    }
    if withoutHash > 0 {
      summary.warn(
        "\(file): \(withoutHash) of \(read) samples have no doc_hash, so items pair on doc_id, which holds only if both runs "
          + "read the same data set in the same order")
    }
  }
}
