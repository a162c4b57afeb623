import Records

/// Reads an Inspect log that is one JSON document.
///
/// A row is one sample in one epoch: the item is the sample's id, the repeat its epoch, the suite the task, the arm the
/// model, the score that of one scorer. A sample that failed, or that its scorer could not score, has no score.
struct InspectDocument {
  private let source: ByteSource

  init(_ source: ByteSource) { self.source = source }

  /// Reads all samples into the sink.
  ///
  /// The document is gone through twice, since what the samples mean may stand behind them.
  /// - Throws: `IntakeError` with line and column; a scorer, key or metadata field that the log does not have.
  /// - Complexity: O(size), in constant memory.
  func read<Sink: TrialSink>(_ options: IntakeOptions, into sink: inout Sink, summary: inout IntakeSummary) throws {
    var header = InspectHeader()
    var reader = JSONReader(source)
    try reader.enterObject()
    while let key = try reader.nextKey() {
      if try !header.readMember(key, &reader) { try reader.skipValue() }
      reader.recycleTexts()
    }
    try reader.expectEnd()
    var delivery = InspectDelivery(header, options, file: source.name)
    reader = JSONReader(source)
    try reader.enterObject()
    while let key = try reader.nextKey() {
      guard key.equals("samples"), try reader.enterArrayIfAny() else {
        if !key.equals("samples") { try reader.skipValue() }
        continue
      }
      while try reader.nextElement() {
        reader.recycleTexts()
        let offset = reader.offset
        try delivery.samples.read(&reader)
        guard delivery.samples.isIdentified else {
          throw reader.error(atOffset: offset, problem: "the sample has no id or no epoch")
        }
        try delivery.deliver(to: &sink, summary: &summary)
      }
    }
    try delivery.finish(header, summary: &summary)
  }
}
