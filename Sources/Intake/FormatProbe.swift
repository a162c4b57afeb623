import Records

/// A first look at an input, from which its format is told.
struct FormatProbe {
  struct Field: Equatable {
    let name: String
    let kind: JSONReader.Kind
    /// The kind of the first element of an array; `end` for an empty one.
    let element: JSONReader.Kind?
  }

  let name: String
  let bytes: UnsafeRawBufferPointer
  /// The kind of the first JSON value; nil when the input is not JSON.
  private(set) var topLevel: JSONReader.Kind?
  /// The kind of the first element when the first value is an array.
  private(set) var element: JSONReader.Kind?
  /// The keys of the first object: the top-level value, or the first element of a top-level array. At most 256.
  private(set) var fields: [Field] = []
  /// Whether another value follows the first one, as in JSON lines.
  private(set) var hasSecondValue = false

  /// How much of a file is looked at before the first value must have shown what it is.
  private static let windows = [1 << 20, 16 << 20]

  init(_ source: ByteSource) {
    self.init(bytes: source.bytes, name: source.name)
  }

  init(bytes: UnsafeRawBufferPointer, name: String) {
    self.bytes = bytes
    self.name = name
    for window in Self.windows {
      if look(at: UnsafeRawBufferPointer(rebasing: bytes.prefix(window))) || bytes.count <= window { break }
    }
  }

  /// Whether the first object has the key, with a value of one of the kinds if any are given.
  func has(_ key: String, _ kinds: JSONReader.Kind...) -> Bool {
    fields.contains { $0.name == key && (kinds.isEmpty || kinds.contains($0.kind)) }
  }

  /// Whether the input is one JSON object.
  var isSingleObject: Bool { topLevel == .object && !hasSecondValue }

  /// Whether the input begins as zip archives do: with an entry, or, if they have none, with the end of the directory.
  var isZipArchive: Bool {
    bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) || bytes.starts(with: [0x50, 0x4B, 0x05, 0x06])
  }

  /// Whether the input is a document of promptfoo: a summary of results, or an object whose `results` is one.
  var isPromptfooDocument: Bool {
    guard isSingleObject else { return false }
    if has("results", .array), has("stats", .object), has("table", .object) || has("prompts", .array) { return true }
    guard has("results", .object) else { return false }
    var reader = JSONReader(bytes: bytes, name: name)
    return (try? Self.hasNestedResults(&reader)) ?? false
  }

  private static func hasNestedResults(_ reader: inout JSONReader) throws -> Bool {
    try reader.enterObject()
    while let key = try reader.nextKey() {
      guard key.equals("results"), try reader.peek() == .object else {
        try reader.skipValue()
        continue
      }
      try reader.enterObject()
      while let key = try reader.nextKey() {
        let kind = try reader.peek()
        if key.equals("results"), kind == .array { return true }
        if key.equals("table"), kind == .object { return true }
        try reader.skipValue()
      }
    }
    return false
  }

  /// Whether the first value is a record of Tallystick's own: its kind is a word we know, and it has a field of that kind.
  var isRecord: Bool {
    guard topLevel == .object, has("kind", .string) else { return false }
    var reader = JSONReader(bytes: bytes, name: name)
    let kind = (try? RecordLines.kind(reader)) ?? nil
    reader.recycleTexts()
    return switch kind {
    case .trial: has("item_id") || has("suite") && has("variant")
    case .annotation: has("annotation_id") || has("annotator")
    case .artifact: has("artifact_kind") || has("sha256")
    case .span: has("span_id") || has("trace_id")
    case .change: has("surface") || has("actor")
    case .charge: has("charge_id") || has("account")
    case .run: has("run_id") || has("manifest_sha256")
    case .item: has("item_id") || has("declared_steps")
    case .attempt: has("attempt_id") || has("claimed_at")
    case .receipt: has("receipt_id") || has("attempt_id")
    case .lease: has("lease_id") || has("resource")
    case .heartbeat: has("at")
    case .incident: has("incident_id") || has("onset_at")
    case .decision: has("decision_id") || has("choice")
    case .cost: has("span_id") || has("price_version")
    case .finding, .waiver, nil: false
    }
  }

  /// Takes what the window shows; true when it shows the first value to its end.
  ///
  /// A fault ends the look: the reader of the format will meet it again and name its place.
  private mutating func look(at window: UnsafeRawBufferPointer) -> Bool {
    var reader = JSONReader(bytes: window, name: name)
    topLevel = nil
    element = nil
    fields = []
    hasSecondValue = false
    do {
      let kind = try reader.peek()
      guard kind == .object || kind == .array else { return true }
      topLevel = kind
      if kind == .object {
        try readFields(&reader)
      } else {
        try reader.enterArray()
        element = .end
        while try reader.nextElement() {
          if element == .end {
            element = try reader.peek()
            if element == .object {
              try readFields(&reader)
              continue
            }
          }
          try reader.skipValue()
        }
      }
      hasSecondValue = !reader.isAtEnd
      return true
    } catch {
      return false
    }
  }

  private mutating func readFields(_ reader: inout JSONReader) throws {
    try reader.enterObject()
    while let key = try reader.nextKey() {
      let name = key.string
      let kind = try reader.peek()
      var element: JSONReader.Kind?
      if kind == .array {
        var ahead = reader
        try ahead.enterArray()
        element = try ahead.nextElement() ? try ahead.peek() : .end
      }
      if fields.count < 256 { fields.append(Field(name: name, kind: kind, element: element)) }
      reader.recycleTexts()
      try reader.skipValue()
    }
  }
}
