/// One format and how it is recognised.
struct FormatRule: Sendable {
  let format: FileFormat
  let recognises: @Sendable (FormatProbe) -> Bool
}

/// Tells formats by content, never by the name of the file.
enum FormatDetection {
  /// The rules in order: the first that recognises the input decides. Particular formats stand before general ones.
  static let rules: [FormatRule] = [
    FormatRule(format: .records) { probe in probe.isRecord },
    FormatRule(format: .otlpJSON) { probe in
      probe.topLevel == .object && OTLPProbe.keys.contains { probe.has($0, .array) }
    },
    FormatRule(format: .langfuse) { probe in LangfuseShape.isSeen(in: probe) },
    FormatRule(format: .openAIBatch) { probe in OpenAIBatchRow.isSeen(in: probe) },
    FormatRule(format: .focusBill) { probe in FocusBill.isSeen(in: probe) },
    FormatRule(format: .awsBill) { probe in AWSBill.isSeen(in: probe) },
    FormatRule(format: .inspectArchive) { probe in probe.isZipArchive },
    FormatRule(format: .inspectDocument) { probe in
      probe.isSingleObject && probe.has("eval", .object)
        && (probe.has("samples", .array, .null) || probe.has("status", .string) && probe.has("version", .number))
    },
    FormatRule(format: .promptfoo) { probe in
      probe.topLevel == .object
        && (probe.isPromptfooDocument
          || probe.has("success", .boolean)
            && (probe.has("testCase", .object) || probe.has("vars", .object) && probe.has("prompt", .object)))
    },
    FormatRule(format: .lmEvaluation) { probe in
      probe.topLevel == .object && (probe.has("doc_hash") || probe.has("doc_id"))
        && (probe.has("filtered_resps") || probe.has("resps"))
    },
    FormatRule(format: .openAIEvals) { probe in
      probe.topLevel == .object
        && (probe.has("spec", .object) && probe.hasSecondValue
          || probe.has("event_id") && probe.has("type", .string) && probe.has("data", .object))
    },
    FormatRule(format: .resolvedList) { probe in
      probe.topLevel == .array && probe.element == .string
        || probe.isSingleObject && ResolvedList.resolvedKeys.contains { probe.has($0, .array) }
    },
    FormatRule(format: .jsonLines) { probe in
      probe.topLevel == .object && (probe.hasSecondValue || ColumnNames.lookLikeARow(probe.fields))
    },
    FormatRule(format: .idMap) { probe in
      probe.isSingleObject && !probe.fields.isEmpty && !ColumnNames.lookLikeASummary(probe.fields)
        && probe.fields.allSatisfy { $0.kind == .boolean || $0.kind == .number || $0.kind == .null }
    },
    FormatRule(format: .jsonArray) { probe in
      probe.topLevel == .array && probe.element == .object
        || probe.isSingleObject && probe.fields.contains { $0.element == .object }
    },
    FormatRule(format: .otlpProtobuf) { probe in
      probe.topLevel == nil && OTLPProbe.isProtobuf(probe.bytes)
    },
    FormatRule(format: .csv) { probe in
      probe.topLevel == nil
    },
  ]

  /// The format of an input.
  /// - Throws: `IntakeError` when it is none of the known ones, or not text in UTF-8.
  static func format(of source: ByteSource) throws -> FileFormat {
    if let format = try recognise(source) { return format }
    try checkEncoding(source)
    throw unknown(FormatProbe(source))
  }

  /// The format of an input, nil when no rule recognises it.
  static func recognise(_ source: ByteSource) throws -> FileFormat? {
    let probe = FormatProbe(source)
    let rule = rules.first { $0.recognises(probe) }
    if rule?.format == .csv { try checkEncoding(source) }
    return rule?.format
  }

  /// Refuses what is visibly not UTF-8 text.
  static func checkEncoding(_ source: ByteSource) throws {
    let bytes = source.bytes
    let marks: [([UInt8], String)] = [
      ([0xFF, 0xFE], "UTF-16 text"), ([0xFE, 0xFF], "UTF-16 text"),
      ([0x25, 0x50, 0x44, 0x46], "a PDF document"), ([0x50, 0x41, 0x52, 0x31], "a Parquet file"),
      ([0x42, 0x5A, 0x68], "bzip2 data"), ([0xFD, 0x37, 0x7A, 0x58], "xz data"),
    ]
    for (mark, kind) in marks where bytes.starts(with: mark) {
      throw IntakeError(
        file: source.name, problem: "is \(kind), which is not read", remedy: "Convert it to CSV or JSON lines in UTF-8")
    }
    if let offset = bytes.prefix(4096).firstIndex(of: 0) {
      let position = TextPosition(of: offset, in: bytes)
      throw IntakeError(
        file: source.name, line: position.line, column: position.column,
        problem: "a NUL byte: this is UTF-16 text or binary data", remedy: "Convert it to CSV or JSON lines in UTF-8")
    }
  }

  /// Says what was found instead of a known format.
  private static func unknown(_ probe: FormatProbe) -> IntakeError {
    let remedy = "Give CSV, TSV, JSON lines, an array of objects, or a map from item id to outcome"
    switch probe.topLevel {
    case .object where probe.fields.isEmpty:
      // Empty, or damaged before its first key ends: the reader names the place.
      return fault(probe) ?? IntakeError(file: probe.name, problem: "holds an empty object", remedy: remedy)
    case .object:
      let keys = probe.fields.prefix(12).map(\.name).joined(separator: ", ")
      return fault(probe)
        ?? IntakeError(
          file: probe.name, problem: "is a JSON object of no known format, with the keys \(keys)", remedy: remedy)
    default:
      return fault(probe)
        ?? IntakeError(file: probe.name, problem: "is a JSON array without row objects or ids", remedy: remedy)
    }
  }

  /// The first fault of a document that was not recognised.
  private static func fault(_ probe: FormatProbe) -> IntakeError? {
    var reader = JSONReader(bytes: probe.bytes, name: probe.name)
    do {
      try reader.skipValue()
      return nil
    } catch {
      return error as? IntakeError
    }
  }
}
