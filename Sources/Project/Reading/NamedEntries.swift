/// The entries of a section by their ids, in the order of the file.
public struct NamedEntries<Value: Sendable & Equatable>: Sendable, Equatable, RandomAccessCollection {
  /// An id with its value.
  public struct Entry: Sendable, Equatable {
    /// In Unicode's normal form C.
    public let id: String
    /// What the id stands for.
    public var value: Value
  }

  private var entries: [Entry] = []
  private var places: [String: Int] = [:]

  /// No entries.
  public init() {}

  public var startIndex: Int { entries.startIndex }
  public var endIndex: Int { entries.endIndex }
  /// The entry at a place in the order of the file.
  public subscript(position: Int) -> Entry { entries[position] }

  /// All ids in order.
  public var ids: [String] { entries.map(\.id) }

  /// The value of an id; nil when there is none.
  public subscript(id: String) -> Value? {
    places[id].map { entries[$0].value }
  }

  /// Changes the value of an id, or adds the id at the end.
  public mutating func set(_ id: String, to value: Value) {
    if let place = places[id] {
      entries[place].value = value
    } else {
      places[id] = entries.count
      entries.append(Entry(id: id, value: value))
    }
  }

  /// Changes every value.
  mutating func update(_ change: (String, inout Value) -> Void) {
    for place in entries.indices { change(entries[place].id, &entries[place].value) }
  }
}
