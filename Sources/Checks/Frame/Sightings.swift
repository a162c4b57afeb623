import Records

/// How often something was seen, with what it is called and some of the records that show it.
struct Sightings {
  private(set) var count = 0
  private var seen = BoundedList<String>(limit: 20)
  private var shown = BoundedList<RecordID>(limit: 5)

  /// Each once.
  var names: [String] { seen.elements }
  var evidence: [RecordID] { shown.elements }

  mutating func add(_ name: String, _ id: RecordID?) {
    count += 1
    if !names.contains(name) { seen.append(name) }
    if let id { shown.append(id) }
  }
}
