import Records

/// What an Inspect log says about its run: `header.json` or `_journal/start.json` of an archive, the members of a JSON
/// log besides its samples.
struct InspectHeader {
  /// `success`, `error`, `cancelled` or `started`; nil where only the journal of a crashed run is left.
  private(set) var status: String?
  private(set) var task: String?
  private(set) var taskVersion: String?
  private(set) var model: String?
  /// When the run began.
  private(set) var created: Instant?
  /// Names of the scorers, as declared, then as the results name them.
  private(set) var scorers: [String] = []
  /// Samples the data set has.
  private(set) var samples: Double?
  private(set) var epochs: Double?
  /// Whether the members that every log has were seen.
  private(set) var isComplete = false

  /// Items times epochs, when the log says both.
  var expectedRows: Int? {
    guard let samples, let rows = Int(exactly: samples * (epochs ?? 1)), rows > 0 else { return nil }
    return rows
  }

  /// Reads a whole header document.
  mutating func read(_ reader: inout JSONReader) throws {
    try reader.enterObject()
    while let key = try reader.nextKey() {
      if try !readMember(key, &reader) { try reader.skipValue() }
    }
  }

  /// Reads the value of a top-level member, if it is one of the header's; false leaves it unread.
  mutating func readMember(_ key: BorrowedText, _ reader: inout JSONReader) throws -> Bool {
    if key.equals("status") {
      status = try reader.readStringIfAny()
    } else if key.equals("eval") {
      isComplete = true
      try readSpecification(&reader)
    } else if key.equals("results") {
      try readResults(&reader)
    } else {
      return false
    }
    return true
  }

  private mutating func readSpecification(_ reader: inout JSONReader) throws {
    guard try reader.enterObjectIfAny() else { return }
    while let key = try reader.nextKey() {
      if key.equals("task") {
        task = try reader.readStringIfAny()
      } else if key.equals("task_version") {
        taskVersion = try reader.readLabel("the task version")?.string
      } else if key.equals("model") {
        model = try reader.readStringIfAny()
      } else if key.equals("created"), try reader.peek() == .string {
        created = TimeText.instant(try reader.readString())
      } else if key.equals("scorers") {
        try readNames(&reader, keys: ["name"])
      } else if key.equals("dataset") {
        samples = try readNumber(named: "samples", &reader)
      } else if key.equals("config") {
        epochs = try readNumber(named: "epochs", &reader)
      } else {
        try reader.skipValue()
      }
    }
  }

  private mutating func readResults(_ reader: inout JSONReader) throws {
    guard try reader.enterObjectIfAny() else { return }
    while let key = try reader.nextKey() {
      // A score's name is its scorer's, or, where a scorer returns several values, the value's key.
      if key.equals("scores") { try readNames(&reader, keys: ["scorer"]) } else { try reader.skipValue() }
    }
  }

  /// Adds the named members of a list of objects to the scorers, once each.
  private mutating func readNames(_ reader: inout JSONReader, keys: [StaticString]) throws {
    guard try reader.enterArrayIfAny() else { return }
    while try reader.nextElement() {
      guard try reader.enterObjectIfAny() else { continue }
      while let key = try reader.nextKey() {
        guard keys.contains(where: { key.equals($0) }) else {
          try reader.skipValue()
          continue
        }
        if let name = try reader.readStringIfAny(), !scorers.contains(name), scorers.count < 256 {
          scorers.append(name)
        }
      }
    }
  }

  private func readNumber(named name: StaticString, _ reader: inout JSONReader) throws -> Double? {
    var value: Double?
    guard try reader.enterObjectIfAny() else { return nil }
    while let key = try reader.nextKey() {
      if key.equals(name) { value = try reader.readNumberIfAny() } else { try reader.skipValue() }
    }
    return value
  }
}
