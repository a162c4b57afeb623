internal import Guards
internal import Records

/// Looks for canaries of other tenants in a reply while it goes on: in every text of every event, put together with what the events
/// before it said at the same place.
struct ReplyCanaries: Sendable {
  private let list: CanaryList
  private let tenant: String?
  private var watches: [String: CanaryWatch] = [:]
  /// What was found, each once.
  private(set) var hits: Set<CanaryList.Hit> = []
  /// Whether texts were said at more places than are followed, so that nobody can say what the others were put together.
  private(set) var isBeyond = false

  /// Places of texts that are followed: some for each choice of the most that are believed, and each of its tools.
  private static let mostPlaces = 16_384
  /// Members that say nothing of what was asked.
  private static let silent: Set<String> = [
    "id", "object", "model", "type", "role", "item_id", "event_id", "obfuscation", "system_fingerprint", "service_tier",
    "finish_reason", "stop_reason", "usage", "signature", "encrypted_content", "logprobs",
  ]

  /// Members within which the model speaks in JSON: what tools are called with.
  private static let free: Set<String> = ["input", "arguments"]

  /// - Parameter tenant: who is told the reply; nil is nobody's.
  init(_ list: CanaryList, toldTo tenant: String?) {
    self.list = list
    self.tenant = tenant
  }

  /// Takes one event of a stream, or a whole reply.
  mutating func receive(_ event: JSONValue) {
    // What a number says of an event's place, in all three APIs.
    var place = event["type"]?.text ?? ""
    for key in ["output_index", "content_index", "summary_index", "index"] {
      if let number = event[key]?.whole { place += ":\(number)" }
    }
    look(at: event, place, isFree: false)
  }

  /// Takes what is no JSON, as it is.
  mutating func receive(_ text: [UInt8]) { look(at: String(decoding: text, as: UTF8.self), "") }

  /// - Parameter isFree: whether the model chose the names of members too.
  private mutating func look(at value: JSONValue, _ place: String, isFree: Bool) {
    switch value {
    case .string(let text): look(at: text, place)
    case .array(let elements):
      for (position, element) in elements.enumerated() {
        look(at: element, place + "[\(element["index"]?.whole ?? Int64(position))]", isFree: isFree)
      }
    case .object(let object):
      for member in object.members where isFree || !ReplyCanaries.silent.contains(member.key) {
        if isFree { lookOnce(at: member.key) }
        look(at: member.value, place + "." + member.key, isFree: isFree || ReplyCanaries.free.contains(member.key))
      }
    default: return
    }
  }

  private mutating func lookOnce(at text: String) {
    var watch = CanaryWatch(list, toldTo: tenant)
    hits.formUnion(watch.receive(text))
  }

  private mutating func look(at text: String, _ place: String) {
    guard !text.isEmpty else { return }
    // Nobody else may hold the watch, or it would be copied.
    var watch = watches.removeValue(forKey: place) ?? CanaryWatch(list, toldTo: tenant)
    hits.formUnion(watch.receive(text))
    if watches.count < ReplyCanaries.mostPlaces { watches[place] = watch } else { isBeyond = true }
  }
}
