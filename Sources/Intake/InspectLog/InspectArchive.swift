import Records

/// Reads an Inspect log that is a zip archive (`.eval`), also that of a crashed run.
///
/// Rows are as those of `InspectDocument`. Two shapes of samples are read: a document each
/// (`samples/ID_epoch_N.json`), and large ones in chunks (`samples/ID_epoch_N/sample.json`). Where the summaries that the
/// log keeps of its samples tell enough, only they are read: a hundredth of the log.
struct InspectArchive {
  private let file: String
  private let archive: ZipArchive
  private var header = InspectHeader()
  /// The summaries: `summaries.json`, else those of the journal in the order in which they were written.
  private var summaries: [ZipEntry] = []
  /// One entry a sample, in file order.
  private var samples: [ZipEntry] = []
  /// Entries of a salvaged archive that proved damaged.
  private var lost = 0

  /// Opens the archive and sorts out its entries.
  /// - Throws: `IntakeError` for an archive that is damaged, hostile, or no Inspect log.
  init(_ source: ByteSource) throws {
    file = source.name
    do {
      archive = try ZipArchive(source.bytes)
    } catch {
      throw Self.error(error, file)
    }
    sortEntries()
    for name in ["header.json", "_journal/start.json"] where !header.isComplete {
      guard let entry = archive.entry(named: name), var reader = try open(entry) else { continue }
      try header.read(&reader)
    }
    guard header.isComplete else {
      throw IntakeError(
        file: file,
        problem: "is a zip archive, but no log of Inspect: it has no header.json and no _journal/start.json",
        remedy: "Unpack it and name the result files in it")
    }
  }

  /// Reads all samples into the sink.
  /// - Throws: `IntakeError` naming the entry, with line and column in it.
  mutating func read<Sink: TrialSink>(
    _ options: IntakeOptions, into sink: inout Sink, summary: inout IntakeSummary
  ) throws {
    var delivery = InspectDelivery(header, options, file: file)
    // Summaries leave out answers, which a ledger keeps: it gets them from the samples, if they are all there.
    let summarised = try surveySummaries(options)
    if let last = summarised, !options.keepsDetails || samples.count < last.count {
      try readSummaries(last, &delivery, &sink, &summary)
    } else {
      try readSamples(options, &delivery, &sink, &summary)
    }
    if let salvage = archive.salvage {
      summary.warn(
        "\(file): the archive was never finished, so its entries were searched for: \(salvage.entries - lost) are whole, "
          + "\(salvage.lost + lost) lost")
    }
    try delivery.finish(header, summary: &summary)
  }

  // MARK: Entries

  private mutating func sortEntries() {
    var journal: [(number: Int, entry: ZipEntry)] = []
    var consolidated: ZipEntry?
    for entry in archive.entries {
      let name = archive.name(of: entry)
      if name.elementsEqual("summaries.json".utf8) {
        consolidated = entry
      } else if let number = Self.journalNumber(name) {
        journal.append((number, entry))
      } else if Self.isSample(name) {
        samples.append(entry)
      }
    }
    summaries = consolidated.map { [$0] } ?? journal.sorted { $0.number < $1.number }.map(\.entry)
    samples.sort { $0.headerOffset < $1.headerOffset }
  }

  /// N of `_journal/summaries/N.json`.
  private static func journalNumber(_ name: UnsafeRawBufferPointer) -> Int? {
    let prefix = "_journal/summaries/".utf8
    guard name.starts(with: prefix), name.count > prefix.count + 5, name.suffix(5).elementsEqual(".json".utf8) else {
      return nil
    }
    return Int(String(decoding: name[prefix.count..<name.count - 5], as: UTF8.self))
  }

  /// Whether an entry holds a sample, or what is left of one in chunks without its messages and events.
  private static func isSample(_ name: UnsafeRawBufferPointer) -> Bool {
    guard name.starts(with: "samples/".utf8) else { return false }
    var end = name.count
    if name.suffix(12).elementsEqual("/sample.json".utf8) {
      end -= 12
    } else if name.suffix(5).elementsEqual(".json".utf8) {
      end -= 5
    } else {
      return false
    }
    // An id may hold anything, slashes and `_epoch_` too: the epoch's digits stand last.
    var digits = 0
    while end > 0, name[end - 1] &- UInt8(ascii: "0") < 10 {
      end -= 1
      digits += 1
    }
    return digits > 0 && name[..<end].suffix(7).elementsEqual("_epoch_".utf8)
  }

  /// A reader over an entry's text; nil if the entry is damaged and the archive is a salvaged one.
  private mutating func open(_ entry: ZipEntry) throws -> JSONReader? {
    do {
      let name = "\(file):\(String(decoding: archive.name(of: entry), as: UTF8.self))"
      return JSONReader(bytes: try archive.contents(of: entry), name: name)
    } catch {
      if archive.salvage == nil { throw Self.error(error, file) }
      lost += 1
      return nil
    }
  }

  private static func error(_ failure: ZipFailure, _ file: String) -> IntakeError {
    IntakeError(file: file, problem: failure.description, remedy: "Copy the log again, or repeat the run")
  }

  // MARK: Summaries

  /// The position of the last summary of each sample, or nil if the summaries do not tell all that is asked for.
  ///
  /// A sample that was run again has several: the last one counts.
  private mutating func surveySummaries(_ options: IntakeOptions) throws -> [Int]? {
    var survey = InspectDelivery(header, options, file: file)
    var last: [String: Int] = [:]
    var position = 0
    for entry in summaries {
      guard var reader = try open(entry) else { return nil }
      try reader.enterArray()
      while try reader.nextElement() {
        reader.recycleTexts()
        try survey.samples.read(&reader)
        guard survey.samples.isIdentified, survey.samples.isSettled, !survey.samples.isThinned else { return nil }
        let row = survey.samples.row
        last[row.item.string + "\0" + (row.repetition?.string ?? "")] = position
        position += 1
      }
      try reader.expectEnd()
    }
    guard position > 0, last.count >= samples.count, survey.areKeysMet else { return nil }
    return last.values.sorted()
  }

  private mutating func readSummaries<Sink: TrialSink>(
    _ positions: [Int], _ delivery: inout InspectDelivery, _ sink: inout Sink, _ summary: inout IntakeSummary
  ) throws {
    var position = 0
    var next = 0
    for entry in summaries {
      guard var reader = try open(entry) else { continue }
      try reader.enterArray()
      while try reader.nextElement() {
        reader.recycleTexts()
        try delivery.samples.read(&reader)
        if next < positions.count, positions[next] == position {
          try delivery.deliver(to: &sink, summary: &summary)
          next += 1
        }
        position += 1
      }
    }
  }

  // MARK: Samples

  private mutating func readSamples<Sink: TrialSink>(
    _ options: IntakeOptions, _ delivery: inout InspectDelivery, _ sink: inout Sink, _ summary: inout IntakeSummary
  ) throws {
    for entry in samples {
      guard var reader = try open(entry) else { continue }
      try delivery.samples.read(&reader)
      guard delivery.samples.isIdentified else {
        throw IntakeError(file: reader.name, problem: "the sample has no id or no epoch")
      }
      if delivery.wantsMetadata, let metadata = separateMetadata(of: entry), !delivery.samples.isMetadataMet {
        // Opening another entry takes the place of this one's text.
        let pinned = delivery.samples.detach()
        try reader.expectEnd()
        guard var reader = try open(metadata) else { continue }
        try delivery.samples.readSeparateMetadata(&reader)
        try withExtendedLifetime(pinned) { try delivery.deliver(to: &sink, summary: &summary) }
        try reader.expectEnd()
      } else {
        try delivery.deliver(to: &sink, summary: &summary)
        try reader.expectEnd()
      }
    }
  }

  /// The metadata that a sample in chunks keeps apart.
  private func separateMetadata(of sample: ZipEntry) -> ZipEntry? {
    let name = archive.name(of: sample)
    let suffix = "/sample.json".utf8
    guard name.suffix(suffix.count).elementsEqual(suffix) else { return nil }
    return archive.entry(named: String(decoding: name.dropLast(suffix.count), as: UTF8.self) + "/metadata.json")
  }
}
