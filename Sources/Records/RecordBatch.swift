/// Records of one delivery, kept until they can be appended together.
public struct RecordBatch: RecordSink, Sendable, Equatable {
  public private(set) var records: [Record] = []
  public private(set) var contents: [Content] = []

  public init() {}

  public var count: Int { records.count }

  public mutating func receive(_ record: Record) { records.append(record) }
  public mutating func receive(_ content: Content) { contents.append(content) }
  public mutating func receive(_ record: some NativeRecord) { receive(record.record) }
}
