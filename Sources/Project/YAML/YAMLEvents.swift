// The C parser inside Yams, without Yams' own node tree: that tree loses the place of an alias, refuses a repeated key
// before it can be located, and hashes keys that may be aliases to exponentially large values.
import CYaml

/// The events of libyaml over one text, one at a time.
struct YAMLEvents: ~Copyable {
  /// What libyaml found next. Texts are copied out.
  enum Event {
    case scalar(String, isPlain: Bool, Decoration)
    case alias(String)
    case sequenceStart(Decoration)
    case mappingStart(Decoration)
    case sequenceEnd
    case mappingEnd
    case documentStart
    case documentEnd
    case streamStart
    case streamEnd
  }

  /// What may stand before a node.
  struct Decoration {
    let anchor: String?
    /// A tag that was written out, such as `!!str`.
    let tag: String?
  }

  /// Why libyaml stopped, and where; both counted from 0.
  struct Failure: Error {
    let problem: String
    let line: Int
    let column: Int
    /// Set instead of line and column when the bytes themselves cannot be read.
    let byteOffset: Int?
  }

  // On the heap: libyaml keeps pointers into its state, so that the state must not move.
  private let parser: UnsafeMutablePointer<yaml_parser_t>

  /// Reads bytes that outlive this value.
  init?(_ bytes: UnsafeRawBufferPointer) {
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    guard yaml_parser_initialize(parser) == 1 else {
      parser.deallocate()
      return nil
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// The next event with its place, both counted from 0.
  mutating func next() throws(Failure) -> (event: Event, line: Int, column: Int) {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
    defer { yaml_event_delete(&event) }
    return (YAMLEvents.copied(event), Int(event.start_mark.line), Int(event.start_mark.column))
  }

  private func failure() -> Failure {
    let state = parser.pointee
    let problem = state.problem.map { String(cString: $0) } ?? "not readable as YAML"
    let isUnreadable = state.error == YAML_READER_ERROR
    return Failure(
      problem: problem, line: Int(state.problem_mark.line), column: Int(state.problem_mark.column),
      byteOffset: isUnreadable ? Int(state.problem_offset) : nil)
  }

  private static func copied(_ event: yaml_event_t) -> Event {
    switch event.type {
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: Int(scalar.length)), as: UTF8.self)
      return .scalar(
        text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, decoration(scalar.anchor, scalar.tag))
    case YAML_ALIAS_EVENT: return .alias(text(event.data.alias.anchor) ?? "")
    case YAML_SEQUENCE_START_EVENT:
      return .sequenceStart(decoration(event.data.sequence_start.anchor, event.data.sequence_start.tag))
    case YAML_MAPPING_START_EVENT:
      return .mappingStart(decoration(event.data.mapping_start.anchor, event.data.mapping_start.tag))
    case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
    case YAML_MAPPING_END_EVENT: return .mappingEnd
    case YAML_DOCUMENT_START_EVENT: return .documentStart
    case YAML_DOCUMENT_END_EVENT: return .documentEnd
    case YAML_STREAM_START_EVENT: return .streamStart
    default: return .streamEnd
    }
  }

  private static func decoration(
    _ anchor: UnsafeMutablePointer<UInt8>?, _ tag: UnsafeMutablePointer<UInt8>?
  ) -> Decoration {
    Decoration(anchor: text(anchor), tag: text(tag))
  }

  private static func text(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
    pointer.map { String(cString: $0) }
  }
}
