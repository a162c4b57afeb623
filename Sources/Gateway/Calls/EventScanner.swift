/// Cuts a stream of server-sent events into frames as its bytes come, wherever they were split on the way.
///
/// A frame is what ends with an empty line. Lines end with LF, CR or CRLF (HTML standard, 9.2.6, "Interpreting an event
/// stream"). No byte is lost or moved: the frames' bytes, and what `rest` gives at the end, are the stream. A frame is
/// handed out with the byte that ends it; a line feed that comes later than its carriage return begins the next one.
///
/// O(bytes). A frame that is larger than the limit is handed out in pieces whose data nobody reads.
public struct EventScanner: Sendable {
  /// What ends with an empty line, or a piece of what is too large to be kept.
  public struct Frame: Sendable, Equatable {
    /// As they came.
    public var bytes: [UInt8]
    /// What follows `event:`; nil when nothing does.
    public var event: String?
    /// What follows `data:`, lines joined by line feeds; nil when there is none, or too much of it.
    public var data: [UInt8]?
    /// Whether it is a part of a frame that is larger than the limit.
    public var isPiece = false
  }

  /// Bytes of a frame that are kept until it ends.
  public static let frameLimit = 8 << 20

  private let limit: Int
  /// The bytes of the frame that has begun.
  private var pending: [UInt8] = []
  /// Where the line that has begun starts in `pending`.
  private var lineStart = 0
  private var event: String?
  private var data: [UInt8]?
  /// Whether the last byte was a carriage return, to which a line feed may belong.
  private var isAfterReturn = false
  private var isAtStart = true
  /// Whether the frame that has begun is too large, so that its bytes are no longer kept.
  private var isOversized = false
  /// Of such a frame: whether the line that has begun has a byte yet.
  private var lineHasBytes = false

  public init(frameLimit: Int = EventScanner.frameLimit) {
    limit = frameLimit
  }

  /// Whether the stream is between two frames.
  public var isBetweenFrames: Bool {
    !isOversized && pending.allSatisfy { $0 == EventScanner.lineFeed }
  }

  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// Takes the next bytes, and gives the frames that end in them.
  public mutating func append(_ bytes: UnsafeRawBufferPointer) -> [Frame] {
    var frames: [Frame] = []
    var place = 0
    if isAfterReturn, let first = bytes.first {
      isAfterReturn = false
      if first == EventScanner.lineFeed {
        pending.append(first)
        if lineStart == pending.count - 1 { lineStart = pending.count }
        place = 1
      }
    }
    while place < bytes.count {
      let start = place
      while place < bytes.count, bytes[place] != EventScanner.lineFeed, bytes[place] != EventScanner.carriageReturn {
        place += 1
      }
      if place > start {
        pending.append(contentsOf: bytes[start..<place])
        lineHasBytes = true
      }
      guard place < bytes.count else { break }
      // The end of a line, with the line feed that belongs to a carriage return where that is here already.
      let end = pending.count
      let isReturn = bytes[place] == EventScanner.carriageReturn
      pending.append(bytes[place])
      place += 1
      if isReturn {
        if place < bytes.count {
          if bytes[place] == EventScanner.lineFeed {
            pending.append(bytes[place])
            place += 1
          }
        } else {
          isAfterReturn = true
        }
      }
      let isEmpty = isOversized ? !lineHasBytes : end == lineStart
      if !isEmpty, !isOversized { readLine(pending[lineStart..<end]) }
      lineStart = pending.count
      lineHasBytes = false
      if isEmpty { frames.append(takeFrame()) }
    }
    if pending.count > limit || isOversized && !pending.isEmpty {
      isOversized = true
      data = nil
      event = nil
      frames.append(Frame(bytes: pending, isPiece: true))
      pending.removeAll(keepingCapacity: true)
      lineStart = 0
    }
    return frames
  }

  public mutating func append(_ bytes: [UInt8]) -> [Frame] { bytes.withUnsafeBytes { append($0) } }

  /// The bytes of a frame that has begun and not ended, which are no longer kept.
  public mutating func rest() -> [UInt8] {
    defer { pending.removeAll() }
    return pending
  }

  private mutating func takeFrame() -> Frame {
    defer {
      pending.removeAll(keepingCapacity: true)
      lineStart = 0
      event = nil
      data = nil
      isOversized = false
    }
    return Frame(bytes: pending, event: event, data: data, isPiece: isOversized)
  }

  private mutating func readLine(_ line: ArraySlice<UInt8>) {
    var line = line
    if isAtStart {
      isAtStart = false
      if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
    }
    let name = line.prefix { $0 != UInt8(ascii: ":") }
    var value = line.dropFirst(name.count + 1)
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    if name.elementsEqual("data".utf8) {
      if data == nil {
        data = Array(value)
      } else {
        data?.append(EventScanner.lineFeed); data?.append(contentsOf: value)
      }
    } else if name.elementsEqual("event".utf8) {
      event = String(decoding: value, as: UTF8.self)
    }
  }
}
