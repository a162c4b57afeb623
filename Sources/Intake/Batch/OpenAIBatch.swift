import Records

/// The files of one OpenAI batch: requests, answers and errors, joined by `custom_id` into the calls that there were.
///
/// Files come in any order, and so do rows in them. Of every row only its place is kept until all files were seen: some hundred bytes
/// a row, however long the rows are. Answers that come without their requests are calls of which less is known; requests
/// without an answer are none, since nothing says that they were ever made: they are counted and said.
struct OpenAIBatch {
  /// Where a row lies.
  private struct Place {
    let source: Int
    let bytes: Range<Int>
  }

  private var sources: [ByteSource] = []
  private var requests: [String: Place] = [:]
  private var outcomes: [(customID: String, place: Place)] = []
  private var outcomePlaces: [String: Int] = [:]

  /// Takes note of the rows of a file.
  /// - Returns: how many there are.
  /// - Throws: `IntakeError` with line and column, also where a `custom_id` comes twice.
  mutating func add(_ source: ByteSource) throws -> Int {
    sources.append(source)
    var reader = JSONReader(source)
    var count = 0
    while !reader.isAtEnd {
      reader.recycleTexts()
      _ = try reader.peek()
      let start = reader.offset
      let (row, customID) = try OpenAIBatchRow.read(&reader)
      let place = Place(source: sources.count - 1, bytes: start..<reader.offset)
      switch row {
      case .request:
        if let earlier = requests.updateValue(place, forKey: customID) {
          throw twice(customID, place, earlier, "request")
        }
      case .outcome:
        if let earlier = outcomePlaces.updateValue(outcomes.count, forKey: customID) {
          throw twice(customID, place, outcomes[earlier].place, "answer")
        }
        outcomes.append((customID, place))
      }
      count += 1
    }
    return count
  }

  private func twice(_ customID: String, _ place: Place, _ earlier: Place, _ what: String) -> IntakeError {
    let (line, name) = (line(earlier), sources[earlier.source].name)
    let isSameFile = place.source == earlier.source
    return IntakeError(
      file: sources[place.source].name, line: self.line(place),
      problem: "a second \(what) with the custom_id '\(customID.prefix(60))'; the first is at "
        + (isSameFile ? "line \(line)" : "\(name):\(line)"),
      remedy: isSameFile
        ? "Within a batch every custom_id is one call: give each its own, or take one of the lines out"
        : "If the files are of different batches, ingest one batch at a time")
  }

  private func line(_ place: Place) -> Int {
    TextPosition(of: place.bytes.lowerBound, in: sources[place.source].bytes).line
  }

  private func value(_ place: Place) throws -> JSONValue {
    let source = sources[place.source]
    do {
      return try JSONValue(parsing: UnsafeRawBufferPointer(rebasing: source.bytes[place.bytes]))
    } catch {
      let reader = JSONReader(source)
      throw reader.error(atOffset: place.bytes.lowerBound + error.offset, problem: error.problem)
    }
  }

  // MARK: Joining

  /// Hands the calls on, in the order of the answers, and says what found no partner.
  func finish<Sink: RecordSink>(
    _ options: RecordOptions, into sink: inout Sink, summary: inout IntakeSummary
  ) throws {
    guard let first = sources.first else { return }
    guard !outcomes.isEmpty else {
      throw IntakeError(
        file: first.name, problem: "holds the requests of a batch, and nothing says what became of them",
        remedy: "Give the batch's output file, and its error file if there is one, in the same call")
    }
    var receiver = OTLPReceiver(limits: .file, mapping: options.spans)
    var facts = OTLPFacts(sink: sink)
    defer { sink = facts.sink }
    var newest: Instant?
    var untimed: [(customID: String, place: Place)] = []
    for row in outcomes {
      let value = try value(row.place)
      guard let time = OpenAIBatchCall.time(of: value) else {
        untimed.append(row)
        continue
      }
      newest = max(newest ?? time, time)
      try deliver(value, row, at: time, isTimed: true, &receiver, into: &facts, summary: &summary)
    }
    // What says no time of its own comes last. The same files shall give the same records wherever they lie: when a file was
    // written is asked only where no answer says a time.
    let usual = options.at ?? newest ?? FilePlace(file: first.name, now: options.now).modified
    for row in untimed {
      try deliver(value(row.place), row, at: usual, isTimed: false, &receiver, into: &facts, summary: &summary)
    }
    say(untimed: untimed.count, usual, &summary)
  }

  private func deliver<Sink: RecordSink>(
    _ outcome: JSONValue, _ row: (customID: String, place: Place), at time: Instant, isTimed: Bool,
    _ receiver: inout OTLPReceiver, into facts: inout OTLPFacts<Sink>, summary: inout IntakeSummary
  ) throws {
    let request = try requests[row.customID].map(value)
    let call = OpenAIBatchCall(
      outcome: outcome, request: request, customID: row.customID, at: time, isTimed: isTimed)
    let bytes = Array(call.export.utf8)
    let name = sources[row.place.source].name
    let read = try bytes.withUnsafeBytes { try receiver.read($0, .traces, .json, name: name, into: &facts) }
    if let message = read.message { summary.warn("\(name):\(line(row.place)): \(message)") }
    summary.records += read.spans
  }

  private func say(untimed: Int, _ usual: Instant, _ summary: inout IntakeSummary) {
    let alone = outcomes.filter { requests[$0.customID] == nil }
    if let example = alone.first {
      summary.warn(
        requests.isEmpty
          ? "answers without their requests: what was asked is not known. Give the batch's input file in the same call"
          : "\(alone.count) answers have no request in these files, such as '\(example.customID.prefix(60))': what was asked "
            + "is not known of them")
    }
    let unanswered = requests.filter { outcomePlaces[$0.key] == nil }
    let example = unanswered.min { left, right in
      (left.value.source, left.value.bytes.lowerBound) < (right.value.source, right.value.bytes.lowerBound)
    }
    if let example {
      summary.warn(
        "\(unanswered.count) requests have no answer in these files, such as '\(example.key.prefix(60))', and were left out: "
          + "give the error file too, or ingest again when the batch is done")
    }
    if untimed > 0 {
      summary.warn("\(untimed) answers say no time (errors, embeddings): theirs is \(usual); --at sets it")
    }
  }
}
