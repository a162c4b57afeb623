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

  /// Places of texts that are followed; beyond, each piece is looked at by itself.
  private static let mostPlaces = 256
  /// Members that say nothing of what was asked.
  private static let silent: Set<String> = [
    "id", "object", "model", "type", "role", "item_id", "event_id", "obfuscation", "system_fingerprint", "service_tier",
    "finish_reason", "stop_reason", "usage", "signature", "encrypted_content", "logprobs",
  ]

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
    look(at: event, place)
  }

  /// Takes what is no JSON, as it is.
  mutating func receive(_ text: [UInt8]) { look(at: String(decoding: text, as: UTF8.self), "") }

  private mutating func look(at value: JSONValue, _ place: String) {
    switch value {
    case .string(let text): look(at: text, place)
    case .array(let elements):
      for (position, element) in elements.enumerated() {
        look(at: element, place + "[\(element["index"]?.whole ?? Int64(position))]")
      }
    case .object(let object):
      for member in object.members where !ReplyCanaries.silent.contains(member.key) {
        look(at: member.value, place + "." + member.key)
      }
    default: return
    }
  }

  private mutating func look(at text: String, _ place: String) {
    guard !text.isEmpty else { return }
    // Nobody else may hold the watch, or it would be copied.
    var watch = watches.removeValue(forKey: place) ?? CanaryWatch(list, toldTo: tenant)
    hits.formUnion(watch.receive(text))
    if watches.count < ReplyCanaries.mostPlaces { watches[place] = watch }
  }
}
